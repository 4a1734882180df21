"""A theme's static files → output paths that name their contents, and the bytes to publish there."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from blog.cache import digest
from blog.errors import BlogError, Place, Problem
from blog.fields import decode

if TYPE_CHECKING:
    from collections.abc import Mapping

_SPACE = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|url\([^)]*\))|/\*.*?\*/|\s*([{};,])\s*|\s+""", re.DOTALL)
"""Strings and addresses, which stay as they are; remarks; white space that says nothing; other white space."""
_URL = re.compile(r"""url\(\s*(["']?)([^"')(\s]+)\1\s*\)""")
_IMPORT = re.compile(r"""@import\s+(?:url\(\s*)?(["'])([^"']+)\1\s*\)?\s*;""")


class Asset(NamedTuple):
    """A file of a theme's ``static/``."""

    name: str
    """In that folder."""
    data: bytes
    path: str
    """For messages."""
    published: bool = True
    """False: it is there to be imported by a style sheet of a theme that extends this one."""


def fingerprint(assets: Mapping[str, Asset]) -> tuple[dict[str, str], dict[str, bytes]]:
    """Name each file after its contents: by name the output path, and by output path the bytes.

    A style sheet that imports another one of the theme holds it: a reader asks for one file. Raises
    :class:`BlogError` for style sheets that are not text, or that import each other.
    """
    whole = _Sheets(assets)
    sheets = {name: whole.text(name) for name, asset in assets.items() if _is_sheet(name) and asset.published}
    paths: dict[str, str] = {}
    files: dict[str, bytes] = {}
    others = [name for name, asset in assets.items() if not _is_sheet(name) and asset.published]
    named = {name: sum(_names(sheets[name], other) for other in sheets if other != name) for name in sheets}
    for name in (*sorted(others), *sorted(sheets, key=lambda name: (named[name], name))):
        data = _compact(_with_paths(sheets[name], name, paths)).encode() if name in sheets else assets[name].data
        stem, ending = posixpath.splitext(name)
        paths[name] = f"assets/{stem}.{digest(data).hex()[:12]}{ending}"
        files[paths[name]] = data
    return paths, files


def _is_sheet(name: str) -> bool:
    return name.endswith(".css")


class _Sheets(NamedTuple):
    """Puts imported style sheets where they are imported."""

    assets: Mapping[str, Asset]
    above: tuple[str, ...] = ()

    def text(self, name: str) -> str:
        """The style sheet ``name``; addresses are as seen from the outermost one."""
        asset = self.assets[name]
        if name in self.above:
            message = f"the style sheet imports itself, by way of {self.above[-1]}"
            raise BlogError([Problem(Place(asset.path), "import-loop", message)])
        inner = _Sheets(self.assets, (*self.above, name))
        folder = posixpath.dirname(asset.name)
        outermost = posixpath.dirname(self.assets[inner.above[0]].name)

        def imported(found: re.Match[str]) -> str:
            other = posixpath.normpath(posixpath.join(folder, found[2]))
            return inner.text(other) if other in self.assets else found[0]

        def moved(found: re.Match[str]) -> str:
            target = posixpath.normpath(posixpath.join(folder, found[2]))
            return f'url("{posixpath.relpath(target, outermost or ".")}")' if target in self.assets else found[0]

        text = decode(asset.data, asset.path)
        return _IMPORT.sub(imported, _URL.sub(moved, text) if folder != outermost else text)


def _compact(css: str) -> str:
    """A style sheet without remarks and needless white space: a reader waits for it before the first word."""
    for _ in range(2):  # a remark leaves a space, which goes in the second round
        css = _SPACE.sub(lambda found: found[1] or found[2] or " ", css)
    return css.strip()


def _names(css: str, name: str) -> bool:
    return posixpath.basename(name) in css


def _with_paths(css: str, name: str, paths: Mapping[str, str]) -> str:
    """The style sheet with the output paths of the files that it names."""
    folder = posixpath.dirname(name)

    def hashed(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, found[2]))
        if target not in paths:
            return found[0]
        return f'url("{posixpath.relpath(paths[target], posixpath.join("assets", folder))}")'

    return _URL.sub(hashed, css)
