using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using TransactionalMail.Mime;
using TransactionalMail.Transports;

namespace TransactionalMail.Tests.Mime;

/// <summary>Composes messages as delivery does, always with the same identity and time.</summary>
internal static class Compose
{
    public const string MessageId = "0198f2b4c0de7000800000000000abcd@acme.example";

    public static MailId Id { get; } = new(new Guid("0198f2b4-c0de-7000-8000-00000000abcd"));

    public static DateTimeOffset Date { get; } = new(2026, 3, 9, 14, 5, 7, TimeSpan.FromHours(2));

    public static EmailMessage Message { get; } = new()
    {
        From = new EmailAddress("no-reply@acme.example", "Acme"),
        To = [new EmailAddress("ada@example.com", "Ada Lovelace")],
        Subject = "Your order has shipped",
        TextBody = "Hello Ada,\n\nit is on its way.\n",
    };

    public static DkimSigning Signing(params DkimOptions[] keys) =>
        new(SettableOptions.With(keys), new FakeTimeProvider(Date), NullLogger<DkimSigning>.Instance);

    public static async Task<MimeMessage> MimeAsync(EmailMessage message, params DkimOptions[] keys)
    {
        using var signing = Signing(keys);
        return await MimeAsync(message, signing);
    }

    public static ValueTask<MimeMessage> MimeAsync(EmailMessage message, DkimSigning signing) =>
        new MimeComposer(signing).ComposeAsync(Id, MessageId, Date, message, DkimScope.Full, TestContext.Current.CancellationToken);

    public static async Task<byte[]> BytesAsync(EmailMessage message, params DkimOptions[] keys)
    {
        using var composed = await MimeAsync(message, keys);
        return Bytes(composed);
    }

    public static async Task<byte[]> BytesAsync(EmailMessage message, DkimSigning signing)
    {
        using var composed = await MimeAsync(message, signing);
        return Bytes(composed);
    }

    public static byte[] Bytes(MimeMessage message, FormatOptions? format = null)
    {
        var stream = new MemoryStream();
        message.WriteTo(format ?? WireFormat.Options, stream, TestContext.Current.CancellationToken);
        return stream.ToArray();
    }

    public static MimeMessage Parse(byte[] mail) => MimeMessage.Load(new MemoryStream(mail), TestContext.Current.CancellationToken);
}
