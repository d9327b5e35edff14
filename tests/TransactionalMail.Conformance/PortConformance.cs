using System.Reflection;

namespace TransactionalMail.Conformance;

/// <summary>What all suites have in common. A class that inherits one says with <see cref="ConformanceOfAttribute{T}"/> whose conformance it shows.</summary>
/// <typeparam name="TPort">The port.</typeparam>
public abstract class PortConformance<TPort>
    where TPort : class
{
    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Gets the implementation under test.</summary>
    private protected abstract TPort Implementation { get; }

    [Fact]
    public void Tests_the_implementation_it_names()
    {
        var named = GetType().GetCustomAttribute<ConformanceOfAttribute>()?.Implementation;

        named.Should().NotBeNull("the class must say what it tests: [ConformanceOf<...>]");
        Implementation.Should().BeOfType(named);
    }
}
