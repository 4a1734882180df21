"""Tables of words that a theme or a site has written → phrases by key, with a problem for each that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from blog.config.locales import PLURAL_CATEGORIES
from blog.config.schema import Fields
from blog.config.words import COUNTED, PLACEHOLDER, Phrase, placeholders, texts_of
from blog.problems import Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from blog.config.toml import ConfigMember, ConfigNode
    from blog.config.words import WordTable
    from blog.problems import Location

THEME_SECTION = "theme"
"""The section for the words that a theme adds."""


class WrittenPhrase(NamedTuple):
    """A phrase as somebody wrote it."""

    phrase: Phrase
    name_location: Location
    location: Location


def read_phrases(node: ConfigNode, problems: list[Problem]) -> dict[str, WrittenPhrase]:
    """Return the phrases of a table with sections, by key; values of a wrong type are problems."""
    phrases = {}
    for key, member in _list_words(node, problems):
        phrase = _read_phrase(key, member.node, problems)
        if phrase:
            phrases[key] = WrittenPhrase(phrase, member.location, member.node.location)
    return phrases


def _list_words(node: ConfigNode, problems: list[Problem]) -> Iterator[tuple[str, ConfigMember]]:
    """Yield key and value of each word; a word outside of a section is a problem."""
    sections = Fields(node, problems)
    for section in sections.names():
        member = node.value[section]
        if not isinstance(member.node.value, dict):
            message = f'"{section}" must be a section of words, such as [post]'
            sections.fail(member.location, "wrong-type", message, "docs/languages.md lists all words")
            continue
        words = Fields(member.node, problems)
        for name in words.names():
            yield f"{section}.{name}", member.node.value[name]


def _read_phrase(key: str, node: ConfigNode, problems: list[Problem]) -> Phrase:
    """Return the text of ``key``, or its plural forms; an empty one, with a problem, if it is wrong."""
    if not isinstance(node.value, dict):
        return Fields(node, problems).one_text(node, key)
    forms = Fields(node, problems)
    phrase: dict[str, str] = {}
    for category in forms.names():
        member = node.value[category]
        if category not in PLURAL_CATEGORIES:
            hint = did_you_mean(category, PLURAL_CATEGORIES) or f"they are {', '.join(PLURAL_CATEGORIES)}"
            forms.fail(member.location, "wrong-plural", f'"{category}" is no plural category', hint)
            continue
        text = forms.one_text(member.node, f"{key}.{category}")
        if text:
            phrase[category] = text
    if "other" in phrase:
        return phrase
    if "other" not in node.value:
        message = f'"{key}" needs the form "other", which stands for all categories that are missing'
        forms.fail(node.location, "missing-key", message, 'add other = "…"')
    return ""


def check_phrases(
    written: Mapping[str, WrittenPhrase], known: WordTable, *, adds: bool = False
) -> tuple[WordTable, list[Problem]]:
    """Return those of the ``written`` phrases that fit the ``known`` words, and a problem for each of the others.

    With ``adds`` they may have new words in the section :data:`THEME_SECTION`.
    """
    table: WordTable = {}
    problems: list[Problem] = []
    for key, phrase in written.items():
        is_new = adds and key.startswith(f"{THEME_SECTION}.")
        problem = None if is_new else _find_fault(key, phrase, known)
        if problem:
            problems.append(problem)
        else:
            table[key] = phrase.phrase
    return table, problems


def _find_fault(key: str, written: WrittenPhrase, known: WordTable) -> Problem | None:
    """Return what is wrong with the phrase for ``key``; None if it fits."""
    if key not in known:
        return Problem(written.name_location, "unknown-word", f'there is no word "{key}"', suggest_word(key, known))
    values = placeholders(known[key])
    if isinstance(written.phrase, dict) and COUNTED not in values:
        message = f'"{key}" has no plural forms: nothing is counted in it'
        return Problem(written.location, "wrong-plural", message, f'write {key.partition(".")[2]} = "…"')
    for name in sorted(placeholders(written.phrase) - values):
        hint = did_you_mean(name, values) or describe_values(values)
        message = f'"{key}" has no value "{name}"'
        return Problem(written.location, "wrong-placeholder", message, hint)
    if any(set("{}").intersection(PLACEHOLDER.sub("", text)) for text in texts_of(written.phrase)):
        message = f'"{key}" has a brace that encloses no value'
        return Problem(written.location, "wrong-placeholder", message, describe_values(values))
    return None


def suggest_word(key: str, known: Iterable[str]) -> str:
    """Return the hint with the word that is most like ``key``, or with those of its section."""
    names = list(known)
    section, _, name = key.partition(".")
    same_name = [other for other in names if other.partition(".")[2] == name]
    if len(same_name) == 1:
        return f'did you mean "{same_name[0]}"?'
    hint = did_you_mean(key, names)
    if hint:
        return hint
    siblings = [other.partition(".")[2] for other in names if other.startswith(f"{section}.")]
    if siblings:
        return f"the words of {section} are {', '.join(siblings)}"
    sections = dict.fromkeys(other.partition(".")[0] for other in names)
    return did_you_mean(section, sections) or f"the sections are {', '.join(sections)}"


def describe_values(values: Collection[str]) -> str:
    """Return the hint with the values that a word may have."""
    if not values:
        return "it has no values"
    names = ", ".join(f"{{{name}}}" for name in sorted(values))
    return f"its values are {names}" if len(values) > 1 else f"its only value is {names}"
