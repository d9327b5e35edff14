using System.Security.Cryptography;
using System.Text;

namespace TransactionalMail.Transports.Mailgun;

/// <summary>Remembers for which event each token was used, as long as its signature is not too old. Thread-safe.</summary>
/// <param name="lifetime">How long.</param>
internal sealed class TokenMemory(TimeSpan lifetime)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, byte[]> _events = new(StringComparer.Ordinal);
    private readonly Queue<(DateTimeOffset Until, string Token)> _oldestFirst = new();

    /// <summary>Returns whether a proven token is new, or was used for the very same event: a provider that got no answer asks again.</summary>
    public bool IsFirstUse(string token, string told, DateTimeOffset now)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(told));
        lock (_lock)
        {
            while (_oldestFirst.TryPeek(out var oldest) && oldest.Until <= now) _events.Remove(_oldestFirst.Dequeue().Token);
            if (_events.TryGetValue(token, out var used)) return hash.AsSpan().SequenceEqual(used);
            _events.Add(token, hash);
            _oldestFirst.Enqueue((now + lifetime, token));
            return true;
        }
    }
}
