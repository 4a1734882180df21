"""The cells of a notebook, without those that are removed, and the front matter in its first one."""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple

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
from blog.notebooks.notebook_file import (
    RESTORE_HINT,
    NotebookFile,
    decode_notebook,
    members_of,
    printable_name,
    text_of,
)
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
    number: int
    """Counted from 1, in the file."""
    line: int = 1
    """Line of the cell at which ``text`` begins: below front matter, if the cell contains it."""
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

    @property
    def rows(self) -> tuple[tuple[int, int], ...]:
        """The number of the cell and the line there, for each line of the text."""
        return tuple((self.number, self.line + row) for row in range(self.text.count("\n") + 1))


class Notebook(Struct, frozen=True, kw_only=True):
    """The cells of a notebook that a page shows, and its front matter."""

    cells: tuple[Cell, ...]
    language: str = "python"
    """Language of the code, as the kernel names it."""
    head: str = ""
    """Front matter with its fences, or what looks like it; it is in no cell."""
    head_cell: int = 0
    """The number of the cell that begins with ``head``; 0 without front matter."""
    problems: tuple[Problem, ...] = ()


class _StoredCell(NamedTuple):
    """A cell as the file contains it."""

    kind: str
    text: str
    tags: frozenset[str]
    value: dict[str, Any]
    number: int
    """Counted from 1, in the file."""
    line: int = 1
    """Line of the cell at which ``text`` begins."""


def parse_notebook(text: str, path: str) -> Notebook:
    """Return the notebook in ``text``, the decoded file at ``path``, with the problems of single cells.

    Raise :class:`BlogError` for a file that is not JSON, not a notebook, or older than nbformat 4.
    """
    file = NotebookFile(path)
    top = decode_notebook(text, path)
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
        head_cell=head.number if head else 0,
        problems=tuple(sorted(set(file.problems))),
    )


def _get_cells(file: NotebookFile, top: Any) -> list[Any]:
    """Return the list of cells; raise :class:`BlogError` if this is no notebook of a supported version."""
    members = members_of(top)
    version = members.get("nbformat")
    if type(version) is not int:  # not isinstance: a bool is an int
        raise _refusal(file, "not a notebook", "a notebook is a JSON file that Jupyter saved, with nbformat and cells")
    if version < 4:
        raise _refusal(file, f"a notebook of nbformat {version} is too old", "save it with a newer Jupyter")
    if version > 4:
        raise _refusal(file, f"nbformat {version} is not known here", "save it as nbformat 4")
    cells = members.get("cells")
    if not isinstance(cells, list):
        raise _refusal(file, 'the notebook has no list of "cells"', RESTORE_HINT)
    return cells


def _refusal(file: NotebookFile, message: str, hint: str) -> BlogError:
    return BlogError([Problem(file.locate(), "notebook", message, hint)])


def _read_language(file: NotebookFile, top: dict[str, Any]) -> str:
    """Return ``metadata.language_info.name``, or else the language of the ``kernelspec``."""
    metadata = file.get_table(top, "metadata")
    for table, key in (("language_info", "name"), ("kernelspec", "language")):
        language = _language_name(file.get_table(metadata, table).get(key))
        if language:
            return language
    return "python"


def _read_cell_language(cell: dict[str, Any]) -> str:
    """Return the language in the metadata of a cell, or an empty text."""
    metadata = members_of(cell.get("metadata"))
    for name, key in _LANGUAGE_KEYS:
        value = metadata.get(name)
        if key:
            value = members_of(value).get(key)
        language = _language_name(value)
        if language:
            return language
    return ""


def _language_name(value: Any) -> str:
    return CONTROL_CHARACTERS.sub("", text_of(value)).strip()[:100]


def _read_stored_cell(file: NotebookFile, value: Any) -> _StoredCell | None:
    """Return the cell in ``value``, or None after an error."""
    if not isinstance(value, dict):
        file.add_error("wrong-type", "a cell must be a table of keys and values")
        return None
    kind = file.require_name(value, "cell_type")
    if kind and kind not in _CELL_TYPES:
        file.add_error("cell", f'unknown type of cell "{kind}"', 'change it to "code" or "markdown"')
    if "source" not in value:
        file.add_error("missing-key", 'the cell has no "source"', 'write "source": []')
    if kind not in _CELL_TYPES or "source" not in value:
        return None
    tags = _read_tags(file, value)
    if tags.isdisjoint(_HIDING_TAGS):
        check_cell(file, value)
    return _StoredCell(kind, file.read_source(value["source"]), tags, value, file.cell_number)


def _read_tags(file: NotebookFile, cell: dict[str, Any]) -> frozenset[str]:
    """Return the tags of a cell, in lower case and with hyphens; report keys that look like tags."""
    metadata = file.get_table(cell, "metadata")
    for key in metadata:
        if key != "tags" and fold_text(key) in {"tag", "tags", "private"}:
            message = f'"{CONTROL_CHARACTERS.sub("", key)}" hides nothing here'
            file.add_error("tag", message, 'write "tags": ["private"]')
    return frozenset(_read_tag(file, tag) for tag in file.get_list(metadata, "tags"))


def _read_tag(file: NotebookFile, value: Any) -> str:
    """Return a tag; report one that someone could take for a tag that hides something."""
    if not isinstance(value, str):
        file.add_error("wrong-type", "a tag must be text")
        return ""
    name = printable_name(value)
    tag = plain_tag(name)
    hint = _tag_hint(tag)
    if hint:
        file.add_error("tag", f'the tag "{name}" hides nothing', hint)
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
    return head, [first._replace(kind="markdown", text=rest, line=head.text.count("\n") + 1), *others]


def _front_matter_end(text: str) -> int:
    """Return where front matter ends in ``text``, which begins with it: without a closing fence, at the end."""
    start = len(text) - len(text.lstrip())
    closing_pattern = _CLOSING.get(text[start : start + 3])
    closing = closing_pattern.search(text, start + 3) if closing_pattern else None
    return closing.end() if closing else len(text)


def _is_empty(stored: _StoredCell) -> bool:
    if stored.text:
        return False
    return stored.kind != "code" or not stored.value.get("outputs")


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
    """Report a raw cell, and the comments by which another tool would hide a cell."""
    if stored.kind == "raw":
        file.add_error("cell", "a raw cell is not shown", _RAW_CELL_HINT)
        return
    if stored.kind == "markdown":
        check_words(file, stored.text)
        return
    tags = stored.tags
    is_folded, _ = read_folds(stored.value)
    if is_folded:
        tags |= {"hide-input"}
    check_code(file, stored.text, stored.value, tags)


def _convert_code_cell(file: NotebookFile, stored: _StoredCell) -> Cell | None:
    """Return the cell without its input or outputs if they are removed; None if nothing remains."""
    if "remove-input" in stored.tags:
        stored = stored._replace(text="")
    stored_outputs = [] if "remove-output" in stored.tags else file.get_list(stored.value, "outputs")
    outputs = read_outputs(file, stored_outputs, tags=stored.tags)
    if not stored.text and not outputs:
        return None
    folds_input, folds_output = _read_cell_folds(stored)
    return Cell(
        kind="code",
        text=stored.text,
        number=stored.number,
        line=stored.line,
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
        number=stored.number,
        line=stored.line,
        attachments=read_attachments(file, stored.value),
        images=tuple(read_embedded_images(file, stored.text).items()),
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
