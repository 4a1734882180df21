"""The pages as they come out → where each link on them leads, and which pages nobody comes to. Pure.

This sees what readers get: links in raw HTML and in templates, ids that text and theme have between them, redirects.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from msgspec import Struct

from blog.markdown import raw_html
from blog.markdown.comment_text import without_comments
from blog.problems import did_you_mean
from blog.site.addresses import address_of, output_path
from blog.site.links import SCHEME, is_elsewhere, own_path

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_WEB = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_OUT = "\0"
"""Stands before a path that is not below that of the site."""
_OF_HOSTS = re.compile(r"/(?:\.netlify|cdn-cgi)/")
"""Paths at which hosts answer themselves."""
_HINTS = 100
"""Missing addresses and ids for which a near one is looked for."""
_HOST = "http://blog.invalid"
"""Stands before the addresses of a site that has no ``url``."""


class PageMarkup(Struct, frozen=True, array_like=True):
    """The ids and addresses in the markup of one page."""

    ids: frozenset[str]
    links: tuple[str, ...]
    """Addresses of links, as written, each once."""
    parts: tuple[str, ...]
    """and what browsers load or other programs ask for."""


def read_markup(html: str) -> PageMarkup:
    """Ids and addresses in the HTML of a page."""
    ids: set[str] = set()
    links: dict[str, None] = {}
    parts: dict[str, None] = {}
    html = without_comments(html)
    for tag in raw_html.tags(html):
        for attribute in tag.attributes:
            if attribute.name == "id" or (attribute.name == "name" and tag.name == "a"):
                ids.add(raw_html.value(html, attribute))
            elif attribute.is_address and attribute.is_list:
                parts.update((address, None) for address, _ in raw_html.candidates(raw_html.value(html, attribute)))
            elif attribute.is_address:
                (links if tag.name in {"a", "area"} else parts)[raw_html.value(html, attribute)] = None
    return PageMarkup(frozenset(ids), tuple(links), tuple(parts))


class Broken(NamedTuple):
    """A link that leads nowhere."""

    page: str
    """The path of the output that has it; for redirects ``_redirects``."""
    written: str
    message: str
    hint: str = ""
    line: int = 0
    """Line in ``_redirects``."""
    may_be_there: bool = False
    """True for an absolute address of the site's host, where another program may serve the path."""


class LinkReport(NamedTuple):
    """The result of following all links."""

    broken: tuple[Broken, ...]
    elsewhere: Mapping[str, tuple[str, ...]]
    """Web addresses of other sites → the outputs that name them."""
    unreached: tuple[str, ...]
    """Pages to which no way leads from the home page."""
    followed_count: int
    """Number of links, each counted once on each page."""


def requested_path(url: str) -> str:
    """The address that browsers ask for where ``url`` leads to another site without saying how."""
    return f"https:{url}" if url.startswith("//") else url


class Rule(NamedTuple):
    """A line of ``_redirects``."""

    source: str
    target: str
    line: int


class Pattern(NamedTuple):
    """A source with placeholders: ``:name`` stands for one segment or a part of one, ``*`` at the end for anything."""

    segments: tuple[tuple[str, ...], ...]
    """Per segment: the texts between its placeholders; a single text if it has none."""
    is_open: bool
    """More segments may follow."""

    def matches(self, path: str) -> bool:
        """Return whether the pattern matches ``path``, in time linear in the path for any number of placeholders."""
        segments = path.split("/", len(self.segments))
        is_as_long = len(segments) == len(self.segments) or (self.is_open and len(segments) > len(self.segments))
        return is_as_long and all(map(_fits, self.segments, segments))


def _fits(texts: tuple[str, ...], segment: str) -> bool:
    """Return whether ``segment`` consists of ``texts`` in order, with at least one character between each two.

    The first place of each is taken: if a later one would do, so does this.
    """
    first, *others = texts
    if not others:
        return segment == first
    last, at = others.pop(), len(first)
    end = len(segment) - len(last)
    if not segment.startswith(first) or not segment.endswith(last):
        return False
    for text in others:
        found = segment.find(text, at + 1, end)
        if found < 0:
            return False
        at = found + len(text)
    return at < end


_PLACEHOLDER = re.compile(r":[a-zA-Z]\w*+")


def _pattern(path: str) -> Pattern:
    is_open = path.endswith("/*")
    segments = path.removesuffix("/*").split("/")
    return Pattern(tuple(tuple(_PLACEHOLDER.split(segment)) for segment in segments), is_open)


class RedirectRules(NamedTuple):
    """A ``_redirects`` file."""

    lines: tuple[Rule, ...] = ()
    exact: frozenset[str] = frozenset()
    """Paths that a rule without placeholders covers."""
    patterns: tuple[Pattern, ...] = ()
    """and patterns of such."""

    def answer(self, path: str) -> bool:
        """Return whether a rule covers ``path``."""
        path = path.rstrip("/")
        return path in self.exact or any(pattern.matches(path) for pattern in self.patterns)


_STATUS = re.compile(r"\d{3}!?")


def parse_redirects(text: str) -> RedirectRules:
    """The rules of a ``_redirects`` file <https://docs.netlify.com/routing/redirects/>.

    One that says that something is missing, or that asks for more than the path, answers for nothing.
    """
    lines, exact, patterns = [], set(), []
    for number, line in enumerate(text.splitlines(), 1):
        source, *words = line.split() or [""]
        target = next((word for word in words if word.startswith("/") or _WEB.match(word)), "")
        if not source.startswith("/") or not target:
            continue
        lines.append(Rule(source, target, number))
        more = words[words.index(target) + 1 :]
        if any("=" in word for word in more) or any(_STATUS.fullmatch(word) and word[0] == "4" for word in more):
            continue
        path = unquote(source).rstrip("/")
        if "*" in path or ":" in path:
            patterns.append(_pattern(path))
        else:
            exact.add(path)
    return RedirectRules(tuple(lines), frozenset(exact), tuple(patterns))


class CheckedSite(NamedTuple):
    """All outputs."""

    url: str
    """URL of the site without the last ``/``; empty if the settings have none."""
    pages: Mapping[str, PageMarkup]
    """Output path → markup, for pages that templates render."""
    outputs: Collection[str]
    rules: RedirectRules = RedirectRules()
    apart: frozenset[str] = frozenset()
    """Pages that need no way to them: unlisted ones, redirects, the one for missing addresses."""
    elsewhere: Sequence[str] = ()
    """Paths below ``url`` where something lives that is no output."""

    def survey(self) -> LinkReport:
        """Follow every link."""
        return _Walk(self).survey()


class _Walk:
    def __init__(self, site: CheckedSite) -> None:
        self.site = site
        self.base = urlsplit(site.url).path
        self.broken: list[Broken] = []
        self.elsewhere: dict[str, dict[str, None]] = {}
        self.ways: dict[str, set[str]] = {}
        self.known: dict[str, str | None] = {}
        """Path from the root, as written → the output that answers, or None."""
        self.missing: dict[str, tuple[str, str]] = {}
        self.ends: dict[str, list[str]] = {}
        """Addresses by the first letters of their last part."""
        self.hints = 0

    def survey(self) -> LinkReport:
        for path, page in self.site.pages.items():
            self.ways[path] = {output for written in page.links if (output := self._follow(path, written))}
            for written in page.parts:
                self._follow(path, written)
        for rule in self.site.rules.lines:
            self._check_rule(rule)
        elsewhere = {url: tuple(pages) for url, pages in sorted(self.elsewhere.items())}
        count = sum(len(page.links) + len(page.parts) for page in self.site.pages.values())
        return LinkReport(tuple(self.broken), elsewhere, self._unreached(), count)

    def _follow(self, page: str, written: str) -> str:
        """The output to which a link leads; empty if it leads elsewhere or nowhere, which is noted."""
        inside = None if _OF_HOSTS.match(written) else self._inside(page, written)
        if inside is None:
            if _WEB.match(written):
                self.elsewhere.setdefault(requested_path(written), {})[page] = None
            return ""
        before, _, fragment = inside.partition("#")
        path = before.partition("?")[0]
        output = self._output(path) if path else page
        if output is None:
            self._note_missing(page, written, path)
            return ""
        name = unquote(fragment).partition(":~:")[0]
        ids = self.site.pages[output].ids if name and output in self.site.pages else {name}
        if name not in ids and name != "top":
            where = "this page" if output == page else address_of(output)
            self.hints += 1
            hint = did_you_mean(name, ids) if self.hints <= _HINTS else ""
            self.broken.append(Broken(page, written, f'there is no heading or id "{name}" on {where}', hint))
        return output

    def _note_missing(self, page: str, written: str, path: str) -> None:
        if is_elsewhere(unquote(path), self.site.elsewhere, self.base):
            return
        is_absolute = own_path(written, self.site.url) is not None
        self.broken.append(Broken(page, written, *self._missing(path), may_be_there=is_absolute))

    def _inside(self, page: str, written: str) -> str | None:
        """Path from the top of the site, query and fragment; None if ``written`` leads to another site, or nowhere."""
        own = own_path(written, self.site.url)
        if own is not None:
            return own if own.startswith("/") else f"/{own}"
        if SCHEME.match(written):
            return None
        if not written or written.startswith("#"):
            return written
        if not written.startswith("/") or "/." in written:
            try:
                written = urljoin(f"{_HOST}{self.base}{address_of(page)}", written).removeprefix(_HOST)
            except ValueError:
                return written
        if self.base and not re.match(rf"{re.escape(self.base)}(?:[/?#]|$)", written):
            return f"{_OUT}{written}"
        inside = written.removeprefix(self.base)
        return inside if inside.startswith("/") else f"/{inside}"

    def _output(self, path: str) -> str | None:
        """The output behind a path from the top, empty for what is redirected; None if there is none."""
        if path not in self.known:
            address = unquote(path)
            outputs = (output_path(address), output_path(f"{address}/"))
            found = next((output for output in outputs if output in self.site.outputs), None)
            is_moved = found is None and self.site.rules.answer(self.base + address)
            self.known[path] = "" if is_moved else found
        return self.known[path]

    def _missing(self, path: str) -> tuple[str, str]:
        """Return message and hint for a missing path; cached, because the links of a template are on every page."""
        if path not in self.missing:
            self.missing[path] = self._told(path)
        return self.missing[path]

    def _told(self, path: str) -> tuple[str, str]:
        if path.startswith(_OUT):
            message = f'"{path[1:]}" leads out of the site, which lives below {self.base}/'
            return message, "" if self._output(path[1:]) is None else f"write {self.base}{path[1:]}"
        address = unquote(path)
        hint = "links in raw HTML are addresses: write that of the page, or [text](file.md) outside of the HTML"
        is_file = address.endswith((".md", ".markdown", ".ipynb"))
        return f'this site has no address "{address}"', hint if is_file else self._near(address)

    def _near(self, address: str) -> str:
        """A hint: a page whose address ends in the same way, or nearly so. To look for thousands takes too long."""
        if not self.ends:
            for known in map(address_of, self.site.pages):
                self.ends.setdefault(_end(known)[:2], []).append(known)
        alike = self.ends.get(_end(address)[:2], [])
        same = [known for known in alike if _end(known) == _end(address)]
        self.hints += 1
        return did_you_mean(address, alike) if not same and self.hints <= _HINTS else _hint(same)

    def _check_rule(self, rule: Rule) -> None:
        """Report a redirect of the author that leads nowhere, unless its placeholders decide the target."""
        if not rule.target.startswith("/") or "*" in rule.target or ":" in rule.target or _OF_HOSTS.match(rule.target):
            return
        path = re.split("[?#]", self._inside("index.html", rule.target) or "/")[0]
        if self._output(path) is None and not is_elsewhere(unquote(path), self.site.elsewhere, self.base):
            self.broken.append(Broken("_redirects", rule.target, *self._missing(path), line=rule.line))

    def _unreached(self) -> tuple[str, ...]:
        reached = {"index.html"}
        todo = deque(reached)
        while todo:
            for output in self.ways.get(todo.popleft(), ()):
                if output not in reached:
                    reached.add(output)
                    todo.append(output)
        pages = self.site.pages
        return tuple(path for path in pages if path not in reached and path not in self.site.apart)


def _end(address: str) -> str:
    return address.strip("/").rpartition("/")[2].removesuffix(".html")


def _hint(addresses: list[str]) -> str:
    return f'did you mean "{addresses[0]}"?' if addresses else ""
