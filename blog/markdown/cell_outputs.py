"""HTML in the Markdown that code put out, which is not its author's: what no page may show leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.markdown.sanitize import sanitize_around

if TYPE_CHECKING:
    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext


def sanitize_outputs(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Sanitize HTML of outputs: inline HTML of a block together, and blocks of HTML that stand in the same block."""
    open_groups: list[list[Token]] = [[]]
    for token in tokens:
        if token.nesting > 0:
            open_groups.append([])
        elif token.nesting < 0 and len(open_groups) > 1:
            _sanitize(open_groups.pop(), context)
        elif token.meta.get("output"):
            if token.type == "html_block":
                open_groups[-1].append(token)
            inline = [child for child in token.children or () if child.type == "html_inline"]
            _sanitize(inline, context, token)
    for group in open_groups:
        _sanitize(group, context)
    return tokens


def _sanitize(group: list[Token], context: ConversionContext, block: Token | None = None) -> None:
    if not group:
        return
    parts, acts = sanitize_around([str(token.meta.get("text", token.content)) for token in group])
    for token, part in zip(group, parts, strict=True):
        token.content = token.meta["text"] = part
        token.meta.pop("comments", None)  # they have left it
    if acts:
        message = "a part of an output that needs a script is left out"
        context.warn(
            context.start(block or group[0]),
            "output",
            message,
            "tag the cell remove-output, or change what it puts out",
        )
