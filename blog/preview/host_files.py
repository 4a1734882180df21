"""The files ``_headers`` and ``_redirects`` of a site, applied by the preview as a host applies them.

What a policy blocks at the host is blocked in the preview as well. The policy is widened by what the preview itself
needs: its script, and its stream of events. Nothing here reads the disk.
"""

from __future__ import annotations

from typing import NamedTuple

from blog.site.host_headers import POLICY, HostHeader, find_headers, parse_directives, parse_headers
from blog.site.redirects import RedirectRules, parse_redirects

_SENT = frozenset({
    POLICY, "cross-origin-embedder-policy", "cross-origin-opener-policy", "document-policy", "link",
    "permissions-policy", "referrer-policy",
})  # fmt: skip
"""Headers that decide what a page may load and do. Others are left out: of caches, of cookies, and those by which other
sites could read the preview or which a browser would remember."""
_DROPPED = frozenset({
    "report-to", "report-uri", "require-trusted-types-for", "sandbox", "trusted-types", "upgrade-insecure-requests",
})  # fmt: skip
"""Directives that report to another host, need https, or stop the script of the preview."""
_CHARACTERS = range(0x20, 0x7F)


class HostFiles(NamedTuple):
    """What the host does with each path."""

    headers: tuple[HostHeader, ...] = ()
    redirects: RedirectRules = RedirectRules()

    def headers_of(self, path: str, script: str) -> dict[str, str]:
        """Return the headers of a page at ``path``; ``script`` is the address of the preview's own script."""
        found = find_headers(self.headers, path)
        headers = {name: value for name, value in found.items() if name in _SENT and _is_plain(value)}
        if POLICY in headers:
            headers[POLICY] = ", ".join(_widen(policy, script) for policy in headers[POLICY].split(","))
        return headers


def parse_host_files(headers: str, redirects: str) -> HostFiles:
    """Return what a host does by the texts of ``_headers`` and ``_redirects``."""
    return HostFiles(tuple(parse_headers(headers)), parse_redirects(redirects))


def _widen(policy: str, script: str) -> str:
    """Return a content security policy that allows ``script`` and requests to the same origin, too."""
    directives = {name: words for name, words in parse_directives(policy).items() if name not in _DROPPED}
    fallback = directives.get("default-src")
    needs = (("script-src", script, fallback), ("script-src-elem", script, None), ("connect-src", "'self'", fallback))
    for name, source, inherited in needs:
        sources = directives.get(name, inherited)
        if sources is not None:
            directives[name] = [*(word for word in sources if word != "'none'"), source]
    if "frame-ancestors" in directives:
        directives["frame-ancestors"] = ["'self'"]  # no other site may show a preview
    return "; ".join(" ".join([name, *words]) for name, words in directives.items())


def _is_plain(text: str) -> bool:
    """Return whether ``text`` may stand in the head of a response."""
    return all(ord(char) in _CHARACTERS for char in text)
