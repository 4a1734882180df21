"""Where links lead: paths of files and addresses as written → addresses of the site, or a problem with its position."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote

from msgspec import Struct

from blog.addresses import href
from blog.errors import Problem, did_you_mean
from blog.markdown import Reference

if TYPE_CHECKING:
    from blog.documents import Document

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


class Atlas(Struct, frozen=True, kw_only=True):
    """All that links can lead to."""

    url: str
    """The site's, without the last ``/``."""
    base_path: str
    documents: Mapping[str, str]
    """Path of each published document → its address."""
    withheld: Mapping[str, str]
    """Path of each document with no trace → why."""
    withheld_addresses: Mapping[str, str]
    """The addresses these would have → path."""
    files: Mapping[str, str]
    """Path of each file → its address."""
    addresses: Mapping[str, str]
    """Every address that will exist → the path of its document, or ``""``."""
    anchors: Mapping[str, frozenset[str]]
    """Path of each published document → the ids on its page."""


class Target(Struct, frozen=True):
    """Where a link leads."""

    url: str
    """What stands in the page."""
    path: str = ""
    """The document or file of this site it leads to."""


def resolve(reference: Reference, source: str, atlas: Atlas) -> Target | Problem:
    """Where ``reference`` in the document at path ``source`` leads.

    Addresses of other sites are left as they are. In raw HTML only the way to documents with no trace is barred.
    """
    written = reference.target
    own = atlas.url and (written == atlas.url or written.startswith((f"{atlas.url}/", f"{atlas.url}#")))
    if _SCHEME.match(written) and not own:
        return Target(written)
    body, fragment = _split(written.removeprefix(atlas.url) if own else written, "#")
    body, query = _split(body, "?")
    path = unquote(body)
    if own or path.startswith("/"):
        found = _by_address(path or "/", atlas)
    elif not path:
        found = source, atlas.documents.get(source, "")
    else:
        found = _by_file(path, source, atlas)
    if found is None:
        return Target(written) if reference.kind == "raw" else _missing(reference, path, source, atlas)
    document, address = found
    if document in atlas.withheld:
        message = f'"{written}" leads to {document}, which is not published ({atlas.withheld[document]})'
        return Problem(reference.place, "withheld-link", message, "take the link out, or publish that one too")
    if reference.kind == "raw":
        return Target(written, document)
    if fragment and document in atlas.anchors and unquote(fragment[1:]) not in atlas.anchors[document]:
        hint = did_you_mean(unquote(fragment[1:]), atlas.anchors[document])
        message = f'there is no heading or id "{unquote(fragment[1:])}" in {document}'
        return Problem(reference.place, "broken-anchor", message, hint)
    if not body and not own:
        return Target(written, document)
    return Target(
        (atlas.url if own else "") + href(address, "" if own else atlas.base_path) + query + fragment, document
    )


def _split(text: str, mark: str) -> tuple[str, str]:
    before, found, after = text.partition(mark)
    return before, found + after


def _by_address(path: str, atlas: Atlas) -> tuple[str, str] | None:
    inside = path.removeprefix("/")
    for name in (f"content/{inside}", f"content/{inside}index.md"):
        if name in atlas.documents or name in atlas.withheld:
            return name, atlas.documents.get(name, "")
    for address in (path, f"{path}/"):
        if address in atlas.withheld_addresses and address not in atlas.addresses:
            return atlas.withheld_addresses[address], address
        if address in atlas.addresses:
            return atlas.addresses[address], address
    return None


def _by_file(path: str, source: str, atlas: Atlas) -> tuple[str, str] | None:
    target = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
    for name in (target, f"{target}/index.md", f"{target}/index.markdown"):
        if name in atlas.documents or name in atlas.withheld:
            return name, atlas.documents.get(name, "")
    return (target, atlas.files[target]) if target in atlas.files else None


def _missing(reference: Reference, path: str, source: str, atlas: Atlas) -> Problem:
    if path.startswith("/"):
        message = f'this site has no address "{path}"'
        return Problem(reference.place, "broken-link", message, did_you_mean(path, atlas.addresses))
    folder = posixpath.dirname(source)
    names = [*atlas.documents, *atlas.files]
    hint = did_you_mean(path, (posixpath.relpath(name, folder) for name in names))
    kind = "picture" if reference.kind == "image" else "file"
    return Problem(reference.place, "broken-link", f'there is no {kind} "{path}" beside {source}', hint)


def local_file(reference: Reference, source: str, files: Mapping[str, str]) -> str:
    """The path of the file that ``reference`` uses, or ``""``: also from texts that are not published."""
    path = unquote(_split(_split(reference.target, "#")[0], "?")[0])
    if _SCHEME.match(path) or not path:
        return ""
    inside = path.startswith("/")
    target = f"content{path}" if inside else posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
    return target if target in files else ""


class Links(Struct, frozen=True):
    """Where everything that one page points at leads."""

    text: tuple[str, ...] = ()
    """URLs by slot of the text."""
    context: tuple[str, ...] = ()
    image: str = ""
    """The picture for previews."""
    revisits: tuple[str, ...] = ()
    """Paths of the earlier posts that it reconsiders."""
    mentions: tuple[str, ...] = ()
    """Paths of the documents it links to."""


def link_page(document: Document, atlas: Atlas, problems: list[Problem]) -> Links:
    """Resolve all that ``document`` points at; what leads nowhere goes to ``problems``."""

    def follow(reference: Reference) -> Target:
        found = resolve(reference, document.path, atlas)
        if isinstance(found, Problem):
            problems.append(found)
            return Target("")
        return found

    matter = document.matter
    text = tuple(follow(reference) for reference in document.text.links)
    context = tuple(follow(reference) for reference in document.context.links)
    image = follow(Reference(matter.image.text, "image", matter.image.place)).url if matter.image else ""
    revisits = [(written, follow(Reference(written.text, "link", written.place))) for written in matter.revisits]
    for written, target in revisits:
        if target.url and target.path not in atlas.documents:
            message = f'"{written.text}" is not a post of this site'
            problems.append(Problem(written.place, "wrong-revisit", message, "name the file of an earlier post"))
    return Links(
        text=tuple(target.url for target in text),
        context=tuple(target.url for target in context),
        image=image,
        revisits=tuple(target.path for _, target in revisits if target.path in atlas.documents),
        mentions=tuple(sorted({target.path for target in (*text, *context)} & atlas.documents.keys())),
    )


def used_files(document: Document, files: Mapping[str, str], *, hidden: bool) -> set[str]:
    """The files that ``document`` uses where readers see it, or (``hidden``) where they do not."""
    texts = (document.text, document.context)
    found = [reference for text in texts for reference in (text.withheld_links if hidden else text.links)]
    if document.matter.image and not hidden:
        found.append(Reference(document.matter.image.text, "image", document.matter.image.place))
    return {local_file(reference, document.path, files) for reference in found} - {""}
