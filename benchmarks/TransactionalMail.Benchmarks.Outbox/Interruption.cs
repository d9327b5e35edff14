using System.Runtime.InteropServices;

namespace TransactionalMail.Benchmarks.Outbox;

/// <summary>Lets whoever has started the program end it, by Ctrl+C or SIGTERM, and what it has started be stopped all the same.</summary>
internal static class Interruption
{
    /// <summary>Returns when all is done or somebody has ended the program, with its exit code. What runs then is left to end with the process.</summary>
    public static async Task<int> RunAsync(Func<Task> act)
    {
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => End(context, 128 + 2));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => End(context, 128 + 15));
        var acting = Task.Run(act);
        if (await Task.WhenAny(acting, ended.Task) != acting) return await ended.Task;
        await acting;
        return 0;

        void End(PosixSignalContext context, int code)
        {
            context.Cancel = true; // the runtime would end the process at once
            ended.TrySetResult(code);
        }
    }
}
