"""Outputs beside the pages: copied files, images and their versions, social cards, theme files, redirects."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from blog.config.settings import FILE_NAME
from blog.content.images import resized_path
from blog.site.addresses import output_path
from blog.text import href
from blog.views.context import ViewContext, card_path
from blog.views.icons import root_icon
from blog.views.outputs import CopiedFileView, ExtractedImageView, Output, ResizedImageView, TextView, ThemeFileView
from blog.views.types import AliasView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.config.settings import Settings
    from blog.content.theme import Theme
    from blog.site.assemble import Site
    from blog.site.path_owners import Alias
    from blog.views.outputs import MakeView

_REDIRECT_STATUSES = ("301!", "301")
"""Netlify applies a forced rule (``!``) although there is a page at the old address; Cloudflare ignores such a rule.

<https://docs.netlify.com/routing/redirects/rewrites-proxies/#shadowing>,
<https://developers.cloudflare.com/pages/configuration/redirects/>.
"""


def alias_output(context: ViewContext, alias: Alias) -> Output:
    """Return the page at an old address that redirects to the new one."""
    page = alias.page
    url = context.url(page.address)
    canonical = context.settings.absolute(page.address) or url
    lang = page.document.front_matter.lang or context.settings.language
    view = AliasView(title=page.title, url=url, canonical=canonical, lang=lang, noindex=not page.listed)
    return Output(output_path(alias.address), view, "alias.html")


def image_outputs(context: ViewContext) -> Iterator[MakeView]:
    """Yield the smaller versions of the images that pages show, and the images extracted from notebooks."""
    taken = {output for _, output in context.site.files}
    yield from _resized_images(context, taken)
    yield from _extracted_images(context, taken)


def _resized_images(context: ViewContext, taken: set[str]) -> Iterator[MakeView]:
    for path in sorted(_find_shown_images(context)):
        image = context.responsive_images[path]
        for width in image.widths:
            output = resized_path(path, image, width)
            if output not in taken:  # two copies of one image, or a file that is such a version already
                taken.add(output)
                yield partial(Output, output, ResizedImageView(path, width), source=path)


def _extracted_images(context: ViewContext, taken: set[str]) -> Iterator[MakeView]:
    for page in context.site.pages.values():
        links = context.site.links[page.path]
        used = {path for _, path in (*links.images, *links.private_images)}
        for extracted in page.document.extracted_images:
            if extracted.path in used and extracted.path not in taken:
                taken.add(extracted.path)
                yield partial(Output, extracted.path, ExtractedImageView(extracted.key), source=page.path)


def _find_shown_images(context: ViewContext) -> set[str]:
    """Return the paths of the images in pages and notices, without those whose size is unknown."""
    slots: list[tuple[int, str]] = []
    for links in context.site.links.values():
        slots += (*links.images, *links.context_images)
    for notice in context.site.notices.values():
        slots += notice.images
    return {path for _, path in slots} & context.responsive_images.keys()


def card_outputs(context: ViewContext) -> Iterator[MakeView]:
    """Yield the social cards: that of the blog, and that of each post."""
    cards = {}
    if context.site_card:
        cards[card_path(context.site_card)] = FILE_NAME, context.site_card
    for page in context.site.pages.values():
        card = context.card(page)
        if card:
            cards[card_path(card)] = page.path, card
    taken = {output for _, output in context.site.files}  # A site that contains an older output has the cards already.
    for path, (source, card) in cards.items():
        if path not in taken:
            yield partial(Output, path, card, source=source)


def file_outputs(site: Site, settings: Settings, theme: Theme, redirects: str) -> Iterator[MakeView]:
    """Yield copied files, ``robots.txt``, ``favicon.ico`` and ``_redirects``."""
    for file, output in site.files:
        yield partial(Output, output, CopiedFileView(file.path), source=file.path)
    outputs = {output for _, output in site.files}
    if "robots.txt" not in outputs:
        sitemap = f"\nSitemap: {settings.url}/sitemap.xml\n" if settings.url else ""
        yield partial(Output, "robots.txt", TextView(f"User-agent: *\nDisallow:\n{sitemap}"))
    icon = root_icon(theme, outputs)
    if icon:
        yield partial(Output, icon, ThemeFileView(theme.files[theme.asset(icon)]))
    yield partial(Output, "_redirects", TextView(_format_redirects(site, settings.base_path, redirects)))


def _format_redirects(site: Site, base_path: str, own_rules: str) -> str:
    """Return the text of ``_redirects``: the author's rules, then those for the aliases."""
    lines = [own_rules]
    if own_rules and not own_rules.endswith("\n"):
        lines.append("\n")
    for old, new in sorted(_list_redirects(site, base_path)):
        lines += [f"{old} {new} {status}\n" for status in _REDIRECT_STATUSES]
    return "".join(lines)


def _list_redirects(site: Site, base_path: str) -> Iterator[tuple[str, str]]:
    """Yield the old and the new URL of each alias of a listed page."""
    for alias in site.aliases:
        if alias.page.listed:
            yield href(alias.address, base_path), href(alias.page.address, base_path)
