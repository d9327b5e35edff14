using Microsoft.Extensions.DependencyInjection;

namespace TransactionalMail.Tests.Canaries;

/// <summary>Folders that take no mail.</summary>
[Collection(nameof(CanaryCage))]
public class PickupCanaryTests
{
    internal static readonly CanaryFaults Faults = new()
    {
        ["a file in the place of the folder"] = cage => FailAsync(cage, folder => File.WriteAllText(folder, "")),
        ["a file in the place of a parent"] = cage => FailAsync(cage, folder => File.WriteAllText(folder, ""), "sub"),
        ["a name that is too long"] = cage => FailAsync(cage, _ => { }, new string('x', 300)),
        ["a folder that can be written"] = async cage => cage.Show(await Mailer(cage, Path.Combine(Directory.CreateTempSubdirectory("canary-").FullName, "new")).SendAsync(Plants.Mail(), CanaryFaults.Ct)),
        ["an attachment that fails"] = async cage => await cage.CatchAsync<EmailValidationException>(() => Mailer(cage, Path.GetTempPath()).SendAsync(
            Plants.Mail() with { Attachments = [new EmailAttachment($"{Plants.FileNames[0]}.pdf", _ => throw new IOException(Plants.Contents[0].Value))] }, CanaryFaults.Ct)),
    };

    public static TheoryData<string> Names => Faults.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task Explains_a_folder_without_what_was_to_be_written_P02(string fault) => Faults.RunAsync(fault);

    private static Task FailAsync(CanaryCage cage, Action<string> spoil, string sub = "")
    {
        var folder = Path.Combine(Directory.CreateTempSubdirectory("canary-").FullName, "mail");
        spoil(folder);
        return cage.CatchAsync<MailDeliveryException>(() => Mailer(cage, Path.Combine(folder, sub)).SendAsync(Plants.Mail(), CanaryFaults.Ct));
    }

    private static ITransactionalMailer Mailer(CanaryCage cage, string folder) =>
        Plants.Services(cage, mail => mail.AddPickup(pickup => (pickup.Folder, pickup.WriteEnvelope) = (folder, true))).BuildServiceProvider().GetRequiredService<ITransactionalMailer>();
}
