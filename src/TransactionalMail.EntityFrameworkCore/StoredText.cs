namespace TransactionalMail.EntityFrameworkCore;

/// <summary>Texts as every database takes them.</summary>
internal static class StoredText
{
    /// <summary>Returns the text without what PostgreSQL refuses: NUL, and halves of surrogate pairs.</summary>
    public static string? Of(string? text)
    {
        if (text is null || !(text.Contains('\0', StringComparison.Ordinal) || text.AsSpan().ContainsAnyInRange('\ud800', '\udfff'))) return text;
        return string.Create(text.Length, text, static (span, from) =>
        {
            for (var i = 0; i < from.Length; i++)
            {
                var isPair = (i + 1 < from.Length && char.IsSurrogatePair(from[i], from[i + 1])) || (i > 0 && char.IsSurrogatePair(from[i - 1], from[i]));
                span[i] = from[i] is '\0' ? ' ' : char.IsSurrogate(from[i]) && !isPair ? '\ufffd' : from[i];
            }
        });
    }
}
