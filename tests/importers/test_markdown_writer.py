"""HTML and reStructuredText → Markdown: what is kept, in which form, and what no reader sees."""

import builtins
from typing import Any

import pytest

from blog.importers.html_text import html_to_markdown, read_rst
from blog.importers.python_settings import read_assignments
from blog.problems import BlogError

CASES = {
    "words that look like Markdown": (
        "<p>a*b_c* # 1. $5 `x` &lt;b> [a](b) {{ x }}</p>",
        r"a\*b_c\* # 1. \$5 \`x\` \<b> [a\](b) \{{ x }}",
    ),
    "a line that looks like a list": ("<p>1. no</p><p># no</p><p>- no</p>", "1\\. no\n\n\\# no\n\n\\- no"),
    "code with a language": (
        '<pre class="wp-block-code"><code class="language-python">x</code></pre>',
        "```python\nx\n```",
    ),
    "code with a fence": ("<pre><code>```\nx</code></pre>", "````\n```\nx\n````"),
    "code of Hugo": (
        '<div class="highlight"><pre><code class="language-go" data-lang="go">x</code></pre></div>',
        "```go\nx\n```",
    ),
    "nested lists": ("<ul><li>a<ol><li>b</li></ol></li></ul>", "- a\n  1. b"),
    "a table": ("<table><tr><th>a</th></tr><tr><td>b|c</td></tr></table>", "| a |\n| --- |\n| b\\|c |"),
    "a table with spans": (
        '<table><tr><td colspan="2">a</td></tr></table>',
        '<table><tr><td colspan="2">a</td></tr></table>',
    ),
    "a key": ("<p><kbd>x</kbd> H<sub>2</sub>O</p>", "<kbd>x</kbd> H<sub>2</sub>O"),
    "a figure": ('<figure><img src="a b.png" alt="A"><figcaption>C</figcaption></figure>', '![A](<a b.png> "C")'),
    "a lazy picture": ('<p>x <img data-src="a.png" src="data:image/gif;base64,R0"></p>', "x ![](a.png)"),
    "a film": (
        '<iframe src="https://www.youtube.com/embed/abcdefgh?x=1"></iframe>',
        "<https://www.youtube.com/watch?v=abcdefgh>",
    ),
    "a gist": ('<script src="https://gist.github.com/a/b.js"></script>', "<https://gist.github.com/a/b>"),
    "a script": ("<p>a<script>b</script></p><style>c</style><form>d</form>", "a"),
    "hidden texts": ('<p>a</p><p hidden>b</p><p style="Display : none">c</p><!-- d -->', "a"),
    "formulas of MathJax": (r"<p>\(a_1*b\) and \[c\]</p>", "$a_1*b$ and\n\n$$\nc\n$$"),
    "a formula of KaTeX": (
        '<span class="katex"><math><semantics><mi>x</mi><annotation encoding="application/x-tex">x_1</annotation></semantics></math><span>x</span></span>',
        "$x_1$",
    ),
    "a script with TeX": ('<script type="math/tex">x_1</script>', "$x_1$"),
    "a formula in code": (r"<code>\(a\)</code>", r"`\(a\)`"),
    "a link to a script": ('<a href="javascript:x()">a</a>', "a"),
    "details": ("<details><summary>a</summary>b\n\nc</details>", "<details><summary>a</summary>b\n&#10;\nc</details>"),
}


@pytest.mark.parametrize("name", CASES)
def test_html_becomes_markdown(name: str) -> None:
    html, markdown = CASES[name]
    assert html_to_markdown(html) == markdown


@pytest.mark.parametrize(
    "html",
    ["<div>" * 5000 + "x", "<p>" * 20000, "</p>" * 5000, "<table>" * 2000, "\\(" * 5000, "[code]" * 5000, "<" * 5000],
)
def test_hostile_html_ends(html: str) -> None:
    assert isinstance(html_to_markdown(html), str)


def test_docutils_reads_no_file_and_shows_what_it_does_not_know() -> None:
    text = ".. include:: /etc/passwd\n\n.. raw:: html\n   :file: /etc/passwd\n\n.. csv-table::\n   :file: /etc/passwd\n\n.. unknown:: a\n\n   words\n"
    rst = read_rst(text)
    assert "root:" not in rst.markdown
    assert len(rst.errors) == 4
    assert "   words" in rst.markdown
    assert ":file: /etc/passwd" in rst.markdown


@pytest.mark.parametrize(
    "text", ["", "=" * 10_000, "* " * 2000, ".. _a: a_\n.. _b: b_", "|a|_", "\\", "`" * 999, "::\n\n" * 99]
)
def test_hostile_restructuredtext_ends(text: str) -> None:
    assert isinstance(read_rst(text).markdown, str)


@pytest.mark.parametrize(("module", "language"), [("markdownify", "HTML"), ("docutils", "reStructuredText")])
def test_a_missing_library_is_an_error_that_says_how_to_install_it(
    module: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name in {"blog.importers.markdown_writer", "blog.importers.rst_writer"}:
            raise ImportError(name=module)
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(BlogError) as caught:
        html_to_markdown("x") if language == "HTML" else read_rst("x")
    problem = caught.value.problems[0]
    assert problem.message == f"{module} is not installed: it converts {language} to Markdown"
    assert problem.hint == 'install it: pip install "reflective-blog[import]"'


def test_settings_in_python_are_read_and_not_run() -> None:
    source = (
        "import os\nA = 'a'\nB = A + 'b'\nC = f'{A}-{B}'\nD = [1, os.x, 'z']\nE = {'k': A, 'x': f()}\nF = os.environ['X']\n"
        "G = H = (True, None)\nI = 1\nI = f()\nif True:\n    J = 1\n"
    )
    assert read_assignments(source) == {
        "A": "a", "B": "ab", "C": "a-ab", "D": [1, "z"], "E": {"k": "a"}, "G": [True, None], "H": [True, None],
    }  # fmt: skip


@pytest.mark.parametrize(
    "source", ["x = (", "\0", "x = " + "(" * 5000, "x = " + "-" * 100_000 + "1", "x = 'a'\n" + "x = x + x\n" * 60]
)
def test_hostile_settings_end(source: str) -> None:
    assert isinstance(read_assignments(source), dict)
