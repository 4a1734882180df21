"""Patches of markdown-it-py 4.3 and mdit-py-plugins 0.7: each with its reason, and with what upstream has.

- :class:`InlineParser` calls only the rules that begin at a character, and sets the offsets of tokens. Upstream calls
  every rule at every character but words: the texts of a blog take a third longer to convert. At each colon it calls
  the rule for bare links, which searches all the text before it: 24 kB of ``a:a:a:`` take 8 s instead of 0.01 s. It has
  no offsets of inline tokens, without which a problem has no column.
- :func:`quotation_marks` replaces the rule ``smartquotes``. Upstream copies the text at each mark and searches all open
  marks: the time grows with the square of the number of marks in a paragraph.
- :mod:`blog.markdown.link_label_parser` replaces ``parseLinkLabel``. Upstream searches the end of a label again from
  each bracket: 40 kB of ``![`` take 28 times as long.
- :func:`_without_comments_in_braces` is around the rule ``attr``. Upstream takes a ``%`` in braces for a comment, as
  Djot does, and drops the words in it; it copies the rest of the text at each brace.
- :func:`blog.markdown.east_asian_links.beside_wide_signs` is around the rules for bare links. By GitHub's rules, which
  upstream follows, no address begins or ends beside a Chinese or Japanese character.
- :class:`blog.markdown.east_asian.WideState` replaces ``StateInline`` for texts that are not ASCII. CommonMark, which
  upstream follows, wants spaces around emphasis in languages that have none.

``tests/markdown`` compares the first three with upstream's rules on random texts: the tokens are the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline

from blog.markdown.attributes import SIZE, convert_size
from blog.markdown.east_asian import WideState
from blog.markdown.east_asian_links import MAY_PRECEDE, beside_wide_signs
from blog.markdown.inline_marks import INLINE_MARKS
from blog.markdown.link_label_parser import create_helpers
from blog.markdown.summary import BREAKS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token
    from markdown_it.utils import EnvType

_BRACES = re.compile(r"\{[^}]{0,1000}\}")
_QUOTED = re.compile(r"\"[^\"]*\"")
_QUOTE = re.compile("[\"']")
_BEGINS = {
    "cross_reference": "@[", "equation_reference": "\\", "tex_brackets": "\\", "formula": "$",
    "newline": "\n", "escape": "\\", "backticks": "`", "strikethrough": "~", "emphasis": "*_", "link": "[",
    "image": "!", "autolink": "<", "html_inline": "<", "comment": "<", "bogus_comment": "<", "entity": "&",
    "citation_group": "[", "citation": "@", "footnote_ref": "[", "missing_note": "[", "inline_note": "^", "attr": "{",
    "gfm_autolink_www": "w", "gfm_autolink_protocol": ":",
    "highlight": "=", "subscript": "~", "superscript": "^", "wikilink": "[!", "percent_comment": "%",
    "gfm_autolink_email": "@", "text": "", "linkify": "",
}  # fmt: skip
"""Name of each rule → the characters at which it begins. ``text`` and ``linkify`` have none: text needs no rule."""
_SCHEME = "|".join(
    rf"(?<={before}{scheme}:)"
    for scheme in ("http", "https", "mailto", "xmpp")
    for before in (r"\A", rf"[ \t\r\n*_~({MAY_PRECEDE}]")
)
_STOP = rf"[\n\\`~*_\[\]!<&{{@$]|\^(?=\[)|w(?=ww\.)|:(?:{_SCHEME})"
"""Matches the positions at which a rule may begin or a link's text may end.

A colon is one of them only behind a scheme: the rule for bare links searches all the text before each colon.
"""
_MAKE, _SKIP = False, True
_WITH_POSITION = frozenset({"link_open", "image", "html_inline", "code_inline", "footnote_ref"})


def apply_patches(parser: MarkdownIt) -> None:
    """Patch ``parser``, which must have all its rules."""
    _patch_plugin_rules(parser)
    parser.helpers = create_helpers()  # type: ignore[assignment]
    parser.inline = InlineParser(parser.inline)
    parser.core.ruler.at("smartquotes", quotation_marks)


def _patch_plugin_rules(parser: MarkdownIt) -> None:
    """Replace the inline rules of plugins that drop text or do not match beside East Asian characters."""
    ruler = parser.inline.ruler
    rules = dict(zip(ruler.get_active_rules(), ruler.getRules(""), strict=True))
    for name, rule in rules.items():
        if name == "attr":
            ruler.at(name, _without_comments_in_braces(rule))
        elif name.startswith("gfm_autolink"):
            ruler.at(name, beside_wide_signs(rule))


def _without_comments_in_braces(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """Return the rule for attributes, but for braces with a ``%``: the plugin would drop them as a comment.

    The plugin gets the braces alone: it would copy all the text behind them. Sizes in pixels and percent are converted
    to those of HTML and to the classes of themes.
    """

    def parse_attributes(state: StateInline, silent: bool) -> bool:
        match = None if state.pending else _BRACES.match(state.src, state.pos)
        if match is None:
            return False
        braces = SIZE.sub(convert_size, match[0])
        if "%" in _QUOTED.sub("", braces):
            return False
        source, state.src, state.pos = state.src, braces, 0
        is_parsed = rule(state, silent)
        state.src = source
        state.pos = match.end() if is_parsed else match.start()
        if is_parsed and not silent:
            _record_braces(match, state)
        return is_parsed

    return parse_attributes


def _record_braces(braces: re.Match[str], state: StateInline) -> None:
    """Record the braces, with their offset in the block, in the token that has their attributes."""
    block = state.env["notes"].block
    owner = state.tokens[-1]
    if owner.type == "link_close":
        owner = next(token for token in reversed(state.tokens) if token.type == "link_open")
    if block is not None:
        offset = offset_in_block(state, block) - state.pos + braces.start()
        owner.meta.setdefault("braces", []).append((offset, braces[0]))


def offset_in_block(state: StateInline, block: Token) -> int:
    """Return the offset of ``state`` in its block: in alternative text a rule gets that text alone."""
    if state.src is block.content:
        return state.pos
    return _inner_offset(block.content, state.src) + state.pos


@lru_cache(maxsize=8)
def _inner_offset(text: str, inner: str) -> int:
    """Return the offset of an alternative text in its block; cached, as each comment in it needs this."""
    return max(text.find(inner), 0)


class InlineParser(ParserInline):
    """The inline parser of markdown-it with the active rules of ``parser``, by first character.

    Create it after all rules of ``parser`` are set: it does not use later ones.
    """

    def __init__(self, parser: ParserInline) -> None:
        super().__init__()
        self.ruler, self.ruler2 = parser.ruler, parser.ruler2
        self.rules: dict[str, list[Callable[[StateInline, bool], bool]]] = {"]": []}  # a stop where no rule begins
        for name, rule in zip(self.ruler.get_active_rules(), self.ruler.getRules(""), strict=True):
            for char in _BEGINS[name]:
                self.rules.setdefault(char, []).append(rule)
        extensions = (*INLINE_MARKS, "percent_comment")
        marks = re.escape("".join(_BEGINS[name] for name in extensions if name in self.ruler.get_active_rules()))
        self.stop = re.compile(f"{_STOP}|[{marks}]" if marks else _STOP)

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """Add the tokens of ``src`` to ``tokens`` and return them.

        A text that is not ASCII has a state of its own, for emphasis beside East Asian characters.
        """
        if src.isascii():
            return super().parse(src, md, env, tokens)
        state = WideState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens

    def tokenize(self, state: StateInline) -> None:
        """Add the tokens of ``state.src`` from ``state.pos`` to ``state.posMax`` to ``state``.

        One search finds the next character at which a rule may begin, and only the rules for it are called.
        """
        source, end = state.src, state.posMax
        deepest = state.md.options["maxNesting"]
        while state.pos < end:
            stop = self.stop.search(source, state.pos, end)
            position = stop.start() if stop else end
            if position > state.pos:
                state.append_pending(source[state.pos : position])
                state.pos = position
            elif state.level >= deepest or not self._apply_rules(state):
                state.append_pending(source[position])
                state.pos += 1
        if state.pending:
            state.pushPending()

    def _apply_rules(self, state: StateInline) -> bool:
        """Add the tokens of the first rule that matches at ``state.pos``; return False if none does.

        The offsets of the tokens are set here.
        """
        start, count = state.pos, len(state.tokens)
        for rule in self.rules[state.src[start]]:
            if rule(state, _MAKE):
                if len(state.tokens) > count:
                    _set_offsets(state, start, count)
                return True
        return False

    def skipToken(self, state: StateInline) -> None:  # noqa: N802  (markdown-it's name)
        """Advance ``state.pos`` behind one token without adding it.

        Rules call it for the text in brackets. It finds the rules as ``tokenize`` does.
        """
        start = state.pos
        if start in state.cache:
            state.pos = state.cache[start]
            return
        stop = self.stop.search(state.src, start, state.posMax)
        if state.level >= state.md.options["maxNesting"] or stop is None:
            state.pos = state.posMax
        elif stop.start() > start:
            state.pos = stop.start()
        else:
            state.level += 1
            for rule in self.rules[state.src[start]]:
                if rule(state, _SKIP):
                    break
            else:
                state.pos += 1
            state.level -= 1
        state.cache[start] = state.pos


def _set_offsets(state: StateInline, start: int, count: int) -> None:
    """Set the offset of the tokens behind the first ``count``, which a rule added at ``start``."""
    for token in state.tokens[count:]:
        if token.type not in _WITH_POSITION or "at" in token.meta:
            continue
        token.meta["at"] = start
        is_bare_link = token.info == "auto" and state.src[start] != "<"
        if is_bare_link:  # its rule matches at the ":" or "@" in it
            token.meta["at"] = state.pos - len(state.tokens[-2].content)


def quotation_marks(state: StateCore) -> None:
    """Core rule that replaces straight quotation marks by apostrophes and by the marks of the language.

    The result is that of markdown-it's rule, in one pass.
    """
    for block in state.tokens:
        if block.children and _QUOTE.search(block.content):
            _replace_quotes(block.children, state.md.options["quotes"])


def _replace_quotes(tokens: list[Token], quotes: Sequence[str]) -> None:
    pairs = _QuotePairs(quotes)
    following = _following_characters(tokens)
    before = " "
    for index, token in enumerate(tokens):
        text = _text_at_edges(token)
        pairs.enter_level(token.level)
        if token.type == "text":
            padded = f"{before}{text}{following[index]}"
            for match in _QUOTE.finditer(text):
                start = match.start()
                pairs.add_mark(_QuoteMark(index, start), match[0], padded[start], padded[start + 2])
        before = text[-1:] or before
    for index, replacements in pairs.replacements.items():
        tokens[index].content = _replace_characters(tokens[index].content, replacements)


def _following_characters(tokens: list[Token]) -> list[str]:
    """Return the character after each token: a space at the end of a line."""
    characters, after = [], " "
    for token in reversed(tokens):
        characters.append(after)
        after = _text_at_edges(token)[:1] or after
    return characters[::-1]


def _text_at_edges(token: Token) -> str:
    """Return the text beside other tokens: a space for a line break."""
    return " " if token.type in BREAKS else token.content


def _replace_characters(text: str, replacements: dict[int, str]) -> str:
    pieces, end = [], 0
    for offset in sorted(replacements):
        pieces += [text[end:offset], replacements[offset]]
        end = offset + 1
    return "".join([*pieces, text[end:]])


class _QuoteMark(NamedTuple):
    """The position of a mark in its block. Positions compare in the order of the text."""

    token: int
    """Index of its token."""
    offset: int


class _QuotePairs:
    """The quotation marks of one block: those still open, by nesting level, and the replacements of the others."""

    def __init__(self, quotes: Sequence[str]) -> None:
        self._quotes = {'"': quotes[:2], "'": quotes[2:]}
        """Sign → opening and closing mark."""
        self._levels: list[dict[str, list[_QuoteMark]]] = []
        """Per level: sign → its open marks in the order of the text."""
        self.replacements: defaultdict[int, dict[int, str]] = defaultdict(dict)
        """Index of token → offset → replacement."""

    def enter_level(self, level: int) -> None:
        """Make ``level`` the current one, and discard the open marks of deeper levels."""
        del self._levels[level + 1 :]
        while len(self._levels) <= level:
            self._levels.append({"'": [], '"': []})

    def add_mark(self, mark: _QuoteMark, sign: str, before: str, after: str) -> None:
        """Pair the mark between two characters with an open one of the current level, or leave it open."""
        open_marks = self._levels[-1]
        can_open, can_close = _find_roles(sign, before, after)
        if can_close and open_marks[sign]:
            start = _take_last(open_marks, sign)
            self.replacements[start.token][start.offset] = self._quotes[sign][0]
            self.replacements[mark.token][mark.offset] = self._quotes[sign][1]
        elif can_open:
            open_marks[sign].append(mark)
        elif sign == "'":
            self.replacements[mark.token][mark.offset] = "’"


def _take_last(open_marks: dict[str, list[_QuoteMark]], sign: str) -> _QuoteMark:
    """Remove the last open mark of a sign, and all marks after it. Returns that mark."""
    opening = open_marks[sign].pop()
    for marks in open_marks.values():
        while marks and marks[-1] > opening:
            marks.pop()
    return opening


def _find_roles(sign: str, before: str, after: str) -> tuple[bool, bool]:
    """Return whether a mark between two characters can open, and can close, a quotation."""
    if sign == after == '"' and before in "0123456789":
        return False, False
    can_open, can_close = _is_flanking(after, before), _is_flanking(before, after)
    if can_open and can_close:
        return _is_punctuation(before), _is_punctuation(after)
    return can_open, can_close


def _is_flanking(inner: str, outer: str) -> bool:
    """Return whether a mark between ``inner`` and ``outer`` may enclose a text that has ``inner`` at its edge."""
    if isWhiteSpace(ord(inner)):
        return False
    return not _is_punctuation(inner) or isWhiteSpace(ord(outer)) or _is_punctuation(outer)


@lru_cache(maxsize=256)
def _is_punctuation(char: str) -> bool:
    return isMdAsciiPunct(ord(char)) or isPunctChar(char)
