"""Bare addresses beside the letters and signs of Chinese and Japanese, which stand without a space around them.

GitHub's rules ask for a space before an address and take all up to the next one: ``见https://a.org/b，然后`` would be
no link, or one too long.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from blog.markdown.east_asian import HAN_AND_KANA, HANGUL, IS_WIDE, WIDE, WIDE_SIGNS

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.rules_inline import StateInline

    Rule = Callable[[StateInline, bool], bool]

MAY_PRECEDE = f"{WIDE}“—…"
"""Characters behind which an address may begin, where the text is in letters of :data:`WIDE`."""
_PRECEDES = re.compile(f"[{MAY_PRECEDE}]")
_END = re.compile(f"[{WIDE_SIGNS}\u3000“”]|——|……")
_END_OF_HOST = re.compile(rf"(?:https?://|www\.)[A-Za-z0-9.-]+\.[A-Za-z]{{2,}}(?::\d+)?(?=[{HAN_AND_KANA}{HANGUL}])")
"""No domain ends in letters of two scripts."""
_BEGINNING = {":": re.compile(r"(?:https?|mailto|xmpp)\Z"), "@": re.compile(r"(?<![A-Za-z0-9.+_-])[A-Za-z0-9.+_-]++\Z")}


def beside_wide_signs(rule: Rule) -> Rule:
    """Let ``rule`` see a bare address as if there were spaces where the words around it begin and end."""

    def bare_link(state: StateInline, silent: bool) -> bool:
        if silent or state.linkLevel or state.src.isascii() or not _has_wide(state.src):
            return rule(state, silent)
        start = _start(state)
        end = _end(state.src, start, state.posMax)
        follows_wide = start > 0 and bool(_PRECEDES.match(state.src, start - 1))
        if not follows_wide and end == state.posMax:
            return rule(state, silent)
        return _within(rule, state, start, end, " " if follows_wide else state.src[max(start - 1, 0) : start])

    return bare_link


def _within(rule: Rule, state: StateInline, start: int, end: int, before: str) -> bool:
    """Run ``rule`` on what stands from ``start`` to ``end``, behind ``before``."""
    source, at, stop = state.src, state.pos, state.posMax
    if source[at] == "w" and state.pending:  # whose rule looks at what is pending
        state.pushPending()
    state.src = before + source[start:end]
    state.pos, state.posMax = len(before) + at - start, len(state.src)
    made = rule(state, False)  # noqa: FBT003  (markdown-it's way to say: not silent)
    state.pos = start + state.pos - len(before) if made else at
    state.src, state.posMax = source, stop
    return made


@lru_cache(maxsize=8)
def _has_wide(source: str) -> bool:
    """Asked for at each address of a text."""
    return bool(IS_WIDE.search(source))


def _start(state: StateInline) -> int:
    beginning = _BEGINNING.get(state.src[state.pos])
    found = beginning.search(state.pending[-80:]) if beginning else None
    return state.pos - len(found[0]) if found else state.pos


def _end(source: str, start: int, stop: int) -> int:
    host = _END_OF_HOST.match(source, start, stop)
    if host:
        return host.end()
    found = _END.search(source, start, stop)
    return found.start() if found else stop
