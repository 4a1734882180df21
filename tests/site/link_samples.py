"""A site of a few files, as links see it."""

import datetime as dt
from typing import Literal

from blog.problems import Location
from blog.site.links import LinkIndex

PLACE = Location("content/posts/a.md", 7, 3)
SOURCE = "content/posts/a.md"
DOCUMENTS = {
    "content/index.md": "/",
    "content/about.md": "/about/",
    "content/posts/a.md": "/posts/a/",
    "content/posts/b.md": "/posts/b/",
    "content/posts/pack/index.md": "/posts/pack/",
    "content/posts/old/index.markdown": "/posts/old/",
    "content/posts/caf\u00e9 1.md": "/posts/caf\u00e9-1/",
}
FILES = {
    "content/pic.png": "/pic.png",
    "content/posts/pack/data 1.csv": "/posts/pack/data 1.csv",
    "content/posts/100%.txt": "/posts/100%.txt",
}
POSTS = {
    SOURCE: dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC),
    "content/posts/b.md": dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC),
    "content/posts/pack/index.md": dt.datetime(2026, 2, 1, 12, tzinfo=dt.UTC),
    "content/posts/old/index.markdown": dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC),
    "content/posts/caf\u00e9 1.md": dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC),
}
HIDDEN = {"content/posts/secret.md": "draft", "content/posts/later/index.md": "scheduled"}
LINK_INDEX = LinkIndex(
    url="https://example.org",
    base_path="",
    documents=DOCUMENTS,
    hidden=HIDDEN,
    hidden_addresses={"/posts/secret/": "content/posts/secret.md", "/posts/later/": "content/posts/later/index.md"},
    posts=POSTS,
    files=FILES,
    addresses={address: path for path, address in (DOCUMENTS | FILES).items()} | {"/tags/x/": "", "/feed.xml": ""},
    anchors={path: frozenset({"part", "teil-é"}) for path in DOCUMENTS},
)
Kind = Literal["link", "image", "raw"]
