"""Sites assembled and planned from texts alone, without a disk."""

import datetime as dt
from typing import Any

from blog.config.settings import Label, Settings
from blog.content.document import derive_parse_options
from blog.content.file_kinds import Kind
from blog.content.files import LoadedFile, SourceFile
from blog.content.parse import parse_document, parse_notice
from blog.content.theme import Theme
from blog.markdown import MarkdownOptions
from blog.problems import Location, Problem
from blog.site.assemble import Site
from blog.site.structure import build_structure
from blog.site.visibility import Audience
from blog.text import name_key
from blog.views.assembly import assemble_with_outputs
from blog.views.context import ViewContext
from blog.views.files import card_outputs, image_outputs
from blog.views.outputs import Output, OutputView
from blog.views.plan import Plan

NOW = dt.datetime(2026, 6, 1, 12, 0, tzinfo=dt.UTC)
DESIGN = Theme({"post.html": "", "special.html": ""}, {}, {"favicon.svg": "assets/favicon.1.svg"}, {}, "themes/t")
SETTINGS = Settings(title="T", url="https://example.org", authority="example.org")


def kind_of(path: str) -> Kind:
    if path == "content/index.md":
        return "home"
    if path.startswith("content/posts/"):
        return "post"
    return "series" if path.startswith("content/series/") else "page"


def assembled(documents: dict[str, str], settings: Settings = SETTINGS, **more: Any) -> tuple[Site, list[Problem]]:
    """The site of these documents (path below `content/` → text), and all problems."""
    site, _, problems = assembled_with_outputs(documents, settings, **more)
    return site, problems


def assembled_with_outputs(  # noqa: PLR0913  (each may differ)
    documents: dict[str, str],
    settings: Settings = SETTINGS,
    audience: Audience = Audience(NOW),  # noqa: B008  (frozen)
    files: tuple[str, ...] = (),
    notices: dict[str, str] | None = None,
    *,
    theme: Theme = DESIGN,
    redirects: str = "",
) -> tuple[Site, list[Output], list[Problem]]:
    """The site, the list of its outputs, and all problems."""
    rules, _ = derive_parse_options(settings)
    sources = [
        LoadedFile(f"content/{path}", kind_of(f"content/{path}"), text.encode())
        for path, text in sorted(documents.items())
    ]
    parsed = [parse_document(source, rules) for source in sources]
    labels = [Label(name, text, Location("blog.toml")) for name, text in (notices or {}).items()]
    texts = {name_key(label.name): parse_notice(label, MarkdownOptions("en")) for label in labels}
    structure, problems = build_structure(
        [entry.document for entry in parsed if entry.document],
        [SourceFile(f"content/{path}") for path in files],
        settings,
        audience,
        notices=texts,
        redirects=redirects,
    )
    site, outputs, link_problems = assemble_with_outputs(structure, settings, theme, notices=texts)
    return site, outputs, [*(problem for entry in parsed for problem in entry.problems), *problems, *link_problems]


def planned(documents: dict[str, str], settings: Settings = SETTINGS, **more: Any) -> dict[str, OutputView]:
    """The outputs of a site that has no problems, with their views, by output path."""
    site, outputs, problems = assembled_with_outputs(documents, settings, **more)
    assert problems == []
    addresses = {output.address for output in outputs}
    contexts = {edition.prefix: ViewContext(site, edition, DESIGN, addresses) for edition in site.editions}
    views = [
        OutputView(output.path, output.make_view(contexts[output.edition]), output.template, output.source)
        for output in outputs
        if output.make_view
    ]
    views += [*image_outputs(contexts[""]), *card_outputs(contexts.values(), site)]
    assert len({output.path for output in views}) == len(views)
    return {output.path: output for output in views}


def empty_plan(**known: Any) -> Plan:
    """A plan of nothing, but for what is ``known``."""
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    nothing: dict[str, Any] = {
        "key": b"", "outputs": (), "posts": 0, "searched": (), "pages": 0, "hidden": (), "private_passages": 0, "comments": 0,
        "problems": (), "since": moment, "until": None,
    }  # fmt: skip
    return Plan(**(nothing | known))


def messages(problems: list[Problem]) -> list[str]:
    """`path:line:column: message`, in order."""
    return [f"{found.location.format(found.location.path)}: {found.message}" for found in sorted(problems)]
