"""The bytes of a file of the site → its text."""

from __future__ import annotations

from blog.problems import BlogError, Location, Problem
from blog.text import CONTROL_CHARACTERS, normalize_newlines


def decode_utf8(data: bytes, path: str) -> str:
    """Return the text in UTF-8 ``data`` of the file at ``path``, with LF line ends and without byte order mark.

    Raises :class:`BlogError` with the position of the first byte that is not UTF-8, or of the first control character.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0\0" in (data[0:4:2], data[1:4:2]):
        raise BlogError([Problem(Location(path), "encoding", "this is UTF-16, not UTF-8", "save it as UTF-8")])
    try:
        text = normalize_newlines(data.decode())
    except UnicodeDecodeError as error:
        location = _locate_end(normalize_newlines(data[: error.start].decode()), path)
        message = f"not UTF-8: byte 0x{data[error.start]:02x}"
        raise BlogError([Problem(location, "encoding", message, "save it as UTF-8")]) from None
    if control := CONTROL_CHARACTERS.search(text):
        location = _locate_end(text[: control.start()], path)
        message = f"the text has the control character {control[0]!r}"
        raise BlogError([Problem(location, "control-character", message, "delete it")])
    return text


def _locate_end(text: str, path: str) -> Location:
    """Return the position behind ``text``, the beginning of the file at ``path``."""
    return Location(path, text.count("\n") + 1, len(text) - text.rfind("\n"))
