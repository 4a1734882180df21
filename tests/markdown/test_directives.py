"""Tests of `blog.markdown.directives`: what holds for each directive that readers see."""

import re

import pytest

from blog.markdown.directives import BLOCKS, NAMES, visible_directives
from tests.markdown.cases import everything_of, text_of


def test_each_module_is_a_directive() -> None:
    assert set(visible_directives()) == set(BLOCKS)
    assert set(NAMES) - set(BLOCKS) == {"private"}


@pytest.mark.parametrize("name", BLOCKS)
def test_a_directive_stands_around_its_content_on_the_page_and_in_the_feed(name: str) -> None:
    text = text_of(f"::: {name}\n- **A**: *so*\n:::\n\nEnd")
    directive = visible_directives()[name]
    for html, (opening, closing) in ((text.html, directive.page), (text.feed_html, directive.feed)):
        before, _, rest = html.partition(opening)
        content, _, behind = rest.partition(closing)
        assert not before
        assert "<em>so</em>" in content
        assert behind == "<p>End</p>\n"
    assert "class=" not in "".join(directive.feed)
    assert [problem.code for problem in text.problems] == []


@pytest.mark.parametrize("name", BLOCKS)
def test_a_private_passage_inside_a_directive_leaves_no_byte(name: str) -> None:
    hidden = text_of(f":::: {name}\n- **A**: so\n\n::: private\nSECRET\n:::\n\n::::\n")
    assert "SECRET" not in everything_of(hidden)
    assert re.sub(r"\0!\d+\0", "", hidden.html) == text_of(f":::: {name}\n- **A**: so\n\n::::\n").html
