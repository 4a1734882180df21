"""Outputs that are no pages: copied files, images and their versions, social cards, theme files, redirects."""

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

_MOVED = ("301!", "301")
"""Netlify asks the rule with a sign although there is a page at the old address; Cloudflare passes that one over.

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
    """Smaller versions of the pictures that pages show, and the pictures out of notebooks."""
    files = context.responsive_images
    taken = {output for _, output in context.site.files}
    shown = {
        path
        for links in context.site.links.values()
        for _, path in (*links.images, *links.context_images)
        if path in files
    }
    shown |= {path for notice in context.site.notices.values() for _, path in notice.images if path in files}
    for path in sorted(shown):
        for width in files[path].widths:
            output = resized_path(path, files[path], width)
            if output not in taken:  # two copies of one picture, or a file that is such a version already
                taken.add(output)
                yield partial(Output, output, ResizedImageView(path, width), source=path)
    for page in context.site.pages.values():
        links = context.site.links[page.path]
        used = {path for _, path in (*links.images, *links.private_images)}
        for made in page.document.extracted_images:
            if made.path in used and made.path not in taken:
                taken.add(made.path)
                yield partial(Output, made.path, ExtractedImageView(made.key), source=page.path)


def card_outputs(context: ViewContext) -> Iterator[MakeView]:
    """The pictures that other sites show: of the blog, and of each post."""
    drawn = [(FILE_NAME, context.site_card), *((page.path, context.card(page)) for page in context.site.pages.values())]
    matches = {card_path(card): (source, card) for source, card in drawn if card}
    taken = {output for _, output in context.site.files}  # who took over the files of another build has them already
    return (partial(Output, path, card, source=source) for path, (source, card) in matches.items() if path not in taken)


def file_outputs(site: Site, settings: Settings, theme: Theme, redirects: str) -> Iterator[MakeView]:
    """Copied files, ``robots.txt``, ``favicon.ico`` and ``_redirects``."""
    for file, output in site.files:
        yield partial(Output, output, CopiedFileView(file.path), source=file.path)
    if "robots.txt" not in {output for _, output in site.files}:
        sitemap = f"\nSitemap: {settings.url}/sitemap.xml\n" if settings.url else ""
        yield partial(Output, "robots.txt", TextView(f"User-agent: *\nDisallow:\n{sitemap}"))
    base = settings.base_path
    aliases = sorted(
        (href(alias.address, base), href(alias.page.address, base)) for alias in site.aliases if alias.page.listed
    )
    lines = [f"{old} {new} {status}\n" for old, new in aliases for status in _MOVED]
    own = redirects if not redirects or redirects.endswith("\n") else f"{redirects}\n"
    icon = root_icon(theme, [output for _, output in site.files])
    if icon:
        yield partial(Output, icon, ThemeFileView(theme.files[theme.asset(icon)]))
    yield partial(Output, "_redirects", TextView(own + "".join(lines)))
