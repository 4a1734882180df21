"""Documents and settings → the site: visibility, addresses, order, tags, labels, series, links.

Pure and cheap: every build runs it. A document that this audience does not see is only in ``Site.hidden``, for the
build's report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from blog.config import dates
from blog.config.settings import FILE_NAME
from blog.content.files import SourceFile
from blog.markdown import ConvertedText, Reference
from blog.problems import Location, Problem, did_you_mean
from blog.site.addresses import PathOwner, find_collisions
from blog.site.links import LinkIndex, ResolvedLink, resolve_link
from blog.site.page_links import PageLinks, link_page, picture_slots
from blog.site.pages import Page, assign_addresses, is_not_found_page
from blog.site.path_owners import SEARCH_ADDRESS, Alias, Lists, claim_all, collect_aliases, generated_pages
from blog.site.published_files import select_public_files
from blog.site.related import find_year_earlier, relate_posts
from blog.site.series import Series, collect_series, series_memberships
from blog.site.taxonomies import Term, collect_terms, term_keys
from blog.site.visibility import Audience, HiddenReason, hidden_reason, hidden_reasons, is_visible
from blog.text import href, name_key

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from blog.config.settings import Settings
    from blog.content.document import Document
    from blog.content.front_matter import LocatedText
    from blog.content.images import SourceImage
    from blog.site.path_owners import Producer


class Notice(Struct, frozen=True):
    """The notice above every post with a label."""

    text: ConvertedText
    links: tuple[str, ...]
    images: tuple[tuple[int, str], ...] = ()
    """Placeholder of each image, and the path of its file."""


class HiddenDocument(Struct, frozen=True, order=True):
    """A document that is hidden from readers or unlisted, with the reasons."""

    path: str
    reason: HiddenReason
    """Empty if it is only unlisted."""
    day: str
    """Day for which it is scheduled, or ``""``."""
    address: str = ""
    """Address at which this audience sees it; empty if this audience does not see it either."""
    reasons: tuple[HiddenReason, ...] = ()
    """Every reason."""
    unlisted: bool = False


class Site(Struct, frozen=True, kw_only=True):
    """Everything that is published, and the relations between its parts."""

    pages: dict[str, Page]
    """Every page by path."""
    posts: tuple[Page, ...]
    """Listed posts, newest first."""
    home: Page | None
    links: dict[str, PageLinks]
    """Resolved links of each page, by path."""
    tags: dict[str, Term]
    """Tags by key, in order."""
    labels: dict[str, Term]
    series: dict[str, Series]
    notices: dict[str, Notice]
    """Notices by key of the label."""
    menu: tuple[tuple[str, str], ...]
    """Names and URLs."""
    aliases: tuple[Alias, ...]
    files: tuple[tuple[SourceFile, str], ...]
    """Published files with their output paths."""
    mentions: dict[str, tuple[str, ...]]
    """Path → paths of the listed pages that link to it, oldest first."""
    revisited: dict[str, tuple[str, ...]]
    """Path → paths of the later posts that reconsider it, oldest first."""
    related: dict[str, tuple[str, ...]]
    year_earlier: dict[str, str]
    """Path of each listed post → path of the listed post nearest to the same day one year before."""
    hidden: tuple[HiddenDocument, ...]
    private: bool
    """The audience sees private passages and comments."""

    @property
    def images(self) -> dict[str, SourceImage]:
        """Images with their sizes, by path of the file; those extracted from a notebook by output path."""
        images = {file.path: file.image for file, _ in self.files if file.image}
        for page in self.pages.values():
            for extracted in page.document.extracted_images:
                if extracted.image:
                    images[extracted.path] = extracted.image
        return images

    def notices_of(self, post: Page) -> Iterator[tuple[str, Notice]]:
        """Yield the notices of ``post``: name of the label as written, and its notice, in the order of its labels."""
        for name in post.document.front_matter.labels:
            notice = self.notices.get(name_key(name.text))
            if notice is not None:
                yield name.text, notice


def assemble(
    documents: Sequence[Document],
    files: Sequence[SourceFile],
    settings: Settings,
    audience: Audience,
    *,
    notices: Mapping[str, ConvertedText],
    assets: Iterable[str] = (),
) -> tuple[Site, list[Problem]]:
    """Return the site as ``audience`` sees it, and the problems between its documents.

    ``notices`` are those of the settings' labels by key; ``assets`` are the output paths of the theme's files, without
    their digests.
    """
    zone = dates.find_zone(settings.timezone)
    visible, hidden = _split_by_visibility(documents, audience, zone)
    pages, problems = assign_addresses(visible, settings, audience)
    hidden_pages, _ = assign_addresses(hidden, settings, audience)
    lists = _collect_lists(pages, problems)
    posts, series = lists.posts, lists.series
    aliases, alias_problems = collect_aliases(pages)
    problems += alias_problems

    addresses = {page.path: page.address for page in (*pages, *hidden_pages)}
    public = select_public_files(files, visible, hidden, notices.values(), settings, addresses)
    if audience.private:  # Private passages use files too.
        public = {file.path: (file, file.path.removeprefix("content/")) for file in files}

    generated = _collect_generated_pages(pages, lists, settings, public)
    problems += find_collisions([*_theme_owners(assets), *claim_all(pages, public, aliases, generated)])

    generated_addresses = {*generated, *(alias.address for alias in aliases)}
    index = _build_link_index(settings, (pages, hidden_pages), public, generated_addresses)
    links = {page.path: link_page(page.document, index, problems, private=audience.private) for page in pages}
    mentions = {path: page_links.mentions for path, page_links in links.items()}
    revisits = {path: page_links.revisits for path, page_links in links.items()}
    pages_by_path = {page.path: page for page in pages}
    site = Site(
        pages=pages_by_path,
        posts=tuple(posts),
        home=next((page for page in pages if page.document.kind == "home"), None),
        links=links,
        tags=lists.tags,
        labels=lists.labels,
        series=series,
        notices=_resolve_notices(notices, index, problems),
        menu=_resolve_menu(settings, index, problems),
        aliases=tuple(aliases),
        files=tuple(public.values()),
        mentions=_find_backlinks(mentions, pages_by_path),
        revisited=_find_backlinks(revisits, pages_by_path),
        related=_find_related(posts, series, links),
        year_earlier=_find_year_earlier(posts, revisits),
        hidden=_hidden_documents(hidden, pages, audience, zone),
        private=audience.private,
    )
    return site, [*problems, *_find_equal_guids(pages, posts, settings), *_find_near_names(posts, series, settings)]


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


def _collect_lists(pages: Sequence[Page], problems: list[Problem]) -> Lists:
    """Return the listed posts, newest first, with their tags, labels and series."""
    posts = [page for page in pages if page.document.kind == "post" and page.listed]
    posts.sort(key=_age_key, reverse=True)
    tags, tag_problems = collect_terms(posts, "tag")
    labels, label_problems = collect_terms(posts, "label")
    series, series_problems = collect_series(pages, posts)
    problems += [*tag_problems, *label_problems, *series_problems]
    return Lists(posts, tags, labels, series)


def _theme_owners(assets: Iterable[str]) -> list[PathOwner]:
    return [PathOwner(path, "the theme", Location(FILE_NAME)) for path in assets]


def _find_year_earlier(posts: Sequence[Page], revisits: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return for each of ``posts`` (newest first) the post of about the same day a year earlier, if there is one."""
    days = {post.path: post.day for post in reversed(posts) if post.day}
    return find_year_earlier(days, revisits)


def _collect_generated_pages(
    pages: Sequence[Page], lists: Lists, settings: Settings, public: Mapping[str, object]
) -> dict[str, Producer]:
    """Return the producers of generated pages and feeds, by address."""
    replaced = {page.address for page in pages if _replaces_generated_page(page)}
    return dict(generated_pages(lists, settings, replaced, public))


def _hidden_documents(
    hidden: Sequence[Document], pages: Sequence[Page], audience: Audience, zone: dt.tzinfo
) -> tuple[HiddenDocument, ...]:
    """Return the documents that are hidden from readers or unlisted, in order: also those that ``audience`` sees."""
    documents = [_hidden_document(document, audience, zone) for document in hidden]
    return tuple(sorted([*documents, *_previewed_documents(pages, audience, zone)]))


def _age_key(page: Page) -> tuple[float, str]:
    """Return the sort key of a page: date, then address. A missing date is reported elsewhere."""
    seconds = page.instant.timestamp() if page.instant else 0.0
    return seconds, page.address


def _replaces_generated_page(page: Page) -> bool:
    """Return whether a page replaces one that the program would generate."""
    return page.document.kind == "home" or is_not_found_page(page) or page.address == SEARCH_ADDRESS


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


def _build_link_index(
    settings: Settings,
    pages: tuple[Sequence[Page], Sequence[Page]],
    public: Mapping[str, tuple[SourceFile, str]],
    generated: set[str],
) -> LinkIndex:
    published, hidden_pages = pages
    documents = {page.path: page.address for page in published}
    hidden, hidden_addresses = {}, {}
    for page in hidden_pages:
        hidden[page.path] = page.hidden_reason
        hidden_addresses[page.address] = page.path
    files = {path: f"/{output}" for path, (_, output) in public.items()}
    addresses = dict.fromkeys(sorted(generated), "")
    addresses |= {address: path for path, address in files.items()}
    addresses |= {address: path for path, address in documents.items()}
    anchors = {page.path: _anchors(page.document) for page in published}
    return LinkIndex(
        url=settings.url,
        base_path=settings.base_path,
        elsewhere=settings.elsewhere,
        documents=documents,
        posts={page.path: page.instant for page in published if page.document.kind == "post"},
        hidden=hidden,
        hidden_addresses=hidden_addresses,
        files=files,
        addresses=addresses,
        anchors=anchors,
    )


def _anchors(document: Document) -> frozenset[str]:
    return frozenset((*document.text.anchors, *document.context.anchors))


def _resolve_notices(
    texts: Mapping[str, ConvertedText], index: LinkIndex, problems: list[Problem]
) -> dict[str, Notice]:
    """Return the notices with their links."""
    notices = {}
    for key, text in texts.items():
        problems += text.problems
        targets = [_resolve_or_report(reference, index, problems) or ResolvedLink("") for reference in text.links]
        notices[key] = Notice(text, tuple(target.url for target in targets), picture_slots(text.links, targets))
    return notices


def _resolve_menu(settings: Settings, index: LinkIndex, problems: list[Problem]) -> tuple[tuple[str, str], ...]:
    """Return names and URLs of the menu; problems for it and for the profiles."""
    for name, url in settings.links:
        profile = _resolve(Reference(url, "raw", settings.link_locations[name]), index)
        if isinstance(profile, Problem):
            problems.append(msgspec.structs.replace(profile, message=f"{name}: {profile.message}"))
    items = []
    for item in settings.menu:
        target = _resolve_or_report(Reference(item.target, "link", item.location), index, problems)
        if target is not None:
            items.append((item.name, target.url))
    return tuple(items)


def _resolve_or_report(reference: Reference, index: LinkIndex, problems: list[Problem]) -> ResolvedLink | None:
    target = _resolve(reference, index)
    if isinstance(target, Problem):
        problems.append(target)
        return None
    return target


def _resolve(reference: Reference, index: LinkIndex) -> ResolvedLink | Problem:
    """Resolve a link of the settings, which is relative to the content folder."""
    return resolve_link(reference, "content/index.md", index)


def _find_backlinks(links: Mapping[str, Sequence[str]], pages: Mapping[str, Page]) -> dict[str, tuple[str, ...]]:
    """Return the pages that link to each page: listed posts and pages only, the oldest first."""
    sources: dict[str, list[Page]] = {}
    for path, targets in links.items():
        page = pages[path]
        if not page.listed or page.document.kind not in {"post", "page"}:
            continue
        for target in targets:
            if target != path:
                sources.setdefault(target, []).append(page)
    backlinks = {}
    for target, linking_pages in sources.items():
        linking_pages.sort(key=lambda page: (page.instant is None, *_age_key(page)))
        backlinks[target] = tuple(page.path for page in linking_pages)
    return backlinks


def _find_related(
    posts: Sequence[Page], series: Mapping[str, Series], links: Mapping[str, PageLinks]
) -> dict[str, tuple[str, ...]]:
    """Return the related posts of each post: none of its own series, and none that one of the two links to."""
    tags = {post.path: frozenset(term_keys(post.document.front_matter.tags)) for post in posts}
    connections: dict[str, set[str]] = {post.path: set() for post in posts}
    for path, (key, _) in series_memberships(series).items():
        connections[path].add(f"series {key}")
    for post in posts:
        for other in (*links[post.path].revisits, *links[post.path].mentions):
            connection = f"{post.path} links {other}"
            connections[post.path].add(connection)
            if other in connections:
                connections[other].add(connection)
    return relate_posts(tags, {path: frozenset(names) for path, names in connections.items()})


def feed_entry_id(post: Page, settings: Settings) -> str:
    """Return the id of the feed entry of ``post``: its own ``guid``, else a ``tag:`` URI of RFC 4151."""
    guid = post.document.front_matter.guid
    return guid.text if guid else f"tag:{settings.authority},{post.day}:{href(post.address)}"


def _find_equal_guids(pages: Sequence[Page], posts: Sequence[Page], settings: Settings) -> list[Problem]:
    if all(page.document.front_matter.guid is None for page in pages):  # nearly every site: saves thousands of ids
        return []
    paths = {feed_entry_id(post, settings): post.path for post in posts if post.document.front_matter.guid is None}
    problems = []
    for page in pages:
        guid = page.document.front_matter.guid
        if guid is None:
            continue
        other = paths.setdefault(guid.text, page.path)
        if other != page.path:
            message = f'the guid "{guid.text}" is also that of {other}'
            problems.append(Problem(guid.location, "same-guid", message, "feed readers would show only one of them"))
    return problems


def _find_near_names(posts: Sequence[Page], series: Mapping[str, Series], settings: Settings) -> Iterator[Problem]:
    """Yield a warning for each label or series that is nearly one with a notice or a file.

    Otherwise a slip in spelling would publish a new one.
    """
    label_names = {label.name for label in settings.labels}
    series_names: set[str] = set()
    for entry in series.values():
        if entry.page is not None:
            series_names |= {entry.page.title, entry.page.document.stem}
    for post in posts:
        matter = post.document.front_matter
        for label in matter.labels:
            yield from _check_name(label, "label", label_names)
        if matter.series:
            yield from _check_name(matter.series, "series", series_names)


def _check_name(name: LocatedText, kind: str, names: Collection[str]) -> Iterator[Problem]:
    if name_key(name.text) in map(name_key, names):
        return
    hint = did_you_mean(name.text, names)
    if hint:
        yield Problem(name.location, "near-name", f'a new {kind} "{name.text}"', hint, "warning")
