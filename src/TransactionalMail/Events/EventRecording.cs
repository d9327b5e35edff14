using TransactionalMail.Suppression;

namespace TransactionalMail.Events;

/// <summary>What became of events at the audit.</summary>
/// <param name="Events">The events by id, completed by what was known of their mail; none where it failed.</param>
/// <param name="New">The ids of those that it did not have.</param>
/// <param name="Failure">What it failed with, or <see langword="null"/>.</param>
internal readonly record struct EventRecording(IReadOnlyDictionary<Guid, MailEvent> Events, HashSet<Guid> New, Exception? Failure)
{
    /// <summary>Returns the events of a publication that the suppression list is told of: those told before, too, but for resubscriptions, as an unsubscribe may have come since.</summary>
    public IEnumerable<MailEvent> ToSuppressOf(EventPublication publication)
    {
        var isNew = New;
        return Of(publication).Where(e => SuppressionUpdater.Concerns(e) && (e is not MailResubscribed || isNew.Contains(e.EventId)));
    }

    /// <summary>Takes the events of a publication that are new, and that no other publication took.</summary>
    public IEnumerable<MailEvent> TakeNewOf(EventPublication publication)
    {
        var untaken = New;
        return Of(publication).Where(e => untaken.Remove(e.EventId));
    }

    /// <summary>Returns the events of a publication, each once.</summary>
    private IEnumerable<MailEvent> Of(EventPublication publication)
    {
        var events = Events;
        return publication.Events.DistinctBy(static e => e.EventId).Select(e => events.GetValueOrDefault(e.EventId)).OfType<MailEvent>();
    }
}
