using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace TransactionalMail.Benchmarks;

/// <summary>Prints the slowest measurement as a ratio of the time that is allowed.</summary>
internal sealed class LongestColumn(TimeSpan allowed) : IColumn
{
    public string Id => nameof(LongestColumn);

    public string ColumnName => $"Max / {allowed.TotalMilliseconds} ms";

    public string Legend => $"The slowest measurement as a ratio of {allowed.TotalMilliseconds} ms; under 1 is in time";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => summary[benchmarkCase]?.ResultStatistics is { } times
        ? (times.Max / allowed.TotalNanoseconds).ToString("F3", CultureInfo.InvariantCulture)
        : "NA";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);
}
