using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fluid;
using Fluid.Values;
using TransactionalMail.Templates.Output;
using TransactionalMail.Templates.Values;

namespace TransactionalMail.Templates.Filters;

/// <summary>Filters of strings that Fluid lets grow without bound, or that meet our encoding.</summary>
internal static class TextFilters
{
    private const int DefaultLength = 50;
    private const int DefaultWords = 15;

    private static readonly StringValue s_ellipsis = new("...");

    public static void AddTo(FilterCollection filters)
    {
        filters.AddFilter("replace", Replace);
        filters.AddFilter("remove", (input, arguments, _) => Text(Without(input.ToStringValue(), arguments.Text(0))));
        filters.AddFilter("remove_first", (input, arguments, _) => Cut(input.ToStringValue(), arguments.Text(0), last: false));
        filters.AddFilter("remove_last", (input, arguments, _) => Cut(input.ToStringValue(), arguments.Text(0), last: true));
        filters.AddFilter("split", Split);
        filters.AddFilter("slice", Slice);
        filters.AddFilter("truncate", Truncate);
        filters.AddFilter("truncatewords", TruncateWords);
        filters.AddFilter("strip_html", (input, _, _) => Text(HtmlTags.Strip(input.ToStringValue())));
        filters.AddFilter("strip_newlines", (input, _, _) => Text(input.ToStringValue().ReplaceLineEndings("")));
        filters.AddFilter("url_encode", (input, _, _) => Text(Uri.EscapeDataString(input.ToStringValue()).Replace("%20", "+", StringComparison.Ordinal)));
        filters.AddFilter("base64_url_safe_encode", (input, _, _) => Text(ToBase64(input).Replace('+', '-').Replace('/', '_')));
        filters.AddFilter("escape", (input, _, context) => Escape(input.ToStringValue(), context));
        filters.AddFilter("escape_once", (input, _, context) => Escape(WebUtility.HtmlDecode(input.ToStringValue()), context));
        filters.AddFilter("newline_to_br", NewlineToBr);
        filters.AddFilter("json", Json);
    }

    private static StringValue Text(string text) => new(text);

    private static string Without(string text, string part) => part.Length == 0 ? text : text.Replace(part, "", StringComparison.Ordinal);

    /// <summary>Fluid compares by culture here, which is slow and finds what only looks alike.</summary>
    private static StringValue Cut(string text, string part, bool last)
    {
        var start = last ? text.LastIndexOf(part, StringComparison.Ordinal) : text.IndexOf(part, StringComparison.Ordinal);
        return Text(start < 0 ? text : text.Remove(start, part.Length));
    }

    private static ValueTask<FluidValue> Replace(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        var (text, old, replacement) = (input.ToStringValue(), arguments.Text(0), arguments.Text(1));
        var count = old.Length == 0 ? text.Length + 1 : text.AsSpan().Count(old);
        context.Budget().CheckString(text.Length + ((long)count * (replacement.Length - old.Length)));
        return Text(old.Length > 0 ? text.Replace(old, replacement, StringComparison.Ordinal) : replacement + string.Concat(text.Select(c => c + replacement)));
    }

    private static string ToBase64(FluidValue input) => Convert.ToBase64String(Encoding.UTF8.GetBytes(input.ToStringValue()));

    private static ValueTask<FluidValue> Slice(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        var array = (input as ArrayValue)?.Values;
        var text = input.ToStringValue();
        var count = array?.Count ?? text.Length;

        long start = Numeric.Integer(arguments.At(0));
        if (start < 0) start += count;
        var length = arguments.At(1).IsNil() ? 1 : Numeric.Integer(arguments.At(1));
        if (start < 0 || start > count || length < 0) (start, length) = (0, 0);

        length = (int)Math.Min(length, count - start);
        return array is null ? Text(text.Substring((int)start, length)) : new ArrayValue([.. array.Skip((int)start).Take(length)]);
    }

    private static ValueTask<FluidValue> Truncate(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        var text = input.ToStringValue();
        var length = arguments.At(0).IsNil() ? DefaultLength : Math.Max(0, Numeric.Integer(arguments.At(0)));
        if (text.Length <= length) return Text(text);

        var ending = arguments.At(1).Or(s_ellipsis).ToStringValue();
        return Text(text[..Math.Max(0, length - ending.Length)] + ending);
    }

    private static ValueTask<FluidValue> TruncateWords(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        var count = arguments.At(0).IsNil() ? DefaultWords : Math.Max(1, Numeric.Integer(arguments.At(0)));
        var words = input.ToStringValue().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return Text(words.Length <= count
            ? string.Join(' ', words)
            : string.Join(' ', words.Take(count)) + arguments.At(1).Or(s_ellipsis).ToStringValue());
    }

    /// <summary>Like Ruby, drops empty strings at the end only; a single space stands for any white space.</summary>
    private static ValueTask<FluidValue> Split(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        var (text, separator) = (input.ToStringValue(), arguments.Text(0));
        var count = separator.Length == 0 ? text.Length : text.AsSpan().Count(separator) + 1;
        context.Budget().CheckCollection(count);

        IEnumerable<string> parts = separator switch
        {
            "" => text.Select(c => c.ToString()),
            " " => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
            _ => text.Split(separator),
        };
        var values = parts.Select(part => (FluidValue)Text(part)).ToList();
        while (values.Count > 0 && values[^1].ToStringValue().Length == 0) values.RemoveAt(values.Count - 1);
        return new ArrayValue(values);
    }

    /// <summary>In HTML every value is encoded when it is written, so escaping it before changes nothing.</summary>
    private static ValueTask<FluidValue> Escape(string text, TemplateContext context) =>
        Text(((RenderContext)context).Part is TemplatePart.Html ? text : WebUtility.HtmlEncode(text));

    private static ValueTask<FluidValue> NewlineToBr(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        var text = input.ToStringValue().ReplaceLineEndings("\n");
        if (((RenderContext)context).Part is not TemplatePart.Html) return Text(text.Replace("\n", "<br />\n", StringComparison.Ordinal));

        var lines = text.Split('\n').Select(HtmlPartWriter.Encode);
        return new Markup(text, string.Join("<br />\n", lines));
    }

    private static ValueTask<FluidValue> Json(FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.Default })) WriteJson(input, writer, context);
        var json = Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
        return new Markup(json, HtmlPartWriter.Encode(json), json);
    }

    private static void WriteJson(FluidValue value, Utf8JsonWriter writer, TemplateContext context)
    {
        switch (value)
        {
            case JsonObject model:
                model.Element.WriteTo(writer);
                break;
            case ArrayValue array:
                writer.WriteStartArray();
                foreach (var item in array.Values) WriteJson(item, writer, context);
                writer.WriteEndArray();
                context.Budget().CheckString(writer.BytesCommitted + writer.BytesPending);
                break;
            case NumberValue:
                writer.WriteNumberValue(value.ToNumberValue());
                break;
            case BooleanValue:
                writer.WriteBooleanValue(value.ToBooleanValue());
                break;
            case DateTimeValue:
                writer.WriteStringValue((DateTimeOffset)value.ToObjectValue());
                break;
            case var _ when value.IsNil():
                writer.WriteNullValue();
                break;
            default:
                writer.WriteStringValue(value.ToStringValue());
                break;
        }
    }
}
