namespace TransactionalMail.Delivery;

/// <summary>Chooses which transports of a stream to ask, and in which order.</summary>
internal sealed class TransportRouter(IReadOnlyList<GuardedTransport> transports, IDictionary<string, int> weights)
{
    public IReadOnlyList<GuardedTransport> Transports => transports;

    /// <summary>Gets for how long none of the transports can be asked.</summary>
    public TimeSpan Pause => transports.Min(static t => t.Pause);

    /// <summary>Returns the transports to ask for one mail, the preferred one first.</summary>
    public IReadOnlyList<GuardedTransport> Route() => weights.Count == 0 ? transports : Draw();

    /// <summary>Returns the transports by how likely each is to be asked first.</summary>
    public IReadOnlyList<GuardedTransport> InOrderOfPreference() => weights.Count == 0 ? transports : [.. transports.OrderByDescending(Weight)];

    /// <summary>Draws lots without putting them back; no weight, no lot, and the last place.</summary>
    private List<GuardedTransport> Draw()
    {
        var left = transports.ToList();
        var route = new List<GuardedTransport>(left.Count);
        while (left.Count > 0)
        {
            var drawn = DrawOne(left);
            left.Remove(drawn);
            route.Add(drawn);
        }

        return route;
    }

    private GuardedTransport DrawOne(List<GuardedTransport> left)
    {
        var lots = left.Sum(Weight);
        if (lots == 0) return left[0];

        var lot = Random.Shared.Next(lots);
        return left.First(transport => (lot -= Weight(transport)) < 0);
    }

    private int Weight(GuardedTransport transport) => weights.TryGetValue(transport.Name, out var weight) ? weight : 0;
}
