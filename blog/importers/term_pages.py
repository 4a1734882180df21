"""Categories and tags of an old blog → tags of the new one, and redirects from the pages that listed posts."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from blog.config.addresses import is_feed_path
from blog.text import collapse_whitespace, href, slugify_term

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blog.importers.old_site import OldDocument, OldSite

_TERM_FOLDERS = ("/categories/", "/category/", "/tag/")
"""Folders with nothing but the pages of categories or tags."""


def tags_of(document: OldDocument) -> tuple[str, ...]:
    """Return tags and categories, each once by its address."""
    names: dict[str, str] = {}
    for name in (*document.matter.tags, *document.matter.categories):
        clean = collapse_whitespace(name).strip("#").strip()
        if slugify_term(clean):
            names.setdefault(slugify_term(clean), clean)
    return tuple(names.values())


def choose_spellings(documents: Iterable[OldDocument]) -> dict[str, str]:
    """Return the most frequent spelling of each tag by its address, which two spellings of a tag would share."""
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for document in documents:
        for name in tags_of(document):
            spellings[slugify_term(name)][name] += 1
    return {slug: names.most_common(1)[0][0] for slug, names in spellings.items()}


def list_redirects(site: OldSite) -> Iterable[str]:
    """Yield the redirects of the old blog, of feeds that cannot be files, and of the pages that listed posts."""
    base = site.settings.base_path
    yield from site.redirects
    for feed in site.settings.feeds:
        if not is_feed_path(feed) and not is_feed_path(f"{feed}/"):
            yield f"{base}{feed} {base}/feed.xml 301"
    taken = {document.address for document in site.documents}
    for address in site.settings.post_lists:
        if address not in taken:
            yield f"{href(address, base)} {base}/ 301"
            yield f"{href(address, base)}page/* {base}/archive/ 301"
    yield from _term_redirects(site)


def _term_redirects(site: OldSite) -> Iterable[str]:
    """Yield the redirects of the pages of categories and tags; none names a tag that only hidden posts have."""
    base, ending = site.settings.base_path, site.settings.category_suffix
    listed = [document for document in site.documents if document.kind == "post" and not document.matter.visibility]
    slugs = sorted({slugify_term(term) for document in listed for term in tags_of(document)})
    folders = [folder for folder in site.settings.category_folders if slugs and folder in _TERM_FOLDERS]
    for folder in folders:
        if ending == "/":
            yield f"{base}{folder}* {base}/tags/:splat 301"
        else:
            yield from (f"{href(folder + slug, base)}{ending} {href(f'/tags/{slug}/', base)} 301" for slug in slugs)
