"""Markdown: the types of a converted text (HTML for pages and feeds, headings, links).

CommonMark 0.31.2 <https://spec.commonmark.org/0.31.2/> by markdown-it-py, with tables, strikethrough, bare URLs,
footnotes, definition and task lists, callouts, figures, heading ids, private passages and typography.
No module here reads files: links are placeholders until :func:`fill_placeholders` replaces them.
:func:`blog.markdown.convert.convert_markdown` converts a text. Import it where it is used: it imports the parser.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from msgspec import Struct

from blog.markdown.result import (
    TEXT_SECTIONS,
    ConvertedText,
    Heading,
    MadeFile,
    MarkdownOptions,
    Reference,
    RenderedHtml,
    TextInfo,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "TEXT_SECTIONS",
    "ConvertedText",
    "DarkImage",
    "Heading",
    "MadeFile",
    "MarkdownOptions",
    "Reference",
    "RenderedHtml",
    "ResponsiveImage",
    "TextInfo",
    "fill_placeholders",
]


class DarkImage(Struct, frozen=True, array_like=True):
    """The image that replaces another one where the page is dark."""

    width: int
    height: int
    srcset: str
    sizes: str


class ResponsiveImage(Struct, frozen=True, array_like=True):
    """The size of an image on a page, and its smaller versions."""

    width: int
    height: int
    srcset: str = ""
    """Addresses of smaller versions and their widths, as in HTML; empty if there are none."""
    sizes: str = ""
    """The ``sizes`` attribute: how wide the theme shows the image."""
    is_chart: bool = False
    """It is drawn on a white or transparent ground."""
    dark: DarkImage | None = None

    @property
    def versions(self) -> str:
        """The ``srcset`` and ``sizes`` attributes; empty if there are no smaller versions."""
        if not self.srcset:
            return ""
        return f' srcset="{escape(self.srcset)}" sizes="{escape(self.sizes)}"'


_NO_PICTURES: Mapping[int, ResponsiveImage] = {}


def fill_placeholders(
    html: str,
    targets: Sequence[str],
    prefix: str = "",
    pictures: Mapping[int, ResponsiveImage] = _NO_PICTURES,
) -> str:
    """Replace the placeholders of ``html`` (see :class:`RenderedHtml`).

    The n-th link leads to ``targets[n]``, ``pictures`` are by number of the link, ``prefix`` starts the ids of a feed
    entry.
    """
    if "\0" not in html:
        return html
    parts = html.split("\0")
    for index in range(1, len(parts), 2):
        placeholder = parts[index]
        match placeholder[:1]:
            case ":":
                parts[index] = prefix
            case "+" | "*":
                parts[index] = _image_attributes(placeholder, pictures)
            case "c" | "C" | "(" | ")" | "[" | "]":
                parts[index] = _page_form(placeholder, pictures, targets)
            case _:
                parts[index] = escape(targets[int(placeholder)])
    return "".join(parts)


def _image_attributes(placeholder: str, pictures: Mapping[int, ResponsiveImage]) -> str:
    """Return the versions of an image, after its size if the placeholder is ``+number``; empty if it has none."""
    image = pictures.get(int(placeholder[1:]))
    if image is None:
        return ""
    if placeholder.startswith("*"):
        return image.versions
    return f' width="{image.width}" height="{image.height}"{image.versions}'


_CHART_CLASS = {"c": ' class="chart"', "C": " chart"}
"""The class of a chart, alone or behind others."""


_LARGE = 800
"""Width from which on the image of a figure leads to its original: a phone, and a text column, show less of it."""


def _page_form(placeholder: str, pictures: Mapping[int, ResponsiveImage], targets: Sequence[str]) -> str:
    """Return what only pages have of an image: its class, or the tags around it."""
    kind, slot = placeholder[0], int(placeholder[1:])
    image = pictures.get(slot)
    if image is None:
        return ""
    if kind in "[]":
        return _original_link(kind, image, targets[slot])
    if kind in _CHART_CLASS:
        return _CHART_CLASS[kind] if image.is_chart else ""
    if image.dark is None:
        return ""
    return f"<picture>{_dark_source(image.dark)}" if kind == "(" else "</picture>"


def _original_link(kind: str, image: ResponsiveImage, target: str) -> str:
    if image.width < _LARGE:
        return ""
    return f'<a class="original" href="{escape(target)}">' if kind == "[" else "</a>"


def _dark_source(image: DarkImage) -> str:
    sizes = f' sizes="{escape(image.sizes)}"' if image.sizes else ""
    size = f'width="{image.width}" height="{image.height}"'
    return f'<source media="screen and (prefers-color-scheme: dark)" srcset="{escape(image.srcset)}"{sizes} {size}>'
