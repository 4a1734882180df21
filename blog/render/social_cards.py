"""Cards: the pictures that other sites show with a link, drawn by Pillow from words and the theme's fonts.

A card looks like the head of a page: what stands in the margin, the line, the title. Its bytes are the same wherever
the same version of Pillow draws it.
"""

from __future__ import annotations

import io
import math
import unicodedata
import warnings
import zlib
from bisect import bisect_right
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from blog.system.workers import ResourceLimit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.content.theme import CardStyle
    from blog.views.outputs import CardView

SIZE = (1200, 630)
"""Pixels: what the sites that show cards ask for."""
DRAWING = ResourceLimit(5, 1 << 30)
"""Limit for one card: a font with thousands of letters takes a fiftieth of it."""
_LARGEST_FIRST = (84, 72, 60, 50, 42)
"""Sizes of a title."""
_SMALL = 30
"""Font size of everything but the title, in pixels."""
_MARGIN, _LINE, _COLUMN, _EDGE = 48, 324, 364, 1140
"""From the left, in pixels: margin, rule, start and end of the text column."""
_NAME, _TOP, _BOTTOM = 104, 150, 590
"""From the top, in pixels: base line of the blog's name, and the area of the title."""
_LEADING = 1.2
_MOST, _ROWS = 400, 12
"""Letters of a text, and lines in the margin: there is no room for more."""
_INK, _SOFT = 14, 9
"""Levels above the ground: with the line's colour there are sixteen, which is four bits for a pixel."""
_NOWHERE = "\U0010fffe"
"""A character that no font has."""


class FontError(Exception):
    """A file is no font, or nothing can be drawn with it."""

    def __init__(self, number: int) -> None:
        super().__init__(f"font {number} cannot be read")
        self.number = number


@contextmanager
def _using(number: int) -> Iterator[None]:
    """Blame the font of that number for what goes wrong. Only a lack of memory is told by itself."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except MemoryError:
        raise
    except Exception as error:
        raise FontError(number) from error


def draw_card(view: CardView, files: Sequence[bytes]) -> bytes:
    """The card as PNG; ``files`` are fonts, and each letter is of the first that has it. Raises :class:`FontError`.

    Signs that no font has, such as emoji, are left out. Words in letters that none has, or that have to be joined or to
    run from right to left, are left out whole: a title gives way to the blog's name.
    """
    from PIL import Image, ImageDraw  # noqa: PLC0415  (30 ms that a build without new cards saves)

    image = Image.new("P", SIZE, 0)
    pen = _Pen(ImageDraw.Draw(image), _fonts(tuple(files)))
    title, name, *beside = (pen.fonts.settable(text[:_MOST]) for text in (view.title, view.name, *view.beside[:_ROWS]))
    size, lines = pen.fonts.fitted(title or name)
    step = round(size * _LEADING)
    first = (_TOP + _BOTTOM - len(lines) * step) // 2 + size
    pen.write(_COLUMN, first, lines, size, step, _INK)
    if title:
        pen.write(_COLUMN, _NAME, [pen.fonts.cut(name, _SMALL, _EDGE - _COLUMN)], _SMALL, 0, _SOFT)
    down = round(_SMALL * 1.4)
    shown = [pen.fonts.cut(text, _SMALL, _LINE - _MARGIN - 16) for text in beside][: 1 + (_BOTTOM - first) // down]
    pen.write(_MARGIN, first, shown, _SMALL, down, _SOFT)
    return _png(image, view.style)


def _png(image: Any, style: CardStyle) -> bytes:
    """``image``, whose colours are levels between ground and ink, with a line and in the colours of a theme."""
    from PIL import ImageColor  # noqa: PLC0415

    ground, ink, line = (ImageColor.getrgb(colour) for colour in (style.ground, style.ink, style.line))
    palette: list[int] = []
    for level in range(_INK + 1):
        palette += (round(low + (high - low) * level / _INK) for low, high in zip(ground, ink, strict=True))
    image.putpalette([*palette, *line])
    image.paste(_INK + 1, (_LINE, 0, _LINE + 3, SIZE[1]))
    buffer = io.BytesIO()
    image.save(
        buffer, "PNG", bits=4, compress_level=1, compress_type=zlib.Z_RLE
    )  # as small as others, in half the time
    return buffer.getvalue()


class _Pen:
    """Writes on a picture."""

    def __init__(self, canvas: Any, fonts: _Fonts) -> None:
        self.canvas = canvas
        self.canvas.fontmode = "L"  # the edges of letters get levels between: that is what the palette's order is for
        self.fonts = fonts

    def write(self, x: int, y: int, lines: Sequence[str], size: int, step: int, shade: int) -> None:
        """Write ``lines`` from base line ``y`` on, each ``step`` below the other."""
        for line in filter(None, lines):
            at = float(x)
            for number, run in self.fonts.runs(line):
                with _using(number):
                    self.canvas.text((at, y), run, font=self.fonts.face(number, size), fill=shade, anchor="ls")
                at += self.fonts.length(number, run, size)
            y += step


@lru_cache(maxsize=2)
def _fonts(files: tuple[bytes, ...]) -> _Fonts:
    return _Fonts(files)


class _Fonts:
    """The fonts of a theme, as one font with all their letters."""

    def __init__(self, files: tuple[bytes, ...]) -> None:
        self.files = files
        self.faces: dict[tuple[int, int], Any] = {}
        self.homes: dict[str, int | None] = {}
        self.widths: dict[tuple[str, int], float] = {}

    def face(self, number: int, size: int) -> Any:
        """A font in a size."""
        from PIL import ImageFont  # noqa: PLC0415

        if (number, size) not in self.faces:
            # Raqm, the other layout, is not everywhere: letters would stand elsewhere on another machine.
            layout = ImageFont.Layout.BASIC
            with _using(number):
                face = ImageFont.truetype(io.BytesIO(self.files[number]), size, layout_engine=layout)
            self.faces[number, size] = face
        return self.faces[number, size]

    def length(self, number: int, run: str, size: int) -> float:
        """Return the width of ``run`` in a font, in pixels."""
        face = self.face(number, size)
        with _using(number):
            return float(face.getlength(run))

    def _home(self, letter: str) -> int | None:
        """The number of the first font that has ``letter``."""
        if letter not in self.homes:
            has = (number for number in range(len(self.files)) if self._has(number, letter))
            self.homes[letter] = next(has, None)
        return self.homes[letter]

    def _has(self, number: int, letter: str) -> bool:
        face = self.face(number, _SMALL)
        with _using(number):
            drawn, nothing = face.getmask(letter), face.getmask(_NOWHERE)
            return letter.isspace() or drawn.size != nothing.size or bytes(drawn) != bytes(nothing)

    def settable(self, text: str) -> str:
        """``text`` without the signs that no font has; empty if it would lose letters."""
        kept = []
        for letter in unicodedata.normalize("NFC", " ".join(text.split())):
            kind = unicodedata.category(letter)
            if unicodedata.bidirectional(letter) in {"R", "AL", "AN"} or (kind in {"Mn", "Mc"} and letter != "\ufe0f"):
                return ""
            if self._home(letter) is not None:
                kept.append(letter)
            elif kind[0] in "LN":
                return ""
        return " ".join("".join(kept).split())

    def runs(self, text: str) -> Iterator[tuple[int, str]]:
        """``text`` in pieces of one font each, with its number."""
        start = 0
        for at in range(1, len(text) + 1):
            if at == len(text) or self._home(text[at]) != self._home(text[start]):
                yield self._home(text[start]) or 0, text[start:at]
                start = at

    def width(self, text: str, size: int) -> float:
        """Return the width of ``text`` in pixels, as the sum of its words, which are cached."""
        words = text.split(" ")
        for word in (*words, " "):
            if (word, size) not in self.widths:
                self.widths[word, size] = self.measured(word, size)
        return sum(self.widths[word, size] for word in words) + self.widths[" ", size] * (len(words) - 1)

    def measured(self, text: str, size: int) -> float:
        """The same, measured."""
        return float(sum(self.length(number, run, size) for number, run in self.runs(text)))

    def _room(self, text: str, size: int, width: int, after: str = "") -> int:
        """Return the number of letters of ``text`` that, with ``after`` behind them, fit into ``width``."""
        fits = [*range(1, len(text) + 1)]
        return bisect_right(fits, width, key=lambda end: math.ceil(self.measured(text[:end] + after, size)))

    def cut(self, text: str, size: int, width: int) -> str:
        """``text``, or as much of its beginning as is not wider than ``width``."""
        if self.width(text, size) <= width:
            return text
        return f"{text[: self._room(text, size, width, '…')].rstrip()}…"

    def fitted(self, title: str) -> tuple[int, list[str]]:
        """The largest size in which ``title`` has room, and its lines, as even as can be; or what there is room for."""
        for size in _LARGEST_FIRST:
            most = int((_BOTTOM - _TOP) / (size * _LEADING))
            lines = self._broken(title, size, _EDGE - _COLUMN)
            if len(lines) <= most and (size <= _LARGEST_FIRST[-2] or len(lines) <= 3):
                return size, self._even(title, size, len(lines))
        return size, [*lines[: most - 1], self.cut(" ".join(lines[most - 1 :]), size, _EDGE - _COLUMN)]

    def _even(self, title: str, size: int, count: int) -> list[str]:
        """``title`` in ``count`` lines, the widest as narrow as can be."""
        narrow, wide = 0, _EDGE - _COLUMN
        while wide - narrow > 8:
            middle = (narrow + wide) // 2
            if len(self._broken(title, size, middle)) > count:
                narrow = middle
            else:
                wide = middle
        return self._broken(title, size, wide)

    def _broken(self, text: str, size: int, width: int) -> list[str]:
        """``text`` in lines not wider than ``width``: broken between words, and within words that are wider."""
        lines: list[str] = []
        for word in text.split(" "):
            if lines and self.width(f"{lines[-1]} {word}", size) <= width:
                lines[-1] = f"{lines[-1]} {word}"
            else:
                lines += self._pieces(word, size, width)
        return lines

    def _pieces(self, word: str, size: int, width: int) -> Iterator[str]:
        while len(word) > 1 and self.width(word, size) > width:
            end = max(1, self._room(word, size, width))
            yield word[:end]
            word = word[end:]
        yield word
