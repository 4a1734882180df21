"""`blog import --site` and `--feed`: what was saved of an old blog, against the new site."""

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from blog.cli import blog
from blog.importers.report import BREAKS, NEW_ENTRY, ImportReport
from blog.problems import BlogError
from tests.importers.importing import HUGO, built, jekyll, old_blog, run_import

POST = "---\ntitle: One\ndate: 2020-01-01\ntags: [gpu, Deep Learning]\n---\nA sentence.\n"
HOST = "https://old.example"


def urlset(*paths: str, host: str = HOST) -> str:
    entries = "".join(f"<url><loc>{host}{path}</loc></url>\n" for path in paths)
    return f'<?xml version="1.0"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n'


def atom(*entries: tuple[str, str], prefix: str = "") -> str:
    body = "".join(
        f'<entry><title>T</title><link href="{link}"/>{f"<id>{ident}</id>" if ident else ""}</entry>'
        for ident, link in entries
    )
    return f'{prefix}<feed xmlns="http://www.w3.org/2005/Atom">{body}</feed>'


def hugo(folder: Path, **posts: str) -> Path:
    texts: dict[str, str | bytes] = {f"content/posts/{name}.md": text for name, text in posts.items()}
    return old_blog(folder / "old", {"hugo.toml": HUGO, **texts})


def save(folder: Path, name: str, text: str | bytes) -> str:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return str(folder / name)


def breaking(report: ImportReport) -> dict[str, list[str]]:
    """The addresses that break, by their kind."""
    found: dict[str, list[str]] = {}
    for item in report.items:
        if item.kind.startswith(BREAKS):
            found.setdefault(item.kind.removeprefix(f"{BREAKS}: "), []).append(item.what)
    return found


def new_entries(report: ImportReport) -> list[str]:
    return [item.what for item in report.items if item.kind == NEW_ENTRY]


def refusal(error: BlogError) -> list[str]:
    return [f"{problem.message} | {problem.hint}" for problem in error.problems]


def test_each_address_of_the_sitemap_is_a_page_a_redirect_or_listed_by_its_kind(tmp_path: Path) -> None:
    old = hugo(
        tmp_path, one=POST, two=POST.replace("title: One", "title: Two\naliases: [/was/two/]\nurl: /own/Two.html"),
        hidden=POST.replace("title: One", "title: H\ndraft: true"),
    )  # fmt: skip
    old_blog(old, {"static/img/a.png": b"x", "content/about.md": "---\ntitle: About\n---\nMe.\n"})
    paths = [
        "/", "/posts/one/", "/posts/one", "/posts/one/index.html", "/about/", "/img/a.png", "/tags/", "/tags/gpu/", "/was/two/",
        "/own/Two.html", "/index.xml", "/tags/deep-learning/", "/categories/gpu/", "/posts/hidden/", "/tags/none/",
        "/author/ada/", "/2020/", "/2020/01/", "/posts/page/2/", "/notes/page/2/", "/page/2/", "/tags/gpu/page/3/", "/feed/rss2/", "/files/b.pdf",
        "/lost/", "/?p=12", "/tags/gpu/index.xml", "/tag/deep-learning/feed/", "/tags/none/feed/",
    ]  # fmt: skip
    report = run_import(old, tmp_path / "new", sitemap=save(tmp_path, "sitemap.xml", urlset(*paths)))
    assert breaking(report) == {
        "hidden text": ["/posts/hidden/"], "tag or category": ["/tags/none/"], "author": ["/author/ada/"], "feed": ["/feed/rss2/", "/tags/none/feed/"],
        "later page of a list": ["/notes/page/2/"], "file": ["/files/b.pdf"], "other page": ["/lost/"],
        "address with a query": ["/?p=12"],
    }  # fmt: skip
    assert report.sitemap is not None
    numbers = report.sitemap
    assert (numbers.total, numbers.kept, numbers.redirected, numbers.led) == (29, 10, 2, 8)
    assert (tmp_path / "new/content/_redirects").read_text("utf-8").splitlines() == [
        "/2020/ /archive/ 301", "/2020/01/ /archive/ 301", "/page/2/ / 301", "/tags/gpu/page/3/ /tags/gpu/ 301",
        "/tags/gpu/index.xml /tags/gpu/feed.xml 301", "/tag/deep-learning/feed/ /tags/deep-learning/feed.xml 301",
        "/posts/ / 301", "/posts/page/* /archive/ 301", "/categories/* /tags/:splat 301", "/category/* /tags/:splat 301",
    ]  # fmt: skip
    line = "sitemap: 20 of 29 addresses work: 10 as they are, 2 by pages that redirect, 8 by content/_redirects"
    assert line in report.lines()
    text = (tmp_path / "new/IMPORTED.md").read_text("utf-8")
    assert f"- {line}\n" in text
    assert f"### {BREAKS}: other page (1)\n\n- `sitemap.xml:27` /lost/ — redirect it" in text


def test_a_redirect_that_leads_nowhere_does_not_count(tmp_path: Path) -> None:
    old = hugo(tmp_path, one=POST)
    old_blog(old, {"static/_redirects": "/a/* /b/:splat\n/c /posts/one/\n/d /c\n/x /x/y\n/x/* /x/:splat\n"})
    report = run_import(
        old, tmp_path / "new", sitemap=save(tmp_path, "s.xml", urlset("/a/1/", "/c", "/d", "/x/", "/x/z/"))
    )
    assert breaking(report) == {"other page": ["/a/1/", "/x/", "/x/z/"]}


def test_addresses_below_a_base_path_are_those_of_the_blog(tmp_path: Path) -> None:
    old = jekyll(tmp_path / "old", {"2020-01-01-a.md": POST}, _config__yml=f'url: "{HOST}"\n')
    (old / "_config.yml").write_text(f'title: T\nurl: "{HOST}"\nbaseurl: /log\n', "utf-8")
    sitemap = save(tmp_path, "s.xml", urlset("/log/", "/log/2020/01/01/a.html", "/log/x/", "/shop/", "/log"))
    report = run_import(old, tmp_path / "new", sitemap=sitemap)
    assert breaking(report) == {"other page": ["/log/x/"]}
    assert [item.what for item in report.items if item.kind == "Sitemap"] == [
        "1 address is not below old.example/log/, such as https://old.example/shop/: left out"
    ]


def test_addresses_that_are_not_latin_are_found_percent_encoded_or_not(tmp_path: Path) -> None:
    old = hugo(tmp_path, über=POST)
    sitemap = save(tmp_path, "s.xml", urlset("/posts/über/", "/posts/%C3%BCber/", "/posts/u%CC%88ber/"))
    assert breaking(run_import(old, tmp_path / "new", sitemap=sitemap)) == {}


@pytest.mark.parametrize("kind", ["lines", "gzip", "index", "nested", "paths", "www", "images"])
def test_a_sitemap_is_read_in_each_of_its_forms(kind: str, tmp_path: Path) -> None:
    old = hugo(tmp_path, one=POST)
    both = urlset("/posts/one/", "/gone/")
    index = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>{}</loc></sitemap></sitemapindex>'
    texts: dict[str, str | bytes] = {
        "lines": f"# saved today\n{HOST}/posts/one/\n\n{HOST}/gone/\n", "gzip": gzip.compress(both.encode()),
        "index": index.format(f"{HOST}/part.xml"), "nested": index.format(f"{HOST}/a/inner.xml?x=1"),
        "paths": "/posts/one/\n/gone/\n", "www": urlset("/posts/one/", "/gone/", host="http://www.old.example"),
        "images": urlset("/posts/one/").replace(
            "</loc>", "</loc><image:image xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'>"
            f"<image:loc>{HOST}/gone/</image:loc></image:image>"),
    }  # fmt: skip
    save(tmp_path, "part.xml", both)
    save(tmp_path, "inner.xml", index.format(f"{HOST}/part.xml"))
    report = run_import(old, tmp_path / "new", sitemap=save(tmp_path, "sitemap", texts[kind]))
    assert report.sitemap is not None
    assert (report.sitemap.total, report.sitemap.working) == (2, 1)
    assert breaking(report) == {"other page": ["/gone/"]}


INDEX = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://x.example/p.xml</loc></sitemap></sitemapindex>'


@pytest.mark.parametrize(("text", "lines"), [
    (None, ["{path} does not exist | save the file of the old blog first, and name it"]),
    ("", ["{path} has no addresses | save the sitemap of the old blog again"]),
    (INDEX, ["{path} names https://x.example/p.xml, which is not beside it | save it too: curl -L -o {folder}/p.xml https://x.example/p.xml"]),
    (INDEX.replace("https://x.example/p.xml", "p"), ["{path} names p, which is not beside it | write the address of its part"]),
    ("<html><body>x</body></html>", [
        "{path} is no sitemap | save the file itself, not its page in the browser: curl -L -o sitemap.xml ADDRESS"]),
    ("/a/\nabout us\n", ['"about us" is no address | write one address in each line, such as https://example.org/a/']),
    (b"\x1f\x8bxx", ["{path} cannot be read: it is broken | save the file of the old blog again"]),
])  # fmt: skip
def test_a_file_that_is_no_sitemap_is_refused(text: str | bytes | None, lines: list[str], tmp_path: Path) -> None:
    path = str(tmp_path / "s.xml") if text is None else save(tmp_path, "s.xml", text)
    with pytest.raises(BlogError) as refused:
        run_import(hugo(tmp_path, one=POST), tmp_path / "new", sitemap=path)
    assert refusal(refused.value) == [line.format(path=path, folder=tmp_path) for line in lines]
    assert not (tmp_path / "new").exists()


def test_entities_are_refused(tmp_path: Path) -> None:
    path = save(tmp_path, "s.xml", '<!DOCTYPE a [<!ENTITY x "y">]>' + urlset("/&x;"))
    with pytest.raises(BlogError, match="it declares entities"):
        run_import(hugo(tmp_path, one=POST), tmp_path / "new", sitemap=path)


@pytest.mark.parametrize(("option", "name"), [("sitemap", "sitemap.xml"), ("feed", "feed.xml")])
def test_an_address_in_the_place_of_a_file_is_refused(option: str, name: str, tmp_path: Path) -> None:
    with pytest.raises(BlogError) as refused:
        run_import(hugo(tmp_path, one=POST), tmp_path / "new", **{option: f"{HOST}/x.xml"})
    expected = f"{HOST}/x.xml is an address, and not a file | save it first: curl -L -o {name} {HOST}/x.xml"
    assert refusal(refused.value) == [expected]


def test_no_entry_is_new_if_the_feed_has_the_ids_of_the_old_one(tmp_path: Path) -> None:
    feed = save(tmp_path, "feed.xml", atom((f"{HOST}/posts/one/", f"{HOST}/posts/one/")))
    report = run_import(hugo(tmp_path, one=POST), tmp_path / "new", feed=feed)
    assert (report.feed, new_entries(report)) == (report.feed, [])
    assert "feed: 0 of 1 entry is new to subscribers" in report.lines()


def test_the_saved_feed_knows_the_ids_better_than_the_rule(tmp_path: Path) -> None:
    feed = save(tmp_path, "feed.xml", atom(("urn:one", f"{HOST}/posts/one/")))
    report = run_import(hugo(tmp_path, one=POST), tmp_path / "new", feed=feed)
    assert new_entries(report) == []
    assert 'guid: "urn:one"' in (tmp_path / "new/content/posts/one.md").read_text("utf-8")
    assert [item.what for item in report.items if item.kind == "Id of a feed entry"] == [
        f"the saved feed has the id urn:one; by the rule of the old tool it is {HOST}/posts/one/"
    ]


def test_the_new_feed_is_as_long_as_the_old_one(tmp_path: Path) -> None:
    """Otherwise a subscriber who came late would get old posts as new."""
    posts = {f"p{day}": POST.replace("2020-01-01", f"2020-01-0{day}") for day in range(1, 6)}
    feed = save(tmp_path, "feed.xml", atom((f"{HOST}/posts/p5/", ""), (f"{HOST}/posts/p4/", f"{HOST}/posts/p4/")))
    report = run_import(hugo(tmp_path, **posts), tmp_path / "new", feed=feed)
    assert "[feed]\nlimit = 2\n" in (tmp_path / "new/blog.toml").read_text("utf-8")
    assert report.feed is not None
    assert (report.feed.total, report.feed.new) == (2, 0)


def test_an_entry_that_the_saved_feed_does_not_have_is_listed(tmp_path: Path) -> None:
    other = POST.replace("One", "Two").replace("2020-01-01", "2020-01-02")
    feed = save(tmp_path, "feed.xml", atom(("urn:a", f"{HOST}/posts/one/"), ("urn:b", f"{HOST}/elsewhere/")))
    report = run_import(hugo(tmp_path, one=POST, two=other), tmp_path / "new", feed=feed)
    assert new_entries(report) == [f'"Two" has the id {HOST}/posts/two/, which no entry of the saved feed has']
    assert "feed: 1 of 2 entries are new to subscribers" in report.lines()


@pytest.mark.parametrize("text", [
    atom(("urn:one", f"{HOST}/posts/one/"), prefix="<?xml version='1.0'?>\n"),
    f"<rss><channel><item><guid>urn:one</guid><link>{HOST}/posts/one/</link></item></channel></rss>",
    ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
     f'<item rdf:about="urn:one"><link>{HOST}/posts/one/</link></item></rdf:RDF>'),
    json.dumps({"items": [{"id": "urn:one", "url": f"{HOST}/posts/one/"}, "x"]}),
])  # fmt: skip
def test_a_feed_is_read_in_each_format(text: str, tmp_path: Path) -> None:
    report = run_import(hugo(tmp_path, one=POST), tmp_path / "new", feed=save(tmp_path, "f", text))
    assert new_entries(report) == []
    assert b"urn:one" in built(tmp_path / "new")["feed.xml"]


@pytest.mark.parametrize(("text", "line"), [
    ("{}", "{path} is no JSON feed | save the feed of the old blog: curl -L -o feed.json ADDRESS"),
    ('{"items": ', "{path} is no JSON feed | save the feed of the old blog: curl -L -o feed.json ADDRESS"),
    ("<html/>", "{path} is no feed | save the feed of the old blog: curl -L -o feed.xml ADDRESS"),
    ("words", "this is not the XML of an export or feed: syntax error | export the blog again"),
])  # fmt: skip
def test_a_file_that_is_no_feed_is_refused(text: str, line: str, tmp_path: Path) -> None:
    path = save(tmp_path, "f", text)
    with pytest.raises(BlogError) as refused:
        run_import(hugo(tmp_path, one=POST), tmp_path / "new", feed=path)
    assert refusal(refused.value) == [line.format(path=path)]


def test_a_hidden_post_gets_no_id_and_stays_out_of_the_feed(tmp_path: Path) -> None:
    feed = save(tmp_path, "feed.xml", atom(("urn:one", f"{HOST}/posts/one/")))
    hidden = POST.replace("title: One", "title: One\ndraft: true")
    run_import(hugo(tmp_path, one=hidden), tmp_path / "new", feed=feed)
    assert "urn:one" not in (tmp_path / "new/content/posts/one.md").read_text("utf-8")


def test_the_command_lists_what_breaks_and_writes_nothing_with_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    hugo(tmp_path, one=POST)
    save(tmp_path, "s.xml", urlset("/posts/one/", "/lost/"))
    save(tmp_path, "f.xml", atom(("urn:x", f"{HOST}/x/")))
    ran = CliRunner().invoke(blog, ["import", "old", "--site", "s.xml", "--feed", "f.xml", "--check"])
    assert (ran.exit_code, ran.stdout.splitlines()) == (0, [
        "Hugo, recognised by hugo.toml",
        "1 post and 0 pages, 0 of them hidden; 0 files copied",
        "addresses: 1 kept, 0 redirected, 0 lost",
        "sitemap: 1 of 2 addresses work: 1 as they are, 0 by pages that redirect, 0 by content/_redirects",
        "feed: 1 of 1 entry is new to subscribers",
        "left to do: 2 items",
        "  Address that breaks: other page (1)",
        "    /lost/ (redirect it in content/_redirects, or write it anew)",
        "  Feed entry that is new to subscribers (1)",
        (f'    "One" has the id {HOST}/posts/one/, which no entry of the saved feed has (write the id that the old feed had'
         " for it as guid, or a smaller limit under [feed] in blog.toml)"),
        "  1 Address that breaks: other page",
        "  1 Feed entry that is new to subscribers",
    ])  # fmt: skip
    assert not (tmp_path / "old-imported").exists()


def test_the_command_names_the_saved_file_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    hugo(tmp_path, one=POST)
    save(tmp_path, "s.txt", "/a/\nabout us\n")
    ran = CliRunner().invoke(blog, ["import", "old", "--site", "s.txt"])
    assert (ran.exit_code, ran.stderr.splitlines()) == (1, [
        's.txt:2:1: error: "about us" is no address',
        "  hint: write one address in each line, such as https://example.org/a/",
    ])  # fmt: skip


def test_later_pages_of_a_tag_and_the_lists_of_all_tags_lead_to_tags(tmp_path: Path) -> None:
    old = hugo(tmp_path, one=POST)
    sitemap = save(
        tmp_path,
        "s.xml",
        urlset("/tag/gpu2.html", "/tag/gpu3.html", "/tags.html", "/categories.html", "/tag/gone2.html"),
    )
    report = run_import(old, tmp_path / "new", sitemap=sitemap)
    assert report.sitemap is not None
    assert (report.sitemap.total, report.sitemap.working) == (5, 4)
    assert breaking(report) == {"tag or category": ["/tag/gone2.html"]}
