"""The documents are true: every option, key and template is in the docs, and the commands in them run."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
from msgspec import Struct, convert

from blog import cli
from blog.config.schema import Fields
from blog.config.settings import _parse_settings
from blog.config.toml import MAX_DEPTH, ConfigNode, parse_toml
from blog.content.file_kinds import Kind
from blog.content.front_matter import parse_front_matter
from blog.content.front_matter_block import MAX_BYTES
from blog.markdown import MarkdownOptions
from blog.markdown.code import SECONDS
from blog.markdown.convert import convert_markdown as convert_text
from blog.problems import Location, Problem
from tests import reference
from tests.support.publishing import post, publish
from tests.support.sites import SETTINGS

TOP = Path(__file__).parent.parent


def page(name: str) -> str:
    return (TOP / "docs" / f"{name}.md").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(cli.blog.commands))
def test_every_command_and_option_is_in_the_docs_and_has_help(name: str) -> None:
    command = cli.blog.commands[name]
    assert command.help
    commands = page("commands")
    assert f"## `blog {name}" in commands
    section = commands.split(f"## `blog {name}")[1].split("\n## ")[0]
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, option.name
            for word in option.opts:
                assert f"`{word}" in section, word


def known_keys(kind: Kind) -> set[str]:
    node = ConfigNode({}, Location("x"), "typed")
    asked: set[str] = set()
    original = Fields.finish
    try:
        Fields.finish = lambda self, *_: asked.update(self.known_keys)  # type: ignore[method-assign]
        parse_front_matter(node, kind, ())
    finally:
        Fields.finish = original  # type: ignore[method-assign]
    return asked


def test_the_tests_that_security_names_are_in_the_table_of_promises() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", (TOP / "SECURITY.md").read_text("utf-8")))
    assert len(named) > 5
    promises = tomllib.loads((TOP / "tests/promises.toml").read_text("utf-8"))
    assert named <= {
        test.partition("::")[0] for subject in promises.values() for tests in subject.values() for test in tests
    }


@pytest.mark.parametrize("kind", ["post", "series"])
def test_every_front_matter_key_is_in_the_docs(kind: Kind) -> None:
    keys = known_keys(kind)
    assert len(keys) > 5
    for key in keys:
        assert f"`{key}" in page("front-matter") + page("series"), key


def test_every_setting_is_in_the_docs(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()
    monkeypatch.setattr(Fields, "finish", lambda self, *_: asked.update(self.known_keys))
    _parse_settings(Fields(parse_toml('title = "T"\n[labels.X]\nnotice = ""\n', Location("blog.toml")), []), None)
    assert {"title", "limit", "allow", "notice", "timezone"} <= asked
    for key in asked - {"X"}:
        assert re.search(rf"`[^`\n]*\b{key}\b[^`\n]*`", page("configuration")), key


def test_every_template_and_option_of_the_theme_is_in_the_docs() -> None:
    parts = {"base.html", "head.html", "parts.html", "after.html"}
    theme = TOP / "themes/margin"
    for path in theme.glob("templates/*.html"):
        if (path.name not in parts and "{% extends" in path.read_text("utf-8")) or path.name == "alias.html":
            assert f"`{path.name}`" in page("themes"), path.name
    for settings in TOP.glob("themes/*/theme.toml"):
        for option in tomllib.loads(settings.read_text("utf-8"))["options"]:
            assert f"`{option}`" in page("configuration"), option


def test_the_reference_of_themes_is_that_of_the_code() -> None:
    assert reference.PAGE.read_text("utf-8") == reference.page(), "write it anew: python -m tests.reference"
    assert reference.LANGUAGES.read_text("utf-8") == reference.languages_page(), (
        "write it anew: python -m tests.reference"
    )


def test_the_recipes_for_themes_work(tmp_path: Path) -> None:
    recipes = {
        f"themes/mine/{path}": f"{text}\n"
        for path, text in (
            ("static/margin.css", _fenced("css", 0)), ("templates/after.html", _fenced("jinja", 0)),
            ("templates/404.html", _fenced("jinja", 1)), ("templates/base.html", _fenced("jinja", 2)),
        )
    }  # fmt: skip
    found = publish(tmp_path, {
        "blog.toml": f'{SETTINGS}theme = "mine"\n', "themes/mine/theme.toml": 'name = "mine"\nextends = "margin"\n',
        "content/posts/a.md": post("A"), **recipes,
    })  # fmt: skip
    assert "Written by hand in T." in found["posts/a/index.html"]
    assert "Lost? So was I, most of 2023." in found["404.html"]
    assert "All posts" in found["404.html"]
    assert all('rel="webmention"' in text for path, text in found.items() if path.endswith("/index.html"))
    assert any("--paper: light-dark(#ffffff,#101214)" in text for path, text in found.items() if path.endswith(".css"))


def _fenced(language: str, number: int) -> str:
    page = (TOP / "docs/themes.md").read_text("utf-8")
    blocks: list[str] = re.findall(rf"^```{language}\n(.*?)\n```$", page, re.DOTALL | re.MULTILINE)
    return blocks[number]


def test_the_words_of_the_limits_are_those_of_the_code() -> None:
    assert f"| front matter | {MAX_BYTES // 1024} KiB, {MAX_DEPTH} levels" in page("limits")
    assert SECONDS == 2
    assert "more than two seconds" in page("limits")


def test_links_of_the_documents_lead_somewhere() -> None:
    for name in (*GUIDES, "CHANGELOG.md"):
        text = re.sub(r"^(`{3,}).*?^\1$", "", (TOP / name).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
        text = re.sub(r"(`+).*?\1", "", text)
        for target in re.findall(r"\]\((?!https?:)([^)#\s]+)\)", text):
            assert ((TOP / name).parent / target).exists(), target


def test_the_example_of_the_json_object_names_its_keys() -> None:
    for key in ("ok", "diagnostics", "hidden", "pages", "written", "unchanged", "removed", "seconds"):
        assert f'"{key}"' in page("commands")


class Claim(Struct, frozen=True, forbid_unknown_fields=True):
    """A promise of a document, and what would fail if it were not so."""

    promise: str
    at: str
    """The path of the document, `#`, and the anchor of the heading above the promise."""
    tests: tuple[str, ...]


CLAIMS = convert(tomllib.loads((TOP / "tests/claims.toml").read_text("utf-8"))["claim"], list[Claim])


def anchors(document: str) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", (TOP / document).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\s-]", "", heading).lower().strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("claim", CLAIMS, ids=[claim.promise[:40] for claim in CLAIMS])
def test_behind_each_claim_there_is_a_test_or_a_benchmark(claim: Claim) -> None:
    document, _, anchor = claim.at.partition("#")
    assert anchor in anchors(document), claim.at
    for test in claim.tests:
        file, _, name = test.partition("::")
        assert (TOP / file).is_file(), test
        assert not name or f"def {name}(" in (TOP / file).read_text("utf-8"), test


GUIDES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", *(f"docs/{path.name}" for path in (TOP / "docs").glob("*.md")))
ELSEWHERE = {
    ". .venv/bin/activate": (".ci/run", 'python3 -m venv "$work/wheel"'),
    "python3 -m venv .venv": (".ci/run", "README's two commands, in a clean clone"),
    ".venv/bin/pip install '.[diagrams]'": (".ci/run", '(cd "$work/clone" && PIP_QUIET=1 bash -euc "$build"'),
    ".venv/bin/blog build": (".ci/run", "build=$(grep -m1 '^python3 -m venv .*blog build$' README.md)"),
    ".venv/bin/pip install '.[test]'": (".ci/run", 'bash -euc "$test")'),
    ".venv/bin/pytest": (".ci/run", "test=$(grep -m1 '^python3 -m venv .*pytest$' README.md)"),
    "pip install reflective-blog": (".ci/run", '"$work/wheel/bin/pip" install -q'),
    "pip install -r requirements.txt": (".ci/hosts", "PIP_FIND_LINKS=$work/dist"),
    ".ci/run": (".github/workflows/ci.yml", "- run: .ci/run"),
    ".venv/bin/pip install -e '.[dev]'": (".ci/run", "install -q -e '.[dev]'"),
    ".venv/bin/ruff format": (".ci/run", 'bin/ruff" format'),
    ".venv/bin/ruff check": (".ci/run", 'bin/ruff" check'),
    ".venv/bin/mypy": (".ci/run", 'bin/mypy"'),
    ".venv/bin/lint-imports": (".ci/run", 'bin/lint-imports"'),
    '.venv/bin/pytest -n 2 -m "not slow"': (".ci/run", 'bin/pytest" -n 3 -m "not slow"'),
}
"""Commands that this test does not run, and where they are run: a file, and what stands in it."""


WITH_NEW_SITE = {"docs/deployment.md", "docs/editors.md", "docs/getting-started.md", "docs/themes.md"}
"""Their commands run in a site that `blog init` has just made."""


def blocks(guide: str) -> list[str]:
    """The shell commands of a document, block by block."""
    found: list[str] = re.findall(r"^```sh\n(.*?)^```$", (TOP / guide).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return found


@pytest.mark.parametrize(
    ("guide", "block"), [pytest.param(guide, block, id=guide) for guide in GUIDES for block in blocks(guide)]
)
def test_the_commands_of_the_documents_run(guide: str, block: str, tmp_path: Path) -> None:
    """In a folder that has what the text around them says: a site, and an old blog to move from."""
    lines = [re.sub(r"\s{3,}#.*", "", line) for line in block.splitlines() if not line.startswith("#")]
    commands = [command for line in lines for command in line.split(" && ")]
    if any(line.startswith("if ") for line in lines):  # one command
        commands = list(lines)
    for command in [command for command in commands if command in ELSEWHERE]:
        file, proof = ELSEWHERE[command]
        assert proof in (TOP / file).read_text("utf-8"), command
        commands.remove(command)
    if guide in WITH_NEW_SITE and ("blog init" not in block or "init . --" in block):
        commands.insert(0, "blog init . >/dev/null")
    (tmp_path / "site/old-blog/content/posts").mkdir(parents=True)
    text = "Words enough to say what stands in the text below this line."
    (tmp_path / "site/old-blog/hugo.toml").write_text('baseURL = "https://old.example/"\n', encoding="utf-8")
    (tmp_path / "site/old-blog/content/posts/old.md").write_text(post("Old", text=text), encoding="utf-8")
    (tmp_path / "site/sitemap.xml").write_text("https://old.example/posts/old/\n", encoding="utf-8")
    (tmp_path / "site/feed.xml").write_text("<rss><channel/></rss>", encoding="utf-8")
    site = tmp_path / "site"
    if guide in WITH_NEW_SITE:
        site = tmp_path / "empty"
        site.mkdir()
    # What stays until it is ended, or asks for a person, does so here for a moment.
    script = "\n".join(re.sub(r"^(blog serve.*)$", r"timeout -s INT 20 \1 -p 0", command) for command in commands)
    environment = {
        **os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "VISUAL": "true", "EDITOR": "true",
        "BROWSER": "true", "CF_PAGES_URL": "https://preview.example.pages.dev", "CF_PAGES_BRANCH": "main",
    }  # fmt: skip
    if "blog serve" in script:
        script = script.replace(
            "timeout -s INT 20 blog serve --open -p 0", "timeout -s INT 3 blog serve --open -p 0 || test $? = 124"
        )
    done = subprocess.run(
        ["bash", "-euc", script], cwd=site, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"


PLACEHOLDERS = {"DIR": "x", "TITLE": "x", "NAME": "x", "FILE": "x"}


@pytest.mark.parametrize("guide", GUIDES)
def test_the_commands_in_the_text_of_the_documents_are_understood(guide: str) -> None:
    text = re.sub(r"^```.*?^```$", "", (TOP / guide).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for code in re.findall(r"(?<!`)`((?:blog|python -m) [^`\n]*)`", text):
        words = [PLACEHOLDERS.get(word, word) for word in shlex.split(code)]
        if words[0] == "python":
            name = words[2].replace(".", "/")
            assert any((TOP / f"{name}{end}").is_file() for end in (".py", "/__main__.py")), code
        elif len(words) > 2 and not {"COMMAND", "--debug"} & set(words):
            command = cli.blog.commands[words[1]]
            with command.make_context(words[1], words[2:]):
                pass  # the words are understood; what the command does is tested with the program


def test_what_the_demo_says_stands_where_it_says() -> None:
    rows = re.findall(r"^\| (.+?) \| (.*?) \| `([^`]+)` \|$", (TOP / "docs/demo.md").read_text("utf-8"), re.MULTILINE)
    assert len(rows) > 40
    for what, code, path in rows:
        written = code.strip("` ").replace("\\|", "|")
        assert (TOP / path).is_file(), what
        assert written in path or written.strip() in (TOP / path).read_text("utf-8"), (what, written)


MIGRATING = (TOP / "docs/migrating.md").read_text("utf-8")


def table(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, cell by cell."""
    part = MIGRATING.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in part.splitlines() if line.startswith("| ")]
    return rows[1:]


def codes(cell: str) -> list[str]:
    """What stands in a cell as code."""
    return [code.strip("` ") for code in re.findall(r"(?<!`)`(?!`)[^`]+`|```` .*? ````", cell)]


def test_what_the_table_of_migrating_says_is_left_over_is_said_by_check() -> None:
    said = 0
    for there, _ in table("Text"):
        for code in codes(there):
            if code == "<!--more-->" or "$$x$$" in code:
                continue
            text = convert_text(f"{code}\n", Location("content/posts/a.md"), MarkdownOptions("en"))
            assert [problem.code for problem in text.advice] == ["leftover"], code
            said += 1
    assert said > 12


def test_what_the_table_of_migrating_says_to_write_is_no_leftover() -> None:
    for _, here in table("Text"):
        for code in codes(here):
            text = convert_text(f"{code.replace('…', 'x')}\n", Location("content/posts/a.md"), MarkdownOptions("en"))
            assert text.advice == (), code


def test_the_permalinks_of_migrating_give_the_addresses_of_the_other_blogs(tmp_path: Path) -> None:
    expected = [
        "posts/name/index.html",
        "2024/05/name/index.html",
        "2024/05/01/name/index.html",
        "2024/05/01/name.html",
    ]
    rows = table("Addresses")
    assert len(rows) == len(expected)
    for number, ((_, permalink), output) in enumerate(zip(rows, expected, strict=True)):
        settings = f"{SETTINGS}permalink = {codes(permalink)[0]}\n"
        found = publish(
            tmp_path / str(number),
            {"blog.toml": settings, "content/posts/2024-05-01-name.md": "---\ntitle: A\n---\nx\n"},
        )
        assert output in found, permalink


@pytest.mark.parametrize("column", [0, 1])
def test_the_keys_of_migrating_are_told_what_they_are_here(tmp_path: Path, column: int) -> None:
    known = known_keys("post")
    for row in table("Front matter"):
        for key in codes(row[column]):
            if not re.fullmatch(r"\w+", key):
                continue
            assert (
                key in known or key in {name for cell in row[2:] for name in codes(cell)} or _is_hinted(key, row[2])
            ), key


def _is_hinted(key: str, here: str) -> bool:
    """Whether the message for an unknown key names what the table says it is here, or the table says: nothing."""
    problems: list[Problem] = []
    fields = Fields(parse_toml(f'{key} = "x"\n', Location("a.md")), problems)
    parse_front_matter(fields.node, "post", ())
    _, problems = parse_front_matter(fields.node, "post", ())
    hint = next(problem.hint for problem in problems if f'"{key}"' in problem.message)
    wanted = codes(here)
    return any(name in hint for name in wanted) or "allow" in hint or "nothing" in here or "extra" in wanted
