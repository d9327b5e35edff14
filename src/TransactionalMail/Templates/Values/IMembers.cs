using System.Diagnostics.CodeAnalysis;
using Fluid.Values;

namespace TransactionalMail.Templates.Values;

/// <summary>A value that knows which members it has, so that asking for another one is an error.</summary>
internal interface IMembers
{
    bool TryGetMember(string name, [NotNullWhen(true)] out FluidValue? value);
}
