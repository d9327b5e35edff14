namespace TransactionalMail.Tests.Bounces;

/// <summary>Breaks messages in the ways that networks, gateways and attackers do.</summary>
internal static class BounceMutation
{
    private static readonly string[] s_inserts = ["\n\n", "\r", "--b\n", "--b--\n", "Content-Type: multipart/mixed; boundary=b\n", "Final-Recipient: rfc822;", "@", "<", "550 5.1.1 ", "\0", "=?utf-8?B?", "Action: delayed\n", "Content-Transfer-Encoding: base64\n", "charset=utf-7", "\u2028"];

    public static byte[] Of(byte[] message, byte[] other, Random random)
    {
        var bytes = new List<byte>(message);
        for (var changes = random.Next(1, 6); changes > 0; changes--) Change(bytes, other, random);
        return [.. bytes];
    }

    private static void Change(List<byte> bytes, byte[] other, Random random)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(random.Next(1, 200), bytes.Count - at);
        switch (random.Next(8))
        {
            case 0 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1:
                bytes.RemoveRange(at, length);
                break;
            case 2:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 3:
                bytes.InsertRange(at, System.Text.Encoding.UTF8.GetBytes(s_inserts[random.Next(s_inserts.Length)]));
                break;
            case 4:
                var from = random.Next(other.Length);
                bytes.InsertRange(at, other[from..Math.Min(other.Length, from + 500)]);
                break;
            case 5:
                bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(1, 128), random.Next(1, 2_000)));
                break;
            case 6 when random.Next(4) == 0:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            default:
                bytes.Reverse(at, length);
                break;
        }
    }
}
