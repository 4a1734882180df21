"""Scripts, styles, frames and images of the site's pages that its own Content-Security-Policy blocks.

The policy is read from ``content/_headers``, in the format of Netlify and Cloudflare Pages. The rules are those of
<https://www.w3.org/TR/CSP3/>. Nothing here reads the disk.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from blog.markdown import raw_html
from blog.site.host_headers import POLICY, HostHeader, parse_directives, parse_headers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from urllib.parse import SplitResult

_FALLBACKS = {
    "script-src-elem": "script-src", "script-src-attr": "script-src", "style-src-elem": "style-src",
    "style-src-attr": "style-src", "script-src": "default-src", "style-src": "default-src", "frame-src": "child-src",
    "child-src": "default-src", "img-src": "default-src", "media-src": "default-src", "object-src": "default-src",
}  # fmt: skip
_LOADS = {
    ("script", "src"): "script-src-elem", ("iframe", "src"): "frame-src", ("frame", "src"): "frame-src",
    ("img", "src"): "img-src", ("img", "srcset"): "img-src", ("video", "poster"): "img-src",
    ("video", "src"): "media-src", ("audio", "src"): "media-src", ("track", "src"): "media-src",
    ("source", "src"): "media-src", ("source", "srcset"): "img-src", ("object", "data"): "object-src",
    ("embed", "src"): "object-src", ("form", "action"): "form-action", ("base", "href"): "base-uri",
}  # fmt: skip
_SCRIPT_TYPE = re.compile(
    r"(?:text|application)/(?:x-)?(?:java|ecma)script|module|importmap|speculationrules|", re.IGNORECASE
)
_EVENT_HANDLER = re.compile(r"on.+", re.DOTALL)
_SCHEME_SOURCE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_NONCE_OR_HASH = ("'nonce-", "'sha256-", "'sha384-", "'sha512-")
_NO_HOST_SCHEMES = {"javascript", "about", "mailto"}
"""Schemes of addresses that load nothing."""


class Policy(NamedTuple):
    """One policy of the site."""

    header: HostHeader
    directives: dict[str, list[str]]
    """Directive name → allowed sources."""

    def effective(self, directive: str) -> Directive | None:
        """Return the directive that governs ``directive``, after fallbacks; None if everything is allowed."""
        name: str | None = directive
        while name:
            if name in self.directives:
                return Directive(name, self.directives[name])
            name = _FALLBACKS.get(name)
        return None


class Directive(NamedTuple):
    """A directive of a policy with the sources it allows."""

    name: str
    sources: list[str]

    def allows_inline(self) -> bool:
        """Return whether any inline script or style is allowed: a nonce or a hash disables ``'unsafe-inline'``."""
        if "'unsafe-inline'" not in self.sources:
            return False
        return not any(source.startswith(_NONCE_OR_HASH) for source in self.sources)

    def allows_address(self, address: str, url: str) -> bool:
        """Return whether pages of the site at ``url`` may load ``address``."""
        try:
            target, site = urlsplit(address), urlsplit(url)
        except ValueError:
            return True  # browsers request no invalid address
        if target.scheme in _NO_HOST_SCHEMES:
            return True
        return any(_source_matches(source, target, site) for source in self.sources)


class Blocked(NamedTuple):
    """A part of a page that browsers block."""

    tag: str
    """The tag as written, up to its last attribute."""
    description: str
    address: str
    """Address of the resource; empty for inline text."""
    line: int
    """Line of the policy."""
    directive: str
    hint: str


def parse_policies(headers: str) -> list[Policy]:
    """Return the policies in the text of a file of headers."""
    return [
        Policy(header, parse_directives(header.value)) for header in parse_headers(headers) if header.name == POLICY
    ]


def find_blocked(html: str, address: str, policies: list[Policy], url: str) -> Iterator[Blocked]:
    """Yield what ``policies`` block on the page ``html`` at ``address`` of the site at ``url``."""
    for policy in policies:
        if policy.header.covers(address):
            for tag in raw_html.tags(html):
                yield from _blocked_of_tag(html, tag, policy, url)


class _PageElement(NamedTuple):
    """The start tag of an element."""

    name: str
    tag: str
    """The tag as written, up to its last attribute."""
    values: dict[str, str]
    """Attribute name → value."""


def _blocked_of_tag(html: str, tag: raw_html.Tag, policy: Policy, url: str) -> Iterator[Blocked]:
    end = tag.start + 1 + len(tag.name)
    values = {}
    for attribute in tag.attributes:
        values[attribute.name] = raw_html.value(html, attribute)
        end = attribute.end
    element = _PageElement(tag.name, html[tag.start : end], values)
    for name in values:
        yield from _blocked_of_attribute(policy, element, name, url)
    if element.name == "style" or _is_inline_script(element):
        yield from _blocked_text(policy, element, _inner_text(html, end, element.name))


def _blocked_of_attribute(policy: Policy, element: _PageElement, name: str, url: str) -> Iterator[Blocked]:
    """Yield what is blocked of the attribute ``name``: a style, an event handler, or the addresses that it loads."""
    if name == "style":
        subject = "the style of this element"
        yield from _blocked_inline(policy, "style-src-attr", element, subject, "write a class")
    elif _EVENT_HANDLER.fullmatch(name):
        subject = f"{name} of this element"
        yield from _blocked_inline(policy, "script-src-attr", element, subject, "put the script into a file")
    elif directive := _loading_directive(element, name):
        for address in filter(None, _addresses_in(element, name)):
            yield from _blocked_resource(policy, directive, element, address, url)


def _loading_directive(element: _PageElement, name: str) -> str | None:
    """Return the directive for what the attribute ``name`` loads; None if it loads nothing."""
    if (element.name, name) != ("link", "href"):
        return _LOADS.get((element.name, name))
    is_style_sheet = "stylesheet" in element.values.get("rel", "").lower().split()
    return "style-src-elem" if is_style_sheet else None


def _addresses_in(element: _PageElement, name: str) -> list[str]:
    if name != "srcset":
        return [element.values[name]]
    return [address for address, _ in raw_html.candidates(element.values[name])]


def _is_inline_script(element: _PageElement) -> bool:
    if element.name != "script" or "src" in element.values:
        return False
    return _SCRIPT_TYPE.fullmatch(element.values.get("type", "")) is not None


def _inner_text(html: str, end: int, name: str) -> str:
    """Return the text of the element whose last attribute ends at ``end``."""
    start = html.find(">", end) + 1
    end_tag = re.compile(f"</{name}", re.IGNORECASE).search(html, start)
    return html[start : end_tag.start() if end_tag else len(html)]


def _blocked_text(policy: Policy, element: _PageElement, text: str) -> Iterator[Blocked]:
    """Yield an inline script or style sheet, unless the policy has its hash."""
    name = f"{element.name}-src-elem"
    directive = policy.effective(name)
    hashes = [_hash_source(algorithm, text) for algorithm in ("sha256", "sha384", "sha512")]
    if directive and set(hashes).isdisjoint(directive.sources):
        yield from _blocked_inline(policy, name, element, f"this {element.name}", "put it into a file", hashes[0])


def _hash_source(algorithm: str, text: str) -> str:
    digest = hashlib.new(algorithm, text.encode()).digest()
    return f"'{algorithm}-{b64encode(digest).decode()}'"


def _blocked_inline(
    policy: Policy, name: str, element: _PageElement, subject: str, remedy: str, source: str = "'unsafe-inline'"
) -> Iterator[Blocked]:
    """Yield ``subject`` of the element, unless the directive ``name`` allows everything inline."""
    directive = policy.effective(name)
    if directive and not directive.allows_inline():
        yield Blocked(
            tag=element.tag,
            description=subject,
            address="",
            line=policy.header.line,
            directive=directive.name,
            hint=f"{remedy}, or {_addition(directive, name, source)}",
        )


def _addition(directive: Directive, name: str, source: str) -> str:
    """Return what to write into the policy so that the directive ``name`` allows ``source``.

    A new directive replaces its fallback, so it repeats the sources of the fallback.
    """
    short_name = name.removesuffix("-attr").removesuffix("-elem")
    if directive.name in {short_name, name}:
        return f"add {source} to {directive.name} there"
    sources = [source for source in directive.sources if source != "'none'"]
    return f"add {' '.join([short_name, *sources, source])} there"


def _blocked_resource(policy: Policy, name: str, element: _PageElement, address: str, url: str) -> Iterator[Blocked]:
    """Yield the resource at ``address``, unless the directive ``name`` allows it."""
    directive = policy.effective(name)
    if directive and not directive.allows_address(address, url):
        yield Blocked(
            tag=element.tag,
            description=f"this {element.name}",
            address=address,
            line=policy.header.line,
            directive=directive.name,
            hint=_addition(directive, name, _origin(address)),
        )


def _origin(address: str) -> str:
    """Return the source expression that allows ``address``."""
    parts = urlsplit(address)
    if parts.netloc:
        return f"{parts.scheme or 'https'}://{parts.netloc}"
    return f"{parts.scheme}:" if parts.scheme else "'self'"


def _source_matches(source: str, target: SplitResult, site: SplitResult) -> bool:
    """Return whether the source expression matches an address on a page of ``site``."""
    if source.startswith("'"):  # keywords, nonces and hashes: only one of them is about addresses
        return source == "'self'" and _is_same_origin(target, site)
    scheme = target.scheme or site.scheme or "https"
    if source == "*":
        return scheme in {"http", "https"} or _is_same_origin(target, site)
    if _SCHEME_SOURCE.fullmatch(source):
        return _scheme_matches(source[:-1].lower(), scheme)
    host = target.hostname or site.hostname or ""
    return _host_source_matches(source, scheme, host, target.path)


def _is_same_origin(target: SplitResult, site: SplitResult) -> bool:
    return (target.scheme, target.netloc) in {("", ""), ("", site.netloc), (site.scheme, site.netloc)}


def _host_source_matches(source: str, scheme: str, host: str, path: str) -> bool:
    """Return whether a source expression with a host matches the parts of an address."""
    try:
        allowed = urlsplit(source if "//" in source else f"//{source}")
    except ValueError:
        return False  # browsers ignore an invalid source
    if not _scheme_matches(allowed.scheme or scheme, scheme):
        return False
    if not _host_matches(allowed.hostname or "", host):
        return False
    return _path_matches(allowed.path, path)


def _scheme_matches(allowed: str, scheme: str) -> bool:
    """Return whether a scheme is allowed: http also allows https."""
    return (allowed, scheme) == ("http", "https") or allowed == scheme


def _host_matches(pattern: str, host: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:])
    return host == pattern


def _path_matches(allowed: str, path: str) -> bool:
    """Return whether a path is allowed: an empty one allows all, one that ends with a slash what is below it."""
    if allowed.endswith("/"):
        return path.startswith(allowed)
    return allowed in {"", path}


class PageSource:
    """The text of a document in which tags are searched; the next search for an equal tag continues after it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._search_from: dict[str, int] = {}

    def position(self, tag: str) -> tuple[int, int] | None:
        """Return line and column of ``tag``, also as a JSON string of a notebook; None if it is not in the text."""
        json_string = json.dumps(tag, ensure_ascii=False)[1:-1]
        for text in (tag, json_string):
            start = self._find_next(text)
            if start >= 0:
                self._search_from[text] = start + 1
                line = self._text.count("\n", 0, start) + 1
                return line, start - self._text.rfind("\n", 0, start)
        return None

    def _find_next(self, text: str) -> int:
        """Return the start of ``text`` after the previous match, else of its first match, else -1."""
        start = self._text.find(text, self._search_from.get(text, 0))
        return start if start >= 0 else self._text.find(text)
