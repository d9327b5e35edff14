using System.Globalization;
using Fluid.Values;

namespace TransactionalMail.Templates;

/// <summary>What one rendering has used of its limits. Bound to the thread that renders.</summary>
internal sealed class RenderBudget(EmailTemplateOptions limits, TimeProvider time, CancellationToken cancellationToken)
{
    private const int CharactersPerStep = 1024;
    private const int ItemsPerStep = 64;
    private const int StepsBetweenClockReadings = 32;

    private readonly long _startedAt = time.GetTimestamp();
    private readonly long _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
    private int _steps;
    private int _nextClockReading;

    public int MaxDepth => limits.MaxDepth;

    /// <summary>Counts work; large operations count more than one step.</summary>
    public void Step(int steps = 1)
    {
        _steps += steps;
        if (_steps > limits.MaxSteps) throw Exceeded("it executes more", limits.MaxSteps, "steps", nameof(limits.MaxSteps));

        if (GC.GetAllocatedBytesForCurrentThread() - _allocatedBefore > limits.MaxAllocatedBytes)
            throw Exceeded("it allocates more", limits.MaxAllocatedBytes, "bytes", nameof(limits.MaxAllocatedBytes));

        if (_steps >= _nextClockReading) ReadClock();
    }

    /// <summary>Counts the use of a variable: comparing and searching a large one is more work.</summary>
    public void Use(FluidValue value) => Step(value switch
    {
        ArrayValue array => array.Values.Count / ItemsPerStep,
        StringValue => value.ToStringValue().Length / CharactersPerStep,
        _ => 0,
    });

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

    private void ReadClock()
    {
        cancellationToken.ThrowIfCancellationRequested();
        _nextClockReading = _steps + StepsBetweenClockReadings;
        if (time.GetElapsedTime(_startedAt) > limits.MaxDuration)
            throw Exceeded("it takes longer", (long)limits.MaxDuration.TotalMilliseconds, "ms", nameof(limits.MaxDuration));
    }

    private static TemplateFault Exceeded(string what, long limit, string unit, string option) => new(string.Create(
        CultureInfo.InvariantCulture, $"{what} than {limit:N0} {unit}. Simplify the template or raise {nameof(EmailTemplateOptions)}.{option}."));
}
