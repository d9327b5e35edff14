using System.Text;
using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.Outbox;
using ZstdSharp;

namespace TransactionalMail.EntityFrameworkCore.Tests.Outbox;

public class PayloadPackingTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(1_023, false)]
    [InlineData(1_024, true)]
    [InlineData(300_000, true)]
    public void Long_payloads_are_compressed_and_all_read_back(int length, bool isCompressed)
    {
        var payload = Encoding.UTF8.GetBytes(Text(length));

        var packed = PayloadPacking.Pack(payload);

        (packed.Length < payload.Length).Should().Be(isCompressed);
        PayloadPacking.Read(packed, static bytes => bytes.ToArray()).Should().Equal(payload);
    }

    [Fact]
    public void No_damage_to_a_bit_or_the_end_makes_another_mail()
    {
        var text = Text(1_500);
        var now = DateTimeOffset.UnixEpoch;
        var payload = OutboxPayload.Write(new OutboxEntry
        {
            Id = MailId.New(now),
            StreamName = "default",
            Message = new EmailMessage { To = ["ada@example.com"], TextBody = text },
            AcceptedAt = now,
            DueAt = now,
            Recipients = ["ada@example.com"],
        });
        var packed = PayloadPacking.Pack(payload);

        var whole = 0;
        for (var i = 0; i < packed.Length; i++)
        {
            byte[] flipped = [.. packed];
            flipped[i] ^= (byte)(1 << (i % 8));
            foreach (var read in new[] { ReadText(flipped), ReadText(packed[..i]) }.OfType<string>())
            {
                read.Should().Be(text, "byte {0} differs, or is the first that lacks", i);
                whole++;
            }
        }

        whole.Should().BeLessThan(packed.Length / 10, "only another way to say the same, or the end of the checksum, leaves it whole");
    }

    [Fact]
    public void A_row_that_grows_without_end_is_damaged_and_takes_no_more_memory_than_a_mail()
    {
        using var compressor = new Compressor();
        byte[] bomb = [.. Enumerable.Repeat(compressor.Wrap(new byte[1 << 20]).ToArray(), 65).SelectMany(static frame => frame)];

        var reading = () => PayloadPacking.Read(bomb, static bytes => bytes.Length);

        reading.Should().Throw<InvalidDataException>().WithMessage("The stored mail is damaged*");
    }

    /// <summary>Reads the text of a mail, or nothing where it is damaged.</summary>
    private static string? ReadText(byte[] packed)
    {
        try
        {
            return PayloadPacking.Read(packed, OutboxPayload.Read).ToEntry([]).Message.TextBody;
        }
        catch (Exception e) when (e is InvalidDataException or OutboxPayloadException)
        {
            return null;
        }
    }

    private static string Text(int length) => string.Concat(Enumerable.Range(0, length).Select(static i => i % 50 == 0 ? (char)('a' + i / 50 % 26) : '-'));
}
