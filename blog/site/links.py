"""Links as written (paths of files, addresses) → URLs on the site, or a problem with its location."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from msgspec import Struct

from blog.problems import Problem
from blog.site.address_spellings import other_page_addresses, without_base_path
from blog.site.link_hints import may_be_address, suggest_address, suggest_anchor, suggest_file
from blog.site.names import FileNames, Names
from blog.text import REMEMBERED, href, name_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from blog.markdown import Reference

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
"""Start of an address that leads to another host, or may."""


_MACHINE = re.compile(r"\s*(?:[a-z]|file):", re.IGNORECASE)
"""A Windows drive, or the ``file:`` scheme: from any document it leads to the author's machine, not to this site."""
_HOME = re.compile(
    r"/(?:Users|home|Volumes|root|tmp|private|mnt/[a-z]|var/folders)/|~[\w.-]*/|\\{1,2}\w[^\\]*\\", re.IGNORECASE
)
"""Starts of absolute paths on a machine that could mean a file of this site."""
_PORTS = {"http": 80, "https": 443}


class LinkIndex(Struct, frozen=True, kw_only=True):
    """Every target that a link can have."""

    url: str
    """The site's, without the last ``/``."""
    base_path: str
    documents: Mapping[str, str]
    """Path of each published document → its address."""
    hidden: Mapping[str, str]
    """Path of each hidden document, and of each file of its bundle → the reason why it is hidden."""
    hidden_addresses: Mapping[str, str]
    """Address that each of these would have → its path."""
    hidden_files: frozenset[str] = frozenset()
    """Paths of the files of hidden bundles."""
    unread: Collection[str] = frozenset()
    """Paths of the documents that an error leaves without a page: a link to one is no error of its own."""
    posts: Mapping[str, dt.datetime | None]
    """Path of each published post → its date, in UTC."""
    files: Mapping[str, str]
    """Path of each file → its address."""
    moved: Mapping[str, str] = {}
    """Key of each old address of a file (see :func:`blog.text.name_key`) → its address."""
    extracted: Mapping[tuple[str, str], str] = {}
    """Path of a document, and path of an image that its conversion made → the output path, if that is another."""
    addresses: Mapping[str, str]
    """Every address that will exist → the path of its document, or ``""``."""
    anchors: Mapping[str, frozenset[str]]
    """Path of each published document → the ids on its page."""
    elsewhere: Sequence[str] = ()
    """Paths below ``url`` that another program serves."""
    zone: dt.tzinfo = dt.UTC
    """The time zone of the days in messages."""
    names: Names = Names()
    """What wikilinks may mean; empty if the site has not turned them on."""
    headings: Mapping[str, Sequence[tuple[str, str]]] = {}
    """Path of each published document → ids and texts of its headings; empty as ``names``."""


class ResolvedLink(Struct, frozen=True):
    """The target of a link."""

    url: str
    """The URL in the page."""
    path: str = ""
    """The path of the document or file of this site; empty for other targets."""


class _LocalLink(NamedTuple):
    """The parts of a link to this site, as written."""

    is_absolute: bool
    """The link contains the host of the site."""
    path: str
    """Percent-decoded."""
    query: str
    """With its ``?``, or empty."""
    fragment: str
    """With its ``#``, or empty."""

    @property
    def is_below_root(self) -> bool:
        """True if the path starts at the root of the site, not at the folder of the document."""
        return self.is_absolute or self.path.startswith("/")


class _Target(NamedTuple):
    """A document, file or generated page of the site."""

    path: str
    """The path of the document or file; empty for a generated page."""
    address: str


def resolve_link(reference: Reference, source: str, index: LinkIndex) -> ResolvedLink | Problem:
    """Return the target of ``reference`` in the document at path ``source``, or a problem.

    Addresses of other sites are not changed, and neither is raw HTML; in raw HTML only links to hidden
    documents are problems.
    """
    written = reference.target
    if reference.kind == "made":
        output = index.extracted.get((source, written), written)
        return ResolvedLink(href(f"/{output}", index.base_path), written)
    link = _parse_local_link(written, index.url)
    if link is None:
        if _MACHINE.match(written):
            return _machine_path_problem(reference, unquote(written))
        return ResolvedLink(written)
    target = _find_target(reference, link, source, index)
    if target is None:
        return _resolve_unknown(reference, link, source, index)
    if target.path in index.hidden:
        return hidden_target_problem(reference, target.path, index)
    if reference.kind == "raw":
        return ResolvedLink(written, target.path)
    if target.path in index.unread:
        return ResolvedLink("")
    return _check_anchor(reference, link, target, index) or _resolve_target(written, link, target, index)


def check_name(reference: Reference, source: str, index: LinkIndex) -> Problem | None:
    """Return a problem if a name in a script, style sheet or front matter means a file that is not there.

    That is one at its old address, or one of a hidden bundle. Any other name may be no link at all.
    """
    link = _parse_local_link(reference.target, index.url)
    if link is None or "." not in link.path:
        return None
    target = _find_target(reference, link, source, index)
    if target is None:
        new_address = find_new_address(_requested_address(reference, link, source, index), index.moved)
        return _old_address_problem(reference, link, new_address, index) if new_address else None
    return hidden_target_problem(reference, target.path, index) if target.path in index.hidden_files else None


def _find_target(reference: Reference, link: _LocalLink, source: str, index: LinkIndex) -> _Target | None:
    if link.is_below_root:
        target = _find_by_address(link.path or "/", index)
    elif link.path:
        target = _find_by_file(link.path, source, index)
    else:
        return _Target(source, index.documents.get(source, ""))
    if reference.kind != "raw":
        return target or _find_by_spelling(link, source, index)
    if not link.path:
        return target
    if target is not None and target.path in index.hidden:
        return target
    return _find_by_address(_requested_address(reference, link, source, index), index)


def _requested_address(reference: Reference, link: _LocalLink, source: str, index: LinkIndex) -> str:
    """Return the address that ``link`` names; ``""`` for the path of a file.

    Raw HTML is published as written: browsers resolve its path against the address of the page.
    """
    if reference.kind == "raw":
        address = index.base_path + index.documents.get(source, "/")
        return _join_address(address, link.path).removeprefix(index.base_path)
    return link.path if link.is_below_root else ""


def hidden_target_problem(reference: Reference, path: str, index: LinkIndex) -> Problem:
    """Return the problem that ``reference`` leads to the document or file at ``path``, which is hidden."""
    message = f'"{reference.target}" leads to {path}, which is not published ({index.hidden[path]})'
    hint = "take the link out, or publish that one too"
    if path in index.hidden_files:
        hint = "put a copy of the file beside this text, and write its name"
    return Problem(reference.location, "withheld-link", message, hint)


def _check_anchor(reference: Reference, link: _LocalLink, target: _Target, index: LinkIndex) -> Problem | None:
    """Return a problem if the fragment of ``link`` is no id on the page of ``target``."""
    name = unquote(link.fragment[1:])
    anchors = index.anchors.get(target.path)
    if name in {"", "top"} or anchors is None or name in anchors:
        return None
    place = "this document" if target.path == reference.location.path else target.path
    message = f'there is no heading or id "{name}" in {place}'
    return Problem(reference.location, "broken-anchor", message, suggest_anchor(name, anchors))


def _resolve_target(written: str, link: _LocalLink, target: _Target, index: LinkIndex) -> ResolvedLink:
    if link.is_absolute:
        return ResolvedLink(index.url + href(target.address) + link.query + link.fragment, target.path)
    if not link.path:
        return ResolvedLink(written, target.path)
    return ResolvedLink(href(target.address, index.base_path) + link.query + link.fragment, target.path)


def _resolve_unknown(reference: Reference, link: _LocalLink, source: str, index: LinkIndex) -> ResolvedLink | Problem:
    """Resolve a path that is not part of the site: another program may serve it, so ``blog check`` warns."""
    requested = _requested_address(reference, link, source, index)
    is_other_program = is_elsewhere(requested, index.elsewhere, index.base_path)
    new_address = "" if is_other_program else find_new_address(requested, index.moved)
    if new_address:
        return _old_address_problem(reference, link, new_address, index)
    if reference.kind == "raw" or link.is_absolute:
        return ResolvedLink(reference.target)
    if link.is_below_root and is_other_program:
        return ResolvedLink(href(link.path, index.base_path) + link.query + link.fragment)
    if _HOME.match(link.path):
        return _machine_path_problem(reference, link.path)
    if link.is_below_root and any(may_be_address(link.path, path) for path in index.unread):
        return ResolvedLink("")
    return _missing_problem(reference, link.path, source, index)


def find_new_address(address: str, moved: Mapping[str, str]) -> str:
    """Return the address of the file that had the path ``address`` in version 1.0; ``""`` if there is none.

    ``moved`` contains the new addresses by :func:`blog.text.name_key` of the old ones.
    """
    return moved.get(name_key(_normalize_path(address)), "") if moved and address else ""


def _old_address_problem(reference: Reference, link: _LocalLink, address: str, index: LinkIndex) -> Problem:
    """Return the problem that ``link`` names the old address of the file at ``address``."""
    url = href(address, index.base_path if reference.kind == "raw" else "")
    if link.is_absolute:
        url = index.url + href(address)
    hint = f'write "{url}{link.query}{link.fragment}"'
    return Problem(reference.location, "broken-link", old_address_message(reference.target), hint)


def old_address_message(written: str) -> str:
    """Return the message for a link ``written`` with the old address of a file."""
    return f'no file is at "{written}": the files of a bundle are beside its page'


def is_elsewhere(path: str, elsewhere: Sequence[str], base_path: str) -> bool:
    """Return whether ``path`` is one of those ``elsewhere``, or below one; these may be written below ``base_path``."""
    for written in elsewhere:
        folder = written.removeprefix(base_path).rstrip("/")
        if path in {folder, written} or path.startswith(f"{folder}/"):
            return True
    return False


def own_path(written: str, url: str) -> str | None:
    """Return path, query and fragment of an absolute address of the site at ``url``; None for any other address."""
    if not url or not SCHEME.match(written):
        return None
    try:
        address, site = urlsplit(written, "https"), urlsplit(url)
        is_same_host = _host_and_port(address) == _host_and_port(site)
    except ValueError:
        return None
    is_below_site = f"{address.path}/".startswith(f"{site.path}/")
    if not is_same_host or not is_below_site or address.scheme not in _PORTS:
        return None
    return urlunsplit(address._replace(scheme="", netloc="")).removeprefix(site.path)


def _host_and_port(address: SplitResult) -> tuple[str | None, int | None]:
    """Return host and port; the default ports of http and https are one port."""
    port = address.port or _PORTS.get(address.scheme)
    return address.hostname, _PORTS["https"] if port == _PORTS["http"] else port


@lru_cache(REMEMBERED)
def _parse_local_link(written: str, url: str) -> _LocalLink | None:
    """Return the parts of ``written``; None if it leads to another site."""
    path_in_site = own_path(written, url)
    is_absolute = path_in_site is not None
    if not is_absolute and SCHEME.match(written):
        return None
    rest, fragment = _split_before(path_in_site if path_in_site is not None else written, "#")
    path, query = _split_before(rest, "?")
    return _LocalLink(is_absolute, unquote(path), query, fragment)


def _split_before(text: str, mark: str) -> tuple[str, str]:
    before, separator, after = text.partition(mark)
    return before, separator + after


def _find_by_address(path: str, index: LinkIndex) -> _Target | None:
    path = _normalize_path(path)
    source = f"content{path}"
    target = _find_document(source, index) or _find_document(f"{source}index.md", index)
    if target is not None:
        return target
    for address in (path, f"{path}/", path.removesuffix("index.html")):
        if address in index.addresses:
            return _Target(index.addresses[address], address)
        if address in index.hidden_addresses:
            return _Target(index.hidden_addresses[address], address)
    return None


def _find_by_spelling(link: _LocalLink, source: str, index: LinkIndex) -> _Target | None:
    """Return the target of a link that names it in another way, if the path is not that of another program.

    That is a path from the root with the path of ``url`` before it, a path from the address of the page at ``source``,
    or another spelling of the address of a page.
    """
    path = link.path if link.is_below_root else _join_address(index.documents.get(source, "/"), link.path)
    path = _normalize_path(path)
    if is_elsewhere(path, index.elsewhere, index.base_path):
        return None
    if not link.is_below_root:
        return _find_page([path, *other_page_addresses(path)], index)
    path_in_site = "" if link.is_absolute else without_base_path(path, index.base_path)
    if not path_in_site:
        return _find_page(other_page_addresses(path), index)
    target = _find_by_address(path_in_site, index)
    return target or _find_page([*other_page_addresses(path), *other_page_addresses(path_in_site)], index)


def _find_page(addresses: Iterable[str], index: LinkIndex) -> _Target | None:
    """Return the document or generated page at the first of ``addresses`` that has one; no file is found by them."""
    for address in addresses:
        target = _find_by_address(address, index)
        if target is not None and target.path not in index.files:
            return target
    return None


def _normalize_path(path: str) -> str:
    """Return the path without dots and doubled slashes; a ``/`` at the end stays."""
    normal = "/" + posixpath.normpath("/" + path).strip("/")
    is_folder = path.endswith(("/", "/.", "/.."))
    return f"{normal}/" if is_folder and path.strip("/.") else normal


def _find_by_file(path: str, source: str, index: LinkIndex) -> _Target | None:
    joined = _join_path(posixpath.dirname(source), path)
    for name in _stored_forms(joined):
        for document in (name, f"{name}/index.md", f"{name}/index.markdown"):
            target = _find_document(document, index)
            if target is not None:
                return target
        if name in index.files:
            return _Target(name, index.files[name])
    return None


@lru_cache(REMEMBERED)
def _join_path(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path))


def _stored_forms(path: str) -> tuple[str, ...]:
    """Return ``path`` in NFC, as people type it, and in NFD, as some disks store names."""
    if path.isascii():
        return (path,)
    return unicodedata.normalize("NFC", path), unicodedata.normalize("NFD", path)


def _find_document(path: str, index: LinkIndex) -> _Target | None:
    if path in index.documents:
        return _Target(path, index.documents[path])
    return _Target(path, "") if path in index.hidden or path in index.unread else None


def _machine_path_problem(reference: Reference, written: str) -> Problem:
    message = f'"{written}" is a path of your machine'
    hint = f"put the {_file_kind(reference)} beside the text, and write its name"
    return Problem(reference.location, "broken-link", message, hint)


def _missing_problem(reference: Reference, path: str, source: str, index: LinkIndex) -> Problem:
    if path.startswith("/"):
        message = f'this site has no address "{path}"'
        return Problem(reference.location, "broken-link", message, suggest_address(path, index))
    message = f'there is no {_file_kind(reference)} "{path}"'
    hint = f"write https://{path}" if path.startswith("www.") else suggest_file(path, source, index)
    return Problem(reference.location, "broken-link", message, hint)


def _file_kind(reference: Reference) -> str:
    return "image" if reference.kind == "image" else "file"


def local_files(
    reference: Reference, source: str, address: str, files: FileNames, url: str, *, hidden: bool
) -> Iterator[str]:
    """Yield the paths of the files that ``reference`` may mean, in the document at ``source`` with page ``address``.

    The text around the reference need not be published; ``hidden``: readers do not see it.
    """
    if reference.is_name:
        yield from files.find_name(reference.target.partition("#")[0], source, hidden=hidden)
        return
    link = _parse_local_link(reference.target, url)
    if link is None or not link.path:
        return
    if link.is_below_root:
        yield from _files_at(_normalize_path(link.path).rstrip("/"), files, urlsplit(url).path, hidden=hidden)
    else:
        path = posixpath.join(posixpath.dirname(source), link.path)
        yield from files.find_path(posixpath.normpath(path), hidden=hidden)
    if reference.kind == "raw" and not link.is_absolute:
        base = urlsplit(url).path
        resolved = _join_address(base + address, link.path).removeprefix(base)
        yield from files.find_address(_normalize_path(resolved).rstrip("/"), hidden=hidden)


def _files_at(address: str, files: FileNames, base_path: str, *, hidden: bool) -> Iterator[str]:
    """Yield the paths of the files that ``address`` may mean; ``base_path`` may stand before it."""
    paths = files.find_address(address, hidden=hidden)
    yield from paths
    address_in_site = without_base_path(address, base_path)
    if address_in_site and (hidden or not paths):
        yield from files.find_address(address_in_site, hidden=hidden)


def _join_address(address: str, path: str) -> str:
    """Return the address to which browsers resolve ``path`` on the page at ``address``."""
    return posixpath.join(address.rpartition("/")[0], path)
