using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;

namespace TransactionalMail.Transports.Ses;

/// <summary>Names a profile to the SDK, which reads it again when its files change. The SDK takes the name as part of a service client's settings only; the rest of those is not used.</summary>
internal sealed class SesProfile : ClientConfig
{
    public SesProfile(string name)
        : base(null) => Profile = new Profile(name);

    public override string ServiceVersion => "2019-09-27";

    public override string UserAgent => "TransactionalMail";

    public override string RegionEndpointServiceName => "email";

    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) => throw new NotSupportedException();
}
