"""``blog import``: an old blog → a new site. One module for each source; this is the table of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from msgspec import Struct

from blog.importers import (
    astro,
    eleventy,
    feeds,
    ghost,
    hugo,
    jekyll,
    liquid,
    liquid_tags,
    medium,
    mkdocs,
    nikola,
    pelican,
    quarto,
    shortcodes,
    substack,
    wordpress,
)
from blog.importers.old_folder import OldFolder
from blog.importers.old_site import OldSite
from blog.importers.template_tags import TemplateLanguage
from blog.problems import BlogError, Location, Problem, did_you_mean


class Source(Struct, frozen=True):
    """A tool whose blogs can be imported."""

    name: str
    """For ``--from``."""
    title: str
    recognise: Callable[[OldFolder], str]
    """Returns the file by which a folder is known as a blog of this tool; ``""`` if it is none."""
    read: Callable[[OldFolder, dt.datetime], OldSite]
    """Returns the blog; the moment decides what was not published yet."""
    templates: TemplateLanguage
    """What stands between braces in its texts."""


SOURCES: tuple[Source, ...] = (
    Source("jekyll", "Jekyll", jekyll.recognise, jekyll.read, liquid.TEMPLATES),
    Source("hugo", "Hugo", hugo.recognise, hugo.read, shortcodes.TEMPLATES),
    Source("quarto", "Quarto", quarto.recognise, quarto.read, quarto.TEMPLATES),
    Source("mkdocs", "Material for MkDocs", mkdocs.recognise, mkdocs.read, mkdocs.TEMPLATES),
    Source("astro", "Astro", astro.recognise, astro.read, astro.TEMPLATES),
    Source("eleventy", "Eleventy", eleventy.recognise, eleventy.read, eleventy.TEMPLATES),
    Source("pelican", "Pelican", pelican.recognise, pelican.read, liquid_tags.TEMPLATES),
    Source("nikola", "Nikola", nikola.recognise, nikola.read, shortcodes.TEMPLATES),
    Source("wordpress", "WordPress", wordpress.recognise, wordpress.read, liquid.TEMPLATES),
    Source("ghost", "Ghost", ghost.recognise, ghost.read, liquid.TEMPLATES),
    Source("medium", "Medium", medium.recognise, medium.read, liquid.TEMPLATES),
    Source("substack", "Substack", substack.recognise, substack.read, liquid.TEMPLATES),
    Source("feed", "RSS or Atom", feeds.recognise, feeds.read, liquid.TEMPLATES),
)
"""All sources, in the order in which they are tried."""


def find_source(folder: OldFolder, name: str) -> tuple[Source, str]:
    """Return the source called ``name``, or the first that recognises ``folder``, and how it was recognised.

    Raises :class:`BlogError` if there is none.
    """
    names = [source.name for source in SOURCES]
    if name:
        for source in SOURCES:
            if source.name == name.lower():
                return source, f"--from {source.name}"
        hint = did_you_mean(name, names) or f"the tools are {', '.join(names)}"
        raise BlogError([Problem(Location(""), "no-source", f'there is no tool "{name}" to import from', hint)])
    for source in SOURCES:
        reason = source.recognise(folder)
        if reason:
            return source, reason
    message = f"{folder.root} is not recognised as a blog"
    hint = f"name the folder with its settings, or the tool: --from {names[0]}"
    raise BlogError([Problem(Location(""), "no-source", message, hint)])
