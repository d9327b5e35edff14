namespace TransactionalMail.Templates.Syntax;

/// <summary>Takes results that are there already: Fluid's signatures are asynchronous, our rendering is not.</summary>
internal static class Synchronous
{
    public static T Take<T>(this ValueTask<T> task) =>
        task.IsCompletedSuccessfully ? task.Result : task.AsTask().GetAwaiter().GetResult();
}
