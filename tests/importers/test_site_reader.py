"""What all folder sources do alike: keys that say nothing without the old tool are listed, and all others kept."""

from pathlib import Path

from tests.importers.importing import body_of, built, old_blog, run_import

QUARTO = "project:\n  type: website\nwebsite:\n  title: T\n  site-url: https://old.example\n"
HEAD = "---\ntitle: A post\ndate: 2024-01-01\n"


def front_matter(target: Path, name: str) -> str:
    return (target / "content/posts" / name).read_text("utf-8").split("---\n")[1]


def test_keys_of_the_renderer_are_kept_and_those_of_the_editor_listed(tmp_path: Path) -> None:
    keys = "execute:\n  include: false\njupyter: python3\nformat: html\neditor: visual\nlayout: x\n"
    old = old_blog(tmp_path / "old", {
        "_quarto.yml": QUARTO, "posts/a.qmd": f"{HEAD}{keys}---\nText.\n", "posts/b.qmd": f"{HEAD}editor: source\n---\nText.\n",
    })  # fmt: skip
    report = run_import(old, tmp_path / "new")
    assert front_matter(tmp_path / "new", "a.md").partition("extra:\n")[2] == (
        "  execute:\n    include: false\n  jupyter: python3\n  format: html\n"
    )
    assert [
        (item.location.path, item.location.line, item.what) for item in report.items if "Key left" in item.kind
    ] == [
        ("posts/a.qmd", 8, '"editor" in 2 documents: it says nothing without the old tool'),
        ("posts/a.qmd", 9, '"layout" in 1 document: it says nothing without the old tool'),
    ]
    assert "posts/a.html" in built(tmp_path / "new")


def test_a_mark_of_hiding_in_a_table_makes_a_draft_and_the_table_is_left_out(tmp_path: Path) -> None:
    keys = "theme:\n  parts:\n    - hidden: true\n"
    old = old_blog(tmp_path / "old", {"_quarto.yml": QUARTO, "posts/a.qmd": f"{HEAD}{keys}---\nText.\n"})
    report = run_import(old, tmp_path / "new")
    assert front_matter(tmp_path / "new", "a.md") == "title: A post\ndate: 2024-01-01\ndraft: true\n"
    assert body_of(tmp_path / "new", "a.md") == "Text."
    assert [item.what for item in report.items if item.kind in {"Hidden document", "Key left out"}] == [
        "draft here: a mark of hiding in theme", '"theme" in 1 document: it says nothing without the old tool',
    ]  # fmt: skip


def test_a_header_of_pelican_that_is_not_valid_makes_a_draft(tmp_path: Path) -> None:
    old = old_blog(tmp_path / "old", {
        "pelicanconf.py": 'SITENAME = "T"\n', "content/a.md": "---\ntitle: A\ndate: 2024-01-01\n*oops\n---\nText.\n",
    })  # fmt: skip
    report = run_import(old, tmp_path / "new")
    assert report.hidden == 1
    assert [item.what for item in report.items if item.kind == "Front matter"] != []
    assert body_of(tmp_path / "new", "a.md") == "Text."


def test_without_a_plugin_pelican_showed_no_notebook(tmp_path: Path) -> None:
    notebook = '{"cells": [{"cell_type": "markdown", "metadata": {}, "source": "- title: A\\n- date: 2024-01-01"}, '
    notebook += '{"cell_type": "markdown", "metadata": {}, "source": "Text."}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    for name, settings, hidden in [("one", "", 1), ("two", 'PLUGINS = ["pelican_jupyter.markup"]\n', 0)]:
        files = {"pelicanconf.py": f'SITENAME = "T"\n{settings}', "content/a.ipynb": notebook}
        report = run_import(old_blog(tmp_path / f"old-{name}", files), tmp_path / name)
        assert (report.posts, report.hidden) == (1, hidden)
    assert "draft here: MARKUP without ipynb" in (tmp_path / "one/IMPORTED.md").read_text("utf-8")
