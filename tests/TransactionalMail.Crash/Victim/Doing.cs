namespace TransactionalMail.Crash.Victim;

/// <summary>What the outbox was asked for by whoever runs this code, so that statements can be told apart.</summary>
internal static class Doing
{
    private static readonly AsyncLocal<string?> s_now = new();

    /// <summary>Gets what it is; <see langword="null"/> for the group commit and the purge, which serve nobody in particular.</summary>
    public static string? Now => s_now.Value;

    /// <summary>Does something under a name. An async method, so that the name ends with it.</summary>
    public static async ValueTask<T> AsAsync<T>(string name, Trap trap, Func<ValueTask<T>> act)
    {
        s_now.Value = name;
        trap.Reach($"{name}:called");
        var result = await act();
        return result;
    }
}
