using System.Collections.Frozen;

namespace TransactionalMail.Templates.Filters;

/// <summary>How many arguments each filter takes, so that a forgotten or superfluous one is an error when the file is read.</summary>
internal static class FilterArity
{
    private static readonly FrozenDictionary<string, (int Least, int Most)> s_counts = new Dictionary<string, (int, int)>(StringComparer.Ordinal)
    {
        ["append"] = (1, 1),
        ["prepend"] = (1, 1),
        ["remove"] = (1, 1),
        ["remove_first"] = (1, 1),
        ["remove_last"] = (1, 1),
        ["replace"] = (1, 2),
        ["replace_first"] = (1, 2),
        ["replace_last"] = (1, 2),
        ["slice"] = (1, 2),
        ["split"] = (1, 1),
        ["truncate"] = (0, 2),
        ["truncatewords"] = (0, 2),
        ["default"] = (0, 2),
        ["hmac_sha1"] = (1, 1),
        ["hmac_sha256"] = (1, 1),
        ["concat"] = (1, 1),
        ["map"] = (1, 1),
        ["where"] = (1, 2),
        ["reject"] = (1, 2),
        ["find"] = (1, 2),
        ["find_index"] = (1, 2),
        ["has"] = (1, 2),
        ["join"] = (0, 1),
        ["sort"] = (0, 1),
        ["sort_natural"] = (0, 1),
        ["uniq"] = (0, 1),
        ["compact"] = (0, 1),
        ["sum"] = (0, 1),
        ["plus"] = (1, 1),
        ["minus"] = (1, 1),
        ["times"] = (1, 1),
        ["divided_by"] = (1, 1),
        ["modulo"] = (1, 1),
        ["at_least"] = (1, 1),
        ["at_most"] = (1, 1),
        ["round"] = (0, 1),
        ["number"] = (0, 1),
        ["percent"] = (0, 1),
        ["money"] = (1, 1),
        ["format_number"] = (1, 2),
        ["format_string"] = (0, 10),
        ["date"] = (0, 1),
        ["format_date"] = (1, 2),
        ["time_zone"] = (1, 1),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Says what is wrong with the number of arguments, if anything is.</summary>
    public static string? Problem(string filter, int count)
    {
        var (least, most) = s_counts.GetValueOrDefault(filter);
        if (count >= least && count <= most) return null;
        var takes = most == 0 ? "no argument" : least == most ? $"{least} argument{(least == 1 ? "" : "s")}" : $"{least} to {most} arguments";
        return $"the filter `{filter}` takes {takes}, not {count}.";
    }
}
