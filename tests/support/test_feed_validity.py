"""The validator finds what readers of feeds and sitemaps would stumble over."""

from pathlib import Path

import pytest

from tests.support.feed_validity import check_xml
from tests.support.publishing import outputs, post, publish

RSS = """<rss version="2.0"><channel><title>T</title><link>https://x.org/</link><description>d</description>{}</channel></rss>"""
ITEM = "<item><title>A</title><link>https://x.org/a/</link><guid>1</guid><pubDate>Mon, 01 Jan 2024 00:00:00 +0000</pubDate>{}</item>"
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><id>i</id><title>T</title><updated>2024-01-01T00:00:00Z</updated>{}</feed>"""
ENTRY = """<entry><id>1</id><title>A</title><updated>2024-01-01T00:00:00Z</updated><author><name>n</name></author>\
<link href="https://x.org/a/"/>{}</entry>"""
MAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
URL = "<url><loc>https://x.org/a/</loc><lastmod>2024-01-01</lastmod></url>"


def said(xml: str) -> list[str]:
    return check_xml(xml.encode(), "https://x.org", {"index.html", "a/index.html"})


def test_what_the_program_makes_is_valid(tmp_path: Path) -> None:
    text = 'Words with [a link](b.md), <a href="../b/">raw</a>, a note[^1] and <img src="/p.png" alt="">.\n\n[^1]: N.'
    publish(tmp_path, {
        "content/posts/a.md": post("A & <b>", text=text, tags="[x]", series="S"), "content/posts/b.md": post("B"),
        "content/p.png": b"p",
    })  # fmt: skip
    found = outputs(tmp_path)
    xml = [path for path in found if path.endswith(".xml")]
    assert len(xml) == 5
    assert [check_xml(found[path], "https://example.org", found) for path in xml] == [[]] * 5


@pytest.mark.parametrize("day", ["2024", "2024-05", "2024-05-06", "2024-05-06T07:08:09+02:00"])
def test_a_day_may_be_a_year_or_a_month(day: str) -> None:
    assert said(MAP.format(URL.replace("2024-01-01", day))) == []


def test_where_a_site_lives_is_not_asked_of_one_that_does_not_say() -> None:
    assert check_xml(MAP.format(URL).encode(), "", set()) == []


@pytest.mark.parametrize(
    "xml", [RSS.format(""), RSS.format(ITEM.format("")), ATOM.format(ENTRY.format("")), MAP.format(URL)]
)
def test_what_is_right(xml: str) -> None:
    assert said(xml) == []


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        ("<html/>", "it is neither RSS nor Atom nor a sitemap: it begins with <html>"),
        ("<rss/>", "there is no <channel>"),
        (RSS.replace("<title>T</title>", "").format(""), "the channel has no title"),
        (RSS.replace("https://x.org/", "/").format(""), 'the channel has the link "/", which is not absolute'),
        (RSS.format("<item/>"), 'the entry "None" has neither title nor description'),
        (RSS.format(ITEM.replace("https:", "").format("")), 'the entry "A" has the link "//x.org/a/", which is not absolute'),
        (RSS.format(ITEM.replace("Mon, 01", "one").format("")), 'the entry "A" has the pubDate "one Jan 2024 00:00:00 +0000", which is no date'),
        (RSS.format(ITEM.format("") * 2), 'the guid "1" is there twice'),
        (RSS.format(ITEM.format('<description>&lt;a href="/b/"></description>')), 'the entry "A" has the address "/b/", which is not absolute'),
        (ATOM.replace("<id>i</id>", "").format(""), "the feed has no id"),
        (ATOM.format(ENTRY.replace("<updated>2024-01-01T00:00:00Z</updated>", "").format("")), 'the entry "A" has no updated'),
        (ATOM.format(ENTRY.replace("00Z", "00").format("")), 'the entry "A" has the updated "2024-01-01T00:00:00", which is no date'),
        (ATOM.format(ENTRY.format("") * 2), 'the id "1" is there twice'),
        (ATOM.format(ENTRY.replace('<link href="https://x.org/a/"/>', "").format("")), 'the entry "A" has neither content nor a link'),
        (ATOM.format(ENTRY.replace("<author><name>n</name></author>", "").format("")), 'the entry "A" has no author, and neither has the feed'),
        (ATOM.format(ENTRY.replace("https://x.org/a/", "/a/").format("")), 'the entry "A" has the link "/a/", which is not absolute'),
        (ATOM.format(ENTRY.format('<content type="html">&lt;img src="p.png"></content>')), 'the entry "A" has the address "p.png", which is not absolute'),
        (MAP.format(URL.replace("x.org", "y.org")), '"https://y.org/a/" is no address of this site'),
        (MAP.format(URL.replace("/a/", "/b/")), '"https://x.org/b/" is not there'),
        (MAP.format(URL.replace("/a/", "/a/#" + "x" * 2100)), f'"https://x.org/a/#{"x" * 43}…" is longer than 2,048 characters'),
        (RSS.format(ITEM.replace("2024", "99999999999999999999").format("")), 'the entry "A" has the pubDate "Mon, 01 Jan 99999999999999999999 00:00:00 +0000", which is no date'),
        (MAP.format(URL * 2), 'the address "https://x.org/a/" is there twice'),
        (MAP.format(URL.replace("2024-01-01", "yesterday")), '"https://x.org/a/" has the lastmod "yesterday", which is no date'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words(xml: str, words: str) -> None:
    assert said(xml) == [words]
