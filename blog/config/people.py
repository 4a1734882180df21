"""Authors in settings and front matter: a name, or a table with name, url and email."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from blog.config.licenses import parse_orcid
from blog.config.schema import Fields
from blog.config.value_hints import suggest_line
from blog.problems import Location
from blog.text import collapse_whitespace

if TYPE_CHECKING:
    from blog.config.toml import ConfigNode


class Person(Struct, frozen=True):
    """An author."""

    name: str
    url: str = ""
    email: str = ""
    orcid: str = ""
    """Such as ``0000-0002-1825-0097``."""

    @property
    def orcid_url(self) -> str:
        """The address of the ORCID iD; empty without one."""
        return f"https://orcid.org/{self.orcid}" if self.orcid else ""


class Portrait(Struct, frozen=True):
    """The image of an author, as written."""

    path: str
    location: Location


def parse_people(fields: Fields, key: str, portraits: list[Portrait] | None = None) -> tuple[Person, ...]:
    """Return the authors under ``key``: a name, a table {name, url, email}, or a list of these.

    In the settings, a table may have an ``image``, which is added to ``portraits``.
    """
    node = fields.take(key)
    if node is None:
        return ()
    people = []
    for item in node.items:
        person = _parse_person(fields, key, item, portraits)
        if person is None:
            message = f'"{key}" must be a name, or a table with name, url and email'
            hint = suggest_line(item, key, "Ada Lovelace") if item is node else 'write a name, such as "Ada Lovelace"'
            fields.fail(item.location, "wrong-type", message, hint)
            continue
        people.append(person)
    return tuple(people)


def _parse_person(fields: Fields, key: str, node: ConfigNode, portraits: list[Portrait] | None) -> Person | None:
    """Return the author in ``node``; None if that is neither a name nor a table."""
    match node.value:
        case dict():
            table = Fields(node, fields.problems)
            name = collapse_whitespace(table.text("name"))
            person = Person(name, table.url("url"), _parse_email(table), parse_orcid(table, "orcid"))
            if portraits is not None and (image := table.text("image")):
                portraits.append(Portrait(image, table.locate("image")))
            table.finish()
            if table.is_blank("name"):
                fields.fail(node.location, "missing-key", f'"{key}" needs a name', _suggest_name(node))
            return person
        case str():
            name = collapse_whitespace(fields.one_text(node, key))
            if not node.value.strip():
                fields.fail(node.location, "missing-key", f'"{key}" needs a name', "fill it, or delete it")
            return Person(name)
    return None


def _suggest_name(node: ConfigNode) -> str:
    return 'add name = "…"' if node.style == "typed" else "add name: …"


def _parse_email(fields: Fields) -> str:
    email = fields.text("email")
    if email and not re.fullmatch(r"[^\s@<>\"?&]+@[^\s@<>\"?&]+", email):
        fields.fail(fields.locate("email"), "wrong-email", f'"{email}" is not an e-mail address')
        return ""
    return email
