namespace TransactionalMail.Tests.Canaries;

/// <summary>A canary that escaped.</summary>
/// <param name="Canary">Which.</param>
/// <param name="Channel">Through what: <c>log</c>, <c>exception</c>, <c>trace</c>, <c>metric</c>, <c>ToString</c>.</param>
/// <param name="Text">What was said.</param>
internal sealed record CanaryLeak(Canary Canary, string Channel, string Text)
{
    public override string ToString() => $"{Canary.Kind} \"{Canary.Place}\" in {Channel}: {(Text.Length <= 600 ? Text : Text[..600] + "…")}";
}
