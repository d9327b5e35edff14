using TransactionalMail.Messages;

namespace TransactionalMail.Tests.Messages;

/// <summary>Samples of RFC 3492 §7.1 in lower case, and one beyond the basic plane.</summary>
public sealed class PunycodeTests
{
    [Theory]
    [InlineData("egbpdaj6bu4bxfgehfvwxn", "\u0644\u064a\u0647\u0645\u0627\u0628\u062a\u0643\u0644\u0645\u0648\u0634\u0639\u0631\u0628\u064a\u061f")]
    [InlineData("ihqwcrb4cv8a8dqg056pqjye", "\u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587")]
    [InlineData("4dbcagdahymbxekheh6e0a7fei0b", "\u05dc\u05de\u05d4\u05d4\u05dd\u05e4\u05e9\u05d5\u05d8\u05dc\u05d0\u05de\u05d3\u05d1\u05e8\u05d9\u05dd\u05e2\u05d1\u05e8\u05d9\u05ea")]
    [InlineData("b1abfaaepdrnnbgefbadotcwatmq2g4l", "\u043f\u043e\u0447\u0435\u043c\u0443\u0436\u0435\u043e\u043d\u0438\u043d\u0435\u0433\u043e\u0432\u043e\u0440\u044f\u0442\u043f\u043e\u0440\u0443\u0441\u0441\u043a\u0438")]
    [InlineData("de-jg4avhby1noc0d", "\u30d1\u30d5\u30a3\u30fcde\u30eb\u30f3\u30d0")]
    [InlineData("mller-kva", "m\u00fcller")]
    [InlineData("2c8c", "\U00010348")]
    [InlineData("5xa", "\u03c4")]
    public void Encodes_and_decodes_the_samples_of_the_standard(string encoded, string text)
    {
        Punycode.Encode(text).Should().Be(encoded);
        Punycode.TryDecode(encoded, out var decoded).Should().BeTrue();
        decoded.Should().Be(text);
    }

    [Theory]
    [InlineData("!")]
    [InlineData("abc-\u00e9")]
    [InlineData("a-z")]
    [InlineData("99999999")]
    [InlineData("99999999999999999999")]
    public void Refuses_what_is_not_punycode(string encoded) =>
        Punycode.TryDecode(encoded, out _).Should().BeFalse();
}
