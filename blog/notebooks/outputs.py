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
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from blog.markdown.sanitize import needs_script
from blog.markdown.svg import RefusedError, rewrite_svg
from blog.notebooks.notebook_file import members_of, printable_name, text_of
from blog.notebooks.tables import read_html
from blog.notebooks.terminal_text import render_terminal_text
from blog.text import CONTROL_CHARACTERS, normalize_newlines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.notebooks.notebook_file import NotebookFile

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


def read_outputs(file: NotebookFile, values: Sequence[Any], *, tags: frozenset[str]) -> tuple[CellOutput, ...]:
    """Return the outputs of one cell that a page can show; consecutive texts of one stream are joined."""
    outputs: list[CellOutput] = []
    for stream, group in groupby(values, lambda value: _stream_name(file, value)):
        stored = list(group)
        for output in _join_stream(file, stream, stored, tags) if stream else _read_outputs(file, stored):
            if "private" not in tags:
                _check_home_folder(file, output)
            outputs.append(output)
    return tuple(outputs)


def _stream_name(file: NotebookFile, value: Any) -> str:
    """Return ``stdout`` or ``stderr``, or an empty text for an output that is no stream."""
    if text_of(members_of(value).get("output_type")) != "stream":
        return ""
    return file.require_name(value, "name")


def _join_stream(
    file: NotebookFile, name: str, stored: list[dict[str, Any]], tags: frozenset[str]
) -> Iterator[CellOutput]:
    """Yield the output of a stream, unless it is blank or removed."""
    written = ""
    for value in stored:
        if "text" in value:
            written += file.join_strings(value["text"], '"text"')
    text = render_terminal_text(written)
    if text.strip() and f"remove-{name}" not in tags:
        yield CellOutput("text", text)


def _read_outputs(file: NotebookFile, values: list[Any]) -> Iterator[CellOutput]:
    """Yield each output that is no stream and that a page can show."""
    for value in values:
        if not isinstance(value, dict):
            file.add_error("wrong-type", "an output must be a table of keys and values")
        elif output := _read_output(file, value):
            yield output


def _read_output(file: NotebookFile, value: dict[str, Any]) -> CellOutput | None:
    kind = file.require_name(value, "output_type")
    if kind in {"display_data", "execute_result"}:
        return _read_best_form(file, value)
    if kind == "error":
        return _read_error(file, value)
    if kind not in {"", "stream", "update_display_data"}:
        hint = "clear the output and run the cell again"
        file.add_warning("output", f'unknown type of output "{kind}", left out', hint)
    return None


def _read_error(file: NotebookFile, value: dict[str, Any]) -> CellOutput:
    """Return the traceback; without one, the name and the message of the error."""
    lines = file.get_strings(value.get("traceback", []), '"traceback"')
    text = render_terminal_text("\n".join(lines))
    if not text:
        text = f"{file.require_name(value, 'ename')}: {file.require_name(value, 'evalue')}"
    return CellOutput("error", text)


def _read_best_form(file: NotebookFile, value: dict[str, Any]) -> CellOutput | None:
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
        file.add_warning("output", f"an output that needs a script {result}", _SCRIPT_HINT)
        return output
    has_reported_problem = len(file.problems) > problem_count
    if output is None and not has_reported_problem:
        _report_unknown_forms(file, forms)
    return output


def _report_unknown_forms(file: NotebookFile, forms: dict[str, Any]) -> None:
    """Report an output of which no form can be shown, unless all of them are blank."""
    if all(map(_is_blank, forms.values())):
        return
    media_types = printable_name(", ".join(forms))
    message = f"an output is left out: no page can show {media_types}"
    file.add_warning("output", message, _SCRIPT_HINT)


def _read_first_form(file: NotebookFile, value: dict[str, Any], forms: dict[str, Any]) -> CellOutput | None:
    for media_type in filter(forms.__contains__, _MEDIA_TYPES):
        output = _read_form(file, value, media_type)
        if output is not None:
            return output
    return None


def _read_simple_html(file: NotebookFile, forms: dict[str, Any]) -> CellOutput | None:
    """Return HTML without a table, for an output that has no other form of use to readers."""
    form = forms.get("text/html")
    if form is None or _has_script(file, forms):
        return None
    html, images = _extract_images(file, file.join_strings(form, '"text/html"'))
    safe_part = read_html(html)
    if safe_part is None or not safe_part.html:
        return None
    return CellOutput("html", safe_part.html, images=_used_images(safe_part.html, images))


def _has_script(file: NotebookFile, forms: dict[str, Any]) -> bool:
    return any(_needs_script(file, media_type, form) for media_type, form in forms.items())


def _needs_script(file: NotebookFile, media_type: str, form: Any) -> bool:
    """Return whether this is the format of a library (Plotly, widgets), or HTML with a script."""
    if media_type in {"text/html", "text/markdown", "text/latex"}:
        text, _ = _extract_images(file, file.join_strings(form, f'"{media_type}"'))
        return read_html(text) is None if media_type == "text/html" else needs_script(text)
    if media_type.startswith("application/vnd."):
        return not _AUXILIARY_TYPE.match(media_type)
    return media_type == "application/javascript"


def _is_blank(form: Any) -> bool:
    strings = form if isinstance(form, list) else [form]
    return all(map(_is_blank_string, strings))


def _is_blank_string(string: Any) -> bool:
    return isinstance(string, str) and not string.strip()


def _read_form(file: NotebookFile, value: dict[str, Any], media_type: str) -> CellOutput | None:
    """Return one form of an output, or None if a page cannot show it."""
    form = value["data"][media_type]
    if media_type in _IMAGE_TYPES:
        return _read_image(file, value, media_type)
    stored = file.join_strings(form, f'"{media_type}"')
    if media_type == "text/html":
        return _read_html_table(file, stored)
    if media_type == "text/plain":
        return _read_plain_text(stored)
    plain = CONTROL_CHARACTERS.sub("", normalize_newlines(stored)).strip()
    text, images = _extract_images(file, plain)
    if not text or needs_script(text):
        return None
    return CellOutput("markdown" if media_type == "text/markdown" else "latex", text, images=images)


def _read_plain_text(stored: str) -> CellOutput | None:
    text = render_terminal_text(stored)
    if not text.strip() or _DISPLAY_REPR.fullmatch(text):
        return None
    return CellOutput("text", text)


def _read_html_table(file: NotebookFile, stored: str) -> CellOutput | None:
    html, images = _extract_images(file, stored)
    safe_part = read_html(html)
    if safe_part is None or not safe_part.has_table:
        return None
    if safe_part.is_cut:
        hint = "tag the cell remove-output, or change what it puts out"
        file.add_warning("output", "a part of an output that needs a script is left out", hint)
    return CellOutput("table", safe_part.html, images=_used_images(safe_part.html, images))


def _read_image(file: NotebookFile, value: dict[str, Any], media_type: str) -> CellOutput | None:
    form = value["data"][media_type]
    stored = file.join_strings(form, f'"{media_type}"')
    is_svg = media_type == "image/svg+xml"
    data = _read_svg(file, stored) if is_svg else _decode_base64_image(file, media_type, stored)
    metadata = file.get_table(value, "metadata")
    image_metadata = file.get_table(metadata, media_type)
    if not data:
        return None
    suffix, _ = _IMAGE_TYPES[media_type]
    size = _read_size(image_metadata) or _read_size(metadata)
    return CellOutput("picture", _read_alternative_text(image_metadata), data, suffix, size)


def _read_alternative_text(metadata: dict[str, Any]) -> str:
    text = text_of(metadata.get("alt"))
    return CONTROL_CHARACTERS.sub("", _without_comments(text))


def _without_comments(text: str) -> str:
    last_close = text.rfind("-->")
    if last_close < 0:
        return text
    end = last_close + len("-->")  # no comment ends behind it: searching there for an end would take quadratic time
    return _COMMENT.sub("", text[:end]) + text[end:]


def _read_svg(file: NotebookFile, source: str) -> bytes:
    if not source.strip():
        return b""
    return _rewrite_svg(file, source)


def _rewrite_svg(file: NotebookFile, source: str) -> bytes:
    """Return an SVG image without scripts; report one that is refused, and return no bytes."""
    try:
        return rewrite_svg(source)
    except RefusedError as error:
        file.add_warning("output", str(error), _SVG_HINT)
        return b""


def read_embedded_images(file: NotebookFile, text: str) -> dict[str, bytes]:
    """Return the images in the ``data:`` URLs of ``text``, by URL."""
    if "data:image/" not in text.lower():
        return {}
    images: dict[str, bytes] = {}
    for url in _DATA_URL.finditer(text):
        if url[0] in images:
            continue
        data = _decode_data_url(file, url)
        if data:
            images[url[0]] = data
    return images


def _decode_data_url(file: NotebookFile, url: re.Match[str]) -> bytes:
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
        return _rewrite_svg(file, data.decode(errors="ignore"))
    _, signature = _IMAGE_TYPES[media_type]
    return data if data.startswith(signature) else b""


def _extract_images(file: NotebookFile, text: str) -> tuple[str, Images]:
    """Return the text of an output with a short name in place of each image, and these images by name."""
    images: list[tuple[str, bytes]] = []
    names: dict[str, str] = {}
    for url, data in read_embedded_images(file, text).items():
        names[url] = f"embedded-{blake2b(data, digest_size=12).hexdigest()}"
        images.append((names[url], data))
    if names:
        text = _DATA_URL.sub(lambda url: names.get(url[0], url[0]), text)
    return text, tuple(images)


def _used_images(html: str, images: Images) -> Images:
    return tuple((name, data) for name, data in images if name in html)


def _read_size(metadata: dict[str, Any]) -> tuple[int, int] | None:
    """Return the width and height in ``metadata``, or None if one is missing or not plausible."""
    width, height = _read_side(metadata, "width"), _read_side(metadata, "height")
    if width and height:
        return width, height
    return None


def _read_side(metadata: dict[str, Any], name: str) -> int:
    """Return a number of pixels, or 0 if it is missing or not plausible."""
    side = metadata.get(name)
    if type(side) is not int:  # not isinstance: a bool is an int
        return 0
    return side if 0 < side <= _MAX_SIDE else 0


def _decode_base64_image(file: NotebookFile, media_type: str, stored: str) -> bytes:
    """Return the bytes of an image of ``media_type`` that is stored in base64; none after an error."""
    try:
        data = base64.b64decode("".join(stored.split()), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    suffix, signature = _IMAGE_TYPES[media_type]
    if data and data.startswith(signature):
        return data
    message = f"this is no {suffix[1:].upper()} picture in base64"
    file.add_error("output", message, "run the cell again and save")
    return b""


def read_attachments(file: NotebookFile, cell: dict[str, Any]) -> Images:
    """Return the images that are attached to a Markdown cell, by name."""
    images = []
    attachments = file.get_table(cell, "attachments")
    for name in attachments:
        forms = file.get_table(attachments, name)
        media_type = next(filter(forms.__contains__, _IMAGE_TYPES), None)
        if media_type:
            data = _decode_attachment(file, forms[media_type], media_type)
            if data:
                images.append((CONTROL_CHARACTERS.sub("", name), data))
        elif forms:
            message = f'the attachment "{printable_name(name)}" is no picture, and left out'
            file.add_warning("attachment", message)
    return tuple(images)


def _decode_attachment(file: NotebookFile, form: Any, media_type: str) -> bytes:
    """Return the bytes of an attachment. All are stored in base64, SVG too."""
    data = _decode_base64_image(file, media_type, file.join_strings(form, f'"{media_type}"'))
    if media_type == "image/svg+xml":
        return _read_svg(file, data.decode(errors="ignore"))
    return data


def _check_home_folder(file: NotebookFile, output: CellOutput) -> None:
    if folder := _HOME_FOLDER.search(output.text):
        message = f"an output names a folder of your machine: {folder[0]}"
        hint = "clear the output, or tag its cell remove-output"
        file.add_warning("machine-path", message, hint)
