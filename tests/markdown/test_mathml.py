"""Tests of `blog.markdown.mathml`: what is shown, what is refused before it can do harm, and macros."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.markdown.mathml import BACKWARD, CLASSES, TexError, find_invalid_macros, mathml

PIECES = (
    "x", "{", "}", "(", ")", "[", "]", "\\left(", "\\right)", "\\{", "\\langle", "^", "_", "&", "\\\\", "\\frac", "\\sqrt", "\\log(",
    "\\operatorname{", "<b>", "\\text{", "$", "%", "\\begin{cases}", "\\end{cases}", "\\begin{aligned}", "\\end{aligned}", "\\f{", "\\o",
    "\\eqref{a}", "é", "𝔼", "\n", " ", "\\substack", "\\middle|", "\\limits", "\\mathbb", "\\color{red}", "&lt;", '"', "'", "#1",
)  # fmt: skip


@pytest.mark.parametrize(
    ("tex", "message", "offset"),
    [
        ("", "it is empty", 0),
        ("x" * 5001, "it is longer than 5,000 characters", 0),
        ("é+\\fooo", 'unknown command "\\fooo"', 2),
        ("a & b", 'found "&", which may only appear in a table-like environment', 2),
        ("x" + "(" * 13, "it has 13 brackets that nothing closes", 1),
        ("x" + "{" * 101, "it is nested deeper than 100 levels", 101),
        ("\\sqrt" * 120 + "x", "it is nested deeper than 100 levels", 0),
        ("x \\newcommand{\\d}[1]{\\d{#1#1}}\\d{x}", "it defines a macro", 2),
        ("\\eqref{a}", "\\eqref refers to nothing here", 0),
        ("\\begin{cases}\\operatorname{<b>x</b>}\\end{cases}", "a name in \\operatorname may not hold <, > or &", 0),
        ("\\operatorname{<}", "a name in \\operatorname may not hold <, > or &", 0),
    ],
)
def test_what_cannot_be_set_says_what_and_where(tex: str, message: str, offset: int) -> None:
    with pytest.raises(TexError) as caught:
        mathml(tex, (), display=True)
    assert (caught.value.message, caught.value.offset) == (message, offset)


def test_brackets_that_close_each_other_somehow_are_no_matter() -> None:
    assert mathml("(0,1] " * 60 + "[0,1) " * 60 + "\\left(x\\right]", (), display=False)


def test_macros_take_arguments_and_commands_of_papers_are_known() -> None:
    assert mathml("\\KL{q}{p}", (("KL", "D(#1 \\| #2)"),), display=False) == mathml("D(q \\| p)", (), display=False)
    assert "𝟙" in mathml("\\mathds{1}", (), display=False)


def test_what_is_wrong_with_macros_is_said_of_each() -> None:
    macros = (
        ("a", "\\b"), ("b", "\\a"), ("c", "\\fooo"), ("d", "#1}"), ("e", "\\mathbb{E}"), ("f", "\\left("), ("g", "("), ("h", "#1 #2"),
        ("i", "\\h{a}{#1}"),
    )  # fmt: skip
    assert find_invalid_macros(macros) == {
        "a": "it reaches itself",
        "b": "it reaches itself",
        "c": 'unknown command "\\fooo"',
        "d": "} closes nothing",
        "f": "\\left has no \\right",
        "g": "it has a bracket that nothing closes",
    }


@settings(derandomize=True, max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_any_formula_is_set_or_refused_in_no_time(tex: str) -> None:
    started = time.monotonic()
    try:
        html = mathml(tex, (("f", "#1#1"), ("o", "x")), display=True)
    except TexError:
        pass
    else:
        assert html.startswith("<math")
        assert "<b>" not in html
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("tex", "written"),
    [
        (r"\begin{aligned}a&=b\end{aligned}", '<mtd class="m-right m-no-right"><mi>a</mi></mtd><mtd class="m-left m-no-left">'),
        (r"\begin{align}a&=b\end{align}", '<mtable displaystyle="true" scriptlevel="0" class="m-wide"><mtr><mtd class="m-half">'),
        (r"\begin{cases}a&b\end{cases}", '<mtd class="m-left m-no-right m-apart"><mi>b</mi></mtd>'),
        (r"\begin{array}{l|c:r}1&2&3\\ \hline 4&5&6\\ \hdashline 7&8&9\end{array}", '<mtd class="m-line-top m-dash-right">'),
        (r"\begin{subarray}{c}a\\b\end{subarray}", '<mtd class="m-no-top m-no-bottom">'),
        (r"\begin{multline}a\\b\end{multline}", '<mtd class="m-edge">'),
        (r"\mathbin{x}\operatorname*{argmax}_x", '<mpadded class="m-no-left m-no-right">'),
        (r"\textcolor{red}{x}", '<mrow mathcolor="#FF0000">'),
        (r"x \perp\!\!\!\perp y", '<mspace class="m-back-3"/><mspace class="m-back-3"/><mspace class="m-back-3"/>'),
        (r"a\hspace{-1em}b", '<mi>a</mi><mspace class="m-back-1em"/><mi>b</mi>'),
        (r"a\mkern-3mu b", '<mspace class="m-back-3"/>'),
        (r"a\negmedspace b", '<mspace class="m-back-4"/>'),
        (r"a\negthickspace b", '<mspace class="m-back-5"/>'),
        (r"a\kern-5pt b", '<mspace class="m-back-9"/>'),
        (r"a_{\hspace{-1.4em}b}", '<mrow><mspace class="m-back-1em m-back-7"/><mi>b</mi></mrow>'),
        (r"\hspace{0pt}x", '<mspace width="0"/>'),
        (r"a\mathrel{x}b", '<mpadded class="m-pad-left-277 m-pad-right-277">'),
        (r"a\mathpunct{x}b", '<mpadded class="m-no-left m-pad-right-166">'),
        (r"\cfrac12", '<mfrac displaystyle="true" scriptlevel="0" class="m-pad-top-166">'),
        (r"\cramped{x^2}", '<mrow class="m-cramped">'),
        (r"\text{\Large a\textsc{b}}", '<span class="m-small-caps">b</span>'),
        (r"\text{\tiny a\scriptsize b\footnotesize c\small d\normalsize e}", '<mtext class="m-size-100">e</mtext>'),
        (r"\text{\large a\Large b\LARGE c\huge d\Huge e}", '<mtext class="m-size-250">e</mtext>'),
    ],
)  # fmt: skip
def test_formulas_have_classes_and_no_styles_so_that_a_strict_host_shows_them(tex: str, written: str) -> None:
    html = mathml(tex, (), display=True)
    assert written in html
    assert " style=" not in html


def test_margin_has_a_rule_for_every_class_of_formulas() -> None:
    static = Path(__file__).parent.parent.parent / "themes/margin/static"
    sheet = "".join((static / name).read_text("utf-8") for name in ("margin.css", "extras.css"))
    for name in filter(None, [*CLASSES.values(), *BACKWARD]):
        assert f".{name} {{" in sheet, name


def test_a_formula_moves_back_by_20_em_at_most() -> None:
    assert '<mspace class="m-back-20em"/>' in mathml(r"a\hspace{-9999em}b", (), display=True)


@pytest.mark.parametrize(
    ("tex", "written"),
    [
        (r"\text{a \textbf{b}}", "<mtext>a\N{NO-BREAK SPACE}</mtext><mtext><b>b</b></mtext>"),
        (r"\text{a \emph{b}}", "<mtext><em>b</em></mtext>"),
        (r"\text{\texttt{b}}", "<mtext><code>b</code></mtext>"),
        (r"\textit{a\textbf{b}}", "<mtext><b><i>b</i></b></mtext>"),
        (r"\textbf{<i>b</i>}", "<mtext><b>&lt;i&gt;b&lt;/i&gt;</b></mtext>"),
        (r"x = \begin{cases}1 & \textbf{if } y\end{cases}", "<mtext><b>if\N{NO-BREAK SPACE}</b></mtext>"),
    ],
)
def test_words_of_a_formula_are_bold_slanted_or_of_one_width(tex: str, written: str) -> None:
    assert written in mathml(tex, (), display=True)


def test_a_style_that_is_not_known_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(CLASSES, "text-align:right")
    assert 'style="text-align: right;' in mathml(r"\begin{aligned}a&=b\end{aligned}", (), display=True)
