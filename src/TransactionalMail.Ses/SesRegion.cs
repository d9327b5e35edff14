using Amazon;

namespace TransactionalMail.Transports.Ses;

/// <summary>What follows from the region.</summary>
internal sealed class SesRegion
{
    private SesRegion(RegionEndpoint endpoint) => Endpoint = endpoint;

    /// <summary>Gets the region as the SDK knows it; regions newer than the SDK are taken for ordinary ones.</summary>
    public RegionEndpoint Endpoint { get; }

    /// <summary>Gets where the API is.</summary>
    public Uri Address => new($"https://email.{Endpoint.SystemName}.{Endpoint.PartitionDnsSuffix}");

    /// <summary>Returns the region of a transport, or <see langword="null"/> where nobody says one that could be.</summary>
    public static SesRegion? Find(SesOptions options)
    {
        var name = options.Region ?? Environment.GetEnvironmentVariable("AWS_REGION") ?? Environment.GetEnvironmentVariable("AWS_DEFAULT_REGION");
        return name is { Length: > 0 and <= 63 } && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-') && name[0] is not '-' && name[^1] is not '-'
            ? new SesRegion(RegionEndpoint.GetBySystemName(name))
            : null;
    }

    /// <summary>Returns the Message-ID that recipients see, or <see langword="null"/> in a partition for which nobody documents it.</summary>
    public string? MessageIdOf(string id) => Endpoint.PartitionName is "aws" or "aws-us-gov" ? $"{id}@{(Endpoint.SystemName is "us-east-1" ? "email" : Endpoint.SystemName)}.amazonses.com" : null;
}
