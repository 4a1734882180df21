"""The 652 examples of the CommonMark Spec 0.31.2: where ours differ, on purpose and only there."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TypedDict

import pytest

from tests.markdown.cases import page_of

FILE = Path(__file__).parent / "commonmark-0.31.2.json"
ON_PURPOSE = {
    "comments are left out": {177, 179, 183, 308, 309, 625, 626},
    "what browsers take for comments is left out": {180, 181, 182, 627, 628, 629},
    "an image alone in its paragraph is a figure": {
        517, 520, 531, 572, 573, 574, 575, 576, 577, 578, 580, 581, 582, 583, 584, 585, 586, 588, 589, 591,
    },
    "bare addresses are links": {608, 611, 612},
}  # fmt: skip
WRONG = {24, 34}
"""The words after a fence are not unescaped."""
_OURS = (
    (r' <a class="anchor"[^>]*>#</a>', ""),
    (r'(<h[1-6]) id="[^"]*"', r"\1"),
    (r'<pre class="code" tabindex="0">', "<pre>"),
    (r' loading="lazy"', ""),
    (r'<div class="table"[^>]*><table>(.*?)</table></div>', r"<table>\1</table>"),
    (r"<blockquote></blockquote>", "<blockquote>\n</blockquote>"),
)
"""What we add to any page: ids, anchors, classes, lazy loading, tables that scroll."""
_TYPED = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "—": "---", "–": "--", "…": "..."})


class Example(TypedDict):
    """One example of the spec."""

    markdown: str
    html: str
    example: int
    section: str


@cache
def examples() -> list[Example]:
    """All examples, in order."""
    loaded: list[Example] = json.loads(FILE.read_text(encoding="utf-8"))
    return loaded


def ours(markdown: str) -> str:
    """Our page for an example, without what we add to every page."""
    page = re.sub(
        r"<pre.*?</pre>", lambda block: re.sub(r"</?span[^>]*>", "", block[0]), page_of(markdown), flags=re.DOTALL
    )
    for added, typed in _OURS:
        page = re.sub(added, typed, page, flags=re.DOTALL)
    return _comparable(page)


def theirs(html: str) -> str:
    """The page that the spec shows; a text that uses `#` headings has all headings one level lower with us."""
    if "<h1>" in html:
        html = re.sub(r"(</?h)([1-6])>", lambda tag: f"{tag[1]}{min(int(tag[2]) + 1, 6)}>", html)
    return _comparable(html)


def _comparable(html: str) -> str:
    return html.replace(" />", ">").replace("&quot;", '"').translate(_TYPED)


def test_all_examples_of_the_spec_are_here() -> None:
    assert [example["example"] for example in examples()] == list(range(1, 653))


def test_the_examples_that_differ_are_exactly_those_that_should() -> None:
    differing = {example["example"] for example in examples() if ours(example["markdown"]) != theirs(example["html"])}
    assert differing - WRONG == set().union(*ON_PURPOSE.values())


@pytest.mark.parametrize("number", sorted(WRONG))
def test_escapes_and_entities_in_the_words_after_a_fence_are_read(number: int) -> None:
    example = examples()[number - 1]
    assert ours(example["markdown"]) == theirs(example["html"])
