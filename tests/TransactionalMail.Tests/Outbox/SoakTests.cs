using TransactionalMail.Soak;

namespace TransactionalMail.Tests.Outbox;

/// <summary>A short soak, and that the judge of the long one notices what must not be.</summary>
public class SoakTests
{
    private static readonly FaultPlan s_plan = new(seed: 1, percent: 50, quiet: 0);
    private static readonly MailId[] s_ids = [.. Enumerable.Range(0, 500).Select(_ => MailId.New(DateTimeOffset.UnixEpoch))];

    [Fact]
    public async Task No_mail_is_lost_in_a_short_soak_and_only_lost_replies_repeat_one()
    {
        using var output = new StringWriter();

        var holds = await SoakRun.RunAsync(new SoakArguments { Messages = 500, Faults = 20, WarmUp = 0 }, output, TestContext.Current.CancellationToken);

        holds.Should().BeTrue(output.ToString());
    }

    [Fact]
    public void Every_fault_is_planned_as_often_as_asked_the_same_each_time()
    {
        var faults = Enumerable.Range(0, 10_000).Select(new FaultPlan(seed: 7, percent: 5, quiet: 1_000).Of).ToList();

        faults.Take(1_000).Should().AllSatisfy(f => f.Should().BeNull());
        faults.Count(f => f is not null).Should().BeInRange(400, 500);
        faults.OfType<Fault>().Distinct().Should().BeEquivalentTo(Fault.All);
        faults.Should().Equal(Enumerable.Range(0, 10_000).Select(new FaultPlan(seed: 7, percent: 5, quiet: 1_000).Of));
    }

    [Fact]
    public void The_judge_is_content_when_everything_went_as_planned()
    {
        Judge(Tallies(), DeadLetters()).Should().Match<Verdict>(v => v.Holds && v.Duplicates == 0);
    }

    [Fact]
    public void The_judge_misses_a_lost_mail()
    {
        Judge(Tallies().Where(t => t.Id != s_ids[Untroubled]), DeadLetters()).Should().Match<Verdict>(v => !v.Holds && v.Lost == 2);
    }

    [Fact]
    public void The_judge_misses_a_recipient()
    {
        Judge(Tallies(t => t with { Second = 0 }), DeadLetters()).Should().Match<Verdict>(v => !v.Holds && v.Lost == 1);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void The_judge_accepts_one_repetition_for_each_lost_reply(int lostReplies, int unexplained)
    {
        var verdict = Judge(Tallies(t => t with { First = 2, LostReplies = lostReplies }), DeadLetters());

        verdict.Should().Match<Verdict>(v => v.Duplicates == 1 && v.UnexplainedDuplicates == unexplained && v.Holds == (unexplained == 0));
    }

    [Fact]
    public void The_judge_notices_a_mail_that_was_sent_elsewhere_while_it_may_have_gone_out()
    {
        var verdict = Judge(Tallies(t => t with { First = 2, LostReplies = 1, HasStrayed = true }), DeadLetters());

        verdict.Should().Match<Verdict>(v => !v.Holds && v.Strayed == 1 && v.UnexplainedDuplicates == 0);
    }

    [Fact]
    public void The_judge_notices_what_was_given_up_though_no_relay_meant_it()
    {
        Judge(Tallies(), DeadLetters().Append(s_ids[Untroubled])).Should().Match<Verdict>(v => !v.Holds && v.WrongDeadLetters == 1);
    }

    [Fact]
    public void The_judge_notices_a_refused_mail_that_was_not_given_up()
    {
        Judge(Tallies(), DeadLetters().Skip(1)).Should().Match<Verdict>(v => !v.Holds && v.MissingDeadLetters == 1);
    }

    [Fact]
    public void The_judge_notices_a_mail_that_nobody_enqueued()
    {
        var stranger = new Tally(MailId.New(DateTimeOffset.UnixEpoch), 1, 1, 0, HasStrayed: false);

        Judge(Tallies().Append(stranger), DeadLetters()).Should().Match<Verdict>(v => !v.Holds && v.Strangers == 1);
    }

    private static int Untroubled { get; } = Enumerable.Range(0, s_ids.Length).First(i => s_plan.Of(i) is null);

    private static Verdict Judge(IEnumerable<Tally> tallies, IEnumerable<MailId> deadLetters) => Verdict.Of(s_ids, s_plan, [.. tallies], [.. deadLetters]);

    /// <summary>Returns what the relays take when all goes well, but for a change to one mail that meets no fault.</summary>
    private static IEnumerable<Tally> Tallies(Func<Tally, Tally>? change = null)
    {
        for (var i = 0; i < s_ids.Length; i++)
        {
            if (s_plan.Of(i) is { KillsMail: true }) continue;
            var tally = new Tally(s_ids[i], 1, s_plan.Of(i) is { IsPermanent: true } ? 0 : 1, 0, HasStrayed: false);
            yield return i == Untroubled && change is not null ? change(tally) : tally;
        }
    }

    private static IEnumerable<MailId> DeadLetters() => s_ids.Where((_, i) => s_plan.Of(i) is { KillsMail: true });
}
