"""Citations: their tokens become the author and the year, with a link to a list of references at the end of the text.

The list has the works that visible text cites, in the order in which it cites them first: so a theme can show each
beside its first citation. What only hidden text cites is nowhere.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from markdown_it.token import Token

from blog.bibliography.format import make_label, make_labels
from blog.markdown.directives import markup_token
from blog.markdown.reference_tokens import reference_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from blog.bibliography import BibEntry
    from blog.bibliography.format import CitationLabel
    from blog.markdown.context import ConversionContext

_CITED = "cited"
"""The entry of ``meta`` with the key and the form of a citation."""
_FORMS = {"group": "{names}, {year}", "year": "{year}", "narrative": "{names} ({year})", "open": "{names} ({year}"}
"""Form of a citation → its words. ``open`` continues in the brackets."""


def set_citations(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Replace the tokens of citations by their words, and by tokens for the links around them."""
    if not context.lookup.asked:
        return tokens
    for token in tokens:
        if token.children:
            token.children = _set_all(token.children, context, can_link=True)
    return tokens


def _set_all(children: list[Token], context: ConversionContext, *, can_link: bool) -> list[Token]:
    result: list[Token] = []
    for child in children:
        if child.type == "citation":
            result += _citation_tokens(child, context, can_link=can_link and not child.meta["is_linked"])
            continue
        if child.children:  # the alternative text of an image
            child.children = _set_all(child.children, context, can_link=False)
        result.append(child)
    return result


def _citation_tokens(token: Token, context: ConversionContext, *, can_link: bool) -> list[Token]:
    key, form = token.meta["key"], token.meta["form"]
    entry = context.lookup.find(key)
    words = Token("text", "", 0, level=token.level, content=token.content)
    if entry is None:
        return [words]
    label = make_label(entry, context.manner.words)
    words.content = _FORMS[form].format(names=label.names, year=label.year)
    words.meta = {_CITED: (key, form), "at": token.meta["at"]}
    context.anchors.add(_reference_id(key, context))
    if not can_link:
        return [words]
    opening = markup_token("citation", 1, level=token.level, page="", feed="")
    closing = markup_token("citation", -1, level=token.level, page="</a>", feed="")
    return [opening, words, closing]


def _reference_id(key: str, context: ConversionContext) -> str:
    return f"{context.prefix}ref-{key}"


class _Use(NamedTuple):
    """A citation in the text."""

    key: str
    form: str
    block: Token
    words: Token
    link: Token | None
    """None if a link is around it, or an image."""


def list_references(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Add the list of references before the footnotes, and lead each citation to it.

    Citations get their final words here: letters tell works apart that one author published in one year.
    """
    if not context.lookup.asked:
        return tokens
    uses = list(_find_uses(tokens))
    if not uses:
        return tokens
    entries: dict[str, BibEntry] = {}
    for use in uses:
        if entry := context.lookup.find(use.key):
            entries[use.key] = entry
    labels = make_labels(entries.values(), context.manner.words)
    back_links = _link_uses(uses, labels, context)
    first_uses = {use.key: use for use in reversed(uses)}
    section: list[Token] = []
    for key, label in labels.items():
        use, ident = first_uses[key], escape(_reference_id(key, context))
        page = (f'<li id="{ident}">', f"{back_links[key]}</li>\n")
        offset = use.words.meta["at"]
        section += reference_tokens(entries[key], label.year, context.manner, use.block, offset, page)
    end = next((index for index, token in enumerate(tokens) if token.type == "footnotes_open"), len(tokens))
    has_heading = bool(context.prefix) or (end > 0 and tokens[end - 1].type == "heading_close")
    return [*tokens[:end], *_list_tokens(section, context, has_heading=has_heading), *tokens[end:]]


def _find_uses(tokens: list[Token]) -> Iterator[_Use]:
    for block in tokens:
        if block.children:
            yield from _uses_in(block.children, block)


def _uses_in(children: list[Token], block: Token) -> Iterator[_Use]:
    for index, child in enumerate(children):
        if _CITED in child.meta:
            before = children[index - 1] if index else None
            link = before if before is not None and before.info == "citation" else None
            key, form = child.meta[_CITED]
            yield _Use(key, form, block, child, link)
        elif child.children:
            yield from _uses_in(child.children, block)


def _link_uses(uses: list[_Use], labels: Mapping[str, CitationLabel], context: ConversionContext) -> dict[str, str]:
    """Set the words and links of all uses; return the links back to them, as HTML, by key."""
    numbers = {key: number for number, key in enumerate(labels, 1)}
    back_links: dict[str, list[str]] = {key: [] for key in labels}
    for use in uses:
        label = labels[use.key]
        use.words.content = _FORMS[use.form].format(names=label.names, year=label.year)
        if use.link is None:
            continue
        number, count = numbers[use.key], len(back_links[use.key]) + 1
        ident, place = f"{context.prefix}cite:{number}", f"{number}"
        if count > 1:
            ident, place = f"{ident}:{count}", f"{place}, {count}"
        reference = quote(_reference_id(use.key, context))
        use.link.meta["page"] = f'<a href="#{reference}" id="{ident}" class="citation" role="doc-biblioref">'
        name = escape(context.manner.words.text("text.back_to_citation", number=place))
        back_links[use.key].append(
            f' <a href="#{ident}" class="footnote-back" role="doc-backlink" aria-label="{name}">↩\ufe0e</a>'
        )
    return {key: "".join(links) for key, links in back_links.items()}


def _list_tokens(section: list[Token], context: ConversionContext, *, has_heading: bool) -> list[Token]:
    """Return the tokens of the whole list; it needs no heading of its own at the end of a text that ends with one."""
    name = escape(context.manner.words.text("reference.references"))
    heading = "" if has_heading else f"<h2>{name}</h2>\n"
    page = f'<section class="references" role="doc-bibliography" aria-label="{name}">\n{heading}<ul>\n'
    opening = markup_token("references", 1, page=page, feed=f"{heading}<ul>\n")
    return [opening, *section, markup_token("references", -1, page="</ul>\n</section>\n", feed="</ul>\n")]
