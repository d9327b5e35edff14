using TransactionalMail.Crash;
using TransactionalMail.Crash.Judging;
using TransactionalMail.Crash.Outage;
using TransactionalMail.Crash.Processes;
using TransactionalMail.Crash.Relay;
using TransactionalMail.Crash.Victim;

if (args is [VictimOrder.Command, ..]) return await VictimRun.RunAsync(VictimOrder.Parse(args));
if (args is [RelayOrder.Command, ..]) return await RelayLife.RunAsync(RelayOrder.Parse(args));
if (args is [WorkerRun.Command, ..]) return await WorkerRun.RunAsync(args, Console.In);
if (CrashArguments.Parse(args) is not { } arguments)
{
    await Console.Error.WriteLineAsync(CrashArguments.Usage);
    return 2;
}

var holds = arguments.Mode switch
{
    CrashMode.Processes => await ProcessesRun.RunAsync(arguments.Mails ?? 20_000, Console.Out),
    CrashMode.Outage => await OutageRun.RunAsync(arguments.Mails ?? 100_000, arguments.Kinds, Console.Out),
    CrashMode.Relay => await RelayRun.RunAsync(arguments, Console.Out),
    _ => await CrashRun.RunAsync(arguments, Console.Out),
};
return holds ? 0 : 1;
