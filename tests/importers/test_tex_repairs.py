"""Formulas of MathJax that math-core refuses."""

import pytest

from blog.importers.tex_repairs import repair_formula

REPAIRS = [
    (r"$a \text{ if $x$ is}$", r"$a \text{ if }{x}\text{ is}$"),
    (r"$a \* b \[c\]$", r"$a * b [c]$"),
    (r"$$a &= b \\ &= c$$", r"$$\begin{aligned}a &= b \\ &= c\end{aligned}$$"),
    (r"$a &lt; b$", r"$a < b$"),
    (r"$\mbox{a_b}$", r"$\text{a\_b}$"),
    (r"$a \dotsc b$", r"$a \ldots b$"),
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
