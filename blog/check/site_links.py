"""Rendered pages → the target of each link on them, and the pages that no link leads to. Pure.

The pages are those that readers get: with links in raw HTML and in templates, ids of text and theme, and redirects.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from msgspec import Struct

from blog.markdown import raw_html
from blog.markdown.comment_spans import without_comments
from blog.problems import did_you_mean
from blog.site.addresses import address_of, output_path
from blog.site.links import SCHEME, find_new_address, is_elsewhere, old_address_message, own_path
from blog.site.redirects import RedirectRules
from blog.text import href

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from blog.site.redirects import Rule

_WEB = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_OUT = "\0"
"""Prefix of a path that is not below the path of the site."""
_OF_HOSTS = re.compile(r"/(?:\.netlify|cdn-cgi)/")
"""Paths that hosting services answer themselves."""
_HINTS = 100
"""Missing addresses and ids for which a similar one is searched."""
_HOST = "http://blog.invalid"
"""Prefix of the addresses of a site that has no ``url``."""


class PageMarkup(Struct, frozen=True, array_like=True):
    """The ids and addresses in the markup of one page."""

    ids: frozenset[str]
    links: tuple[str, ...]
    """Addresses of links, as written, each once."""
    resources: tuple[str, ...]
    """Addresses that browsers load or other programs request."""


def read_markup(html: str) -> PageMarkup:
    """Return the ids and addresses in the HTML of a page."""
    ids: set[str] = set()
    links: dict[str, None] = {}
    resources: dict[str, None] = {}
    html = without_comments(html)
    for tag in raw_html.tags(html):
        addresses = links if tag.name in {"a", "area"} else resources
        for attribute in tag.attributes:
            if attribute.is_list:
                candidates = raw_html.candidates(raw_html.value(html, attribute))
                resources.update((address, None) for address, _ in candidates)
            elif attribute.is_address:
                addresses[raw_html.value(html, attribute)] = None
            elif attribute.name == "id" or (tag.name, attribute.name) == ("a", "name"):
                ids.add(raw_html.value(html, attribute))
    return PageMarkup(frozenset(ids), tuple(links), tuple(resources))


class Broken(NamedTuple):
    """A link that leads nowhere."""

    page: str
    """The path of the output that contains it; for redirects ``_redirects``."""
    written: str
    """The address of the link, as written."""
    message: str
    hint: str = ""
    line: int = 0
    """Line in ``_redirects``."""
    may_be_there: bool = False
    """True for an absolute address on the site's host, where another program may serve the path."""


class LinkReport(NamedTuple):
    """The result of following all links."""

    broken: tuple[Broken, ...]
    elsewhere: Mapping[str, tuple[str, ...]]
    """Web addresses of other sites → the outputs that link to them."""
    unreached: tuple[str, ...]
    """Pages to which no chain of links leads from the home page."""
    followed_count: int
    """Number of links, each counted once on each page."""


def requested_path(url: str) -> str:
    """Return the address that browsers request for ``url``, which may lack a scheme."""
    return f"https:{url}" if url.startswith("//") else url


class CheckedSite(NamedTuple):
    """All outputs."""

    url: str
    """URL of the site without the last ``/``; empty if the settings have none."""
    pages: Mapping[str, PageMarkup]
    """Output path → markup, for pages that templates render."""
    outputs: Collection[str]
    rules: RedirectRules = RedirectRules()
    apart: frozenset[str] = frozenset()
    """Pages that need no link to them: unlisted ones, redirects, the one for missing addresses."""
    elsewhere: Sequence[str] = ()
    """Paths below ``url`` that another program serves."""
    moved: Mapping[str, str] = {}
    """New addresses of files by the keys of the old ones, as in :class:`blog.site.links.LinkIndex`."""

    def survey(self) -> LinkReport:
        """Follow every link."""
        return _LinkSurvey(self).run()


_FIXED_TARGET = re.compile(rf"(?!{_OF_HOSTS.pattern})/[^*:]*")
"""The target of a redirect within the site, without placeholders."""


class _LinkSurvey:
    def __init__(self, site: CheckedSite) -> None:
        self.site = site
        self.base = urlsplit(site.url).path
        self.base_start = re.compile(rf"{re.escape(self.base)}(?:[/?#]|$)" if self.base else "")
        """Start of an address below the path of the site."""
        self.broken: list[Broken] = []
        self.external: dict[str, dict[str, None]] = {}
        """Web address of another site → the outputs that link to it."""
        self.targets: dict[str, set[str]] = {}
        """Output → the outputs to which it links."""
        self.outputs: dict[str, str | None] = {}
        """Path from the root, as written → its output, empty for a redirect, or None."""
        self.missing: dict[str, tuple[str, str]] = {}
        """Path from the root, as written → message and hint."""
        self.addresses: dict[str, list[str]] = {}
        """First letters of the last segment → the addresses of pages."""
        self.hints = 0

    def run(self) -> LinkReport:
        count = 0
        for path, page in self.site.pages.items():
            self.targets[path] = {self._follow(path, link) for link in page.links} - {""}
            for address in page.resources:
                self._follow(path, address)
            count += len(page.links) + len(page.resources)
        for rule in self.site.rules.lines:
            self._check_rule(rule)
        external = {url: tuple(pages) for url, pages in sorted(self.external.items())}
        return LinkReport(tuple(self.broken), external, self._find_unreached(), count)

    def _follow(self, page: str, link: str) -> str:
        """Return the output of a link, empty if it leads elsewhere or nowhere; collect what is external or broken."""
        address = None if _OF_HOSTS.match(link) else self._resolve(page, link)
        if address is None:
            if _WEB.match(link):
                self.external.setdefault(requested_path(link), {})[page] = None
            return ""
        before, _, fragment = address.partition("#")
        path = before.partition("?")[0]
        output = self._find_output(path) if path else page
        if output is None:
            self._check_elsewhere(page, link, path)
            return ""
        self._check_fragment(page, link, output, fragment)
        return output

    def _resolve(self, page: str, link: str) -> str | None:
        """Return the path from the root with query and fragment; None if ``link`` leads to another site, or nowhere."""
        site_address = own_path(link, self.site.url)
        if site_address is not None:
            return _start_with_slash(site_address)
        if SCHEME.match(link):
            return None
        if link[:1] in {"", "#"}:
            return link
        if link.startswith("/") and "/." not in link:
            return self._strip_base(link)
        try:
            url = urljoin(f"{_HOST}{self.base}{address_of(page)}", link)
        except ValueError:
            return link
        return self._strip_base(url.removeprefix(_HOST))

    def _strip_base(self, address: str) -> str:
        if not self.base_start.match(address):
            return f"{_OUT}{address}"
        return _start_with_slash(address.removeprefix(self.base))

    def _find_output(self, path: str) -> str | None:
        """Return the output at a path from the root; empty if the path is redirected, None if there is none."""
        if path not in self.outputs:
            self.outputs[path] = self._look_up_output(unquote(path))
        return self.outputs[path]

    def _look_up_output(self, address: str) -> str | None:
        for output in (output_path(address), output_path(f"{address}/")):
            if output in self.site.outputs:
                return output
        if find_new_address(address, self.site.moved):  # not every host redirects it
            return None
        return "" if self.site.rules.answer(self.base + address) else None

    def _check_fragment(self, page: str, link: str, output: str, fragment: str) -> None:
        """Report a fragment that is no id of the page at ``output``."""
        name = unquote(fragment).partition(":~:")[0]
        if name in {"", "top"} or output not in self.site.pages:
            return
        ids = self.site.pages[output].ids
        if name not in ids:
            place = "this page" if output == page else address_of(output)
            self.hints += 1
            hint = did_you_mean(name, ids) if self.hints <= _HINTS else ""
            self.broken.append(Broken(page, link, f'there is no heading or id "{name}" on {place}', hint))

    def _check_elsewhere(self, page: str, link: str, path: str) -> None:
        """Report a path that is no output, unless the settings declare it as another program's."""
        if not self._is_elsewhere(path):
            is_absolute = own_path(link, self.site.url) is not None
            message, hint = self._describe_missing(path)
            self.broken.append(Broken(page, link, message, hint, may_be_there=is_absolute))

    def _check_rule(self, rule: Rule) -> None:
        """Report a redirect of the author that leads nowhere, unless its placeholders decide the target."""
        if not _FIXED_TARGET.fullmatch(rule.target):
            return
        address = self._resolve("index.html", rule.target) or "/"
        path = re.split("[?#]", address)[0]
        if self._find_output(path) is None and not self._is_elsewhere(path):
            message, hint = self._describe_missing(path)
            self.broken.append(Broken("_redirects", rule.target, message, hint, rule.line))

    def _is_elsewhere(self, path: str) -> bool:
        return is_elsewhere(unquote(path), self.site.elsewhere, self.base)

    def _describe_missing(self, path: str) -> tuple[str, str]:
        """Return message and hint for a missing path; cached, because the links of a template are on every page."""
        if path not in self.missing:
            is_outside = path.startswith(_OUT)
            self.missing[path] = self._describe_outside(path[1:]) if is_outside else self._describe_inside(path)
        return self.missing[path]

    def _describe_outside(self, path: str) -> tuple[str, str]:
        is_output = self._find_output(path) is not None
        hint = f"write {self.base}{path}" if is_output else ""
        return f'"{path}" leads out of the site, which lives below {self.base}/', hint

    def _describe_inside(self, path: str) -> tuple[str, str]:
        address = unquote(path)
        new_address = find_new_address(address, self.site.moved)
        if new_address:
            return old_address_message(address), f"write {href(new_address, self.base)}"
        if address.endswith((".md", ".markdown", ".ipynb")):
            hint = "links in raw HTML are addresses: write that of the page, or [text](file.md) outside of the HTML"
        else:
            hint = self._suggest_page(address)
        return f'this site has no address "{address}"', hint

    def _suggest_page(self, address: str) -> str:
        """Return a hint with a page whose last segment is equal or similar; similar ones are searched _HINTS times."""
        if not self.addresses:
            self._index_addresses()
        last_segment = _last_segment(address)
        candidates = self.addresses.get(last_segment[:2], [])
        self.hints += 1
        for candidate in candidates:
            if _last_segment(candidate) == last_segment:
                return f'did you mean "{candidate}"?'
        return did_you_mean(address, candidates) if self.hints <= _HINTS else ""

    def _index_addresses(self) -> None:
        for address in map(address_of, self.site.pages):
            self.addresses.setdefault(_last_segment(address)[:2], []).append(address)

    def _find_unreached(self) -> tuple[str, ...]:
        reached = {"index.html"}
        queue = deque(reached)
        while queue:
            for output in self.targets.get(queue.popleft(), ()):
                if output not in reached:
                    reached.add(output)
                    queue.append(output)
        reached |= self.site.apart
        return tuple(path for path in self.site.pages if path not in reached)


def _start_with_slash(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"


def _last_segment(address: str) -> str:
    return address.strip("/").rpartition("/")[2].removesuffix(".html")
