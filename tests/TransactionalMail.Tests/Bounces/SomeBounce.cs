using System.Text;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using TransactionalMail.Bounces;

namespace TransactionalMail.Tests.Bounces;

/// <summary>Returned messages, written for these tests in the manner of those who send them.</summary>
internal static class SomeBounce
{
    public static readonly MailId Id = MailId.Parse("0199a4c2-7d3e-7abc-8def-0123456789ab", null);

    public static FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 10, 0, 0, TimeSpan.Zero));

    public static IBounceReader Reader { get; } = new BounceReader(Clock);

    /// <summary>The mail that comes back.</summary>
    public static string Mail { get; } = $"""
        From: Acme <no-reply@acme.example>
        To: ada@example.com
        Subject: Secret subject
        Message-ID: <{Id.Value:N}@acme.example>
        X-TransactionalMail-Id: {Id}

        Secret body
        """;

    public static BounceReport Read(string message) => Reader.Read(Parse(message));

    public static MimeMessage Parse(string message) => MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(message)), TestContext.Current.CancellationToken);

    /// <summary>A delivery status notification (RFC 3464) on one recipient.</summary>
    public static string Status(string fields, string notice = "Your message could not be delivered.", string? returned = null, string returnedType = "message/rfc822") => $"""
        From: MAILER-DAEMON@mx.example.net
        To: bounces@acme.example
        Subject: Undelivered Mail Returned to Sender
        Date: Tue, 24 Nov 2026 09:00:00 +0000
        Message-ID: <report-1@mx.example.net>
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b
        Content-Type: text/plain; charset=utf-8

        {notice}

        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.net

        {fields}

        --b
        Content-Type: {returnedType}

        {returned ?? Mail}

        --b--
        """;

    /// <summary>A bounce in words only.</summary>
    public static string Words(string notice, string header = "From: MAILER-DAEMON@mx.example.net\nSubject: failure notice") => $"""
        {header}
        To: bounces@acme.example
        Date: Tue, 24 Nov 2026 09:00:00 +0000
        Message-ID: <report-2@mx.example.net>

        {notice}
        """;
}
