"""Links as written (paths of files, addresses) → URLs on the site, or a problem with its position."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from msgspec import Struct

from blog.problems import Problem, did_you_mean
from blog.text import confusable_key, href, name_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from blog.markdown import Reference

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
"""Start of an address that leads to another host, or may."""


_MACHINE = re.compile(r"\s*(?:[a-z]|file):", re.IGNORECASE)
"""A drive of Windows, or the scheme of files: wherever it stands, it leads to a machine that readers have not."""
_HOME = re.compile(
    r"/(?:Users|home|Volumes|root|tmp|private|mnt/[a-z]|var/folders)/|~[\w.-]*/|\\{1,2}\w[^\\]*\\", re.IGNORECASE
)
"""Starts of absolute paths on a machine that could mean a file of this site."""
_PORTS = {"http": 80, "https": 443}


class LinkIndex(Struct, frozen=True, kw_only=True):
    """All that links can lead to."""

    url: str
    """The site's, without the last ``/``."""
    base_path: str
    documents: Mapping[str, str]
    """Path of each published document → its address."""
    hidden: Mapping[str, str]
    """Path of each document with no trace → why."""
    hidden_addresses: Mapping[str, str]
    """The addresses these would have → path."""
    posts: Mapping[str, dt.datetime | None]
    """Path of each published post → its date."""
    files: Mapping[str, str]
    """Path of each file → its address."""
    addresses: Mapping[str, str]
    """Every address that will exist → the path of its document, or ``""``."""
    anchors: Mapping[str, frozenset[str]]
    """Path of each published document → the ids on its page."""
    elsewhere: Sequence[str] = ()
    """Paths below ``url`` where something lives that the site does not make."""


class ResolvedLink(Struct, frozen=True):
    """The target of a link."""

    url: str
    """The URL in the page."""
    path: str = ""
    """The document or file of this site it leads to."""


def resolve_link(reference: Reference, source: str, index: LinkIndex) -> ResolvedLink | Problem:
    """Return the target of ``reference`` in the document at path ``source``, or a problem.

    Addresses of other sites are left as they are. In raw HTML only the way to documents with no trace is barred.
    """
    written = reference.target
    if reference.kind == "made":
        return ResolvedLink(href(f"/{written}", index.base_path), written)
    local = _taken_apart(written, index.url)
    if local is None:
        return _of_a_machine(reference, unquote(written)) if _MACHINE.match(written) else ResolvedLink(written)
    absolute, path, query, fragment = local
    found = _find(path, source, index, address=absolute)
    if reference.kind == "raw" and path and (found is None or found[0] not in index.hidden):
        on_page = _as_browsers_do(path, index.base_path + index.documents.get(source, "/"))
        found = _by_address(on_page.removeprefix(index.base_path), index)
    if found is None:
        return _unknown(reference, local, source, index)
    document, address = found
    if document in index.hidden:
        message = f'"{written}" leads to {document}, which is not published ({index.hidden[document]})'
        return Problem(reference.location, "withheld-link", message, "take the link out, or publish that one too")
    if reference.kind == "raw":
        return ResolvedLink(written, document)
    name = unquote(fragment[1:])
    if name not in {"", "top"} and document in index.anchors and name not in index.anchors[document]:
        message = f'there is no heading or id "{name}" in {document}'
        return Problem(reference.location, "broken-anchor", message, did_you_mean(name, index.anchors[document]))
    if not path and not absolute:
        return ResolvedLink(written, document)
    if absolute:
        return ResolvedLink(index.url + href(address) + query + fragment, document)
    return ResolvedLink(href(address, index.base_path) + query + fragment, document)


def _unknown(
    reference: Reference, local: tuple[bool, str, str, str], source: str, index: LinkIndex
) -> ResolvedLink | Problem:
    """Resolve a path that is not part of the site: another program may serve it, so ``blog check`` warns."""
    absolute, path, query, fragment = local
    if reference.kind == "raw" or absolute:
        return ResolvedLink(reference.target)
    if path.startswith("/") and is_elsewhere(path, index.elsewhere, index.base_path):
        return ResolvedLink(href(path, index.base_path) + query + fragment)
    return _missing(reference, path, source, index)


def is_elsewhere(path: str, elsewhere: Sequence[str], base_path: str) -> bool:
    """Tell whether ``path`` is one of those ``elsewhere``, or below one; these may be written below ``base_path``."""
    for written in elsewhere:
        folder = written.removeprefix(base_path).rstrip("/")
        if path in {folder, written} or path.startswith(f"{folder}/"):
            return True
    return False


def _find(path: str, source: str, index: LinkIndex, *, address: bool) -> tuple[str, str] | None:
    if address or path.startswith("/"):
        return _by_address(path or "/", index)
    return _by_file(path, source, index) if path else (source, index.documents.get(source, ""))


def own_path(written: str, url: str) -> str | None:
    """The path, query and fragment of an absolute address of the site at ``url``; None if it is no such address."""
    if not url or not SCHEME.match(written):
        return None
    try:
        there, here = urlsplit(written, "https"), urlsplit(url)
        ports = {there.port or _PORTS.get(there.scheme), here.port or _PORTS.get(here.scheme)}
        same = there.hostname == here.hostname and (len(ports) == 1 or ports == {80, 443})
    except ValueError:
        return None
    rest = urlunsplit(there._replace(scheme="", netloc=""))
    inside = there.path == here.path or there.path.startswith(f"{here.path}/")
    return rest.removeprefix(here.path) if same and inside and there.scheme in {"http", "https"} else None


def _taken_apart(written: str, url: str) -> tuple[bool, str, str, str] | None:
    """Return whether ``written`` is absolute, its path, query and fragment; None if it leads to another site."""
    own = own_path(written, url)
    if own is None and SCHEME.match(written):
        return None
    body, fragment = _split(written if own is None else own, "#")
    body, query = _split(body, "?")
    return own is not None, unquote(body), query, fragment


def _split(text: str, mark: str) -> tuple[str, str]:
    before, found, after = text.partition(mark)
    return before, found + after


def _by_address(path: str, index: LinkIndex) -> tuple[str, str] | None:
    path = _normal_path(path)
    inside = path.removeprefix("/")
    for name in (f"content/{inside}", f"content/{inside}index.md"):
        if name in index.documents or name in index.hidden:
            return name, index.documents.get(name, "")
    for address in (path, f"{path}/", path.removesuffix("index.html")):
        if address in index.hidden_addresses and address not in index.addresses:
            return index.hidden_addresses[address], address
        if address in index.addresses:
            return index.addresses[address], address
    return None


def _normal_path(path: str) -> str:
    """Return the path without dots and doubled slashes; a ``/`` at the end stays."""
    end = "/" if path.endswith(("/", "/.", "/..")) else ""
    return "/" + posixpath.normpath("/" + path).strip("/") + (end if path.strip("/.") else "")


def _by_file(path: str, source: str, index: LinkIndex) -> tuple[str, str] | None:
    target = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
    for form in ("NFC", "NFD"):  # as typed, or as some disks store names
        spelled = unicodedata.normalize(form, target) if not target.isascii() else target
        for name in (spelled, f"{spelled}/index.md", f"{spelled}/index.markdown"):
            if name in index.documents or name in index.hidden:
                return name, index.documents.get(name, "")
        if spelled in index.files:
            return spelled, index.files[spelled]
    return None


def _of_a_machine(reference: Reference, written: str) -> Problem:
    message = f'"{written}" is a path of your machine'
    kind = "picture" if reference.kind == "image" else "file"
    return Problem(reference.location, "broken-link", message, f"put the {kind} beside the text, and write its name")


def _missing(reference: Reference, path: str, source: str, index: LinkIndex) -> Problem:
    if _HOME.match(path):
        return _of_a_machine(reference, path)
    if path.startswith("/"):
        message = f'this site has no address "{path}"'
        near = (address for address in index.addresses if _alike(address, path))
        return Problem(reference.location, "broken-link", message, did_you_mean(path, near))
    folder = posixpath.dirname(source)
    if path.startswith("www."):
        return Problem(reference.location, "broken-link", f'there is no file "{path}"', f"write https://{path}")
    wanted = posixpath.basename(path)
    near = (name for name in (*index.documents, *index.files) if _alike(posixpath.basename(name), wanted))
    hint = did_you_mean(path, (posixpath.relpath(name, folder) for name in near))
    kind = "picture" if reference.kind == "image" else "file"
    return Problem(reference.location, "broken-link", f'there is no {kind} "{path}" beside {source}', hint)


def _alike(name: str, wanted: str) -> bool:
    """A cheap first look: a slip of the finger leaves the length and one end of a name."""
    return abs(len(name) - len(wanted)) < 4 and (name[:2] == wanted[:2] or name[-5:-3] == wanted[-5:-3])


class FileNames:
    """The paths of the files of a site, by the names that may mean them."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._alike: dict[str, list[str]] = {}
        for path in paths:
            self._alike.setdefault(confusable_key(path), []).append(path)

    def all_meant(self, path: str) -> Sequence[str]:
        """Return each file whose name looks like ``path``: which of them a writer had in mind, nobody knows."""
        return self._alike.get(confusable_key(path), ())

    def shown(self, path: str) -> Sequence[str]:
        """Return the one file that readers get by the name ``path``, if there is one.

        A slip in case or in Unicode form is forgiven where one file alone can be meant.
        """
        names = [name for name in self.all_meant(path) if name_key(name) == name_key(path)]
        forms = (path, unicodedata.normalize("NFC", path), unicodedata.normalize("NFD", path))
        exact = next((form for form in forms if form in names), None)
        return [exact] if exact else names if len(names) == 1 else ()


def local_files(
    reference: Reference, source: str, address: str, files: FileNames, url: str, *, hidden: bool
) -> Iterator[str]:
    """Yield the paths of the files that ``reference`` may mean, in the document at ``source`` shown at ``address``.

    Also in texts that are not published. A ``hidden`` reference may mean each file whose name looks like what is
    written; one that readers see leads to one file.
    """
    local = _taken_apart(reference.target, url)
    if local is None or not local[1]:
        return
    absolute, path, _, _ = local
    from_top = absolute or path.startswith("/")
    meant = [f"content{_normal_path(path)}" if from_top else posixpath.join(posixpath.dirname(source), path)]
    if reference.kind == "raw" and not absolute:
        base = urlsplit(url).path
        meant.append(f"content{_normal_path(_as_browsers_do(path, base + address).removeprefix(base))}")
    look_up = files.all_meant if hidden else files.shown
    for written in meant:
        yield from look_up(posixpath.normpath(written))


def _as_browsers_do(path: str, address: str) -> str:
    """The address to which ``path`` leads on the page at ``address``."""
    return posixpath.join(address.rpartition("/")[0], path)
