"""Tests of `blog.markdown.citations` and its syntax: what a text asks for, what it shows, and what stays text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from blog.bibliography.library import ALL_KEYS
from blog.markdown import MarkdownOptions
from blog.markdown.convert import convert_markdown
from blog.markdown.inputs import Inputs, SharedInputs
from blog.problems import Location
from tests.markdown.cases import LIBRARY, author_text_of, everything_of, page_of, problems_of, text_of
from tests.support.bounds import processor

if TYPE_CHECKING:
    from blog.markdown import ConvertedText


def asked_by(source: str, *, for_author: bool = False) -> set[str]:
    inputs = Inputs(shared=SharedInputs(LIBRARY))
    convert_markdown(source, Location("a.md"), MarkdownOptions("en", for_author=for_author), inputs=inputs)
    return inputs.lookup.asked


def without_bibliography(source: str) -> ConvertedText:
    return convert_markdown(source, Location("a.md"), MarkdownOptions("en"))


@pytest.mark.parametrize(
    "source",
    [
        "[@karpathy]", "[thanks @karpathy]", "[@babel/core] and [thanks to @a and @b]", "@karpathy says, a@b.org", "@he2016 [p. 3]",
        "[a](b) [@a](c) [x]", "[a; b] [;] [@] [-@] [@{}] @{ a",
    ],
)  # fmt: skip
def test_without_a_bibliography_a_handle_is_text(source: str) -> None:
    text = without_bibliography(source)
    assert text.problems == ()
    assert "references" not in text.html
    assert "(" not in text.html


@pytest.mark.parametrize("source", ["[-@he2016]", "[@he2016, p. 3]", "[@he2016; @b]"])
def test_without_a_bibliography_what_can_only_be_a_citation_is_an_error(source: str) -> None:
    first, *_ = without_bibliography(f"So {source}.").problems
    assert (first.code, first.severity) == ("unknown-citation", "error")
    assert first.location.column == source.index("@") + 4
    assert first.message == '"he2016" is cited, and there is no bibliography'
    assert first.hint == "write the entry into content/references.bib, or \\@he2016 for text"


def test_a_bare_key_is_a_citation_only_if_the_bibliography_has_it() -> None:
    assert page_of("@karpathy, @he2017, @he2016x") == "<p>@karpathy, @he2017, @he2016x</p>\n"
    assert problems_of("@karpathy, @he2017") == []


def test_an_unknown_key_is_an_error_at_its_column_in_each_place() -> None:
    said = 'error: no entry of the bibliography has the key "he2015" (did you mean "he2016"?)'
    assert problems_of("> - So [see @turing;\n>   and @he2015].") == [f"2:9: {said}"]
    assert problems_of("| a | b |\n|---|---|\n| x \\| y | [@he2015] |") == [f"3:13: {said}"]
    assert problems_of("[@he2015] [@he2015]\n\n[@he2015]") == [f"1:2: {said}"]


def test_a_key_ends_before_punctuation_and_before_letters_of_china_and_japan() -> None:
    page = page_of("(@he2016), @turing: @he2016. 见@he2016所述")
    assert "(<a" in page
    assert "He et al. (2016)</a>), <a" in page
    assert "</a>: <a" in page
    assert "</a>. 见<a" in page
    assert "</a>所述" in page


def test_brackets_behind_a_citation_may_be_a_link_or_a_note() -> None:
    assert '>Turing (n.d.)</a> <a href="b">a</a>' in page_of("@turing [a](b)")
    assert '>Turing (n.d.)</a> <a href="/b">a</a>' in page_of("@turing [a]\n\n[a]: /b")
    assert ">Turing (n.d.)</a> <sup" in page_of("@turing [^1]\n\n[^1]: b")
    assert ">Turing (n.d.</a>, p. 3) [b]" in page_of("@turing\n[p. 3] [b]")


def test_labels_and_the_list_are_in_the_language_of_the_text() -> None:
    options = MarkdownOptions("de")
    text = convert_markdown(
        "[@kingma2015; @turing]", Location("a.md"), options, inputs=Inputs(shared=SharedInputs(LIBRARY))
    )
    assert ">Kingma und Ba, 2015</a>; <a" in text.html
    assert "<h2>Literatur</h2>" in text.html
    assert "„Adam: A Method for &lt;Stochastic&gt; Optimization &amp; more“" in text.html


def test_summary_and_number_of_words_have_the_labels_and_not_the_list() -> None:
    text = text_of("Depth is easy [see @he2016, p. 3].")
    assert text.summary == "Depth is easy (see He et al., 2016, p. 3)."
    assert text.words == 10


def test_a_title_cannot_have_a_citation() -> None:
    problems = text_of("# After [@he2016]\n\nx", takes_title=True).problems
    assert [(problem.code, problem.message) for problem in problems] == [("title", "a title cannot have a citation")]


def test_the_id_of_a_reference_is_taken() -> None:
    text = text_of("## x {#ref-he2016}\n\n[@he2016]")
    assert [problem.code for problem in text.problems] == ["same-id"]
    assert "ref-he2016" in text_of("[@he2016]").anchors


def test_a_text_asks_for_the_keys_that_it_depends_on() -> None:
    assert asked_by("[see @he2016; @turing] @karpathy a@b.org `@x` \\@y [@z](x)") == {
        "he2016",
        "turing",
        "karpathy",
        "z",
    }
    assert asked_by("[@he2015]") == {"he2015", ALL_KEYS}
    assert asked_by("A text, a [link](b) and a list:\n\n- [x] a") == set()


def test_hidden_text_asks_too_and_shows_nothing() -> None:
    source = "[@he2016]\n\n::: private\n[@SECRET] and @he2016identity\n:::\n\n<!-- [@SECRET] -->\n"
    assert asked_by(source) >= {"he2016", "SECRET"}
    text = text_of(source)
    assert "SECRET" not in everything_of(text)
    assert "He et al., 2016</a>" in text.html
    assert text.problems == ()


def test_the_author_sees_the_citations_of_a_private_passage() -> None:
    text = author_text_of("[@he2016]\n\n::: private\n[@he2016identity] [@unknown]\n:::\n")
    public, private = text.html.split('<div class="private"')
    assert "Identity" not in public
    assert "He et al., 2016</a>" in public
    assert "Identity Mappings" in private
    assert ' id="' not in private.split("<section", maxsplit=1)[0]


def test_a_footnote_that_is_left_out_cites_nothing() -> None:
    source = "a[^1]\n\n::: private\nb[^2]\n:::\n\n[^1]: [@he2016]\n\n[^2]: [@SECRET]\n"
    assert "SECRET" not in everything_of(text_of(source)).replace("[^2]", "")


@pytest.mark.parametrize(
    "piece",
    ["[@", "[@a;", "[@he2016", "[@he2016]", "@he2016 [", "@he2016 [@he2016", "[see `@", "[<code>@he2016", "@{", "-@he2016", "[@a]", "@a-"],
)  # fmt: skip
def test_many_citations_take_time_that_grows_with_the_text(piece: str) -> None:
    with processor(6):
        text_of(piece * (20_000 // len(piece)))
