"""Tests of `blog.content.notebook_text`: a notebook's cells as pieces of a text, and what becomes of its pictures."""

from __future__ import annotations

import base64
import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from blog.content.document import ParseOptions, ParseResult
from blog.content.files import LoadedFile
from blog.content.parse import parse_document
from blog.markdown import fill_placeholders
from blog.markdown.magics import language_of, magics, without_magics
from tests.support.bounds import processor
from tests.support.sites import picture, told

if TYPE_CHECKING:
    from pathlib import Path

from tests.support.publishing import problems, publish

PNG = base64.b64encode(picture(40, 20)).decode()
HEAD = "---\ntitle: N\ndate: 2024-01-01\n---"


def cell(kind: str, source: str, *tags: str, outputs: tuple[Any, ...] = (), **more: Any) -> dict[str, Any]:
    code = {"outputs": list(outputs), "execution_count": 1} if kind == "code" else {}
    lines = source.splitlines(keepends=True)
    return {"cell_type": kind, "metadata": {"tags": list(tags)}, "source": lines, **code, **more}


def shown(data: dict[str, str], **metadata: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def printed(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def notebook(*cells: dict[str, Any]) -> str:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 4}, indent=1)


def parsed(*cells: dict[str, Any], for_author: bool = False) -> ParseResult:
    data = notebook(cell("raw", HEAD), *cells).encode()
    options = ParseOptions("en", (), for_author=for_author)
    return parse_document(LoadedFile("content/posts/n.ipynb", "post", data), options)


def page(found: ParseResult) -> str:
    assert found.document is not None
    return fill_placeholders(found.html.text.html, [link.target for link in found.document.text.links])


def test_markdown_code_and_what_it_printed_stand_in_their_order() -> None:
    found = parsed(
        cell("markdown", "# One\n\nText."),
        cell("code", "print(1)", outputs=(printed("1\n"),)),
        cell("markdown", "## Two"),
    )
    assert found.problems == ()
    html = page(found)
    assert html.index("One") < html.index("print") < html.index("<samp>1</samp>") < html.index("Two")
    assert '<pre class="output" tabindex="0">' in html
    assert "<pre><samp>1</samp></pre>" in found.html.text.feed_html


def test_all_cells_are_one_text() -> None:
    found = parsed(
        cell("markdown", "# Top\n\nSee [](#loss) and \\eqref{loss}."),
        cell("markdown", "## Same\n\n$$x$$ {#loss}"),
        cell("markdown", "## Same"),
    )
    assert [told(found.problems), page(found).count("(1)")] == [[], 3]
    assert found.document is not None
    assert [heading.id for heading in found.document.text.headings] == ["top", "same", "same-1"]


def test_footnotes_and_link_definitions_hold_for_all_cells() -> None:
    found = parsed(
        cell("markdown", "First[^1] and [a][there], [there], ![p][pic].[^late]"),
        cell("code", "x = 1"),
        cell(
            "markdown", "Again[^1].\n\n[^1]: The note,\n    with [a link][THERE].\n\n[pic]: https://example.net/p.png"
        ),
        cell("markdown", '[there]: https://example.net/ "T"\n[^late]: Late.'),
    )
    assert told(found.problems) == []
    html = page(found)
    assert html.count('<a href="https://example.net/" title="T">') == 3
    assert '<img src="https://example.net/p.png" alt="p"' in html
    assert [html.count(f'href="#fn:{number}"') for number in (1, 2, 3)] == [2, 1, 0]
    assert html.index("Again") < html.index('<li id="fn:1"><p>The note,') < html.index('<li id="fn:2"><p>Late.')


def test_a_cell_has_its_own_link_definitions_first() -> None:
    cells = [cell("markdown", f"[a{n}][1]\n\n[1]: https://example.net/{n}") for n in (1, 2)]
    found = parsed(*cells, cell("markdown", "[a3][1]"))
    assert told(found.problems) == []
    assert re.findall(r'href="https://example.net/(\d)">(a\d)', page(found)) == [("1", "a1"), ("2", "a2"), ("1", "a3")]


def test_the_time_for_definitions_in_many_cells_grows_no_faster_than_these() -> None:
    cells = [cell("markdown", f"[^{n}] [a][{n}] [^{n + 1}]\n\n[^{n}]: b\n\n[{n}]: /c") for n in range(1500)]
    with processor(12):
        found = parsed(*cells, cell("markdown", "[^1500]: b"))
    assert found.problems == ()


def test_what_no_cell_uses_or_defines_is_told_where_it_stands() -> None:
    cells = (
        cell("markdown", "a"),
        cell("markdown", "b\n\n[unused]: https://example.net/"),
        cell("markdown", "c[^gone]"),
    )
    problems = parsed(*cells).problems
    assert [(problem.code, problem.location.cell_position) for problem in problems] == [
        ("unused-definition", "cell 3, line 3, column 1"),
        ("missing-footnote", "cell 4, line 1, column 2"),
    ]


@pytest.mark.parametrize("how", ["private", "remove-cell", "passage", "comment", "output"])
def test_definitions_and_notes_that_readers_do_not_get_hold_for_nothing_else(how: str) -> None:
    text = "[there]: https://example.net/secret\n[^1]: A secret note.\n"
    hiding = {
        "private": cell("markdown", text, "private"),
        "remove-cell": cell("markdown", text, "remove-cell"),
        "passage": cell("markdown", f"::: private\n{text}\n:::"),
        "comment": cell("markdown", f"<!--\n{text}\n-->"),
        "output": cell("code", "x", "private", outputs=(shown({"text/markdown": text}),)),
    }[how]
    found = parsed(cell("markdown", "First[^1] and [a][there]."), hiding, cell("markdown", "b[^1] [there]"))
    assert "secret" not in page(found) + found.html.text.feed_html
    assert "[a][there]" in page(found)
    assert [problem.code for problem in found.problems] == ["missing-footnote"] * 2


HIDDEN = (
    "secret\n\n", "[there]: https://example.net/secret\n\n", "[^1]: secret\n\n", "[a][there] [^1] ", "[^2] ", "# secret\n\n",
    "<img src='attachment:secret.png' alt='secret'>", f"![secret](data:image/png;base64,{PNG})", "<div>\n", "```\n", "%%bash\n!secret\n",
    "<!-- secret ", "::: private\n", "$$secret",
)  # fmt: skip
"""Pieces of cells that readers do not get."""


@given(st.lists(st.sampled_from(HIDDEN), min_size=1, max_size=5), st.sampled_from(["private", "remove-cell"]),
       st.sampled_from(["markdown", "code"]), st.booleans())  # fmt: skip
def test_a_hidden_cell_changes_nothing_for_readers(pieces: list[str], tag: str, kind: str, first: bool) -> None:
    text = "First[^1] and [a][there].\n\n[^1]: A note.\n\n[^2]: Another one.\n\nAnd[^2]."
    shown_cell = cell("markdown", text)
    more = {"attachments": {"secret.png": {"image/png": PNG}}} if kind == "markdown" else {}
    outputs = (printed("secret\x1b[A"), shown({"text/html": f"<b>secret</b><img src='data:image/png;base64,{PNG}'>"}))
    hidden = cell(kind, "".join(pieces), tag, outputs=outputs, **more)
    found = parsed(hidden, shown_cell) if first else parsed(shown_cell, hidden)
    alone = parsed(shown_cell)
    assert (page(found), found.html.text.feed_html) == (page(alone), alone.html.text.feed_html)
    assert found.document is not None
    assert alone.document is not None
    assert (found.document.extracted_images, found.image_data, found.document.text.summary) == (
        (),
        (),
        alone.document.text.summary,
    )


def test_what_is_not_closed_in_a_cell_ends_with_it() -> None:
    html = page(parsed(cell("markdown", "```\nopen"), cell("markdown", "*after*")))
    assert "<em>after</em>" in html


def test_a_picture_becomes_a_figure_and_a_file() -> None:
    output = shown({"image/png": PNG}, **{"image/png": {"alt": "A box", "width": 20, "height": 10}})
    found = parsed(cell("code", "draw()", outputs=(output,)))
    assert found.document is not None
    (made,) = found.document.extracted_images
    assert made.path.startswith("assets/n-1.")
    assert made.path.endswith(".png")
    assert (made.image.width, made.image.height) == (20, 10) if made.image else False
    assert found.image_data == (picture(40, 20),)
    assert f'<figure><img src="{made.path}" alt="A box"' in page(found)


def test_a_picture_without_words_is_warned_of_at_its_cell() -> None:
    found = parsed(cell("code", "draw()", outputs=(shown({"image/png": PNG}),)))
    (problem,) = found.problems
    assert problem.location.cell_position == "cell 2"
    assert problem.message == "an image in the output of this cell has no alternative text"
    assert problem.hint == 'show it by display(figure, metadata={"image/png": {"alt": "loss over time"}})'


def test_long_output_and_what_is_tagged_so_is_folded() -> None:
    html = page(
        parsed(
            cell("code", "a", outputs=(printed("x\n" * 30),)),
            cell("code", "b", "hide-input", outputs=(printed("y"),)),
            cell("code", "c", "hide-output", outputs=(printed("z"), shown({"text/html": "<table></table>"}))),
        )
    )
    assert html.count("<summary>Output, 30 lines</summary>") == 1
    assert html.count("<summary>Code</summary>") == 1
    folded = html[html.rindex("<details") : html.rindex("</details>")]
    assert "<summary>Output</summary>" in folded
    assert "z" in folded
    assert "<table>" in folded


def code_of(html: str) -> str:
    """The text of the first listing of a page."""
    return unescape(re.sub("<[^>]*>", "", html[html.index("<code") : html.index("</code>")]))


IPYTHON = """!pip install -q torch \\
   torchvision
%matplotlib inline
x = 1
print?
?print
files = !ls *.py
y = %timeit -o f(x)
!!ls
if x:
    %load_ext autoreload
    !echo {x}
z = \"\"\"
!text
%text
\"\"\"
a = (1 if x != 2 else 7
     % 3)
b %= 2  # why?
"""


def test_magics_commands_and_questions_are_no_errors() -> None:
    found = parsed(cell("code", IPYTHON))
    html = page(found)
    assert (found.problems, 'class="err"' in html, code_of(html)) == ((), False, IPYTHON)
    for line in (
        '<span class="o">!</span>pip',
        '<span class="o">%</span><span class="k">matplotlib</span> inline\nx <span class="o">=</span> <span class="mi">1</span>\n',
        '<span class="nb">print</span><span class="o">?</span>\n<span class="o">?</span>print\n',
        'files <span class="o">=</span> <span class="o">!</span>ls *.py\n',
        '    <span class="o">%</span><span class="k">load_ext</span> autoreload\n    <span class="o">!</span>',
        '<span class="s2">!text</span>\n<span class="s2">%text</span>\n',
        '<span class="c1"># why?</span>',
    ):
        assert line in html


@pytest.mark.parametrize(
    ("first", "language", "rest", "seen"),
    [
        ("%%bash", "bash", "for f in *; do echo $f; done", '<span class="k">for</span>'),
        ("%%script bash", "bash", "echo $f", '<span class="nv">$f</span>'),
        ("\n%%sh -e", "bash", "echo $f", '<span class="nv">$f</span>'),
        ("%%time", "python", "x = 1\n!ls", '<span class="mi">1</span>'),
        ("%%capture out", "python", "x = 1", '<span class="mi">1</span>'),
        ("%%html", "html", "<b title='a'>c</b>", '<span class="nt">b</span>'),
        ("%%javascript", "javascript", "let a = `b`", "let</span>"),
        ("%%writefile a/train.py", "python", "x = 1", '<span class="mi">1</span>'),
        ("%%writefile -a run.sh", "bash", "echo $f", '<span class="nv">$f</span>'),
        ("%%script file", "python", "x = 1", '<span class="mi">1</span>'),
        ("%%writefile notes.unknown", "text", "echo $f", "$f"),
        ("%%R -i x", "r", "y <- c(1, x)", "&lt;-</span>"),
        ("%%sql", "sql", "SELECT 1", '<span class="k">SELECT</span>'),
        ("%sql", "sql", "SELECT 1", '<span class="k">SELECT</span>'),
        ("%%cython", "cython", "cdef int a", '<span class="k">cdef</span>'),
        ("%%latex", "tex", "$x$", "$</span>"),
        ("%%nobody_knows", "python", "`a` $b", "`a` $b"),
    ],
)
def test_a_cell_is_coloured_in_the_language_that_its_first_line_names(
    first: str, language: str, rest: str, seen: str
) -> None:
    html = page(parsed(cell("code", f"{first}\n{rest}")))
    assert f'<code class="language-{language}">' in html
    assert seen in html
    assert ('class="err"' in html, code_of(html)) == (False, f"{first}\n{rest}\n")


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"vscode": {"languageId": "shellscript"}}, "bash"), ({"vscode": {"languageId": "sql"}}, "sql"),
        ({"polyglot_notebook": {"kernelName": "csharp"}}, "csharp"), ({"dotnet_interactive": {"language": "fsharp"}}, "fsharp"),
        ({"kernelspec": {"language": "R"}}, "R"), ({"kernel": "Bash"}, "Bash"), ({"vscode": 1, "kernel": 2}, "python"),
    ],
)  # fmt: skip
def test_a_cell_may_be_written_in_another_language(metadata: dict[str, Any], language: str) -> None:
    for tags in ([], ["private"]):
        found = parsed({**cell("code", "echo 1"), "metadata": {"tags": tags, **metadata}}, for_author=True)
        assert f'<code class="language-{language}">' in page(found)


def test_other_kernels_have_no_magics() -> None:
    text = json.loads(notebook(cell("raw", HEAD), cell("code", "%%bash\n?a")))
    text["metadata"] = {"kernelspec": {"language": "r"}}
    found = parse_document(
        LoadedFile("content/posts/n.ipynb", "post", json.dumps(text).encode()), ParseOptions("en", ())
    )
    assert '<code class="language-r">' in page(found)
    assert code_of(page(found)) == "%%bash\n?a\n"


@given(
    st.lists(st.sampled_from(["%", "%%", "!", "?", "a", "=", " ", "\n", "\\", "#", "'", '"""', "(", "bash", "time"]))
)
def test_no_character_of_a_cell_is_lost(pieces: list[str]) -> None:
    code = "".join(pieces).rstrip()
    assume(code)
    assert code_of(page(parsed(cell("code", code)))) == code + "\n"


@pytest.mark.parametrize("line", ["%a ", "!", "?", "a, ", "!a \\\n", "a = %b\n", "\n%a", "a?\n", "[a", " "])
def test_the_time_for_lines_that_are_no_python_grows_no_faster_than_they_do(line: str) -> None:
    code = line * 60_000
    with processor(3):
        assert language_of(code, "python") == "python"
        without_magics(code, magics(code))


@pytest.mark.parametrize("tags", [(), ("hide-output",), ("hide-cell",)])
def test_a_feed_holds_the_beginning_of_a_long_output(tags: tuple[str, ...]) -> None:
    text = "\n".join(f"line {n}" for n in range(1, 20_001))
    found = parsed(cell("code", "a", *tags, outputs=(printed(text),)))
    assert "line 20000</samp>" in page(found)
    assert found.html.text.feed_html.endswith("line 23\nline 24</samp></pre>\n<p>(24 of 20,000 lines)</p>\n")


def test_a_feed_holds_all_of_an_output_that_is_not_long() -> None:
    text = "\n".join(f"line {n}" for n in range(1, 25))
    assert parsed(cell("code", "a", outputs=(printed(text),))).html.text.feed_html.endswith("line 24</samp></pre>\n")


@pytest.mark.parametrize("text", ["<" * 30_000, ("<" * 999 + "\n") * 30])
def test_a_feed_holds_the_beginning_of_long_lines(text: str) -> None:
    feed = parsed(cell("code", "a", outputs=(printed(text),))).html.text.feed_html
    assert feed.count("&lt;") in {10_000, 9_990}
    assert feed.endswith(f"</samp></pre>\n<p>(10,000 of {len(text.rstrip()):,} characters)</p>\n")


def test_a_feed_holds_the_end_of_a_long_error() -> None:
    error = {
        "output_type": "error",
        "ename": "E",
        "evalue": "v",
        "traceback": [*(f"line {n}" for n in range(40)), "E: v"],
    }
    feed = parsed(cell("code", "a", outputs=(error,))).html.text.feed_html
    assert feed.endswith("line 39\nE: v</samp></pre>\n<p>(24 of 41 lines)</p>\n")
    assert "line 16\n" not in feed


def test_an_error_and_a_table() -> None:
    error = {
        "output_type": "error",
        "ename": "KeyError",
        "evalue": "'x'",
        "traceback": ["\x1b[31mKeyError\x1b[0m: 'x'"],
    }
    html = page(parsed(cell("code", "a", outputs=(error, shown({"text/html": "<table><tr><td>1</td></tr></table>"})))))
    assert '<pre class="output failed" tabindex="0"><samp>KeyError: \'x\'</samp></pre>' in html
    assert '<div class="table" role="group" aria-label="Table" tabindex="0"><table>' in html


def test_formulas_that_code_put_out_are_set_without_their_remarks() -> None:
    found = parsed(cell("code", "a", outputs=(shown({"text/latex": "$\\frac12$ % remark"}),)))
    assert found.problems == ()
    assert "<mfrac>" in page(found)
    assert "remark" not in page(found) + found.html.text.feed_html


@pytest.mark.parametrize("kind", ["markdown", "code"])
def test_a_private_cell_is_a_private_passage_whatever_stands_in_it(kind: str) -> None:
    hidden = cell(kind, "```\n::: secret\n$$\n<!-- secret", "private", outputs=(printed("secret"),))
    found = parsed(hidden)
    assert [problem for problem in found.problems if problem.severity == "error"] == []
    assert found.document is not None
    assert (found.document.text.private_passages, "secret" in page(found) + found.html.text.feed_html) == (1, False)
    assert page(parsed(hidden, for_author=True)).startswith('<div class="private" role="note" aria-label="Private">\n')


@pytest.mark.parametrize("end", ["\n\nlast [d](d.md)", ""])
def test_a_private_passage_in_a_private_cell_is_a_part_of_it(end: str) -> None:
    text = "a\n\n::: private\n[b](b.md)\n\n:::: private\n[c](c.md) <!-- remark -->\n::::\n:::" + end
    cells = (cell("markdown", text, "private"), cell("markdown", "open"))
    found = parsed(*cells)
    assert (page(found), found.problems) == ("<p>open</p>\n", ())
    assert page(parsed(*cells, for_author=True)) == (
        '<div class="private" role="note" aria-label="Private">\n<p>a</p>\n<p><a href="b.md">b</a></p>\n'
        '<p><a href="c.md">c</a><span class="private">&lt;!-- remark --&gt;</span></p>\n'
        + ('<p>last <a href="d.md">d</a></p>\n' if end else "")
        + "</div>\n<p>open</p>\n"
    )


def test_positions_are_those_in_the_cell() -> None:
    found = parsed(cell("markdown", "a"), cell("markdown", "Text.\n\n  and [gone](gone.md) $\\foo$"))
    (problem,) = found.problems
    assert problem.location.cell_position == "cell 3, line 3, column 24"
    assert found.document is not None
    (link,) = found.document.text.links
    assert link.location.cell_position == "cell 3, line 3, column 7"


@pytest.mark.parametrize("whole", [False, True], ids=["lines", "one text"])
def test_positions_in_front_matter_are_those_in_its_cell(tmp_path: Path, whole: bool) -> None:
    head = cell("raw", "---\ntitle: N\ndate: 2024-01-01\ntitel: x\n---")
    if whole:
        head["source"] = "".join(head["source"])
    (message,) = problems(tmp_path, {"content/posts/n.ipynb": notebook(cell("code", ""), head)})
    position = "content/posts/n.ipynb: cell 2, line 4, column 1"
    assert message == f'{position}: unknown key "titel" (did you mean "title"?)'


def test_only_attachments_that_readers_see_are_published(tmp_path: Path) -> None:
    attachments = {name: {"image/png": base64.b64encode(picture(size, 9)).decode()} for size, name in enumerate(
        ("seen.svg", "hidden.png", "remark.png", "unused.png"), 10)}  # fmt: skip
    text = "![s](attachment:seen.svg)\n\n::: private\n![h](attachment:hidden.png)\n:::\n\n<!-- ![r](attachment:remark.png) -->"
    files = publish(tmp_path, {
        "content/posts/n.ipynb": notebook(cell("raw", HEAD), cell("markdown", text, attachments=attachments)),
    })  # fmt: skip
    made = [path for path in files if path.startswith("assets/n.")]
    assert [path[-4:] for path in made] == [".png"]
    assert f'src="/{made[0]}" alt="s" width="10" height="9"' in files["posts/n/index.html"]


@pytest.mark.parametrize(
    "text",
    ["![x](attachment:no%20a.png)", "[x](attachment:no%20a.png)", "![x][1]\n\n[1]: attachment:no%20a.png", "a <img src='attachment:no a.png' alt=x>",
     "<p>\n<img alt=x srcset='attachment:no%20a.png 2x'></p>", "<a href=attachment:no%20a.png>x</a>", "<IMG ALT=x SRC=ATTACHMENT:no%20a.png>"],
)  # fmt: skip
def test_an_attachment_that_is_not_there_is_an_error(text: str) -> None:
    (problem,) = parsed(cell("markdown", text)).problems
    hint = "paste the image into the cell once more"
    assert (problem.message, problem.hint) == ('the cell has no attachment "no a.png"', hint)
    assert problem.location.row == (2, 2 if text.startswith("<p>") else 1)


ATTACHED = [
    ('<img src="attachment:image.png" alt="loss" width="300">', '<img src="{}" alt="loss" width="300">'),
    ("<p align='center'>\n  <img alt='loss' src='attachment:image.png'/>\n</p>", "<img alt='loss' src=\"{}\"/>"),
    ("a <img src=attachment:image.png alt=loss> b", 'a <img src="{}" alt=loss> b'),
    ("<img alt='loss' src='/a.png' srcset='attachment:image.png 2x, /b.png'>", "src='/a.png' srcset=\"{} 2x, /b.png\""),
    ("<a href='attachment:image.png'>loss</a>", '<a href="{}">loss</a>'),
    ("[loss](attachment:image.png)", '<a href="{}">loss</a>'),
    ("![loss][1]\n\n[1]: attachment:image.png", '<img src="{}" alt="loss"'),
    (
        "<!-- attachment:secret.png --><p>\n<img alt='loss' src='attachment:image.png'></p><!-- b -->",
        "<img alt='loss' src=\"{}\">",
    ),
    (f"![loss](data:image/png;base64,{PNG})", '<img src="{}" alt="loss"'),
    (f"![loss][1]\n\n[1]: <data:image/png;base64,{PNG}>", '<img src="{}" alt="loss"'),
    (f"<img alt='loss' src='data:image/png;base64,{PNG}'>", "<img alt='loss' src=\"{}\">"),
]


@pytest.mark.parametrize(("text", "seen"), ATTACHED)
def test_a_picture_that_a_cell_carries_is_a_file_wherever_the_text_shows_it(
    tmp_path: Path, text: str, seen: str
) -> None:
    attachments = {"image.png": {"image/png": PNG}}
    files = publish(tmp_path, {
        "content/posts/n.ipynb": notebook(cell("raw", HEAD), cell("markdown", text, attachments=attachments)),
    })  # fmt: skip
    (made,) = {path for path in files if path.startswith("assets/n.")}
    assert seen.format(f"/{made}") in files["posts/n/index.html"]
    assert f"https://example.org/{made}" in files["feed.xml"]
    for path in ("posts/n/index.html", "feed.xml", "atom.xml", "index.html"):
        assert re.search(r"attachment:|data:image|secret", files[path]) is None


def test_an_address_that_holds_no_picture_is_none() -> None:
    runs = "data:image/svg+xml;base64," + base64.b64encode(b"<svg onload='a'/>").decode()
    good = f"data:image/png;base64,{PNG}"
    html = page(
        parsed(
            cell(
                "markdown", f"![a]({good}) ![b]({runs}) [c]({runs}) [d]({good}) [e](data:image/png;base64,AAAA) [f](/)"
            )
        )
    )
    assert re.sub('"assets/[^"]*"', "A", html) == (
        '<p><img src=A alt="a" loading="lazy"> b c <a href=A>d</a> e <a href="/">f</a></p>\n'
    )


@pytest.mark.parametrize(
    "html", ['<img src=data:image/png;base64,{} alt="loss">', "<img alt='loss' src=data:image/png;base64,{}>"]
)
def test_a_picture_in_an_address_ends_where_its_address_does(html: str) -> None:
    form = {"text/html": f"<table><tr><td>{html.format(PNG)}</td></tr></table>"}
    found = parsed(cell("code", "x", outputs=(shown(form),)))
    assert (len(found.image_data), "loss" in page(found), "data:" in page(found)) == (1, True, False)


@pytest.mark.parametrize(
    "piece",
    ["data:image/png;base64,A", "'data:image/png;base64,A\n", "data:image/png;a", "data:image/png,", "A\n", " \n"],
)
def test_the_time_for_pictures_in_addresses_grows_no_faster_than_the_text(piece: str) -> None:
    text = '"data:image/png;base64,' + piece * 20_000
    with processor(6):
        parsed(
            cell("markdown", text),
            cell("code", "x", outputs=(shown({"text/html": text, "text/plain": "<a.B object at 0x1>"}),)),
        )


def test_pictures_in_a_code_block_stay_code() -> None:
    text = f"    ![a](data:image/png;base64,{PNG})\n\n`![b](data:image/png;base64,{PNG}) attachment:c`"
    html = page(parsed(cell("markdown", text)))
    assert (html.count(f"data:image/png;base64,{PNG}"), "<img" in html) == (2, False)


SVG = '<svg xmlns="http://www.w3.org/2000/svg"><!-- secret --><path d="M0 0"/></svg>'
SVG_BASE64 = base64.b64encode(SVG.encode()).decode()
LINES = base64.encodebytes(picture(40, 20)).decode()


@pytest.mark.parametrize(
    ("address", "suffix"),
    [(f"data:image/png;base64,{PNG}", "png"), (f"data:image/png;base64,{LINES}", "png"), (f"DATA:image/svg+xml;base64,{SVG_BASE64}", "svg"),
     ("data:image/svg+xml;charset=utf-8," + quote(SVG), "svg"), (f"data:image/svg+xml;utf8;base64,{SVG_BASE64}", "svg")],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["table", "html", "markdown"])
def test_a_picture_in_the_html_of_an_output_is_a_file(tmp_path: Path, address: str, suffix: str, kind: str) -> None:
    html = f'<img src="{address}" alt="loss">'
    form = {
        "table": {"text/html": f"<table><tr><td>{html}</td></tr></table>"},
        "html": {"text/html": html, "text/plain": "<IPython.core.display.HTML object>"},
        "markdown": {"text/markdown": f"a {html}"},
    }[kind]
    files = publish(tmp_path, {
        "content/posts/n.ipynb": notebook(cell("raw", HEAD), cell("code", "x", outputs=(shown(form),))),
    })  # fmt: skip
    (made,) = {path for path in files if path.startswith("assets/n.")}
    assert made.endswith(suffix)
    assert f'<img src="/{made}" alt="loss">' in files["posts/n/index.html"]
    assert f"https://example.org/{made}" in files["feed.xml"]
    assert "secret" not in "".join(text for path, text in files.items() if path.endswith((".html", ".xml", ".svg")))


def test_a_drawing_in_an_address_runs_nothing() -> None:
    runs = base64.b64encode(b"<svg onload='a'/>").decode()
    form = {
        "text/html": f"<table><tr><td><img src='data:image/svg+xml;base64,{runs}'></td></tr></table>",
        "text/plain": "a",
    }
    found = parsed(cell("code", "x", outputs=(shown(form),)))
    assert "<samp>a</samp>" in page(found)
    assert any("an SVG picture that can run scripts is not shown" in line for line in told(found.problems))


def test_a_picture_in_a_private_or_removed_cell_or_passage_leaves_no_byte(tmp_path: Path) -> None:
    image = f"<img src='data:image/png;base64,{PNG}' alt='a'> ![b](data:image/png;base64,{PNG}) <img src='attachment:c.png'>"
    attachments = {"c.png": {"image/png": PNG}}
    output = shown({"text/html": f"<table><tr><td>{image}</td></tr></table>"})
    cells = (
        cell("markdown", image, "private", attachments=attachments), cell("markdown", image, "remove-cell", attachments=attachments),
        cell("markdown", f"::: private\n{image}\n:::\n\n<!-- {image} -->\n\na", attachments=attachments),
        cell("code", "x", "private", outputs=(output,)), cell("code", "x", "remove-output", outputs=(output,)),
    )  # fmt: skip
    files = publish(tmp_path, {"content/posts/n.ipynb": notebook(cell("raw", HEAD), *cells)})
    assert [path for path in files if path.startswith("assets/n")] == []
    assert all(
        PNG[:40] not in text and "attachment:" not in text
        for path, text in files.items()
        if path.endswith((".html", ".xml"))
    )


def test_half_a_character_is_an_error_and_no_traceback() -> None:
    data = notebook(cell("raw", HEAD), cell("markdown", "x SIGN y"), cell("code", "SIGN", "private")).replace(
        "SIGN", "\\ud800"
    )
    found = parse_document(LoadedFile("content/posts/n.ipynb", "post", data.encode()), ParseOptions("en", ()))
    assert {problem.code for problem in found.problems} == {"control-character"}
    assert "\ufffd" in page(found)


def test_drawings_and_their_words_lose_comments_and_tables_keep_their_columns() -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"><!-- secret --><metadata>secret</metadata><path d="M0 0"/></svg>'
    alt = {"image/svg+xml": {"alt": "A <!-- secret --> line"}}
    table = "<table><thead><tr><th colspan=2> </th><th>a</th></tr></thead></table>"
    found = parsed(
        cell("code", "draw()", outputs=(shown({"image/svg+xml": drawing}, **alt), shown({"text/html": table})))
    )
    assert found.image_data == (b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>',)
    assert 'alt="A line"' in page(found)
    assert '<td colspan="2"></td><th scope="col">a</th>' in page(found)


def test_a_picture_that_readers_do_not_see_leaves_no_gap_in_the_numbers_of_the_others(tmp_path: Path) -> None:
    hidden = "::: private\n![h](attachment:h.png)\n:::"
    attached = {"h.png": {"image/png": base64.b64encode(picture(9, 9)).decode()}}
    drawn = cell("code", "draw()", outputs=(shown({"image/png": base64.b64encode(picture(8, 8)).decode()}),))
    seen = publish(tmp_path / "1", {"content/posts/n.ipynb": notebook(cell("raw", HEAD), drawn)})
    both = notebook(cell("raw", HEAD), cell("markdown", hidden, attachments=attached), drawn)
    assert publish(tmp_path / "2", {"content/posts/n.ipynb": both}) == seen


HTML = {
    "blocks": (
        "<details><summary>A</summary>\n\n**b**\n\n</details>\n\n</div></article>c",
        "<details><summary>A</summary>",
    ),
    "inline": ("a <b>b</b> <span style='color: red'>c</span> </div>", '<span style="color:red">c</span>'),
    "a table": ("<table>\n\n<tr><td>a</td></tr>\n\n</table>", "<td>a</td>"),
}


class Tags(HTMLParser):
    """The opening tags of HTML, each with the names of its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, set[str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name for name, _ in attrs}))


@pytest.mark.parametrize("kind", HTML)
def test_html_in_markdown_that_code_put_out_is_shown_and_ends_where_it_begins(kind: str) -> None:
    text, seen = HTML[kind]
    found = parsed(cell("code", "x", outputs=(shown({"text/markdown": text}),)))
    assert seen in page(found)
    assert told(found.problems) == []
    assert page(found).count("<div") == page(found).count("</div")
    assert "</article" not in page(found)


@pytest.mark.parametrize(
    "text",
    [
        "<div><scr<!-- -->ipt>alert(1)</scr<!-- -->ipt></div>",
        "<div\n\nonclick=alert(1)>",
        "<p title='\n\n[a](/onclick=alert(1)//)\n\n'>",
        "a <b title='`'> onclick=alert(1)`'>c",
        "> <div title='\n\n[a](/onclick=alert(1)//)",
        "- a <i title=\"b\n\n  ' onclick=alert(1)",
        "<!-- a --><img/src='x'<!-- -->onerror=alert(1)>",
        "<title>\n\n[a](/b)\n\n</title>",
        "<p title='&#2;1&#2;'><title>\n\na\n\n</title>",
        "::: private\n\n<div><scr<!-- -->ipt>alert(1)</scr<!-- -->ipt></div>\n\n:::\n\na",
    ],
)
def test_html_in_markdown_that_code_put_out_has_no_part_that_acts(text: str) -> None:
    output = cell("code", "x", outputs=(shown({"text/markdown": text, "text/plain": "plain"}),))
    forms: list[str] = []
    for for_author in (False, True):
        html = parsed(output, for_author=for_author).html.text
        forms += [html.html, html.feed_html]
    for name, attributes in (tag for form in forms for tag in Tags(form).found):
        assert name not in {"script", "style", "title"}
        assert not any(attribute.startswith("on") for attribute in attributes)
        assert attributes <= {"href", "class", "title", "src", "role", "tabindex", "aria-label"}


def test_what_is_left_out_of_markdown_that_code_put_out_is_told() -> None:
    text = "<details>\n\n<title>\n\na\n\n</title>\n\n</details>"
    found = parsed(cell("code", "x", outputs=(shown({"text/markdown": text}),)))
    hint = "tag the cell remove-output, or change what it puts out"
    assert [line.split(" ", 1)[1] for line in told(found.problems)] == [
        f"warning output: a part of an output that needs a script is left out -- {hint}"
    ]


def test_html_in_a_markdown_cell_is_its_authors() -> None:
    text = "<div onclick='a'><script>b</script></div>"
    assert text in page(parsed(cell("markdown", text)))
