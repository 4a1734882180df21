"""markdown-it's inline parser, trying at each character only the rules that can begin there.

Half of the time of a parse went into rules that looked at a character and said no. Tokens note in ``meta["at"]``
where in the inline text they were written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.parser_inline import ParserInline

from blog.markdown.bare_links import MAY_PRECEDE
from blog.markdown.east_asian import WideState

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
"""Name of each rule, and the characters it begins with; runs of text need no rule."""
_SCHEME = "|".join(
    rf"(?<={before}{scheme}:)"
    for scheme in ("http", "https", "mailto", "xmpp")
    for before in (r"\A", rf"[ \t\r\n*_~({MAY_PRECEDE}]")
)
_STOP = re.compile(rf"[\n\\`~*_\[\]!<&{{@$]|\^(?=\[)|w(?=ww\.)|:(?:{_SCHEME})")
"""Where a rule may begin, or a link's text end. At any other colon the rule would read all that stands before it."""
_MAKE, _SKIP = False, True
_NOTED = frozenset({"link_open", "image", "html_inline", "code_inline", "footnote_ref"})


class Inline(ParserInline):
    """The rules of ``parser`` as they are when this is made, by first character."""

    def __init__(self, parser: ParserInline) -> None:
        super().__init__()
        self.ruler, self.ruler2 = parser.ruler, parser.ruler2
        self.rules: dict[str, list[Callable[[StateInline, bool], bool]]] = {"]": []}  # a stop where no rule begins
        for name, rule in zip(self.ruler.get_active_rules(), self.ruler.getRules(""), strict=True):
            for char in _BEGINS[name]:
                self.rules.setdefault(char, []).append(rule)

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """Add the tokens of ``src`` to ``tokens``."""
        if src.isascii():
            return super().parse(src, md, env, tokens)
        state = WideState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens

    def tokenize(self, state: StateInline) -> None:
        """Make the tokens of ``state.src`` from ``state.pos`` to ``state.posMax``."""
        source, end = state.src, state.posMax
        deepest = state.md.options["maxNesting"]
        while state.pos < end:
            stop = _STOP.search(source, state.pos, end)
            at = stop.start() if stop else end
            if at > state.pos:
                state.append_pending(source[state.pos : at])
                state.pos = at
            elif state.level >= deepest or not self._make(state):
                state.append_pending(source[at])
                state.pos += 1
        if state.pending:
            state.pushPending()

    def _make(self, state: StateInline) -> bool:
        at, before = state.pos, len(state.tokens)
        for rule in self.rules[state.src[at]]:
            if rule(state, _MAKE):
                for token in state.tokens[before:]:
                    if token.type in _NOTED and "at" not in token.meta:
                        bare = token.info == "auto" and state.src[at] != "<"  # found at its ":" or "@"
                        token.meta["at"] = state.pos - len(state.tokens[-2].content) if bare else at
                return True
        return False

    def skipToken(self, state: StateInline) -> None:  # noqa: N802  (markdown-it's name)
        """Go past one token without making it. Rules call it for what is in brackets: few frames for each of these."""
        at = state.pos
        if at not in state.cache:
            stop = _STOP.search(state.src, at, state.posMax)
            if state.level >= state.md.options["maxNesting"] or stop is None:
                state.pos = state.posMax
            elif stop.start() > at:
                state.pos = stop.start()
            else:
                state.level += 1
                for rule in self.rules[state.src[at]]:
                    if rule(state, _SKIP):
                        break
                else:
                    state.pos += 1
                state.level -= 1
            state.cache[at] = state.pos
        state.pos = state.cache[at]
