namespace TransactionalMail.Conformance;

/// <summary>Says which implementation the suite that a class inherits is run on. Use <see cref="ConformanceOfAttribute{T}"/>.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public abstract class ConformanceOfAttribute : Attribute
{
    private protected ConformanceOfAttribute(Type implementation) => Implementation = implementation;

    /// <summary>Gets the implementation.</summary>
    public Type Implementation { get; }
}
