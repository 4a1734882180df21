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

if TYPE_CHECKING:
    from collections.abc import Iterator
    from urllib.parse import SplitResult

_HEADER = re.compile(r"\s+content-security-policy\s*:(.*)", re.IGNORECASE)
_FALLBACKS = {
    "script-src-elem": "script-src", "script-src-attr": "script-src", "style-src-elem": "style-src",
    "style-src-attr": "style-src", "script-src": "default-src", "style-src": "default-src", "frame-src": "child-src",
    "child-src": "default-src", "img-src": "default-src", "media-src": "default-src", "object-src": "default-src",
}  # fmt: skip
_LOADS = {
    ("script", "src"): "script-src-elem", ("iframe", "src"): "frame-src", ("frame", "src"): "frame-src",
    ("img", "src"): "img-src", ("img", "srcset"): "img-src", ("video", "poster"): "img-src",
    ("video", "src"): "media-src", ("audio", "src"): "media-src", ("track", "src"): "media-src",
    ("object", "data"): "object-src", ("embed", "src"): "object-src", ("form", "action"): "form-action",
    ("base", "href"): "base-uri",
}  # fmt: skip
_SCRIPTS = re.compile(
    r"(?:text|application)/(?:x-)?(?:java|ecma)script|module|importmap|speculationrules|", re.IGNORECASE
)
_HASHED = ("'nonce-", "'sha256-", "'sha384-", "'sha512-")


_NO_HOST_SCHEMES = {"javascript", "about", "mailto"}
"""Addresses that load nothing."""


class Policy(NamedTuple):
    """One policy of the site."""

    pattern: str
    """Pattern of the addresses that it covers, as written."""
    line: int
    """Line in the file of headers, counted from 1."""
    directives: dict[str, list[str]]
    """Directive name → allowed sources."""

    def covers(self, address: str) -> bool:
        """Return whether the page at ``address`` is sent with this policy."""
        parts = [re.escape(part) for part in re.split(r"\*|:\w+", self.pattern)]
        return re.fullmatch(".*".join(parts), address) is not None

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
        """Return whether any inline script or style is allowed: a nonce or a hash switches ``'unsafe-inline'`` off."""
        has_hash = any(source.startswith(_HASHED) for source in self.sources)
        return "'unsafe-inline'" in self.sources and not has_hash


class Blocked(NamedTuple):
    """Something on a page that browsers block."""

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
    policies = []
    pattern = ""
    for number, line in enumerate(headers.split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line[0].isspace():
            pattern = re.sub(r"^https?://[^/]*", "", line.strip())
            continue
        header = _HEADER.fullmatch(line.rstrip())
        if pattern and header:
            policies.append(Policy(pattern, number, _parse_directives(header[1])))
    return policies


def _parse_directives(text: str) -> dict[str, list[str]]:
    directives: dict[str, list[str]] = {}
    for directive in text.split(";"):
        words = directive.split()
        if words:
            directives.setdefault(words[0].lower(), words[1:])  # the first of equal names counts
    return directives


def find_blocked(html: str, address: str, policies: list[Policy], url: str) -> Iterator[Blocked]:
    """Yield what ``policies`` block on the page ``html`` at ``address`` of the site at ``url``."""
    for policy in policies:
        if policy.covers(address):
            for tag in raw_html.tags(html):
                yield from _blocked_of_tag(html, tag, policy, url)


def _blocked_of_tag(html: str, tag: raw_html.Tag, policy: Policy, url: str) -> Iterator[Blocked]:
    values = {attribute.name: raw_html.value(html, attribute) for attribute in tag.attributes}
    end = max((attribute.end for attribute in tag.attributes), default=tag.start + 1 + len(tag.name))
    written = html[tag.start : end]
    for name in values:
        if name == "style":
            yield from _blocked_inline(policy, "style-src-attr", written, "the style of this element", "write a class")
        elif name.startswith("on") and len(name) > 2:
            what = f"{name} of this element"
            yield from _blocked_inline(policy, "script-src-attr", written, what, "put the script into a file")
        else:
            yield from _blocked_addresses(policy, tag, name, values, written, url)
    if _is_inline_script(tag, values) or tag.name == "style":
        yield from _blocked_text(policy, written, tag.name, _inner_text(html, end, tag.name))


def _blocked_addresses(
    policy: Policy, tag: raw_html.Tag, name: str, values: dict[str, str], written: str, url: str
) -> Iterator[Blocked]:
    """Yield what is blocked of the addresses in the attribute ``name``."""
    directive = _loading_directive(tag.name, name, values)
    if directive is None:
        return
    addresses = [values[name]]
    if name == "srcset":
        addresses = [address for address, _ in raw_html.candidates(values[name])]
    for address in addresses:
        yield from _blocked_resource(policy, directive, written, address, url)


def _is_inline_script(tag: raw_html.Tag, values: dict[str, str]) -> bool:
    if tag.name != "script" or "src" in values:
        return False
    return _SCRIPTS.fullmatch(values.get("type", "")) is not None


def _loading_directive(tag: str, name: str, values: dict[str, str]) -> str | None:
    """Return the directive for what the attribute ``name`` loads; None if it loads nothing."""
    if tag == "source":
        return {"srcset": "img-src", "src": "media-src"}.get(name)
    if tag == "link" and name == "href":
        is_style_sheet = "stylesheet" in values.get("rel", "").lower().split()
        return "style-src-elem" if is_style_sheet else None
    return _LOADS.get((tag, name))


def _inner_text(html: str, end: int, name: str) -> str:
    """Return the text of the element whose last attribute ends at ``end``."""
    start = html.find(">", end) + 1
    closing = re.compile(f"</{name}", re.IGNORECASE).search(html, start)
    return html[start : closing.start() if closing else len(html)]


def _blocked_text(policy: Policy, written: str, name: str, text: str) -> Iterator[Blocked]:
    """Yield an inline script or style sheet, unless the policy has its hash."""
    directive = policy.effective(f"{name}-src-elem")
    hashes = [_hash_source(algorithm, text) for algorithm in ("sha256", "sha384", "sha512")]
    if directive is None or not set(hashes).isdisjoint(directive.sources):
        return
    yield from _blocked_inline(policy, f"{name}-src-elem", written, f"this {name}", "put it into a file", hashes[0])


def _hash_source(algorithm: str, text: str) -> str:
    digest = hashlib.new(algorithm, text.encode()).digest()
    return f"'{algorithm}-{b64encode(digest).decode()}'"


def _blocked_inline(
    policy: Policy, name: str, written: str, what: str, instead: str, source: str = "'unsafe-inline'"
) -> Iterator[Blocked]:
    directive = policy.effective(name)
    if directive is None or directive.allows_inline():
        return
    hint = f"{instead}, or {_addition(directive, name, source)}"
    yield Blocked(written, what, "", policy.line, directive.name, hint)


def _addition(directive: Directive, name: str, source: str) -> str:
    """Return what to write into the policy so that the directive ``name`` allows ``source``.

    A new directive replaces its fallback, so it repeats the sources of the fallback.
    """
    short_name = name.removesuffix("-attr").removesuffix("-elem")
    if directive.name in {short_name, name}:
        return f"add {source} to {directive.name} there"
    sources = [source for source in directive.sources if source != "'none'"]
    return f"add {' '.join([short_name, *sources, source])} there"


def _blocked_resource(policy: Policy, name: str, written: str, address: str, url: str) -> Iterator[Blocked]:
    directive = policy.effective(name)
    if directive is None or not address:
        return
    if any(_matches(source, address, url) for source in directive.sources):
        return
    tag_name = re.split(r"[\s/>]", written[1:], maxsplit=1)[0].lower()
    hint = _addition(directive, name, _origin(address))
    yield Blocked(written, f"this {tag_name}", address, policy.line, directive.name, hint)


def _origin(address: str) -> str:
    """Return the source expression that allows ``address``."""
    parts = urlsplit(address)
    if parts.netloc:
        return f"{parts.scheme or 'https'}://{parts.netloc}"
    return f"{parts.scheme}:" if parts.scheme else "'self'"


def _matches(source: str, address: str, url: str) -> bool:
    """Return whether the source expression allows ``address`` on a page of the site at ``url``."""
    try:
        target, site = urlsplit(address), urlsplit(url)
    except ValueError:
        return True
    if target.scheme in _NO_HOST_SCHEMES:
        return True
    is_own = _is_same_origin(target, site)
    if source == "'self'":
        return is_own
    scheme = target.scheme or site.scheme or "https"
    if source == "*":
        return is_own or scheme in {"http", "https"}
    if re.fullmatch(r"[a-z][a-z0-9+.-]*:", source, re.IGNORECASE):
        return _scheme_matches(source[:-1].lower(), scheme)
    if source.startswith("'"):  # a keyword, a nonce or a hash
        return False
    allowed = urlsplit(source if "//" in source else f"//{source}")
    if allowed.scheme and not _scheme_matches(allowed.scheme, scheme):
        return False
    host = target.hostname or site.hostname or ""
    return _host_matches(allowed.hostname or "", host) and _path_matches(allowed.path, target.path)


def _is_same_origin(target: SplitResult, site: SplitResult) -> bool:
    if not target.scheme and not target.netloc:
        return True
    return target.netloc == site.netloc and target.scheme in {"", site.scheme}


def _scheme_matches(allowed: str, scheme: str) -> bool:
    """Return whether a scheme is allowed: http also allows https."""
    return allowed == scheme or (allowed == "http" and scheme == "https")


def _host_matches(pattern: str, host: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:])
    return host == pattern


def _path_matches(allowed: str, path: str) -> bool:
    """Return whether a path is allowed: an empty one allows all, one that ends with a slash what is below it."""
    if not allowed:
        return True
    return path.startswith(allowed) if allowed.endswith("/") else path == allowed


class PageSource:
    """The text of a document in which tags are searched; each search for an equal tag continues after the last."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._search_from: dict[str, int] = {}

    def position(self, tag: str) -> tuple[int, int] | None:
        """Return line and column of ``tag``, also as a JSON string of a notebook; None if it is not in the text."""
        for written in (tag, json.dumps(tag, ensure_ascii=False)[1:-1]):
            start = self._text.find(written, self._search_from.get(written, 0))
            if start < 0:
                start = self._text.find(written)
            if start >= 0:
                self._search_from[written] = start + 1
                line = self._text.count("\n", 0, start) + 1
                return line, start - self._text.rfind("\n", 0, start)
        return None
