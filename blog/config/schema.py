"""Nodes → typed values and problems: how front matter, ``blog.toml``, series files and ``theme.toml`` are read.

Each wrong value is reported at its own line and column, and the reading goes on.
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
_MEANT = dict.fromkeys(("true", "yes", "on", "y", "1"), "true") | dict.fromkeys(
    ("false", "no", "off", "n", "0"), "false"
)


class Fields:
    """One mapping, read key by key; what is wrong goes to ``problems``, the reading goes on.

    Every getter takes the key and its other spellings, marks them as known, and gives the default where the
    key is missing, empty or wrong. :meth:`finish` reports the keys nobody asked for.
    """

    def __init__(self, node: ConfigNode, problems: list[Problem]) -> None:
        self.node = node
        self.problems = problems
        self.known: dict[str, None] = {}

    def locate(self, *keys: str) -> Location:
        """Where the value of the first present key stands, else the mapping itself."""
        return next((self.node.value[key].node.location for key in keys if key in self.node.value), self.node.location)

    def fail(self, place: Location, code: str, message: str, hint: str = "") -> None:
        """Note an error."""
        self.problems.append(Problem(place, code, message, hint))

    def warn(self, place: Location, code: str, message: str, hint: str = "") -> None:
        """Note a warning."""
        self.problems.append(Problem(place, code, message, hint, "warning"))

    def take(self, *keys: str) -> ConfigNode | None:
        """The node of ``keys``, or None if there is none or it is empty."""
        self.known.update(dict.fromkeys(keys))
        present = [key for key in keys if key in self.node.value]
        if len(present) > 1:
            self.fail(
                self.node.value[present[1]].location, "same-key",
                f'"{present[0]}" and "{present[1]}" mean the same', "keep one of them",
            )  # fmt: skip
        if not present:
            return None
        node: ConfigNode = self.node.value[present[0]].node
        return None if node.is_empty else node

    def text(self, *keys: str) -> str:
        """Text as typed, or ``""``."""
        node = self.take(*keys)
        return self.one_text(node, keys[0]) if node else ""

    def markdown(self, key: str) -> str:
        """A Markdown text: its comments are left out later."""
        node = self.take(key)
        return self.one_text(node, key, comments=True) if node else ""

    def one_text(self, node: ConfigNode, key: str, *, comments: bool = False) -> str:
        """The text of a node that stands for ``key``, or ``""``; a comment in it would be published."""
        if not isinstance(node.value, str):
            hint = f'write {key} = "{node.written}"' if node.written else ""
            self.fail(node.location, "wrong-type", f'"{key}" must be text', hint)
            return ""
        if not self._check(node.value, f'"{key}"', node.location, comments=comments):
            return ""
        return node.value.strip() if node.style == "block" else node.value

    def _check(self, text: str, what: str, place: Location, *, comments: bool = False) -> bool:
        """Whether ``text`` can be published as typed."""
        if control := CONTROL_CHARACTERS.search(text):
            self.fail(place, "control-character", f"{what} has the control character {control[0]!r}")
        elif not comments and contains_comment(text):
            hint = "leave the comment out, or use a YAML comment: # …"
            self.fail(place, "comment-in-text", f"{what} is published as typed, with its comment", hint)
        elif not comments and (foreign := next(find_foreign_comments(text), None)):
            message = f'{what} is published as typed, with the comment "{foreign.text}"'
            self.fail(place, "comment-in-text", message, "leave the comment out")
        return control is None

    def texts(self, *keys: str) -> tuple[str, ...]:
        """A list of texts; one text stands for a list of one."""
        return tuple(text for text, _ in self.placed_texts(*keys))

    def placed_texts(self, *keys: str) -> list[tuple[str, Location]]:
        """A list of texts, each with its position."""
        node = self.take(*keys)
        if node is None:
            return []
        found = []
        for item in node.value if isinstance(node.value, tuple) else (node,):
            text = self.one_text(item, keys[0]).strip()
            if isinstance(item.value, str) and not item.value.strip():
                self.fail(item.location, "empty", f'"{keys[0]}" has an empty entry')
            elif text:
                found.append((text, item.location))
        return found

    def flag(self, *keys: str, default: bool = False) -> bool:
        """``true`` or ``false`` (also ``True``, ``False``), unquoted."""
        self.known.update(dict.fromkeys(keys))
        node: ConfigNode | None = next((self.node.value[key].node for key in keys if key in self.node.value), None)
        if node is None:
            return default
        if isinstance(node.value, bool):
            return node.value
        if node.style == "plain" and node.value in {"true", "True", "false", "False"}:
            return node.value in {"true", "True"}
        means = _MEANT.get(str(node.value).lower(), "true or false")
        sign = " =" if node.style == "typed" else ":"
        self.fail(node.location, "wrong-type", f'"{keys[0]}" must be true or false', f"write {keys[0]}{sign} {means}")
        return default

    def integer(self, *keys: str, default: int | None = None) -> int | None:
        """A whole number."""
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
        """A date, or a date with a time."""
        node = self.take(*keys)
        return self.one_date(node, keys[0]) if node else None

    def one_date(self, node: ConfigNode, key: str) -> Timestamp | None:
        """The date that a node which stands for ``key`` holds."""
        value = node.value.isoformat() if isinstance(node.value, dt.date | dt.datetime) else node.value
        if not isinstance(value, str):
            self.fail(node.location, "wrong-type", f'"{key}" must be a date', "write it as 2026-01-31")
            return None
        try:
            return parse_timestamp(value)
        except ValueError as error:
            text = str(error)
            reason = "" if text.startswith("write") else f": {text}"
            hint = text if not reason else "write it as 2026-01-31"
            self.fail(node.location, "wrong-date", f'"{value}" is not a date{reason}', hint)
            return None

    def url(self, *keys: str) -> str:
        """An absolute ``http`` or ``https`` address, or ``""``."""
        text = self.text(*keys)
        if text and not is_url(text):
            bare = re.fullmatch(r"[\w.-]+\.[a-z]{2,}(/\S*)?", text)
            hint = f"write https://{text}" if bare else ""
            message = f'"{keys[0]}" must be an http or https address, not "{text}"'
            self.fail(self.locate(*keys), "wrong-url", message, hint)
            return ""
        return text

    def table(self, *keys: str) -> Fields:
        """The mapping of ``keys``; an empty one if it is missing or not a mapping."""
        node = self.take(*keys)
        if node is not None and not isinstance(node.value, dict):
            self.fail(node.location, "wrong-type", f'"{keys[0]}" must be a table of keys and values')
            node = None
        return Fields(node or ConfigNode({}, self.node.location, "typed"), self.problems)

    def names(self) -> Iterable[str]:
        """The keys in the order they were written, all of them now known."""
        self.known.update(dict.fromkeys(self.node.value))
        for name, member in self.node.value.items():
            self._check(name, "a name", member.location)
        return tuple(self.node.value)

    def plain(self) -> dict[str, Any]:
        """The mapping as plain data: YAML's unquoted ``true``, ``false`` and whole numbers typed, the rest text."""
        data: dict[str, Any] = self._plain(self.node)
        return data

    def _plain(self, node: ConfigNode) -> Any:
        if isinstance(node.value, tuple):
            return [self._plain(item) for item in node.value]
        if isinstance(node.value, dict):
            return {name: self._plain(node.value[name].node) for name in Fields(node, self.problems).names()}
        if isinstance(node.value, str):
            self._check(node.value, "a value", node.location)
        if isinstance(node.value, int) and abs(node.value) >= 2**63:
            self.fail(node.location, "wrong-type", "the whole number is too large")
            return 0
        if node.style != "plain":
            return node.value if isinstance(node.value, str | int | float | bool) else str(node.value)
        if node.value in {"true", "True", "false", "False"}:
            return node.value in {"true", "True"}
        if re.fullmatch(r"-?(0|[1-9][0-9]{0,14})", node.value):
            return int(node.value)
        return None if node.value in {"", "~", "null"} else node.value

    def finish(self, foreign: Mapping[str, str] = _NOTHING, allowed: Iterable[str] = ()) -> None:
        """Report unknown keys: ``foreign`` has hints for keys of other generators, ``allowed`` are accepted."""
        permitted = set(allowed)
        for key, member in self.node.value.items():
            if key in self.known or key in permitted:
                continue
            other = foreign.get(key.lower())
            hint = f"here it is {other}" if other else did_you_mean(key, self.known)
            self.fail(member.location, "unknown-key", f'unknown key "{key}"', hint)


def decode_utf8(data: bytes, path: str) -> str:
    """UTF-8 ``data`` of the file at ``path`` as text: line ends as LF, no byte order mark.

    Raises :class:`BlogError` with the position of what is not UTF-8, or of the first control character.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = normalize_newlines(data.decode())
    except UnicodeDecodeError as error:
        place = _end(normalize_newlines(data[: error.start].decode()), path)
        message = f"not UTF-8: byte 0x{data[error.start]:02x}"
        raise BlogError([Problem(place, "encoding", message, "save it as UTF-8")]) from None
    if control := CONTROL_CHARACTERS.search(text):
        message = f"the text has the control character {control[0]!r}"
        raise BlogError([Problem(_end(text[: control.start()], path), "control-character", message, "delete it")])
    return text


def _end(text: str, path: str) -> Location:
    return Location(path, text.count("\n") + 1, len(text) - text.rfind("\n"))
