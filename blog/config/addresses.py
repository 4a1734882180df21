"""Addresses in ``blog.toml``: permalink pattern, feed paths, authority of entry ids, profile links and other paths."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from blog.problems import did_you_mean
from blog.text import explain_unsafe_path, is_url

if TYPE_CHECKING:
    from blog.config.schema import Fields
    from blog.problems import Location

LEDGER = "content/addresses.txt"
"""The list of all addresses that the blog has published; the file itself is not published."""
PERMALINK_FIELDS = ("slug", "year", "month", "day")
DEFAULT_PERMALINK = "/posts/{slug}/"
_PERMALINK_FIELD = re.compile(r"\{([^{}]*)\}")
_ELSEWHERE_PATH = re.compile(r"/(?!/)[^?#*]*")
_AUTHORITY = re.compile(r"[A-Za-z0-9._@-]+")
_FEED_PATH = re.compile(r"(/[\w.~-]+)+(/|\.(?:xml|rss|atom|rdf|json))")
_PERMALINK_PATH = re.compile(r"(/[\w.~-]+)+(/|\.html)")


def parse_permalink(fields: Fields, default: str = DEFAULT_PERMALINK) -> str:
    """Return the permalink pattern, or ``default`` if it is missing or wrong."""
    pattern = fields.text("permalink")
    if not pattern:
        return default
    location = fields.locate("permalink")
    problem_count = len(fields.problems)
    names = _PERMALINK_FIELD.findall(pattern)
    for name in names:
        if name not in PERMALINK_FIELDS:
            hint = did_you_mean(name, PERMALINK_FIELDS) or f"the fields are {', '.join(PERMALINK_FIELDS)}"
            fields.fail(location, "wrong-permalink", f'"permalink" has an unknown field {{{name}}}', hint)
    if "slug" not in names:
        fields.fail(location, "wrong-permalink", '"permalink" needs {slug}', f'write permalink = "{DEFAULT_PERMALINK}"')
    _check_permalink_path(_PERMALINK_FIELD.sub("x", pattern), fields, location)
    is_valid = len(fields.problems) == problem_count
    return pattern if is_valid else default


def _check_permalink_path(path: str, fields: Fields, location: Location) -> None:
    """Report a ``path`` by the pattern that cannot be one of an output."""
    if not has_form_of_page(path):
        message = '"permalink" must start with / and end with / or .html'
        hint = f'write permalink = "{DEFAULT_PERMALINK}"'
        fields.fail(location, "wrong-permalink", message, hint)
    elif reason := explain_unsafe_path(path.strip("/")):
        hint = f'choose other names, such as permalink = "{DEFAULT_PERMALINK}"'
        fields.fail(location, "wrong-permalink", f'a path by "permalink" {reason}', hint)


def has_form_of_page(path: str) -> bool:
    """Return whether ``path`` starts with /, ends with / or .html, and has only letters, digits and ``-._~``."""
    letters = "".join(char for char in path if not unicodedata.category(char).startswith("M"))
    return _PERMALINK_PATH.fullmatch(letters) is not None and "/." not in path


def parse_feed_paths(feed: Fields) -> tuple[tuple[str, Location], ...]:
    """Return the other addresses of the feed, which ``[feed]`` lists under ``paths``, with their positions."""
    paths = []
    for path, location in feed.located_texts("paths"):
        if not is_feed_path(path):
            hint = f'write "{_suggest_feed_path(path)}"'
            message = f'"{path}" is no path of a feed: it must start with / and end with /, .xml, .rss, .atom or .json'
            feed.fail(location, "wrong-path", message, hint)
        elif reason := explain_unsafe_path(path.strip("/")):
            feed.fail(location, "wrong-path", f'the path of a feed "{path}" {reason}', "write another path")
        else:
            paths.append((path, location))
    return tuple(paths)


def is_feed_path(path: str) -> bool:
    """Return whether a feed can be at ``path``: it starts with /, and ends with / or the suffix of a feed."""
    return _FEED_PATH.fullmatch(path) is not None and "/." not in path


def _suggest_feed_path(text: str) -> str:
    """Return the path that an entry of ``feed.paths`` was meant as, or an example."""
    path = urlsplit(text).path if is_url(text) else re.split("[?#]", text)[0]
    path = f"/{path.lstrip('/')}"
    if is_feed_path(path):
        return path
    path = f"{path.rstrip('/')}/"
    return path if is_feed_path(path) and "." not in path else "/index.xml"


def parse_authority(feed: Fields, url: str) -> str:
    """Return the authority of entry ids, by default the host of ``url``; empty if it is wrong."""
    name = feed.text("authority")
    if name and not _AUTHORITY.fullmatch(name):
        host = _find_host(name) if is_url(name) else name.strip().strip("/")
        hint = f'write authority = "{host}"' if _AUTHORITY.fullmatch(host) else ""
        message = f'"{name}" is not a host name or an e-mail address'
        feed.fail(feed.locate("authority"), "wrong-authority", message, hint)
        return ""
    return name or _find_host(url)


def _find_host(url: str) -> str:
    """Return the host of ``url`` in ASCII, as ``tag:`` URIs require."""
    host = urlsplit(url).hostname or ""
    if ":" in host:
        return f"[{host}]"
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return ""


def parse_links(fields: Fields) -> tuple[tuple[str, str], ...]:
    """Return name and URL of each profile in ``[links]``."""
    names = list(fields.names())
    if not _has_profile_elsewhere(fields):
        names.remove("elsewhere")
    return tuple((name, fields.url(name)) for name in names)


def _has_profile_elsewhere(fields: Fields) -> bool:
    """Return whether ``elsewhere`` is missing, or is a profile: then it is an address."""
    member = fields.node.value.get("elsewhere")
    return member is None or (isinstance(member.node.value, str) and is_url(member.node.value))


def parse_elsewhere(fields: Fields) -> tuple[str, ...]:
    """Return the paths below ``url`` that another program serves, which ``[links]`` lists under ``elsewhere``."""
    if _has_profile_elsewhere(fields):
        return ()
    node = fields.node.value["elsewhere"].node
    if not isinstance(node.value, tuple):
        hint = f'write elsewhere = ["{_suggest_path(node.value)}"]'
        fields.fail(node.location, "wrong-type", '"elsewhere" must be a list of paths', hint)
        return ()
    paths = fields.located_texts("elsewhere")
    for path, location in paths:
        if not _ELSEWHERE_PATH.fullmatch(path):
            hint = f'write elsewhere = ["{_suggest_path(path)}"]'
            fields.fail(location, "wrong-path", f'"{path}" is no path such as /demo/', hint)
    return tuple(path for path, _ in paths)


def _suggest_path(value: Any) -> str:
    """Return the path that an entry of ``elsewhere`` was meant as, or an example."""
    text = value.strip() if isinstance(value, str) else ""
    path = urlsplit(text).path if is_url(text) else text
    path = re.split("[?#*]", path)[0].strip("/")
    has_suffix = "." in path.rpartition("/")[2]
    if not path or not _ELSEWHERE_PATH.fullmatch(f"/{path}"):
        return "/demo/"
    return f"/{path}" if has_suffix else f"/{path}/"
