"""Code blocks: the info string of the fence, and Pygments' spans with classes (the style sheet colors them)."""

from __future__ import annotations

import re
import signal
import threading
from contextlib import contextmanager
from functools import cache
from html import escape
from itertools import chain
from typing import TYPE_CHECKING, Any

from markdown_it.common.utils import unescapeAll
from msgspec import Struct

from blog.markdown.magics import first_line, is_python, magics, parts_of, without_magics
from blog.problems import Location, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from blog.markdown.context import ConversionContext

MAX_LINES = 10_000
SECONDS = 2.0
"""Time limit of a lexer for one block; some never return."""
MAX_SLOW = 5
"""Blocks of one text that may reach the limit."""
_PLAIN = frozenset({"", "text", "txt", "plain", "plaintext", "none", "output"})
_INFO = re.compile(r"\s*([^\s{]*)\s*(?:\{(.*)\})?\s*(.*)", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([\w.#-]+)(?:=("[^"]*"|'[^']*'|[^\s"']+))?,?\s*""")
_UNSTYLED = frozenset({"", "n", "p", "w", "x"})
"""Plain names, punctuation and space look like text in any style: half of all spans, and of their bytes."""
_ATTRIBUTE_NAMES = ("title", "hl", "linenos")
_ATTRIBUTES_HINT = 'write {title="train.py" hl="3-5" linenos}'
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


def read_info(info: str, place: Location | None = None, context: ConversionContext | None = None) -> Fence:
    """Parse ``python {title="train.py" hl="3-5" linenos}``; unknown words are reported if there is a ``context``."""
    match = _INFO.fullmatch(unescapeAll(info))
    language, braces, rest = match.groups(default="")  # type: ignore[union-attr]  # any text matches
    attributes: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(braces):
        attributes[name] = value.strip("\"'")
    unknown_words = [name for name in attributes if name not in _ATTRIBUTE_NAMES]
    unknown_words += _ATTRIBUTE.sub("", braces).split() + rest.split()
    marked: frozenset[int] = frozenset()
    if "hl" in attributes:
        try:
            marked = _parse_line_numbers(attributes["hl"])
        except ValueError:
            unknown_words.append(f"hl={attributes['hl']}")
    if unknown_words and context is not None and place is not None:
        _report_unknown_words(unknown_words, place, context)
    return Fence(language, attributes.get("title", ""), marked, "linenos" in attributes, place)


def _report_unknown_words(words: list[str], place: Location, context: ConversionContext) -> None:
    suggestion = "" if "=" in words[0] else did_you_mean(words[0], _ATTRIBUTE_NAMES)
    message = f'the code block has words that say nothing here: "{" ".join(words)}"'
    context.warn(place, "unknown-attribute", message, suggestion or _ATTRIBUTES_HINT)


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
    """Return the block as HTML for a page."""
    language_class = f' class="language-{escape(fence.language)}"' if fence.language else ""
    block_class = "code numbered" if fence.numbered else "code"
    lines = _highlight_lines(code, fence, context)
    block = f'<pre class="{block_class}" tabindex="0"><code{language_class}>{lines}</code></pre>\n'
    if not fence.title:
        return block
    return f'<figure class="code"><figcaption>{escape(fence.title)}</figcaption>{block}</figure>\n'


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
        context.warn(place, "unknown-language", f'unknown language "{fence.language}": shown as plain text')
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
