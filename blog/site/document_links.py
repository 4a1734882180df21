"""All links of one document: the resolved links of its page, and the files that its texts use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct

from blog.content.front_matter import linked_addresses
from blog.markdown import Reference
from blog.markdown.media_formats import why_no_preview
from blog.problems import Problem
from blog.site.links import SCHEME, LinkIndex, ResolvedLink, check_name, local_files
from blog.site.wikilinks import resolve_reference
from blog.text import is_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from blog.content.document import Document
    from blog.content.front_matter import LocatedText
    from blog.site.names import FileNames


class PageLinks(Struct, frozen=True):
    """The resolved links and images of one page."""

    text: tuple[str, ...] = ()
    """URLs by placeholder of the text."""
    context: tuple[str, ...] = ()
    """URLs by placeholder of the context."""
    images: tuple[tuple[int, str], ...] = ()
    """Placeholder of each image in the text, and the path of its file."""
    context_images: tuple[tuple[int, str], ...] = ()
    """The same for the context."""
    image: str = ""
    """URL of the preview image."""
    image_path: str = ""
    """Path of its file; empty if it is on another host."""
    revisits: tuple[str, ...] = ()
    """Paths of the earlier posts that it reconsiders."""
    translation_of: str = ""
    """Path of the document of which it is a translation."""
    mentions: tuple[str, ...] = ()
    """Paths of the documents it links to."""


class _Resolver(NamedTuple):
    """Resolves the links of one document."""

    document: Document
    link_index: LinkIndex
    problems: list[Problem]

    def resolve(self, reference: Reference) -> ResolvedLink:
        """Return the target of ``reference``; an empty one, and a problem, if there is none.

        One in hidden text is no problem, but stays as written, and has no path: it is no mention.
        """
        target = resolve_reference(reference, self.document.path, self.link_index)
        if reference.is_hidden:
            return ResolvedLink(reference.target if isinstance(target, Problem) else target.url)
        if isinstance(target, Problem):
            self.problems.append(target)
            return ResolvedLink("")
        return target

    def resolve_all(self, references: Sequence[Reference]) -> tuple[ResolvedLink, ...]:
        """Return the target of each reference, as :meth:`resolve` does."""
        return tuple(self.resolve(reference) for reference in references)

    def earlier_posts(self) -> Iterator[str]:
        """Yield the paths of the posts that the document revisits; a problem for each that is not an earlier post."""
        for written in self.document.front_matter.revisits:
            target = self.resolve(Reference(written.text, "link", written.location))
            if not target.url or self.document.path not in self.link_index.posts:  # that is a problem already
                continue
            problem = self._check_revisit(written, target.path)
            if problem is not None:
                self.problems.append(problem)
            else:
                yield target.path

    def original(self) -> str:
        """Return the path of the document of which this one is a translation; a problem if it cannot be one."""
        written = self.document.front_matter.translation_of
        if written is None:
            return ""
        target = self.resolve(Reference(written.text, "link", written.location))
        if not target.url:  # that is a problem already
            return ""
        message = ""
        if target.path == self.document.path:
            message = "a text cannot be a translation of itself"
        elif target.path not in self.link_index.documents:
            message = f'"{written.text}" is not a text of this site'
        if message:
            hint = "name the file of the text in its first language"
            self.problems.append(Problem(written.location, "wrong-translation", message, hint))
            return ""
        return target.path

    def _check_revisit(self, written: LocatedText, path: str) -> Problem | None:
        """Return a problem if ``path``, which ``written`` leads to, is not an earlier post."""
        dates = self.link_index.posts
        if path == self.document.path:
            message, hint = "a post cannot revisit itself", "name the file of an earlier post"
            return Problem(written.location, "wrong-revisit", message, hint)
        if path not in dates:
            message, hint = f'"{written.text}" is not a post of this site', "name the file of an earlier post"
            return Problem(written.location, "wrong-revisit", message, hint)
        date, own_date = dates[path], dates[self.document.path]
        if date is None or own_date is None or date < own_date:  # a missing date is a problem already
            return None
        day = date.astimezone(self.link_index.zone).date()
        message, hint = f'"{written.text}" is of {day}, later than this post', "let that post revisit this one"
        if day == own_date.astimezone(self.link_index.zone).date():
            message, hint = f'"{written.text}" is of the same day as this post', "write the time into both dates"
        return Problem(written.location, "wrong-revisit", message, hint)


def link_page(document: Document, index: LinkIndex, problems: list[Problem]) -> PageLinks:
    """Resolve all links of ``document``; a problem is added to ``problems`` for each that has no target."""
    resolver = _Resolver(document, index, problems)
    matter = document.front_matter
    for url in linked_addresses(matter):
        resolver.resolve(Reference(url, "raw", matter.location))
    problems += _check_names(document, index)
    text = resolver.resolve_all(document.text.links)
    context = resolver.resolve_all(document.context.links)
    image = _preview_image(matter.image, resolver) if matter.image else ResolvedLink("")
    revisits = tuple(resolver.earlier_posts())
    mentions = {target.path for target in (*text, *context)} & index.documents.keys()
    return PageLinks(
        text=_urls(text),
        context=_urls(context),
        images=picture_slots(document.text.links, text),
        context_images=picture_slots(document.context.links, context),
        image=image.url,
        image_path=image.path,
        revisits=revisits,
        translation_of=resolver.original(),
        mentions=tuple(sorted(mentions)),
    )


def _urls(targets: Iterable[ResolvedLink]) -> tuple[str, ...]:
    return tuple(target.url for target in targets)


def picture_slots(references: Sequence[Reference], targets: Sequence[ResolvedLink]) -> tuple[tuple[int, str], ...]:
    """Return the placeholder of each image among ``references``, and the path of its file."""
    slots = enumerate(zip(references, targets, strict=True))
    return tuple(
        (slot, target.path)
        for slot, (reference, target) in slots
        if reference.kind in {"image", "made"} and target.path
    )


def _preview_image(written: LocatedText, resolver: _Resolver) -> ResolvedLink:
    """Return the preview image, a file of this site or an http(s) address; else an empty link and a problem."""
    target = resolver.resolve(Reference(written.text, "image", written.location))
    if not target.url:
        return target
    is_external = SCHEME.match(written.text) and is_url(written.text)
    if target.path not in resolver.link_index.files and not is_external:
        hint = "name an image of this site, or an https address"
        message = f'"{written.text}" is not an image'
        resolver.problems.append(Problem(written.location, "wrong-image", message, hint))
        return ResolvedLink("")
    reason = why_no_preview(target.url)
    if reason:
        hint = "save it as PNG, JPEG, GIF or WebP; until then a post has its drawn card"
        resolver.problems.append(Problem(written.location, "no-preview", reason, hint, "warning"))
        return ResolvedLink("")
    return target


def used_files(
    document: Document, address: str, files: FileNames, url: str, *, of_hidden_text: bool, hidden: bool
) -> set[str]:
    """Return the files that ``document`` names: in its hidden passages if ``of_hidden_text``, else in all other text.

    ``hidden``: readers do not see that text: see :func:`local_files`.
    """
    references: list[Reference] = []
    if of_hidden_text:
        references += (*document.text.hidden_links, *document.context.hidden_links)
    else:
        references += (*document.text.links, *document.context.links, *_named_references(document))
    paths: set[str] = set()
    for reference in references:
        paths.update(local_files(reference, document.path, address, files, url, hidden=hidden))
    return paths


def _named_references(document: Document) -> list[Reference]:
    """Return each text beside the links that may name a file: in code and HTML, and in the front matter."""
    matter = document.front_matter
    names = [*_find_names(document), *linked_addresses(matter)]
    if matter.image:
        names.append(matter.image.text)
    return [Reference(name, "raw", matter.location) for name in names]


def _find_names(document: Document) -> Iterator[str]:
    """Yield each text that may be the name of a file and has no position: in raw HTML, and in an author's own data."""
    yield from document.text.named
    yield from document.context.named
    yield from _texts_in(document.front_matter.extra)


def _check_names(document: Document, index: LinkIndex) -> Iterator[Problem]:
    """Yield a problem for each name without a position that means a file which is not there.

    A part of the address of a link is no such name: the link has a problem of its own, with a position.
    """
    links = [reference.target for reference in (*document.text.links, *document.context.links)]
    for name in _find_names(document):
        problem = check_name(Reference(name, "raw", document.front_matter.location), document.path, index)
        if problem is not None and not any(link.startswith(name) for link in links):
            yield problem


def _texts_in(data: Any) -> Iterator[str]:
    """Yield every text in an author's own data: it may name a picture."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        yield from _texts_in(list(data.values()))
    elif isinstance(data, list):
        for item in data:
            yield from _texts_in(item)
