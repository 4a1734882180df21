"""HTML that a program wrote: what comes out has elements and attributes of a list, and nothing that acts."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blog.markdown.sanitize import Kind, needs_script, sanitize, sanitize_around
from blog.notebooks.tables import read_html
from tests.support.bounds import processor

KINDS: tuple[Kind, ...] = ("table", "prose")


def clean(html: str, kind: Kind = "prose") -> str:
    return sanitize(html, kind).html


@pytest.mark.parametrize(
    "html",
    [
        '<table class="dataframe"><thead><tr><th colspan="2" scope="col">a</th></tr></thead><tbody><tr><td rowspan="2">1</td></tr></tbody></table>',
        '<details open=""><summary>a</summary><div>b</div></details>',
        '<ol start="3" reversed=""><li value="5">a</li></ol>',
        '<progress value="3" max="10">3</progress> <meter value="1" max="2">1</meter>',
        '<time datetime="2024-01-01">a</time> <abbr title="b">c</abbr> <b lang="de" dir="ltr">d</b>',
        '<p>a<br>b <a href="https://example.com/?a=1&amp;b=2">c</a> <a href="#d">e</a> <a href="mailto:a@b.c">f</a></p>',
        '<img src="a.png" alt="b" width="3" height="4"><img src="data:image/png;base64,AA">',
        '<table><colgroup><col span="2"></colgroup><caption>a</caption><tbody><tr><td>b</td></tr></tbody></table>',
        "<ul><li>a<ul><li>b</li></ul></li></ul><dl><dt>a</dt><dd>b</dd></dl><pre>a\n b</pre>",
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_says_something_stays_as_it_is(html: str, kind: Kind) -> None:
    assert sanitize(html, kind) == (html, False)


def test_markdown_keeps_its_ids_and_styles_that_load_nothing() -> None:
    html = '<p id="a" align="right" style="color:red;text-align:right"><font color="red" size="2">a</font></p>'
    assert clean(html) == html
    assert clean(html, "table") == "<p><font>a</font></p>"
    assert clean('<p style="color:red;position:fixed;background:url(//a)">') == "<p></p>"
    assert clean('<p style="color:red;position:fixed;z-index:9">') == '<p style="color:red"></p>'
    for style in ("color:red;x:\\75rl(//a)", "font:url(//a)", "list-style-type:image-set('a')"):
        assert clean(f'<p style="{style}">') == "<p></p>"


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>"),
        ("<table>a<tr>b</table>", "<table><tbody><tr><td>a</td></tr><tr><td>b</td></tr></tbody></table>"),
        ("<table><tr><td></div></p>a</table></div>b", "<table><tbody><tr><td>a</td></tr></tbody></table>b"),
        ("<tr><td>a</td></tr>", "a"),
        ("<b><div>a</div></b>", "<b></b><div>a</div>"),
        ("<b>a<i>b</b>c</i>", "<b>a<i>b</i></b>c"),
        ("<a href=a>b<a href=c>d</a></a>", '<a href="a">bd</a>'),
        ("<p>a<div>b</p>c</div>", "<p>a</p><div>bc</div>"),
        ("<x-y>a</x-y><input value=b><button>c</button><main>d</main>", "ad"),
        ("a < b <3 <", "a &lt; b &lt;3 &lt;"),
        ("a<!-- b --><!--> c --><?d?><!e><![CDATA[f]]></ g>h", "a c --&gt;h"),
        ("a<!-- b", "a"),
        ("<p title='\"&lt;a>'>b", '<p title="&quot;&lt;a&gt;">b</p>'),
        ("<p title=a title=b>c", '<p title="a">c</p>'),
        ("<style>a</style><title>b</title>c", "c"),
        ("<style>a", ""),
        ("&#0;&#1;a&#x80;\x00\x01b", "\ufffd\ufffda€b"),
        ("<pre>\n\n\na</pre>", "<pre>a</pre>"),
    ],
)  # fmt: skip
def test_what_is_not_written_well_is_written_anew(html: str, left: str) -> None:
    assert sanitize(html, "prose") == (left, False)
    assert clean(left) == left


HOSTILE = (
    "<script>alert(1)</script>", "<SCRIPT src=//a>", "<script/x>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "<img/src='x'/onerror=alert(1)>", "<img src=x onerror\n=\n'alert(1)'>", "<b onclick>", "<details open ontoggle=alert(1)>",
    "<base href=https://evil.example/>", "<meta http-equiv=refresh content=0;url=https://evil.example/>",
    "<form action=javascript:alert(1)>", "<button formaction=javascript:alert(1)>", "<input onfocus=alert(1) autofocus>",
    "<iframe srcdoc='<script>alert(1)</script>'>", "<object data=a>", "<embed src=a>", "<link rel=stylesheet href=a>",
    "<svg onload=alert(1)>", "<svg><script>alert(1)</script></svg>", "<svg><a xlink:href='javascript:alert(1)'>",
    "<math><annotation-xml encoding='text/html'><img src=x onerror=alert(1)>", "<math href=javascript:alert(1)>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>", "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<xmp><img title='</xmp><img src=x onerror=alert(1)>'>",
    "<plaintext>", "<textarea><img title='</textarea><img src=x onerror=alert(1)>'>", "<noembed>", "<noframes>", "<frameset>",
    "<a href=javascript:alert(1)>", "<a href=' java\tscript:alert(1)'>", "<a href='java&#10;script&colon;alert(1)'>",
    "<a href=&#x6A;avascript&#x3a;alert(1)>", "<a href='\x01javascript:alert(1)'>", "<a href='&#1;javascript:alert(1)'>",
    "<a href=vbscript:a>", "<a href=data:text/html,a>", "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<a href=file:///etc/passwd>", "<a href='#' ping=javascript:a>", "<video poster=javascript:alert(1)>",
    "<svg:script>alert(1)</svg:script>", "<table background=javascript:alert(1)>", "<applet>", "<portal src=a>",
    f"<a href='&#{'9' * 5000};javascript:alert(1)'>",
)  # fmt: skip


@pytest.mark.parametrize("html", HOSTILE)
def test_what_acts_is_told_and_left_out(html: str) -> None:
    assert needs_script(html)
    for kind in KINDS:
        assert sanitize(f"{html}a", kind).acts
        assert wrong(clean(f"<p>{html}a", kind)) == []


@pytest.mark.parametrize(
    "html",
    ["<scr<!-- -->ipt>alert(1)</scr<!-- -->ipt>", "<scr\x01ipt>a", "<img src=x on<!-- -->error=alert(1)>", "<<script>alert(1)//<</script>",
     "&lt;script>alert(1)", "<img title='`onerror=alert(1)'>", "<p title='</p><script>alert(1)</script>'>", "<a href='java<!-- -->script:alert(1)'>",
     "<p/title=a>", "<img/src=x/onerror=alert(1)>", '<img src=a"onerror=alert(1)>', "<style><img src=x onerror=alert(1)></style>", "<a href='java&#127;script:alert(1)'>",
     "<a href=x:alert(1)>"],
)  # fmt: skip
def test_nothing_is_made_by_what_is_taken_out(html: str) -> None:
    for kind in KINDS:
        assert wrong(clean(html, kind)) == []
        assert clean(clean(html, kind), kind) == clean(html, kind)


class Shape(HTMLParser):
    """Elements and attributes as another parser sees them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.bad: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self.bad.append(tag)
        for name, value in attrs:
            address = re.sub(r"[\s\0-\x20]", "", value or "").lower()
            if name not in ATTRIBUTES or (name in {"src", "href"} and not SAFE.match(address)):
                self.bad.append(f"{name}={value}")
        if tag not in {"br", "img", "hr", "col", "wbr", "source", "track"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.bad.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.bad.append(f"!{data}")

    def handle_decl(self, decl: str) -> None:
        self.bad.append(f"!{decl}")

    handle_pi = unknown_decl = handle_comment


SAFE = re.compile(r"https?:|data:image/(?:png|jpeg|gif|webp)|mailto:|(?![a-z][a-z0-9+.-]*:)")
ELEMENTS = frozenset({
    "a", "b", "br", "col", "colgroup", "caption", "dd", "details", "div", "dl", "dt", "i", "img", "li", "p", "pre", "span", "style_",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "video",
})  # fmt: skip
ATTRIBUTES = frozenset({"alt", "class", "href", "id", "open", "scope", "src", "style", "title"})


def wrong(html: str) -> list[str]:
    shape = Shape(html)
    return [*shape.bad, *shape.open]


FRAGMENTS = (
    *(hostile for hostile in HOSTILE if len(hostile) < 1000),
    "<", ">", "<!--", "-->", "--!>", "<![CDATA[", "]]>", "<?", "</", "/>", '"', "'", "=", "`", "&lt;", "&gt;", "&quot;", "&#", "&colon;", " ", "\n", "\0", "\x01",
    "a", "javascript:", "onerror=alert(1)", "<a href=", "<a href='", "<img src=", "<p title='", "<p title=", "<div>", "</div>", "<p>", "</p>", "<b>", "</b>",
    "<i title='a'>", "</i>", "<a href='#a'>", "</a>", "<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<th>", "<thead>", "<tbody>", "<caption>",
    "<colgroup>", "<col>", "<ul>", "<li>", "</li>", "</ul>", "<dl>", "<dt>", "<dd>", "<pre>", "<br>", "</br>", "<style>", "</style>", "<script>", "</script>",
    "<svg>", "</svg>", "<math>", "</math>", "<mtext>", "<foreignObject>", "<desc>", "<annotation-xml>", "<select>", "<option>", "<template>", "</template>",
    "<title>", "</title>", "<textarea>", "</textarea>", "<noscript>", "</noscript>", "<body onload=a>", "<html>", "<head>", "<details open>", "<summary>",
)  # fmt: skip
mixes = st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join)


@given(mixes)
@example("<b><table><i></b><td>a</i><p></table><a href='#a'><div></a>")
def test_whatever_comes_what_comes_out_is_allowed_and_comes_out_again(html: str) -> None:
    for kind in KINDS:
        once = clean(html, kind)
        assert wrong(once) == []
        assert sanitize(once, kind) == (once, False)
    shown = read_html(html)
    again = shown and read_html(shown.html)
    assert shown is None or (wrong(shown.html) == [] and again == shown._replace(is_cut=False))


@given(st.lists(mixes, min_size=1, max_size=5))
def test_parts_of_html_around_something_are_whole_together(parts: list[str]) -> None:
    pieces, _ = sanitize_around(parts)
    assert len(pieces) == len(parts)
    assert wrong("<p>a</p>".join(pieces)) == [] or "<p" in "".join(pieces)
    assert not set(Shape("a".join(pieces)).bad)


@pytest.mark.parametrize(
    ("parts", "left", "acts"),
    [
        (["<b>", "</b>"], ["<b>", "</b>"], False),
        (["<details><summary>a</summary>", "</details></div>"], ["<details><summary>a</summary>", "</details>"], False),
        (["<b>", "c"], ["<b>", "c</b>"], False),
        (["<script>", "</script>"], ["", ""], True),
        (["<b onclick=a>", "</b>"], ["<b>", "</b>"], True),
        (["<p title='", "'>"], ["&lt;p title='", "'&gt;"], False),
        (["<a href='https://a/", "onclick=alert(1)//'>"], ["&lt;a href='https://a/", "onclick=alert(1)//'&gt;"], False),
        (["<p title='&#2;1&#2;'><style>", "</style>"], ["", ""], True),
        (["<!--", "-->"], ["", ""], True),
        (["&#2;0&#2;", "<b>"], ["\ufffd0\ufffd", "<b></b>"], False),
        (["<div>" * 1000], [""], True),
    ],
)
def test_an_element_may_begin_in_one_part_and_end_in_another(parts: list[str], left: list[str], acts: bool) -> None:
    assert sanitize_around(parts) == (left, acts)


def test_what_is_nested_too_deeply_is_left_out_whole() -> None:
    assert clean("<div>" * 100 + "a") == "<div>" * 100 + "a" + "</div>" * 100
    assert clean("<div>" * 101 + "a") == ""


COSTLY: dict[str, Callable[[int], str]] = {
    "deep": lambda n: "<div>" * n,
    "deep and closed": lambda n: "<ul><li>" * n + "</li></ul>" * n,
    "elements that begin anew": lambda n: "".join(f"<p><b title={index}>a" for index in range(n)),
    "elements that end wrongly": lambda n: "".join(f"<b title={index}>" for index in range(n)) + "</b>" * n,
    "tables wrongly closed": lambda n: "<div><table></div></table>" * n,
    "what is moved before a table": lambda n: "<table>" + "<i>a</i><tr>" * n,
    "text in a table": lambda n: "<table>" + "a<tr>" * n,
    "long titles in the way": lambda n: "<p>" + f"<b title={'a' * n}>" * 50 + "<div>a</div>" * n,
    "cells": lambda n: "<table><tr>" + "<th><a>a" * n,
    "tags that do not end": lambda n: "<a " * n,
    "attributes": lambda n: "<a " + " ".join(f"a{index}=1" for index in range(n)) + ">",
    "values that do not end": lambda n: "<a x=\"<a y='" * n,
    "spaces": lambda n: "<a" + " " * n + "<a a=" + " " * n + "<a a" + " " * n,
    "comments": lambda n: "--><!--" * n,
    "unknown declarations": lambda n: "<!a" * n + "<?" * n,
    "styles": lambda n: "<style>" * n + "</style" * n,
    "drawings": lambda n: "<svg></svg>" * n + "<svg>" * n,
    "brackets in a style": lambda n: f'<p style="color:{"(" * n}">' + "<p style='color:red;'>" * n,
    "names of characters": lambda n: "&a" * n + "<a href='" + "&#9;" * n + "'>",
    "signs": lambda n: "<" * n + "&" * n + '"' * n,
}


@pytest.mark.parametrize("name", COSTLY)
def test_the_time_for_html_grows_no_faster_than_it_does(name: str) -> None:
    with processor(8):
        for kind in KINDS:
            sanitize(COSTLY[name](20_000), kind)
        sanitize_around([COSTLY[name](20_000)])
        read_html(COSTLY[name](20_000))
