r"""Macros of TeX that texts define → ``[math.macros]``, and formulas in which the others are written out.

The new site has macros for all texts, and none with an optional argument. So a macro with one, or a second meaning of a
name, is written out where it is used.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from blog.importers.mapped_text import Edit, MappedText
from blog.importers.markdown_parts import is_code
from blog.markdown.source_spans import read_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BRACED = r"\{(?P<tex>(?:[^{}]|\{(?:[^{}]|\{[^{}]*+\})*+\})*+)\}"
_MACRO = re.compile(
    r"\\(?P<command>(?:re)?newcommand|providecommand|def|DeclareMathOperator)(?P<star>\*?)\s*+\{?\\(?P<name>[A-Za-z]++)\}?\s*+"
    rf"(?:\[\d\])?(?:\[(?P<default>[^\[\]{{}}\n]{{0,80}})\])?(?:#\d)*+\s*+{_BRACED}"
)
_DEFINES = re.compile(r"\\(?:re)?newcommand|\\def\\|\\DeclareMath|\\providecommand")
_EMPTY_FORMULA = re.compile(r"\$\$\s*\$\$|(?<![\\$])\$[ \t\n]+\$(?!\$)")
_PARAMETER = re.compile(r"#([1-9])")
_COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)", re.DOTALL)
_MAX_DEPTH = 8
_MAX_EXPANSION = 20_000
"""Characters of a macro that is written out: one that doubles itself in each step would fill the memory."""


class Macro(NamedTuple):
    """A macro of TeX."""

    tex: str
    default: str | None = None
    """Its first argument, if it is optional."""

    @property
    def parameters(self) -> int:
        """The number of its arguments."""
        return max((int(number) for number in _PARAMETER.findall(self.tex)), default=0)


def take_macros(source: MappedText, shared: dict[str, str]) -> MappedText:
    """Return a text without the definitions of macros; those that all texts can use are added to ``shared``."""
    if not _DEFINES.search(source.text):
        return source
    spans = read_spans(source.text)
    own: dict[str, Macro] = {}
    edits = []
    for match in _MACRO.finditer(source.text):
        if not is_code(spans, match.start()):
            own[match["name"]] = _read_macro(match)
            edits.append(Edit(match.start(), match.end(), ""))
    source = source.edit(edits)
    spans = read_spans(source.text)
    empty = [match.span() for match in _EMPTY_FORMULA.finditer(source.text) if not is_code(spans, match.start())]
    source = source.edit(Edit(start, end, "") for start, end in empty)
    local = {name: macro for name, macro in own.items() if macro.default is not None}
    for name, macro in own.items():
        tex = expand_macros(macro.tex, local)
        if name not in local and shared.setdefault(name, tex) != tex:
            local[name] = Macro(tex)
    return write_out(source, local)


def _read_macro(match: re.Match[str]) -> Macro:
    if match["command"] == "DeclareMathOperator" and re.search(r"[\\_^]", match["tex"]):
        return Macro(rf"\mathop{{{match['tex']}}}")
    if match["command"] == "DeclareMathOperator":
        return Macro(rf"\operatorname{match['star']}{{{match['tex']}}}")
    return Macro(match["tex"], match["default"])


def write_out(source: MappedText, macros: Mapping[str, Macro]) -> MappedText:
    """Return a text in which ``macros`` are written out, but in code."""
    if not macros:
        return source
    spans = read_spans(source.text)
    return source.edit(edit for edit in _expand(source.text, macros, 0) if not is_code(spans, edit.start))


def expand_macros(tex: str, macros: Mapping[str, Macro], depth: int = 0) -> str:
    """Return TeX in which ``macros`` are written out, also in each other."""
    if not macros or depth > _MAX_DEPTH or len(tex) > _MAX_EXPANSION:
        return tex
    return MappedText.of(tex, 1).edit(_expand(tex, macros, depth)).text


def _expand(text: str, macros: Mapping[str, Macro], depth: int) -> Iterator[Edit]:
    """Yield the edit for each use of a macro, with its arguments; one inside another is left to that."""
    names = "|".join(sorted(map(re.escape, macros), key=len, reverse=True))
    for match in re.finditer(rf"\\({names})(?![A-Za-z])", text):
        macro = macros[match[1]]
        arguments, end = _read_arguments(text, match.end(), macro)
        if len(arguments) < macro.parameters:
            continue
        words = _PARAMETER.sub(lambda found, given=arguments: given[int(found[1]) - 1], macro.tex)  # type: ignore[misc]
        yield Edit(match.start(), end, expand_macros(words, macros, depth + 1))


def _read_arguments(text: str, position: int, macro: Macro) -> tuple[list[str], int]:
    """Return the arguments behind the name of a macro, and where they end; fewer if the text has not all."""
    arguments: list[str] = []
    if macro.default is not None:
        end = text.find("]", position, position + 200) if text.startswith("[", position) else -1
        arguments.append(text[position + 1 : end] if end >= 0 else macro.default)
        position = end + 1 if end >= 0 else position
    while len(arguments) < macro.parameters:
        start = position + len(text[position : position + 50]) - len(text[position : position + 50].lstrip(" \n"))
        end = _find_argument_end(text, start)
        if end < 0:
            break
        argument = text[start:end]
        arguments.append(argument[1:-1] if argument.startswith("{") else argument)
        position = end
    return arguments, position


def _find_argument_end(text: str, start: int) -> int:
    """Return the end of the argument at ``start``: a group in braces, a command or a character; -1 if there is none."""
    if start >= len(text) or text[start] in "}$&":
        return -1
    command = _COMMAND.match(text, start)
    if command:
        return command.end()
    if text[start] != "{":
        return start + 1
    depth = 0
    for mark in re.compile(r"\\.|[{}]", re.DOTALL).finditer(text, start, start + _MAX_EXPANSION):
        depth += {"{": 1, "}": -1}.get(mark[0], 0)
        if not depth:
            return mark.end()
    return -1
