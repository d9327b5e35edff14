using System.Globalization;
using System.Runtime.CompilerServices;

namespace TransactionalMail.Templates;

/// <summary>What one rendering has used of its limits. Bound to the thread that renders.</summary>
internal sealed class RenderBudget(EmailTemplateOptions limits, TimeProvider time, CancellationToken cancellationToken)
{
    private const int StepsBetweenChecks = 32;

    private readonly long _startedAt = time.GetTimestamp();
    private readonly long _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
    private int _steps;
    private int _nextCheck;

    public int MaxDepth => limits.MaxDepth;

    /// <summary>Counts work; large operations count more than one step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step(int steps = 1)
    {
        _steps += steps;
        if (_steps >= _nextCheck) Check();
    }

    public void CheckOutput(long length)
    {
        if (length > limits.MaxOutputLength) throw Exceeded("the output is longer", limits.MaxOutputLength, "characters", nameof(limits.MaxOutputLength));
    }

    public void CheckString(long length)
    {
        if (length > limits.MaxStringLength) throw Exceeded("a string grows longer", limits.MaxStringLength, "characters", nameof(limits.MaxStringLength));
    }

    public void CheckCollection(long count)
    {
        if (count > limits.MaxCollectionLength) throw Exceeded("a range or array is longer", limits.MaxCollectionLength, "items", nameof(limits.MaxCollectionLength));
    }

    public void CheckDepth(int depth)
    {
        if (depth > limits.MaxDepth) throw Exceeded("partials or layouts include each other deeper", limits.MaxDepth, "levels", nameof(limits.MaxDepth));
    }

    /// <summary>Checks what is dear to measure.</summary>
    public void Check()
    {
        cancellationToken.ThrowIfCancellationRequested();
        _nextCheck = _steps + StepsBetweenChecks;
        if (_steps > limits.MaxSteps) throw Exceeded("it executes more", limits.MaxSteps, "steps", nameof(limits.MaxSteps));

        if (GC.GetAllocatedBytesForCurrentThread() - _allocatedBefore > limits.MaxAllocatedBytes)
            throw Exceeded("it allocates more", limits.MaxAllocatedBytes, "bytes", nameof(limits.MaxAllocatedBytes));

        if (time.GetElapsedTime(_startedAt) > limits.MaxDuration)
            throw Exceeded("it takes longer", (long)limits.MaxDuration.TotalMilliseconds, "ms", nameof(limits.MaxDuration));
    }

    private static TemplateFault Exceeded(string what, long limit, string unit, string option) => new(string.Create(
        CultureInfo.InvariantCulture, $"{what} than {limit:N0} {unit}. Simplify the template or raise {nameof(EmailTemplateOptions)}.{option}."));
}
