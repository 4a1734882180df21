"""Feeds and sitemap as their readers see them: parsed by feedparser and lxml, which nobody here wrote."""

import datetime as dt
import json
import pkgutil
import re
import shutil
import time
from pathlib import Path

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from blog.check.check import check_site
from blog.config.people import Person
from blog.problems import BlogError
from blog.render import feed_formats
from blog.render.feed_formats import render_feed
from blog.render.feeds import render_sitemap
from blog.site.addresses import output_path
from blog.views.feeds import FORMATS
from blog.views.outputs import FeedEntry, FeedView, SitemapView
from blog.views.page_parts import AnyBody, Body, Html
from tests.support.publishing import NOW, build_folder, order, outputs, post, problems, publish
from tests.support.sites import SETTINGS, site


def view(form: str = "rss", **more: object) -> FeedView:
    fields: dict[str, object] = {
        "form": form, "title": "A & B <i>", "description": "Words", "language": "en", "home": "https://x.org/",
        "url": "https://x.org/feed.xml", "updated": "2024-01-02T12:00:00+00:00", "author": (Person("Ada", "https://a.org/", "a@x.org"),),
        "entries": (
            FeedEntry(id="tag:x.org,2024-01-02:/b/", title="B & <b>", url="https://x.org/b/", published="2024-01-02T12:00:00+00:00",
                      updated="2024-01-05T12:00:00+00:00", summary="Short & <i>", above=(Html("Why"),), body=Body("b.md", ()), below="<p>End</p>", tags=("t & u",),
                      author=(Person("Bea"),), lang="es"),
            FeedEntry(id="tag:x.org,2024-01-01:/a/", title="A", url="https://x.org/a/", published="2024-01-01T12:00:00+00:00",
                      updated="2024-01-01T12:00:00+00:00", summary="", above=(), body=Body("a.md", ()), below="", tags=(), author=(), lang=""),
        ),
    }  # fmt: skip
    return FeedView(**(fields | more))  # type: ignore[arg-type]


def text(body: AnyBody) -> str:
    """Stands in for the texts of a site."""
    assert isinstance(body, Body)
    return f"<p>{body.path}</p>"


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_a_reader_finds_home_self_entries_dates_authors_and_full_text(form: str) -> None:
    feed = feedparser.parse(render_feed(view(form), text))
    assert not feed.bozo
    assert feed.version == {"rss": "rss20", "atom": "atom10"}[form]
    assert feed.feed.link == "https://x.org/"
    assert feed.feed.title == "A & B <i>"
    assert [link.href for link in feed.feed.links if link.rel == "self"] == ["https://x.org/feed.xml"]
    first, second = feed.entries
    assert (first.id, second.id) == ("tag:x.org,2024-01-02:/b/", "tag:x.org,2024-01-01:/a/")
    assert (first.title, first.link) == ("B & <b>", "https://x.org/b/")
    assert first.published_parsed[:4] == (2024, 1, 2, 12)
    assert first.content[0].value == "<aside>Why</aside>\n<hr />\n<p>b.md</p><p>End</p>"
    assert first.summary == {"rss": "Short &amp; &lt;i&gt;", "atom": "Short & <i>"}[form]  # HTML in RSS, text in Atom
    assert first.summary_detail.type == {"rss": "text/html", "atom": "text/plain"}[form]
    assert first.tags[0].term == "t & u"
    assert first.author == "Bea"


def test_atom_entries_keep_the_kind_of_their_links_and_their_language() -> None:
    entry = etree.fromstring(render_feed(view("atom"), text)).find("{*}entry")
    assert entry is not None
    link = entry.find("{*}link")
    assert link is not None
    assert {str(key): value for key, value in link.attrib.items()} == {
        "href": "https://x.org/b/",
        "rel": "alternate",
        "type": "text/html",
    }
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "es"
    assert entry.findtext("{*}updated") == "2024-01-05T12:00:00+00:00"


def test_nothing_in_a_feed_says_now() -> None:
    for form in ("rss", "atom"):
        years = re.findall(rb"\b20\d\d\b", render_feed(view(form), text))
        assert set(years) <= {b"2024", b"2005"}  # 2005 is in Atom's namespace
    assert b"<lastBuildDate>Tue, 02 Jan 2024 12:00:00 +0000</lastBuildDate>" in render_feed(view(), text)


def test_characters_that_xml_has_no_place_for_are_left_out() -> None:
    entry = FeedEntry(id="i", title="a\x01b\ufffe", url="https://x.org/", published="2024-01-01T00:00:00+00:00",
                      updated="2024-01-01T00:00:00+00:00", summary="s\x02", above=(Html("\x0c"),), body=None, below="", tags=("t\x03",),
                      author=(Person("N\x04"),), lang="")  # fmt: skip
    for form in ("rss", "atom"):
        feed = feedparser.parse(render_feed(view(form, entries=(entry,), title="T\x05"), text))
        assert not feed.bozo
        assert feed.entries[0].title == "ab"


def test_an_empty_feed_is_a_feed() -> None:
    for form in ("rss", "atom"):
        feed = feedparser.parse(render_feed(view(form, entries=(), updated="1970-01-01T00:00:00+00:00"), text))
        assert not feed.bozo
        assert feed.entries == []


def test_the_sitemap_escapes_addresses_and_gives_days() -> None:
    xml = render_sitemap(SitemapView((("https://x.org/a&b", "2024-01-01"), ("https://x.org/c", ""))))
    urls = etree.fromstring(xml)
    assert [url.findtext("{*}loc") for url in urls] == ["https://x.org/a&b", "https://x.org/c"]
    assert [url.findtext("{*}lastmod") for url in urls] == ["2024-01-01", None]


def test_an_entry_can_stand_alone_in_a_reader(tmp_path: Path) -> None:
    text = (
        "![p](pic.png) and [a](a.md#h), [here](#h), [out](https://o.org/).[^1]\n\n## H\n\n"
        '```python {title="x.py"}\nx = 1\n```\n\n- [x] done\n\n<img src="raw.png">\n\n[^1]: Note.\n'
    )
    keys = {"labels": "[Journal]", "context": '"Why *now*."', "discussion": "https://d.org/1",
            "source": '{url: "https://s.org/", title: "S & T", author: Sam}'}  # fmt: skip
    settings = 'title = "T"\nurl = "https://example.org/blog"\n[labels.Journal]\nnotice = "As *written*, see [a](posts/a.md)."\n'
    root = site(tmp_path, {
        "blog.toml": settings, "content/posts/a.md": post("A", text="## H"), "content/posts/pic.png": b"p",
        "content/posts/b.md": post("B", "2024-02-02", text, **keys), "content/posts/raw.png": b"r",
    })  # fmt: skip
    build_folder(root)
    html = etree.fromstring(outputs(root)["feed.xml"]).findtext(
        "channel/item/{http://purl.org/rss/1.0/modules/content/}encoded"
    )
    assert html is not None
    assert '<aside><p>As <em>written</em>, see <a href="https://example.org/blog/posts/a/">a</a>.</p>' in html
    assert "<p>Why <em>now</em>.</p>" in html
    assert '<p>→ <a href="https://s.org/">S &amp; T</a>, Sam</p>' in html
    assert '<img src="https://example.org/blog/posts/pic.png" alt="p">' in html
    assert '<a href="https://example.org/blog/posts/a/#h">a</a>' in html
    assert '<a href="https://example.org/blog/posts/b/#h">here</a>' in html
    assert '<img src="https://example.org/blog/posts/b/raw.png">' in html
    assert "<h2>H</h2>" in html
    assert "<p><code>x.py</code></p>\n<pre><code>x = 1\n</code></pre>" in html
    assert "☑ done" in html
    assert 'href="#posts-b-fn:1" id="posts-b-fnref:1"' in html
    assert '<li id="posts-b-fn:1">' in html
    assert '<p><a href="https://d.org/1">Discussion</a></p>' in html
    assert not re.findall(r'(?:href|src)="(?!https://|#posts-b-)', html)


def test_ids_of_footnotes_differ_between_entries(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        f"content/posts/{name}.md": post(name, text="a[^1]\n\n[^1]: n") for name in ("a", "b")
    }
    feed = publish(tmp_path, files)["feed.xml"]
    ids = re.findall(r'id=(?:"|&quot;)([^"&]+)', feed)
    assert len(ids) == len(set(ids)) == 4


def test_entry_ids_do_not_change_with_title_text_theme_or_scheme(tmp_path: Path) -> None:
    def ids(name: str, settings: str, text: str) -> list[str]:
        found = publish(tmp_path / name, {"blog.toml": settings, "content/posts/a.md": text})
        return re.findall(r"<guid[^>]*>([^<]*)", found["feed.xml"])

    first = ids("1", 'title = "T"\nurl = "https://example.org"\n', post("A"))
    assert first == ["tag:example.org,2024-01-01:/posts/a/"]
    assert ids("2", 'title = "U"\nurl = "http://example.org/"\n', post("Other", text="New.")) == first
    moved = 'title = "T"\nurl = "https://new.example/blog"\n[feed]\nauthority = "example.org"\n'
    assert ids("3", moved, post("A")) == first
    assert ids("4", moved, post("A", guid="urn:x:1")) == ["urn:x:1"]


def test_the_id_of_an_entry_does_not_change_with_a_url(tmp_path: Path) -> None:
    found = publish(tmp_path, {"content/posts/a.md": post("A", url="/2019/old.html")})
    (entry,) = feedparser.parse(found["feed.xml"]).entries
    assert (entry.id, entry.link) == ("tag:example.org,2024-01-01:/posts/a/", "https://example.org/2019/old.html")


def test_posts_that_differ_by_url_only_would_be_one_entry(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/a.md": post("A", url="/one/"), "content/posts/x/a.md": post("B"),
        "content/posts/y/a.md": post("C", "2024-01-02", url="/two/"),
    }  # fmt: skip
    message = "feed readers would take it for content/posts/x/a.md, which has the same day and the same slug"
    hint = "set another slug: it is in the id of the feed entry, not in url"
    assert problems(tmp_path, files) == [f"content/posts/a.md:4:6: {message} ({hint})"]


def test_a_feed_holds_as_many_entries_as_the_settings_say_newest_first(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        f"content/posts/{day}.md": post(f"D{day}", f"2024-01-0{day}") for day in range(1, 6)
    }
    files["blog.toml"] = 'title = "T"\nurl = "https://example.org"\n[feed]\nlimit = 2\nfull_text = false\n'
    feed = feedparser.parse(publish(tmp_path, files)["feed.xml"])
    assert [entry.title for entry in feed.entries] == ["D5", "D4"]
    assert "content" not in feed.entries[0]


def test_other_addresses_of_the_feed_are_files_with_its_bytes(tmp_path: Path) -> None:
    paths = {
        "/index.xml": "feed.xml", "/posts/index.xml": "feed.xml", "/feed/": "feed.xml", "/anatomy.rss": "feed.xml",
        "/feeds/all.atom.xml": "atom.xml", "/feed/atom/": "atom.xml", "/x.atom": "atom.xml", "/old.json": "feed.json",
    }  # fmt: skip
    written = ", ".join(f'"{path}"' for path in paths)
    found = publish(tmp_path, {
        "blog.toml": f"{SETTINGS}[feed]\npaths = [{written}]\n", "content/posts/a.md": post("A"),
        "content/about.md": "# B\n\n[feed](/feed/)\n",
    })  # fmt: skip
    for path, feed in paths.items():
        assert found[output_path(path)] == found[feed], path
    assert "/feed/" not in found["sitemap.xml"]
    assert [problem.code for problem in check_site(order(tmp_path)).problems if problem.severity == "error"] == []


def test_a_site_without_url_has_no_feed_at_other_addresses_either(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "blog.toml": 'title = "T"\n[feed]\npaths = ["/index.xml"]\n', "content/posts/a.md": post("A")
    }  # fmt: skip
    assert not any(path.endswith(".xml") for path in publish(tmp_path, files))


def test_every_tag_label_and_series_has_a_feed_of_its_own(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/a.md": post("A", tags="[x]", labels="[Journal]", series="S"),
        "content/posts/b.md": post("B", tags="[y]"),
    }
    found = publish(tmp_path, files)
    for path in ("tags/x/feed.xml", "labels/journal/feed.xml", "series/s/feed.xml"):
        feed = feedparser.parse(found[path])
        assert [entry.title for entry in feed.entries] == ["A"], path
        assert feed.feed.link == f"https://example.org/{path.removesuffix('feed.xml')}"
    assert (
        '<link rel="alternate" type="application/rss+xml" title="x" href="/tags/x/feed.xml">'
        in found["tags/x/index.html"]
    )


def test_updated_dates_are_never_before_the_date(tmp_path: Path) -> None:
    found = publish(
        tmp_path,
        {"content/posts/a.md": post("A", updated="2020-01-01"), "content/posts/b.md": post("B", updated="2025-05-05")},
    )
    entries = {entry.title: entry for entry in feedparser.parse(found["atom.xml"]).entries}
    assert entries["A"].updated == "2024-01-01T12:00:00+00:00"
    assert entries["B"].updated == "2025-05-05T12:00:00+00:00"


def test_a_guid_may_not_be_the_id_of_another_post(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/a.md": post(), "content/posts/b.md": post(guid='"tag:example.org,2024-01-01:/posts/a/"'),
        "content/posts/c.md": post(guid="x"), "content/posts/d.md": post(guid="x"),
    }  # fmt: skip
    why = "(feed readers would show only one of them)"
    assert problems(tmp_path, files) == [
        f'content/posts/b.md:4:7: the guid "tag:example.org,2024-01-01:/posts/a/" is also that of content/posts/a.md {why}',
        f'content/posts/d.md:4:7: the guid "x" is also that of content/posts/c.md {why}',
    ]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('<img srcset="https://i.org/w_3,h_2/a.png 1x, b.png 2x">',
         '<img srcset="https://i.org/w_3,h_2/a.png 1x, https://example.org/posts/a/b.png 2x">'),
        ("<img srcset='data:image/png;base64,AA 1x,/b.png 2x'>", '<img srcset="data:image/png;base64,AA 1x, https://example.org/b.png 2x">'),
        ("<a href='#x'>x</a> <a href=''>y</a>", '<a href="https://example.org/posts/a/#x">x</a> <a href="https://example.org/posts/a/">y</a>'),
        ('<image xlink:href="b.svg"/>', '<image xlink:href="https://example.org/posts/a/b.svg"/>'),
        ("<q cite=/c>x</q>", '<q cite="https://example.org/c">x</q>'),
        ('<i>src="b.png" &lt;img src="b.png"&gt;</i>', '<i>src="b.png" &lt;img src="b.png"&gt;</i>'),
        ("<a href=//o.org/>x</a> <a href=?q>y</a>", '<a href="https://o.org/">x</a> <a href="https://example.org/posts/a/?q">y</a>'),
    ],
)  # fmt: skip
def test_addresses_in_raw_html_are_whole_in_feeds_and_words_stay_words(
    written: str, shown: str, tmp_path: Path
) -> None:
    found = publish(tmp_path, {"content/posts/a.md": post(text=f"<div>{written}</div>")})
    for name in ("feed.xml", "atom.xml"):
        entry = etree.fromstring(found[name].encode()).find("channel/item" if name == "feed.xml" else "{*}entry")
        assert entry is not None
        assert f"<div>{shown}</div>" in (entry.findtext("{*}encoded") or entry.findtext("{*}content") or "")


TEXTS = st.text(
    st.sampled_from("ab \n\t&<>\"'[]()!#`*_~^$|:;/=-{}%.0123456789éß中\ufdd0\U0001fffe\U0010ffff"),
    max_size=30,
)
PIECES = st.lists(
    st.one_of(TEXTS, st.sampled_from([
        "]]>", "<![CDATA[", "&#0;", "&#x1F;", "&#xFFFE;", "&#xD800;", "&nbsp;", "&InvisibleTimes;", "<!-- ", " -->", "$x$", "\\u0000",
        "<img srcset='a.png 1x'>", "<?xml?>", "<!DOCTYPE x [", "<script>", "</title>", "&amp;lt;", "x" * 5000, "```\n", "[^1]\n\n[^1]: x",
    ])), max_size=5,
).map("".join)  # fmt: skip


@given(written=st.tuples(PIECES, PIECES, PIECES, PIECES, PIECES, PIECES, PIECES))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_written_gives_valid_feeds_or_is_an_error(
    written: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    title, text, summary, tag, author, notice, blog = written
    root = tmp_path_factory.mktemp("any")
    matter = {"title": f"T{title}", "summary": summary, "tags": [f"t{tag}"], "author": f"A{author}", "context": notice,
              "labels": ["L"], "date": "2024-01-01", "guid": f"g{tag}", "source": {"url": "https://s.org/", "title": title},
              "changes": [{"date": "2024-02-02", "text": f"c{summary}"}]}  # fmt: skip
    head = "".join(
        f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in matter.items()
    )  # JSON is YAML, escapes included
    names = {"title": f"B{blog}", "description": blog, "url": "https://example.org", "cards": False}
    toml = "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in names.items())
    files: dict[str, str | bytes] = {
        "blog.toml": f"{toml}[labels.L]\nnotice = {json.dumps(notice, ensure_ascii=False)}\n".encode(
            "utf-8", "replace"
        ),
        "content/posts/a.md": f"---\n{head}---\n{text}\n".encode("utf-8", "replace"),
    }
    try:
        build_folder(site(root, files))
    except BlogError:
        shutil.rmtree(root)
        return
    found = outputs(root)
    for path in ("feed.xml", "atom.xml", "labels/l/feed.xml"):
        etree.fromstring(found[path])
        feed = feedparser.parse(found[path], sanitize_html=False)
        assert not feed.bozo, feed.bozo_exception
        (entry,) = feed.entries
        assert entry.title
        assert entry.id == f"g{tag}".strip()
    etree.fromstring(found["sitemap.xml"])
    shutil.rmtree(root)


def entries_of(root: Path, **options: object) -> dict[str, list[tuple[str, ...]]]:
    """What tells feed readers that an entry is the one they know, in order: id and date; by feed."""
    build_folder(root, **options)
    found = {
        path: feedparser.parse(data) for path, data in outputs(root).items() if path.endswith(("feed.xml", "atom.xml"))
    }
    return {path: [(entry.id, entry.published, entry.updated) for entry in feed.entries if "updated" in entry] or
            [(entry.id, entry.published) for entry in feed.entries] for path, feed in found.items()}  # fmt: skip


ONE_DAY = {
    "content/posts/a.md": post("A", tags="[x]"),
    "content/posts/b.md": post("B", "2024-01-01 23:30"),
    "content/posts/c.md": post("C"),
}


@pytest.mark.parametrize(
    ("moves", "edits", "options"),
    [
        ({"a.md": "a/index.md"}, {}, {}),
        ({"a.md": "a.markdown", "c.md": "0/c.md"}, {}, {}),
        ({"b.md": "2023-05-05-b.md", "c.md": "deep/er/c/index.markdown"}, {}, {}),
        ({}, {"content/posts/a.md": post("Z", text="# New\n\n[b](b.md)", tags="[x, y]", summary="S", labels="[L]", lang="de")}, {}),
        ({}, {"blog.toml": 'title = "U"\nurl = "http://example.org/"\ndescription = "D"\npaginate = 1\n[theme_options]\n'}, {}),
        ({}, {"blog.toml": 'title = "T"\nurl = "https://new.example/blog"\n[feed]\nauthority = "example.org"\n'}, {}),
        ({}, {"blog.toml": 'title = "T"\nurl = "https://example.org"\n[feed]\nfull_text = false\n'}, {}),
        ({}, {}, {"now": NOW + dt.timedelta(days=400)}), ({}, {}, {"jobs": 2}), ({}, {}, {"cache": "fresh"}),
    ],
)  # fmt: skip
def test_entries_keep_their_ids_dates_and_order(
    moves: dict[str, str], edits: dict[str, str], options: dict[str, object], tmp_path: Path
) -> None:
    root = site(tmp_path, {**ONE_DAY})
    before = entries_of(root)
    for old, new in moves.items():
        (root / "content/posts" / new).parent.mkdir(parents=True, exist_ok=True)
        (root / "content/posts" / old).rename(root / "content/posts" / new)
    site(root, {"blog.toml": SETTINGS, **edits})
    after = entries_of(root, **options)
    assert {path: after[path] for path in before} == before


def test_an_entry_is_updated_when_its_author_says_so_and_no_other_changes(tmp_path: Path) -> None:
    root = site(tmp_path, {**ONE_DAY})
    before = entries_of(root)["atom.xml"]
    site(root, {"content/posts/a.md": post("A", updated="2025-05-05", tags="[x]")})
    after = entries_of(root)["atom.xml"]
    assert [line[:2] for line in after] == [line[:2] for line in before]
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert [line[2] for line in changed] == ["2025-05-05T12:00:00+00:00"]


def test_a_post_that_goes_takes_no_other_entry_along(tmp_path: Path) -> None:
    root = site(tmp_path, {**ONE_DAY})
    before = entries_of(root)
    (root / "content/posts/b.md").unlink()
    assert entries_of(root)["atom.xml"] == [line for line in before["atom.xml"] if "/b/" not in line[0]]


def test_a_dry_run_names_the_entry_that_a_new_address_would_show_again(tmp_path: Path) -> None:
    root = site(tmp_path, {**ONE_DAY})
    build_folder(root)
    site(root, {"content/posts/a.md": post("A", slug="other", tags="[x]")})
    assert build_folder(root, dry_run=True).new_entries == ("A",)
    site(root, {"content/posts/a.md": post("A", slug="other", guid='"tag:example.org,2024-01-01:/posts/a/"')})
    assert build_folder(root, dry_run=True).new_entries == ()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the machine's zone is set otherwise")
def test_the_zone_of_the_machine_is_in_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = []
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        build_folder(site(tmp_path / zone, {**ONE_DAY}))
        built.append(outputs(tmp_path / zone))
    monkeypatch.undo()
    time.tzset()
    assert built[0] == built[1]


def test_each_format_has_a_row_and_a_writer() -> None:
    writers = {module.name for module in pkgutil.iter_modules(feed_formats.__path__)}
    assert writers == {row.form for row in FORMATS}
    assert len({row.file_name for row in FORMATS}) == len(FORMATS)
