"""A loaded source file → a parsed document with its HTML and problems.

The result depends on the file, its path, the parse options and its inputs alone, so that the cache can keep it by their
digest.
Nothing here depends on another document. The files that a text shows are read through its :class:`Inputs`.
"""

from __future__ import annotations

import re
from itertools import dropwhile, takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct, structs

from blog.config.dates import Timestamp, parse_timestamp
from blog.config.utf8 import decode_utf8
from blog.config.value_hints import suggest_line
from blog.content import front_matter, misplaced_keys
from blog.content.document import Document, DocumentHtml, ParseResult
from blog.content.file_kinds import NOTEBOOK, Kind
from blog.content.front_matter_block import split_front_matter
from blog.content.made_files import extract_images
from blog.markdown import ConvertedText, MarkdownOptions
from blog.markdown.convert import convert_markdown, convert_pieces
from blog.markdown.inputs import Inputs, resolve_path
from blog.problems import BlogError, Location, Problem
from blog.text import name_key, slugify_term

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from blog.config.settings import Label, Settings
    from blog.config.toml import ConfigNode
    from blog.config.words import WordTables
    from blog.content.document import ParseOptions
    from blog.content.files import LoadedFile
    from blog.content.front_matter import FrontMatter, LocatedText
    from blog.markdown import MadeFile
    from blog.notebooks import Notebook

_DATED_STEM = re.compile(r"(\d{4}-\d{2}-\d{2})[-_](.+)")
"""A file name that begins with the date of the post."""


class _Block(NamedTuple):
    """The parsed front matter of a source file."""

    node: ConfigNode
    end: int
    """Index of the first character below it."""
    values: FrontMatter
    problems: list[Problem]


class _Body(NamedTuple):
    """The converted text below the front matter."""

    text: ConvertedText
    problems: list[Problem]
    """Problems outside of the conversion; those of the conversion are in the text."""
    images: Sequence[MadeFile] = ()
    """Images that are in the source, such as the outputs of a notebook; those of the conversion are in the text."""


def parse_document(source: LoadedFile, rules: ParseOptions, inputs: Inputs | None = None) -> ParseResult:
    """Return the document in ``source``, its HTML and its problems. ``inputs`` reads the files that it shows."""
    inputs = inputs or Inputs()
    notebook = locate = None
    home_language = rules.find_home_language(source.path)
    kind: Kind = "home" if home_language else source.kind
    try:
        head = text = decode_utf8(source.data, source.path)
        if source.path.lower().endswith(NOTEBOOK):
            from blog.notebooks import parse_notebook  # noqa: PLC0415  (20 ms that a site without notebooks saves)

            notebook = parse_notebook(text, source.path)
            head, locate = notebook.head, _make_locator(notebook.head_cell)
        block = _parse_block(head, source.path, kind, rules)
    except BlogError as error:
        return ParseResult(None, _relocate(error.problems, locate))
    missing = _choose_bibliographies(block.values.bibliography, source.path, inputs)
    options = rules.markdown_options(home_language or block.values.lang)
    name_date, stem, date_error = _split_name(source.path)
    takes_title = not block.values.title and kind != "home"
    if notebook is None:
        origin = Location(source.path, text.count("\n", 0, block.end) + 1)
        body = _convert_text(text[block.end :], origin, options, inputs, takes_title=takes_title)
    else:
        body = _convert_cells(notebook, source.path, stem, options, inputs, takes_title=takes_title)
    context = _convert_value(block.values.context, block.values.context_location, options, "context-", inputs)
    matter, problems, context = _relocate((block.values, block.problems, context), locate)
    if home_language:
        matter = structs.replace(matter, lang=home_language)
    extracted = extract_images([*body.images, *body.text.made_files, *context.made_files])
    document = Document(
        path=source.path,
        kind=kind,
        front_matter=matter,
        title=matter.title or body.text.title or (stem if kind == "series" else ""),
        date=matter.date or name_date,
        stem=stem,
        text=body.text.info,
        context=context.info,
        extracted_images=extracted.images,
    )
    problems += [*_relocate(missing, locate), *body.problems, *extracted.problems, *body.text.problems]
    problems += [*context.problems, *_find_shared_ids(matter, context, body.text)]
    problems += _find_missing_keys(document, block, date_error)
    problems += _find_early_update(matter, document.date, block.node, locate)
    advice = (*_compare_dates(matter, name_date, block.node, locate), *context.advice, *body.text.advice)
    html = DocumentHtml(body.text.rendered, context.rendered)
    return ParseResult(document, tuple(problems), html, extracted.data, advice, inputs.used)


def _parse_block(head: str, path: str, kind: Kind, rules: ParseOptions) -> _Block:
    """Parse the front matter at the beginning of ``head``. Raises :class:`BlogError`."""
    node, end = split_front_matter(head, path)
    values, problems = front_matter.parse_front_matter(node, kind, rules.allow, rules.categories)
    problems += misplaced_keys.check_block(head[:end], node)
    return _Block(node, end, values, problems)


def _choose_bibliographies(chosen: Sequence[LocatedText], path: str, inputs: Inputs) -> list[Problem]:
    """Let the text cite only entries of the ``chosen`` files; return a problem for each that does not exist."""
    if not chosen:
        return []
    names = {resolve_path(name.text, path): name for name in chosen}
    problems = []
    for missing in inputs.choose_bibliographies(list(names)):
        name = names[missing]
        message = f'"{name.text}" is no .bib file of the content folder'
        hint = inputs.lookup.suggest_file(missing) or f"its path would be {missing}"
        problems.append(Problem(name.location, "no-bibliography", message, hint))
    return problems


def _convert_text(text: str, origin: Location, options: MarkdownOptions, inputs: Inputs, *, takes_title: bool) -> _Body:
    """Convert the Markdown of a document, whose first line is at ``origin``."""
    converted = convert_markdown(text, origin, options, inputs=inputs, takes_title=takes_title)
    return _Body(converted, misplaced_keys.check_text(text, origin))


def _convert_cells(
    notebook: Notebook, path: str, stem: str, options: MarkdownOptions, inputs: Inputs, *, takes_title: bool
) -> _Body:
    from blog.content.notebook_text import convert_notebook  # noqa: PLC0415  (as above)

    content = convert_notebook(notebook, path, stem)
    converted = convert_pieces(content.pieces, Location(path), options, inputs=inputs, takes_title=takes_title)
    problems = [*notebook.problems, *_check_first_cells(notebook, path)]
    return _Body(converted, problems, content.made_files)


def _find_shared_ids(matter: FrontMatter, context: ConvertedText, text: ConvertedText) -> list[Problem]:
    """Return a problem for each id that is both in the context and in the text: they share a page."""
    problems = []
    for ident in sorted(set(context.anchors) & set(text.anchors)):
        message, hint = f'the id "{ident}" is in the text too', "give one of them another id"
        problems.append(Problem(matter.context_location, "same-id", message, hint))
    return problems


def _make_locator(cell: int) -> Callable[[Location], Location] | None:
    """Return a function from a position in the head of a notebook to that in its ``cell``; None without one."""
    if not cell:
        return None
    return lambda location: structs.replace(location, cell=cell)


def _relocate(value: Any, locate: Callable[[Location], Location] | None) -> Any:
    """Return ``value`` with each location in it, at any depth, replaced."""
    if locate is None:
        return value
    if isinstance(value, Location):
        return locate(value)
    if isinstance(value, Struct):
        fields = {name: _relocate(getattr(value, name), locate) for name in value.__struct_fields__}
        return structs.replace(value, **fields)
    if isinstance(value, tuple | list):
        return type(value)(_relocate(item, locate) for item in value)
    return value


def _check_first_cells(notebook: Notebook, path: str) -> list[Problem]:
    """Find lines meant as front matter in the first text cells of a notebook, where they hide nothing."""
    from_first_text = dropwhile(lambda cell: cell.kind != "markdown", notebook.cells)
    text_cells = takewhile(lambda cell: cell.kind == "markdown", from_first_text)
    public_cells = [cell for cell in text_cells if not cell.private][:9]
    rows: list[tuple[int, int]] = []
    for cell in public_cells:
        rows += [*cell.rows, cell.rows[-1]]
    problems = misplaced_keys.check_text("\n\n".join(cell.text for cell in public_cells), Location(path))
    relocated = []
    for problem in problems:
        cell_number, line = rows[problem.location.line - 1]
        relocated.append(structs.replace(problem, location=Location(path, line, 1, cell_number)))
    return relocated


def _convert_value(
    text: str, location: Location, options: MarkdownOptions, prefix: str, inputs: Inputs | None = None
) -> ConvertedText:
    """Convert the Markdown of a value. All its parts are at ``location``: quotes and indentation move its lines."""
    if not text:
        return ConvertedText()
    converted = convert_markdown(text, location, options, inputs=inputs, prefix=prefix)
    relocated: ConvertedText = _relocate(converted, lambda _: location)
    return relocated


def _split_name(path: str) -> tuple[Timestamp | None, str, str]:
    """Return the date in the name of a file, the name without it, and why that date is invalid, or ``""``."""
    *folders, name = path.split("/")
    stem = name.rsplit(".", 1)[0]
    if stem == "index" and len(folders) > 1:
        stem = folders[-1]
    match = _DATED_STEM.fullmatch(stem)
    if match is None or folders[1:2] != ["posts"]:
        return None, stem, ""
    date, rest = match.groups()
    try:
        return parse_timestamp(date), rest, ""
    except ValueError as error:
        return None, stem, f': "{date}" in the file name is not a date: {error}'


def _find_missing_keys(document: Document, block: _Block, date_error: str) -> list[Problem]:
    """Return a problem for a title or date that the document needs; ``date_error`` follows the message for the date.

    A key with a wrong value, or nearly the name of the key, is not missing: it has a problem already.
    """
    keys = _list_written_keys(block)
    location = document.front_matter.location
    problems = []
    lacks_title = document.kind in {"post", "page"} and not document.title
    if lacks_title and "title" not in keys:
        hint = "write title: … in the front matter, or begin the text with # …"
        problems.append(Problem(location, "missing-key", "the title is missing", hint))
    lacks_date = document.kind == "post" and document.date is None
    if lacks_date and "date" in block.node.value and "date" not in keys:
        member = block.node.value["date"]
        hint = suggest_line(member.node, "date", "2026-01-31")
        problems.append(Problem(member.node.location, "empty", '"date" is empty', hint))
    elif lacks_date and "date" not in keys:
        hint = "write date: 2026-01-31 in the front matter, or name the file 2026-01-31-name.md"
        problems.append(Problem(location, "missing-key", f"the date is missing{date_error}", hint))
    return problems


def _list_written_keys(block: _Block) -> set[str]:
    """Return the keys with a value in lower case, ``title``, and those for which an unknown key stands.

    An empty title has a problem already.
    """
    keys = set()
    for key, member in block.node.value.items():
        if key == "title" or not member.node.is_empty:
            keys.add(key.lower())
    hints = {problem.hint for problem in block.problems if problem.code == "unknown-key"}
    for key in ("title", "date"):
        if hints & {f'did you mean "{key}"?', f'write "{key}" instead'}:
            keys.add(key)
    return keys


def _find_early_update(
    matter: FrontMatter, date: Timestamp | None, node: ConfigNode, locate: Callable[[Location], Location] | None
) -> list[Problem]:
    """Return a warning if the document was updated, as it says, before its date."""
    member = node.value.get("updated") or node.value.get("lastmod")
    if member is None or date is None or matter.updated is None or matter.updated.day >= date.day:
        return []
    location = _relocate(member.node.location, locate)
    message = f"the update is older than the text, which is of {date.day}"
    return [Problem(location, "early-change", message, "correct one of the dates", "warning")]


def _compare_dates(
    matter: FrontMatter,
    name_date: Timestamp | None,
    node: ConfigNode,
    locate: Callable[[Location], Location] | None,
) -> list[Problem]:
    """Return a warning if the front matter has another date than the name of the file.

    With a time it may be the day before or after, in another time zone.
    """
    if matter.date is None or name_date is None:
        return []
    tolerance = 0 if matter.date.clock is None else 1
    if abs((matter.date.day - name_date.day).days) <= tolerance:
        return []
    message = f"the file name has another date, {name_date.day}, which counts for nothing"
    location = _relocate(node.value["date"].node.location, locate)
    return [Problem(location, "other-date", message, "correct one of them", "warning")]


def parse_notices(settings: Settings, words: WordTables) -> dict[str, ConvertedText]:
    """Return the notices of labels, by key of the label."""
    options = MarkdownOptions(
        settings.language, settings.macros, settings.heading_ids, extensions=settings.extensions, tables=words
    )
    return {name_key(label.name): parse_notice(label, options) for label in settings.labels if label.notice}


def parse_notice(label: Label, options: MarkdownOptions) -> ConvertedText:
    """Return the converted notice of ``label``, whose Markdown is in the settings."""
    prefix = f"notice-{slugify_term(label.name)}-"
    text = _convert_value(label.notice, label.location, options, prefix)
    problems = list(text.problems)
    if text.made_files:
        message = "a notice may not have a diagram: it appears on many pages"
        problems.append(Problem(label.location, "diagram", message, "put it into a page, and link to that"))
    for ident in text.anchors:
        if not ident.startswith(prefix):
            message = f'a notice may not define ids ("{ident}"): it appears on many pages'
            problems.append(Problem(label.location, "wrong-id", message, "take the id out"))
    return structs.replace(text, problems=tuple(problems))
