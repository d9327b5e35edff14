namespace TransactionalMail.Soak; internal static class AttachmentRun { public static Task<bool> RunAsync(TextWriter output) => Task.FromResult(output is null); }
