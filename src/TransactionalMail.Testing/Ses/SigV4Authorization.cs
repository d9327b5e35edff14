using System.Diagnostics.CodeAnalysis;

namespace TransactionalMail.Testing.Ses;

/// <summary>The <c>Authorization</c> field of Signature Version 4.</summary>
/// <param name="AccessKeyId">Whose key signed.</param>
/// <param name="Date">The day the signature is good for: <c>20261124</c>.</param>
/// <param name="Region">The region.</param>
/// <param name="Service">The service.</param>
/// <param name="SignedHeaders">The names of the fields that are signed, as they stand.</param>
/// <param name="Signature">The signature, in hexadecimal digits.</param>
internal sealed record SigV4Authorization(string AccessKeyId, string Date, string Region, string Service, string[] SignedHeaders, string Signature)
{
    private const string Scheme = SigV4.Algorithm + " ";

    public string Scope => $"{Date}/{Region}/{Service}/{SigV4.Terminator}";

    public static bool TryParse(string? field, [NotNullWhen(true)] out SigV4Authorization? authorization)
    {
        authorization = null;
        if (field?.StartsWith(Scheme, StringComparison.Ordinal) is not true) return false;
        var parts = field[Scheme.Length..].Split(',').Select(static p => p.Trim().Split('=', 2)).ToArray();
        if (parts is not [["Credential", var credential], ["SignedHeaders", var signed], ["Signature", var signature]]) return false;
        if (credential.Split('/') is not [var key, var date, var region, var service, SigV4.Terminator]) return false;
        authorization = new SigV4Authorization(key, date, region, service, signed.Split(';'), signature);
        return true;
    }
}
