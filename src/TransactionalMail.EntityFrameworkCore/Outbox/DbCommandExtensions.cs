using System.Data.Common;

namespace TransactionalMail.EntityFrameworkCore.Outbox;

/// <summary>What ADO.NET makes long-winded.</summary>
internal static class DbCommandExtensions
{
    public static void Add(this DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
