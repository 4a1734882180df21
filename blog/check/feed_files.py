"""The feeds and sitemaps of a site that its readers would reject: files of the author's own, and very large ones. Pure.

Feeds that the program makes are valid: tests show it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_URLS, MOST_BYTES = 50_000, 50 * 1024 * 1024
"""Limits of a sitemap: <https://www.sitemaps.org/protocol.html>."""


def check_xml(data: bytes) -> Iterator[str]:
    """Yield in words why the readers of a feed or a sitemap would reject it."""
    try:
        root = ET.fromstring(data)  # noqa: S314  (expat limits the expansion of entities since 2.4.1)
    except (ET.ParseError, LookupError, ValueError) as error:  # an unknown encoding, or one that XML does not allow
        yield f"it is not XML: {error}"
        return
    if root.tag.endswith("}urlset") and (len(root) > MOST_URLS or len(data) > MOST_BYTES):
        yield f"it has {len(root):,} addresses and {len(data):,} bytes: {MOST_URLS:,} and {MOST_BYTES:,} are the most"
