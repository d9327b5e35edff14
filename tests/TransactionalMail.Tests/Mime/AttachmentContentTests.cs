using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using TransactionalMail.Mime;

namespace TransactionalMail.Tests.Mime;

public sealed class AttachmentContentTests
{
    private static readonly byte[] s_bytes = [.. Enumerable.Range(0, 200_000).Select(i => (byte)i)];

    [Fact]
    public async Task Does_not_copy_what_is_in_memory_already_M08()
    {
        var stream = new MemoryStream(s_bytes, writable: false);

        var contents = await AttachmentContent.ReadAsync([new EmailAttachment("a", _ => ValueTask.FromResult<Stream>(stream))], long.MaxValue, NullLogger.Instance, TestContext.Current.CancellationToken);

        contents.Single().Should().BeSameAs(stream);
    }

    [Fact]
    public async Task Reads_a_file_into_one_buffer_of_its_size_M08()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, s_bytes, TestContext.Current.CancellationToken);

            var contents = await AttachmentContent.ReadAsync([EmailAttachment.FromFile(path, "application/pdf")], long.MaxValue, NullLogger.Instance, TestContext.Current.CancellationToken);

            var content = contents.Single().Should().BeOfType<MemoryStream>().Subject;
            content.ToArray().Should().Equal(s_bytes);
            content.Capacity.Should().Be(s_bytes.Length);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reads_a_stream_once_and_disposes_it(bool canSeek)
    {
        var opened = 0;
        var source = new ForwardStream(s_bytes, canSeek);
        var attachment = new EmailAttachment("a.bin", _ =>
        {
            opened++;
            return ValueTask.FromResult<Stream>(source);
        });

        using var composed = await Compose.MimeAsync(Compose.Message with { Attachments = [attachment] }, DkimTestKey.ForAcme(DkimTestKey.Rsa2048));
        var first = Compose.Bytes(composed);
        var second = Compose.Bytes(composed);

        second.Should().Equal(first);
        opened.Should().Be(1);
        source.IsDisposed.Should().BeTrue();
        DkimCheck.For(DkimTestKey.ForAcme(DkimTestKey.Rsa2048)).Verify(first).Should().Equal(true);
    }

    [Fact]
    public async Task A_stream_that_throws_fails_the_composition_and_says_which_S28()
    {
        var failure = new IOException("the disk is gone");
        var attachment = new EmailAttachment("a.bin", _ => ValueTask.FromResult<Stream>(new ForwardStream(s_bytes, canSeek: true) { Failure = failure }));

        var log = new FakeLogger();

        var read = () => AttachmentContent.ReadAsync([new EmailAttachment("ok", s_bytes), attachment], long.MaxValue, log, TestContext.Current.CancellationToken).AsTask();

        var thrown = (await read.Should().ThrowAsync<EmailValidationException>()).Which;
        thrown.Errors.Single().Field.Should().Be("Attachments[1]");
        thrown.InnerException.Should().BeNull("it may quote personal data");
        log.LatestRecord.Exception.Should().BeSameAs(failure);
        log.LatestRecord.Level.Should().Be(LogLevel.Debug);
        thrown.Message.Should().Contain("could not be read (IOException)").And.NotContain("a.bin");
    }

    [Fact]
    public async Task A_stream_that_cannot_be_opened_fails_the_composition_S28()
    {
        var attachment = new EmailAttachment("a.bin", _ => throw new TimeoutException());

        var compose = () => Compose.MimeAsync(Compose.Message with { Attachments = [attachment] });

        await compose.Should().ThrowAsync<EmailValidationException>().WithMessage("*(TimeoutException)*");
    }

    [Fact]
    public async Task A_stream_that_ends_before_its_length_fails_the_composition_S28()
    {
        var attachment = new EmailAttachment("a.bin", _ => ValueTask.FromResult<Stream>(new ForwardStream(s_bytes, canSeek: true) { AnnouncedLength = s_bytes.Length + 1 }));

        var compose = () => Compose.MimeAsync(Compose.Message with { Attachments = [attachment] });

        await compose.Should().ThrowAsync<EmailValidationException>().WithMessage("*(EndOfStreamException)*");
    }

    [Fact]
    public async Task Cancellation_is_not_a_failure_of_the_attachment()
    {
        using var cancel = new CancellationTokenSource();
        var attachment = new EmailAttachment("a.bin", token =>
        {
            cancel.Cancel();
            token.ThrowIfCancellationRequested();
            return default;
        });

        var read = () => AttachmentContent.ReadAsync([attachment], long.MaxValue, NullLogger.Instance, cancel.Token).AsTask();

        await read.Should().ThrowAsync<OperationCanceledException>();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Refuses_more_than_the_limit_without_reading_it_all_M08(bool canSeek)
    {
        var large = new ForwardStream(s_bytes, canSeek);
        var attachments = new[] { new EmailAttachment("ok", s_bytes), new EmailAttachment("large", _ => ValueTask.FromResult<Stream>(large)) };

        var read = () => AttachmentContent.ReadAsync(attachments, 300_000, NullLogger.Instance, TestContext.Current.CancellationToken).AsTask();

        (await read.Should().ThrowAsync<EmailValidationException>()).Which.Errors.Single().Field.Should().Be("Attachments[1]");
        large.BytesRead.Should().BeInRange(canSeek ? 0 : 100_000, canSeek ? 0 : 160_000);
        large.IsDisposed.Should().BeTrue();
    }

    private sealed class ForwardStream(byte[] content, bool canSeek) : MemoryStream(content)
    {
        public Exception? Failure { get; init; }

        public int BytesRead { get; private set; }

        public bool IsDisposed { get; private set; }

        public long? AnnouncedLength { get; init; }

        public override long Length => AnnouncedLength ?? base.Length;

        public override bool CanSeek => canSeek;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Failure is not null && Position > 100_000) throw Failure;
            var count = await base.ReadAsync(buffer[..Math.Min(buffer.Length, 60_000)], cancellationToken);
            BytesRead += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
