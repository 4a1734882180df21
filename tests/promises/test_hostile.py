"""Hostile names and texts through whole builds: an output inside of the output folder or a diagnostic, and no more."""

import subprocess
import sys
from pathlib import Path

import pytest

from blog.problems import BlogError, Problem
from blog.text import explain_unsafe_path
from tests.markdown.cases import text_of
from tests.support.bounds import processor
from tests.support.publishing import build_folder, outputs, post
from tests.support.sites import SETTINGS, site

NAMES = (
    "..", "../x", "../../x", "/etc/passwd", "%2e%2e", "%2E%2E%2Fx", "%252e%252e/x", "..\\x", "C:\\x", "//host/x", "a//b",
    "a/../../b", "a\0b", "a%00b", "con", "nul.txt", "a.", "x" * 300, "é" * 150, "!!!", "😀", "C++", "C#", ".git",
    ".blog-manifest", "\u202eabc", "straße",
)  # fmt: skip
KEYS = ("slug", "series", "image", "template", "tags", "labels", "aliases", "revisits")


def quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("\0", "\\0")
    return f'"{escaped}"'


def told_or_built(root: Path) -> list[Problem]:
    """Build; take away each file that is told of, until the rest builds. All that was told."""
    found: list[Problem] = []
    while True:
        try:
            build_folder(root)
        except BlogError as error:
            errors = [problem for problem in error.problems if problem.severity == "error"]
            paths = {problem.location.path for problem in errors}
            if not paths:
                raise
            for path in paths:
                (root / path).unlink()
            found += errors
        else:
            return found


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_out_of_the_output_folder(tmp_path: Path, name: str) -> None:
    files: dict[str, str | bytes] = {f"content/posts/{key}.md": post(**{key: quoted(name)}) for key in KEYS}
    files["content/posts/links.md"] = post(text=f"[a](<{name}>) ![a](<{name}>)")
    files["content/posts/fine.md"] = post()
    files["content/posts/ours.md"] = post(labels="[Ours]")
    files["blog.toml"] = SETTINGS + (f"[labels.{quoted(name)}]\n" if "\0" not in name else "")
    root = site(tmp_path / "above" / "site", files)
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    problems = told_or_built(root)
    made = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert not [path for path in made if not path.is_relative_to(root / "public")]
    assert not [path for path in outputs(root) if explain_unsafe_path(path)]
    assert "posts/fine/index.html" in outputs(root)
    assert {f"content/posts/{key}.md" for key in ("image", "template", "revisits")} <= {
        problem.location.path for problem in problems
    }


TWINS = [("caf\u00e9", "cafe\u0301"), ("Notes", "notes"), ("straße", "STRASSE"), ("\ufb01n", "fin"), ("ΟΔΟΣ", "οδος")]


@pytest.mark.parametrize(("one", "other"), TWINS)
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("content/{}.txt", "content/{}.txt"),
        ("content/posts/{}/index.html", "content/posts/{}.md"),
        ("content/{}/index.html", "content/{}.md"),
    ],
)
def test_twins_are_an_error_that_names_both(tmp_path: Path, one: str, other: str, first: str, second: str) -> None:
    root = site(tmp_path, {first.format(one): post(), second.format(other): post()})
    with pytest.raises(BlogError) as caught:
        build_folder(root)
    (problem,) = caught.value.problems
    assert problem.code == "collision"
    assert first.format(one) in problem.message
    assert second.format(other) in problem.message


@pytest.mark.parametrize(("one", "other"), TWINS)
def test_twins_of_old_addresses_are_an_error_that_names_both(tmp_path: Path, one: str, other: str) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/a.md": post(aliases=f"[/{one}/]"),
        "content/posts/b.md": post(aliases=f"[/{other}]"),
    }
    with pytest.raises(BlogError) as caught:
        build_folder(site(tmp_path, files))
    (problem,) = caught.value.problems
    assert problem.message.endswith("is also an alias of content/posts/a.md")


HEAD = "title: T\ndate: 2024-01-01\n"
REFUSED: dict[str, str | bytes] = {
    "anchor": f"---\n{HEAD}extra: {{a: &a [x, x]}}\n---\n",
    "bomb": f"---\n{HEAD}extra: {{a: &a [x, x], b: [*a, *a]}}\n---\n",
    "object": f"---\n{HEAD}extra: {{a: !!python/object/apply:os.system [id]}}\n---\n",
    "merge": f"---\n{HEAD}<<: {{draft: true}}\n---\n",
    "deep": f"---\n{HEAD}extra: {'[' * 9_000}\n---\n",
    "twice": f"---\n{HEAD}title: U\n---\n",
    "two documents": f"---\n{HEAD}--- x\n---\n",
    "number": f"---\n{HEAD}part: {'9' * 6_000}\n---\n",
    "year 0": "---\ntitle: T\ndate: 0000-01-01\n---\n",
    "year 9999": "---\ntitle: T\ndate: 9999-12-31T23:59:59-12:00\n---\n",
    "zone": "---\ntitle: T\ndate: 2024-01-01T00:00:00+24:00\n---\n",
    "leap second": "---\ntitle: T\ndate: 2024-01-01 10:00:60\n---\n",
    "nothing": "---\n---\n",
    "open": f"---\n{HEAD}\nwords\n",
    "list": "---\n- a\n---\n",
    "long": f"---\n{HEAD}summary: {'x' * 70_000}\n---\n",
    "separator": f"---\n{HEAD}summary: a\u2028b\n---\n",
    "escape": f'---\n{HEAD}summary: "\\0"\n---\n',
    "surrogate": f'---\n{HEAD}summary: "\\ud800"\n---\n',
    "toml dots": f"+++\n{'a.' * 30_000}a = 1\n+++\n",
    "toml number": f"+++\na = {'9' * 6_000}\n+++\n",
    "toml deep": f"+++\na = {'{a=' * 9_000}\n+++\n",
    "toml surrogate": '+++\ntitle = "\\ud800"\n+++\n',
    "utf-16": f"---\n{HEAD}---\nwords\n".encode("utf-16"),
    "latin": f"---\n{HEAD}---\nwords é\n".encode("latin-1"),
    "lone surrogate": f"---\n{HEAD}---\n".encode() + b"\xed\xa0\x80",
    "nul": f"---\n{HEAD}---\na\0b\n",
    "lists": f"---\n{HEAD}---\n" + "".join(f"{'  ' * level}- a\n" for level in range(90)),
    "quotations": f"---\n{HEAD}---\n{'>' * 10_000} a\n",
}
READ: dict[str, str | bytes] = {
    "mark": f"\ufeff---\n{HEAD}---\nsentinel\n",
    "crlf": f"---\n{HEAD}---\nsentinel\n".replace("\n", "\r\n"),
    "cr": f"---\n{HEAD}---\nsentinel\n".replace("\n", "\r"),
    "separator": f"---\n{HEAD}---\na\u2028sentinel\n",
    "quotations": f"---\n{HEAD}---\n{'>' * 99} sentinel\n",
    "columns": f"---\n{HEAD}---\n{'|a' * 999}|sentinel|\n{'|-' * 1_000}|\n{'|b' * 1_000}|\n",
    "notes": f"---\n{HEAD}---\n" + "".join(f"a[^{n}]\n\n[^{n}]: b\n\n" for n in range(500)) + "sentinel\n",
    "definitions": f"---\n{HEAD}---\n" + "".join(f"[{n}]: /\n" for n in range(500)) + "\nsentinel\n",
    "headings": f"---\n{HEAD}---\n" + "## a\n\n" * 1_000 + "sentinel\n",
    "own data": f"---\n{HEAD}extra: {{a: {'9' * 4_000}, b: .nan, c: 1e999, d: 0o17, e: 12:30:45, f: =}}\n---\nsentinel\n",
}


def test_each_broken_text_is_told_and_each_odd_one_is_read(tmp_path: Path) -> None:
    refused = {name: f"content/posts/no{number}.md" for number, name in enumerate(REFUSED)}
    read = {name: f"posts/yes{number}/index.html" for number, name in enumerate(READ)}
    files: dict[str, str | bytes] = {refused[name]: text for name, text in REFUSED.items()}
    files |= {f"content/posts/yes{number}.md": text for number, text in enumerate(READ.values())}
    root = site(tmp_path, files)
    with processor(30):
        told = {problem.location.path for problem in told_or_built(root)}
    assert told == set(refused.values())
    made = outputs(root)
    assert [name for name, path in read.items() if b"sentinel" not in made[path]] == []


PATHOLOGICAL = {
    "nested emphasis": "*a **a " * 9_000 + "b" + " a** a*" * 9_000,
    "closers": "a_ " * 20_000,
    "openers": "_a " * 20_000,
    "mismatched": "*a_ " * 20_000,
    "multiples of three": "a**b" + "c* " * 20_000,
    "link closers": "a]" * 20_000,
    "link openers": "[a" * 20_000,
    "links and emphasis": "[ a_" * 20_000,
    "brackets": "[" * 20_000 + "a" + "]" * 20_000,
    "pictures": "![" * 10_000 + "](x)" * 10_000,
    "empty links": "[]()" * 10_000,
    "unclosed links": "[a](<b" * 10_000,
    "unclosed targets": "[a](b" * 10_000,
    "backticks": "".join("e" + "`" * number for number in range(500)),
    "comments": "</" + "<!--" * 20_000,
    "processing": "a " + "<?" * 20_000,
    "declarations": "a " + "<!A " * 20_000,
    "data": "a " + "<![CDATA[" * 10_000,
    "entities": "&#" * 20_000,
    "escapes": "\\[" * 20_000,
    "quotations": "> - " * 20 + "a\n" + "> " * 5_000,
    "strokes": "~~a ~" * 10_000,
    "colons behind a mark": '"' + ":" * 64_000,
    "colons in raw HTML": "<p>\n" + ":" * 64_000,
    "open comments": "...<!--" * 9_000,
    "comments in alternative text": "![" + "<!--a-->" * 8_000 + "](x)",
    "comments in a title": "[a](b '" + "<!--" * 16_000 + "')",
    "hidden names": "<!-- a.b -->\n\n" * 5_000,
    "hidden definitions": "::: private\n[a]: b\n:::\n\n" * 2_500,
    "open formulas": "\\begin{align}\n" * 4_500 + "\\end{align} x",
    "space behind a formula": "$$\na\n$$" + " " * 64_000 + "x",
    "space in a mark": "::: " + " " * 64_000 + "{",
    "a list of pictures": f"<img srcset='{'a' * 64_000} b c'>",
    "links in a cell": "|a|\n|-|\n|" + "[a](b)\\|" * 8_000 + "|",
    "links in lines": "[a](b)\n" * 9_000,
    "braces": "`a`{.b" * 10_000,
}
"""After cmark's own, <https://github.com/commonmark/cmark/blob/master/test/pathological_tests.py>."""


@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_no_markdown_takes_for_ever(name: str) -> None:
    with processor(5):
        text_of(PATHOLOGICAL[name])


MEGABYTE = 2**20
LIMITED = (
    "import resource, sys;"
    " resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv.pop(1)),) * 2);"
    " from blog.cli import main; main()"
)


def test_a_long_post_is_built_in_little_memory(tmp_path: Path) -> None:
    words = 'Words with *emphasis*, `code`, "quotation marks" and [a link](https://example.org/). '
    text = f"{words * 10}\n\n" * (MEGABYTE // len(words) // 10) + words * (MEGABYTE // 2 // len(words)) + "sentinel"
    root = site(tmp_path, {"content/posts/a.md": post(text=text)})
    command = [sys.executable, "-c", LIMITED, str(600 * MEGABYTE), "build", "--root", str(root), "--jobs", "1"]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert b"sentinel" in outputs(root)["posts/a/index.html"]
