"""The structure of a site and its addresses → the site: links, backlinks, related posts. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from blog.config import dates
from blog.config.settings import WIKILINKS
from blog.content.images import is_picture
from blog.markdown import ConvertedText, Reference
from blog.problems import Problem
from blog.site.document_links import PageLinks, link_page, picture_slots
from blog.site.links import LinkIndex, ResolvedLink
from blog.site.names import Names
from blog.site.related import RelatedPosts, find_year_earlier, relate_posts
from blog.site.series import series_memberships
from blog.site.structure import SiteStructure, age_key
from blog.site.taxonomies import term_keys
from blog.site.translations import collect_translations
from blog.site.wikilinks import resolve_reference
from blog.text import name_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from blog.config.menu import MenuItem
    from blog.config.settings import Settings
    from blog.content.document import Document
    from blog.content.images import SourceImage
    from blog.site.pages import Page


class Notice(Struct, frozen=True):
    """The notice above every post with a label."""

    text: ConvertedText
    links: tuple[str, ...]
    images: tuple[tuple[int, str], ...] = ()
    """Placeholder of each image, and the path of its file."""


class Site(SiteStructure, frozen=True, kw_only=True):
    """Everything that is published, and the relations between its parts."""

    links: dict[str, PageLinks]
    """Resolved links of each page, by path."""
    notices: dict[str, Notice]
    """Notices by key of the label."""
    menus: dict[str, tuple[tuple[str, str], ...]]
    """Prefix of an edition → names and URLs of its menu."""
    portrait: str
    """Path of the image of the author; empty without one."""
    mentions: dict[str, tuple[str, ...]]
    """Path → paths of the listed pages that link to it, oldest first."""
    revisited: dict[str, tuple[str, ...]]
    """Path → paths of the later posts that reconsider it, oldest first."""
    related: RelatedPosts
    translations: dict[str, tuple[str, ...]]
    """Path → paths of the same text in other languages."""
    year_earlier: dict[str, str]
    """Path of each listed post → path of the listed post nearest to the same day one year before."""

    @property
    def images(self) -> dict[str, SourceImage]:
        """Images with their sizes, by path of the file; those that a conversion made by output path."""
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
    structure: SiteStructure,
    addresses: Mapping[str, str],
    settings: Settings,
    *,
    notices: Mapping[str, ConvertedText],
    unread: Collection[str] = (),
) -> tuple[Site, list[Problem]]:
    """Return the site with all links resolved, and a problem for each link that leads nowhere.

    ``addresses`` are all addresses of the site: each with the path of its source, or ``""`` if it has none. ``notices``
    are those of the settings' labels by key. ``unread`` are the paths of the source files that could not be parsed.
    """
    problems: list[Problem] = []
    pages = structure.pages
    index = _build_link_index(structure, addresses, settings, unread)
    links = {path: link_page(page.document, index, problems) for path, page in pages.items()}
    mentions = {path: page_links.mentions for path, page_links in links.items()}
    revisits = {path: page_links.revisits for path, page_links in links.items()}
    originals = {path: page_links.translation_of for path, page_links in links.items() if page_links.translation_of}
    translations, translation_problems = collect_translations(pages, originals, settings.language)
    problems += translation_problems
    site = Site(
        **msgspec.structs.asdict(structure),
        links=links,
        notices=_resolve_notices(notices, index, problems),
        menus=_resolve_menus(structure, index, problems),
        portrait=_resolve_portrait(settings, index, problems),
        mentions=_find_backlinks(mentions, pages),
        revisited=_find_backlinks(revisits, pages),
        related=_find_related(structure, links),
        translations=translations,
        year_earlier=_find_year_earlier(structure, revisits),
    )
    _check_profiles(settings, index, problems)
    return site, problems


def _find_year_earlier(structure: SiteStructure, revisits: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return for each post the one of about the same day a year earlier in its edition, if there is one."""
    earlier: dict[str, str] = {}
    for edition in structure.editions:
        days = {post.path: post.day for post in reversed(edition.posts) if post.day}
        earlier |= find_year_earlier(days, revisits)
    return earlier


def _build_link_index(
    structure: SiteStructure, addresses: Mapping[str, str], settings: Settings, unread: Collection[str]
) -> LinkIndex:
    posts = {path: page.instant for path, page in structure.pages.items() if page.document.kind == "post"}
    bundles = structure.bundles
    hidden = {document.path: document.reason for document in structure.hidden if not document.address}
    hidden |= {path: hidden[bundles.find_hidden_owner(path)] for path in structure.hidden_files}
    hidden_addresses = {bundles.address(path): path for path in structure.hidden_files}
    hidden_addresses |= {page.address: page.path for page in structure.hidden_pages}
    files = {file.path: f"/{output}" for file, output in structure.files}
    unread = frozenset([*structure.unaddressed, *unread])
    names, headings = Names(), {}
    if WIKILINKS in settings.extensions:
        names = collect_names(structure, unread)
        headings = {path: _headings(page.document) for path, page in structure.pages.items()}
    return LinkIndex(
        url=settings.url,
        base_path=settings.base_path,
        elsewhere=settings.elsewhere,
        documents={path: page.address for path, page in structure.pages.items()},
        posts=posts,
        hidden=hidden,
        hidden_addresses=hidden_addresses,
        hidden_files=frozenset(structure.hidden_files),
        unread=unread,
        files=files,
        moved=structure.moved,
        extracted=dict(_find_renamed_images(structure.pages.values())),
        addresses=addresses,
        zone=dates.find_zone(settings.timezone),
        anchors={path: _anchors(page.document) for path, page in structure.pages.items()},
        names=names,
        headings=headings,
    )


def collect_names(structure: SiteStructure, unread: Iterable[str] = ()) -> Names:
    """Return what wikilinks may mean, also hidden documents: a link to one is a problem of its own."""
    pages = (*structure.pages.values(), *structure.hidden_pages)
    documents = [(page.path, page.title) for page in pages]
    documents += [(path, "") for path in unread]
    return Names(documents, [*(file.path for file, _ in structure.files), *structure.hidden_files])


def _headings(document: Document) -> list[tuple[str, str]]:
    return [(heading.id, heading.text) for heading in document.text.headings]


def _find_renamed_images(pages: Iterable[Page]) -> Iterator[tuple[tuple[str, str], str]]:
    for page in pages:
        for extracted in page.document.extracted_images:
            output = page.extracted_path(extracted.path)
            if output != extracted.path:
                yield (page.path, extracted.path), output


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


def _check_profiles(settings: Settings, index: LinkIndex, problems: list[Problem]) -> None:
    for name, url in settings.links:
        profile = _resolve(Reference(url, "raw", settings.link_locations[name]), index)
        if isinstance(profile, Problem):
            problems.append(msgspec.structs.replace(profile, message=f"{name}: {profile.message}"))


def _resolve_menus(
    structure: SiteStructure, index: LinkIndex, problems: list[Problem]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return names and URLs of the menu of each edition, by its prefix; a problem for each that leads nowhere."""
    targets: dict[MenuItem, ResolvedLink | None] = {}
    menus = {}
    for edition in structure.editions:
        items = []
        for item in edition.settings.menu:
            if item not in targets:  # editions without a menu of their own have that of the site
                targets[item] = _resolve_or_report(Reference(item.target, "link", item.location), index, problems)
            target = targets[item]
            if target is not None:
                items.append((item.name, target.url))
        menus[edition.prefix] = tuple(items)
    return menus


def _resolve_portrait(settings: Settings, index: LinkIndex, problems: list[Problem]) -> str:
    """Return the path of the author's image, a file of this site; else ``""``, and a problem if there should be one."""
    portrait = settings.portrait
    if portrait is None:
        return ""
    target = _resolve_or_report(Reference(portrait.path, "image", portrait.location), index, problems)
    if target is None:
        return ""
    if target.path not in index.files or not is_picture(target.path):
        message, hint = f'"{portrait.path}" is not an image', "name an image of this site"
        problems.append(Problem(portrait.location, "wrong-image", message, hint))
        return ""
    return target.path


def _resolve_or_report(reference: Reference, index: LinkIndex, problems: list[Problem]) -> ResolvedLink | None:
    target = _resolve(reference, index)
    if isinstance(target, Problem):
        problems.append(target)
        return None
    return target


def _resolve(reference: Reference, index: LinkIndex) -> ResolvedLink | Problem:
    """Resolve a link of the settings, which is relative to the content folder."""
    return resolve_reference(reference, "content/index.md", index)


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
        linking_pages.sort(key=lambda page: (page.instant is None, *age_key(page)))
        backlinks[target] = tuple(page.path for page in linking_pages)
    return backlinks


def _find_related(structure: SiteStructure, links: Mapping[str, PageLinks]) -> RelatedPosts:
    """Return the relations between posts of an edition: none of its own series, and none that one of them links to."""
    posts = structure.posts
    tags = {}
    for edition in structure.editions:
        for post in edition.posts:
            keys = term_keys(post.document.front_matter.tags)
            tags[post.path] = frozenset(f"{edition.prefix}/{key}" for key in keys)
    connections: dict[str, set[str]] = {post.path: set() for post in posts}
    for path, (key, _) in series_memberships(structure.series).items():
        connections[path].add(f"series {key}")
    for post in posts:
        for other in (*links[post.path].revisits, *links[post.path].mentions):
            connection = f"{post.path} links {other}"
            connections[post.path].add(connection)
            if other in connections:
                connections[other].add(connection)
    return relate_posts(tags, {path: frozenset(names) for path, names in connections.items()})
