"""The rounds in which an import ends the errors of its new site."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from blog.cli.import_command import trial_of
from blog.content import parse
from blog.content.files import LoadedFile
from blog.importers.mend import mend
from blog.importers.new_site import NewSite, SiteDocument
from blog.problems import Location, Problem
from tests.importers.importing import NOW, body_of, built, jekyll, run_import


def site_of(*texts: str) -> NewSite:
    """A site with a post for each text."""
    documents = tuple(
        SiteDocument(
            path=f"content/posts/{number}.md",
            source=f"_posts/{number}.md",
            fields=(("title", f"Post {number}"), ("date", "2024-01-01")),
            body=text,
        )
        for number, text in enumerate(texts)
    )
    return NewSite(settings=(("title", '"T"'),), macros={}, documents=documents, files=())


@pytest.mark.parametrize("path", ["", "content/other.md", "themes/x/theme.toml"])
def test_an_error_in_none_of_the_files_costs_one_check(path: str) -> None:
    checks = []

    def find_problems(site: NewSite) -> Sequence[Problem]:
        checks.append(site)
        return [Problem(Location(path), "template", "it fails", "")]

    site = site_of("A text.")
    mended = mend(site, find_problems, lambda _written, _path: "")
    assert len(checks) == 1
    assert (mended.site, mended.items) == (site, [])
    assert [problem.message for problem in mended.problems] == ["it fails"]


def test_means_that_change_nothing_are_followed_by_stronger_ones_without_a_check() -> None:
    checks = []

    def find_problems(site: NewSite) -> Sequence[Problem]:
        checks.append(site)
        is_wrong = any("draft" not in dict(document.fields) for document in site.documents)
        return [Problem(Location("content/posts/0.md", 2), "wrong-title", "no title", "")] if is_wrong else []

    site = site_of("A text.")
    title = site.documents[0].set_field("title", "Untitled")
    mended = mend(NewSite(settings=(), macros={}, documents=(title,), files=()), find_problems, lambda *_: "")
    assert len(checks) == 2
    assert mended.site.documents[0].field("draft") == "true"


def test_a_check_parses_only_what_changed_since_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = []
    original = parse.parse_document

    def parse_and_count(file: LoadedFile, *rules: Any) -> Any:
        parsed.append(file.path)
        return original(file, *rules)

    monkeypatch.setattr(parse, "parse_document", parse_and_count)
    target = tmp_path / "new"
    run_import(jekyll(tmp_path / "old", {f"2024-01-0{day}-a.md": "Words." for day in (1, 2)}), target)
    parsed.clear()
    check = trial_of(NOW, tmp_path / "other").check
    check(target)
    first = list(parsed)
    (target / "content/posts/2024-01-01-a.md").write_text("---\ntitle: A\ndate: 2024-01-01\n---\n\nOther words.\n")
    check(target)
    assert len(first) == 2
    assert parsed[len(first) :] == ["content/posts/2024-01-01-a.md"]


def test_posts_that_had_the_same_address_get_addresses_of_their_own(tmp_path: Path) -> None:
    posts = {f"2024-01-0{day}-links.md": f"---\ntitle: Links\n---\n\nDay {day}." for day in range(1, 10)}
    old = jekyll(tmp_path / "old", posts)
    (old / "_config.yml").write_text("title: T\nurl: https://old.example\npermalink: /:title/\n")
    report = run_import(old, tmp_path / "new")
    guesses = [(item.location.path, item.what) for item in report.items if item.kind == "Address"]
    assert guesses[0] == (
        "_posts/2024-01-02-links.md",
        "slug: links-2, because _posts/2024-01-01-links.md has the same address",
    )
    assert (report.posts, report.hidden, len(guesses), report.todo) == (9, 0, 8, 0)
    pages = [path for path in built(tmp_path / "new") if path.startswith("links")]
    assert sorted(pages) == [*(f"links-{number}/index.html" for number in range(2, 10)), "links/index.html"]


def test_citations_work_with_their_file_and_are_text_without_it(tmp_path: Path) -> None:
    posts = {
        "2024-01-01-a.md": "---\ntitle: A\n---\n\nAs [@he2016, p. 3] and [@no2020; @he2016] and [see @no2020] in `[@no2020]`.",
    }
    old = jekyll(tmp_path / "old", posts, **{"refs.bib": "@misc{he2016, author={He, K.}, title={T}, year=2016}\n"})
    report = run_import(old, tmp_path / "new")
    items = [(item.kind, item.what, item.todo) for item in report.items if item.kind == "Citation"]
    assert items == [
        (
            "Citation",
            'no entry of the bibliography has the key "no2020"',
            "write the entry into content/references.bib, and take out the \\ before @",
        )
    ]
    page = built(tmp_path / "new")["2024/01/01/a.html"].decode()
    assert "He, 2016</a>, p. 3) and [@no2020; " in page
    assert "[see @no2020] in <code>[@no2020]</code>" in page


def test_wikilinks_are_the_text_that_the_old_tool_showed(tmp_path: Path) -> None:
    text = "See [[Smith 2020]] and ![[x.png]].\n\n- [[week-4]]"
    old = jekyll(tmp_path / "old", {"2024-01-02-a.md": f"---\ntitle: A\n---\n\n{text}\n"})
    report = run_import(old, tmp_path / "new")
    assert body_of(tmp_path / "new", "2024-01-02-a.md") == text.replace("[[", "\\[[")
    assert [item.kind for item in report.items if item.kind == "Text to correct"] == ["Text to correct"] * 3
    page = built(tmp_path / "new")["2024/01/02/a.html"].decode()
    assert "<p>See [[Smith 2020]] and ![[x.png]].</p>" in page
