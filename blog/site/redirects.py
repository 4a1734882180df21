"""A ``_redirects`` file → its rules, and the paths that they cover. Pure.

The format is that of Netlify <https://docs.netlify.com/routing/redirects/>.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Sequence

_TARGET = re.compile(r"/|https?://", re.IGNORECASE)
"""Start of the target of a redirect."""


class Rule(NamedTuple):
    """A line of ``_redirects``."""

    source: str
    target: str
    line: int
    is_certain: bool = True
    """It covers its paths for every reader, and answers with its target."""
    status: int = 301
    """200: the host answers with the target under the old address."""

    def resolve(self, path: str) -> str | None:
        """Return where the rule leads from ``path``, which has no last slash; None if it does not cover it."""
        source = unquote(self.source).rstrip("/")
        if not self.is_certain:
            return None
        if not re.search("[*:]", source):
            return self.target if source == path else None
        if not _parse_pattern(source).matches(path):
            return None
        segments, parts = source.removesuffix("/*").split("/"), path.split("/")
        values = dict(zip(segments, parts, strict=False)) | {":splat": "/".join(parts[len(segments) :])}
        return _PLACEHOLDER.sub(lambda match: values.get(match[0], match[0]), self.target)


class Pattern(NamedTuple):
    """A source with placeholders: ``:name`` matches one segment or a part of one, ``*`` at the end anything."""

    segments: tuple[tuple[str, ...], ...]
    """Per segment: the texts between its placeholders; a single text if it has none."""
    is_open: bool
    """More segments may follow."""

    def matches(self, path: str) -> bool:
        """Return whether the pattern matches ``path``, in time linear in the path for any number of placeholders."""
        segments = path.split("/", len(self.segments))
        if self.is_open:
            segments = segments[: len(self.segments)]
        if len(segments) != len(self.segments):
            return False
        return all(map(_matches_segment, self.segments, segments))


def _matches_segment(texts: tuple[str, ...], segment: str) -> bool:
    """Return whether ``segment`` consists of ``texts`` in order, with at least one character between each two.

    The first match of each text is taken: if a later one leads to a full match, so does the first.
    """
    if len(texts) == 1:
        return segment == texts[0]
    first, *others, last = texts
    if not segment.startswith(first) or not segment.endswith(last):
        return False
    position, end = len(first), len(segment) - len(last)
    for text in others:
        start = segment.find(text, position + 1, end)
        if start < 0:
            return False
        position = start + len(text)
    return position < end


_PLACEHOLDER = re.compile(r":[a-zA-Z]\w*+")


def _parse_pattern(path: str) -> Pattern:
    is_open = path.endswith("/*")
    segments = path.removesuffix("/*").split("/")
    texts = [tuple(_PLACEHOLDER.split(segment)) for segment in segments]
    return Pattern(tuple(texts), is_open)


class RedirectRules(NamedTuple):
    """A ``_redirects`` file."""

    lines: tuple[Rule, ...] = ()
    exact: frozenset[str] = frozenset()
    """Paths that rules without placeholders cover."""
    patterns: tuple[Pattern, ...] = ()
    """Patterns of the paths that the other rules cover."""

    def answer(self, path: str) -> bool:
        """Return whether a rule covers ``path``."""
        path = path.rstrip("/")
        return path in self.exact or any(pattern.matches(path) for pattern in self.patterns)

    def resolve(self, path: str) -> str:
        """Return the target of the first rule that covers ``path``; ``""`` if none does."""
        target, _ = self.find(path)
        return target

    def find(self, path: str) -> tuple[str, int]:
        """Return target and status of the first rule that covers ``path``; ``""`` and 0 if none does."""
        path = path.rstrip("/")
        for rule in self.lines:
            target = rule.resolve(path)
            if target is not None:
                return target, rule.status
        return "", 0


_STATUS = re.compile(r"\d{3}!?", re.ASCII)
_COVERS_NOTHING = re.compile(r"=|\A4\d{2}!?\Z")
"""A condition on more than the path, or a status such as 404: the rule covers no path for certain."""


def parse_redirects(text: str) -> RedirectRules:
    """Return the rules of a ``_redirects`` file."""
    rules, exact, patterns = [], set(), []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        position = _find_target(words)
        if position is None:
            continue
        options = words[position + 1 :]
        is_certain = not any(map(_COVERS_NOTHING.search, options))
        status = next((int(word.rstrip("!")) for word in options if _STATUS.fullmatch(word)), 301)
        rule = Rule(words[0], words[position], number, is_certain, status)
        rules.append(rule)
        if not is_certain:
            continue
        path = unquote(rule.source).rstrip("/")
        if re.search("[*:]", path):
            patterns.append(_parse_pattern(path))
        else:
            exact.add(path)
    return RedirectRules(tuple(rules), frozenset(exact), tuple(patterns))


def _find_target(words: Sequence[str]) -> int | None:
    """Return the position of the target among the words of a line; None if the line is no rule."""
    if not words or not words[0].startswith("/"):
        return None
    for position, word in enumerate(words[1:], 1):
        if _TARGET.match(word):
            return position
    return None
