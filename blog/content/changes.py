"""``changes`` in front matter → the history of a text; what is wrong there is a problem at its place."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from blog.config.schema import Fields
from blog.config.toml import ConfigNode
from blog.problems import Location
from blog.text import collapse_whitespace


class Change(Struct, frozen=True):
    """What an author changed in a text after it was published."""

    day: dt.date
    text: str
    location: Location
    """Of its date."""


def parse_changes(fields: Fields) -> tuple[Change, ...]:
    """The changes, the oldest first, in whichever order they are written."""
    node = fields.take("changes")
    if node is None:
        return ()
    if not isinstance(node.value, tuple):
        fields.fail(node.location, "wrong-type", '"changes" must be a list', _form(node))
        return ()
    found = [change for item in node.value if (change := _change(fields, item))]
    if found and found[0].day > found[-1].day:
        found.reverse()  # so that those of one day stay in their order
    return tuple(sorted(found, key=lambda change: change.day))


def _form(node: ConfigNode) -> str:
    return 'write { date = 2026-01-31, text = "…" }' if node.style == "typed" else "write - 2026-01-31: what changed"


def _change(fields: Fields, item: ConfigNode) -> Change | None:
    """One entry: ``2026-01-31: what changed``, or ``{date: 2026-01-31, text: what changed}``."""
    if not isinstance(item.value, dict) or not item.value:
        fields.fail(item.location, "wrong-type", "a change needs a date and a text", _form(item))
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
        fields.fail(second.location, "same-key", "a change has one date and one text", _form(item))
        return None
    return _read(fields, item, date, text)


def _read(fields: Fields, item: ConfigNode, date: ConfigNode | None, text: ConfigNode | None) -> Change | None:
    if date is None:
        fields.fail(item.location, "missing-key", "a change needs a date", _form(item))
        return None
    if text is None or (isinstance(text.value, str) and not text.value.strip()):
        fields.fail(text.location if text else date.location, "empty", "a change needs a text", _form(item))
        return None
    words = collapse_whitespace(fields.one_text(text, "text"))
    when = fields.one_date(date, "date")
    if when is not None and when.clock is not None:
        fields.fail(date.location, "wrong-date", "a change has a day and no time", "write it as 2026-01-31")
    return Change(when.day, words, date.location) if when and words else None
