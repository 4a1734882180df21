"""Documents → the site with the list of its outputs, and the functions that make their views."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from blog.config import dates
from blog.site.assemble import assemble
from blog.site.structure import build_structure
from blog.views.collisions import find_collisions
from blog.views.files import card_outputs, image_outputs
from blog.views.output_list import list_outputs
from blog.views.outputs import OutputView, serialize_output
from blog.views.posts import find_unknown_templates, find_unused_templates

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from blog.config.settings import Settings
    from blog.content.document import Document
    from blog.content.theme import Theme
    from blog.markdown import ConvertedText
    from blog.problems import Problem
    from blog.site.assemble import Site
    from blog.site.structure import SiteStructure
    from blog.views.context import Contexts
    from blog.views.outputs import Output, PlannedOutput
    from blog.views.plan import MakeView, PlanInputs

Moments = tuple[dt.datetime | None, dt.datetime | None]


class Assembled(NamedTuple):
    """The site, and the list of its outputs."""

    site: Site
    outputs: list[Output]
    problems: list[Problem]
    """Problems between its documents."""
    moments: Moments
    """The moments between which the site stays the same."""


def assemble_site(inputs: PlanInputs, documents: Sequence[Document], notices: Mapping[str, ConvertedText]) -> Assembled:
    """Return the site of ``inputs``, and the problems between its documents; ``notices`` are by key of the label."""
    settings, sources, theme = inputs.settings, inputs.sources, inputs.theme
    structure, problems = build_structure(
        documents, inputs.site_files(), settings, inputs.audience, notices=notices, redirects=sources.redirects
    )
    parsed_paths = {document.path for document in documents}
    unread = [file.path for file in sources.documents if file.path not in parsed_paths]
    site, outputs, link_problems = assemble_with_outputs(structure, settings, theme, notices=notices, unread=unread)
    problems += link_problems
    if theme:
        problems += find_unknown_templates(site, theme)
        problems += find_unused_templates(documents, theme)
    moments = _find_moments(documents, inputs.audience.now, dates.find_zone(settings.timezone))
    return Assembled(site, outputs, problems, moments)


def assemble_with_outputs(
    structure: SiteStructure,
    settings: Settings,
    theme: Theme | None,
    *,
    notices: Mapping[str, ConvertedText],
    unread: Collection[str] = (),
) -> tuple[Site, list[Output], list[Problem]]:
    """Return the site, the list of its outputs, and a problem for each collision and each link that leads nowhere.

    ``unread`` are the paths of the source files that could not be parsed.
    """
    outputs = list_outputs(structure, settings, theme)
    problems = find_collisions(outputs)
    # Links may lead to each output, but not to files of the theme: their published names have digests.
    addresses = {output.address: output.source for output in outputs if output.origin != "theme"}
    site, link_problems = assemble(structure, addresses, settings, notices=notices, unread=unread)
    return site, outputs, [*problems, *link_problems]


def view_functions(assembled: Assembled, contexts: Contexts) -> list[MakeView]:
    """Return a function for each output with a view, which returns it by digests, and its view as bytes."""
    functions: list[MakeView] = []
    functions += [partial(serialize, output, contexts) for output in assembled.outputs if output.make_view]
    functions += [partial(serialize_output, output) for output in image_outputs(contexts[""])]
    functions += [partial(serialize_output, output) for output in card_outputs(contexts.values(), assembled.site)]
    return functions


def serialize(output: Output, contexts: Contexts) -> tuple[PlannedOutput, bytes]:
    """Return an output that has a view by digests, and its view as bytes."""
    assert output.make_view is not None
    view = output.make_view(contexts[output.edition])
    return serialize_output(OutputView(output.path, view, output.template, output.source))


def _find_moments(documents: Iterable[Document], now: dt.datetime, zone: dt.tzinfo) -> Moments:
    """Return the last moment up to ``now``, and the first after it, at which the date of a document comes."""
    moments = sorted(document.date.begins(zone) for document in documents if document.date)
    next_index = bisect_right(moments, now)
    last = moments[next_index - 1] if next_index > 0 else None
    following = moments[next_index] if next_index < len(moments) else None
    return last, following
