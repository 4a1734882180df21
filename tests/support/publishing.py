"""Building tiny sites in a test, and reading what came out."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from blog.build import build
from blog.cache.workspace import locate_folders
from blog.preview.serve import preview_folder
from blog.problems import BlogError
from blog.site.visibility import Audience
from blog.stages.context import BuildOptions, Report
from blog.views.feeds import FORMATS
from tests.support.sites import site

FEEDS = tuple(row.file_name for row in FORMATS)
"""Paths of the feeds of a whole blog."""
NOW = dt.datetime(2026, 6, 1, 12, 0, tzinfo=dt.UTC)


def order(root: Path, **options: Any) -> BuildOptions:
    """What to build: `drafts`, `future` and `private` say for whom, the rest are fields of `Order`."""
    audience = {name: options.pop(name) for name in ("drafts", "future", "private") if name in options}
    now = options.pop("now", NOW)
    return BuildOptions(
        root=root, output=options.pop("output", root / "public"), audience=Audience(now, **audience), **options
    )


def build_folder(root: Path, **options: Any) -> Report:
    """Build the site in `root`."""
    return build(order(root, **options))


def preview_of(root: Path) -> Path:
    """The folder in which `blog serve` builds."""
    return preview_folder(root)


def left_over(root: Path) -> list[Path]:
    """What a build of the site in `root` into `root/public` has left: stages and their records."""
    return [*root.glob(".blog-*"), *locate_folders(root).state.glob("stage-*")]


def outputs(root: Path) -> dict[str, bytes]:
    """Every file of the output folder, but the manifest, by path."""
    public = root / "public"
    files = (path for path in sorted(public.rglob("*")) if path.is_file() and path.name != ".blog-manifest")
    return {path.relative_to(public).as_posix(): path.read_bytes() for path in files}


def publish(tmp_path: Path, files: dict[str, str | bytes], **options: Any) -> dict[str, str]:
    """Write a tiny site, build it, and give its outputs as texts."""
    root = site(tmp_path, files)
    build_folder(root, **options)
    return {path: data.decode("utf-8", "replace") for path, data in outputs(root).items()}


def problems(tmp_path: Path, files: dict[str, str | bytes], **options: Any) -> list[str]:
    """Write a tiny site whose build must fail; give its messages as `path:line:column: message (hint)`."""
    root = site(tmp_path, files)
    with pytest.raises(BlogError) as caught:
        build_folder(root, **options)
    return [
        f"{found.location.format(found.location.path)}: {found.message}" + (f" ({found.hint})" if found.hint else "")
        for found in sorted(caught.value.problems)
    ]


def post(title: str = "A post", date: str = "2024-01-01", text: str = "Some words.", **keys: str) -> str:
    """A post; `keys` are further lines of front matter."""
    more = "".join(f"{key}: {value}\n" for key, value in keys.items())
    return f'---\ntitle: "{title}"\ndate: {date}\n{more}---\n{text}\n'
