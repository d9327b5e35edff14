using System.Reflection;

namespace TransactionalMail.Conformance;

/// <summary>Finds implementations of a port that no suite is run on.</summary>
public static class ConformanceCoverage
{
    /// <summary>Gets the ports that have a suite.</summary>
    public static IReadOnlyCollection<Type> Ports { get; } =
        [.. typeof(ConformanceCoverage).Assembly.GetTypes().Select(PortOf).OfType<Type>().Where(static port => !port.IsGenericParameter).Distinct()];

    /// <summary>Returns a sentence for each missing suite.</summary>
    /// <param name="candidates">The types of the assemblies that are shipped.</param>
    /// <param name="tests">The assembly whose classes inherit the suites; only public ones run.</param>
    public static IReadOnlyList<string> FindGaps(IEnumerable<Type> candidates, Assembly tests)
    {
        var covered = tests.GetExportedTypes()
            .Where(static type => !type.IsAbstract)
            .Select(static type => (Port: PortOf(type), type.GetCustomAttribute<ConformanceOfAttribute>()?.Implementation))
            .ToHashSet();
        return [..
            from type in candidates
            where type is { IsClass: true, IsAbstract: false }
            from port in Ports
            where type.IsAssignableTo(port) && !covered.Contains((port, type))
            select $"{type.FullName} is an {port.Name}, and no class runs the suite of that port on it. Inherit the suite and mark the class with [ConformanceOf<{type.Name}>]."];
    }

    private static Type? PortOf(Type? suite)
    {
        while (suite is not null && !(suite.IsGenericType && suite.GetGenericTypeDefinition() == typeof(PortConformance<>))) suite = suite.BaseType;
        return suite?.GetGenericArguments()[0];
    }
}
