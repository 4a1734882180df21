"""The plan: the assembled site → all outputs, cached under the digest of its inputs.

They run again where a title, a date, a tag, a heading, a link or a setting changed, and not where only words of a text
did: so what posts have to do with each other is not looked for at every edit.
"""

from __future__ import annotations

import datetime as dt
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
    """Every output of a site, by digests, and what the build's report says of the site."""

    key: bytes
    """A digest of all that it was made from, but the moment."""
    outputs: tuple[PlannedOutput, ...]
    posts: int
    searched: tuple[str, ...]
    """Paths of the posts that readers can find, the oldest first."""
    pages: int
    """Outputs that templates render, redirects not counted."""
    hidden: tuple[HiddenDocument, ...]
    private_passages: int
    """Number of private passages that are left out."""
    comments: int
    """Number of comments that are left out."""
    problems: tuple[Problem, ...]
    """Warnings about what stands between documents."""
    since: dt.datetime | None
    """The last moment at which the date of a document came: before it the plan was another."""
    until: dt.datetime | None
    """The next such moment: from it on the plan is another."""

    def is_valid(self, now: dt.datetime) -> bool:
        """Return whether a build at ``now`` would make the same plan."""
        return not ((self.since and now < self.since) or (self.until and now >= self.until))


class PlanInputs(NamedTuple):
    """All that a plan is made from."""

    maker: bytes
    """A digest of the program, and of the rules by which it parses."""
    settings: Settings
    audience: Audience
    theme: Theme | None
    """None: the theme is broken, and there will be no plan."""
    sources: SourceTree
    records: Mapping[str, SourceRecord]
    cache: Cache

    def key(self) -> bytes:
        """A digest of all but the moment of the build."""
        design, audience = self.theme, self.audience
        whom = (audience.drafts, audience.future, audience.private)
        theme = design.path_for_messages if design else None
        files = [(file.path, file.link, file.image) for file in self._files()]
        seen = [(file.path, file.kind, self.records[file.path].site_digest) for file in self.sources.documents]
        return digest(self.maker + pack((self.settings, whom, theme, files, self.sources.redirects, seen)))

    def _files(self) -> list[SourceFile]:
        """The files of the site, with what is known of the pictures among them."""
        files = [file for file in self.sources.files if not self.records[file.path].is_left_out]
        return [structs.replace(file, image=self.records[file.path].image) for file in files]

    def recall(self, key: bytes, remembered: Plan | None = None) -> Plan | None:
        """The plan that is remembered, or kept, for ``key``, if a build at this moment would make the same."""
        matches = remembered if remembered and remembered.key == key else self.cache.get_decoded(key, _DECODER)
        return matches if matches and matches.is_valid(self.audience.now) else None

    def assemble(self) -> Assembled:
        """The site, all that is wrong between its documents, and the moments between which it stays the same.

        Raises :class:`blog.cache.store.MissingEntryError`.
        """
        matches = list(load_documents(self.records, self.cache))
        notices = {
            name_key(label.name): _notice(label, self.settings) for label in self.settings.labels if label.notice
        }
        assets = [f"assets/{name}" for name in self.theme.assets] if self.theme else []
        outputs = [file.path.removeprefix("content/") for file in self._files()]
        assets += filter(None, [root_icon(self.theme, outputs)] if self.theme else [])
        site, problems = assemble(matches, self._files(), self.settings, self.audience, notices=notices, assets=assets)
        problems += find_unknown_templates(site, self.theme) if self.theme else ()
        return site, problems, _moments(matches, self.audience.now, dates.find_zone(self.settings.timezone))

    def plan(self, key: bytes, site: Site, problems: Sequence[Problem], moments: Moments, jobs: int) -> Plan:
        """The plan of a site without errors, worked out in parallel; it is kept for ``key``, and so are its views.

        ``problems`` are warnings of the site. Raises :class:`TypeError` for a view that is not plain data.
        """
        assert self.theme is not None
        targets = []
        makers = all_outputs(site, self.settings, self.theme, self.sources.redirects)
        with closing(map_parallel(self._pack, makers, jobs)) as results:
            for planned, view in results:
                if view:
                    self.cache.put(planned.view, view)
                targets.append(planned)
        pages = site.pages.values()
        made = Plan(
            key=key,
            outputs=tuple(targets),
            posts=len(site.posts),
            searched=tuple(post.path for post in reversed(site.posts)),
            pages=sum(1 for output in targets if output.template and output.template != "alias.html"),
            hidden=site.hidden,
            private_passages=sum(
                page.document.text.private_passages + page.document.context.private_passages for page in pages
            ),
            comments=sum(page.document.text.comments + page.document.context.comments for page in pages),
            problems=tuple(problems),
            since=moments[0],
            until=moments[1],
        )
        self.cache.put(key, pack(made))
        return made

    def _pack(self, maker: MakeView) -> tuple[PlannedOutput, bytes]:
        """A target by digests, with its view unless that is kept already."""
        planned, view = serialize_output(maker())
        return planned, b"" if self.cache.has(planned.view) else view


Moments = tuple[dt.datetime | None, dt.datetime | None]
Assembled = tuple["Site", list[Problem], Moments]
_DECODER = msgspec.msgpack.Decoder(Plan)


def _notice(label: Label, settings: Settings) -> ConvertedText:
    from blog.content.parse import parse_notice  # noqa: PLC0415  (the parser: 100 ms that a warm build saves)

    return parse_notice(label, MarkdownOptions(settings.language, settings.macros))


def _moments(documents: Iterable[Document], now: dt.datetime, zone: dt.tzinfo) -> Moments:
    """The last moment up to ``now``, and the first after it, at which the date of a document comes."""
    begins = [document.date.begins(zone) for document in documents if document.date]
    past = (moment for moment in begins if moment <= now)
    return max(past, default=None), min((moment for moment in begins if moment > now), default=None)
