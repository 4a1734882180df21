"""The saved sitemap and the saved feed of an old blog → addresses and entries. Nothing is fetched."""

from __future__ import annotations

import gzip
import io
import json
import posixpath
import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit
from zlib import error as ZlibError  # noqa: N812  (its own name is "error")

from blog.importers.exports import MAX_EXPORT_BYTES
from blog.importers.feeds import find_entries, link_of
from blog.importers.xml_text import parse_xml, text_of
from blog.problems import BlogError, Location, Problem, describe_os_error
from blog.text import CONTROL_CHARACTERS, is_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_GZIP_MAGIC = b"\x1f\x8b"
_DEEPEST_INDEX = 3
_URL = re.compile(r"https?://", re.IGNORECASE)


class SavedAddress(NamedTuple):
    """An address that a sitemap lists."""

    url: str
    """Whole, or a path that begins with ``/``."""
    location: Location
    """The name of the file, and the line."""


class SavedEntry(NamedTuple):
    """An entry of a saved feed."""

    key: str
    """That by which feed readers know it: its id, else its link."""
    link: str
    title: str


def _path_of(name: str, file_name: str) -> Path:
    """Return the path that an option names. Raises :class:`BlogError` if it is an address of the web."""
    if _URL.match(name):
        raise _cannot(f"{name} is an address, and not a file", f"save it first: curl -L -o {file_name} {name}")
    return Path(name)


def read_sitemap(name: str) -> list[SavedAddress]:
    """Return the addresses in a saved sitemap, in a sitemap index with its parts beside it, or in a list of lines.

    Raises :class:`BlogError` if it is none, or a part is missing.
    """
    path = _path_of(name, "sitemap.xml")
    problems: list[Problem] = []
    addresses = list(_read_sitemap(path, problems, _DEEPEST_INDEX))
    if problems:
        raise BlogError(problems)
    if not addresses:
        raise _cannot(f"{path} has no addresses", "save the sitemap of the old blog again")
    return addresses


def _read_sitemap(path: Path, problems: list[Problem], deepest: int) -> Iterator[SavedAddress]:
    data = _read_bytes(path)
    text = data.decode("utf-8-sig", "replace")
    if not text.lstrip().startswith("<"):
        yield from _read_lines(text, path, problems)
        return
    root = parse_xml(data, str(path.absolute()))
    if root.tag == "sitemapindex" and deepest:
        for part in root.iter("loc"):
            yield from _read_part((part.text or "").strip(), path, problems, deepest - 1)
    elif root.tag == "urlset":
        yield from _read_locations(root, text, path)
    else:
        hint = "save the file itself, not its page in the browser: curl -L -o sitemap.xml ADDRESS"
        problems.append(Problem(_place(path), "saved-file", f"{path} is no sitemap", hint))


def _read_part(url: str, index: Path, problems: list[Problem], deepest: int) -> Iterator[SavedAddress]:
    """Yield the addresses in a part of a sitemap index, which lies beside it."""
    name = posixpath.basename(urlsplit(url).path) if is_url(url) else ""
    part = index.parent / name
    if not name or not part.is_file():
        message = f"{index} names {url}, which is not beside it"
        hint = f"save it too: curl -L -o {part} {url}" if name else "write the address of its part"
        problems.append(Problem(_place(index), "saved-file", message, hint))
    elif part.resolve() != index.resolve():
        yield from _read_sitemap(part, problems, deepest)


def _read_locations(root: Element, text: str, path: Path) -> Iterator[SavedAddress]:
    position, line = 0, 1
    for element in root.iter():
        url = (element.text or "").strip()
        if element.tag not in {"loc", "image:loc"} or not url:
            continue
        found = text.find(escape(url, quote=False), position)
        if found >= 0:
            line += text.count("\n", position, found)
            position = found
        yield SavedAddress(url, Location(path.name, line))


def _read_lines(text: str, path: Path, problems: list[Problem]) -> Iterator[SavedAddress]:
    """Yield the addresses of a list with one in each line; empty lines and comments are skipped."""
    for number, line in enumerate(text.splitlines(), 1):
        url = line.strip()
        if not url or url.startswith("#"):
            continue
        if is_url(url) or url.startswith("/"):
            yield SavedAddress(url, Location(path.name, number))
        else:
            message = f'"{CONTROL_CHARACTERS.sub("", url)[:100]}" is no address'
            hint = "write one address in each line, such as https://example.org/a/"
            problems.append(Problem(_place(path, number), "saved-file", message, hint))
            if len(problems) > 10:  # it is no list: more of the same say nothing
                return


def read_feed(name: str) -> list[SavedEntry]:
    """Return the entries of a saved RSS, Atom or JSON feed. Raises :class:`BlogError` if it is none."""
    path = _path_of(name, "feed.xml")
    data = _read_bytes(path)
    text = data.decode("utf-8-sig", "replace").lstrip()
    if text.startswith("{"):
        return list(_read_json(text, path))
    root = parse_xml(data, str(path.absolute()))
    entries = []
    for entry in find_entries(root):
        link = link_of(entry) or text_of(entry, "link")
        title = " ".join(text_of(entry, "title", "atom:title").split())
        about = entry.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about", "")
        entries.append(SavedEntry(text_of(entry, "guid", "atom:id") or about or link, link, title))
    if not entries and root.tag not in {"rss", "atom:feed", "rdf:RDF"}:
        raise _cannot(f"{path} is no feed", "save the feed of the old blog: curl -L -o feed.xml ADDRESS")
    return entries


def _read_json(text: str, path: Path) -> Iterator[SavedEntry]:
    """Yield the entries of a JSON feed."""
    try:
        feed: Any = json.loads(text)
    except (ValueError, RecursionError):
        feed = None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise _cannot(f"{path} is no JSON feed", "save the feed of the old blog: curl -L -o feed.json ADDRESS")
    for item in items:
        if isinstance(item, dict):
            link = str(item.get("url") or "")
            yield SavedEntry(str(item.get("id") or link), link, str(item.get("title") or ""))


def _read_bytes(path: Path) -> bytes:
    """Return the bytes of a file, unpacked if it is a gzip file. Raises :class:`BlogError`."""
    try:
        if path.exists() and not path.is_file():
            raise _cannot(f"{path} is not a file", "name the file that you saved")
        with path.open("rb") as file:
            data = file.read(MAX_EXPORT_BYTES + 1)
        if data.startswith(_GZIP_MAGIC):
            data = gzip.GzipFile(fileobj=io.BytesIO(data)).read(MAX_EXPORT_BYTES + 1)
    except FileNotFoundError:
        raise _cannot(f"{path} does not exist", "save the file of the old blog first, and name it") from None
    except (OSError, EOFError, ZlibError) as error:
        what = describe_os_error(error) if isinstance(error, OSError) and error.strerror else "it is broken"
        raise _cannot(f"{path} cannot be read: {what}", "save the file of the old blog again") from None
    if len(data) > MAX_EXPORT_BYTES:
        raise _cannot(f"{path} is larger than {MAX_EXPORT_BYTES // 1_000_000} MB", "save it again")
    return data


def _place(path: Path, line: int = 1) -> Location:
    """Return a position in a saved file; messages show it relative to the current folder, not to the old blog."""
    return Location(str(path.absolute()), line)


def _cannot(message: str, hint: str) -> BlogError:
    return BlogError([Problem(Location(""), "saved-file", message, hint)])
