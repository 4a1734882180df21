"""Tests of `blog.markdown.code_files` and `blog.markdown.inputs`: code blocks that show a file, or a part of one."""

from __future__ import annotations

import pytest

from blog.cache.digests import digest
from blog.markdown import ConvertedText, MarkdownOptions
from blog.markdown.convert import convert_markdown
from blog.markdown.inputs import Input, Inputs
from blog.problems import BlogError, Location, Problem
from tests.support.sites import told

TRAIN = """import sys


def train():
    # [step]
    loss = step()

    # [log]
    print(loss)
    # [/log]
    # [/step]
    return loss
"""
FILES = {
    "content/posts/x/train.py": TRAIN,
    "content/posts/code/open.py": "# [a]\nx\n",
    "content/posts/code/twice.py": "# [a]\n1\n# [/a]\n# [a]\n2\n# [/a]\n",
    "content/one.txt": "a",
    "content/posts/x/latin.py": "\xe9",
}


def read(path: str) -> bytes:
    if path not in FILES:
        raise BlogError([Problem(Location(path), "code-file", "there is no such file", f"its path would be {path}")])
    return FILES[path].encode("latin-1")


def convert(fence: str, *, inputs: Inputs | None = None, for_author: bool = False) -> ConvertedText:
    origin, options = Location("content/posts/x/index.md"), MarkdownOptions(for_author=for_author)
    return convert_markdown(f"{fence}\n", origin, options, inputs=inputs or Inputs(read))


def feed(attributes: str, body: str = "") -> str:
    return convert(f"```text {{{attributes}}}\n{body}```").feed_html


@pytest.mark.parametrize(
    ("attributes", "lines"),
    [
        ('file="train.py" mark="step"', "loss = step()\n\nprint(loss)"),
        ("file=train.py mark=log", "print(loss)"),
        ('file="train.py" lines="1"', "import sys"),
        ('file="train.py" lines="4-7"', "def train():\n    loss = step()"),
        ('file="train.py" lines="11-"', "return loss"),
        ('file="/one.txt"', "a"),
        ('file="../../one.txt"', "a"),
        ('file="../x/./train.py" lines=" 1 "', "import sys"),
    ],
)
def test_the_code_is_a_part_of_the_file_without_its_marks_and_indentation(attributes: str, lines: str) -> None:
    assert feed(attributes) == f"<pre><code>{lines}\n</code></pre>\n"


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("# [a]", "# [/a]"), ("// [a]", "// [/a]"), ("-- [a]", "-- [/a]"), ("% [a]", "% [/a]"), (";; [a]", ";; [/a]"),
        ("/* [a] */", "/* [/a] */"), ("<!-- [a] -->", "<!-- [/a] -->"), ("(* [a] *)", "(* [/a] *)"), ("\t#[a]", "   #[/a]  "),
        ('" [a]', "' [/a]"),
    ],
)  # fmt: skip
def test_marks_stand_in_comments_of_any_language(opening: str, closing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FILES, "content/posts/x/any", f"before\r\n{opening}\r\n  shown\r\n{closing}\r\nbehind")
    assert feed('file="any" mark="a"') == "<pre><code>shown\n</code></pre>\n"


@pytest.mark.parametrize(
    "line", ["x = a[step]", "# see [step] below", "[step]", "## [st ep]", "# [step](link)", "#! [step] x"]
)
def test_other_brackets_are_code(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FILES, "content/posts/x/any", line)
    assert feed('file="any"') == f"<pre><code>{line}\n</code></pre>\n"


@pytest.mark.parametrize(
    ("attributes", "problem"),
    [
        ('file="trian.py"', '1:10 error code-file: "trian.py": there is no such file -- its path would be content/posts/x/trian.py'),
        ('file=""', '1:10 error code-file: "": there is no such file -- its path would be content/posts/x'),
        ('file="../../../blog.toml"',
         '1:10 error code-file: "../../../blog.toml" is not in the content folder -- name a file of the content folder, relative to this text'),
        ('file="/../x"', '1:10 error code-file: "/../x" is not in the content folder -- name a file of the content folder, relative to this text'),
        ('file="index.md"', '1:10 error code-file: "index.md" is the source of a document -- show the file of a program; to show a text, copy it between the fences'),
        ('file="../a/N.IPYNB"', '1:10 error code-file: "../a/N.IPYNB" is the source of a document -- show the file of a program; to show a text, copy it between the fences'),
        ('file="latin.py"', '1:10 error code-file: "latin.py": not UTF-8: byte 0xe9 -- save it as UTF-8'),
        ('file="train.py" mark="stp"', '1:26 error code-file: "train.py" has no mark [stp] -- did you mean "step"?'),
        ('file="/one.txt" mark="a"',
         '1:26 error code-file: "/one.txt" has no mark [a] -- write "# [a]" on a line above the part, and "# [/a]" below it'),
        ('file="../code/open.py" mark=a', '1:33 error code-file: the mark [a] in line 1 of "../code/open.py" has no end -- write "# [/a]" below the part'),
        ('file="../code/twice.py" mark="a"', '1:34 error code-file: "../code/twice.py" has the mark [a] twice: lines 1 and 4 -- rename one of them'),
        ('file="train.py" lines="x"', '1:26 error code-file: lines="x" names no lines -- write one line or a range: lines="5-12"'),
        ('file="train.py" lines="5-3"', '1:26 error code-file: lines="5-3" names no lines -- write one line or a range: lines="5-12"'),
        ('file="train.py" lines="0"', '1:26 error code-file: lines="0" names no lines -- write one line or a range: lines="5-12"'),
        ('file="train.py" lines="5-13"', '1:26 error code-file: lines="5-13" leaves "train.py", which has 12 lines -- count its lines from 1'),
        ('file="/one.txt" lines="2-"', '1:26 error code-file: lines="2-" names no lines -- write one line or a range: lines="5-12"'),
        ('file="/one.txt" lines="2"', '1:26 error code-file: lines="2" leaves "/one.txt", which has 1 line -- count its lines from 1'),
        ('file="train.py" lines="1" mark="a"', "1:26 error code-file: a block shows the part between two marks, or lines -- take one of them out"),
        ('mark="a"', '1:10 warning unknown-attribute: mark has no effect without a file -- write {file="train.py" …}'),
        ("lines=1", '1:10 warning unknown-attribute: lines has no effect without a file -- write {file="train.py" …}'),
        ('file="train.py" hl="13"', '1:26 warning unknown-attribute: hl="13" leaves the block, which has 8 lines -- count its lines from 1'),
        ('flie="train.py"', '1:10 warning unknown-attribute: unknown word "flie" -- did you mean "file"?'),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_reported_at_its_word(attributes: str, problem: str) -> None:
    assert told(convert(f"```text {{{attributes}}}\n```").problems) == [problem]


def test_lines_between_the_fences_are_an_error_and_not_dropped_in_silence() -> None:
    text = convert('```text {file="train.py"}\nmine\n```')
    message = '1:10 error code-file: the block shows "train.py", and has lines of its own -- delete the lines, or take out file="…"'
    assert told(text.problems) == [message]


def test_highlighting_marked_lines_and_title_count_in_the_part() -> None:
    page = convert('```python {file="train.py" mark="step" hl="3" title="train.py"}\n```').html
    assert '<figcaption>train.py</figcaption><pre class="code"' in page
    assert '<span class="line hl"><span class="nb">print</span>(loss)\n</span>' in page


def test_every_use_is_recorded_also_of_a_file_that_is_missing() -> None:
    inputs = Inputs(read)
    convert(
        '```text {file="train.py"}\n```\n\n```text {file="train.py" lines=1}\n```\n\n- ```text {file="no.py"}\n  ```',
        inputs=inputs,
    )
    assert inputs.used == (
        Input("content/posts/x/no.py", b""), Input("content/posts/x/train.py", digest(TRAIN.encode())),
    )  # fmt: skip


def test_a_text_without_files_has_none() -> None:
    assert told(convert('```text {file="a.py"}\n```', inputs=Inputs()).problems) == [
        '1:10 error code-file: "a.py": there are no files here',
    ]


def test_a_private_passage_uses_its_file_only_in_the_preview() -> None:
    text = '::: private\n```text {file="train.py"}\n```\n:::'
    public, author = Inputs(read), Inputs(read)
    converted = convert(text, inputs=public)
    assert (converted.html, converted.feed_html, public.used) == ("", "", ())
    assert [link.target for link in converted.hidden_links] == ["train.py"]
    assert "def train():" in convert(text, inputs=author, for_author=True).html
    assert [used.name for used in author.used] == ["content/posts/x/train.py"]


def test_fences_in_a_file_open_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FILES, "content/posts/x/any", '"""\n```python\nx\n')
    assert told(convert('```text {file="any"}\n```\n\n```python\ny\n```').problems) == []
