using System.Text;
using TransactionalMail.Conformance;
using TransactionalMail.Transports;
using TransactionalMail.Transports.Pickup;

namespace TransactionalMail.Tests.Transports.Pickup;

/// <summary>A folder that a pickup service empties: it takes the envelope off each file.</summary>
[ConformanceOf<PickupTransport>]
public sealed class PickupWithEnvelopeConformanceTests : PickupConformanceTests
{
    protected override bool WriteEnvelope => true;

    private protected override ArrivedMail Read(byte[] file)
    {
        var lines = Encoding.UTF8.GetString(file).Split("\r\n").TakeWhile(static line => line.Split(": ")[0] is "X-Sender" or "X-Receiver").ToList();
        var addresses = lines.Select(static line => (EmailAddress)line.Split(": ")[1]).ToList();
        return ArrivedMail.FromMime(file.AsMemory(lines.Sum(static line => Encoding.UTF8.GetByteCount(line) + 2)), new MailEnvelope(addresses[0], addresses[1..]));
    }
}
