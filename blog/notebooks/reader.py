"""The cells of a notebook, without those that are removed, and the front matter in its first one."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from msgspec import Struct

from blog.config.hiding_marks import WORDS, fold_text
from blog.notebooks.ineffective_marks import (
    REMOVING,
    check_cell,
    check_code,
    check_notebook,
    check_words,
    plain_tag,
    read_folds,
)
from blog.notebooks.json_positions import RESTORE_HINT, NotebookFile, Rows, Value, members_of, printable_name, text_of
from blog.notebooks.outputs import CellOutput, Images, read_attachments, read_embedded_images, read_outputs
from blog.problems import BlogError, Problem, did_you_mean
from blog.text import CONTROL_CHARACTERS

_FENCE = re.compile(
    r"(?>[ \t]*+\n)*+[ \t\ufeff\u200b]*+(?:-{2,}+|\+{2,}+|[—–]++)[ \t]*+(?:#.*+|ya?ml|toml)?+[ \t]*+(?:\n|$)"
)
"""The opening of front matter, or what looks like one: ``frontmatter.split`` decides."""
_CLOSING = {
    "---": re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*(?:\n|\Z)", re.MULTILINE),
}

_HIDING_TAGS = frozenset({"private", "remove-cell"})
_CELL_TYPES = frozenset({"markdown", "code", "raw"})
_LANGUAGE_KEYS = (
    ("vscode", "languageId"),
    ("polyglot_notebook", "kernelName"),
    ("dotnet_interactive", "language"),
    ("kernelspec", "language"),
    ("kernel", ""),
)
"""Metadata keys with the language of one cell: VS Code, Polyglot Notebooks, SoS and others."""
_RAW_CELL_HINT = "make it a Markdown cell; front matter stands in the first cell, between lines --- or +++"


class Cell(Struct, frozen=True, kw_only=True):
    """One Markdown or code cell that is not empty."""

    kind: Literal["markdown", "code"]
    text: str
    """The source, without blank lines at its end; empty if it is removed."""
    rows: Rows
    """Per line of ``text``: the line of the file, from 1, and the number of characters before it there."""
    outputs: tuple[CellOutput, ...] = ()
    """Empty if they are removed."""
    attachments: Images = ()
    """Images by name, for ``![alt](attachment:name)``."""
    images: Images = ()
    """Images in the text, by their ``data:`` URLs."""
    language: str = ""
    """Language of the code, if it is not that of the notebook."""
    private: bool = False
    """True if only the author sees it."""
    folds_input: bool = False
    """True if the source is folded on the page."""
    folds_output: bool = False
    """True if the outputs are folded on the page."""


class Notebook(Struct, frozen=True, kw_only=True):
    """The cells of a notebook that a page shows, and its front matter."""

    cells: tuple[Cell, ...]
    language: str = "python"
    """Language of the code, as the kernel names it."""
    head: str = ""
    """Front matter with its fences, or what looks like it; it is in no cell."""
    head_rows: Rows = ()
    """Positions of the lines of ``head``, as in cells."""
    problems: tuple[Problem, ...] = ()


class _StoredCell(NamedTuple):
    """A cell as the file contains it."""

    kind: str
    text: str
    rows: Rows
    tags: frozenset[str]
    value: Value
    number: int
    """Counted from 1, in the file."""


def parse_notebook(text: str, path: str) -> Notebook:
    """Return the notebook in ``text``, the decoded file at ``path``, with the problems of single cells.

    Raise :class:`BlogError` for a file that is not JSON, not a notebook, or older than nbformat 4.
    """
    file = NotebookFile(text, path)
    top = file.parse()
    values = _get_cells(file, top)
    check_notebook(file, top)
    stored_cells = []
    for number, value in enumerate(values, 1):
        file.cell_number = number
        stored = _read_stored_cell(file, value)
        if stored is not None and not _is_empty(stored):
            stored_cells.append(stored)
    head, stored_cells = _split_front_matter(stored_cells)
    cells = []
    for stored in stored_cells:
        file.cell_number = stored.number
        cell = _convert_cell(file, stored)
        if cell is not None:
            cells.append(cell)
    file.cell_number = 0
    return Notebook(
        cells=tuple(cells),
        language=_read_language(file, top),
        head=head.text if head else "",
        head_rows=head.rows if head else (),
        problems=tuple(sorted(set(file.problems))),
    )


def _get_cells(file: NotebookFile, top: Value) -> list[Value]:
    """Return the list of cells; raise :class:`BlogError` if this is no notebook of a supported version."""
    members = members_of(top)
    version = members.get("nbformat")
    if version is None or type(version.value) is not int:
        raise _refusal(
            file, top, "not a notebook", "a notebook is a JSON file that Jupyter saved, with nbformat and cells"
        )
    if version.value < 4:
        message = f"a notebook of nbformat {version.value} is too old"
        raise _refusal(file, version, message, "save it with a newer Jupyter")
    if version.value > 4:
        message = f"nbformat {version.value} is not known here"
        raise _refusal(file, version, message, "save it as nbformat 4")
    cells = members.get("cells")
    if cells is None or not isinstance(cells.value, list):
        raise _refusal(file, cells or top, 'the notebook has no list of "cells"', RESTORE_HINT)
    return list(cells.value)


def _refusal(file: NotebookFile, value: Value, message: str, hint: str) -> BlogError:
    return BlogError([Problem(file.locate(value.start), "notebook", message, hint)])


def _read_language(file: NotebookFile, top: Value) -> str:
    """Return ``metadata.language_info.name``, or else the language of the ``kernelspec``."""
    metadata = top.value.get("metadata")
    if metadata is None or not file.get_table(top, "metadata"):
        return "python"
    for table, key in (("language_info", "name"), ("kernelspec", "language")):
        language = _language_name(file.get_table(metadata, table).get(key))
        if language:
            return language
    return "python"


def _read_cell_language(cell: Value) -> str:
    """Return the language in the metadata of a cell, or an empty text."""
    metadata = cell.value.get("metadata")
    for name, key in _LANGUAGE_KEYS:
        value = members_of(metadata).get(name)
        if key:
            value = members_of(value).get(key)
        language = _language_name(value)
        if language:
            return language
    return ""


def _language_name(value: Value | None) -> str:
    return CONTROL_CHARACTERS.sub("", text_of(value)).strip()[:100]


def _read_stored_cell(file: NotebookFile, value: Value) -> _StoredCell | None:
    """Return the cell in ``value``, or None after an error."""
    if not isinstance(value.value, dict):
        file.error(value.start, "wrong-type", "a cell must be a table of keys and values")
        return None
    kind = file.require_name(value, "cell_type")
    if kind and kind not in _CELL_TYPES:
        kind_start = value.value["cell_type"].start
        file.error(kind_start, "cell", f'unknown type of cell "{kind}"', 'change it to "code" or "markdown"')
    source = value.value.get("source")
    if source is None:
        file.error(value.start, "missing-key", 'the cell has no "source"', 'write "source": []')
    if kind not in _CELL_TYPES or source is None:
        return None
    tags = _read_tags(file, value)
    if tags.isdisjoint(_HIDING_TAGS):
        check_cell(file, value)
    text, rows = file.read_lines(source, '"source"')
    return _StoredCell(kind, text, rows, tags, value, file.cell_number)


def _read_tags(file: NotebookFile, cell: Value) -> frozenset[str]:
    """Return the tags of a cell, in lower case and with hyphens; report keys that look like tags."""
    members = file.get_table(cell, "metadata")
    for key, value in members.items():
        if key != "tags" and fold_text(key) in {"tag", "tags", "private"}:
            message = f'"{CONTROL_CHARACTERS.sub("", key)}" hides nothing here'
            file.error(value.start, "tag", message, 'write "tags": ["private"]')
    tags = file.get_list(cell.value["metadata"], "tags") if members else []
    return frozenset(_read_tag(file, tag) for tag in tags)


def _read_tag(file: NotebookFile, value: Value) -> str:
    """Return a tag; report one that someone could take for a tag that hides something."""
    if not isinstance(value.value, str):
        file.error(value.start, "wrong-type", "a tag must be text")
        return ""
    name = printable_name(value.value)
    tag = plain_tag(name)
    hint = _tag_hint(tag)
    if hint:
        file.error(value.start, "tag", f'the tag "{name}" hides nothing', hint)
    return tag


def _tag_hint(tag: str) -> str:
    """Return a hint for a tag that looks as if it hid something and does not; else an empty text."""
    if tag in REMOVING:
        return ""
    if "private" in tag:
        return 'did you mean "private"?'
    suggestion = did_you_mean(tag, REMOVING)
    if not suggestion and tag in WORDS:
        return 'write "private", or choose another word'
    return suggestion


def _split_front_matter(cells: list[_StoredCell]) -> tuple[_StoredCell | None, list[_StoredCell]]:
    """Return the front matter at the beginning of the first cell, and all cells without it."""
    if not cells or cells[0].kind == "code" or not _FENCE.match(cells[0].text + "\n"):
        return None, cells
    first, *others = cells
    end = _front_matter_end(first.text)
    rest = first.text[end:]
    head = first._replace(text=first.text[:end])
    if not rest.strip():
        return head, others
    row = len(first.rows) - rest.count("\n") - 1
    return head, [first._replace(kind="markdown", text=rest, rows=first.rows[row:]), *others]


def _front_matter_end(text: str) -> int:
    """Return where front matter ends in ``text``, which begins with it: without a closing fence, at the end."""
    start = len(text) - len(text.lstrip())
    closing_pattern = _CLOSING.get(text[start : start + 3])
    closing = closing_pattern.search(text, start + 3) if closing_pattern else None
    return closing.end() if closing else len(text)


def _is_empty(stored: _StoredCell) -> bool:
    if stored.text:
        return False
    outputs = stored.value.value.get("outputs")
    return stored.kind != "code" or outputs is None or not outputs.value


def _convert_cell(file: NotebookFile, stored: _StoredCell) -> Cell | None:
    """Return the cell, or None if it is removed, raw or empty."""
    if "remove-cell" in stored.tags:
        return None
    if "private" not in stored.tags:
        _check_directives(file, stored)
    if stored.kind == "code":
        return _convert_code_cell(file, stored)
    if stored.kind == "raw" or "remove-input" in stored.tags:
        return None
    return _convert_markdown_cell(file, stored)


def _check_directives(file: NotebookFile, stored: _StoredCell) -> None:
    """Report a raw cell, and the comments by which another tool would hide a cell, at its first line."""
    if stored.kind == "raw":
        file.error(stored.value.start, "cell", "a raw cell is not shown", _RAW_CELL_HINT)
        return
    source = stored.value.value["source"]
    first_line = source.value[0] if isinstance(source.value, list) and source.value else source
    if stored.kind == "markdown":
        check_words(file, first_line.start, stored.text)
        return
    tags = stored.tags
    is_folded, _ = read_folds(stored.value)
    if is_folded:
        tags |= {"hide-input"}
    check_code(file, first_line.start, stored.text, stored.value, tags)


def _convert_code_cell(file: NotebookFile, stored: _StoredCell) -> Cell | None:
    """Return the cell without its input or outputs if they are removed; None if nothing remains."""
    if "remove-input" in stored.tags:
        stored = stored._replace(text="", rows=())
    stored_outputs = [] if "remove-output" in stored.tags else file.get_list(stored.value, "outputs")
    outputs = read_outputs(file, stored_outputs, tags=stored.tags)
    if not stored.text and not outputs:
        return None
    folds_input, folds_output = _read_cell_folds(stored)
    return Cell(
        kind="code",
        text=stored.text,
        rows=stored.rows,
        outputs=outputs,
        language=_read_cell_language(stored.value),
        private="private" in stored.tags,
        folds_input=folds_input,
        folds_output=folds_output,
    )


def _convert_markdown_cell(file: NotebookFile, stored: _StoredCell) -> Cell:
    folds_input, folds_output = _read_cell_folds(stored)
    return Cell(
        kind="markdown",
        text=stored.text,
        rows=stored.rows,
        attachments=read_attachments(file, stored.value),
        images=tuple(read_embedded_images(file, stored.value.start, stored.text).items()),
        private="private" in stored.tags,
        folds_input=folds_input,
        folds_output=folds_output,
    )


def _read_cell_folds(stored: _StoredCell) -> tuple[bool, bool]:
    """Return whether the input and the outputs are folded, by tags or by metadata of the cell."""
    folds_input, folds_output = read_folds(stored.value)
    return (
        folds_input or not stored.tags.isdisjoint({"hide-input", "hide-cell"}),
        folds_output or not stored.tags.isdisjoint({"hide-output", "hide-cell"}),
    )
