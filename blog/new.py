"""``blog new`` and ``blog init``: files to start from. Neither ever overwrites anything."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct

from blog.addresses import slugify, unsafe_name
from blog.config import DEFAULT_THEME, FILE_NAME, THEME_NAME
from blog.errors import BlogError, Place, Problem
from blog.fields import CONTROL, in_one_line
from blog.sources import themes_folder

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path


class Sketch(Struct, frozen=True, kw_only=True):
    """What a new document says before anybody has written it."""

    title: str
    slug: str = ""
    labels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    series: str = ""
    page: bool = False
    private: bool = False


def new_document(root: Path, sketch: Sketch, now: dt.datetime) -> Path:
    """Write a draft dated ``now`` (aware, in the site's zone) and give its path.

    Raises :class:`BlogError` for a title without a slug, an unsafe slug, or a file that is there already.
    """
    slug = sketch.slug or slugify(sketch.title)
    title = in_one_line(sketch.title)
    if not title:
        raise BlogError([Problem(Place("content"), "empty", "the title is empty")])
    if not slug:
        hint = "choose one: --slug some-words"
        raise BlogError([Problem(Place("content"), "empty-slug", f'the title "{title}" gives no file name', hint)])
    if CONTROL.search(title):
        raise BlogError([Problem(Place("content"), "control-character", "the title has a control character")])
    if slugify(slug) != slug or unsafe_name(slug):
        better = slugify(slug)
        hint = f"write --slug {better}" if better not in {"", slug} else "choose another: --slug some-words"
        raise BlogError([Problem(Place("content"), "wrong-slug", f'the slug "{slug}" cannot be a file name', hint)])
    folder = root / "content" if sketch.page else root / "content" / "posts"
    path = folder / f"{slug}.md"
    bundle = folder / slug / "index.md"
    if bundle.exists():
        path = bundle
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file, _whole(path):
            file.write(_text(sketch, title, now))
            file.flush()
    except FileExistsError:
        hint = "choose another title, or --slug"
        where = path.relative_to(root).as_posix()
        raise BlogError(
            [Problem(Place(where), "exists", "there is such a file already: it stays as it is", hint)]
        ) from None
    return path


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    """No half of a file stays, where the disk is full."""
    try:
        yield
    except OSError as error:
        path.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from None


def _text(sketch: Sketch, title: str, now: dt.datetime) -> str:
    lines = ["---", f"title: {_quoted(title)}"]
    if not sketch.page:
        lines.append(f"date: {now.date().isoformat()}")
    for key, names in (("labels", sketch.labels), ("tags", sketch.tags)):
        if names:
            lines.append(f"{key}: [{', '.join(_quoted(name) for name in names)}]")
    if sketch.series:
        lines.append(f"series: {_quoted(sketch.series)}")
    if sketch.private:
        lines.append("private: true")
    return "\n".join([*lines, "draft: true", "---", "", ""])


def _quoted(text: str) -> str:
    """A YAML double-quoted scalar: JSON's form is one, but for lone surrogates, which cannot be in a file anyway."""
    return json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False)


def new_site(folder: Path, day: dt.date, theme: str = "") -> list[Path]:
    """Write a site that builds at once and deploys to Netlify as it is; give the paths.

    It uses ``theme``, which is begun if it does not come with the program. Raises :class:`BlogError` if ``folder``
    holds anything, or ``theme`` is no name.
    """
    _check_theme(theme or DEFAULT_THEME)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{folder} is not an empty folder: nothing was written"
        raise BlogError([Problem(Place(str(folder)), "exists", message, "choose a new folder")])
    written = []
    for name, text in _SITE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        chosen = f'theme = "{theme}"\n' if theme else ""
        path.write_text(text.replace("@DAY@", day.isoformat()).replace("@THEME@", chosen), "utf-8")
        written.append(path)
    return written + (new_theme(folder, theme) if theme and not _comes_with_the_program(theme) else [])


def new_theme(folder: Path, name: str) -> list[Path]:
    """Begin a theme that extends the default one, in the site at ``folder``; give the paths.

    Raises :class:`BlogError` if there is such a theme, or ``name`` is no name.
    """
    _check_theme(name)
    theme = folder / "themes" / name
    if _comes_with_the_program(name) or theme.exists():
        hint = f'write theme = "{name}" in {FILE_NAME} to use it'
        raise BlogError([Problem(Place(theme.as_posix()), "exists", f'there is a theme "{name}" already', hint)])
    written = []
    for path, text in ((theme / path, text) for path, text in _THEME.items()):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("@NAME@", name), "utf-8")
        written.append(path)
    return written


def _check_theme(name: str) -> None:
    if not THEME_NAME.fullmatch(name):
        hint = "use letters, digits, - and _"
        raise BlogError([Problem(Place("themes"), "wrong-theme", f'"{name}" cannot be the name of a theme', hint)])


def _comes_with_the_program(theme: str) -> bool:
    return (themes_folder() / theme / "theme.toml").is_file()


_THEME = {
    "theme.toml": """\
# What is not in this folder is that of the theme that it extends.
name = "@NAME@"
extends = "margin"

[options]
# What a site may choose in its blog.toml under [theme_options]; templates see it as site.options.
note = { default = "", about = "a line below every post" }
""",
    "static/margin.css": """\
@import "margin/margin.css";

:root {
  /* In light and in dark. All colours and measures of the theme are at the top of its style sheet. */
  --red: light-dark(#00695c, #7fd1c3);
  --rule: light-dark(#b5d6d1, #2f5750);
}
""",
    "templates/after.html": """\
{# Below every post: what the extended theme shows there, and a line of your own. #}
{% include "margin/after.html" %}
{% if site.options.note %}
<footer class="sheet"><p>{{ site.options.note }}</p></footer>
{% endif %}
""",
}


_SITE = {
    "blog.toml": """\
title = "My notes"
url = "https://example.org"        # where the blog will live; change it before you publish
description = "What I learn, and what I get wrong on the way."
language = "en"
timezone = "UTC"                   # such as "Europe/Madrid"
@THEME@# author = { name = "Your name", email = "you@example.org", url = "https://example.org" }

[menu]
About = "/about/"

[labels.Journal]
notice = "A journal entry: published almost as it was written."
""",
    "content/about.md": """\
---
title: About
---

Who writes here, and why. Change this text in `content/about.md`.
""",
    "content/posts/first-entry.md": """\
---
title: "The first entry"
date: @DAY@
labels: [Journal]
tags: [writing]
context: |
  A first entry to write over. This paragraph is its *context*: a preface that stands apart from the text.
---

What did you try this week, what did you expect, and what happened instead?

- [ ] Write three honest sentences.
- [ ] Run `blog build` and look at the page.

::: private
Nothing between these two lines is ever published.
:::
""",
    "netlify.toml": """\
[build]
command = "pip install reflective-blog && blog build --base-url \\"${DEPLOY_PRIME_URL:-$URL}\\""
publish = "public"

[build.environment]
PYTHON_VERSION = "3.11"

[context.production]
command = "pip install reflective-blog && blog build"
""",
    ".gitignore": "public/\n.blog/\n",
}
