"""Copies of documents under other names: those that hide something are not for readers."""

import json
from pathlib import Path

import pytest

from blog.copies import HEAD, hidden_source, may_be_source
from tests.bounds import processor
from tests.publishing import build_folder, outputs, post
from tests.sites import picture, site, told


def mark_in(data: bytes, path: str = "content/a.txt") -> str:
    """What hides a file, and where; empty if it is copied."""
    problem = hidden_source(data, path) if may_be_source(data[:HEAD]) else None
    if problem is None:
        return ""
    (line,) = told([problem])
    start = " warning hidden-source: left out: it is the source of a document that hides something ("
    end = ") -- name it as a document, such as .md, or move it out of the content folder"
    assert start in line
    assert line.endswith(end)
    return line.replace(start, " ").removesuffix(end)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("---\ntitle: S\ndraft: true\n---\nx", "3:1 draft: true"), ("+++\ndraft = true\n+++\n", "2:1 draft = true"),
        ("\n\n---\nprivate: yes\n---\n", "4:1 private: yes"), ("---\n'draft': True\n---\n", "2:2 draft': true"),
        ("---\n{title: S, draft: true}\n---\n", "2:12 draft: true"), ("---\npublished: false\n---\n", "2:1 published: false"),
        ("---\nextra:\n  draft: on\n---\n", "3:3 draft: on"), ("---\nstatus: draft\n---\n", "2:1 status: draft"),
        ("---\ndraft:\n  true\n---\n", "2:1 draft: true"), ("---\ndraft: ture\n---\n", "2:1 draft: ture"),
        ("---\nunlisted: true\n", "2:1 unlisted: true"), ("---yaml\ndraft: true\n---\n", "2:1 draft: true"),
        ("\u2014\ndraft: true\n\u2014\n", "2:1 draft: true"), ("```yaml\n---\ndraft: true\n---\n```\n", "3:1 draft: true"),
        ("---\n\uff44raft\uff1a true\n---\n", "2:1 draft: true"), ("---\nis_draft: true\n---\n", "2:1 is_draft: true"),
        ("---\ntitle: A\n---\nx\n\n::: private\ny\n:::\n", "6:1 ::: private"),
        ("---\ntitle: A\n---\nx\n\n> \uff1a\uff1a\uff1a {.private}\n", "6:1 ::: private"),
        ("---\nhidden: true\n...\nx", "2:1 hidden: true"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_front_matter_that_hides_is_found_in_every_encoding(text: str, mark: str, encoding: str, ends: str) -> None:
    assert mark_in(text.replace("\n", ends).encode(encoding)) == mark


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: A\ndraft: false\npublished: 2019\nstatus: done\n---\nprivate: true\n", "private: true\n", "", "---", "--- \n",
        "draft: true\n---\n", '{"private": true}', '{"name": "x", "private": true, "cells": []}', "\0\0\0\0", "::: private\n",
        "---\n---\nbody { color: red }\n", "- a\n---\ndraft: true",
    ],
)  # fmt: skip
def test_other_files_are_copied(text: str) -> None:
    assert mark_in(text.encode()) == ""


def test_a_file_of_data_is_no_front_matter_unless_that_ends() -> None:
    assert mark_in(b"---\nprivate: true\n", "content/x.yml") == ""
    assert mark_in(b"---\nprivate: true\n---\nx", "content/x.yaml") == "2:1 private: true"


def notebook(metadata: object = None, **cell: object) -> str:
    return json.dumps({
        "cells": [{"cell_type": "markdown", "metadata": {}, "source": ["x"], **cell}],
        "metadata": metadata or {}, "nbformat": 4, "nbformat_minor": 5,
    }, indent=1)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        (notebook(metadata={"private": True}), '"private": true'), (notebook(metadata={"draft": True}), '"draft": true'),
        (notebook(metadata={"tags": ["private"]}), '"private"'), (notebook(source=["draft: true\n", "y"]), '"draft: true"'),
        (notebook(source=["---\n", "published: false\n", "---"]), '"published: false"'),
    ],
)  # fmt: skip
def test_a_notebook_under_another_name_is_left_out_if_it_hides_something(text: str, mark: str) -> None:
    assert mark_in(text.encode(), "content/n.json").endswith(f" {mark}")


@pytest.mark.parametrize("tag", ["private", "remove-cell", "remove_input", "remove-output"])
def test_a_notebook_under_another_name_is_left_out_if_it_hides_a_cell(tag: str) -> None:
    assert mark_in(notebook(metadata={}).replace('"metadata": {}', f'"metadata": {{"tags": ["a", "{tag}"]}}').encode())


def test_a_notebook_that_hides_nothing_is_copied() -> None:
    assert mark_in(notebook(source=['x = ["private"]\n', "private = 'a'"]).encode()) == ""


SECRET = post("S", draft="true", text="SECRETWORD")


@pytest.mark.parametrize("name", ["a.txt", "sedAb12", "d", "page.html", "4913", "a.png", "a.svg", "deep/er/a.data"])
def test_a_hidden_document_is_not_published_under_any_name(tmp_path: Path, name: str) -> None:
    root = site(tmp_path, {f"content/posts/{name}": SECRET, "content/posts/a.md": post()})
    report = build_folder(root)
    assert [path for path, data in outputs(root).items() if b"SECRETWORD" in data] == []
    assert [problem.code for problem in report.problems] == ["hidden-source"]
    (root / f"content/posts/{name}").write_text(SECRET.replace("draft: true\n", ""))
    build_folder(root)
    assert f"posts/{name}" in outputs(root)
    (root / f"content/posts/{name}").write_text(SECRET)
    build_folder(root)
    assert f"posts/{name}" not in outputs(root)


def test_a_picture_and_a_file_are_copied_as_they_are(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/p.png": picture(4, 4),
        "content/a.txt": "---\n",
        "content/b.bin": bytes(9),
    }
    root = site(tmp_path, files)
    assert build_folder(root).problems == ()
    assert {"p.png", "a.txt", "b.bin"} <= outputs(root).keys()


@pytest.mark.parametrize("piece", ["\n", " ", "draft: ", '"draft": ', "---\n", ":::", "[", '"', "is_", "> ::: "])
@pytest.mark.parametrize("head", ["---\n", '{"cells": '])
def test_a_head_of_any_size_is_looked_at_in_linear_time(head: str, piece: str) -> None:
    data = (head + piece * 200_000).encode()
    with processor(5):
        assert may_be_source(data[:HEAD])
        hidden_source(data, "content/a.txt")
