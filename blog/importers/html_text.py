"""Texts in HTML and reStructuredText → Markdown, by libraries of the extra ``import``, which are loaded when needed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.importers.report import Item
from blog.problems import BlogError, Location, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blog.importers.rst_writer import RstText

_VERBATIM = re.compile(r"(<(pre|script|style|textarea)\b.*?(?:</\2>|\Z))", re.DOTALL | re.IGNORECASE)


def html_to_markdown(html: str) -> str:
    """Return the Markdown of an HTML text. Raises :class:`BlogError` if the library is not installed."""
    try:
        from blog.importers.markdown_writer import write_markdown  # noqa: PLC0415
    except ImportError as error:
        raise _missing(error, "HTML") from None
    return write_markdown(html)


def read_rst(text: str) -> RstText:
    """Return title and Markdown of a text in reStructuredText. Raises :class:`BlogError` if a library is missing."""
    try:
        from blog.importers.rst_writer import convert_rst  # noqa: PLC0415
    except ImportError as error:
        raise _missing(error, "reStructuredText") from None
    return convert_rst(text)


def rst_items(path: str, errors: Iterable[tuple[int, str]]) -> list[Item]:
    """Return the items for what docutils does not know in the file ``path``."""
    todo = "say it in Markdown, or take it out"
    return [
        Item("reStructuredText", Location(path, line), f"{what} It is shown as code.", todo) for line, what in errors
    ]


def _missing(error: ImportError, language: str) -> BlogError:
    message = f"{error.name or 'a library'} is not installed: it converts {language} to Markdown"
    hint = 'install it: pip install "reflective-blog[import]"'
    return BlogError([Problem(Location(""), "no-library", message, hint)])


def flush_left(html: str) -> str:
    """Return HTML without indentation, which Markdown would show as code; verbatim elements stay as they are."""
    parts = _VERBATIM.split(html)
    pieces = []
    for index in range(0, len(parts), 3):
        pieces.append(re.sub(r"^[ \t]+", "", parts[index], flags=re.MULTILINE))
        pieces += parts[index + 1 : index + 2]
    return "".join(pieces)
