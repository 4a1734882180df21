"""Directives in code by which another tool hides or folds a cell: fastpages, nbdev, Quarto, knitr, Jupytext, Colab.

This program does not evaluate them: what they hide would be published.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from blog.config.hiding_marks import fold_text, is_hiding_value, normalize_key

if TYPE_CHECKING:
    from collections.abc import Iterator

INPUT, OUTPUT, STDERR = "input", "output", "stderr"
_ALL = frozenset({INPUT, OUTPUT})
_NOTHING = frozenset[str]()
_NAMES = {
    **dict.fromkeys(
        ("hide", "hidden", "hide-cell", "hidden-cell", "hide-all", "remove-cell", "private", "exclude", "noexport"),
        _ALL,
    ),
    **dict.fromkeys(("hide-input", "remove-input", "hide-code", "remove-code", "hide-source"), frozenset({INPUT})),
    **dict.fromkeys(("hide-output", "hide-outputs", "remove-output", "remove-outputs"), frozenset({OUTPUT})),
    **dict.fromkeys(
        ("collapse", "collapse-hide", "collapse-show", "collapse-input", "collapse-output", "collapse-cell"), _NOTHING
    ),
}
"""Comments of one word → the parts that they hide. <https://fastpages.fast.ai/jupyter/2020/02/20/test.html>,
<https://nbdev.fast.ai/explanations/directives.html>."""
_EXPORTS = frozenset({"export", "exporti"})
"""Directives by which nbdev shows the documentation of the code in the place of the code."""
_OPTIONS = {
    "include": _ALL, "echo": frozenset({INPUT}), "output": frozenset({OUTPUT}), "results": frozenset({OUTPUT}),
    "fig-show": frozenset({OUTPUT}), "fig-keep": frozenset({OUTPUT}), "warning": frozenset({STDERR}),
    "message": frozenset({STDERR}),
}  # fmt: skip
"""Options of Quarto <https://quarto.org/docs/reference/cells/cells-jupyter.html> and knitr → the parts that they hide
if their value is one of :data:`_NO`."""
_FOLDS = frozenset({"code-fold", "output-fold"})
_TAG_LISTS = frozenset({"tags", "classes", "class"})
_TAG_PARTS = {
    "private": _ALL,
    "remove-cell": _ALL,
    "remove-input": frozenset({INPUT}),
    "remove-output": frozenset({OUTPUT}),
}
"""Tags → the parts that they hide; tags that begin with ``hide`` only fold a cell."""
_NO = frozenset({"false", "f", "no", "hide", "hidden", "none"})
_YES = frozenset({"true", "t", "yes", "show", "hide"})
_TAG = re.compile(r"\b(?:remove|hide)[-_](?:cell|input|output)\b|\bprivate\b")
_NO_CODE = re.compile(r"\s*+(?:!|\Z)|\s{0,80}(?:#|//|--|;|%)")
"""Matches a blank line, a shell command or a comment."""
_WORD = re.compile(
    r"\s{0,80}(?:#|//)[ \t]?(?P<pipe>\|)?[ \t]{0,9}@?(?P<name>[a-z][a-z_-]{2,20})[ \t]*+(?::?[ \t]*+true)?"
)
_OPTION = re.compile(
    r"\s{0,80}(?:#|//|--|;|'|%%|%|\*)[ \t]?\|[ \t]{0,9}(?P<key>[a-z][\w.-]{1,30})[ \t]{0,9}[:=]"
    r"[ \t]{0,9}(?P<value>[^\n]{0,200})"
)
_TAGS = re.compile(r"\s{0,80}#[ \t]{0,9}(?:%%|\+)[^\n]{0,200}\btags[ \t]?=(?P<value>[^\n]{0,200})")
_FORM = re.compile(r"\s{0,80}#[ \t]{0,9}@title\b[^\n]{0,300}\bdisplay-mode[\"']?[ \t]{0,9}:[ \t]{0,9}[\"']?form")
_HEADER_OPTION = re.compile(
    r"\b(?P<key>include|echo|results|fig\.show|fig\.keep|warning|message)[ \t]{0,9}=[ \t]{0,9}[\"']?(?P<value>\w+)"
)
_HIDDEN_CLASS = re.compile(r"(?<=[\s{])\.(?:hidden|content-hidden|private)\b")
_PRIVATE_FENCE = re.compile(r"\s*\{(?:comment|private|hidden)\}")
_FENCE_TAGS = re.compile(r"\btags[ \t]?=(?P<value>[^\n]{0,200})")
_FENCE_SWITCH = re.compile(r"\b((?:hide|remove)_(?:input|output|cell))[ \t]?=[ \t]?true\b")
_GRADED = re.compile(r"\s{0,80}#{2,3} BEGIN (?:HIDDEN TESTS|SOLUTION)\s*")
"""Matches the line below which nbgrader removes code from the version for students."""
_HIDDEN_LINE = re.compile(r".{0,300}#\|?[ \t]?hide[-_]line\s*")
_HIDE = re.compile(rf"#\|?hide(?:[_-](?:input|output|cell))?\s*|{_HIDDEN_LINE.pattern}")
"""Matches a line with a directive that nbdev accepts below code too."""
_MOST_LINES = 2000
"""Number of lines of a cell that are searched."""


class ChunkOption(NamedTuple):
    """A directive that would hide or fold a cell."""

    text: str
    """The directive as written."""
    hides: frozenset[str]
    """Some of ``input``, ``output`` and ``stderr``; empty if the directive only folds."""
    exports: bool = False
    """True if nbdev leaves the code out because its documentation is shown elsewhere."""

    @property
    def advice(self) -> str:
        """The tags that have the same effect in this program."""
        if not self.hides:
            return "tag the cell hide-input"
        if self.hides == _ALL:
            return "tag the cell remove-cell or private"
        (part,) = self.hides
        return f"tag the cell remove-{part}, remove-cell or private"


def find_chunk_options(code: str) -> Iterator[ChunkOption]:
    """Yield the directives of a cell in order."""
    return filter(None, map(_parse_directive, _select_lines(code)))


def _select_lines(code: str) -> Iterator[str]:
    """Yield the lines above the first line of code, and those below it whose directive counts on any line."""
    is_above_code = True
    for line in code.split("\n", _MOST_LINES)[:_MOST_LINES]:
        is_above_code = is_above_code and _NO_CODE.match(line) is not None
        if is_above_code or _hides_on_any_line(line):
            yield line


def _hides_on_any_line(line: str) -> bool:
    if "hide" in line:
        return _HIDE.fullmatch(line) is not None
    return "BEGIN" in line and _GRADED.fullmatch(line) is not None


def _parse_directive(line: str) -> ChunkOption | None:
    """Return the directive that ``line`` is; None if it hides and folds nothing."""
    folded, text = fold_text(line), line.strip()[:100]
    directive = _parse_word(folded, text)
    if directive:
        return directive
    option = _OPTION.fullmatch(folded)
    if option:
        return _parse_option(option["key"], option["value"], text)
    tags = _TAGS.fullmatch(folded)
    if tags and _TAG.search(tags["value"]):
        return ChunkOption(text, _collect_parts(tags["value"]))
    if _FORM.match(folded):
        return ChunkOption(text, _NOTHING)
    if _HIDDEN_LINE.fullmatch(folded) or _GRADED.fullmatch(line):
        return ChunkOption(text, frozenset({INPUT}))
    return None


def _parse_word(folded: str, text: str) -> ChunkOption | None:
    """Return the directive for a comment of one word; None if the word is no directive."""
    word = _WORD.fullmatch(folded)
    if word is None:
        return None
    name = word["name"].replace("_", "-")
    if name in _NAMES:
        return ChunkOption(text, _NAMES[name])
    is_directive = word["pipe"] is not None or text.startswith("#e")
    if is_directive and name in _EXPORTS:
        return ChunkOption(text, frozenset({INPUT}), exports=True)
    return None


def _parse_option(key: str, value: str, text: str) -> ChunkOption | None:
    """Return the directive for an option of Quarto or knitr; None if it hides and folds nothing."""
    key = key.replace(".", "-").replace("_", "-")
    word = value.split("#", maxsplit=1)[0].strip().strip("\"'[],").strip()
    if key in _OPTIONS and word in _NO:
        return ChunkOption(text, _OPTIONS[key])
    if key in _FOLDS and word in _YES:
        return ChunkOption(text, _NOTHING)
    if key in _TAG_LISTS and _TAG.search(value):
        return ChunkOption(text, _collect_parts(value))
    if _switches_on(key, word):
        return ChunkOption(text, _NAMES.get(key, _ALL))
    return None


def _switches_on(key: str, word: str) -> bool:
    """Return whether ``key`` with the value ``word`` hides a cell."""
    if key in _NAMES and word in _YES:
        return True
    hiding_key = normalize_key(key)
    return hiding_key != "" and is_hiding_value(hiding_key, word)


def _collect_parts(text: str) -> frozenset[str]:
    """Return the parts of a cell that the tags in ``text`` hide."""
    tags = [tag.replace("_", "-") for tag in _TAG.findall(text)]
    return _NOTHING.union(*(_TAG_PARTS.get(tag, _NOTHING) for tag in tags))


def find_fence_options(info: str) -> Iterator[ChunkOption]:
    """Yield the words after a fence that hide code, as R Markdown's ``{r, echo=FALSE}`` and Jupytext's ``tags=[…]``."""
    folded = fold_text(info)
    if folded.lstrip().startswith("{"):
        yield from _find_header_options(info, folded)
    if _PRIVATE_FENCE.match(folded):
        yield ChunkOption(info.strip()[:100], _ALL)
    for match in _FENCE_TAGS.finditer(folded):
        if _TAG.search(match["value"]):
            yield ChunkOption(info[match.start() : match.end()].strip(), _collect_parts(match["value"]))
    for match in _FENCE_SWITCH.finditer(folded):
        yield ChunkOption(info[match.start() : match.end()], _NAMES[match[1].replace("_", "-")])


def _find_header_options(info: str, folded: str) -> Iterator[ChunkOption]:
    """Yield the options and classes in braces after a fence; ``folded`` is ``info`` in the form for comparison."""
    for match in _HEADER_OPTION.finditer(folded):
        option = _parse_option(match["key"], match["value"], info[match.start() : match.end()].strip())
        if option:
            yield option
    for match in _HIDDEN_CLASS.finditer(folded):
        yield ChunkOption(info[match.start() : match.end()], _ALL)
