using Microsoft.Extensions.Options;

namespace TransactionalMail.EntityFrameworkCore;

/// <summary>Finds settings that cannot work.</summary>
internal sealed class EntityFrameworkOutboxOptionsValidator : IValidateOptions<EntityFrameworkOutboxOptions>
{
    public ValidateOptionsResult Validate(string? name, EntityFrameworkOutboxOptions options)
    {
        List<string> faults = [];
        if (options.Protect is not null && options.Unprotect is null) faults.Add("EntityFrameworkOutboxOptions has Protect and no Unprotect: nobody could read what is stored. Set both.");
        if (options.LockTimeout <= TimeSpan.Zero || options.LockTimeout > TimeSpan.FromHours(1)) faults.Add("EntityFrameworkOutboxOptions.LockTimeout is not between 0 and 1 hour.");
        if (options.KeepSentFor < TimeSpan.Zero || options.KeepSentFor > TimeSpan.FromDays(3650)) faults.Add("EntityFrameworkOutboxOptions.KeepSentFor is not between 0 and 10 years.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
