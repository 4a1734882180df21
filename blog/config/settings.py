"""``blog.toml`` → :class:`Settings`, complete with defaults, and a problem for each wrong key or value."""

from __future__ import annotations

import hashlib
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct, structs

from blog.config.addresses import (
    DEFAULT_PERMALINK,
    parse_authority,
    parse_elsewhere,
    parse_feed_paths,
    parse_links,
    parse_permalink,
)
from blog.config.dates import find_zone, list_zone_names
from blog.config.languages import SiteLanguage, parse_language, parse_languages
from blog.config.licenses import License, parse_license
from blog.config.locales import look_up
from blog.config.menu import MenuItem, parse_menu
from blog.config.misplaced_settings import SITE_KEYS, move_misplaced
from blog.config.people import Person, Portrait, parse_people
from blog.config.schema import Fields
from blog.config.toml import parse_toml
from blog.config.utf8 import decode_utf8
from blog.config.word_files import WrittenPhrase, read_phrases
from blog.problems import BlogError, Location, Problem, describe_os_error, did_you_mean
from blog.system.site_paths import MAX_SETTINGS_BYTES, SpecialFileError, read_file
from blog.text import collapse_whitespace, href, is_url, name_key

if TYPE_CHECKING:
    from pathlib import Path

    from blog.config.key_recorder import KeyRecorder

FILE_NAME = "blog.toml"
HEADING_IDS = ("github", "kramdown", "pandoc")
"""Tools whose rule for the ids of headings can be chosen."""
EXTENSIONS = ("highlight", "subscript", "superscript")
"""Spellings of Markdown that a site can turn on by ``extensions``."""
WIKILINKS = "wikilinks"
"""Another one, which has a key of its own."""
DEFAULT_THEME = "margin"
DEFAULT_FEED_LIMIT = 20
THEME_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_FOREIGN = {
    "baseurl": '"url"', "languagecode": '"language"', "sitename": '"title"', "siteurl": '"url"',
    "permalinks": '"permalink"', "heading_ids": "heading_ids below [markdown]",
    "wikilinks": "wikilinks below [markdown]",
    "paginatesize": '"paginate"', "params": '"theme_options"', "social": '"links"', "socialicons": '"links"',
    **dict.fromkeys(
        ("analytics", "comments", "disqus", "giscus", "googleanalytics", "utterances"),
        "not a setting: a theme loads it, as docs/comments-analytics-embeds.md shows",
    ),
}  # fmt: skip


class Label(Struct, frozen=True):
    """The settings of a label."""

    name: str
    notice: str
    """Markdown that appears above every post with this label."""
    location: Location


class Settings(Struct, frozen=True, kw_only=True, dict=True):
    """All of ``blog.toml``, complete."""

    title: str
    url: str = ""
    """Absolute, without the last ``/``; empty if the site has none."""
    identity: str = ""
    """Identifies the site in the manifest of its output: a digest of the host and path of ``url`` in ``blog.toml``."""
    url_location: Location = Location(FILE_NAME)
    description: str = ""
    language: str = "en"
    timezone: str = "UTC"
    author: tuple[Person, ...] = ()
    license: License | None = None
    """The licence of all posts that name no other."""
    portrait: Portrait | None = None
    """The image of the first author who has one."""
    theme: str = DEFAULT_THEME
    theme_location: Location = Location(FILE_NAME)
    permalink: str = DEFAULT_PERMALINK
    paginate: int = 10
    cards: bool = True
    """Whether to draw social cards, the images that other sites show beside a link."""
    menu: tuple[MenuItem, ...] = ()
    feed_limit: int = DEFAULT_FEED_LIMIT
    feed_full_text: bool = True
    feed_paths: tuple[tuple[str, Location], ...] = ()
    """Addresses at which the feed is too, with their positions."""
    authority: str = ""
    """The name in entry ids; the default is the host of ``url`` in ``blog.toml``, even if another one replaces it."""
    labels: tuple[Label, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    elsewhere: tuple[str, ...] = ()
    """Paths below ``url`` that another program serves."""
    link_locations: dict[str, Location] = {}
    """Location of each profile link, by name."""
    allow: tuple[str, ...] = ()
    categories: str = ""
    """The key as which ``categories`` and ``category`` in front matter are read, ``tags``; empty: they are unknown."""
    heading_ids: str = ""
    """One of :data:`HEADING_IDS`; empty: the rule of this program."""
    extensions: tuple[str, ...] = ()
    """Some of :data:`EXTENSIONS`, and ``wikilinks`` if the site turns them on; sorted."""
    macros: tuple[tuple[str, str], ...] = ()
    """Macros of formulas: name without backslash, and TeX; sorted by name."""
    macro_locations: dict[str, Location] = {}
    """Location of each macro, by name."""
    theme_options: dict[str, Any] = {}
    theme_option_locations: dict[str, Location] = {}
    """Location of each theme option, by name."""
    theme_value_locations: dict[str, Location] = {}
    """Location of the value of each theme option, by name."""
    words: dict[str, WrittenPhrase] = {}
    """The words of the interface that the site changes, by key. Whether there are such words is not checked here."""
    languages: tuple[SiteLanguage, ...] = ()
    """The languages, beside ``language``, whose readers get a home page, lists, feeds and a search of their own."""

    @cached_property
    def by_language(self) -> dict[str, Settings]:
        """The settings for each language, by its tag in lower case; those of the site are first."""
        all_settings = {self.language.lower(): self}
        for language in self.languages:
            all_settings[language.tag.lower()] = structs.replace(
                self,
                language=language.tag,
                title=language.title or self.title,
                description=language.description or self.description,
                permalink=language.permalink or self.permalink,
                menu=self.menu if language.menu is None else language.menu,
            )
        return all_settings

    def for_language(self, language: str) -> Settings:
        """Return the settings for the texts in ``language``; those of the site if it has no table for it."""
        return look_up(self.by_language, language, self) if self.languages and language else self

    @property
    def base_path(self) -> str:
        """The path of ``url``, without the last ``/``: the prefix of every address of the site."""
        return urlsplit(self.url).path

    def absolute(self, address: str) -> str:
        """Return an address of the site with scheme and host; ``""`` if the site has no ``url``."""
        return self.url + href(address) if self.url else ""


def load_settings(root: Path, base_url: str | None = None) -> tuple[Settings, list[Problem]]:
    """Parse ``blog.toml`` in ``root``; ``base_url`` replaces its ``url``.

    Returns the settings, with defaults for wrong values, and all problems. Raises :class:`BlogError` if the file is
    missing or not TOML.
    """
    top = Location(FILE_NAME)
    try:
        data = read_file(root, FILE_NAME, limit=MAX_SETTINGS_BYTES)
    except SpecialFileError:
        raise BlogError([Problem(top, "no-settings", f"{FILE_NAME} is not a file")]) from None
    except OSError as error:
        hint = "`blog init DIR` makes a site to start from" if isinstance(error, FileNotFoundError) else ""
        raise BlogError([Problem(top, "no-settings", describe_os_error(error), hint)]) from None
    text = decode_utf8(data, FILE_NAME)
    problems: list[Problem] = []
    node = move_misplaced(parse_toml(text, top), problems)
    return _parse_settings(Fields(node, problems), base_url), problems


def record_settings() -> KeyRecorder:
    """Return the keys that ``blog.toml`` may have, with their types."""
    from blog.config.key_recorder import KeyRecorder  # noqa: PLC0415  (no build needs it)

    recorder = KeyRecorder()
    _parse_settings(recorder, None)
    return recorder


def _parse_settings(fields: Fields, base_url: str | None) -> Settings:
    title = fields.text("title").strip()
    if not title and not _is_written_otherwise(fields, "title"):
        fields.fail(Location(FILE_NAME), "missing-key", '"title" is missing', 'write title = "…"')
    url = _parse_url(fields, base_url)
    feed = fields.table("feed")
    macros, macro_locations = _parse_macros(fields.table("math"))
    options = fields.table("theme_options")
    option_locations = {name: member.location for name, member in options.node.value.items()}
    profiles = fields.table("links")
    elsewhere = parse_elsewhere(profiles)
    links = parse_links(profiles)
    portraits: list[Portrait] = []
    author = parse_people(fields, "author", portraits)
    settings = Settings(
        title=title,
        url=url,
        identity=_identify_site(fields),
        url_location=fields.locate("url"),
        description=fields.text("description"),
        license=parse_license(fields, "license"),
        **_parse_languages(fields),
        timezone=_parse_timezone(fields),
        author=author,
        portrait=next(iter(portraits), None),
        theme=_parse_theme(fields),
        theme_location=fields.locate("theme"),
        permalink=parse_permalink(fields),
        paginate=_parse_positive(fields, "paginate", 10),
        cards=fields.flag("cards", default=True),
        menu=parse_menu(fields.table("menu")),
        feed_limit=_parse_positive(feed, "limit", DEFAULT_FEED_LIMIT),
        feed_full_text=feed.flag("full_text", default=True),
        feed_paths=parse_feed_paths(feed),
        authority=parse_authority(feed, _find_written_url(fields) or url),
        labels=_parse_labels(fields.table("labels")),
        links=links,
        elsewhere=elsewhere,
        link_locations={name: profiles.locate(name) for name, _ in links},
        macros=macros,
        macro_locations=macro_locations,
        **_parse_rules_of_texts(fields),
        theme_options=options.plain(),
        theme_option_locations=option_locations,
        theme_value_locations={name: options.locate(name) for name in option_locations},
        words=read_phrases(fields.table("words").node, fields.problems),
    )
    feed.finish()
    fields.finish(_FOREIGN)
    return settings


def _is_written_otherwise(fields: Fields, key: str) -> bool:
    """Return whether a wrong value, or an unknown key that is a problem itself, stands for ``key``."""
    value = _find_text(fields, key)
    if value is not None:
        return bool(value != "")
    for name in fields.node.value.keys() - set(SITE_KEYS):
        if _FOREIGN.get(name.lower()) == f'"{key}"' or did_you_mean(name, SITE_KEYS) == f'did you mean "{key}"?':
            return True
    return False


def _identify_site(fields: Fields) -> str:
    """Return the digest of the ``url`` without its scheme, so that a site that moves to https keeps its identity."""
    _, _, address = _find_written_url(fields).partition("//")
    if not address:
        return ""
    return hashlib.blake2b(address.rstrip("/").casefold().encode(), digest_size=16).hexdigest()


def _find_written_url(fields: Fields) -> str:
    """Return the ``url`` in ``blog.toml``, which ``--base-url`` does not replace; empty if missing or wrong."""
    member = fields.node.value.get("url")
    if member is None:
        return ""
    url = member.node.value
    return url if isinstance(url, str) and is_url(url) else ""


def _find_text(fields: Fields, key: str) -> Any:
    """Return the value of ``key`` as written, without white space if it is text; None if it is missing."""
    member = fields.node.value.get(key)
    value = member.node.value if member else None
    return value.strip() if isinstance(value, str) else value


def _parse_url(fields: Fields, base_url: str | None) -> str:
    written_url = fields.url("url")
    url = written_url if base_url is None else base_url
    if not url and not base_url and _is_written_otherwise(fields, "url"):
        return ""  # a wrong address is a problem already
    if not url:
        message = "without a url there are no feeds, no sitemap and no canonical links"
        fields.warn(fields.locate("url"), "no-url", message, 'write url = "https://…", or build with --base-url')
        return ""
    if not is_url(url):
        fields.fail(Location(FILE_NAME), "wrong-url", f'"{url}" is not an http or https address')
        return ""
    parts = urlsplit(url)
    if parts.username or re.search(r"[?#]", url) or re.search(r"[*]|/:", parts.path):
        message = '"url" may have a path, but no query, fragment, user name or wildcard'
        fields.fail(fields.locate("url"), "wrong-url", message)
    return url.rstrip("/")


def _parse_timezone(fields: Fields) -> str:
    name = fields.text("timezone") or "UTC"
    try:
        find_zone(name)
    except KeyError:
        hint = _suggest_zone(name) or 'write a city, such as "Europe/Madrid"'
        fields.fail(fields.locate("timezone"), "wrong-timezone", f'"{name}" is not an IANA time zone', hint)
        return "UTC"
    return name


def _suggest_zone(name: str) -> str:
    """Return the hint for a misspelt city; ``""`` for an offset or abbreviation: a similar one is another time."""
    if re.search(r"[\d+]", name):
        return ""
    zones = list_zone_names()
    word = name.strip().replace(" ", "_").casefold()
    for zone in zones:
        if word in {zone.casefold(), zone.rpartition("/")[2].casefold()} and "/" in zone:
            return f'write timezone = "{zone}"'
    return did_you_mean(name, zones) if "/" in name else ""


def _parse_theme(fields: Fields) -> str:
    name = fields.text("theme") or DEFAULT_THEME
    if not THEME_NAME.fullmatch(name):
        folder = name.removeprefix("./").removeprefix("themes/").rstrip("/")
        hint = f'write theme = "{folder}"' if THEME_NAME.fullmatch(folder) else ""
        fields.fail(fields.locate("theme"), "wrong-theme", f'"{name}" is not a name of a folder in themes/', hint)
        return DEFAULT_THEME
    return name


def _parse_positive(fields: Fields, key: str, default: int) -> int:
    number = fields.integer(key, default=default)
    if number is None or number < 1:
        fields.fail(fields.locate(key), "wrong-number", f'"{key}" must be 1 or more', f"write {key} = {default}")
        return default
    return number


def _parse_labels(fields: Fields) -> tuple[Label, ...]:
    labels: list[Label] = []
    keys: set[str] = set()
    for name in fields.names():
        label = fields.table(name)
        collapsed_name = collapse_whitespace(name)  # the form of labels in posts
        key = name_key(collapsed_name)
        if key in keys:
            location = fields.node.value[name].location
            fields.fail(location, "same-key", f'the label "{name}" is written twice', "keep one")
        keys.add(key)
        labels.append(Label(collapsed_name, label.markdown("notice"), label.locate("notice")))
        label.finish()
    return tuple(labels)


def _parse_languages(fields: Fields) -> dict[str, Any]:
    """Return the language of the site and its other languages, by the names of their attributes."""
    language = parse_language(fields)
    return {"language": language, "languages": parse_languages(fields, language)}


def _parse_rules_of_texts(fields: Fields) -> dict[str, Any]:
    """Return the settings by which front matter and Markdown are read, by the names of their attributes."""
    front_matter, markdown = fields.table("front_matter"), fields.table("markdown")
    rules = {
        "allow": front_matter.texts("allow"),
        "categories": front_matter.choice("categories", ("tags",)),
        "heading_ids": markdown.choice("heading_ids", HEADING_IDS),
        "extensions": _parse_extensions(markdown),
    }
    front_matter.finish()
    markdown.finish()
    return rules


def _parse_extensions(markdown: Fields) -> tuple[str, ...]:
    names = {WIKILINKS} if markdown.flag(WIKILINKS) else set()
    for name, location in markdown.located_texts("extensions"):
        if name in EXTENSIONS:
            names.add(name)
        else:
            hint = did_you_mean(name, EXTENSIONS) or f"the extensions are {', '.join(EXTENSIONS)}"
            markdown.fail(location, "wrong-choice", f'there is no extension "{name}"', hint)
    return tuple(sorted(names))


def _parse_macros(math: Fields) -> tuple[tuple[tuple[str, str], ...], dict[str, Location]]:
    """Return the macros in the order of their names, and their positions. Their TeX is not checked here."""
    fields = math.table("macros")
    math.finish()
    macros, locations = {}, {}
    for name in fields.names():
        bare_name = name.removeprefix("\\")
        if re.fullmatch(r"[A-Za-z]+", bare_name):
            macros[bare_name], locations[bare_name] = fields.text(name), fields.locate(name)
        else:
            hint = "use letters only, without the backslash: KL = '…'"
            location = fields.node.value[name].location
            fields.fail(location, "wrong-macro", f'"{name}" cannot be the name of a macro', hint)
    return tuple(sorted(macros.items())), locations
