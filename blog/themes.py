"""A theme's files and settings → :class:`Design`: options with their values, files named after their contents."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from blog.cache import digest
from blog.errors import BlogError, Place, Problem, did_you_mean
from blog.fields import Fields, decode
from blog.nodes import from_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blog.config import Settings
    from blog.sources import Theme

_CSS_SPACE = re.compile(
    r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|url\([^)]*\))|/\*.*?\*/|\s*([{};,])\s*|\s+""", re.DOTALL
)
"""Strings and addresses, which stay as they are; remarks; white space that says nothing; other white space."""
_CSS_URL = re.compile(r"""url\(\s*(["']?)([^"')(\s]+)\1\s*\)""")


_KINDS = {
    str: "a text", bool: "true or false", int: "a whole number", float: "a number", dict: "a table",
}  # fmt: skip


class Design(Struct, frozen=True):
    """A theme made ready for one site."""

    templates: dict[str, str]
    """Name → text."""
    options: dict[str, Any]
    """The theme's options with the site's values."""
    assets: dict[str, str]
    """Name of each file in ``static/`` → its output path, with a digest in the name: may be cached for ever."""
    files: dict[str, bytes]
    """Output path → contents."""
    path: str
    """For messages."""
    sizes: str = "100vw"
    """How wide it shows pictures, as in HTML's ``sizes``."""

    @property
    def icon(self) -> str:
        """The output path of its icon; ``""`` if it has none."""
        return self.assets.get("icon.svg", "")


def prepare(theme: Theme, settings: Settings) -> Design:
    """Fit ``theme`` to the site. Raises :class:`BlogError` for options that the theme does not know."""
    problems: list[Problem] = []
    fields = Fields(from_toml(theme.settings, Place(f"{theme.path}/theme.toml")), problems)
    fields.text("name")
    sizes = fields.text("sizes") or "100vw"
    defaults = fields.table("options").plain()
    fields.finish()
    for name, value in settings.theme_options.items():
        place = settings.theme_option_places[name]
        if name not in defaults:
            message = f'the theme "{theme.name}" has no option "{name}"'
            problems.append(Problem(place, "unknown-option", message, did_you_mean(name, defaults)))
        elif type(value) is not type(defaults[name]):
            kind = _KINDS.get(type(defaults[name]), "a list")
            message = f'the theme option "{name}" must be {kind}'
            problems.append(Problem(place, "wrong-type", message))
    if problems:
        raise BlogError(problems)
    assets, files = _fingerprint(theme.assets, theme.path)
    return Design(theme.templates, defaults | settings.theme_options, assets, files, theme.path, sizes)


def _fingerprint(contents: Mapping[str, bytes], path: str) -> tuple[dict[str, str], dict[str, bytes]]:
    """Name each file after its contents; a style sheet comes after those that it names."""
    assets: dict[str, str] = {}
    files: dict[str, bytes] = {}
    sheets = {name: data for name, data in contents.items() if name.endswith(".css")}
    others = {name: [other for other in sheets if other != name] for name in sheets}
    order = sorted(sheets, key=lambda name: (sum(_names_file(sheets[name], other) for other in others[name]), name))
    for name in (*sorted(contents.keys() - sheets.keys()), *order):
        data = contents[name]
        if name.endswith(".css"):
            text = decode(data, f"{path}/static/{name}")
            data = _compact(_with_hashed_urls(text, name, assets)).encode()
        stem, ending = posixpath.splitext(name)
        assets[name] = f"assets/{stem}.{digest(data).hex()[:12]}{ending}"
        files[assets[name]] = data
    return assets, files


def _compact(css: str) -> str:
    """A style sheet without remarks and needless white space: a reader waits for it before the first word."""
    for _ in range(2):  # a remark leaves a space, which goes in the second round
        css = _CSS_SPACE.sub(lambda found: found[1] or found[2] or " ", css)
    return css.strip()


def _names_file(css: bytes, name: str) -> bool:
    return posixpath.basename(name).encode() in css


def _with_hashed_urls(css: str, name: str, assets: Mapping[str, str]) -> str:
    folder = posixpath.dirname(name)

    def hashed(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, found[2]))
        if target not in assets:
            return found[0]
        return f'url("{posixpath.relpath(assets[target], posixpath.join("assets", folder))}")'

    return _CSS_URL.sub(hashed, css)
