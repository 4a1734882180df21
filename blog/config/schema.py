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
from blog.config.value_hints import (
    explain_date,
    explain_foreign_key,
    join_pair,
    suggest_line,
    suggest_text,
    suggest_url,
)
from blog.problems import Location, Problem, did_you_mean
from blog.text import CONTROL_CHARACTERS, is_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from blog.config.dates import Timestamp

_INTEGER = re.compile(r"[+-]?[0-9]{1,9}")
_NOTHING: Mapping[str, str] = {}
_BOOLEANS = {"true": True, "True": True, "false": False, "False": False}
_CONSTANTS: dict[str, bool | None] = {**_BOOLEANS, "": None, "~": None, "null": None}
_PLAIN_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_LISTS = {
    "labels": ("a list of words", "Journal"),
    "tags": ("a list of words", "statistics"),
    "categories": ("a list of words", "statistics"),
    "category": ("a list of words", "statistics"),
    "aliases": ("a list of paths", "/old-address/"),
    "revisits": ("a list of files", "earlier-post.md"),
    "parts": ("a list of titles", "Week 1"),
    "allow": ("a list of keys", "layout"),
    "paths": ("a list of paths", "/index.xml"),
    "extensions": ("a list of words", "highlight"),
    "fonts": ("a list of files", "a-file.woff2"),
}
"""Key of a list → what it contains, and an example of an entry."""
_FOLDED_LISTS = frozenset({"tags", "categories", "category", "labels", "aliases", "revisits"})
"""Keys of lists whose entries have no line ends."""
_MANY_KEYS = 6
"""A table with more keys is not listed in a hint."""
SUGGESTED_BOOLEANS = {
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

    def _find_spelling(self, keys: tuple[str, ...]) -> str:
        """Return the first of ``keys`` that is present, for messages; else the first."""
        return next((key for key in keys if key in self.node.value), keys[0])

    def _list_present(self, keys: tuple[str, ...]) -> list[str]:
        """Mark ``keys`` as known; return those that are present."""
        self.known_keys.update(dict.fromkeys(keys))
        return [key for key in keys if key in self.node.value]

    def text(self, *keys: str) -> str:
        """Return a text as typed, or ``""``."""
        key = self._find_spelling(keys)
        node = self.take(*keys)
        return self.one_text(node, key) if node else ""

    def markdown(self, key: str) -> str:
        """Return a Markdown text; the conversion removes its comments."""
        node = self.take(key)
        return self.one_text(node, key, comments=True) if node else ""

    def one_text(self, node: ConfigNode, key: str, *, comments: bool = False) -> str:
        """Return the text of the value of ``key``, or ``""``.

        A comment in it is a problem unless ``comments``: it would be published.
        """
        if not isinstance(node.value, str):
            self.fail(node.location, "wrong-type", f'"{key}" must be text', suggest_text(node, key))
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

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        """Return the text of ``key``, which must be one of ``choices``, or ``""``."""
        text = self.text(key)
        if not text or text in choices:
            return text
        names = [f'"{choice}"' for choice in choices]
        listed = " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
        message = f'"{key}" must be {listed}, not "{text}"'
        self.fail(self.locate(key), "wrong-choice", message, did_you_mean(text, choices))
        return ""

    def texts(self, *keys: str) -> tuple[str, ...]:
        """Return a list of texts; a single text counts as a list of one."""
        return tuple(text for text, _ in self.located_texts(*keys))

    def located_texts(self, *keys: str) -> list[tuple[str, Location]]:
        """Return a list of texts, each with its position."""
        key = self._find_spelling(keys)
        node = self.take(*keys)
        if node is None:
            return []
        if isinstance(node.value, dict):
            self._fail_list(node, key)
            return []
        texts = []
        for item in node.items:
            if item is not node and not isinstance(item.value, str):
                self._fail_entry(item, key)
                continue
            text = self.one_text(item, key).strip()
            if text:
                texts.append((text, item.location))
                self._check_folding(item, key, is_alone=item is node)
            elif isinstance(item.value, str) and not item.value.strip():
                self.fail(item.location, "empty", f'"{key}" has an empty entry', "fill it, or delete it")
        return texts

    def _fail_list(self, node: ConfigNode, key: str) -> None:
        """Report a table in the place of a list."""
        kind, example = _LISTS.get(key, ("a list of texts", "a text"))
        hint = f'write {key} = ["{example}"]' if node.style == "typed" else f"write {key}: [{example}]"
        self.fail(node.location, "wrong-type", f'"{key}" must be {kind}', hint)

    def _fail_entry(self, item: ConfigNode, key: str) -> None:
        """Report an entry of a list that is not text."""
        text = join_pair(item)
        if text:
            name = "a planned title with a colon" if key == "parts" else 'an entry with ": "'
            self.fail(item.location, "wrong-type", f"{name} needs quotes", f'write - "{text}"')
            return
        hint = "take the inner brackets out" if isinstance(item.value, tuple) else "write a text"
        if item.written:
            hint = f'write "{item.written}"'
        self.fail(item.location, "wrong-type", f'an entry of "{key}" must be text', hint)

    def _check_folding(self, item: ConfigNode, key: str, *, is_alone: bool) -> None:
        """Warn of entries that are one text for YAML, because of their indentation or a missing space.

        ``is_alone`` is a value without a list around it.
        """
        if item.style != "plain":
            return
        if item.is_folded and " - " in item.value:
            hint = f"begin each dash below the first: - {item.value.partition(' - ')[0]}"
            self.warn(item.location, "one-text", f'several entries of "{key}" are one text', hint)
        elif item.value.startswith("-") and is_alone:
            hint = f"write - {item.value[1:].partition(' -')[0]}"
            self.warn(item.location, "one-text", f'an entry of "{key}" begins with a dash', hint)
        elif item.is_folded and key in _FOLDED_LISTS:
            hint = f"begin each entry with a dash: - {item.value.partition(' ')[0]}"
            self.warn(item.location, "one-text", f'several lines of "{key}" are one text', hint)

    def flag(self, *keys: str, default: bool = False) -> bool:
        """Return the truth value of an unquoted ``true`` or ``false`` (also ``True``, ``False``)."""
        key = self._find_spelling(keys)
        present = self._list_present(keys)
        if not present:
            return default
        node: ConfigNode = self.node.value[present[0]].node
        if isinstance(node.value, bool):
            return node.value
        if node.style == "plain" and node.value in _BOOLEANS:
            return _BOOLEANS[node.value]
        word = str(node.value).strip("“”\"' ").lower()
        other = "false" if default else "true"
        hint = suggest_line(node, key, SUGGESTED_BOOLEANS.get(word, f"{other}, or take the line out"))
        self.fail(node.location, "wrong-type", f'"{key}" must be true or false', hint)
        return default

    def integer(self, *keys: str, default: int | None = None) -> int | None:
        """Return a whole number of at most nine digits."""
        key = self._find_spelling(keys)
        node = self.take(*keys)
        if node is None:
            return default
        if type(node.value) is int and abs(node.value) < 10**9:
            return node.value
        if node.style == "plain" and _INTEGER.fullmatch(str(node.value)):
            return int(node.value)
        digits = str(node.value).strip("“”\"' ")
        number = digits if re.fullmatch("[0-9]{1,9}", digits) else str(3 if default is None else default)
        hint = suggest_line(node, key, number)
        self.fail(node.location, "wrong-type", f'"{key}" must be a whole number', hint)
        return default

    def date(self, *keys: str) -> Timestamp | None:
        """Return a date, or a date with a time."""
        key = self._find_spelling(keys)
        node = self.take(*keys)
        return self.one_date(node, key) if node else None

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
            message, hint = explain_date(node, key, value, error)
            self.fail(node.location, "wrong-date", message, hint)
            return None

    def url(self, *keys: str) -> str:
        """Return an absolute ``http`` or ``https`` URL, or ``""``."""
        key = self._find_spelling(keys)
        text = self.text(*keys)
        if not text or is_url(text):
            return text
        address = suggest_url(text)
        hint = "" if re.search("[:@]", text) else "write the whole address, with https://"
        if address:
            hint = suggest_line(self.node.value[key].node, key, address)
        message = f'"{key}" must be an http or https address, not "{text}"'
        self.fail(self.locate(*keys), "wrong-url", message, hint)
        return ""

    def table(self, *keys: str) -> Fields:
        """Return the mapping of ``keys``; an empty one if it is missing or not a mapping."""
        key = self._find_spelling(keys)
        node = self.take(*keys)
        if node is not None and not isinstance(node.value, dict):
            self.fail(node.location, "wrong-type", f'"{key}" must be a table of keys and values')
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
            hint = explain_foreign_key(counterpart) if counterpart else self._suggest_key(key)
            self.fail(member.location, "unknown-key", f'unknown key "{key}"', hint)

    def _suggest_key(self, key: str) -> str:
        """Return the hint for the unknown ``key``: the nearest known one, or all if they are few."""
        hint = did_you_mean(key, self.known_keys)
        if hint:
            return hint
        longer = [name for name in self.known_keys if len(key) > 2 and name.startswith(key.lower())]
        if len(longer) == 1:
            return f'did you mean "{longer[0]}"?'
        names = list(self.known_keys)
        if not 1 < len(names) <= _MANY_KEYS:
            return ""
        return f"the keys here are {', '.join(names[:-1])} and {names[-1]}"

    def is_blank(self, key: str) -> bool:
        """Return whether ``key`` is empty, or missing while no unknown key can be meant by it.

        It is for tables of few keys, whose unknown keys are reported, after all getters.
        """
        member = self.node.value.get(key)
        if member is None:
            return set(self.node.value) <= set(self.known_keys)
        return member.node.is_empty or not str(member.node.value).strip()


def _type_plain_scalar(text: str) -> Any:
    """Return the truth value, whole number or null that YAML's plain ``text`` stands for, else ``text``."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    return int(text) if _PLAIN_INTEGER.fullmatch(text) else text
