using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using TransactionalMail.Templates;

namespace TransactionalMail.Tests.Templates;

/// <summary>A folder on disk under the watcher that applications get; nothing here is simulated.</summary>
public sealed class TemplateFolderTests : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("templates");
    private readonly DirectoryInfo _folder;
    private readonly ServiceProvider _services;

    public TemplateFolderTests()
    {
        _folder = _parent.CreateSubdirectory("root");
        var services = Some.Services(builder => builder.AddTemplates(_folder.FullName));
        services.UseFakeMail();
        _services = services.BuildServiceProvider();
    }

    public void Dispose()
    {
        _services.Dispose();
        _parent.Delete(recursive: true);
    }

    [Fact]
    public async Task A_changed_file_is_picked_up_without_a_restart()
    {
        Write("mail.txt.liquid", "{% include 'parts/name' %} 1");
        Write("parts/name.txt.liquid", "Ada");
        await BecomesAsync("Ada 1");

        Write("mail.txt.liquid", "{% include 'parts/name' %} 2");
        await BecomesAsync("Ada 2");

        Write("parts/name.txt.liquid", "Eve");
        await BecomesAsync("Eve 2");
    }

    [Fact]
    public async Task A_file_that_editors_and_deployments_replace_is_picked_up_too()
    {
        Write("mail.txt.liquid", "1");
        await BecomesAsync("1");

        Write("mail.new", "2");
        File.Move(PathOf("mail.new"), PathOf("mail.txt.liquid"), overwrite: true);

        await BecomesAsync("2");
    }

    [Fact]
    public async Task A_faulty_file_is_an_error_until_it_is_corrected()
    {
        Write("mail.txt.liquid", "1");
        await BecomesAsync("1");

        Write("mail.txt.liquid", "{{ nope");
        await FailsAsync("*mail.txt.liquid*line 1*");

        Write("mail.txt.liquid", "2");
        await BecomesAsync("2");
    }

    [Fact]
    public async Task Files_and_folders_that_are_added_later_are_found()
    {
        await FailsAsync("*there is no such template*");

        Write("mail.txt.liquid", "neutral");
        await BecomesAsync("neutral");

        Write("mail.de.txt.liquid", "deutsch");
        await BecomesAsync("deutsch");
    }

    [Fact]
    public async Task Folders_that_are_moved_in_and_out_bring_and_take_their_files()
    {
        var outside = _parent.CreateSubdirectory("outside");
        File.WriteAllText(Path.Combine(outside.CreateSubdirectory("mails").FullName, "mail.txt.liquid"), "moved in");
        await FailsAsync("*there is no such template*", "account/mails/mail");

        Directory.Move(outside.FullName, PathOf("account"));
        await BecomesAsync("moved in", "account/mails/mail");

        Directory.Move(PathOf("account"), outside.FullName);
        await FailsAsync("*there is no such template*", "account/mails/mail");
    }

    [Fact]
    public async Task Deleted_files_and_folders_are_forgotten()
    {
        Write("mail.de.txt.liquid", "deutsch");
        Write("mail.txt.liquid", "neutral");
        Write("account/mail.txt.liquid", "account");
        await BecomesAsync("deutsch");
        await BecomesAsync("account", "account/mail");

        File.Delete(PathOf("mail.de.txt.liquid"));
        await BecomesAsync("neutral");

        File.Delete(PathOf("mail.txt.liquid"));
        await FailsAsync("*there is no such template*");

        Directory.Delete(PathOf("account"), recursive: true);
        await FailsAsync("*there is no such template*", "account/mail");
    }

    [Fact]
    public async Task A_file_that_becomes_a_link_out_of_the_folder_is_refused_from_then_on_T06()
    {
        File.WriteAllText(Path.Combine(_parent.FullName, "secret.txt"), "secret");
        Write("mail.txt.liquid", "1");
        await BecomesAsync("1");

        File.CreateSymbolicLink(PathOf("mail.link"), Path.Combine(_parent.FullName, "secret.txt"));
        File.Move(PathOf("mail.link"), PathOf("mail.txt.liquid"), overwrite: true);
        await FailsAsync("*leads out*");

        File.Delete(PathOf("mail.txt.liquid"));
        Write("mail.txt.liquid", "2");
        await BecomesAsync("2");
    }

    [Fact]
    public async Task The_folder_comes_before_other_sources_as_soon_as_it_has_a_file()
    {
        var services = Some.Services(builder => builder.AddTemplates(new InMemoryFiles { ["mail.txt.liquid"] = "built in" }).AddTemplates(_folder.FullName));
        services.UseFakeMail();
        await using var provider = services.BuildServiceProvider();
        await BecomesAsync("built in", services: provider);

        Write("mail.txt.liquid", "overridden");
        await BecomesAsync("overridden", services: provider);

        File.Delete(PathOf("mail.txt.liquid"));
        await BecomesAsync("built in", services: provider);
    }

    [Fact]
    public async Task Watching_ends_with_the_container_and_other_sources_stay_their_owners()
    {
        using var owned = new PhysicalFileProvider(_parent.FullName);
        var services = Some.Services(builder => builder.AddTemplates(_folder.FullName).AddTemplates(owned));
        services.UseFakeMail();
        var provider = services.BuildServiceProvider();
        var watched = provider.GetRequiredService<TemplateFolder>().Providers[0].Watch("*");

        await provider.DisposeAsync();

        for (var i = 0; i < 10; i++)
        {
            var seen = new TaskCompletionSource();
            using var registration = owned.Watch("root/mail.txt.liquid").RegisterChangeCallback(_ => seen.TrySetResult(), null);
            Write("mail.txt.liquid", "1");
            await seen.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }

        watched.HasChanged.Should().BeFalse();
    }

    private string PathOf(string file) => Path.Combine(_folder.FullName, file);

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        File.WriteAllText(PathOf(file), text);
    }

    private async Task<string> RenderAsync(string name, IServiceProvider? services)
    {
        try
        {
            var template = new EmailTemplate(name, TemplateBench.Json("{}"), new CultureInfo("de"));
            return (await (services ?? _services).GetRequiredService<IEmailTemplateRenderer>().RenderAsync(template, TestContext.Current.CancellationToken)).TextBody!;
        }
        catch (EmailTemplateException error)
        {
            return error.Message;
        }
    }

    private Task FailsAsync(string problem, string name = "mail") => UntilAsync(text => text.Should().Match(problem), name, null);

    private Task BecomesAsync(string text, string name = "mail", IServiceProvider? services = null) => UntilAsync(now => now.Should().Be(text), name, services);

    /// <summary>Renders until the result is right; the system tells of a change in its own time, but never minutes later.</summary>
    private async Task UntilAsync(Action<string> assert, string name, IServiceProvider? services)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var deadline = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                assert(await RenderAsync(name, services));
                return;
            }
            catch (Xunit.Sdk.XunitException) when (TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromSeconds(30))
            {
                await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            }
        }
    }
}
