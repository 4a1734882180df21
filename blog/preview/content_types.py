"""Content types of the files that the preview serves, the same on every machine."""

from __future__ import annotations

import mimetypes

_TYPES = mimetypes.MimeTypes(filenames=())
for _ending, _type in {
    ".avif": "image/avif", ".ico": "image/x-icon", ".js": "text/javascript", ".mjs": "text/javascript",
    ".webmanifest": "application/manifest+json", ".webp": "image/webp", ".woff": "font/woff", ".woff2": "font/woff2",
    ".xml": "application/xml",
}.items():  # fmt: skip
    _TYPES.add_type(_type, _ending)


def guess_content_type(name: str) -> str:
    """Return the content type of a file with this name, with the charset of text."""
    content_type = _TYPES.guess_type(name)[0] or "application/octet-stream"
    if content_type.startswith("text/") or content_type.endswith(("xml", "json")):
        content_type += "; charset=utf-8"
    return content_type
