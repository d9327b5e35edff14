namespace TransactionalMail.Interop.Tests.Smtp;

/// <summary>A message as an outside server took it.</summary>
internal sealed record OutsideMessage(string Sender, IReadOnlyList<string> Recipients, byte[] Content, bool Secure, string? User);
