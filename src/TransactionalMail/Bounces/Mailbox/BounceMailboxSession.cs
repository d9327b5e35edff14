using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;

namespace TransactionalMail.Bounces;

/// <summary>One connection to a mailbox: finds messages that were not handled yet, and marks those that were.</summary>
internal sealed class BounceMailboxSession : IDisposable
{
    /// <summary>Keywords, and what they mean, are the client's (RFC 9051 §2.3.2).</summary>
    private const string Keyword = "$TransactionalMailHandled";
    private const int MaxBytes = 1024 * 1024;

    private readonly ImapClient _client = new();
    private readonly BounceMailboxOptions _options;
    private readonly TimeProvider _time;
    private IMailFolder _folder = null!;
    private IMailFolder? _handled;
    private CancellationTokenSource? _idle;
    private int _changes;
    private int _changesSeen;

    private BounceMailboxSession(BounceMailboxOptions options, TimeProvider time) => (_options, _time) = (options, time);

    public static async Task<BounceMailboxSession> OpenAsync(BounceMailboxOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var session = new BounceMailboxSession(options, time);
        try
        {
            await session.OpenAsync(cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Handles what is new, oldest first, one by one.</summary>
    /// <param name="handle">Handles a message, of which the first mebibyte is given, and returns whether it may move away.</param>
    /// <param name="cancellationToken">Stops between two messages.</param>
    public async Task HandleAsync(Func<Stream, CancellationToken, ValueTask<bool>> handle, CancellationToken cancellationToken)
    {
        _changesSeen = _changes;
        var isNew = HasKeywords ? SearchQuery.NotKeyword(Keyword) : SearchQuery.NotSeen;
        foreach (var id in await _folder.SearchAsync(SearchQuery.And(isNew, SearchQuery.NotDeleted), cancellationToken).ConfigureAwait(false))
        {
            try
            {
                using var message = await _folder.GetStreamAsync(id, 0, MaxBytes, cancellationToken).ConfigureAwait(false);
                await MarkAsync(id, await handle(message, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            }
            catch (MessageNotFoundException)
            {
                // Somebody else took it away in the meantime.
            }
        }
    }

    /// <summary>Waits until the folder changes, or is to be looked at again.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (!_client.Capabilities.HasFlag(ImapCapabilities.Idle))
        {
            await Task.Delay(_options.PollInterval, _time, cancellationToken).ConfigureAwait(false);
            await _client.NoOpAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        using var idle = new CancellationTokenSource(_options.PollInterval, _time);
        _idle = idle;
        try
        {
            if (_changes == _changesSeen) await _client.IdleAsync(idle.Token, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _idle = null;
        }
    }

    public void Dispose() => _client.Dispose();

    private bool HasKeywords => _folder.PermanentFlags.HasFlag(MessageFlags.UserDefined) || _folder.PermanentKeywords.Contains(Keyword);

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        _client.ServerCertificateValidationCallback = _options.CertificateValidation;
        var security = _options.Security switch
        {
            ImapSecurity.None => SecureSocketOptions.None,
            ImapSecurity.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.SslOnConnect,
        };
        await _client.ConnectAsync(_options.Host, _options.EffectivePort, security, cancellationToken).ConfigureAwait(false);
        await _client.AuthenticateAsync(_options.UserName, _options.Password, cancellationToken).ConfigureAwait(false);
        if (_options.HandledFolder is { } handled) _handled = await _client.GetFolderAsync(handled, cancellationToken).ConfigureAwait(false);
        _folder = await _client.GetFolderAsync(_options.Folder, cancellationToken).ConfigureAwait(false);
        _folder.CountChanged += OnCountChanged;
        await _folder.OpenAsync(FolderAccess.ReadWrite, cancellationToken).ConfigureAwait(false);
    }

    private async Task MarkAsync(UniqueId id, bool isReport, CancellationToken cancellationToken)
    {
        var mark = HasKeywords ? new StoreFlagsRequest(StoreAction.Add, MessageFlags.None, [Keyword]) : new StoreFlagsRequest(StoreAction.Add, MessageFlags.Seen);
        mark.Silent = true;
        await _folder.StoreAsync(id, mark, cancellationToken).ConfigureAwait(false);
        if (isReport && _handled is not null) await _folder.MoveToAsync(id, _handled, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Called while one of our own commands runs, so never beside them.</summary>
    private void OnCountChanged(object? sender, EventArgs e)
    {
        _changes++;
        _idle?.Cancel();
    }
}
