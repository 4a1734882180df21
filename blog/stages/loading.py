"""The first stage: settings, theme and source files are read, and what changed is parsed."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from blog.bibliography.library import NO_LIBRARY, Library
from blog.cache.digests import digest, pack, program_digest
from blog.config.settings import FILE_NAME, load_settings
from blog.config.words import WordTables
from blog.content.document import derive_parse_options
from blog.content.file_kinds import is_bibliography
from blog.content.reader import SourceReader
from blog.content.theme import NO_BLOCKS, ThemeBlocks, load_theme_chain, resolve_blocks, resolve_theme
from blog.content.theme_words import resolve_words
from blog.markdown.inputs import SharedInputs
from blog.problems import BlogError, Problem
from blog.render.renderer import TEMPLATES_DECODER, CompiledTheme, check_theme, templates_key
from blog.system import file_signature
from blog.text import href
from blog.views.plan import PlanInputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.config.settings import Settings
    from blog.content.files import SourceFile
    from blog.content.theme import Theme
    from blog.content.theme_files import ThemeFiles
    from blog.markdown.block_calls import BlockRenderer
    from blog.stages.context import BuildContext


class _ThemeSource(NamedTuple):
    """The theme before it is compiled."""

    chain: Sequence[ThemeFiles] = ()
    """The files of the theme and of those it extends; none if they have an error, or if it is ``compiled``."""
    blocks: ThemeBlocks = NO_BLOCKS
    compiled: CompiledTheme | None = None
    """The theme of the last build, if it has not changed."""
    words: WordTables = WordTables()
    """The words of the interface in all languages."""


def load(context: BuildContext) -> tuple[PlanInputs, list[Problem]]:
    """Read the settings, the theme and the site folder, and parse what changed: the inputs of a plan, problems."""
    options, state = context.options, context.state
    started = file_signature.disk_time(options.root, context.cache.folder)
    settings, problems = load_settings(options.root, options.base_url)
    theme_source = _read_theme(context, settings, problems)
    blocks = theme_source.blocks
    parse_options, wrong_options = derive_parse_options(
        settings, blocks.declared, theme_source.words, for_author=options.audience.private
    )
    parser_digest = digest(program_digest() + pack(parse_options))

    sources = state.files.list_sources()
    files = (*sources.documents, *sources.files)
    library = _load_library(context, sources.files)
    shown_files = {file.path: file for file in sources.files}
    shared = SharedInputs(library, blocks.digests, cache(partial(_make_block_renderer, blocks.theme)))
    reader = SourceReader(options.root, parse_options, parser_digest, context.cache, shown_files, shared)
    changed = state.changed_sources(parser_digest, files, shared)
    with reader.read_all(changed, started, options.jobs) as results:
        theme = _compile_theme(context, theme_source, settings, problems)  # the workers parse meanwhile
        new_records = {
            file.path: record for file, record in zip(context.progress("reading", changed), results, strict=True)
        }
    context.cache.flush()  # parsed documents stay in the cache, also if this build ends with errors
    records = state.parsed(parser_digest, files, new_records)

    problems += [*wrong_options, *context.early_problems, *sources.problems, *library.problems()]
    if theme:
        problems += theme.checked.problems
    for record in records.values():
        problems += record.problems
    resolved_theme = theme.theme if theme else None
    inputs = PlanInputs(
        parser_digest, settings, options.audience, resolved_theme, sources, records, context.cache, library
    )
    state.inputs, state.theme = inputs, theme
    return inputs, problems


def _load_library(context: BuildContext, files: Sequence[SourceFile]) -> Library:
    """Return the entries of all bibliographies; those of the last build if none has changed."""
    bib_files = [file for file in files if is_bibliography(file.path)]
    if not bib_files:
        return NO_LIBRARY
    from blog.content import bibliographies  # noqa: PLC0415  (10 ms that a site without bibliographies saves)

    contents = bibliographies.read_bibliographies(context.options.root, bib_files)
    make = partial(bibliographies.parse_bibliographies, contents)
    key = bibliographies.bibliographies_key(contents)
    parsed = context.state.kept("bibliographies", key, bibliographies.BIBLIOGRAPHIES_DECODER, make)
    return Library(parsed)


def _read_theme(context: BuildContext, settings: Settings, problems: list[Problem]) -> _ThemeSource:
    """Return the files of the theme, or the compiled theme of the last build; nothing if the theme has an error."""
    state = context.state
    if state.theme and not state.files.may_have_changed("themes", FILE_NAME):
        return _ThemeSource(blocks=state.theme.blocks, compiled=state.theme, words=state.theme.theme.words)
    try:
        chain = load_theme_chain(context.options.root, settings.theme, settings.theme_location)
        blocks = resolve_blocks(chain)
    except BlogError as error:
        problems += error.problems
        return _ThemeSource()
    words, wrong_words = resolve_words(chain, settings)
    problems += wrong_words
    return _ThemeSource(chain, blocks, words=words)


def _make_block_renderer(theme: Theme) -> BlockRenderer:
    from blog.render.blocks import ThemeBlockRenderer  # noqa: PLC0415  (Jinja: 60 ms that texts without blocks save)

    return ThemeBlockRenderer(theme)


def _compile_theme(
    context: BuildContext, source: _ThemeSource, settings: Settings, problems: list[Problem]
) -> CompiledTheme | None:
    """Return the theme, compiled and checked; None if it has an error."""
    if source.compiled or not source.chain:
        return source.compiled
    try:
        theme = resolve_theme(source.chain, settings, source.words)
        checked = context.state.kept("templates", templates_key(theme), TEMPLATES_DECODER, partial(check_theme, theme))
    except BlogError as error:
        problems += error.problems
        return None
    urls = {name: href(f"/{path}", settings.base_path) for name, path in theme.assets.items()}
    compiled = CompiledTheme(theme, checked, urls, source.blocks)
    for output, view in compiled.outputs:
        context.cache.put(output.view, view)
    return compiled
