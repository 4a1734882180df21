"""Parts of a request as values: facts of its headers, its path, the output at that path, the range; or a refusal."""

from __future__ import annotations

import re
import unicodedata
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from blog.preview.state import is_regular

if TYPE_CHECKING:
    from collections.abc import Collection
    from email.message import Message
    from pathlib import Path

WHOLE_FILE = (0, -1)
"""Result of :func:`parse_range` for a request without a valid range."""
NO_PART = (1, 0)
"""Result of :func:`parse_range` for a range outside of the file."""
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.ASCII)
_HOST_SETTINGS = {"_headers", "_redirects"}
"""Files that configure a host, which does not serve them."""


class RefusalError(Exception):
    """A request that gets no content, with the status and the reason of its response."""

    def __init__(self, status: HTTPStatus, why: str = "") -> None:
        super().__init__(why)
        self.status = status


def is_from_another_site(headers: Message, own_origins: Collection[str]) -> bool:
    """Return whether a page with none of ``own_origins`` caused the request, unless its user followed a link."""
    origins = headers.get_all("Origin", [])
    if len(origins) > 1 or not set(origins) <= set(own_origins):
        return True
    is_navigation = headers.get("Sec-Fetch-Mode") == "navigate"
    return headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"} and not is_navigation


def is_for_service_worker(headers: Message) -> bool:
    """Return whether the request is for the script of a service worker."""
    return "Service-Worker" in headers or headers.get("Sec-Fetch-Dest") == "serviceworker"


def has_body(headers: Message) -> bool:
    """Return whether the request has a body."""
    lengths = headers.get_all("Content-Length", ["0"])
    return lengths != ["0"] or "Transfer-Encoding" in headers


def has_current_copy(headers: Message, etag: str) -> bool:
    """Return whether the client has a copy of the file that has this ``etag``."""
    known_etags = [known_etag.strip() for known_etag in headers.get("If-None-Match", "").split(",")]
    return etag in known_etags or known_etags == ["*"]


def decode_path(path: str) -> str:
    """Return the path of a request, decoded. Raises :class:`RefusalError` if it is no path, or no text."""
    if not path.startswith("/"):
        raise RefusalError(HTTPStatus.BAD_REQUEST, "the path must begin with /")
    try:
        decoded = unquote_to_bytes(path.encode("latin-1")).decode("utf-8")
    except UnicodeError:
        raise RefusalError(HTTPStatus.BAD_REQUEST, "the path is not UTF-8") from None
    categories = map(unicodedata.category, decoded)
    if "Cc" in categories:
        raise RefusalError(HTTPStatus.BAD_REQUEST, "the path has control characters")
    return decoded


def find_output(folder: Path, path: str) -> str | None:
    """Return the output at ``path``, by the rules of static hosts; None if there is none.

    The result is ``""`` if there is an output at ``path`` with ``/``. ``path`` begins with ``/`` and is not
    percent-encoded.
    """
    name = path[1:]
    if name in _HOST_SETTINGS:
        return None
    if not name or name.endswith("/"):
        index = f"{name}index.html"
        return index if is_regular(folder, index) else None
    for output in (name, f"{name}.html"):
        if is_regular(folder, output):
            return output
        if is_regular(folder, f"{name}/index.html"):
            return ""
    return None


def parse_range(header: str, size: int) -> tuple[int, int]:
    """Return the first and the last byte of the range in ``header``, :data:`WHOLE_FILE`, or :data:`NO_PART`."""
    match = _RANGE.fullmatch(header)
    if match is None or match.groups() == ("", ""):
        return WHOLE_FILE
    first, last = match.groups()
    if not first:
        return _parse_suffix_range(int(last), size)
    start = int(first)
    if last and int(last) < start:
        return WHOLE_FILE
    if start >= size:
        return NO_PART
    end = size - 1
    if last:
        end = min(int(last), end)
    return start, end


def _parse_suffix_range(length: int, size: int) -> tuple[int, int]:
    """Return the range of the last ``length`` bytes."""
    if length == 0 or size == 0:
        return NO_PART
    return max(0, size - length), size - 1
