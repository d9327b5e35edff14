using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace TransactionalMail.Tests.Templates;

/// <summary>Files in memory that tell their watchers when they change.</summary>
internal sealed class InMemoryFiles : IFileProvider
{
    private readonly ConcurrentDictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _watches = new(StringComparer.Ordinal);
    private int _reads;

    public int Reads => _reads;

    public string this[string path]
    {
        set
        {
            _files[path] = value;
            if (_watches.TryRemove(path, out var watch)) watch.Cancel();
        }
    }

    public void Delete(string path)
    {
        _files.TryRemove(path, out _);
        if (_watches.TryRemove(path, out var watch)) watch.Cancel();
    }

    public IFileInfo GetFileInfo(string subpath) =>
        _files.TryGetValue(subpath, out var text) ? new InMemoryFile(subpath, text, () => Interlocked.Increment(ref _reads)) : new NotFoundFileInfo(subpath);

    public IDirectoryContents GetDirectoryContents(string subpath) => NotFoundDirectoryContents.Singleton;

    public IChangeToken Watch(string filter) => new CancellationChangeToken(_watches.GetOrAdd(filter, _ => new CancellationTokenSource()).Token);

    private sealed class InMemoryFile(string name, string text, Action onRead) : IFileInfo
    {
        public bool Exists => true;

        public long Length => text.Length;

        public string? PhysicalPath => null;

        public string Name => name;

        public DateTimeOffset LastModified => DateTimeOffset.UnixEpoch;

        public bool IsDirectory => false;

        public Stream CreateReadStream()
        {
            onRead();
            return new MemoryStream(Encoding.UTF8.GetBytes(text));
        }
    }
}
