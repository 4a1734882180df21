"""``blog move OLD NEW``: a document or a bundle gets another path; links follow, and old addresses stay."""

from __future__ import annotations

import os
import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from blog.build import build_in_temp
from blog.config.settings import WIKILINKS
from blog.content.file_kinds import NOTEBOOK, classify_file, find_bundles, is_ignored_name
from blog.content.front_matter_block import split_front_matter
from blog.content.source_edit import PlainText, add_to_key, read_text, write_text
from blog.markdown import raw_html
from blog.markdown.source_spans import read_spans
from blog.markdown.wikilinks import WIKILINK
from blog.problems import BlogError, Location, Problem, raise_if_any
from blog.site.assemble import collect_names
from blog.site.structure import feed_entry_id
from blog.stages.loading import load
from blog.system.site_paths import resolve_in_site
from blog.text import explain_unsafe_path, href, relative_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from blog.config.settings import Settings
    from blog.content.document import Document
    from blog.site.assemble import Site
    from blog.site.names import Names
    from blog.site.pages import Page
    from blog.stages.context import BuildContext, BuildOptions

_IN_LINKS = re.compile(r"[\s()<>%#?\\\"']")
_NOT_IN_WIKILINK = re.compile(r"[\[\]|#^\\]|%%")
_NO_PATH = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#|\?|$")


class _Loaded(NamedTuple):
    """The site before or after the move."""

    site: Site
    settings: Settings

    def addresses(self) -> dict[str, str]:
        """Return the address of each document and file by its path."""
        files = {file.path: f"/{output}" for file, output in self.site.files}
        return files | {path: page.address for path, page in self.site.pages.items()}


class _Rewriter(NamedTuple):
    """Rewrites the links of texts for files with new paths and new addresses."""

    paths: Mapping[str, str]
    """Old path of each file that moves → its new path."""
    known: frozenset[str]
    """The old paths of all files of the site."""
    addresses: Mapping[str, str]
    """Old address of each file that moves → its new address."""
    pages: Mapping[str, str]
    """Path of each document → its old address."""
    base_path: str
    names: tuple[Names, Names] | None
    """What wikilinks mean before and after the move; None if the site has none."""

    def rewrite(self, text: str, path: str) -> str:
        """Return the text of the document that was at ``path``, with links that lead to the same files as before."""
        _, end = split_front_matter(text, path)
        edits: list[tuple[int, int, str]] = []
        for offset, part in ((0, text[:end]), (end, text[end:])):
            edits += self._edits(part, offset, path)
            if self.names is not None:
                edits += self._wikilink_edits(part, offset, path, self.names)
        for start, stop, new in sorted(edits, reverse=True):
            text = f"{text[:start]}{new}{text[stop:]}"
        return text

    def _edits(self, text: str, offset: int, path: str) -> Iterator[tuple[int, int, str]]:
        for span in read_spans(text):
            if span.kind == "html":
                yield from self._html_edits(text[span.start : span.end], offset + span.start, path)
            elif span.target_start >= 0:
                new = self.link(span.target, path)
                if new != span.target:
                    yield offset + span.target_start, offset + span.target_end, new

    def _wikilink_edits(
        self, text: str, offset: int, path: str, names: tuple[Names, Names]
    ) -> Iterator[tuple[int, int, str]]:
        """Yield an edit for each wikilink whose name would not mean its document or file any more."""
        before, after = names
        source = self.paths.get(path, path)
        literal = [span for span in read_spans(text) if span.kind in {"code", "html", "formula"}]
        for match in WIKILINK.finditer(text):
            if any(span.start <= match.start() < span.end for span in literal):
                continue
            name = match["target"].partition("#")[0].removesuffix("\\")
            new = _rename_wikilink(name.strip(), match[0][0] == "!", (before, path), (after, source), self.paths)
            if new:
                start = offset + match.start("target")
                yield start, start + len(name), new

    def _html_edits(self, html: str, offset: int, path: str) -> Iterator[tuple[int, int, str]]:
        for attribute in raw_html.addresses(html):
            written = raw_html.value(html, attribute)
            new = self.link(written, path)
            if new != written:
                yield offset + attribute.start, offset + attribute.end, f'"{new}"'

    def link(self, written: str, path: str) -> str:
        """Return the link in the place of ``written`` in the document that was at ``path``."""
        if _NO_PATH.match(written):
            return written
        name = re.split("[?#]", written, maxsplit=1)[0]
        plain, tail = unquote(name), written[len(name) :]
        if plain.startswith("/"):
            base = self.base_path if plain.startswith(f"{self.base_path}/") else ""
            in_site = plain.removeprefix(base)
            if in_site in self.addresses:
                return base + href(self.addresses[in_site]) + tail
            target = self._find(f"content{posixpath.normpath(in_site)}")
            new = f"{base}/{self.paths[target].removeprefix('content/')}" if target in self.paths else plain
        else:
            folder = posixpath.dirname(self.paths.get(path, path))
            target = self._find(posixpath.normpath(posixpath.join(posixpath.dirname(path), plain)))
            target = target or self._find_page(plain, path)
            is_same = self.paths.keys().isdisjoint((target, path))
            new = plain if is_same or not target else relative_path(self.paths.get(target, target), folder)
        if posixpath.normpath(new) == posixpath.normpath(plain):
            return written
        return _IN_LINKS.sub(lambda match: quote(match[0]), new) + tail

    def _find(self, path: str) -> str:
        """Return the path of the file to which a link leads: a folder stands for its index; ``""`` if there is none."""
        names = (path, f"{path}/index.md", f"{path}/index.markdown")
        return next((name for name in names if name in self.known), "")

    def _find_page(self, written: str, path: str) -> str:
        """Return the path of the document to which a link leads from the old address of that at ``path``, or ``""``."""
        folder = posixpath.dirname(self.pages.get(path, "/"))
        address = f"{posixpath.normpath(posixpath.join(folder, written)).rstrip('/')}/"
        return next((page for page, other in self.pages.items() if other == address), "")


def _rename_wikilink(
    name: str, is_embed: bool, old: tuple[Names, str], new: tuple[Names, str], paths: Mapping[str, str]
) -> str:
    """Return the new name of a wikilink; ``""`` if it still means the same, or meant nothing.

    ``old`` and ``new`` are what names mean before and after the move, and the path of the text with the wikilink.
    """
    (before, old_source), (after, new_source) = old, new
    if not is_embed:
        documents = before.find_documents(name, old_source)
        if len(documents) == 1:
            target = paths.get(documents[0], documents[0])
            is_same = list(after.find_documents(name, new_source)) == [target]
            return "" if is_same else after.name_document(target)
        if documents:
            return ""
    files = before.find_files(name, old_source) if name else ()
    if len(files) != 1:
        return ""
    target = paths.get(files[0], files[0])
    is_same = list(after.find_files(name, new_source)) == [target]
    return "" if is_same else after.name_file(target, new_source)


def move(options: BuildOptions, old: str, new: str) -> list[str]:
    """Move the document or bundle ``old`` to ``new``, paths of the site folder; return a line for each change.

    Raises :class:`BlogError` for a move that is refused; then nothing has changed.
    """
    root = options.root
    old, new = posixpath.normpath(old), posixpath.normpath(new)
    before = build_in_temp(options, _load)
    known = frozenset(before.addresses())
    has_wikilinks = WIKILINKS in before.settings.extensions
    if has_wikilinks and _NOT_IN_WIKILINK.search(new):
        raise _error("unsafe-path", f'no wikilink can name "{new}"', "choose a name without [ ] | # ^ \\ and %%")
    paths = _plan_paths(root, old, new, known)
    (root / new).parent.mkdir(parents=True, exist_ok=True)
    os.rename(root / old, root / new)  # noqa: PTH104  (it never replaces a folder; files are refused above)
    try:
        after = build_in_temp(options, _load)
        _require_pages(paths, before, after)
    except BlogError:
        os.rename(root / new, root / old)  # noqa: PTH104
        raise
    old_addresses, new_addresses = before.addresses(), after.addresses()
    moved = {old_addresses[path]: new_addresses.get(paths[path], old_addresses[path]) for path in paths}
    pages = {path: page.address for path, page in before.site.pages.items()}
    names = None
    if has_wikilinks:
        names = collect_names(before.site), collect_names(after.site)
    rewriter = _Rewriter(paths, known, moved, pages, before.settings.base_path, names)
    changes = [f"{old} → {new}"]
    for path, page in before.site.pages.items():
        changes += _update(root, page, paths.get(path, path), rewriter, (before, after))
    return changes


def _load(build: BuildContext) -> _Loaded:
    inputs, problems = load(build)
    raise_if_any(problems)
    return _Loaded(inputs.assemble().site, inputs.settings)


def _plan_paths(root: Path, old: str, new: str, known: frozenset[str]) -> dict[str, str]:
    """Return old and new path of each file. Raises :class:`BlogError` if they cannot be moved so."""
    _check_place(root, old)
    _check_place(root, new)
    if reason := explain_unsafe_path(new):
        raise _error("unsafe-path", f'the path "{new}" {reason}', "choose another name")
    if os.path.lexists(root / new):
        raise _error("exists", f"{new} exists already, and was not changed", "choose another name")
    paths = {path: f"{new}{path.removeprefix(old)}" for path in known if f"{path}/".startswith(f"{old}/")}
    text = next((path for path in (old, f"{old}/index.md", f"{old}/index.markdown") if path in paths), "")
    if not text or not _kind(text) or (root / old).is_symlink():
        raise _error("no-document", f"{old} is no post or page, and no folder of one", "name its file, or its folder")
    if _kind(text) != _kind(paths[text]):
        raise _error("other-kind", f"{paths[text]} would be another kind of text", f"choose a path like {text}")
    return paths


def _check_place(root: Path, path: str) -> None:
    """Raise :class:`BlogError` unless ``path`` is one of a text or folder in the content folder."""
    if not path.startswith("content/") or any(map(is_ignored_name, path.split("/"))):
        raise _error("outside-content", f"{path} is no path of a text in content/", "write content/posts/name.md")
    resolve_in_site(root, posixpath.dirname(path))


def _kind(path: str) -> str:
    """Return the kind of the text at ``path``; ``""`` if it would be none."""
    return (classify_file(path, find_bundles([path]), []) or "").removesuffix("file")


def _error(code: str, message: str, hint: str) -> BlogError:
    return BlogError([Problem(Location(""), code, message, hint)])


def _require_pages(paths: Mapping[str, str], before: _Loaded, after: _Loaded) -> None:
    """Raise :class:`BlogError` if a text has no address at its new path, or that of another text."""
    addresses = [page.address for page in after.site.pages.values()]
    for path in paths.keys() & before.site.pages.keys():
        page = after.site.pages.get(paths[path])
        if page is None or addresses.count(page.address) > 1:
            raise _error(
                "collision", f"{paths[path]} would have no address, or that of another text", "choose another name"
            )


def _update(root: Path, page: Page, path: str, rewriter: _Rewriter, sites: tuple[_Loaded, _Loaded]) -> Iterator[str]:
    """Rewrite a document that is at ``path`` now; yield a line for each change."""
    before, after = sites
    if page.path.endswith(NOTEBOOK):
        return
    source = PlainText.of(read_text(root, path))
    edited = _rewrite_keys(rewriter.rewrite(source.plain, page.path), page.document, rewriter)
    if edited != source.plain:
        yield f"{path}: links"
    moved = after.site.pages[path]
    keys = {}
    if path != page.path and not page.hidden_reason and moved.address != page.address:
        keys["aliases"] = page.address
        if page in before.site.posts and feed_entry_id(page, before.settings) != feed_entry_id(moved, after.settings):
            keys["guid"] = feed_entry_id(page, before.settings)
    for key, value in keys.items():
        with_key = add_to_key(edited, path, key, [value])
        yield f"{path}: {key}: {value}" if with_key else f'{path}: add {key}: "{value}" yourself'
        edited = with_key or edited
    if edited != source.plain:
        write_text(root, path, source.restore(edited))


def _rewrite_keys(text: str, document: Document, rewriter: _Rewriter) -> str:
    """Return ``text`` with paths under ``image``, ``revisits`` and ``translation_of`` to the same files as before."""
    lines = text.split("\n")
    matter = document.front_matter
    for value in filter(None, (matter.image, matter.translation_of, *matter.revisits)):
        new = rewriter.link(value.text, document.path)
        row = value.location.line - 1
        if new != value.text:
            lines[row] = lines[row].replace(value.text, new, 1)
    return "\n".join(lines)
