"""parse: a source → what it says by itself. Pure; what it costs is kept by digest, so it runs once for each text."""

from __future__ import annotations

import re
from itertools import dropwhile, takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct, structs

from blog.content import front_matter, misplaced_keys
from blog.text import slugify_term
from blog.content.notebook_text import convert_notebook
from blog.config.dates import Timestamp, parse_timestamp
from blog.content.document import Document, ParseResult
from blog.problems import BlogError, Location, Problem
from blog.config.schema import decode_utf8
from blog.markdown import MarkdownOptions, ConvertedText
from blog.markdown.convert import convert_markdown, convert_pieces
from blog.markdown.context import locate_in_rows
from blog.notebooks import parse_notebook as read_notebook
from blog.content.file_kinds import NOTEBOOK

if TYPE_CHECKING:
    from collections.abc import Callable

    from blog.config.settings import Label
    from blog.content.document import ExtractedImage, ParseOptions
    from blog.content.front_matter import FrontMatter
    from blog.markdown.pieces import Rows
    from blog.notebooks import Notebook
    from blog.content.files import LoadedFile

_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})[-_](.+)")


class _Body(NamedTuple):
    """What stands below the front matter."""

    text: ConvertedText
    problems: list[Problem]
    """Those of the conversion are in the text."""
    extracted_images: tuple[ExtractedImage, ...] = ()
    image_data: tuple[bytes, ...] = ()


def parse_document(source: LoadedFile, rules: ParseOptions) -> ParseResult:
    """The document in ``source``, and what is wrong with it."""
    notebook = None
    rows: Rows = ()
    try:
        head = text = decode_utf8(source.data, source.path)
        if source.path.lower().endswith(NOTEBOOK):
            notebook = read_notebook(text, source.path)
            head, rows = notebook.head, notebook.head_rows
        node, start = front_matter.split_front_matter(head, source.path)
        matter, problems = front_matter.parse_front_matter(node, source.kind, rules.allow)
        problems += misplaced_keys.check_block(head[:start], node)
    except BlogError as error:
        return ParseResult(None, _moved(error.problems, _places(rows)))
    manner = rules.manner(matter.lang)
    dated, stem, why = _name(source.path)
    takes_title = not matter.title and source.kind != "home"
    if notebook is None:
        body = _markdown(text, start, source.path, manner, takes_title=takes_title)
    else:
        body = _cells(notebook, source.path, stem, manner, takes_title=takes_title)
    context = _context(matter, head.split("\n"), manner)
    matter, problems, context = _moved((matter, problems, context), _places(rows))
    keys = {key.lower() for key, member in node.value.items() if key == "title" or not member.node.is_empty}
    title = matter.title or body.text.title or ("" if source.kind != "series" else stem)
    date = matter.date or dated
    document = Document(
        path=source.path,
        kind=source.kind,
        front_matter=matter,
        title=title,
        date=date,
        stem=stem,
        text=body.text.info,
        context=context,
        extracted_images=body.extracted_images,
    )
    problems += [*body.problems, *body.text.problems, *context.problems, *_same_ids(matter, context, body.text)]
    problems += _missing(source, matter, bool(title) or "title" in keys, date is not None or "date" in keys, why)
    advice = (*context.advice, *body.text.advice)
    return ParseResult(document, tuple(problems), body.text.rendered, body.image_data, advice)


def _markdown(text: str, start: int, path: str, manner: MarkdownOptions, *, takes_title: bool) -> _Body:
    """The Markdown of ``text`` from ``start`` on."""
    origin = Location(path, text.count("\n", 0, start) + 1)
    found = convert_markdown(text[start:], origin, manner, takes_title=takes_title)
    return _Body(found, misplaced_keys.check_text(text[start:], origin))


def _cells(notebook: Notebook, path: str, stem: str, manner: MarkdownOptions, *, takes_title: bool) -> _Body:
    sheet = convert_notebook(notebook, path, stem)
    found = convert_pieces(sheet.pieces, Location(path), manner, takes_title=takes_title)
    problems = [*notebook.problems, *sheet.problems, *_check_first(notebook, path)]
    return _Body(found, problems, tuple(sheet.extracted_images), tuple(sheet.image_data))


def _same_ids(matter: FrontMatter, context: ConvertedText, text: ConvertedText) -> list[Problem]:
    """Ids that authors gave both in the context and in the text: they stand on one page."""
    return [
        Problem(matter.context_location, "same-id", f'the id "{ident}" is in the text too', "give one of them another id")
        for ident in sorted(set(context.anchors) & set(text.anchors))
    ]


def _places(rows: Rows) -> Callable[[Location], Location] | None:
    """From a place in the head of a notebook to where that stands in the file."""

    def place(inner: Location) -> Location:
        return locate_in_rows(rows, inner.path, inner.line - 1, inner.column - 1)

    return place if rows else None


def _moved(value: Any, place: Callable[[Location], Location] | None) -> Any:
    """``value`` with each place in it replaced."""
    if place is None:
        return value
    if isinstance(value, Location):
        return place(value)
    if isinstance(value, Struct):
        fields = {name: _moved(getattr(value, name), place) for name in value.__struct_fields__}
        return structs.replace(value, **fields)
    if isinstance(value, tuple | list):
        return type(value)(_moved(item, place) for item in value)
    return value


def _check_first(notebook: Notebook, path: str) -> list[Problem]:
    """Find what looks like front matter in the first cells of text: it hides nothing."""
    cells = dropwhile(lambda cell: cell.kind != "markdown", notebook.cells)
    first = [cell for cell in takewhile(lambda cell: cell.kind == "markdown", cells) if not cell.private][:9]
    rows = tuple(row for cell in first for row in (*cell.rows, cell.rows[-1]))
    problems = misplaced_keys.check_text("\n\n".join(cell.text for cell in first), Location(path))
    found: list[Problem] = _moved(problems, _places(rows))
    return found


def _context(matter: FrontMatter, lines: list[str], manner: MarkdownOptions) -> ConvertedText:
    """Convert the context where it stands: in YAML's block style and in TOML's long texts its lines are the file's."""
    if not matter.context:
        return ConvertedText()
    place = matter.context_location
    written = [line.strip() for line in matter.context.split("\n")]
    while written and not written[-1]:
        written.pop()
    for row in (place.line - 1, place.line, place.line + 1):
        found = [line.strip() for line in lines[row : row + len(written)]]
        if len(found) < max(len(written), 1) or not written or not found[-1].startswith(written[-1]):
            continue
        if found[1:-1] == written[1:-1] and (found[0].startswith(written[0]) or row == place.line - 1):
            start = Location(place.path, row + 1)
            if len(written) > 1 or row > place.line - 1:
                return convert_markdown(matter.context, start, manner, prefix="context-", lines=lines[row:])
    after = lines[place.line - 1][place.column - 1 :] if place.line <= len(lines) else ""
    for quoted in (0, 1):
        if after.startswith(matter.context, quoted):
            start = Location(place.path, place.line, place.column + quoted)
            return convert_markdown(matter.context, start, manner, prefix="context-")
    text: ConvertedText = _moved(convert_markdown(matter.context, place, manner, prefix="context-"), lambda _: place)
    return text


def _name(path: str) -> tuple[Timestamp | None, str, str]:
    """The date in the file's name, the name without it, and why a date there is none."""
    *folders, name = path.split("/")
    stem = name.rsplit(".", 1)[0]
    if stem == "index" and len(folders) > 1:
        stem = folders[-1]
    found = _DATED.fullmatch(stem)
    if not found or folders[1:2] != ["posts"]:
        return None, stem, ""
    try:
        return parse_timestamp(found[1]), found[2], ""
    except ValueError as error:
        return None, stem, f': "{found[1]}" in the file name is not a date: {error}'


def _missing(source: LoadedFile, matter: FrontMatter, titled: bool, dated: bool, why: str) -> list[Problem]:
    """What a document must have and does not; ``why`` follows what is said of the date."""
    problems = []
    if not titled and source.kind in {"post", "page"}:
        hint = "write title: … in the front matter, or begin the text with # …"
        problems.append(Problem(matter.location, "missing-key", "the title is missing", hint))
    if not dated and source.kind == "post":
        hint = "write date: 2026-01-31 in the front matter, or name the file 2026-01-31-name.md"
        problems.append(Problem(matter.location, "missing-key", f"the date is missing{why}", hint))
    return problems


def parse_notice(label: Label, manner: MarkdownOptions) -> ConvertedText:
    """The notice of a label, from its Markdown in the settings."""
    prefix = f"notice-{slugify_term(label.name)}-"
    text: ConvertedText = convert_markdown(label.notice, label.location, manner, prefix=prefix)
    text = _moved(text, lambda _: label.location)  # where its lines stand depends on how it is quoted
    own = [ident for ident in text.anchors if not ident.startswith(prefix)]
    message, hint = 'a notice stands on many pages: it has no ids of its own, such as "{}"', "take the id out"
    problems = [Problem(label.location, "wrong-id", message.format(ident), hint) for ident in own]
    return structs.replace(text, problems=(*text.problems, *problems))
