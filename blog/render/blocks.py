"""The own blocks of a text → HTML, by the templates in the ``blocks/`` of the theme.

A template sees the attributes of its block and ``body``, its text as HTML, and nothing else. Those that did not come
with the program run in a process with limits.
"""

from __future__ import annotations

from functools import cached_property, partial
from html import escape
from typing import TYPE_CHECKING, Any

from blog.markdown.block_calls import BlockCall, BlockImage, expand
from blog.markdown.own_blocks import FEED_FORM, PAGE_FORM
from blog.problems import BlogError, Location, Problem
from blog.render.page_limit import RENDERING, TOO_MUCH, locate_in_stack
from blog.render.sandbox import Sandbox
from blog.render.template_errors import Explanation, RenderError, explain_render_error
from blog.system.workers import LimitExceededError, run_limited
from blog.views.page_parts import Html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.content.theme import Theme


class ThemeBlockRenderer:
    """Renders the blocks of a theme: a :class:`blog.markdown.own_blocks.BlockRenderer`."""

    def __init__(self, theme: Theme) -> None:
        """``theme`` has the templates of the blocks, by names such as ``blocks/card.html``, and no others."""
        self.theme = theme

    def render(self, forms: tuple[str, str], calls: Sequence[BlockCall]) -> tuple[str, str]:
        """Return both forms of a text with its blocks. Raises :class:`BlogError`."""
        foreign_calls = [call for call in calls if _template(call.name) not in self.theme.builtin_templates]
        if not foreign_calls:
            return self._expand(calls, forms)
        try:
            return run_limited(partial(self._expand, calls), forms, RENDERING)
        except LimitExceededError as error:
            first = _template(foreign_calls[0].name)
            name, line = locate_in_stack(error.stack, self.theme, self._environment) or (first, 1)
            call = next(call for call in calls if name.startswith(_template(call.name, ".")))
            raise self._describe(RenderError(name, line, Explanation(TOO_MUCH)), call) from None

    def _expand(self, calls: Sequence[BlockCall], forms: tuple[str, str]) -> tuple[str, str]:
        page, feed = forms
        return expand(page, calls, self._render_page_form), expand(feed, calls, self._render_feed_form)

    def _render_page_form(self, call: BlockCall, body: str) -> str:
        return self._render_template(_template(call.name), call, body)

    def _render_feed_form(self, call: BlockCall, body: str) -> str:
        name = _template(call.name, FEED_FORM)
        if name in self.theme.templates:
            return self._render_template(name, call, body)
        return _plain_form(call, body)

    @cached_property
    def _environment(self) -> Sandbox:
        return Sandbox(self.theme.templates)

    def _render_template(self, name: str, call: BlockCall, body: str) -> str:
        fields: dict[str, Any] = {**call.fields, "body": Html(body)}
        for attribute, value in call.fields.items():
            if isinstance(value, BlockImage):
                fields[attribute] = {"src": value.src, "size": Html(value.size)}
        try:
            html = self._environment.get_template(name).render(fields)
        except Exception as error:  # noqa: BLE001  (a template may fail in any way)
            raise self._describe(explain_render_error(error, name, fields, self.theme), call) from None
        if not _placeholders(html) <= _placeholders(body) | _placeholders("".join(_addresses(call))):
            hint = "print links, src and size as they are, without a filter"
            explanation = Explanation("the template changes an address", hint)
            raise self._describe(RenderError(name, 1, explanation), call)
        return html

    def _describe(self, error: RenderError, call: BlockCall) -> BlogError:
        message, hint, column = error.explanation
        position = call.location.format(call.location.path)
        location = Location(self.theme.locate(error.template), error.line, column)
        return BlogError([Problem(location, "template", f"{message} (in the block at {position})", hint)])


def _template(name: str, suffix: str = PAGE_FORM) -> str:
    """Return the name of the template of a block."""
    return f"blocks/{name}{suffix}"


def _placeholders(html: str) -> set[str]:
    """Return the placeholders of ``html``; of one whose end is missing, all that follows."""
    return set(html.split("\0")[1::2])


def _addresses(call: BlockCall) -> list[str]:
    """Return the placeholders among the attributes of a block."""
    addresses = []
    for value in call.fields.values():
        if isinstance(value, BlockImage):
            addresses += [value.src, value.size]
        elif isinstance(value, str) and "\0" in value:
            addresses.append(value)
    return addresses


def _plain_form(call: BlockCall, body: str) -> str:
    """Return a block for feeds whose theme has no template for that: its attributes in a line, and its text."""
    words = []
    for value in call.fields.values():
        match value:
            case BlockImage():
                words.append(f'<img src="{value.src}" alt=""{value.size}>')
            case str() if "\0" in value:
                words.append(f'<a href="{value}">{value}</a>')
            case None | "" | bool():
                continue
            case _:
                words.append(escape(str(value)))
    line = " · ".join(words)
    return (f"<p>{line}</p>\n" if line else "") + body
