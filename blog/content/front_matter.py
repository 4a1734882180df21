"""The block above a text → :class:`FrontMatter`: a closed schema, read with positions.

YAML between ``---`` lines, TOML between ``+++`` lines; at most 64 KiB. A key that is not in the schema is an error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct

from blog.content.changes import Change, parse_changes
from blog.config.settings import LANGUAGE, Person, parse_people
from blog.config.dates import Timestamp
from blog.problems import BlogError, Location, Problem
from blog.config.schema import Fields
from blog.text import collapse_whitespace
from blog.config.hiding_marks import fold_text, is_hiding_value, find_hiding_line, is_header_that_hides, normalize_key
from blog.config.toml import ConfigMember, ConfigNode, parse_toml

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


class ExternalSource(Struct, frozen=True):
    """The thing, found elsewhere, that a post is about."""

    url: str
    title: str = ""
    author: str = ""


class LocatedText(Struct, frozen=True):
    """A text in front matter with its position: what it means is known when the whole site is."""

    text: str
    location: Location


class FrontMatter(Struct, frozen=True, kw_only=True):
    """What the block says, typed; empty where it says nothing."""

    title: str = ""
    date: Timestamp | None = None
    updated: Timestamp | None = None
    """As written, or else the day of the newest change."""
    changes: tuple[Change, ...] = ()
    """The oldest first."""
    slug: LocatedText | None = None
    summary: str = ""
    tags: tuple[LocatedText, ...] = ()
    labels: tuple[LocatedText, ...] = ()
    context: str = ""
    context_location: Location
    series: LocatedText | None = None
    part: int | None = None
    part_location: Location | None = None
    """None where there is no ``part``."""
    draft: bool = False
    private: bool = False
    unlisted: bool = False
    image: LocatedText | None = None
    image_alt: str = ""
    source: ExternalSource | None = None
    discussion: str = ""
    revisits: tuple[LocatedText, ...] = ()
    aliases: tuple[LocatedText, ...] = ()
    author: tuple[Person, ...] = ()
    lang: str = ""
    canonical: str = ""
    toc: bool = True
    template: LocatedText | None = None
    guid: LocatedText | None = None
    extra: dict[str, Any] = {}
    parts: tuple[LocatedText, ...] = ()
    """Planned titles; in series files only."""
    location: Location
    """The first line of the block (or of the file)."""


def _from_yaml(text: str, place: Location) -> ConfigNode:
    from blog.config.yaml import parse_yaml  # noqa: PLC0415  (20 ms that a warm build saves)

    return parse_yaml(text, place)


_FENCES: dict[str, Callable[[str, Location], ConfigNode]] = {"---": _from_yaml, "+++": parse_toml}


def split_front_matter(text: str, path: str) -> tuple[ConfigNode, int]:
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
            raise BlogError([Problem(Location(path, line), "front-matter", "this is nearly front matter", hint)])
        return ConfigNode({}, Location(path), "typed"), 0
    opening = Location(path, line)
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
    node = _FENCES[fence](block, Location(path, line + 1))
    return ConfigNode(node.value, opening, "typed"), end.end() + 1


def check_text(text: str, origin: Location) -> list[Problem]:
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
            place = Location(origin.path, origin.line + row)
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
    return not has_prose and bool(_ITEM.match(line) and find_hiding_line(line))


def _says_hidden(line: str) -> bool:
    """Tell whether a line says nothing but that something is hidden. A heading does not; a keyword of Org may."""
    if line.startswith("#") and not line.startswith("#+"):
        return False
    return bool(_HIDING_LINE.match(fold_text(line))) or is_header_that_hides(line)


def check_block(block: str, node: ConfigNode) -> list[Problem]:
    """Find what looks as if it hid the document, and stands where it hides nothing.

    ``block`` is the file up to the end of the front matter, which ``node`` holds: a key inside another one's table,
    and a line inside a text of several lines.
    """
    keys = list(_hiding_keys(node, ""))
    problems = [problem for name, outer, member in keys if outer for problem in _lost_key(name, outer, member)]
    taken = {member.location.line for _, _, member in keys}
    toml = block.lstrip().startswith("+++")
    for line, text in enumerate(block.split("\n"), 1):
        if line not in taken and not text.lstrip().startswith("#") and (found := find_hiding_line(text)):
            place = Location(node.location.path, line, len(text) - len(text.lstrip()) + 1)
            message = "this line is part of a text and hides nothing"
            problems.append(Problem(place, "front-matter", message, _as_key(found[0], toml=toml)))
    return problems


def _hiding_keys(node: ConfigNode, outer: str) -> Iterator[tuple[str, str, ConfigMember]]:
    """Yield each key that could hide a document, at any depth, with the name of the key that it stands in."""
    if isinstance(node.value, tuple):
        for item in node.value:
            yield from _hiding_keys(item, outer)
    elif isinstance(node.value, dict):
        for name, member in node.value.items():
            if normalize_key(name):
                yield name, outer, member
            yield from _hiding_keys(member.node, outer or name)


def _lost_key(name: str, outer: str, member: ConfigMember) -> Iterator[Problem]:
    key, value = normalize_key(name), _plain_value(member.node)
    if is_hiding_value(key, value):
        message = f'"{name}" hides nothing inside "{outer}"'
        yield Problem(member.location, "hiding-key", message, _as_key(key, toml=member.node.style == "typed"))


def _plain_value(node: ConfigNode) -> Any:
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


def parse_front_matter(node: ConfigNode, kind: str, allow: tuple[str, ...]) -> tuple[FrontMatter, list[Problem]]:
    """Type-check the mapping for a document of ``kind``; give what it says and all that is wrong with it."""
    problems: list[Problem] = []
    fields = Fields(node, problems)
    matter = _series(fields) if kind == "series" else _document(fields)
    for key in node.value:
        plain = normalize_key(key) or (key if key in _TABLES else "")
        if key in allow and plain and key not in fields.known:
            hint = f"here it is {_FOREIGN.get(plain, plain)}"
            message = f'"{key}" does not hide anything here'
            fields.warn(node.value[key].location, "hiding-key", message, hint)
    silent = {"page": _OF_POSTS, "home": (*_OF_POSTS, *_OF_PAGES, "title", "context", "extra", "toc")}.get(kind, ())
    for key in silent:
        if key in node.value and key not in allow:
            what = "the home page" if kind == "home" else "a page"
            fields.warn(node.value[key].location, "silent-key", f'"{key}" means nothing on {what}', "take the line out")
    if matter.series is not None and matter.part is not None and matter.part < 0:
        fields.fail(fields.locate("part", "weight"), "wrong-number", '"part" must be 0 or more in a series')
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
        context_location=fields.node.location,
        location=fields.node.location,
    )


def _document(fields: Fields) -> FrontMatter:
    part = fields.integer("part", "weight")
    updated, changes = fields.date("updated", "lastmod"), parse_changes(fields)
    return FrontMatter(
        title=_title(fields),
        date=fields.date("date"),
        updated=updated or (Timestamp(changes[-1].day) if changes else None),
        changes=changes,
        slug=_written(fields, "slug"),
        summary=collapse_whitespace(fields.text("summary", "description")),
        tags=_tags(fields),
        labels=_names(fields, "labels"),
        context=fields.markdown("context"),
        context_location=fields.locate("context"),
        series=_name(fields, "series"),
        part=part,
        part_location=fields.locate("part", "weight") if part is not None else None,
        draft=_draft(fields),
        private=fields.flag("private"),
        unlisted=fields.flag("unlisted"),
        image=_written(fields, "image"),
        image_alt=fields.text("image_alt"),
        source=_source(fields),
        discussion=fields.url("discussion"),
        revisits=_writtens(fields, "revisits"),
        aliases=_writtens(fields, "aliases"),
        author=parse_people(fields, "author"),
        lang=_lang(fields),
        canonical=fields.url("canonical"),
        toc=fields.flag("toc", default=True),
        template=_written(fields, "template"),
        guid=_written(fields, "guid"),
        extra=fields.table("extra").plain(),
        location=fields.node.location,
    )


def _title(fields: Fields) -> str:
    title = collapse_whitespace(fields.text("title"))
    member = fields.node.value.get("title")
    if member is not None and (member.node.is_empty or not str(member.node.value or "").strip()):
        fields.fail(fields.locate("title"), "empty", '"title" is empty')
    return title


def _draft(fields: Fields) -> bool:
    draft = fields.flag("draft")
    published = fields.flag("published", default=True)
    if "draft" in fields.node.value and "published" in fields.node.value and draft == published:
        fields.fail(fields.locate("published"), "same-key", '"draft" and "published" contradict each other', "keep one")
    return draft or not published


def _name(fields: Fields, key: str) -> LocatedText | None:
    found = _written(fields, key)
    return LocatedText(collapse_whitespace(found.text), found.location) if found else None


def _tags(fields: Fields) -> tuple[LocatedText, ...]:
    """The tags; those by which Nikola hid posts are errors (https://getnikola.com/handbook.html#draft-posts)."""
    tags = _names(fields, "tags")
    for tag in tags:
        if fold_text(tag.text) in {"draft", "private"}:
            hint = f"write {fold_text(tag.text)}: true, or another tag"
            fields.fail(tag.location, "hiding-tag", f'the tag "{tag.text}" hides nothing', hint)
    return tags


def _names(fields: Fields, key: str) -> tuple[LocatedText, ...]:
    names = tuple(LocatedText(collapse_whitespace(name.text), name.location) for name in _writtens(fields, key))
    node = fields.take(key)
    if node is not None and len(names) > MAX_NAMES:
        message = f'"{key}" has {len(names)} entries, more than {MAX_NAMES}'
        fields.fail(node.location, "too-many", message, "keep those by which readers look for posts")
        return ()
    if node is not None and isinstance(node.value, str) and "," in node.value:
        listed = ", ".join(part.strip() for part in node.value.split(","))
        message = f'"{key}" is one text with a comma'
        fields.warn(node.location, "comma", message, f"write {key}: [{listed}]")
    return names


def _written(fields: Fields, key: str) -> LocatedText | None:
    text = fields.text(key).strip()
    return LocatedText(text, fields.locate(key)) if text else None


def _writtens(fields: Fields, key: str) -> tuple[LocatedText, ...]:
    return tuple(LocatedText(text, place) for text, place in fields.placed_texts(key))


def _source(fields: Fields) -> ExternalSource | None:
    node = fields.take("source")
    if node is None:
        return None
    if not isinstance(node.value, dict):
        url = fields.url("source")
        return ExternalSource(url, urlsplit(url).hostname or "") if url else None
    table = fields.table("source")
    source = ExternalSource(table.url("url"), table.text("title"), table.text("author"))
    table.finish()
    if not source.url and not table.text("url"):
        fields.fail(node.location, "missing-key", '"source" needs a url')
    return source if source.url else None


def _lang(fields: Fields) -> str:
    lang = fields.text("lang")
    if lang and not LANGUAGE.fullmatch(lang):
        fields.fail(fields.locate("lang"), "wrong-language", f'"{lang}" is not a language tag such as en or pt-BR')
        return ""
    return lang
