"""Ids of feed entries by the rule of each tool, for posts in which the rule shows, and the addresses of feeds."""

import json
from pathlib import Path

import pytest

from tests.importers.importing import old_blog, run_import

JEKYLL = 'title: T\nurl: "https://old.example"\n'
PELICAN = (
    "SITENAME = 'T'\nSITEURL = 'https://Old.example:8000/log'\nTIMEZONE = 'Europe/Berlin'\nARTICLE_URL = '{slug}/'\n"
)
NIKOLA = 'BLOG_TITLE = "T"\nSITE_URL = "https://old.example/"\nPOSTS = (("posts/*.md", "blog", "post.tmpl"),)\n'
QUARTO = "project:\n  type: website\nwebsite:\n  title: T\n  site-url: https://old.example\n"
POST = "---\ntitle: A\ndate: 2020-01-02\n---\nWords.\n"


def ghost(post: dict[str, object]) -> str:
    fields = {
        "title": "A",
        "slug": "a",
        "status": "published",
        "published_at": "2020-01-02T00:00:00.000Z",
        "html": "<p>x</p>",
    }
    return json.dumps({"db": [{"meta": {"version": "5"}, "data": {"posts": [fields | post]}}]})


@pytest.mark.parametrize(("files", "guid"), [
    # Jekyll: the folder of the address and the slug.
    ({"_config.yml": JEKYLL, "_posts/2020-01-02-a.md": "---\npermalink: /x/y/\n---\nW."}, "https://old.example/x/a"),
    ({"_config.yml": JEKYLL, "_posts/2020-01-02-a.md": "---\npermalink: /x.html\n---\nW."}, "https://old.example/a"),
    ({"_config.yml": f"{JEKYLL}permalink: pretty\n", "_posts/2020-01-02-a.md": "---\nslug: b\n---\nW."},
     "https://old.example/2020/01/02/b"),
    ({"_config.yml": JEKYLL, "_posts/2020-01-02-Ünder Way.md": "---\ntitle: A\n---\nW."},
     "https://old.example/2020/01/02/%C3%9Cnder%20Way"),
    ({"_config.yml": JEKYLL, "_posts/2020-01-02-a.md": "---\ntitle: A\n---\nW.",
      "rss.xml": "---\n---\n<guid>{{ site.url }}{{ post.url }}</guid>"}, "https://old.example/2020/01/02/a.html"),
    # Hugo: the permalink, percent-encoded.
    ({"hugo.toml": 'baseURL = "https://old.example/log/"\ntitle = "T"\n', "content/posts/über.md": POST},
     "https://old.example/log/posts/%C3%BCber/"),
    # Quarto: the address without index.html, and with its letters as they are.
    ({"_quarto.yml": QUARTO, "posts/über/index.qmd": POST}, "https://old.example/posts/über/"),
    ({"_quarto.yml": QUARTO, "posts/a.qmd": POST}, "https://old.example/posts/a.html"),
    # Pelican: the host without port, the day as written, also in another zone, and the path.
    ({"pelicanconf.py": PELICAN, "content/a.md": "Title: A\nDate: 2020-01-02 23:30:00-05:00\n\nW."},
     "tag:old.example,2020-01-02:/log/a/"),
    # Nikola: the guid of the post, else its address.
    ({"conf.py": NIKOLA, "posts/a.md": ".. title: A\n.. date: 2020-01-02\n.. guid: urn:a\n\nW."}, "urn:a"),
    ({"conf.py": NIKOLA, "posts/a.md": ".. title: A\n.. date: 2020-01-02\n\nW."}, "https://old.example/blog/a/"),
    # Ghost: the id; in version 0 the uuid. `comment_id` is for Disqus.
    ({"ghost.json": ghost({"id": "5f01", "comment_id": "12", "uuid": "u"})}, "5f01"),
    ({"ghost.json": ghost({"id": 12, "uuid": "0a1b-2c"})}, "0a1b-2c"),
])  # fmt: skip
def test_an_entry_has_the_id_that_the_old_tool_gave_it(files: dict[str, str], guid: str, tmp_path: Path) -> None:
    run_import(old_blog(tmp_path / "old", dict(files)), tmp_path / "new")
    (text,) = [path.read_text("utf-8") for path in (tmp_path / "new/content/posts").rglob("*.md")]
    assert [line.removeprefix("guid: ").strip('"') for line in text.splitlines() if line.startswith("guid: ")] == [guid]


@pytest.mark.parametrize(("files", "feed"), [
    ({"_config.yml": f"{JEKYLL}feed:\n  path: news/feed.xml\n  posts_limit: 5\n"}, ["limit = 5", 'paths = ["/news/feed.xml"]']),
    ({"_config.yml": JEKYLL, "rss.xml": "---\n---\n<rss/>"}, ["limit = 10", 'paths = ["/rss.xml"]']),
    ({"_config.yml": JEKYLL}, ["limit = 10"]),
    ({"hugo.toml": 'title = "T"\ntheme = "x"\nrssLimit = 7\n'}, ["limit = 7", 'paths = ["/index.xml", "/posts/index.xml"]']),
    ({"hugo.toml": 'title = "T"\ntheme = "x"\n[outputFormats.RSS]\nbaseName = "feed"\n[services.rss]\nlimit = 30\n'}, ['paths = ["/posts/feed.xml"]']),
    ({"pelicanconf.py": "SITENAME = 'T'\nFEED_ALL_RSS = 'feeds/all.rss.xml'\nFEED_MAX_ITEMS = 5\n"},
     ["limit = 5", 'paths = ["/feeds/all.atom.xml", "/feeds/all.rss.xml"]']),
    ({"conf.py": f'{NIKOLA}RSS_PATH = "blog"\nFEED_LENGTH = 3\nGENERATE_ATOM = True\n'},
     ["limit = 3", 'paths = ["/blog/rss.xml", "/index.atom"]']),
    ({"_quarto.yml": QUARTO, "blog.qmd": "---\nlisting:\n  contents: posts\n  feed:\n    items: 8\n---\n"},
     ["limit = 8", 'paths = ["/blog.xml"]']),
    ({"eleventy.config.js": 'addPlugin(feedPlugin, {outputPath: "/news.feed.xml", collection: {name: "posts", limit: 4}});'},
     ["limit = 4", 'paths = ["/news.feed.xml"]']),
])  # fmt: skip
def test_the_feed_keeps_its_addresses_and_its_length(files: dict[str, str], feed: list[str], tmp_path: Path) -> None:
    names = {"_config.yml": "_posts/2020-01-02-a.md", "pelicanconf.py": "content/a.md"}
    folder = "content/posts" if "hugo.toml" in files else "posts"
    post = next((names[name] for name in files if name in names), f"{folder}/a.md")
    text = "Title: A\nDate: 2020-01-02\n\nW.\n" if "pelicanconf.py" in files else POST
    run_import(old_blog(tmp_path / "old", {**files, post: text}), tmp_path / "new")
    written = (tmp_path / "new/blog.toml").read_text("utf-8")
    assert written.partition("\n[feed]\n")[2].split("\n\n")[0].splitlines() == feed


def test_no_redirect_names_a_tag_that_only_hidden_posts_have(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "pelicanconf.py": PELICAN, "content/a.md": "Title: A\nDate: 2020-01-02\nTags: gpu\n\nW.",
        "content/b.md": "Title: B\nDate: 2020-01-02\nTags: secret\nStatus: draft\n\nW.",
        "content/c.md": "Title: C\nDate: 2020-01-02\nTags: unlisted\nStatus: hidden\n\nW.",
    }  # fmt: skip
    run_import(old_blog(tmp_path / "old", files), tmp_path / "new")
    assert (tmp_path / "new/content/_redirects").read_text("utf-8").splitlines() == [
        "/log/category/gpu.html /log/tags/gpu/ 301", "/log/tag/gpu.html /log/tags/gpu/ 301"
    ]  # fmt: skip


def test_an_address_of_a_feed_that_something_else_has_is_left_out_and_listed(tmp_path: Path) -> None:
    settings = "FEED_ALL_ATOM = 'data/all.atom.xml'\nFEED_ALL_RSS = 'all.rss.xml'\n"
    files: dict[str, str | bytes] = {
        "pelicanconf.py": f"{PELICAN}{settings}", "content/a.md": "Title: A\nDate: 2020-01-02\n\nW.", "content/data/all.atom.xml": "<a/>"
    }  # fmt: skip
    report = run_import(old_blog(tmp_path / "old", files), tmp_path / "new")
    assert [item.what for item in report.items if item.kind == "Setting"] == [
        "an address of the feed was left out: the feed path /data/all.atom.xml is the address of content/data/all.atom.xml"
    ]
    assert 'paths = ["/all.rss.xml"]' in (tmp_path / "new/blog.toml").read_text("utf-8")
