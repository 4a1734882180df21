"""Tests of the bibliographies of a site: an edit parses what depends on it, and nothing else; what is published."""

from pathlib import Path
from typing import Any

import pytest

from blog.build import build
from blog.content import parse as parsing
from blog.content.document import ParseOptions
from blog.markdown.inputs import Inputs
from blog.state import BuildState, ChangeHint
from tests.support.publishing import build_folder, order, outputs, post, problems, publish
from tests.support.sites import site, told

HE = "@misc{he2016, author={He, Kaiming}, title={Residuals}, year=2016}\n"
BA = "@misc{ba2015, author={Ba, Jimmy}, title={Adam}, year=2015}\n"
OWN = "@misc{own, author={Li, Wei}, title={Own}, year=2020}\n"
FILES: dict[str, str | bytes] = {
    "content/references.bib": HE + BA,
    "content/posts/own/own.bib": OWN,
    "content/posts/a.md": post("A", text="[@he2016]"),
    "content/posts/b.md": post("B", text="@ba2015 and @karpathy"),
    "content/posts/c.md": post("C", text="Nothing."),
    "content/posts/own/index.md": post("Own", text="[@own]", bibliography="own.bib"),
    "content/posts/list.md": post("List", text='::: publications {file="/references.bib"}\n:::'),
}


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the documents that have been parsed."""
    names: list[str] = []
    real = parsing.parse_document

    def parse(source: Any, rules: ParseOptions, inputs: Inputs) -> Any:
        names.append(source.path.removeprefix("content/posts/"))
        return real(source, rules, inputs)

    monkeypatch.setattr(parsing, "parse_document", parse)
    return names


EDITS = [
    ("references.bib", HE.replace("Residuals", "Deep Residuals") + BA, ["a.md", "list.md"]),
    ("references.bib", f"% A remark\n\n{HE}\n{BA}", []),
    ("references.bib", HE + BA + "@misc{karpathy, title={K}}\n", ["b.md", "list.md"]),
    ("references.bib", HE + BA + "@misc{new, title={N}}\n", ["list.md"]),
    ("posts/own/own.bib", OWN.replace("2020", "2021"), ["own/index.md"]),
    ("posts/own/own.bib", OWN + HE.replace("2016,", "2017,"), []),
    ("posts/other.bib", "@misc{z, title={Z}}\n", []),
    ("zotero.BIB", "@misc{karpathy, title={K}}\n", ["b.md"]),
]


@pytest.mark.parametrize(("path", "text", "expected"), EDITS)
def test_an_edit_of_an_entry_parses_the_documents_that_asked_for_it(
    tmp_path: Path, parsed: list[str], path: str, text: str, expected: list[str]
) -> None:
    root = site(tmp_path, FILES)
    build_folder(root, jobs=1)
    parsed.clear()
    (root / "content" / path).write_text(text)
    build_folder(root, jobs=1)
    assert sorted(parsed) == expected
    warm = outputs(root)
    build_folder(root, jobs=1, clean=True)
    assert outputs(root) == warm


def test_a_program_that_stays_parses_the_same_documents(tmp_path: Path, parsed: list[str]) -> None:
    root, state = site(tmp_path, FILES), BuildState()
    build(order(root, jobs=1), state=state)
    parsed.clear()
    (root / "content/references.bib").write_text(HE.replace("2016}", "2017}") + BA)
    hint = ChangeHint(frozenset({"content/references.bib"}))
    build(order(root, jobs=1), state=state, hint=hint)
    assert sorted(parsed) == ["a.md", "list.md"]
    assert b"He, 2017" in outputs(root)["posts/a/index.html"]


def test_a_bibliography_is_published_only_if_a_public_text_links_to_it(tmp_path: Path) -> None:
    linked = {**FILES, "content/posts/c.md": post("C", text="[BibTeX](/references.bib)")}
    hidden = {**FILES, "content/posts/c.md": post("C", text="::: private\n[BibTeX](/references.bib)\n:::")}
    assert [path for path in publish(tmp_path / "a", FILES) if path.endswith(".bib")] == []
    assert [path for path in publish(tmp_path / "b", linked) if path.endswith(".bib")] == ["references.bib"]
    assert [path for path in publish(tmp_path / "c", hidden) if path.endswith(".bib")] == []


def test_a_text_that_chooses_its_bibliographies_cites_no_other(tmp_path: Path) -> None:
    files = {**FILES, "content/posts/own/index.md": post("Own", text="[@own; @he2016]", bibliography="[own.bib]")}
    assert problems(tmp_path, files) == [
        'content/posts/own/index.md:6:8: no entry of the bibliography has the key "he2016" (add it to a .bib file, or write \\@he2016 for text)'
    ]
    both = post("Own", text="[@own; @he2016]", bibliography="[own.bib, ../../references.bib]")
    publish(tmp_path / "both", {**FILES, "content/posts/own/index.md": both})
    rooted = post("Own", text="[@he2016]", bibliography="/references.bib")
    publish(tmp_path / "rooted", {**FILES, "content/posts/own/index.md": rooted})


def test_a_bibliography_that_does_not_exist_is_an_error_until_it_does(tmp_path: Path) -> None:
    files = {**FILES, "content/posts/c.md": post("C", bibliography="own.bib")}
    assert problems(tmp_path, files) == [
        'content/posts/c.md:4:15: "own.bib" is no .bib file of the content folder (did you mean "/posts/own/own.bib"?)'
    ]
    (tmp_path / "content/posts/own.bib").write_text(OWN)
    build_folder(tmp_path)


def test_an_unknown_key_stops_the_build_until_the_entry_is_there(tmp_path: Path) -> None:
    root = site(tmp_path, {**FILES, "content/posts/c.md": post("C", text="[@new2020]")})
    assert problems(tmp_path, {}) == [
        'content/posts/c.md:5:2: no entry of the bibliography has the key "new2020" (add it to a .bib file, or write \\@new2020 for text)'
    ]
    (root / "content/references.bib").write_text(HE + BA + "@misc{new2020, title={New}}\n")
    build_folder(root)


def test_problems_of_a_bibliography_are_warnings_of_the_build(tmp_path: Path) -> None:
    other = HE.replace("Residuals", "Other")
    root = site(tmp_path, {**FILES, "content/posts/z.bib": f"{other}@misc{{x, title={{A}}\n"})
    assert told(build_folder(root).problems) == [
        '1:1 warning same-entry: the key "he2016" is used twice: the entry at content/references.bib:1:1 counts -- delete one, or give it another key',
        '2:1 warning bib-entry: "x" is not closed: it is left out -- write } at the end of the entry, or of "title"',
    ]
