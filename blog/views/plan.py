"""The plan: the assembled site → all outputs, kept under the digest of its inputs.

It is made again if a title, a date, a tag, a heading, a link or a setting changed, and not if only words of a text did:
an edit of words does not cost the relations between posts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, structs

from blog.bibliography.library import NO_LIBRARY, Library
from blog.cache.digests import digest, pack
from blog.config.words import WordTables
from blog.content.reader import load_documents
from blog.problems import Problem
from blog.site.visibility import HiddenDocument
from blog.system.workers import map_parallel
from blog.views.outputs import PlannedOutput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from blog.cache.store import Cache
    from blog.config.settings import Settings
    from blog.content.files import SourceFile, SourceTree
    from blog.content.source_record import SourceRecord
    from blog.content.theme import Theme
    from blog.markdown import ConvertedText
    from blog.site.assemble import Site
    from blog.site.editions import Edition
    from blog.site.visibility import Audience
    from blog.views.assembly import Assembled
    from blog.views.context import Contexts
    from blog.views.outputs import Output


class SearchedPosts(Struct, frozen=True, array_like=True):
    """The posts in the search index of an edition."""

    prefix: str
    """That of the edition."""
    paths: tuple[str, ...]
    """The oldest first."""


def _searched_posts(edition: Edition) -> SearchedPosts:
    return SearchedPosts(edition.prefix, tuple(post.path for post in reversed(edition.posts)))


class Plan(Struct, frozen=True, kw_only=True, array_like=True):
    """Every output of a site, by digests, and the figures for the build's report."""

    key: bytes
    """The digest of its inputs without the time of the build."""
    outputs: tuple[PlannedOutput, ...]
    posts: int
    searched: tuple[SearchedPosts, ...]
    """What the search index of each edition has."""
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
    library: Library = NO_LIBRARY
    """The bibliographies; parsed documents have what they cite of them."""

    def key(self) -> bytes:
        """Return the digest of all inputs but the time of the build."""
        audience = (self.audience.drafts, self.audience.future, self.audience.private)
        theme = self.theme.view_inputs if self.theme else None
        files = [(file.path, file.link, file.image) for file in self.site_files()]
        documents = [(file.path, file.kind, self.records[file.path].site_digest) for file in self.sources.documents]
        data = pack((self.settings, audience, theme, files, self.sources.redirects, documents))
        return digest(self.maker + data)

    def site_files(self) -> list[SourceFile]:
        """Return the files of the site, with the sizes of the images among them."""
        files = []
        for file in self.sources.files:
            record = self.records[file.path]
            if not record.is_left_out:
                files.append(structs.replace(file, image=record.image))
        return files

    def assemble(self) -> Assembled:
        """Return the site, the problems between its documents, and the moments between which it stays the same.

        Raises :class:`blog.cache.store.MissingEntryError`.
        """
        from blog.views.assembly import assemble_site  # noqa: PLC0415  (20 ms that a build without changes saves)

        documents = list(load_documents(self.records, self.cache))
        return assemble_site(self, documents, self._parse_notices())

    def _parse_notices(self) -> Mapping[str, ConvertedText]:
        if not any(label.notice for label in self.settings.labels):
            return {}
        from blog.content.parse import parse_notices  # noqa: PLC0415  (the parser: 100 ms that a warm build saves)

        words = self.theme.words if self.theme else WordTables(self.settings.language)
        return parse_notices(self.settings, words)

    def draft(self, key: bytes, assembled: Assembled) -> PlanDraft:
        """Return the plan of a site without errors before its views are made; ``key`` is that of the inputs."""
        return PlanDraft(self, key, assembled, self.make_contexts(assembled))

    def make_contexts(self, assembled: Assembled) -> Contexts:
        """Return the contexts of all views of a site without errors."""
        from blog.views.context import ViewContext  # noqa: PLC0415  (as above)

        assert self.theme is not None
        addresses = {output.address for output in assembled.outputs}
        site = assembled.site
        return {edition.prefix: ViewContext(site, edition, self.theme, addresses) for edition in site.editions}


class PlanDraft(NamedTuple):
    """A plan whose views are not made yet."""

    inputs: PlanInputs
    key: bytes
    assembled: Assembled
    contexts: Contexts

    def some_outputs(self, outputs: Iterable[Output]) -> list[PlannedOutput]:
        """Return some ``outputs`` of the site by digests, and put their views into the cache."""
        from blog.views.assembly import serialize  # noqa: PLC0415  (as above)

        return self._store([partial(serialize, output, self.contexts) for output in outputs if output.make_view], 1)

    def complete(self, jobs: int) -> Plan:
        """Return the plan, made in parallel, and put its views into the cache.

        Raises :class:`TypeError` for a view that is not plain data.
        """
        from blog.views.assembly import view_functions  # noqa: PLC0415  (as above)

        site, moments = self.assembled.site, self.assembled.moments
        outputs = self._store(view_functions(self.assembled, self.contexts), jobs)
        rendered = [output for output in outputs if output.template not in {"", "alias.html"}]
        private_passages, comments = _count_hidden_parts(site)
        return Plan(
            key=self.key,
            outputs=tuple(outputs),
            posts=len(site.posts),
            searched=tuple(_searched_posts(edition) for edition in site.editions),
            pages=len(rendered),
            hidden=site.hidden,
            private_passages=private_passages,
            comments=comments,
            problems=tuple(self.assembled.problems),
            since=moments[0],
            until=moments[1],
        )

    def _store(self, functions: Sequence[MakeView], jobs: int) -> list[PlannedOutput]:
        """Return the outputs that ``functions`` make, by digests, and put their views into the cache."""
        outputs = []
        with closing(map_parallel(self._pack, functions, jobs)) as results:
            for planned, view in results:
                if view:
                    self.inputs.cache.put(planned.view, view)
                outputs.append(planned)
        return outputs

    def _pack(self, make: MakeView) -> tuple[PlannedOutput, bytes]:
        """Return an output by digests, and its view, which is empty if the cache has it already."""
        planned, view = make()
        return planned, b"" if self.inputs.cache.has(planned.view) else view


MakeView = Callable[[], tuple[PlannedOutput, bytes]]


def _count_hidden_parts(site: Site) -> tuple[int, int]:
    """Return the number of private passages and of comments in the site."""
    private_passages = comments = 0
    for page in site.pages.values():
        for text in (page.document.text, page.document.context):
            private_passages += text.private_passages
            comments += text.comments
    return private_passages, comments
