"""Pandoc's and Quarto's Markdown → ours: code cells, divs, spans, attribute lists, raw formats, and references.

<https://pandoc.org/MANUAL.html#pandocs-markdown>, <https://quarto.org/docs/computations/execution-options.html>
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.config.hiding_marks import names_hidden_passage
from blog.importers.fenced_divs import convert_divs
from blog.importers.mapped_text import Edit, MappedText
from blog.importers.markdown_parts import image_attributes, is_code
from blog.importers.template_tags import figure
from blog.markdown.chunk_options import INPUT, find_chunk_options, find_fence_options
from blog.markdown.source_spans import read_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.importers.markdown_parts import DialectContext
    from blog.markdown.source_spans import SourceSpan

_FENCE = re.compile(
    r"(?P<indent>[ \t>]*+)(?P<marks>`{3,}+|~{3,}+)[ \t]*+(?P<word>[\w+-]*+)[ \t]*+\{(?P<list>.*)\}[ \t]*+"
)
_CELL_OPTION = re.compile(r"[ \t>]*(?:#|//|--|%%|%)\|.*")
_SHOWN = re.compile(r"\becho\s*[:=]\s*(?:true|TRUE|fenced)")
_FILE_NAME = re.compile(r"\bfilename\s*=\s*[\"']([^\"'{}]*)[\"']")
_ATTRIBUTES = re.compile(r"(?<=[\])`])\{(?P<list>[^{}\n]*)\}")
_SPAN = re.compile(r"(?<![!\]\\])\[(?P<words>[^\[\]\n]*)\]\{(?P<list>[^{}\n]*)\}")
_HEADING_LIST = re.compile(r"(?<![ \t])[ \t]*+\{(?P<list>[^{}\n]*+)\}[ \t]*+\Z")
_ID = re.compile(r"#([\w.:-]+)")
_ALT = re.compile(r"\bfig-alt\s*=\s*\"([^\"]*)\"")
_EQUATION = re.compile(r"(?<![\w@\\])@(eq-[\w-]+)")
_REFERENCE = re.compile(r"(?<![\w@\\/])@(?:fig|tbl|sec|lst|thm|lem|def)-[\w-]+")
_BRACKETED = re.compile(r"\[[^\[\]\n]*+\](?![(\[])")
_CITED = re.compile(r"(?<!\w)@[A-Za-z_]")
_DIAGRAMS = frozenset({"mermaid", "dot"})


def convert_pandoc(source: MappedText, context: DialectContext) -> MappedText:
    """Return a text of Pandoc, or of Quarto, in our Markdown."""
    source = source.edit(list(_convert_fences(source, context)))
    source = convert_divs(source, context)
    if "{" in source.text:
        source = source.edit(list(_convert_spans(source, context)))
        source = source.edit(list(convert_attributes(source.text, read_spans(source.text), has_captions=True)))
    return source.edit(list(_convert_references(source, context)))


def _convert_fences(source: MappedText, context: DialectContext) -> Iterator[Edit]:
    """Yield an edit for each code block with a list in braces: a cell, code with attributes, or text of a format."""
    has_cells = False
    for span in read_spans(source.text):
        block = source.text[span.start : span.end]
        fence = _FENCE.fullmatch(block.partition("\n")[0]) if span.kind == "code" and span.is_block else None
        if fence is None:
            continue
        line = source.line_at(span.start)
        words = fence["list"].strip()
        if words.startswith("="):
            yield Edit(span.start, span.end, _raw_text(block) if words == "=html" else "\n")
        elif _is_hidden(words, block, context):
            what = f"code that readers of the old blog did not see was left out: {{{words[:60]}}}"
            context.report(line, "Hidden cell", what, "", "note")
            yield Edit(span.start, span.end, "\n")
        else:
            is_cell = not fence["word"] and re.match(r"\w", words) is not None
            if is_cell and not has_cells and re.split(r"[\s,]", words)[0] not in _DIAGRAMS:
                has_cells = True
                what = "code cells are shown without their outputs: nothing is run"
                context.report(line, "Outputs of code", what, "copy the figures, or publish the executed notebook")
            yield Edit(span.start, span.end, _plain_fence(fence, block, is_cell=is_cell))


def _is_hidden(words: str, block: str, context: DialectContext) -> bool:
    """Return whether the old blog did not show a block: by an option of its own, or of the document."""
    code = block.partition("\n")[2]
    options = [*find_fence_options(f"{{{words}}}"), *find_chunk_options(code)]
    if any(INPUT in option.hides for option in options) or names_hidden_passage(words):
        return True
    is_cell = re.match(r"\w", words) is not None and words.split(maxsplit=1)[0] not in _DIAGRAMS
    is_shown = _SHOWN.search(f"{words}\n{_options_of(code)}") is not None
    return is_cell and context.hides_code and not is_shown


def _options_of(code: str) -> str:
    lines = code.split("\n")
    return "\n".join(line for line in lines if _CELL_OPTION.fullmatch(line))


def _raw_text(block: str) -> str:
    """Return the text of a raw block, which ends up in the page as it is."""
    return "\n".join(block.rstrip("\n").split("\n")[1:-1]) + "\n"


def _plain_fence(fence: re.Match[str], block: str, *, is_cell: bool) -> str:
    """Return a code block with the language as its only word, and the file name as its title."""
    words = fence["list"]
    first = re.match(r"\s*(?:\.|\{)?([\w+#-]+)", words)
    language = fence["word"] or (first[1] if first and "=" not in first[1] else "")
    name = _FILE_NAME.search(words)
    title = f' {{title="{name[1]}"}}' if name else ""
    lines = block.split("\n")
    if is_cell:
        lines = [lines[0], *(line for line in lines[1:] if not _CELL_OPTION.fullmatch(line))]
    lines[0] = f"{fence['indent']}{fence['marks']}{language or ('text' if title else '')}{title}"
    return "\n".join(lines)


def _convert_spans(source: MappedText, context: DialectContext) -> Iterator[Edit]:
    """Yield an edit for each ``[text]{.class}``: the text, or nothing if the class hides it."""
    spans = read_spans(source.text)
    for match in _SPAN.finditer(source.text):
        if is_code(spans, match.start()):
            continue
        if names_hidden_passage(match["list"]) or "when-" in match["list"]:
            what = f"a text was left out: {{{match['list']}}} hides it"
            context.report_hidden(source.line_at(match.start()), what)
            yield Edit(match.start(), match.end(), "")
        else:
            yield Edit(match.start(), match.end(), match["words"])


def convert_attributes(text: str, spans: Sequence[SourceSpan], *, has_captions: bool) -> Iterator[Edit]:
    """Yield an edit for each list in braces: an image keeps its size, a heading its id, raw HTML its text.

    ``has_captions``: the words of an image that is a paragraph are its caption.
    """
    owners = {span.end: span for span in spans if span.kind in {"image", "link", "code"} and not span.is_block}
    lists = {match.start(): match for match in _ATTRIBUTES.finditer(text)}
    for span in spans:
        if span.kind == "image" and span.target_start >= 0:
            yield _convert_image(text, span, lists.get(span.end), has_captions=has_captions)
    for start, match in lists.items():
        if start in owners and owners[start].kind != "image":
            yield _convert_inline(text, owners[start], match)
    yield from _convert_headings(text, spans)


def _convert_inline(text: str, owner: SourceSpan, match: re.Match[str]) -> Edit:
    """Return the edit for the list behind a link or inline code, which is raw text if its list names a format."""
    if not match["list"].startswith("=") or owner.kind != "code":
        return Edit(match.start(), match.end(), "")
    code = text[owner.start : owner.end].strip("`")
    return Edit(owner.start, match.end(), code if match["list"].strip() == "=html" else "")


def _convert_headings(text: str, spans: Sequence[SourceSpan]) -> Iterator[Edit]:
    """Yield an edit for the list at the end of each heading: its id stays."""
    for span in spans:
        heading = _HEADING_LIST.search(text, span.start, span.end) if span.kind == "heading" else None
        if heading and not names_hidden_passage(heading["list"]):
            ident = _ID.search(heading["list"])
            yield Edit(heading.start(), heading.end(), f" {{#{ident[1]}}}" if ident else "")


def _convert_image(text: str, span: SourceSpan, attributes: re.Match[str] | None, *, has_captions: bool) -> Edit:
    """Return the edit for an image."""
    written = attributes["list"] if attributes else ""
    end = attributes.end() if attributes else span.end
    size = image_attributes(written)
    words = text[span.start + 2 : span.label_end]
    alt = _ALT.search(written)
    is_titled = text[span.target_end : span.end].strip(" )>") != ""
    above, below = text[: span.start], text[end:]
    is_paragraph = re.search(r"(?:\A|\n[ \t]*\n)\Z", above) is not None and re.match(
        r"[ \t]*(?:\n[ \t]*(?:\n|\Z)|\Z)", below
    )
    if is_titled or not is_paragraph or not has_captions:
        image = (
            text[span.start : span.end] if words or not alt else f"![{_plain(alt[1])}{text[span.label_end : span.end]}"
        )
    else:
        image = figure(span.target, _plain(alt[1]) if alt else "", words).strip("\n")
    return Edit(span.start, end, image + (f"{{{size}}}" if size else ""))


def _plain(words: str) -> str:
    return words.replace("[", "").replace("]", "")


def _convert_references(source: MappedText, context: DialectContext) -> Iterator[Edit]:
    """Yield an edit for each reference to an equation; citations and other references stay, and are items."""
    text = source.text
    if "@" not in text:
        return
    spans = [span for span in read_spans(text) if span.kind in {"code", "link", "image", "html", "formula"}]

    def is_plain(match: re.Match[str]) -> bool:
        return not any(span.start <= match.start() < span.end for span in spans)

    for match in filter(is_plain, _EQUATION.finditer(text)):
        if f"{{#{match[1]}}}" in text:
            yield Edit(match.start(), match.end(), f"\\eqref{{{match[1]}}}")
    for match in filter(is_plain, _REFERENCE.finditer(text)):
        what = f"{match[0]} is shown as it was written"
        context.report(source.line_at(match.start()), "Cross-reference", what, "write a link: [figure 1](#id)")
    for match in filter(is_plain, _BRACKETED.finditer(text)):
        is_reference = _REFERENCE.search(match[0]) or _EQUATION.search(match[0])
        if _CITED.search(match[0]) and not is_reference:
            what = f"{match[0][:60]} cites an entry of a .bib file"
            todo = "put that file into the content folder, unless it is there"
            context.report(source.line_at(match.start()), "Citation", what, todo)
