using TransactionalMail.Tests.Mime;

namespace TransactionalMail.Interop.Tests.Dkim;

/// <summary>The keys of a sender that signs twice, with RSA and Ed25519, and of one that signs once.</summary>
internal static class DkimKeys
{
    public static DkimOptions[] All { get; } =
    [
        DkimTestKey.ForAcme(DkimTestKey.Rsa2048, "m1"),
        DkimTestKey.ForAcme(DkimTestKey.Ed25519, "m2"),
        DkimTestKey.For("bücher.example", DkimTestKey.OtherRsa2048),
    ];

    public static DkimDnsRecord[] Records { get; } = [.. All.Select(DkimDnsRecord.For)];
}
