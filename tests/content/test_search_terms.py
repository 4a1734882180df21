"""The words of a post, by which readers find it: folded, weighed, and none that is private."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.content.document import ParseOptions, TermsByWeight
from blog.content.files import LoadedFile
from blog.content.parse import parse_document
from blog.content.search_terms import LONGEST, extract_search_terms, fold_accents, split_words
from tests.support.bounds import processor

RULES = ParseOptions("en", ())


def words(text: str, matter: str = "title: T") -> TermsByWeight:
    parsed = parse_document(
        LoadedFile("content/posts/a.md", "post", f"---\n{matter}\ndate: 2024-01-01\n---\n{text}".encode()), RULES
    )
    assert parsed.document is not None
    return extract_search_terms(parsed.document, parsed.html)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Gradient", "gradient"), ("¿Quién?", "¿quien?"), ("STRASSE straße", "strasse strasse"),
        ("ΟΔΟΣ οδός", "οδοσ οδοσ"), ("İstanbul", "istanbul"), ("ﬁne", "fine"), ("Kelvin: \u212a", "kelvin: k"),
        ("한국어", "한국어"), ("Ａ１", "a1"),
    ],
)  # fmt: skip
def test_words_are_compared_without_case_accents_and_forms_of_letters(text: str, folded: str) -> None:
    assert fold_accents(text) == folded


@given(st.text(max_size=40))
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert fold_accents(fold_accents(text)) == fold_accents(text)
    assert list(split_words(fold_accents(text))) == list(split_words(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Don't use weight_decay=1e-3!", "don t use weight decay 1e 3"), ("C++, C# and F1-score", "c c and f1 score"),
        ("re-trained état-major", "re trained etat major"), (" ", ""),
        ("機械学習", "機 械 学 習 機械 械学 学習"), ("ML入門", "ml 入 門 入門"), ("학습을 했다", "학 습 을 학습 습을 했 다 했다"),
        ("GPU로", "gpu 로"), ("책", "책"), ("한글ABC", "한 글 한글 abc"), ("x" * LONGEST, "x" * LONGEST),
        ("y" * (LONGEST + 1), ""), ("हिन्दी भाषा", "हिन्दी भाषा"), ("שָׁלוֹם عَرَبِيّ", "שלום عربي"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
    ],
)  # fmt: skip
def test_words_are_runs_of_letters_and_digits(text: str, found: str) -> None:
    assert " ".join(split_words(text)) == found


def test_a_word_weighs_most_in_the_title_and_in_tags_then_in_headings_then_where_it_is_often() -> None:
    found = words(
        "# One\n\nPlain words, Tagged words, titled words.\n\n## A heading with plain\n",
        "title: Titled\ntags: [tagged]\nlabels: [Journal]",
    )
    assert found == ("", "words", "a heading one plain with", "journal tagged titled")


def test_words_of_the_context_of_code_of_notes_and_of_formulas_are_found_and_those_of_tags_are_not() -> None:
    found = words(
        "Text *un*likely.[^1] [linked](https://example.org/hidden) ![alt](https://example.org/i.png)\n\n"
        "```python\nimport numpy\n```\n\n$x_{alpha}$\n\n| cell | other |\n|---|---|\n| left | right |\n\n"
        "<script>secret()</script><b title='attribute'>bold</b>\n\n[^1]: A note.\n",
        "title: T\ncontext: A preface.",
    )
    assert set(" ".join(found[:2]).split()) >= {
        "text", "unlikely", "linked", "import", "numpy", "alpha", "cell", "other", "left", "right", "bold", "note", "preface",
    }  # fmt: skip
    assert not {"hidden", "secret", "attribute", "href", "un", "python", "leftright"} & set(" ".join(found).split())


def test_no_word_is_private() -> None:
    found = words("Said.\n\n::: private\nunsaid\n:::\n\n<!-- unmeant -->\n")
    assert found == ("said", "", "", "t")


def test_entities_and_escapes_are_the_letters_that_they_stand_for(tmp_path: Path) -> None:
    assert words("caf&eacute; &lt;angle&gt; a\\_b")[0] == "a angle b cafe"


def test_marks_of_footnotes_are_no_part_of_words() -> None:
    found = words("On a GPU[^1], with H<sub>2</sub>O.\n\n## With LoRA[^1]\n\n[^1]: Note.\n")
    assert {"gpu", "h2o", "note"} <= set(found[0].split())
    assert "lora" in found[2].split()
    assert not {"gpu1", "lora1"} & set(" ".join(found).split())


def test_what_stands_in_attributes_is_not_read_whatever_it_is() -> None:
    found = words("""<div title="x > leak">seen</div> <a title='p > leak'>here</a> <template>leak</template> a < b""")
    assert found[0] == "a b here seen"


@pytest.mark.parametrize("piece", ["<?", "<script ", "<a b='"])
def test_the_time_for_long_raw_html_grows_no_faster_than_the_text(piece: str) -> None:
    with processor(3):
        words("<div>\n" + piece * (200_000 // len(piece)))


def test_a_script_that_is_not_closed_hides_the_rest_as_in_browsers() -> None:
    assert words("before\n\n<script>let after = 1\n")[0] == "before"
