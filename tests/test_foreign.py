"""Marks of other tools: whatever they would have hidden is in no output, or the build stops at its place."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.publishing import problems, publish

TOKEN = "LEAKTOKEN"


def notebook(*cells: Any, **metadata: Any) -> str:
    """A notebook of nbformat 4.5, as Jupyter writes it."""
    stored = [{"id": f"c{number}", **cell} for number, cell in enumerate(cells)]
    return json.dumps({"cells": stored, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def markdown(*lines: str, **metadata: Any) -> dict[str, Any]:
    """A cell of text."""
    return {"cell_type": "markdown", "metadata": metadata, "source": [f"{line}\n" for line in lines]}


def code(*lines: str, outputs: Any = (), **metadata: Any) -> dict[str, Any]:
    """A cell of code."""
    source = [f"{line}\n" for line in lines]
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata,
        "outputs": list(outputs),
        "source": source,
    }


NOTEBOOK = "content/posts/2024-05-01-p.ipynb"


@pytest.mark.parametrize("item", ["- published: false", "- hide: true"])
def test_the_list_of_fastpages_in_a_notebook_stops_the_build_at_its_line(tmp_path: Path, item: str) -> None:
    text = notebook(markdown("# My notes", "", item), markdown(TOKEN))
    (line,) = problems(tmp_path, {NOTEBOOK: text})
    row = next(number for number, written in enumerate(text.split("\n"), 1) if item in written)
    assert line.startswith(f"{NOTEBOOK}:{row}:")
    assert ": this line is in the text and hides nothing (front matter stands once" in line


def test_the_list_of_fastpages_hides_nothing_in_a_cell_of_its_own_either(tmp_path: Path) -> None:
    text = notebook(markdown("# My notes"), markdown("- hide: true"), markdown(TOKEN))
    (line,) = problems(tmp_path, {NOTEBOOK: text})
    assert ": this line is in the text and hides nothing (" in line


def test_the_same_list_in_the_middle_of_an_essay_is_text(tmp_path: Path) -> None:
    cells = markdown("# My notes", "", "Jekyll has a key for it.", "", "- published: false"), markdown("- hide: true")
    found = publish(tmp_path, {NOTEBOOK: notebook(*cells)})
    assert "<li>published: false</li>" in found["posts/p/index.html"]
    assert "<li>hide: true</li>" in found["posts/p/index.html"]
