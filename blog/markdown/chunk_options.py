"""Code → comments in it by which another tool hides or folds a cell: fastpages, nbdev, Quarto, knitr, Jupytext, Colab.

Here nobody reads them: what they hide would be published.
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
"""Comments that say nothing else → what they hide. <https://fastpages.fast.ai/jupyter/2020/02/20/test.html>,
<https://nbdev.fast.ai/explanations/directives.html>."""
_EXPORTS = frozenset({"export", "exporti"})
"""nbdev shows what the code documents, and not the code."""
_OPTIONS = {
    "include": _ALL, "echo": frozenset({INPUT}), "output": frozenset({OUTPUT}), "results": frozenset({OUTPUT}),
    "fig-show": frozenset({OUTPUT}), "fig-keep": frozenset({OUTPUT}), "warning": frozenset({STDERR}),
    "message": frozenset({STDERR}),
}  # fmt: skip
"""Options of Quarto <https://quarto.org/docs/reference/cells/cells-jupyter.html> and knitr → what they hide if they
say no."""
_NO = frozenset({"false", "f", "no", "hide", "hidden", "none"})
_YES = frozenset({"true", "t", "yes", "show", "hide"})
_TAG = re.compile(r"\b(?:remove|hide)[-_](?:cell|input|output)\b|\bprivate\b")
_COMMENT = re.compile(r"\s{0,80}(?:#|//|--|;|%)")
_WORD = re.compile(
    r"\s{0,80}(?:#|//)[ \t]?(?P<pipe>\|)?[ \t]{0,9}@?(?P<name>[a-z][a-z_-]{2,20})[ \t]*(?P<rest>:?[ \t]*true)?"
)
_OPTION = re.compile(
    r"\s{0,80}(?:#|//|--|;|'|%%|%|\*)[ \t]?\|[ \t]{0,9}(?P<key>[a-z][\w.-]{1,30})[ \t]{0,9}[:=]"
    r"[ \t]{0,9}(?P<value>[^\n]{0,200})"
)
_TAGS = re.compile(r"\s{0,80}#[ \t]{0,9}(?:%%|\+)[^\n]{0,200}\btags[ \t]?=(?P<value>[^\n]{0,200})")
_FORM = re.compile(r"\s{0,80}#[ \t]{0,9}@title\b[^\n]{0,300}\bdisplay-mode[\"']?[ \t]{0,9}:[ \t]{0,9}[\"']?form")
_CHUNK = re.compile(
    r"\b(?P<key>include|echo|results|fig\.show|fig\.keep|warning|message)[ \t]{0,9}=[ \t]{0,9}[\"']?(?P<value>\w+)"
)
_HIDDEN_CLASS = re.compile(r"(?<=[\s{])\.(?:hidden|content-hidden|private)\b")
_TAGS_OF_FENCE = re.compile(r"\btags[ \t]?=(?P<value>[^\n]{0,200})")
_SWITCH = re.compile(r"\b((?:hide|remove)_(?:input|output|cell))[ \t]?=[ \t]?true\b")
_BARE = re.compile(r"#\|?hide(?:[_-](?:input|output|cell|line))?\s*")
"""nbdev looks for these at any line."""
_GRADED = re.compile(r"\s{0,80}#{2,3} BEGIN (?:HIDDEN TESTS|SOLUTION)\s*")
"""nbgrader takes what stands below it out of what students get."""
_HIDDEN_LINE = re.compile(r".{0,300}#\|?[ \t]?hide[-_]line\s*")


class ChunkOption(NamedTuple):
    """A comment that would hide or fold a cell."""

    text: str
    """The comment."""
    hides: frozenset[str]
    """``input``, ``output`` or ``stderr``; nothing if it only folds."""
    exports: bool = False
    """True if the code is left out because it is documented elsewhere."""

    @property
    def advice(self) -> str:
        """The tags that do the same here."""
        if not self.hides:
            return "tag the cell hide-input"
        if self.hides == _ALL:
            return "tag the cell remove-cell or private"
        (part,) = self.hides
        return f"tag the cell remove-{part}, remove-cell or private"


def find_chunk_options(code: str) -> Iterator[ChunkOption]:
    """Yield the directives of a cell: they stand above its first line of code, but for ``#hide`` with nothing else."""
    leads = True
    for line in code.split("\n", 2000)[:2000]:
        leads = leads and (not line.strip() or bool(_COMMENT.match(line)) or line.lstrip().startswith("!"))
        if "BEGIN" in line and _GRADED.fullmatch(line):
            yield ChunkOption(line.strip(), frozenset({INPUT}))
        elif leads or _BARE.fullmatch(line) or ("hide" in line and _HIDDEN_LINE.fullmatch(line)):
            yield from _directive(line)


def _directive(line: str) -> Iterator[ChunkOption]:
    plain, text = fold_text(line), line.strip()[:100]
    word = _WORD.fullmatch(plain)
    name = word["name"].replace("_", "-") if word else ""
    if name in _NAMES:
        yield ChunkOption(text, _NAMES[name])
    elif word and name in _EXPORTS and (word["pipe"] or text.startswith("#e")):
        yield ChunkOption(text, frozenset({INPUT}), exports=True)
    elif option := _OPTION.fullmatch(plain):
        yield from _option(option["key"], option["value"], text)
    elif (tags := _TAGS.fullmatch(plain)) and _TAG.search(tags["value"]):
        yield ChunkOption(text, _hidden_by(tags["value"]))
    elif _FORM.match(plain):
        yield ChunkOption(text, _NOTHING)
    elif _HIDDEN_LINE.fullmatch(plain):
        yield ChunkOption(text, frozenset({INPUT}))


def _option(key: str, value: str, text: str) -> Iterator[ChunkOption]:
    """Yield the directive that an option of Quarto or knitr is, if it hides or folds something."""
    key = key.replace(".", "-").replace("_", "-")
    word = value.split("#", maxsplit=1)[0].strip().strip("\"'[],").strip()
    if key in _OPTIONS and word in _NO:
        yield ChunkOption(text, _OPTIONS[key])
    elif key in {"code-fold", "output-fold"} and word in _YES:
        yield ChunkOption(text, _NOTHING)
    elif key in {"tags", "classes", "class"} and _TAG.search(value):
        yield ChunkOption(text, _hidden_by(value))
    elif (key in _NAMES and word in _YES) or (normalize_key(key) and is_hiding_value(normalize_key(key), word)):
        yield ChunkOption(text, _NAMES.get(key, _ALL))


def _hidden_by(tags: str) -> frozenset[str]:
    """Return what tags in a comment hide; those that begin with ``hide`` only fold it."""
    found = {tag.replace("_", "-") for tag in _TAG.findall(tags)}
    if found & {"private", "remove-cell"}:
        return _ALL
    return frozenset(tag.removeprefix("remove-") for tag in found if tag.startswith("remove-"))


def chunk_options(info: str) -> Iterator[ChunkOption]:
    """Yield the words after a fence that hide code, as R Markdown's ``{r, echo=FALSE}`` and Jupytext's ``tags=[…]``."""
    plain = fold_text(info)
    if plain.lstrip().startswith("{"):
        for found in _CHUNK.finditer(plain):
            yield from _option(found["key"], found["value"], info[found.start() : found.end()].strip())
        for found in _HIDDEN_CLASS.finditer(plain):
            yield ChunkOption(info[found.start() : found.end()], _ALL)
    if re.match(r"\s*\{(?:comment|private|hidden)\}", plain):
        yield ChunkOption(info.strip()[:100], _ALL)
    for found in _TAGS_OF_FENCE.finditer(plain):
        if _TAG.search(found["value"]):
            yield ChunkOption(info[found.start() : found.end()].strip(), _hidden_by(found["value"]))
    for found in _SWITCH.finditer(plain):
        yield ChunkOption(info[found.start() : found.end()], _NAMES[found[1].replace("_", "-")])
