using System.Net;
using System.Net.Sockets;
using Amazon;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TransactionalMail.Testing;
using TransactionalMail.Tests.Transports.Http;
using TransactionalMail.Transports.Ses;

namespace TransactionalMail.Tests.Transports.Ses;

/// <summary>Where the SDK finds credentials, and what happens where it finds none. The environment is the process's; no other class uses these variables.</summary>
public sealed class SesCredentialsTests : IDisposable
{
    private static readonly string[] s_variables =
    [
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_EC2_METADATA_DISABLED",
    ];

    private readonly Dictionary<string, string?> _before = s_variables.ToDictionary(static v => v, Environment.GetEnvironmentVariable);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public SesCredentialsTests()
    {
        foreach (var variable in s_variables) Environment.SetEnvironmentVariable(variable, null);
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
        Environment.SetEnvironmentVariable("AWS_SESSION_TOKEN", Guid.NewGuid().ToString()); // the SDK sees a change, and looks anew
        AWSConfigs.AWSProfilesLocation = CredentialsFile;
    }

    private string CredentialsFile => Path.Combine(_folder.FullName, "credentials");

    [Fact]
    public async Task Come_from_the_environment_for_each_mail_anew()
    {
        using var lab = Lab(static _ => { });
        lab.Answers(HttpStatusCode.OK, "{}").Answers(HttpStatusCode.OK, "{}");

        SetKey("AKIAFIRST");
        await lab.SendAsync(Some.Email());
        SetKey("ASIASECOND", "token-2");
        await lab.SendAsync(Some.Email());

        Signers(lab).Should().Equal("AKIAFIRST", "ASIASECOND");
        lab.Requests[0].Request.Headers.Contains("X-Amz-Security-Token").Should().BeFalse();
        lab.Requests[1].Request.Headers.GetValues("X-Amz-Security-Token").Should().Equal("token-2");
    }

    [Fact]
    public async Task Come_from_the_profile_that_the_options_name()
    {
        await File.WriteAllTextAsync(CredentialsFile, "[acme]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = secret\n", TestContext.Current.CancellationToken);
        SetKey("AKIAENVIRONMENT");
        using var lab = Lab(static ses => ses.Profile = "acme");
        lab.Answers(HttpStatusCode.OK, "{}");

        await lab.SendAsync(Some.Email());

        Signers(lab).Should().Equal("AKIAPROFILE");
    }

    [Fact]
    public async Task Come_from_the_container_and_stay_secret()
    {
        await using var container = new SesSimulator();
        container.AnswerAlways(new SimulatedAnswer(HttpStatusCode.OK, """{"AccessKeyId":"ASIACONTAINER","SecretAccessKey":"c0ntainer-secret","Token":"c0ntainer-token","Expiration":"2099-01-01T00:00:00Z"}"""));
        Environment.SetEnvironmentVariable("AWS_CONTAINER_CREDENTIALS_FULL_URI", new Uri(container.BaseAddress, "credentials").ToString());
        using var lab = Lab(static _ => { });
        lab.Answers(HttpStatusCode.Forbidden, """{"message":"The Canonical String should have been 'x-amz-security-token:c0ntainer-token'"}""", ("x-amzn-ErrorType", "SignatureDoesNotMatch"));

        var failure = await lab.FailureAsync();

        Signers(lab).Should().Equal("ASIACONTAINER");
        lab.Requests[0].Request.Headers.GetValues("X-Amz-Security-Token").Should().Equal("c0ntainer-token");
        failure.ToString().Should().NotContain("c0ntainer");
    }

    [Theory]
    [InlineData(null, "AWS_ACCESS_KEY_ID")]
    [InlineData("s3cr3t-profile-of-nobody", "profile")]
    public async Task That_are_nowhere_are_a_failure_of_authentication_that_says_where_to_put_them(string? profile, string advice)
    {
        SetKey("AKIAONLY", secret: null);
        using var lab = Lab(ses => ses.Profile = profile);

        var failure = await lab.FailureAsync();

        failure.Failure.Should().Be(TransportFailure.Authentication);
        failure.Message.Should().Contain(advice).And.Contain("nothing was sent").And.NotContain("AKIAONLY");
        failure.MayHaveBeenAccepted.Should().BeFalse();
        failure.InnerException.Should().BeNull();
        lab.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task That_do_not_come_in_time_are_not_waited_for()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        Environment.SetEnvironmentVariable("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"http://{silent.LocalEndpoint}/credentials");
        using var lab = Lab(static _ => { });

        var sending = lab.FailureAsync();
        using (await silent.AcceptSocketAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken))
        {
            while (!sending.IsCompleted)
            {
                lab.Clock.Advance(TimeSpan.FromSeconds(30));
                await Task.WhenAny(sending, Task.Delay(5, TestContext.Current.CancellationToken));
            }
        }

        var failure = await sending;
        (failure.Failure, failure.MayHaveBeenAccepted).Should().Be((TransportFailure.Timeout, false));
        lab.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task And_region_may_be_left_to_the_environment()
    {
        var resolving = () => Lab(static ses => ses.Region = null).Services.GetRequiredService<ITransactionalMailer>();
        resolving.Should().Throw<OptionsValidationException>().WithMessage("*Region is missing*");

        SetKey("AKIAFIRST");
        Environment.SetEnvironmentVariable("AWS_DEFAULT_REGION", "us-west-2");
        using var lab = Lab(static ses => ses.Region = null);
        lab.Answers(HttpStatusCode.OK, "{}");
        await lab.SendAsync(Some.Email());

        lab.Requests[0].Request.RequestUri!.Host.Should().Be("email.us-west-2.amazonaws.com");
    }

    public void Dispose()
    {
        foreach (var (variable, value) in _before) Environment.SetEnvironmentVariable(variable, value);
        AWSConfigs.AWSProfilesLocation = null;
        _folder.Delete(recursive: true);
    }

    private static void SetKey(string id, string? token = null, string? secret = "secret")
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", id);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", secret);
        Environment.SetEnvironmentVariable("AWS_SESSION_TOKEN", token);
    }

    private static IEnumerable<string> Signers(HttpLab lab) => lab.Requests.Select(static r => r.Request.Headers.GetValues("Authorization").Single().Split('=', '/')[1]);

    private static HttpLab Lab(Action<SesOptions> configure) => new()
    {
        Transport = mail => mail.AddSes(ses =>
        {
            ses.Region = "eu-west-1";
            configure(ses);
        }),
    };
}
