"""A wrong value of front matter or settings → what to write in its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.config.dates import NoSuchDateError
from blog.text import is_url

if TYPE_CHECKING:
    from blog.config.toml import ConfigNode

_BARE_HOST = re.compile(r"[\w.-]+\.[a-z]{2,}(/\S*)?")
_FEDIVERSE_NAME = re.compile(r"@?(?P<name>[\w.-]+)@(?P<host>[\w.-]+\.[a-z]{2,})")
_ZONE_NAME = re.compile(r"(?P<moment>\d{4}-\d{2}-\d{2} \d{2}:\d{2}(?::\d{2})?) ?[A-Z]{2,5}")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def explain_foreign_key(counterpart: str) -> str:
    """Return the hint for a key of another tool, whose ``counterpart`` here begins with a name in quotes."""
    if counterpart.startswith("not "):
        return f"here it is {counterpart}"
    name, *rest = re.split(r"(?=, (?:and|or) )", counterpart, maxsplit=1)
    return f"write {name} instead{''.join(rest)}"


def suggest_line(node: ConfigNode, key: str, value: str) -> str:
    """Return the hint to write ``value`` for ``key`` in the language of ``node``.

    A text in TOML gets quotes; numbers, days and truth values do not.
    """
    if node.style != "typed":
        return f"write {key}: {value}"
    name = key if _BARE_KEY.fullmatch(key) else f'"{key}"'
    is_text = not re.match(r"(?:true|false|\d+|\d{4}-.*)(?:,|$)", value)
    return f'write {name} = "{value}"' if is_text else f"write {name} = {value}"


def suggest_url(text: str) -> str:
    """Return the address that ``text`` was meant as; ``""`` if that is not certain."""
    text = text.strip("“”\"' ")
    if is_url(text):
        return text
    account = _FEDIVERSE_NAME.fullmatch(text)
    if account and text.startswith("@"):
        return f"https://{account['host']}/@{account['name']}"
    return f"https://{text}" if _BARE_HOST.fullmatch(text) else ""


def suggest_text(node: ConfigNode, key: str) -> str:
    """Return the hint for a value of ``key`` that is not text."""
    if node.written:
        return f'write {key} = "{node.written}"'
    if isinstance(node.value, tuple) and node.value and isinstance(node.value[0].value, str):
        return suggest_line(node.value[0], key, node.value[0].value)
    return ""


def join_pair(item: ConfigNode) -> str:
    """Return the text of an entry that YAML takes for a key and a value, because of its colon; else ``""``."""
    if item.style == "typed" or not isinstance(item.value, dict) or len(item.value) != 1:
        return ""
    ((name, member),) = item.value.items()
    if not isinstance(member.node.value, str) or name in {"title", "name"}:
        return ""
    return f"{name}: {member.node.value}".strip().replace('"', "'")


def explain_date(node: ConfigNode, key: str, value: str, error: ValueError) -> tuple[str, str]:
    """Return message and hint for a value of ``key`` that is not a date."""
    from blog.config.date_hints import list_readings  # noqa: PLC0415  (only an error needs it)

    message, hint = f'"{value}" is not a date', str(error)
    if isinstance(error, NoSuchDateError):
        message, hint = f'"{value}" is not a date: {error}', error.hint
    zone = _ZONE_NAME.fullmatch(value.strip())
    if zone:
        hint = f"write the zone as an offset, such as {zone['moment']} +01:00"
    dates = list_readings(value)
    if dates:
        lines = [suggest_line(node, key, date) if key else f"write {date}" for date in dates]
        hint = ", or ".join([lines[0], *(line.removeprefix("write ") for line in lines[1:])])
    if len(dates) > 1:
        message = f'"{value}" may be two days'
    return message, hint
