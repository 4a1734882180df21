"""Social cards: the images that other sites show with a link, drawn by Pillow with the fonts of the theme.

A card looks like the head of a page: the texts in the margin, the line, the title. Its bytes are the same on every
machine with the same version of Pillow.
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
from itertools import groupby
from typing import TYPE_CHECKING, Any

from blog.system.workers import ResourceLimit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.content.theme import CardStyle
    from blog.views.outputs import CardView

SIZE = (1200, 630)
"""Pixels: the size that the sites which show cards recommend."""
DRAWING = ResourceLimit(5, 1 << 30)
"""Limit for one card: a font with thousands of glyphs takes a fiftieth of it."""
_LARGEST_FIRST = (84, 72, 60, 50, 42)
"""Font sizes of a title, in pixels."""
_SMALL = 30
"""Font size of everything but the title, in pixels."""
_MARGIN, _LINE, _COLUMN, _EDGE = 48, 324, 364, 1140
"""From the left, in pixels: margin, rule, start and end of the text column."""
_NAME, _TOP, _BOTTOM = 104, 150, 590
"""From the top, in pixels: base line of the blog's name, and the area of the title."""
_LEADING = 1.2
_MAX_CHARACTERS, _MAX_ROWS = 400, 12
"""Characters of a text, and lines in the margin: there is no room for more."""
_INK, _SOFT = 14, 9
"""Palette levels above the background: with the line's colour there are sixteen, which is four bits for a pixel."""
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
"""Bidirectional classes."""
_COMBINING = {"Mn", "Mc"}
"""Categories of combining marks, which have to be placed on the letter before them."""
_VARIATION_SELECTOR = "\ufe0f"
_UNASSIGNED = "\U0010fffe"
"""A character that no font has."""


class FontError(Exception):
    """A file is no font, or Pillow cannot draw with it."""

    def __init__(self, number: int) -> None:
        super().__init__(f"font {number} cannot be read")
        self.number = number


@contextmanager
def _as_font_error(number: int) -> Iterator[None]:
    """Raise each exception as a :class:`FontError` with this number, except for a lack of memory."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except MemoryError:
        raise
    except Exception as error:
        raise FontError(number) from error


def draw_card(view: CardView, files: Sequence[bytes]) -> bytes:
    """Return the card as PNG; ``files`` are fonts. Each letter is drawn in the first font that has it.

    Signs that no font has, such as emoji, are left out. A text is left out whole if it has letters that no font has, or
    letters that have to be joined or to run from right to left: the blog's name replaces a title. Raises
    :class:`FontError`.
    """
    from PIL import Image, ImageDraw  # noqa: PLC0415  (30 ms that a build without new cards saves)

    image = Image.new("P", SIZE, 0)
    pen = _Pen(ImageDraw.Draw(image), _load_fonts(tuple(files)))
    texts = (view.title, view.name, *view.beside[:_MAX_ROWS])
    title, name, *margin = (pen.fonts.strip_undrawable(text[:_MAX_CHARACTERS]) for text in texts)
    first_line = pen.write_title(title or name)
    if title:
        pen.write(_COLUMN, _NAME, [pen.fonts.shorten(name, _SMALL, _EDGE - _COLUMN)], _SMALL, 0, _SOFT)
    pen.write_margin(margin, first_line)
    return _encode_png(image, view.style)


def _encode_png(image: Any, style: CardStyle) -> bytes:
    """Add the line to ``image``, give its palette levels the colours of a theme, and return it as PNG."""
    from PIL import ImageColor  # noqa: PLC0415

    ground, ink, line = (ImageColor.getrgb(colour) for colour in (style.ground, style.ink, style.line))
    palette: list[int] = []
    for level in range(_INK + 1):
        palette += (round(low + (high - low) * level / _INK) for low, high in zip(ground, ink, strict=True))
    image.putpalette([*palette, *line])
    image.paste(_INK + 1, (_LINE, 0, _LINE + 3, SIZE[1]))
    buffer = io.BytesIO()
    # As small as with other options, in half of the time.
    image.save(buffer, "PNG", bits=4, compress_level=1, compress_type=zlib.Z_RLE)
    return buffer.getvalue()


class _Pen:
    """Writes on an image."""

    def __init__(self, canvas: Any, fonts: _Fonts) -> None:
        self.canvas = canvas
        self.canvas.fontmode = "L"  # antialiasing: the palette has the levels in order
        self.fonts = fonts

    def write(self, x: int, y: int, lines: Sequence[str], size: int, step: int, shade: int) -> None:
        """Write ``lines`` from base line ``y`` on, each ``step`` below the other."""
        for line in filter(None, lines):
            run_x = float(x)
            for number, run in self.fonts.split_runs(line):
                with _as_font_error(number):
                    self.canvas.text((run_x, y), run, font=self.fonts.load_face(number, size), fill=shade, anchor="ls")
                run_x += self.fonts.measure_run(number, run, size)
            y += step

    def write_title(self, title: str) -> int:
        """Write the title in the middle of its area; return its first base line."""
        size, lines = self.fonts.fit_title(title)
        step = round(size * _LEADING)
        first_line = (_TOP + _BOTTOM - len(lines) * step) // 2 + size
        self.write(_COLUMN, first_line, lines, size, step, _INK)
        return first_line

    def write_margin(self, texts: Sequence[str], first_line: int) -> None:
        """Write as many ``texts`` into the margin as there is room below the base line ``first_line``."""
        step = round(_SMALL * 1.4)
        rows = 1 + (_BOTTOM - first_line) // step
        lines = [self.fonts.shorten(text, _SMALL, _LINE - _MARGIN - 16) for text in texts][:rows]
        self.write(_MARGIN, first_line, lines, _SMALL, step, _SOFT)


@lru_cache(maxsize=2)
def _load_fonts(files: tuple[bytes, ...]) -> _Fonts:
    return _Fonts(files)


class _Fonts:
    """The fonts of a theme, used as one font with the glyphs of all."""

    def __init__(self, files: tuple[bytes, ...]) -> None:
        self.files = files
        self.faces: dict[tuple[int, int], Any] = {}
        """(number of a font, size) → Pillow's font."""
        self.font_numbers: dict[str, int | None] = {}
        """Character → number of the first font that has it."""
        self.widths: dict[tuple[str, int], float] = {}
        """(word, size) → width in pixels."""

    def load_face(self, number: int, size: int) -> Any:
        """Return a font in a size."""
        from PIL import ImageFont  # noqa: PLC0415

        if (number, size) not in self.faces:
            # Raqm, the other layout engine, is not on every machine: the positions of letters would differ.
            layout = ImageFont.Layout.BASIC
            with _as_font_error(number):
                face = ImageFont.truetype(io.BytesIO(self.files[number]), size, layout_engine=layout)
            self.faces[number, size] = face
        return self.faces[number, size]

    def measure_run(self, number: int, run: str, size: int) -> float:
        """Return the width of ``run`` in a font, in pixels."""
        face = self.load_face(number, size)
        with _as_font_error(number):
            return float(face.getlength(run))

    def _find_font(self, letter: str) -> int | None:
        """Return the number of the first font that has ``letter``."""
        if letter not in self.font_numbers:
            numbers = (number for number in range(len(self.files)) if self._has_glyph(number, letter))
            self.font_numbers[letter] = next(numbers, None)
        return self.font_numbers[letter]

    def _has_glyph(self, number: int, letter: str) -> bool:
        face = self.load_face(number, _SMALL)
        with _as_font_error(number):
            glyph, missing_glyph = face.getmask(letter), face.getmask(_UNASSIGNED)
            if letter.isspace() or glyph.size != missing_glyph.size:
                return True
            return bytes(glyph) != bytes(missing_glyph)

    def strip_undrawable(self, text: str) -> str:
        """Return ``text`` without the signs that no font has; empty if a letter cannot be drawn."""
        letters = []
        for letter in unicodedata.normalize("NFC", " ".join(text.split())):
            if _needs_layout(letter):
                return ""
            if self._find_font(letter) is not None:
                letters.append(letter)
            elif unicodedata.category(letter)[0] in "LN":
                return ""
        return " ".join("".join(letters).split())

    def split_runs(self, text: str) -> Iterator[tuple[int, str]]:
        """Split ``text`` into runs of one font each: its number and the run."""
        for number, letters in groupby(text, key=self._find_font):
            yield number or 0, "".join(letters)

    def text_width(self, text: str, size: int) -> float:
        """Return the width of ``text`` in pixels, as the sum of its words, which are cached."""
        words = text.split(" ")
        widths = [self._measure_word(word, size) for word in words]
        return sum(widths) + self._measure_word(" ", size) * (len(words) - 1)

    def _measure_word(self, word: str, size: int) -> float:
        if (word, size) not in self.widths:
            self.widths[word, size] = self.measure_text(word, size)
        return self.widths[word, size]

    def measure_text(self, text: str, size: int) -> float:
        """Return the width of ``text`` in pixels as a whole."""
        return float(sum(self.measure_run(number, run, size) for number, run in self.split_runs(text)))

    def _count_fitting(self, text: str, size: int, width: int, ending: str = "") -> int:
        """Return the number of characters of ``text`` that fit into ``width``, with ``ending`` behind them."""
        ends = range(1, len(text) + 1)
        return bisect_right(ends, width, key=lambda end: math.ceil(self.measure_text(text[:end] + ending, size)))

    def shorten(self, text: str, size: int, width: int) -> str:
        """Return ``text``, shortened if it is wider than ``width``."""
        if self.text_width(text, size) <= width:
            return text
        count = self._count_fitting(text, size, width, "…")
        return f"{text[:count].rstrip()}…"

    def fit_title(self, title: str) -> tuple[int, list[str]]:
        """Return the largest font size in which ``title`` has room, and its lines, as even as possible.

        A title that is too long is shortened.
        """
        width = _EDGE - _COLUMN
        for size in _LARGEST_FIRST:
            max_lines = int((_BOTTOM - _TOP) / (size * _LEADING))
            if size > _LARGEST_FIRST[-2]:
                max_lines = min(max_lines, 3)
            lines = self._break(title, size, width)
            breaks_word = size != _LARGEST_FIRST[-1] and any(
                self._breaks(word, size, width) for word in title.split(" ")
            )
            if len(lines) <= max_lines and not breaks_word:
                return size, self._even_out(title, size, len(lines))
        return size, [*lines[: max_lines - 1], self.shorten(" ".join(lines[max_lines - 1 :]), size, width)]

    def _breaks(self, word: str, size: int, width: int) -> bool:
        """Return whether ``word`` would be broken although a smaller size has room for it.

        Chinese and Japanese may be broken between any two characters.
        """
        if self.text_width(word, size) <= width or any(map(_is_wide, word)):
            return False
        return self.text_width(word, _LARGEST_FIRST[-1]) <= width

    def _even_out(self, title: str, size: int, count: int) -> list[str]:
        """Return ``title`` in ``count`` lines, the widest as narrow as possible; no word is broken that has room."""
        wide = _EDGE - _COLUMN
        widths = [self.text_width(word, size) for word in title.split(" ")]
        narrow = max((math.ceil(width) - 1 for width in widths if width <= wide), default=0)
        while wide - narrow > 8:
            middle = (narrow + wide) // 2
            if len(self._break(title, size, middle)) > count:
                narrow = middle
            else:
                wide = middle
        return self._break(title, size, wide)

    def _break(self, text: str, size: int, width: int) -> list[str]:
        """Return ``text`` in lines not wider than ``width``: broken between words, and within words that are wider."""
        lines: list[str] = []
        for word in text.split(" "):
            if lines and self.text_width(f"{lines[-1]} {word}", size) <= width:
                lines[-1] = f"{lines[-1]} {word}"
            else:
                lines += self._split_word(word, size, width)
        return lines

    def _split_word(self, word: str, size: int, width: int) -> Iterator[str]:
        while len(word) > 1 and self.text_width(word, size) > width:
            end = max(1, self._count_fitting(word, size, width))
            yield word[:end]
            word = word[end:]
        yield word


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in {"W", "F"}


def _needs_layout(letter: str) -> bool:
    """Return whether a letter is written from right to left, or combined with the one before it."""
    if unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT:
        return True
    return unicodedata.category(letter) in _COMBINING and letter != _VARIATION_SELECTOR
