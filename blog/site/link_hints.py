"""Hints at links that lead nowhere: the file, address or id that the author may mean. Pure."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from blog.problems import did_you_mean
from blog.site.names import split_document, without_date
from blog.text import relative_path, slugify

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from blog.site.links import LinkIndex

_SOURCE_SUFFIX = re.compile(r"\.(?:md|markdown|ipynb)\Z", re.IGNORECASE)
_HTML_SUFFIX = re.compile(r"\.html?\Z", re.IGNORECASE)
_FILE_SUFFIX = re.compile(r"\.(?!html?\Z)[A-Za-z0-9]{1,5}\Z")
_MAX_LISTED_IDS = 5
_HIDDEN_AS = {"draft": "it is a draft", "private": "it is private", "scheduled": "it is scheduled"}
"""Reason why a document is hidden → the words for a hint."""


def suggest_file(path: str, source: str, index: LinkIndex) -> str:
    """Return a hint for ``path``, written in the document ``source``, where no file is; ``""`` if none is similar.

    A file of the same name in another folder comes before a file with a similar name.
    """
    if _HTML_SUFFIX.search(path):
        return _suggest_page(path, index)
    namesake = _find_namesake(path, source, index)
    if namesake:
        return _ask(_write_path(namesake, source, index), index.hidden.get(namesake, ""))
    return did_you_mean(path, _list_near_files(path, source, index))


def suggest_address(path: str, index: LinkIndex) -> str:
    """Return a hint for ``path``, which begins with ``/`` and is no address of the site; ``""`` if none is similar."""
    if _SOURCE_SUFFIX.search(path):
        namesake = _find_namesake(path, "content/index.md", index)
        if namesake:
            return _ask(_write_from_root(namesake, index), index.hidden.get(namesake, ""))
    page_hint = _suggest_page(path, index)
    if page_hint:
        return page_hint
    near = did_you_mean(path, [address for address in index.addresses if _may_be_near(address, path)])
    return near or _suggest_file_address(path, index)


def _suggest_file_address(path: str, index: LinkIndex) -> str:
    """Return a hint with the address of the file that has the name of ``path``, or with the place for such a file."""
    name = _last_segment(path)
    if not _FILE_SUFFIX.search(name):
        return ""
    namesakes = [address for address in index.files.values() if _last_segment(address) == name]
    if namesakes:
        return _ask(min(namesakes, key=lambda address: (len(address), address)))
    return f"put the file beside the text and write {name}, or put it at content{path}"


def suggest_anchor(name: str, anchors: Collection[str]) -> str:
    """Return a hint with the id nearest to ``name``, or with all ids of a page that has only a few."""
    hint = did_you_mean(name, anchors)
    if hint or not anchors:
        return hint
    longer = [anchor for anchor in anchors if name.casefold() in anchor.casefold()]
    if longer:
        return _ask(min(longer, key=lambda anchor: (len(anchor), anchor)))
    if len(anchors) > _MAX_LISTED_IDS:
        return ""
    ids = ", ".join(f'"{anchor}"' for anchor in sorted(anchors))
    return f"the ids there: {ids}"


def may_be_address(address: str, path: str) -> bool:
    """Return whether ``address`` ends with the name of the document at ``path``: its default, if it has no ``slug``."""
    return _last_segment(_HTML_SUFFIX.sub("", address)) == slugify(_plain_name(path))


def _ask(name: str, hidden_reason: str = "") -> str:
    question = f'did you mean "{name}"?'
    return f"{question} {_HIDDEN_AS[hidden_reason]}" if hidden_reason else question


def _suggest_page(path: str, index: LinkIndex) -> str:
    """Return a hint with the address that ends like ``path``, which may be that of an HTML file.

    Of the addresses without a source, such as ``/archive/``, only one that is equal to ``path`` counts.
    """
    stem = _HTML_SUFFIX.sub("", path).rstrip("/")
    name = _last_segment(stem)
    if name.isdigit() or name in {"", ".", "..", "index"}:
        return ""
    sources = {**index.hidden_addresses, **index.addresses}
    namesakes = [address for address in sources if name in address and _last_segment(address) == name]
    candidates = [address for address in namesakes if sources[address] or address.rstrip("/") == stem]
    if not candidates:
        return ""
    address = min(candidates, key=lambda address: (address.rstrip("/") != stem, len(address), address))
    return _ask(address, index.hidden.get(sources[address], ""))


def _last_segment(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]


def _find_namesake(path: str, source: str, index: LinkIndex) -> str:
    """Return the path of the file that has the name of ``path``, published files first; ``""`` if there is none.

    A document has the same name also with another date or suffix, and as a bundle.
    """
    name = _plain_name(path)
    if not name:
        return ""
    paths = (*index.documents, *index.files, *index.hidden)
    namesakes = [other for other in paths if name in other and other != source and _plain_name(other) == name]
    return min(namesakes, key=lambda other: _distance(other, path, source, index), default="")


def _distance(other: str, path: str, source: str, index: LinkIndex) -> tuple[bool, bool, int, str]:
    has_other_name = posixpath.basename(other) != posixpath.basename(path)
    relative = relative_path(other, posixpath.dirname(source))
    return other in index.hidden, has_other_name, relative.count("/"), other


def _plain_name(path: str) -> str:
    """Return the name of a document without date and suffix, that of a bundle for its index; else the whole name."""
    _, name = split_document(path.rstrip("/"))
    return "" if name in {"", ".", "..", "content"} else without_date(name)


def _write_path(path: str, source: str, index: LinkIndex) -> str:
    """Return ``path`` as a link in ``source``: relative to its folder, unless that is far away."""
    relative = relative_path(path, posixpath.dirname(source)).replace(" ", "%20")
    return _write_from_root(path, index) if relative.startswith("../../") else relative


def _write_from_root(path: str, index: LinkIndex) -> str:
    """Return ``path`` as a link from the root: for a document its path, for a file its address."""
    return index.files.get(path, path.removeprefix("content")).replace(" ", "%20")


def _list_near_files(path: str, source: str, index: LinkIndex) -> Iterator[str]:
    """Yield the files whose names are like that of ``path``, as paths relative to the document ``source``."""
    name = posixpath.basename(path)
    folder = posixpath.dirname(source)
    for other in (*index.documents, *index.files):
        if other != source and _may_be_near(posixpath.basename(other), name):
            yield relative_path(other, folder)


def _may_be_near(name: str, written: str) -> bool:
    """Compare length and ends, a cheap filter before edit distances: a slip of the finger leaves one end as it was."""
    if abs(len(name) - len(written)) >= 4:
        return False
    return name[:2] == written[:2] or name[-5:-3] == written[-5:-3]
