"""A notebook of an old blog → front matter, one text of all Markdown cells, and cells of nbformat 4 whose tags hide.

Marks of fastpages, nbdev, Quarto and extensions of Jupyter become tags; nbformat 3 becomes 4 here, in a few lines: the
library nbformat would bring a schema checker and thirty other packages for that.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct, structs

from blog.config.hiding_marks import WORDS
from blog.config.toml import ConfigNode
from blog.importers.front_matter import RawMatter, matter_of, plain_value, split_matter
from blog.importers.new_site import NotebookCell, cell_mark
from blog.markdown.chunk_options import INPUT, OUTPUT, STDERR, find_chunk_options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEADER = re.compile(
    r"\s*+#[ \t](?P<title>[^\n]++)\n\s*+(?:>(?P<summary>[^\n]++)\n\s*+)?"
    r"(?P<keys>(?:[-*][ \t]+[A-Za-z_][\w-]*[ \t]*:[^\n]*(?:\n|\Z))+)"
)
"""The first cell of fastpages and nbdev: a title, a summary, and a list of keys."""
_KEYS = re.compile(r"(?:[-*][ \t]++[A-Za-z_][\w-]*+[ \t]*+:[^\n]*+(?:\n|\Z))+")
"""The first cell of Pelican's plugin for notebooks: nothing but a list of keys."""
_BOUNDS = re.compile(r"[\[(]?\s*(-?\d{1,6}|None)\s*,\s*(-?\d{1,6}|None)\s*[\])]?")
_OPTION_LINE = re.compile(r"[ \t]*(?:#|//|--|%)\|.*|#(?:default_exp|exporti?|hide|collapse)\b.*")
_SHOWN = re.compile(r"^[ \t]*#\|[ \t]*echo[ \t]*:[ \t]*(?:true|fenced)", re.MULTILINE)
_MEDIA = {
    "text": "text/plain", "html": "text/html", "png": "image/png", "jpeg": "image/jpeg", "svg": "image/svg+xml",
    "latex": "text/latex", "json": "application/json", "javascript": "application/javascript",
}  # fmt: skip
"""Names of the forms of an output in nbformat 3."""
_CONTENTS = re.compile(
    r"\s*+(?:<h\d>[^<]{0,80}<span class=[\"']tocSkip[\"']>|(?:>[^\n]{0,500}\(#scrollTo=[^\n]{0,200}\n*+)++\Z)"
)
"""Matches a table of contents that an extension of Jupyter, or Colab, keeps in a cell: pages have their own."""
_INPUT_KEYS = ("hide_input", "hideCode", "hide_code", "remove_input")
_OUTPUT_KEYS = ("hide_output", "hideOutput", "remove_output")


class OldNotebook(Struct, frozen=True, kw_only=True):
    """A notebook of an old blog."""

    raw: RawMatter
    """Its front matter, and its Markdown cells as one text, each below its mark."""
    cells: tuple[NotebookCell, ...]
    metadata: dict[str, Any]
    lines: tuple[int, ...]
    """The line of the file for each line of the text."""


class EmbeddedNotebook(NamedTuple):
    """A notebook in a text, and which of its cells are shown there."""

    text: str
    first: int | None = None
    last: int | None = None


def read_notebook(
    text: str, path: str, *, hides_code: bool = False, header: RawMatter | None = None
) -> OldNotebook | None:
    """Return the notebook in ``text``; None if it is none.

    ``hides_code``: the old tool showed no code that does not ask for it. ``header`` is its metadata, if they are in a
    file beside it.
    """
    try:
        top = json.loads(text)
    except (ValueError, RecursionError):
        return None
    top = _upgrade(top) if isinstance(top, dict) else {}
    values = [value for value in _list(top.get("cells")) if isinstance(value, dict)]
    if not values:
        return None
    metadata = _table(top.get("metadata"))
    hides_code = hides_code or any(metadata.get(key) is True for key in _INPUT_KEYS)
    head, values = (header, values) if header else _find_head(metadata, values, path)
    head, values = _select(head, values)
    cells, rows, lines = _read_cells(text, values, hides_code=hides_code)
    kept = {key: metadata[key] for key in ("kernelspec", "language_info") if isinstance(metadata.get(key), dict)}
    raw = RawMatter(head.node, "\n".join(rows), 1, head.has_block, head.complaint)
    return OldNotebook(raw=raw, cells=tuple(cells), metadata=kept, lines=tuple(lines) or (1,))


def join_notebooks(parts: Sequence[str | EmbeddedNotebook]) -> str:
    """Return one notebook with a cell for each text of ``parts``, and the cells of notebooks between them.

    Raises :class:`ValueError` if one of them is no notebook.
    """
    cells: list[Any] = []
    metadata: dict[str, Any] = {}
    for part in parts:
        if isinstance(part, str):
            cells += [{"cell_type": "markdown", "metadata": {}, "source": part.strip()}] if part.strip() else []
            continue
        top = json.loads(part.text)
        top = _upgrade(top) if isinstance(top, dict) else {}
        cells += _list(top.get("cells"))[part.first : part.last]
        metadata = metadata or _table(top.get("metadata"))
    return json.dumps({"nbformat": 4, "metadata": metadata, "cells": cells})


def _read_cells(
    text: str, values: list[dict[str, Any]], *, hides_code: bool
) -> tuple[list[NotebookCell], list[str], list[int]]:
    """Return the cells, the lines of their Markdown below marks, and the line of the file for each of these."""
    cells: list[NotebookCell] = []
    rows: list[str] = []
    lines: list[int] = []
    position = 0
    for value in values:
        source = _join(value.get("source"))
        if value.get("cell_type") == "code":
            cells.append(_read_code(value, source, hides_code=hides_code))
        elif value.get("cell_type") == "markdown" and not _CONTENTS.match(source):
            cells.append(NotebookCell("markdown", _markdown_cell(value)))
            position, line = _find_line(text, source, position)
            rows += [cell_mark(len(cells)), "", *source.rstrip().split("\n"), ""]
            lines += [line, line, *range(line, line + source.rstrip().count("\n") + 1), line]
    return cells, rows, lines


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _join(value: Any) -> str:
    text = "".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _find_line(text: str, source: str, position: int) -> tuple[int, int]:
    """Return the offset and the line of the file where a cell begins, from ``position`` on."""
    first = json.dumps(source.partition("\n")[0], ensure_ascii=False)[1:-1]
    found = text.find(first, position)
    offset = position if found < 0 else found
    return offset, text.count("\n", 0, offset) + 1


def _find_head(
    metadata: dict[str, Any], values: list[dict[str, Any]], path: str
) -> tuple[RawMatter, list[dict[str, Any]]]:
    """Return the front matter, and the cells without it.

    It is in the metadata of the notebook under ``nikola``, in the first cell, or in the metadata themselves.
    """
    nikola = _table(metadata.get("nikola"))
    if nikola:
        return matter_of(nikola, path), values
    head, rest = _split_head(values, path)
    if not head.has_block and metadata.keys() >= {"title", "date"}:
        own = {key: value for key, value in metadata.items() if not isinstance(value, dict)}
        return matter_of(own, path), rest
    return head, rest


def _select(head: RawMatter, values: list[dict[str, Any]]) -> tuple[RawMatter, list[dict[str, Any]]]:
    """Return the cells that ``subcells: [FROM, TO]`` of Pelican shows, and the front matter without it.

    With a value that is none of this the post is a draft, by a complaint.
    """
    name = next((key for key in head.node.value if key.lower() == "subcells"), "")
    if not name:
        return head, values
    member = head.node.value[name]
    written = str(plain_value(member.node))
    bounds = _BOUNDS.fullmatch(written)
    if bounds is None:
        message = f'which cells are shown is not known: "subcells: {written[:40]}"'
        return structs.replace(head, complaint=(member.location.line, message)), values
    first, last = (None if bound == "None" else int(bound) for bound in bounds.groups())
    members = {key: value for key, value in head.node.value.items() if key != name}
    node = ConfigNode(members, head.node.location, head.node.style)
    return structs.replace(head, node=node), values[first:last]


def _split_head(values: list[dict[str, Any]], path: str) -> tuple[RawMatter, list[dict[str, Any]]]:
    """Return the front matter in the first cell, and the cells without it."""
    first = values[0]
    source = _join(first.get("source"))
    if first.get("cell_type") not in {"raw", "markdown"}:
        return split_matter("", path), values
    header = _HEADER.match(source)
    key_list = _KEYS.fullmatch(source.strip())
    if key_list and "title:" in key_list[0].lower():
        block = re.sub(r"^[-*][ \t]+", "", key_list[0], flags=re.MULTILINE)
        return split_matter(f"---\n{block}\n---\n", path), values[1:]
    if header:
        summary = f"summary: {json.dumps(_unquoted(header['summary']))}\n" if header["summary"] else ""
        keys = re.sub(r"^[-*][ \t]+", "", header["keys"], flags=re.MULTILINE).rstrip()
        block = f"---\ntitle: {json.dumps(_unquoted(header['title']), ensure_ascii=False)}\n{summary}{keys}\n---\n"
        raw, rest = split_matter(block, path), source[header.end() :]
    else:
        raw = split_matter(source, path)
        rest = raw.body if raw.has_block else source
    kept = [{**first, "source": rest}] if rest.strip() and first.get("cell_type") == "markdown" else []
    return raw, [*kept, *values[1:]]


def _unquoted(text: str) -> str:
    return text.strip().strip("\"'").strip()


def _markdown_cell(value: dict[str, Any]) -> dict[str, Any]:
    attachments = value.get("attachments")
    kept = {"attachments": attachments} if isinstance(attachments, dict) else {}
    tags = _own_tags(value) | set(_tags_of_metadata(_table(value.get("metadata"))))
    return {"cell_type": "markdown", "metadata": _metadata(tags), **kept}


def _read_code(value: dict[str, Any], source: str, *, hides_code: bool) -> NotebookCell:
    """Return a code cell with the tags that do what its marks did."""
    tags = _own_tags(value) | set(_tags_of_metadata(_table(value.get("metadata")))) | set(_tags_of_code(source))
    if hides_code and not _SHOWN.search(source):
        tags.add("remove-input")
    lines = [line for line in source.split("\n") if not _OPTION_LINE.fullmatch(line)]
    outputs = [
        {**output, "metadata": {}} if "metadata" in output else output
        for output in _list(value.get("outputs"))
        if isinstance(output, dict)
    ]
    count = value.get("execution_count")
    cell = {
        "cell_type": "code", "execution_count": count if isinstance(count, int) else None, "metadata": _metadata(tags),
        "outputs": outputs, "source": "\n".join(lines).strip("\n"),
    }  # fmt: skip
    return NotebookCell("code", cell)


def _metadata(tags: set[str]) -> dict[str, Any]:
    return {"tags": sorted(tags)} if tags else {}


def _own_tags(value: dict[str, Any]) -> set[str]:
    """Return the tags of a cell; one that smells of hiding removes it."""
    tags = {str(tag).strip().lower().replace("_", "-") for tag in _list(_table(value.get("metadata")).get("tags"))}
    return {"remove-cell" if tag in WORDS else tag for tag in tags if tag}


def _tags_of_metadata(metadata: dict[str, Any]) -> Iterator[str]:
    """Yield the tags for what extensions of Jupyter, and other programs, store with a cell."""
    if metadata.get("nbsphinx") == "hidden" or metadata.get("hidden") is True or metadata.get("hide") is True:
        yield "remove-cell"
    if any(metadata.get(key) is True for key in _INPUT_KEYS):
        yield "remove-input"
    if any(metadata.get(key) is True for key in _OUTPUT_KEYS):
        yield "remove-output"
    jupyter = _table(metadata.get("jupyter"))
    if jupyter.get("source_hidden") is True or metadata.get("cellView") == "form":
        yield "hide-input"
    if jupyter.get("outputs_hidden") is True:
        yield "hide-output"


def _tags_of_code(source: str) -> Iterator[str]:
    """Yield the tags for the marks in the code of a cell; ``#ignore`` is one of Pelican's plugin."""
    if source.lstrip().lower().startswith(("#ignore", "# ignore")):
        yield "remove-cell"
    for option in find_chunk_options(source):
        if {INPUT, OUTPUT} <= option.hides:
            yield "remove-cell"
        elif INPUT in option.hides:
            yield "remove-input" if not option.exports else "hide-input"
        elif OUTPUT in option.hides:
            yield "remove-output"
        elif STDERR in option.hides:
            yield "remove-stderr"
        else:
            yield "hide-input"


def _upgrade(top: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook of nbformat 4; one of nbformat 3 has its cells on worksheets."""
    sheets = top.get("worksheets")
    if not isinstance(sheets, list):
        return top
    cells = [cell for sheet in sheets for cell in _list(_table(sheet).get("cells")) if isinstance(cell, dict)]
    return {"metadata": _table(top.get("metadata")), "cells": list(map(_upgrade_cell, cells))}


def _upgrade_cell(cell: dict[str, Any]) -> dict[str, Any]:
    metadata = _table(cell.get("metadata"))
    if cell.get("cell_type") == "heading":
        level = cell.get("level")
        marks = "#" * (level if isinstance(level, int) and 0 < level < 7 else 1)
        return {"cell_type": "markdown", "metadata": metadata, "source": f"{marks} {_join(cell.get('source'))}"}
    if cell.get("cell_type") != "code":
        return cell
    if cell.get("collapsed") is True:
        metadata = {**metadata, "jupyter": {"outputs_hidden": True}}
    outputs = _upgrade_outputs([output for output in _list(cell.get("outputs")) if isinstance(output, dict)])
    return {
        "cell_type": "code", "metadata": metadata, "source": _join(cell.get("input")), "outputs": outputs,
        "execution_count": cell.get("prompt_number"),
    }  # fmt: skip


def _upgrade_outputs(outputs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    upgraded = []
    for output in outputs:
        kind = output.get("output_type")
        if kind == "stream":
            upgraded.append(
                {"output_type": kind, "name": output.get("stream") or "stdout", "text": output.get("text", "")}
            )
        elif kind == "pyerr":
            names = ("ename", "evalue", "traceback")
            upgraded.append({"output_type": "error", **{name: output.get(name, "") for name in names}})
        else:
            data = {_MEDIA[name]: value for name, value in output.items() if name in _MEDIA}
            new: dict[str, Any] = {"output_type": "display_data", "data": data, "metadata": {}}
            if kind == "pyout":
                new |= {"output_type": "execute_result", "execution_count": output.get("prompt_number")}
            upgraded.append(new)
    return upgraded
