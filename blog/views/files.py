"""Outputs beside the pages: copied files, images and their versions, social cards, theme files, redirects."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from blog.config.settings import FILE_NAME
from blog.content.images import resized_path, with_dark_variants
from blog.problems import Location
from blog.site.addresses import address_of, output_path
from blog.text import name_key
from blog.views.context import ViewContext, card_path
from blog.views.icons import root_icon
from blog.views.outputs import (
    CopiedFileView,
    ExtractedImageView,
    Output,
    OutputView,
    ResizedImageView,
    TextView,
    ThemeFileView,
    program_output,
)
from blog.views.page_views import AliasView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from blog.config.settings import Settings
    from blog.content.theme import Theme
    from blog.site.assemble import Site
    from blog.site.pages import Page
    from blog.site.structure import SiteStructure
    from blog.views.outputs import View


_REDIRECT_STATUSES = ("301!", "301")
"""Netlify applies a forced rule (``!``) although there is a page at the old address; Cloudflare ignores such a rule.

<https://docs.netlify.com/routing/redirects/rewrites-proxies/#shadowing>,
<https://developers.cloudflare.com/pages/configuration/redirects/>.
"""


def alias_outputs(site: SiteStructure) -> Iterator[Output]:
    """Yield the pages at old addresses that redirect to the new ones."""
    for alias in site.aliases:
        yield Output(
            address=alias.address,
            owner=f"an alias of {alias.page.path}",
            location=alias.location,
            origin="alias",
            template="alias.html",
            make_view=partial(_alias_view, alias.page),
        )


def _alias_view(page: Page, context: ViewContext) -> AliasView:
    url = context.url(page.address)
    canonical = context.settings.absolute(page.address) or url
    lang = page.document.front_matter.lang or context.settings.language
    return AliasView(title=page.title, url=url, canonical=canonical, lang=lang, noindex=not page.listed)


def image_outputs(context: ViewContext) -> Iterator[OutputView]:
    """Yield the smaller versions of the images that pages show, and the images that conversions made."""
    taken = {output for _, output in context.site.files}
    yield from _resized_images(context, taken)
    yield from _extracted_images(context, taken)


def _resized_images(context: ViewContext, taken: set[str]) -> Iterator[OutputView]:
    for path in sorted(_find_shown_images(context)):
        image = context.responsive_images[path]
        for width in image.widths:
            output = resized_path(path, image, width)
            if output not in taken:  # two copies of one image, or a file that is such a version already
                taken.add(output)
                yield OutputView(output, ResizedImageView(path, width), source=path)


def _extracted_images(context: ViewContext, taken: set[str]) -> Iterator[OutputView]:
    """Yield each extracted image that a page shows, or the feed entry of a post.

    A post that is in no feed any more keeps those of its entry: readers have the entry still.
    """
    has_feed_texts = bool(context.settings.url) and context.settings.feed_full_text
    in_feeds = {post.path for post in context.site.posts} if has_feed_texts else set()
    for page in context.site.pages.values():
        links = context.site.links[page.path]
        used = {path for _, path in (*links.images, *links.context_images)}
        for extracted in page.document.extracted_images:
            output = page.extracted_path(extracted.path)
            is_shown = extracted.path in used and (page.path in in_feeds or not extracted.is_for_feeds)
            if is_shown and output not in taken:
                taken.add(output)
                yield OutputView(output, ExtractedImageView(extracted.key), source=page.path)


def _find_shown_images(context: ViewContext) -> set[str]:
    """Return the paths of the images in pages and notices, without those whose size is unknown."""
    slots: list[tuple[int, str]] = []
    for links in context.site.links.values():
        slots += (*links.images, *links.context_images)
    for notice in context.site.notices.values():
        slots += notice.images
    paths = [path for _, path in slots]
    paths.append(context.site.portrait)
    paths += [context.hero_path(post) for post in context.site.pages.values() if post.document.kind == "post"]
    return with_dark_variants(paths) & context.responsive_images.keys()


def card_outputs(contexts: Iterable[ViewContext], site: Site) -> Iterator[OutputView]:
    """Yield the social cards: that of the blog in each edition, and that of each post."""
    cards = {}
    for context in contexts:
        if context.site_card:
            cards[card_path(context.site_card)] = FILE_NAME, context.site_card
        for page in context.edition.pages:
            card = context.card(page)
            if card:
                cards[card_path(card)] = page.path, card
    taken = {output for _, output in site.files}  # A site that contains an older output has the cards already.
    for path, (source, card) in cards.items():
        if path not in taken:
            yield OutputView(path, card, source=source)


def file_outputs(site: SiteStructure) -> Iterator[Output]:
    """Yield the copied files."""
    for file, output in site.files:
        view = CopiedFileView(file.path)
        yield Output(
            address=f"/{output}", owner=file.path, location=Location(file.path), origin="file", source=file.path,
            make_view=partial(_constant_view, view),
        )  # fmt: skip


def _constant_view(view: View, _context: ViewContext) -> View:
    return view


def host_file_outputs(site: SiteStructure, settings: Settings) -> Iterator[Output]:
    """Yield the files that hosts and search engines read: ``_redirects``, and ``robots.txt`` if the site has none."""
    yield program_output("/_redirects", _redirects_view)
    if all(output != "robots.txt" for _, output in site.files):
        sitemap = f"\nSitemap: {settings.url}/sitemap.xml\n" if settings.url else ""
        view = TextView(f"User-agent: *\nDisallow:\n{sitemap}")
        yield program_output("/robots.txt", partial(_constant_view, view))


def theme_outputs(site: SiteStructure, theme: Theme) -> Iterator[Output]:
    """Yield the theme's icon, and reserve the paths of its other files, which the renderer writes."""
    for name in theme.assets:
        yield _theme_output(f"/assets/{name}", None)
    icon = root_icon(theme, [output for _, output in site.files])
    if icon:
        view = ThemeFileView(theme.files[theme.asset(icon)])
        yield _theme_output(f"/{icon}", partial(_constant_view, view))


def _theme_output(address: str, make_view: Callable[[ViewContext], View] | None) -> Output:
    location = Location(FILE_NAME)
    return Output(address=address, owner="the theme", location=location, origin="theme", make_view=make_view)


def _redirects_view(context: ViewContext) -> TextView:
    redirects = [*_list_page_redirects(context.site), *_list_file_redirects(context)]
    urls = [(context.url(old), context.url(new)) for old, new in redirects]
    return TextView(_format_redirects(urls, context.site.redirects))


def _format_redirects(urls: Iterable[tuple[str, str]], own_rules: str) -> str:
    """Return the text of ``_redirects``: the author's rules, then those from old to new ``urls``."""
    lines = [own_rules]
    if own_rules and not own_rules.endswith("\n"):
        lines.append("\n")
    for old, new in sorted(urls):
        lines += [f"{old} {new} {status}\n" for status in _REDIRECT_STATUSES]
    return "".join(lines)


def _list_page_redirects(site: Site) -> Iterator[tuple[str, str]]:
    """Yield the old and the new address of each alias of a listed page."""
    for alias in site.aliases:
        if alias.page.listed:
            yield alias.address, alias.page.address


def _list_file_redirects(context: ViewContext) -> Iterator[tuple[str, str]]:
    """Yield the address in version 1.0 and the new one of each file of a bundle, unless another output is there.

    The name of the folder of an unlisted page is in no line.
    """
    site = context.site
    taken = {name_key(output_path(address)) for address in context.addresses}
    for path, old, address in site.bundles.find_moved(file.path for file, _ in site.files):
        # Hosts treat an address with a / at the end like one without, and most of them ignore case.
        places = {name_key(output_path(place)) for place in (old, f"{old}/")}
        if places.isdisjoint(taken) and site.bundles.may_publish_path(path):
            yield address_of(output_path(old)), address_of(output_path(address))
