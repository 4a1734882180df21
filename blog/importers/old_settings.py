"""Values in the settings of old blogs that several tools write alike."""

from __future__ import annotations

from urllib.parse import urlsplit

from blog.config.dates import find_zone


def split_url(url: str) -> tuple[str, str]:
    """Return scheme and host of ``url``, and its path without slashes around it; all empty if it is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.username:
        return "", parts.path.strip("/") if not parts.netloc else ""
    return f"{parts.scheme}://{parts.netloc}", parts.path.strip("/")


def known_zone(name: str) -> str:
    """Return the name of a time zone; ``""`` if there is none of this name."""
    try:
        find_zone(name)
    except KeyError:
        return ""
    return name
