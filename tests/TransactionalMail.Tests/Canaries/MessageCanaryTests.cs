using TransactionalMail.Tests.Preparation;

namespace TransactionalMail.Tests.Canaries;

/// <summary>Messages that cannot be sent: each field malformed while it holds a canary, and attachments that fail.</summary>
[Collection(nameof(CanaryCage))]
public class MessageCanaryTests
{
    internal static readonly CanaryFaults Faults = FindFaults();

    public static TheoryData<string> Names => Faults.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task Tells_what_is_wrong_with_a_message_without_quoting_it_P01_P02(string fault) => Faults.RunAsync(fault);

    private static CanaryFaults FindFaults()
    {
        var faults = new CanaryFaults();
        foreach (var (field, put) in MessageFields.All.Where(f => !IsName(f.Key)))
        {
            Malformed(field, "a line break", $"Ärger {Plants.Model[0]}\r\nBcc: {Plants.Model[1]}@x.example", put);
            Malformed(field, "a NUL", $"{Plants.Model[0]}\0", put);
            Malformed(field, "half a surrogate pair", $"{Plants.Model[0]}@{Plants.Model[1]}\ud800.example", put);
        }

        foreach (var (place, put) in MessageFields.All.Where(f => f.Key.StartsWith("header:", StringComparison.Ordinal) || f.Key.Contains("address", StringComparison.OrdinalIgnoreCase) || f.Key is "to" or "attachment.contentType" or "attachment.contentId" or "idempotencyKey" or "header.value"))
        {
            Malformed(place, "too long", string.Concat(Enumerable.Repeat(Plants.Model[0].Value, 400)), put);
        }

        foreach (var address in new[] { "{0}", "@{0}", "{0}@", "{0}@{1}@x.example", "{0}@-{1}-.example", "({0}) {1}@x.example", "{0} <{1}@x.example", "\"{0}@x.example", "{0}@[{1}]", "{0},{1}@x.example", "{0}\u200b@x.example" })
        {
            faults.AddRefused<FormatException>($"to: {address}", () => Plants.Mail() with { To = [string.Format(null, address, Plants.To[0].LocalPart, Plants.To[0].Domain)] });
        }

        faults.AddRefused<EmailValidationException>("a body with a control character", () => Plants.Mail() with { TextBody = $"{Plants.Text[0]}\u0001", HtmlBody = $"{Plants.Html[0]}\0" });
        faults.AddRefused<EmailValidationException>("nobody to send to", () => Plants.Mail() with { To = [], Cc = [], Bcc = [] });
        faults.AddRefused<EmailValidationException>("a template beside bodies", () => Plants.Mail() with { Template = Plants.TemplateMail().Template });
        faults.AddRefused<EmailValidationException>("two attachments of one content id", () => Plants.Mail() with { Attachments = [.. Plants.Mail().Attachments, .. Plants.Mail().Attachments] });
        faults.AddRefused<EmailValidationException>("header fields that differ in case", () => Plants.Mail() with { Headers = new Dictionary<string, string> { ["X-A"] = Plants.Headers[0].Value, ["x-a"] = Plants.Headers[1].Value } });
        faults.AddRefused<EmailValidationException>("a header field that is not for applications", () => Plants.Mail() with { Headers = new Dictionary<string, string> { ["Subject"] = Plants.Headers[0].Value, ["Bcc"] = Plants.To[0].Address } });
        faults.AddRefused<EmailValidationException>("a stream that does not exist", () => Plants.Mail() with { StreamName = Plants.Tags[0].Value });
        faults.AddRefused<EmailValidationException>("stale mail", () => Plants.Mail() with { NotAfter = DateTimeOffset.UnixEpoch });
        faults.AddRefused<EmailValidationException>("an interceptor that moves the mail to another stream", Plants.Mail, mail => mail.AddInterceptor<Mover>());

        faults.AddRefused<EmailValidationException>("an attachment that throws", () => Attach(_ => throw new IOException($"{Plants.FileNames[0]}: {Plants.Contents[0]}")));
        faults.AddRefused<EmailValidationException>("an attachment that throws while it is read", () => Attach(_ => ValueTask.FromResult<Stream>(new BrokenStream())));
        faults.AddRefused<EmailValidationException>("an attachment that was deleted", () => Attach(_ => ValueTask.FromResult<Stream>(File.OpenRead($"/nowhere/{Plants.FileNames[0]}.pdf"))));
        return faults;

        void Malformed(string field, string fault, string value, Func<string, EmailMessage> put)
        {
            if (field.Contains("address", StringComparison.OrdinalIgnoreCase) || field.EndsWith("displayName", StringComparison.Ordinal) || field is "to" or "envelope.from")
            {
                if (fault is "too long" && field.EndsWith("displayName", StringComparison.Ordinal)) return;
                faults.AddRefused<FormatException>($"{field}: {fault}", () => put(value));
            }
            else
            {
                faults.AddRefused<EmailValidationException>($"{field}: {fault}", () => put(value));
            }
        }
    }

    // The names of header fields, metadata and options identify the field at fault; they are shown on purpose.
    private static bool IsName(string field) => field.EndsWith("name", StringComparison.Ordinal) && !field.Contains("display", StringComparison.Ordinal);

    private static EmailMessage Attach(Func<CancellationToken, ValueTask<Stream>> open) => Plants.Mail() with { Attachments = [new EmailAttachment($"{Plants.FileNames[1]}.pdf", open)] };

    private sealed class Mover : IMailInterceptor
    {
        public ValueTask<EmailMessage> OnSendingAsync(EmailMessage message, CancellationToken cancellationToken) => ValueTask.FromResult(message with { StreamName = Plants.Tags[0].Value });
    }

    private sealed class BrokenStream : MemoryStream
    {
        public BrokenStream()
            : base(new byte[10])
        {
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new InvalidDataException(Plants.Contents[1].Value);
    }
}
