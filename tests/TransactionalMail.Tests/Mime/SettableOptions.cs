using Microsoft.Extensions.Options;

namespace TransactionalMail.Tests.Mime;

/// <summary>Options that a test changes as a reloaded configuration would.</summary>
internal sealed class SettableOptions(TransactionalMailOptions value) : IOptionsMonitor<TransactionalMailOptions>
{
    private Func<TransactionalMailOptions> _current = () => value;
    private Action<TransactionalMailOptions, string?>? _listeners;

    public TransactionalMailOptions CurrentValue => _current();

    public static SettableOptions With(params DkimOptions[] keys) => new(Options(keys));

    public TransactionalMailOptions Get(string? name) => CurrentValue;

    public IDisposable? OnChange(Action<TransactionalMailOptions, string?> listener)
    {
        _listeners += listener;
        return null;
    }

    public void Change(params DkimOptions[] keys)
    {
        var options = Options(keys);
        _current = () => options;
        _listeners?.Invoke(options, Microsoft.Extensions.Options.Options.DefaultName);
    }

    /// <summary>Does what the real monitor does when the changed options fail validation: it throws, and tells no listener.</summary>
    public void Break(string fault) => _current = () => throw new OptionsValidationException("", typeof(TransactionalMailOptions), [fault]);

    private static TransactionalMailOptions Options(DkimOptions[] keys)
    {
        var options = new TransactionalMailOptions();
        foreach (var key in keys) options.Dkim.Add(key);
        return options;
    }
}
