"""Sites assembled and planned from texts alone, without a disk."""

import datetime as dt
from typing import Any

from blog.config.settings import Label, Settings
from blog.content.document import ParseOptions
from blog.content.file_kinds import Kind
from blog.content.files import LoadedFile, SourceFile
from blog.content.parse import parse_document, parse_notice
from blog.content.theme import Theme
from blog.markdown import MarkdownOptions
from blog.problems import Location, Problem
from blog.site.assemble import Site, assemble
from blog.site.visibility import Audience
from blog.text import name_key
from blog.views.outputs import Output
from blog.views.planning import Plan
from blog.views.posts import all_outputs

NOW = dt.datetime(2026, 6, 1, 12, 0, tzinfo=dt.UTC)
DESIGN = Theme({"post.html": "", "special.html": ""}, {}, {"favicon.svg": "assets/favicon.1.svg"}, {}, "themes/t")
SETTINGS = Settings(title="T", url="https://example.org", authority="example.org")


def kind_of(path: str) -> Kind:
    if path == "content/index.md":
        return "home"
    if path.startswith("content/posts/"):
        return "post"
    return "series" if path.startswith("content/series/") else "page"


def assembled(
    documents: dict[str, str],
    settings: Settings = SETTINGS,
    audience: Audience = Audience(NOW),  # noqa: B008  (frozen)
    files: tuple[str, ...] = (),
    notices: dict[str, str] | None = None,
    assets: tuple[str, ...] = (),
) -> tuple[Site, list[Problem]]:
    """The site of these documents (path below `content/` → text), and all problems."""
    rules = ParseOptions(settings.language, settings.allow, settings.macros)
    sources = [
        LoadedFile(f"content/{path}", kind_of(f"content/{path}"), text.encode())
        for path, text in sorted(documents.items())
    ]
    parsed = [parse_document(source, rules) for source in sources]
    labels = [Label(name, text, Location("blog.toml")) for name, text in (notices or {}).items()]
    site, problems = assemble(
        [entry.document for entry in parsed if entry.document],
        [SourceFile(f"content/{path}") for path in files],
        settings,
        audience,
        notices={name_key(label.name): parse_notice(label, MarkdownOptions("en")) for label in labels},
        assets=assets,
    )
    return site, [*(problem for entry in parsed for problem in entry.problems), *problems]


def planned(documents: dict[str, str], settings: Settings = SETTINGS, **more: object) -> dict[str, Output]:
    """The targets of a site that has no problems, by output path."""
    site, problems = assembled(documents, settings, **more)  # type: ignore[arg-type]
    assert problems == []
    targets = [make() for make in all_outputs(site, settings, DESIGN, "")]
    assert len({target.path for target in targets}) == len(targets)
    return {target.path: target for target in targets}


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
    return [
        f"{found.location.path}:{found.location.line}:{found.location.column}: {found.message}"
        for found in sorted(problems)
    ]
