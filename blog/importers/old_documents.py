"""What every source does with a text of an old blog: read its front matter, and complete it by its path."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import structs

from blog.importers.front_matter import OldMatter, read_date, split_matter, stronger
from blog.importers.report import Item
from blog.problems import Location
from blog.text import collapse_whitespace

if TYPE_CHECKING:
    from blog.importers.front_matter import RawMatter, Visibility
    from blog.importers.notebooks import OldNotebook
    from blog.importers.old_folder import OldFolder
    from blog.importers.old_site import OldDocument

_TITLE_HEADING = re.compile(r"\s*+#[ \t](?P<words>[^\n]*+)(?:\n|\Z)")
_ATTRIBUTES = re.compile(r"\{[^{}]*+\}[ \t]*+\Z")


def read_raw(folder: OldFolder, path: str, items: list[Item]) -> RawMatter:
    """Return front matter and text of the file at ``path``, with an item if the block could not be read as such."""
    raw = split_matter(folder.read_text(path), path)
    report_complaint(raw, path, items)
    return raw


def report_complaint(raw: RawMatter, path: str, items: list[Item]) -> None:
    """Add an item if the front matter is not valid: the document is a draft then."""
    if raw.complaint:
        line, message = raw.complaint
        what = f"the front matter was read line by line, and the post is a draft: {message}"
        items.append(Item("Front matter", Location(path, line), what, "correct it, and publish the post"))


def complete(
    matter: OldMatter, raw: RawMatter, *, is_post: bool, day: str = "", hidden: tuple[Visibility, str] = ("", "")
) -> OldMatter:
    """Return ``matter`` with the ``day`` of the file name, and hidden if it is broken, or a post without a date.

    ``hidden`` is what the place of the file hides, with the reason.
    """
    date = matter.date or (read_date(day) if day else None)
    hidden = stronger((matter.visibility, matter.reason), hidden)
    if raw.complaint:
        hidden = stronger(hidden, ("draft", "its front matter is not valid"))
    elif is_post and date is None:
        hidden = stronger(hidden, ("draft", "it has no date"))
    return structs.replace(matter, date=date, visibility=hidden[0], reason=hidden[1])


def take_title(matter: OldMatter, raw: RawMatter) -> tuple[OldMatter, str, int]:
    """Return the matter with the title of the first heading if it has none, the text without that, and its line."""
    heading = _TITLE_HEADING.match(raw.body)
    if heading is None:
        return matter, raw.body, raw.body_line
    words = collapse_whitespace(_ATTRIBUTES.sub("", heading["words"]).rstrip(" \t#"))
    if matter.title and matter.title.casefold() != words.casefold():
        return matter, raw.body, raw.body_line
    line = raw.body_line + heading[0].count("\n")
    return structs.replace(matter, title=matter.title or words), raw.body[heading.end() :], line


def with_cells(document: OldDocument, notebook: OldNotebook) -> OldDocument:
    """Return the document of a notebook with its cells."""
    return structs.replace(document, cells=notebook.cells, metadata=notebook.metadata, lines=notebook.lines)
