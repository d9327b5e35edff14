using System.Collections.Frozen;

namespace TransactionalMail.Templates.Filters;

/// <summary>How many arguments each filter takes, so that a forgotten or superfluous one is an error when the file is read.</summary>
internal static class FilterArity
{
    private static readonly (int Least, int Most, string Filters)[] s_arities =
    [
        (0, 1, "compact date join number percent round sort sort_natural sum uniq"),
        (0, 2, "default truncate truncatewords"),
        (0, 10, "format_string"),
        (1, 1, "append at_least at_most concat divided_by hmac_sha1 hmac_sha256 map minus modulo money plus prepend remove remove_first remove_last split time_zone times"),
        (1, 2, "find find_index format_date format_number has reject replace replace_first replace_last slice where"),
    ];

    private static readonly FrozenDictionary<string, (int Least, int Most)> s_counts = s_arities
        .SelectMany(arity => arity.Filters.Split(' '), (arity, filter) => KeyValuePair.Create(filter, (arity.Least, arity.Most)))
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Says what is wrong with the number of arguments, if anything is.</summary>
    public static string? Problem(string filter, int count)
    {
        var (least, most) = s_counts.GetValueOrDefault(filter);
        if (count >= least && count <= most) return null;
        var takes = most == 0 ? "no argument" : least == most ? $"{least} argument{(least == 1 ? "" : "s")}" : $"{least} to {most} arguments";
        return $"the filter `{filter}` takes {takes}, not {count}.";
    }
}
