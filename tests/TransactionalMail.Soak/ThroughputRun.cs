namespace TransactionalMail.Soak; internal static class ThroughputRun { public static Task<int> RunAsync(int m, TextWriter output) => Task.FromResult(output is null ? m : 0); }
