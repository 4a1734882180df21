"""Aliases: old addresses of pages, which redirect to the new ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from msgspec import Struct

from blog.problems import Location, Problem
from blog.site.pages import Page
from blog.text import explain_unsafe_path

if TYPE_CHECKING:
    from collections.abc import Sequence

_NOT_ONLY_A_PATH = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//|[?#]", re.IGNORECASE)


class Alias(Struct, frozen=True):
    """An old address, and the page to which it redirects."""

    address: str
    page: Page
    location: Location


def collect_aliases(pages: Sequence[Page]) -> tuple[list[Alias], list[Problem]]:
    """Return the old addresses of ``pages``: ``/a/b`` and ``/a/b/`` name a folder, ``/a/b.html`` names a file."""
    aliases: list[Alias] = []
    problems: list[Problem] = []
    for page in pages:
        for written in page.document.front_matter.aliases:
            path = unquote(written.text).strip("/")
            address = f"/{path}" if path.endswith((".html", ".htm")) else f"/{path}/"
            reason = _explain_wrong_alias(written.text, path)
            if reason:
                message = f'the alias "{written.text}" {reason}'
                hint = "write the old path, such as /2019/old-name/"
                problems.append(Problem(written.location, "wrong-alias", message, hint))
            elif address != page.address:
                aliases.append(Alias(address, page, written.location))
    return aliases, problems


def _explain_wrong_alias(written: str, path: str) -> str:
    if _NOT_ONLY_A_PATH.search(written):
        return "is an address with a host, a query or a fragment"
    return explain_unsafe_path(path)
