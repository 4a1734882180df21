"""Metadata of a notebook, of its cells and outputs → errors for marks that look as if they hid something.

Only the tags of a cell hide it, and only front matter hides the notebook. Other programs store such marks elsewhere;
they have no effect here.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from blog.config.hiding_marks import fold_text, is_hiding_value, normalize_key
from blog.markdown.chunk_options import INPUT, OUTPUT, STDERR, find_chunk_options
from blog.notebooks.json_positions import elements_of, members_of, printable_name
from blog.text import CONTROL_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from blog.markdown.chunk_options import ChunkOption
    from blog.notebooks.json_positions import NotebookFile, Value

REMOVING = ("private", "remove-cell", "remove-input", "remove-output", "remove-stdout", "remove-stderr")
"""Tags that keep something from readers: a misspelt one is an error. Most of the names are those of Jupyter Book,
<https://jupyterbook.org/en/stable/content/metadata.html>."""
_REMOVING_TAGS = frozenset(REMOVING)
_REMOVED_PARTS = {"remove-input": (INPUT,), "remove-output": (OUTPUT, STDERR), "remove-stderr": (STDERR,)}
"""Tag → the parts that it removes from a cell of code, which remains."""
_HIDING_KEYS = frozenset({"draft", "private", "unlisted", "published"})
_TAG_LIST_KEYS = frozenset(
    {"tag", "tags", "label", "labels", "keyword", "keywords", "category", "categories", "class", "classes"}
)
_OTHER_KEYS = frozenset(
    {"cells", "nbformat", "nbformat_minor", "widgets", "source", "outputs", "attachments", "cell_type"}
)
"""Keys that are not metadata. ``widgets`` is the state of programs that run in the browser."""
_FOLDING_TAGS = frozenset({"hide-input", "hide-output", "hide-cell", "remove-input"})
_SWITCHES = {
    "hideinput": frozenset({INPUT}), "hidecode": frozenset({INPUT}), "removeinput": frozenset({INPUT}),
    "hideoutput": frozenset({OUTPUT}), "removeoutput": frozenset({OUTPUT}), "hidecell": frozenset({INPUT, OUTPUT}),
    "removecell": frozenset({INPUT, OUTPUT}), "hide": frozenset({INPUT, OUTPUT}),
    "hidecodeallhidden": frozenset({INPUT}),
}  # fmt: skip
"""Metadata by which extensions of Jupyter, such as hide_input and hide_code, hide parts of a cell: key without
punctuation → parts."""
_NBDEV_DIRECTIVE = re.compile(
    r"(?:<!--[ \t]{0,9}(?=[#h]))?#?[ \t]?\|?[ \t]?hide(?:[_-](?:cell|input))?[ \t]{0,9}(?:-->)?"
)
_CELL_TAG_HINT = 'write "tags": ["remove-cell"] in the metadata of the cell'
_NOTEBOOK_HINT = "write draft: true or private: true in front matter, in the first cell"
_PRIVATE_TAG_HINT = 'write "tags": ["private"] in the metadata of the cell'


class _Switch(NamedTuple):
    """Metadata by which an extension of Jupyter hides parts of a cell."""

    name: str
    value: Value
    parts: frozenset[str]


def plain_tag(text: str) -> str:
    """Return a tag in the form in which tags are compared."""
    return fold_text(text).strip().replace("_", "-")


def check_notebook(file: NotebookFile, top: Value) -> None:
    """Report each mark of the notebook itself that hides nothing."""
    members = members_of(top)
    _check_members(file, members, _NOTEBOOK_HINT)
    for switch in _active_switches(members.get("metadata")):
        message = f'"{switch.name}" hides nothing here: tag each cell remove-input'
        file.error(switch.value.start, "tag", message, _CELL_TAG_HINT)


def check_cell(file: NotebookFile, cell: Value) -> None:
    """Report each mark of a cell and of its outputs that hides nothing. Its own tags do hide it."""
    members = dict(members_of(cell))
    metadata = members_of(members.pop("metadata", None))
    _check_members(file, members, _PRIVATE_TAG_HINT)
    for name, value in metadata.items():
        if fold_text(name) not in {"tag", "tags", "private"}:
            _check_member(file, name, value, _PRIVATE_TAG_HINT)
    for output in elements_of(cell.value.get("outputs")):
        _check_members(file, members_of(members_of(output).get("metadata")), _PRIVATE_TAG_HINT)


def check_code(file: NotebookFile, start: int, code: str, cell: Value, tags: frozenset[str]) -> None:
    """Report the marks by which another tool would hide a cell of code, whose source begins at ``start``.

    Marks for parts that the ``tags`` of the cell hide are no problem.
    """
    visible_parts = _parts_of(cell) - _removed_parts(tags)
    for switch in _active_switches(cell.value.get("metadata")):
        _check_switch(file, switch, visible_parts)
    is_folded = not tags.isdisjoint(_FOLDING_TAGS)
    for option in find_chunk_options(code):
        if option.hides and visible_parts.isdisjoint(option.hides):
            continue
        only_hides = option.hides and not option.exports
        if only_hides:
            file.error(start, "directive", _option_message(option), _CELL_TAG_HINT)
            return
        if not is_folded:
            file.warn(start, "directive", _option_message(option), _CELL_TAG_HINT)


def _check_switch(file: NotebookFile, switch: _Switch, visible_parts: frozenset[str]) -> None:
    """Report a switch that would hide a part of a cell that readers see."""
    published_parts = switch.parts & visible_parts
    if not published_parts:
        return
    tag = "remove-cell or private"
    if len(switch.parts) == 1:
        (part,) = published_parts
        tag = f"remove-{part}"
    message = f'"{switch.name}" hides nothing here: tag the cell {tag}'
    file.error(switch.value.start, "tag", message, _CELL_TAG_HINT)


def _option_message(option: ChunkOption) -> str:
    effect = "hides" if option.hides else "folds"
    return f'"{CONTROL_CHARACTERS.sub("", option.text)}" {effect} nothing here: {option.advice}'


def _active_switches(metadata: Value | None) -> Iterator[_Switch]:
    """Yield the switches of extensions of Jupyter that are on."""
    for name, value in members_of(metadata).items():
        parts = _SWITCHES.get(re.sub(r"[\W_]", "", fold_text(name)))
        if parts and _is_true(value):
            yield _Switch(printable_name(name), value, parts)


def check_words(file: NotebookFile, start: int, text: str) -> None:
    """Report a cell of text that begins with a comment of code: nbdev reads ``#hide`` there too."""
    first_line = text.lstrip().split("\n", 1)[0].strip()
    if first_line.startswith(("#", "<!--")) and _NBDEV_DIRECTIVE.fullmatch(fold_text(first_line)):
        message = f'"{first_line[:100]}" hides nothing here: tag the cell remove-cell or private'
        file.error(start, "directive", message, _CELL_TAG_HINT)


def read_folds(cell: Value) -> tuple[bool, bool]:
    """Return whether input and outputs are folded in JupyterLab, VS Code or Colab: a page folds them too."""
    metadata = members_of(cell.value.get("metadata"))
    jupyter = members_of(metadata.get("jupyter"))
    cell_view = metadata.get("cellView")
    is_form = cell_view is not None and cell_view.value == "form"
    return is_form or _is_true(jupyter.get("source_hidden")), _is_true(jupyter.get("outputs_hidden"))


def _is_true(value: Value | None) -> bool:
    return value is not None and value.value is True


def _parts_of(cell: Value) -> frozenset[str]:
    """Return the parts that a cell of code has."""
    parts = {INPUT}
    for output in elements_of(cell.value.get("outputs")):
        parts.add(OUTPUT)
        stream = members_of(output).get("name")
        if stream and str(stream.value) == STDERR:
            parts.add(STDERR)
    return frozenset(parts)


def _removed_parts(tags: frozenset[str]) -> frozenset[str]:
    """Return the parts of a cell that its ``tags`` remove."""
    parts: set[str] = set()
    for tag in tags:
        parts.update(_REMOVED_PARTS.get(tag, ()))
    return frozenset(parts)


def _check_members(file: NotebookFile, members: Mapping[str, Value], hint: str) -> None:
    for name, value in members.items():
        _check_member(file, name, value, hint)


def _check_member(file: NotebookFile, name: str, value: Value, hint: str) -> None:
    """Report the marks in one member of metadata, at any depth."""
    if name in _OTHER_KEYS:
        return
    if isinstance(value.value, dict):
        _check_members(file, value.value, hint)
        return
    data = _plain_data(file, value)
    marks: Iterable[str] = [name] if _is_mark(name, data) else _marks_in(data)
    for mark in dict.fromkeys(marks):
        file.error(value.start, "tag", f'"{printable_name(mark)}" hides nothing here', hint)


def _plain_data(file: NotebookFile, value: Value) -> Any:
    """Return the data of ``value``, also of a collection below the depth to which positions are stored."""
    if value.value is ... or isinstance(value.value, list):
        return json.loads(file.text[value.start : value.end])
    return value.value


def _marks_in(data: Any) -> Iterator[str]:
    """Yield the name of each mark at any depth, without recursion: a notebook may be nested deeply."""
    pending = [data]
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            pending += item
        elif isinstance(item, dict):
            for name, member in item.items():
                if _is_mark(name, member):
                    yield name
            pending += item.values()


def _is_mark(name: str, data: Any) -> bool:
    """Return whether a member of metadata looks as if it hid something."""
    if name == "nbsphinx":
        return bool(data == "hidden")
    if fold_text(name).strip() in _TAG_LIST_KEYS:
        return _contains_removing_tag(data if isinstance(data, list) else [data])
    key = normalize_key(name)
    return key in _HIDING_KEYS and is_hiding_value(key, data)


def _contains_removing_tag(texts: list[Any]) -> bool:
    """Return whether one of the ``texts``, each with tags between commas, has a tag that would hide a cell."""
    tags: set[str] = set()
    for text in texts:
        if isinstance(text, str):
            tags.update(map(plain_tag, text.split(",")))
    return not tags.isdisjoint(_REMOVING_TAGS)
