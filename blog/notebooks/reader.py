"""The cells of a notebook, without those that are removed, and the front matter in its first one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple, NoReturn

from msgspec import Struct

from blog.config.hiding_marks import WORDS, fold_text
from blog.notebooks.cell_marks import REMOVING, check_cell, check_code, check_notebook, check_words, folds, plain_tag
from blog.notebooks.json_positions import NotebookFile, Rows, Value
from blog.notebooks.outputs import CellOutput, read_attachments, read_embedded, read_outputs
from blog.problems import BlogError, Problem, did_you_mean
from blog.text import CONTROL_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterator

_FENCE = re.compile(
    r"(?>[ \t]*+\n)*+[ \t\ufeff\u200b]*+(?:-{2,}+|\+{2,}+|[—–]++)[ \t]*+(?:#.*+|ya?ml|toml)?+[ \t]*+(?:\n|$)"
)
"""Front matter, or nearly: ``frontmatter.split`` says which."""
_CLOSING = {
    "---": re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*(?:\n|\Z)", re.MULTILINE),
}


class Cell(Struct, frozen=True, kw_only=True):
    """One Markdown or code cell that is not empty."""

    kind: Literal["markdown", "code"]
    text: str
    """The source, without blank lines at its end; empty if it is removed."""
    rows: Rows
    """Per line of ``text``: the line of the file, from 1, and the number of characters before it there."""
    outputs: tuple[CellOutput, ...] = ()
    """None if they are removed."""
    attachments: tuple[tuple[str, bytes], ...] = ()
    """Pictures by name, for ``![alt](attachment:name)``."""
    images: tuple[tuple[str, bytes], ...] = ()
    """Images in the text, by their ``data:`` URLs."""
    language: str = ""
    """Language of the code, if the cell has another one than the notebook."""
    private: bool = False
    """Readers never get it."""
    folds_input: bool = False
    """The reader unfolds the source to see it."""
    folds_output: bool = False
    """The reader unfolds the outputs to see them."""


class Notebook(Struct, frozen=True, kw_only=True):
    """The cells of a notebook that a page shows, and its front matter."""

    cells: tuple[Cell, ...]
    language: str = "python"
    """Language of the code, as the kernel names it."""
    head: str = ""
    """Front matter with its fences, or what is nearly that; it is in no cell."""
    head_rows: Rows = ()
    """Positions of the lines of ``head``, as in cells."""
    problems: tuple[Problem, ...] = ()


class _Stored(NamedTuple):
    """A cell as it is in the file."""

    kind: str
    text: str
    rows: Rows
    tags: frozenset[str]
    value: Value


def parse_notebook(text: str, path: str) -> Notebook:
    """The notebook in ``text``, the decoded file at ``path``, with all that is wrong with single cells.

    Raises :class:`BlogError` for what is not JSON, not a notebook, or older than nbformat 4.
    """
    file = NotebookFile(text, path)
    top = file.document()
    cells = _cells(file, top)
    check_notebook(file, top)
    stored = [cell for value in cells if (cell := _stored(file, value))]
    head, stored = _take_head(stored)
    shown = tuple(cell for one in stored for cell in _cell(file, one))
    language = _language(file, top)
    return Notebook(
        cells=shown,
        language=language,
        head=head.text if head else "",
        head_rows=head.rows if head else (),
        problems=tuple(sorted(set(file.problems))),
    )


def _cells(file: NotebookFile, top: Value) -> list[Value]:
    """The list of cells, if this is a notebook of a version that is known."""
    found = top.value if isinstance(top.value, dict) else {}
    version = found.get("nbformat")
    if version is None or type(version.value) is not int:
        _refuse(file, top, "not a notebook", "a notebook is a JSON file that Jupyter saved, with nbformat and cells")
    if version.value < 4:
        _refuse(file, version, f"a notebook of nbformat {version.value} is too old", "save it with a newer Jupyter")
    if version.value > 4:
        _refuse(file, version, f"nbformat {version.value} is not known here", "save it as nbformat 4")
    cells = found.get("cells")
    if cells is None or not isinstance(cells.value, list):
        _refuse(file, cells or top, 'the notebook has no list of "cells"', "open it in Jupyter and save it again")
    return list(cells.value)


def _refuse(file: NotebookFile, value: Value, message: str, hint: str) -> NoReturn:
    raise BlogError([Problem(file.locate(value.at), "notebook", message, hint)])


def _language(file: NotebookFile, top: Value) -> str:
    """Return ``metadata.language_info.name``, or else the language of the ``kernelspec``."""
    metadata = top.value.get("metadata")
    if metadata is None or not file.table(top, "metadata"):
        return "python"
    for table, key in (("language_info", "name"), ("kernelspec", "language")):
        name = file.table(metadata, table).get(key)
        if name and isinstance(name.value, str) and (plain := CONTROL_CHARACTERS.sub("", name.value).strip()):
            return plain[:100]
    return "python"


_LANGUAGES = (
    ("vscode", "languageId"),
    ("polyglot_notebook", "kernelName"),
    ("dotnet_interactive", "language"),
    ("kernelspec", "language"),
    ("kernel", ""),
)
"""Metadata keys with the language of one cell: VS Code, Polyglot Notebooks, SoS and others."""


def _language_of_cell(stored: _Stored) -> str:
    """The language that the metadata of a cell name, or an empty text."""
    metadata = stored.value.value.get("metadata")
    for table, key in _LANGUAGES:
        value = _member(_member(metadata, table), key) if key else _member(metadata, table)
        if value and isinstance(value.value, str) and (plain := CONTROL_CHARACTERS.sub("", value.value).strip()):
            return plain[:100]
    return ""


def _member(value: Value | None, key: str) -> Value | None:
    return value.value.get(key) if value is not None and isinstance(value.value, dict) else None


def _stored(file: NotebookFile, value: Value) -> _Stored | None:
    """The cell in ``value``, or None if it is no cell."""
    if not isinstance(value.value, dict):
        file.fail(value.at, "wrong-type", "a cell must be a table of keys and values")
        return None
    kind = file.word(value, "cell_type")
    if kind and kind not in {"markdown", "code", "raw"}:
        file.fail(value.at, "cell", f'unknown type of cell "{kind}"', "open it in Jupyter and save it again")
    source = value.value.get("source")
    if source is None:
        file.fail(value.at, "missing-key", 'a cell has no "source"', "open it in Jupyter and save it again")
    if kind not in {"markdown", "code", "raw"} or source is None:
        return None
    tags = _tags(file, value)
    if tags.isdisjoint({"private", "remove-cell"}):
        check_cell(file, value)
    text, rows = file.lines(source, '"source"')
    return _Stored(kind, text, rows, tags, value)


def _tags(file: NotebookFile, cell: Value) -> frozenset[str]:
    """The tags of a cell, in small letters and with hyphens."""
    metadata = cell.value.get("metadata")
    for key, value in file.table(cell, "metadata").items():
        if key != "tags" and fold_text(key) in {"tag", "tags", "private"}:
            file.fail(
                value.at, "tag", f'"{CONTROL_CHARACTERS.sub("", key)}" hides nothing here', 'write "tags": ["private"]'
            )
    tags = file.items(metadata, "tags") if metadata and isinstance(metadata.value, dict) else []
    return frozenset(_tag(file, value) for value in tags)


def _tag(file: NotebookFile, value: Value) -> str:
    if not isinstance(value.value, str):
        file.fail(value.at, "wrong-type", "a tag must be text")
        return ""
    plain = CONTROL_CHARACTERS.sub("", value.value)[:100]
    tag = plain_tag(plain)
    hint = 'did you mean "private"?' if "private" in tag else did_you_mean(tag, REMOVING)
    if hint and tag not in REMOVING:
        file.fail(value.at, "tag", f'the tag "{plain}" hides nothing', hint)
    elif tag in WORDS:
        file.fail(value.at, "tag", f'the tag "{plain}" hides nothing', 'write "private", or choose another word')
    return tag


def _take_head(stored: list[_Stored]) -> tuple[_Stored | None, list[_Stored]]:
    """The front matter in the first cell that is not empty, and the cells after it, with the rest of that one."""
    stored = [cell for cell in stored if cell.text or _has_outputs(cell)]
    if not stored or stored[0].kind == "code" or not _FENCE.match(stored[0].text + "\n"):
        return None, stored
    first = stored[0]
    blank = len(first.text) - len(first.text.lstrip())
    closing = _CLOSING.get(first.text[blank : blank + 3])
    end = closing.search(first.text, blank + 3) if closing else None
    split = end.end() if end else len(first.text)
    rest = first.text[split:]
    row = len(first.rows) - rest.count("\n") - 1
    head = first._replace(text=first.text[:split])
    after = first._replace(kind="markdown", text=rest, rows=first.rows[row:])
    return head, [after, *stored[1:]] if rest.strip() else stored[1:]


def _check_directives(file: NotebookFile, stored: _Stored) -> None:
    """Note the comments in a cell that would hide it elsewhere, at its first line."""
    source = stored.value.value["source"]
    first = source.value[0] if isinstance(source.value, list) and source.value else source
    if stored.kind == "code":
        folded_input = {"hide-input"} if folds(stored.value)[0] else set()
        check_code(file, first.at, stored.text, stored.value, stored.tags | folded_input)
    elif stored.kind == "markdown":
        check_words(file, first.at, stored.text)


def _has_outputs(stored: _Stored) -> bool:
    outputs = stored.value.value.get("outputs")
    return stored.kind == "code" and outputs is not None and bool(outputs.value)


def _cell(file: NotebookFile, stored: _Stored) -> Iterator[Cell]:
    """The cell, unless it is removed or nothing is in it."""
    if "remove-cell" in stored.tags:
        return
    if "private" not in stored.tags:
        _check_directives(file, stored)
    if stored.kind == "raw":
        if "private" not in stored.tags:
            hint = "make it a Markdown cell; front matter stands in the first cell, between lines --- or +++"
            file.fail(stored.value.at, "cell", "a raw cell is not shown", hint)
        return
    code = stored.kind == "code"
    outputs = file.items(stored.value, "outputs") if code and "remove-output" not in stored.tags else []
    folds_input, folds_output = folds(stored.value)
    shows = "remove-input" not in stored.tags
    cell = Cell(
        kind="code" if code else "markdown",
        text=stored.text if shows else "",
        rows=stored.rows if shows else (),
        outputs=read_outputs(file, outputs, tags=stored.tags),
        attachments=() if code or not shows else read_attachments(file, stored.value),
        images=() if code or not shows else tuple(read_embedded(file, stored.value.at, stored.text).items()),
        language=_language_of_cell(stored) if code else "",
        private="private" in stored.tags,
        folds_input=folds_input or not stored.tags.isdisjoint({"hide-input", "hide-cell"}),
        folds_output=folds_output or not stored.tags.isdisjoint({"hide-output", "hide-cell"}),
    )
    if cell.text or cell.outputs:
        yield cell
