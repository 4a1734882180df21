"""Tests of `blog.markdown.tex_errors`: what is wrong in a formula, in the words of the author, at the thing itself."""

from __future__ import annotations

import pytest

from blog.markdown.mathml import TexError, mathml
from blog.markdown.tex_errors import explain_error
from tests.markdown.cases import problems_of

DEFINE = r"define it under [math.macros] in blog.toml, or write \operatorname{…} or \text{…}"
IN_TEXT = r"end the words before it: \text{if } x > 0 \text{ and}"


@pytest.mark.parametrize(
    ("tex", "offset", "message", "hint"),
    [
        (r"a + \mathcla{x}", 4, r'unknown command "\mathcla"', r"did you mean \mathcal?"),
        (r"\gamam", 0, r'unknown command "\gamam"', r"did you mean \gamma?"),
        (r"\Gamam", 0, r'unknown command "\Gamam"', r"did you mean \Gamma?"),
        (r"\lamda", 0, r'unknown command "\lamda"', r"did you mean \lambda?"),
        (r"\itn x", 0, r'unknown command "\itn"', r"did you mean \int?"),
        (r"\fra x", 0, r'unknown command "\fra"', r"did you mean \frac?"),
        (r"\losss", 0, r'unknown command "\losss"', r"did you mean \loss?"),
        (r"\supp f", 0, r'unknown command "\supp"', DEFINE),
        (r"\sign f", 0, r'unknown command "\sign"', DEFINE),
        (r"\softmax", 0, r'unknown command "\softmax"', DEFINE),
        (r"a \frac{1}", 2, r"\frac needs two arguments", r"write \frac{1}{…}"),
        (r"\frac 1", 0, r"\frac needs two arguments", r"write \frac 1{…}"),
        (r"{\binom}", 1, r"\binom needs two arguments", r"write \binom{…}{…}"),
        (r"a \sqrt", 2, r"\sqrt needs an argument", r"write \sqrt{…}"),
        (r"\sqrt[3]", 0, r"\sqrt needs an argument", r"write \sqrt[3]{…}"),
        (r"a^", 1, "nothing follows ^", "write x^{…}"),
        (r"a_ ", 1, "nothing follows _", "write x_{…}"),
        (r"\mathcal{L is bad", 8, "{ is not closed", "write } behind what it encloses"),
        (r"\{ {a", 3, "{ is not closed", "write } behind what it encloses"),
        (r"a}", 1, "} closes nothing", r"delete it, or write \} for the sign"),
        (r"y \left( x", 2, r"\left( has no \right)", r"write \right) behind what it encloses, or \right. for no bracket"),
        (r"\left\{ x", 0, r"\left\{ has no \right\}", r"write \right\} behind what it encloses, or \right. for no bracket"),
        (r"\left. x", 0, r"\left. has no \right.", r"write \right. behind what it encloses, or \right. for no bracket"),
        (r"x \right]", 2, r"\right] has no \left[", r"write \left[ before what it encloses"),
        (
            r"\left( {x \right)}", 10, r"\right) stands in other braces than its \left",
            r"close with } before \right what is opened with { behind \left",
        ),
        (r"\left x", 6, r"no bracket follows \left", r"write \left(, or \left. for no bracket"),
        (r"\left( x \right", 15, r"no bracket follows \right", r"write \right), or \right. for no bracket"),
        (r"\left< x \right>", 5, "< is no bracket", r"write \left\langle"),
        (r"a \begin{pmatrix} x", 2, r"\begin{pmatrix} is not closed", r"end it with \end{pmatrix}"),
        (r"x \end{aligned}", 2, r"\end{aligned} closes nothing", r"delete it, or open it with \begin{aligned}"),
        (r"\begin{cases} x \end{array}", 16, r"\begin{cases} ends with \end{array}", r"write \end{cases}"),
        (r"\begin{alinged} x \end{alinged}", 6, 'unknown environment "alinged"', r"did you mean \begin{aligned}?"),
        (
            r"\begin{foo} x \end{foo}", 6, 'unknown environment "foo"',
            "the environments are aligned, align, gather, cases, array and the matrices",
        ),
        ("x^2^3", 3, "x has two superscripts", "write x^{2^3} or {x^2}^3"),
        (r"\theta_{ij}_k", 11, r"\theta has two subscripts", r"write \theta_{ij_k} or {\theta_{ij}}_k"),
        (r"(a)^2^3", 5, "two superscripts stand side by side", "write x^{2^3} or {x^2}^3"),
        ("x^2'", 3, "x has a prime behind a superscript", "write x'^2"),
        (r"\text{a_b}", 7, r"_ cannot stand inside \text{…}", r"write \_ for the sign"),
        (r"\text{\alpha}", 6, r"\alpha cannot stand inside \text{…}", IN_TEXT),
        ("a # b", 2, "# stands in macros only", r"write \# for the sign"),
        ("a #1", 2, "# stands in macros only", r"write \# for the sign"),
        (r"\hspace{3}", 7, 'expected length with units, found "3"', r"write a unit, such as \hspace{3em}"),
        (
            r"\begin{array} a \end{array}", 14, 'expected column specification, found "a"',
            r"name the columns: \begin{array}{lcr}",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_formula_is_said_with_its_place_and_what_to_write(
    tex: str, offset: int, message: str, hint: str
) -> None:
    with pytest.raises(TexError) as caught:
        mathml(tex, (("loss", "L"),), display=True)
    assert (caught.value.offset, caught.value.message, caught.value.hint) == (offset, message, hint)


def test_an_unknown_message_stays_as_it_is() -> None:
    assert explain_error("Some new error.", 3, "abcd") == ("some new error", 3, "")


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (
            "$$\n\\begin{split} a\n$$\n",
            r"2:1: error: the formula cannot be shown: \begin{split} is not closed (end it with \end{split})",
        ),
        (
            "\\begin{align}\na \\end{gather}\n\\end{align}\n",
            r"2:3: error: the formula cannot be shown: \begin{align} ends with \end{gather} (write \end{align})",
        ),
        (
            "$$\n\\begin{align*} a\n$$\n",
            r"2:1: error: the formula cannot be shown: \begin{align*} is not closed (end it with \end{align*})",
        ),
    ],
)
def test_an_environment_has_the_name_that_the_author_wrote(source: str, problem: str) -> None:
    assert problems_of(source) == [problem]
