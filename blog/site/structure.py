"""Documents and settings → the structure of the site: visibility, addresses, order, tags, labels, series, files.

Pure and cheap: every build runs it. Links are resolved later (see :mod:`blog.site.assemble`), against the outputs of
this structure. A document that this audience does not see is only in ``hidden_pages``, for messages, and in ``hidden``,
for the build's report.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from msgspec import Struct

from blog.config import dates
from blog.content.files import SourceFile
from blog.problems import Problem, did_you_mean
from blog.site.addresses import output_path
from blog.site.aliases import Alias, collect_aliases
from blog.site.bundles import Bundles, find_bundles
from blog.site.editions import Edition, collect_editions, edition_key
from blog.site.pages import Page, assign_addresses
from blog.site.published_files import select_public_files
from blog.site.series import Series, collect_series
from blog.site.taxonomies import term_keys
from blog.site.visibility import Audience, HiddenDocument, hidden_reason, hidden_reasons, is_visible
from blog.text import href, name_key

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from blog.config.settings import Settings
    from blog.content.document import Document
    from blog.content.front_matter import LocatedText
    from blog.markdown import ConvertedText


class SiteStructure(Struct, frozen=True, kw_only=True):
    """What is published, and where; without the links between its parts."""

    pages: dict[str, Page]
    """Every page by path."""
    hidden_pages: tuple[Page, ...]
    """The documents that this audience does not see, with the addresses that they would have."""
    unaddressed: tuple[str, ...]
    """Paths of the documents that this audience would see, and that have an error in the place of an address."""
    posts: tuple[Page, ...]
    """Listed posts, newest first."""
    series: dict[str, Series]
    """Series by key."""
    editions: tuple[Edition, ...]
    """What the readers of each language get; that of the site's language is first, and often the only one."""
    aliases: tuple[Alias, ...]
    files: tuple[tuple[SourceFile, str], ...]
    """Published files with their output paths."""
    hidden_files: tuple[str, ...]
    """Paths of the files of hidden bundles."""
    bundles: Bundles
    redirects: str
    """The text of the author's own ``_redirects``."""
    hidden: tuple[HiddenDocument, ...]

    @property
    def moved(self) -> dict[str, str]:
        """Addresses of the files that had another one in version 1.0, by :func:`blog.text.name_key` of that."""
        moved = self.bundles.find_moved(file.path for file, _ in self.files)
        return {name_key(old): address for _, old, address in moved}

    def edition_of(self, page: Page) -> Edition:
        """Return the edition that ``page`` belongs to."""
        first = self.editions[0]
        if len(self.editions) == 1:
            return first
        key = edition_key(page, first.settings)
        return next((edition for edition in self.editions if edition.settings.language.lower() == key), first)


def build_structure(
    documents: Sequence[Document],
    files: Sequence[SourceFile],
    settings: Settings,
    audience: Audience,
    *,
    notices: Mapping[str, ConvertedText],
    redirects: str = "",
) -> tuple[SiteStructure, list[Problem]]:
    """Return the structure of the site as ``audience`` sees it, and the problems between its documents.

    ``notices`` are those of the settings' labels by key.
    """
    zone = dates.find_zone(settings.timezone)
    visible, hidden = _split_by_visibility(documents, audience, zone)
    pages, problems = assign_addresses(visible, settings, audience)
    hidden_pages, _ = assign_addresses(hidden, settings, audience)
    posts = [page for page in pages if page.document.kind == "post" and page.listed]
    posts.sort(key=age_key, reverse=True)
    series, series_problems = collect_series(pages, posts)
    editions, edition_problems = collect_editions(pages, posts, series, settings)
    aliases, alias_problems = collect_aliases(pages)
    problems += [*edition_problems, *series_problems, *alias_problems]

    bundles = find_bundles(visible, hidden, [*pages, *hidden_pages])
    # Private passages use files too.
    public = files if audience.private else select_public_files(files, visible, hidden, notices, settings, bundles)

    structure = SiteStructure(
        pages={page.path: page for page in pages},
        hidden_pages=tuple(hidden_pages),
        unaddressed=tuple(document.path for document in visible if document.path not in bundles.page_addresses),
        posts=tuple(posts),
        series=series,
        editions=tuple(editions),
        aliases=tuple(aliases),
        files=tuple((file, output_path(bundles.address(file.path))) for file in public),
        hidden_files=tuple(file.path for file in files if bundles.find_hidden_owner(file.path)),
        bundles=bundles,
        redirects=redirects,
        hidden=_hidden_documents(hidden, pages, audience, zone),
    )
    problems += [*_find_equal_guids(pages, posts, settings), *_check_names(documents, posts, series, settings)]
    return structure, problems


def _split_by_visibility(
    documents: Iterable[Document], audience: Audience, zone: dt.tzinfo
) -> tuple[list[Document], list[Document]]:
    """Return the documents that ``audience`` sees, and the others."""
    visible: list[Document] = []
    hidden: list[Document] = []
    for document in documents:
        documents_of_kind = visible if is_visible(audience, document, zone) else hidden
        documents_of_kind.append(document)
    return visible, hidden


def _hidden_documents(
    hidden: Sequence[Document], pages: Sequence[Page], audience: Audience, zone: dt.tzinfo
) -> tuple[HiddenDocument, ...]:
    """Return the documents that are hidden from readers or unlisted, in order: also those that ``audience`` sees."""
    documents = [_hidden_document(document, audience, zone) for document in hidden]
    return tuple(sorted([*documents, *_previewed_documents(pages, audience, zone)]))


def age_key(page: Page) -> tuple[float, str]:
    """Return the sort key of a page: date, then address. A missing date is reported elsewhere."""
    seconds = page.instant.timestamp() if page.instant else 0.0
    return seconds, page.address


def _hidden_document(document: Document, audience: Audience, zone: dt.tzinfo) -> HiddenDocument:
    reason = hidden_reason(document, audience, zone)
    day = document.date.local_day(zone).isoformat() if reason == "scheduled" and document.date else ""
    return HiddenDocument(document.path, reason, day)


def _previewed_documents(pages: Iterable[Page], audience: Audience, zone: dt.tzinfo) -> Iterator[HiddenDocument]:
    """Yield the documents that this audience sees, and readers do not see, or not in lists."""
    for page in pages:
        if page.listed and not page.hidden_reason:
            continue
        reasons = hidden_reasons(page.document, audience, zone)
        day = page.day.isoformat() if page.day and "scheduled" in reasons else ""
        yield HiddenDocument(page.path, page.hidden_reason, day, page.address, reasons, not page.listed)


def feed_entry_id(post: Page, settings: Settings) -> str:
    """Return the id of the feed entry of ``post``: its own ``guid``, else a ``tag:`` URI of RFC 4151.

    The URI has the address by slug and ``permalink``: a later ``url`` does not change the id.
    """
    guid = post.document.front_matter.guid
    return guid.text if guid else f"tag:{settings.authority},{post.day}:{href(post.regular_address or post.address)}"


def _find_equal_guids(pages: Sequence[Page], posts: Sequence[Page], settings: Settings) -> list[Problem]:
    matters = [page.document.front_matter for page in pages]
    if all(matter.guid is None and matter.url is None for matter in matters):
        return []  # nearly every site: saves thousands of ids
    owners: dict[str, Page] = {}
    problems = []
    for post in posts:
        matter = post.document.front_matter
        if matter.guid is None:
            other = owners.setdefault(feed_entry_id(post, settings), post)
            if other.address != post.address:
                problems.append(_equal_ids_problem(post, other))
    for page in pages:
        guid = page.document.front_matter.guid
        if guid is None:
            continue
        other = owners.setdefault(guid.text, page)
        if other is not page:
            message = f'the guid "{guid.text}" is also that of {other.path}'
            problems.append(Problem(guid.location, "same-guid", message, "feed readers would show only one of them"))
    return problems


def _equal_ids_problem(post: Page, other: Page) -> Problem:
    """Return the problem that two posts differ by ``url`` only: their ids come from day and slug."""
    one, another = (post, other) if post.document.front_matter.url else (other, post)
    matter = one.document.front_matter
    message = f"feed readers would take it for {another.path}, which has the same day and the same slug"
    location = matter.url.location if matter.url else matter.location
    return Problem(location, "same-guid", message, "set another slug: it is in the id of the feed entry, not in url")


def _check_names(
    documents: Iterable[Document], posts: Sequence[Page], series: Mapping[str, Series], settings: Settings
) -> Iterator[Problem]:
    """Yield a warning for each label or series that is nearly another one.

    Of the labels in the settings those count that a document has, published or not.
    """
    used_keys: set[str] = set()
    for document in documents:
        used_keys.update(term_keys(document.front_matter.labels))
    used_names = {label.name for label in settings.labels if name_key(label.name) in used_keys}
    yield from _find_unused_notices(posts, settings, used_names)
    yield from _find_near_names(posts, series, used_names)


def _find_unused_notices(posts: Sequence[Page], settings: Settings, used_names: Collection[str]) -> Iterator[Problem]:
    """Yield a warning for each label in the settings that no document has, if a label of a post has nearly its name."""
    post_labels: dict[str, str] = {}
    for post in posts:
        post_labels.update({name_key(label.text): label.text for label in post.document.front_matter.labels})
    for label in settings.labels:
        hint = "" if label.name in used_names else did_you_mean(label.name, post_labels.values())
        if hint:
            message = f'no post has the label "{label.name}" of this notice'
            yield Problem(label.location, "near-name", message, hint, "warning")


def _find_near_names(
    posts: Sequence[Page], series: Mapping[str, Series], label_names: Collection[str]
) -> Iterator[Problem]:
    """Yield a warning for each label or series that is nearly one of ``label_names`` or one with a file.

    Otherwise a slip in spelling would publish a new one.
    """
    series_names: set[str] = set()
    for entry in series.values():
        if entry.page is not None:
            series_names |= {entry.page.title, entry.page.document.stem}
    suggest_label = cache(partial(_suggest_name, frozenset(label_names)))
    suggest_series = cache(partial(_suggest_name, frozenset(series_names)))
    for post in posts:
        matter = post.document.front_matter
        for label in matter.labels:
            yield from _check_name(label, "label", suggest_label(label.text))
        if matter.series:
            yield from _check_name(matter.series, "series", suggest_series(matter.series.text))


def _suggest_name(names: Collection[str], name: str) -> str:
    """Return a hint if ``name`` is none of ``names``, and nearly one of them."""
    return "" if name_key(name) in map(name_key, names) else did_you_mean(name, names)


def _check_name(name: LocatedText, kind: str, hint: str) -> Iterator[Problem]:
    if hint:
        yield Problem(name.location, "near-name", f'a new {kind} "{name.text}"', hint, "warning")
