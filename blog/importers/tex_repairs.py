r"""TeX that MathJax shows and math-core refuses → TeX that means the same.

Markdown of the old tool read ``\*`` and ``&lt;`` as ``*`` and ``<`` before MathJax saw it. MathJax sets ``$`` in
``\text{…}``, and rows outside of an environment.
"""

from __future__ import annotations

import re

_TEXT = re.compile(r"\\(?P<command>text|textrm|mbox|hbox)\{(?P<words>[^{}]*)\}")
_FORMULA = re.compile(r"(?<!\\)\$([^$]+)\$")
_ESCAPED = re.compile(r"\\\\|\\([*\[\]-])")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ROW = re.compile(r"(?<!\\)&|\\\\")
_COMMANDS = {"dotsc": "ldots", "dotso": "ldots", "dotsb": "cdots", "dotsm": "cdots", "dotsi": "cdots"}
_COMMAND = re.compile(r"\\(dots[cobmi])(?![A-Za-z])")


def repair_formula(formula: str) -> str:
    """Return a formula with its delimiters, in TeX that can be set; the formula itself if nothing is known for it."""
    match = re.fullmatch(r"(\$\$?)(.*?)(\$\$?)", formula, re.DOTALL)
    if match is None or match[1] != match[3]:
        return formula
    tex = match[2]
    for entity, sign in _ENTITIES.items():
        tex = tex.replace(entity, sign)
    tex = split_words(tex)
    tex = _COMMAND.sub(lambda found: f"\\{_COMMANDS[found[1]]}", tex)
    tex = _ESCAPED.sub(lambda found: found[1] or found[0], tex)
    if _ROW.search(tex) and "\\begin{" not in tex:
        tex = f"\\begin{{aligned}}{tex}\\end{{aligned}}"  # no new lines: it may stand in a list
    return f"{match[1]}{tex}{match[3]}"


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
