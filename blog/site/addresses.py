"""Addresses and their output paths: slugs and permalinks.

An address is a path of the site as people read it (``/posts/week-4/``), not percent-encoded, without the path of
``url``. :func:`href` turns it into a URL for HTML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.text import slugify

if TYPE_CHECKING:
    import datetime as dt


def post_address(pattern: str, slug: str, day: dt.date) -> str:
    """Return the address of a post by ``pattern``, the ``permalink`` of the settings."""
    return pattern.format(slug=slug, year=f"{day.year:04}", month=f"{day.month:02}", day=f"{day.day:02}")


def page_address(path: str, slug: str) -> str:
    """Return the address of a page, such as ``/a/about-me/`` for ``content/a/About me.md``.

    ``slug`` replaces the last name.
    """
    _, *folders, name = path.split("/")
    stem = name.rsplit(".", 1)[0]
    if stem != "index":
        folders.append(stem)
    slugs = [slugify(folder) for folder in folders]
    if slug:
        slugs[-1] = slug
    return "/" + "/".join(slugs) + "/"


def output_path(address: str) -> str:
    """Return the file behind an address: ``/a/`` is ``a/index.html``."""
    path = address.removeprefix("/")
    return f"{path}index.html" if f"/{path}".endswith("/") else path


def address_of(output: str) -> str:
    """Return the address of an output path: the inverse of :func:`output_path`."""
    address = f"/{output}"
    return address.removesuffix("index.html") if address.endswith("/index.html") else address
