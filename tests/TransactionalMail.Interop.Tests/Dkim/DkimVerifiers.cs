using TransactionalMail.Interop.Tests.Parts;

namespace TransactionalMail.Interop.Tests.Dkim;

/// <summary>The verifiers that judge our signatures, by the names tests use.</summary>
internal static class DkimVerifiers
{
    public const string DkimPy = "dkimpy";
    public const string MailAuth = "mailauth";
    public const string OpenDkim = "opendkim";

    private static readonly Dictionary<string, IDkimVerifier> s_verifiers = new()
    {
        [DkimPy] = new PipedDkimVerifier(
            new Part("dkimpy is not installed (apt-get install python3-dkim python3-nacl).", Part.Python, "-c", "import dkim, nacl"), Part.Python, "verify_dkimpy.py"),
        [MailAuth] = new PipedDkimVerifier(
            new Part("mailauth is not installed (npm install in tests/TransactionalMail.Interop.Tests).", "node", "-e", "require('mailauth')"), "node", "verify_mailauth.js"),
        [OpenDkim] = new OpenDkimVerifier(),
    };

    public static IDkimVerifier Find(string name) => s_verifiers[name];
}
