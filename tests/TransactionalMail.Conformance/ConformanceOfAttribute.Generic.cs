namespace TransactionalMail.Conformance;

/// <summary>Says which implementation the suite that a class inherits is run on; it may be internal.</summary>
/// <typeparam name="T">The implementation.</typeparam>
public sealed class ConformanceOfAttribute<T>() : ConformanceOfAttribute(typeof(T))
    where T : class;
