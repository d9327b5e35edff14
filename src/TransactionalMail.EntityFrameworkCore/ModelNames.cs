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

    /// <summary>Finds a table of ours in a model.</summary>
    /// <exception cref="InvalidOperationException">The model lacks it.</exception>
    public static IEntityType Require(DbContext context, Type type) => context.Model.FindEntityType(type) ?? throw new InvalidOperationException(
        $"The model of {context.GetType().Name} lacks the tables of TransactionalMail. Call modelBuilder.AddTransactionalMail() in its OnModelCreating, and add a migration.");

    public string this[string property] => _quotes.DelimitIdentifier(_type.FindProperty(property)!.GetColumnName(StoreObjectIdentifier.Table(_type.GetTableName()!, _type.GetSchema()))!);
}
