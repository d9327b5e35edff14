using System.Runtime.InteropServices;

namespace TransactionalMail.Soak.Relay;

/// <summary>What all relays of a run took and did. Thread-safe.</summary>
internal sealed class Ledger
{
    private readonly Lock _lock = new();
    private readonly Dictionary<MailId, Tally> _tallies = [];
    private readonly Dictionary<(MailId Id, string Recipient), int> _takers = [];
    private readonly Dictionary<int, int> _strikes = [];
    private readonly SortedDictionary<string, int> _faults = new(StringComparer.Ordinal);

    public IReadOnlyList<Tally> Tallies
    {
        get
        {
            lock (_lock) return [.. _tallies.Values];
        }
    }

    /// <summary>Gets how often each fault struck.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Faults
    {
        get
        {
            lock (_lock) return [.. _faults];
        }
    }

    /// <summary>Returns whether a mail meets its fault once more, and counts it.</summary>
    public bool Strike(int index, Fault fault)
    {
        lock (_lock)
        {
            ref var strikes = ref CollectionsMarshal.GetValueRefOrAddDefault(_strikes, index, out _);
            if (strikes == fault.Times && !fault.IsPermanent) return false;
            strikes++;
            Count(fault.Name);
            return true;
        }
    }

    /// <summary>A relay takes a mail.</summary>
    public void Accept(MailId id, IReadOnlyList<string> recipients, int port)
    {
        lock (_lock)
        {
            ref var tally = ref CollectionsMarshal.GetValueRefOrAddDefault(_tallies, id, out _);
            var second = recipients.Count(Letter.IsSecondRecipient);
            var strays = tally.HasStrayed;
            foreach (var recipient in recipients) strays |= !_takers.TryAdd((id, recipient), port) && _takers[(id, recipient)] != port;
            tally = new Tally(id, tally.First + recipients.Count - second, tally.Second + second, tally.LostReplies, strays);
        }
    }

    public void LoseReply(MailId id)
    {
        lock (_lock) _tallies[id] = _tallies[id] with { LostReplies = _tallies[id].LostReplies + 1 };
    }

    public void CountOutage(int repliesPossiblyLost)
    {
        lock (_lock)
        {
            Count("relay down");
            Count("reply possibly lost as the relay went down", repliesPossiblyLost);
        }
    }

    private void Count(string fault, int times = 1) => _faults[fault] = _faults.GetValueOrDefault(fault) + times;
}
