"""assemble: documents and settings → the site: who sees what, addresses, order, tags, labels, series, links.

Pure, always run, cheap. A document that readers do not get has no trace here but in ``held``, which is for the
build's report alone.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from blog.config import dates
from blog.config.settings import FILE_NAME
from blog.content.files import File
from blog.markdown import Reference, Text
from blog.problems import Place, Problem, did_you_mean
from blog.site.addresses import Claim, collisions
from blog.site.links import (
    Atlas,
    FileNames,
    Links,
    Target,
    link_page,
    local_files,
    picture_slots,
    resolve,
    used_files,
)
from blog.site.pages import Audience, Hold, Page, hold, holds, is_missing_page, place, shows
from blog.site.path_owners import SEARCH, Alias, Lists, claim_all, collect_aliases, generated
from blog.site.related import relate, year_earlier
from blog.site.taxonomies import Series, Term, collect_series, collect_terms, keys, memberships
from blog.text import href, look_alike_form, normal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blog.config.settings import Settings
    from blog.content.document import Document
    from blog.content.images import Original

_NOWHERE = Place(FILE_NAME)
_ASKED_FOR = re.compile(r"content/(\.well-known/.*|_headers|CNAME|robots\.txt|(favicon|apple-touch-icon)[^/]*\.\w+)")
"""Files at the top that hosts and browsers ask for, whatever text names them."""


class Notice(Struct, frozen=True):
    """What stands above every post with a label."""

    text: Text
    links: tuple[str, ...]
    pictures: tuple[tuple[int, str], ...] = ()
    """Slot of each image, and the path of its file."""


class Held(Struct, frozen=True, order=True):
    """A document that readers do not get, or do not get in lists, and why."""

    path: str
    hold: Hold
    """Empty if it is only unlisted."""
    day: str
    """For which it is scheduled; else ``""``."""
    address: str = ""
    """Where this audience gets it all the same; empty if it is held back from it too."""
    holds: tuple[Hold, ...] = ()
    """Every reason."""
    unlisted: bool = False


class Site(Struct, frozen=True, kw_only=True):
    """Everything that is published, and how it hangs together."""

    pages: dict[str, Page]
    """Every page by path."""
    posts: tuple[Page, ...]
    """Listed posts, newest first."""
    home: Page | None
    links: dict[str, Links]
    """By path."""
    tags: dict[str, Term]
    """By key, in order."""
    labels: dict[str, Term]
    series: dict[str, Series]
    notices: dict[str, Notice]
    """By key of the label."""
    menu: tuple[tuple[str, str], ...]
    """Names and URLs."""
    aliases: tuple[Alias, ...]
    files: tuple[tuple[File, str], ...]
    """With their output paths."""
    mentions: dict[str, tuple[str, ...]]
    """Path → paths of the listed pages that link to it, oldest first."""
    revisited: dict[str, tuple[str, ...]]
    """Path → paths of the later posts that reconsider it, oldest first."""
    related: dict[str, tuple[str, ...]]
    year_earlier: dict[str, str]
    """Path → path of the listed post nearest to the same day one year before; listed posts alone."""
    held: tuple[Held, ...]
    private: bool
    """Its audience sees private passages and comments."""

    @property
    def pictures(self) -> dict[str, Original]:
        """What is known of pictures, by the path of the file, or of the output for those out of a notebook."""
        known = {file.path: file.picture for file, _ in self.files if file.picture}
        made = (made for page in self.pages.values() for made in page.document.made)
        return known | {picture.path: picture.picture for picture in made if picture.picture}

    def notices_of(self, post: Page) -> Iterator[tuple[str, Notice]]:
        """What stands above ``post``: name of the label as written, and its notice, in the order of its labels."""
        for name in post.document.matter.labels:
            if (key := normal(name.text)) in self.notices:
                yield name.text, self.notices[key]


def assemble(
    documents: Sequence[Document],
    files: Sequence[File],
    settings: Settings,
    audience: Audience,
    *,
    notices: Mapping[str, Text],
    assets: Iterable[str] = (),
) -> tuple[Site, list[Problem]]:
    """The site for ``audience``, and all that is wrong between its documents.

    ``notices`` are those of the settings' labels by key, ``assets`` the output paths of the theme's
    files, without their digests.
    """
    zone = dates.zone(settings.timezone)
    seen = [document for document in documents if shows(audience, document, zone)]
    unseen = [document for document in documents if not shows(audience, document, zone)]
    pages, problems = place(seen, settings, audience)
    withheld, _ = place(unseen, settings, audience)
    posts = sorted((page for page in pages if page.document.kind == "post" and page.listed), key=_age, reverse=True)
    tags, tag_problems = collect_terms(posts, "tag")
    labels, label_problems = collect_terms(posts, "label")
    series, series_problems = collect_series(pages, posts)
    addresses = {page.path: page.address for page in (*pages, *withheld)}
    public = _public_files(files, seen, unseen, notices.values(), settings, addresses)
    if audience.private:  # private passages show theirs
        public = {file.path: (file, file.path.removeprefix("content/")) for file in files}
    aliases, alias_problems = collect_aliases(pages)
    lists = Lists(posts, tags, labels, series)
    own = {page.address for page in pages if _takes_a_place(page)}
    made = dict(generated(lists, settings, own, public))
    themed = (Claim(path, "the theme", Place(FILE_NAME)) for path in assets)
    claims = [*themed, *claim_all(pages, public, aliases, made)]
    atlas = _atlas(settings, (pages, withheld), public, {*made, *(alias.address for alias in aliases)})
    problems += [*tag_problems, *label_problems, *series_problems, *alias_problems, *collisions(claims)]
    links = {page.path: link_page(page.document, atlas, problems, private=audience.private) for page in pages}
    by_path = {page.path: page for page in pages}
    site = Site(
        pages=by_path,
        posts=tuple(posts),
        home=next((page for page in pages if page.document.kind == "home"), None),
        links=links,
        tags=tags,
        labels=labels,
        series=series,
        notices=_notices(notices, atlas, problems),
        menu=_menu(settings, atlas, problems),
        aliases=tuple(aliases),
        files=tuple(public.values()),
        mentions=_backwards({path: found.mentions for path, found in links.items()}, by_path),
        revisited=_backwards({path: found.revisits for path, found in links.items()}, by_path),
        related=_related(posts, series, links),
        year_earlier=year_earlier(
            {post.path: post.day for post in reversed(posts) if post.day},
            {path: found.revisits for path, found in links.items()},
        ),
        held=tuple(
            sorted([*(_held(document, audience, zone) for document in unseen), *_previewed(pages, audience, zone)])
        ),
        private=audience.private,
    )
    return site, [*problems, *_same_guids(pages, posts, settings), *_near_names(posts, series, settings)]


def _age(page: Page) -> tuple[float, str]:
    """By date, then by address, wherever the file lies; a post whose date is missing is a problem of its own."""
    return page.instant.timestamp() if page.instant else 0.0, page.address


def _takes_a_place(page: Page) -> bool:
    """Whether a page stands where the program would put one of its own."""
    return page.document.kind == "home" or is_missing_page(page) or page.address == SEARCH


def _held(document: Document, audience: Audience, zone: dt.tzinfo) -> Held:
    why = hold(document, audience, zone)
    day = document.date.local_day(zone).isoformat() if why == "scheduled" and document.date else ""
    return Held(document.path, why, day)


def _previewed(pages: Iterable[Page], audience: Audience, zone: dt.tzinfo) -> Iterator[Held]:
    """What this audience gets and readers do not, or not in lists."""
    for page in pages:
        if page.hold or not page.listed:
            reasons = holds(page.document, audience, zone)
            day = page.day.isoformat() if page.day and "scheduled" in reasons else ""
            yield Held(page.path, page.hold, day, page.address, reasons, not page.listed)


def _public_files(
    files: Sequence[File],
    seen: Sequence[Document],
    unseen: Sequence[Document],
    notices: Iterable[Text],
    settings: Settings,
    addresses: Mapping[str, str],
) -> dict[str, tuple[File, str]]:
    """Return file and output path of all files by path, but for those that belong to hidden text or that it uses alone.

    ``addresses`` are those of documents by path. All names of one file are hidden together.
    """
    names = FileNames(file.path for file in files)

    def used_by(documents: Sequence[Document], *, withheld: bool, hidden: bool) -> set[str]:
        found = (
            used_files(
                document, addresses.get(document.path, "/"), names, settings.url, withheld=withheld, hidden=hidden
            )
            for document in documents
        )
        return set().union(*found)

    def used_in(references: Iterable[Reference], *, hidden: bool) -> set[str]:
        found = (
            local_files(reference, "content/index.md", "/", names, settings.url, hidden=hidden)
            for reference in references
        )
        return set().union(*found)

    used = used_by(seen, withheld=False, hidden=False) | used_in(_links_of(settings), hidden=False)
    hidden = used_by(seen, withheld=True, hidden=True)
    hidden |= used_by(unseen, withheld=False, hidden=True) | used_by(unseen, withheld=True, hidden=True)
    for text in notices:
        shown = [*text.links, *(Reference(name, "raw", _NOWHERE) for name in text.named)]
        used |= used_in(shown, hidden=False)
        hidden |= used_in(text.withheld_links, hidden=True)
    bundles = _Bundles(seen, unseen)
    secret = {file.real for file in files if file.path in hidden or bundles.hide(file.path) or bundles.hide(file.real)}
    public = {}
    for file in files:
        if file.real not in secret or file.path in used or _ASKED_FOR.fullmatch(file.path):
            public[file.path] = file, file.path.removeprefix("content/")
    return public


def _links_of(settings: Settings) -> Iterator[Reference]:
    """Where the settings lead readers."""
    yield from (Reference(item.target, "link", item.place) for item in settings.menu)
    yield from (Reference(url, "raw", _NOWHERE) for _, url in settings.links)


class _Bundles:
    """The folders that have an index of their own: what is in them belongs to it."""

    def __init__(self, seen: Iterable[Document], unseen: Iterable[Document]) -> None:
        hidden = {posixpath.dirname(document.path) for document in unseen if _is_bundle(document.path)}
        self._shown = {posixpath.dirname(document.path) for document in seen if _is_bundle(document.path)} - hidden
        self._hidden = {look_alike_form(folder) for folder in hidden}

    def hide(self, path: str) -> bool:
        """Tell whether the nearest bundle above ``path`` is hidden, or has a name like one that is."""
        if not self._hidden:
            return False
        folder = posixpath.dirname(path)
        while folder and folder not in self._shown:
            if look_alike_form(folder) in self._hidden:
                return True
            folder = posixpath.dirname(folder)
        return False


def _is_bundle(path: str) -> bool:
    return posixpath.basename(path).lower().startswith("index.") and path.count("/") > 1


def _atlas(
    settings: Settings,
    pages: tuple[Sequence[Page], Sequence[Page]],
    public: Mapping[str, tuple[File, str]],
    made: set[str],
) -> Atlas:
    published, withheld = pages
    addresses = dict.fromkeys(sorted(made), "")
    addresses |= {f"/{output}": path for path, (_, output) in public.items()}
    addresses |= {page.address: page.path for page in published}
    return Atlas(
        url=settings.url,
        base_path=settings.base_path,
        elsewhere=settings.elsewhere,
        documents={page.path: page.address for page in published},
        posts={page.path: page.instant for page in published if page.document.kind == "post"},
        withheld={page.path: page.hold for page in withheld},
        withheld_addresses={page.address: page.path for page in withheld},
        files={path: f"/{output}" for path, (_, output) in public.items()},
        addresses=addresses,
        anchors={
            page.path: frozenset((*page.document.text.anchors, *page.document.context.anchors)) for page in published
        },
    )


def _notices(notices: Mapping[str, Text], atlas: Atlas, problems: list[Problem]) -> dict[str, Notice]:
    """Notices with their links; these are relative to the content folder."""
    found = {}
    for key, text in notices.items():
        targets = [resolve(reference, "content/index.md", atlas) for reference in text.links]
        problems += [*text.problems, *(target for target in targets if isinstance(target, Problem))]
        known = [Target("") if isinstance(target, Problem) else target for target in targets]
        found[key] = Notice(text, tuple(target.url for target in known), picture_slots(text.links, known))
    return found


def _menu(settings: Settings, atlas: Atlas, problems: list[Problem]) -> tuple[tuple[str, str], ...]:
    items = []
    for name, url in settings.links:
        profile = resolve(Reference(url, "raw", settings.link_places[name]), "content/index.md", atlas)
        if isinstance(profile, Problem):
            problems.append(msgspec.structs.replace(profile, message=f"{name}: {profile.message}"))
    for item in settings.menu:
        target = resolve(Reference(item.target, "link", item.place), "content/index.md", atlas)
        if isinstance(target, Problem):
            problems.append(target)
        else:
            items.append((item.name, target.url))
    return tuple(items)


def _backwards(links: Mapping[str, Sequence[str]], pages: Mapping[str, Page]) -> dict[str, tuple[str, ...]]:
    """Who points at each page: listed posts and pages only, the oldest first."""
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
    posts: Sequence[Page], series: Mapping[str, Series], links: Mapping[str, Links]
) -> dict[str, tuple[str, ...]]:
    tags = {post.path: frozenset(keys(post.document.matter.tags)) for post in posts}
    member = memberships(series)
    linked = {post.path: {f"series {member[post.path][0]}"} if post.path in member else set[str]() for post in posts}
    for post in posts:
        for other in (*links[post.path].revisits, *links[post.path].mentions):
            for path in {post.path, other} & linked.keys():
                linked[path].add(f"{post.path} links {other}")
    return relate(tags, {path: frozenset(names) for path, names in linked.items()})


def entry_id(post: Page, settings: Settings) -> str:
    """By what feed readers know the entry of ``post``: its own ``guid``, else a ``tag:`` URI of RFC 4151."""
    guid = post.document.matter.guid
    return guid.text if guid else f"tag:{settings.authority},{post.day}:{href(post.address)}"


def _same_guids(pages: Sequence[Page], posts: Sequence[Page], settings: Settings) -> list[Problem]:
    if all(page.document.matter.guid is None for page in pages):  # nearly every site: thousands of ids less
        return []
    first = {entry_id(post, settings): post.path for post in posts if post.document.matter.guid is None}
    problems = []
    for page in pages:
        guid = page.document.matter.guid
        if guid is not None and first.setdefault(guid.text, page.path) != page.path:
            message = f'the guid "{guid.text}" is also that of {first[guid.text]}'
            problems.append(Problem(guid.place, "same-guid", message, "feed readers would show only one of them"))
    return problems


def _near_names(posts: Sequence[Page], series: Mapping[str, Series], settings: Settings) -> list[Problem]:
    """A label or series that is nearly one of those that have a notice or a file: a slip would publish a new one."""
    files = [entry.page for entry in series.values() if entry.page is not None]
    with_file = {name for page in files for name in (page.title, page.document.stem)}
    with_notice = {label.name for label in settings.labels}
    problems = []
    for post in posts:
        matter = post.document.matter
        named = [(name, "label", with_notice) for name in matter.labels]
        named += [(matter.series, "series", with_file)] if matter.series else []
        for name, kind, known in named:
            if normal(name.text) not in {normal(other) for other in known} and (near := did_you_mean(name.text, known)):
                problems.append(Problem(name.place, "near-name", f'a new {kind} "{name.text}"', near, "warning"))
    return problems
