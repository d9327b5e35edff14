namespace TransactionalMail.Mime;

/// <summary>Finds what is wrong with DKIM keys at start-up rather than with the first mail.</summary>
internal static class DkimFaults
{
    /// <summary>Returns every fault, each naming its key and what to do, none with any of the key.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<DkimOptions> keys)
    {
        var faults = new List<string>();
        _ = DkimKeyRing.Load(keys.Select((key, index) => DkimKeySource.Read(index, key)), TimeProvider.System, faults);
        return faults;
    }
}
