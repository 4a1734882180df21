"""Metadata of a notebook, of its cells and outputs → errors for marks that look as if they hid something.

Only tags of a cell hide it, and front matter the notebook. Other programs keep marks elsewhere: here nobody reads them.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from blog.config.hiding_marks import fold_text, is_hiding_value, normalize_key
from blog.markdown.chunk_options import INPUT, OUTPUT, STDERR, find_chunk_options
from blog.text import CONTROL_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from blog.notebooks.json_positions import NotebookFile, Value

REMOVING = ("private", "remove-cell", "remove-input", "remove-output", "remove-stdout", "remove-stderr")
"""Tags that keep something from readers: nearly one of them is an error. Jupyter Book gave most of them their names,
<https://jupyterbook.org/en/stable/content/metadata.html>."""
_KEYS = frozenset({"draft", "private", "unlisted", "published"})
_LISTS = frozenset(
    {"tag", "tags", "label", "labels", "keyword", "keywords", "category", "categories", "class", "classes"}
)
_NO_METADATA = frozenset(
    {"cells", "nbformat", "nbformat_minor", "widgets", "source", "outputs", "attachments", "cell_type"}
)
"""``widgets`` is the state of programs that run in the browser."""
_FOLDING = frozenset({"hide-input", "hide-output", "hide-cell", "remove-input"})
_SWITCHES = {
    "hideinput": frozenset({INPUT}), "hidecode": frozenset({INPUT}), "removeinput": frozenset({INPUT}),
    "hideoutput": frozenset({OUTPUT}), "removeoutput": frozenset({OUTPUT}), "hidecell": frozenset({INPUT, OUTPUT}),
    "removecell": frozenset({INPUT, OUTPUT}), "hide": frozenset({INPUT, OUTPUT}),
    "hidecodeallhidden": frozenset({INPUT}),
}  # fmt: skip
"""Metadata by which extensions of Jupyter hide parts of a cell, such as hide_input and hide_code."""
_OF_TAGS = 'write "tags": ["remove-cell"] in the metadata of the cell'
_OF_NOTEBOOK = "write draft: true or private: true in front matter, in the first cell"
_OF_CELL = 'write "tags": ["private"] in the metadata of the cell'


def plain_tag(text: str) -> str:
    """Return a tag as it is compared."""
    return fold_text(text).strip().replace("_", "-")


def check_notebook(file: NotebookFile, top: Value) -> None:
    """Note each mark that hides nothing, of the notebook itself."""
    _check(file, _of(top), _OF_NOTEBOOK)
    for name, value, _ in _switches(_of(top.value.get("metadata"))):
        file.fail(value.at, "tag", f'"{name}" hides nothing here: tag each cell remove-input', _OF_TAGS)


def check_cell(file: NotebookFile, cell: Value) -> None:
    """Note each mark that hides nothing, of a cell and of its outputs. Its own tags, which hide it, are none."""
    metadata = cell.value.get("metadata")
    read = {"tag", "tags", "private"}
    _check(file, {name: value for name, value in _of(cell).items() if name != "metadata"}, _OF_CELL)
    _check(file, {name: value for name, value in _of(metadata).items() if fold_text(name) not in read}, _OF_CELL)
    outputs = cell.value.get("outputs")
    for output in outputs.value if outputs and isinstance(outputs.value, list) else ():
        _check(file, _of(_of(output).get("metadata")), _OF_CELL)


def check_code(file: NotebookFile, at: int, code: str, cell: Value, tags: frozenset[str]) -> None:
    """Note the comments by which another tool would hide a cell of code, whose source begins ``at``, if no tag does."""
    put_out = _put_out(cell) - _covered_by(tags)
    for name, value, parts in _switches(_of(cell.value.get("metadata"))):
        if left := parts & put_out:
            advice = "remove-cell or private" if len(parts) > 1 else f"remove-{next(iter(left))}"
            file.fail(value.at, "tag", f'"{name}" hides nothing here: tag the cell {advice}', _OF_TAGS)
    for found in find_chunk_options(code):
        left = found.hides & put_out
        message = f'"{CONTROL_CHARACTERS.sub("", found.text)}" hides nothing here: {found.advice}'
        if not found.hides:
            message = f'"{CONTROL_CHARACTERS.sub("", found.text)}" folds nothing here: {found.advice}'
        if found.exports or not found.hides:
            if tags.isdisjoint(_FOLDING) and (left or not found.hides):
                file.warn(at, "directive", message, _OF_TAGS)
        elif left:
            file.fail(at, "directive", message, _OF_TAGS)
            return


def _switches(metadata: Mapping[str, Value]) -> Iterator[tuple[str, Value, frozenset[str]]]:
    """Yield the switches of extensions of Jupyter that are on, with the parts of a cell that they hide."""
    for name, value in metadata.items():
        parts = _SWITCHES.get(re.sub(r"[\W_]", "", fold_text(name)))
        if parts and _is_true(value):
            yield CONTROL_CHARACTERS.sub("", name)[:100], value, parts


def check_words(file: NotebookFile, at: int, text: str) -> None:
    """Note a cell of text that begins with a comment of code: nbdev takes ``#hide`` there too."""
    first = text.lstrip().split("\n", 1)[0].strip()
    word = re.fullmatch(
        r"(?:<!--[ \t]{0,9}(?=[#h]))?#?[ \t]?\|?[ \t]?hide(?:[_-](?:cell|input))?[ \t]{0,9}(?:-->)?", fold_text(first)
    )
    if word and first.startswith(("#", "<!--")):
        message = f'"{first[:100]}" hides nothing here: tag the cell remove-cell or private'
        file.fail(at, "directive", message, _OF_TAGS)


def folds(cell: Value) -> tuple[bool, bool]:
    """Tell whether input and outputs are folded in JupyterLab, VS Code or Colab: here they are, too."""
    metadata = _of(cell.value.get("metadata"))
    jupyter = _of(metadata.get("jupyter"))
    form = metadata.get("cellView")
    is_form = form is not None and form.value == "form"
    return is_form or _is_true(jupyter.get("source_hidden")), _is_true(jupyter.get("outputs_hidden"))


def _is_true(value: Value | None) -> bool:
    return value is not None and value.value is True


def _put_out(cell: Value) -> frozenset[str]:
    """Return which parts of a cell of code there are."""
    outputs = cell.value.get("outputs")
    shown = [_of(output) for output in outputs.value] if outputs and isinstance(outputs.value, list) else []
    names = {str(name.value) for output in shown if (name := output.get("name"))}
    parts = {INPUT, *([OUTPUT] if shown else []), *([STDERR] if STDERR in names else [])}
    return frozenset(parts)


def _covered_by(tags: frozenset[str]) -> frozenset[str]:
    """Return the parts of a cell that its ``tags`` keep from readers."""
    covered = {tag.removeprefix("remove-") for tag in tags if tag.startswith("remove-")}
    return frozenset(covered | ({STDERR} if OUTPUT in covered else set()))


def _of(value: Value | None) -> Mapping[str, Value]:
    """Return the members of a table, if it is one."""
    return value.value if value is not None and isinstance(value.value, dict) else {}


def _check(file: NotebookFile, members: Mapping[str, Value], hint: str) -> None:
    for name, value in members.items():
        if name in _NO_METADATA:
            continue
        if isinstance(value.value, dict):
            _check(file, value.value, hint)
            continue
        data = _plain(file, value)
        marks = [name] if _is_mark(name, data) else list(_marks_in(data))
        for mark in dict.fromkeys(marks):
            file.fail(value.at, "tag", f'"{CONTROL_CHARACTERS.sub("", mark)[:100]}" hides nothing here', hint)


def _plain(file: NotebookFile, value: Value) -> Any:
    """Return the data of ``value``, also where it is deeper than places are kept."""
    if value.value is ... or isinstance(value.value, list):
        return json.loads(file.text[value.at : value.end])
    return value.value


def _marks_in(data: Any) -> Iterator[str]:
    """Yield the name of each mark at any depth, without recursion: a notebook may be nested deeply."""
    waiting = [data]
    while waiting:
        data = waiting.pop()
        if isinstance(data, list):
            waiting += data
        elif isinstance(data, dict):
            yield from (name for name, inner in data.items() if _is_mark(name, inner))
            waiting += data.values()


def _is_mark(name: str, data: Any) -> bool:
    """Tell whether a member of metadata looks as if it hid something."""
    if name == "nbsphinx":
        return bool(data == "hidden")
    if fold_text(name).strip() in _LISTS:
        words = data if isinstance(data, list) else [data]
        return any(isinstance(word, str) and not _TAGS.isdisjoint(map(plain_tag, word.split(","))) for word in words)
    key = normalize_key(name)
    return key in _KEYS and is_hiding_value(key, data)


_TAGS = frozenset(REMOVING)
