"""Tiny sites on disk, written from a dict of paths and texts."""

from pathlib import Path

SETTINGS = 'title = "T"\nurl = "https://example.org"\n'


def site(tmp_path: Path, files: dict[str, str | bytes]) -> Path:
    """The folder `tmp_path` with these files, and with a short `blog.toml` unless one is given."""
    for name, content in {"blog.toml": SETTINGS, **files}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return tmp_path
