"""Nodes → typed values and problems, for front matter, ``blog.toml``, series files and ``theme.toml``.

A wrong value is a problem at its own line and column and does not stop the parse: the default replaces it. The callers
decide which keys a file may have.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from blog.config.dates import parse_timestamp
from blog.config.hiding_marks import contains_comment, find_foreign_comments
from blog.config.toml import ConfigNode
from blog.problems import BlogError, Location, Problem, did_you_mean
from blog.text import CONTROL_CHARACTERS, is_url, normalize_newlines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from blog.config.dates import Timestamp

_INTEGER = re.compile(r"[+-]?[0-9]{1,9}")
_NOTHING: Mapping[str, str] = {}
_BOOLEANS = {"true": True, "True": True, "false": False, "False": False}
_CONSTANTS: dict[str, bool | None] = {**_BOOLEANS, "": None, "~": None, "null": None}
_PLAIN_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_BARE_HOST = re.compile(r"[\w.-]+\.[a-z]{2,}(/\S*)?")
_SUGGESTED_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "on", "y", "1"), "true"),
    **dict.fromkeys(("false", "no", "off", "n", "0"), "false"),
}
"""What a value that is no truth value may mean, in lower case → what to write."""


class Fields:
    """A mapping whose keys are parsed one by one; errors are appended to ``problems``.

    Every getter takes the key and its other spellings, marks them as known, and returns the default if the key is
    missing, empty or wrong. :meth:`finish` reports the other keys.
    """

    def __init__(self, node: ConfigNode, problems: list[Problem]) -> None:
        self.node = node
        self.problems = problems
        self.known_keys: dict[str, None] = {}

    def locate(self, *keys: str) -> Location:
        """Return the position of the value of the first present key, else that of the mapping."""
        for key in keys:
            if key in self.node.value:
                location: Location = self.node.value[key].node.location
                return location
        return self.node.location

    def fail(self, location: Location, code: str, message: str, hint: str = "") -> None:
        """Add an error."""
        self.problems.append(Problem(location, code, message, hint))

    def warn(self, location: Location, code: str, message: str, hint: str = "") -> None:
        """Add a warning."""
        self.problems.append(Problem(location, code, message, hint, "warning"))

    def take(self, *keys: str) -> ConfigNode | None:
        """Return the node of ``keys``; None if there is none or it is empty."""
        present = self._list_present(keys)
        if not present:
            return None
        if len(present) > 1:
            location = self.node.value[present[1]].location
            message = f'"{present[0]}" and "{present[1]}" mean the same'
            self.fail(location, "same-key", message, "keep one of them")
        node: ConfigNode = self.node.value[present[0]].node
        return None if node.is_empty else node

    def _list_present(self, keys: tuple[str, ...]) -> list[str]:
        """Mark ``keys`` as known; return those that are present."""
        self.known_keys.update(dict.fromkeys(keys))
        return [key for key in keys if key in self.node.value]

    def text(self, *keys: str) -> str:
        """Return a text as typed, or ``""``."""
        node = self.take(*keys)
        return self.one_text(node, keys[0]) if node else ""

    def markdown(self, key: str) -> str:
        """Return a Markdown text; the conversion removes its comments."""
        node = self.take(key)
        return self.one_text(node, key, comments=True) if node else ""

    def one_text(self, node: ConfigNode, key: str, *, comments: bool = False) -> str:
        """Return the text of the value of ``key``, or ``""``.

        A comment in it is a problem unless ``comments``: it would be published.
        """
        if not isinstance(node.value, str):
            hint = f'write {key} = "{node.written}"' if node.written else ""
            self.fail(node.location, "wrong-type", f'"{key}" must be text', hint)
            return ""
        if not self._check_publishable(node.value, f'"{key}"', node.location, comments=comments):
            return ""
        return node.value.strip() if node.style == "block" else node.value

    def _check_publishable(self, text: str, name: str, location: Location, *, comments: bool = False) -> bool:
        """Report a control character or a comment in ``text``; return False for a control character."""
        if control := CONTROL_CHARACTERS.search(text):
            self.fail(location, "control-character", f"{name} has the control character {control[0]!r}")
            return False
        if comments:
            return True
        if contains_comment(text):
            hint = "leave the comment out, or use a YAML comment: # …"
            self.fail(location, "comment-in-text", f"{name} is published as typed, with its comment", hint)
        elif foreign := next(find_foreign_comments(text), None):
            message = f'{name} is published as typed, with the comment "{foreign.text}"'
            self.fail(location, "comment-in-text", message, "leave the comment out")
        return True

    def texts(self, *keys: str) -> tuple[str, ...]:
        """Return a list of texts; a single text counts as a list of one."""
        return tuple(text for text, _ in self.located_texts(*keys))

    def located_texts(self, *keys: str) -> list[tuple[str, Location]]:
        """Return a list of texts, each with its position."""
        node = self.take(*keys)
        if node is None:
            return []
        texts = []
        for item in node.items:
            text = self.one_text(item, keys[0]).strip()
            if text:
                texts.append((text, item.location))
            elif isinstance(item.value, str) and not item.value.strip():
                self.fail(item.location, "empty", f'"{keys[0]}" has an empty entry')
        return texts

    def flag(self, *keys: str, default: bool = False) -> bool:
        """Return the truth value of an unquoted ``true`` or ``false`` (also ``True``, ``False``)."""
        present = self._list_present(keys)
        if not present:
            return default
        node: ConfigNode = self.node.value[present[0]].node
        if isinstance(node.value, bool):
            return node.value
        if node.style == "plain" and node.value in _BOOLEANS:
            return _BOOLEANS[node.value]
        suggestion = _SUGGESTED_BOOLEANS.get(str(node.value).lower(), "true or false")
        sign = " =" if node.style == "typed" else ":"
        hint = f"write {keys[0]}{sign} {suggestion}"
        self.fail(node.location, "wrong-type", f'"{keys[0]}" must be true or false', hint)
        return default

    def integer(self, *keys: str, default: int | None = None) -> int | None:
        """Return a whole number of at most nine digits."""
        node = self.take(*keys)
        if node is None:
            return default
        if type(node.value) is int and abs(node.value) < 10**9:
            return node.value
        if node.style == "plain" and _INTEGER.fullmatch(str(node.value)):
            return int(node.value)
        self.fail(node.location, "wrong-type", f'"{keys[0]}" must be a whole number')
        return default

    def date(self, *keys: str) -> Timestamp | None:
        """Return a date, or a date with a time."""
        node = self.take(*keys)
        return self.one_date(node, keys[0]) if node else None

    def one_date(self, node: ConfigNode, key: str) -> Timestamp | None:
        """Return the date in ``node``, the value of ``key``."""
        value = node.value
        if isinstance(value, dt.date | dt.datetime):
            value = value.isoformat()
        if not isinstance(value, str):
            self.fail(node.location, "wrong-type", f'"{key}" must be a date', "write it as 2026-01-31")
            return None
        try:
            return parse_timestamp(value)
        except ValueError as error:
            message, hint = f'"{value}" is not a date: {error}', "write it as 2026-01-31"
            if str(error).startswith("write"):
                message, hint = f'"{value}" is not a date', str(error)
            self.fail(node.location, "wrong-date", message, hint)
            return None

    def url(self, *keys: str) -> str:
        """Return an absolute ``http`` or ``https`` URL, or ``""``."""
        text = self.text(*keys)
        if not text or is_url(text):
            return text
        hint = f"write https://{text}" if _BARE_HOST.fullmatch(text) else ""
        message = f'"{keys[0]}" must be an http or https address, not "{text}"'
        self.fail(self.locate(*keys), "wrong-url", message, hint)
        return ""

    def table(self, *keys: str) -> Fields:
        """Return the mapping of ``keys``; an empty one if it is missing or not a mapping."""
        node = self.take(*keys)
        if node is not None and not isinstance(node.value, dict):
            self.fail(node.location, "wrong-type", f'"{keys[0]}" must be a table of keys and values')
            node = None
        return Fields(node or ConfigNode({}, self.node.location, "typed"), self.problems)

    def names(self) -> Iterable[str]:
        """Return the keys in the order of the file, and mark all of them as known."""
        self.known_keys.update(dict.fromkeys(self.node.value))
        for name, member in self.node.value.items():
            self._check_publishable(name, "a name", member.location)
        return tuple(self.node.value)

    def plain(self) -> dict[str, Any]:
        """Return plain data: YAML's unquoted ``true``, ``false`` and whole numbers are typed, the rest is text."""
        data: dict[str, Any] = self._plain(self.node)
        return data

    def _plain(self, node: ConfigNode) -> Any:
        if isinstance(node.value, tuple):
            return [self._plain(item) for item in node.value]
        if isinstance(node.value, dict):
            names = Fields(node, self.problems).names()
            return {name: self._plain(node.value[name].node) for name in names}
        return self._plain_scalar(node)

    def _plain_scalar(self, node: ConfigNode) -> Any:
        value = node.value
        if isinstance(value, str):
            self._check_publishable(value, "a value", node.location)
        if isinstance(value, int) and abs(value) >= 2**63:
            self.fail(node.location, "wrong-type", "the whole number is too large")
            return 0
        if node.style == "plain":
            return _type_plain_scalar(value)
        return value if isinstance(value, str | int | float | bool) else str(value)

    def finish(self, foreign: Mapping[str, str] = _NOTHING, allowed: Iterable[str] = ()) -> None:
        """Report unknown keys: ``foreign`` has hints for keys of other generators, ``allowed`` are accepted."""
        permitted = self.known_keys.keys() | set(allowed)
        for key, member in self.node.value.items():
            if key in permitted:
                continue
            counterpart = foreign.get(key.lower())
            hint = f"here it is {counterpart}" if counterpart else did_you_mean(key, self.known_keys)
            self.fail(member.location, "unknown-key", f'unknown key "{key}"', hint)


def _type_plain_scalar(text: str) -> Any:
    """Return the truth value, whole number or null that YAML's plain ``text`` stands for, else ``text``."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    return int(text) if _PLAIN_INTEGER.fullmatch(text) else text


def decode_utf8(data: bytes, path: str) -> str:
    """Return the text in UTF-8 ``data`` of the file at ``path``, with LF line ends and without byte order mark.

    Raises :class:`BlogError` with the position of the first byte that is not UTF-8, or of the first control character.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = normalize_newlines(data.decode())
    except UnicodeDecodeError as error:
        location = _locate_end(normalize_newlines(data[: error.start].decode()), path)
        message = f"not UTF-8: byte 0x{data[error.start]:02x}"
        raise BlogError([Problem(location, "encoding", message, "save it as UTF-8")]) from None
    if control := CONTROL_CHARACTERS.search(text):
        location = _locate_end(text[: control.start()], path)
        message = f"the text has the control character {control[0]!r}"
        raise BlogError([Problem(location, "control-character", message, "delete it")])
    return text


def _locate_end(text: str, path: str) -> Location:
    """Return the position behind ``text``, the beginning of the file at ``path``."""
    return Location(path, text.count("\n") + 1, len(text) - text.rfind("\n"))
