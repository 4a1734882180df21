"""Tiny sites on disk, written from a dict of paths and texts; and problems as lines that tests compare."""

import io
import os
import struct
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from blog.problems import Location, Problem

SETTINGS = 'title = "T"\nurl = "https://example.org"\n'


def site(tmp_path: Path, files: Mapping[str, str | bytes]) -> Path:
    """The folder `tmp_path` with these files, and with a short `blog.toml` unless one is given."""
    for name, content in {"blog.toml": SETTINGS, **files}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return tmp_path


def picture(width: int, height: int, form: str = "PNG", colour: str = "teal", **saved: object) -> bytes:
    """A picture of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, form, **saved)
    return buffer.getvalue()


def refuse(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let the system refuse to open files of this name."""
    open_file = os.open

    def refusing(path: str, flags: int, *given: Any, **more: Any) -> int:
        if Path(path).name == name:
            raise PermissionError(13, "Permission denied", path)
        return open_file(path, flags, *given, **more)

    monkeypatch.setattr(os, "open", refusing)


def slow_picture(scans: int, side: int = 2000) -> bytes:
    """A progressive JPEG that says the last of its details again and again: each time the whole picture is gone over."""
    data = picture(side, side, "JPEG", progressive=True)
    last = data.rfind(b"\xff\xda")
    return data[:last] + data[last:-2] * scans + data[-2:]


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG that says it is so large, and has no more than these chunks and a thousand empty lines."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    every = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(bytes(width * 4 + 1) * 1000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in every
    )


def told(problems: Iterable[Problem]) -> list[str]:
    """One line for each problem: `3:8 error unknown-key: unknown key "dratf" -- did you mean "draft"?`.

    In a notebook the number of the cell is in front, as in `cell-2:3:8`, or `cell-2` for the cell as a whole.
    """
    return [
        f"{_position(problem.location)} {problem.severity} {problem.code}: {problem.message}"
        + (f" -- {problem.hint}" if problem.hint else "")
        for problem in problems
    ]


def _position(location: Location) -> str:
    if not location.cell:
        return f"{location.line}:{location.column}"
    return f"cell-{location.cell}" + (f":{location.line}:{location.column}" if location.line else "")
