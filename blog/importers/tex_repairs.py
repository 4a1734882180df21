r"""TeX that MathJax shows and math-core refuses → TeX that means the same.

Markdown of the old tool read ``\*`` and ``&lt;`` as ``*`` and ``<`` before MathJax saw it. MathJax sets ``$`` in
``\text{…}``, and rows outside of an environment.
"""

from __future__ import annotations

import re

_TEXT = re.compile(r"\\(?P<command>text|textrm|mbox|hbox)\{(?P<words>[^{}]*)\}")
_WORDS = re.compile(r"(\\(?:text|textrm|textbf|texttt|mathrm|mbox|operatorname\*?)\{[^{}]{0,200}\})")
_ESCAPE = re.compile(r"\\{4}|\\{3}(?=\s)|(?<!\\)\\_")
_ESCAPES = re.compile(r"\\{4}|\\{3}(?=\s)|\\\\(?=[^\s\\])|\\([_*])")
_FORMULA = re.compile(r"(?<!\\)\$([^$]+)\$")
_ESCAPED = re.compile(r"\\\\|\\([*\[\]-])")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ROW = re.compile(r"(?<!\\)&|\\\\")
_ROMAN = "\\rm "
_LIMITS = re.compile(
    r"\\(?:mathop|text|textrm|mathrm|operatorname\*?)\{(?P<words>[^{}]{1,80})\}\s{0,3}\\limits(?![A-Za-z])"
)
_OLD_ARRAY = re.compile(r"(\\(?:begin|end))\{eqnarray(\*?)\}")
_OPERATOR = re.compile(r"\\operatorname\*?\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*+\})*+\})*+)\}")
_COLOUR = re.compile(r"\\color\{[^{}]{0,80}\}")
_COLOURED = re.compile(r"\\(?:textcolor|colorbox)\{[^{}]{0,80}\}\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*+\})*+\})*+)\}")
_LABEL = re.compile(r"\\(?:label|tag\*?)\{[^{}]{0,200}\}")
_COMMANDS = {
    "pmb": "boldsymbol",
    "dotsc": "ldots",
    "dotso": "ldots",
    "dotsb": "cdots",
    "dotsm": "cdots",
    "dotsi": "cdots",
}
_COMMAND = re.compile(r"\\(dots[cobmi]|pmb)(?![A-Za-z])")


def repair_formula(formula: str, message: str = "") -> str:
    """Return a formula with its delimiters, in TeX that can be set; the formula itself if nothing is known for it.

    ``message`` says what is wrong with it.
    """
    match = re.fullmatch(r"(\$\$?)(.*?)(\$\$?)", formula, re.DOTALL)
    if match is None or match[1] != match[3]:
        return formula
    tex = match[2]
    for entity, sign in _ENTITIES.items():
        tex = tex.replace(entity, sign)
    tex = split_words(tex)
    tex = _COMMAND.sub(lambda found: f"\\{_COMMANDS[found[1]]}", tex)
    tex = _LIMITS.sub(lambda found: f"\\operatorname*{{{found['words'].removeprefix(_ROMAN).strip()}}}", tex)
    tex = _OLD_ARRAY.sub(r"\1{align\2}", tex)
    if message.startswith("could not extract text"):
        tex = _OPERATOR.sub(r"\\mathop{\1}", tex)
    if message.startswith("unknown color"):
        tex = _COLOURED.sub(r"{\1}", _COLOUR.sub("", tex))
    if message.startswith("a formula has one number"):
        first = _LABEL.search(tex)
        tex = _LABEL.sub(lambda found: found[0] if first and found.start() == first.start() else "", tex)
    tex = _ESCAPED.sub(lambda found: found[1] or found[0], tex)
    if _ROW.search(tex) and "\\begin{" not in tex:
        tex = f"\\begin{{aligned}}{tex}\\end{{aligned}}"  # no new lines: it may stand in a list
    return f"{match[1]}{tex}{match[3]}"


def unescape_formula(formula: str) -> str:
    r"""Return TeX as Markdown hands it on that knows no formulas: ``\_`` is ``_``, and four backslashes are a row end.

    A formula without such a mark stays as it is; ``\_`` in words does too, where TeX needs it.
    """
    parts = _WORDS.split(formula)
    if not any(_ESCAPE.search(part) for part in parts[::2]):
        return formula
    parts[::2] = [_ESCAPES.sub(_unescape, part) for part in parts[::2]]
    return "".join(parts)


def _unescape(match: re.Match[str]) -> str:
    return match[1] or ("\\" if match[0] == "\\\\" else "\\\\")


def split_words(tex: str) -> str:
    r"""Return TeX without ``$`` in ``\text{…}``."""
    return _TEXT.sub(_split_text, tex)


def _split_text(match: re.Match[str]) -> str:
    r"""Return ``\text{a $x$ b}`` as ``\text{a }x\text{ b}``, with a ``_`` as one."""
    parts = _FORMULA.split(match["words"])
    pieces = []
    for number, part in enumerate(parts):
        if number % 2:
            pieces.append(f"{{{part}}}")
        elif part:
            words = re.sub(r"(?<!\\)([_#%&])", r"\\\1", part)
            pieces.append(f"\\text{{{words}}}")
    return "".join(pieces)
