"""Diagrams: a code block ``mermaid`` or ``chart`` becomes a picture that is drawn here, not in the reader's browser.

``{#fig-data caption="…" alt="…"}`` behind its name are those of a figure; its source may be in a file, as any code. The
picture takes the way of an image alone in its paragraph; a page shows it as inline SVG, a feed as a file. One that
cannot be drawn is shown as code.
"""

from __future__ import annotations

from copy import copy
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.token import Token
from msgspec import structs

from blog.markdown.attribute_list import AttributeRule
from blog.markdown.attributes import PLACES
from blog.markdown.code import (
    FILE_RULES,
    Fence,
    FenceAttributes,
    highlighted,
    read_attributes,
    report_info,
    split_info,
)
from blog.markdown.code_files import CodeFileError, code_file, read_lines
from blog.markdown.mermaid import MAX_CHARACTERS_OF_TEXT, DiagramError, NoLibraryError, TooLargeError, draw
from blog.markdown.result import make_file
from blog.text import slugify

if TYPE_CHECKING:
    from blog.markdown.code import Info
    from blog.markdown.context import ConversionContext

_WORDS = (AttributeRule("caption"), AttributeRule("alt"))
_ATTRIBUTES = {
    "mermaid": FenceAttributes(
        (*_WORDS, *FILE_RULES), 'write {#fig-data caption="…" alt="…"}', classes=PLACES, allows_id=True
    ),
    "chart": FenceAttributes(
        (*_WORDS, *map(AttributeRule, ("x", "y", "by", "log", "kind")), AttributeRule("csv", "path")),
        "write {csv=runs.csv x=step y=loss}",
        classes=PLACES,
        allows_id=True,
    ),
}
"""Language of a block → its attributes."""
_NAMES = {"mermaid": "diagram", "chart": "chart"}
_LABELS = {"mermaid": "text.diagram", "chart": "text.chart"}
"""Kind of a diagram → the key of its name for readers."""
_CLASSES = {"mermaid": "diagram", "chart": "diagram plot"}
_NO_LIBRARY = "a diagram needs mermaid-render, which is not installed: it is shown as code"
_INSTALL = 'install it: pip install "reflective-blog[diagrams]"'


class _Source(NamedTuple):
    """An image that is not to be trusted, and what stands beside it."""

    svg: str
    alternative: str = ""
    below: str = ""
    """HTML that a page has below the figure."""


class _Picture(NamedTuple):
    """The forms of a diagram."""

    page: str
    alternative: str = ""
    path: str = ""
    """Output path of the file for feeds; empty if the diagram is shown as code."""
    below: str = ""
    """HTML that a page has below the figure."""


def set_diagrams(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Replace each diagram by an image alone in its paragraph; report those that cannot be drawn."""
    result: list[Token] = []
    for token in tokens:
        if _is_diagram(token):
            result += _build_paragraph(token, context)
        else:
            result.append(token)
    return result


def _is_diagram(token: Token) -> bool:
    """Return whether a token is a diagram; the code of a notebook's cell is none."""
    if token.type != "fence" or "kernel" in token.meta:
        return False
    return _language(split_info(token.info)) in _ATTRIBUTES


def _language(info: Info) -> str:
    return info.language.lower()


def _build_paragraph(fence: Token, context: ConversionContext) -> list[Token]:
    """Return the tokens of a paragraph with the image of a diagram, and of what stands below it."""
    info = split_info(fence.info)
    report_info(fence, context, _ATTRIBUTES[_language(info)])
    picture = _draw(fence, info, context)
    image = Token("image", "img", 0, attrs=_image_attributes(info, picture.path))
    image.children = [Token("text", "", 0, content=picture.alternative)]
    image.meta = {"made": True, "page": picture.page, "at": 0}
    if not picture.path:
        image.meta["feed"] = f"<pre><code>{escape(_code(fence), quote=False)}</code></pre>\n"
    opening = Token("paragraph_open", "p", 1, map=fence.map, level=fence.level, block=True, meta=fence.meta)
    inline = Token("inline", "", 0, map=fence.map, level=fence.level + 1, block=True, content=fence.info.strip())
    inline.children = [image]
    below = Token("markup", "", 0, level=fence.level, block=True, meta={"page": picture.below, "feed": ""})
    closing = Token("paragraph_close", "p", -1, level=fence.level, block=True)
    return [opening, inline, closing, *([below] if picture.below else [])]


def _image_attributes(info: Info, path: str) -> dict[str, str | int | float]:
    """Return the attributes of the image: its id, its place and its caption are those of any image."""
    attributes: dict[str, str | int | float] = {"src": path}
    items = info.attributes.items
    classes = [item.name for item in items if item.kind == "class" and item.name in PLACES]
    if classes:
        attributes["class"] = " ".join(classes)
    if ident := info.attributes.ident:
        attributes["id"] = ident
    if caption := info.attributes.values.get("caption"):
        attributes["title"] = caption  # as written: it is Markdown, with its own backslashes
    return attributes


def _draw(fence: Token, info: Info, context: ConversionContext) -> _Picture:
    """Return the picture of a diagram, or its code with a problem."""
    try:
        return _draw_forms(fence, info, context)
    except NoLibraryError:
        if all(problem.code != "no-library" for problem in context.problems):
            context.warn(context.locate_word(fence, info.language), "no-library", _NO_LIBRARY, _INSTALL)
    except DiagramError as error:
        if isinstance(error, TooLargeError):
            context.diagram_characters = MAX_CHARACTERS_OF_TEXT
        if (
            fence.content or error.word or not code_file(fence.info)
        ):  # a file that could not be read is reported already
            _report(error, fence, info, context)
    words = context.manner.words
    code = highlighted(_code(fence), Fence(_language(info)), context)
    return _Picture(code, read_attributes(fence.info).get("alt", "") or words.text("text.diagram_source"))


def _code(fence: Token) -> str:
    """Return what is shown of a diagram that is not drawn: its source, or the line that names the file with it."""
    return fence.content or f"{fence.info.strip()}\n"


def _report(error: DiagramError, fence: Token, info: Info, context: ConversionContext) -> None:
    """Report why a diagram cannot be drawn, at the position in its source."""
    location, message = context.locate_word(fence, info.language), error.message
    if error.word:
        start = next((item.start for item in info.attributes.items if item.name == error.word), 0)
        location = context.locate_behind(fence, len(fence.markup) + start)
    elif code_file(fence.info):
        location = context.locate_word(fence, "file")
        if error.offset >= 0:
            row = fence.content.count("\n", 0, error.offset)
            message = f"line {row + 1}: {message}"
    elif error.offset >= 0:
        source = copy(fence)
        first, end = fence.map or [0, 1]
        source.map = [first + 1, end]  # the fence itself is no line of the source
        location = context.locate(source, error.offset)
    context.error(location, "diagram", f"the {_NAMES[_language(info)]} cannot be drawn: {message}", error.hint)


def _draw_forms(fence: Token, info: Info, context: ConversionContext) -> _Picture:
    """Draw a diagram and add its file; raise :class:`DiagramError` or :class:`NoLibraryError`."""
    from blog.markdown import drawings  # noqa: PLC0415  (5 ms that a text without diagrams does not pay)
    from blog.markdown.svg import RefusedError  # noqa: PLC0415

    if context.diagram_characters >= MAX_CHARACTERS_OF_TEXT:
        raise DiagramError("the diagrams above it are too large, so it is not tried")
    source = _draw_chart(fence, context) if _language(info) == "chart" else _Source(draw(fence.content))
    context.diagram_characters += len(source.svg)
    try:
        drawing = drawings.read_drawing(source.svg)
        alternative = read_attributes(fence.info).get("alt", "") or source.alternative or drawings.find_title(drawing)
        svg, data = drawings.page_svg(drawing, alternative), drawings.file_svg(drawing)
    except RefusedError as error:
        raise DiagramError("the library made an unsafe picture of it") from error
    file = make_file(slugify(info.attributes.ident) or "diagram", ".svg", data, context.start(fence))
    context.made_files.append(structs.replace(file, is_for_feeds=True))
    name, classes = context.manner.words.text(_LABELS[_language(info)]), _CLASSES[_language(info)]
    page = f'<div class="{classes}" role="group" aria-label="{escape(name)}" tabindex="0">{svg}</div>'
    return _Picture(page, alternative, file.path, source.below)


def _draw_chart(fence: Token, context: ConversionContext) -> _Source:
    """Draw the numbers of a CSV file, or of the block itself. Raises :class:`DiagramError`."""
    from blog.markdown.chart_data import describe_plot, plot_table, read_plot  # noqa: PLC0415  (as above)
    from blog.markdown.plots import draw_plot  # noqa: PLC0415

    attributes = read_attributes(fence.info)
    lines = fence.content.removesuffix("\n").split("\n")
    if written := attributes.get("csv"):
        if fence.content.strip():
            message, hint = (
                f'the block shows "{written}", and has lines of its own',
                "delete the lines, or take out csv",
            )
            raise DiagramError(message, hint, word="csv")
        try:
            lines = read_lines(written, context)
        except CodeFileError as error:
            raise DiagramError(error.message, error.hint, word="csv") from error
    elif not fence.content.strip():
        raise DiagramError("the chart has no numbers", "name a file, csv=runs.csv, or write its lines into the block")
    plot = read_plot(lines, attributes)
    words = context.manner.words
    return _Source(draw_plot(plot), describe_plot(plot, words), plot_table(plot, words))
