"""Bare addresses next to Chinese and Japanese characters, where no spaces separate words.

By GitHub's rules, an address begins after a space and ends at the next one: ``见https://a.org/b，然后`` would be no
link, or one that is too long.
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
"""Characters after which an address may begin, in a text with characters of :data:`WIDE`."""
_PRECEDES = re.compile(f"[{MAY_PRECEDE}]")
_END = re.compile(f"[{WIDE_SIGNS}\u3000“”]|——|……")
_END_OF_HOST = re.compile(rf"(?:https?://|www\.)[A-Za-z0-9.-]+\.[A-Za-z]{{2,}}(?::\d+)?(?=[{HAN_AND_KANA}{HANGUL}])")
"""Matches a host that characters of another script follow: no domain ends in letters of two scripts."""
_BEGINNING = {":": re.compile(r"(?:https?|mailto|xmpp)\Z"), "@": re.compile(r"(?<![A-Za-z0-9.+_-])[A-Za-z0-9.+_-]++\Z")}


def beside_wide_signs(rule: Rule) -> Rule:
    """Return a rule that runs ``rule`` on a bare address as if spaces separated it from the words around it."""

    def bare_link(state: StateInline, silent: bool) -> bool:
        if silent or state.linkLevel or state.src.isascii() or not _has_wide(state.src):
            return rule(state, silent)
        start = _find_start(state)
        end = _find_end(state.src, start, state.posMax)
        before = state.src[max(start - 1, 0) : start]
        if _PRECEDES.match(before):
            return _run_within(rule, state, start, end, " ")
        if end == state.posMax:
            return rule(state, silent)
        return _run_within(rule, state, start, end, before)

    return bare_link


def _run_within(rule: Rule, state: StateInline, start: int, end: int, before: str) -> bool:
    """Run ``rule`` on the text from ``start`` to ``end``, with ``before`` in front of it."""
    source, position, source_end = state.src, state.pos, state.posMax
    if source[position] == "w" and state.pending:  # the rule for ``www.`` looks at the pending text
        state.pushPending()
    state.src = before + source[start:end]
    state.pos, state.posMax = len(before) + position - start, len(state.src)
    matched = rule(state, False)  # noqa: FBT003  (a positional parameter of markdown-it: not silent)
    state.pos = start + state.pos - len(before) if matched else position
    state.src, state.posMax = source, source_end
    return matched


@lru_cache(maxsize=8)
def _has_wide(source: str) -> bool:
    """Return whether ``source`` has a wide character; cached, because the rule runs at each address of a text."""
    return IS_WIDE.search(source) is not None


def _find_start(state: StateInline) -> int:
    """Return the start of the address: its scheme or user name is before the ``:`` or ``@`` at the position."""
    beginning = _BEGINNING.get(state.src[state.pos])
    match = beginning.search(state.pending[-80:]) if beginning else None
    return state.pos - len(match[0]) if match else state.pos


def _find_end(source: str, start: int, stop: int) -> int:
    host = _END_OF_HOST.match(source, start, stop)
    if host:
        return host.end()
    match = _END.search(source, start, stop)
    return match.start() if match else stop
