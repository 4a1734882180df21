"""Chinese, Japanese and Korean: character classes, emphasis beside their signs, and line breaks that are no spaces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_inline.state_inline import Scanned, StateInline

if TYPE_CHECKING:
    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext

HAN_AND_KANA = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
"""Letters of scripts without spaces, for a character class of a pattern."""
WIDE_SIGNS = (
    "\u3001-\u3003\u3008-\u3020\u3030\u303d\u30fb\ufe10-\ufe1f\ufe30-\ufe4f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40"
    "\uff5b-\uff65"
)
"""Full-width punctuation and brackets."""
HANGUL = "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"
WIDE = HAN_AND_KANA + WIDE_SIGNS + HANGUL
MAY_BE_WIDE = re.compile("[^\0-\u10ff\u1200-\u2e7f]")
"""Matches all characters of :data:`WIDE` and some others, in a fraction of the time."""
IS_WIDE = re.compile(f"[{WIDE}]")
_UNSPACED = re.compile(f"[{HAN_AND_KANA}{WIDE_SIGNS}]")
_LINE_END = re.compile(rf"(?<=[{HAN_AND_KANA}{WIDE_SIGNS}])[ \t]*\n[ \t]*(?=[{HAN_AND_KANA}{WIDE_SIGNS}])")
_WORDS = {"text", "text_special", "code_inline"}
_INVISIBLE = {
    "comment", "em_open", "em_close", "strong_open", "strong_close", "s_open", "s_close", "link_open", "link_close",
}  # fmt: skip
"""Types of inline tokens between which readers see no gap."""


class WideState(StateInline):
    """Parser state in which a full-width sign beside ``**`` counts as a letter, and a wide letter as a space.

    CommonMark requires a space or a sign outside of ``**（注意）**``; in these languages a letter is there. The rules
    are those of <https://github.com/tats-u/markdown-cjk-friendly>.
    """

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803  (markdown-it's names)
        """Return whether the run of marks at ``start`` can open and can close emphasis, and its length."""
        run = super().scanDelims(start, canSplitWord)
        if not canSplitWord:
            return run
        end = start + run.length
        before = self.src[start - 1] if start else " "
        after = self.src[end] if end < self.posMax else " "
        if (before + after).isascii() or not IS_WIDE.search(before + after):
            return run
        return Scanned(_is_flanking(after, before), _is_flanking(before, after), run.length)


def _is_flanking(inner: str, outer: str) -> bool:
    """Return whether a mark between ``inner`` and ``outer`` may enclose a text that has ``inner`` at its edge."""
    if isWhiteSpace(ord(inner)):
        return False
    is_narrow_sign = _is_sign(inner) and not IS_WIDE.match(inner)
    return not is_narrow_sign or _is_separator(outer)


def _is_sign(letter: str) -> bool:
    return isMdAsciiPunct(ord(letter)) or isPunctChar(letter)


def _is_separator(letter: str) -> bool:
    """Return whether emphasis may begin or end beside ``letter``, as beside a space."""
    if IS_WIDE.match(letter):
        return True
    return isWhiteSpace(ord(letter)) or _is_sign(letter)


def join_words(text: str) -> str:
    """Return ``text`` in one line, without a space where a line ends between two letters of a script without spaces."""
    if MAY_BE_WIDE.search(text):
        text = _LINE_END.sub("", text)
    return " ".join(text.split())


def join_lines(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Remove line breaks between two letters of Chinese or Japanese: browsers would show a space."""
    if context.manner.language.lower().startswith("ko"):  # Korean has spaces, and some Han letters
        return tokens
    for block in tokens:
        has_wide_lines = "\n" in block.content and not block.content.isascii()
        if has_wide_lines and block.children:
            block.children = _remove_breaks(block.children)
    return tokens


def _remove_breaks(children: list[Token]) -> list[Token]:
    previous_letter = ""
    tokens: list[Token] = []
    for index, child in enumerate(children):
        if child.type == "softbreak" and _is_between_unspaced(previous_letter, children, index):
            continue
        tokens.append(child)
        if child.type in _WORDS:
            previous_letter = child.content[-1:] or previous_letter
        elif child.type not in _INVISIBLE:
            previous_letter = ""
    return tokens


def _is_between_unspaced(previous_letter: str, children: list[Token], index: int) -> bool:
    """Return whether letters of a script without spaces are on both sides of the token at ``index``."""
    if not _UNSPACED.match(previous_letter):
        return False
    return _UNSPACED.match(_first_letter(children, index + 1)) is not None


def _first_letter(children: list[Token], start: int) -> str:
    """Return the first visible letter from ``start`` on; empty if something else comes first."""
    for index in range(start, len(children)):
        child = children[index]
        if child.type in _WORDS:
            if child.content:
                return child.content[0]
        elif child.type not in _INVISIBLE:
            break
    return ""
