"""MDX → Markdown: imports and comments go, images and callouts become ours, other components are items.

<https://mdxjs.com/docs/what-is-mdx/>
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.config.hiding_marks import WORDS
from blog.importers.mapped_text import Edit, MappedText
from blog.importers.markdown_parts import is_code, remove_outside_code, remove_passages
from blog.importers.template_tags import callout, figure
from blog.markdown.source_spans import read_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from blog.importers.markdown_parts import DialectContext

_COMMENT = re.compile(r"\{/\*")
_COMMENT_END = re.compile(r"\*/\}")
_MODULE = re.compile(r"^(?:import\s[^\n]*|export\s(?:[^\n]|\n(?!\s*\n))*)\n?", re.MULTILINE)
_IMPORT = re.compile(r"import\s+(\w+)\s+from\s+[\"']([^\"']+)[\"']")
_VALUE = r"\"[^\"]*\"|'[^']*'|\{(?:[^{}]|\{[^{}]*+\})*+\}"
_TAG = re.compile(
    rf"<(?P<close>/?)(?P<name>[A-Z][\w.]*+)(?P<arguments>(?:[^<>\"'{{}}/]|/(?!>)|{_VALUE})*+)(?P<void>/?)>"
)
_ARGUMENT = re.compile(rf"(?<![\w-])([\w-]++)\s*+=\s*+({_VALUE})")
_EXPRESSION = re.compile(r"(?<![\\$\w{])\{[A-Za-z_][\w.]*(?:\([^(){}\n]*\))?\}")
_CALLOUTS = {
    "callout": "note", "aside": "note", "note": "note", "tip": "tip", "warning": "warning", "info": "note",
    "admonition": "note", "alert": "warning", "danger": "danger", "caution": "caution",
}  # fmt: skip
_IMAGES = frozenset({"image", "img", "figure", "picture"})


def convert_mdx(source: MappedText, context: DialectContext) -> MappedText:
    """Return a text of MDX in our Markdown."""
    source = source.edit(list(remove_passages(_COMMENT, _COMMENT_END, source.text)))
    images = dict(_IMPORT.findall(source.text))
    source = source.edit(list(remove_outside_code(_MODULE, source.text)))
    source = source.edit(list(_convert_components(source, images, context)))
    spans = read_spans(source.text)
    for match in _EXPRESSION.finditer(source.text):
        if not any(span.start <= match.start() < span.end for span in spans):
            what = f"{match[0][:60]} is shown as it was written"
            context.report(source.line_at(match.start()), "Expression", what, "write its value")
    return source


def _convert_components(source: MappedText, images: Mapping[str, str], context: DialectContext) -> Iterator[Edit]:
    """Yield an edit for each component: an image, a callout, or nothing around the text in it."""
    text = source.text
    spans = read_spans(text)
    position = 0
    while match := _TAG.search(text, position):
        position = match.end()
        if is_code(spans, match.start()):
            continue
        name = match["name"].lower()
        end = _find_end(text, match)
        arguments = {key: value[1:-1].strip("\"'` ") for key, value in _ARGUMENT.findall(match["arguments"])}
        if end and name in WORDS | {"comment", "private"}:
            what = f"a passage was left out: <{match['name']}>"
            context.report_hidden(source.line_at(match.start()), what)
            yield Edit(match.start(), end.end(), "")
            position = end.end()
        elif end and name in _CALLOUTS:
            words = callout(
                arguments.get("type", _CALLOUTS[name]),
                arguments.get("title", ""),
                _flush(text[match.end() : end.start()]),
            )
            yield Edit(match.start(), end.end(), words)
            position = end.end()
        elif name in _IMAGES and arguments.get("src"):
            picture = images.get(arguments["src"], arguments["src"])
            yield Edit(
                match.start(), match.end(), figure(picture, arguments.get("alt", ""), arguments.get("caption", ""))
            )
        else:
            yield _drop_tag(source, match, context, is_alone=end is None and not match["close"])


def _find_end(text: str, match: re.Match[str]) -> re.Match[str] | None:
    """Return the closing tag of a component, beyond others of its name inside of it."""
    depth = 1
    if match["close"] or match["void"]:
        return None
    for other in _TAG.finditer(text, match.end()):
        if other["name"] == match["name"] and not other["void"]:
            depth += -1 if other["close"] else 1
            if not depth:
                return other
    return None


def _drop_tag(source: MappedText, match: re.Match[str], context: DialectContext, *, is_alone: bool) -> Edit:
    """Return the edit for a component that is unknown: what it encloses stays, one without a text is shown as code."""
    tag = " ".join(match[0].split())
    if not match["close"]:
        what = f"{tag[:60]} has no form here"
        context.report(source.line_at(match.start()), f"Component {match['name']}", what, "say it in Markdown")
    return Edit(match.start(), match.end(), f"`{tag.replace('`', '')}`" if is_alone else "")


def _flush(text: str) -> str:
    lines = text.strip("\n").split("\n")
    indent = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return "\n".join(line[indent:] for line in lines)
