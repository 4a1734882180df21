"""Wikilinks → URLs: ``[[week-4#Part]]`` leads to the document with this name or title, and to this heading."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from blog.problems import Problem, did_you_mean
from blog.site.link_hints import suggest_anchor
from blog.site.links import ResolvedLink, hidden_target_problem, resolve_link
from blog.text import href

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.markdown import Reference
    from blog.site.links import LinkIndex

_MAX_NAMED = 3
"""Number of documents that a message names."""


def resolve_reference(reference: Reference, source: str, index: LinkIndex) -> ResolvedLink | Problem:
    """Return the target of a link, image or wikilink in the document at path ``source``, or a problem."""
    if not reference.is_name:
        return resolve_link(reference, source, index)
    name, mark, fragment = reference.target.partition("#")
    candidates = _find_candidates(name.strip(), reference, source, index)
    if len(candidates) != 1:
        return _ambiguous_problem(reference, candidates) if candidates else _missing_problem(reference, index)
    path = candidates[0]
    if path in index.hidden:
        return hidden_target_problem(reference, path, index)
    if path in index.unread:
        return ResolvedLink("")
    anchor = ""
    if mark:
        ident = _find_anchor(fragment.rpartition("#")[2].strip(), path, index)
        if not ident:
            return _anchor_problem(reference, fragment, path, index)
        anchor = f"#{quote(ident, safe=':.~')}"
    address = index.documents.get(path) or index.files[path]
    return ResolvedLink((href(address, index.base_path) if name.strip() else "") + anchor, path)


def _find_candidates(name: str, reference: Reference, source: str, index: LinkIndex) -> Sequence[str]:
    """Return the paths that ``name`` may mean: a document first, unless it is that of an image."""
    if not name:
        return [source]
    documents = [] if reference.kind == "image" else index.names.find_documents(name, source)
    return documents or index.names.find_files(name, source)


def _find_anchor(written: str, path: str, index: LinkIndex) -> str:
    """Return the id that ``written`` means on a page: an id, or the text of a heading; ``""`` if there is none."""
    anchors = index.anchors.get(path, frozenset())
    if written in anchors:
        return written
    key = _letters(written)
    for ident, text in index.headings.get(path, ()):
        if key and _letters(text) == key:
            return ident
    return ""


def _letters(text: str) -> str:
    """Return letters and digits without case: Obsidian takes signs out of the heading in a link."""
    return "".join(filter(str.isalnum, text.casefold()))


def _anchor_problem(reference: Reference, fragment: str, path: str, index: LinkIndex) -> Problem:
    place = "this document" if path == reference.location.path else path
    if fragment.startswith("^"):
        message = f'"#{fragment}" names a block, and blocks have no addresses here'
        return Problem(reference.location, "broken-anchor", message, "link to the heading above it")
    headings = [text for _, text in index.headings.get(path, ())]
    message = f'there is no heading or id "{fragment}" in {place}'
    hint = did_you_mean(fragment, headings) or suggest_anchor(fragment, index.anchors.get(path, frozenset()))
    return Problem(reference.location, "broken-anchor", message, hint)


def _missing_problem(reference: Reference, index: LinkIndex) -> Problem:
    name = reference.target.partition("#")[0].strip()
    if reference.kind == "image":
        message, remedy = f'there is no image "{name}"', "put the file beside the text"
    else:
        message, remedy = f'no document or file has the name or title "{name}"', "write it, or take the brackets out"
    return Problem(reference.location, "broken-link", message, did_you_mean(name, index.names.suggestions()) or remedy)


def _ambiguous_problem(reference: Reference, candidates: Sequence[str]) -> Problem:
    """Return the problem that a name means several documents or files; the hint is a path that means the first."""
    name = reference.target.partition("#")[0].strip()
    named = [*candidates[:_MAX_NAMED]]
    if len(candidates) > _MAX_NAMED:
        named.append(f"{len(candidates) - _MAX_NAMED} more")
    message = f'"{name}" may mean {", ".join(named[:-1])} or {named[-1]}'
    path = candidates[0].removeprefix("content/").removesuffix(".md").removesuffix("/index")
    written = f"![[{path}]]" if reference.kind == "image" else f"[[{path}]]"
    return Problem(reference.location, "ambiguous-link", message, f"write its path, such as {written}")
