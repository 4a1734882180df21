"""The words of the interface in templates: ``t("post.minutes", n=minutes)`` is a word in the language of the page.

The key and the values of each use are checked before any page is rendered, where they are written out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jinja2 import nodes
from markupsafe import Markup, escape

from blog.config.word_files import describe_values, suggest_word
from blog.config.words import COUNTED, PLACEHOLDER, placeholders
from blog.problems import did_you_mean
from blog.render.syntax_messages import TemplateError
from blog.render.template_text import QUOTED, TemplateText, TemplateTree

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from blog.config.words import Words, WordTable

FUNCTION = "t"
"""The name of the function in templates."""
_CALL = re.compile(rf"\b{FUNCTION}\s{{0,20}}\(")
"""Matches in each template that asks for a word; the others need no search of their nodes."""


class WordError(LookupError):
    """A template asks for a word that does not exist, or does not give its values."""

    def __init__(self, key: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.key = key
        self.hint = hint


def translate(words: Words, key: Any, values: Mapping[str, Any], check_shown: Callable[[Any], Any]) -> Markup:
    """Return a word with its ``values``, which stay HTML if they are; the callback checks what may be shown.

    Raises :class:`WordError`.
    """
    if not isinstance(key, str) or key not in words.phrases:
        raise WordError(str(key), f'there is no word "{key}"', suggest_word(str(key), words.phrases))
    pattern = words.pattern(key, values.get(COUNTED))
    missing = set(PLACEHOLDER.findall(pattern)) - values.keys()
    if missing:
        raise WordError(key, *_explain_missing(key, missing))
    parts = []
    for index, part in enumerate(PLACEHOLDER.split(pattern)):
        if index % 2 == 0:
            parts.append(escape(part))
            continue
        value = check_shown(values[part])
        parts.append(escape(words.number(value) if isinstance(value, int) else value))
    return Markup("").join(parts)


def _explain_missing(key: str, missing: Collection[str]) -> tuple[str, str]:
    """Return message and hint for a word that does not get all of its values."""
    name = min(missing)
    return f'the word "{key}" needs the value "{name}"', f'write {FUNCTION}("{key}", {name}=…)'


def find_wrong_words(tree: TemplateTree, text: TemplateText, known: WordTable) -> Iterator[TemplateError]:
    """Yield an error for each use of a word that is not ``known``, or with other values than its own."""
    if not _CALL.search(text.text):
        return
    found = list(tree.find_all((nodes.Call, nodes.FromImport, nodes.Macro, nodes.Name)))
    if _defines_function(found):
        return
    for node in found:
        if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name):
            continue
        if node.node.name != FUNCTION or not node.args:
            continue
        key = node.args[0]
        if not isinstance(key, nodes.Const) or node.dyn_args or node.dyn_kwargs:
            continue
        fault = _find_fault(str(key.value), [keyword.key for keyword in node.kwargs], known)
        if fault:
            yield TemplateError(node.lineno, text.find_column(node.lineno, str(key.value), QUOTED), *fault)


def _defines_function(found: Iterable[nodes.Node]) -> bool:
    """Return whether a template gives the name of the function to something of its own."""
    names: set[str] = set()
    for node in found:
        if isinstance(node, nodes.Macro) or (isinstance(node, nodes.Name) and node.ctx != "load"):
            names.add(node.name)
        elif isinstance(node, nodes.FromImport):
            names.update(name if isinstance(name, str) else name[1] for name in node.names)
    return FUNCTION in names


def _find_fault(key: str, names: Collection[str], known: WordTable) -> tuple[str, str] | None:
    """Return message and hint for the use of a word with values of these ``names``; None if it is right."""
    if key not in known:
        return f'there is no word "{key}"', suggest_word(key, known)
    values = placeholders(known[key])
    for name in names:
        if name not in values:
            hint = did_you_mean(name, values) or describe_values(values)
            return f'the word "{key}" has no value "{name}"', hint
    missing = values.difference(names)
    return _explain_missing(key, missing) if missing else None
