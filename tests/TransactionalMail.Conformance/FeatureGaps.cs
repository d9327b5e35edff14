namespace TransactionalMail.Conformance;

/// <summary>What a provider cannot carry although it has the feature.</summary>
[Flags]
public enum FeatureGaps
{
    /// <summary>It carries all of it.</summary>
    None = 0,

    /// <summary>Tags beyond ASCII.</summary>
    UnicodeTags = 1 << 0,

    /// <summary>Attachments without content.</summary>
    EmptyFiles = 1 << 1,

    /// <summary>Metadata whose values are beyond ASCII.</summary>
    UnicodeMetadata = 1 << 2,
}
