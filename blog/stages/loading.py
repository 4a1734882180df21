"""The first stage: settings, theme and source files are read, and what changed is parsed."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from msgspec import structs

from blog.cache.digests import digest, pack, program_digest
from blog.config.settings import FILE_NAME, load_settings
from blog.content.document import derive_parse_options
from blog.content.files import load_sources, reload_sources
from blog.content.reader import SourceReader
from blog.content.theme import load_theme_chain, resolve_theme
from blog.problems import BlogError, Problem
from blog.render.renderer import CompiledTheme, digest_templates
from blog.system import file_signature
from blog.text import href
from blog.views.plan import PlanInputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.config.settings import Settings
    from blog.content.files import SourceFile, SourceTree
    from blog.content.source_record import SourceRecord
    from blog.stages.context import BuildContext


def load(context: BuildContext) -> tuple[PlanInputs, list[Problem]]:
    """Read the settings, the theme and the site folder, and parse what changed: the inputs of a plan, problems."""
    options = context.options
    started = file_signature.disk_time(options.root, context.cache.folder)
    settings, problems = load_settings(options.root, options.base_url)
    theme = _load_theme(context, settings, problems)
    parse_options, wrong_options = derive_parse_options(settings, for_author=options.audience.private)
    parser_digest = digest(program_digest() + pack(parse_options))

    sources = _load_sources(context)
    reader = SourceReader(options.root, parse_options, parser_digest, context.cache)
    records = _parse(context, reader, (*sources.documents, *sources.files), started)
    context.state.record = structs.replace(context.previous, maker=parser_digest, sources=records)
    context.state.sources = sources

    problems += [*wrong_options, *context.early_problems, *sources.problems]
    if theme:
        problems += theme.problems
    for record in records.values():
        problems += record.problems
    resolved_theme = theme.theme if theme else None
    inputs = PlanInputs(parser_digest, settings, options.audience, resolved_theme, sources, records, context.cache)
    return inputs, problems


def _load_theme(context: BuildContext, settings: Settings, problems: list[Problem]) -> CompiledTheme | None:
    """Return the theme, compiled and checked; None if it has an error."""
    last = context.state.compiled_theme
    if last and not context.hint.may_have_changed("themes", FILE_NAME):
        return last
    context.state.compiled_theme = None
    try:
        chain = load_theme_chain(context.options.root, settings.theme, settings.theme_location)
        theme = resolve_theme(chain, settings)
        key = digest(program_digest() + pack(theme.templates))
        if context.previous.theme == key:
            template_digests, warnings = context.previous.template_digests, context.previous.theme_problems
        else:
            template_digests, warnings = digest_templates(theme)
    except BlogError as error:
        problems += error.problems
        return None
    urls = {name: href(f"/{path}", settings.base_path) for name, path in theme.assets.items()}
    compiled = CompiledTheme(theme, key, template_digests, urls, warnings).after(last)
    for output, view in compiled.outputs:
        context.cache.put(output.view, view)
    context.state.compiled_theme = compiled
    return compiled


def _load_sources(context: BuildContext) -> SourceTree:
    """Return the files of the content folder; with a hint, only the changed ones are read again."""
    last, changed_paths = context.state.sources, context.hint.changed_paths
    if last and changed_paths is not None:
        sources = reload_sources(context.options.root, last, changed_paths)
        if sources:
            return sources
    return load_sources(context.options.root, context.options.output)


def _parse(
    context: BuildContext, reader: SourceReader, files: Sequence[SourceFile], started: int
) -> dict[str, SourceRecord]:
    """Return the record of each file, by path; files that changed since the previous build are parsed."""
    previous = context.previous.sources if context.previous.maker == reader.maker else {}
    changed = []
    for file in files:
        record = previous.get(file.path)
        if record is None or record.signature != file.signature:
            changed.append(file)
    new_records = {}
    with closing(reader.read_all(changed, started, context.options.jobs)) as results:
        for file, record in zip(context.progress("reading", changed), results, strict=True):
            new_records[file.path] = record
    context.cache.flush()  # parsed documents stay in the cache, also if this build ends with errors
    records = {**previous, **new_records}
    return {file.path: records[file.path] for file in files}
