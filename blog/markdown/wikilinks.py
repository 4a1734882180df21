"""Wikilinks: ``[[week-4]]``, ``[[week-4#Part|words]]`` and ``![[plot.png|300]]`` as in Obsidian.

A site turns them on by ``wikilinks = true`` in its settings; elsewhere each is an error with the same link in Markdown.
:mod:`blog.site.wikilinks` finds the targets. Syntax: <https://help.obsidian.md/links>, <https://help.obsidian.md/embeds>.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from blog.config.settings import WIKILINKS
from blog.markdown.media_formats import ending_of
from blog.markdown.patches import offset_in_block

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

    from blog.markdown.context import ConversionContext

WIKILINK = re.compile(r"!?\[\[(?P<target>[^\[\]|\n]{1,300})(?:\|(?P<words>[^\[\]\n]{0,300}))?\]\](?![\[(])")
"""Not followed by an address or label: ``[[1]](#note)`` is a link of Markdown whose words are ``[1]``."""
_PLAINLY_MEANT = re.compile(
    r"(?:!|(?<![\w\])!\[]))\[\[(?!\s|_?(?:toc|TOC)_?\]|(?:[\w.+-]{1,3}(?:,\s?|(?=\]\]))){2,}\]\]|gnu::|clang::|msvc::"
    r"|(?:nodiscard|maybe_unused|noreturn|fallthrough|deprecated|(?:un)?likely|no_unique_address|assume)\b)"
    r"(?=[^\[\]\n]{0,300}[^\W\d_])[^\[\]\n]{1,300}\]\](?![\[(])"
)
"""Matches a wikilink, and neither a matrix, nor an attribute of C++, nor an index of R."""
_SIZE = re.compile(r"\s*(?P<width>\d{1,5})(?:x(?P<height>\d{1,5}))?\s*")
_FILE_ENDING = re.compile(r"[a-z0-9]{1,11}")
_DOCUMENT_ENDINGS = frozenset({"", "md", "markdown", "ipynb"})


def add_wikilinks(parser: MarkdownIt, extensions: tuple[str, ...]) -> None:
    """Add the rule for wikilinks to a parser: the one that makes links, or the one that reports them."""
    rule = wikilink if WIKILINKS in extensions else foreign_wikilink
    parser.inline.ruler.before("citation_group", "wikilink", rule)


class _Wikilink(NamedTuple):
    """The parts of a wikilink, with their offsets in the text."""

    start: int
    is_embed: bool
    target: str
    words: str
    words_start: int
    end: int


def _match(state: StateInline) -> _Wikilink | None:
    """Return the wikilink at the position of ``state``; None for a label that the text defines."""
    match = WIKILINK.match(state.src, state.pos, state.posMax)
    if match is None or not match["target"].strip(" \\#"):
        return None
    if match["target"].strip().upper() in state.env["references"]:  # ``[[label]]`` of Markdown
        return None
    target = match["target"].strip().removesuffix("\\").strip()  # Obsidian escapes the bar in a table
    words_start = match.start("words") if match["words"] else match.start("target")
    return _Wikilink(state.pos, match[0][0] == "!", target, match["words"] or "", words_start, match.end())


def wikilink(state: StateInline, silent: bool) -> bool:
    """Inline rule that makes a link or an image of a wikilink."""
    link = _match(state)
    if link is None:
        return False
    if not silent:
        if not link.is_embed:
            _push_link(state, link)
        elif _document_ending(link.target):
            _report_embed(state, link)
            _push_link(state, link)
        else:
            _push_image(state, link)
    state.pos = link.end
    return True


def _push_link(state: StateInline, link: _Wikilink) -> None:
    """Add the tokens of a link; its words, without words its target as Obsidian shows it, are Markdown of one line."""
    opening = state.push("link_open", "a", 1)
    opening.attrs = {"href": link.target}
    opening.meta |= {"wikilink": True, "at": link.start}
    if link.words.strip():
        outer_end = state.posMax
        state.pos, state.posMax = link.words_start, link.words_start + len(link.words)
        state.linkLevel += 1  # an address in the words is text: links cannot be nested
        state.md.inline.tokenize(state)
        state.linkLevel -= 1
        state.posMax = outer_end
    else:
        parts = [part.strip() for part in link.target.split("#")]
        state.push("text", "", 0).content = " > ".join(filter(None, parts))
    state.push("link_close", "a", -1)


def _push_image(state: StateInline, link: _Wikilink) -> None:
    """Add the token of an image: behind the bars stand its alternative text and, last, its size in pixels."""
    parts = [part.strip() for part in link.words.split("|")]
    size = _SIZE.fullmatch(parts[-1])
    alternative = " ".join(filter(None, parts[:-1] if size else parts))
    image = state.push("image", "img", 0)
    image.attrs = {"src": link.target, "alt": ""}
    image.meta |= {"wikilink": True, "at": link.start}
    image.content = alternative
    image.children = state.md.inline.parse(alternative, state.md, state.env, [])
    if size:
        sides = {name: value for name, value in size.groupdict().items() if value}
        image.attrs |= sides


def _document_ending(target: str) -> bool:
    """Return whether a target is a document: it has the ending of one, or none."""
    ending = ending_of(target)
    return ending in _DOCUMENT_ENDINGS or not _FILE_ENDING.fullmatch(ending)


def _report_embed(state: StateInline, link: _Wikilink) -> None:
    written = state.src[link.start : link.end]
    message = f'"{written}" embeds another text, which this program does not do'
    _report(state, message, f"write a link: {written.removeprefix('!')}")


def foreign_wikilink(state: StateInline, silent: bool) -> bool:
    """Inline rule that reports a wikilink of a site that has not turned them on; it stays text."""
    if silent:
        return False
    match = _PLAINLY_MEANT.match(state.src, state.pos, state.posMax)
    if match is None or _match(state) is None:
        return False
    message = f'"{match[0]}" is a link of Obsidian: here it would be shown as text'
    _report(state, message, f"{_suggest_markdown(match[0])}, or set wikilinks = true below [markdown] in blog.toml")
    return False


def _suggest_markdown(written: str) -> str:
    """Return the hint with the same link in Markdown."""
    name, _, words = written.strip("![]").partition("|")
    name = name.strip()
    if written.startswith("!") and not _document_ending(name):
        return f"write ![…]({_enclose_address(name)})"
    address, mark, heading = name.partition("#")
    if address and "." not in address:
        address += ".md"
    if mark and not heading.startswith("^"):
        address += "#" + "-".join(heading.lower().split())
    return f"write [{words.strip() or name}]({_enclose_address(address)})"


def _enclose_address(address: str) -> str:
    """Return an address as Markdown requires it: in angle brackets if it has spaces."""
    return f"<{address}>" if " " in address else address


def _report(state: StateInline, message: str, hint: str) -> None:
    context: ConversionContext = state.env["notes"]
    block = context.block
    if block is not None:
        context.error(context.locate(block, offset_in_block(state, block)), "wikilink", message, hint)
