"""parse: a source → what it says by itself.

Pure: a document depends on its own bytes, its path and the language alone. What it says about other files stays
symbolic (paths with positions) until ``site`` knows them all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from blog import frontmatter, markdown
from blog.addresses import term_slug
from blog.dates import When, parse_when
from blog.errors import BlogError, Place, Problem
from blog.fields import decode
from blog.frontmatter import FrontMatter
from blog.sources import Kind, Source

if TYPE_CHECKING:
    from blog.config import Label

_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})[-_](.+)")


class Rules(Struct, frozen=True):
    """The settings that a parse depends on."""

    language: str
    allow: tuple[str, ...]


class Document(Struct, frozen=True, kw_only=True):
    """What one file says."""

    path: str
    kind: Kind
    matter: FrontMatter
    title: str
    date: When | None
    """From the front matter, or from the file name."""
    stem: str
    """The file's name (for a bundle its folder's) without date and ending: where the address comes from."""
    text: markdown.Text
    context: markdown.Text


class Parsed(Struct, frozen=True):
    """What a parse gives."""

    document: Document | None
    """None: its encoding or its front matter cannot be read."""
    problems: tuple[Problem, ...]


def parse(source: Source, rules: Rules) -> Parsed:
    """The document in ``source``, and what is wrong with it."""
    try:
        text = decode(source.data, source.path)
        node, start = frontmatter.split(text, source.path)
        matter, problems = frontmatter.read(node, source.kind, rules.allow)
    except BlogError as error:
        return Parsed(None, error.problems)
    problems += frontmatter.check_text(text[start:], Place(source.path, text.count("\n", 0, start) + 1))
    language = matter.lang or rules.language
    origin = Place(source.path, text.count("\n", 0, start) + 1)
    body = markdown.convert(text[start:], origin, language, takes_title=not matter.title and source.kind != "home")
    lines = text.split("\n")
    start_of_context = _first_line(matter.context, matter.context_place, lines)
    context = markdown.convert(
        matter.context, start_of_context, language, prefix="context-", lines=lines[start_of_context.line - 1 :]
    )
    dated, stem = _name(source.path)
    title = matter.title or body.title or ("" if source.kind != "series" else stem)
    date = matter.date or dated
    document = Document(
        path=source.path,
        kind=source.kind,
        matter=matter,
        title=title,
        date=date,
        stem=stem,
        text=body,
        context=context,
    )
    return Parsed(
        document,
        (
            *problems,
            *body.problems,
            *context.problems,
            *_missing(source, matter, bool(title), date is not None or "date" in node.value),
        ),
    )


def _first_line(text: str, place: Place, lines: list[str]) -> Place:
    """Where a text of the front matter begins: in YAML's block style and in TOML's long texts below its key."""
    first = next((line.strip() for line in text.split("\n") if line.strip()), "")
    skipped = text[: text.find(first)].count("\n") if first else 0
    for row in range(place.line - 1, min(place.line + 50, len(lines))):
        if first in lines[row]:
            return Place(place.path, row + 1 - skipped)
    return place


def _name(path: str) -> tuple[When | None, str]:
    """The date in the file's name, and the name without it."""
    *folders, name = path.split("/")
    stem = name.rsplit(".", 1)[0]
    if stem == "index" and len(folders) > 1:
        stem = folders[-1]
    found = _DATED.fullmatch(stem)
    if not found or folders[1:2] != ["posts"]:
        return None, stem
    try:
        return parse_when(found[1]), found[2]
    except ValueError:
        return None, stem


def _missing(source: Source, matter: FrontMatter, titled: bool, dated: bool) -> list[Problem]:
    problems = []
    if not titled and source.kind in {"post", "page"}:
        hint = "write title: … in the front matter, or begin the text with # …"
        problems.append(Problem(matter.place, "missing-key", "the title is missing", hint))
    if not dated and source.kind == "post":
        hint = "write date: 2026-01-31 in the front matter, or name the file 2026-01-31-name.md"
        problems.append(Problem(matter.place, "missing-key", "the date is missing", hint))
    return problems


def parse_notice(label: Label, language: str) -> markdown.Text:
    """The notice of a label, from its Markdown in the settings."""
    return markdown.convert(label.notice, label.place, language, prefix=f"notice-{term_slug(label.name)}-")
