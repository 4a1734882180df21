"""``blog new`` and ``blog init``: files to start from. Neither ever overwrites anything."""

from __future__ import annotations

import json
import os
import re
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from blog import __version__
from blog.build import build_in_temp
from blog.config.settings import DEFAULT_THEME, FILE_NAME, THEME_NAME
from blog.content.files import load_sources, read_source
from blog.content.theme_files import builtin_themes_folder
from blog.problems import BlogError, Location, Problem, did_you_mean
from blog.site.series import parse_title_number
from blog.system.site_paths import locate_in_site, resolve_in_site
from blog.text import CONTROL_CHARACTERS, collapse_whitespace, explain_unsafe_path, name_key, slugify

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from blog.build import BuildOptions
    from blog.site.assemble import Site
    from blog.site.series import Series

STARTER_FOLDER = Path(__file__).parent
"""The files that a site, or a theme, begins with."""


_SHOWN = 60
"""Letters of a slug that a message shows."""


class NewDocument(Struct, frozen=True, kw_only=True):
    """What a new document says before anybody has written it."""

    title: str
    slug: str = ""
    labels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    series: str = ""
    page: bool = False
    private: bool = False


def new_document(root: Path, sketch: NewDocument, now: dt.datetime) -> Path:
    """Write a draft dated ``now`` (aware, in the site's zone) and give its path.

    Raises :class:`BlogError` for a title without a slug, an unsafe slug, or a file that is there already.
    """
    slug = sketch.slug or slugify(sketch.title)
    title = collapse_whitespace(sketch.title)
    if not title:
        raise BlogError([Problem(Location("content"), "empty", "the title is empty")])
    if not slug:
        hint = "choose one: --slug some-words"
        raise BlogError([Problem(Location("content"), "empty-slug", f'the title "{title}" gives no file name', hint)])
    if CONTROL_CHARACTERS.search(title):
        raise BlogError([Problem(Location("content"), "control-character", "the title has a control character")])
    for name in (*sketch.labels, *sketch.tags, sketch.series or "-"):
        if not name.strip() or CONTROL_CHARACTERS.search(name) or "\n" in name:
            message = f"{name!r} cannot be a label, a tag or a series"
            raise BlogError([Problem(Location("content"), "wrong-name", message, "write a word or two")])
    if slugify(slug) != slug or explain_unsafe_path(slug):
        better = slugify(slug)
        hint = f"write --slug {better}" if better not in {"", slug} else "choose another: --slug some-words"
        shown = slug if len(slug) <= _SHOWN else f"{slug[:_SHOWN]}…"
        why = f": it {explain_unsafe_path(slug)}" if explain_unsafe_path(slug) else ""
        message = f'the slug "{shown}" cannot be a file name{why}'
        raise BlogError([Problem(Location("content"), "wrong-slug", message, hint)])
    _need_own_place(root, "content")
    where = "content" if sketch.page else "content/posts"
    folder = root / where
    resolve_in_site(root, where)
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
            [Problem(Location(where), "exists", "there is such a file already: it stays as it is", hint)]
        ) from None
    return path


def counted(order: BuildOptions, sketch: NewDocument) -> NewDocument:
    """``sketch`` with its title made whole from what the site counts; drafts and private posts count too.

    Without a title it gets that of the next planned part of its series, or the next number where the posts of the
    series are numbered; ``Week`` and ``Week: What broke`` get the next number of the posts that begin so. Raises
    :class:`BlogError` if nothing says what comes next.
    """
    if sketch.title and not _UNCOUNTED.fullmatch(sketch.title):
        return sketch
    if sketch.title and not sketch.series and not _may_count(order.root, sketch.title):
        return sketch
    site = build_in_temp(order, lambda build: build.load()[0].assemble()[0])
    series = _series(site, sketch.series) if sketch.series else None
    if not sketch.title and series is None:
        hint = did_you_mean(sketch.series, [entry.name for entry in site.series.values()]) or _NO_SERIES
        raise BlogError([Problem(Location("content"), "no-series", f'there is no series "{sketch.series}"', hint)])
    posts = [page for page in site.pages.values() if page.document.kind == "post"]
    if sketch.series:
        names = _names(series) if series else set()
        posts = [post for post in posts if (name := post.document.front_matter.series) and name_key(name.text) in names]
    return structs.replace(sketch, title=_next(sketch.title, series, [post.title for post in posts]))


def _may_count(root: Path, title: str) -> bool:
    """Whether a file looks as if its title were counted by the word in ``title``: a glance, before all is read."""
    found = _UNCOUNTED.fullmatch(title)
    assert found is not None
    counted = re.compile(rf"^\W*(?:title\W+)?{re.escape(found[1])}\s+\d".encode(), re.IGNORECASE | re.MULTILINE)
    return any(counted.search(text[:20_000]) for text in _texts(root))


def _texts(root: Path) -> Iterator[bytes]:
    """The sources of all documents that can be read."""
    with suppress(BlogError):
        for file in load_sources(root).documents:
            with suppress(BlogError):
                yield read_source(root, file)


_NO_SERIES = "write a title, or begin the series with a file in content/series/"
_UNCOUNTED = re.compile(r"\s*([^\W\d_]+)\s*(:.*)?", re.DOTALL)
"""A word alone, or one with more behind a colon."""


def _series(site: Site, name: str) -> Series | None:
    """The series that ``name`` means."""
    by_file = (series for series in site.series.values() if name_key(name) in _names(series))
    return site.series.get(name_key(name)) or next(by_file, None)


def _names(series: Series) -> set[str]:
    """By what posts name a series: its title, or its file."""
    return {name_key(series.name), *([name_key(series.page.document.stem)] if series.page else [])}


def _next(title: str, series: Series | None, titles: Sequence[str]) -> str:
    """The title that comes next; ``titles`` are those of the posts that count."""
    planned = [part.title for part in series.parts if part.post is None and not part.gap] if series else []
    counts = [count for count in map(parse_title_number, titles) if count]
    if not title and planned:
        return planned[0]
    if not title:
        word, rest = (counts[-1][0] if counts else ""), ""
    else:
        found = _UNCOUNTED.fullmatch(title)
        assert found is not None
        word, rest = found[1], found[2] or ""
    numbers = [number for name, number in counts if name_key(name) == name_key(word)]
    if numbers:
        spelled = next(name for name, _ in reversed(counts) if name_key(name) == name_key(word))
        whole = f"{spelled} {max(numbers) + 1}"
        return next(
            (plan for plan in planned if not rest and parse_title_number(plan) == parse_title_number(whole)),
            f"{whole}{rest}",
        )
    if title:
        return title
    message = f'the series "{series.name if series else ""}" plans no further part, and its titles have no numbers'
    raise BlogError([Problem(Location("content"), "no-next", message, "write a title")])


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    """No half of a file stays, where the disk is full."""
    try:
        yield
    except OSError as error:
        path.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from None


def _text(sketch: NewDocument, title: str, now: dt.datetime) -> str:
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
    """Write a site that builds at once and is published by each host as it is; give the paths.

    It uses ``theme``, which is begun if it does not come with the program. Raises :class:`BlogError` if ``folder``
    holds anything, or ``theme`` is no name.
    """
    _check_theme(theme or DEFAULT_THEME)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{folder} is not an empty folder: nothing was written"
        raise BlogError([Problem(Location(str(folder)), "exists", message, "choose a new folder")])
    chosen = f'theme = "{theme}"\n' if theme else ""
    written = _begin("site", folder, {"DAY": day.isoformat(), "THEME": chosen, "VERSION": __version__})
    return written + (new_theme(folder, theme) if theme and not _comes_with_the_program(theme) else [])


def new_theme(folder: Path, name: str) -> list[Path]:
    """Begin a theme that extends the default one, in the site at ``folder``; give the paths.

    Raises :class:`BlogError` if there is such a theme, or ``name`` is no name.
    """
    _check_theme(name)
    _need_own_place(folder, "themes")
    theme = folder / "themes" / name
    if _comes_with_the_program(name) or os.path.lexists(theme):
        hint = f'write theme = "{name}" in {FILE_NAME} to use it'
        raise BlogError([Problem(Location(theme.as_posix()), "exists", f'there is a theme "{name}" already', hint)])
    return _begin("theme", theme, {"NAME": name})


def _need_own_place(root: Path, name: str) -> None:
    """Raise :class:`BlogError` if a link would take what is written into a folder of the site to another place."""
    found = locate_in_site(root, name)
    if isinstance(found, Problem):
        raise BlogError([found])


def _begin(kind: str, folder: Path, words: dict[str, str]) -> list[Path]:
    """Copy ``starter_site/`` or ``starter_theme/`` with its ``@WORDS@`` filled; ``dot-x`` is the name ``.x``."""
    start = STARTER_FOLDER / f"starter_{kind}"
    written: list[Path] = []
    try:
        for path, text in _filled(start, folder, words):
            written.append(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    except BaseException as error:  # a second try must find the folder empty
        for path in written:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            for made in takewhile(lambda above: above != folder, path.parents):
                with suppress(OSError):  # it holds something else
                    made.rmdir()
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror, str(written[-1] if written else folder)) from None
        raise
    return written


def _filled(start: Path, folder: Path, words: dict[str, str]) -> Iterator[tuple[Path, str]]:
    for file in sorted(path for path in start.rglob("*") if path.is_file()):
        text = file.read_text("utf-8")
        for word, meaning in words.items():
            text = text.replace(f"@{word}@", meaning)
        names = (re.sub("^dot-", ".", name) for name in file.relative_to(start).parts)
        yield folder.joinpath(*names), text


def _check_theme(name: str) -> None:
    if not THEME_NAME.fullmatch(name):
        hint = "use letters, digits, - and _"
        raise BlogError([Problem(Location("themes"), "wrong-theme", f'"{name}" cannot be the name of a theme', hint)])


def _comes_with_the_program(theme: str) -> bool:
    return (builtin_themes_folder() / theme / "theme.toml").is_file()
