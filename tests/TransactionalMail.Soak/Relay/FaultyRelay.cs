using System.Collections.Concurrent;
using TransactionalMail.Testing;

namespace TransactionalMail.Soak.Relay;

/// <summary>A relay that misbehaves as planned and writes down what it takes. It can be down for a while; the port stays the same.</summary>
internal sealed class FaultyRelay : IAsyncDisposable
{
    private readonly FaultPlan _plan;
    private readonly Ledger _ledger;
    private readonly ConcurrentDictionary<int, Conversation> _conversations = [];
    private readonly List<Exception> _errors = [];
    private LocalSmtpServer _server;

    public FaultyRelay(FaultPlan plan, Ledger ledger)
    {
        (_plan, _ledger) = (plan, ledger);
        _server = Start(port: 0);
        Port = _server.Port;
    }

    public int Port { get; }

    /// <summary>Gets the mistakes of this program, as opposed to faults.</summary>
    public IReadOnlyList<Exception> Errors => [.. _errors, .. _server.Errors];

    /// <summary>Cuts every connection, refuses new ones for a while, and comes back.</summary>
    public async Task GoDownAsync(TimeSpan duration)
    {
        await _server.DisposeAsync();
        _errors.AddRange(_server.Errors);

        // Whoever said something after its mail was taken had the reply; of the others nobody knows.
        MailId[] unconfirmed = [.. _conversations.Values.Select(static c => c.Unconfirmed).OfType<MailId>()];
        foreach (var id in unconfirmed) _ledger.LoseReply(id);
        _ledger.CountOutage(unconfirmed.Length);
        _conversations.Clear();

        await Task.Delay(duration);
        _server = Start(Port);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private LocalSmtpServer Start(int port)
    {
        var server = LocalSmtpServer.Start(new() { Port = port, RetainMessages = false, TranscriptCapacity = 0, MaxMessageSize = 64 * 1024 * 1024 });
        foreach (var stage in Enum.GetValues<SmtpStage>()) server.On(stage, command => Answer(server, command));
        return server;
    }

    private SmtpReply? Answer(LocalSmtpServer server, SmtpCommandContext command)
    {
        var conversation = _conversations.GetOrAdd(command.ConnectionId, static _ => new Conversation());
        conversation.Unconfirmed = null;
        if (command.Stage is SmtpStage.MailFrom) conversation.Index = Letter.IndexOf(command.Mailbox!);

        var fault = FindFault(conversation.Index, command);
        if (fault?.NextConnection is { } next) server.ReplyOnce(next.Stage, next.Reply);
        if (command.Message is { } message && fault?.Reply.Code is not >= 400) Take(message, conversation, fault);
        return fault?.Reply;
    }

    private Fault? FindFault(int index, SmtpCommandContext command)
    {
        if (_plan.Of(index) is not { } fault || fault.Stage != command.Stage) return null;
        if (fault.OnlySecondRecipient && !Letter.IsSecondRecipient(command.Mailbox!)) return null;
        return _ledger.Strike(index, fault) ? fault : null;
    }

    private void Take(ReceivedMessage message, Conversation conversation, Fault? fault)
    {
        var id = IdOf(message.Raw.Span);
        _ledger.Accept(id, message.EnvelopeRecipients, Port);
        if (fault is { LosesReply: true }) _ledger.LoseReply(id);
        else if (fault is not { ClosesAfterReply: true }) conversation.Unconfirmed = id;
    }

    private static MailId IdOf(ReadOnlySpan<byte> content)
    {
        var field = "\r\nX-TransactionalMail-Id: "u8;
        var value = content[(content.IndexOf(field) + field.Length)..];
        return new MailId(Guid.Parse(value[..value.IndexOf((byte)'\r')]));
    }

    /// <summary>What one connection is at: the number of its latest mail, and that mail's identity until the client goes on.</summary>
    private sealed class Conversation
    {
        public int Index { get; set; } = -1;

        public MailId? Unconfirmed { get; set; }
    }
}
