"""What the converters of other Markdown dialects share: positions of code, sizes of images, formulas, the report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from blog.importers.mapped_text import Edit
from blog.importers.passages import find_passages
from blog.importers.report import Item
from blog.importers.tex_repairs import split_words
from blog.markdown.source_spans import read_spans
from blog.problems import Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blog.importers.report import ItemStatus
    from blog.markdown.source_spans import SourceSpan

_CLASS = re.compile(r"(?<![\w\"'=-])\.([A-Za-z][\w-]*)")
_SIZE = re.compile(r"\b(width|height)\s*=\s*[\"']?(\d+)(px|%)?[\"']?")
_STYLE_SIZE = re.compile(r"\b(width|height)\s*:\s*(\d+)(px|%)")


class DialectContext(NamedTuple):
    """What a converter may need beside the text of a document."""

    path: str
    """The path of the old document."""
    items: list[Item]
    macros: dict[str, str]
    """Name of each macro that a text has defined → its TeX."""
    hides_code: bool = False
    """The old tool showed no code cell that does not ask for it."""
    snippets: Mapping[str, str] = {}
    """Name of a file that a text includes → its text."""

    def report(self, line: int, kind: str, what: str, todo: str, status: ItemStatus = "to do") -> None:
        """Add an item at a line of the old file."""
        self.items.append(Item(kind, Location(self.path, line), what, todo, status))

    def report_hidden(self, line: int, what: str) -> None:
        """Add an item for a passage that was left out, because the old tool hid it from some readers."""
        self.report(line, "Hidden passage", what, "copy it by hand, if readers may see it")


def is_code(spans: Sequence[SourceSpan], offset: int) -> bool:
    """Return whether ``offset`` is inside of code."""
    return any(span.kind == "code" and span.start <= offset < span.end for span in spans)


def remove_outside_code(pattern: re.Pattern[str], text: str) -> Iterator[Edit]:
    """Yield an edit that takes out each match of ``pattern`` outside of code."""
    return _remove_outside_code(text, (match.span() for match in pattern.finditer(text)))


def remove_passages(opening: re.Pattern[str], closing: re.Pattern[str], text: str) -> Iterator[Edit]:
    """Yield an edit that takes out each passage outside of code: see :func:`find_passages`."""
    passages = find_passages(text, opening, closing)
    return _remove_outside_code(text, ((passage.start, passage.end) for passage in passages))


def _remove_outside_code(text: str, places: Iterable[tuple[int, int]]) -> Iterator[Edit]:
    spans = read_spans(text)
    for start, end in places:
        if not is_code(spans, start):
            yield Edit(start, end, "")


def image_attributes(written: str) -> str:
    """Return the attributes of an image in our syntax."""
    sizes = [*_SIZE.findall(written), *_STYLE_SIZE.findall(written)]
    parts = [f"{name}={number}{unit if unit == '%' else ''}" for name, number, unit in sizes[:2]]
    parts += [f".{name}" for name in _CLASS.findall(re.sub(r"\b\w++=(\"[^\"]*\"|'[^']*')", "", written))]
    return " ".join(dict.fromkeys(parts))


def inline_formula(tex: str) -> str:
    """Return a formula in a sentence."""
    words = " ".join(split_words(tex).split())  # a $ would end it
    return f"${words}$" if words else ""
