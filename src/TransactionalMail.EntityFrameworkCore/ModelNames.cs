using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace TransactionalMail.EntityFrameworkCore;

/// <summary>The quoted names of one table and its columns, as the application's model has them.</summary>
internal sealed class ModelNames
{
    private readonly ISqlGenerationHelper _quotes;
    private readonly IEntityType _type;

    /// <exception cref="InvalidOperationException">The model lacks the table.</exception>
    public ModelNames(DbContext context, Type type)
    {
        _quotes = context.GetService<ISqlGenerationHelper>();
        _type = Require(context, type);
        Table = _quotes.DelimitIdentifier(_type.GetTableName()!, _type.GetSchema());
    }

    public string Table { get; }

    /// <summary>Gets the names of all columns.</summary>
    public IEnumerable<string> Columns => _type.GetProperties().Select(p => this[p.Name]);

    /// <summary>Finds a table of ours in a model.</summary>
    /// <exception cref="InvalidOperationException">The model lacks it.</exception>
    public static IEntityType Require(DbContext context, Type type) => context.Model.FindEntityType(type) ?? throw new InvalidOperationException(
        $"The model of {context.GetType().Name} lacks the tables of TransactionalMail. Call modelBuilder.AddTransactionalMail() in its OnModelCreating, and add a migration.");

    /// <summary>Gets the name of a property's column, which our SQL reads and writes as it is.</summary>
    /// <exception cref="InvalidOperationException">The model converts it, so that what Entity Framework writes is not what we look for.</exception>
    public string this[string property]
    {
        get
        {
            var mapped = _type.FindProperty(property)!;
            var stored = mapped.ClrType.IsEnum ? typeof(short) : mapped.ClrType;
            if (mapped.GetTypeMapping().Converter is { } converter && converter.ProviderClrType != stored)
            {
                throw new InvalidOperationException($"The model converts {_type.ClrType.Name}.{property} to {converter.ProviderClrType.Name}. Leave the tables of TransactionalMail out of what sets conversions after AddTransactionalMail().");
            }

            return _quotes.DelimitIdentifier(mapped.GetColumnName(StoreObjectIdentifier.Table(_type.GetTableName()!, _type.GetSchema()))!);
        }
    }
}
