"""The new site as values: documents, files to copy and settings, and their texts on the disk."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct, structs

if TYPE_CHECKING:
    from blog.problems import Location

_PLAIN_TEXT = re.compile(r"[A-Za-z0-9_/](?:[\w .()/+-]*[\w.()/+-])?")
"""A text that YAML reads as itself without quotes."""
_YAML_WORD = re.compile(
    r"(?:true|false|yes|no|on|off|null|y|n|[\d.,_+-]++(?:e[\d-]*)?|\d{4}-\d\d?-\d\d?.*)", re.IGNORECASE
)


_CELL_MARK = re.compile(r"^<!-- cell (\d+) of the notebook -->$", re.MULTILINE)


def cell_mark(number: int) -> str:
    """Return the line above the text of a Markdown cell, in the text of all of them."""
    return f"<!-- cell {number} of the notebook -->"


class NotebookCell(Struct, frozen=True):
    """A cell of a notebook."""

    kind: Literal["markdown", "code"]
    value: Mapping[str, Any]
    """The cell as nbformat 4 has it; a Markdown cell is without its source, which is in the text of the document."""


class SiteDocument(Struct, frozen=True, kw_only=True):
    """A document of the new site."""

    path: str
    """Relative to the site folder."""
    source: str
    """The path of the old file."""
    fields: tuple[tuple[str, str], ...]
    """Key and value, as YAML."""
    body: str
    """A notebook has its Markdown cells in it, each below its :func:`cell_mark`."""
    old_address: str = ""
    """Below the base path; empty if the old tool hid the document."""
    cells: tuple[NotebookCell, ...] = ()
    """Those of a notebook, below the one with the front matter."""
    metadata: Mapping[str, Any] = {}
    """That of a notebook."""

    @property
    def text(self) -> str:
        """The text of the file."""
        if self.cells:
            return self._notebook_text()
        header, body = self._header(), self.body.strip("\n")
        return f"{header}\n{body}\n" if header else f"{body}\n"

    def _header(self) -> str:
        header = "\n".join(field_line(key, value) for key, value in self.fields)
        return f"---\n{header}\n---\n" if header else ""

    def _notebook_text(self) -> str:
        _, *parts = _CELL_MARK.split(self.body)
        sources = {int(number): text.strip("\n") for number, text in zip(parts[::2], parts[1::2], strict=True)}
        cells: list[dict[str, Any]] = [{"cell_type": "raw", "metadata": {}, "source": self._header()}]
        for number, cell in enumerate(self.cells, 1):
            source = {"source": sources.get(number, "")} if cell.kind == "markdown" else {}
            cells.append({**cell.value, **source})
        notebook = {"cells": cells, "metadata": self.metadata, "nbformat": 4, "nbformat_minor": 4}
        return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"

    def offset_of(self, location: Location) -> int | None:
        """Return the offset of a position in the body without blank lines around it; None if it is not in the text."""
        body, row = self.body.strip("\n"), location.line - 1
        start = 0
        if self.cells:
            mark = re.search(f"^{cell_mark(location.cell - 1)}\n+", body, re.MULTILINE)
            if location.cell < 2 or mark is None:
                return None
            start = mark.end()
        else:
            row -= self._header().count("\n") + bool(self.fields)
        if row < 0:
            return None
        for _ in range(row):
            start = body.find("\n", start) + 1
            if not start:
                return len(body)
        return min(start + max(location.column - 1, 0), len(body))

    def code_cell(self, location: Location) -> NotebookCell | None:
        """Return the code cell in which a position is; None if it is elsewhere."""
        cell = self.cells[location.cell - 2] if 2 <= location.cell < len(self.cells) + 2 else None
        return cell if cell is not None and cell.kind == "code" else None

    def hide_cell(self, hidden: NotebookCell) -> SiteDocument:
        """Return the notebook with a tag that removes the cell ``hidden`` from the page; it stays in the file."""
        value = {**hidden.value, "metadata": {"tags": ["remove-cell"]}, "outputs": []}
        cells = tuple(NotebookCell("code", value) if cell is hidden else cell for cell in self.cells)
        return structs.replace(self, cells=cells)

    def key_at(self, line: int) -> str:
        """Return the key whose value is in ``line`` of the file, or ``""``."""
        first = 2
        for key, value in self.fields:
            end = first + value.count("\n") + 1
            if first <= line < end:
                return key
            first = end
        return ""

    def field(self, key: str) -> str:
        """Return the YAML of a value, or ``""``."""
        return next((value for name, value in self.fields if name == key), "")

    def set_field(self, key: str, value: str) -> SiteDocument:
        """Return the document with another value for ``key``; without the key if ``value`` is empty."""
        others = [(name, text if name != key else value) for name, text in self.fields]
        if value and not self.field(key):
            others.append((key, value))
        return structs.replace(self, fields=tuple(pair for pair in others if pair[1]))


def field_line(key: str, value: str) -> str:
    """Return key and value; a table begins below its key."""
    return f"{key}:{value}" if value.startswith("\n") else f"{key}: {value}"


class NewFile(Struct, frozen=True):
    """A file that is copied from the old blog."""

    path: str
    """Relative to the site folder."""
    source: str
    """Its path in the old folder."""


class NewSite(Struct, frozen=True, kw_only=True):
    """A site that is ready to be written."""

    settings: tuple[tuple[str, str], ...]
    """Key of ``blog.toml``, and its value as TOML."""
    macros: Mapping[str, str]
    documents: tuple[SiteDocument, ...]
    files: tuple[NewFile, ...]
    redirects: tuple[str, ...] = ()
    """Lines of ``content/_redirects``."""
    feed_paths: tuple[str, ...] = ()
    """Other addresses of the feed."""
    feed_limit: int = 0
    """The number of entries in a feed; 0: the default."""

    def settings_text(self) -> str:
        """Return ``blog.toml``."""
        lines = [f"{key} = {value}" for key, value in self.settings]
        if self.feed_paths or self.feed_limit:
            lines += ["", "[feed]"]
            lines += [f"limit = {self.feed_limit}"] if self.feed_limit else []
            paths = ", ".join(map(toml_text, self.feed_paths))
            lines += [f"paths = [{paths}]"] if paths else []
        if self.macros:
            lines += ["", "[math.macros]"]
            lines += [f"{name} = {toml_text(tex)}" for name, tex in sorted(self.macros.items())]
        return "\n".join(lines) + "\n"

    def texts(self) -> dict[str, str]:
        """Return the text of each file that is not copied, by its path."""
        texts = {"blog.toml": self.settings_text()}
        if self.redirects:
            texts["content/_redirects"] = "\n".join(self.redirects) + "\n"
        return texts | {document.path: document.text for document in self.documents}


def toml_text(text: str) -> str:
    """Return a TOML string."""
    return json.dumps(text, ensure_ascii=False)


def yaml_value(value: Any, indent: int = 0) -> str:
    """Return ``value`` as YAML: text in quotes where it needs them, lists in brackets, tables below each other."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, dict | list | tuple):
        return _yaml_collection(value, indent)
    text = re.sub("[\x85\u2028\u2029]", " ", str(value))
    is_plain = _PLAIN_TEXT.fullmatch(text) and not _YAML_WORD.fullmatch(text)
    return text if is_plain else json.dumps(text, ensure_ascii=False)


def _yaml_collection(value: Any, indent: int) -> str:
    """Return a list in brackets, or a table below its key; in JSON, which is YAML too, what is deeper."""
    if isinstance(value, dict) and value and indent < 4:
        lines = [
            " " * (indent + 2) + field_line(yaml_value(str(key)), yaml_value(item, indent + 2))
            for key, item in value.items()
        ]
        return "\n" + "\n".join(lines)
    if isinstance(value, dict) or any(isinstance(item, dict) for item in value):
        return json.dumps(value, ensure_ascii=False, default=str)
    return "[" + ", ".join(map(yaml_value, value)) + "]"
