using Polly;
using Polly.Retry;

namespace TransactionalMail.Delivery;

/// <summary>Repeats the rounds of a delivery while its sender waits.</summary>
internal static class RetryPolicy
{
    public static ResiliencePipeline<DeliveryRun> Create(MailRetryOptions options, TimeProvider time)
    {
        if (options.MaxAttempts <= 1) return ResiliencePipeline<DeliveryRun>.Empty;

        return new ResiliencePipelineBuilder<DeliveryRun> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<DeliveryRun>
            {
                MaxRetryAttempts = options.MaxAttempts - 1,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.Delay,
                MaxDelay = options.MaxDelay,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result is { MayPass: true } run && !(run.RetryAfter > options.MaxDelay)),
                // A little later than asked, each at another moment: the first one back finds out for the others.
                DelayGenerator = args => ValueTask.FromResult(args.Outcome.Result!.RetryAfter + options.Delay * Random.Shared.NextDouble()),
            })
            .Build();
    }
}
