using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TransactionalMail.Interop.Tests.Parts;

namespace TransactionalMail.Interop.Tests.Smtp;

/// <summary>A Postfix of its own, on a free port of 127.0.0.1, that relays to a port of this machine. Only root may start one.</summary>
internal sealed class PostfixServer : IAsyncDisposable
{
    private const UnixFileMode ReadableByAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly Part s_part = new("Postfix is not installed, or this is not root (as root: apt-get install postfix).", "sh", "-c", "command -v postfix && test \"$(id -u)\" = 0");

    private readonly DirectoryInfo _folder;
    private readonly Process _process;
    private readonly Task _logging;

    private PostfixServer(DirectoryInfo folder, Process process, int port)
    {
        _folder = folder;
        _process = process;
        _logging = process.StandardOutput.ReadToEndAsync();
        Port = port;
    }

    public int Port { get; }

    /// <summary>Starts Postfix and returns when it listens.</summary>
    /// <param name="relayPort">Where it hands on what it takes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<PostfixServer> StartAsync(int relayPort, CancellationToken cancellationToken)
    {
        s_part.Require();
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        var port = FreePort();
        var folder = Directory.CreateTempSubdirectory();
        folder.UnixFileMode = ReadableByAll; // Postfix's own user passes through
        foreach (var name in (string[])["etc", "queue", "data"]) folder.CreateSubdirectory(name);
        using (var owning = Process.Start("chown", ["postfix", Path.Combine(folder.FullName, "data")])) await owning.WaitForExitAsync(cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "etc", "certificate.pem"), TestCertificate.KeyPem + "\n" + TestCertificate.Pem, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "etc", "main.cf"), Settings(folder.FullName, relayPort), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "etc", "master.cf"), Services(port), cancellationToken);

        var process = Start(folder, "start-fg");
        var log = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            log.Add(line);
            if (line.Contains("daemon started", StringComparison.Ordinal)) return new PostfixServer(folder, process, port);
        }

        throw new InvalidOperationException("Postfix ended before it listened: " + string.Join('\n', log));
    }

    public async ValueTask DisposeAsync()
    {
        using (var stopping = Start(_folder, "stop"))
        {
            await stopping.StandardOutput.ReadToEndAsync();
            await stopping.WaitForExitAsync();
        }

        await _process.WaitForExitAsync();
        await _logging;
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static Process Start(DirectoryInfo folder, string command)
    {
        var process = Process.Start(new ProcessStartInfo("postfix", ["-c", Path.Combine(folder.FullName, "etc"), command]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.ErrorDataReceived += static (_, _) => { }; // its log is what tells
        process.BeginErrorReadLine();
        return process;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Settings(string folder, int relayPort) => string.Create(CultureInfo.InvariantCulture, $$"""
        compatibility_level = 3.6
        queue_directory = {{folder}}/queue
        data_directory = {{folder}}/data
        maillog_file = /dev/stdout
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        myhostname = relay.example
        mydestination =
        mynetworks = 127.0.0.0/8
        relayhost = [127.0.0.1]:{{relayPort}}
        local_transport = error:nobody lives here
        alias_maps =
        smtpd_tls_security_level = may
        smtpd_tls_chain_files = {{folder}}/etc/certificate.pem
        smtpd_recipient_restrictions =
          check_recipient_access inline:{ {grace@example.com = 452 4.2.2 Mailbox full}, {gone@example.com = 550 5.1.1 No such mailbox} }, permit_mynetworks, reject
        message_size_limit = 100000
        """);

    private static string Services(int port) => string.Create(CultureInfo.InvariantCulture, $"""
        127.0.0.1:{port} inet n - n - - smtpd
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        verify unix - - n - 1 verify
        proxymap unix - - n - - proxymap
        smtp unix - - n - - smtp
        relay unix - - n - - smtp
        showq unix n - n - - showq
        error unix - - n - - error
        retry unix - - n - - error
        discard unix - - n - - discard
        anvil unix - - n - 1 anvil
        scache unix - - n - 1 scache
        postlog unix-dgram n - n - 1 postlogd
        """);
}
