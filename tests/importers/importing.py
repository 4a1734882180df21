"""What the tests of `blog import` share: old blogs from a dict of paths, and an import with the program's own check."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from blog.cli.import_command import trial_of
from blog.importers.import_site import ImportOptions, import_site
from blog.importers.report import ImportReport
from tests.support.publishing import build_folder, outputs

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
JEKYLL = 'title: T\nurl: "https://old.example"\n'
HUGO = 'baseURL = "https://old.example/"\ntitle = "T"\ntheme = "x"\n'


def old_blog(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """A folder with these files."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def jekyll(folder: Path, posts: Mapping[str, str], **files: str | bytes) -> Path:
    """A Jekyll site with these posts; names of other files have `__` for a slash."""
    others = {name.replace("__", "/"): content for name, content in files.items()}
    return old_blog(
        folder, {"_config.yml": JEKYLL, **{f"_posts/{name}": text for name, text in posts.items()}, **others}
    )


def run_import(folder: Path, target: Path, **options: Any) -> ImportReport:
    """Import `folder` into `target`."""
    return import_site(
        ImportOptions(folder=folder, target=target, now=NOW, **options),
        trial_of(NOW, target.parent / "cache"),
    )


def built(target: Path) -> dict[str, bytes]:
    """The outputs of the new site as readers get it."""
    build_folder(target)
    return outputs(target)


def body_of(target: Path, name: str) -> str:
    """The text of a post below its front matter."""
    text = (target / "content/posts" / name).read_text("utf-8")
    return text.split("---\n", 2)[2].strip()
