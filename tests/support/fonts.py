"""A TrueType font of a few glyphs, written by hand: its letters are made of parts, which are made of parts."""

import struct


def font(depth: int, parts: int, scale: int = 1000) -> bytes:
    """A font in which each of A to Z, and each part of it down to ``depth``, is made of so many parts of the next kind.

    The last of them is empty: nothing is drawn, after ``parts`` to the power of ``depth`` steps. ``scale`` is how many
    units are as long as the font is high.
    """
    glyphs = [_outline(), b"" if depth else _outline(), *(_composite(at + 1, parts) for at in range(depth))]
    return _file(
        {
            b"cmap": _characters(len(glyphs) - 1),
            b"glyf": b"".join(glyphs),
            b"head": struct.pack(">IIIIHHqqhhhhHHhhh", 1 << 16, 1 << 16, 0, 0x5F0F3CF5, 0, scale, 0, 0, 0, 0, 9, 9, 0, 8, 2, 1, 0),
            b"hhea": struct.pack(">IhhhHhhhhhh4hhH", 1 << 16, 800, -200, 0, 500, 0, 0, 9, 1, 0, 0, 0, 0, 0, 0, 0, 1),
            b"hmtx": struct.pack(">Hh", 500, 0) + bytes(2 * (len(glyphs) - 1)),
            b"loca": b"".join(struct.pack(">I", sum(map(len, glyphs[:at]))) for at in range(len(glyphs) + 1)),
            b"maxp": struct.pack(">I14H", 1 << 16, len(glyphs), 3, 1, 999, 999, 2, 0, 0, 0, 0, 0, 0, parts, depth),
        }
    )  # fmt: skip


def _outline() -> bytes:
    """A triangle."""
    flags, across, up = b"\1\1\1", struct.pack(">hhh", 0, 400, 0), struct.pack(">hhh", 0, 0, 400)
    return _even(struct.pack(">hhhhhHH", 1, 0, 0, 400, 400, 2, 0) + flags + across + up)


def _composite(glyph: int, parts: int) -> bytes:
    more = [0x20 if at + 1 < parts else 0 for at in range(parts)]
    every = b"".join(struct.pack(">HHhh", 0x0003 | flag, glyph, 0, 0) for flag in more)
    return _even(struct.pack(">hhhhh", -1, 0, 0, 400, 400) + every)


def _even(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _characters(glyph: int) -> bytes:
    """A to Z, a to z and those of Russian are all one glyph."""
    every = [(code, code, glyph) for first in (65, 97, 0x410, 0x42A) for code in range(first, first + 26)]
    table = struct.pack(">HHIII", 12, 0, 16 + 12 * len(every), 0, len(every))
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table + b"".join(struct.pack(">III", *each) for each in every)


def _file(tables: dict[bytes, bytes]) -> bytes:
    names = sorted(tables)
    at = 12 + 16 * len(names)
    directory, contents = struct.pack(">IHHHH", 1 << 16, len(names), 64, 2, 48), b""
    for name in names:
        directory += name + struct.pack(">III", 0, at + len(contents), len(tables[name]))
        contents += _even(tables[name])
    return directory + contents
