"""Slips in links: addresses that lead nowhere, and text that was meant as a link: advice of ``blog check``."""

from __future__ import annotations

import re
from collections import Counter
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote

from blog.markdown.summary import children_of

if TYPE_CHECKING:
    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext
    from blog.problems import Location

_MOST = 20
"""Number of slips that are reported in one paragraph."""
_NO_LINK = re.compile(
    r"(?P<sign>!?)(?:\[(?P<words>[^\[\]\n]{0,80}))?(?P<link>\]\((?P<address>[^\s()]{1,300})(?P<rest> [^()\n]{0,300})?\)"
    r"|\]\[(?P<name>[^\W\d_][\w -]{2,80})\])"
)
_SPACED = re.compile(
    r"(?<![\]\w\\!])(?P<words>\[[^\[\]\n]{1,80}\]) {1,3}(?P<address>\((?:https?://[^\s()]{1,300}|\.{0,2}/[^\s()]{1,300}"
    r"|[\w./-]{1,100}\.(?:md|html?|ipynb|pdf|png|jpe?g|webp|svg|gif)(?:#[\w-]{1,80})?)\))"
)
"""Matches ``[text] (address)``."""
_OTHER_SCHEME = re.compile(r"(?:data|file|javascript|vbscript):", re.IGNORECASE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,20}):")
_SCHEMES = ("http", "https", "mailto")
_KNOWN = frozenset(
    {"http", "https", "mailto", "tel", "sms", "ftp", "ftps", "sftp", "tftp", "xmpp", "matrix", "attachment"}
)
_ONE_SLASH = re.compile(r"(https?):/?(?=[^/?#])", re.IGNORECASE)
_QUOTE = re.compile(r" +(?P<quote>[\"'])(?P<title>[^\"']*)")
_MARKUP = re.compile(r"[\n*_`\\<&~\"']|--|\.\.\.")
"""Matches characters that readers see in another form, or not at all."""


def check_address(link: Token, block: Token, context: ConversionContext) -> None:
    """Report a link without an address, and one whose address is misspelled."""
    address = str(link.attrs.get("href", ""))
    problem = _explain_address(address)
    if problem is None:
        return
    location = context.locate(block, link.meta.get("at", 0))
    if address:
        context.advise(location, "no-link", *problem)
    else:
        context.advise(location, "empty-link", *problem)


def _explain_address(address: str) -> tuple[str, str] | None:
    """Return why an address leads nowhere, and a hint; None if it may be right."""
    if not address:
        return "the link leads nowhere", "write where to: [text](file.md)"
    if slash := _ONE_SLASH.match(address):
        right_address = f"{slash[1]}://{address[slash.end() :]}"
        return f'"{address}" has too few slashes', f"write {right_address}"
    scheme = _SCHEME.match(address)
    if scheme is None:
        return None
    name, rest = scheme[1].lower(), address[scheme.end() :]
    if name == "mailto" and "@" not in rest and "%40" not in rest and not rest.startswith("?"):
        return f'"{address}" is no e-mail address', f"write mailto:{rest or 'name'}@example.org"
    near = [] if name in _KNOWN else get_close_matches(name, _SCHEMES, n=1, cutoff=0.75)
    if not near:
        return None
    return f'"{scheme[1]}" is not a known kind of address', f"did you mean {near[0]}:{rest}?"


def count_addresses(block: Token) -> Counter[str]:
    """Return how often each address is that of a link or an image in a block."""
    addresses = (
        child.attrs.get("href") or child.attrs.get("src", "") for child in children_of(block, "link_open", "image")
    )
    return Counter(unquote(str(address)) for address in addresses)


def check_failed_links(text: str, block: Token, context: ConversionContext) -> None:
    """Report what was meant as a link in ``text``, the text of ``block`` without its code, and is shown as text."""
    visible_text = "\n".join(child.content for child in children_of(block, "text"))
    link_counts = count_addresses(block)
    for match in islice(_NO_LINK.finditer(text), _MOST):
        link = match["link"]
        address = unquote(match["address"] or "")
        if link_counts[address]:
            link_counts[address] -= 1
            continue
        if _MARKUP.split(link, maxsplit=1)[0] not in visible_text:
            continue
        location = context.locate(block, match.start("link"))
        if not _has_machine_path(location, context):
            context.advise(location, "no-link", *_explain_link(match))
    for match in islice(_SPACED.finditer(text), _MOST):
        if f"{match['words']} (" in visible_text:
            message = f'"{match[0]}" is no link: it is shown as text'
            hint = f"take out the space: {match['words']}{match['address']}"
            context.advise(context.locate(block, match.start()), "no-link", message, hint)


def _has_machine_path(location: Location, context: ConversionContext) -> bool:
    """Return whether a path of the machine is reported in the line of ``location``: it is the same mistake."""
    problems = (problem for problem in context.problems if problem.code == "machine-path")
    return any(problem.location.row == location.row for problem in problems)


def _explain_link(match: re.Match[str]) -> tuple[str, str]:
    """Return why a link is shown as text, and what to write."""
    message = f'"{match["link"]}" is no link: it is shown as text'
    if match["name"]:
        return message, f"add a line [{match['name']}]: address"
    address, rest = match["address"], match["rest"] or ""
    if _OTHER_SCHEME.match(address):
        return message, "it would lead to no other page: put a file beside the text, and write its name"
    title = _QUOTE.fullmatch(rest)
    if title:
        kind, quote = "caption" if match["sign"] else "title", title["quote"]
        return f"the {kind} has no closing {quote}", f"write ({address} {quote}{title['title']}{quote})"
    words = "…" if match["words"] is None else match["words"]
    return message, f"write {match['sign']}[{words}](<{address}{rest}>)"
