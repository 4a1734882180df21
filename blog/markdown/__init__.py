"""Markdown: the types of a converted text (HTML for pages and feeds, headings, links, what was left out), and ``fill``.

CommonMark 0.31.2 <https://spec.commonmark.org/0.31.2/> by markdown-it-py, with tables, strikethrough, bare URLs,
footnotes, definition and task lists, callouts, figures, own heading ids, private passages and typography.
Nothing here reads the disk or knows other files: links stay placeholders until :func:`fill_placeholders`.
:func:`blog.markdown.convert.convert_markdown` does the work. Import it where it is used: it imports the parser.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from msgspec import Struct

from blog.markdown.result import ConvertedText, Heading, MarkdownOptions, Reference, RenderedHtml, TextInfo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "ConvertedText",
    "Heading",
    "MarkdownOptions",
    "Reference",
    "RenderedHtml",
    "ResponsiveImage",
    "TextInfo",
    "fill_placeholders",
]


class ResponsiveImage(Struct, frozen=True, array_like=True):
    """The size of an image on a page, and its smaller versions."""

    width: int
    height: int
    srcset: str = ""
    """Addresses of smaller versions and their widths, as in HTML; empty if there are none."""
    sizes: str = ""
    """The ``sizes`` attribute: how wide the theme shows the image."""

    @property
    def versions(self) -> str:
        """The ``srcset`` and ``sizes`` attributes; empty if there are no smaller versions."""
        return f' srcset="{escape(self.srcset)}" sizes="{escape(self.sizes)}"' if self.srcset else ""


_NO_PICTURES: Mapping[int, ResponsiveImage] = {}


def fill_placeholders(
    html: str,
    targets: Sequence[str],
    prefix: str = "",
    pictures: Mapping[int, ResponsiveImage] = _NO_PICTURES,
    passages: Sequence[str] = (),
) -> str:
    """Close the slots of ``html`` (see :class:`RenderedHtml`).

    The n-th link leads to ``targets[n]``, ``pictures`` are by slot as well, ``prefix`` starts the ids of a feed entry;
    without ``passages`` nothing of them is there.
    """
    if "\0" not in html:
        return html
    parts = html.split("\0")
    for index in range(1, len(parts), 2):
        kind, number = parts[index][:1], parts[index][1:]
        if kind == ":":
            parts[index] = prefix
        elif kind == "!":
            parts[index] = passages[int(number)] if passages else ""
        elif kind in "+*":
            picture = pictures.get(int(number))
            size = f' width="{picture.width}" height="{picture.height}"' if picture and kind == "+" else ""
            parts[index] = size + picture.versions if picture else ""
        else:
            parts[index] = escape(targets[int(parts[index])])
    return "".join(parts)
