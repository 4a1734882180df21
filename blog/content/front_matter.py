"""The block above a text → :class:`FrontMatter`: a closed schema, read with positions.

YAML between ``---`` lines, TOML between ``+++`` lines; at most 64 KiB. A key that is not in the schema is an error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct

from blog.content.changes import Change, read_changes
from blog.config.settings import LANGUAGE, Person, people
from blog.config.dates import When
from blog.problems import BlogError, Place, Problem
from blog.config.schema import Fields
from blog.text import in_one_line
from blog.config.hiding_marks import folded, hides, hiding_line, is_header_that_hides, key_of
from blog.config.toml import Member, Node, from_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NEARLY_FENCE = re.compile(r"[\s\ufeff\u200b]*+(-{2,}+|\+{2,}+|[—–]++)\s*+(#.*+|ya?ml|toml)?+\s*+$")
_HIDING_LINE = re.compile(
    r"[^\w\n]*+(?:draft|private|unlisted|published)\W{0,2}\s*[:=]\s*[\"']?(?:true|false|yes|no)\b", re.IGNORECASE
)
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
_BELOW_HEADING = re.compile(rf"\s*(?:$|#|>)|{_ITEM.pattern}")
"""fastpages has a heading, a quotation and a list."""
_PROSE = re.compile(r"\w[^\n:=]*(?:\w\W+\w+\W+\w+|[.!?:;,…])\s*")
"""A line of a paragraph: behind it a list is one of the text."""
MAX_BYTES = 64 * 1024
MAX_NAMES = 200
"""Tags or labels of one post: each has its page and its feed, and all stand in each of these."""
_OF_POSTS = ("tags", "labels", "series", "part", "weight", "source", "discussion", "revisits", "author", "guid")
_OF_PAGES = (
    "slug", "image", "image_alt", "canonical", "lang", "unlisted", "aliases", "updated", "lastmod", "date",
    "changes",
)  # fmt: skip
_TABLES = frozenset({"build", "_build", "execute"})
"""Tables by which Hugo hides a page, and Quarto the code of a page."""
_FOREIGN = {
    "excerpt": '"summary"', "abstract": '"summary"', "subtitle": '"summary"', "redirect_from": '"aliases"',
    "alias": '"aliases"', "categories": '"tags" or "labels"', "category": '"tags" or "labels"',
    "authors": '"author"',
    "url": '"slug", and the old address under "aliases"', "path": '"slug", and the old address under "aliases"',
    "permalink": '"slug", and the old address under "aliases"',
    "changelog": '"changes"', "history": '"changes"', "modified": '"updated"', "last_modified_at": '"updated"',
    "hidden": '"draft", "private" or "unlisted"', "hide": '"draft", "private" or "unlisted"',
    "visible": '"draft", "private" or "unlisted"', "visibility": '"draft", "private" or "unlisted"',
    "unpublished": '"draft", "private" or "unlisted"', "headless": '"draft", "private" or "unlisted"',
    "build": '"draft", "private" or "unlisted"', "_build": '"draft", "private" or "unlisted"',
    "execute": "a tag of a cell: remove-input or remove-output",
    "status": '"draft", "private" or "unlisted"', "publish": '"published" or "draft"', "keywords": '"tags"',
    "publishdate": '"date"', "expirydate": "not known: take the post down by draft: true", "cover": '"image"',
    "language": '"lang"', "series_order": '"part"', "order": '"part"', "layout": '"template"', "type": '"template"',
    "menu": "[menu] in blog.toml", "params": '"extra"', "featured_image": '"image"', "thumbnail": '"image"',
    "banner": '"image"',
    **dict.fromkeys(
        ("math", "mathjax", "katex", "mermaid", "comments", "showtoc", "tocopen", "pin", "toc_sticky"),
        "not needed: take it out, or name it under front_matter.allow in blog.toml",
    ),
}  # fmt: skip


class Source(Struct, frozen=True):
    """The thing, found elsewhere, that a post is about."""

    url: str
    title: str = ""
    author: str = ""


class Written(Struct, frozen=True):
    """A text in front matter with its position: what it means is known when the whole site is."""

    text: str
    place: Place


class FrontMatter(Struct, frozen=True, kw_only=True):
    """What the block says, typed; empty where it says nothing."""

    title: str = ""
    date: When | None = None
    updated: When | None = None
    """As written, or else the day of the newest change."""
    changes: tuple[Change, ...] = ()
    """The oldest first."""
    slug: Written | None = None
    summary: str = ""
    tags: tuple[Written, ...] = ()
    labels: tuple[Written, ...] = ()
    context: str = ""
    context_place: Place
    series: Written | None = None
    part: int | None = None
    part_place: Place | None = None
    """None where there is no ``part``."""
    draft: bool = False
    private: bool = False
    unlisted: bool = False
    image: Written | None = None
    image_alt: str = ""
    source: Source | None = None
    discussion: str = ""
    revisits: tuple[Written, ...] = ()
    aliases: tuple[Written, ...] = ()
    author: tuple[Person, ...] = ()
    lang: str = ""
    canonical: str = ""
    toc: bool = True
    template: Written | None = None
    guid: Written | None = None
    extra: dict[str, Any] = {}
    parts: tuple[Written, ...] = ()
    """Planned titles; in series files only."""
    place: Place
    """The first line of the block (or of the file)."""


def _from_yaml(text: str, place: Place) -> Node:
    from blog.config.yaml import from_yaml  # noqa: PLC0415  (20 ms that a warm build saves)

    return from_yaml(text, place)


_FENCES: dict[str, Callable[[str, Place], Node]] = {"---": _from_yaml, "+++": from_toml}


def split(text: str, path: str) -> tuple[Node, int]:
    """The front matter of ``text`` as a mapping, and the index of the first character after it.

    Blank lines before the block do not matter. A text without a block gives an empty mapping and index 0.
    Raises :class:`BlogError` for a block that is not closed, too large, or not a mapping.
    """
    start = re.match(r"(?:[ \t]*\n)*", text)
    begin = start.end() if start else 0
    line = text.count("\n", 0, begin) + 1
    fence = text[begin : begin + 3]
    first = text[begin : text.find("\n", begin) if "\n" in text[begin:] else len(text)]
    if fence not in _FENCES or first.rstrip() != fence:
        if _NEARLY_FENCE.match(first):
            hint = "begin the file with a line --- (YAML) or +++ (TOML) and nothing else in it"
            raise BlogError([Problem(Place(path, line), "front-matter", "this is nearly front matter", hint)])
        return Node({}, Place(path), "typed"), 0
    opening = Place(path, line)
    end = re.compile(rf"^{re.escape(fence)}[ \t]*$", re.MULTILINE).search(text, begin + len(first))
    if end is None:
        raise BlogError(
            [
                Problem(
                    opening,
                    "front-matter",
                    f"the front matter is not closed by a line {fence}",
                    f"write {fence} alone on a line below the last key",
                )
            ]
        )
    block = text[begin + len(first) + 1 : end.start()]
    if len(block.encode()) > MAX_BYTES:
        raise BlogError([Problem(opening, "front-matter", f"the front matter is longer than {MAX_BYTES // 1024} KiB")])
    node = _FENCES[fence](block, Place(path, line + 1))
    return Node(node.value, opening, "typed"), end.end() + 1


def check_text(text: str, origin: Place) -> list[Problem]:
    """Find a line such as ``draft: true`` at the head of the text: it hides nothing, front matter stands above.

    The head is the first lines, up to a heading, and then what stands right below it: fastpages has a list there.
    """
    fence, is_below_heading, has_prose = "", False, False
    for row, line in enumerate(text.split("\n", 20)[:20]):
        mark, is_item = line.strip()[:3], _ITEM.match(line)
        if mark in {"```", "~~~"} and (not fence or mark == fence):
            fence = "" if fence else mark
            if fence and text[: text.find(line)].strip() == "":
                fence = ""  # a block that begins the file is not an example
        elif not fence and (_is_hiding_item(line, has_prose) if is_item or is_below_heading else _says_hidden(line)):
            hint = "front matter stands once, at the top of the file, between lines --- or +++"
            place = Place(origin.path, origin.line + row)
            return [Problem(place, "front-matter", "this line is in the text and hides nothing", hint)]
        elif line.startswith("#") and (is_below_heading or has_prose):
            break
        is_below_heading = is_below_heading or line.startswith("#")
        has_prose = has_prose or bool(_PROSE.fullmatch(line))
        if is_below_heading and not _BELOW_HEADING.match(line):
            break
    return []


def _is_hiding_item(line: str, has_prose: bool) -> bool:
    """Tell whether a line is an item of a list, in no essay, that says nothing but that something is hidden."""
    return not has_prose and bool(_ITEM.match(line) and hiding_line(line))


def _says_hidden(line: str) -> bool:
    """Tell whether a line says nothing but that something is hidden. A heading does not; a keyword of Org may."""
    if line.startswith("#") and not line.startswith("#+"):
        return False
    return bool(_HIDING_LINE.match(folded(line))) or is_header_that_hides(line)


def check_block(block: str, node: Node) -> list[Problem]:
    """Find what looks as if it hid the document, and stands where it hides nothing.

    ``block`` is the file up to the end of the front matter, which ``node`` holds: a key inside another one's table,
    and a line inside a text of several lines.
    """
    keys = list(_hiding_keys(node, ""))
    problems = [problem for name, outer, member in keys if outer for problem in _lost_key(name, outer, member)]
    taken = {member.place.line for _, _, member in keys}
    toml = block.lstrip().startswith("+++")
    for line, text in enumerate(block.split("\n"), 1):
        if line not in taken and not text.lstrip().startswith("#") and (found := hiding_line(text)):
            place = Place(node.place.path, line, len(text) - len(text.lstrip()) + 1)
            message = "this line is part of a text and hides nothing"
            problems.append(Problem(place, "front-matter", message, _as_key(found[0], toml=toml)))
    return problems


def _hiding_keys(node: Node, outer: str) -> Iterator[tuple[str, str, Member]]:
    """Yield each key that could hide a document, at any depth, with the name of the key that it stands in."""
    if isinstance(node.value, tuple):
        for item in node.value:
            yield from _hiding_keys(item, outer)
    elif isinstance(node.value, dict):
        for name, member in node.value.items():
            if key_of(name):
                yield name, outer, member
            yield from _hiding_keys(member.node, outer or name)


def _lost_key(name: str, outer: str, member: Member) -> Iterator[Problem]:
    key, value = key_of(name), _plain_value(member.node)
    if hides(key, value):
        message = f'"{name}" hides nothing inside "{outer}"'
        yield Problem(member.place, "hiding-key", message, _as_key(key, toml=member.node.style == "typed"))


def _plain_value(node: Node) -> Any:
    """Return a value as far as it can say yes or no."""
    if isinstance(node.value, tuple):
        return [item.value for item in node.value if not isinstance(item.value, tuple | dict)]
    return None if node.is_empty else node.value


def _as_key(key: str, *, toml: bool) -> str:
    """Say how a key that is to hide the document is written."""
    if key not in {"draft", "private", "unlisted", "published"}:
        return f"here it is {_FOREIGN[key]}; otherwise use another word"
    value = "false" if key == "published" else "true"
    if toml:
        return f"write {key} = {value} above the first [table], or use another word"
    return f"write {key}: {value} at the left edge, or use another word"


def read(node: Node, kind: str, allow: tuple[str, ...]) -> tuple[FrontMatter, list[Problem]]:
    """Type-check the mapping for a document of ``kind``; give what it says and all that is wrong with it."""
    problems: list[Problem] = []
    fields = Fields(node, problems)
    matter = _series(fields) if kind == "series" else _document(fields)
    for key in node.value:
        plain = key_of(key) or (key if key in _TABLES else "")
        if key in allow and plain and key not in fields.known:
            hint = f"here it is {_FOREIGN.get(plain, plain)}"
            message = f'"{key}" does not hide anything here'
            fields.warn(node.value[key].place, "hiding-key", message, hint)
    silent = {"page": _OF_POSTS, "home": (*_OF_POSTS, *_OF_PAGES, "title", "context", "extra", "toc")}.get(kind, ())
    for key in silent:
        if key in node.value and key not in allow:
            what = "the home page" if kind == "home" else "a page"
            fields.warn(node.value[key].place, "silent-key", f'"{key}" means nothing on {what}', "take the line out")
    if matter.series is not None and matter.part is not None and matter.part < 0:
        fields.fail(fields.place("part", "weight"), "wrong-number", '"part" must be 0 or more in a series')
    fields.finish(_FOREIGN, allow)
    return matter, problems


def _series(fields: Fields) -> FrontMatter:
    return FrontMatter(
        title=_title(fields),
        summary=fields.text("summary", "description"),
        parts=_writtens(fields, "parts"),
        slug=_written(fields, "slug"),
        draft=_draft(fields),
        private=fields.flag("private"),
        context_place=fields.node.place,
        place=fields.node.place,
    )


def _document(fields: Fields) -> FrontMatter:
    part = fields.integer("part", "weight")
    updated, changes = fields.date("updated", "lastmod"), read_changes(fields)
    return FrontMatter(
        title=_title(fields),
        date=fields.date("date"),
        updated=updated or (When(changes[-1].day) if changes else None),
        changes=changes,
        slug=_written(fields, "slug"),
        summary=in_one_line(fields.text("summary", "description")),
        tags=_tags(fields),
        labels=_names(fields, "labels"),
        context=fields.markdown("context"),
        context_place=fields.place("context"),
        series=_name(fields, "series"),
        part=part,
        part_place=fields.place("part", "weight") if part is not None else None,
        draft=_draft(fields),
        private=fields.flag("private"),
        unlisted=fields.flag("unlisted"),
        image=_written(fields, "image"),
        image_alt=fields.text("image_alt"),
        source=_source(fields),
        discussion=fields.url("discussion"),
        revisits=_writtens(fields, "revisits"),
        aliases=_writtens(fields, "aliases"),
        author=people(fields, "author"),
        lang=_lang(fields),
        canonical=fields.url("canonical"),
        toc=fields.flag("toc", default=True),
        template=_written(fields, "template"),
        guid=_written(fields, "guid"),
        extra=fields.table("extra").plain(),
        place=fields.node.place,
    )


def _title(fields: Fields) -> str:
    title = in_one_line(fields.text("title"))
    member = fields.node.value.get("title")
    if member is not None and (member.node.is_empty or not str(member.node.value or "").strip()):
        fields.fail(fields.place("title"), "empty", '"title" is empty')
    return title


def _draft(fields: Fields) -> bool:
    draft = fields.flag("draft")
    published = fields.flag("published", default=True)
    if "draft" in fields.node.value and "published" in fields.node.value and draft == published:
        fields.fail(fields.place("published"), "same-key", '"draft" and "published" contradict each other', "keep one")
    return draft or not published


def _name(fields: Fields, key: str) -> Written | None:
    found = _written(fields, key)
    return Written(in_one_line(found.text), found.place) if found else None


def _tags(fields: Fields) -> tuple[Written, ...]:
    """The tags; those by which Nikola hid posts are errors (https://getnikola.com/handbook.html#draft-posts)."""
    tags = _names(fields, "tags")
    for tag in tags:
        if folded(tag.text) in {"draft", "private"}:
            hint = f"write {folded(tag.text)}: true, or another tag"
            fields.fail(tag.place, "hiding-tag", f'the tag "{tag.text}" hides nothing', hint)
    return tags


def _names(fields: Fields, key: str) -> tuple[Written, ...]:
    names = tuple(Written(in_one_line(name.text), name.place) for name in _writtens(fields, key))
    node = fields.take(key)
    if node is not None and len(names) > MAX_NAMES:
        message = f'"{key}" has {len(names)} entries, more than {MAX_NAMES}'
        fields.fail(node.place, "too-many", message, "keep those by which readers look for posts")
        return ()
    if node is not None and isinstance(node.value, str) and "," in node.value:
        listed = ", ".join(part.strip() for part in node.value.split(","))
        message = f'"{key}" is one text with a comma'
        fields.warn(node.place, "comma", message, f"write {key}: [{listed}]")
    return names


def _written(fields: Fields, key: str) -> Written | None:
    text = fields.text(key).strip()
    return Written(text, fields.place(key)) if text else None


def _writtens(fields: Fields, key: str) -> tuple[Written, ...]:
    return tuple(Written(text, place) for text, place in fields.placed_texts(key))


def _source(fields: Fields) -> Source | None:
    node = fields.take("source")
    if node is None:
        return None
    if not isinstance(node.value, dict):
        url = fields.url("source")
        return Source(url, urlsplit(url).hostname or "") if url else None
    table = fields.table("source")
    source = Source(table.url("url"), table.text("title"), table.text("author"))
    table.finish()
    if not source.url and not table.text("url"):
        fields.fail(node.place, "missing-key", '"source" needs a url')
    return source if source.url else None


def _lang(fields: Fields) -> str:
    lang = fields.text("lang")
    if lang and not LANGUAGE.fullmatch(lang):
        fields.fail(fields.place("lang"), "wrong-language", f'"{lang}" is not a language tag such as en or pt-BR')
        return ""
    return lang
