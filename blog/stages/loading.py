"""The first stage: settings, theme and source files are read, and what changed is parsed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from blog.cache.digests import digest, pack, program_digest
from blog.config.settings import FILE_NAME, load_settings
from blog.content.document import derive_parse_options
from blog.content.reader import SourceReader
from blog.content.theme import load_theme_chain, resolve_theme
from blog.problems import BlogError, Problem
from blog.render.renderer import TEMPLATES_DECODER, CompiledTheme, check_theme, templates_key
from blog.system import file_signature
from blog.text import href
from blog.views.plan import PlanInputs

if TYPE_CHECKING:
    from blog.config.settings import Settings
    from blog.stages.context import BuildContext


def load(context: BuildContext) -> tuple[PlanInputs, list[Problem]]:
    """Read the settings, the theme and the site folder, and parse what changed: the inputs of a plan, problems."""
    options, state = context.options, context.state
    started = file_signature.disk_time(options.root, context.cache.folder)
    settings, problems = load_settings(options.root, options.base_url)
    parse_options, wrong_options = derive_parse_options(settings, for_author=options.audience.private)
    parser_digest = digest(program_digest() + pack(parse_options))

    sources = state.files.list_sources()
    files = (*sources.documents, *sources.files)
    shown_files = {file.path: file for file in sources.files}
    reader = SourceReader(options.root, parse_options, parser_digest, context.cache, shown_files)
    changed = state.changed_sources(parser_digest, files)
    with reader.read_all(changed, started, options.jobs) as results:
        theme = _load_theme(context, settings, problems)  # the workers parse meanwhile
        new_records = {
            file.path: record for file, record in zip(context.progress("reading", changed), results, strict=True)
        }
    context.cache.flush()  # parsed documents stay in the cache, also if this build ends with errors
    records = state.parsed(parser_digest, files, new_records)

    problems += [*wrong_options, *context.early_problems, *sources.problems]
    if theme:
        problems += theme.checked.problems
    for record in records.values():
        problems += record.problems
    resolved_theme = theme.theme if theme else None
    inputs = PlanInputs(parser_digest, settings, options.audience, resolved_theme, sources, records, context.cache)
    state.inputs, state.theme = inputs, theme
    return inputs, problems


def _load_theme(context: BuildContext, settings: Settings, problems: list[Problem]) -> CompiledTheme | None:
    """Return the theme, compiled and checked; None if it has an error."""
    state = context.state
    if state.theme and not state.files.may_have_changed("themes", FILE_NAME):
        return state.theme
    try:
        chain = load_theme_chain(context.options.root, settings.theme, settings.theme_location)
        theme = resolve_theme(chain, settings)
        checked = state.kept("templates", templates_key(theme), TEMPLATES_DECODER, partial(check_theme, theme))
    except BlogError as error:
        problems += error.problems
        return None
    urls = {name: href(f"/{path}", settings.base_path) for name, path in theme.assets.items()}
    compiled = CompiledTheme(theme, checked, urls)
    for output, view in compiled.outputs:
        context.cache.put(output.view, view)
    return compiled
