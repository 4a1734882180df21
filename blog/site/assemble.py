"""Documents and settings → the site: visibility, addresses, order, tags, labels, series, links. Pure.

Pure, always run, cheap. A document that readers do not get has no trace here but in ``held``, which is for the
build's report alone.
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
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blog.config.settings import Settings
    from blog.content.document import Document
    from blog.content.images import SourceImage
    from blog.site.path_owners import Producer


class Notice(Struct, frozen=True):
    """The notice above every post with a label."""

    text: ConvertedText
    links: tuple[str, ...]
    images: tuple[tuple[int, str], ...] = ()
    """Slot of each image, and the path of its file."""


class HiddenDocument(Struct, frozen=True, order=True):
    """A document that readers do not get, or do not get in lists, and why."""

    path: str
    reason: HiddenReason
    """Empty if it is only unlisted."""
    day: str
    """Day for which it is scheduled; else ``""``."""
    address: str = ""
    """Address at which this audience sees it; empty if it is hidden from it too."""
    reasons: tuple[HiddenReason, ...] = ()
    """Every reason."""
    unlisted: bool = False


class Site(Struct, frozen=True, kw_only=True):
    """Everything that is published, and how it hangs together."""

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
    """Path → path of the listed post nearest to the same day one year before; listed posts alone."""
    hidden: tuple[HiddenDocument, ...]
    private: bool
    """Its audience sees private passages and comments."""

    @property
    def images(self) -> dict[str, SourceImage]:
        """Sizes of images, by the path of the file, or by the output path for images extracted from a notebook."""
        images = {file.path: file.image for file, _ in self.files if file.image}
        for page in self.pages.values():
            for extracted in page.document.extracted_images:
                if extracted.image:
                    images[extracted.path] = extracted.image
        return images

    def notices_of(self, post: Page) -> Iterator[tuple[str, Notice]]:
        """Yield the notices of ``post``: name of the label as written, and its notice, in the order of its labels."""
        for name in post.document.front_matter.labels:
            if (key := name_key(name.text)) in self.notices:
                yield name.text, self.notices[key]


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
    visible = [document for document in documents if is_visible(audience, document, zone)]
    hidden = [document for document in documents if not is_visible(audience, document, zone)]
    pages, problems = assign_addresses(visible, settings, audience)
    hidden_pages, _ = assign_addresses(hidden, settings, audience)
    posts = sorted((page for page in pages if page.document.kind == "post" and page.listed), key=_age, reverse=True)

    tags, tag_problems = collect_terms(posts, "tag")
    labels, label_problems = collect_terms(posts, "label")
    series, series_problems = collect_series(pages, posts)
    aliases, alias_problems = collect_aliases(pages)
    problems += [*tag_problems, *label_problems, *series_problems, *alias_problems]

    addresses = {page.path: page.address for page in (*pages, *hidden_pages)}
    public = select_public_files(files, visible, hidden, notices.values(), settings, addresses)
    if audience.private:  # private passages show their files
        public = {file.path: (file, file.path.removeprefix("content/")) for file in files}

    lists = Lists(posts, tags, labels, series)
    generated = _generated_pages(pages, lists, settings, public)
    problems += find_collisions([*_theme_owners(assets), *claim_all(pages, public, aliases, generated)])

    generated_addresses = {*generated, *(alias.address for alias in aliases)}
    index = _link_index(settings, (pages, hidden_pages), public, generated_addresses)
    links = {page.path: link_page(page.document, index, problems, private=audience.private) for page in pages}
    mentions = {path: page_links.mentions for path, page_links in links.items()}
    revisits = {path: page_links.revisits for path, page_links in links.items()}
    pages_by_path = {page.path: page for page in pages}
    site = Site(
        pages=pages_by_path,
        posts=tuple(posts),
        home=next((page for page in pages if page.document.kind == "home"), None),
        links=links,
        tags=tags,
        labels=labels,
        series=series,
        notices=_notices(notices, index, problems),
        menu=_menu(settings, index, problems),
        aliases=tuple(aliases),
        files=tuple(public.values()),
        mentions=_backwards(mentions, pages_by_path),
        revisited=_backwards(revisits, pages_by_path),
        related=_related(posts, series, links),
        year_earlier=_year_earlier(posts, revisits),
        hidden=_hidden_documents(hidden, pages, audience, zone),
        private=audience.private,
    )
    return site, [*problems, *_same_guids(pages, posts, settings), *_near_names(posts, series, settings)]


def _theme_owners(assets: Iterable[str]) -> list[PathOwner]:
    return [PathOwner(path, "the theme", Location(FILE_NAME)) for path in assets]


def _year_earlier(posts: Sequence[Page], revisits: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return for each post (newest first) the one of about the same day a year earlier, if there is one."""
    days = {post.path: post.day for post in reversed(posts) if post.day}
    return find_year_earlier(days, revisits)


def _generated_pages(
    pages: Sequence[Page], lists: Lists, settings: Settings, public: Mapping[str, object]
) -> dict[str, Producer]:
    """Return the pages and feeds that no document stands for, by address."""
    replaced = {page.address for page in pages if _replaces_generated_page(page)}
    return dict(generated_pages(lists, settings, replaced, public))


def _hidden_documents(
    hidden: Sequence[Document], pages: Sequence[Page], audience: Audience, zone: dt.tzinfo
) -> tuple[HiddenDocument, ...]:
    """Return the documents that readers do not see, in order; for an author's audience also those that it sees."""
    documents = [_hidden_document(document, audience, zone) for document in hidden]
    return tuple(sorted([*documents, *_previewed(pages, audience, zone)]))


def _age(page: Page) -> tuple[float, str]:
    """Return the sort key of a page: date, then address. A missing date is a problem of its own."""
    return page.instant.timestamp() if page.instant else 0.0, page.address


def _replaces_generated_page(page: Page) -> bool:
    """Return whether a page replaces one that the program would generate."""
    return page.document.kind == "home" or is_not_found_page(page) or page.address == SEARCH_ADDRESS


def _hidden_document(document: Document, audience: Audience, zone: dt.tzinfo) -> HiddenDocument:
    why = hidden_reason(document, audience, zone)
    day = document.date.local_day(zone).isoformat() if why == "scheduled" and document.date else ""
    return HiddenDocument(document.path, why, day)


def _previewed(pages: Iterable[Page], audience: Audience, zone: dt.tzinfo) -> Iterator[HiddenDocument]:
    """Yield the documents that this audience sees and readers do not see, or not in lists."""
    for page in pages:
        if page.hidden_reason or not page.listed:
            reasons = hidden_reasons(page.document, audience, zone)
            day = page.day.isoformat() if page.day and "scheduled" in reasons else ""
            yield HiddenDocument(page.path, page.hidden_reason, day, page.address, reasons, not page.listed)


def _link_index(
    settings: Settings,
    pages: tuple[Sequence[Page], Sequence[Page]],
    public: Mapping[str, tuple[SourceFile, str]],
    generated: set[str],
) -> LinkIndex:
    published, hidden_pages = pages
    addresses = dict.fromkeys(sorted(generated), "")
    addresses |= {f"/{output}": path for path, (_, output) in public.items()}
    addresses |= {page.address: page.path for page in published}
    return LinkIndex(
        url=settings.url,
        base_path=settings.base_path,
        elsewhere=settings.elsewhere,
        documents={page.path: page.address for page in published},
        posts={page.path: page.instant for page in published if page.document.kind == "post"},
        hidden={page.path: page.hidden_reason for page in hidden_pages},
        hidden_addresses={page.address: page.path for page in hidden_pages},
        files={path: f"/{output}" for path, (_, output) in public.items()},
        addresses=addresses,
        anchors={
            page.path: frozenset((*page.document.text.anchors, *page.document.context.anchors)) for page in published
        },
    )


def _notices(notices: Mapping[str, ConvertedText], index: LinkIndex, problems: list[Problem]) -> dict[str, Notice]:
    """Notices with their links; these are relative to the content folder."""
    found = {}
    for key, text in notices.items():
        targets = [resolve_link(reference, "content/index.md", index) for reference in text.links]
        problems += [*text.problems, *(target for target in targets if isinstance(target, Problem))]
        known = [ResolvedLink("") if isinstance(target, Problem) else target for target in targets]
        found[key] = Notice(text, tuple(target.url for target in known), picture_slots(text.links, known))
    return found


def _menu(settings: Settings, index: LinkIndex, problems: list[Problem]) -> tuple[tuple[str, str], ...]:
    items = []
    for name, url in settings.links:
        profile = resolve_link(Reference(url, "raw", settings.link_locations[name]), "content/index.md", index)
        if isinstance(profile, Problem):
            problems.append(msgspec.structs.replace(profile, message=f"{name}: {profile.message}"))
    for item in settings.menu:
        target = resolve_link(Reference(item.target, "link", item.location), "content/index.md", index)
        if isinstance(target, Problem):
            problems.append(target)
        else:
            items.append((item.name, target.url))
    return tuple(items)


def _backwards(links: Mapping[str, Sequence[str]], pages: Mapping[str, Page]) -> dict[str, tuple[str, ...]]:
    """Return the pages that link to each page: listed posts and pages only, the oldest first."""
    found: dict[str, list[Page]] = {}
    for path, targets in links.items():
        if pages[path].listed and pages[path].document.kind in {"post", "page"}:
            for target in targets:
                if target != path:
                    found.setdefault(target, []).append(pages[path])
    return {
        target: tuple(page.path for page in sorted(sources, key=lambda page: (page.instant is None, *_age(page))))
        for target, sources in found.items()
    }


def _related(
    posts: Sequence[Page], series: Mapping[str, Series], links: Mapping[str, PageLinks]
) -> dict[str, tuple[str, ...]]:
    tags = {post.path: frozenset(term_keys(post.document.front_matter.tags)) for post in posts}
    member = series_memberships(series)
    linked = {post.path: {f"series {member[post.path][0]}"} if post.path in member else set[str]() for post in posts}
    for post in posts:
        for other in (*links[post.path].revisits, *links[post.path].mentions):
            for path in {post.path, other} & linked.keys():
                linked[path].add(f"{post.path} links {other}")
    return relate_posts(tags, {path: frozenset(names) for path, names in linked.items()})


def feed_entry_id(post: Page, settings: Settings) -> str:
    """Return the id of the feed entry of ``post``: its own ``guid``, else a ``tag:`` URI of RFC 4151."""
    guid = post.document.front_matter.guid
    return guid.text if guid else f"tag:{settings.authority},{post.day}:{href(post.address)}"


def _same_guids(pages: Sequence[Page], posts: Sequence[Page], settings: Settings) -> list[Problem]:
    if all(page.document.front_matter.guid is None for page in pages):  # nearly every site: thousands of ids less
        return []
    first = {feed_entry_id(post, settings): post.path for post in posts if post.document.front_matter.guid is None}
    problems = []
    for page in pages:
        guid = page.document.front_matter.guid
        if guid is not None and first.setdefault(guid.text, page.path) != page.path:
            message = f'the guid "{guid.text}" is also that of {first[guid.text]}'
            problems.append(Problem(guid.location, "same-guid", message, "feed readers would show only one of them"))
    return problems


def _near_names(posts: Sequence[Page], series: Mapping[str, Series], settings: Settings) -> list[Problem]:
    """A label or series that is nearly one of those that have a notice or a file: a slip would publish a new one."""
    files = [entry.page for entry in series.values() if entry.page is not None]
    with_file = {name for page in files for name in (page.title, page.document.stem)}
    with_notice = {label.name for label in settings.labels}
    problems = []
    for post in posts:
        matter = post.document.front_matter
        named = [(name, "label", with_notice) for name in matter.labels]
        named += [(matter.series, "series", with_file)] if matter.series else []
        for name, kind, known in named:
            if name_key(name.text) not in {name_key(other) for other in known} and (
                near := did_you_mean(name.text, known)
            ):
                problems.append(Problem(name.location, "near-name", f'a new {kind} "{name.text}"', near, "warning"))
    return problems
