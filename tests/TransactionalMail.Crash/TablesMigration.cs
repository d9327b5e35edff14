using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;

namespace TransactionalMail.Crash;

/// <summary>The application's migration: what <c>dotnet ef migrations add</c> would find and write down, found when it is applied, for either database.</summary>
[DbContext(typeof(CrashContext))]
[Migration("20261124100000_Tables")]
internal sealed class TablesMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var options = new DbContextOptionsBuilder<CrashContext>();
        if (migrationBuilder.IsSqlite()) options.UseSqlite();
        else options.UseNpgsql();
        using var context = new CrashContext(options.Options);
        var tables = context.GetService<IDesignTimeModel>().Model.GetRelationalModel();
        migrationBuilder.Operations.AddRange(context.GetService<IMigrationsModelDiffer>().GetDifferences(null, tables));
    }
}
