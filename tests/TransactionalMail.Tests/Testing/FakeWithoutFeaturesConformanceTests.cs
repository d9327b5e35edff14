using TransactionalMail.Conformance;
using TransactionalMail.Testing;
using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Testing;

/// <summary>A transport that declares nothing is asked for nothing.</summary>
[ConformanceOf<FakeMailTransport>]
public sealed class FakeWithoutFeaturesConformanceTests() : FakeConformanceTests(new FakeMailTransport { Name = "tested", Features = MailFeatures.None });
