"""``blog.toml`` → :class:`Settings`: every key checked, everything present afterwards."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct

from blog.config.dates import find_zone, list_zone_names
from blog.config.schema import Fields, decode_utf8
from blog.config.toml import parse_toml
from blog.problems import BlogError, Location, Problem, describe_os_error, did_you_mean
from blog.system.site_paths import MAX_SETTINGS_BYTES, SpecialFileError, read_file
from blog.text import collapse_whitespace, explain_unsafe_path, href, is_url, name_key

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "blog.toml"
DEFAULT_THEME = "margin"
THEME_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
PERMALINK_FIELDS = ("slug", "year", "month", "day")
_FOREIGN = {
    "baseurl": '"url"', "languagecode": '"language"', "sitename": '"title"', "siteurl": '"url"',
    "permalinks": '"permalink"', "paginatesize": '"paginate"', "params": '"theme_options"',
}  # fmt: skip


class Person(Struct, frozen=True):
    """An author."""

    name: str
    url: str = ""
    email: str = ""


class Label(Struct, frozen=True):
    """The settings of a label."""

    name: str
    notice: str
    """Markdown; stands above every post with this label."""
    location: Location


class MenuItem(Struct, frozen=True):
    """A line of ``[menu]``: a name and where it leads."""

    name: str
    target: str
    location: Location


class Settings(Struct, frozen=True, kw_only=True):
    """All of ``blog.toml``, complete."""

    title: str
    url: str = ""
    """Absolute, without the last ``/``; empty if the site does not say where it lives."""
    identity: str = ""
    """Identifies the site in the manifest of its output: a digest of the host and path of ``url`` in ``blog.toml``."""
    url_location: Location = Location(FILE_NAME)
    description: str = ""
    language: str = "en"
    timezone: str = "UTC"
    author: tuple[Person, ...] = ()
    theme: str = DEFAULT_THEME
    theme_location: Location = Location(FILE_NAME)
    permalink: str = "/posts/{slug}/"
    paginate: int = 10
    cards: bool = True
    """Draw social cards: the images that other sites show beside a link."""
    menu: tuple[MenuItem, ...] = ()
    feed_limit: int = 20
    feed_full_text: bool = True
    authority: str = ""
    """The name in entry ids; unless set the host of ``url`` in ``blog.toml``, whatever the site is built for."""
    labels: tuple[Label, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    elsewhere: tuple[str, ...] = ()
    """Paths below ``url`` where something lives that this site does not make."""
    link_locations: dict[str, Location] = {}
    """Location of each profile link, by name."""
    allow: tuple[str, ...] = ()
    macros: tuple[tuple[str, str], ...] = ()
    """Macros of formulas: name without backslash, and TeX; sorted by name."""
    macro_locations: dict[str, Location] = {}
    """Location of each macro, by name."""
    theme_options: dict[str, Any] = {}
    theme_option_locations: dict[str, Location] = {}
    """Location of each theme option, by name."""

    @property
    def base_path(self) -> str:
        """The path of ``url``, without the last ``/``: what stands before every address of the site."""
        return urlsplit(self.url).path

    def absolute(self, address: str) -> str:
        """An address of the site with scheme and host; ``""`` if the site has no ``url``."""
        return self.url + href(address) if self.url else ""


def load_settings(root: Path, base_url: str | None = None) -> tuple[Settings, list[Problem]]:
    """Read ``blog.toml`` in ``root``; ``base_url`` replaces its ``url``.

    Gives the settings, with defaults where a value is wrong, and all that is wrong. Raises :class:`BlogError` if the
    file is not there, or not TOML.
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
    return _read(Fields(parse_toml(text, top), problems), base_url), problems


def _read(fields: Fields, base_url: str | None) -> Settings:
    title = fields.text("title").strip()
    if not title:
        fields.fail(Location(FILE_NAME), "missing-key", '"title" is missing', 'write title = "…"')
    url = _url(fields, base_url)
    feed = fields.table("feed")
    macros, places = _macros(fields.table("math"))
    options = fields.table("theme_options")
    profiles = fields.table("links")
    elsewhere = _elsewhere(profiles)
    settings = Settings(
        title=title,
        url=url,
        identity=_identity(fields),
        url_location=fields.locate("url"),
        description=fields.text("description"),
        language=_language(fields),
        timezone=_timezone(fields),
        author=parse_people(fields, "author"),
        theme=_theme(fields),
        theme_location=fields.locate("theme"),
        permalink=_permalink(fields),
        paginate=_at_least_one(fields, "paginate", 10),
        cards=fields.flag("cards", default=True),
        menu=_menu(fields.table("menu")),
        feed_limit=_at_least_one(feed, "limit", 20),
        feed_full_text=feed.flag("full_text", default=True),
        authority=_authority(feed, _written_url(fields) or url),
        labels=_labels(fields.table("labels")),
        links=_links(profiles),
        elsewhere=elsewhere,
        link_locations={name: profiles.locate(name) for name in _profile_names(profiles)},
        allow=_allow(fields.table("front_matter")),
        macros=macros,
        macro_locations=places,
        theme_options=options.plain(),
        theme_option_locations={name: member.location for name, member in options.node.value.items()},
    )
    feed.finish()
    fields.finish(_FOREIGN)
    return settings


def _identity(fields: Fields) -> str:
    """The scheme does not count: a site that moves to https stays the same. Empty without a ``url``."""
    _, _, address = _written_url(fields).partition("//")
    return "" if not address else hashlib.blake2b(address.rstrip("/").casefold().encode(), digest_size=16).hexdigest()


def _written_url(fields: Fields) -> str:
    """The ``url`` in ``blog.toml``, whatever site is built for; empty if there is none, or it is no address."""
    member = fields.node.value.get("url")
    written = member.node.value if member is not None else ""
    return written if isinstance(written, str) and is_url(written) else ""


def _url(fields: Fields, base_url: str | None) -> str:
    written = fields.url("url")
    url = base_url if base_url is not None else written
    if url and not is_url(url):
        fields.fail(Location(FILE_NAME), "wrong-url", f'"{url}" is not an http or https address')
        return ""
    if not url:
        message = "without a url there are no feeds, no sitemap and no canonical links"
        fields.warn(Location(FILE_NAME), "no-url", message, 'write url = "https://…", or build with --base-url')
        return ""
    parts = urlsplit(url)
    if "?" in url or "#" in url or parts.username or re.search(r"[*]|/:", parts.path):
        message = '"url" may have a path, but no query, fragment, user name or wildcard'
        fields.fail(fields.locate("url"), "wrong-url", message)
    return url.rstrip("/")


def _language(fields: Fields) -> str:
    language = fields.text("language") or "en"
    if not LANGUAGE.fullmatch(language):
        fields.fail(
            fields.locate("language"), "wrong-language", f'"{language}" is not a language tag such as en or pt-BR'
        )
    return language


def _timezone(fields: Fields) -> str:
    name = fields.text("timezone") or "UTC"
    try:
        find_zone(name)
    except KeyError:
        hint = did_you_mean(name, list_zone_names()) or "write a name such as Europe/Madrid"
        fields.fail(fields.locate("timezone"), "wrong-timezone", f'"{name}" is not an IANA time zone', hint)
        return "UTC"
    return name


def _theme(fields: Fields) -> str:
    name = fields.text("theme") or DEFAULT_THEME
    if not THEME_NAME.fullmatch(name):
        fields.fail(fields.locate("theme"), "wrong-theme", f'"{name}" is not a name of a folder in themes/')
        return DEFAULT_THEME
    return name


def _permalink(fields: Fields) -> str:
    pattern = fields.text("permalink") or "/posts/{slug}/"
    before = len(fields.problems)
    place = fields.locate("permalink")
    names = re.findall(r"\{([^{}]*)\}", pattern)
    for name in names:
        if name not in PERMALINK_FIELDS:
            hint = did_you_mean(name, PERMALINK_FIELDS) or f"the fields are {', '.join(PERMALINK_FIELDS)}"
            fields.fail(place, "wrong-permalink", f'"permalink" has an unknown field {{{name}}}', hint)
    if "slug" not in names:
        fields.fail(place, "wrong-permalink", '"permalink" needs {slug}', 'write permalink = "/posts/{slug}/"')
    literal = re.sub(r"\{[^{}]*\}", "x", pattern)
    if not re.fullmatch(r"(/[\w.~-]+)+(/|\.html)", literal) or "/." in literal:
        fields.fail(place, "wrong-permalink", '"permalink" must start with / and end with / or .html')
    elif why := explain_unsafe_path(literal.strip("/")):
        message, hint = f'a path by "permalink" {why}', 'choose other names, such as permalink = "/posts/{slug}/"'
        fields.fail(place, "wrong-permalink", message, hint)
    return pattern if len(fields.problems) == before else "/posts/{slug}/"


def _at_least_one(fields: Fields, key: str, default: int) -> int:
    number = fields.integer(key, default=default)
    if number is None or number < 1:
        fields.fail(fields.locate(key), "wrong-number", f'"{key}" must be 1 or more')
        return default
    return number


def _menu(fields: Fields) -> tuple[MenuItem, ...]:
    items = [MenuItem(name, fields.text(name), fields.locate(name)) for name in fields.names()]
    for item in items:
        is_text = isinstance(fields.node.value[item.name].node.value, str)
        if is_text and not re.match(r"/(?!/)|https?://", item.target):
            fields.fail(
                item.location, "wrong-url", f'"{item.name}" must lead to a path such as /about/ or an http address'
            )
    return tuple(items)


def _authority(feed: Fields, url: str) -> str:
    name = feed.text("authority")
    if name and not re.fullmatch(r"[A-Za-z0-9._@-]+", name):
        feed.fail(feed.locate("authority"), "wrong-authority", f'"{name}" is not a host name or an e-mail address')
        return ""
    return name or _host(url)


def _host(url: str) -> str:
    """The host of ``url`` in ASCII, as ``tag:`` URIs want it."""
    host = urlsplit(url).hostname or ""
    try:
        return host.encode("idna").decode() if ":" not in host else f"[{host}]"
    except UnicodeError:
        return ""


def _labels(fields: Fields) -> tuple[Label, ...]:
    labels: list[Label] = []
    for name in fields.names():
        label = fields.table(name)
        written = collapse_whitespace(name)  # as posts name it
        if any(name_key(written) == name_key(other.name) for other in labels):
            fields.fail(
                fields.node.value[name].location, "same-key", f'the label "{name}" is written twice', "keep one"
            )
        labels.append(Label(written, label.markdown("notice"), label.locate("notice")))
        label.finish()
    return tuple(labels)


def _links(fields: Fields) -> tuple[tuple[str, str], ...]:
    return tuple((name, fields.url(name)) for name in _profile_names(fields))


def _profile_names(fields: Fields) -> list[str]:
    """The names of ``[links]``: a list under ``elsewhere`` is no profile, as an address under it would be."""
    return [name for name in fields.names() if not _is_list_of_paths(fields, name)]


def _is_list_of_paths(fields: Fields, name: str) -> bool:
    return name == "elsewhere" and isinstance(fields.node.value[name].node.value, tuple)


def _elsewhere(fields: Fields) -> tuple[str, ...]:
    if "elsewhere" not in fields.node.value or not _is_list_of_paths(fields, "elsewhere"):
        return ()
    paths = fields.texts("elsewhere")
    for path in paths:
        if not re.match(r"/(?!/)", path) or re.search(r"[?#*]", path):
            hint = 'write elsewhere = ["/demo/"]'
            fields.fail(fields.locate("elsewhere"), "wrong-path", f'"{path}" is no path such as /demo/', hint)
    return paths


def _allow(fields: Fields) -> tuple[str, ...]:
    allow = fields.texts("allow")
    fields.finish()
    return allow


def _macros(math: Fields) -> tuple[tuple[tuple[str, str], ...], dict[str, Location]]:
    """Macros in order of their names, and where each is set; what TeX they hold is looked at later."""
    fields = math.table("macros")
    math.finish()
    macros, places = {}, {}
    for name in fields.names():
        plain = name.removeprefix("\\")
        if re.fullmatch(r"[A-Za-z]+", plain):
            macros[plain], places[plain] = fields.text(name), fields.locate(name)
        else:
            hint = "use letters only, without the backslash: KL = '…'"
            place = fields.node.value[name].location
            fields.fail(place, "wrong-macro", f'"{name}" cannot be the name of a macro', hint)
    return tuple(sorted(macros.items())), places


def parse_people(fields: Fields, key: str) -> tuple[Person, ...]:
    """The authors under ``key``: a name, a table {name, url, email}, or a list of these."""
    node = fields.take(key)
    if node is None:
        return ()
    found = []
    for item in node.value if isinstance(node.value, tuple) else (node,):
        if isinstance(item.value, dict):
            person = Fields(item, fields.problems)
            found.append(Person(collapse_whitespace(person.text("name")), person.url("url"), _email(person)))
            person.finish()
        elif isinstance(item.value, str):
            found.append(Person(collapse_whitespace(fields.one_text(item, key))))
        else:
            fields.fail(item.location, "wrong-type", f'"{key}" must be a name, or a table with name, url and email')
            continue
        if not found[-1].name:
            fields.fail(item.location, "missing-key", f'"{key}" needs a name')
    return tuple(found)


def _email(fields: Fields) -> str:
    email = fields.text("email")
    if email and not re.fullmatch(r"[^\s@<>\"?&]+@[^\s@<>\"?&]+", email):
        fields.fail(fields.locate("email"), "wrong-email", f'"{email}" is not an e-mail address')
        return ""
    return email
