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
from blog.notebooks.json_positions import members_of, printable_name, text_of
from blog.notebooks.svg import RefusedError, rewrite_svg
from blog.notebooks.tables import read_html
from blog.notebooks.terminal_text import render_terminal_text
from blog.text import CONTROL_CHARACTERS, normalize_newlines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.notebooks.json_positions import NotebookFile, Value

_IMAGE_TYPES = {
    "image/svg+xml": (".svg", b""),
    "image/png": (".png", b"\x89PNG\r\n\x1a\n"),
    "image/jpeg": (".jpg", b"\xff\xd8\xff"),
    "image/gif": (".gif", b"GIF8"),
    "image/webp": (".webp", b"RIFF"),
}
"""Media types of images that browsers show, best first → suffix of the files and their first bytes."""
_MEDIA_TYPES = (*_IMAGE_TYPES, "text/html", "text/markdown", "text/latex", "text/plain")
"""Best first."""
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_DISPLAY_REPR = re.compile(r"<IPython\.(?:core|lib)\.display\.\w+ object>")
_DEFAULT_REPR = re.compile(r"<[\w.]+(?: object)? at 0x[0-9a-fA-F]+>")
"""The default ``repr`` of a Python object: it is of no use to readers."""
_AUXILIARY_TYPE = re.compile(
    r"application/vnd\.(?:google\.colaboratory\.intrinsic|dataresource|microsoft\.datawrangler\.)"
)
"""Types of data that a program stores beside an output: the text beside them is complete."""
_HOME_FOLDER = re.compile(r"(?:/home/|/Users/|\b[A-Za-z]:\\{1,2}Users\\{1,2})[^\s/\\:\"'<>]+")
_DATA_URL = re.compile(
    r"(?P<quoted>(?<=[\"']))?data:(?P<type>image/(?:png|jpe?g|gif|webp|svg\+xml))"
    r"(?:;(?!base64,)(?:charset=)?[\w-]++)*+"
    r"(?:;base64,(?P<base64>[A-Za-z0-9+/]++(?(quoted)(?:[ \t]*+[\r\n]\s*+[A-Za-z0-9+/]++)*+)={0,2})"
    r"|,(?P<text>[^\"'\s<>()]++))",
    re.IGNORECASE,
)
"""A ``data:`` URL with an image; in base64 it may have several lines, if it is between quotation marks."""
_MAX_SIDE = 100_000
"""Pixels of a side; more is a mistake."""
_SCRIPT_HINT = "save the figure as PNG or SVG too, or tag the cell remove-output"
_SVG_HINT = "save the figure as PNG, or without scripts and links"

Images = tuple[tuple[str, bytes], ...]
"""Images by name."""


class CellOutput(Struct, frozen=True):
    """One stored output, in the best of its forms."""

    kind: Literal["text", "error", "html", "table", "markdown", "latex", "picture"]
    text: str = ""
    """Plain text as a terminal shows it; HTML, also of a table; Markdown; TeX with its dollars; the alternative text of
    an image."""
    data: bytes = b""
    """Bytes of an image."""
    suffix: str = ""
    """File suffix of an image: ``.svg``, ``.png``, ``.jpg``, ``.gif``, ``.webp``."""
    size: tuple[int, int] | None = None
    """Width and height in the metadata; figures for high-density screens have twice as many pixels."""
    images: Images = ()
    """Images that were ``data:`` URLs in HTML or Markdown, by their new names there."""


def read_outputs(file: NotebookFile, values: Sequence[Value], *, tags: frozenset[str]) -> tuple[CellOutput, ...]:
    """Return the outputs of one cell that a page can show; consecutive texts of one stream are joined."""
    outputs: list[CellOutput] = []
    for stream, group in groupby(values, lambda value: _stream_name(file, value)):
        stored = list(group)
        located_outputs = _join_stream(file, stream, stored, tags) if stream else _read_outputs(file, stored)
        for start, output in located_outputs:
            if "private" not in tags:
                _check_home_folder(file, start, output)
            outputs.append(output)
    return tuple(outputs)


def _stream_name(file: NotebookFile, value: Value) -> str:
    """Return ``stdout`` or ``stderr``, or an empty text for an output that is no stream."""
    if text_of(members_of(value).get("output_type")) != "stream":
        return ""
    return file.require_name(value, "name")


def _join_stream(
    file: NotebookFile, name: str, stored: list[Value], tags: frozenset[str]
) -> Iterator[tuple[int, CellOutput]]:
    """Yield the output of a stream with its offset, unless it is blank or removed."""
    written = ""
    for value in stored:
        if "text" in value.value:
            written += file.join_strings(value.value["text"], '"text"')
    text = render_terminal_text(written)
    if text.strip() and f"remove-{name}" not in tags:
        yield stored[0].start, CellOutput("text", text)


def _read_outputs(file: NotebookFile, values: list[Value]) -> Iterator[tuple[int, CellOutput]]:
    """Yield each output that is no stream and that a page can show, with its offset."""
    for value in values:
        if not isinstance(value.value, dict):
            file.error(value.start, "wrong-type", "an output must be a table of keys and values")
        elif output := _read_output(file, value):
            yield value.start, output


def _read_output(file: NotebookFile, value: Value) -> CellOutput | None:
    kind = file.require_name(value, "output_type")
    if kind in {"display_data", "execute_result"}:
        return _read_best_form(file, value)
    if kind == "error":
        return _read_error(file, value)
    if kind not in {"", "stream", "update_display_data"}:
        hint = "clear the output and run the cell again"
        file.warn(value.start, "output", f'unknown type of output "{kind}", left out', hint)
    return None


def _read_error(file: NotebookFile, value: Value) -> CellOutput:
    """Return the traceback; without one, the name and the message of the error."""
    traceback = value.value.get("traceback")
    lines = file.get_strings(traceback, '"traceback"') if traceback else []
    text = render_terminal_text("\n".join(line.value for line in lines))
    if not text:
        text = f"{file.require_name(value, 'ename')}: {file.require_name(value, 'evalue')}"
    return CellOutput("error", text)


def _read_best_form(file: NotebookFile, value: Value) -> CellOutput | None:
    """Return an output in the best form that a page can show; report an output that has none or needs a script."""
    forms = file.get_table(value, "data")
    problem_count = len(file.problems)
    output = _read_first_form(file, value, forms)
    if output is not None and output.kind != "text":
        return output
    if output is None or _DEFAULT_REPR.fullmatch(output.text):
        html_output = _read_simple_html(file, forms)
        if html_output is not None:
            return html_output
    if _has_script(file, forms):
        result = "is shown as plain text" if output else "is left out"
        file.warn(value.start, "output", f"an output that needs a script {result}", _SCRIPT_HINT)
        return output
    has_reported_problem = len(file.problems) > problem_count
    if output is None and not has_reported_problem:
        _report_unknown_forms(file, value, forms)
    return output


def _report_unknown_forms(file: NotebookFile, value: Value, forms: dict[str, Value]) -> None:
    """Report an output of which no form can be shown, unless all of them are blank."""
    if all(map(_is_blank, forms.values())):
        return
    media_types = printable_name(", ".join(forms))
    message = f"an output is left out: no page can show {media_types}"
    file.warn(value.start, "output", message, _SCRIPT_HINT)


def _read_first_form(file: NotebookFile, value: Value, forms: dict[str, Value]) -> CellOutput | None:
    for media_type in filter(forms.__contains__, _MEDIA_TYPES):
        output = _read_form(file, value, media_type)
        if output is not None:
            return output
    return None


def _read_simple_html(file: NotebookFile, forms: dict[str, Value]) -> CellOutput | None:
    """Return HTML without a table, for an output that has no other form of use to readers."""
    form = forms.get("text/html")
    if form is None or _has_script(file, forms):
        return None
    html, images = _extract_images(file, form, file.join_strings(form, '"text/html"'))
    safe_part = read_html(html)
    if safe_part is None or not safe_part.html:
        return None
    return CellOutput("html", safe_part.html, images=_used_images(safe_part.html, images))


def _has_script(file: NotebookFile, forms: dict[str, Value]) -> bool:
    return any(_needs_script(file, media_type, form) for media_type, form in forms.items())


def _needs_script(file: NotebookFile, media_type: str, form: Value) -> bool:
    """Return whether this is the format of a library (Plotly, widgets), or HTML with a script."""
    if media_type in {"text/html", "text/markdown", "text/latex"}:
        text, _ = _extract_images(file, form, file.join_strings(form, f'"{media_type}"'))
        return read_html(text) is None if media_type == "text/html" else needs_script(text)
    if media_type.startswith("application/vnd."):
        return not _AUXILIARY_TYPE.match(media_type)
    return media_type == "application/javascript"


def _is_blank(form: Value) -> bool:
    strings = form.value if isinstance(form.value, list) else [form]
    return all(map(_is_blank_string, strings))


def _is_blank_string(string: Value) -> bool:
    return isinstance(string.value, str) and not string.value.strip()


def _read_form(file: NotebookFile, value: Value, media_type: str) -> CellOutput | None:
    """Return one form of an output, or None if a page cannot show it."""
    form = value.value["data"].value[media_type]
    if media_type in _IMAGE_TYPES:
        return _read_image(file, value, media_type)
    stored = file.join_strings(form, f'"{media_type}"')
    if media_type == "text/html":
        return _read_html_table(file, form, stored)
    if media_type == "text/plain":
        return _read_plain_text(stored)
    plain = CONTROL_CHARACTERS.sub("", normalize_newlines(stored)).strip()
    text, images = _extract_images(file, form, plain)
    if not text or needs_script(text):
        return None
    return CellOutput("markdown" if media_type == "text/markdown" else "latex", text, images=images)


def _read_plain_text(stored: str) -> CellOutput | None:
    text = render_terminal_text(stored)
    if not text.strip() or _DISPLAY_REPR.fullmatch(text):
        return None
    return CellOutput("text", text)


def _read_html_table(file: NotebookFile, form: Value, stored: str) -> CellOutput | None:
    html, images = _extract_images(file, form, stored)
    safe_part = read_html(html)
    if safe_part is None or not safe_part.has_table:
        return None
    if safe_part.is_cut:
        hint = "tag the cell remove-output, or change what it puts out"
        file.warn(form.start, "output", "a part of an output that needs a script is left out", hint)
    return CellOutput("table", safe_part.html, images=_used_images(safe_part.html, images))


def _read_image(file: NotebookFile, value: Value, media_type: str) -> CellOutput | None:
    form = value.value["data"].value[media_type]
    stored = file.join_strings(form, f'"{media_type}"')
    if media_type == "image/svg+xml":
        data = _read_svg(file, form, stored)
    else:
        data = _decode_base64_image(file, form, media_type, stored)
    metadata = file.get_table(value, "metadata")
    image_metadata = file.get_table(value.value["metadata"], media_type) if metadata else {}
    if not data:
        return None
    suffix, _ = _IMAGE_TYPES[media_type]
    size = _read_size(image_metadata) or _read_size(metadata)
    return CellOutput("picture", _read_alternative_text(image_metadata), data, suffix, size)


def _read_alternative_text(metadata: dict[str, Value]) -> str:
    text = text_of(metadata.get("alt"))
    return CONTROL_CHARACTERS.sub("", _without_comments(text))


def _without_comments(text: str) -> str:
    last_close = text.rfind("-->")
    if last_close < 0:
        return text
    end = last_close + len("-->")  # no comment ends behind it: searching there for an end would take quadratic time
    return _COMMENT.sub("", text[:end]) + text[end:]


def _read_svg(file: NotebookFile, form: Value, source: str) -> bytes:
    if not source.strip():
        return b""
    return _rewrite_svg(file, form.start, source)


def _rewrite_svg(file: NotebookFile, start: int, source: str) -> bytes:
    """Return an SVG image without scripts; report one that is refused, and return no bytes."""
    try:
        return rewrite_svg(source)
    except RefusedError as error:
        file.warn(start, "output", str(error), _SVG_HINT)
        return b""


def read_embedded_images(file: NotebookFile, start: int, text: str) -> dict[str, bytes]:
    """Return the images in the ``data:`` URLs of ``text``, which starts at ``start``, by URL."""
    if "data:image/" not in text.lower():
        return {}
    images: dict[str, bytes] = {}
    for url in _DATA_URL.finditer(text):
        if url[0] in images:
            continue
        data = _decode_data_url(file, start, url)
        if data:
            images[url[0]] = data
    return images


def _decode_data_url(file: NotebookFile, start: int, url: re.Match[str]) -> bytes:
    """Return the bytes of an image; none if it is not of its type: then the URL stays in the text."""
    try:
        if url["base64"] is None:
            data = unquote_to_bytes(url["text"])
        else:
            data = base64.b64decode("".join(url["base64"].split()))
    except (binascii.Error, ValueError):
        return b""
    media_type = url["type"].lower().replace("jpg", "jpeg")
    if media_type == "image/svg+xml":
        return _rewrite_svg(file, start, data.decode(errors="ignore"))
    _, signature = _IMAGE_TYPES[media_type]
    return data if data.startswith(signature) else b""


def _extract_images(file: NotebookFile, form: Value, text: str) -> tuple[str, Images]:
    """Return the text of an output with a short name in place of each image, and these images by name."""
    images: list[tuple[str, bytes]] = []
    names: dict[str, str] = {}
    for url, data in read_embedded_images(file, form.start, text).items():
        names[url] = f"embedded-{blake2b(data, digest_size=12).hexdigest()}"
        images.append((names[url], data))
    if names:
        text = _DATA_URL.sub(lambda url: names.get(url[0], url[0]), text)
    return text, tuple(images)


def _used_images(html: str, images: Images) -> Images:
    return tuple((name, data) for name, data in images if name in html)


def _read_size(metadata: dict[str, Value]) -> tuple[int, int] | None:
    """Return the width and height in ``metadata``, or None if one is missing or not plausible."""
    width, height = _read_side(metadata, "width"), _read_side(metadata, "height")
    if width and height:
        return width, height
    return None


def _read_side(metadata: dict[str, Value], name: str) -> int:
    """Return a number of pixels, or 0 if it is missing or not plausible."""
    side = metadata.get(name)
    if side is None or type(side.value) is not int:  # not isinstance: a bool is an int
        return 0
    pixels: int = side.value
    return pixels if 0 < pixels <= _MAX_SIDE else 0


def _decode_base64_image(file: NotebookFile, form: Value, media_type: str, stored: str) -> bytes:
    """Return the bytes of an image of ``media_type`` that is stored in base64; none after an error."""
    try:
        data = base64.b64decode("".join(stored.split()), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    suffix, signature = _IMAGE_TYPES[media_type]
    if data and data.startswith(signature):
        return data
    message = f"this is no {suffix[1:].upper()} picture in base64"
    file.error(form.start, "output", message, "run the cell again and save")
    return b""


def read_attachments(file: NotebookFile, cell: Value) -> Images:
    """Return the images that are attached to a Markdown cell, by name."""
    images = []
    for name, bundle in file.get_table(cell, "attachments").items():
        forms = file.get_table(cell.value["attachments"], name)
        media_type = next(filter(forms.__contains__, _IMAGE_TYPES), None)
        if media_type:
            data = _decode_attachment(file, forms[media_type], media_type)
            if data:
                images.append((CONTROL_CHARACTERS.sub("", name), data))
        elif forms:
            message = f'the attachment "{printable_name(name)}" is no picture, and left out'
            file.warn(bundle.start, "attachment", message)
    return tuple(images)


def _decode_attachment(file: NotebookFile, form: Value, media_type: str) -> bytes:
    """Return the bytes of an attachment. All are stored in base64, SVG too."""
    data = _decode_base64_image(file, form, media_type, file.join_strings(form, f'"{media_type}"'))
    if media_type == "image/svg+xml":
        return _read_svg(file, form, data.decode(errors="ignore"))
    return data


def _check_home_folder(file: NotebookFile, start: int, output: CellOutput) -> None:
    if folder := _HOME_FOLDER.search(output.text):
        message = f"an output names a folder of your machine: {folder[0]}"
        hint = "clear the output, or tag its cell remove-output"
        file.warn(start, "machine-path", message, hint)
