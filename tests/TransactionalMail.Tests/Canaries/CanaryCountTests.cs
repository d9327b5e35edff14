namespace TransactionalMail.Tests.Canaries;

/// <summary>The size of what the other tests prove.</summary>
public class CanaryCountTests
{
    [Fact]
    public void There_are_200_different_canaries_of_both_kinds_P01_P02()
    {
        Plants.All.Count.Should().BeGreaterThanOrEqualTo(200);
        Plants.All.Select(c => c.Value).Should().OnlyHaveUniqueItems();
        Plants.All.Select(c => c.Place).Should().OnlyHaveUniqueItems();
        Plants.All.Count(c => c.Kind is CanaryKind.Secret).Should().BeGreaterThanOrEqualTo(20);
    }

    [Fact]
    public void They_are_in_front_of_every_kind_of_fault_P01_P02()
    {
        CanaryFaults[] areas =
        [
            MessageCanaryTests.Faults, TemplateCanaryTests.Faults, ConfigurationCanaryTests.Faults,
            SmtpCanaryTests.Faults, HttpCanaryTests.Faults, PickupCanaryTests.Faults, DeliveryCanaryTests.Faults,
        ];

        areas.Sum(a => a.Count).Should().BeGreaterThanOrEqualTo(400);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Plants.All.Count} canaries, {string.Join(" + ", areas.Select(a => a.Count))} = {areas.Sum(a => a.Count)} faults");
    }
}
