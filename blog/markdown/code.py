"""Code blocks: the words after the fence, and Pygments' spans with classes (the style sheet colours them)."""

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
"""Seconds that a lexer may take for one block; some never return."""
MAX_SLOW = 5
"""Blocks of one text that may take so long."""
_PLAIN = frozenset({"", "text", "txt", "plain", "plaintext", "none", "output"})
_INFO = re.compile(r"\s*([^\s{]*)\s*(?:\{(.*)\})?\s*(.*)", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([\w.#-]+)(?:=("[^"]*"|'[^']*'|[^\s"']+))?,?\s*""")
_UNCOLOURED = frozenset({"", "n", "p", "w", "x"})
"""Plain names, punctuation and space look like text in any style: half of all spans, and of their bytes."""
_KNOWN = ("title", "hl", "linenos")


class Fence(Struct, frozen=True):
    """The words after a code fence."""

    language: str = ""
    title: str = ""
    marked: frozenset[int] = frozenset()
    """Numbers of highlighted lines, from 1."""
    numbered: bool = False
    location: Location | None = None
    kernel: str = ""
    """The language of the notebook whose cell this is."""


def read_info(info: str, place: Location | None = None, context: ConversionContext | None = None) -> Fence:
    """Read ``python {title="train.py" hl="3-5" linenos}``; what is not understood is noted as a warning."""
    language, inside, rest = _INFO.fullmatch(unescapeAll(info)).groups(default="")  # type: ignore[union-attr]  # any text fits
    values = {name: value.strip("\"'") for name, value in _ATTRIBUTE.findall(inside)}
    wrong = [name for name in values if name not in _KNOWN]
    wrong += _ATTRIBUTE.sub("", inside).split() + rest.split()
    marked: frozenset[int] = frozenset()
    try:
        marked = _lines(values["hl"]) if "hl" in values else marked
    except ValueError:
        wrong.append(f"hl={values['hl']}")
    if wrong and context is not None and place is not None:
        hint = (
            did_you_mean(wrong[0], _KNOWN) if "=" not in wrong[0] else ""
        ) or 'write {title="train.py" hl="3-5" linenos}'
        words = " ".join(wrong)
        context.warn(place, "unknown-attribute", f'the code block has words that say nothing here: "{words}"', hint)
    return Fence(language, values.get("title", ""), marked, "linenos" in values, place)


def _lines(text: str) -> frozenset[int]:
    """``3-5 8`` or ``3-5,8`` as numbers. Raises :class:`ValueError` for anything else, and for nothing."""
    numbers: set[int] = set()
    for part in text.replace(",", " ").split()[:1000] or [""]:
        first, _, last = part.partition("-")
        numbers.update(range(int(first), min(int(last or first), MAX_LINES) + 1))
    return frozenset(numbers)


def highlighted(code: str, fence: Fence, context: ConversionContext) -> str:
    """The block as HTML for a page."""
    lines = _spans(code, fence, context).split("\n")
    if lines and not lines[-1]:
        lines.pop()
    if fence.marked or fence.numbered:
        lines = [
            f'<span class="line{" hl" if number in fence.marked else ""}">{line}\n</span>'
            for number, line in enumerate(lines, 1)
        ]
        body = "".join(lines)
    else:
        body = "".join(f"{line}\n" for line in lines)
    language = f' class="language-{escape(fence.language)}"' if fence.language else ""
    numbered = " numbered" if fence.numbered else ""
    block = f'<pre class="code{numbered}" tabindex="0"><code{language}>{body}</code></pre>\n'
    if not fence.title:
        return block
    return f'<figure class="code"><figcaption>{escape(fence.title)}</figcaption>{block}</figure>\n'


def _spans(code: str, fence: Fence, context: ConversionContext) -> str:
    name = fence.language.lower()
    if name in _PLAIN:
        return escape(code, quote=False)
    lexer = _lexer(name)
    place = fence.location or context.origin
    if lexer is None:
        context.warn(place, "unknown-language", f'unknown language "{fence.language}": shown as plain text')
        return escape(code, quote=False)
    try:
        if context.slow_blocks < MAX_SLOW:
            with _time_limit(SECONDS):
                return _format(_of_cell(code, fence, lexer) if fence.kernel else _lexed(code, lexer))
        message = (
            f"not tried, since {MAX_SLOW} blocks of this text took longer than {SECONDS:g} seconds: shown as plain text"
        )
        context.warn(place, "slow-lexer", message)
    except TimeoutError:
        context.slow_blocks += 1
        context.warn(
            place, "slow-lexer", f'"{fence.language}" took longer than {SECONDS:g} seconds: shown as plain text'
        )
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


def _lexed(code: str, lexer: Any) -> Iterator[tuple[str, str]]:
    """The tokens of ``code``, each with its style."""
    return ((_style(kind), text) for _, kind, text in lexer.get_tokens_unprocessed(code))


def _of_cell(code: str, fence: Fence, lexer: Any) -> Iterator[tuple[str, str]]:
    """The tokens of a cell, in which lines may be no Python. It ran: what the lexer takes for an error is none."""
    if is_python(fence.language):
        parts = _python(code, lexer)
    else:
        end = first_line(code) if is_python(fence.kernel) else 0
        parts = chain(parts_of(code[:end]), _lexed(code[end:], lexer))
    return ((style if style != "err" else "", text) for style, text in parts)


def _python(code: str, lexer: Any) -> Iterator[tuple[str, str]]:
    found = magics(code)
    starts = {magic.start: magic for magic in found}
    end = 0
    for at, kind, text in lexer.get_tokens_unprocessed(without_magics(code, found)):
        if at < end:  # the lines in which a command goes on
            continue
        magic = starts.get(at) if _style(kind).startswith("c") else None  # not in a text
        if magic is None:
            yield _style(kind), code[at : at + len(text)]
            continue
        end = max(magic.end, at + len(text))
        *head, (_, rest) = parts_of(code[at:end])
        yield from head
        yield from _lexed(rest, _lexer("bash")) if magic.sign.startswith("!") else (("", rest),)


def _format(tokens: Iterable[tuple[str, str]]) -> str:
    pieces: list[str] = []
    for style, text in tokens:
        if not style or not text or text.isspace():
            pieces.append(text)
        else:
            for line in text.split("\n"):
                pieces += ("\1", style, "\2", line, "\3", "\n") if line else ("\n",)
            pieces.pop()
    # One escape for the whole block: texts have no control characters, so these can stand for markup till then.
    html = escape("".join(pieces), quote=False)
    return html.replace("\1", '<span class="').replace("\2", '">').replace("\3", "</span>")


@cache
def _style(kind: Any) -> str:
    """The class of a kind of token, or that of the nearest kind above it that has one; empty if it is not coloured."""
    from pygments.token import STANDARD_TYPES  # noqa: PLC0415

    style = next(STANDARD_TYPES[known] for known in reversed(kind.split()) if known in STANDARD_TYPES)
    return "" if style in _UNCOLOURED else style


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Interrupt the block with :class:`TimeoutError`. Only Unix and main threads can: elsewhere there is no limit."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
