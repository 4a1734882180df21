"""The static files of a theme → output paths with digests in their names, and the bytes to publish there.

Style sheets are compacted, with their imports inlined. Nothing here writes a file. The tokens are found by regular
expressions: for the 22 KB of ``margin.css`` all of it takes 4 ms, and tinycss2 takes 10 ms to import and 12 for tokens.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from blog.cache.digests import digest
from blog.config.utf8 import decode_utf8
from blog.problems import BlogError, Location, Problem, did_you_mean
from blog.text import relative_path

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_CHARACTERS = 10_000_000
"""Limit for all style sheets of a theme; one that is imported counts each time."""
_MAX_DEPTH = 50
"""Depth to which style sheets may import each other."""
_TOO_LARGE = f"the style sheets of the theme, with all that they import, have more than {_MAX_CHARACTERS:,} letters"
_STRING = r""""(?:\\[\s\S]|[^"\\\n])*+"|'(?:\\[\s\S]|[^'\\\n])*+'"""
_OPEN_STRING = r""""(?:\\[\s\S]|[^"\\\n])*+|'(?:\\[\s\S]|[^'\\\n])*+"""
"""A string that is not closed ends with its line, as in browsers. It is one token: no quote in it begins another."""
_ADDRESS = rf"url\(\s*+(?:{_STRING}|[^\"'()\s]*+)\s*+\)"  # possessive: a sheet of spaces is scanned once
_PARTS = re.compile(
    rf"(?P<comment>/\*.*?(?:\*/|$))|(?P<rule>@import\s++(?P<target>{_ADDRESS}|{_STRING})(?P<condition>[^;]*+);?)"
    rf"|(?P<url>{_ADDRESS})|(?P<string>{_STRING}|{_OPEN_STRING})",
    re.DOTALL | re.IGNORECASE,
)
"""References of a style sheet to other files, and comments and strings, which only look like them."""
_SPACE = re.compile(rf"({_ADDRESS}|{_STRING}|{_OPEN_STRING})|\s*+([{{}};,])\s*+|\s++", re.IGNORECASE)
"""Strings and addresses, which are not changed; white space without effect; other white space."""
_BRACKET = re.compile(
    rf"\\[\s\S]|(?P<comment>/\*(?:[^*]++|\*(?!/))*+(?P<comment_end>\*/)?+)|{_ADDRESS}|{_STRING}"
    rf"|(?P<open_string>{_OPEN_STRING})"
    r"|(?P<opening>[{(\[])|(?P<closing>[})\]])",
    re.IGNORECASE,
)
"""A bracket, and what may contain characters that look like one."""
_CLOSING = {"{": "}", "(": ")", "[": "]"}
_QUOTES = frozenset({'"', "'"})
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|/|#|$", re.IGNORECASE)


class Asset(NamedTuple):
    """A file of a theme."""

    name: str
    """Path below the folder of assets."""
    data: bytes
    path: str
    """Path for messages."""
    published: bool = True
    """False for a file of a theme that this one extends: style sheets may import it."""


class _Sheet(NamedTuple):
    """A style sheet whose references are being replaced."""

    asset: Asset
    text: str
    outermost: str
    """The folder of the style sheet to publish, to which addresses are relative."""

    @property
    def static_folder(self) -> str:
        """The folder of the theme's static files, for messages."""
        return self.asset.path.removesuffix(self.asset.name)

    def error(self, offset: int, message: str, hint: str = "") -> BlogError:
        line = self.text.count("\n", 0, offset) + 1
        column = offset - self.text.rfind("\n", 0, offset)
        return _sheet_error(Location(self.asset.path, line, column), message, hint)


def fingerprint_assets(assets: Mapping[str, Asset]) -> tuple[dict[str, str], dict[str, bytes]]:
    """Return the output path of each published file by its name, and its bytes by that path.

    A style sheet contains those of the theme that it imports: a browser requests one file. Raises :class:`BlogError`
    for style sheets that are not text, that reference missing files, or that import each other in a circle.
    """
    pipeline = _AssetPipeline(assets)
    published_names = [name for name, asset in assets.items() if asset.published]
    for name in sorted(published_names):
        pipeline.publish(name)
    return pipeline.paths, pipeline.files


class _AssetPipeline:
    """Prepares files for publication, each after those that it references."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        self.assets = assets
        self.paths: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        self.open_sheets: list[str] = []
        """Names of the style sheets that are being resolved, the outermost first."""
        self.sheets: dict[tuple[str, str], str] = {}
        """Style sheets with what they import, by name and outermost folder."""
        self.addresses: dict[tuple[str, str, str], str] = {}
        """Published addresses by address as written, name of the style sheet, and outermost folder."""
        self.character_count = 0
        """Characters of the style sheets that have been read, and of what was inserted into them."""

    def publish(self, name: str) -> str:
        """Return the output path of a file, after its contents have been prepared."""
        if name in self.paths:
            return self.paths[name]
        data = self.assets[name].data
        if name.endswith(".css"):
            data = _compact(self._resolve_sheet(name, posixpath.dirname(name))).encode()
        stem, suffix = posixpath.splitext(name)
        path = f"assets/{stem}.{digest(data).hex()[:12]}{suffix}"
        self.paths[name] = path
        self.files[path] = data
        return path

    def _resolve_sheet(self, name: str, outermost: str) -> str:
        """Return a style sheet without comments, with its imports, and with addresses relative to ``outermost``."""
        if (name, outermost) not in self.sheets:
            self.sheets[name, outermost] = self._replace_references(name, outermost)
        return self.sheets[name, outermost]

    def _replace_references(self, name: str, outermost: str) -> str:
        asset = self.assets[name]
        self.character_count += len(asset.data)
        if self.character_count > _MAX_CHARACTERS:
            raise _sheet_error(Location(asset.path), _TOO_LARGE)
        sheet = _Sheet(asset, decode_utf8(asset.data, asset.path), outermost)
        if name in self.open_sheets:
            raise sheet.error(0, f"the style sheet imports itself, by way of {self.open_sheets[-1]}")
        if len(self.open_sheets) == _MAX_DEPTH:
            raise sheet.error(0, f"more than {_MAX_DEPTH} style sheets name each other in a row")
        self.open_sheets.append(name)
        text = _PARTS.sub(lambda match: self._replace_part(match, sheet), sheet.text)
        self.open_sheets.pop()
        _check_brackets(sheet)
        return text

    def _replace_part(self, match: re.Match[str], sheet: _Sheet) -> str:
        """Return the text to publish for a comment, a string, an import or an address."""
        if match["comment"] is not None:
            return " "
        if match["string"] is not None:
            return match[0]
        if match["rule"] is not None:
            replacement = self._inline_import(match, sheet)
        else:
            replacement = self._replace_address(match["url"], sheet, match.start())
        self.character_count += max(0, len(replacement) - len(match[0]))
        if self.character_count > _MAX_CHARACTERS:
            raise sheet.error(match.start(), _TOO_LARGE)
        return replacement

    def _inline_import(self, match: re.Match[str], sheet: _Sheet) -> str:
        """Return the style sheet that an ``@import`` names; one of another site stays as it is."""
        target = _unquote_address(match["target"])
        if _ELSEWHERE.match(target):
            return match[0]
        name = self._find_asset(target, sheet, match.start(), ".css")
        condition = match["condition"].strip()
        if "{" in condition:
            raise sheet.error(match.start(), "the @import is not closed", f"write @import {match['target']};")
        if re.match(r"layer\b|supports\b", condition, re.IGNORECASE):
            message, hint = "an @import of a file of the theme has no layer", "write the rules in @layer { … }"
            raise sheet.error(match.start(), message, hint)
        text = self._resolve_sheet(name, sheet.outermost)
        if not condition:
            return text
        return f"@media {condition} {{{text}}}"

    def _replace_address(self, address: str, sheet: _Sheet, offset: int) -> str:
        """Return what to publish for the ``address`` at ``offset``."""
        key = (address, sheet.asset.name, sheet.outermost)
        if key not in self.addresses:
            self.addresses[key] = self._publish_address(address, sheet, offset)
        return self.addresses[key]

    def _publish_address(self, address: str, sheet: _Sheet, offset: int) -> str:
        target = _unquote_address(address)
        file = re.split("[?#]", target, maxsplit=1)[0]
        if not file or _ELSEWHERE.match(target):
            return address
        path = self.publish(self._find_asset(file, sheet, offset))
        relative = relative_path(path, posixpath.join("assets", sheet.outermost))
        return f'url("{relative}{target.removeprefix(file)}")'

    def _find_asset(self, target: str, sheet: _Sheet, offset: int, suffix: str = "") -> str:
        """Return the name of the file that a style sheet references at ``offset``."""
        folder = posixpath.dirname(sheet.asset.name)
        for path in (target, unquote(target)):
            name = posixpath.normpath(posixpath.join(folder, path))
            if name in self.assets:
                return name
        others = [other for other in self.assets if other.endswith(suffix) and other != sheet.asset.name]
        hint = did_you_mean(name, others) or f"put it into {sheet.static_folder}"
        raise sheet.error(offset, f"the theme has no file static/{name}", hint)


def _check_brackets(sheet: _Sheet) -> None:
    """Raise :class:`BlogError` for what is not closed: browsers skip the rules behind it."""
    open_brackets: list[re.Match[str]] = []
    for part in _BRACKET.finditer(sheet.text):
        if part["comment"] and not part["comment_end"]:
            raise sheet.error(part.start(), "the comment is not closed", "write */")
        if quote := (part["open_string"] or "")[:1]:
            raise sheet.error(
                part.start(), "the quote is not closed in its line", f"write {quote} at the end of the text"
            )
        if part["opening"]:
            open_brackets.append(part)
        elif part["closing"]:
            if not open_brackets:
                raise sheet.error(part.start(), f'"{part[0]}" closes nothing', "delete it")
            if _CLOSING[open_brackets[-1][0]] != part[0]:
                break
            open_brackets.pop()
    if open_brackets:
        # A rule that is not closed contains the rules below it; in it, the innermost bracket is the wrong one.
        inner = [bracket for bracket in open_brackets if bracket[0] != "{"]
        bracket = inner[-1] if inner else open_brackets[0]
        raise sheet.error(bracket.start(), f'"{bracket[0]}" is not closed', f"write {_CLOSING[bracket[0]]}")


def _sheet_error(location: Location, message: str, hint: str = "") -> BlogError:
    return BlogError([Problem(location, "style-sheet", message, hint)])


def _unquote_address(address: str) -> str:
    """Return the address in a string, or in ``url(…)``."""
    if address[:1] not in _QUOTES:
        address = address[len("url(") : -1].strip()
    return address[1:-1] if address[:1] in _QUOTES else address


def _compact(css: str) -> str:
    """Return a style sheet without needless white space: browsers load it before they show the page."""
    return _SPACE.sub(lambda match: match[1] or match[2] or " ", css).strip()
