"""What `blog check` says of bibliographies."""

from pathlib import Path

from blog.check.check import check_site
from tests.support.publishing import order, post
from tests.support.sites import site


def notes(root: Path) -> list[str]:
    found = check_site(order(root)).problems
    return [
        f"{problem.location.format(problem.location.path)}: {problem.severity}: {problem.message} ({problem.hint})"
        for problem in found
        if problem.code in {"unused-entry", "no-work-link"}
    ]


def test_entries_that_no_text_cites_and_works_without_a_link_are_notes(tmp_path: Path) -> None:
    root = site(tmp_path, {
        "content/references.bib": "@misc{a, title={A}}\n@misc{b, title={B}, doi={10.1000/1}}\n@misc{c, title={C}}\n@misc{d, title={D}}\n",
        "content/posts/own.bib": "@misc{own, title={O}, url={https://example.org/}}\n@misc{a, title={A}}\n",
        "content/posts/x.md": post("X", text="[@a; @b]"),
        "content/posts/y.md": post("Y", text="::: private\n@d\n:::", draft="true"),
        "content/posts/z.md": post("Z", text="[@own]", bibliography="own.bib"),
    })  # fmt: skip
    assert notes(root) == [
        'content/posts/own.bib:2:1: note: no text cites "a" (cite it by [@a], or delete it)',
        'content/references.bib:1:1: note: "a" has no DOI, arXiv id or address: readers cannot open it (add doi = {…} or url = {…})',
        'content/references.bib:3:1: note: no text cites "c" (cite it by [@c], or delete it)',
        'content/references.bib:4:1: note: "d" has no DOI, arXiv id or address: readers cannot open it (add doi = {…} or url = {…})',
    ]


def test_of_a_whole_library_the_unused_entries_are_counted(tmp_path: Path) -> None:
    entries = "".join(f"@misc{{k{number}, title={{T}}, eprint={{1706.03762}}}}\n" for number in range(1200))
    files = {"content/zotero.bib": entries, "content/posts/a.md": post("A", text="[@k1]")}
    assert notes(site(tmp_path / "a", files)) == [
        "content/zotero.bib:1:1: note: no text cites 1,199 of the 1,200 entries (export only those that you cite)"
    ]
    listed = {**files, "content/posts/a.md": post("A", text='::: publications {file="/zotero.bib"}\n:::')}
    assert notes(site(tmp_path / "b", listed)) == []
