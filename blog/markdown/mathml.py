r"""TeX → MathML by math-core, which is quick and trusts its input: what would hang or end it is refused before.

It takes twice as long for each bracket that is opened and never closed, its stack ends after some thousand levels,
a macro that reaches itself takes all memory, and ``\operatorname`` in a table writes markup as it finds it (0.9.0).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple
from unicodedata import category
from xml.parsers import expat

MAX_LENGTH = 5_000
_MAX_LEVELS = 100
_MAX_OPEN = 12
_BUILT_IN = {
    "mathds": r"\mathbb{#1}", "mathbbm": r"\mathbb{#1}", "substack": r"\begin{subarray}{c}#1\end{subarray}",
}  # fmt: skip
"""Commands that papers use and math-core has not."""
_DEFINES = re.compile(r"\\(?:def|gdef|edef|xdef|let|futurelet|(?:re|provide)?newcommand)(?![A-Za-z])")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_PREFIXES = re.compile(rf"(?:\\[A-Za-z]+\s*){{{_MAX_LEVELS},}}")
_LEVEL = re.compile(r"(?P<up>(?<!\\)\{|\\left(?![A-Za-z])|\\begin\b)|(?P<down>(?<!\\)\}|\\right(?![A-Za-z])|\\end\b)")
_NAMES = "[aA]ngle?|[bB]race|[bB]rack|bracket|paren(?:thesis)?|floor|ceil|vert|Vert|group|moustache"
_SIGNS = [chr(code) for code in range(0x2000, 0x2E80)]
_OPENING = re.escape("([⎰⌜⌞⟅" + "".join(sign for sign in _SIGNS if category(sign) in {"Ps", "Pi"}))
_CLOSING = re.escape(")]⎱⌝⌟⟆" + "".join(sign for sign in _SIGNS if category(sign) in {"Pe", "Pf"}))
_BRACKET = re.compile(
    r"(?:\\(?:left|right|middle)|[\^_])\s*(?:\\[A-Za-z]+|\\.|[^{])|\\\\"
    rf"|(?P<open>[{_OPENING}]|\\\{{|\\(?:ll?(?:{_NAMES})|lang|[ul]lcorner)(?![A-Za-z]))"
    rf"|(?P<close>[{_CLOSING}]|\\\}}|\\(?:rr?(?:{_NAMES})|rang|[ul]rcorner)(?![A-Za-z]))"
    r"|\\[A-Za-z]+|\\.|(?P<in>\{)|(?P<out>\})",
    re.DOTALL,
)
_POWER_OF_FENCE = re.compile(r'<(msup|msub|msubsup)>(<mo [^>]*minsize="[^>]*>[^<]*</mo>)')
_PRIME = re.compile(r"<msup>(<mi>[^<]*</mi>)<mo>([′″‴⁗])</mo></msup>")
_STYLE = re.compile(r' style="([^"]*)"')
_COLOUR = re.compile(r"color:(#[0-9A-F]{6})")
_SIDES = ("top", "right", "bottom", "left")
_PADDINGS = ("1667", "2222", "2778")
CLASSES = {
    "text-align:left": "m-left", "text-align:right": "m-right", "justify-items:start": "", "justify-items:end": "",
    "width:100%": "m-wide", "width:50%": "m-half", "width:7.5%": "m-edge", "padding-left:1em": "m-apart",
    **{f"padding-{side}:0": f"m-no-{side}" for side in _SIDES},
    **{f"padding-{side}:0.1em": f"m-near-{side}" for side in ("left", "right")},
    **{f"border-{side}:0.05em solid currentcolor": f"m-line-{side}" for side in _SIDES},
    **{f"border-{side}:0.05em dashed currentcolor": f"m-dash-{side}" for side in _SIDES},
    **{f"padding-{side}:0.{em}em": f"m-pad-{side}-{em[:3]}" for side in ("left", "right") for em in _PADDINGS},
    "padding-top:0.1667em": "m-pad-top-166", "width:0": "", "math-shift:compact": "m-cramped",
    "font-variant-caps:small-caps": "m-small-caps",
    **{f"font-size:{percent}%": f"m-size-{percent}" for percent in (50, 70, 80, 90, 120, 140, 170, 200, 250)},
    "font-size:100%": "m-size-100",
}  # fmt: skip
"""Inline styles that math-core writes → the classes that themes style.

A site whose headers forbid styles in its pages (a content security policy) shows formulas as any other does.
"""
BACKWARD = (*(f"m-back-{number}" for number in range(1, 18)), *(f"m-back-{number}em" for number in range(1, 21)))
"""Classes that move to the left, by so many eighteenths of an em, or ems: MathML has no negative space but by style."""
_BACK_SPACE = re.compile(r'<mspace style="margin-left:-([0-9.]+)(em|rem|ex);"/>')
_EM = {"em": 18, "rem": 18, "ex": 8}
"""Eighteenths of an em in each unit."""
_FURTHEST = 20 * 18
""":data:`BACKWARD` has no class for more, and nobody moves further."""
_ERROR = re.compile(r"(?:input\d+:)?(\d+): (.*)", re.DOTALL)
_MACRO_ERROR = re.compile(r"macro(\d+):\d+: (.*)", re.DOTALL)
_ELEMENTS = frozenset({
    "math", "semantics", "mi", "mn", "mo", "mtext", "mspace", "mrow", "mfrac", "msqrt", "mroot", "msub", "msup",
    "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "mtable", "mtr", "mtd", "mpadded",
    "mphantom", "menclose", "merror", "span",
})  # fmt: skip
_IN_TEXT = frozenset({"b", "i", "em", "code"})
"""Elements of HTML for \\textbf, \\textit, \\emph and \\texttt."""
_HINTS = (
    ("nknown command", r"define it under [math.macros] in blog.toml, or write \operatorname{…} or \text{…}"),
    ("nknown environment", "the environments are aligned, align, gather, cases, array and the matrices"),
    ("within text mode", r"end the words before it: \text{if } x > 0 \text{ and}"),
    ("table-like", r"& and \\ stand in \begin{aligned} … \end{aligned}"),
)


class TexError(Exception):
    """A formula that cannot be set."""

    def __init__(self, message: str, offset: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        """The character where it is wrong, from 0."""
        self.hint = hint


Macros = tuple[tuple[str, str], ...]
"""Name without backslash, and TeX; in order of the names."""


_LONG = 40
"""Letters of TeX: no browser breaks a formula in a line, and what has more may be wider than a phone."""


def mathml(tex: str, macros: Macros, *, display: bool) -> str:
    """A ``math`` element for HTML. Raises :class:`TexError`."""
    _refuse(tex, macros)
    from math_core import LatexError  # noqa: PLC0415  (only texts with formulas need it)

    try:
        html: str = _converter(macros).convert_with_local_state(tex, displaystyle=display)
    except LatexError as error:
        found = _ERROR.fullmatch(str(error))
        offset, message = (int(found[1]), found[2]) if found else (0, str(error))
        hint = next((hint for words, hint in _HINTS if words in message), "")
        raise TexError(_told(message), offset, hint) from None
    html = html.replace("&ApplyFunction;", "\u2061").replace("&InvisibleTimes;", "\u2062")
    if "(??)" in html:
        raise TexError(r"\eqref refers to nothing here", 0, r"write \eqref{…} in the text, outside of the dollar signs")
    _check(html)
    # A power of a large bracket hangs from its middle, and a prime is set as a power: both are told to be neither.
    html = _POWER_OF_FENCE.sub(r"\2<\1><mrow></mrow>", html)
    if not display and len(tex) > _LONG:
        html = html.replace("<math", '<math class="long"', 1)
    html = _BACK_SPACE.sub(_move_back, html)
    html = _STYLE.sub(_without_style, html)
    return _PRIME.sub(r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>', html)


def _without_style(found: re.Match[str]) -> str:
    """Classes in the place of styles, where all of them are known; a colour is MathML's own."""
    if colour := _COLOUR.fullmatch(found[1].strip(";")):
        return f' mathcolor="{colour[1]}"'
    styles = [":".join(part.strip() for part in style.split(":", 1)) for style in found[1].split(";") if style.strip()]
    if not all(style in CLASSES for style in styles):
        return found[0]
    classes = " ".join(CLASSES[style] for style in styles if CLASSES[style])
    return f' class="{classes}"' if classes else ""


def _move_back(found: re.Match[str]) -> str:
    """Return an empty element that moves to the left by class: by whole ems before it, and by the rest behind it."""
    ems, rest = divmod(min(round(float(found[1]) * _EM[found[2]]), _FURTHEST), 18)
    classes = [f"m-back-{ems}em"] * (ems > 0) + [f"m-back-{rest}"] * (rest > 0)
    return f'<mspace class="{" ".join(classes)}"/>' if classes else "<mspace/>"


def _refuse(tex: str, macros: Macros) -> None:
    """Raise :class:`TexError` for input that would crash math-core."""
    if len(tex) > MAX_LENGTH:
        raise TexError(f"it is longer than {MAX_LENGTH:,} characters", 0, "write it as several formulas")
    if not tex.strip():
        raise TexError("it is empty", 0, r"write \$ for a dollar sign")
    if found := _DEFINES.search(tex):
        raise TexError("it defines a macro", found.start(), "define macros under [math.macros] in blog.toml")
    _refuse_levels(tex)
    waiting = _open_brackets(tex)
    if len(waiting) > (_MAX_OPEN if not macros else _MAX_OPEN // 4):
        message = f"it has {len(waiting)} brackets that nothing closes"
        raise TexError(message, waiting[0], r"close them, or write \left( … \right.")


def _refuse_levels(tex: str) -> None:
    levels = 0
    deepest = f"it is nested deeper than {_MAX_LEVELS} levels"
    for found in _LEVEL.finditer(tex):
        levels += 1 if found["up"] else -1
        if levels > _MAX_LEVELS:
            raise TexError(deepest, found.start())
    if prefixes := _PREFIXES.search(tex):
        raise TexError(deepest, prefixes.start())


def _open_brackets(tex: str) -> list[int]:
    """Return the offsets of brackets that are not closed in their group; any bracket closes any."""
    found: list[int] = []
    groups: list[list[int]] = [[]]
    for bracket in _BRACKET.finditer(tex):
        if bracket["in"]:
            groups.append([])
        elif bracket["out"] and len(groups) > 1:
            found += groups.pop()
        elif bracket["open"]:
            groups[-1].append(bracket.start())
        elif bracket["close"] and groups[-1]:
            groups[-1].pop()
    return sorted([*found, *(at for group in groups for at in group)])


class _Element(NamedTuple):
    name: str
    attributes: dict[str, str]


def _check(html: str) -> None:
    """Raise :class:`TexError` unless ``html`` is MathML and nothing else."""
    parser = expat.ParserCreate()
    found: list[_Element] = []
    parser.ProcessingInstructionHandler = lambda *_: found.append(_Element("?", {}))
    parser.StartCdataSectionHandler = lambda: found.append(_Element("?", {}))
    open_elements: list[str] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        is_text = name in _IN_TEXT and "mtext" in open_elements and not attributes
        open_elements.append(name)
        found.append(_Element("mtext" if is_text else name, attributes))

    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _: open_elements.pop()
    try:
        parser.Parse(html, True)  # noqa: FBT003  (its own way to say that this is all)
        plain = all(
            element.name in _ELEMENTS
            and not any(name.startswith("on") or name == "href" for name in element.attributes)
            for element in found
        )
    except expat.ExpatError:
        plain = False
    if not plain:
        raise TexError(r"a name in \operatorname may not hold <, > or &", 0, r"write \text{…}")


@cache
def _converter(macros: Macros) -> Any:
    """Raises :class:`ValueError` with the name of a macro that cannot be read, and why."""
    from math_core import LatexError, LatexToMathML  # noqa: PLC0415  (only texts with formulas need it)

    known = _BUILT_IN | dict(macros)
    try:
        return LatexToMathML(macros=known, fancy_error=False, allow_unreliable_rendering=True)
    except LatexError as error:
        found = _MACRO_ERROR.fullmatch(str(error))
        number, message = (int(found[1]), found[2]) if found else (-1, str(error))
        raise ValueError([*known][number], _told(message)) from None


def _told(message: str) -> str:
    return message[:1].lower() + message[1:].rstrip(".")


def find_invalid_macros(macros: Macros) -> dict[str, str]:
    """Return the invalid macros, by name, with the reason: one that reaches itself, or that cannot be parsed."""
    wrong = {name: "it reaches itself" for name, _ in macros if name in _reached(name, dict(macros))}
    wrong |= {name: "it has a bracket that nothing closes" for name, tex in macros if _open_brackets(tex)}
    while good := tuple(macro for macro in macros if macro[0] not in wrong):
        try:
            _converter(good)
        except ValueError as error:
            name, message = error.args
            wrong[name] = message
        else:
            break
    for name, tex in good:
        arguments = "{x}" * max((int(number) for number in re.findall(r"#(\d)", tex)), default=0)
        try:
            mathml(rf"\{name}{arguments}", good, display=True)
        except TexError as error:
            wrong[name] = error.message
    return wrong


def _reached(name: str, macros: dict[str, str]) -> set[str]:
    """The macros that the one of this name uses, directly or not."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        used = set(_COMMAND.findall(macros[waiting.pop()])) & macros.keys()
        waiting += used - found
        found |= used
    return found
