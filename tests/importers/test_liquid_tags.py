"""The tags of Pelican's plugin liquid_tags."""

import json
from pathlib import Path

import pytest

from tests.importers.importing import body_of, old_blog, run_import
from tests.support.sites import picture

SETTINGS = 'SITENAME = "T"\nPATH = "content"\nPLUGINS = ["liquid_tags.img"]\nCODE_DIR = "code"\n'


@pytest.mark.parametrize(("tag", "markdown"), [
    ("{% img /images/a.png %}", "![](/images/a.png)"),
    ("{% img left /images/a.png 300 200 'The loss' %}", "![The loss](/images/a.png){width=300}"),
    ('{% img /images/a.png 300 "A title" "The loss" %}', "![The loss](/images/a.png){width=300}"),
    ("{% img /images/a.png The loss %}", "![The loss](/images/a.png)"),
    ("{% img %}", "`{% img %}`"),
    ("{% video https://x.example/a_run.mp4 240 180 %}", "![a run](https://x.example/a_run.mp4)"),
    ("{% include_code loop.py lang:python The loop %}", "```python\nfor a in b:\n    c\n```"),
    ("{% include_code gone.py %}", "`{% include_code gone.py %}`"),
])  # fmt: skip
def test_a_tag(tag: str, markdown: str, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "pelicanconf.py": SETTINGS,
        "content/a.md": f"Title: A\nDate: 2021-05-06\n\n{tag}\n",
        "content/code/loop.py": "for a in b:\n    c\n",
        "content/images/a.png": picture(8, 8),
    }
    run_import(old_blog(tmp_path / "old", files), tmp_path / "new")
    assert body_of(tmp_path / "new", "a.md") == markdown


@pytest.mark.parametrize(
    ("cells", "shown"), [("", "ABC"), (" cells[1:]", "BC"), (" cells[0:-1]", "AB"), (" language[r]", "ABC")]
)
def test_a_notebook_in_a_text_makes_a_notebook_of_the_post(cells: str, shown: str, tmp_path: Path) -> None:
    code = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": 1, "source": name} for name in "ABC"
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": code}
    tag = f"{{% notebook runs/loss.ipynb{cells} %}}"
    files: dict[str, str | bytes] = {
        "pelicanconf.py": f"{SETTINGS}NOTEBOOK_DIR = 'nb'\n",
        "content/a.md": f"Title: A\nDate: 2021-05-06\n\nBefore.\n\n{tag}\n\nBehind, `{tag}`.\n",
        "content/nb/runs/loss.ipynb": json.dumps(notebook),
    }
    run_import(old_blog(tmp_path / "old", files), tmp_path / "new")
    made = json.loads((tmp_path / "new/content/posts/a.ipynb").read_text())["cells"]
    assert [cell["source"] for cell in made[1:]] == ["Before.", *shown, f"Behind, `{tag}`."]
    assert "title: A" in made[0]["source"]


def test_a_notebook_that_is_not_there_is_listed(tmp_path: Path) -> None:
    files = {"pelicanconf.py": SETTINGS, "content/a.md": "Title: A\nDate: 2021-05-06\n\n{% notebook gone.ipynb %}\n"}
    report = run_import(old_blog(tmp_path / "old", files), tmp_path / "new")
    assert report.todo_kinds() == [("Template tag notebook", 1)]
