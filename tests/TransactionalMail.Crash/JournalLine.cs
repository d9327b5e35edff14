using System.Globalization;

namespace TransactionalMail.Crash;

/// <summary>A line of a <see cref="Journal"/>.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Batch">The batch it is about.</param>
/// <param name="Index">The mail within the batch; -1 where it is about none.</param>
/// <param name="Id">The mail's identity, or the place where the process died, or nothing.</param>
/// <param name="MessageId">The Message-ID of what was handed over, or nothing.</param>
internal sealed record JournalLine(string Kind, int Batch, int Index, string Id, string MessageId)
{
    public const string Tried = "tried";
    public const string Acknowledged = "acknowledged";
    public const string HandedOver = "handed-over";
    public const string Carried = "carried";
    public const string Marked = "marked";
    public const string Drained = "drained";
    public const string Fired = "fired";

    public static JournalLine Parse(string line)
    {
        var parts = line.Split(' ');
        var batch = int.Parse(parts[1], CultureInfo.InvariantCulture);
        if (parts[0] is Drained) return new(Drained, batch, -1, "", "");
        if (parts[0] is Fired) return new(Fired, batch, -1, parts[2], "");
        return new(parts[0], batch, int.Parse(parts[2], CultureInfo.InvariantCulture), parts.Length > 3 ? parts[3] : "", parts.Length > 4 ? parts[4] : "");
    }
}
