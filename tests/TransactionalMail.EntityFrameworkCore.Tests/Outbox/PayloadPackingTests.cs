using System.Text;
using TransactionalMail.EntityFrameworkCore.Outbox;
using TransactionalMail.Outbox;

namespace TransactionalMail.EntityFrameworkCore.Tests.Outbox;

public class PayloadPackingTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(1_023, false)]
    [InlineData(1_024, true)]
    [InlineData(300_000, true)] // to a fiftieth, so that reading has to find more room
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
        var packed = PayloadPacking.Pack(OutboxPayload.Write(new OutboxEntry
        {
            Id = MailId.New(now),
            StreamName = "default",
            Message = new EmailMessage { To = ["ada@example.com"], TextBody = text },
            AcceptedAt = now,
            DueAt = now,
            Recipients = ["ada@example.com"],
        }));

        for (var i = 0; i < packed.Length; i++)
        {
            byte[] flipped = [.. packed];
            flipped[i] ^= (byte)(1 << (i % 8));
            ReadText(flipped).Should().BeNull("bit {0} of byte {1} differs", i % 8, i);
            if (ReadText(packed[..i]) is { } read) read.Should().Be(text, "it is whole without the checksum at its end");
        }
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
