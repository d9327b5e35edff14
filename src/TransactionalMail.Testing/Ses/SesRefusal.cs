using System.Net;

namespace TransactionalMail.Testing.Ses;

/// <summary>Ends the work on a request that SES refuses.</summary>
internal sealed class SesRefusal(string code, string message, HttpStatusCode status = HttpStatusCode.BadRequest) : Exception(message)
{
    public string Code => code;

    public HttpStatusCode Status => status;
}
