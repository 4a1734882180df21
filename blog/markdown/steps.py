"""What tokens mean for a page: a list of functions, each from tokens to tokens, run in order by ``convert``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.token import Token

from blog.markdown.notes import Heading, Notes, Reference
from blog.markdown.passages import COMMENT, MORE, RAW_TARGET, comment_within, hide, references

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.errors import Place, Problem

_OWN_ID = re.compile(r"[ \t]*\{#([^}\s]*)\}[ \t]*$")
_ID = re.compile(r"[\w.-]+")
_RAW_ID = re.compile(r"""\s(?:id|name)\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+)""", re.IGNORECASE)
_RAW_PART = re.compile(rf"(?P<comment>{COMMENT.pattern})|{RAW_TARGET.pattern}", re.IGNORECASE | re.DOTALL)
_TASK = re.compile(r"\[([ xX])\](?=\s|$)")
_UNKNOWN_CALLOUT = re.compile(r"\[!(\w+)\]")
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
            for found in COMMENT.finditer(token.content):
                comment_within(found[0], found.start(), notes, token)
            rest = COMMENT.sub("", token.content)
            if "<!--" in rest:
                at = token.content.rfind("<!--")
                hint = "end it with -->; inside other raw HTML it must not hold an empty line"
                notes.error(notes.place(token, at), "open-comment", "the comment is not closed", hint)
            if MORE.search(token.content):
                kept.append(Token("more", "", 0, level=token.level))
            if not rest.strip():
                continue
            token.meta["text"] = rest
        for child in token.children or ():
            _without_comments(child)
        kept.append(token)
    return kept


def _without_comments(child: Token) -> None:
    if "title" in child.attrs:
        child.attrs["title"] = COMMENT.sub("", str(child.attrs["title"]))
    if child.type == "html_inline":
        child.meta["text"] = COMMENT.sub("", child.content)
    for inner in child.children or ():
        _without_comments(inner)


class _Note(NamedTuple):
    """A footnote as it was written."""

    label: str
    opening: Token
    body: list[Token]


def _footnotes(tokens: list[Token], notes: Notes) -> list[Token]:
    """Footnotes that are used move to the end, in the order of use; the text of others stays, with a warning."""
    body, written = _taken_apart(tokens)
    first: dict[str, _Note] = {}
    for note in written:
        first.setdefault(note.label, note)
    uses: dict[str, list[Token]] = {}
    waiting = [body]
    while waiting:
        for child in _inline(waiting.pop(0)):
            if child.type == "footnote_ref":
                label = child.meta["label"]
                if label not in uses and label in first:
                    waiting.append(first[label].body)
                uses.setdefault(label, []).append(child)
    stays = {id(note.opening): note for note in written if _stays(note, first, uses, notes)}
    block = _footnote_block(uses, {label: note.body for label, note in first.items() if label in uses}, stays)
    return _put_back(body, stays) + block


def _taken_apart(tokens: list[Token]) -> tuple[list[Token], list[_Note]]:
    """The text without its footnotes, and these; where one was written its opening token stays."""
    body: list[Token] = []
    written: list[_Note] = []
    targets = [body]
    for token in tokens:
        if token.type == "footnote_reference_open":
            written.append(_Note(token.meta["label"], token, []))
            targets[-1].append(token)
            targets.append(written[-1].body)
        elif token.type == "footnote_reference_close":
            targets.pop()
        else:
            targets[-1].append(token)
    return body, written


def _put_back(tokens: list[Token], stays: dict[int, _Note]) -> list[Token]:
    kept: list[Token] = []
    for token in tokens:
        if token.type != "footnote_reference_open":
            kept.append(token)
        elif id(token) in stays:
            kept += _put_back(stays[id(token)].body, stays)
    return kept


def _stays(note: _Note, first: dict[str, _Note], uses: dict[str, list[Token]], notes: Notes) -> bool:
    """Whether the text of a footnote stays where it was written: it is used by nothing, or written twice."""
    again = first[note.label] is not note
    if note.label in uses and not again:
        return False
    place = notes.start(note.opening)
    if note.label not in uses and note.label in notes.withheld_notes:
        for token in note.body:
            hide(token.content, notes, token)
        message = f"the footnote [^{note.label}] is left out: only hidden text refers to it"
        notes.warn(place, "hidden-footnote", message)
        return False
    what = "is written twice" if again else "is never referred to"
    notes.warn(place, "unused-footnote", f"the footnote [^{note.label}] {what}: its text stays here")
    return True


def _footnote_block(
    uses: dict[str, list[Token]], found: dict[str, list[Token]], stays: dict[int, _Note]
) -> list[Token]:
    block: list[Token] = []
    ordered = [label for label in uses if label in found]
    for number, label in enumerate(ordered, 1):
        for index, ref in enumerate(uses[label], 1):
            ref.meta.update(number=number, use=index)
        inner = _put_back(found[label], stays)
        back = Token("footnote_back", "", 0, meta={"number": number, "uses": len(uses[label])})
        at = len(inner) - 1 if inner and inner[-1].type == "paragraph_close" else len(inner)
        block += [Token("footnote_open", "", 1, meta={"number": number}), *inner[:at], back, *inner[at:]]
        block.append(Token("footnote_close", "", -1))
    return [Token("footnotes_open", "", 1), *block, Token("footnotes_close", "", -1)] if block else []


def _title(tokens: list[Token], notes: Notes) -> list[Token]:
    """The first ``#`` heading leaves the text if it is wanted as the title."""
    for index, token in enumerate(tokens if notes.takes_title else ()):
        if token.type == "heading_open" and token.tag == "h1" and token.level == 0:
            _own_id(tokens[index + 1], notes)
            notes.title = plain(tokens[index + 1].children)
            return tokens[:index] + tokens[index + 3 :]
    return tokens


def _raw_ids(tokens: list[Token], notes: Notes) -> list[Token]:
    """Ids in raw HTML are taken before headings get theirs."""
    for token in (*tokens, *_inline(tokens)):
        if token.type in {"html_block", "html_inline"}:
            text = token.meta.get("text", token.content)
            notes.anchors.update(found[1].strip("\"'") for found in _RAW_ID.finditer(text))
    return tokens


def _headings(tokens: list[Token], notes: Notes) -> list[Token]:
    """Stable, unique ids; one level down where the text uses ``#``: the page's title is its only ``h1``."""
    shift = any(token.type == "heading_open" and token.tag == "h1" for token in tokens)
    headings = [(token, inline) for token, inline in pairwise(tokens) if token.type == "heading_open"]
    own = {id(inline): _own_id(inline, notes) for _, inline in headings}
    notes.anchors.update(own.values())
    counts: dict[str, int] = {}
    for opening, inline in headings:
        text = plain(inline.children)
        ident = own[id(inline)] or _free_id(notes.prefix, text, counts, notes.anchors)
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
    found = _OWN_ID.search(texts[-1].content) if texts and texts[-1].type == "text" else None
    if found is None:
        return ""
    texts[-1].content = texts[-1].content[: found.start()]
    place = notes.place(inline, inline.content.rfind("{#"))
    if not _ID.fullmatch(found[1]):
        notes.error(place, "wrong-id", f'"{found[1]}" cannot be an id', "use letters, digits, hyphens and dots")
        return ""
    return _taken_once(found[1], place, notes)


def _taken_once(ident: str, place: Place, notes: Notes) -> str:
    if ident in notes.anchors:
        notes.error(place, "same-id", f'the id "{ident}" is used twice', "give one of them another id")
    notes.anchors.add(ident)
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
    for index, token in enumerate(tokens):
        if token.type != "inline" or index < 2 or tokens[index - 2].type != "list_item_open" or not token.children:
            continue
        first = token.children[0]
        found = _TASK.match(token.content)
        if found and first.type == "text" and first.content.startswith(found[0]):
            first.content = first.content[len(found[0]) :].lstrip()
            box = Token("task_open", "", 1, meta={"done": found[1] != " "})
            token.children = [box, *token.children, Token("task_close", "", -1)]
            tokens[index - 2].attrs["class"] = "task-list-item"
            level = tokens[index - 2].level - 1
            above = next(
                token for token in reversed(tokens[: index - 2]) if token.level == level and token.nesting == 1
            )
            above.attrs["class"] = "contains-task-list"
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
            child.attrs["href" if reference.kind == "link" else "src"] = _slot(reference, notes)
    return tokens


def _raw(token: Token, offset: int, block: Token, notes: Notes) -> str:
    """The feed form of raw HTML: without comments, its addresses in slots."""
    pieces, end = [], 0
    for found in _RAW_PART.finditer(token.content):
        pieces.append(token.content[end : found.start()])
        end = found.end()
        if found["comment"] is None:
            place = notes.place(block, offset + found.start(3))
            many = found[2].lstrip().lower().startswith("srcset")
            written = unescape(COMMENT.sub("", found[3].strip("\"'")))
            filled = []
            for part in written.split(",") if many else [written]:
                target, *width = part.split() or [""] if many else [part.strip()]
                slot = _slot(Reference(target, "raw", place), notes) if target else ""
                filled.append(" ".join([slot, *width]))
            pieces += [found[2], '"', ", ".join(filled), '"']
    return "".join([*pieces, token.content[end:]])


def _slot(reference: Reference, notes: Notes) -> str:
    notes.links.append(reference)
    return f"\0{len(notes.links) - 1}\0"


def _attributes(tokens: list[Token], notes: Notes) -> list[Token]:
    """Ids that authors gave are collected: one written twice is an error; attributes left out are a warning."""
    for block in tokens:
        for child in block.children or ():
            place = notes.place(block, child.meta.get("at", 0))
            if ident := str(child.attrs.get("id", "")):
                _taken_once(ident, place, notes)
            if names := ", ".join(child.meta.get("insecure_attrs", ())):
                hint = "the attributes are id, class, width, height"
                notes.warn(place, "unknown-attribute", f"left out: {names}", hint)
    return tokens


def _problems_in_order(tokens: list[Token], notes: Notes) -> list[Token]:
    notes.problems = list(dict.fromkeys(sorted(notes.problems, key=_where)))
    return tokens


def _where(problem: Problem) -> tuple[int, int]:
    return problem.place.line, problem.place.column


Step = Callable[[list[Token], Notes], list[Token]]
STEPS: tuple[Step, ...] = (
    _comments,
    _title,
    _footnotes,
    _raw_ids,
    _headings,
    _tasks,
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


def _written(tokens: list[Token]) -> Iterator[tuple[Token, Token]]:
    """Every inline token with the token before it, but for the names above callouts, which no author wrote."""
    before = Token("", "", 0)
    for token in tokens:
        if token.type in {"inline", "more"} and before.type != "alert_title_open":
            yield before, token
        before = token


def summarise(tokens: list[Token]) -> str:
    """The text above ``<!-- more -->``; else the first sentences of the first paragraph, about 200 characters."""
    above: list[str] = []
    paragraph = ""
    for before, token in _written(tokens):
        children = token.children or []
        more = next((index for index, child in enumerate(children) if child.type == "more"), None)
        text = plain(children[:more])
        above.append(text)
        if token.type == "more" or more is not None:
            return " ".join(part for part in above if part)
        if not paragraph and before.type == "paragraph_open" and before.level == 0:
            paragraph = text
    return _first_sentences(paragraph or next((text for text in above if text), ""))


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
    for _, token in _written(tokens):
        text = plain(token.children)
        wide = len(_WIDE.findall(text))
        total += len(_WORD.findall(_WIDE.sub(" ", text))) + (wide + 1) // 2
    return total
