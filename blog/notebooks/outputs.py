"""The stored outputs of a code cell → the best form of each that a page can show without a script.

nbformat 4, "Code cell outputs":
<https://nbformat.readthedocs.io/en/latest/format_description.html#code-cell-outputs>.
"""

from __future__ import annotations

import base64
import binascii
import re
from hashlib import blake2b
from itertools import groupby
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from blog.markdown.sanitize import needs_script
from blog.notebooks.svg import RefusedError, rewrite_svg
from blog.notebooks.tables import read_html
from blog.notebooks.terminal import shown
from blog.text import CONTROL_CHARACTERS, normalize_newlines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.notebooks.json_positions import NotebookFile, Value

_PICTURES = {
    "image/svg+xml": (".svg", b""),
    "image/png": (".png", b"\x89PNG\r\n\x1a\n"),
    "image/jpeg": (".jpg", b"\xff\xd8\xff"),
    "image/gif": (".gif", b"GIF8"),
    "image/webp": (".webp", b"RIFF"),
}
"""Media types that browsers show as pictures, best first: the ending of their files, and how these begin."""
_FORMS = (*_PICTURES, "text/html", "text/markdown", "text/latex", "text/plain")
"""Best first."""
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_STAND_IN = re.compile(r"<IPython\.(?:core|lib)\.display\.\w+ object>")
_ADDRESS = re.compile(r"<[\w.]+(?: object)? at 0x[0-9a-fA-F]+>")
"""The default ``repr`` of a Python object: it tells readers nothing."""
_SILENT = re.compile(r"application/vnd\.(?:google\.colaboratory\.intrinsic|dataresource|microsoft\.datawrangler\.)")
"""Types of data that a program keeps beside what it shows: the text beside them says it all."""
_HOME = re.compile(r"(?:/home/|/Users/|\b[A-Za-z]:\\{1,2}Users\\{1,2})[^\s/\\:\"'<>]+")
_EMBEDDED = re.compile(
    r"(?P<quoted>(?<=[\"']))?data:(?P<type>image/(?:png|jpe?g|gif|webp|svg\+xml))"
    r"(?:;(?!base64,)(?:charset=)?[\w-]++)*+"
    r"(?:;base64,(?P<base64>[A-Za-z0-9+/]++(?(quoted)(?:[ \t]*+[\r\n]\s*+[A-Za-z0-9+/]++)*+)={0,2})"
    r"|,(?P<text>[^\"'\s<>()]++))",
    re.IGNORECASE,
)
"""A picture in an address; in base64 it may have several lines, if it stands between quotation marks."""
_LARGEST = 100_000
"""Pixels of a side; more is a mistake."""


class CellOutput(Struct, frozen=True):
    """One stored output, in the best of its forms."""

    kind: Literal["text", "error", "html", "table", "markdown", "latex", "picture"]
    text: str = ""
    """Plain text as a terminal would leave it; HTML, also of a table; Markdown; TeX with its dollars; a picture's
    alternative text."""
    data: bytes = b""
    """Bytes of an image."""
    suffix: str = ""
    """File suffix of an image: ``.svg``, ``.png``, ``.jpg``, ``.gif``, ``.webp``."""
    size: tuple[int, int] | None = None
    """Width and height that the notebook asks for; figures for fine screens have twice as many pixels."""
    images: tuple[tuple[str, bytes], ...] = ()
    """Images that were ``data:`` URLs in HTML or Markdown, by their new names there."""


def read_outputs(file: NotebookFile, values: Sequence[Value], *, tags: frozenset[str]) -> tuple[CellOutput, ...]:
    """The outputs of one cell that can be shown; neighboring texts of one stream are one."""
    found: list[CellOutput] = []
    for stream, group in groupby(values, lambda value: _stream(file, value)):
        stored = list(group)
        for at, output in _joined(file, stream, stored, tags) if stream else _each(file, stored):
            if "private" not in tags:
                _check_home(file, at, output)
            found.append(output)
    return tuple(found)


def _stream(file: NotebookFile, value: Value) -> str:
    """``stdout`` or ``stderr``, or an empty text for what is no stream."""
    if not isinstance(value.value, dict) or "output_type" not in value.value:
        return ""
    return file.word(value, "name") if value.value["output_type"].value == "stream" else ""


def _joined(
    file: NotebookFile, name: str, stored: list[Value], tags: frozenset[str]
) -> Iterator[tuple[int, CellOutput]]:
    texts = (file.joined(value.value["text"], '"text"') for value in stored if "text" in value.value)
    text = shown("".join(texts))
    if text.strip() and f"remove-{name}" not in tags:
        yield stored[0].at, CellOutput("text", text)


def _each(file: NotebookFile, values: list[Value]) -> Iterator[tuple[int, CellOutput]]:
    for value in values:
        if not isinstance(value.value, dict):
            file.fail(value.at, "wrong-type", "an output must be a table of keys and values")
        elif output := _read(file, value):
            yield value.at, output


def _read(file: NotebookFile, value: Value) -> CellOutput | None:
    kind = file.word(value, "output_type")
    if kind in {"display_data", "execute_result"}:
        return _best(file, value)
    if kind == "error":
        return _error(file, value)
    if kind not in {"", "stream", "update_display_data"}:
        hint = "clear the output and run the cell again"
        file.warn(value.at, "output", f'unknown type of output "{kind}", left out', hint)
    return None


def _error(file: NotebookFile, value: Value) -> CellOutput:
    """The traceback; without one, the name of the error and what it says."""
    lines = value.value.get("traceback")
    pieces = file.pieces(lines, '"traceback"') if lines else []
    text = "\n".join(piece.value for piece in pieces)
    return CellOutput("error", shown(text) or f"{file.word(value, 'ename')}: {file.word(value, 'evalue')}")


def _best(file: NotebookFile, value: Value) -> CellOutput | None:
    forms, known = file.table(value, "data"), len(file.problems)
    output = next((made for name in _FORMS if name in forms and (made := _form(file, value, name))), None)
    if output is None or (output.kind == "text" and _ADDRESS.fullmatch(output.text)):
        output = _simple_html(file, forms) or output
    if output and output.kind != "text":
        return output
    hint = "save the figure as PNG or SVG too, or tag the cell remove-output"
    if any(_needs_script(file, name, form) for name, form in forms.items()):
        what = "is shown as plain text" if output else "is left out"
        file.warn(value.at, "output", f"an output that needs a script {what}", hint)
    elif output is None and len(file.problems) == known and not all(map(_is_blank, forms.values())):
        names = CONTROL_CHARACTERS.sub("", ", ".join(forms))[:100]
        file.warn(value.at, "output", f"an output is left out: no page can show {names}", hint)
    return output


def _simple_html(file: NotebookFile, forms: dict[str, Value]) -> CellOutput | None:
    """HTML without a table, where nothing else says what it does."""
    if "text/html" not in forms or any(_needs_script(file, name, form) for name, form in forms.items()):
        return None
    html, pictures = _taken_out(file, forms["text/html"], file.joined(forms["text/html"], '"text/html"'))
    found = read_html(html)
    return CellOutput("html", found.html, images=_used(found.html, pictures)) if found and found.html else None


def _needs_script(file: NotebookFile, name: str, form: Value) -> bool:
    """Return whether this is a library's own format (Plotly, widgets), or HTML with a script."""
    if name == "text/html":
        return read_html(_taken_out(file, form, file.joined(form, '"text/html"'))[0]) is None
    if name in {"text/markdown", "text/latex"}:
        return needs_script(_taken_out(file, form, file.joined(form, f'"{name}"'))[0])
    return name == "application/javascript" or (name.startswith("application/vnd.") and not _SILENT.match(name))


def _is_blank(form: Value) -> bool:
    pieces = form.value if isinstance(form.value, list) else [form]
    return all(isinstance(piece.value, str) and not piece.value.strip() for piece in pieces)


def _form(file: NotebookFile, value: Value, name: str) -> CellOutput | None:
    """One form of an output, or None if it cannot be shown."""
    form = value.value["data"].value[name]
    if name in _PICTURES:
        return _picture(file, value, name)
    stored = file.joined(form, f'"{name}"')
    if name == "text/html":
        return _table(file, form, stored)
    if name == "text/plain":
        text = shown(stored)
        return CellOutput("text", text) if text.strip() and not _STAND_IN.fullmatch(text) else None
    text, pictures = _taken_out(file, form, CONTROL_CHARACTERS.sub("", normalize_newlines(stored)).strip())
    if not text or needs_script(text):
        return None
    return CellOutput("markdown" if name == "text/markdown" else "latex", text, images=pictures)


def _table(file: NotebookFile, form: Value, stored: str) -> CellOutput | None:
    html, pictures = _taken_out(file, form, stored)
    found = read_html(html)
    if not found or not found.has_table:
        return None
    if found.is_cut:
        hint = "tag the cell remove-output, or change what it puts out"
        file.warn(form.at, "output", "a part of an output that needs a script is left out", hint)
    return CellOutput("table", found.html, images=_used(found.html, pictures))


def _picture(file: NotebookFile, value: Value, name: str) -> CellOutput | None:
    form = value.value["data"].value[name]
    stored = file.joined(form, f'"{name}"')
    data = _drawing(file, form, stored) if name == "image/svg+xml" else _decoded(file, form, name, stored)
    metadata = file.table(value, "metadata")
    own = file.table(value.value["metadata"], name) if metadata else {}
    alt = own.get("alt")
    text = _without_comments(alt.value) if alt and isinstance(alt.value, str) else ""
    return (
        CellOutput("picture", CONTROL_CHARACTERS.sub("", text), data, _PICTURES[name][0], _size(own) or _size(metadata))
        if data
        else None
    )


def _without_comments(text: str) -> str:
    end = text.rfind("-->") + 3 if "-->" in text else 0  # behind it none is closed, and to search for one takes long
    return _COMMENT.sub("", text[:end]) + text[end:]


def _drawing(file: NotebookFile, form: Value, stored: str) -> bytes:
    try:
        return rewrite_svg(stored) if stored.strip() else b""
    except RefusedError as error:
        file.warn(form.at, "output", str(error), "save the figure as PNG, or without scripts and links")
        return b""


def read_embedded(file: NotebookFile, at: int, text: str) -> dict[str, bytes]:
    """The pictures in ``text``, which stands at ``at``, by the addresses ``data:`` that hold them."""
    if "data:image/" not in text.lower():
        return {}
    found = {}
    for address in _EMBEDDED.finditer(text):
        if address[0] not in found and (data := _embedded(file, at, address)):
            found[address[0]] = data
    return found


def _embedded(file: NotebookFile, at: int, address: re.Match[str]) -> bytes:
    """The bytes of a picture; none if it is no picture of its type: then it stays where it is."""
    try:
        written = address["base64"]
        data = unquote_to_bytes(address["text"]) if written is None else base64.b64decode("".join(written.split()))
    except (binascii.Error, ValueError):
        return b""
    name = address["type"].lower().replace("jpg", "jpeg")
    if name != "image/svg+xml":
        return data if data.startswith(_PICTURES[name][1]) else b""
    try:
        return rewrite_svg(data.decode(errors="ignore"))
    except RefusedError as error:
        file.warn(at, "output", str(error), "save the figure as PNG, or without scripts and links")
        return b""


def _taken_out(file: NotebookFile, form: Value, text: str) -> tuple[str, tuple[tuple[str, bytes], ...]]:
    """The text of an output with a short name for each picture in it, and these pictures by name."""
    known = read_embedded(file, form.at, text)
    names = {address: f"embedded-{blake2b(data, digest_size=12).hexdigest()}" for address, data in known.items()}
    if names:
        text = _EMBEDDED.sub(lambda found: names.get(found[0], found[0]), text)
    return text, tuple((names[address], data) for address, data in known.items())


def _used(html: str, pictures: tuple[tuple[str, bytes], ...]) -> tuple[tuple[str, bytes], ...]:
    return tuple((name, data) for name, data in pictures if name in html)


def _size(metadata: dict[str, Value]) -> tuple[int, int] | None:
    sides = [metadata[name].value for name in ("width", "height") if name in metadata]
    known = len(sides) == 2 and all(type(side) is int and 0 < side <= _LARGEST for side in sides)
    return (sides[0], sides[1]) if known else None


def _decoded(file: NotebookFile, form: Value, name: str, stored: str) -> bytes:
    """The bytes of a picture of the media type ``name`` that is stored in base64; none after an error."""
    try:
        data = base64.b64decode("".join(stored.split()), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    suffix, opening = _PICTURES[name]
    if data and data.startswith(opening):
        return data
    file.fail(form.at, "output", f"this is no {suffix[1:].upper()} picture in base64", "run the cell again and save")
    return b""


def read_attachments(file: NotebookFile, value: Value) -> tuple[tuple[str, bytes], ...]:
    """The pictures that a Markdown cell carries, by name."""
    found = []
    for name, bundle in file.table(value, "attachments").items():
        forms = file.table(value.value["attachments"], name)
        known = next((form for form in _PICTURES if form in forms), None)
        if known:
            data = _attached(file, forms[known], known)
            found += [(CONTROL_CHARACTERS.sub("", name), data)] if data else []
        elif forms:
            plain = CONTROL_CHARACTERS.sub("", name)[:100]
            file.warn(bundle.at, "attachment", f'the attachment "{plain}" is no picture, and left out')
    return tuple(found)


def _attached(file: NotebookFile, form: Value, name: str) -> bytes:
    """All attachments are base64, drawings too."""
    data = _decoded(file, form, name, file.joined(form, f'"{name}"'))
    return _drawing(file, form, data.decode(errors="ignore")) if name == "image/svg+xml" else data


def _check_home(file: NotebookFile, at: int, output: CellOutput) -> None:
    if found := _HOME.search(output.text):
        message = f"an output names a folder of your machine: {found[0]}"
        hint = "clear the output, or tag its cell remove-output"
        file.warn(at, "machine-path", message, hint)
