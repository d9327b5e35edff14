using TransactionalMail.Conformance;
using TransactionalMail.Transports.Ses;

namespace TransactionalMail.Tests.Transports.Ses;

[ConformanceOf<SesTransport>]
public sealed class SesTrackingConformanceTests : SesConformanceTests
{
    protected override SesOptions Options()
    {
        var options = base.Options();
        (options.ConfigurationSet, options.TracksOpens, options.TracksClicks) = ("tracking", true, true);
        return options;
    }
}
