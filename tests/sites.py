"""Tiny sites on disk, written from a dict of paths and texts; and problems as lines that tests compare."""

import io
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from blog.errors import Problem

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


def told(problems: Iterable[Problem]) -> list[str]:
    """One line for each problem: `3:8 error unknown-key: unknown key "dratf" -- did you mean "draft"?`."""
    return [
        f"{problem.place.line}:{problem.place.column} {problem.severity} {problem.code}: {problem.message}"
        + (f" -- {problem.hint}" if problem.hint else "")
        for problem in problems
    ]
