using TransactionalMail.Testing;

namespace TransactionalMail.Interop.Tests.Smtp;

/// <summary>One Postfix for the tests of a class, which run one after the other, and the server it relays to.</summary>
public sealed class PostfixFixture : IAsyncDisposable
{
    private PostfixServer? _postfix;

    public LocalSmtpServer Destination { get; } = LocalSmtpServer.Start();

    /// <summary>Starts Postfix for the first test, which skips where that is impossible, and returns its port.</summary>
    public async Task<int> ReadyAsync(CancellationToken cancellationToken)
    {
        Destination.Clear();
        _postfix ??= await PostfixServer.StartAsync(Destination.Port, cancellationToken);
        return _postfix.Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (_postfix is not null) await _postfix.DisposeAsync();
        await Destination.DisposeAsync();
    }
}
