using TransactionalMail.Conformance;
using TransactionalMail.Transports;
using TransactionalMail.Transports.Pickup;

namespace TransactionalMail.Tests.Transports.Pickup;

/// <summary>A folder that holds just the mails: it keeps no envelope.</summary>
[ConformanceOf<PickupTransport>]
public class PickupConformanceTests : TransportConformance
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("pickup-");

    protected virtual bool WriteEnvelope => false;

    private string Folder => Path.Combine(_root.FullName, "mail");

    protected override IMailTransport Create(MailTransportContext context) =>
        new PickupProvider().CreateTransport(new PickupOptions { Folder = Folder, WriteEnvelope = WriteEnvelope }, context);

    protected override async ValueTask<IReadOnlyList<ArrivedMail>> ReadAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Folder)) return [];
        var files = await Task.WhenAll(Directory.GetFiles(Folder).Select(file => File.ReadAllBytesAsync(file, cancellationToken)));
        return [.. files.Select(Read)];
    }

    protected override void Break(string words) => File.WriteAllText(Folder, "A file where the folder should be.");

    protected override void Repair() => File.Delete(Folder);

    protected override ValueTask EndRelayAsync()
    {
        _root.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private protected virtual ArrivedMail Read(byte[] file) => ArrivedMail.FromMime(file, envelope: null);
}
