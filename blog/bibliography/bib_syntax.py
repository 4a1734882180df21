"""The structure of a ``.bib`` file: text → blocks, with their fields as written and their positions; problems.

Why no library reads the file. pybtex 0.26 reads from a brace that is not closed to the end of the file, so that one
slip loses all entries behind it, imports in 60 ms, and multiplies the text of ``@string{a = a # a}`` without a limit.
bibtexparser 2.1 finds the next entry, but gives no columns, no ``#`` and no ``crossref``, and imports in as long. This
module needs one pass, and each problem has a line and a column. The format: <https://www.bibtex.org/Format/>, and
``btparse``, whose leniency Biber has.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blog.bibliography.bib_report import BibReport

_MAX_DEPTH = 100
"""Braces inside each other."""
_BLOCK = re.compile(r"(?<![\w\\@.])@[ \t]*([A-Za-z][\w+-]*+)\s*+([{(])")
_NEXT_BLOCK = (
    r"^[ \t]*@[ \t]*(?:(?:string|comment|preamble)[ \t]*[{(]"
    r"|[A-Za-z][\w+-]*+[ \t]*[{(][ \t]*[^\s{}(),=\"#%]{1,200}[ \t]*,)"
)
"""Matches a line that begins a block, and is no part of the value that a brace before it opens."""
_RESUME = re.compile(r"^[ \t]*@[ \t]*[A-Za-z][\w+-]*+[ \t]*[{(]", re.MULTILINE)
_MARK = re.compile(rf"[{{}}\"()]|{_NEXT_BLOCK}", re.MULTILINE | re.IGNORECASE)
_SPACE = re.compile(r"(?:[ \n\t\f\v\u00a0]++|%[^\n]*+)*+")
"""Matches space and comments, which BibTeX does not have inside of entries, but Biber does."""
_SIMPLE_BRACED = re.compile(r"\{([^{}]*+)\}")
_KEY = re.compile(r"[^\s,{}()=]*+")
_FIELD_NAME = re.compile(r"[^\s{}()=,\"#%'@]++")
_WORD = re.compile(r"[^\s{}(),=\"#]++")
_SPACES = frozenset(" \n\t%\f\v\u00a0")
_CLOSING = {"{": "}", "(": ")"}


class BibPart(NamedTuple):
    """A part of a value; ``#`` joins several."""

    text: str
    offset: int
    is_name: bool = False
    """True for the name of a ``@string``, or a number."""


class Field(NamedTuple):
    """A field of an entry, or the value of a ``@string``."""

    name: str
    """In lower case."""
    parts: tuple[BibPart, ...]
    offset: int


class Block(NamedTuple):
    """An entry, or a ``@string``, whose only field it is."""

    kind: str
    """In lower case."""
    key: str
    fields: Mapping[str, Field]
    offset: int


class _BrokenError(Exception):
    """A block cannot be read."""

    def __init__(self, offset: int, message: str, hint: str, resume: int) -> None:
        super().__init__(message)
        self.offset, self.message, self.hint = offset, message, hint
        self.resume = resume
        """The offset from which on the next block is searched."""


def read_blocks(text: str, report: BibReport) -> list[Block]:
    """Return the entries and strings of ``text``, in order; a block that cannot be read is left out, with a warning.

    Text outside of blocks is a comment, as in BibTeX, and so are ``@comment`` and ``@preamble``.
    """
    reader = _Reader(text, report)
    blocks: list[Block] = []
    position = 0
    while opening := _BLOCK.search(text, position):
        try:
            block = reader.read_block(opening)
            position = reader.position
        except _BrokenError as error:
            report.warn(error.offset, "bib-entry", error.message, error.hint)
            following = _RESUME.search(text, error.resume)
            if following is None:
                break
            position = following.start()
        else:
            if block is not None:
                blocks.append(block)
    return blocks


class _Reader:
    """Reads one block after the other; ``position`` is that behind the last character read."""

    def __init__(self, text: str, report: BibReport) -> None:
        self._text = text
        self._report = report
        self.position = 0

    def read_block(self, opening: re.Match[str]) -> Block | None:
        """Return the block behind ``opening``; None for a comment, and for an entry without a key."""
        kind, bracket = opening[1].lower(), opening[2]
        self.position = opening.end()
        match kind:
            case "comment" | "preamble":
                self._skip_comment(opening.end() - 1)
                return None
            case "string":
                return self._read_string(opening.start(), _CLOSING[bracket])
            case _:
                return self._read_entry(kind, opening.start(), _CLOSING[bracket])

    def _skip_comment(self, start: int) -> None:
        """Skip a comment, which opens at ``start``; one that is not closed ends where the next block begins."""
        depth = 0
        opening = self._text[start]
        for mark in _MARK.finditer(self._text, start):
            if mark[0] == opening:
                depth += 1
            elif mark[0] == _CLOSING[opening]:
                depth -= 1
            if depth == 0 or mark[0] not in {*'{}()"'}:
                self.position = mark.end() if depth == 0 else mark.start()
                return
        self.position = len(self._text)

    def _read_string(self, start: int, closing: str) -> Block:
        field = self._read_field("@string", start)
        if not self._take(closing):
            raise self._broken(f'"@string {field.name}" is not closed', f"end it with {closing}", start)
        return Block("string", field.name, {field.name: field}, start)

    def _read_entry(self, kind: str, start: int, closing: str) -> Block | None:
        self._skip_space()
        key_match = _KEY.match(self._text, self.position)
        key = key_match[0] if key_match else ""
        self.position += len(key)
        if not self._next_is(",", closing):
            self._check_key(kind, key, start)
        elif not key:
            hint = f"write a name behind the bracket: @{kind}{{he2016, …"
            self._report.warn(
                start, "bib-entry", f"this @{kind} has no key, so that no text can cite it: it is left out", hint
            )
        fields = self._read_fields(f'"{key}"' if key else f"this @{kind}", start, closing)
        return Block(kind, key, fields, start) if key else None

    def _check_key(self, kind: str, key: str, start: int) -> None:
        """Report what stands behind a key in the place of a comma; raise :class:`_BrokenError` if it is no field."""
        offset = self.position
        self._skip_space()
        if self._text.startswith("=", self.position) or not key:
            message = f"this @{kind} has no key, so that no text can cite it: it is left out"
            raise _BrokenError(start, message, f"write a name behind the bracket: @{kind}{{he2016, …", self.position)
        if not self._is_field_next():
            message = f'the key "{key}" is not followed by a comma: the entry is left out'
            raise _BrokenError(offset, message, f"write @{kind}{{{key}, and a key without spaces", self.position)
        message = f'a comma is missing behind the key "{key}"'
        self._report.warn(offset, "bib-comma", message, f"write @{kind}{{{key},")

    def _read_fields(self, owner: str, start: int, closing: str) -> dict[str, Field]:
        """Return the fields of an entry up to its ``closing`` bracket, by name; of two with one name the first."""
        fields: dict[str, Field] = {}
        previous = ""
        while True:
            has_comma = self._skip_commas()
            if self._take(closing):
                return fields
            if previous and not has_comma:
                self._check_comma(owner, previous, start, closing)
            field = self._read_field(owner, start)
            previous = field.name
            if field.name not in fields:
                fields[field.name] = field
                continue
            message = f'the field "{field.name}" of {owner} is written twice: the first one counts'
            self._report.warn(field.offset, "bib-field", message, "delete one of them")

    def _check_comma(self, owner: str, previous: str, start: int, closing: str) -> None:
        """Report a comma that is missing behind a field; raise :class:`_BrokenError` if no other field follows."""
        if self.position >= len(self._text) or self._text[self.position] == "@":
            hint = f'write {closing} at the end of the entry, or of "{previous}"'
            raise self._broken(f"{owner} is not closed", hint, start)
        if not self._is_field_next():
            message = f'something else than a comma follows "{previous}" of {owner}'
            raise self._broken(message, f"write a comma behind the field, or {closing} at the end of the entry")
        message = f'a comma is missing behind "{previous}" of {owner}'
        self._report.warn(self.position, "bib-comma", message, "end the line above with a comma")

    def _read_field(self, owner: str, start: int) -> Field:
        self._skip_space()
        offset = self.position
        name = _FIELD_NAME.match(self._text, offset)
        if name is None:
            if offset >= len(self._text):
                raise self._broken(f"{owner} is not closed", "end it with }", start)
            raise self._broken(f"this is no field of {owner}", "write name = {value},")
        self.position = name.end()
        if not self._take("="):
            hint = f"write {name[0]} = {{…}},"
            raise _BrokenError(offset, f'"{name[0]}" of {owner} has no value: the entry is left out', hint, offset)
        return Field(name[0].lower(), self._read_value(name[0], owner), offset)

    def _read_value(self, name: str, owner: str) -> tuple[BibPart, ...]:
        parts = [self._read_part(name, owner)]
        while self._take("#"):
            parts.append(self._read_part(name, owner))
        return tuple(parts)

    def _read_part(self, name: str, owner: str) -> BibPart:
        self._skip_space()
        start = self.position
        character = self._text[start : start + 1]
        if character == "{":
            return self._read_braced(name, owner)
        if character == '"':
            return self._read_quoted(name, owner)
        word = _WORD.match(self._text, start)
        if word is None:
            raise self._broken(f'"{name}" of {owner} has no value', f"write {name} = {{…}},")
        self.position = word.end()
        return BibPart(word[0], start, is_name=True)

    def _read_braced(self, name: str, owner: str) -> BibPart:
        start = self.position
        simple = _SIMPLE_BRACED.match(self._text, start)
        if simple:
            self.position = simple.end()
            return BibPart(simple[1], start + 1)
        depth = 0
        end = len(self._text)
        for mark in _MARK.finditer(self._text, start):
            sign = mark[0]
            if sign == "{":
                depth += 1
            elif sign == "}":
                depth -= 1
            elif sign not in {'"', "(", ")"}:
                end = mark.start()
                break
            if depth == 0:
                self.position = mark.end()
                return BibPart(self._text[start + 1 : mark.start()], start + 1)
            if depth > _MAX_DEPTH:
                raise self._broken(f'"{name}" of {owner} has too many braces inside each other', "take some out", start)
        raise _BrokenError(start, f'"{name}" of {owner} is not closed: the entry is left out', "close it with }", end)

    def _read_quoted(self, name: str, owner: str) -> BibPart:
        start = self.position
        depth = 0
        end = len(self._text)
        for mark in _MARK.finditer(self._text, start + 1):
            sign = mark[0]
            if sign == "{":
                depth += 1
            elif sign == "}":
                depth -= 1
            elif sign == '"' and depth <= 0 and not self._is_accent(mark.start()):
                self.position = mark.end()
                return BibPart(self._text[start + 1 : mark.start()], start + 1)
            elif sign not in {'"', "(", ")"}:
                end = mark.start()
                break
        raise _BrokenError(start, f'"{name}" of {owner} is not closed: the entry is left out', 'close it with "', end)

    def _is_accent(self, offset: int) -> bool:
        r"""Return whether the quotation mark at ``offset`` is one of ``\"o``, which should stand in braces."""
        return self._text[offset - 1] == "\\" and self._text[offset + 1 : offset + 2].isalpha()

    def _skip_space(self) -> None:
        if self._text[self.position : self.position + 1] not in _SPACES:
            return  # most often: a search takes longer
        match = _SPACE.match(self._text, self.position)
        assert match is not None  # it matches the empty text
        self.position = match.end()

    def _skip_commas(self) -> bool:
        """Skip space and commas; return whether there is a comma."""
        has_comma = False
        while self._take(","):
            has_comma = True
        return has_comma

    def _take(self, sign: str) -> bool:
        """Skip space, and ``sign`` behind it; return whether it is there."""
        self._skip_space()
        if not self._text.startswith(sign, self.position):
            return False
        self.position += len(sign)
        return True

    def _next_is(self, *signs: str) -> bool:
        match = _SPACE.match(self._text, self.position)
        return match is not None and self._text.startswith(signs, match.end())

    def _is_field_next(self) -> bool:
        """Return whether a field with its sign ``=`` begins here."""
        name = _FIELD_NAME.match(self._text, self.position)
        if name is None:
            return False
        space = _SPACE.match(self._text, name.end())
        return space is not None and self._text.startswith("=", space.end())

    def _broken(self, message: str, hint: str, offset: int | None = None) -> _BrokenError:
        """Return the error that the block is left out, at ``offset`` or at the current position."""
        place = self.position if offset is None else offset
        return _BrokenError(min(place, max(len(self._text) - 1, 0)), f"{message}: it is left out", hint, self.position)
