"""The syntax of citations, that of Pandoc: markdown-it rules that make a token of each citation.

``[see @he2016, p. 3; @vaswani2017]`` is a citation in brackets, ``[-@he2016]`` one without its authors, and ``@he2016``
or ``@he2016 [p. 3]`` one in the running text. :mod:`blog.markdown.citations` writes the words of the tokens.
<https://pandoc.org/MANUAL.html#citation-syntax>
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.common.utils import normalizeReference

from blog.markdown.patches import offset_in_block
from blog.markdown.reference_kinds import KIND_OF_PREFIX
from blog.markdown.typography import code_ranges

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline

    from blog.markdown.context import ConversionContext

CROSS_REFERENCES = tuple(f"{prefix}-" for prefix in KIND_OF_PREFIX)
"""Beginnings of keys that name a part of the text itself."""
_KEY = r"(?:\{(?P<braced>[^\s{}]{1,300})\}|(?P<key>\w(?:\w|[:.#$%&+?<>~/-](?=\w))*+))"
_BARE = re.compile(f"@{_KEY}")
_ASCII_KEY = re.compile(r"\w(?:\w|[:.#$%&+?<>~/-](?=\w))*+", re.ASCII)
"""Matches the key before a letter of Chinese or Japanese, which follows it without a space."""
_NOT_BEFORE = re.compile(r"[^\W\u0e00-\uffff]|[/.@+\\]")
"""Matches a character after which ``@`` is a part of an address or a path."""
_GROUP = re.compile(r"\[(?!\^)([^\[\]]*+)\]")
_LOCATOR = re.compile(r"[ \n]?\[(?!\^)([^\[\]]*+)\](?![(\[{:])")
_LETTER = re.compile(r"\w")
_ITEM = re.compile(rf"(?P<prefix>.*?)(?<![^\W\u0e00-\uffff])(?<![/.@\\])(?P<minus>-?)@{_KEY}", re.DOTALL)
_NO_TEXT = re.compile(r"`[^`]*`|<[^<>]*>|\$[^$]*\$|\\.", re.DOTALL)
"""Matches code, tags, comments, formulas and escaped characters: no key is in them."""
_PLACE = re.compile(r"(?:pp?|S|ch|chap|sec|fig|eq|vol|no|n|l)\.\s|§|\d|(?:chapter|section|figure|page|table)\s")
"""Matches the start of a place in a work: a comma stands before it."""


class _Item(NamedTuple):
    """One of the works that a group cites; the numbers are offsets in the text of the parser."""

    key: str
    at: int
    """Offset of ``@``."""
    has_authors: bool
    start: int
    """Start of the words before it."""
    prefix_end: int
    suffix_start: int
    end: int


def citation_group(state: StateInline, silent: bool) -> bool:
    """Inline rule for citations in brackets."""
    match = _GROUP.match(state.src, state.pos, state.posMax)
    if match is None or "@" not in match[1] or _is_link(state, match):
        return False
    items = _parse_items(state.src, match.start(1), match.end(1))
    if not items or items[0].at < 0 or not _are_citations(state, items):
        return False
    if not silent:
        state.append_pending("(")
        _push_items(state, items)
        state.append_pending(")")
    state.pos = match.end()
    return True


def citation(state: StateInline, silent: bool) -> bool:
    """Inline rule for a citation in the running text; only a key of the bibliography is one."""
    start = state.pos
    match = _BARE.match(state.src, start, state.posMax)
    before = state.src[start - 1 : start]
    if match is None or _NOT_BEFORE.match(before) or _is_in_code(state.src, start):
        return False
    found = _find_key(match, state)
    if found is None:
        return False
    key, end = found
    locator = _find_locator(state, end)
    if not silent:
        is_bare_year = before == "-" and state.pending.endswith("-") and not state.pending[-2:-1].strip(" \n(")
        _push_narrative(state, key, locator, is_bare_year=is_bare_year)
    state.pos = locator[-1].end + 1 if locator else end
    return True


def _push_narrative(state: StateInline, key: str, locator: list[_Item], *, is_bare_year: bool) -> None:
    """Add the tokens of a citation in the running text, which begins at the position of the parser."""
    start, form = state.pos, "narrative"
    if is_bare_year:  # the hyphen before it is a part of the citation
        state.pending = state.pending[:-1]
        state.append_pending("(")
        form = "year"
    elif locator:
        form = "open"
    _push(state, key, form, start)
    if locator:
        _push_items(state, locator, follow=True)
    if locator or is_bare_year:
        state.append_pending(")")


def _find_key(match: re.Match[str], state: StateInline) -> tuple[str, int] | None:
    """Return the key of a citation in the running text, and its end; None if the bibliography has no such key."""
    context: ConversionContext = state.env["notes"]
    key = match["braced"] or match["key"]
    if key.startswith(CROSS_REFERENCES):
        return None
    if context.lookup.find(key):
        return key, match.end()
    ascii_key = None if key.isascii() or match["braced"] else _ASCII_KEY.match(key)
    if ascii_key and context.lookup.find(ascii_key[0]):
        return ascii_key[0], match.start("key") + ascii_key.end()
    return None


def _find_locator(state: StateInline, end: int) -> list[_Item]:
    """Return what stands in brackets behind a citation in the running text; its first item may have no key."""
    match = _LOCATOR.match(state.src, end, state.posMax)
    if match is None or not _LETTER.search(match[1]) or state.env["references"].get(normalizeReference(match[1])):
        return []
    items = _parse_items(state.src, match.start(1), match.end(1))
    return items if _are_citations(state, [item for item in items if item.key]) else []


def _is_link(state: StateInline, group: re.Match[str]) -> bool:
    """Return whether brackets are the text of a link, or stand in code."""
    after = state.src[group.end() : group.end() + 1]
    if after == "(" or _is_in_code(state.src, group.start()):
        return True
    labels = [group[1]]
    if after == "[" and (label := _GROUP.match(state.src, group.end(), state.posMax)):
        labels.append(label[1])
    definitions = state.env["references"]
    return any(definitions.get(normalizeReference(label)) for label in labels)


def _is_in_code(source: str, position: int) -> bool:
    """Return whether ``position`` is inside ``<code>`` or a similar element."""
    starts, ends = code_ranges(source)
    index = bisect_right(starts, position) - 1
    return index >= 0 and position < ends[index]


@lru_cache(maxsize=8)
def _without_code(source: str) -> str:
    """Return ``source`` with spaces in the place of what is no text; cached, as each group in it needs this."""
    return _NO_TEXT.sub(lambda match: " " * len(match[0]), source)


def _parse_items(source: str, start: int, end: int) -> list[_Item]:
    """Return the works between two brackets. Words without a key belong to the item before them.

    If the first words have no key, they are an item without one.
    """
    text = _without_code(source[start:end])
    items: list[_Item] = []
    position = 0
    for part in text.split(";"):
        part_end = position + len(part)
        match = _ITEM.match(part)
        if match:
            key = match["braced"] or match["key"]
            begin = start + position
            places = (begin, begin + match.end("prefix"), begin + match.end(), start + part_end)
            items.append(_Item(key, begin + match.end("minus"), not match["minus"], *places))
        elif items:
            items[-1] = items[-1]._replace(end=start + part_end)
        else:
            items.append(
                _Item("", -1, has_authors=True, start=start, prefix_end=start, suffix_start=start, end=start + part_end)
            )
        position = part_end + 1
    return items


def _are_citations(state: StateInline, items: list[_Item]) -> bool:
    """Return whether the items cite works: not if they are cross-references.

    Without any bibliography a handle in brackets is text, unless the brackets cannot be anything else than a citation.
    """
    context: ConversionContext = state.env["notes"]
    if any(item.key.startswith(CROSS_REFERENCES) for item in items):
        return False
    if any([context.lookup.find(item.key) for item in items]) or not items:  # noqa: C419  (all keys are asked for)
        return True
    first = items[0]
    has_place = state.src[first.suffix_start : first.end].lstrip().startswith(",")
    return len(items) > 1 or not first.has_authors or has_place or not context.lookup.is_empty


def _push_items(state: StateInline, items: list[_Item], *, follow: bool = False) -> None:
    """Add the tokens of items; with ``follow`` they continue those of a citation."""
    for item in items:
        if not item.key:  # the place in the work that was cited before
            _push_suffix(state, item, needs_comma=True)
            continue
        if follow:
            state.append_pending("; ")
        follow = True
        if _tokenize(state, item.start, item.prefix_end):
            state.append_pending(" ")
        _push(state, item.key, "group" if item.has_authors else "year", item.at)
        _push_suffix(state, item, needs_comma=False)


def _push_suffix(state: StateInline, item: _Item, *, needs_comma: bool) -> None:
    """Add the words behind a key: ``, p. 3``."""
    start = item.suffix_start
    words = state.src[start : item.end].strip()
    if not words:
        return
    if words[0] in ",;:.":
        state.append_pending(words[0])
        start = state.src.index(words[0], start) + 1
    elif needs_comma or _PLACE.match(words):
        state.append_pending(",")
    state.append_pending(" ")
    _tokenize(state, start, item.end)


def _tokenize(state: StateInline, start: int, end: int) -> bool:
    """Add the tokens of a part of the text, without the space around it; return whether there are any."""
    text = state.src[start:end]
    start += len(text) - len(text.lstrip())
    end -= len(text) - len(text.rstrip())
    if start >= end:
        return False
    position, last = state.pos, state.posMax
    state.pos, state.posMax = start, end
    state.md.inline.tokenize(state)
    state.pos, state.posMax = position, last
    return True


def _push(state: StateInline, key: str, form: str, at: int) -> None:
    """Add the token of one citation; report a key that does not exist."""
    context: ConversionContext = state.env["notes"]
    block = context.block
    assert block is not None
    offset = offset_in_block(state, block) - state.pos + at
    token = state.push("citation", "", 0)
    token.content = f"@{key}"
    token.meta = {"key": key, "form": form, "at": offset, "is_linked": state.linkLevel > 0}
    if context.lookup.find(key) is None and context.is_new(f"citation {key}"):
        message, hint = _explain_unknown(key, context)
        context.error(context.locate(block, offset), "unknown-citation", message, hint)


def _explain_unknown(key: str, context: ConversionContext) -> tuple[str, str]:
    """Return that a key does not exist, and a hint."""
    if context.lookup.is_empty:
        message = f'"{key}" is cited, and there is no bibliography'
        return message, f"write the entry into content/references.bib, or \\@{key} for text"
    message = f'no entry of the bibliography has the key "{key}"'
    return message, context.lookup.suggest(key) or f"add it to a .bib file, or write \\@{key} for text"
