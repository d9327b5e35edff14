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

    /// <summary>Sets the parameter at a place, which a command that is used again has already.</summary>
    public static void Set(this DbCommand command, int index, string name, object value)
    {
        if (index == command.Parameters.Count) command.Add(name, value);
        else command.Parameters[index].Value = value;
    }

    public static async ValueTask<List<T>> ReadAsync<T>(this DbCommand command, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) rows.Add(read(reader));
        }

        return rows;
    }
}
