using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace TransactionalMail.Tests.Bounces;

/// <summary>Anybody can send a message to the address that bounces come to.</summary>
public sealed class BounceRobustnessTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);

    /// <summary>5,000 in the suite; <c>TRANSACTIONALMAIL_BOUNCE_MUTATIONS</c> asks for more.</summary>
    private static int Mutations => int.TryParse(Environment.GetEnvironmentVariable("TRANSACTIONALMAIL_BOUNCE_MUTATIONS"), CultureInfo.InvariantCulture, out var count) ? count : 5_000;

    [Fact]
    public async Task Reads_whatever_a_broken_message_is()
    {
        var messages = Messages();
        var random = new Random(20261124);
        var (slowest, events, refused) = (TimeSpan.Zero, 0, 0);
        for (var i = 0; i < Mutations; i++)
        {
            var message = BounceMutation.Of(messages[i % messages.Count], messages[random.Next(messages.Count)], random);
            var started = Stopwatch.GetTimestamp();
            if (await ReadAsync(message) is { } report) events += report.Events.Count;
            else refused++;
            if (Stopwatch.GetElapsedTime(started) is var took && took > slowest) slowest = took;
        }

        output.WriteLine($"{Mutations} messages, {events} events, {refused} no messages, slowest {slowest.TotalMilliseconds:F0} ms");
        slowest.Should().BeLessThan(s_longest);
        events.Should().BeGreaterThan(Mutations / 2);
    }

    [Theory]
    [InlineData("@")]
    [InlineData("a@")]
    [InlineData("a@b.example ")]
    [InlineData("<a@b.example>:\n")]
    [InlineData("a@b")]
    [InlineData("550")]
    [InlineData("550 ")]
    [InlineData("5.1.1")]
    [InlineData("5.")]
    [InlineData(">>> ")]
    [InlineData("in reply to ")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("\n ")]
    [InlineData("-")]
    [InlineData("<")]
    [InlineData("a.")]
    [InlineData("%41")]
    [InlineData("<div>")]
    [InlineData("X-TransactionalMail-Id:  ")]
    [InlineData("Final-Recipient: rfc822; a@b.example\nAction: failed\n\n")]
    [InlineData("Final-Recipient: a@b.example\n ")]
    [InlineData("Subject: a\n")]
    [InlineData("--b\n")]
    [InlineData("--b\nContent-Type: multipart/mixed; boundary=b\n\n")]
    [InlineData("--b\nContent-Type: message/rfc822\n\n")]
    public async Task Takes_time_in_proportion_to_a_message_that_repeats(string piece)
    {
        var much = string.Concat(Enumerable.Repeat(piece, 900_000 / piece.Length));
        string[] messages =
        [
            SomeBounce.Words(much),
            SomeBounce.Words(much, "From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\nContent-Type: text/html"),
            SomeBounce.Words("550 rejected", "From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\nX-Failed-Recipients: " + much.ReplaceLineEndings(" ")),
            SomeBounce.Status("Final-Recipient: rfc822; ada@example.com\nAction: failed\nDiagnostic-Code: smtp; " + much),
            SomeBounce.Status(much),
            SomeBounce.Status("Final-Recipient: rfc822; ada@example.com\nAction: failed\nStatus: 5.0.0", returned: much),
        ];

        foreach (var message in messages)
        {
            var bytes = Encoding.UTF8.GetBytes(message);
            var started = Stopwatch.GetTimestamp();
            var reading = async () => await OnThreadOfItsOwn(() => ReadAsync(bytes)).WaitAsync(s_longest, TestContext.Current.CancellationToken);
            await reading.Should().NotThrowAsync();
            output.WriteLine($"{piece[..Math.Min(10, piece.Length)].Trim()} {Array.IndexOf(messages, message)} {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms");
        }
    }

    /// <summary>Runs beside the thread pool, which other tests may keep busy for longer than this one waits.</summary>
    private static Task<T> OnThreadOfItsOwn<T>(Func<Task<T>> act) => Task.Factory.StartNew(act, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    private static async Task<BounceReport?> ReadAsync(byte[] message)
    {
        try
        {
            using var stream = new MemoryStream(message);
            return await SomeBounce.Reader.ReadAsync(stream, CancellationToken.None);
        }
        catch (FormatException problem) when (problem.Message.StartsWith("The stream holds no e-mail message.", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private static List<byte[]> Messages()
    {
        List<byte[]> messages =
        [
            .. new[]
            {
                SomeBounce.Status("Final-Recipient: rfc822; ada@example.com\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown"),
                SomeBounce.Status("Final-Recipient: rfc822; ada@example.com\nAction: delayed\nStatus: 4.2.2", returnedType: "text/rfc822-headers"),
                SomeBounce.Words("<ada@example.com>:\nRemote host said: 550 5.1.1 No such user\n\n--- Below this line is a copy of the message.\n\n" + SomeBounce.Mail),
                SomeBounce.Words("<p>ada@example.com</p><p>550 5.1.1 not found</p>", "From: postmaster@mx.example.net\nSubject: Undeliverable\nMIME-Version: 1.0\nContent-Type: text/html"),
            }.Select(Encoding.UTF8.GetBytes),
        ];
        if (!SharedData.Exists) return messages;

        foreach (var folder in new[] { "corpora/bounce-sisimai/messages", "corpora/bounce-flanker" })
        {
            messages.AddRange(Directory.GetFiles(SharedData.Path(folder), "*.eml").Order(StringComparer.Ordinal).Select(File.ReadAllBytes));
        }

        return messages;
    }
}
