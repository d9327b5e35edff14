using System.Globalization;
using System.Text;
using TransactionalMail.Mime;

namespace TransactionalMail.Tests.Mime;

public sealed class HtmlToTextTableTests
{
    [Fact]
    public void Aligns_a_data_table()
    {
        const string Html = """
            <table><caption>Your order</caption>
              <thead><tr><th>Item<th>Qty<th>Price</thead>
              <tbody>
                <tr><td>Espresso cups<td>1<td>€24.00
                <tr><td>Filter papers, size 4<br>Unbleached<td>12<td>€3.50
                <tr><td>日本の急須<td>1<td>€1,042.00
              <tfoot><tr><td colspan=2>Total<td>€1,069.50
            </table>
            """;

        HtmlToText.Convert(Html).Should().Be("""
            Your order
            Item                   Qty      Price
            ---------------------  ---  ---------
            Espresso cups            1     €24.00
            Filter papers, size 4   12      €3.50
            Unbleached
            日本の急須               1  €1,042.00
            Total                       €1,069.50

            """);
    }

    [Fact]
    public void Respects_alignment_spans_and_empty_columns()
    {
        const string Html = """
            <table>
              <tr><td rowspan=2>A</td><td>&nbsp;</td><td>one</td><td align=right>open</td></tr>
              <tr><td></td><td>three</td><td style="text-align: right">no</td></tr>
              <tr><td colspan=4>A note that is longer than the table is wide</td></tr>
            </table>
            """;

        HtmlToText.Convert(Html).Should().Be("""
            A  one    open
               three    no
            A note that is longer than the table is wide

            """);
    }

    [Fact]
    public void Wraps_the_one_column_that_is_too_long()
    {
        const string Html = """
            <table><tr><th>Item</th><th>Price</th></tr>
            <tr><td>A long description of a product that goes on and on until it does not fit into a line of text</td><td>$3</td></tr>
            <tr><td>Short</td><td>$1,234</td></tr></table>
            """;

        HtmlToText.Convert(Html).Should().Be("""
            Item                                                                     Price
            ----------------------------------------------------------------------  ------
            A long description of a product that goes on and on until it does not       $3
            fit into a line of text
            Short                                                                   $1,234

            """);
    }

    [Fact]
    public void Writes_rows_as_records_rather_than_break_an_address()
    {
        const string Html = """
            <table><tr><th>File</th><th>Size</th></tr>
            <tr><td><a href="https://files.example/a/very/long/path/to/a/file/with/a/long/name/report.pdf">Report</a></td><td>3 MB</td></tr>
            <tr><td>Summary</td><td>1 MB</td></tr></table>
            """;

        HtmlToText.Convert(Html).Should().Be("""
            File: Report (https://files.example/a/very/long/path/to/a/file/with/a/long/name/report.pdf)
            Size: 3 MB

            File: Summary
            Size: 1 MB

            """);
    }

    [Fact]
    public void Separates_cells_where_there_are_neither_headers_nor_room()
    {
        var name = new string('x', 70);

        HtmlToText.Convert($"<table><tr><td>{name}<td>a long value<tr><td>b<td>c</table>").Should().Be($"{name} | a long value\nb | c\n");
    }

    [Theory]
    [InlineData("<table><tr><td>Hello<tr><td>World</table>", "Hello\n\nWorld\n")]
    [InlineData("<table role=presentation><tr><td>Left<td>Right<tr><td>Next<td></table>", "Left  Right\n\nNext\n")]
    [InlineData("<table role=presentation><tr><td><p>One<p>Two<td>Three</table>", "One\n\nTwo\n\nThree\n")]
    [InlineData("<table><tr><th><table><tr><th>Column<tr><th>layout</table><th></table>", "Column\n\nlayout\n")]
    [InlineData("Before<table><tr><td>In</table>After", "Before\n\nIn\n\nAfter\n")]
    [InlineData("<table>Stray<tr><td>In</table>", "Stray\n\nIn\n")]
    [InlineData("<tr><td>One<td>Two", "One\nTwo\n")]
    [InlineData("<blockquote><table><tr><td>a<td>b<tr><td>c<td>d</table></blockquote>", "> a  b\n> c  d\n")]
    public void Lets_layout_tables_flow(string html, string expected) => HtmlToText.Convert(html).Should().Be(expected);

    [Fact]
    public void Turns_an_order_confirmation_into_a_readable_mail()
    {
        HtmlToText.Convert(OrderConfirmation()).Should().Be("""
            Acme (https://acme.example)  Order #1001

            Thank you, Ada!

            We have received your order and will tell you when it ships.

            Item        Qty    Price
            ----------  ---  -------
            Product 1     1    €1.50
            Product 2     2    €3.00
            Product 3     3    €4.50
            Product 4     4    €6.00
            Product 5     5    €7.50
            Product 6     6    €9.00
            Product 7     7   €10.50
            Product 8     8   €12.00
            Product 9     9   €13.50
            Product 10   10   €15.00
            Product 11   11   €16.50
            Product 12   12   €18.00
            Product 13   13   €19.50
            Product 14   14   €21.00
            Product 15   15   €22.50
            Product 16   16   €24.00
            Product 17   17   €25.50
            Product 18   18   €27.00
            Product 19   19   €28.50
            Product 20   20   €30.00
            Subtotal         €315.00
            Shipping            Free
            Total            €315.00

            View your order (https://acme.example/orders/1001)

            Questions? Write to help@acme.example.

            """);
    }

    private static string OrderConfirmation()
    {
        var rows = new StringBuilder();
        for (var i = 1; i <= 20; i++)
        {
            rows.Append(CultureInfo.InvariantCulture, $"""
                <tr><td><table role="presentation"><tr><td width="40"><img src="cid:{i}" width="40" height="40"></td><td>Product&nbsp;{i}</td></tr></table></td>
                <td><p>{i}</p></td><td style="text-align:right"><span>€{i * 1.5:F2}</span></td></tr>
                """);
        }

        return $"""
            <!doctype html><html><head><meta charset="utf-8"><title>Order</title><style>@media screen {"{ td { color: red } }"}</style>
            <!--[if mso]><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><![endif]--></head>
            <body style="margin:0"><div style="display:none;font-size:1px;max-height:0;overflow:hidden;mso-hide:all">On its way &#847;&zwnj;&nbsp;</div>
            <table role="presentation" width="100%"><tr><td align="center" style="font-size:0">
            <!--[if mso]><table width="600"><tr><td><![endif]-->
            <table width="600"><tr><td style="font-size:14px"><a href="https://acme.example"><img src="cid:logo" alt="Acme" width="120"></a></td><td style="font-size:14px">Order #1001</td></tr>
            <tr><td colspan="2" style="font-size:14px"><h1>Thank you, Ada!</h1>
            <p>We have received your order
               and will tell you when it ships.</p>
            <table width="100%"><tr><th align="left">Item</th><th>Qty</th><th>Price</th></tr>{rows}
            <tr><td colspan="2">Subtotal</td><td align="right">€315.00</td></tr>
            <tr><td colspan="2">Shipping</td><td align="right">Free</td></tr>
            <tr><td colspan="2"><b>Total</b></td><td align="right"><b>€315.00</b></td></tr></table>
            <table role="presentation"><tr><td><!--[if mso]><v:roundrect href="https://acme.example/orders/1001">View your order</v:roundrect><![endif]-->
            <a href="https://acme.example/orders/1001" style="display:inline-block;mso-hide:all">View your order</a></td></tr></table>
            <p>Questions? Write to <a href="mailto:help@acme.example">help@acme.example</a>.</p></td></tr></table>
            <!--[if mso]></td></tr></table><![endif]--></td></tr></table><img src="https://acme.example/open" width="1" height="1" alt=""></body></html>
            """;
    }
}
