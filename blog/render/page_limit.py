"""The limit for rendering a page with templates that did not come with the program, and where a page exceeded it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.system.workers import ResourceLimit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment

    from blog.content.theme import Theme

RENDERING = ResourceLimit(10, 1 << 30)
"""Far more than an honest page needs: with `margin`, all 477 pages of a blog of 300 posts take 0.3 seconds together."""
TOO_MUCH = f"the page takes more than {RENDERING}: too many loops, calls or letters"
_FRAME = re.compile(r'File "(?P<file>.+)", line (?P<line>\d+) in ')


def locate_in_stack(stack: str, theme: Theme, environment: Environment) -> tuple[str, int] | None:
    """Return the template and the line that ran when a page exceeded the limit: in a template of the site, if possible.

    ``stack`` is that of :class:`blog.system.workers.LimitExceededError`. None if it names no template.
    """
    frames = list(_find_frames(stack, theme, environment))
    of_site = [frame for frame in frames if frame[0] not in theme.builtin_templates]
    return next(iter(of_site or frames), None)


def _find_frames(stack: str, theme: Theme, environment: Environment) -> Iterator[tuple[str, int]]:
    """Yield the templates in a stack with their lines, the innermost first."""
    for frame in _FRAME.finditer(stack):
        name = frame["file"]
        if name in theme.templates:
            yield name, environment.get_template(name).get_corresponding_lineno(int(frame["line"]))
