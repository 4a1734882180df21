"""What tokens mean for a page: a list of functions, each from tokens to tokens, run in order by ``convert``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING

from markdown_it.token import Token

from blog.config.hiding_marks import has_comment
from blog.markdown import raw_html
from blog.markdown.broken_blocks import tell_slips
from blog.markdown.cell_outputs import sanitize_outputs
from blog.markdown.context import Heading, Notes, Reference, attached, is_attachment, say_unattached
from blog.markdown.east_asian import join_lines
from blog.markdown.figures import set_figures
from blog.markdown.footnotes import collect_footnotes
from blog.markdown.foreign_marks import refuse_foreign
from blog.markdown.formulas import equation_ids, set_formulas
from blog.markdown.leftovers import advise
from blog.markdown.parser import WRONG_SIZE
from blog.markdown.private_passages import (
    COMMENT,
    MORE,
    Kept,
    blank,
    blanks,
    comment_spans,
    comment_within,
    comments_end,
    hide,
    note_bogus,
    references,
    without_comments,
    without_spans,
)
from blog.markdown.quotations import attribute_quotations, set_threads
from blog.markdown.summary import BREAKS, plain, readable

if TYPE_CHECKING:
    from blog.problems import Place, Problem

_ID = re.compile(r"[\w.-]+")
_RAW_ID = re.compile(r"""\s(?:id|name)\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+)""", re.IGNORECASE)
_RAW_OWN_ID = re.compile(r"""(?<=[\s"'])id\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+)""", re.IGNORECASE)
_TASK = re.compile(r"\[([ xX])\](?=\s|$)")
_UNKNOWN_CALLOUT = re.compile(r"\[!(\w+)\]")


def _comments(tokens: list[Token], notes: Notes) -> list[Token]:
    """Comments leave raw HTML; ``<!-- more -->`` leaves a mark; a comment that is not closed is an error."""
    kept = Kept()
    for token in tokens:
        if token.type == "html_block":
            rest = _without_comments(token, notes)
            if "<!--" in rest:
                at = token.content.rfind("<!--")
                hint = "end it with -->; inside other raw HTML it must not hold an empty line"
                notes.error(notes.place(token, at), "open-comment", "the comment is not closed", hint)
            if MORE.search(token.content):
                kept.add(Token("more", "", 0, level=token.level))
            if not rest.strip():
                kept.hide_comment(token, shown=not MORE.search(token.content))
                continue
            token.meta["text"] = rest
        for child in token.children or ():
            _clean(child, token, notes)
        if any(child.type == "comment" for child in token.children or ()):
            token.children = _without_gaps(token.children or [])
        if token.type == "fence" and has_comment(token.info):
            notes.error(notes.start(token), "comment-in-text", *_IN_ATTRIBUTE)
        kept.add(token)
    return kept.all()


def _without_comments(token: Token, notes: Notes) -> str:
    """Return raw HTML without its comments, and note what these hide; where they stand is noted in the token."""
    html = token.content
    for found in COMMENT.finditer(html, 0, comments_end(html)):
        comment_within(found[0], found.start(), notes, token)
    bogus = list(raw_html.bogus_comments(without_comments(html, blank)))
    for comment in bogus:
        note_bogus(comment, html, comment.start, notes, token)
    token.meta["comments"] = comment_spans(html, bogus)
    return without_spans(html, token.meta["comments"])


_IN_ATTRIBUTE = "a comment stands where it would be published", "take it out of the address, title or attribute"


def _without_gaps(children: list[Token]) -> list[Token]:
    """Inline tokens; of the two spaces around a comment one goes with it, and at the end of a line each."""
    shown = [None, *(child for child in children if child.type != "comment"), None]
    at = 0
    for child in children:
        if child.type != "comment":
            at += 1
            continue
        before, after = shown[at], shown[at + 1]
        ends = after is None or after.type in BREAKS
        if before and before.type == "text" and (ends or (after and after.content.startswith(" "))):
            before.content = before.content.rstrip(" ")
        elif after and after.type == "text" and (before is None or before.type in BREAKS):
            after.content = after.content.lstrip(" ")
    return [child for child in children if child.type != "text" or child.content]


def _clean(child: Token, block: Token, notes: Notes) -> None:
    """Take comments out of titles and inline HTML; in addresses and other attributes they are errors."""
    if "title" in child.attrs:
        title = str(child.attrs["title"])
        hide(title, notes, block)
        notes.comments += len(COMMENT.findall(title, 0, comments_end(title)))
        child.attrs["title"] = without_comments(title)
    if any(has_comment(str(value).replace("%3C", "<")) for value in child.attrs.values()):
        notes.error(notes.place(block, child.meta.get("at", 0)), "comment-in-text", *_IN_ATTRIBUTE)
    if child.type == "html_inline":
        child.meta["text"] = without_comments(child.content)
    for inner in child.children or ():
        _clean(inner, block, notes)


def _author_ids(tokens: list[Token], notes: Notes) -> list[Token]:
    """Ids that authors gave, in raw HTML and in braces, are taken before headings get theirs."""
    for block in tokens:
        for ident in equation_ids(block) if block.type == "formula_block" else ():
            notes.take_id(ident, notes.start(block))
        for token in (block, *(block.children or ())):
            if token.type in {"html_block", "html_inline"}:
                text = token.meta.get("text", token.content)
                notes.anchors.update(found[1].strip("\"'") for found in _RAW_ID.finditer(text))
            elif block.type == "inline" and token.attrs.get("id"):
                notes.take_id(str(token.attrs["id"]), notes.place(block, token.meta.get("at", 0)))
            if token.meta.get("insecure_attrs"):
                _left_out(token, block, notes)
    return tokens


def _left_out(token: Token, block: Token, notes: Notes) -> None:
    """Say which attributes in braces are none, or have no effect."""
    place, written = notes.place(block, token.meta.get("at", 0)), token.meta["insecure_attrs"]
    sizes = [
        f"{name.removeprefix(WRONG_SIZE)}={value}" for name, value in written.items() if name.startswith(WRONG_SIZE)
    ]
    names = [name for name in written if not name.startswith(WRONG_SIZE)]
    if names:
        hint = "the attributes are id, class, width, height"
        notes.warn(place, "unknown-attribute", f"left out: {', '.join(names)}", hint)
    if sizes:
        hint = "write pixels, such as width=300, or a part of the text's width, such as width=50%"
        notes.warn(place, "unknown-attribute", f"left out: {', '.join(sizes)}", hint)


def _title(tokens: list[Token], notes: Notes) -> list[Token]:
    """The first ``#`` heading leaves the text if it is wanted as the title."""
    for index, token in enumerate(tokens if notes.takes_title else ()):
        if token.type == "heading_open" and token.tag == "h1" and token.level == 0:
            inline = tokens[index + 1]
            notes.anchors.discard(_own_id(inline, notes))
            for child in inline.children or ():
                if child.type in {"link_open", "image", "footnote_ref"}:
                    message, hint = "a title holds words only", "move links, pictures and footnotes into the text"
                    notes.error(notes.place(inline, child.meta.get("at", 0)), "title", message, hint)
            notes.title = readable(inline.children, notes.manner.macros)
            return tokens[:index] + tokens[index + 3 :]
    return tokens


def _headings(tokens: list[Token], notes: Notes) -> list[Token]:
    """Stable, unique ids; one level down where the text uses ``#``: the page's title is its only ``h1``."""
    shift = any(token.type == "heading_open" and token.tag == "h1" for token in tokens)
    headings = [(token, inline) for token, inline in pairwise(tokens) if token.type == "heading_open"]
    own = {id(inline): _own_id(inline, notes) for _, inline in headings}
    notes.anchors.update(own.values())
    counts: dict[str, int] = {}
    for opening, inline in headings:
        ident = own[id(inline)] or _free_id(notes.prefix, plain(inline.children), counts, notes.anchors)
        text = readable(inline.children, notes.manner.macros)
        notes.anchors.add(ident)
        level = min(int(opening.tag[1]) + shift, 6)
        opening.tag = f"h{level}"
        opening.attrs["id"] = ident
        opening.meta["text"] = text
        notes.headings.append(Heading(ident, text, level))
    for index, token in enumerate(tokens):
        if token.type == "heading_close":
            token.tag = tokens[index - 2].tag
            token.meta.update(id=tokens[index - 2].attrs["id"], text=tokens[index - 2].meta["text"])
    notes.anchors.discard("")
    return tokens


def _own_id(inline: Token, notes: Notes) -> str:
    """Take ``{#own-id}`` from the end of a heading."""
    texts = [child for child in inline.children or () if child.type != "comment" and child.content.strip()]
    last = texts[-1].content.rstrip() if texts and texts[-1].type == "text" else ""
    start = last.rfind("{#")
    if start < 0 or not last.endswith("}"):
        return ""
    ident = last[start + 2 : -1]
    texts[-1].content = last[:start].rstrip()
    place = notes.place(inline, inline.content.rfind("{#"))
    if not _ID.fullmatch(ident):
        notes.error(place, "wrong-id", f'"{ident}" cannot be an id', "use letters, digits, hyphens and dots")
        return ""
    notes.take_id(ident, place)
    return ident


def _free_id(prefix: str, text: str, counts: dict[str, int], taken: set[str]) -> str:
    """An id in GitHub's manner: lower case, spaces to hyphens, punctuation dropped, ``-1`` where it is taken."""
    kept = "".join(char for char in text.strip().lower() if char in " -_" or unicodedata.category(char)[0] in "LMN")
    base = prefix + (kept.replace(" ", "-") or "section")
    ident = base
    while ident in taken:
        counts[base] = counts.get(base, 0) + 1
        ident = f"{base}-{counts[base]}"
    return ident


def _tasks(tokens: list[Token], _notes: Notes) -> list[Token]:
    """``[ ]`` and ``[x]`` at the beginning of a list's item become boxes."""
    lists: list[Token] = []
    for index, token in enumerate(tokens):
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            lists.append(token)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            lists.pop()
        elif token.type == "inline" and index > 1 and tokens[index - 2].type == "list_item_open" and token.children:
            first, found = token.children[0], _TASK.match(token.content)
            if found and first.type == "text" and first.content.startswith(found[0]):
                first.content = first.content[len(found[0]) :].lstrip()
                box = Token("task_open", "", 1, meta={"done": found[1] != " "})
                token.children = [box, *token.children, Token("task_close", "", -1)]
                tokens[index - 2].attrs["class"] = "task-list-item"
                lists[-1].attrs["class"] = "contains-task-list"
    return tokens


def _callouts(tokens: list[Token], notes: Notes) -> list[Token]:
    for index, token in enumerate(tokens[:-2]):
        if token.type == "blockquote_open" and tokens[index + 2].type == "inline":
            found = _UNKNOWN_CALLOUT.match(tokens[index + 2].content)
            if found:
                notes.warn(
                    notes.place(tokens[index + 2]), "unknown-callout", f"unknown callout {found[0]}: its text stays",
                    "the callouts are NOTE, TIP, IMPORTANT, WARNING and CAUTION, alone on their line",
                )  # fmt: skip
    return tokens


def _tables(tokens: list[Token], notes: Notes) -> list[Token]:
    """A row with more cells than the head would lose them silently: that is an error. An empty cell heads nothing."""
    columns = 0
    for index, token in enumerate(tokens):
        if token.type == "th_open" and not tokens[index + 1].content:
            token.tag = tokens[index + 2].tag = "td"
        if token.type == "thead_open":
            columns = 0
        elif token.type == "th_open":
            columns += 1
        elif token.type == "tr_open" and token.map:
            source = notes.lines[token.map[0]].lstrip("> \t").rstrip().removeprefix("|").removesuffix("|")
            cells = len(re.findall(r"(?<!\\)\|", source)) + 1
            if columns and cells > columns:
                message = f"the row has {cells} cells, the head of the table {columns}"
                notes.error(notes.start(token), "table-row", message, r"write | inside a cell as \|")
    return tokens


def _references(tokens: list[Token], notes: Notes) -> list[Token]:
    """Links, images and the feed form of raw HTML get slots."""
    for token in tokens:
        if token.type == "html_block":
            token.meta["feed"] = _raw(token, 0, token, notes)
        for child in token.children or ():
            if child.type == "html_inline":
                child.meta["feed"] = _raw(child, child.meta.get("at", 0), token, notes)
        for reference, child in references(token, token.children or [], notes):
            child.attrs["href" if child.type == "link_open" else "src"] = _slot(reference, notes)
    return tokens


def _raw(token: Token, offset: int, block: Token, notes: Notes) -> str:
    """The feed form of raw HTML: without comments, its addresses in slots. What else it names is noted.

    In the form for pages only pictures that a cell carries are in slots.
    """
    html = token.content
    comments = token.meta["comments"] if "comments" in token.meta else comment_spans(html)
    seen = without_spans(html, comments, instead=blanks)
    feed: list[str] = []
    page: list[str] = []
    end, known = 0, len(notes.links)
    for found in raw_html.addresses(seen):
        before, value = (
            without_spans(html, comments, end, found.start),
            without_spans(html, comments, found.start, found.end),
        )
        end = found.end
        address, is_made = _raw_address(value, found, token, notes.place(block, offset + found.start), notes)
        feed += [before, address]
        page += [before, address if is_made else value]
    rest = without_spans(html, comments, end)
    if any(reference.kind == "made" for reference in notes.links[known:]):
        token.meta["text"] = "".join([*page, rest])
    notes.named.update(raw_html.names(seen))
    return _RAW_OWN_ID.sub("", "".join([*feed, rest]))


def _raw_address(value: str, found: raw_html.Attribute, token: Token, place: Place, notes: Notes) -> tuple[str, bool]:
    """An address in raw HTML with slots, in quotation marks, and whether a picture that a cell carries is in it."""
    written = unescape(value.strip("\"'"))
    shown = list(raw_html.candidates(written)) if found.is_list else [(written.strip(), "")]
    references = [_raw_reference(target, token, place, notes) for target, _ in shown]
    filled = [f"{_slot(one, notes)} {width}".rstrip() for one, (_, width) in zip(references, shown, strict=True)]
    return f'"{", ".join(filled)}"', any(one.kind == "made" for one in references)


def _raw_reference(target: str, token: Token, place: Place, notes: Notes) -> Reference:
    attachments = token.meta.get("attachments")
    if attachments and (path := attached(target, attachments)):
        return Reference(path, "made", place)
    if attachments is not None and is_attachment(target):
        say_unattached(target, place, notes)
    return Reference(target, "raw", place)


def _slot(reference: Reference, notes: Notes) -> str:
    notes.links.append(reference)
    return f"\0{len(notes.links) - 1}\0"


def _problems_in_order(tokens: list[Token], notes: Notes) -> list[Token]:
    notes.problems = list(dict.fromkeys(sorted(notes.problems, key=_where)))
    return tokens


def _where(problem: Problem) -> tuple[int, int]:
    return problem.place.line, problem.place.column


Step = Callable[[list[Token], Notes], list[Token]]
STEPS: tuple[Step, ...] = (
    _comments,
    refuse_foreign,
    sanitize_outputs,
    _title,
    collect_footnotes,
    _author_ids,
    _headings,
    _tasks,
    _callouts,
    set_threads,
    attribute_quotations,
    set_formulas,
    set_figures,
    join_lines,
    _tables,
    tell_slips,
    advise,
    _references,
    _problems_in_order,
)
