"""The plan: the assembled site → all outputs, cached under the digest of its inputs.

It is made again if a title, a date, a tag, a heading, a link or a setting changed, and not if only words of a text did:
an edit of words does not cost the relations between posts.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec import Struct, structs

from blog.cache.digests import digest, pack
from blog.config import dates
from blog.content.reader import load_documents
from blog.markdown import MarkdownOptions
from blog.problems import Problem
from blog.site.assemble import HiddenDocument, assemble
from blog.system.workers import map_parallel
from blog.text import name_key
from blog.views.icons import root_icon
from blog.views.outputs import PlannedOutput, serialize_output
from blog.views.posts import all_outputs, find_unknown_templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from blog.cache.store import Cache
    from blog.config.settings import Label, Settings
    from blog.content.document import Document
    from blog.content.files import SourceFile, SourceTree
    from blog.content.source_record import SourceRecord
    from blog.content.theme import Theme
    from blog.markdown import ConvertedText
    from blog.site.assemble import Site
    from blog.site.visibility import Audience
    from blog.views.outputs import MakeView


class Plan(Struct, frozen=True, kw_only=True, array_like=True):
    """Every output of a site, by digests, and the figures for the build's report."""

    key: bytes
    """The digest of its inputs without the time of the build."""
    outputs: tuple[PlannedOutput, ...]
    posts: int
    searched: tuple[str, ...]
    """Paths of the posts in the search index, the oldest first."""
    pages: int
    """Outputs that templates render, without redirects."""
    hidden: tuple[HiddenDocument, ...]
    private_passages: int
    """Number of private passages that are left out."""
    comments: int
    """Number of comments that are left out."""
    problems: tuple[Problem, ...]
    """Warnings about the relations between documents."""
    since: dt.datetime | None
    """The last moment at which the date of a document came: before it the plan was a different one."""
    until: dt.datetime | None
    """The next such moment: from it on the plan is a different one."""

    def is_valid(self, now: dt.datetime) -> bool:
        """Return whether a build at ``now`` would make the same plan."""
        if self.since is not None and now < self.since:
            return False
        return self.until is None or now < self.until


class PlanInputs(NamedTuple):
    """The inputs of a plan."""

    maker: bytes
    """A digest of the program and of its parsing rules."""
    settings: Settings
    audience: Audience
    theme: Theme | None
    """None: the theme has errors, so there is no plan."""
    sources: SourceTree
    records: Mapping[str, SourceRecord]
    cache: Cache

    def key(self) -> bytes:
        """Return the digest of all inputs but the time of the build."""
        audience = (self.audience.drafts, self.audience.future, self.audience.private)
        theme = self.theme.view_inputs if self.theme else None
        files = [(file.path, file.link, file.image) for file in self._files()]
        documents = [(file.path, file.kind, self.records[file.path].site_digest) for file in self.sources.documents]
        data = pack((self.settings, audience, theme, files, self.sources.redirects, documents))
        return digest(self.maker + data)

    def _files(self) -> list[SourceFile]:
        """Return the files of the site, with the sizes of the images among them."""
        files = []
        for file in self.sources.files:
            record = self.records[file.path]
            if not record.is_left_out:
                files.append(structs.replace(file, image=record.image))
        return files

    def recall(self, key: bytes, remembered: Plan | None = None) -> Plan | None:
        """Return the remembered or cached plan with ``key``; None if there is none, or it is not valid any more."""
        plan = remembered
        if plan is None or plan.key != key:
            plan = self.cache.get_decoded(key, _DECODER)
        return plan if plan is not None and plan.is_valid(self.audience.now) else None

    def assemble(self) -> Assembled:
        """Return the site, the problems between its documents, and the moments between which it stays the same.

        Raises :class:`blog.cache.store.MissingEntryError`.
        """
        documents = list(load_documents(self.records, self.cache))
        files = self._files()
        labels = [label for label in self.settings.labels if label.notice]
        notices = {name_key(label.name): _parse_notice(label, self.settings) for label in labels}
        assets = _theme_outputs(self.theme, files) if self.theme else []
        site, problems = assemble(documents, files, self.settings, self.audience, notices=notices, assets=assets)
        if self.theme:
            problems += find_unknown_templates(site, self.theme)
        zone = dates.find_zone(self.settings.timezone)
        return site, problems, _find_moments(documents, self.audience.now, zone)

    def plan(self, key: bytes, site: Site, problems: Sequence[Problem], moments: Moments, jobs: int) -> Plan:
        """Return the plan of a site without errors, made in parallel, and put it and its views into the cache.

        ``problems`` are warnings of the site. Raises :class:`TypeError` for a view that is not plain data.
        """
        assert self.theme is not None
        outputs = []
        makers = all_outputs(site, self.settings, self.theme, self.sources.redirects)
        with closing(map_parallel(self._pack, makers, jobs)) as results:
            for planned, view in results:
                if view:
                    self.cache.put(planned.view, view)
                outputs.append(planned)
        rendered = [output for output in outputs if output.template not in {"", "alias.html"}]
        private_passages, comments = _count_hidden_parts(site)
        plan = Plan(
            key=key,
            outputs=tuple(outputs),
            posts=len(site.posts),
            searched=tuple(post.path for post in reversed(site.posts)),
            pages=len(rendered),
            hidden=site.hidden,
            private_passages=private_passages,
            comments=comments,
            problems=tuple(problems),
            since=moments[0],
            until=moments[1],
        )
        self.cache.put(key, pack(plan))
        return plan

    def _pack(self, maker: MakeView) -> tuple[PlannedOutput, bytes]:
        """Return an output by digests, and its view, which is empty if the cache has it already."""
        planned, view = serialize_output(maker())
        return planned, b"" if self.cache.has(planned.view) else view


Moments = tuple[dt.datetime | None, dt.datetime | None]
Assembled = tuple["Site", list[Problem], Moments]
_DECODER = msgspec.msgpack.Decoder(Plan)


def _count_hidden_parts(site: Site) -> tuple[int, int]:
    """Return the number of private passages and of comments in the site."""
    private_passages = comments = 0
    for page in site.pages.values():
        for text in (page.document.text, page.document.context):
            private_passages += text.private_passages
            comments += text.comments
    return private_passages, comments


def _theme_outputs(theme: Theme, files: Sequence[SourceFile]) -> list[str]:
    """Return the output paths of the theme's files, without digests."""
    paths = [f"assets/{name}" for name in theme.assets]
    icon = root_icon(theme, [file.path.removeprefix("content/") for file in files])
    if icon:
        paths.append(icon)
    return paths


def _parse_notice(label: Label, settings: Settings) -> ConvertedText:
    from blog.content.parse import parse_notice  # noqa: PLC0415  (the parser: 100 ms that a warm build saves)

    return parse_notice(label, MarkdownOptions(settings.language, settings.macros))


def _find_moments(documents: Iterable[Document], now: dt.datetime, zone: dt.tzinfo) -> Moments:
    """Return the last moment up to ``now``, and the first after it, at which the date of a document comes."""
    moments = sorted(document.date.begins(zone) for document in documents if document.date)
    next_index = bisect_right(moments, now)
    last = moments[next_index - 1] if next_index > 0 else None
    following = moments[next_index] if next_index < len(moments) else None
    return last, following
