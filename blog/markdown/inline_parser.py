"""A replacement for markdown-it's inline parser, for speed, for depth and for positions.

An inline text goes in, the same tokens as from markdown-it come out, some with their offset in the text as
``meta["at"]``. The rules are those of markdown-it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.parser_inline import ParserInline

from blog.markdown.east_asian import WideState
from blog.markdown.east_asian_links import MAY_PRECEDE

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token
    from markdown_it.utils import EnvType

_BEGINS = {
    "equation_reference": "\\", "tex_brackets": "\\", "formula": "$",
    "newline": "\n", "escape": "\\", "backticks": "`", "strikethrough": "~", "emphasis": "*_", "link": "[",
    "image": "!", "autolink": "<", "html_inline": "<", "comment": "<", "bogus_comment": "<", "entity": "&",
    "footnote_ref": "[", "missing_note": "[", "inline_note": "^", "attr": "{",
    "gfm_autolink_www": "w", "gfm_autolink_protocol": ":",
    "gfm_autolink_email": "@", "text": "", "linkify": "",
}  # fmt: skip
"""Name of each rule → the characters at which it begins. ``text`` and ``linkify`` have none: text needs no rule."""
_SCHEME = "|".join(
    rf"(?<={before}{scheme}:)"
    for scheme in ("http", "https", "mailto", "xmpp")
    for before in (r"\A", rf"[ \t\r\n*_~({MAY_PRECEDE}]")
)
_STOP = re.compile(rf"[\n\\`~*_\[\]!<&{{@$]|\^(?=\[)|w(?=ww\.)|:(?:{_SCHEME})")
"""The positions at which a rule may begin or a link's text may end.

A colon is one of them only behind a scheme: the rule for bare links searches all the text before each colon.
"""
_MAKE, _SKIP = False, True
_WITH_POSITION = frozenset({"link_open", "image", "html_inline", "code_inline", "footnote_ref"})


class Inline(ParserInline):
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

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """Add the tokens of ``src`` to ``tokens`` and return them.

        Patched because markdown-it's state does not allow East Asian punctuation next to emphasis.
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

        Patched for speed: markdown-it calls every rule at every character, which took half of the time of a parse.
        Here one search finds the next character at which a rule may begin, and only the rules for it are called.
        """
        source, end = state.src, state.posMax
        deepest = state.md.options["maxNesting"]
        while state.pos < end:
            stop = _STOP.search(source, state.pos, end)
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

        Their offsets are set here: markdown-it has none for inline tokens, and problems need a column.
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

        Patched for speed, as ``tokenize``, and for depth: rules call it for the text in brackets, and each level
        of brackets uses stack frames. Few calls per level let deep nesting end before Python's recursion limit.
        """
        start = state.pos
        if start in state.cache:
            state.pos = state.cache[start]
            return
        stop = _STOP.search(state.src, start, state.posMax)
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
