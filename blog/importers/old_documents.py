"""What every source does with a text of an old blog: read its front matter, complete it by its path, name its place."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from msgspec import structs

from blog.importers.front_matter import OldMatter, read_date, split_matter, stronger
from blog.importers.old_site import OldDocument
from blog.importers.report import Item
from blog.problems import Location
from blog.text import collapse_whitespace

if TYPE_CHECKING:
    from blog.importers.front_matter import RawMatter, Visibility
    from blog.importers.notebooks import OldNotebook
    from blog.importers.old_folder import OldFolder

_TITLE_HEADING = re.compile(r"\s*+#[ \t](?P<words>[^\n]*+)(?:\n|\Z)")
_ATTRIBUTES = re.compile(r"\{[^{}]*+\}[ \t]*+\Z")
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})[-_].+")
_FORMATS: dict[str, Literal["html", "mdx"]] = {".html": "html", ".htm": "html", ".mdx": "mdx"}


def is_index(path: str) -> bool:
    """Return whether a text has the name ``index``: it belongs to the folder with it."""
    return PurePosixPath(path).stem == "index"


def name_of(path: str) -> str:
    """Return the name of a text: of its file, or of its folder if the file is an ``index``."""
    return PurePosixPath(path).parent.name if is_index(path) else PurePosixPath(path).stem


def day_of(name: str) -> str:
    """Return the day with which the name of a text begins; ``""`` if it begins with none."""
    dated = _DATED.fullmatch(name)
    return dated[1] if dated else ""


def make_document(
    path: str, raw: RawMatter, matter: OldMatter, address: str, *, post_name: str, feed_id: str
) -> OldDocument:
    """Return a post, which gets the path ``posts/NAME.md``; without a name a page, which gets one by its address."""
    return OldDocument(
        path=path,
        kind="post" if post_name else "page",
        matter=matter,
        body=raw.body,
        body_line=raw.body_line,
        address=address,
        target=f"posts/{post_name}.md" if post_name else "",
        format=_FORMATS.get(PurePosixPath(path).suffix.lower(), "markdown"),
        feed_id=feed_id if post_name else "",
    )


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


def report_generated(path: str, what: str, items: list[Item]) -> None:
    """Add an item for a page that the old tool generates, such as a list of posts."""
    items.append(Item("Generated page", Location(path), what, "the theme has lists of its own", "note"))


def report_not_moved(path: str, what: str, todo: str, items: list[Item]) -> None:
    """Add an item for a text that the new site does not get."""
    items.append(Item("File that was not moved", Location(path), what, todo))


def report_other_format(path: str, items: list[Item]) -> None:
    """Add an item for a text in a format that is not read."""
    report_not_moved(path, "a text in a format that is not imported", "convert it to Markdown", items)


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


def take_title(matter: OldMatter, raw: RawMatter) -> tuple[OldMatter, RawMatter]:
    """Return the matter with the title of the first heading if it has none, and the text without that."""
    heading = _TITLE_HEADING.match(raw.body)
    if heading is None:
        return matter, raw
    words = collapse_whitespace(_ATTRIBUTES.sub("", heading["words"]).rstrip(" \t#"))
    if matter.title and matter.title.casefold() != words.casefold():
        return matter, raw
    line = raw.body_line + heading[0].count("\n")
    raw = structs.replace(raw, body=raw.body[heading.end() :], body_line=line)
    return structs.replace(matter, title=matter.title or words), raw


def with_cells(document: OldDocument, notebook: OldNotebook) -> OldDocument:
    """Return the document of a notebook with its cells."""
    return structs.replace(document, cells=notebook.cells, metadata=notebook.metadata, lines=notebook.lines)
