"""What the site's own Content-Security-Policy keeps from readers: scripts, styles, frames and pictures of its pages.

The policy stands in ``content/_headers``, as Netlify and Cloudflare Pages read it. <https://www.w3.org/TR/CSP3/>
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


class Policy(NamedTuple):
    """A policy of the site, and where it stands."""

    pattern: str
    """Of addresses, as written."""
    line: int
    directives: dict[str, list[str]]

    def covers(self, address: str) -> bool:
        """Tell whether the page at ``address`` is sent with it."""
        parts = [re.escape(part) for part in re.split(r"\*|:\w+", self.pattern)]
        return re.fullmatch(".*".join(parts), address) is not None

    def sources(self, directive: str) -> tuple[str, list[str]] | None:
        """The directive that counts for ``directive``, and what it allows; None if everything is allowed."""
        name: str | None = directive
        while name:
            if name in self.directives:
                return name, self.directives[name]
            name = _FALLBACKS.get(name)
        return None


class Blocked(NamedTuple):
    """Something on a page that readers do not get."""

    tag: str
    """As it is written, up to its last attribute."""
    what: str
    address: str
    """Of what is not loaded; empty for what stands in the page."""
    line: int
    """Of the policy."""
    directive: str
    hint: str


def parse_policies(headers: str) -> list[Policy]:
    """The policies in the text of a file of headers."""
    found = []
    pattern = ""
    for number, line in enumerate(headers.split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line[0].isspace():
            pattern = re.sub(r"^https?://[^/]*", "", line.strip())
        elif pattern and (header := _HEADER.fullmatch(line.rstrip())):
            parts = [part.split() for part in header[1].split(";")]
            directives = {part[0].lower(): part[1:] for part in reversed(parts) if part}
            found.append(Policy(pattern, number, directives))
    return found


def find_blocked(html: str, address: str, known: list[Policy], url: str) -> Iterator[Blocked]:
    """What of the page ``html`` at ``address`` of the site at ``url`` the policies keep from its readers."""
    for policy in known:
        if policy.covers(address):
            for tag in raw_html.tags(html):
                yield from _of_tag(html, tag, policy, url)


def _of_tag(html: str, tag: raw_html.Tag, policy: Policy, url: str) -> Iterator[Blocked]:
    values = {attribute.name: raw_html.value(html, attribute) for attribute in tag.attributes}
    end = max((attribute.end for attribute in tag.attributes), default=tag.start + 1 + len(tag.name))
    written = html[tag.start : end]
    for name, value in values.items():
        if name == "style":
            yield from _inline(policy, "style-src-attr", written, "the style of this element", "write a class")
        elif name.startswith("on") and len(name) > 2:
            what = f"{name} of this element"
            yield from _inline(policy, "script-src-attr", written, what, "put the script into a file")
        elif directive := _directive(tag.name, name, values):
            addresses = [found for found, _ in raw_html.candidates(value)] if name == "srcset" else [value]
            for address in addresses:
                yield from _loaded(policy, directive, written, address, url)
    is_script = tag.name == "script" and "src" not in values and bool(_SCRIPTS.fullmatch(values.get("type", "")))
    if is_script or tag.name == "style":
        yield from _in_page(policy, written, tag.name, _text_of(html, end, tag.name))


def _directive(tag: str, name: str, values: dict[str, str]) -> str | None:
    if tag == "source":
        return {"srcset": "img-src", "src": "media-src"}.get(name)
    if tag == "link" and name == "href":
        return "style-src-elem" if "stylesheet" in values.get("rel", "").lower().split() else None
    return _LOADS.get((tag, name))


def _text_of(html: str, end: int, name: str) -> str:
    start = html.find(">", end) + 1
    closing = re.compile(f"</{name}", re.IGNORECASE).search(html, start)
    return html[start : closing.start() if closing else len(html)]


def _in_page(policy: Policy, written: str, name: str, text: str) -> Iterator[Blocked]:
    """A script or style sheet that stands in the page: the policy may know its text by a digest."""
    directive = f"{name}-src-elem"
    found = policy.sources(directive)
    hashes = [_hash(kind, text) for kind in ("sha256", "sha384", "sha512")]
    if found is None or any(known in found[1] for known in hashes):
        return
    yield from _inline(policy, directive, written, f"this {name}", "put it into a file", hashes[0])


def _hash(kind: str, text: str) -> str:
    return f"'{kind}-{b64encode(hashlib.new(kind, text.encode()).digest()).decode()}'"


def _inline(
    policy: Policy, directive: str, written: str, what: str, instead: str, source: str = "'unsafe-inline'"
) -> Iterator[Blocked]:
    found = policy.sources(directive)
    if found is None or ("'unsafe-inline'" in found[1] and not any(known.startswith(_HASHED) for known in found[1])):
        return
    hint = f"{instead}, or {_addition(found, directive, source)}"
    yield Blocked(written, what, "", policy.line, found[0], hint)


def _addition(found: tuple[str, list[str]], directive: str, source: str) -> str:
    """What to write into the policy so that it allows ``source``; a directive that is not there yet names all."""
    name = directive.removesuffix("-attr").removesuffix("-elem")
    if found[0] in {name, directive}:
        return f"add {source} to {found[0]} there"
    kept = [known for known in found[1] if known != "'none'"]
    return f"add {' '.join([name, *kept, source])} there"


def _loaded(policy: Policy, directive: str, written: str, address: str, url: str) -> Iterator[Blocked]:
    found = policy.sources(directive)
    if found is None or not address or any(_matches(source, address, url) for source in found[1]):
        return
    name = re.split(r"[\s/>]", written[1:], maxsplit=1)[0].lower()
    yield Blocked(
        written, f"this {name}", address, policy.line, found[0], _addition(found, directive, _origin(address))
    )


def _origin(address: str) -> str:
    """The source that allows ``address``."""
    parts = urlsplit(address)
    if parts.netloc:
        return f"{parts.scheme or 'https'}://{parts.netloc}"
    return f"{parts.scheme}:" if parts.scheme else "'self'"


def _matches(source: str, address: str, url: str) -> bool:
    """Tell whether ``source`` of a directive allows what is at ``address``."""
    try:
        there, here = urlsplit(address), urlsplit(url)
    except ValueError:
        return True
    if there.scheme in {"javascript", "about", "mailto"}:
        return True
    is_own = (not there.scheme and not there.netloc) or (
        there.netloc == here.netloc and there.scheme in {"", here.scheme}
    )
    if source == "'self'":
        return is_own
    scheme = there.scheme or here.scheme or "https"
    if source == "*":
        return is_own or scheme in {"http", "https"}
    if re.fullmatch(r"[a-z][a-z0-9+.-]*:", source, re.IGNORECASE):
        return scheme == source[:-1].lower() or (source.lower() == "http:" and scheme == "https")
    if source.startswith("'"):
        return False
    wanted = urlsplit(source if "//" in source else f"//{source}")
    host, name = (there.hostname or here.hostname or ""), (wanted.hostname or "")
    same = host.endswith(name[1:]) if name.startswith("*.") else host == name
    path = wanted.path
    in_path = not path or (there.path.startswith(path) if path.endswith("/") else there.path == path)
    return same and in_path and wanted.scheme in {"", scheme, "http" if scheme == "https" else scheme}


class PageSource:
    """The text of a document, in which tags are looked for: of equal ones the next each time."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._after: dict[str, int] = {}

    def position(self, tag: str) -> tuple[int, int] | None:
        """Line and column of ``tag``, as it is or as a notebook has it; None if it is not written so."""
        for written in (tag, json.dumps(tag, ensure_ascii=False)[1:-1]):
            at = self._text.find(written, self._after.get(written, 0))
            if at < 0:
                at = self._text.find(written)
            if at >= 0:
                self._after[written] = at + 1
                return self._text.count("\n", 0, at) + 1, at - self._text.rfind("\n", 0, at)
        return None
