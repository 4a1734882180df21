"""The mapping above a text → :class:`FrontMatter` and its problems, each with a position.

:data:`KEYS` has one row for each key. The schema is closed: unknown keys are errors. Nothing here depends on other
documents.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from msgspec import Struct

from blog.config.dates import Timestamp
from blog.config.hiding_marks import fold_text, normalize_key
from blog.config.languages import LANGUAGE, report_wrong_language
from blog.config.licenses import License, parse_doi, parse_license
from blog.config.people import Person, parse_people
from blog.config.schema import Fields
from blog.config.value_hints import explain_foreign_key, suggest_line
from blog.content.foreign_keys import FOREIGN_KEYS
from blog.content.revision_history import Change, parse_changes
from blog.problems import Location, Problem
from blog.text import collapse_whitespace, name_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from blog.config.key_recorder import KeyRecorder
    from blog.config.toml import ConfigNode
    from blog.content.file_kinds import Kind

_MARKED_NAME = re.compile(r"#++\s*+(?P<hash>\S.*)|[“„](?P<quoted>[^“”„]++)[”“]")
"""A tag or label with a mark that its author meant for another program."""
_CATEGORIES = ("categories", "category")
"""Keys of other tools."""
_IMAGE_ADDRESS = ("src", "path", "url")
"""The spellings of the address in a table of ``image``."""
MAX_NAMES = 200
"""Tags or labels of one post: each has a page and a feed, and each of these lists all of them."""
_NAMES_OF_KINDS = {"post": "a post", "page": "a page", "home": "the home page", "series": "a series file"}
"""Kind of a document → its name in messages."""
_TABLES = frozenset({"build", "_build", "execute"})
"""Tables by which Hugo hides a page, and Quarto the code of a page."""


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
    url: LocatedText | None = None
    """The whole address, as written."""
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
    license: License | None = None
    doi: str = ""
    lang: str = ""
    translation_of: LocatedText | None = None
    """The file of the text in its first language, relative to this one."""
    bibliography: tuple[LocatedText, ...] = ()
    """The paths of the only bibliographies that the text cites, relative to it."""
    canonical: str = ""
    toc: bool = True
    template: LocatedText | None = None
    guid: LocatedText | None = None
    extra: dict[str, Any] = {}
    parts: tuple[LocatedText, ...] = ()
    """Planned titles; in series files only."""
    meta: dict[str, Any] = {}
    """The values of the keys that pages and feeds show as they are: see :attr:`Key.shown`."""
    location: Location
    """The first line of the block (or of the file)."""


def parse_front_matter(
    node: ConfigNode, kind: Kind, allow: tuple[str, ...], categories: str = ""
) -> tuple[FrontMatter, list[Problem]]:
    """Return the typed front matter of a document of ``kind`` and all problems in it.

    ``allow`` are the keys that the site permits besides the schema; ``categories`` is the key as which those of other
    tools are read, see :attr:`blog.config.settings.Settings.categories`.
    """
    problems: list[Problem] = []
    fields = Fields(node, problems)
    keys = _list_keys(categories)
    values: dict[str, Any] = {}
    meta: dict[str, Any] = {}
    for key in keys:
        if not key.is_known_in(kind):
            continue
        value = key.read(fields, *key.spellings)
        if not key.shown:
            values[key.name] = value
        elif value:
            meta[key.name] = value
    if not values.get("updated") and values.get("changes"):
        values["updated"] = Timestamp(values["changes"][-1].day)
    matter = FrontMatter(
        **values,
        meta=meta,
        context_location=fields.locate("context"),
        part_location=fields.locate("part", "weight") if values.get("part") is not None else None,
        location=node.location,
    )
    _warn_of_allowed_keys(fields, allow)
    _warn_of_unused_keys(fields, keys, kind, allow)
    if kind == "post":
        _warn_of_lone_keys(fields, values)
    if matter.series is not None and matter.part is not None and matter.part < 0:
        fields.fail(fields.locate("part", "weight"), "wrong-number", '"part" must be 0 or more in a series')
    fields.finish(FOREIGN_KEYS, allow)
    return matter, problems


def record_front_matter() -> KeyRecorder:
    """Return the keys that front matter may have, with their types, in the order of :data:`KEYS`."""
    from blog.config.key_recorder import KeyRecorder  # noqa: PLC0415  (no build needs it)

    recorder = KeyRecorder()
    for key in KEYS:
        key.read(recorder, *key.spellings)
    return recorder


def _list_keys(categories: str) -> tuple[Key, ...]:
    """Return :data:`KEYS`; ``categories`` and ``category`` are other spellings of the key with that name."""
    return tuple(key._replace(aliases=_CATEGORIES) if key.name == categories else key for key in KEYS)


def linked_addresses(matter: FrontMatter) -> Iterator[str]:
    """Yield the addresses in the values of the keys that hold links."""
    for key in KEYS:
        if key.links is None:
            continue
        value = matter.meta.get(key.name) if key.shown else getattr(matter, key.name)
        if value:
            yield from filter(None, key.links(value))


def _warn_of_allowed_keys(fields: Fields, allow: tuple[str, ...]) -> None:
    """Warn of allowed keys by which another tool hides a document."""
    for key, member in fields.node.value.items():
        if key not in allow or key in fields.known_keys:
            continue
        hiding_key = key if key in _TABLES else normalize_key(key)
        if hiding_key:
            hint = explain_foreign_key(FOREIGN_KEYS.get(hiding_key, f'"{hiding_key}"'))
            fields.warn(member.location, "hiding-key", f'"{key}" does not hide anything here', hint)


def _warn_of_unused_keys(fields: Fields, keys: tuple[Key, ...], kind: Kind, allow: tuple[str, ...]) -> None:
    """Warn of known keys that have no effect on a document of ``kind``."""
    unused_keys = [key for key in keys if key.is_known_in(kind) and kind not in key.kinds]
    for key in unused_keys:
        for name in key.spellings:
            if name in fields.node.value and name not in allow:
                message = f'"{name}" means nothing on {_NAMES_OF_KINDS[kind]}'
                hint = "take the line out"
                if kind == "page" and "post" in key.kinds:
                    hint = "if this is a post, move the file to content/posts/; else take the line out"
                fields.warn(fields.node.value[name].location, "silent-key", message, hint)


def _warn_of_lone_keys(fields: Fields, values: dict[str, Any]) -> None:
    """Warn of keys that have no effect without another; another spelling (Hugo's ``weight``) may have its own use."""
    for key in KEYS:
        if not key.needs or values[key.needs] or key.name not in fields.node.value:
            continue
        if values[key.name] not in ("", None):
            message = f'"{key.name}" means nothing without "{key.needs}"'
            fields.warn(fields.locate(key.name), "silent-key", message, f'add "{key.needs}"')


def _parse_parts(fields: Fields, key: str) -> tuple[LocatedText, ...]:
    """Return the planned titles; a title that is planned twice, and a text in the place of the list, are warnings."""
    parts = _locate_texts(fields, key)
    node = fields.take(key)
    if node is not None and isinstance(node.value, str) and parts and not _has_lines(node):
        hint = "write each title on a line of its own: - Week 1"
        fields.warn(node.location, "one-text", f'"{key}" is one text, and not a list', hint)
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


def _parse_line(fields: Fields, *keys: str) -> str:
    return collapse_whitespace(fields.text(*keys))


def _parse_title(fields: Fields, key: str) -> str:
    title = _parse_line(fields, key)
    member = fields.node.value.get(key)
    if member is not None and _is_blank(member.node):
        sign = " =" if member.node.style == "typed" else ":"
        fields.fail(fields.locate(key), "empty", f'"{key}" is empty', f"write {key}{sign} …")
    return title


def _is_blank(node: ConfigNode) -> bool:
    """Return whether a value is missing, empty, white space, zero or false."""
    return node.is_empty or not str(node.value or "").strip()


def _parse_draft(fields: Fields, key: str, opposite: str) -> bool:
    draft = fields.flag(key)
    published = fields.flag(opposite, default=True)
    has_both = {key, opposite} <= fields.node.value.keys()
    if has_both and draft == published:
        message = f'"{key}" and "{opposite}" contradict each other'
        fields.fail(fields.locate(opposite), "same-key", message, "keep one")
    return draft or not published


def _parse_series_name(fields: Fields, key: str) -> LocatedText | None:
    node = fields.take(key)
    if node is not None and isinstance(node.value, tuple) and node.value and isinstance(node.value[0].value, str):
        hint = suggest_line(node.value[0], key, node.value[0].value)
        fields.fail(node.location, "wrong-type", f'"{key}" must be text: a post has one series', hint)
        return None
    name = _locate_text(fields, key)
    if name is None:
        return None
    return LocatedText(collapse_whitespace(name.text), name.location)


def _parse_tags(fields: Fields, *keys: str) -> tuple[LocatedText, ...]:
    """Return the tags under all ``keys``.

    Those by which Nikola hid posts are errors (https://getnikola.com/handbook.html#draft-posts).
    """
    tags = tuple(tag for key in keys for tag in _parse_names(fields, key))
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


def _locate_text(fields: Fields, *keys: str) -> LocatedText | None:
    text = fields.text(*keys).strip()
    return LocatedText(text, fields.locate(*keys)) if text else None


def _locate_texts(fields: Fields, key: str) -> tuple[LocatedText, ...]:
    return tuple(LocatedText(text, location) for text, location in fields.located_texts(key))


def _parse_image(fields: Fields, key: str) -> LocatedText | None:
    """Return the address of the preview image: the text, or that in a table with ``src`` and ``alt``."""
    node = fields.take(key)
    if node is None or not isinstance(node.value, dict):
        return _locate_text(fields, key)
    table = Fields(node, fields.problems)
    image = _locate_text(table, *_IMAGE_ADDRESS)
    table.take("alt")  # :func:`_parse_image_alt` reads it
    table.finish()
    if image is None and all(map(table.is_blank, _IMAGE_ADDRESS)):
        hint = 'add src = "a-picture.png"' if node.style == "typed" else "add src: a-picture.png"
        fields.fail(node.location, "missing-key", f'"{key}" needs a src', hint)
    return image


def _parse_image_alt(fields: Fields, key: str) -> str:
    """Return the alternative text of the preview image, which may also be ``alt`` in the table of the image."""
    text = fields.text(key)
    image = fields.node.value.get("image")
    if image is None or not isinstance(image.node.value, dict):
        return text
    table = Fields(image.node, fields.problems)
    table_text = table.text("alt")
    if text and table_text:
        message = f'"{key}" and "alt" of the image mean the same'
        fields.fail(fields.node.value[key].location, "same-key", message, "keep one of them")
    return text or table_text


def _parse_source(fields: Fields, key: str) -> ExternalSource | None:
    node = fields.take(key)
    if node is None:
        return None
    if isinstance(node.value, dict):
        return _parse_source_table(fields, node, key)
    if isinstance(node.value, tuple):
        first = node.value[0] if node.value else node
        hint = suggest_line(first, key, first.value) if isinstance(first.value, str) else ""
        fields.fail(node.location, "wrong-type", f'"{key}" must be one address, or a table with url', hint)
        return None
    url = fields.url(key)
    if not url:
        return None
    return ExternalSource(url, title=urlsplit(url).hostname or "")


def _parse_source_table(fields: Fields, node: ConfigNode, key: str) -> ExternalSource | None:
    table = fields.table(key)
    source = ExternalSource(table.url("url"), table.text("title"), table.text("author"))
    table.finish()
    if source.url:
        return source
    if table.is_blank("url"):
        hint = 'add url = "https://…"' if node.style == "typed" else "add url: https://…"
        fields.fail(node.location, "missing-key", f'"{key}" needs a url', hint)
    return None


def _parse_lang(fields: Fields, key: str) -> str:
    lang = fields.text(key)
    if lang and not LANGUAGE.fullmatch(lang):
        report_wrong_language(fields, key, lang)
        return ""
    return lang


def _parse_extra(fields: Fields, key: str) -> dict[str, Any]:
    return fields.table(key).plain()


def _read_date(fields: Fields, *keys: str) -> Timestamp | None:
    return fields.date(*keys)


def _read_markdown(fields: Fields, key: str) -> str:
    return fields.markdown(key)


def _read_integer(fields: Fields, *keys: str) -> int | None:
    return fields.integer(*keys)


def _read_flag(fields: Fields, key: str) -> bool:
    return fields.flag(key)


def _read_flag_that_is_on(fields: Fields, key: str) -> bool:
    return fields.flag(key, default=True)


def _read_url(fields: Fields, key: str) -> str:
    return fields.url(key)


class Key(NamedTuple):
    """A key of front matter."""

    name: str
    read: Callable[..., Any]
    """Gets the :class:`Fields` and all spellings of the key; returns its value and reports what is wrong with it."""
    kinds: frozenset[Kind]
    """The kinds of document on which the key has an effect."""
    aliases: tuple[str, ...] = ()
    """Its other spellings."""
    needs: str = ""
    """The key without which this one has no effect on a post."""
    links: Callable[[Any], list[str]] | None = None
    """Returns the addresses in a value, which are checked as all links are; None if the key holds no link."""
    shown: bool = False
    """Whether pages and feeds show the value as it is. It is in :attr:`FrontMatter.meta` and must be text or a number.

    The program acts on the value of any other key: that is the attribute of :class:`FrontMatter` with the name of the
    key.
    """

    @property
    def spellings(self) -> tuple[str, ...]:
        """The name and the aliases."""
        return (self.name, *self.aliases)

    def is_known_in(self, kind: Kind) -> bool:
        """Return whether the key is no error in a document of ``kind``: one of posts is a warning on a page."""
        return kind in self.kinds or (kind != "series" and "post" in self.kinds)


_POSTS: frozenset[Kind] = frozenset({"post"})
_PAGES: frozenset[Kind] = frozenset({"post", "page"})
_DOCUMENTS: frozenset[Kind] = frozenset({"post", "page", "home"})
_SERIES: frozenset[Kind] = frozenset({"series"})

KEYS = (
    Key("title", _parse_title, _PAGES | _SERIES),
    Key("date", _read_date, _PAGES),
    Key("updated", _read_date, _PAGES, aliases=("lastmod",)),
    Key("changes", parse_changes, _PAGES),
    Key("slug", _locate_text, _PAGES | _SERIES),
    Key("url", _locate_text, _PAGES),
    Key("summary", _parse_line, _DOCUMENTS | _SERIES, aliases=("description",)),
    Key("tags", _parse_tags, _POSTS),
    Key("labels", _parse_names, _POSTS),
    Key("context", _read_markdown, _PAGES),
    Key("series", _parse_series_name, _POSTS),
    Key("part", _read_integer, _POSTS, aliases=("weight",), needs="series"),
    Key("draft", _parse_draft, _DOCUMENTS | _SERIES, aliases=("published",)),
    Key("private", _read_flag, _DOCUMENTS | _SERIES),
    Key("unlisted", _read_flag, _PAGES),
    Key("image", _parse_image, _PAGES),
    Key("image_alt", _parse_image_alt, _PAGES, needs="image"),
    Key("source", _parse_source, _POSTS, links=lambda source: [source.url]),
    Key("discussion", _read_url, _POSTS, links=lambda url: [url]),
    Key("revisits", _locate_texts, _POSTS),
    Key("aliases", _locate_texts, _PAGES),
    Key("author", parse_people, _POSTS, links=lambda people: [person.url for person in people]),
    Key("license", parse_license, _POSTS),
    Key("doi", parse_doi, _POSTS),
    Key("lang", _parse_lang, _PAGES),
    Key("translation_of", _locate_text, _PAGES),
    Key("bibliography", _locate_texts, _DOCUMENTS),
    Key("canonical", _read_url, _PAGES, links=lambda url: [url]),
    Key("toc", _read_flag_that_is_on, _PAGES),
    Key("template", _locate_text, _DOCUMENTS),
    Key("guid", _locate_text, _POSTS),
    Key("extra", _parse_extra, _PAGES),
    Key("parts", _parse_parts, _SERIES),
)
"""All keys: the schema, the warnings of keys without effect, the links to check, and what pages show."""
