"""``changes`` in front matter → the history of a text, oldest first, and problems with positions.

Nothing here compares the changes with the text or its dates.
"""

from __future__ import annotations

import datetime as dt
import re

from msgspec import Struct

from blog.config.schema import Fields
from blog.config.toml import ConfigNode
from blog.problems import Location
from blog.text import collapse_whitespace

_DATE_AND_TEXT = re.compile(r"(?P<date>\d{4}-\d{1,2}-\d{1,2})\W{1,3}(?P<text>\w[^:]*)")
"""An entry without the colon."""


class Change(Struct, frozen=True):
    """A change of a text after it was published."""

    day: dt.date
    text: str
    location: Location
    """The position of its date."""


def parse_changes(fields: Fields, key: str) -> tuple[Change, ...]:
    """Return the changes, the oldest first, in whichever order they are written."""
    node = fields.take(key)
    if node is None:
        return ()
    if not isinstance(node.value, tuple):
        fields.fail(node.location, "wrong-type", f'"{key}" must be a list', _entry_hint(node))
        return ()
    changes = []
    for item in node.value:
        change = _parse_change(fields, item)
        if change is not None:
            changes.append(change)
    if changes and changes[0].day > changes[-1].day:
        changes.reverse()  # the stable sort then returns those of one day in their order, too
    return tuple(sorted(changes, key=lambda change: change.day))


def _entry_hint(node: ConfigNode) -> str:
    """Return the hint that shows the form of an entry in the language of ``node``."""
    if node.style == "typed":
        return 'write { date = 2026-01-31, text = "…" }'
    return "write - 2026-01-31: what changed"


def _parse_change(fields: Fields, item: ConfigNode) -> Change | None:
    """Parse one entry: ``2026-01-31: what changed``, or ``{date: 2026-01-31, text: what changed}``."""
    if not isinstance(item.value, dict) or not item.value:
        words = _DATE_AND_TEXT.fullmatch(item.value) if isinstance(item.value, str) else None
        hint = f"write - {words['date']}: {words['text']}" if words else _entry_hint(item)
        fields.fail(item.location, "wrong-type", "a change needs a date and a text", hint)
        return None
    table = Fields(item, fields.problems)
    if item.value.keys() & {"date", "text"}:
        date, text = table.take("date"), table.take("text")
        table.finish()
    elif len(item.value) == 1:
        ((key, member),) = item.value.items()
        date, text = ConfigNode(key, member.location, "plain"), table.take(key)
    else:
        second = list(item.value.values())[1]
        fields.fail(second.location, "same-key", "a change has one date and one text", _entry_hint(item))
        return None
    return _check_change(table, item, date, text)


def _check_change(fields: Fields, item: ConfigNode, date: ConfigNode | None, text: ConfigNode | None) -> Change | None:
    """Return the change in ``item`` with the values ``date`` and ``text``; None, with a problem, if one is wrong.

    An unknown key is a problem already, and stands for what is missing.
    """
    has_unknown_keys = not set(item.value) <= set(fields.known_keys)
    if date is None:
        if not has_unknown_keys:
            fields.fail(item.location, "missing-key", "a change needs a date", _entry_hint(item))
        return None
    if text is None and has_unknown_keys:
        return None
    if text is None:
        fields.fail(date.location, "empty", "a change needs a text", _entry_hint(item))
        return None
    if not isinstance(text.value, str):
        fields.fail(text.location, "wrong-type", "what a change says must be text", _entry_hint(item))
        return None
    if not text.value.strip():
        fields.fail(text.location, "empty", "a change needs a text", _entry_hint(item))
        return None
    description = collapse_whitespace(fields.one_text(text, "text"))
    timestamp = fields.one_date(date, "date" if "date" in item.value else "")
    if timestamp is None:
        return None
    if timestamp.clock is not None:
        fields.fail(date.location, "wrong-date", "a change has a day and no time", "write it as 2026-01-31")
    if not description:
        return None
    return Change(timestamp.day, description, date.location)
