"""parse: a source → what it says by itself. Pure; what it costs is kept by digest, so it runs once for each text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from blog import frontmatter
from blog.addresses import term_slug
from blog.cells import lay_out
from blog.dates import When, parse_when
from blog.documents import Document, Parsed
from blog.errors import BlogError, Place, Problem
from blog.fields import decode
from blog.markdown import Manner, Text
from blog.markdown.conversion import convert, convert_pieces
from blog.notebooks import read as read_notebook
from blog.sources import NOTEBOOK

if TYPE_CHECKING:
    from blog.config import Label
    from blog.documents import Rules
    from blog.frontmatter import FrontMatter
    from blog.notebooks import Notebook
    from blog.sources import Source

_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})[-_](.+)")


def parse(source: Source, rules: Rules) -> Parsed:
    """The document in ``source``, and what is wrong with it."""
    notebook = None
    try:
        text = decode(source.data, source.path)
        notebook = read_notebook(text, source.path) if source.path.lower().endswith(NOTEBOOK) else None
        head = text if notebook is None else _padded(notebook)
        node, start = frontmatter.split(head, source.path)
        matter, problems = frontmatter.read(node, source.kind, rules.allow)
        if notebook is not None:
            before = dict(notebook.head_rows)
            matter, problems = _moved(matter, before), _moved(problems, before)
    except BlogError as error:
        return Parsed(None, _moved(error.problems, dict(notebook.head_rows)) if notebook else error.problems)
    keys = {key.lower() for key in node.value}
    manner = rules.manner(matter.lang)
    dated, stem = _name(source.path)
    takes_title = not matter.title and source.kind != "home"
    sheet = None
    if notebook is None:
        origin = Place(source.path, text.count("\n", 0, start) + 1)
        problems += frontmatter.check_text(text[start:], origin)
        body = convert(text[start:], origin, manner, takes_title=takes_title)
    else:
        sheet = lay_out(notebook, source.path, stem)
        problems += [*notebook.problems, *sheet.problems, *_check_first(notebook, source.path)]
        body = convert_pieces(sheet.pieces, Place(source.path), manner, takes_title=takes_title)
    context = _context(matter, head.split("\n"), manner)
    title = matter.title or body.title or ("" if source.kind != "series" else stem)
    date = matter.date or dated
    document = Document(
        path=source.path,
        kind=source.kind,
        matter=matter,
        title=title,
        date=date,
        stem=stem,
        text=body.outline,
        context=context,
        made=tuple(sheet.made) if sheet else (),
    )
    missing = _missing(source, matter, bool(title) or "title" in keys, date is not None or "date" in keys)
    pictures = tuple(sheet.pictures) if sheet else ()
    return Parsed(document, (*problems, *body.problems, *context.problems, *missing), body.forms, pictures)


def _padded(notebook: Notebook) -> str:
    """The front matter of a notebook, below as many empty lines as stand above it in the file."""
    line = notebook.head_rows[0][0] if notebook.head_rows else 1
    return "\n" * (line - 1) + notebook.head


def _moved(value: Any, before: dict[int, int]) -> Any:
    """``value`` with all places in it moved to the right by what stands ``before`` them in their line of a notebook."""
    if isinstance(value, Place):
        return structs.replace(value, column=value.column + before.get(value.line, 0))
    if isinstance(value, Struct):
        return structs.replace(
            value, **{name: _moved(getattr(value, name), before) for name in value.__struct_fields__}
        )
    if isinstance(value, tuple | list):
        return type(value)(_moved(item, before) for item in value)
    return value


def _check_first(notebook: Notebook, path: str) -> list[Problem]:
    """What looks like front matter in the first cell of text hides nothing."""
    first = next((cell for cell in notebook.cells if cell.kind == "markdown"), None)
    return frontmatter.check_text(first.text, Place(path, first.rows[0][0])) if first else []


def _context(matter: FrontMatter, lines: list[str], manner: Manner) -> Text:
    """Convert the context where it stands: in YAML's block style and in TOML's long texts its lines are the file's."""
    if not matter.context:
        return Text()
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
                return convert(matter.context, start, manner, prefix="context-", lines=lines[row:])
    quoted = place.line <= len(lines) and lines[place.line - 1][place.column - 1 : place.column] in {'"', "'"}
    start = Place(place.path, place.line, place.column + quoted)
    return convert(matter.context, start, manner, prefix="context-")


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


def parse_notice(label: Label, manner: Manner) -> Text:
    """The notice of a label, from its Markdown in the settings."""
    return convert(label.notice, label.place, manner, prefix=f"notice-{term_slug(label.name)}-")
