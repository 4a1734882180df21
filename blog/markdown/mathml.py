r"""Conversion of TeX to MathML by math-core, which is fast and trusts its input: dangerous input is refused before.

The time of math-core 0.9.0 doubles with each unclosed bracket, its stack overflows after some thousand levels, a
recursive macro takes all memory, and ``\operatorname`` in a table writes markup unescaped.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from typing import Any, NamedTuple
from unicodedata import category
from xml.parsers import expat

from blog.markdown.tex_errors import explain_error

MAX_LENGTH = 5_000
_MAX_LEVELS = 100
_MAX_OPEN = 12
_BUILT_IN = {
    "mathds": r"\mathbb{#1}", "mathbbm": r"\mathbb{#1}", "substack": r"\begin{subarray}{c}#1\end{subarray}",
}  # fmt: skip
"""Commands that papers use and math-core lacks."""
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
"""Inline styles that math-core writes → classes that themes style.

Formulas thus look the same on a site whose content security policy forbids inline styles.
"""
BACKWARD = (*(f"m-back-{number}" for number in range(1, 18)), *(f"m-back-{number}em" for number in range(1, 21)))
"""Classes that move to the left by eighteenths of an em or by ems: only a style makes a negative space in MathML."""
_BACK_SPACE = re.compile(r'<mspace style="margin-left:-([0-9.]+)(em|rem|ex);"/>')
_EM = {"em": 18, "rem": 18, "ex": 8}
"""Eighteenths of an em in each unit."""
_MAX_BACK = 20 * 18
"""Maximum: :data:`BACKWARD` has no class for more, and no formula needs one."""
_ERROR = re.compile(r"(?:input\d+:)?(\d+): (.*)", re.DOTALL)
_MACRO_ERROR = re.compile(r"macro(\d+):(\d+): (.*)", re.DOTALL)
_ELEMENTS = frozenset({
    "math", "semantics", "mi", "mn", "mo", "mtext", "mspace", "mrow", "mfrac", "msqrt", "mroot", "msub", "msup",
    "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "mtable", "mtr", "mtd", "mpadded",
    "mphantom", "menclose", "merror", "span",
})  # fmt: skip
_TEXT_ELEMENTS = frozenset({"b", "i", "em", "code"})
"""Elements of HTML for \\textbf, \\textit, \\emph and \\texttt."""
_UNSAFE_ATTRIBUTE = re.compile(r"on|href\Z")


class TexError(Exception):
    """A formula that cannot be shown."""

    def __init__(self, message: str, offset: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        """The character where it is wrong, from 0."""
        self.hint = hint


Macros = tuple[tuple[str, str], ...]
"""Name without backslash, and TeX; in order of the names."""


_LONG = 40
"""An inline formula with more characters of TeX may be wider than a phone, and no browser breaks it."""


def mathml(tex: str, macros: Macros, *, display: bool) -> str:
    """Return a ``math`` element for HTML. Raises :class:`TexError`."""
    _refuse(tex, macros)
    html = _convert(tex, macros, display=display)
    html = html.replace("&ApplyFunction;", "\u2061").replace("&InvisibleTimes;", "\u2062")
    if "(??)" in html:
        raise TexError(r"\eqref refers to nothing here", 0, r"write \eqref{…} in the text, outside of the dollar signs")
    _check(html)
    # Browsers place the power of a large bracket at its middle, and a prime as high as any power: neither stays one.
    html = _POWER_OF_FENCE.sub(r"\2<\1><mrow></mrow>", html)
    if not display and len(tex) > _LONG:
        html = html.replace("<math", '<math class="long"', 1)
    html = _BACK_SPACE.sub(_move_back, html)
    html = _STYLE.sub(_replace_style, html)
    return _PRIME.sub(r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>', html)


def _convert(tex: str, macros: Macros, *, display: bool) -> str:
    """Return the output of math-core. Raises :class:`TexError`."""
    from math_core import LatexError  # noqa: PLC0415  (only texts with formulas need it)

    try:
        html: str = _converter(macros).convert_with_local_state(tex, displaystyle=display)
    except LatexError as error:
        match = _ERROR.fullmatch(str(error))
        offset, message = (int(match[1]), match[2]) if match else (0, str(error))
        problem = explain_error(message, offset, tex, dict(macros))
        raise TexError(*problem) from None
    return html


def _replace_style(match: re.Match[str]) -> str:
    """Return classes for the styles if all of them are known. A colour becomes an attribute of MathML."""
    if colour := _COLOUR.fullmatch(match[1].strip(";")):
        return f' mathcolor="{colour[1]}"'
    styles = []
    for declaration in match[1].split(";"):
        name, _, value = declaration.partition(":")
        if name.strip():
            styles.append(f"{name.strip()}:{value.strip()}")
    if set(styles) - CLASSES.keys():
        return match[0]
    classes = " ".join(filter(None, map(CLASSES.get, styles)))
    return f' class="{classes}"' if classes else ""


def _move_back(match: re.Match[str]) -> str:
    """Return an empty element with classes that move to the left, by whole ems and by the rest."""
    eighteenths = round(float(match[1]) * _EM[match[2]])
    ems, rest = divmod(min(eighteenths, _MAX_BACK), 18)
    classes = []
    if ems > 0:
        classes.append(f"m-back-{ems}em")
    if rest > 0:
        classes.append(f"m-back-{rest}")
    return f'<mspace class="{" ".join(classes)}"/>' if classes else "<mspace/>"


def _refuse(tex: str, macros: Macros) -> None:
    """Raise :class:`TexError` for input that would crash math-core."""
    if len(tex) > MAX_LENGTH:
        raise TexError(f"it is longer than {MAX_LENGTH:,} characters", 0, "write it as several formulas")
    if not tex.strip():
        raise TexError("it is empty", 0, r"write \$ for a dollar sign")
    if definition := _DEFINES.search(tex):
        raise TexError("it defines a macro", definition.start(), "define macros under [math.macros] in blog.toml")
    _refuse_levels(tex)
    unclosed = _unclosed_brackets(tex)
    limit = _MAX_OPEN // 4 if macros else _MAX_OPEN
    if len(unclosed) > limit:
        message = f"it has {len(unclosed)} brackets that nothing closes"
        raise TexError(message, unclosed[0], r"close them, or write \left( … \right.")


def _refuse_levels(tex: str) -> None:
    levels = 0
    message = f"it is nested deeper than {_MAX_LEVELS} levels"
    for match in _LEVEL.finditer(tex):
        levels += 1 if match["up"] else -1
        if levels > _MAX_LEVELS:
            raise TexError(message, match.start())
    if prefixes := _PREFIXES.search(tex):
        raise TexError(message, prefixes.start())


def _unclosed_brackets(tex: str) -> list[int]:
    """Return the offsets of brackets that are not closed in their group; any bracket closes any."""
    unclosed: list[int] = []
    groups: list[list[int]] = [[]]
    for bracket in _BRACKET.finditer(tex):
        match bracket.lastgroup:
            case "in":
                groups.append([])
            case "out" if len(groups) > 1:
                unclosed += groups.pop()
            case "open":
                groups[-1].append(bracket.start())
            case "close" if groups[-1]:
                groups[-1].pop()
    return sorted(chain(unclosed, *groups))


class _Element(NamedTuple):
    name: str
    attributes: dict[str, str]


def _check(html: str) -> None:
    """Raise :class:`TexError` unless ``html`` is MathML and nothing else."""
    try:
        is_mathml = all(map(_is_mathml, _parse_elements(html)))
    except expat.ExpatError:
        is_mathml = False
    if not is_mathml:
        raise TexError(r"a name in \operatorname may not hold <, > or &", 0, r"write \text{…}")


def _is_mathml(element: _Element) -> bool:
    return element.name in _ELEMENTS and not any(map(_UNSAFE_ATTRIBUTE.match, element.attributes))


def _parse_elements(html: str) -> list[_Element]:
    """Return the elements of ``html``, the text elements of HTML in ``mtext`` as further ``mtext`` elements."""
    parser = expat.ParserCreate()
    elements: list[_Element] = []
    open_elements: list[str] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        is_text = name in _TEXT_ELEMENTS and "mtext" in open_elements and not attributes
        open_elements.append(name)
        elements.append(_Element("mtext" if is_text else name, attributes))

    parser.ProcessingInstructionHandler = lambda *_: elements.append(_Element("?", {}))
    parser.StartCdataSectionHandler = lambda: elements.append(_Element("?", {}))
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _: open_elements.pop()
    parser.Parse(html, True)  # noqa: FBT003  (positional in expat; True marks the end of the input)
    return elements


@cache
def _converter(macros: Macros) -> Any:
    """Return a converter. Raises :class:`ValueError` with the name of an invalid macro, and the reason."""
    from math_core import LatexError, LatexToMathML  # noqa: PLC0415  (only texts with formulas need it)

    definitions = _BUILT_IN | dict(macros)
    try:
        return LatexToMathML(macros=definitions, fancy_error=False, allow_unreliable_rendering=True)
    except LatexError as error:
        match = _MACRO_ERROR.fullmatch(str(error))
        index, offset, message = (int(match[1]), int(match[2]), match[3]) if match else (-1, 0, str(error))
        name, tex = [*definitions.items()][index]
        raise ValueError(name, explain_error(message, offset, tex).message) from None


def find_invalid_macros(macros: Macros) -> dict[str, str]:
    """Return the invalid macros, by name, with the reason: a macro uses itself, or cannot be parsed."""
    definitions = dict(macros)
    problems = {name: "it reaches itself" for name in definitions if name in _macros_used_by(name, definitions)}
    problems |= {name: "it has a bracket that nothing closes" for name, tex in macros if _unclosed_brackets(tex)}
    valid = _remove_unparsable(macros, problems)
    for name, tex in valid:
        try:
            mathml(rf"\{name}{_example_arguments(tex)}", valid, display=True)
        except TexError as error:
            problems[name] = error.message
    return problems


def _remove_unparsable(macros: Macros, problems: dict[str, str]) -> Macros:
    """Return the macros without problems, after adding to ``problems`` each macro that math-core refuses."""
    while valid := tuple(macro for macro in macros if macro[0] not in problems):
        try:
            _converter(valid)
        except ValueError as error:
            name, message = error.args
            problems[name] = message
        else:
            break
    return valid


def _example_arguments(tex: str) -> str:
    """Return as many arguments as the macro with the definition ``tex`` takes."""
    numbers = map(int, re.findall(r"#(\d)", tex))
    return "{x}" * max(numbers, default=0)


def _macros_used_by(name: str, macros: dict[str, str]) -> set[str]:
    """Return the macros that the macro ``name`` uses, directly or not."""
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        used = set(_COMMAND.findall(macros[waiting.pop()])) & macros.keys()
        waiting += used - reached
        reached |= used
    return reached
