"""The block above a text → :class:`FrontMatter` and its problems, each with a position.

YAML between ``---`` lines, TOML between ``+++`` lines; at most 64 KiB. The schema is closed: an unknown key is an error.
Nothing here depends on other documents.
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
"""A line of a paragraph: a list below it belongs to the text."""
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


def _parse_yaml_lazily(text: str, origin: Location) -> ConfigNode:
    from blog.config.yaml import parse_yaml  # noqa: PLC0415  (20 ms that a warm build saves)

    return parse_yaml(text, origin)


_PARSERS: dict[str, Callable[[str, Location], ConfigNode]] = {"---": _parse_yaml_lazily, "+++": parse_toml}
"""Fence → parser."""


def split_front_matter(text: str, path: str) -> tuple[ConfigNode, int]:
    """Return the front matter of ``text`` as a mapping, and the index of the first character after it.

    Blank lines above the block are skipped. A text without a block gives an empty mapping and index 0.
    Raises :class:`BlogError` for a block that is not closed, too large, or not a mapping.
    """
    blank_lines = re.match(r"(?:[ \t]*\n)*", text)
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
        message = f"the front matter is not closed by a line {fence}"
        hint = f"write {fence} alone on a line below the last key"
        raise BlogError([Problem(opening, "front-matter", message, hint)])
    block = text[block_start + 1 : closing.start()]
    if len(block.encode()) > MAX_BYTES:
        raise BlogError([Problem(opening, "front-matter", f"the front matter is longer than {MAX_BYTES // 1024} KiB")])
    node = _PARSERS[fence](block, Location(path, line + 1))
    return ConfigNode(node.value, opening, "typed"), closing.end() + 1


class _HeadScan:
    """A scan of the first lines of a text for a line that is meant as front matter.

    The head ends at the first heading below a paragraph, or where the lines right below a heading end: there fastpages
    has a list.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.code_fence = ""
        self.is_below_heading = False
        self.has_prose = False

    def find_hiding_row(self) -> int | None:
        """Return the number of lines above the first line that looks as if it hid the text."""
        for row, line in enumerate(self.text.split("\n", 20)[:20]):
            mark = line.strip()[:3]
            if mark in {"```", "~~~"} and self.code_fence in {"", mark}:
                self._toggle_code(mark, line)
            elif not self.code_fence and self._is_hiding(line):
                return row
            elif line.startswith("#") and (self.is_below_heading or self.has_prose):
                return None
            self._note_line(line)
            if self.is_below_heading and not _BELOW_HEADING.match(line):
                return None
        return None

    def _note_line(self, line: str) -> None:
        if line.startswith("#"):
            self.is_below_heading = True
        if _PROSE.fullmatch(line):
            self.has_prose = True

    def _toggle_code(self, mark: str, line: str) -> None:
        if self.code_fence:
            self.code_fence = ""
            return
        above = self.text[: self.text.find(line)]
        self.code_fence = mark if above.strip() else ""  # a block that begins the file is not an example

    def _is_hiding(self, line: str) -> bool:
        if _ITEM.match(line) or self.is_below_heading:
            return _is_hiding_item(line, self.has_prose)
        return _says_hidden(line)


def check_text(text: str, origin: Location) -> list[Problem]:
    """Find a line such as ``draft: true`` at the head of ``text``, below the front matter, where it hides nothing.

    ``origin`` is the position of the first line.
    """
    row = _HeadScan(text).find_hiding_row()
    if row is None:
        return []
    hint = "front matter stands once, at the top of the file, between lines --- or +++"
    location = Location(origin.path, origin.line + row)
    return [Problem(location, "front-matter", "this line is in the text and hides nothing", hint)]


def _is_hiding_item(line: str, has_prose: bool) -> bool:
    """Tell whether a line is a list item that only says that something is hidden; below prose it never is."""
    return not has_prose and bool(_ITEM.match(line) and find_hiding_line(line))


def _says_hidden(line: str) -> bool:
    """Tell whether a line only says that something is hidden. A heading does not; a keyword of Org may."""
    if line.startswith("#") and not line.startswith("#+"):
        return False
    return bool(_HIDING_LINE.match(fold_text(line))) or is_header_that_hides(line)


def check_block(block: str, node: ConfigNode) -> list[Problem]:
    """Find keys and lines in front matter that look as if they hid the document, but hide nothing there.

    ``block`` is the file up to the end of the front matter, ``node`` its mapping. Such keys stand in the table of another
    key, such lines in a text of several lines.
    """
    keys = list(_find_hiding_keys(node, ""))
    problems: list[Problem] = []
    for name, outer, member in keys:
        if outer:
            problems += _check_nested_key(name, outer, member)
    key_lines = {member.location.line for _, _, member in keys}
    is_toml = block.lstrip().startswith("+++")
    for line, text in enumerate(block.split("\n"), 1):
        if line in key_lines or text.lstrip().startswith("#"):
            continue
        key_and_sign = find_hiding_line(text)
        if key_and_sign:
            indent = len(text) - len(text.lstrip())
            location = Location(node.location.path, line, indent + 1)
            message = "this line is part of a text and hides nothing"
            problems.append(Problem(location, "front-matter", message, _explain_key(key_and_sign[0], toml=is_toml)))
    return problems


def _find_hiding_keys(node: ConfigNode, outer: str) -> Iterator[tuple[str, str, ConfigMember]]:
    """Yield each key that could hide a document, at any depth, with the name of the top-level key around it."""
    if isinstance(node.value, tuple):
        for item in node.value:
            yield from _find_hiding_keys(item, outer)
    elif isinstance(node.value, dict):
        for name, member in node.value.items():
            if normalize_key(name):
                yield name, outer, member
            yield from _find_hiding_keys(member.node, outer or name)


def _check_nested_key(name: str, outer: str, member: ConfigMember) -> Iterator[Problem]:
    key = normalize_key(name)
    if is_hiding_value(key, _plain_value(member.node)):
        message = f'"{name}" hides nothing inside "{outer}"'
        hint = _explain_key(key, toml=member.node.style == "typed")
        yield Problem(member.location, "hiding-key", message, hint)


def _plain_value(node: ConfigNode) -> Any:
    """Return the scalars of a value: nested lists and tables cannot say yes or no."""
    if isinstance(node.value, tuple):
        return [item.value for item in node.value if not isinstance(item.value, tuple | dict)]
    return None if node.is_empty else node.value


def _explain_key(key: str, *, toml: bool) -> str:
    """Return the hint that shows how to write a key that hides the document."""
    if key not in {"draft", "private", "unlisted", "published"}:
        return f"here it is {_FOREIGN[key]}; otherwise use another word"
    value = "false" if key == "published" else "true"
    if toml:
        return f"write {key} = {value} above the first [table], or use another word"
    return f"write {key}: {value} at the left edge, or use another word"


def parse_front_matter(node: ConfigNode, kind: str, allow: tuple[str, ...]) -> tuple[FrontMatter, list[Problem]]:
    """Return the typed front matter of a document of ``kind`` and all problems in it.

    ``allow`` are the keys that the site permits besides the schema.
    """
    problems: list[Problem] = []
    fields = Fields(node, problems)
    matter = _parse_series(fields) if kind == "series" else _parse_document(fields)
    _warn_of_allowed_keys(fields, allow)
    _warn_of_unused_keys(fields, kind, allow)
    if matter.series is not None and matter.part is not None and matter.part < 0:
        fields.fail(fields.locate("part", "weight"), "wrong-number", '"part" must be 0 or more in a series')
    fields.finish(_FOREIGN, allow)
    return matter, problems


def _warn_of_allowed_keys(fields: Fields, allow: tuple[str, ...]) -> None:
    """Warn of allowed keys by which another tool hides a document."""
    for key, member in fields.node.value.items():
        if key not in allow or key in fields.known:
            continue
        hiding_key = normalize_key(key) or (key if key in _TABLES else "")
        if hiding_key:
            hint = f"here it is {_FOREIGN.get(hiding_key, hiding_key)}"
            fields.warn(member.location, "hiding-key", f'"{key}" does not hide anything here', hint)


def _warn_of_unused_keys(fields: Fields, kind: str, allow: tuple[str, ...]) -> None:
    """Warn of keys that have no effect on a document of ``kind``."""
    if kind not in {"page", "home"}:
        return
    unused = _OF_POSTS if kind == "page" else (*_OF_POSTS, *_OF_PAGES, "title", "context", "extra", "toc")
    target = "a page" if kind == "page" else "the home page"
    for key in unused:
        if key in fields.node.value and key not in allow:
            message = f'"{key}" means nothing on {target}'
            fields.warn(fields.node.value[key].location, "silent-key", message, "take the line out")


def _parse_series(fields: Fields) -> FrontMatter:
    return FrontMatter(
        title=_parse_title(fields),
        summary=fields.text("summary", "description"),
        parts=_locate_texts(fields, "parts"),
        slug=_locate_text(fields, "slug"),
        draft=_parse_draft(fields),
        private=fields.flag("private"),
        context_location=fields.node.location,
        location=fields.node.location,
    )


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
        series=_parse_name(fields, "series"),
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
    if member is not None and (member.node.is_empty or not str(member.node.value or "").strip()):
        fields.fail(fields.locate("title"), "empty", '"title" is empty')
    return title


def _parse_draft(fields: Fields) -> bool:
    draft = fields.flag("draft")
    published = fields.flag("published", default=True)
    if "draft" in fields.node.value and "published" in fields.node.value and draft == published:
        fields.fail(fields.locate("published"), "same-key", '"draft" and "published" contradict each other', "keep one")
    return draft or not published


def _parse_name(fields: Fields, key: str) -> LocatedText | None:
    name = _locate_text(fields, key)
    return LocatedText(collapse_whitespace(name.text), name.location) if name else None


def _parse_tags(fields: Fields) -> tuple[LocatedText, ...]:
    """Return the tags; those by which Nikola hid posts are errors (https://getnikola.com/handbook.html#draft-posts)."""
    tags = _parse_names(fields, "tags")
    for tag in tags:
        if fold_text(tag.text) in {"draft", "private"}:
            hint = f"write {fold_text(tag.text)}: true, or another tag"
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
        listed = ", ".join(part.strip() for part in node.value.split(","))
        message = f'"{key}" is one text with a comma'
        fields.warn(node.location, "comma", message, f"write {key}: [{listed}]")
    return names


def _locate_text(fields: Fields, key: str) -> LocatedText | None:
    text = fields.text(key).strip()
    return LocatedText(text, fields.locate(key)) if text else None


def _locate_texts(fields: Fields, key: str) -> tuple[LocatedText, ...]:
    return tuple(LocatedText(text, place) for text, place in fields.placed_texts(key))


def _parse_source(fields: Fields) -> ExternalSource | None:
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


def _parse_lang(fields: Fields) -> str:
    lang = fields.text("lang")
    if lang and not LANGUAGE.fullmatch(lang):
        fields.fail(fields.locate("lang"), "wrong-language", f'"{lang}" is not a language tag such as en or pt-BR')
        return ""
    return lang
