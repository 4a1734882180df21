"""The static files of a theme → output paths with digests in their names, and the bytes to publish there.

Style sheets are compacted, with their imports inlined. Nothing here writes a file.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from blog.cache.digests import digest
from blog.config.schema import decode_utf8
from blog.problems import BlogError, Location, Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LARGEST = 10_000_000
"""Characters of all style sheets of a theme; one that is imported counts each time."""
DEEPEST = 50
"""Depth to which style sheets may name each other."""
_STRING = r""""(?:\\[\s\S]|[^"\\\n])*+"|'(?:\\[\s\S]|[^'\\\n])*+'"""
_OPEN_STRING = r""""(?:\\[\s\S]|[^"\\\n])*+|'(?:\\[\s\S]|[^'\\\n])*+"""
"""One that is not closed ends with its line, as for browsers. It is taken whole: no quote in it is looked at again."""
_ADDRESS = rf"url\(\s*+(?:{_STRING}|[^\"'()\s]*+)\s*+\)"  # gives nothing back: a sheet of spaces is read once
_PARTS = re.compile(
    rf"(?P<remark>/\*.*?(?:\*/|$))|(?P<rule>@import\s++(?P<asked>{_ADDRESS}|{_STRING})(?P<when>[^;]*+);?)"
    rf"|(?P<url>{_ADDRESS})|(?P<string>{_STRING}|{_OPEN_STRING})",
    re.DOTALL | re.IGNORECASE,
)
"""References of a style sheet to other files, and comments and strings, which only look like them."""
_SPACE = re.compile(rf"({_ADDRESS}|{_STRING}|{_OPEN_STRING})|\s*+([{{}};,])\s*+|\s++", re.IGNORECASE)
"""Strings and addresses, which stay as they are; white space that says nothing; other white space."""
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|/|#|$", re.IGNORECASE)


class Asset(NamedTuple):
    """A file of a theme."""

    name: str
    """Path below the folder of assets."""
    data: bytes
    path: str
    """Path for messages."""
    published: bool = True
    """False: it is there to be imported by a style sheet of a theme that extends this one."""


def fingerprint_assets(assets: Mapping[str, Asset]) -> tuple[dict[str, str], dict[str, bytes]]:
    """Name each file after its contents: by name the output path, and by output path the bytes.

    A style sheet that imports another one of the theme holds it: a reader asks for one file. Raises
    :class:`BlogError` for style sheets that are not text, that name files which are not there, or each other.
    """
    pipeline = _AssetPipeline(assets)
    for name in sorted(name for name, asset in assets.items() if asset.published):
        pipeline.path(name)
    return pipeline.paths, pipeline.files


class _AssetPipeline:
    """Prepares files for publication, each after those that it references."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        self.assets = assets
        self.paths: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        self.at_work: list[str] = []
        """Style sheets, the outermost first."""
        self.sheets: dict[tuple[str, str], str] = {}
        """Style sheets with what they import, by name and outermost folder."""
        self.addresses: dict[tuple[str, str, str], str] = {}
        """Addresses as they are published, by how and where they are written, and outermost folder."""
        self.letters = 0
        """Characters read and written so far."""

    def path(self, name: str) -> str:
        """The output path of a file."""
        if name not in self.paths:
            is_sheet = name.endswith(".css")
            data = _compact(self._sheet(name, posixpath.dirname(name))).encode() if is_sheet else self.assets[name].data
            stem, ending = posixpath.splitext(name)
            self.paths[name] = f"assets/{stem}.{digest(data).hex()[:12]}{ending}"
            self.files[self.paths[name]] = data
        return self.paths[name]

    def _count(self, letters: int, place: Callable[[], Location]) -> None:
        """Count what is read or made. Raises :class:`BlogError` for too much of it."""
        self.letters += letters
        if self.letters > LARGEST:
            message = f"the style sheets of the theme, with all that they import, have more than {LARGEST:,} letters"
            raise _wrong(place(), message)

    def _sheet(self, name: str, outermost: str) -> str:
        """A style sheet without remarks, with what it imports; addresses are as seen from the folder ``outermost``."""
        if (name, outermost) not in self.sheets:
            self.sheets[name, outermost] = self._filled(name, outermost)
        return self.sheets[name, outermost]

    def _filled(self, name: str, outermost: str) -> str:
        asset = self.assets[name]
        self._count(len(asset.data), partial(Location, asset.path))
        text = decode_utf8(asset.data, asset.path)
        starts = [0, *(found.end() for found in re.finditer("\n", text))]

        def told(found: re.Match[str]) -> str:
            if found["remark"] is not None:
                return " "
            if found["string"] is not None:
                return found[0]
            place = partial(_place, asset, starts, found.start())
            if found["rule"] is not None:
                made = self._imported(found, asset, outermost, place)
            else:
                made = self._named(found["url"], asset, outermost, place)
            self._count(max(0, len(made) - len(found[0])), place)
            return made

        if name in self.at_work:
            raise _wrong(Location(asset.path), f"the style sheet imports itself, by way of {self.at_work[-1]}")
        if len(self.at_work) == DEEPEST:
            raise _wrong(Location(asset.path), f"more than {DEEPEST} style sheets name each other in a row")
        self.at_work.append(name)
        whole = _PARTS.sub(told, text)
        self.at_work.pop()
        return whole

    def _imported(self, found: re.Match[str], asset: Asset, outermost: str, place: Callable[[], Location]) -> str:
        written = _written(found["asked"])
        if _ELSEWHERE.match(written):
            return found[0]
        name = self._resolved(written, asset, place, ".css")
        when = found["when"].strip()
        if re.match(r"layer\b|supports\b", when, re.IGNORECASE):
            raise _wrong(place(), "an @import of a file of the theme has no layer", "write the rules in @layer { … }")
        sheet = self._sheet(name, outermost)
        return f"@media {when} {{{sheet}}}" if when else sheet

    def _named(self, written: str, asset: Asset, outermost: str, place: Callable[[], Location]) -> str:
        key = (written, asset.name, outermost)
        if key not in self.addresses:
            self.addresses[key] = self._address(written, asset, outermost, place)
        return self.addresses[key]

    def _address(self, written: str, asset: Asset, outermost: str, place: Callable[[], Location]) -> str:
        target = _written(written)
        file, sign, rest = re.fullmatch(r"([^?#]*)([?#]?)(.*)", target, re.DOTALL).groups()  # type: ignore[union-attr]
        if _ELSEWHERE.match(target) or not file:
            return written
        path = self.path(self._resolved(file, asset, place))
        return f'url("{posixpath.relpath(path, posixpath.join("assets", outermost))}{sign}{rest}")'

    def _resolved(self, written: str, asset: Asset, place: Callable[[], Location], ending: str = "") -> str:
        """Return the name of the file that a style sheet references."""
        folder = posixpath.dirname(asset.name)
        for file in (written, unquote(written)):
            name = posixpath.normpath(posixpath.join(folder, file))
            if name in self.assets:
                return name
        known = [name for name in self.assets if name.endswith(ending) and name != asset.name]
        raise _wrong(place(), f"the theme has no file static/{name}", did_you_mean(name, known))


def _place(asset: Asset, starts: list[int], at: int) -> Location:
    """Return the position of an offset, for an error. ``starts`` are the offsets of the lines."""
    line = bisect_right(starts, at)
    return Location(asset.path, line, at - starts[line - 1] + 1)


def _wrong(place: Location, message: str, hint: str = "") -> BlogError:
    return BlogError([Problem(place, "style-sheet", message, hint)])


def _written(found: str) -> str:
    """Return the address in a string, or in ``url(…)``."""
    inner = found[len("url(") : -1].strip() if found[:1] not in {'"', "'"} else found
    return inner[1:-1] if inner[:1] in {'"', "'"} else inner


def _compact(css: str) -> str:
    """Return a style sheet without needless white space: browsers load it before they show the page."""
    return _SPACE.sub(lambda found: found[1] or found[2] or " ", css).strip()
