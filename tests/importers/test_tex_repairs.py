"""Formulas of MathJax that math-core refuses."""

import pytest

from blog.importers.tex_repairs import repair_formula, unescape_formula

REPAIRS = [
    (r"$a \text{ if $x$ is}$", r"$a \text{ if }{x}\text{ is}$"),
    (r"$a \* b \[c\]$", r"$a * b [c]$"),
    (r"$$a &= b \\ &= c$$", r"$$\begin{aligned}a &= b \\ &= c\end{aligned}$$"),
    (r"$a &lt; b$", r"$a < b$"),
    (r"$\mbox{a_b}$", r"$\text{a\_b}$"),
    (r"$a \dotsc b$", r"$a \ldots b$"),
    (r"$\mathop{\rm arg\,max}\limits_x \pmb{a}$", r"$\operatorname*{arg\,max}_x \boldsymbol{a}$"),
    (r"$$\begin{eqnarray*}a\end{eqnarray*}$$", r"$$\begin{align*}a\end{align*}$$"),
]


@pytest.mark.parametrize(("formula", "repaired"), REPAIRS)
def test_a_formula_is_repaired_once(formula: str, repaired: str) -> None:
    assert repair_formula(formula) == repaired
    assert repair_formula(repaired) == repaired


@pytest.mark.parametrize("formula", [
    r"$\begin{cases}a & b \\ c & d\end{cases}$", r"$a \{ b$", r"$\unknown$", "a", "$$a$", r"$\text{a}$", r"$a \& b$",
])  # fmt: skip
def test_a_formula_without_such_a_thing_stays(formula: str) -> None:
    assert repair_formula(formula) == formula


@pytest.mark.parametrize(("formula", "message", "repaired"), [
    (r"$\color{ours} a \textcolor{ours}{b {c}}$", 'unknown color "ours"', r"$ a {b {c}}$"),
    (r"$\operatorname{D_\mathrm{K}}(p)$", "could not extract text from the given macro", r"$\mathop{D_\mathrm{K}}(p)$"),
    (r"$$a \label{x} \\\\ b \label{y}$$", "a formula has one number, and so one label", r"$$\begin{aligned}a \label{x} \\\\ b \end{aligned}$$"),
])  # fmt: skip
def test_a_formula_is_repaired_by_what_is_wrong_with_it(formula: str, message: str, repaired: str) -> None:
    assert repair_formula(formula.replace("\\\\\\\\", "\\\\"), message) == repaired.replace("\\\\\\\\", "\\\\")


@pytest.mark.parametrize(("written", "read"), [
    (r"$p\_i$", r"$p_i$"),
    ("$a \\\\\\\\ b\\_i \\\\, \\\\{x\\\\}$", "$a \\\\ b_i \\, \\{x\\}$"),
    ("$$a\\_i \\\\\\\nb$$", "$$a_i \\\\\nb$$"),
    (r"$x\_i \text{a\_b}$", r"$x_i \text{a\_b}$"),
    (r"$\text{a\_b} \{c\}$", r"$\text{a\_b} \{c\}$"),
])  # fmt: skip
def test_escapes_of_markdown_in_a_formula_are_read_as_markdown_reads_them(written: str, read: str) -> None:
    assert unescape_formula(written) == read
