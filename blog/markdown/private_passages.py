"""Private passages and comments: what an author wrote for nobody else leaves the text here.

A passage is what stands between ``::: private`` and ``:::``. It is taken out of the blocks before inline text,
footnotes and link definitions are looked at, so that none of these can carry a part of it outside.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from html import unescape
from typing import TYPE_CHECKING, Literal

from markdown_it.token import Token

from blog.config.hiding_marks import fold_text, names_hidden_passage
from blog.markdown import raw_html
from blog.markdown.result import Reference
from blog.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from markdown_it.rules_core import StateCore

    from blog.markdown.context import ConversionContext

BLOCKS = ("pull", "thread")
"""What a mark may name beside ``private``: a pull quote, and a discussion quoted comment by comment."""
_KNOWN = ("private", *BLOCKS)
COMMENT = re.compile(r"<!--(?:-?>|.*?-->)", re.DOTALL)
MORE = re.compile(r"<!--\s*more\s*-->", re.IGNORECASE)
RAW_TARGET = re.compile(
    r"""(\s(?:href|src|poster|data|action|srcset)\s*=\s*)("[^"]*"|'[^']*'|[^\s"'=<>`]+)""", re.IGNORECASE
)
_MARK_LINE = re.compile(r"^[^\w\n:`]*+(?P<mark>::[^\w\n]*+private\b|:::[^\n]*+)", re.IGNORECASE | re.MULTILINE)
_SLIP = re.compile(r"(?!<!)[<＜][!！][-－—–―]")
"""The beginning of a comment in letters of full width."""
NO_COMMENT = (
    "this is no comment: its words would be published",
    "write <!-- … -->; to show the sign, write &lt;! or put it between ` and `",
)
_NAME = re.compile(r"[ \t]*+\{?+[ \t]*+\.?+([\w-]++)[ \t]*+\}?+[ \t]*+")
_PRIVATE = re.compile(r"[ \t]*(\{[ \t]*\.?)?private(?![\w-])", re.IGNORECASE)
_NOTE_LABEL = re.compile(r"\[\^([^\]\s]{1,100})\]")
_HIDDEN_TARGET = re.compile(rf"(?:\]|\burl)\(\s*[<\"']?([^)\s>\"']+)|{RAW_TARGET.pattern}", re.IGNORECASE)


def comments_end(text: str) -> int:
    """Where the last comment of ``text`` may end. Behind it none is closed, and to search for one takes for ever."""
    return text.rfind("-->") + 3 if "-->" in text else 0


def without_comments(text: str, instead: Callable[[re.Match[str]], str] = lambda _: "") -> str:
    """``text`` without its closed comments."""
    end = comments_end(text)
    return COMMENT.sub(instead, text[:end]) + text[end:]


Spans = list[tuple[int, int]]
"""Where parts of a text begin and end: in order, and none in another."""


def comment_spans(html: str, bogus: Iterable[raw_html.Bogus] = ()) -> Spans:
    """Return where the comments of ``html`` stand: the closed ones, and those that are ``bogus``."""
    found = [comment.span() for comment in COMMENT.finditer(html, 0, comments_end(html))]
    found += [(comment.start, comment.end) for comment in bogus if comment.end >= 0]
    spans: Spans = []
    for start, end in sorted(found):
        if spans and start < spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return spans


def without_spans(
    html: str, spans: Spans, start: int = 0, end: int | None = None, instead: Callable[[str], str] = lambda _: ""
) -> str:
    """Return ``html`` from ``start`` to ``end`` with ``instead`` in the place of what stands in ``spans``."""
    pieces, at, end = [], start, len(html) if end is None else end
    for index in range(max(bisect_left(spans, (start,)) - 1, 0), len(spans)):
        opening, closing = max(spans[index][0], at), min(spans[index][1], end)
        if opening >= end:
            break
        if closing > opening:
            pieces += [html[at:opening], instead(html[opening:closing])]
            at = closing
    return "".join([*pieces, html[at:end]])


def blanks(text: str) -> str:
    """Return as many spaces as ``text`` has characters; its lines stay."""
    return re.sub(r"[^\n]", " ", text)


def note_bogus(found: raw_html.Bogus, html: str, start: int, context: ConversionContext, block: Token) -> None:
    """Note what a bogus comment of ``block`` hides; it begins at ``start``. An end that is not clear is an error."""
    if found.end < 0:
        hint = "write <!-- … -->; inside other raw HTML it must not hold an empty line"
        context.error_once(context.locate(block, start), "open-comment", "the comment is not closed", hint)
    elif not found.is_clear:
        message, hint = "browsers would show a part of this comment", "write <!-- … -->"
        context.error_once(context.locate(block, start), "bogus-comment", message, hint)
    else:
        comment_within(html[found.start : found.end], start, context, block)


def comment_within(text: str, start: int, context: ConversionContext, block: Token) -> None:
    """Note what a comment at ``start`` of ``block`` hides, and that a second one must not begin inside it."""
    context.comments += not MORE.fullmatch(text)
    if "<!--" in text[2:]:
        message = "a comment begins inside a comment: both end at the first -->"
        context.error(context.locate(block, start), "nested-comment", message, "close the first one before the second")
    hide(text, context, block, start)


def hide(text: str, context: ConversionContext, block: Token, start: int = 0) -> None:
    """Note what a hidden text at ``start`` of ``block`` refers to: what only it uses stays hidden with it."""
    context.withheld_notes.update(_NOTE_LABEL.findall(text))
    for found in _HIDDEN_TARGET.finditer(text):
        written = found[1] or found[3].strip("\"'")
        place = context.locate(block, start + found.start(1 if found[1] else 3))
        for part in written.split(",") if "srcset" in (found[2] or "").lower() else [written]:
            context.withheld_links.append(
                Reference(unescape(part).strip().split(" ")[0], "raw" if found[2] else "link", place)
            )
    known = context.withheld_targets()
    place = context.locate(block, start)
    context.withheld_links += [Reference(name, "raw", place) for name in raw_html.names(text) if name not in known]


def mark_name(text: str) -> str | None:
    """The name in a mark such as ``::: {.private}``, in lower case; ``""`` for an end; None for other words."""
    rest = fold_text(text).lstrip(":").rstrip(": \t")
    if not rest.strip():
        return ""
    if _PRIVATE.match(rest):
        return "private"
    found = _NAME.fullmatch(rest)
    return found[1].lower() if found else None


def _looks_private(text: str) -> bool:
    plain = fold_text(text)
    if names_hidden_passage(text):
        return True
    spelled = re.sub(r"[\W_]", "", plain).startswith("private")
    return (
        "private" in plain or spelled or any(did_you_mean(word, ["private"]) for word in re.findall(r"[\w-]+", plain))
    )


def withhold(state: StateCore, context: ConversionContext) -> list[Token]:
    """The block tokens of ``state`` without private passages and without container marks."""
    tokens = state.tokens
    kept = VisibleTokens()
    ranges: list[tuple[int, int]] = []
    for index, end in sorted(_paired(tokens, context).items()):
        if end is not None and tokens[index].info == "private":
            hidden = tokens[index + 1 : end]
            _hide_passage(state, hidden, context)
            kept.hide(Token("passage", "", 0, level=tokens[index].level, meta={"tokens": hidden}))
            ranges.append(((tokens[index].map or [0])[0], (tokens[end].map or [0, 0])[1]))
        elif end is not None:
            name = tokens[index].info if index < end else tokens[end].info
            ending = "open" if index < end else "close"
            kept.add(Token(f"{name}_{ending}", "", 1 if index < end else -1, level=tokens[index].level))
        elif tokens[index].type == "container":
            for token in _as_text(tokens[index]):
                kept.add(token)
        else:
            kept.add(tokens[index])
            _check_text(tokens[index], context)
    _forget_definitions(state, ranges)
    return kept.all()


class VisibleTokens:
    """Tokens of a text; what is hidden leaves no token, but is noted in the ``meta`` of the one behind it."""

    def __init__(self) -> None:
        self._tokens: list[Token] = []
        self._hidden: list[Token] = []

    def hide(self, token: Token) -> None:
        """Something private stands here."""
        self._hidden.append(token)

    def hide_comment(self, token: Token, *, shown: bool) -> None:
        """Raw HTML that is a comment and nothing else goes; its author sees it if it is to be ``shown``."""
        self._hidden += token.meta.get("private", ())
        if shown:
            self.hide(Token("comment", "", 0, block=True, meta={"hidden": token.content}))

    def add(self, token: Token) -> None:
        """Something that readers get."""
        if self._hidden:
            token.meta["private"] = [*self._hidden, *token.meta.get("private", ())]
            self._hidden = []
        self._tokens.append(token)

    def all(self) -> list[Token]:
        """All of them, in order; what is hidden at the end stands before an empty token."""
        if self._hidden:
            self.add(Token("end", "", 0))
        return self._tokens


def _paired(tokens: list[Token], context: ConversionContext) -> dict[int, int | None]:  # noqa: C901  (one pass over all marks)
    """Index of each token that stays → None; of a mark that opens something known → index of its end.

    Of passages in each other this is the outermost; the end of any other block leads back to its beginning.
    """
    open_marks: list[tuple[int, Token]] = []
    private = 0
    stays: dict[int, int | None] = {}
    for index, token in enumerate(tokens):
        while token.nesting == -1 and open_marks and token.level < open_marks[-1][1].level:
            private -= open_marks[-1][1].info == "private"
            _complain_open(open_marks.pop()[1], context)
        if token.type != "container":
            if not private:
                stays[index] = None
        elif mark_name(token.content) != "":
            if not private and token.info not in _KNOWN:
                _complain_name(token, context)
                stays[index] = None
            open_marks.append((index, token))
            private += token.info == "private"
        elif not open_marks or not _ends(token, open_marks[-1][1]):
            context.error(context.start(token), "stray-container", f"{token.markup} closes nothing")
        else:
            start, mark = open_marks.pop()
            private -= mark.info == "private"
            if not private and mark.info in _KNOWN:
                stays[start] = index
            if not private and mark.info in BLOCKS:
                stays[index] = start
    for _, mark in open_marks:
        _complain_open(mark, context)
    return stays


def _ends(token: Token, mark: Token) -> bool:
    """With as many colons, and in the same list or quotation."""
    return len(token.markup) >= len(mark.markup) and token.level == mark.level


def _complain_open(mark: Token, context: ConversionContext) -> None:
    what = "private passage" if mark.info == "private" else f'"{mark.content}"'
    hint = f"end it with a line {mark.markup} (after raw HTML or inside a list, leave an empty line before it)"
    context.error(context.start(mark), "open-passage", f"the {what} is not closed", hint)


def _complain_name(mark: Token, context: ConversionContext) -> None:
    if _looks_private(mark.content):
        message, hint = f'unknown name in "{mark.content}"', 'did you mean "private"?'
        context.error(context.start(mark), "unknown-container", message, hint)
    else:
        near = did_you_mean(mark_name(mark.content) or "", BLOCKS)
        message = f'unknown name in "{mark.content}": its text stays'
        hint = near or "the names known here are private, pull and thread"
        context.warn(context.start(mark), "unknown-container", message, hint)


def _as_text(mark: Token) -> list[Token]:
    """The words of an unknown mark as a paragraph: no word of the author is dropped."""
    opening = Token("paragraph_open", "p", 1, level=mark.level, block=True)
    words = mark.content.strip(": \t")
    inline = Token("inline", "", 0, map=mark.map, level=mark.level + 1, content=words, block=True)
    return [opening, inline, Token("paragraph_close", "p", -1, level=mark.level, block=True)]


def _check_text(token: Token, context: ConversionContext) -> None:
    """A passage that begins where Markdown does not see it would be published: in raw HTML, or indented too far."""
    if token.type == "fence" and not _is_closed(token, context) and _holds_mark(token.content):
        message = 'the code block is not closed, and holds "::: private"'
        context.error(context.start(token), "open-code", message, f"close it with a line {token.markup}")
    if token.type == "code_block" and _holds_mark(token.content):
        message = '"::: private" is indented by four spaces: it is code, and published'
        context.warn(context.start(token), "private-in-code", message, "indent it less, or show it in a block with ```")
    if token.type not in {"html_block", "inline", "formula_block"}:
        return
    if token.type == "inline" and (slip := _SLIP.search(token.content)):
        context.error(context.locate(token, slip.start()), "bogus-comment", *NO_COMMENT)
    for start, mark in _mark_lines(without_comments(token.content, blank)):
        if _looks_private(mark):
            where = {"html_block": "inside raw HTML", "formula_block": "inside a formula"}.get(token.type, "like this")
            message = f"a private passage cannot begin {where}"
            hint = "write ::: private alone on a line, with an empty line before it, not indented further than the text"
            context.error(context.locate(token, start), "private-in-text", message, hint)
            return


def _mark_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the marks of passages that stand in ``text``, and where: also in colons that only look like them."""
    if text.isascii():
        yield from ((found.start("mark"), found["mark"]) for found in _MARK_LINE.finditer(text))
        return
    start = 0
    for line in text.split("\n"):  # folding moves columns within a line, but no line
        if found := _MARK_LINE.match(fold_text(line)):
            yield start + min(found.start("mark"), len(line)), found["mark"]
        start += len(line) + 1


def _holds_mark(text: str) -> bool:
    return any(_looks_private(mark) for _, mark in _mark_lines(text))


def _is_closed(fence: Token, context: ConversionContext) -> bool:
    """Whether a code block ends with its own fence, and not with the text around it."""
    first, end = fence.map or [0, 1]
    last = context.lines[end - 1].strip("> \t") if end - 1 > first else ""
    return len(last) >= len(fence.markup) and not last.strip(fence.markup[0])


def blank(found: re.Match[str]) -> str:
    """Return :func:`blanks` for what was found."""
    return blanks(found[0])


def _hide_passage(state: StateCore, tokens: list[Token], context: ConversionContext) -> None:
    context.withheld += 1
    scratch: dict[str, object] = {"notes": _SilentContext(context), "references": dict(state.env.get("references", {}))}
    for token in tokens:
        if token.type == "inline":
            token.children = []
            context.block = token
            state.md.inline.parse(token.content, state.md, scratch, token.children)
    note_hidden(tokens, context)


def note_hidden(tokens: list[Token], context: ConversionContext) -> None:
    """Note what hidden ``tokens`` refer to."""
    for token in tokens:
        if token.type == "html_block":
            hide(token.content, context, token)
        elif token.type == "inline":
            children = token.children or []
            context.withheld_notes.update(_NOTE_LABEL.findall(token.content))
            context.withheld_links += [reference for reference, _ in references(token, children, context)]
            place = context.locate(token)
            context.withheld_links += [
                Reference(str(inner.attrs["src"]), "image", place) for inner in inner_images(children)
            ]
            for child in children:
                if child.type == "html_inline":
                    hide(child.content, context, token, child.meta["at"])
                elif child.type == "image" and "title" in child.attrs:  # a caption may have links
                    hide(str(child.attrs["title"]), context, token)


class _SilentContext:
    """Stands in for the notes while hidden text is read: of its problems only a comment that leaves it matters."""

    def __init__(self, context: ConversionContext) -> None:
        self.notes = context
        self.comments = 0
        self.withheld_notes = context.withheld_notes
        self.withheld_links = context.withheld_links
        self.withheld_targets = context.withheld_targets
        self.locate = context.locate

    @property
    def lines(self) -> Sequence[str]:
        return self.notes.lines

    @property
    def block(self) -> Token | None:
        return self.notes.block

    def error(self, place: object, code: str, message: str, hint: str = "") -> None:
        """Hear one thing only."""
        if code == "open-comment":
            self.notes.error(place, code, message, hint)  # type: ignore[arg-type]

    error_once = error

    def has_said(self, _: str) -> bool:
        """Hear nothing, so all has been said."""
        return True

    def warn(self, *_: object) -> None:
        """Hear nothing."""


def references(block: Token, children: list[Token], context: ConversionContext) -> Iterator[tuple[Reference, Token]]:
    """What the links and images among the ``children`` of ``block`` point at, with the token that points."""
    for token in children:
        at = token.meta.get("at", 0)
        if token.type == "link_open":
            kind: Literal["link", "image", "made"] = "made" if token.meta.get("made") else "link"
            yield Reference(str(token.attrs["href"]), kind, context.locate(block, at)), token
        elif token.type == "image":
            kind = "made" if token.meta.get("made") else "image"
            yield Reference(str(token.attrs["src"]), kind, context.locate(block, at)), token


def inner_images(children: list[Token]) -> Iterator[Token]:
    """Images that stand in the alternative text of images: they are not shown, but named."""
    for token in children:
        for inner in token.children or ():
            if inner.type == "image":
                yield inner
            yield from inner_images([inner])


def _forget_definitions(state: StateCore, ranges: list[tuple[int, int]]) -> None:
    """Link definitions and footnotes that stand in a passage are not known outside of it."""
    if not ranges:
        return

    def hidden(lines: list[int]) -> bool:
        before = bisect_left(ranges, (lines[0] + 1,))
        return before > 0 and lines[0] < ranges[before - 1][1]

    known = state.env.get("references", {})
    for label, definition in list(known.items()):
        if hidden(definition["map"]):
            del known[label]
    again = [definition for definition in state.env.get("duplicate_refs", ()) if not hidden(definition["map"])]
    state.env["duplicate_refs"] = [
        definition for definition in again if known.setdefault(definition["label"], definition) is not definition
    ]
    context = state.env.get("footnotes", {}).get("refs", {})
    public = {
        ":" + token.meta["label"]
        for token in state.tokens
        if token.type == "footnote_reference_open" and not hidden(token.map or [0])
    }
    for label in [label for label in context if label not in public]:
        del context[label]
