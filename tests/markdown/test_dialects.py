"""What belongs to another dialect of Markdown is said at its place; ordinary prose, code and mathematics are not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.markdown import MarkdownOptions
from blog.markdown.convert import convert_markdown
from blog.problems import Location
from tests.markdown.test_leftovers import advice_of
from tests.support.bounds import processor

SAID = [
    (
        "See [[https://x.org][text]].\n",
        [
            '1:5: warning: "[[https://x.org][text]]" looks like a link of Org: it is shown as text (write a link: [words](address))',
            '1:20: warning: "][text]" is no link: it is shown as text (add a line [text]: address)',
        ],
    ),
    (
        "[[TOC]]\n",
        [
            '1:1: warning: "[[TOC]]" looks like a mark for a table of contents: it is shown as text (take it out: three headings make one)'
        ],
    ),
    (
        "As in [@vaswani2017].\n",
        [
            '1:7: warning: "[@vaswani2017]" looks like a citation of Pandoc: it is shown as text (write the entry into content/references.bib; for text, write \\@)'
        ],
    ),
    (
        "@doe99 [p. 33] says\n",
        [
            '1:1: warning: "@doe99 [p. 33]" looks like a citation of Pandoc: it is shown as text (write the entry into content/references.bib; for text, write \\@)'
        ],
    ),
    (
        "Figure \\@ref(fig:x)\n",
        ['1:8: warning: "\\@ref(fig:x)" looks like a reference of R Markdown: it is shown as text (write @fig-loss)'],
    ),
    (
        "We use \\cite{x} and \\textbf{y}\n",
        [
            '1:8: warning: "\\cite{" looks like a command of LaTeX: it is shown as text (say it in Markdown, or put it into `code`)',
            '1:21: warning: "\\textbf{" looks like a command of LaTeX: it is shown as text (say it in Markdown, or put it into `code`)',
        ],
    ),
    ("\\newpage\n", ['1:1: warning: "\\newpage" looks like a command of LaTeX: it is shown as text (take it out)']),
    (
        "\\begin{itemize}\n",
        [
            '1:1: warning: "\\begin{itemize}" looks like an environment of LaTeX: it is shown as text (say it in Markdown, or put it into `code`)'
        ],
    ),
    (
        "x[^a b] y\n",
        [
            '1:2: warning: "[^a b]" looks like a footnote: it is shown as text (its name has no spaces: [^name], and a line [^name]: …)'
        ],
    ),
    (
        "##Heading\n",
        ['1:1: warning: "##Heading" looks like a heading: it is shown as text (a heading needs a space behind #)'],
    ),
    (
        "##标题\n",
        ['1:1: warning: "##标题" looks like a heading: it is shown as text (a heading needs a space behind #)'],
    ),
    ("＃ 标题\n", ['1:1: warning: "＃ 标题" looks like a heading: it is shown as text (write # and a space)']),
    (
        '=== "PyTorch"\n',
        [
            '1:1: warning: "=== "PyTorch"" looks like a tab of MkDocs: it is shown as text (write a heading above the text of each tab)'
        ],
    ),
    (
        '--8<-- "train.py"\n',
        [
            '1:1: warning: "--8<-- "train.py"" looks like a snippet of MkDocs: it is shown as text (put the text of that file here)'
        ],
    ),
    (
        "/// note\n",
        [
            '1:1: warning: "/// note" looks like a block of MkDocs: it is shown as text (say it in Markdown, or put it into `code`)'
        ],
    ),
    (
        "a ==marked words== b\n",
        [
            '1:3: warning: "==marked words==" looks like a highlight of Obsidian or MkDocs: it is shown as text (write <mark>words</mark>)'
        ],
    ),
    (
        "press ++ctrl+alt+del++\n",
        ['1:7: warning: "++ctrl+alt+del++" looks like keys of MkDocs: it is shown as text (write <kbd>ctrl</kbd>)'],
    ),
    ("H~2~O\n", ['1:2: warning: "~2~" looks like a subscript of Pandoc: it is shown as text (write <sub>2</sub>)']),
    ("x^2^ is\n", ['1:2: warning: "^2^" looks like a superscript of Pandoc: it is shown as text (write <sup>2</sup>)']),
    (
        "{++added++} text\n",
        [
            '1:1: warning: "{++added++}" looks like a mark of CriticMarkup: it is shown as text (say it in Markdown, or put it into `code`)'
        ],
    ),
    (
        "nice :tada:\n",
        ['1:6: warning: ":tada:" looks like a short name of an emoji: it is shown as text (write the emoji itself)'],
    ),
    (
        "*[HTML]: Hyper Text\n",
        [
            '1:1: warning: "*[HTML]: Hyper Text" looks like an abbreviation of kramdown or MkDocs: it is shown as text (write <abbr title="…">…</abbr>)'
        ],
    ),
    (
        "words {.red} here\n",
        [
            '1:7: warning: "{.red}" looks like attributes: it is shown as text (they have an effect right behind an image, and as {#id} in a heading)'
        ],
    ),
    (
        "**bold**{.red}\n",
        [
            '1:9: warning: "{.red}" looks like attributes: it is shown as text (they have an effect right behind an image, and as {#id} in a heading)'
        ],
    ),
    (
        "[text]{.mark}\n",
        [
            '1:7: warning: "{.mark}" looks like attributes: it is shown as text (they have an effect right behind an image, and as {#id} in a heading)'
        ],
    ),
    (
        "a {width=50%} b\n",
        [
            '1:3: warning: "{width=50%}" looks like attributes: it is shown as text (they have an effect right behind an image, and as {#id} in a heading)'
        ],
    ),
    (
        "`<b>`{=html}\n",
        ['1:1: warning: "`<b>`{=html}" looks like raw code of Pandoc: it is shown as text (write HTML as it is)'],
    ),
    (
        ":ref:`x`\n",
        [
            '1:1: warning: ":ref:" looks like a role of reStructuredText: it is shown as text (say it in Markdown, or put it into `code`)'
        ],
    ),
    (
        "image::x.png[alt]\n",
        [
            '1:1: warning: "image::x.png[" looks like an image of AsciiDoc: it is shown as text (write ![what it shows](picture.png))'
        ],
    ),
    (
        "link:foo.html[Text]\n",
        [
            '1:1: warning: "link:foo.html[" looks like a link of AsciiDoc: it is shown as text (write a link: [words](address))'
        ],
    ),
    (
        "== Heading ==\n",
        [
            '1:1: warning: "== Heading ==" looks like a heading of MediaWiki or AsciiDoc: it is shown as text (write ## and a space)'
        ],
    ),
    (
        "'''bold'''\n",
        ["1:1: warning: \"'''bold'''\" looks like bold words of MediaWiki: it is shown as text (write **words**)"],
    ),
    (
        "h2. Title\n",
        [
            '1:1: warning: "h2. Title" looks like a heading of Textile or Jira: it is shown as text (write ## and a space)'
        ],
    ),
    (
        "{code:python}\n",
        [
            '1:1: warning: "{code:python}" looks like a macro of Jira or Confluence: it is shown as text (say it in Markdown, or put it into `code`)'
        ],
    ),
    (
        "[b]x[/b]\n",
        [
            '1:5: warning: "[/b]" looks like a tag of BBCode: it is shown as text (say it in Markdown, or put it into `code`)'
        ],
    ),
    (
        '[caption id="x"]\n',
        [
            '1:1: warning: "[caption id=" looks like a shortcode of WordPress: it is shown as text (say it in Markdown, or put it into `code`)'
        ],
    ),
    (
        "((6512cc8e-1234-4321-abcd-1234567890ab))\n",
        [
            '1:1: warning: "((6512cc8e-1234-4321-abcd-1234567890ab))" looks like a reference of Logseq: it is shown as text (write a link: [words](address))'
        ],
    ),
    (
        "words here ^37066d\n",
        ['1:12: warning: "^37066d" looks like the name of a block in Obsidian: it is shown as text (take it out)'],
    ),
    (
        "1.First\n2.Second\n",
        ['1:1: warning: "1.First" looks like a list: it is shown as text (a list needs a space behind its numbers)'],
    ),
    (
        "`r mean(x)` it\n",
        [
            '1:1: warning: "`r mean(x)`" looks like code that R Markdown or Quarto runs: it is shown as text (write what it gives)'
        ],
    ),
    (
        "`{python} x`\n",
        [
            '1:1: warning: "`{python} x`" looks like code that R Markdown or Quarto runs: it is shown as text (write what it gives)'
        ],
    ),
    (
        "`text <http://x.org>`_\n",
        [
            '1:1: warning: "`text <http://x.org>`_" looks like a link of reStructuredText: it is shown as text (write a link: [words](address))'
        ],
    ),
    (
        "![loss|300](a.png)\n",
        [
            '1:1: warning: "![loss|300]" looks like a size of Obsidian: it is shown as text (write ![loss](a.png){width=300})'
        ],
    ),
    (
        "<div>\n**bold** text\n</div>\n",
        [
            '2:1: warning: "**bold**" looks like Markdown inside raw HTML: it is shown as text (leave an empty line between the tag and the text, or write it as HTML)'
        ],
    ),
    (
        "<details><summary>x</summary>\n- [a](b.md)\n</details>\n",
        [
            '2:3: warning: "[a](b.md)" looks like Markdown inside raw HTML: it is shown as text (leave an empty line between the tag and the text, or write it as HTML)'
        ],
    ),
    (
        "<div>\n## Head\n</div>\n",
        [
            '2:1: warning: "## Head" looks like Markdown inside raw HTML: it is shown as text (leave an empty line between the tag and the text, or write it as HTML)'
        ],
    ),
    (
        "#\xa0Heading of words\n",
        [
            '1:1: warning: "#\xa0Heading of words" looks like a heading: it is shown as text (a heading needs a space behind #)'
        ],
    ),
    (
        "##\u3000标题\n",
        ['1:1: warning: "##\u3000标题" looks like a heading: it is shown as text (a heading needs a space behind #)'],
    ),
]

QUIET = [
    "x[[1, 2]] and [[1, 2], [3, 4]]\n",
    "`[[x]]` [[nodiscard]] void\n",
    "[[a, b]]\n",
    "[[text]](b.md) and [[1]](c.md)\n",
    "a@b.org [a@b.org] [@babel/core] [thanks @jack]\n",
    "[@jack](https://x.org) and [@joe]\n\n[@joe]: https://x.org\n",
    "#tag\n",
    "#tag #other\n",
    "#1 reason\n",
    "#!/bin/sh\n",
    "a == b and c != d == e, x==y==z\n",
    "i++ and j++ and C++\n",
    "~/foo and ~bar, ~10 to ~20\n",
    "2^10 and x^y\n",
    "C:\\dir {x} {5} {a, b}\n",
    "## A {#own}\n\ntext\n",
    "![A](a.png){.wide}\n",
    "$$x$$ {#elbo}\n\nsee \\eqref{elbo}\n",
    "`code`{.x}\n",
    "10:30:45 and std::vector::x:\n",
    "set {x = 1}\n",
    "a | b in a sentence\n",
    "${HOME} and #{x} and %{y}\n",
    "[^1] x\n\n[^1]: y\n",
    "1.5 million\n2.5 million\n",
    "**a** [x][y]\n\n[y]: b.md\n",
    "<p>a * b ** c</p>\n",
    "<pre>\n**x**\n</pre>\n",
    "<div>\n\n**bold**\n\n</div>\n",
    '<p><a href="x.md">[1]</a> (see)</p>\n',
    "$x^{[a]}$ and $a_{\\text{b}}$\n",
    "as h1. was\n",
    "a ^caret here\n",
    "[x] done, [ ] not\n",
    "key=value {key=value}\n",
    "he said (see @jane)\n",
    "use @media and @property-x\n",
    "<style>\n.a { b: c }\n</style>\n",
    "A [link][] and [foo].\n\n[link]: a.md\n",
    "x ~~struck~~ y\n",
    "regex `[^a b]`\n",
    "math: f^(n)^ no\n",
    "x^2, y^3\n",
    "100% {sure}\n",
    "\\# x\n",
    "== \n",
    "====\n",
    "Title\n====\n",
    "email me: foo@bar-baz.org.\n",
    "[video][1]\n\n[1]: a.md\n",
    "[b] and [i]\n",
    "smile :) :-/ :x\n",
    "a::b::c\n",
]


@pytest.mark.parametrize(("source", "said"), SAID)
def test_signs_of_another_dialect_are_said_at_their_place(source: str, said: list[str]) -> None:
    assert advice_of(source) == said


@pytest.mark.parametrize("source", QUIET)
def test_prose_code_and_what_means_something_here_are_no_signs(source: str) -> None:
    assert advice_of(source) == []


@pytest.mark.parametrize("source", [source for source, _ in SAID if "\n" not in source.strip() and "`" not in source])
def test_signs_in_code_in_comments_and_in_private_passages_are_none(source: str) -> None:
    words = source.strip()
    hidden = (
        f"```\n{words}\n```\n\n    {words}\n\nx <!-- {words} --> y\n\n::: private\n{words}\n:::\n\nso ``{words}``\n"
    )
    assert advice_of(hidden) == []


PIECES = (
    "[[", "]]", "![[", "[@", "@fig-x", "](", "[^", "##", "#\u00a0", "===", '"', "==", "++", "~", "^", "{", "}", ".a", "width=", ":tada:",
    "'''", "\\cite{", "`", "\n", "\n\n", " ", "x", "<div>\n", "**", "|", "---", "+", "<<<<<<< ", "> ", "- ", "^[", "![x](a.mp4)",
)  # fmt: skip


@given(source=st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@settings(max_examples=300)
def test_any_text_gets_signs_at_places_that_are_in_it(source: str) -> None:
    lines = source.split("\n")
    text = convert_markdown(source, Location("a.md"), MarkdownOptions("en"))
    for problem in (*text.advice, *text.problems):
        assert 1 <= problem.location.line <= len(lines)
        assert 1 <= problem.location.column <= len(lines[problem.location.line - 1]) + 1


@pytest.mark.parametrize(
    "piece",
    [
        "[[", "[[x", "![[a|", "[@a ", "[see @", "{.a ", "{a=", "==a", "++a+", "a~b", "a^b^", "##a", "^[", "^[word ", "{--", "\\cite[", "'''a",
        ":tada", "@fig-x", "((", "|a|\n", "|-", "+--", "<div>\n[a", "1.ab\n", "![a](b.mp4)", "^[word]",
    ],
)  # fmt: skip
def test_the_time_for_signs_grows_no_faster_than_the_text(piece: str) -> None:
    with processor(6):
        convert_markdown(piece * (100_000 // len(piece)), Location("a.md"), MarkdownOptions("en"))
