"""Tests of `blog.markdown.code`: the words after a fence, highlighting, and lexers that fail."""

from __future__ import annotations

import re
import signal
import threading
import time
from html import unescape
from itertools import count
from typing import TYPE_CHECKING

import pytest
from pygments.lexers import get_all_lexers

from blog.markdown import MarkdownOptions, code
from blog.markdown.code import Fence, highlighted, read_info
from blog.markdown.context import ConversionContext
from blog.problems import Location, Problem
from tests.markdown.cases import page_of, problems_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Location("a.md", 3, 4)


class StuckLexer:
    """Never comes back."""

    def get_tokens_unprocessed(self, _code: str) -> Iterator[tuple[int, object, str]]:
        for _ in count():
            time.sleep(0.001)
        yield 0, object(), ""


class BrokenLexer:
    """Fails at once."""

    def get_tokens_unprocessed(self, _code: str) -> Iterator[tuple[int, object, str]]:
        raise RecursionError


def context() -> ConversionContext:
    """An empty notebook."""
    return ConversionContext([""], Location("a.md"), MarkdownOptions(), "")


def use(monkeypatch: pytest.MonkeyPatch, lexer: object) -> None:
    """Let every language be read by `lexer`."""
    monkeypatch.setattr(code, "_lexer", lambda _name: lexer)


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ("", Fence()),
        ("python", Fence("python")),
        ("  C++  ", Fence("C++")),
        ("python title", Fence("python")),
        (
            'python {title="train.py" hl="3-5" linenos}',
            Fence("python", "train.py", frozenset({3, 4, 5}), numbered=True),
        ),
        ("python{title='it is' hl=2}", Fence("python", "it is", frozenset({2}))),
        ('{title="a"}', Fence("", "a")),
        ('text {title="a } b"}', Fence("text", "a } b")),
        ('text {title=""}', Fence("text")),
        ('text {hl="1,3 5-6"}', Fence("text", "", frozenset({1, 3, 5, 6}))),
        ('text {hl="4-"}', Fence("text", "", frozenset({4}))),
        ('text {hl="5-3"}', Fence("text")),
        ("text {linenos=true}", Fence("text", numbered=True)),
        ("text {}", Fence("text")),
        ('text {#lst-a title="b"}', Fence("text", "b", ident="lst-a")),
    ],
)
def test_the_words_after_a_fence_are_language_title_lines_and_numbers(info: str, expected: Fence) -> None:
    assert read_info(info) == expected


def test_a_fence_knows_its_place() -> None:
    assert read_info("text", HERE).location == HERE


def test_what_is_wrong_with_a_fence_is_nobody_s_business_in_a_feed() -> None:
    assert read_info('text {hl="x" foo}') == Fence("text")


_FORM = 'write {title="train.py" hl="3-5" linenos}'
_TEXT = "write ```text for plain text"
_LINES = 'write numbers and ranges: hl="2 4-6"'


@pytest.mark.parametrize(
    ("info", "problems"),
    [
        ("text {titel=a}", ['1:10: warning: unknown word "titel" (did you mean "title"?)']),
        ("text {lineos hl=1}", ['1:10: warning: unknown word "lineos" (did you mean "linenos"?)']),
        ("text {##id}", [f'1:10: warning: unknown word "##id" ({_FORM})']),
        ('text {hl="a"}', [f'1:10: warning: hl="a" names no lines ({_LINES})']),
        ("text {hl}", [f'1:10: warning: hl="" names no lines ({_LINES})']),
        ("text {hl=5-3}", [f'1:10: warning: hl="5-3" names no lines ({_LINES})']),
        ("text {hl=0}", [f'1:10: warning: hl="0" names no lines ({_LINES})']),
        (
            'text {linenos hl="2 99"}',
            ['1:18: warning: hl="2 99" leaves the block, which has 2 lines (count its lines from 1)'],
        ),
        (
            "text {foo=1 .bar}",
            [f'1:10: warning: unknown word "foo" ({_FORM})', f'1:16: warning: unknown word ".bar" ({_FORM})'],
        ),
        ("{python}", ['1:5: warning: unknown word "python" (write ```python)']),
        ("{.python}", ['1:5: warning: unknown word ".python" (write ```python)']),
        ("{foo}", [f'1:5: warning: unknown word "foo" ({_FORM})']),
        (
            'text title="my a.py" hl=1',
            [
                '1:9: warning: title="my a.py" hl=1 stands outside of braces (put it into braces: {title="my a.py" hl=1})'
            ],
        ),
        ("text linenos", ["1:9: warning: linenos stands outside of braces (put it into braces: {linenos})"]),
        ("text train.py", ['1:9: warning: unknown word "train.py" (write {title="train.py"})']),
        ("text line=3", [f'1:9: warning: unknown word "line=3" ({_FORM})']),
        ("text two words", [f'1:9: warning: unknown words "two words" ({_FORM})']),
        ("text {title=a", ["1:9: warning: the braces have no } (write {title=a})"]),
        ('text {title="a}', [f'1:16: warning: a quote in the braces has no closing " ({_FORM})']),
        ('text {title="it\'s"}', []),
        ('text {hl="2"}', []),
    ],
)
def test_what_is_wrong_with_a_fence_is_a_warning_at_the_word(info: str, problems: list[str]) -> None:
    assert problems_of(f"```{info}\na\nb\n```\n") == problems


@pytest.mark.parametrize(
    ("language", "hint"),
    [
        ("pyhton", 'did you mean "python"?'),
        ("Pyton", 'did you mean "python"?'),
        ("jsonn", 'did you mean "json"?'),
        ("fortrann", 'did you mean "fortran"?'),
        ("python:train.py", 'write ```python {title="train.py"}'),
        ("rust,ignore", "write ```rust"),
        ("train.py", 'write ```python {title="train.py"}'),
        ("nobody-speaks-this", _TEXT),
    ],
)
def test_an_unknown_language_is_a_warning_with_what_to_write(language: str, hint: str) -> None:
    problem = f'2:6: warning: unknown language "{language}": shown as plain text ({hint})'
    assert problems_of(f"- a\n  ```{language}\n  x\n  ```\n") == [problem]


def test_a_range_of_lines_without_bounds_takes_no_time() -> None:
    assert len(read_info("text {hl=1-99999999999}").marked) == 10_000


@pytest.mark.parametrize("language", ["text", "txt", "TEXT", "plain", "plaintext", "none", "output", ""])
def test_plain_text_has_no_spans_and_no_warning(language: str) -> None:
    found = context()
    assert "def &lt;</code>" in highlighted("def <", Fence(language), found).replace("\n", "")
    assert found.problems == []


def test_a_language_is_known_in_any_letter_case_and_shown_as_written() -> None:
    page = page_of("```Python\npass\n```\n")
    assert (
        page
        == '<pre class="code" tabindex="0"><code class="language-Python"><span class="k">pass</span>\n</code></pre>\n'
    )


def test_what_an_author_writes_after_a_fence_is_escaped() -> None:
    page = page_of('```<b>"x" {title="<i>&"}\n</code>\n```\n')
    assert page == (
        '<figure class="code"><figcaption>&lt;i&gt;&amp;</figcaption><pre class="code" tabindex="0">'
        '<code class="language-&lt;b&gt;&quot;x&quot;">&lt;/code&gt;\n</code></pre>\n</figure>\n'
    )


def test_a_string_of_several_lines_is_marked_line_by_line() -> None:
    block = highlighted('"""a\n\nb"""\n', Fence("python", marked=frozenset({1})), context())
    assert block == (
        '<pre class="code" tabindex="0"><code class="language-python"><span class="line hl"><span class="sd">"""a</span>\n'
        '</span><span class="line">\n</span><span class="line"><span class="sd">b"""</span>\n</span></code></pre>\n'
    )


def test_no_lexer_drops_or_changes_a_character() -> None:
    source = (
        "\n  alpha 'beta' # gamma\n\n<delta e=\"1\">&amp;</delta>\n$zeta \\eta{theta} @iota %kappa\n\n    lambda()\n\n"
    )
    languages = [aliases[0] for _, aliases, _, _ in get_all_lexers() if aliases]
    assert len(languages) > 500
    assert [language for language in languages if shown_text(source, language) != f"{source}\n"] == []


def shown_text(source: str, language: str) -> str:
    """The text of a code block as a reader sees it."""
    return unescape(re.sub(r"<[^>]*>", "", highlighted(source, Fence(language), context())))


def test_a_slow_lexer_leaves_plain_text_and_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, StuckLexer())
    monkeypatch.setattr(code, "SECONDS", 0.05)
    text = text_of("one\n\n```slow\na < b\n```\n")
    assert (
        text.html == '<p>one</p>\n<pre class="code" tabindex="0"><code class="language-slow">a &lt; b\n</code></pre>\n'
    )
    message = '"slow" took longer than 0.05 seconds: shown as plain text'
    assert text.problems == (Problem(Location("a.md", 3, 4), "slow-lexer", message, "", "warning"),)


def test_after_five_slow_blocks_no_more_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    lexer = StuckLexer()
    use(monkeypatch, lexer)
    monkeypatch.setattr(code, "SECONDS", 0.02)
    text = text_of("```slow\na\n```\n\n" * 500)
    assert text.html.count("<pre") == 500
    messages = [problem.message for problem in text.problems]
    assert (
        messages
        == ['"slow" took longer than 0.02 seconds: shown as plain text'] * 5
        + ["not tried, since 5 blocks of this text took longer than 0.02 seconds: shown as plain text"] * 495
    )


def test_a_lexer_may_take_two_seconds() -> None:
    assert code.SECONDS == 2


def test_a_broken_lexer_leaves_plain_text_and_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, BrokenLexer())
    text = text_of("```odd\na < b\n```\n")
    assert text.html == '<pre class="code" tabindex="0"><code class="language-odd">a &lt; b\n</code></pre>\n'
    message = '"odd" cannot be read here: shown as plain text'
    assert text.problems == (Problem(Location("a.md", 1, 4), "broken-lexer", message, "", "warning"),)


def test_the_alarm_of_others_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, BrokenLexer())
    before = signal.getsignal(signal.SIGALRM)
    highlighted("x", Fence("odd"), context())
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_code_is_highlighted_in_any_thread() -> None:
    blocks: list[str] = []
    thread = threading.Thread(target=lambda: blocks.append(highlighted("pass", Fence("python"), context())))
    thread.start()
    thread.join()
    assert '<span class="k">pass</span>' in blocks[0]


def test_a_block_without_place_is_said_at_the_beginning() -> None:
    found = ConversionContext([""], HERE, MarkdownOptions(), "")
    highlighted("x", Fence("nope"), found)
    assert found.problems == [
        Problem(HERE, "unknown-language", 'unknown language "nope": shown as plain text', _TEXT, "warning")
    ]


@pytest.mark.parametrize("source", ["```nope\nnope\n```", "```nope\ne\n```"])
def test_a_fence_is_said_where_it_begins(source: str) -> None:
    assert problems_of(f"one\n\n{source}\n") == [
        f'3:4: warning: unknown language "nope": shown as plain text ({_TEXT})'
    ]


def test_a_fence_in_a_quotation_is_said_where_it_begins() -> None:
    assert problems_of("> ```nope\n> code\n> ```\n")[0].startswith("1:6:")


@pytest.mark.parametrize("info", ["text hl=3", "text {hl}", "text title=a.py"])
def test_what_is_not_understood_after_a_fence_is_said(info: str) -> None:
    assert problems_of(f"```{info}\nx\n```\n")
