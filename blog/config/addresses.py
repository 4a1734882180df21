"""Addresses in ``blog.toml``: the permalink pattern, the authority of entry ids, profile links and other paths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from blog.problems import did_you_mean
from blog.text import explain_unsafe_path

if TYPE_CHECKING:
    from blog.config.schema import Fields
    from blog.problems import Location

PERMALINK_FIELDS = ("slug", "year", "month", "day")
DEFAULT_PERMALINK = "/posts/{slug}/"
_PERMALINK_FIELD = re.compile(r"\{([^{}]*)\}")
_PERMALINK_PATH = re.compile(r"(/[\w.~-]+)+(/|\.html)")


def parse_permalink(fields: Fields) -> str:
    """Return the permalink pattern, or the default if it is missing or wrong."""
    pattern = fields.text("permalink") or DEFAULT_PERMALINK
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
    return pattern if is_valid else DEFAULT_PERMALINK


def _check_permalink_path(path: str, fields: Fields, location: Location) -> None:
    """Report a ``path`` by the pattern that cannot be one of an output."""
    if not _PERMALINK_PATH.fullmatch(path) or "/." in path:
        fields.fail(location, "wrong-permalink", '"permalink" must start with / and end with / or .html')
    elif reason := explain_unsafe_path(path.strip("/")):
        hint = f'choose other names, such as permalink = "{DEFAULT_PERMALINK}"'
        fields.fail(location, "wrong-permalink", f'a path by "permalink" {reason}', hint)


def parse_authority(feed: Fields, url: str) -> str:
    """Return the authority of entry ids, by default the host of ``url``; empty if it is wrong."""
    name = feed.text("authority")
    if name and not re.fullmatch(r"[A-Za-z0-9._@-]+", name):
        feed.fail(feed.locate("authority"), "wrong-authority", f'"{name}" is not a host name or an e-mail address')
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
    if _has_elsewhere_list(fields):
        names.remove("elsewhere")  # with an address it is a profile
    return tuple((name, fields.url(name)) for name in names)


def _has_elsewhere_list(fields: Fields) -> bool:
    member = fields.node.value.get("elsewhere")
    return member is not None and isinstance(member.node.value, tuple)


def parse_elsewhere(fields: Fields) -> tuple[str, ...]:
    """Return the paths below ``url`` that another program serves, which ``[links]`` lists under ``elsewhere``."""
    if not _has_elsewhere_list(fields):
        return ()
    paths = fields.texts("elsewhere")
    for path in paths:
        if not re.fullmatch(r"/(?!/)[^?#*]*", path):
            hint = 'write elsewhere = ["/demo/"]'
            fields.fail(fields.locate("elsewhere"), "wrong-path", f'"{path}" is no path such as /demo/', hint)
    return paths
