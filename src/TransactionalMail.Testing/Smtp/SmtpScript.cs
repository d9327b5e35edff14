using System.Collections.Concurrent;

namespace TransactionalMail.Testing.Smtp;

/// <summary>The replies a test has prescribed: one-time ones first, in order; then handlers, the newest first.</summary>
internal sealed class SmtpScript
{
    private readonly ConcurrentQueue<SmtpReply>[] _once = [.. Enum.GetValues<SmtpStage>().Select(_ => new ConcurrentQueue<SmtpReply>())];
    private readonly Lock _lock = new();
    private volatile Handler[] _handlers = [];

    public void AddOnce(SmtpStage stage, SmtpReply reply) => _once[(int)stage].Enqueue(reply);

    public void Add(SmtpStage stage, Func<SmtpCommandContext, SmtpReply?> reply)
    {
        lock (_lock) _handlers = [new Handler(stage, reply), .. _handlers];
    }

    public void Clear()
    {
        lock (_lock) _handlers = [];
        foreach (var queue in _once) queue.Clear();
    }

    /// <summary>Finds the reply prescribed for a stage; the context is made only where a handler wants it.</summary>
    public SmtpReply? Next(SmtpStage stage, Func<SmtpCommandContext> context)
    {
        if (_once[(int)stage].TryDequeue(out var once)) return once;
        SmtpCommandContext? asked = null;
        foreach (var handler in _handlers)
        {
            if (handler.Stage == stage && handler.Reply(asked ??= context()) is { } reply) return reply;
        }

        return null;
    }

    private sealed record Handler(SmtpStage Stage, Func<SmtpCommandContext, SmtpReply?> Reply);
}
