using TransactionalMail.Soak;
using TransactionalMail.Soak.Relay;

if (SoakArguments.Parse(args) is not { } arguments)
{
    await Console.Error.WriteLineAsync(SoakArguments.Usage);
    return 2;
}

return arguments.Mode switch
{
    SoakMode.Relay => await RelayProgram.RunAsync(arguments, Console.In, Console.Out),
    SoakMode.Attachment => await AttachmentRun.RunAsync(Console.Out) ? 0 : 1,
    SoakMode.Throughput => await ThroughputRun.RunAsync(arguments.Messages, Console.Out),
    _ => await SoakRun.RunAsync(arguments, Console.Out, CancellationToken.None) ? 0 : 1,
};
