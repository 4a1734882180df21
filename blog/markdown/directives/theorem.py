"""``::: theorem`` and its family: statements with a name, a number and an id, and ``::: proof`` with its mark ∎.

``::: theorem {#thm-bound title="The bound"}`` is *Theorem 1 (The bound)*. Each kind has numbers of its own.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from markdown_it.token import Token

from blog.markdown.attribute_list import AttributeRule
from blog.markdown.cross_references import take_number
from blog.markdown.directives import BlockDirective, DirectiveCall, Form, markup_token

if TYPE_CHECKING:
    from blog.markdown.context import ConversionContext
    from blog.markdown.reference_kinds import KindName

_NUMBERED: tuple[KindName, ...] = (
    "theorem", "lemma", "proposition", "corollary", "definition", "remark", "example",
)  # fmt: skip
_PROOF = "proof"
_HEAD = "theorem head"
"""The ``info`` of the tokens around the name of a statement."""
_END_MARK = "∎"


def _page_form(call: DirectiveCall) -> Form:
    classes = " ".join(dict.fromkeys(("theorem", call.name)))
    ident = f' id="{escape(call.ident)}"' if call.ident else ""
    return f'<div class="{classes}"{ident}>\n', "</div>\n"


def _head(call: DirectiveCall) -> list[Token]:
    """Return the paragraph that names a statement; its title is ordinary text of a line."""
    inline = Token("inline", "", 0, content=call.values.get("title", ""), map=[call.row, call.row + 1], block=True)
    return [
        markup_token(_HEAD, 1, page='<p class="theorem-name">', feed="<p>"),
        inline,
        markup_token(_HEAD, -1, page="</p>\n", feed="</p>\n"),
    ]


def _set_names(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Write the name and the number of each statement before its title, and the mark behind each proof."""
    result: list[Token] = []
    call = DirectiveCall(_PROOF)
    for token in tokens:
        if token.type != "markup":
            result.append(token)
            continue
        if token.info in DIRECTIVES:
            call = token.meta["call"]
            if token.nesting == -1 and call.name == _PROOF:
                _add_end_mark(result)
        result.append(token)
        if token.info == _HEAD and token.nesting == -1:
            inline = result[-2]
            inline.children = _name_tokens(call, inline.children or [], context)
    return result


def _name_tokens(call: DirectiveCall, title: list[Token], context: ConversionContext) -> list[Token]:
    """Return *Theorem 2* (title); the title of a proof takes the place of its name."""
    if call.name == _PROOF:
        name = title or [Token("text", "", 0, content=context.manner.words.text(f"text.{_PROOF}"))]
        return [_tag("em", 1), *name, Token("text", "", 0, content="."), _tag("em", -1)]
    label = take_number(call.name, call.ident, context)
    name = [_tag("strong", 1), Token("text", "", 0, content=label), _tag("strong", -1)]
    if not title:
        return name
    return [*name, Token("text", "", 0, content=" ("), *title, Token("text", "", 0, content=")")]


def _tag(tag: str, nesting: int) -> Token:
    """Return the token that opens or closes an element."""
    kind = f"{tag}_open" if nesting == 1 else f"{tag}_close"
    return Token(kind, tag, 1 if nesting == 1 else -1)


def _add_end_mark(proof: list[Token]) -> None:
    """Write the mark behind the last words of a proof, which ends with ``proof``, or in a line of its own."""
    mark = markup_token("end mark", 0, page=f'<span class="end-mark">{_END_MARK}</span>', feed=_END_MARK)
    is_paragraph = len(proof) > 1 and proof[-1].type == "paragraph_close" and proof[-2].type == "inline"
    if is_paragraph:
        proof[-2].children = [*(proof[-2].children or ()), Token("text", "", 0, content=" "), mark]
        return
    opening = markup_token("end mark", 1, page='<p class="end-mark">', feed="<p>")
    proof += [opening, mark, markup_token("end mark", -1, page="</p>\n", feed="</p>\n")]


_STATEMENT = BlockDirective(
    page=_page_form,
    feed=("<div>\n", "</div>\n"),
    step=_set_names,
    attributes=(AttributeRule("title"),),
    allows_id=True,
    head=_head,
)
DIRECTIVES = dict.fromkeys((*_NUMBERED, _PROOF), _STATEMENT)
