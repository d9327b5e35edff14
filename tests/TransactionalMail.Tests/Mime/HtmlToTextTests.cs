using TransactionalMail.Mime;

namespace TransactionalMail.Tests.Mime;

public sealed class HtmlToTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("<p>  </p><div>&nbsp;</div>", "")]
    [InlineData("Hello", "Hello\n")]
    [InlineData("  a \t\r\n b  ", "a b\n")]
    [InlineData("<p>One</p><p>Two</p>", "One\n\nTwo\n")]
    [InlineData("<p>One<p>Two", "One\n\nTwo\n")]
    [InlineData("<h1>Title</h1>Text<h2>Part</h2>More", "Title\n\nText\n\nPart\n\nMore\n")]
    [InlineData("<div>One</div><div>Two</div>", "One\nTwo\n")]
    [InlineData("One<br>Two<br/><br></br><br>Three<br>", "One\nTwo\n\nThree\n")]
    [InlineData("<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo\n")]
    [InlineData("<b>Bold</b>, <i>it</i>alic <span style='display:block'>block</span>", "Bold, italic\nblock\n")]
    [InlineData("<p>One</p><hr><p>Two</p>", "One\n\n----------------------------------------\n\nTwo\n")]
    [InlineData("One</br>Two", "One\nTwo\n")]
    [InlineData("a &lt;b&gt; &amp; &euro;5&nbsp;&#x2013;&#32;&copy;", "a <b> & €5 – ©\n")]
    [InlineData("1 < 2 and 3 > 2", "1 < 2 and 3 > 2\n")]
    public void Reads_as_a_text_mail(string html, string expected) => HtmlToText.Convert(html).Should().Be(expected);

    [Theory]
    [InlineData("<pre>\n  a\n\tb\r\n\r\n\r\nc  \n</pre>d", "  a\n    b\n\nc\n\nd\n")]
    [InlineData("<p style='white-space: pre-line'>a   b\n  c</p>", "a b\nc\n")]
    [InlineData("<p style='white-space:pre-wrap'>a   b\n  c<span style='white-space:normal'>  d\ne</span></p>", "a   b\n  c d e\n")]
    public void Keeps_white_space_where_the_page_does(string html, string expected) => HtmlToText.Convert(html).Should().Be(expected);

    [Theory]
    [InlineData("<blockquote><p>One</p><p>Two<blockquote>Three</blockquote></p></blockquote>Four", "> One\n>\n> Two\n>\n> > Three\n\nFour\n")]
    [InlineData("<ul><li>One<li>Two</ul>", "- One\n- Two\n")]
    [InlineData("Buy:<ul><li>One</li><li></li><li>Two</li></ul>Done", "Buy:\n\n- One\n- Two\n\nDone\n")]
    [InlineData("<ol start=9><li>Nine<li>Ten<br>lines<li value=20>Twenty<li>More</ol>", "9. Nine\n10. Ten\n    lines\n20. Twenty\n21. More\n")]
    [InlineData("<ul><li>A<ol><li>A1<ul><li>Deep</li></ul></li><li>A2</li></ol></li><li>B</li></ul>", "- A\n  1. A1\n     - Deep\n  2. A2\n- B\n")]
    [InlineData("<ul><li><p>One</p><p>More</p></li></ul>", "- One\n\n  More\n")]
    [InlineData("<dl><dt>Term<dd>Meaning<dt>Other<dd>Thing</dl>", "Term\n  Meaning\nOther\n  Thing\n")]
    public void Indents_lists_and_quotations(string html, string expected) => HtmlToText.Convert(html).Should().Be(expected);

    [Theory]
    [InlineData("<a href='https://acme.example/x'>Pay now</a>.", "Pay now (https://acme.example/x).\n")]
    [InlineData("See <a href='https://acme.example/'>https://acme.example</a>!", "See https://acme.example!\n")]
    [InlineData("<ul><li><a href='https://acme.example/x'>acme.example/x</a></ul>", "- https://acme.example/x\n")]
    [InlineData("<a href='https://evil.example'>https://bank.example</a>", "https://bank.example (https://evil.example)\n")]
    [InlineData("<a href='mailto:help@acme.example?subject=Hi'>help@acme.example</a>", "help@acme.example\n")]
    [InlineData("<a href='mailto:help%2Bme@acme.example'>Write to us</a>", "Write to us (help+me@acme.example)\n")]
    [InlineData("<a href='tel:+15550100'>+1 555 0100</a>, <a href='tel:+15550100'>call</a>", "+1 555 0100, call (+15550100)\n")]
    [InlineData("<a href='#top'>Top</a> <a href=''>Empty</a> <a>Bare</a> <a name=x></a><a href='https://x.example'></a>", "Top Empty Bare\n")]
    [InlineData("<a href='javascript:alert(1)'>A</a> <a href=' JAVA&#10;SCRIPT:alert(1)'>B</a> <a href='data:text/html,x'>C</a>", "A B C\n")]
    [InlineData("<a href='%unsubscribe_url%'>Unsubscribe</a>", "Unsubscribe (%unsubscribe_url%)\n")]
    [InlineData("<a href='https://a.example'>A</a><a href='https://b.example'>B</a>", "A (https://a.example) B (https://b.example)\n")]
    [InlineData("<a href='https://a.example'>A<a href='https://b.example'>B</a>", "A (https://a.example) B (https://b.example)\n")]
    [InlineData("<a href='https://a.example'><div>One</div><p>Two</a></p>Three", "One\n\nTwo (https://a.example)\n\nThree\n")]
    [InlineData("<a href='https://a.example'><table><tr><td>Card</td></tr></table></a>", "Card (https://a.example)\n")]
    [InlineData("<a href='https://a.example/\u0007b c'>Odd</a>", "Odd (https://a.example/b%20c)\n")]
    public void Keeps_where_links_lead(string html, string expected) => HtmlToText.Convert(html).Should().Be(expected);

    [Theory]
    [InlineData("<img src=x alt='Acme logo'>Hello", "Acme logo Hello\n")]
    [InlineData("<img src=x><img src=x alt=''><img src=x width=1 height=1 alt=open>Hello", "Hello\n")]
    [InlineData("<a href='https://a.example'><img src=x alt=Shop></a>", "Shop (https://a.example)\n")]
    [InlineData("<a href='https://a.example'><img src=x></a><a href='https://b.example'>B</a>", "https://a.example B (https://b.example)\n")]
    public void Describes_images(string html, string expected) => HtmlToText.Convert(html).Should().Be(expected);

    [Theory]
    [InlineData("<head><title>T</title><style>p{}</style><script>x</script></head>")]
    [InlineData("<script>if (a < b) document.write('<p>no</p>')</script>")]
    [InlineData("<template><p>no</p></template><noscript>no</noscript><iframe>no</iframe><select><option>no</select><textarea>no</textarea>")]
    [InlineData("<svg><title>no</title><path d='no'><text>no</text></svg>")]
    [InlineData("<!-- no --><!--[if mso]><table><tr><td>no</td></tr></table><![endif]--><![if !mso]><![endif]><![CDATA[no]]>")]
    [InlineData("<div style='display:none'>no<div>no</div><table><tr><td>no</table></div>")]
    [InlineData("<div STYLE='color:red; DISPLAY : none !important'>no</div>")]
    [InlineData("<span hidden>no</span><p aria-hidden=true>no<p style='visibility:hidden'>no</p><p style='opacity:0'>no</p>")]
    [InlineData("<div style='font-size:0'>no</div><div style='font-size:0px'>no<b>no</b></div><div style='max-height:0;overflow:hidden'>no</div>")]
    [InlineData("<table><tr style='display:none'><td>no</td></tr></table><ul hidden><li>no</ul><a hidden href='https://no.example'>no</a>")]
    public void Leaves_out_what_a_page_does_not_show(string html) => HtmlToText.Convert("<p>yes</p>" + html).Should().Be("yes\n");

    [Theory]
    [InlineData("<div style='font-size:0'><div style='font-size:14px'>yes</div></div>")]
    [InlineData("<td style='font-size:0;padding:0'><div class='body'>yes</div></td>")]
    [InlineData("<a style='mso-hide:all'>yes</a>")]
    [InlineData("<div style='max-height:0'>yes</div>")]
    [InlineData("<div style='opacity:0.9;font-size:0.8em;display:none;display:block'>yes</div>")]
    [InlineData("<!--[if !mso]><!-->yes<!--<![endif]-->")]
    [InlineData("<p hidden>no<div>yes</div>")]
    [InlineData("<head><title>no</title><p>yes")]
    public void Keeps_what_only_looks_hidden(string html) => HtmlToText.Convert(html).Should().Be("yes\n");

    [Fact]
    public void Drops_the_padding_after_a_preview_line()
    {
        const string Padding = "&#847;&zwnj;&nbsp;&#8199;&#65279;&#8203;&shy;&zwj; ";

        HtmlToText.Convert($"<div>Your order is on its way {Padding}{Padding}{Padding}</div><p>Hello</p>")
            .Should().Be("Your order is on its way\n\nHello\n");
    }

    [Fact]
    public void Keeps_joiners_that_join()
    {
        const string Persian = "می\u200Cخواهم 👩\u200D💻";

        HtmlToText.Convert($"<p>{Persian}</p>").Should().Be(Persian + "\n");
    }

    [Fact]
    public void Leaves_long_lines_to_the_reader()
    {
        var prose = string.Join(' ', Enumerable.Repeat("word", 100));

        HtmlToText.Convert($"<p>{prose}</p>").Should().Be(prose + "\n");
    }
}
