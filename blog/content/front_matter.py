"""The block above a text → :class:`FrontMatter` and its problems, each with a position.

YAML between ``---`` lines, TOML between ``+++`` lines; at most 64 KiB. The schema is closed: unknown keys are errors.
Nothing here depends on other documents.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct

from blog.config.dates import Timestamp
from blog.config.hiding_marks import fold_text, normalize_key
from blog.config.schema import Fields, explain_foreign_key, suggest_line
from blog.config.settings import LANGUAGE, Person, parse_people, report_wrong_language
from blog.config.toml import ConfigNode, parse_toml
from blog.content.revision_history import Change, parse_changes
from blog.problems import BlogError, Location, Problem
from blog.text import collapse_whitespace, name_key

if TYPE_CHECKING:
    from collections.abc import Callable

_BLANK_LINES = re.compile(r"(?:[ \t]*\n)*")
_NEARLY_FENCE = re.compile(r"[\s\ufeff\u200b]*+(-{2,}+|\+{2,}+|[—–]++)\s*+(#.*+|ya?ml|toml)?+\s*+$")
_NEARLY_CLOSED = re.compile(r"[ \t]{0,3}(?:-{2,}|\+{2,}|[—–]+|\.{3})[ \t]*+")
_MARKED_NAME = re.compile(r"#++\s*+(?P<hash>\S.*)|[“„](?P<quoted>[^“”„]++)[”“]")
"""A tag or label with a mark that its author meant for another program."""
_MAY_END_BLOCK = re.compile(r"\s|$|-|[\w-]++\s*+[:=]")
"""The beginning of a last line of front matter, and not of a heading that is underlined."""
_MAX_LINES = 100
"""Lines below the opening of front matter in which a line is searched that was meant to close it."""
MAX_BYTES = 64 * 1024
MAX_NAMES = 200
"""Tags or labels of one post: each has a page and a feed, and each of these lists all of them."""
_OF_POSTS = ("tags", "labels", "series", "part", "weight", "source", "discussion", "revisits", "author", "guid")
_UNUSED_KEYS = {
    "page": ("a page", _OF_POSTS),
    "home": (
        "the home page",
        (
            *_OF_POSTS, "slug", "image", "image_alt", "canonical", "lang", "unlisted", "aliases", "updated", "lastmod",
            "date", "changes", "title", "context", "extra", "toc",
        ),
    ),
}  # fmt: skip
"""Kind of a document → its name in messages, and the keys that have no effect on it."""
_TABLES = frozenset({"build", "_build", "execute"})
"""Tables by which Hugo hides a page, and Quarto the code of a page."""
FOREIGN_KEYS = {
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
    "execute": '"remove-input" or "remove-output" as a tag of a cell',
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
"""Key of another tool → what to write here."""


class ExternalSource(Struct, frozen=True):
    """The work on another site that a post is about."""

    url: str
    title: str = ""
    author: str = ""


class LocatedText(Struct, frozen=True):
    """A text in front matter with its position, to be resolved once the whole site is known."""

    text: str
    location: Location


class FrontMatter(Struct, frozen=True, kw_only=True):
    """The typed values of the block; a missing key has an empty value."""

    title: str = ""
    date: Timestamp | None = None
    updated: Timestamp | None = None
    """The date as written, or else the day of the newest change."""
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
    """None without a ``part``."""
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


def _parse_yaml_lazily(text: str, origin: Location) -> ConfigNode:
    from blog.config.yaml import parse_yaml  # noqa: PLC0415  (20 ms that a warm build saves)

    return parse_yaml(text, origin)


_PARSERS: dict[str, Callable[[str, Location], ConfigNode]] = {"---": _parse_yaml_lazily, "+++": parse_toml}
"""Fence → parser."""


def split_front_matter(text: str, path: str) -> tuple[ConfigNode, int]:
    """Return the front matter of ``text`` as a mapping, and the index of the first character after it.

    Blank lines above the block are skipped. For a text without a block it is an empty mapping and index 0.
    Raises :class:`BlogError` for a block that is not closed, too large, or not a mapping.
    """
    blank_lines = _BLANK_LINES.match(text)
    start = blank_lines.end() if blank_lines else 0
    line = text.count("\n", 0, start) + 1
    opening = Location(path, line)
    first_line = text[start:].partition("\n")[0]
    fence = first_line[:3]
    if fence not in _PARSERS or first_line.rstrip() != fence:
        if _NEARLY_FENCE.match(first_line):
            hint = "begin the file with a line --- (YAML) or +++ (TOML) and nothing else in it"
            raise BlogError([Problem(opening, "front-matter", "this is nearly front matter", hint)])
        return ConfigNode({}, Location(path), "typed"), 0
    block_start = start + len(first_line)
    closing = re.compile(rf"^{re.escape(fence)}[ \t]*$", re.MULTILINE).search(text, block_start)
    if closing is None:
        raise BlogError([_explain_open_block(text[block_start:], opening, fence)])
    block = text[block_start + 1 : closing.start()]
    if len(block.encode()) > MAX_BYTES:
        raise BlogError([Problem(opening, "front-matter", f"the front matter is longer than {MAX_BYTES // 1024} KiB")])
    node = _PARSERS[fence](block, Location(path, line + 1))
    return ConfigNode(node.value, opening, "typed"), closing.end() + 1


def _explain_open_block(text: str, opening: Location, fence: str) -> Problem:
    """Return the problem for front matter with ``text`` below its first line, and no ``fence`` that closes it."""
    lines = text.split("\n", _MAX_LINES)[:_MAX_LINES]
    for row, line in enumerate(lines[1:], 1):
        if _NEARLY_CLOSED.fullmatch(line) and _MAY_END_BLOCK.match(lines[row - 1]):
            location = Location(opening.path, opening.line + row)
            message = f"the line {line.strip()} does not close the front matter"
            return Problem(location, "front-matter", message, f"write {fence}")
    message = f"the front matter is not closed by a line {fence}"
    return Problem(opening, "front-matter", message, f"write {fence} alone on a line below the last key")


def parse_front_matter(node: ConfigNode, kind: str, allow: tuple[str, ...]) -> tuple[FrontMatter, list[Problem]]:
    """Return the typed front matter of a document of ``kind`` and all problems in it.

    ``allow`` are the keys that the site permits besides the schema.
    """
    problems: list[Problem] = []
    fields = Fields(node, problems)
    matter = _parse_series(fields) if kind == "series" else _parse_document(fields)
    _warn_of_allowed_keys(fields, allow)
    _warn_of_unused_keys(fields, kind, allow)
    if kind == "post":
        _warn_of_lone_keys(fields, matter)
    if matter.series is not None and matter.part is not None and matter.part < 0:
        fields.fail(fields.locate("part", "weight"), "wrong-number", '"part" must be 0 or more in a series')
    fields.finish(FOREIGN_KEYS, allow)
    return matter, problems


def _warn_of_allowed_keys(fields: Fields, allow: tuple[str, ...]) -> None:
    """Warn of allowed keys by which another tool hides a document."""
    for key, member in fields.node.value.items():
        if key not in allow or key in fields.known_keys:
            continue
        hiding_key = key if key in _TABLES else normalize_key(key)
        if hiding_key:
            hint = explain_foreign_key(FOREIGN_KEYS.get(hiding_key, f'"{hiding_key}"'))
            fields.warn(member.location, "hiding-key", f'"{key}" does not hide anything here', hint)


def _warn_of_unused_keys(fields: Fields, kind: str, allow: tuple[str, ...]) -> None:
    """Warn of keys that have no effect on a document of ``kind``."""
    target, unused_keys = _UNUSED_KEYS.get(kind, ("", ()))
    for key in unused_keys:
        if key in fields.node.value and key not in allow:
            message = f'"{key}" means nothing on {target}'
            fields.warn(fields.node.value[key].location, "silent-key", message, "take the line out")


def _warn_of_lone_keys(fields: Fields, matter: FrontMatter) -> None:
    """Warn of keys that have no effect without another key; ``weight``, of Hugo, may have another purpose."""
    if matter.part is not None and matter.series is None and "part" in fields.node.value:
        _warn_of_lone_key(fields, "part", "series")
    if matter.image_alt and not matter.image:
        _warn_of_lone_key(fields, "image_alt", "image")


def _warn_of_lone_key(fields: Fields, key: str, needed: str) -> None:
    message = f'"{key}" means nothing without "{needed}"'
    fields.warn(fields.locate(key), "silent-key", message, f'add "{needed}"')


def _parse_series(fields: Fields) -> FrontMatter:
    return FrontMatter(
        title=_parse_title(fields),
        summary=fields.text("summary", "description"),
        parts=_parse_parts(fields),
        slug=_locate_text(fields, "slug"),
        draft=_parse_draft(fields),
        private=fields.flag("private"),
        context_location=fields.node.location,
        location=fields.node.location,
    )


def _parse_parts(fields: Fields) -> tuple[LocatedText, ...]:
    """Return the planned titles; a title that is planned twice, and a text in the place of the list, are warnings."""
    parts = _locate_texts(fields, "parts")
    node = fields.take("parts")
    if node is not None and isinstance(node.value, str) and parts and not _has_lines(node):
        hint = "write each title on a line of its own: - Week 1"
        fields.warn(node.location, "one-text", '"parts" is one text, and not a list', hint)
    places: dict[str, Location] = {}
    for part in parts:
        first = places.setdefault(name_key(collapse_whitespace(part.text)), part.location)
        if first != part.location:
            message = f'the part "{part.text}" is planned twice, first in line {first.line}'
            fields.warn(part.location, "same-part", message, "take one of them out")
    return parts


def _has_lines(node: ConfigNode) -> bool:
    """Return whether a text was meant as a list, which is a problem already."""
    return node.value.startswith("-") or (node.is_folded and " - " in node.value)


def _parse_document(fields: Fields) -> FrontMatter:
    part = fields.integer("part", "weight")
    updated, changes = fields.date("updated", "lastmod"), parse_changes(fields)
    return FrontMatter(
        title=_parse_title(fields),
        date=fields.date("date"),
        updated=updated or (Timestamp(changes[-1].day) if changes else None),
        changes=changes,
        slug=_locate_text(fields, "slug"),
        summary=collapse_whitespace(fields.text("summary", "description")),
        tags=_parse_tags(fields),
        labels=_parse_names(fields, "labels"),
        context=fields.markdown("context"),
        context_location=fields.locate("context"),
        series=_parse_series_name(fields),
        part=part,
        part_location=fields.locate("part", "weight") if part is not None else None,
        draft=_parse_draft(fields),
        private=fields.flag("private"),
        unlisted=fields.flag("unlisted"),
        image=_locate_text(fields, "image"),
        image_alt=fields.text("image_alt"),
        source=_parse_source(fields),
        discussion=fields.url("discussion"),
        revisits=_locate_texts(fields, "revisits"),
        aliases=_locate_texts(fields, "aliases"),
        author=parse_people(fields, "author"),
        lang=_parse_lang(fields),
        canonical=fields.url("canonical"),
        toc=fields.flag("toc", default=True),
        template=_locate_text(fields, "template"),
        guid=_locate_text(fields, "guid"),
        extra=fields.table("extra").plain(),
        location=fields.node.location,
    )


def _parse_title(fields: Fields) -> str:
    title = collapse_whitespace(fields.text("title"))
    member = fields.node.value.get("title")
    if member is not None and _is_blank(member.node):
        sign = " =" if member.node.style == "typed" else ":"
        fields.fail(fields.locate("title"), "empty", '"title" is empty', f"write title{sign} …")
    return title


def _is_blank(node: ConfigNode) -> bool:
    """Return whether a value is missing, empty, white space, zero or false."""
    return node.is_empty or not str(node.value or "").strip()


def _parse_draft(fields: Fields) -> bool:
    draft = fields.flag("draft")
    published = fields.flag("published", default=True)
    has_both = {"draft", "published"} <= fields.node.value.keys()
    if has_both and draft == published:
        fields.fail(fields.locate("published"), "same-key", '"draft" and "published" contradict each other', "keep one")
    return draft or not published


def _parse_series_name(fields: Fields) -> LocatedText | None:
    node = fields.take("series")
    if node is not None and isinstance(node.value, tuple) and node.value and isinstance(node.value[0].value, str):
        hint = suggest_line(node.value[0], "series", node.value[0].value)
        fields.fail(node.location, "wrong-type", '"series" must be text: a post has one series', hint)
        return None
    name = _locate_text(fields, "series")
    if name is None:
        return None
    return LocatedText(collapse_whitespace(name.text), name.location)


def _parse_tags(fields: Fields) -> tuple[LocatedText, ...]:
    """Return the tags; those by which Nikola hid posts are errors (https://getnikola.com/handbook.html#draft-posts)."""
    tags = _parse_names(fields, "tags")
    for tag in tags:
        folded = fold_text(tag.text)
        if folded in {"draft", "private"}:
            hint = f"write {folded}: true, or another tag"
            fields.fail(tag.location, "hiding-tag", f'the tag "{tag.text}" hides nothing', hint)
    return tags


def _parse_names(fields: Fields, key: str) -> tuple[LocatedText, ...]:
    texts = _locate_texts(fields, key)
    names = tuple(LocatedText(collapse_whitespace(name.text), name.location) for name in texts)
    node = fields.take(key)
    if node is None:
        return names
    if len(names) > MAX_NAMES:
        message = f'"{key}" has {len(names)} entries, more than {MAX_NAMES}'
        fields.fail(node.location, "too-many", message, "keep those by which readers look for posts")
        return ()
    if isinstance(node.value, str) and "," in node.value:
        items = ", ".join(part.strip("# ") for part in node.value.split(","))
        message = f'"{key}" is one text with a comma'
        fields.warn(node.location, "comma", message, f"write {key}: [{items}]")
        return names
    for name in names:
        match = _MARKED_NAME.fullmatch(name.text)
        if match:
            message = f'"{name.text}" is shown with its {name.text[0]}'
            fields.warn(name.location, "mark", message, f"write {match['hash'] or match['quoted']}")
    return names


def _locate_text(fields: Fields, key: str) -> LocatedText | None:
    text = fields.text(key).strip()
    return LocatedText(text, fields.locate(key)) if text else None


def _locate_texts(fields: Fields, key: str) -> tuple[LocatedText, ...]:
    return tuple(LocatedText(text, location) for text, location in fields.located_texts(key))


def _parse_source(fields: Fields) -> ExternalSource | None:
    node = fields.take("source")
    if node is None:
        return None
    if isinstance(node.value, dict):
        return _parse_source_table(fields, node)
    if isinstance(node.value, tuple):
        first = node.value[0] if node.value else node
        hint = suggest_line(first, "source", first.value) if isinstance(first.value, str) else ""
        fields.fail(node.location, "wrong-type", '"source" must be one address, or a table with url', hint)
        return None
    url = fields.url("source")
    if not url:
        return None
    return ExternalSource(url, title=urlsplit(url).hostname or "")


def _parse_source_table(fields: Fields, node: ConfigNode) -> ExternalSource | None:
    table = fields.table("source")
    source = ExternalSource(table.url("url"), table.text("title"), table.text("author"))
    table.finish()
    if source.url:
        return source
    if table.is_blank("url"):
        hint = 'add url = "https://…"' if node.style == "typed" else "add url: https://…"
        fields.fail(node.location, "missing-key", '"source" needs a url', hint)
    return None


def _parse_lang(fields: Fields) -> str:
    lang = fields.text("lang")
    if lang and not LANGUAGE.fullmatch(lang):
        report_wrong_language(fields, "lang", lang)
        return ""
    return lang
