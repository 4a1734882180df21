"""What tokens mean for a page: a list of functions, each from tokens to tokens, run in order by ``convert``."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from markdown_it.token import Token

from blog.markdown.notes import Heading, Notes
from blog.markdown.passages import COMMENT, MORE, hide, raw_references, references

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.errors import Problem

_OWN_ID = re.compile(r"[ \t]*\{#([^}\s]*)\}[ \t]*$")
_ID = re.compile(r"[\w.-]+")
_RAW_ID = re.compile(r"""\s(?:id|name)\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+)""", re.IGNORECASE)
_UNKNOWN_CALLOUT = re.compile(r"\[!(\w+)\]")
_MISSING_NOTE = re.compile(r"\[\^[^\]\s]+\]")
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"”’»)]*\s+(?=\S)|(?<=[。！？])")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
SUMMARY_LENGTH = 200


def plain(children: Sequence[Token] | None) -> str:
    """Inline tokens as plain text."""
    parts = []
    for token in children or ():
        if token.type in {"text", "code_inline"}:
            parts.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return " ".join("".join(parts).split())


def _comments(tokens: list[Token], notes: Notes) -> list[Token]:
    """Comments leave raw HTML; ``<!-- more -->`` leaves a mark; a comment that is not closed is an error."""
    kept = []
    for token in tokens:
        if token.type == "html_block":
            rest = COMMENT.sub("", token.content)
            hide(token.content, notes)
            if "<!--" in rest:
                at = token.content.rfind("<!--")
                hint = "end it with -->; inside other raw HTML it must not hold an empty line"
                notes.error(notes.place(token, at), "open-comment", "the comment is not closed", hint)
            elif (nested := COMMENT.search(token.content)) and "<!--" in nested[0][4:]:
                _nested(notes, token, nested.start())
            if MORE.search(token.content):
                kept.append(Token("more", "", 0, level=token.level))
            if not rest.strip():
                continue
            token.meta["text"] = rest
        for child in token.children or ():
            if "title" in child.attrs:
                child.attrs["title"] = COMMENT.sub("", str(child.attrs["title"]))
            if child.type == "html_inline":
                child.meta["text"] = COMMENT.sub("", child.content)
        kept.append(token)
    return kept


def _nested(notes: Notes, token: Token, at: int) -> None:
    notes.error(
        notes.place(token, at), "nested-comment", "a comment begins inside a comment: both end at the first -->",
        "close the first one before the second",
    )  # fmt: skip


def _footnotes(tokens: list[Token], notes: Notes) -> list[Token]:
    """Footnotes that are used move to the end, in the order of use; the text of others stays, with a warning."""
    uses: dict[str, list[Token]] = {}
    for child in _inline(tokens):
        if child.type == "footnote_ref":
            uses.setdefault(child.meta["label"], []).append(child)
    body: list[Token] = []
    found: dict[str, list[Token]] = {}
    target = body
    depth = 0
    for token in tokens:
        if token.type == "footnote_reference_open":
            depth += 1
            if depth == 1:
                target = _definition(token, uses, found, notes, body)
        elif token.type == "footnote_reference_close":
            depth -= 1
            target = target if depth else body
        else:
            target.append(token)
    for child, block in _inline_of(body):
        if child.type == "text" and (missing := _MISSING_NOTE.search(child.content)):
            at = notes.place(block, max(block.content.find(missing[0]), 0))
            notes.warn(at, "missing-footnote", f"there is no footnote {missing[0]}", f"add a line {missing[0]}: …")
    return body + _footnote_block(uses, found)


def _definition(
    token: Token, uses: dict[str, list[Token]], found: dict[str, list[Token]], notes: Notes, body: list[Token]
) -> list[Token]:
    """Where the tokens of a footnote's text go."""
    label = token.meta["label"]
    if label in uses and label not in found:
        return found.setdefault(label, [])
    place = notes.place(token)
    if label not in uses and label in notes.withheld_notes:
        notes.warn(place, "hidden-footnote", f"the footnote [^{label}] is left out: only hidden text refers to it")
        return []
    what = "is written twice" if label in found else "is never referred to"
    notes.warn(place, "unused-footnote", f"the footnote [^{label}] {what}: its text stays here")
    return body


def _footnote_block(uses: dict[str, list[Token]], found: dict[str, list[Token]]) -> list[Token]:
    block: list[Token] = []
    ordered = sorted((refs[0].meta["id"], label) for label, refs in uses.items() if label in found)
    for number, (_, label) in enumerate(ordered, 1):
        for index, ref in enumerate(uses[label], 1):
            ref.meta.update(number=number, use=index)
        inner = found[label]
        back = Token("footnote_back", "", 0, meta={"number": number, "uses": len(uses[label])})
        at = len(inner) - 1 if inner and inner[-1].type == "paragraph_close" else len(inner)
        block += [Token("footnote_open", "", 1, meta={"number": number}), *inner[:at], back, *inner[at:]]
        block.append(Token("footnote_close", "", -1))
    return [Token("footnotes_open", "", 1), *block, Token("footnotes_close", "", -1)] if block else []


def _title(tokens: list[Token], notes: Notes) -> list[Token]:
    """The first ``#`` heading leaves the text if it is wanted as the title."""
    if not notes.takes_title:
        return tokens
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h1":
            inline = tokens[index + 1]
            notes.title = plain(inline.children)
            return tokens[:index] + tokens[index + 3 :]
    return tokens


def _headings(tokens: list[Token], notes: Notes) -> list[Token]:
    """Stable, unique ids; one level down where the text uses ``#``: the page's title is its only ``h1``."""
    shift = any(token.type == "heading_open" and token.tag == "h1" for token in tokens)
    headings = [(token, inline) for token, inline in pairwise(tokens) if token.type == "heading_open"]
    own = {id(inline): _own_id(inline, notes) for _, inline in headings}
    counts: dict[str, int] = {}
    for opening, inline in headings:
        text = plain(inline.children)
        ident = own[id(inline)] or notes.prefix + _free_id(text, counts, notes.anchors)
        notes.anchors.add(ident)
        level = min(int(opening.tag[1]) + shift, 6)
        opening.tag = f"h{level}"
        opening.attrs["id"] = ident
        opening.meta["text"] = text
        notes.headings.append(Heading(ident, text, level))
    for index, token in enumerate(tokens):
        if token.type == "heading_close":
            token.tag = tokens[index - 2].tag
            token.meta["id"] = tokens[index - 2].attrs["id"]
    return tokens


def _own_id(inline: Token, notes: Notes) -> str:
    """Take ``{#own-id}`` from the end of a heading."""
    last = inline.children[-1] if inline.children else None
    found = _OWN_ID.search(last.content) if last is not None and last.type == "text" else None
    if last is None or found is None:
        return ""
    last.content = last.content[: found.start()]
    place = notes.place(inline, inline.content.rfind("{#"))
    if not _ID.fullmatch(found[1]):
        notes.error(place, "wrong-id", f'"{found[1]}" cannot be an id', "use letters, digits, hyphens and dots")
        return ""
    if found[1] in notes.anchors:
        notes.error(place, "same-id", f'the id "{found[1]}" is used twice', "give one of them another id")
    notes.anchors.add(found[1])
    return found[1]


def _free_id(text: str, counts: dict[str, int], taken: set[str]) -> str:
    """An id in GitHub's manner: lower case, spaces to hyphens, punctuation dropped, ``-1`` where it is taken."""
    base = re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-") or "section"
    ident = base
    while ident in taken:
        counts[base] = counts.get(base, 0) + 1
        ident = f"{base}-{counts[base]}"
    return ident


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


def _figures(tokens: list[Token], _notes: Notes) -> list[Token]:
    """An image alone in a paragraph becomes a figure, its title the caption."""
    for index, token in enumerate(tokens[:-2]):
        if token.type != "paragraph_open" or token.hidden:
            continue
        children = tokens[index + 1].children or []
        images = [child for child in children if child.type == "image"]
        around = [child.type for child in children if child.type not in {"image", "comment"}]
        if len(images) == 1 and around in ([], ["link_open", "link_close"]):
            closing = tokens[index + 2]
            token.type, token.tag = "figure_open", "figure"
            closing.type, closing.tag = "figure_close", "figure"
            closing.meta["caption"] = str(images[0].attrs.pop("title", ""))
    return tokens


def _tables(tokens: list[Token], notes: Notes) -> list[Token]:
    """A row with more cells than the head would lose them silently: that is an error."""
    columns = 0
    for token in tokens:
        if token.type == "thead_open":
            columns = 0
        elif token.type == "th_open":
            columns += 1
        elif token.type == "tr_open" and token.map:
            source = re.sub(r"^[\s>]*\|?|\|?\s*$", "", notes.lines[token.map[0]])
            cells = len(re.findall(r"(?<!\\)\|", source)) + 1
            if columns and cells > columns:
                message = f"the row has {cells} cells, the head of the table {columns}"
                notes.error(notes.place(token), "table-row", message, r"write | inside a cell as \|")
    return tokens


def _references(tokens: list[Token], notes: Notes) -> list[Token]:
    """Links, images and the feed form of raw HTML get slots."""
    for token in tokens:
        if token.type == "html_block":
            token.meta["feed"] = _raw(token, token.meta.get("text", token.content), token, notes)
        for child in token.children or ():
            if child.type == "html_inline":
                child.meta["feed"] = _raw(child, child.meta.get("text", child.content), token, notes)
        for reference, child in references(token, token.children or [], notes):
            if reference.kind != "raw":
                child.attrs["href" if reference.kind == "link" else "src"] = _slot(reference, notes)
    return tokens


def _attributes(tokens: list[Token], notes: Notes) -> list[Token]:
    """Ids that authors gave are collected: one written twice is an error; attributes left out are a warning."""
    for child, block in _inline_of(tokens):
        place = notes.place(block, child.meta.get("at", 0))
        if ident := str(child.attrs.get("id", "")):
            if ident in notes.anchors:
                notes.error(place, "same-id", f'the id "{ident}" is used twice', "give one of them another id")
            notes.anchors.add(ident)
        if names := ", ".join(child.meta.get("insecure_attrs", ())):
            notes.warn(place, "unknown-attribute", f"left out: {names}", "the attributes are id, class, width, height")
    return tokens


def _raw(token: Token, content: str, block: Token, notes: Notes) -> str:
    """The feed form of raw HTML: its addresses in slots."""
    notes.anchors.update(found[1].strip("\"'") for found in _RAW_ID.finditer(content))
    pieces, end = [], 0
    for reference, found in raw_references(block, token.meta.get("at", 0), content, notes):
        pieces += [content[end : found.start()], found[1], '"', _slot(reference, notes), '"']
        end = found.end()
    return "".join([*pieces, content[end:]])


def _slot(reference: object, notes: Notes) -> str:
    notes.links.append(reference)  # type: ignore[arg-type]
    return f"\0{len(notes.links) - 1}\0"


def _problems_in_order(tokens: list[Token], notes: Notes) -> list[Token]:
    notes.problems = list(dict.fromkeys(sorted(notes.problems, key=_where)))
    return tokens


def _where(problem: Problem) -> tuple[int, int]:
    return problem.place.line, problem.place.column


Step = Callable[[list[Token], Notes], list[Token]]
STEPS: tuple[Step, ...] = (
    _comments,
    _footnotes,
    _title,
    _headings,
    _callouts,
    _figures,
    _tables,
    _references,
    _attributes,
    _problems_in_order,
)


def _inline(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or ()


def _inline_of(tokens: list[Token]) -> Iterator[tuple[Token, Token]]:
    for token in tokens:
        for child in token.children or ():
            yield child, token


def summarise(tokens: list[Token]) -> str:
    """The text above ``<!-- more -->``; else the first sentences of the first paragraph, about 200 characters."""
    above: list[str] = []
    for token in tokens:
        if token.type == "more":
            return " ".join(" ".join(above).split())
        if token.type == "inline":
            marks = [index for index, child in enumerate(token.children or ()) if child.type == "more"]
            above.append(plain((token.children or [])[: marks[0] if marks else None]))
            if marks:
                return " ".join(" ".join(above).split())
    paragraphs = (
        plain(inline.children)
        for opening, inline in pairwise(tokens)
        if opening.type == "paragraph_open" and opening.level == 0
    )
    first = next((text for text in paragraphs if text), next((text for text in above if text), ""))
    return _first_sentences(first)


def _first_sentences(text: str) -> str:
    end = 0
    for boundary in _SENTENCE_END.finditer(text):
        if end and boundary.start() > SUMMARY_LENGTH:
            break
        end = boundary.end()
    if len(text) <= SUMMARY_LENGTH or not end:
        end = len(text)
    taken = text[:end].strip()
    if len(taken) <= SUMMARY_LENGTH * 2:
        return taken
    return taken[: SUMMARY_LENGTH * 2].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def words(tokens: list[Token]) -> int:
    """How many words a reader reads; two characters of Chinese or Japanese count as one."""
    total = 0
    for token in tokens:
        if token.type == "inline":
            text = plain(token.children)
            wide = len(_WIDE.findall(text))
            total += len(_WORD.findall(_WIDE.sub(" ", text))) + (wide + 1) // 2
    return total
