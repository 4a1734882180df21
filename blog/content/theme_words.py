"""The words of a site: those of the program, changed by the theme, by those it extends, and by ``[words]``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.config.languages import LANGUAGE
from blog.config.toml import parse_toml
from blog.config.word_files import check_phrases, read_phrases
from blog.config.words import WordTables, builtin_digest, builtin_sources, builtin_table
from blog.problems import BlogError, Location, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from blog.config.settings import Settings
    from blog.config.word_files import WrittenPhrase
    from blog.config.words import Words, WordTable
    from blog.content.theme_assets import Asset
    from blog.content.theme_files import ThemeFiles

_ENGLISH = "en"
_FEED_STYLE = "feed.css"


def resolve_words(themes: Sequence[ThemeFiles], settings: Settings) -> tuple[WordTables, list[Problem]]:
    """Return the words of a site with the first of ``themes``, which extends the second, and so on; and all problems.

    A phrase with a problem is left out.
    """
    problems: list[Problem] = []
    files = [file for theme in reversed(themes) if not theme.is_builtin for file in _read_files(theme, problems)]
    files.sort(key=lambda file: file[0] != _ENGLISH)  # other languages have the words that English has
    known: WordTable = dict(builtin_table(_ENGLISH))
    own: dict[str, WordTable] = {}
    for name, phrases in files:
        table, wrong = check_phrases(phrases, known, adds=name == _ENGLISH)
        problems += wrong
        own[name] = own.get(name, {}) | table
        if name == _ENGLISH:
            known |= table
    site, wrong = check_phrases(settings.words, known)
    problems += wrong
    languages: dict[str, WordTable] = {}
    for language in settings.languages:
        table, wrong = check_phrases(language.words, known)
        problems += wrong
        if table:
            languages[language.tag.lower()] = table
    return WordTables(settings.language, own, site, languages, builtin_digest()), problems


def add_feed_notice(assets: Mapping[str, Asset], words: Words) -> dict[str, Asset]:
    """Return the ``assets`` of a theme, with the words that browsers show above a feed in the style sheet of feeds.

    A feed has no element for them: they are the custom property ``--feed-notice``, to be used for ``content``.
    """
    style = assets.get(_FEED_STYLE)
    if style is None:
        return dict(assets)
    text = words.text("feed.notice").replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\r", " ")
    rule = f':root {{ --feed-notice: "{text}" }}\n'
    return {**assets, _FEED_STYLE: style._replace(data=style.data + rule.encode())}


def _read_files(theme: ThemeFiles, problems: list[Problem]) -> Iterator[tuple[str, dict[str, WrittenPhrase]]]:
    """Yield the language of each table of a theme, in lower case, and its phrases."""
    for name, text in theme.words.items():
        location = Location(f"{theme.path}/words/{name}")
        stem, dot, suffix = name.rpartition(".")
        if suffix != "toml" or not dot or not LANGUAGE.fullmatch(stem):
            message = f'"{name}" is not the name of a table of words: a language tag and .toml'
            problems.append(Problem(location, "wrong-language", message, "name it as in de.toml or pt-BR.toml"))
            continue
        if builtin_sources().get(stem.lower()) == text.encode():
            continue  # a copy of a theme of the program
        try:
            yield stem.lower(), read_phrases(parse_toml(text, location), problems)
        except BlogError as error:
            problems += error.problems
