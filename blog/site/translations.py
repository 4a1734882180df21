"""Texts that are translations of each other. Pure."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from blog.problems import Problem
from blog.text import relative_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blog.content.front_matter import LocatedText
    from blog.site.pages import Page


def collect_translations(
    pages: Mapping[str, Page], originals: Mapping[str, str], language: str
) -> tuple[dict[str, tuple[str, ...]], list[Problem]]:
    """Return for each text the paths of all texts that are the same in other languages, in the order of these.

    ``originals`` has the path of each translation, and that of its original; ``language`` is that of texts without
    ``lang``. A text that is unlisted is in no such list. A translation of a translation, and two in one language, are
    problems.
    """
    problems: list[Problem] = []
    groups: dict[str, dict[str, str]] = {}
    for path, original in originals.items():
        written = pages[path].document.front_matter.translation_of
        assert written is not None
        group = groups.setdefault(original, {_language_of(pages[original], language).lower(): original})
        if original in originals:
            problems.append(_chain_problem(written, path, originals[original]))
            continue
        own_language = _language_of(pages[path], language)
        key = own_language.lower()
        if key in group:
            problems.append(_same_language_problem(written, own_language, group[key]))
            continue
        group[key] = path
    translations = {}
    for group in groups.values():
        for path in group.values():
            others = [group[name] for name in sorted(group) if group[name] != path]
            translations[path] = tuple(other for other in others if pages[other].listed)
    return translations, problems


def _language_of(page: Page, language: str) -> str:
    return page.document.front_matter.lang or language


def _chain_problem(written: LocatedText, path: str, original: str) -> Problem:
    message = f'"{written.text}" is a translation itself'
    hint = f"write translation_of: {relative_path(original, posixpath.dirname(path))}"
    if original == path:
        hint = "take the line out of the text that was first"
    return Problem(written.location, "wrong-translation", message, hint)


def _same_language_problem(written: LocatedText, language: str, other: str) -> Problem:
    message = f'this text has the language "{language}", as {other} has'
    return Problem(written.location, "wrong-translation", message, "write the language of this text: lang: …")
