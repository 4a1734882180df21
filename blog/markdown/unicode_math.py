"""MathML → a line of Unicode text, for summaries, tables of contents and previews, which have words only. Pure."""

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
_UNSPACED = frozenset("∂∇√∞∀∃∄∅∆∏∑∫∬∭∮¬/∖")
"""Signs of mathematics that are no operators between two things."""
_SPACED = frozenset("=<>+−±∓×⋅·÷*:∣→←↔↦⇒⇐⇔⟶⟵⟹⟺⟷")
_ENDING = ")]}⟩⌋⌉|‖′″!%°∞"
_APPLIED = "\u2061"
_NOTHING = re.compile("[\u2062\u2063\u2064\ufe00-\ufe0f\u200b]")
_APPLICATION = re.compile(f"(?<! ) *+{_APPLIED} *+(?=([(\\[{{⟨,.)\\]]|$)?)")
_KEPT_ALPHABETS = re.compile("DOUBLE-STRUCK|SCRIPT|FRAKTUR")
_ROOTS = {"3": "∛", "4": "∜"}
_NAME = re.compile(r"[^\W\d_]{2}")
"""A script that no letters are there for."""
_NUMBER_OR_NAME = re.compile(r"\W|\d+|[^\W\d_]|[A-Za-z]{2,}")
_MAX_LEVELS = 30


class _NoLettersError(Exception):
    """A formula has what no line of text can show, such as a matrix."""


class _Node(Struct):
    name: str
    attributes: dict[str, str]
    children: list[_Node]
    text: str = ""


@lru_cache(maxsize=256)
def tex_letters(tex: str, macros: Macros) -> str:
    """TeX as Unicode text, ``ℒ(θ)``; between its dollars where there are no letters for it, or it is wrong."""
    try:
        return letters(mathml(tex, macros, display=False)) or f"${tex.strip()}$"
    except TexError:
        return f"${tex.strip()}$"


def letters(html: str) -> str:
    """A ``math`` element as Unicode text; empty if no line of text can show it."""
    try:
        written = _line(_tree(html).children)
    except _NoLettersError:
        return ""
    return " ".join(
        _APPLICATION.sub(lambda found: "" if found[1] is not None else " ", written).replace("...", "…").split()
    )


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
    parser.Parse(html, True)  # noqa: FBT003  (its own way to say that this is all)
    return top


def _line(nodes: Sequence[_Node]) -> str:
    line = ""
    for at, node in enumerate(nodes):
        piece = _operator(node, line, at + 1 == len(nodes)) if node.name == "mo" else _written(node)
        line += " " * _needs_space(line, piece) + piece
    return line


def _has_open_script(text: str) -> bool:
    """Tell whether ``text`` ends with a script that has no end of its own, as in ``∇_θ`` or ``x^2``."""
    start = len(text)
    while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    word = text[start:]
    return "_" in word[:-1] or (text[start - 1 : start] == "^" and word != "")


def _needs_space(line: str, piece: str) -> bool:
    """Tell whether two things would be read as one: a name behind a letter, a letter behind ``∑ᵢ`` or ``∇_θ``."""
    if not line or not piece[:1].isalnum():
        return False
    last = line.rpartition(" ")[2]
    return (_NAME.match(piece) and last[-1:].isalnum()) or _has_open_script(last) or _is_large(last[:1])


def _written(node: _Node) -> str:
    if node.name in _TOKENS:
        return _TOKENS[node.name](node)
    rule = _RULES.get(node.name)
    if rule is None:
        raise _NoLettersError
    return rule(node)


def _operator(node: _Node, line: str, is_last: bool) -> str:
    """A sign behind ``line``: with spaces around it where it stands between two things."""
    sign = _plain(node.text)
    if sign in {",", ";"}:
        return sign if node.attributes.get("rspace") == "0" else f"{sign} "
    before = line.rstrip()[-1:]
    is_between = before and not is_last and (before in _ENDING or unicodedata.category(before)[0] in "LNM")
    if not _is_spaced(sign):
        return sign
    if before == sign:  # as in x ⟂ ⟂ y, which TeX draws as one sign
        return f"{sign} "
    return f" {sign} " if is_between else sign


def _is_spaced(sign: str) -> bool:
    if len(sign) != 1 or sign in _UNSPACED:
        return sign in {":=", "mod"}
    return sign in _SPACED or (unicodedata.category(sign) == "Sm" and sign not in "⟨⟩|‖∥/")


def _plain(text: str) -> str:
    """Bold, slanted and other letters of mathematics as any other; those of ℝ, ℒ and 𝔤 stay."""
    text = _NOTHING.sub("", text)
    if text.isascii():
        return text
    return "".join(_plain_letter(letter) if "\U0001d400" <= letter <= "\U0001d7ff" else letter for letter in text)


def _plain_letter(letter: str) -> str:
    kept = _KEPT_ALPHABETS.search(unicodedata.name(letter, ""))
    return letter if kept else unicodedata.normalize("NFKC", letter)


def _space(node: _Node) -> str:
    width = re.match(r"0?\.?\d*", node.attributes.get("width", "0"))
    return " " if width and float(width[0] or 0) >= 0.25 else ""  # of an em: TeX's \;


def _group(node: _Node) -> str:
    return _line(node.children)


def _unsplit(text: str) -> str:
    """``text`` in brackets, unless it is one thing: a number, a name, something in brackets already."""
    is_one = re.fullmatch(r"[^\W_]+|.[\u0300-\u036f\u20d7]?|√?\w+|.[\u2070-\u209c\u1d2c-\u1d6a]*", text)
    return text if is_one else f"({text})"


def _scripts(base: str, below: str, above: str) -> str:
    return base + _script(below, _LOWERED, "_") + _script(above, _RAISED, "^")


def _script(text: str, letters_of: dict[str, str], sign: str) -> str:
    tight = text.replace(" ", "")
    if all(letter in letters_of for letter in tight):
        return "".join(letters_of[letter] for letter in tight)
    return sign + (tight if _NUMBER_OR_NAME.fullmatch(tight) else f"({' '.join(text.split())})")


def _parts(node: _Node, count: int) -> list[str]:
    if len(node.children) != count:
        raise _NoLettersError
    return [_line([child]).strip(" " + _APPLIED) for child in node.children]


def _based(node: _Node, count: int) -> list[str]:
    """The parts of an element with scripts, of which the first may be something long."""
    base, *others = _parts(node, count)
    is_one = node.children[0].name in _TOKENS or not base or base[-1] in ")]}⟩|‖"
    return [base if is_one else _unsplit(base), *others]


def _below(node: _Node) -> str:
    base, below = _based(node, 2)
    return _scripts(base, below, "")


def _above(node: _Node) -> str:
    base, above = _based(node, 2)
    return _scripts(base, "", above)


def _below_and_above(node: _Node) -> str:
    return _scripts(*_based(node, 3))


def _over(node: _Node) -> str:
    base, above = _parts(node, 2)
    return _accented(base, above) if above in _ACCENTS else _scripts(_big(base), "", above)


def _under(node: _Node) -> str:
    base, below = _parts(node, 2)
    return _accented(base, below) if below in _ACCENTS else _scripts(_big(base), below, "")


def _under_and_over(node: _Node) -> str:
    base, below, above = _parts(node, 3)
    return _scripts(_big(base), below, above)


def _accented(base: str, accent: str) -> str:
    if len(base) != 1:
        raise _NoLettersError
    return unicodedata.normalize("NFC", base + _ACCENTS[accent])


def _big(base: str) -> str:
    """The sign or name that has limits; anything else below or above something is no line."""
    if base.isalpha() or _is_large(base):
        return base
    raise _NoLettersError


def _is_large(sign: str) -> bool:
    return any(first <= sign <= last for first, last in ("∏∑", "∫∳", "⋀⋃", "⨀⨏"))


def _fraction(node: _Node) -> str:
    above, below = _parts(node, 2)
    if node.attributes.get("linethickness") in {"0", "0em", "0pt"}:
        raise _NoLettersError
    return f"{_unsplit(above)}/{_unsplit(below)}"


def _root(node: _Node) -> str:
    return "√" + _unsplit(_group(node).strip())


def _numbered_root(node: _Node) -> str:
    base, number = _parts(node, 2)
    return (_ROOTS.get(number) or _script(number, _RAISED, "^") + "√") + _unsplit(base)


_TOKENS: dict[str, Callable[[_Node], str]] = {
    "mi": lambda node: _plain(node.text),
    "mn": lambda node: _plain(node.text),
    "mo": lambda node: _plain(node.text),
    "mtext": lambda node: node.text.replace("\u00a0", " "),
    "mspace": _space,
}
_RULES: dict[str, Callable[[_Node], str]] = {
    "math": _group, "semantics": _group, "mrow": _group, "mpadded": _group, "mphantom": lambda _: "",
    "msub": _below, "msup": _above, "msubsup": _below_and_above, "munder": _under, "mover": _over,
    "munderover": _under_and_over, "mfrac": _fraction, "msqrt": _root, "mroot": _numbered_root,
}  # fmt: skip
