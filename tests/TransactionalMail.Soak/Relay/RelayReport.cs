namespace TransactionalMail.Soak.Relay;

/// <summary>What the relays have to say at the end of a run.</summary>
/// <param name="Tallies">Every mail they took.</param>
/// <param name="Faults">How often each fault struck.</param>
/// <param name="Errors">Their own mistakes.</param>
internal sealed record RelayReport(IReadOnlyList<Tally> Tallies, IReadOnlyDictionary<string, int> Faults, IReadOnlyList<string> Errors);
