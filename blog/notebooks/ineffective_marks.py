"""Metadata of a notebook, of its cells and outputs → errors for marks that look as if they hid something.

Only the tags of a cell hide it, and only front matter hides the notebook. Other programs store such marks elsewhere;
they have no effect here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from blog.config.hiding_marks import fold_text, is_hiding_value, normalize_key
from blog.markdown.chunk_options import INPUT, OUTPUT, STDERR, find_chunk_options
from blog.notebooks.notebook_file import elements_of, members_of, printable_name
from blog.text import CONTROL_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.markdown.chunk_options import ChunkOption
    from blog.notebooks.notebook_file import NotebookFile

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
_NO_KEYS = frozenset[str]()
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
    parts: frozenset[str]


def plain_tag(text: str) -> str:
    """Return a tag in the form in which tags are compared."""
    return fold_text(text).strip().replace("_", "-")


def check_notebook(file: NotebookFile, top: dict[str, Any]) -> None:
    """Report each mark of the notebook itself that hides nothing."""
    _check_members(file, top, _NOTEBOOK_HINT)
    for switch in _active_switches(top.get("metadata")):
        message = f'"{switch.name}" hides nothing here: tag each cell remove-input'
        file.add_error("tag", message, _CELL_TAG_HINT)


def check_cell(file: NotebookFile, cell: dict[str, Any]) -> None:
    """Report each mark of a cell and of its outputs that hides nothing. Its own tags do hide it."""
    _check_members(file, {name: value for name, value in cell.items() if name != "metadata"}, _PRIVATE_TAG_HINT)
    for name, value in members_of(cell.get("metadata")).items():
        if fold_text(name) not in {"tag", "tags", "private"}:
            _check_members(file, {name: value}, _PRIVATE_TAG_HINT)
    for output in elements_of(cell.get("outputs")):
        _check_members(file, members_of(output).get("metadata"), _PRIVATE_TAG_HINT)


def check_code(file: NotebookFile, code: str, cell: dict[str, Any], tags: frozenset[str]) -> None:
    """Report the marks by which another tool would hide a cell whose source is ``code``.

    Marks for parts that the ``tags`` of the cell hide are no problem.
    """
    visible_parts = _parts_of(cell) - _removed_parts(tags)
    for switch in _active_switches(cell.get("metadata")):
        _check_switch(file, switch, visible_parts)
    is_folded = not tags.isdisjoint(_FOLDING_TAGS)
    for option in find_chunk_options(code):
        if option.hides and visible_parts.isdisjoint(option.hides):
            continue
        only_hides = option.hides and not option.exports
        if only_hides:
            file.add_error("directive", _option_message(option), _CELL_TAG_HINT)
            return
        if not is_folded:
            file.add_warning("directive", _option_message(option), _CELL_TAG_HINT)


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
    file.add_error("tag", message, _CELL_TAG_HINT)


def _option_message(option: ChunkOption) -> str:
    effect = "hides" if option.hides else "folds"
    return f'"{CONTROL_CHARACTERS.sub("", option.text)}" {effect} nothing here: {option.advice}'


def _active_switches(metadata: Any) -> Iterator[_Switch]:
    """Yield the switches of extensions of Jupyter that are on."""
    for name, value in members_of(metadata).items():
        parts = _SWITCHES.get(re.sub(r"[\W_]", "", fold_text(name)))
        if parts and value is True:
            yield _Switch(printable_name(name), parts)


def check_words(file: NotebookFile, text: str) -> None:
    """Report a cell of text that begins with a comment of code: nbdev reads ``#hide`` there too."""
    first_line = text.lstrip().split("\n", 1)[0].strip()
    if first_line.startswith(("#", "<!--")) and _NBDEV_DIRECTIVE.fullmatch(fold_text(first_line)):
        message = f'"{first_line[:100]}" hides nothing here: tag the cell remove-cell or private'
        file.add_error("directive", message, _CELL_TAG_HINT)


def read_folds(cell: dict[str, Any]) -> tuple[bool, bool]:
    """Return whether input and outputs are folded in JupyterLab, VS Code or Colab: a page folds them too."""
    metadata = members_of(cell.get("metadata"))
    jupyter = members_of(metadata.get("jupyter"))
    is_form = metadata.get("cellView") == "form"
    return is_form or jupyter.get("source_hidden") is True, jupyter.get("outputs_hidden") is True


def _parts_of(cell: dict[str, Any]) -> frozenset[str]:
    """Return the parts that a cell of code has."""
    parts = {INPUT}
    for output in elements_of(cell.get("outputs")):
        parts.add(OUTPUT)
        if members_of(output).get("name") == STDERR:
            parts.add(STDERR)
    return frozenset(parts)


def _removed_parts(tags: frozenset[str]) -> frozenset[str]:
    """Return the parts of a cell that its ``tags`` remove."""
    parts: set[str] = set()
    for tag in tags:
        parts.update(_REMOVED_PARTS.get(tag, ()))
    return frozenset(parts)


def _check_members(file: NotebookFile, members: Any, hint: str) -> None:
    """Report the marks in a table of metadata, at any depth."""
    for mark in dict.fromkeys(_marks_in(members)):
        file.add_error("tag", f'"{printable_name(mark)}" hides nothing here', hint)


def _marks_in(metadata: Any) -> Iterator[str]:
    """Yield the name of each mark at any depth, without recursion: a notebook may be nested deeply."""
    pending = [(metadata, _OTHER_KEYS)]
    while pending:
        item, skipped_keys = pending.pop()
        if isinstance(item, list):
            pending += [(element, _NO_KEYS) for element in item]
            continue
        for name, member in members_of(item).items():
            if name in skipped_keys:
                continue
            if _is_mark(name, member):
                yield name
            pending.append((member, skipped_keys))


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
