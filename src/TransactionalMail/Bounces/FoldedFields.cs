namespace TransactionalMail.Bounces;

/// <summary>Shortens fields that are folded over and over: to MimeKit's parser they cost the square of their length, 6 seconds for 900 KB.</summary>
internal static class FoldedFields
{
    public const int Longest = 64 * 1024;

    /// <summary>Removes, in place, lines that begin with a blank where those in a row come to more than <see cref="Longest"/> bytes. Returns the length of what is left.</summary>
    /// <remarks>Lines of a body may begin so, too; what a report tells is not that far down in any of them.</remarks>
    public static int Shorten(Span<byte> message)
    {
        var (left, folded) = (0, 0);
        for (var at = 0; at < message.Length;)
        {
            var end = message[at..].IndexOf((byte)'\n');
            var length = end < 0 ? message.Length - at : end + 1;
            folded = message[at] is (byte)' ' or (byte)'\t' ? folded + length : 0;
            if (folded <= Longest)
            {
                message.Slice(at, length).CopyTo(message[left..]);
                left += length;
            }

            at += length;
        }

        return left;
    }
}
