"""A ``_headers`` file → the headers that a host sends with each path. Pure.

The format is that of Netlify <https://docs.netlify.com/routing/headers/> and Cloudflare Pages
<https://developers.cloudflare.com/pages/configuration/headers/>.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

POLICY = "content-security-policy"
_HEADER = re.compile(r"\s+([^\s:]+)\s*:(.*)")
_ORIGIN = re.compile(r"^https?://[^/]*")
_PLACEHOLDER = re.compile(r"\*|:\w+")


class HostHeader(NamedTuple):
    """A header of a ``_headers`` file."""

    pattern: str
    """Pattern of the paths that it covers: ``*`` and ``:name`` stand for anything."""
    name: str
    """In lower case."""
    value: str
    line: int
    """Line in the file, counted from 1."""

    def covers(self, path: str) -> bool:
        """Return whether the host sends it with the answer to ``path``, in time linear in the path."""
        first, *others = _PLACEHOLDER.split(self.pattern)
        if not others:
            return path == first
        *middle, last = others
        position, end = len(first), len(path) - len(last)
        for text in middle:
            start = path.find(text, position, end)
            if start < 0:
                return False
            position = start + len(text)
        return path.startswith(first) and path.endswith(last) and position <= end


def parse_headers(text: str) -> list[HostHeader]:
    """Return the headers of a ``_headers`` file, in order; lines that are none are left out."""
    headers = []
    pattern = ""
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip()[:1] in {"", "#"}:
            continue
        if not line[0].isspace():
            pattern = _ORIGIN.sub("", line.strip())
            continue
        match = _HEADER.fullmatch(line.rstrip())
        if match and pattern:
            headers.append(HostHeader(pattern, match[1].lower(), match[2].strip(), number))
    return headers


def find_headers(headers: Iterable[HostHeader], path: str) -> dict[str, str]:
    """Return name and value of the headers that a host sends with ``path``; values of one name are joined by commas."""
    found: dict[str, list[str]] = {}
    for header in headers:
        if header.covers(path):
            found.setdefault(header.name, []).append(header.value)
    return {name: ", ".join(values) for name, values in found.items()}


def parse_directives(policy: str) -> dict[str, list[str]]:
    """Return the directives of a content security policy: name → sources. The first of equal names counts.

    <https://www.w3.org/TR/CSP3/#parse-serialized-policy>
    """
    directives: dict[str, list[str]] = {}
    for directive in policy.split(";"):
        words = directive.split()
        if words:
            directives.setdefault(words[0].lower(), words[1:])
    return directives
