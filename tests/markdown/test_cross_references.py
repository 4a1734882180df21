"""Tests of `blog.markdown.cross_references`: references across the cells of a notebook, languages, hidden things."""

import pytest

from blog.markdown import ConvertedText, MarkdownOptions
from blog.markdown.convert import convert_pieces
from blog.markdown.pieces import HiddenPiece, Prose
from blog.problems import Location
from tests.markdown.cases import author_text_of, everything_of, filled, one_line, text_of
from tests.support.bounds import processor

CELLS = (
    Prose("See @fig-b and @thm-x, @fig-no.", ((1, 1),)),
    HiddenPiece(Prose("![SECRET](s.png 'SECRET'){#fig-s}", ((2, 1),))),
    Prose("![b](b.png 'c, cf. @thm-x'){#fig-b}", ((3, 1),)),
    Prose("::: theorem {#thm-x titel=a}\nx\n:::", ((4, 1), (4, 2), (4, 3))),
)


def notebook_of(*, for_author: bool) -> ConvertedText:
    """The text of a notebook with these cells."""
    return convert_pieces(CELLS, Location("a.ipynb"), MarkdownOptions(for_author=for_author))


def test_cells_of_a_notebook_refer_to_each_other_and_hidden_cells_are_not_counted() -> None:
    text = notebook_of(for_author=False)
    page = filled(text).page
    assert '<p>See <a href="#fig-b">Figure\u00a01</a> and <a href="#thm-x">Theorem\u00a01</a>, fig-no.</p>' in page
    assert 'Figure\u00a01:</span> c, cf. <a href="#thm-x">Theorem\u00a01</a></figcaption>' in page
    assert "SECRET" not in everything_of(text)
    assert [(problem.location.cell, one_line(problem)) for problem in text.problems] == [
        (1, '1:24: error: nothing in this text has the id "fig-no" (did you mean "fig-b"?)'),
        (4, '1:21: warning: unknown word "titel" (did you mean "title"?)'),
    ]


def test_the_author_sees_hidden_things_with_numbers_that_count_for_nothing() -> None:
    page = filled(notebook_of(for_author=True)).page
    assert page.count("Figure\u00a01:</span>") == 2
    assert "SECRET" in page
    text = author_text_of("![a](a.png){#fig-a}\n\n::: private\n@fig-a, @fig-x\n:::\n")
    assert '<a href="#fig-a">Figure\u00a01</a>, fig-x' in filled(text).page
    assert text.problems == ()


@pytest.mark.parametrize(
    ("language", "figure", "theorem", "proof"),
    [
        ("en", "Figure", "Theorem", "Proof"),
        ("de", "Abbildung", "Satz", "Beweis"),
        ("pt-BR", "Figura", "Teorema", "Demonstração"),
        ("ja", "図", "定理", "証明"),
        ("eo", "Figure", "Theorem", "Proof"),
    ],
)
def test_the_words_are_in_the_language_of_the_text_or_in_english(
    language: str, figure: str, theorem: str, proof: str
) -> None:
    source = "![a](a.png 'b'){#fig-a}\n\n::: theorem\nx\n:::\n\n::: proof\ny\n:::\n\n@fig-a"
    page = filled(text_of(source, language)).page
    label = {"ja": f">{figure}\u00a01：</span>b"}.get(language, f">{figure}\u00a01:</span> b")
    assert label in page
    assert f'<a href="#fig-a">{figure}\u00a01</a>' in page
    assert f"<strong>{theorem}\u00a01</strong>" in page
    assert f"<em>{proof}.</em>" in page


@pytest.mark.parametrize("piece", ["@fig-", "@fig-a", "[@fig-a", "[@fig-a;", "@", "-@fig-a-", "[](#fig-a", "Table: "])
def test_references_are_read_in_linear_time(piece: str) -> None:
    with processor(8):
        text_of(piece * 10_000)
