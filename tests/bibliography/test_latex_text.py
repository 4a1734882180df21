"""Tests of `blog.bibliography.latex_text`: what readers see of the TeX in a value."""

import pytest

from blog.bibliography.latex_text import address_of, latex_to_text

CASES = [
    (r"G{\"o}del and Erd{\H{o}}s", "Gödel and Erdős"),
    (r"{\L}ukasz, Fran{\c{c}}ois, Fran\c cois, Ren\'{e}", "Łukasz, François, François, René"),
    (r"\'{\i}\'\i{}\v{\i} \.I \k{a} \r{a} \aa{} \AA ngstr\"om", "ííǐ İ ą å å Ångström"),
    (r"Nguy{\~{\^e}}n, D\`ung, \~n, {\~n}", "Nguyễn, Dùng, ñ, ñ"),
    (r"Stra\ss e, \o re, {\ae}on, \OE{}uvre", "Straße, øre, æon, Œuvre"),
    (r"{BERT}: {\textsc{Pre}}-\emph{training} of {{Deep}} \textit{nets}", "BERT: Pre-training of Deep nets"),
    (
        r"$\beta$-{VAE} and $k$-means in $O(n^2)$, $x_{10}$, $R^{d}$",
        "β-VAE and k-means in O(n²), x₁₀, Rᵈ".replace("ᵈ", "^d"),
    ),
    (r"50\% of R\&D \$5 \#1 a\_b", "50% of R&D $5 #1 a_b"),
    ("a -- b---c ``quoted'' `so' Turing's", "a – b—c “quoted” ‘so’ Turing’s"),
    ("two\n   lines\tand~tie \\\\ new\\,line", "two lines and tie new line"),
    (r"\href{https://example.org/}{the page}, \url{https://example.org/}", "the page, https://example.org/"),
    (r"\LaTeX{} \unknown{kept} \foo", "LaTeX kept"),
    ("{unclosed \\textbf{a", "unclosed a"),
    ("plain", "plain"),
    ("  space  ", "space"),
    ("bell\x07 and null\x00", "bell and null"),
    ("<b>&amp;</b>", "<b>&amp;</b>"),
]


@pytest.mark.parametrize(("source", "text"), CASES)
def test_tex_becomes_plain_text(source: str, text: str) -> None:
    assert latex_to_text(source) == text


def test_an_address_keeps_its_signs() -> None:
    assert address_of(r"\url{https://a.org/~x\_y?a=1\&b=\%20#c}") == "https://a.org/~x_y?a=1&b=%20#c"
    assert address_of("https://a.org/\n  {b}") == "https://a.org/b"
