"""What a request names: its path, the output behind it, the part of a file; or why it is refused."""

from __future__ import annotations

import re
import unicodedata
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from blog.preview.state import is_regular

if TYPE_CHECKING:
    from pathlib import Path

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.ASCII)
_HIDDEN = {"_headers", "_redirects"}


class RefusalError(Exception):
    """A request that gets no content, with the status and the reason of its answer."""

    def __init__(self, status: HTTPStatus, why: str = "") -> None:
        super().__init__(why)
        self.status = status


def decode_path(path: str) -> str:
    """The path that is asked for. Raises :class:`RefusalError` where it is no path, or no text."""
    if not path.startswith("/"):
        raise RefusalError(HTTPStatus.BAD_REQUEST, "the path must begin with /")
    try:
        decoded = unquote_to_bytes(path.encode("latin-1")).decode("utf-8")
    except UnicodeError:
        raise RefusalError(HTTPStatus.BAD_REQUEST, "the path is not UTF-8") from None
    if any(unicodedata.category(char) == "Cc" for char in decoded):
        raise RefusalError(HTTPStatus.BAD_REQUEST, "the path has control characters")
    return decoded


def find_output(folder: Path, path: str) -> str | None:
    """The output behind ``path``, by the rules of static hosts; ``""``: the same with ``/``; None: there is none.

    ``path`` begins with ``/`` and is not percent-encoded.
    """
    name = path[1:]
    if name in _HIDDEN:
        return None
    if not name or name.endswith("/"):
        return f"{name}index.html" if is_regular(folder, f"{name}index.html") else None
    for output in (name, f"{name}.html"):
        if is_regular(folder, output):
            return output
        if is_regular(folder, f"{name}/index.html"):
            return ""
    return None


def parse_range(header: str, size: int) -> tuple[int, int]:
    """First and last byte of the one range that is asked for; (0, -1): all of it; (1, 0): there is no such part."""
    found = _RANGE.fullmatch(header)
    if not found or found.groups() == ("", ""):
        return 0, -1
    first, last = found.groups()
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) and size else (1, 0)
    start, end = int(first), min(int(last or size), size - 1)
    if last and int(last) < start:
        return 0, -1
    return (start, end) if start < size else (1, 0)
