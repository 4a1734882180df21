"""Jinja's syntax errors → what is wrong with a template, where, and what to write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from blog.problems import did_you_mean
from blog.render.template_text import TAG, TAGS, TemplateText

if TYPE_CHECKING:
    from jinja2 import TemplateSyntaxError

_UNKNOWN_TAG = re.compile(r"Encountered unknown tag '(?P<name>\w+)'\.")
_WANTED_TAGS = re.compile(r"'((?:end\w+|else|elif))'")
_EXPECTED = re.compile(r"expected token (?P<expected>.+?), got (?P<found>.+)", re.DOTALL)
_UNEXPECTED_CHARACTER = re.compile(r"unexpected char (?P<character>.+) at (?P<offset>\d+)", re.DOTALL)
_UNEXPECTED = re.compile(r"unexpected '(?P<found>.+?)'(?:, expected '(?P<expected>.)')?")
_NO_EXPRESSION = re.compile(r"Expected an expression, got '(?P<found>.+)'")
_BRACES = re.compile(r"%?\}++")
_SINGLE_EQUALS = r"(?<![=!<>])=(?!=)"
_OPENING = {")": "(", "]": "[", "}": "{"}
_HYPHENS = re.compile(r"\{%[-+]?\s*+block\s++(?P<name>\w++-[\w-]*+)")
_SYMBOLS = {
    "end of print statement": "}}", "end of statement block": "%}", "begin of print statement": "{{",
    "begin of statement block": "{%",
}  # fmt: skip
_KINDS = {"name": "a name", "string": "a text in quotes", "integer": "a number"}
"""What Jinja expects → how a message names it; all else is written in quotes."""
_OTHER_TAGS = {
    "assign": "write {% set NAME = VALUE %}", "capture": "write {% set NAME %}…{% endset %}",
    "elseif": "write {% elif … %}", "elsif": "write {% elif … %}", "unless": "write {% if not … %}",
    "end": "write {% endif %}, {% endfor %} or {% endblock %}", "comment": "write {# … #}",
    "partial": 'write {% include "x.html" %}', "load": "delete it",
}  # fmt: skip
"""Tags of other template languages."""
_OTHER_OPERATORS = {
    "&": "write and", "|": "write or", "!": "write not", "?": "write A if B else C", "$": "names have no $",
    '"': 'write " at the end of the text', "'": "write ' at the end of the text",
}  # fmt: skip


class TemplateError(NamedTuple):
    """An error in a template, with its position."""

    line: int
    column: int
    message: str
    hint: str = ""


def explain_syntax_error(error: TemplateSyntaxError, text: TemplateText) -> TemplateError:
    """Return what is wrong in the template ``text``, which Jinja refuses with ``error``."""
    message, line = error.message or "syntax error", error.lineno
    if message.startswith("Unexpected end of template") or _UNKNOWN_TAG.match(message):
        return _explain_nesting(message, line, text)
    if message.startswith("Missing end of comment"):
        return TemplateError(*text.find_open_comment(), "{# is not closed", "write #}")
    if message.startswith("Missing end of raw"):
        return _explain_open_tag(message, line, text)
    if open_print := text.find_open_print(line):
        return TemplateError(*open_print, "{{ is not closed", "write }}")
    if message.startswith("unexpected end of template"):
        return TemplateError(*_find_last_tag(text), "{% is not closed", "write %}")
    for pattern, explain in (
        (_EXPECTED, _explain_expected),
        (_UNEXPECTED_CHARACTER, _explain_character),
        (_UNEXPECTED, _explain_unexpected),
        (_NO_EXPRESSION, _explain_no_expression),
    ):
        if match := pattern.fullmatch(message):
            return explain(match, line, text)
    if message.startswith("Can't assign to special loop variable"):
        return TemplateError(line, text.find_column(line, "loop"), '"loop" cannot be assigned', "take another name")
    if hyphens := _HYPHENS.search(text.code_line(line)):
        message, name = "the name of a block has no hyphens", hyphens["name"]
        return TemplateError(line, hyphens.start("name") + 1, message, f"write {name.replace('-', '_')}")
    return TemplateError(line, 1, message.rstrip("."))


def _explain_nesting(message: str, line: int, text: TemplateText) -> TemplateError:
    """Explain a tag that Jinja does not know, or not here; or the end of the template before a closing tag."""
    unknown = _UNKNOWN_TAG.match(message)
    if not unknown:
        return _explain_open_tag(message, line, text)
    name = unknown["name"]
    column = _find_tag_column(text, line, name)
    if name not in TAGS:
        wanted = _WANTED_TAGS.findall(message, unknown.end())
        hint = _OTHER_TAGS.get(name) or did_you_mean(name, wanted) or did_you_mean(name, TAGS)
        return TemplateError(line, column, f'there is no tag "{name}"', hint)
    open_tags = text.find_open_tags()
    if not open_tags:
        return TemplateError(line, column, f"{{% {name} %}} closes nothing", "delete it")
    innermost = open_tags[-1]
    closing = f"{{% end{innermost.name} %}}"
    if name not in {f"end{tag.name}" for tag in open_tags} | {"else", "elif"}:
        message = f"{{% {name} %}} closes nothing: {innermost.source} in line {innermost.line} is open"
        return TemplateError(line, column, message, f"delete it, or write {closing}")
    message = f"{innermost.source} in line {innermost.line} is not closed"
    return TemplateError(line, column, message, f"write {closing} before {{% {name} %}}")


def _find_tag_column(text: TemplateText, line: int, name: str) -> int:
    match = re.search(rf"{TAG}{re.escape(name)}(?!\w)", text.code_line(line))
    return match.start() + 1 if match else 1


def _explain_open_tag(message: str, line: int, text: TemplateText) -> TemplateError:
    """Explain that the template ends before the innermost tag is closed; the position is that of the tag."""
    open_tags = text.find_open_tags()
    if not open_tags:
        return TemplateError(line, 1, message)
    tag = open_tags[-1]
    return TemplateError(tag.line, tag.column, f"{tag.source} is not closed", f"write {{% end{tag.name} %}}")


def _find_last_tag(text: TemplateText) -> tuple[int, int]:
    return text.locate(max(text.text.rfind("{%"), 0))


def _describe(token: str) -> str:
    """Return one of Jinja's descriptions of a token as a message contains it."""
    bare = token[1:-1] if len(token) > 2 and token[0] in "'\"" else token
    return _KINDS.get(bare) or f'"{_SYMBOLS.get(bare, bare)}"'


def _bare(described: str) -> str:
    return described[1:-1] if described.startswith('"') else described


def _find_symbol(text: TemplateText, line: int, symbol: str) -> int:
    """Return the column of a symbol or name, if it is in the code of the line exactly once; else 1."""
    pattern = rf"\b{symbol}\b" if symbol.isidentifier() else re.escape(symbol)
    if symbol == "=":
        pattern = _SINGLE_EQUALS
    matches = list(re.finditer(pattern, text.code_line(line)))
    return matches[0].start() + 1 if len(matches) == 1 else 1


def _explain_expected(match: re.Match[str], line: int, text: TemplateText) -> TemplateError:
    expected, found = _describe(match["expected"]), _describe(match["found"])
    column = _find_symbol(text, line, _bare(found))
    hint = ""
    if found == '"="':
        hint = "write =="
    elif found == '"%"' and expected in {'","', '")"'}:
        hint = "is ) missing?"
    elif found == '"if"' and re.search(r"\belse\s++if\b", text.code_line(line)):
        hint = "write {% elif … %}"
    elif found == '"|"':
        hint = _OTHER_OPERATORS["|"]
    elif _bare(found).isidentifier() and expected in {'","', '")"', '"]"', '"}"'}:
        hint = "is a quote missing?"
    elif _bare(found).isidentifier() and expected in {'"}}"', '"%}"'}:
        hint = "is a quote missing, or an operator such as ~ or and?"
    return TemplateError(line, column, f"expected {expected}, found {found}", hint)


def _explain_character(match: re.Match[str], _: int, text: TemplateText) -> TemplateError:
    position = text.locate(int(match["offset"]))
    character = match["character"][1:-1].removeprefix("\\")
    hint = _OTHER_OPERATORS.get(character, "")
    if character in "'\"":
        return TemplateError(*position, "a quote is not closed", hint)
    return TemplateError(*position, f'unexpected "{character}"', hint)


def _explain_unexpected(match: re.Match[str], line: int, text: TemplateText) -> TemplateError:
    if closing := match["expected"]:
        opening = _OPENING.get(closing, closing)
        return TemplateError(line, _find_symbol(text, line, opening), f'"{opening}" is not closed', f"write {closing}")
    found = _SYMBOLS.get(match["found"], match["found"])
    if found in _SYMBOLS.values():
        return TemplateError(line, _find_symbol(text, line, found), f"a value is missing before {found}")
    if found == "}":
        return _explain_brace(line, text)
    hint = "write ==" if found == "=" else ""
    return TemplateError(line, _find_symbol(text, line, found), f'unexpected "{found}"', hint)


def _explain_brace(line: int, text: TemplateText) -> TemplateError:
    """Explain a brace that closes nothing: it may be half of a ``}}`` or of a ``%}``."""
    code = text.code_line(line)
    for braces in _BRACES.finditer(code):
        start = braces.start()
        closing = "}}" if code.rfind("{{", 0, start) > code.rfind("{%", 0, start) else "%}"
        if braces[0] != closing:
            return TemplateError(line, start + 1, f'unexpected "{braces[0]}"', f"write {closing}")
    return TemplateError(line, 1, 'unexpected "}"')


def _explain_no_expression(match: re.Match[str], line: int, text: TemplateText) -> TemplateError:
    found = _bare(_describe(f"'{match['found']}'"))
    return TemplateError(line, _find_symbol(text, line, found), f"an expression is missing before {found}")
