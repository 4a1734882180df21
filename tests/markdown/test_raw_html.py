"""What raw HTML names: as browsers read it, whatever stands around."""

import pytest

from blog.markdown.raw_html import addresses, bogus_comments, candidates, names


def found(html: str) -> list[tuple[str, str]]:
    return [(each.name, html[each.start : each.end]) for each in addresses(html)]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="x>y" title="src=q">', [("href", '"x>y"')]),
        ("<IMG SRC=a.png>", [("src", "a.png")]),
        ('<img alt="a"src="p.png">', [("src", '"p.png"')]),
        ("<image xlink:href='p.png'/>", [("xlink:href", "'p.png'")]),
        ("<q cite=/c>src=no.png</q> <b formaction = '/f'>", [("cite", "/c"), ("formaction", "'/f'")]),
        ('<p a="b src=x>', [("src", "x")]),
        ("<script src=a.js>if (a<b && c) x = '<img src=no.png>'</script><img src=b>", [("src", "a.js"), ("src", "b")]),
        ("<style>a { src: url(x) }", []),
        ('&lt;img src="a.png"&gt; and src="b.png"', []),
        ("<div data-src=a hrefs=b>", []),
    ],
)
def test_addresses_are_values_of_attributes_of_tags(html: str, expected: list[tuple[str, str]]) -> None:
    assert found(html) == expected


@pytest.mark.parametrize(
    ("srcset", "expected"),
    [
        ("a.png 1x, b.png 2x", [("a.png", "1x"), ("b.png", "2x")]),
        ("https://i.org/w_3,h_2/a.png 1x,p.png 2x", [("https://i.org/w_3,h_2/a.png", "1x"), ("p.png", "2x")]),
        ("data:image/png;base64,AA 1x, p.png 2x", [("data:image/png;base64,AA", "1x"), ("p.png", "2x")]),
        ("a.png, b.png, c.png 3x", [("a.png", ""), ("b.png", ""), ("c.png", "3x")]),
        (" , a.png 100w ,,b.png\n", [("a.png", "100w"), ("b.png", "")]),
        ("", []),
    ],
)
def test_pictures_of_a_srcset_may_have_commas_in_their_addresses(srcset: str, expected: list[tuple[str, str]]) -> None:
    assert list(candidates(srcset)) == expected


def test_names_of_files_are_found_wherever_they_stand() -> None:
    html = (
        "<style>@import 'a.css'; b { background: url(c%20d.png?v#x) }</style><script>load(`e.json`, 1.5)</script>"
        '<img data-src="my f.png" alt="etc. 3.25" data-set="g.webp 1x, h.webp 2x" title="&auml;.jpg">'
    )
    expected = {"a.css", "c%20d.png?v#x", "e.json", "my f.png", "g.webp", "h.webp", "ä.jpg"}
    assert expected <= set(names(html))
    assert names("<p>e.g. 1.5, etc.</p> no file") == []


@pytest.mark.parametrize(
    "html",
    [
        "<a ",
        '<a b="',
        "<a b='\"",
        "<script>",
        "<title>",
        '"',
        ".a",
        "a.",
        "<a b=c ",
        "a.png, ",
        "<",
        "= ",
        "a ,",
        "'.a ",
    ],
)
def test_long_raw_html_is_read_in_a_moment(html: str) -> None:
    for text in (html * 20_001, f"<a {html * 20_001}", f'"{html * 20_001}'):  # hours, if it took the square
        assert len(found(text)) < 20_001
        assert len(list(candidates(text))) <= 40_002
        assert len(names(text)) < 10


@pytest.mark.parametrize(
    ("html", "texts"),
    [
        ("<svg><title><!x></title></svg>", ["<!x>"]), ("<title><!x></title>", []), ("<svg/><title><!x></title>", []),
        ("<svg /><title><!x></title>", []), ('<math a="b"/><textarea><?x></textarea>', []),
        ("<math a=b/><title><!x></title>", ["<!x>"]), ("<svg><path/><title><!x></title></svg>", ["<!x>"]),
    ],
)  # fmt: skip
def test_a_self_closing_element_has_no_content(html: str, texts: list[str]) -> None:
    assert [html[bogus.start : bogus.end] for bogus in bogus_comments(html)] == texts
