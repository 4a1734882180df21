"""What readers and feed readers find in a site: its addresses, and the entries of its feed. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from blog.site.redirects import RedirectRules, parse_redirects
from blog.site.structure import feed_entry_id
from blog.text import is_url, to_nfc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from blog.config.settings import Settings
    from blog.site.assemble import Site
    from blog.views.outputs import Output

Answer = Literal["page", "redirect", "rule", ""]
"""What is at an address: a page or file, a page that redirects, a line of ``_redirects``; empty: nothing."""
_LONGEST_CHAIN = 5
"""Redirects that browsers and hosts follow for certain."""


class PublishedEntry(NamedTuple):
    """An entry of the feed."""

    id: str
    title: str
    path: str
    """Its document."""


class PublishedSite(NamedTuple):
    """The addresses of a site, and the entries of its feed in each language, newest first."""

    answers: dict[str, Answer]
    """Address below the path of ``url`` → what is there."""
    rules: RedirectRules
    base_path: str
    entries: tuple[PublishedEntry, ...]

    def find(self, address: str) -> Answer:
        """Return what answers at an old address below the path of ``url``; it may be percent-encoded."""
        path = to_nfc(unquote(address))
        for candidate in _addresses_of(path):
            if candidate in self.answers:
                return self.answers[candidate]
        return "rule" if self._is_led(self.base_path + path, _LONGEST_CHAIN) else ""

    def _is_led(self, path: str, longest: int) -> bool:
        """Return whether the lines of ``_redirects`` lead from a path of the host to something that is there."""
        target = self.rules.resolve(path)
        if not target:
            return False
        if is_url(target):
            return True
        reached = to_nfc(unquote(urlsplit(target).path))
        below = reached.removeprefix(self.base_path) if reached.startswith(f"{self.base_path}/") else ""
        if any(candidate in self.answers for candidate in _addresses_of(below)):
            return True
        return longest > 1 and self._is_led(reached, longest - 1)


def _addresses_of(path: str) -> Iterator[str]:
    """Yield the addresses with which hosts answer a request for ``path``."""
    yield path.removesuffix("index.html") if path.endswith("/index.html") else path
    if not path.endswith("/"):
        yield f"{path}/"
        yield f"{path}.html"


def list_published(site: Site, outputs: Iterable[Output], settings: Settings) -> PublishedSite:
    """Return the addresses of ``outputs``, and the entries that the feed has, or has once the site has a ``url``."""
    answers: dict[str, Answer] = {}
    for output in outputs:
        answers[to_nfc(output.address)] = "redirect" if output.origin == "alias" else "page"
    entries = []
    for edition in site.editions:
        posts = edition.posts[: settings.feed_limit]
        entries += [PublishedEntry(feed_entry_id(post, settings), post.title, post.path) for post in posts]
    return PublishedSite(answers, parse_redirects(site.redirects), settings.base_path, tuple(entries))
