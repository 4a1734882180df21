"""The links and images of an old text → paths of the new site, by the positions of their addresses.

What leads nowhere keeps its words and gets its old absolute address, and is an item of the report.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from blog.importers.mapped_text import Edit, MappedText
from blog.importers.old_documents import is_index
from blog.importers.report import Item
from blog.markdown.source_spans import read_spans
from blog.problems import Location
from blog.text import relative_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.importers.addresses import OldAddresses
    from blog.importers.old_site import OldDocument
    from blog.markdown.source_spans import SourceSpan

_TEXTS = (".md", ".ipynb")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_ATTRIBUTE = re.compile(r"""(?<=[\s"'])(?:src|href|poster)\s*=\s*(["'])(?P<address>[^"'<>]*)\1""", re.IGNORECASE)
_BARE_HOST = re.compile(r"www\.[\w-]+\.[a-z]{2,}", re.IGNORECASE)


class LinkRewriter(NamedTuple):
    """Rewrites the addresses in one document."""

    addresses: OldAddresses
    document: OldDocument
    target: str
    """The new path of the document, below ``content/``."""
    items: list[Item]

    def rewrite_text(self, source: MappedText) -> MappedText:
        """Return a text with the addresses of the new site."""
        edits: list[Edit] = []
        for span in read_spans(source.text):
            line = source.line_at(span.start)
            if span.kind == "html":
                edits += self._rewrite_html(source.text, span, line)
            elif span.target_start >= 0:
                edits += self._rewrite_link(source.text, span, line)
        return source.edit(edits)

    def _rewrite_link(self, text: str, span: SourceSpan, line: int) -> Iterator[Edit]:
        address = self.rewrite(span.target, line)
        if address == span.target:
            return
        if address or span.kind == "definition":
            yield Edit(
                span.target_start, span.target_end, f"<{address}>" if re.search(r"[\s()]", address) else address or "#"
            )
        else:
            start = span.start + (2 if span.kind == "image" else 1)
            yield Edit(span.start, span.end, text[start : span.label_end])

    def _rewrite_html(self, text: str, span: SourceSpan, line: int) -> Iterator[Edit]:
        if text.startswith("<!--", span.start):
            return
        for match in _ATTRIBUTE.finditer(text, span.start, span.end):
            written = match["address"].strip()
            address = self.rewrite(written, line + text.count("\n", span.start, match.start()), in_html=True)
            if written and address != written:
                yield Edit(
                    match.start("address"), match.end("address"), address.replace('"', "%22").replace("'", "%27")
                )

    def rewrite(self, written: str, line: int, *, in_html: bool = False) -> str:
        """Return the new address for one that was written in ``line``; ``""`` if it leads nowhere."""
        settings = self.addresses.site.settings
        own_links = self.addresses.site.own_links
        if own_links is not None:
            written = own_links(written, self.document.path) or written
        for prefix in filter(
            None, (settings.host, settings.host.replace("https:", "http:"), settings.host.partition(":")[2])
        ):
            if written == prefix or written.startswith((f"{prefix}/", f"{prefix}#")):
                return self._rewrite_path(written.removeprefix(prefix) or "/", line, written, in_html=in_html)
        if not written or written.startswith("#") or _SCHEME.match(written):
            return written
        if _BARE_HOST.match(written):
            return f"https://{written}"
        return self._rewrite_path(written, line, written, in_html=in_html)

    def _rewrite_path(self, written: str, line: int, shown: str, *, in_html: bool) -> str:
        path, mark, fragment = written.partition("#")
        path = unquote(path.partition("?")[0])
        base = self.addresses.site.settings.base_path
        if base and (path == base or path.startswith(f"{base}/")):
            path = path.removeprefix(base) or "/"
            path = path.removeprefix(base) if path.startswith(f"{base}/") else path  # before a tag that adds it too
        term = self.addresses.find_term_on_page(path, fragment) if fragment else ""
        if term:
            return self._relative(term, in_html=in_html)
        target = self.addresses.find(path, self.document) if path else None
        if target is not None:
            return self._relative(target, in_html=in_html) + mark + fragment
        absolute = self.addresses.absolute(path, self.document)
        what = f'"{shown}" led nowhere in the old blog, or to a file that it generated'
        todo = "write another address, or take the link out"
        self.items.append(Item("Broken link", Location(self.document.path, line), what, todo))
        return quote(absolute, safe="/:~%@+,;=&") + mark + fragment if absolute else ""

    def _relative(self, target: str, *, in_html: bool) -> str:
        """Return the link to a path below ``content/``, or to an address of the new site.

        HTML gets whole addresses, except for files of the same bundle, which lie beside the page. That of a document is
        its old one, which it keeps or which redirects to it.
        """
        folder = posixpath.dirname(self.target)
        is_inside = bool(folder) and target.startswith(f"{folder}/")
        if in_html and not (is_inside and is_index(self.target) and not target.endswith(_TEXTS)):
            base = self.addresses.site.settings.base_path
            return base + (target if target.startswith("/") else quote(self.addresses.old_address(target)))
        if target.startswith("/"):
            return target
        if is_inside:
            return quote(target.removeprefix(f"{folder}/"))
        if target.endswith(_TEXTS):
            return quote(relative_path(target, folder))
        return quote(f"/{target}")
