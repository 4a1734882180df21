"""Markdown of Material for MkDocs → ours: admonitions, details, tabs, attribute lists, and headers of code.

<https://squidfunk.github.io/mkdocs-material/reference/>
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from blog.config.hiding_marks import WORDS
from blog.importers.mapped_text import Edit, MappedText
from blog.importers.markdown_parts import is_code
from blog.importers.pandoc import convert_attributes
from blog.importers.template_tags import callout
from blog.markdown.source_spans import read_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.importers.fenced_divs import Line
    from blog.importers.markdown_parts import DialectContext

_BLOCK = re.compile(
    r"(?P<indent> *)(?P<mark>!!!|\?\?\?\+?|===[!+]{0,2})[ \t]++"
    r"(?P<kind>[\w-]*+(?: ++[\w-]++)*+)[ \t]*+(?:\"(?P<title>.*)\")?[ \t]*"
)
_FENCE = re.compile(r"(?P<before> *)(?P<marks>`{3,}|~{3,})[ \t]*(?P<words>[^`]*)")
_OPTION = re.compile(r"(title|hl_lines|linenums)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_MORE = re.compile(r"[ \t]*<!--[ \t]*more[ \t]*-->[ \t]*")
_ICON = re.compile(r":(?:material|fontawesome|octicons|simple)-[\w-]+:")
_SNIPPET = re.compile(
    r"^(?P<indent>[ \t>]*+)-++8<-++(?:[ \t]++(?P<line>[^\n]*+)"
    r"|[ \t]*+\n(?P<block>(?:(?!.{0,80}-8<-).*\n){1,50})[ \t>]*-+8<-+[ \t]*)?$",
    re.MULTILINE,
)
"""A file that is included, or several, one in each line between two marks."""


def convert_material(source: MappedText, context: DialectContext) -> MappedText:
    """Return a text of Material for MkDocs in our Markdown."""
    if "8<" in source.text:
        source = source.edit(_include_files(source, context))
    lines = _convert_lines(list(zip(source.text.split("\n"), source.lines, strict=True)), context)
    source = MappedText("\n".join(text for text, _ in lines), tuple(number for _, number in lines) or (1,))
    if "{" in source.text:
        source = source.edit(list(convert_attributes(source.text, read_spans(source.text), has_captions=False)))
    return source.edit(list(_convert_words(source.text)))


def _convert_lines(lines: Sequence[Line], context: DialectContext) -> list[Line]:
    found: list[Line] = []
    row = 0
    while row < len(lines):
        text, number = lines[row]
        fence = _FENCE.fullmatch(text)
        block = _BLOCK.fullmatch(text)
        if fence:
            end = _find_fence_end(lines, row, fence["marks"])
            found += [(_convert_header(fence), number), *lines[row + 1 : end]]
        elif block and (block["kind"] or block["title"] is not None):
            end = _find_block_end(lines, row + 1, len(block["indent"]) + 4)
            inner = [(line[len(block["indent"]) + 4 :], at) for line, at in lines[row + 1 : end]]
            found += _convert_block(block, number, inner, context)
        else:
            end = row + 1
            found.append(("<!--more-->" if _MORE.fullmatch(text) else text, number))
        row = end
    return found


def _find_fence_end(lines: Sequence[Line], row: int, marks: str) -> int:
    for end in range(row + 1, len(lines)):
        text = lines[end][0].strip()
        if text.startswith(marks) and not text.strip(marks[0]):
            return end + 1
    return len(lines)


def _find_block_end(lines: Sequence[Line], row: int, indent: int) -> int:
    """Return the row behind the lines that are blank or indented; blank ones at the end do not belong to them."""
    end = row
    for index in range(row, len(lines)):
        text = lines[index][0]
        if text.strip() and not text.startswith(" " * indent):
            break
        if text.strip():
            end = index + 1
    return end


def _convert_block(block: re.Match[str], number: int, inner: Sequence[Line], context: DialectContext) -> list[Line]:
    kind, *_ = (block["kind"] or "note").split()
    if kind.lower() in WORDS:
        what = f"a passage was left out: {block['mark']} {kind}"
        context.report_hidden(number, what)
        return []
    lines = _convert_lines(inner, context)
    last = lines[-1][1] if lines else number
    title = block["title"]
    indent = block["indent"]
    if block["mark"].startswith("==="):
        return [
            ("", number),
            (f"{indent}**{title or kind}**", number),
            ("", number),
            *_indented(lines, indent),
            ("", last),
        ]
    if block["mark"].startswith("???"):
        is_open = " open" if block["mark"].endswith("+") else ""
        words = html.escape(title or kind.capitalize(), quote=False)
        head = [("", number), (f"{indent}<details{is_open}><summary>{words}</summary>", number), ("", number)]
        return [*head, *_indented(lines, indent), ("", last), (f"{indent}</details>", last), ("", last)]
    written = callout(kind, title or "", "\n".join(text for text, _ in lines)).strip("\n")
    quoted = [(f"{indent}{line}", min(number + at, last)) for at, line in enumerate(written.split("\n"))]
    return [("", number), *quoted, ("", last)]


def _indented(lines: Sequence[Line], indent: str) -> list[Line]:
    return [(f"{indent}{text}" if text.strip() else "", number) for text, number in lines]


def _convert_header(fence: re.Match[str]) -> str:
    """Return the first line of a code block with our options."""
    words = fence["words"].strip()
    language = re.match(r"\{?\s*\.?([\w+#-]+)", words)
    options = {match[1]: match[2] if match[2] is not None else match[3] for match in _OPTION.finditer(words)}
    if not options and not words.startswith("{"):
        return fence[0]
    new = [f'title="{options["title"]}"'] if options.get("title") else []
    if options.get("hl_lines"):
        new.append(f'hl="{",".join(options["hl_lines"].split())}"')
    if "linenums" in options:
        new.append("linenos")
    name = language[1] if language and language[1] not in options else "text"
    return f"{fence['before']}{fence['marks']}{name}" + (f" {{{' '.join(new)}}}" if new else "")


def _convert_words(text: str) -> Iterator[Edit]:
    """Yield an edit for each icon, which has no form here."""
    spans = read_spans(text)
    for match in _ICON.finditer(text):
        if not is_code(spans, match.start()):
            yield Edit(match.start(), match.end(), "")


def _include_files(source: MappedText, context: DialectContext) -> Iterator[Edit]:
    """Yield an edit for each mark of the extension ``snippets``, which works in code too; its files take its place."""
    for match in _SNIPPET.finditer(source.text):
        names = [
            line.strip(" \t>").strip("\"'") for line in (match["line"] or match["block"] or "").strip().split("\n")
        ]
        texts = [context.snippets.get(name) for name in names if name and name[0] not in "#;"]
        found = [text.strip("\n") for text in texts if text is not None]
        if found and len(found) == len(texts):
            lines = "\n".join(found).split("\n")
            yield Edit(match.start(), match.end(), "\n".join(f"{match['indent']}{line}".rstrip() for line in lines))
        else:
            what = f"{' '.join(match[0].split())[:60]} is shown as it was written"
            context.report(source.line_at(match.start()), "Included file", what, "copy the text of the file")
