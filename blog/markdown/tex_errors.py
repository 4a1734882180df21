r"""Errors of math-core in plain words: what is wrong in the TeX, where, and what to write.

math-core names its own tokens and mostly points at the end of the formula; here the message names the user's bracket,
command or environment, and points at it. All functions are pure.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class TexProblem(NamedTuple):
    """What is wrong with a formula."""

    message: str
    offset: int
    """The character where it is wrong, from 0."""
    hint: str = ""


_COMMAND_NAMES = """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho
    varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi
    Psi Omega frac dfrac tfrac cfrac binom sqrt sum prod coprod int iint iiint oint bigcup bigcap bigoplus
    bigotimes bigvee bigwedge mathcal mathbb mathbf mathrm mathit mathsf mathtt mathfrak mathscr boldsymbol text
    textbf textit textrm texttt operatorname hat bar tilde vec dot ddot widehat widetilde overline underline
    overbrace underbrace overset underset stackrel substack xrightarrow xleftarrow left right middle begin end
    limits nolimits displaystyle textstyle big Big bigl bigr Bigl Bigr bigg Bigg biggl biggr Biggl Biggr langle
    rangle lfloor rfloor lceil rceil lvert rvert lVert rVert infty partial nabla forall exists nexists emptyset
    varnothing in notin subset subseteq supset supseteq cup cap setminus times cdot cdots ldots dots vdots ddots
    pm mp div ast star circ bullet oplus ominus otimes odot leq geq le ge neq ne ll gg approx sim simeq cong
    equiv propto to rightarrow leftarrow leftrightarrow Rightarrow Leftarrow Leftrightarrow longrightarrow
    mapsto implies iff uparrow downarrow mid parallel perp land lor neg top bot vee wedge min max argmin argmax
    sup inf lim limsup liminf log ln exp sin cos tan sinh cosh tanh arcsin arccos arctan det dim ker deg gcd Pr
    quad qquad prime ell hbar Re Im aleph triangle square angle dagger color textcolor boxed phantom tag label
    eqref therefore because models vdash dashv
"""
COMMANDS = tuple(_COMMAND_NAMES.split())
"""The commands that a misspelled one probably means."""
_ENVIRONMENTS = (
    "align", "aligned", "alignat", "alignedat", "array", "bmatrix", "Bmatrix", "cases", "equation", "gather",
    "gathered", "matrix", "multline", "pmatrix", "smallmatrix", "split", "vmatrix", "Vmatrix",
)  # fmt: skip
_CLOSE = 0.8
_SHORT = 4
"""Number of letters up to which a name is a short one."""
_TWO_ARGUMENTS = {
    "frac", "dfrac", "tfrac", "cfrac", "binom", "dbinom", "tbinom", "overset", "underset", "stackrel", "textcolor",
}  # fmt: skip
_LAST_COMMAND = re.compile(
    r"\\(?P<name>[A-Za-z]++)\s*+(?P<option>\[[^\[\]{}]{0,40}\])?+\s*+(?P<given>\{[^{}]{0,80}\}|\w)?+\s*+\Z"
)
_LAST_SCRIPT = re.compile(r"(?P<sign>[\^_])\s*\Z")
_GROUP_MARK = re.compile(r"\\.|(?P<open>\{)|(?P<close>\})", re.DOTALL)
_PAIR = re.compile(
    r"\\(?P<left>left)(?![A-Za-z])\s*(?P<bracket>\\[A-Za-z]+|\\.|[^\\\s])?|\\(?P<right>right)(?![A-Za-z])"
    r"|\\(?P<begin>begin)\{(?P<name>[^{}]{0,40})\}|\\(?P<end>end)\{|\\."
)
_RIGHT = re.compile(r"\\right\s*(\\[A-Za-z]+|\\.|[^\\\s])?")
_END = re.compile(r"\\end\{([^{}]*)\}")
_OTHER_SIDE = {
    "(": ")", "[": "]", r"\{": r"\}", "|": "|", r"\|": r"\|", r"\langle": r"\rangle", r"\lfloor": r"\rfloor",
    r"\lceil": r"\rceil", r"\lvert": r"\rvert", r"\lVert": r"\rVert",
}  # fmt: skip
_ANGLES = {"<": r"\langle", ">": r"\rangle"}
_LEFT_SIDE = {right: left for left, right in _OTHER_SIDE.items()}
_ATOM = r"(?:\{[^{}]{0,80}\}|\\[A-Za-z]{1,40}|\w)"
_BASE = re.compile(rf"(?P<base>{_ATOM})\s{{0,3}}[\^_]\s{{0,3}}(?P<first>{_ATOM})\s{{0,3}}\Z")
_SCRIPT = re.compile(rf"(?P<sign>[\^_'])\s*(?P<second>{_ATOM})?")
_SCRIPT_NAMES = {"^": "two superscripts", "_": "two subscripts", "'": "a prime behind a superscript"}
_QUOTED = re.compile(r'"([^"]*)"')
_TOKEN = re.compile(r"\\[A-Za-z]+|\S")
_SIGNS = frozenset("_#&")
_TEXT_HINT = r"end the words before it: \text{if } x > 0 \text{ and}"


def explain_error(message: str, offset: int, tex: str, macros: Iterable[str] = ()) -> TexProblem:
    """Return an error of math-core at ``offset`` of ``tex`` in our words; ``macros`` are names of further commands."""
    for words, explain in _EXPLANATIONS:
        if words in message:
            problem = explain(message, offset, tex)
            break
    else:
        problem = TexProblem(_lower_first(message), offset)
    if "nknown command" in message:
        return problem._replace(hint=_suggest_command(_first_quoted(message), macros))
    return problem


def _lower_first(message: str) -> str:
    """Return a message of math-core in our form: a small first letter, and no full stop."""
    return message[:1].lower() + message[1:].rstrip(".")


def _first_quoted(message: str) -> str:
    match = _QUOTED.search(message)
    return match[1] if match else ""


def _suggest_command(command: str, macros: Iterable[str]) -> str:
    near = _find_near_command(command.removeprefix("\\"), [*COMMANDS, *macros])
    if near:
        return rf"did you mean \{near}?"
    return r"define it under [math.macros] in blog.toml, or write \operatorname{…} or \text{…}"


def _find_near_command(name: str, commands: list[str]) -> str:
    r"""Return the command that ``name`` probably means, or ``""``.

    A short name is near only if letters are exchanged or one is missing: ``\supp`` and ``\sign`` are names of papers.
    """
    if len(name) > _SHORT:
        return next(iter(get_close_matches(name, commands, n=1, cutoff=_CLOSE)), "")
    for command in commands:
        has_same_letters = len(name) > 1 and sorted(command) == sorted(name)
        if has_same_letters or _lacks_one_letter(name, command):
            return command
    return ""


def _lacks_one_letter(name: str, command: str) -> bool:
    """Return whether ``name`` has at least three letters and is ``command`` without one of its letters."""
    if len(name) < 3 or len(command) != len(name) + 1:
        return False
    return any(command[:index] + command[index + 1 :] == name for index in range(len(command)))


def _explain_environment(message: str, offset: int, _tex: str) -> TexProblem:
    near = get_close_matches(_first_quoted(message), _ENVIRONMENTS, n=1, cutoff=_CLOSE)
    hint = "the environments are aligned, align, gather, cases, array and the matrices"
    if near:
        hint = rf"did you mean \begin{{{near[0]}}}?"
    return TexProblem(_lower_first(message), offset, hint)


def _explain_argument(_message: str, offset: int, tex: str) -> TexProblem:
    """Explain a command or a script without its argument: it is the last one before ``offset``."""
    before = tex[:offset]
    if script := _LAST_SCRIPT.search(before):
        sign = script["sign"]
        return TexProblem(f"nothing follows {sign}", script.start(), f"write x{sign}{{…}}")
    command = _LAST_COMMAND.search(before)
    if command is None:
        return TexProblem("a command has no argument", offset, r"write it in braces, such as \sqrt{x}")
    name, option, given = command.group("name", "option", "given")
    argument = given or "{…}"
    start = rf"\{name}{option or ''}"
    if name in _TWO_ARGUMENTS:
        separator = " " if given and not given.startswith("{") else ""
        return TexProblem(rf"\{name} needs two arguments", command.start(), f"write {start}{separator}{argument}{{…}}")
    return TexProblem(rf"\{name} needs an argument", command.start(), f"write {start}{{…}}")


def _explain_open_group(_message: str, offset: int, tex: str) -> TexProblem:
    """Explain a ``{`` that is not closed."""
    starts: list[int] = []
    for mark in _GROUP_MARK.finditer(tex):
        if mark["open"]:
            starts.append(mark.start())
        elif mark["close"] and starts:
            starts.pop()
    return TexProblem("{ is not closed", starts[-1] if starts else offset, "write } behind what it encloses")


def _open_pairs(tex: str) -> list[re.Match[str]]:
    r"""Return each ``\left`` and ``\begin`` that nothing closes in its order."""
    pairs: list[re.Match[str]] = []
    for mark in _PAIR.finditer(tex):
        if mark["left"] or mark["begin"]:
            pairs.append(mark)
        elif (mark["right"] or mark["end"]) and pairs:
            pairs.pop()
    return pairs


def _explain_open_pair(message: str, offset: int, tex: str) -> TexProblem:
    r"""Explain a ``\left`` or a ``\begin`` that is not closed."""
    pairs = _open_pairs(tex)
    if not pairs:
        words = r"\left has no \right" if "right" in message else r"\begin has no \end"
        return TexProblem(words, offset)
    opening = pairs[-1]
    if opening["begin"]:
        name = opening["name"]
        return TexProblem(rf"\begin{{{name}}} is not closed", opening.start(), rf"end it with \end{{{name}}}")
    bracket = opening["bracket"] or "("
    other = _OTHER_SIDE.get(bracket, ".")
    hint = rf"write \right{other} behind what it encloses, or \right. for no bracket"
    return TexProblem(rf"\left{bracket} has no \right{other}", opening.start(), hint)


def _explain_closing(message: str, offset: int, tex: str) -> TexProblem:
    """Explain a mark that closes nothing."""
    if end := _END.match(tex, offset):
        return TexProblem(f"{end[0]} closes nothing", offset, rf"delete it, or open it with \begin{{{end[1]}}}")
    right = _RIGHT.match(tex, offset)
    if right is None:
        return TexProblem(f"{_first_quoted(message)} closes nothing", offset, r"delete it, or write \} for the sign")
    if _open_pairs(tex[:offset]):
        hint = r"close with } before \right what is opened with { behind \left"
        return TexProblem(rf"{right[0]} stands in other braces than its \left", offset, hint)
    other = _LEFT_SIDE.get(right[1] or ")", ".")
    return TexProblem(rf"{right[0]} has no \left{other}", offset, rf"write \left{other} before what it encloses")


def _explain_other_end(message: str, offset: int, _tex: str) -> TexProblem:
    r"""Explain an ``\end`` with another name than its ``\begin``."""
    expected, written = _QUOTED.findall(message)[:2]
    return TexProblem(f"{expected.replace('end', 'begin', 1)} ends with {written}", offset, f"write {expected}")


def _explain_scripts(_message: str, offset: int, tex: str) -> TexProblem:
    """Explain two superscripts or subscripts of one letter."""
    script = _SCRIPT.match(tex, offset)
    sign = script["sign"] if script else "^"
    base = _BASE.search(tex[max(offset - 200, 0) : offset])
    words = f"{_SCRIPT_NAMES[sign]} stand side by side"
    letter, first = "x", "2"
    if base:
        letter, first = base.group("base", "first")
        words = f"{letter} has {_SCRIPT_NAMES[sign]}"
    if sign == "'":
        return TexProblem(words, offset, f"write {letter}'^{first}")
    second = (script and script["second"]) or "3"
    inner = first.removeprefix("{").removesuffix("}")
    hint = f"write {letter}{sign}{{{inner}{sign}{second}}} or {{{letter}{sign}{first}}}{sign}{second}"
    return TexProblem(words, offset, hint)


def _explain_bracket(message: str, offset: int, tex: str) -> TexProblem:
    r"""Explain a ``\left`` or ``\big`` without a bracket behind it."""
    command = _first_quoted(message).split(",")[0]
    if tex[offset : offset + 1] in _ANGLES:
        sign = _ANGLES[tex[offset]]
        return TexProblem(f"{tex[offset]} is no bracket", offset, f"write {command}{sign}")
    bracket = ")" if command == r"\right" else "("
    none = rf", or {command}. for no bracket" if command in {r"\left", r"\right"} else ""
    return TexProblem(f"no bracket follows {command}", offset, f"write {command}{bracket}{none}")


def _explain_hash(_message: str, offset: int, tex: str) -> TexProblem:
    """Explain a ``#`` outside of a macro."""
    return TexProblem("# stands in macros only", max(tex.rfind("#", 0, offset + 1), 0), r"write \# for the sign")


def _explain_text(_message: str, offset: int, tex: str) -> TexProblem:
    r"""Explain a formula inside ``\text``."""
    token = _TOKEN.match(tex, offset)
    sign = token[0] if token else "a formula"
    hint = rf"write \{sign} for the sign" if sign in _SIGNS else _TEXT_HINT
    return TexProblem(rf"{sign} cannot stand inside \text{{…}}", offset, hint)


def _with_hint(hint: str) -> Callable[[str, int, str], TexProblem]:
    """Return a function that explains an error in the words of math-core, with ``hint``."""
    return lambda message, offset, _tex: TexProblem(_lower_first(message).strip().rstrip(","), offset, hint)


_EXPLANATIONS: tuple[tuple[str, Callable[[str, int, str], TexProblem]], ...] = (
    ("nknown environment", _explain_environment),
    ("xpected argument but", _explain_argument),
    ('closing token "}"', _explain_open_group),
    ('xpected closing token "\\', _explain_open_pair),
    ("nmatched closing token", _explain_closing),
    ('xpected "\\end{', _explain_other_end),
    ("uplicate subscript", _explain_scripts),
    ("must be a parenthesis", _explain_bracket),
    ("text mode", _explain_text),
    ("table-like", _with_hint(r"& and \\ stand in \begin{aligned} … \end{aligned}")),
    ("column specification", _with_hint(r"name the columns: \begin{array}{lcr}")),
    ("length with units", _with_hint(r"write a unit, such as \hspace{3em}")),
    ("acro parameter", _explain_hash),
    ("arameter number", _explain_hash),
    ('nexpected "$"', _with_hint(r"write \$ for the sign")),
    (r'"\limits"', _with_hint(r"take it out, or write \operatorname*{…} before it")),
)
"""A part of each message of math-core → the function that explains it; the first part in the message counts."""
