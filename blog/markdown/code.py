"""Code blocks: the info string of the fence, and Pygments' spans with classes (the style sheet colors them)."""

from __future__ import annotations

import re
import signal
import threading
from contextlib import contextmanager, suppress
from functools import cache
from html import escape
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from markdown_it.common.utils import unescapeAll
from msgspec import Struct

from blog.markdown.attribute_list import (
    AttributeList,
    AttributePlace,
    AttributeRule,
    parse_attributes,
    report_attributes,
)
from blog.markdown.magics import first_line, is_python, magics, parts_of, without_magics
from blog.problems import Location, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext

MAX_LINES = 10_000
SECONDS = 2.0
"""Time limit of a lexer for one block; some never return."""
MAX_SLOW = 5
"""Blocks of one text that may reach the limit."""
_PLAIN = frozenset({"", "text", "txt", "plain", "plaintext", "none", "output", "mermaid", "chart"})
_INFO = re.compile(r"\s*([^\s{]*)\s*(?:\{(.*)\})?\s*(.*)", re.DOTALL)
_FILE_NAME = re.compile(r"[\w./-]{1,80}\.[a-z0-9]{1,10}")
_MARKED_LANGUAGE = re.compile(r"(?P<first>[^:,=]*)(?P<mark>[:,=]?)(?P<title>.*)", re.DOTALL)
"""Matches any name: a language, and what other tools write behind it, such as ``:train.py``."""
_UNSTYLED = frozenset({"", "n", "p", "w", "x"})
"""Plain names, punctuation and space look like text in any style: half of all spans, and of their bytes."""
FILE_RULES = (AttributeRule("file", "path"), AttributeRule("mark"), AttributeRule("lines"))
"""The attributes of a block that shows a file."""
_POPULAR = (
    "bash", "c", "cpp", "css", "cuda", "diff", "docker", "go", "haskell", "html", "java", "javascript", "json", "julia",
    "latex", "makefile", "markdown", "matlab", "python", "pycon", "ruby", "rust", "shell", "sql", "toml", "typescript",
    "xml", "yaml",
)  # fmt: skip
"""Languages that a misspelled name means rather than one of hundreds of others."""
_MAX_RANGES = 1000
"""Ranges of lines that one ``hl`` may have."""


class Fence(Struct, frozen=True):
    """The info string of a code fence."""

    language: str = ""
    title: str = ""
    marked: frozenset[int] = frozenset()
    """Numbers of highlighted lines, from 1."""
    numbered: bool = False
    location: Location | None = None
    kernel: str = ""
    """The language of the notebook whose cell this is."""
    ident: str = ""
    label: str = ""
    """Its number, such as ``Listing 2``; empty if it has none."""


class FenceAttributes(NamedTuple):
    """The attributes that a kind of block has."""

    rules: tuple[AttributeRule, ...]
    hint: str
    """What to write instead of an unknown one."""
    classes: tuple[str, ...] = ()
    allows_id: bool = False


_CODE_ATTRIBUTES = FenceAttributes(
    (AttributeRule("title"), AttributeRule("hl", "lines"), AttributeRule("linenos", "flag"), *FILE_RULES),
    'write {title="train.py" hl="3-5" linenos}',
    allows_id=True,
)


def read_info(info: str, place: Location | None = None) -> Fence:
    """Parse ``python {title="train.py" hl="3-5" linenos}``; :func:`report_info` reports what is wrong in it."""
    parts = split_info(info)
    values = parts.attributes.values
    marked = frozenset[int]()
    with suppress(ValueError):
        marked = _parse_line_numbers(values.get("hl", ""))
    return Fence(
        parts.language,
        title=unescapeAll(values.get("title", "")),
        marked=marked,
        numbered="linenos" in values,
        location=place,
        ident=parts.attributes.ident,
    )


def read_attributes(info: str) -> dict[str, str]:
    """Return the attributes in the braces of an info string; one without a value has an empty one."""
    return {name: unescapeAll(value) for name, value in split_info(info).attributes.values.items()}


class Info(NamedTuple):
    """The parts of an info string. Offsets are those of the string as written."""

    language: str
    attributes: AttributeList
    rest: str
    """The text behind the braces, or behind the language if there are none."""
    rest_start: int


def split_info(info: str) -> Info:
    """Return the parts of an info string such as ``python {title="train.py" linenos}``."""
    match = _INFO.fullmatch(info)
    language, braces, rest = match.groups(default="")  # type: ignore[union-attr]  # any text matches
    attributes = parse_attributes(braces, match.start(2))  # type: ignore[union-attr]
    return Info(unescapeAll(language), attributes, rest.strip(), match.start(3))  # type: ignore[union-attr]


def report_info(token: Token, context: ConversionContext, known: FenceAttributes = _CODE_ATTRIBUTES) -> None:
    """Report what is wrong in the info string of the fence ``token``, each word at its own place."""
    info = split_info(token.info)

    def locate(offset: int) -> Location:
        return context.locate_behind(token, len(token.markup) + offset)

    if info.rest.startswith("{"):
        location = locate(info.rest_start)
        context.warn(location, "unknown-attribute", "the braces have no }", f"write {info.rest}}}")
        return
    place = AttributePlace(
        known.rules,
        allows_id=known.allows_id,
        locate=locate,
        suggest=lambda word: _suggest_attribute(word, info.language, known),
        classes=known.classes,
    )
    report_attributes(info.attributes, place, context)
    for item in info.attributes.items:
        if item.name == "hl":
            _check_marked_lines(item.value, locate(item.start), token, context)
    if info.rest:
        _report_rest(info.rest, known, locate(info.rest_start), context)


def _report_rest(rest: str, known: FenceAttributes, location: Location, context: ConversionContext) -> None:
    """Report words that stand outside of braces."""
    names = {rule.name for rule in known.rules}
    message, hint = f'unknown word "{rest}"', known.hint
    if parse_attributes(rest).values.keys() & names:
        message, hint = f"{rest} stands outside of braces", f"put it into braces: {{{rest}}}"
    elif "title" in names and _FILE_NAME.fullmatch(rest):
        hint = f'write {{title="{rest}"}}'
    elif " " in rest:
        message = f'unknown words "{rest}"'
    context.warn(location, "unknown-attribute", message, hint)


def _suggest_attribute(word: str, language: str, known: FenceAttributes) -> str:
    """Return a hint for an unknown word: to write it as the language if none stands before it, or all attributes."""
    name = word.removeprefix(".")
    if name and not language and (name.lower() in _PLAIN or _lexer(name.lower()) is not None):
        return f"write ```{name}"
    return known.hint


def _check_marked_lines(value: str, location: Location, token: Token, context: ConversionContext) -> None:
    """Report an ``hl`` that is not a list of lines of the block."""
    try:
        last = max(_parse_line_numbers(value))
    except ValueError:
        message = f'hl="{value}" names no lines'
        context.warn(location, "unknown-attribute", message, 'write numbers and ranges: hl="2 4-6"')
        return
    count = token.content.rstrip("\n").count("\n") + 1
    if last > max(count, token.content.count("\n")):
        lines = "1 line" if count == 1 else f"{count} lines"
        message = f'hl="{value}" leaves the block, which has {lines}'
        context.warn(location, "unknown-attribute", message, "count its lines from 1")


def _parse_line_numbers(text: str) -> frozenset[int]:
    """Return the numbers in ``3-5 8`` or ``3-5,8``; raise :class:`ValueError` for any other text, also an empty one."""
    ranges = text.replace(",", " ").split()[:_MAX_RANGES]
    if not ranges:
        raise ValueError
    numbers: set[int] = set()
    for line_range in ranges:
        start, _, end = line_range.partition("-")
        first, last = int(start), int(end or start)
        if not 1 <= first <= last:
            raise ValueError
        numbers.update(range(first, min(last, MAX_LINES) + 1))
    return frozenset(numbers)


def highlighted(code: str, fence: Fence, context: ConversionContext) -> str:
    """Return the block as HTML for a page, without its title and its number."""
    language_class = f' class="language-{escape(fence.language)}"' if fence.language else ""
    block_class = "code numbered" if fence.numbered else "code"
    lines = _highlight_lines(code, fence, context)
    return f'<pre class="{block_class}" tabindex="0"><code{language_class}>{lines}</code></pre>\n'


def _highlight_lines(code: str, fence: Fence, context: ConversionContext) -> str:
    """Return the code in spans, with a line end at its end; in numbered and marked blocks each line is an element."""
    html = _highlight(code, fence, context)
    if html and not html.endswith("\n"):
        html += "\n"
    if fence.marked or fence.numbered:
        return _wrap_lines(html, fence.marked)
    return html


def _wrap_lines(html: str, marked: frozenset[int]) -> str:
    """Return each line in an element, with a class if it is highlighted."""
    wrapped: list[str] = []
    for number, line in enumerate(html.split("\n")[:-1], 1):
        line_class = "line hl" if number in marked else "line"
        wrapped.append(f'<span class="{line_class}">{line}\n</span>')
    return "".join(wrapped)


def _highlight(code: str, fence: Fence, context: ConversionContext) -> str:
    """Return the code in spans; without a lexer that works, as plain text with a warning."""
    name = fence.language.lower()
    if name in _PLAIN:
        return escape(code, quote=False)
    place = fence.location or context.origin
    lexer = _lexer(name)
    if lexer is None:
        message = f'unknown language "{fence.language}": shown as plain text'
        context.warn(place, "unknown-language", message, _suggest_language(fence.language))
        return escape(code, quote=False)
    if context.slow_blocks >= MAX_SLOW:
        message = f"not tried, since {MAX_SLOW} blocks of this text took longer than {SECONDS:g} seconds"
        context.warn(place, "slow-lexer", f"{message}: shown as plain text")
        return escape(code, quote=False)
    try:
        with _time_limit(SECONDS):
            return _render_tokens(_lex_cell(code, fence, lexer) if fence.kernel else _lex(code, lexer))
    except TimeoutError:
        context.slow_blocks += 1
        message = f'"{fence.language}" took longer than {SECONDS:g} seconds: shown as plain text'
        context.warn(place, "slow-lexer", message)
    except Exception:  # noqa: BLE001  (lexers are 500 third-party state machines: none may stop a build)
        context.warn(place, "broken-lexer", f'"{fence.language}" cannot be read here: shown as plain text')
    return escape(code, quote=False)


@cache
def _lexer(name: str) -> Any:
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415  (30 ms that a text without code does not pay)
    from pygments.util import ClassNotFound  # noqa: PLC0415

    try:
        return get_lexer_by_name(name, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _suggest_language(name: str) -> str:
    """Return a hint with the language that ``name`` probably means, or to name none."""
    from pygments.lexers import LEXERS, find_lexer_class_for_filename  # noqa: PLC0415

    first, mark, title = _MARKED_LANGUAGE.fullmatch(name).group("first", "mark", "title")  # type: ignore[union-attr]
    if mark and _lexer(first) is not None:
        return f'write ```{first} {{title="{title}"}}' if _FILE_NAME.fullmatch(title) else f"write ```{first}"
    by_file = find_lexer_class_for_filename(name) if _FILE_NAME.fullmatch(name) else None
    if by_file is not None:
        return f'write ```{by_file.aliases[0]} {{title="{name}"}}'
    names = [alias for _, _, aliases, _, _ in LEXERS.values() for alias in aliases]
    return did_you_mean(name, _POPULAR) or did_you_mean(name, names) or "write ```text for plain text"


def _lex(code: str, lexer: Any) -> Iterator[tuple[str, str]]:
    """Yield the tokens of ``code``, each with its style."""
    for _, kind, text in lexer.get_tokens_unprocessed(code):
        yield _style_of(kind), text


def _lex_cell(code: str, fence: Fence, lexer: Any) -> Iterator[tuple[str, str]]:
    """Yield the tokens of a notebook cell, in which lines may not be Python. Its code ran, so no token is an error."""
    if is_python(fence.language):
        tokens = _lex_python_cell(code, lexer)
    else:
        end = first_line(code) if is_python(fence.kernel) else 0
        tokens = chain(parts_of(code[:end]), _lex(code[end:], lexer))
    for style, text in tokens:
        yield ("" if style == "err" else style), text


def _lex_python_cell(code: str, lexer: Any) -> Iterator[tuple[str, str]]:
    """Yield the tokens of a cell of Python with magic commands."""
    commands = magics(code)
    starts = {command.start: command for command in commands}
    end = 0
    for start, kind, text in lexer.get_tokens_unprocessed(without_magics(code, commands)):
        if start < end:  # a further line of a command
            continue
        style = _style_of(kind)
        command = starts.get(start) if style.startswith("c") else None  # a string literal contains no command
        if command is None:
            yield style, code[start : start + len(text)]
            continue
        end = max(command.end, start + len(text))
        *head, (_, rest) = parts_of(code[start:end])
        yield from head
        if command.sign.startswith("!"):
            yield from _lex(rest, _lexer("bash"))
        else:
            yield "", rest


def _render_tokens(tokens: Iterable[tuple[str, str]]) -> str:
    pieces: list[str] = []
    for style, text in tokens:
        if not style or not text.strip():
            pieces.append(text)
            continue
        for line in text.split("\n"):
            if line:
                pieces += ("\1", style, "\2", line, "\3")
            pieces.append("\n")
        pieces.pop()
    # One escape for the whole block: texts have no control characters, so these can represent markup until then.
    html = escape("".join(pieces), quote=False)
    return html.replace("\1", '<span class="').replace("\2", '">').replace("\3", "</span>")


@cache
def _style_of(kind: Any) -> str:
    """Return the class of a token type, or of its nearest ancestor that has one; empty if it is not styled."""
    from pygments.token import STANDARD_TYPES  # noqa: PLC0415

    while kind not in STANDARD_TYPES:
        kind = kind.parent
    style = STANDARD_TYPES[kind]
    return "" if style in _UNSTYLED else style


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Interrupt the body with :class:`TimeoutError`. Only Unix and main threads can: elsewhere there is no limit."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise TimeoutError

    previous_handler = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous_handler)
