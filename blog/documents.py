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
    keys = {key.lower() for key in node.value}
    origin = Place(source.path, text.count("\n", 0, start) + 1)
    problems += frontmatter.check_text(text[start:], origin)
    language = matter.lang or rules.language
    body = markdown.convert(text[start:], origin, language, takes_title=not matter.title and source.kind != "home")
    context = _context(matter, text.split("\n"), language)
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
            *_missing(source, matter, bool(title) or "title" in keys, date is not None or "date" in keys),
        ),
    )


def _context(matter: FrontMatter, lines: list[str], language: str) -> markdown.Text:
    """Convert the context where it stands: in YAML's block style and in TOML's long texts its lines are the file's."""
    if not matter.context:
        return markdown.Text()
    place = matter.context_place
    written = [line.strip() for line in matter.context.split("\n")]
    while written and not written[-1]:
        written.pop()
    for row in (place.line - 1, place.line, place.line + 1):
        found = [line.strip() for line in lines[row : row + len(written)]]
        if len(found) < max(len(written), 1) or not written or not found[-1].startswith(written[-1]):
            continue
        if found[1:-1] == written[1:-1] and (found[0].startswith(written[0]) or row == place.line - 1):
            start = Place(place.path, row + 1)
            if len(written) > 1 or row > place.line - 1:
                return markdown.convert(matter.context, start, language, prefix="context-", lines=lines[row:])
    quoted = place.line <= len(lines) and lines[place.line - 1][place.column - 1 : place.column] in {'"', "'"}
    start = Place(place.path, place.line, place.column + quoted)
    return markdown.convert(matter.context, start, language, prefix="context-")


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
