"""``blog new``: the source file of a new post or page. Nothing is overwritten."""

from __future__ import annotations

import json
import re
import shlex
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from blog.build import build_in_temp
from blog.content.files import load_sources, read_source
from blog.new.scaffold import require_inside_site
from blog.problems import BlogError, Location, Problem, did_you_mean
from blog.site.series import parse_title_number
from blog.stages.loading import load
from blog.system.site_paths import resolve_in_site
from blog.text import CONTROL_CHARACTERS, collapse_whitespace, explain_unsafe_path, name_key, slugify

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from blog.site.assemble import Site
    from blog.site.pages import Page
    from blog.site.series import Series
    from blog.stages.context import BuildContext, BuildOptions
    from blog.views.plan import PlanInputs

_MAX_SLUG_IN_MESSAGE = 60
"""Characters of a slug that a message quotes."""


_MAX_LISTED_SERIES = 8
_NO_SERIES_HINT = "write a title, or begin the series with a file in content/series/"


_UNNUMBERED = re.compile(r"\s*([^\W\d_]+)\s*(:.*)?", re.DOTALL)
"""A single word, also with more after a colon: ``Week``, ``Week: What broke``."""


_TITLE_BYTES = 20_000
"""Bytes at the start of a document that are searched for its title."""


class NewDocument(Struct, frozen=True, kw_only=True):
    """The front matter of a document to create."""

    title: str
    slug: str = ""
    labels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    series: str = ""
    page: bool = False
    """It is a page, not a post."""
    private: bool = False


def new_document(root: Path, document: NewDocument, now: dt.datetime) -> Path:
    """Write a draft dated ``now`` (aware, in the site's zone) and return its path.

    Raises :class:`BlogError` for a title without a slug, an unsafe slug, or a file that exists already.
    """
    title = _check_title(document)
    slug = _check_slug(document.slug or slugify(title))
    require_inside_site(root, "content")
    folder = "content" if document.page else "content/posts"
    resolve_in_site(root, folder)
    path = root / folder / f"{slug}.md"
    bundle = root / folder / slug / "index.md"
    if bundle.exists():
        path = bundle
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file, _remove_on_error(path):
            file.write(_source_text(document, title, now))
            file.flush()
    except FileExistsError:
        message = f"{path} exists already, and was not changed"
        raise _error("exists", message, "choose another title, or --slug") from None
    return path


def _check_title(document: NewDocument) -> str:
    """Return the title in one line. Raises :class:`BlogError` if it, a label, a tag or the series cannot be used."""
    title = collapse_whitespace(document.title)
    if not title:
        raise _error("empty", "the title is empty", 'write it in quotes: blog new "A title"')
    if not document.slug and not slugify(document.title):
        raise _error("empty-slug", f'the title "{title}" gives no file name', "choose one: --slug some-words")
    if CONTROL_CHARACTERS.search(title):
        raise _error("control-character", "the title has a control character")
    for option, names in (("--label", document.labels), ("--tag", document.tags)):
        for name in names:
            _check_name(option, name)
            _check_comma(option, name)
    if document.series:
        _check_name("--series", document.series)
    return title


def _check_name(option: str, name: str) -> None:
    """Raise :class:`BlogError` if ``name`` cannot be that of a label, tag or series, as which ``option`` has it."""
    if not name.strip():
        raise _error("wrong-name", f"{option} is empty", "write a word or two")
    if CONTROL_CHARACTERS.search(name) or "\n" in name:
        raise _error("wrong-name", f"{option} has a control character: {name!r}", "write a word or two")


def _check_comma(option: str, name: str) -> None:
    """Raise :class:`BlogError` if ``name`` seems to be several names."""
    names = [part.strip() for part in name.split(",") if part.strip()]
    if "," in name:
        options = " ".join(f"{option} {shlex.quote(part)}" for part in names)
        hint = f"write {option} for each name: {options}" if options else "write a word or two"
        raise _error("wrong-name", f'"{name}" is one name with a comma', hint)


def _check_slug(slug: str) -> str:
    """Return ``slug``. Raises :class:`BlogError` if it cannot be a file name."""
    better = slugify(slug)
    reason = explain_unsafe_path(slug)
    if better == slug and not reason:
        return slug
    quoted = slug if len(slug) <= _MAX_SLUG_IN_MESSAGE else f"{slug[:_MAX_SLUG_IN_MESSAGE]}…"
    message = f'the slug "{quoted}" cannot be a file name'
    if reason:
        message += f": it {reason}"
    hint = "choose another: --slug some-words"
    if better not in {"", slug}:
        hint = f"write --slug {better}"
    raise _error("wrong-slug", message, hint)


def _error(code: str, message: str, hint: str = "") -> BlogError:
    return BlogError([Problem(Location(""), code, message, hint)])


class ExistingSite:
    """The site to which a document is added; it is loaded once, and only if something in it is needed."""

    def __init__(self, options: BuildOptions) -> None:
        self.options = options

    @cached_property
    def contents(self) -> tuple[PlanInputs, Site]:
        """The settings and the site. Raises :class:`BlogError` if it cannot be loaded."""
        return build_in_temp(self.options, _load_site)


def complete_title(existing: ExistingSite, document: NewDocument) -> NewDocument:
    """Return ``document`` with the next title of its series, or the next number; drafts and private posts count too.

    Without a title it gets that of the next planned part of its series, or the next number where the posts of the
    series are numbered. ``Week`` and ``Week: What broke`` get the next number of the posts whose titles start with that
    word, and the series, labels and tags of the last of them, unless ``document`` has its own. Raises
    :class:`BlogError` if the site has neither.
    """
    if _has_final_title(existing.options.root, document):
        return document
    _, site = existing.contents
    if document.title:
        document = _carry_over(document, site)
    series = _find_series(site, document.series)
    if not document.title and series is None:
        names = [other.name for other in site.series.values()]
        hint = did_you_mean(document.series, names) or _list_names(names) or _NO_SERIES_HINT
        raise _error("no-series", f'there is no series "{document.series}"', hint)
    titles = _titles_to_count(site, series, in_series=bool(document.series))
    return structs.replace(document, title=_next_title(document.title, series, titles))


def _carry_over(document: NewDocument, site: Site) -> NewDocument:
    """Return ``document`` with series, labels and tags of the last numbered post with its word, if it lacks them."""
    word, _ = _split_title(document.title)
    last, last_number = None, -1
    for page in site.pages.values():
        pair = parse_title_number(page.title) if page.document.kind == "post" else None
        if pair and name_key(pair[0]) == name_key(word) and pair[1] > last_number:
            last, last_number = page, pair[1]
    if last is None:
        return document
    matter = last.document.front_matter
    return structs.replace(
        document,
        series=document.series or (matter.series.text if matter.series else ""),
        labels=document.labels or tuple(name.text for name in matter.labels),
        tags=document.tags or tuple(name.text for name in matter.tags),
    )


def _list_names(names: Sequence[str]) -> str:
    """Return a hint with the names of all series, if they are few."""
    if not 0 < len(names) <= _MAX_LISTED_SERIES:
        return ""
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"the series of this site: {quoted}"


def find_near_names(existing: ExistingSite, document: NewDocument) -> list[Problem]:
    """Return a warning for each new label, tag or series of ``document`` that is nearly one of the site.

    Drafts and private posts count too.
    """
    if not (document.labels or document.tags or document.series):
        return []
    with suppress(BlogError):
        inputs, site = existing.contents
        labels, tags = [label.name for label in inputs.settings.labels], []
        for edition in site.editions:
            labels += [term.name for term in edition.labels.values()]
            tags += [term.name for term in edition.tags.values()]
        series_names = [series.name for series in site.series.values()]
        series_names += [series.page.document.stem for series in site.series.values() if series.page]
        return [
            *_check_near("label", document.labels, labels),
            *_check_near("tag", document.tags, tags),
            *_check_near("series", [document.series] if document.series else [], series_names),
        ]
    return []


def _load_site(context: BuildContext) -> tuple[PlanInputs, Site]:
    inputs, _ = load(context)
    return inputs, inputs.assemble().site


def _check_near(kind: str, new_names: Sequence[str], names: Sequence[str]) -> Iterator[Problem]:
    keys = set(map(name_key, names))
    for name in new_names:
        hint = "" if name_key(collapse_whitespace(name)) in keys else did_you_mean(name, names)
        if hint:
            yield Problem(Location(""), "near-name", f'a new {kind} "{name}"', hint, "warning")


def _has_final_title(root: Path, document: NewDocument) -> bool:
    """Return whether the title gets no number, whatever the posts are."""
    title = document.title
    if not title:
        return False
    if not _UNNUMBERED.fullmatch(title):
        return True
    return not document.series and not _has_numbered_titles(root, title)


def _has_numbered_titles(root: Path, title: str) -> bool:
    """Return whether a source seems to have a title with the word of ``title`` and a number; nothing is parsed."""
    word, _ = _split_title(title)
    pattern = rf"^\W*(?:title\W+)?{re.escape(word)}\s+\d".encode()
    numbered = re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    return any(numbered.search(source[:_TITLE_BYTES]) for source in _read_sources(root))


def _read_sources(root: Path) -> Iterator[bytes]:
    """Yield the sources of all documents that can be read."""
    with suppress(BlogError):
        for file in load_sources(root).documents:
            with suppress(BlogError):
                yield read_source(root, file)


def _find_series(site: Site, name: str) -> Series | None:
    """Return the series with this title, or with this file name; None if there is none, or ``name`` is empty."""
    if not name:
        return None
    key = name_key(name)
    if key in site.series:
        return site.series[key]
    for series in site.series.values():
        if key in _series_keys(series):
            return series
    return None


def _series_keys(series: Series | None) -> set[str]:
    """Return the keys of the names that posts may give a series: its title, and its file name."""
    if series is None:
        return set()
    keys = {name_key(series.name)}
    if series.page:
        keys.add(name_key(series.page.document.stem))
    return keys


def _titles_to_count(site: Site, series: Series | None, *, in_series: bool) -> list[str]:
    """Return the titles of the posts of ``series``, or of all posts if the document is not in a series."""
    posts = [page for page in site.pages.values() if page.document.kind == "post"]
    if in_series:
        keys = _series_keys(series)
        posts = [post for post in posts if _series_key(post) in keys]
    return [post.title for post in posts]


def _series_key(post: Page) -> str | None:
    """Return the key of the series that the front matter of ``post`` names."""
    name = post.document.front_matter.series
    return None if name is None else name_key(name.text)


def _next_title(title: str, series: Series | None, titles: Sequence[str]) -> str:
    """Return the title after ``titles``: the next planned one, or the next number. Raises :class:`BlogError`."""
    numbered = [pair for pair in map(parse_title_number, titles) if pair]
    planned_titles = _open_titles(series)
    if title:
        return _continue_title(title, numbered, planned_titles)
    if planned_titles:
        return planned_titles[0]
    if numbered:
        word, _ = numbered[-1]
        return _number_title(word, numbered)
    name = series.name if series else ""
    message = f'the series "{name}" plans no further part, and its titles have no numbers'
    raise _error("no-next", message, "write a title")


def _continue_title(title: str, numbered: Sequence[tuple[str, int]], planned_titles: Sequence[str]) -> str:
    """Return ``title`` with the next number; unchanged if no title in ``numbered`` has its word."""
    word, subtitle = _split_title(title)
    next_title = _number_title(word, numbered)
    if not next_title:
        return title
    if subtitle:
        return f"{next_title}{subtitle}"
    return _match_planned_title(next_title, planned_titles)


def _number_title(word: str, numbered: Sequence[tuple[str, int]]) -> str:
    """Return ``word`` with the next number, as posts spell it; ``""`` if no title in ``numbered`` has this word."""
    key = name_key(word)
    same_word = [pair for pair in numbered if name_key(pair[0]) == key]
    if not same_word:
        return ""
    spelling, _ = same_word[-1]
    last_number = max(number for _, number in same_word)
    return f"{spelling} {last_number + 1}"


def _match_planned_title(title: str, planned_titles: Sequence[str]) -> str:
    """Return the planned title with the word and the number of ``title``; ``title`` if there is none."""
    pair = parse_title_number(title)
    for planned_title in planned_titles:
        if parse_title_number(planned_title) == pair:
            return planned_title
    return title


def _open_titles(series: Series | None) -> list[str]:
    """Return the planned titles of ``series`` that have no post yet."""
    if series is None:
        return []
    open_parts = [part for part in series.parts if part.post is None and not part.gap]
    return [part.title for part in open_parts]


def _split_title(title: str) -> tuple[str, str]:
    """Return the word of an unnumbered title, and the rest from the colon on."""
    match = _UNNUMBERED.fullmatch(title)
    assert match is not None
    return match[1], match[2] or ""


@contextmanager
def _remove_on_error(path: Path) -> Iterator[None]:
    """Remove the file if it cannot be written completely, such as on a full disk."""
    try:
        yield
    except OSError as error:
        path.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from None


def _source_text(document: NewDocument, title: str, now: dt.datetime) -> str:
    lines = ["---", f"title: {_quote_yaml(title)}"]
    if not document.page:
        lines.append(f"date: {now.date().isoformat()}")
    for key, names in (("labels", document.labels), ("tags", document.tags)):
        if names:
            quoted = ", ".join(map(_quote_yaml, names))
            lines.append(f"{key}: [{quoted}]")
    if document.series:
        lines.append(f"series: {_quote_yaml(document.series)}")
    if document.private:
        lines.append("private: true")
    return "\n".join([*lines, "draft: true", "---", "", ""])


def _quote_yaml(text: str) -> str:
    """Return a YAML double-quoted scalar: a JSON string, without the lone surrogates that UTF-8 cannot encode."""
    return json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False)
