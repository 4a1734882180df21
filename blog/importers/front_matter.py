"""The front matter of an old document → :class:`OldMatter`: what it says in our terms, and the keys nobody needs.

The keys of all tools are read by one table: where two tools mean different things by a key, the source says so. **What
smells of hiding hides**: a key that would have hidden the document in any tool makes it a draft, private or unlisted.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from blog.config.date_hints import list_readings
from blog.config.dates import NoSuchDateError, Timestamp, parse_timestamp
from blog.config.hiding_marks import is_hiding_value, normalize_key
from blog.config.toml import ConfigMember, ConfigNode
from blog.content.front_matter_block import split_front_matter
from blog.content.misplaced_keys import check_block
from blog.problems import BlogError, Location
from blog.text import collapse_whitespace, name_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Visibility = Literal["", "draft", "private", "unlisted"]
_STRENGTH: tuple[Visibility, ...] = ("", "unlisted", "draft", "private")
_HIDES: dict[str, Visibility] = {"unlisted": "unlisted", "hidden": "unlisted", "hide": "unlisted", "private": "private"}
"""Key of another tool, by its normal spelling → what it does here; every other such key makes a draft."""
_UNLISTING = {
    "hiddeninhomelist": "true", "searchhidden": "true", "robotsnoindex": "true", "noindex": "true", "sitemap": "false",
    "search_exclude": "true", "eleventyexcludefromcollections": "true",
}  # fmt: skip
"""Key by which a theme keeps a document off some list → the value that does it."""
_TOOL_KEYS = ("layout", "template", "templateEngineOverride", "editor", "editor_options")
"""Keys that name a template, an engine or an editor of the old tool."""
_HIDING_TAGS = frozenset({"draft", "private"})
_TIGHT_COMMENT = re.compile(r"^(?P<before>[^\"'#\n]*[ \t])#(?=\S)", re.MULTILINE)
_QUOTED_VALUE = re.compile(r"([\"'])(?P<text>[^\"']*)\1[ \t]*(?:#.*)?")
_LINE_COMMENT = re.compile(r"[ \t]#")
_SIMPLE_LINE = re.compile(r"(?P<key>[A-Za-z_][\w.-]*)\s*[:=]\s*(?P<value>.*)")
_PLAIN_KEY = re.compile(r"[\w-]+")
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,? ", re.IGNORECASE)
"""In an old date it is not checked."""
_NAMED_ZONE = re.compile(r"(\d{2}:\d{2}(?::\d{2})?)\s+(?:[A-Z]{2,5}|[A-Z][a-z]+/\w+)$")
_UTC_OFFSET = re.compile(r" ?UTC(?=[+-]\d)")
"""Nikola writes ``10:00:00 UTC+02:00``."""
_IMAGES = (
    "image", "cover", "header", "featured_image", "heroImage", "ogImage", "coverImage", "thumbnail", "images", "img",
    "banner", "header-img", "teaser",
)  # fmt: skip
_IMAGE_KEYS = ("path", "src", "url", "image", "filename", "og_image", "teaser", "overlay_image", "feature", "thumbnail")


_DAYS_OF_BUILDING = frozenset({"last-modified", "today", "now"})
"""What Quarto takes for the date of the last build, or of the file: no date that can be moved."""


class Extra(Struct, frozen=True):
    """A key without a meaning here, which is kept under ``extra``."""

    key: str
    value: Any
    """Text, a number, a truth value, or lists and tables of them."""
    line: int


class OldMatter(Struct, frozen=True, kw_only=True):
    """The front matter of an old document in our terms; a missing key has an empty value."""

    title: str = ""
    date: Timestamp | None = None
    updated: Timestamp | None = None
    summary: str = ""
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    series: str = ""
    part: int | None = None
    visibility: Visibility = ""
    reason: str = ""
    """The key, or the folder, that hides it."""
    image: str = ""
    image_alt: str = ""
    aliases: tuple[str, ...] = ()
    slug: str = ""
    address: str = ""
    """Its whole address, by ``url`` or ``permalink``."""
    lang: str = ""
    canonical: str = ""
    toc: bool = True
    layout: str = ""
    extra: tuple[Extra, ...] = ()
    left_out: tuple[Extra, ...] = ()
    """Keys that say nothing without the old tool: they are listed, and kept nowhere."""
    complaints: tuple[tuple[int, str], ...] = ()
    """Line, and what could not be read there."""


class RawMatter(Struct, frozen=True):
    """The block above a text, before its keys are read."""

    node: ConfigNode
    body: str
    body_line: int
    has_block: bool
    complaint: tuple[int, str] | None = None
    """Line and message, if the block could not be read as YAML or TOML."""


def split_matter(text: str, path: str) -> RawMatter:
    """Return the front matter of a file; one that is not valid is read line by line, with a complaint."""
    try:
        node, end = split_front_matter(text, path)
    except BlogError as error:
        spaced = _space_comments(text)
        if spaced != text:
            return split_matter(spaced, path)
        problem = error.problems[0]
        return _split_by_lines(text, path, (problem.location.line, problem.message))
    return RawMatter(node, text[end:], text.count("\n", 0, end) + 1, end > 0)


def matter_of(values: Mapping[str, Any], path: str) -> RawMatter:
    """Return values, such as those of a file in JSON, as the front matter of an empty text."""
    block = "\n".join(f"{key}: {json.dumps(value)}" for key, value in values.items() if _PLAIN_KEY.fullmatch(key))
    return split_matter(f"---\n{block}\n---\n", path)


def _space_comments(text: str) -> str:
    """Return ``text`` with a space behind the ``#`` of each comment of its block.

    For YAML ``a: b #c`` has a comment too; our front matter refuses it, as it may be meant as text.
    """
    fence, newline, rest = text.partition("\n")
    block, mark, body = rest.partition(f"\n{fence}")
    if fence.strip() != "---" or not mark:
        return text
    spaced = _TIGHT_COMMENT.sub(r"\g<before># ", block)
    return f"{fence}{newline}{spaced}{mark}{body}"


def _split_by_lines(text: str, path: str, complaint: tuple[int, str]) -> RawMatter:
    """Return the keys of a block that is no YAML: each line ``key: value``, and lists below a key."""
    lines = text.lstrip("\n").split("\n")
    fence = lines[0].strip()
    end = next((row for row, line in enumerate(lines[1:], 1) if line.strip() == fence), 0)
    if fence not in {"---", "+++"} or not end:
        return RawMatter(ConfigNode({}, Location(path), "typed"), text, 1, has_block=False, complaint=complaint)
    members: dict[str, ConfigMember] = {}
    last = ""
    for row, line in enumerate(lines[1:end], 2):
        location = Location(path, row)
        match = _SIMPLE_LINE.fullmatch(line.rstrip())
        if match:
            last = match["key"]
            members[last] = ConfigMember(location, _read_value(match["value"].strip(), location))
        elif line.strip().startswith("- ") and last:
            item = ConfigNode(line.strip()[2:].strip(" \"'"), location, "plain")
            before = members[last].node
            items = before.value if isinstance(before.value, tuple) else ()
            members[last] = ConfigMember(members[last].location, ConfigNode((*items, item), location, "block"))
    node = ConfigNode(members, Location(path), "typed")
    return RawMatter(node, "\n".join(lines[end + 1 :]), end + 2, has_block=True, complaint=complaint)


def _read_value(text: str, location: Location) -> ConfigNode:
    if text.startswith("[") and text.endswith("]"):
        items = (ConfigNode(part.strip(" \"'"), location, "plain") for part in text[1:-1].split(",") if part.strip())
        return ConfigNode(tuple(items), location, "block")
    quoted = _QUOTED_VALUE.fullmatch(text)
    if quoted:
        return ConfigNode(quoted["text"], location, "plain")
    return ConfigNode(_LINE_COMMENT.split(text, maxsplit=1)[0].strip("\"'"), location, "plain")


class Keys:
    """The keys of a block; each getter marks those that it reads, and :meth:`rest` yields the others."""

    def __init__(self, raw: RawMatter, inherited: dict[str, ConfigMember] | None = None) -> None:
        """``inherited`` are values that the old tool gives to each document which has no other."""
        self.members: dict[str, ConfigMember] = {**(inherited or {}), **raw.node.value}
        self._read: set[str] = set()
        self._spellings = {key.lower(): key for key in self.members}
        self.complaints: list[tuple[int, str]] = [raw.complaint] if raw.complaint else []
        self.left_out: list[Extra] = []

    def node(self, *names: str) -> ConfigNode | None:
        """Return the first present value of ``names``, in any case of letters; all of them count as read."""
        found = None
        for name in names:
            key = self._spellings.get(name.lower())
            if key is None:
                continue
            self._read.add(key)
            node = self.members[key].node
            if found is None and not node.is_empty:
                found = node
        return found

    def text(self, *names: str) -> str:
        """Return a text in one line; ``""`` for lists and tables, which stay for :meth:`rest`."""
        node = self.node(*names)
        if node is None:
            return ""
        if isinstance(node.value, dict | tuple):
            self._read -= {self._spellings.get(name.lower(), "") for name in names}
            return ""
        return collapse_whitespace(_scalar(node))

    def texts(self, *names: str, separator: str = ",") -> tuple[str, ...]:
        """Return a list of texts, all ``names`` together; a single text is split at ``separator``."""
        texts: list[str] = []
        for name in names:
            node = self.node(name)
            if node is None:
                continue
            if isinstance(node.value, tuple):
                texts += [collapse_whitespace(_scalar(item)) for item in node.value if not isinstance(item.value, dict)]
            elif not isinstance(node.value, dict):
                texts += _split_names(_scalar(node), separator)
        return tuple(dict.fromkeys(filter(None, texts)))

    def table(self, *names: str) -> dict[str, ConfigMember]:
        """Return a table; empty for any other value."""
        node = self.node(*names)
        return node.value if node is not None and isinstance(node.value, dict) else {}

    def date(self, *names: str) -> Timestamp | None:
        """Return the first readable date of ``names``."""
        for name in names:
            node = self.node(name)
            if node is None:
                continue
            if isinstance(node.value, dict):
                created = node.value.get("created")
                if created is None:
                    continue
                node = created.node
            written = _scalar(node)
            moment = read_date(written)
            if moment is not None:
                return moment
            if written in _DAYS_OF_BUILDING:
                continue
            self.complaints.append((node.location.line, f'"{_scalar(node)}" is not read as a date'))
        return None

    def drop(self, *names: str) -> None:
        """Leave out keys that say nothing without the old tool, whatever they mean in other tools."""
        for name in names:
            key = self._spellings.pop(name.lower(), None)
            if key is not None:
                member = self.members.pop(key)
                self.left_out.append(Extra(key, plain_value(member.node), member.location.line))

    def rest(self) -> Iterator[tuple[str, ConfigMember]]:
        """Yield the keys that nothing has read."""
        for key, member in self.members.items():
            if key not in self._read:
                yield key, member


def _split_names(text: str, separator: str) -> list[str]:
    """Return the names in ``text``; where blanks separate them, a comma does so too, and before them."""
    pattern = "," if separator == " " and "," in text else separator
    return [part.strip() for part in re.split(pattern, text)]


def _scalar(node: ConfigNode) -> str:
    return node.written or str(node.value)


def read_date(text: str) -> Timestamp | None:
    """Return a date in any of the usual spellings, ``05/06/2015`` in the American order; None if it is none of them."""
    text = _UTC_OFFSET.sub("", collapse_whitespace(text).strip("\"'"))
    text = _WEEKDAY.sub("", text, count=1)
    for written in (text, _NAMED_ZONE.sub(r"\1", text), *list_readings(text)):
        try:
            return parse_timestamp(written)
        except NoSuchDateError:
            return None
        except ValueError:
            continue
    return None


def plain_value(node: ConfigNode) -> Any:
    """Return the value of a node as data: texts, and lists and tables of them."""
    if isinstance(node.value, dict):
        return {key: plain_value(member.node) for key, member in node.value.items()}
    if isinstance(node.value, tuple):
        return [plain_value(item) for item in node.value]
    if isinstance(node.value, bool | int | float):
        return node.value
    text = str(node.value)
    if node.style == "plain" and text in {"true", "false"}:
        return text == "true"
    if node.style == "plain" and re.fullmatch(r"-?(?:0|[1-9]\d{0,14})", text):
        return int(text)
    return "" if node.is_empty else text


_DATE_KEYS = (
    "date", "publishDate", "pubDate", "pubDatetime", "publishedAt", "publishedDate", "published_at", "added", "created",
    "createdAt",
)  # fmt: skip
_UPDATE_KEYS = ("updated", "lastmod", "last_modified_at", "modified", "last-updated", "updatedDate", "modDatetime")


def read_matter(keys: Keys, now: dt.datetime, *, tag_separator: str = ",", category_separator: str = ",") -> OldMatter:
    """Return the front matter of a post or page; ``now`` decides what was not published yet, or is not any more."""
    visibility, reason = _read_visibility(keys, now)
    tags = keys.texts("tags", "tag", "keywords", separator=tag_separator)
    if hiding := _HIDING_TAGS.intersection(map(str.lower, tags)):
        visibility, reason = stronger((visibility, reason), ("draft", f"the tag {min(hiding)}"))
        tags = tuple(tag for tag in tags if tag.lower() not in _HIDING_TAGS)
    image, image_alt = _read_image(keys)
    layout = keys.text("layout")
    keys.drop(*_TOOL_KEYS)
    for key, member in list(keys.rest()):
        if check_block("", ConfigNode({key: member}, member.location, "typed")):  # the new site has no place for it
            visibility, reason = stronger((visibility, reason), ("draft", f"a mark of hiding in {key}"))
            keys.drop(key)
    return OldMatter(
        title=_plain_title(keys.text("title")),
        date=keys.date(*_DATE_KEYS),
        updated=keys.date(*_UPDATE_KEYS) or _read_update(keys),
        summary=_read_summary(keys),
        tags=tags,
        categories=keys.texts("categories", "category", separator=category_separator),
        authors=_read_authors(keys),
        series=next(iter(keys.texts("series", separator="$^")), ""),
        part=_read_number(keys.text("series_order", "part", "series_weight")),
        visibility=visibility,
        reason=reason,
        image=image,
        image_alt=image_alt,
        aliases=keys.texts("aliases", "alias", "redirect_from", separator="$^"),
        slug=keys.text("slug"),
        address=keys.text("url", "permalink"),
        lang=_read_language(keys),
        canonical=keys.text("canonical", "canonical_url", "canonicalURL"),
        toc=keys.text("toc", "showtoc").lower() != "false",
        layout=layout,
        extra=tuple(Extra(key, plain_value(member.node), member.location.line) for key, member in keys.rest()),
        left_out=tuple(keys.left_out),
        complaints=tuple(keys.complaints),
    )


def _read_update(keys: Keys) -> Timestamp | None:
    """Return the day of the last change that stands below ``date``."""
    member = keys.table("date").get("updated")
    return read_date(_scalar(member.node)) if member else None


def stronger(one: tuple[Visibility, str], other: tuple[Visibility, str]) -> tuple[Visibility, str]:
    """Return the pair of visibility and reason that hides more."""
    return other if _STRENGTH.index(other[0]) > _STRENGTH.index(one[0]) else one


def _plain_title(title: str) -> str:
    return collapse_whitespace(re.sub(r"<[^<>]*>", "", title).replace("&amp;", "&"))


def _read_number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,6}", text) else None


def _read_language(keys: Keys) -> str:
    text = keys.text("lang", "language").replace("_", "-")
    return text if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", text) else ""


def _read_summary(keys: Keys) -> str:
    """Return the longest of the texts that tools show below a title."""
    texts = [keys.text(name) for name in ("summary", "description", "excerpt", "subtitle", "abstract")]
    plain = [collapse_whitespace(re.sub(r"<[^<>]*>", "", text)) for text in texts]
    return max(plain, key=len)


def _read_authors(keys: Keys) -> tuple[str, ...]:
    names: list[str] = []
    for key in ("author", "authors"):
        node = keys.node(key)
        if node is None:
            continue
        for item in node.items:
            if not isinstance(item.value, dict):
                names.append(collapse_whitespace(_scalar(item)))
                continue
            member = item.value.get("name")
            if member:
                names.append(collapse_whitespace(_scalar(member.node)))
    return tuple(dict.fromkeys(filter(None, names)))


def _read_image(keys: Keys) -> tuple[str, str]:
    """Return the address of the picture of a document, and its description."""
    alt = keys.text("image_alt", "imageAlt", "image-alt")
    for name in _IMAGES:
        node = keys.node(name)
        if node is None or not node.items:
            continue
        first = node.items[0]
        if not isinstance(first.value, dict):
            return collapse_whitespace(_scalar(first)), alt
        for key in _IMAGE_KEYS:
            member = first.value.get(key)
            if member and isinstance(member.node.value, str) and not member.node.is_empty:
                described = first.value.get("alt") or first.value.get("image_description")
                return member.node.value, alt or (str(described.node.value) if described else "")
    return "", ""


def _read_visibility(keys: Keys, now: dt.datetime) -> tuple[Visibility, str]:
    """Return what hides a document, by the keys of all tools."""
    result: tuple[Visibility, str] = ("", "")
    for key, member in keys.members.items():
        value, name = plain_value(member.node), normalize_key(key)
        shown = f"{key}: {str(member.node.value if isinstance(member.node.value, str) else value)[:40]}"
        if name in {"expirydate", "publishdate"}:
            keys.node(key)
            result = stronger(result, _read_day(name, str(value), now, shown))
        elif name and is_hiding_value(name, value):
            keys.node(key)
            result = stronger(result, (_HIDES.get(name, "draft"), shown))
        elif name and not isinstance(value, dict | list):
            keys.node(key)  # it says that the document is public
        elif name_key(key) in _UNLISTING and str(value).lower() == _UNLISTING[name_key(key)]:
            result = stronger(result, ("unlisted", shown))
        elif key in {"build", "_build"} and isinstance(value, dict):
            keys.node(key)
            result = stronger(result, _read_build(value, key))
    return result


def _read_day(name: str, value: str, now: dt.datetime, shown: str) -> tuple[Visibility, str]:
    """Return what a day of publication or expiry hides; one that cannot be read hides too."""
    moment = read_date(value)
    is_hidden = moment is None or (moment.begins(dt.UTC) > now) == (name == "publishdate")
    return ("draft", shown) if value and is_hidden else ("", "")


def _read_build(table: dict[str, Any], key: str) -> tuple[Visibility, str]:
    """Return what Hugo's table ``build`` hides."""
    render, listed = (str(table.get(name, "")).lower() for name in ("render", "list"))
    if render in {"never", "false", "link"}:
        return "draft", f"{key}.render: {render}"
    return ("unlisted", f"{key}.list: {listed}") if listed in {"never", "false", "local"} else ("", "")
