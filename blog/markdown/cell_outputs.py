"""HTML in the Markdown outputs of code, which the author did not write: scripts and the like are removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.markdown.sanitize import sanitize_around
from blog.markdown.summary import children_of

if TYPE_CHECKING:
    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext


def sanitize_outputs(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Sanitize the HTML of outputs: the inline HTML of a block together, and the HTML blocks in one block together."""
    open_groups: list[list[Token]] = [[]]
    for token in tokens:
        if token.nesting > 0:
            open_groups.append([])
        elif token.nesting < 0 and len(open_groups) > 1:
            _sanitize(open_groups.pop(), context)
        elif token.meta.get("output"):
            if token.type == "html_block":
                open_groups[-1].append(token)
            else:
                _sanitize(children_of(token, "html_inline"), context, token)
    for group in open_groups:
        _sanitize(group, context)
    return tokens


def _sanitize(group: list[Token], context: ConversionContext, block: Token | None = None) -> None:
    """Sanitize the HTML tokens of ``group`` together; ``block`` contains them, or they are blocks."""
    if not group:
        return
    parts, needs_script = sanitize_around([str(token.meta.get("text", token.content)) for token in group])
    for token, part in zip(group, parts, strict=True):
        token.content = token.meta["text"] = part
        token.meta.pop("comments", None)  # the positions are those before
    if needs_script:
        location = context.start(block or group[0])
        message = "a part of an output that needs a script is left out"
        context.warn(location, "output", message, "tag the cell remove-output, or change what it puts out")
