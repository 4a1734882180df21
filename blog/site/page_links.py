"""All links of one document: those of its page, resolved, and the files that its texts use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct

from blog.markdown import Reference
from blog.markdown.media import why_no_preview
from blog.problems import Problem
from blog.site.links import SCHEME, FileNames, LinkIndex, ResolvedLink, local_files, resolve_link
from blog.text import is_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.content.document import Document
    from blog.content.front_matter import LocatedText


class PageLinks(Struct, frozen=True):
    """The resolved links and images of one page."""

    text: tuple[str, ...] = ()
    """URLs by slot of the text."""
    context: tuple[str, ...] = ()
    private_text: tuple[str, ...] = ()
    """URLs by placeholder of the private passages of the text."""
    private_context: tuple[str, ...] = ()
    """URLs by placeholder of the private passages of the context."""
    images: tuple[tuple[int, str], ...] = ()
    """Placeholder of each image in the text, and the path of its file."""
    context_images: tuple[tuple[int, str], ...] = ()
    """The same for the context."""
    private_images: tuple[tuple[int, str], ...] = ()
    """Images out of a notebook that its private cells show to their author."""
    image: str = ""
    """The picture for previews."""
    revisits: tuple[str, ...] = ()
    """Paths of the earlier posts that it reconsiders."""
    mentions: tuple[str, ...] = ()
    """Paths of the documents it links to."""


class _Resolver(NamedTuple):
    """Resolves the links of one document."""

    document: Document
    link_index: LinkIndex
    problems: list[Problem]

    def resolve(self, reference: Reference) -> ResolvedLink:
        """Return the target of ``reference``; an empty one, and a problem, if it leads nowhere."""
        target = resolve_link(reference, self.document.path, self.link_index)
        if isinstance(target, Problem):
            self.problems.append(target)
            return ResolvedLink("")
        return target

    def private_url(self, reference: Reference) -> str:
        """Return the URL of a link in a private passage: as written if it leads nowhere."""
        target = resolve_link(reference, self.document.path, self.link_index)
        return target.url if isinstance(target, ResolvedLink) else reference.target

    def earlier_posts(self) -> Iterator[str]:
        """Yield the paths of the posts that the document revisits; a problem for each that is not an earlier post."""
        for written in self.document.front_matter.revisits:
            target = self.resolve(Reference(written.text, "link", written.location))
            then, now = self.link_index.posts.get(target.path), self.link_index.posts.get(self.document.path)
            if then and now and then < now:
                yield target.path
            elif target.url:
                message = f'"{written.text}" is not an earlier post of this site'
                hint = "name the file of an earlier post"
                self.problems.append(Problem(written.location, "wrong-revisit", message, hint))


def link_page(document: Document, index: LinkIndex, problems: list[Problem], *, private: bool) -> PageLinks:
    """Resolve all links of ``document``; those that lead nowhere are added to ``problems``.

    ``private``: the audience sees private passages, so their links are resolved too, without problems.
    """
    resolver = _Resolver(document, index, problems)
    matter = document.front_matter
    source_url = matter.source.url if matter.source else ""
    for url in (matter.discussion, matter.canonical, source_url):
        resolver.resolve(Reference(url, "raw", matter.location))
    text = tuple(resolver.resolve(reference) for reference in document.text.links)
    context = tuple(resolver.resolve(reference) for reference in document.context.links)
    image = _preview_image(matter.image, resolver) if matter.image else ""
    revisits = tuple(resolver.earlier_posts())
    mentioned = {target.path for target in (*text, *context)}

    private_text = document.text.private_links if private else ()
    private_context = document.context.private_links if private else ()
    extracted = [(slot, reference) for slot, reference in enumerate(private_text) if reference.kind == "made"]
    return PageLinks(
        text=tuple(target.url for target in text),
        context=tuple(target.url for target in context),
        private_text=tuple(resolver.private_url(reference) for reference in private_text),
        private_context=tuple(resolver.private_url(reference) for reference in private_context),
        private_images=tuple((slot, reference.target) for slot, reference in extracted),
        images=picture_slots(document.text.links, text),
        context_images=picture_slots(document.context.links, context),
        image=image,
        revisits=revisits,
        mentions=tuple(sorted(mentioned & index.documents.keys())),
    )


def picture_slots(references: Sequence[Reference], targets: Sequence[ResolvedLink]) -> tuple[tuple[int, str], ...]:
    """Slot of each image among ``references``, and the path of the file that it shows."""
    return tuple(
        (slot, target.path)
        for slot, (reference, target) in enumerate(zip(references, targets, strict=True))
        if reference.kind in {"image", "made"} and target.path
    )


def _preview_image(written: LocatedText, resolver: _Resolver) -> str:
    """Return the URL of the preview image: a file of this site, or one elsewhere by http or https; else a problem."""
    target = resolver.resolve(Reference(written.text, "image", written.location))
    if not target.url:
        return ""
    is_elsewhere = SCHEME.match(written.text) and is_url(written.text)
    if target.path not in resolver.link_index.files and not is_elsewhere:
        hint = "name a picture of this site, or an https address"
        message = f'"{written.text}" is not a picture'
        resolver.problems.append(Problem(written.location, "wrong-image", message, hint))
        return ""
    reason = why_no_preview(target.url)
    if reason:
        hint = "save it as PNG, JPEG, GIF or WebP; until then a post has its drawn card"
        resolver.problems.append(Problem(written.location, "no-preview", reason, hint, "warning"))
        return ""
    return target.url


def used_files(
    document: Document, address: str, files: FileNames, url: str, *, of_hidden_text: bool, hidden: bool
) -> set[str]:
    """Return the files that ``document`` names: in its text, or in what is ``of_hidden_text`` from it.

    ``hidden``: readers do not see that: see :func:`local_files`.
    """
    texts, matter = (document.text, document.context), document.front_matter
    found = [reference for text in texts for reference in (text.hidden_links if of_hidden_text else text.links)]
    if not of_hidden_text:
        written = [name for text in texts for name in text.named]
        written += [matter.discussion, matter.canonical, matter.source.url if matter.source else ""]
        written += [matter.image.text] if matter.image else []
        found += [Reference(text, "raw", matter.location) for text in (*written, *_texts_in(matter.extra))]
    named = (local_files(reference, document.path, address, files, url, hidden=hidden) for reference in found)
    return set().union(*named)


def _texts_in(data: Any) -> Iterator[str]:
    """Every text in an author's own data: it may name a picture."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for inner in data.values() if isinstance(data, dict) else data:
            yield from _texts_in(inner)
