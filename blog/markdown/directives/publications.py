"""``::: publications {author="Moreno" file="cv.bib"}``: the works of a bibliography, by year, the newest first.

Without ``file`` they are those that the text can cite; without ``author`` they are all works.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from blog.markdown.attribute_list import AttributeRule
from blog.markdown.directives import BlockDirective, DirectiveCall, markup_token
from blog.markdown.inputs import resolve_path
from blog.markdown.reference_tokens import reference_tokens
from blog.problems import did_you_mean
from blog.text import name_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

    from blog.bibliography.entry import BibEntry
    from blog.markdown.context import ConversionContext

_NAME = "publications"


def list_publications(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Add the works at the end of each block.

    This is no step of the directive: it comes behind those that look for mistakes in what the author wrote.
    """
    result: list[Token] = []
    for token in tokens:
        if token.type == "markup" and token.info == _NAME and token.nesting == -1:
            result += _list_works(token.meta["call"], token, context)
        result.append(token)
    return result


def _list_works(call: DirectiveCall, mark: Token, context: ConversionContext) -> list[Token]:
    """Return the tokens of the works that a block lists; report a block without any."""
    written, author = call.values.get("file", ""), call.values.get("author", "")
    path = resolve_path(written, context.origin.path) if written else ""
    works = context.lookup.list_works([path] if path else ())
    if works is None:
        hint = context.lookup.suggest_file(path) or f"its path would be {path}"
        context.error(
            context.start(mark), "no-bibliography", f'"{written}" is no .bib file of the content folder', hint
        )
        return []
    own_works = [work for work in works if _has_author(work, author)]
    if not own_works:
        families = [name.family for work in works for name in work.authors]
        message = f'no work has the author "{author}"' if author else "there are no works to list"
        hint = did_you_mean(author, families) or "write the family name as in the .bib file"
        context.warn(context.start(mark), "no-works", message, hint)
    return _year_tokens(own_works, mark, context)


def _has_author(work: BibEntry, author: str) -> bool:
    """Return whether ``author``, a family name or a full name, is one of the authors."""
    key = name_key(" ".join(author.split()))
    names = [(name.family, name.full, f"{name.family}, {name.given}") for name in work.authors]
    return not key or any(name_key(form) == key for forms in names for form in forms)


def _year_tokens(works: Sequence[BibEntry], mark: Token, context: ConversionContext) -> list[Token]:
    """Return the tokens of a list for each year; works that have not appeared yet come first, undated ones last."""
    years: dict[str, list[BibEntry]] = {}
    for work in works:
        years.setdefault(work.year, []).append(work)
    tokens: list[Token] = []
    for year in sorted(years, key=_order, reverse=True):
        label = year or context.manner.words.text("reference.no_date")
        head = f"<p>{escape(label)}</p>\n<ul>\n"
        tokens.append(markup_token("year", 1, page=head.replace("<p>", '<p class="year">', 1), feed=head))
        for work in years[year]:
            tokens += reference_tokens(work, label, context.manner, mark)
        tokens.append(markup_token("year", -1, page="</ul>\n", feed="</ul>\n"))
    return tokens


def _order(year: str) -> tuple[int, int, str]:
    """Return the key by which years are sorted: none, then numbers, then words such as ``forthcoming``."""
    if not year:
        return 0, 0, ""
    return (1, int(year), "") if year.isdecimal() else (2, 0, year)


DIRECTIVES = {
    _NAME: BlockDirective(
        page=('<div class="publications">\n', "</div>\n"),
        feed=("<div>\n", "</div>\n"),
        attributes=(AttributeRule("author"), AttributeRule("file", "path")),
    )
}
