"""Tests of `blog.markdown.mathml_to_text`: formulas as words, and what no line of text can show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.markdown.mathml_to_text import tex_letters
from tests.markdown.cases import text_of


@pytest.mark.parametrize(
    ("tex", "written"),
    [
        (r"\mathcal{L}(\theta)", "ℒ(θ)"),
        (r"\beta", "β"),
        (r"x_i^2", "xᵢ²"),
        (r"x_{t-1}", "xₜ₋₁"),
        (r"\sum_{i=1}^n x_i", "∑ᵢ₌₁ⁿ xᵢ"),
        (r"\frac{a+b}{2}", "(a + b)/2"),
        (r"\sqrt{x^2+y^2}", "√(x² + y²)"),
        (r"\mathbb{E}_{x\sim p}[f(x)]", "𝔼_(x ∼ p)[f(x)]"),
        (r"\hat{y} = \bar{\mathbf{x}}", "ŷ = x̄"),
        (r"\log p(x \mid z)", "log p(x ∣ z)"),
        (r"O(n \log n)", "O(n log n)"),
        (r"\operatorname*{argmin}_\theta L", "argmin_θ L"),
        (r"D_{\mathrm{KL}}(q \,\|\, p)", "D_KL(q‖p)"),
        (r"A^\top A^{-1}", "AᵀA⁻¹"),
        (r"e^{i\pi} + 1 = 0", "e^(iπ) + 1 = 0"),
        (r"\exp(-x)", "exp(−x)"),
        (r"x = -1", "x = −1"),
        (r"D = 19{,}968", "D = 19,968"),
        (r"\{1, 2, \ldots\}", "{1, 2, …}"),
        (r"90^\circ", "90°"),
        (r"\text{loss} < 3", "loss < 3"),
        (r"k\text{-means}", "k-means"),
        (r"\text{a \textbf{b}}", "a b"),
        (r"\bm{\theta}\mathfrak{g}", "θ𝔤"),
        (r"\sqrt[3]{x}", "∛x"),
        (r"x \perp\!\!\!\perp y", "x ⟂ ⟂ y"),
    ],
)
def test_a_formula_in_letters(tex: str, written: str) -> None:
    assert tex_letters(tex, ()) == written


@pytest.mark.parametrize(
    "tex",
    [r"\begin{pmatrix}a&b\end{pmatrix}", r"\binom{n}{k}", r"\widehat{xyz}", r"\cancel{x}", r"\overset{!}{=}", r"\foo"],
)
def test_what_no_letters_are_there_for_stands_between_its_dollars(tex: str) -> None:
    assert tex_letters(tex, ()) == f"${tex}$"


def test_macros_of_the_site_are_known() -> None:
    assert tex_letters(r"\KL{q}", (("KL", r"\mathrm{KL}(#1)"),)) == "KL(q)"


@given(st.text(st.sampled_from(r"\{}^_abx12+-=()| ,frac sqrt theta"), max_size=30))
def test_every_formula_is_letters_or_stands_as_it_is(tex: str) -> None:
    shown = tex_letters(tex, ())
    assert shown == f"${tex.strip()}$" or ("\\" not in shown and "\n" not in shown)


def test_summary_title_contents_and_alternative_text_have_formulas_in_letters() -> None:
    source = "We minimise $\\mathcal{L}(\\theta)$ over $\\theta$, and $\\binom{n}{k}$.\n\n## The $\\beta$-VAE\n\n![of $\\beta$](a.png)\n"
    text = text_of(source)
    assert text.summary == r"We minimise ℒ(θ) over θ, and $\binom{n}{k}$."
    assert [(heading.id, heading.text) for heading in text.headings] == [("the-beta-vae", "The β-VAE")]
    assert 'alt="of β"' in text.html
    assert 'aria-label="Link to “The β-VAE”"' in text.html
    assert text_of("# The $\\beta$-VAE\n", takes_title=True).title == "The β-VAE"


def test_a_link_without_words_gets_the_letters_of_the_heading() -> None:
    assert '<a href="\x000\x00">The β-VAE</a>' in text_of("## The $\\beta$-VAE {#v}\n\nSee [](#v).\n").html


def test_what_stands_above_more_is_in_letters_too() -> None:
    assert text_of("First $\\beta$.\n\nThen $\\theta$<!-- more --> and $\\mu$.\n").summary == "First β. Then θ"
