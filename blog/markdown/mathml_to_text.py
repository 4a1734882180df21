"""Conversion of MathML to a line of Unicode text, for summaries, tables of contents and previews, which are plain text.

This module is pure.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.parsers import expat

from msgspec import Struct

from blog.markdown.mathml import TexError, mathml

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from blog.markdown.mathml import Macros


_RAISED = dict(
    zip(
        "0123456789+−-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδεθφχ′″‴∗*⊤∘†‡",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᵋᶿᵠᵡ′″‴**ᵀ°†‡",
        strict=True,
    )
)
_LOWERED = dict(zip("0123456789+−-=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))
_ACCENTS = {
    "^": "\u0302", "ˆ": "\u0302", "̂": "\u0302",
    "~": "\u0303", "˜": "\u0303", "̃": "\u0303", "¯": "\u0304", "ˉ": "\u0304",
    "‾": "\u0304", "̅": "\u0304", "̲": "\u0332", "_": "\u0332", "˙": "\u0307", "̇": "\u0307", "¨": "\u0308", "̈": "\u0308",
    "→": "\u20d7", "⃗": "\u20d7", "ˇ": "\u030c", "̌": "\u030c", "˘": "\u0306", "̆": "\u0306", "´": "\u0301", "`": "\u0300",
    "˚": "\u030a", "̊": "\u030a", "́": "\u0301", "̀": "\u0300",
}  # fmt: skip
_UNSPACED = frozenset("∂∇√∞∀∃∄∅∆∏∑∫∬∭∮¬/∖⟨⟩|‖∥")
"""Mathematical signs that are no binary operators."""
_SPACED = frozenset("=<>+−±∓×⋅·÷*:∣→←↔↦⇒⇐⇔⟶⟵⟹⟺⟷")
_OPERAND_ENDS = frozenset(")]}⟩⌋⌉|‖′″!%°∞")
"""Signs after which an operator is binary."""
_APPLIED = "\u2061"
_INVISIBLE = re.compile("[\u2062\u2063\u2064\ufe00-\ufe0f\u200b]")
_APPLICATION = re.compile(f"(?<! ) *+{_APPLIED} *+(?=([(\\[{{⟨,.)\\]]|$)?)")
_MATH_LETTER = re.compile("[\U0001d400-\U0001d7ff]")
_DISTINCT_ALPHABETS = re.compile("DOUBLE-STRUCK|SCRIPT|FRAKTUR")
_LARGE = (("∏", "∑"), ("∫", "∳"), ("⋀", "⋃"), ("⨀", "⨏"))
"""First and last sign of each range of large operators."""
_ROOTS = {"3": "∛", "4": "∜"}
_NAME = re.compile(r"[^\W\d_]{2}")
_NUMBER_OR_NAME = re.compile(r"\W|\d+|[^\W\d_]|[A-Za-z]{2,}")
"""Matches a script that needs no brackets where it has no letters of its own."""
_SINGLE = re.compile(r"[^\W_]+|.[\u0300-\u036f\u20d7]?|√?\w+|.[\u2070-\u209c\u1d2c-\u1d6a]*")
"""Matches a number, a name, or one sign with accents or scripts."""
_WORD_CHARACTER = re.compile(r"\w")
_EMS = re.compile(r"0?\.?\d+")
_MAX_LEVELS = 30


class _NoLettersError(Exception):
    """A formula that no line of text can show, such as a matrix."""


class _Node(Struct):
    name: str
    attributes: dict[str, str]
    children: list[_Node]
    text: str = ""


@lru_cache(maxsize=256)
def tex_letters(tex: str, macros: Macros) -> str:
    """Return TeX as Unicode text, ``ℒ(θ)``; as TeX between dollar signs if no text can show it, or if it is invalid."""
    try:
        text = letters(mathml(tex, macros, display=False))
    except TexError:
        text = ""
    return text or f"${tex.strip()}$"


def letters(html: str) -> str:
    """Return a ``math`` element as Unicode text; empty if no line of text can show it."""
    try:
        line = _line(_tree(html).children)
    except _NoLettersError:
        return ""
    line = _APPLICATION.sub(_separate_argument, line)
    return " ".join(line.replace("...", "…").split())


def _separate_argument(application: re.Match[str]) -> str:
    """Return the text between a function and its argument: a space unless the argument is in brackets, or missing."""
    return " " if application[1] is None else ""


def _tree(html: str) -> _Node:
    top = _Node("top", {}, [])
    open_nodes = [top]

    def begin(name: str, attributes: dict[str, str]) -> None:
        node = _Node(name, attributes, [])
        open_nodes[-1].children.append(node)
        open_nodes.append(node)
        if len(open_nodes) > _MAX_LEVELS:
            raise _NoLettersError

    def read(text: str) -> None:
        for node in open_nodes[1:]:  # of \text{\textbf{…}} too
            node.text += text

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _: open_nodes.pop()
    parser.CharacterDataHandler = read
    parser.Parse(html, True)  # noqa: FBT003  (positional in expat; True marks the end of the input)
    return top


def _line(nodes: Sequence[_Node]) -> str:
    line = ""
    for index, node in enumerate(nodes):
        is_last = index == len(nodes) - 1
        piece = _operator(node, line, is_last=is_last) if node.name == "mo" else _text(node)
        if _needs_space(line, piece):
            line += " "
        line += piece
    return line


def _needs_space(line: str, piece: str) -> bool:
    """Return whether two pieces would be read as one: a name after a letter, a letter after ``∑ᵢ`` or ``∇_θ``."""
    if not piece[:1].isalnum():
        return False
    last_word = line.rpartition(" ")[2]
    if last_word[-1:].isalnum() and _NAME.match(piece):
        return True
    return _has_open_script(last_word) or _is_large(last_word[:1])


def _has_open_script(text: str) -> bool:
    """Return whether ``text`` ends with a script without an end mark, as in ``∇_θ`` or ``x^2``."""
    start = len(text)
    while _WORD_CHARACTER.match(text[start - 1 : start]):
        start -= 1
    word = text[start:]
    if "_" in word[:-1]:
        return True
    return word != "" and text[start - 1 : start] == "^"


def _text(node: _Node) -> str:
    rule = _TOKENS.get(node.name) or _RULES.get(node.name)
    if rule is None:
        raise _NoLettersError
    return rule(node)


def _operator(node: _Node, line: str, *, is_last: bool) -> str:
    """Return a sign after ``line``, with spaces around it if it is a binary operator."""
    sign = _plain(node.text)
    if sign in {",", ";"}:
        return sign if node.attributes.get("rspace") == "0" else f"{sign} "
    if not _is_spaced(sign):
        return sign
    before = line.rstrip()[-1:]
    if before == sign:  # as in x ⟂ ⟂ y, which TeX draws as one sign
        return f"{sign} "
    if is_last or not _ends_operand(before):
        return sign
    return f" {sign} "


def _ends_operand(char: str) -> bool:
    if not char:
        return False
    return char in _OPERAND_ENDS or unicodedata.category(char)[0] in "LNM"


def _is_spaced(sign: str) -> bool:
    if len(sign) != 1:
        return sign in {":=", "mod"}
    if sign in _UNSPACED:
        return False
    return sign in _SPACED or unicodedata.category(sign) == "Sm"


def _plain(text: str) -> str:
    """Replace bold, italic and other mathematical letters by ordinary ones, except those like ℝ, ℒ and 𝔤."""
    text = _INVISIBLE.sub("", text)
    return _MATH_LETTER.sub(_plain_letter, text)


def _plain_letter(match: re.Match[str]) -> str:
    letter = match[0]
    if _DISTINCT_ALPHABETS.search(unicodedata.name(letter, "")):
        return letter
    return unicodedata.normalize("NFKC", letter)


def _token(node: _Node) -> str:
    return _plain(node.text)


def _space(node: _Node) -> str:
    ems = _EMS.match(node.attributes.get("width", "0"))
    is_wide = ems is not None and float(ems[0]) >= 0.25  # TeX's \; and wider ones
    return " " if is_wide else ""


def _group(node: _Node) -> str:
    return _line(node.children)


def _enclose(text: str) -> str:
    """Return ``text`` in brackets, unless it is one number, name or sign."""
    return text if _SINGLE.fullmatch(text) else f"({text})"


def _scripts(base: str, below: str, above: str) -> str:
    return base + _script(below, _LOWERED, "_") + _script(above, _RAISED, "^")


def _script(text: str, letters_of: dict[str, str], sign: str) -> str:
    tight = text.replace(" ", "")
    if letters_of.keys() >= set(tight):
        return "".join(letters_of[letter] for letter in tight)
    if _NUMBER_OR_NAME.fullmatch(tight):
        return sign + tight
    return f"{sign}({' '.join(text.split())})"


def _parts(node: _Node, count: int) -> list[str]:
    if len(node.children) != count:
        raise _NoLettersError
    return [_line([child]).strip(" " + _APPLIED) for child in node.children]


def _parts_with_base(node: _Node, count: int) -> list[str]:
    """Return the parts of an element with scripts. The first, which may be an expression, is in brackets if needed."""
    base, *scripts = _parts(node, count)
    is_token = node.children[0].name in _TOKENS
    if not is_token and base and base[-1] not in ")]}⟩|‖":
        base = _enclose(base)
    return [base, *scripts]


def _below(node: _Node) -> str:
    base, below = _parts_with_base(node, 2)
    return _scripts(base, below, "")


def _above(node: _Node) -> str:
    base, above = _parts_with_base(node, 2)
    return _scripts(base, "", above)


def _below_and_above(node: _Node) -> str:
    return _scripts(*_parts_with_base(node, 3))


def _over(node: _Node) -> str:
    base, above = _parts(node, 2)
    if above in _ACCENTS:
        return _accented(base, above)
    return _scripts(_base_with_limits(base), "", above)


def _under(node: _Node) -> str:
    base, below = _parts(node, 2)
    if below in _ACCENTS:
        return _accented(base, below)
    return _scripts(_base_with_limits(base), below, "")


def _under_and_over(node: _Node) -> str:
    base, below, above = _parts(node, 3)
    return _scripts(_base_with_limits(base), below, above)


def _accented(base: str, accent: str) -> str:
    if len(base) != 1:
        raise _NoLettersError
    return unicodedata.normalize("NFC", base + _ACCENTS[accent])


def _base_with_limits(base: str) -> str:
    """Return ``base`` if it is a sign or name that can have limits. Any other base does not fit in a line."""
    if base.isalpha() or _is_large(base):
        return base
    raise _NoLettersError


def _is_large(sign: str) -> bool:
    if len(sign) != 1:
        return False
    return any(first <= sign <= last for first, last in _LARGE)


def _fraction(node: _Node) -> str:
    above, below = _parts(node, 2)
    if node.attributes.get("linethickness") in {"0", "0em", "0pt"}:
        raise _NoLettersError
    return f"{_enclose(above)}/{_enclose(below)}"


def _root(node: _Node) -> str:
    return "√" + _enclose(_group(node).strip())


def _numbered_root(node: _Node) -> str:
    base, number = _parts(node, 2)
    root = _ROOTS.get(number) or _script(number, _RAISED, "^") + "√"
    return root + _enclose(base)


_TOKENS: dict[str, Callable[[_Node], str]] = {
    "mi": _token,
    "mn": _token,
    "mo": _token,
    "mtext": lambda node: node.text.replace("\u00a0", " "),
    "mspace": _space,
}
_RULES: dict[str, Callable[[_Node], str]] = {
    "math": _group, "semantics": _group, "mrow": _group, "mpadded": _group, "mphantom": lambda _: "",
    "msub": _below, "msup": _above, "msubsup": _below_and_above, "munder": _under, "mover": _over,
    "munderover": _under_and_over, "mfrac": _fraction, "msqrt": _root, "mroot": _numbered_root,
}  # fmt: skip
