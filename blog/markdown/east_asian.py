"""Chinese, Japanese and Korean: their letters and signs, emphasis beside them, and lines without a space between."""

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
"""Letters that no space stands between, in a class of a pattern."""
WIDE_SIGNS = (
    "\u3001-\u3003\u3008-\u3020\u3030\u303d\u30fb\ufe10-\ufe1f\ufe30-\ufe4f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40"
    "\uff5b-\uff65"
)
"""Full-width punctuation and brackets."""
HANGUL = "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"
WIDE = HAN_AND_KANA + WIDE_SIGNS + HANGUL
IS_WIDE = re.compile(f"[{WIDE}]")
_UNSPACED = re.compile(f"[{HAN_AND_KANA}{WIDE_SIGNS}]")
_LINE_END = re.compile(rf"(?<=[{HAN_AND_KANA}{WIDE_SIGNS}])[ \t]*\n[ \t]*(?=[{HAN_AND_KANA}{WIDE_SIGNS}])")
_WORDS = {"text", "text_special", "code_inline"}
_UNSEEN = {
    "comment",
    "em_open",
    "em_close",
    "strong_open",
    "strong_close",
    "s_open",
    "s_close",
    "link_open",
    "link_close",
}


class WideState(StateInline):
    """The state of a parse for which full-width signs beside ``**`` are letters, and letters beside it are spaces.

    Markdown asks whether a space or a sign stands outside of ``**（注意）**``; in these languages a letter does. The
    rules are those of <https://github.com/tats-u/markdown-cjk-friendly>.
    """

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803  (markdown-it's names)
        """Tell whether the run of marks at ``start`` may open or close something."""
        found = super().scanDelims(start, canSplitWord)
        end = start + found.length
        before = self.src[start - 1] if start else " "
        after = self.src[end] if end < self.posMax else " "
        if not canSplitWord or not (IS_WIDE.match(before) or IS_WIDE.match(after)):
            return found
        opens = not isWhiteSpace(ord(after)) and (not _is_narrow_sign(after) or _is_apart(before))
        closes = not isWhiteSpace(ord(before)) and (not _is_narrow_sign(before) or _is_apart(after))
        return Scanned(opens, closes, found.length)


def _is_narrow_sign(letter: str) -> bool:
    return _is_sign(letter) and not IS_WIDE.match(letter)


def _is_sign(letter: str) -> bool:
    return isMdAsciiPunct(ord(letter)) or isPunctChar(letter)


def _is_apart(letter: str) -> bool:
    """Tell whether what stands behind ``letter`` may begin, as behind a space."""
    return isWhiteSpace(ord(letter)) or _is_sign(letter) or bool(IS_WIDE.match(letter))


def join_words(text: str) -> str:
    """``text`` in one line, without a space where a line ends between two letters that have none between them."""
    return " ".join((text if text.isascii() else _LINE_END.sub("", text)).split())


def join_lines(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Take out the ends of lines between two letters of Chinese or Japanese: browsers would show a space."""
    if context.manner.language.lower().startswith("ko"):  # which has spaces, and some Han letters
        return tokens
    for block in tokens:
        if block.children and "\n" in block.content and not block.content.isascii():
            block.children = _joined(block.children)
    return tokens


def _first_letter(children: list[Token], start: int) -> str:
    """The first letter that readers see from ``start`` on; empty if something else comes first."""
    for at in range(start, len(children)):
        child = children[at]
        if child.type in _WORDS and child.content:
            return child.content[0]
        if child.type not in _WORDS and child.type not in _UNSEEN:
            break
    return ""


def _joined(children: list[Token]) -> list[Token]:
    last = ""
    kept: list[Token] = []
    for at, child in enumerate(children):
        is_between = child.type == "softbreak" and _UNSPACED.match(last)
        if is_between and _UNSPACED.match(_first_letter(children, at + 1)):
            continue
        kept.append(child)
        if child.type in _WORDS:
            last = child.content[-1:] or last
        elif child.type not in _UNSEEN:
            last = ""
    return kept
