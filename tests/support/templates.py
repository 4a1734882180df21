"""Templates that came with the program, compiled once for all tests of a process: most of the time of a tiny build.

What Jinja makes of a text depends on the text and its name alone. Templates of other themes are compiled each time.
"""

from functools import cache
from typing import Any, NamedTuple

import pytest

from blog.render import templates
from blog.render.sandbox import Sandbox
from blog.render.template_text import TemplateText
from blog.system.builtin_themes import builtin_themes_folder

_compile = Sandbox.compile
_parse = templates._parse


class _Compiled(NamedTuple):
    """What is made of a template's text."""

    code: Any
    tree: Any


@cache
def _builtin() -> dict[tuple[str, str], _Compiled]:
    """What is made of each template of the program, by name and text."""
    folders = [(path, "") for path in builtin_themes_folder().glob("*/templates")]
    folders += [(path, "blocks/") for path in builtin_themes_folder().glob("*/blocks")]
    compiled = {}
    for folder, prefix in folders:
        for path in folder.glob("*.html"):
            name, text = prefix + path.name, path.read_text("utf-8")
            code = _compile(Sandbox({}), text, name, name)
            compiled[name, text] = _Compiled(code, _parse(Sandbox({}), name, TemplateText(text)))
    return compiled


def compile_builtin_templates_once(patch: pytest.MonkeyPatch) -> None:
    """Look up what is made of templates of the program, from the first theme that is checked in this process."""

    def compile_text(self: Sandbox, source: str, name: str, filename: str) -> Any:
        known = _builtin().get((name, source))
        return known.code if known and name == filename else _compile(self, source, name, filename)

    def parse(environment: Sandbox, name: str, text: TemplateText) -> Any:
        known = _builtin().get((name, text.text))
        return known.tree if known else _parse(environment, name, text)

    patch.setattr(Sandbox, "compile", compile_text)
    patch.setattr(templates, "_parse", parse)
