"""What is promised of every input, however odd. All raise :class:`AssertionError` where it is not kept."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import msgspec

from blog.problems import BlogError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_INSIDES = re.compile(r"object at 0x|Traceback|<(?:class|function|module|built-in)\b|\b[A-Z]\w+Error\b|NoneType")
_VOID = frozenset({"area", "br", "col", "hr", "img", "input", "source", "track", "wbr"})
_IN_NO_PARAGRAPH = frozenset({
    "aside", "blockquote", "details", "div", "dl", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "section",
    "table", "ul",
})  # fmt: skip
"""What ends a paragraph for a browser."""


def value_or_problems(make: Callable[[], Any]) -> Any:
    """What `make` gives, or the problems with which it refuses; nothing else may happen."""
    try:
        return make()
    except BlogError as error:
        refused = error
    assert refused.problems
    return refused.problems


def check_problems(problems: Iterable[Problem], path: str, data: bytes) -> None:
    """Each stands in the file, and speaks to its author: in whole words, not in those of Python."""
    text = data.removeprefix(b"\xef\xbb\xbf").decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    for problem in problems:
        place = problem.location
        assert place.path == path, problem
        if place.cell and not place.line:
            assert place.cell <= len(json.loads(text)["cells"]), problem
        else:
            lines = (_source(text, place.cell) if place.cell else text).split("\n")
            assert 1 <= place.line <= len(lines), problem
            assert 1 <= place.column <= len(lines[place.line - 1]) + 1, problem
        assert problem.message.strip(), problem
        for words in (problem.message, problem.hint):
            words.encode()
            assert _INSIDES.search(words) is None or _INSIDES.search(text), problem


def _source(notebook: str, cell: int) -> str:
    """The text of a cell of a notebook."""
    source = json.loads(notebook)["cells"][cell - 1]["source"]
    return "".join(source).replace("\r\n", "\n").replace("\r", "\n")


def as_kept(value: object) -> bytes:
    """`value` as the cache keeps it: it is plain data, and comes back as it was."""
    kept = msgspec.msgpack.encode(value)
    assert msgspec.msgpack.encode(msgspec.msgpack.decode(kept, type=type(value))) == kept
    return kept


def is_stopped(problems: Iterable[Problem]) -> bool:
    """Whether an error keeps a text from being published."""
    return any(problem.severity == "error" for problem in problems)


def check_html(html: str) -> None:
    """Each element ends where it should, has an attribute once, and stands where a browser lets it."""
    elements = _Elements()
    elements.feed(html)
    elements.close()
    assert elements.wrong == [], (elements.wrong, html)
    assert elements.open == [], (elements.open, html)


class _Elements(HTMLParser):
    """Which elements are open, and what is wrong with them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len(dict(attrs)) < len(attrs):
            self.wrong.append(f"an attribute twice: {tag}")
        if tag in _IN_NO_PARAGRAPH and "p" in self.open:
            self.wrong.append(f"{tag} in a paragraph")
        if tag == "a" and "a" in self.open:
            self.wrong.append("a link in a link")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not {"math", "svg"}.intersection(self.open):
            self.wrong.append(f"HTML has no <{tag} />")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")


def missing(words: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Those of `words` that are in none of `texts`."""
    return [word for word in words if not any(word in text for text in texts)]
