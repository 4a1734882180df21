"""Copies of documents under other names: those that hide something are not for readers."""

import json
from pathlib import Path

import pytest

from blog.content.foreign_sources import HEAD_BYTES, find_hidden_source, may_be_source
from tests.support.bounds import processor
from tests.support.publishing import build_folder, outputs, post, problems
from tests.support.sites import picture, site, told


def mark_in(data: bytes, path: str = "content/a.txt") -> str:
    """What hides a file, and where; empty if it is copied."""
    problem = find_hidden_source(data, path) if may_be_source(data[:HEAD_BYTES], path) else None
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
    (root / f"content/posts/{name}").write_text(SECRET.replace("draft: true\n", ""), encoding="utf-8")
    build_folder(root)
    assert f"posts/{name}" in outputs(root)
    (root / f"content/posts/{name}").write_text(SECRET, encoding="utf-8")
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
        assert may_be_source(data[:HEAD_BYTES])
        find_hidden_source(data, "content/a.txt")


@pytest.mark.parametrize(
    ("name", "text", "mark"),
    [
        ("a.org", "#+title: A\n#+draft: true\nx", "2:1 #+draft: true"), ("a.org", "#+HUGO_DRAFT: t\nx", "1:1 #+hugo_draft: t"),
        ("a.org", "* A\n:PROPERTIES:\n:EXPORT_HUGO_DRAFT: true\n:END:\n", "3:1 :export_hugo_draft: true"),
        ("a.org", "* A\nx\n* COMMENT Secret\nx", "3:1 * COMMENT"), ("a.org", "* TODO COMMENT Secret\nx", "1:1 * TODO COMMENT"),
        ("a.org", "x\n#+BEGIN_COMMENT\nx\n#+END_COMMENT", "2:1 #+BEGIN_COMMENT"), ("a.org", "x\n# a remark\n", "2:1 # a"),
        ("a.org", "* Secret :noexport:\nx", "1:1 * Secret :noexport:"), ("a.org", "#+filetags: :a:draft:\nx", "1:1 #+filetags: :a:draft:"),
        ("a.rst", ":status: draft\n\nx", "1:1 :status: draft"), ("a.rst", "A\n=\n\n:date: 2024-01-01\n:status: hidden\n", "5:1 :status: hidden"),
        ("a.rst", ".. title: A\n.. status: private\n\nx", "2:1 .. status: private"), ("a.rst", "x\n\n.. a remark\n\ny", "3:1 .. a"),
        ("a.rest", "x\n\n..\n   a remark\n\ny", "3:1 .."), ("a.rst", ".. visible: no\n", "1:1 .. visible: no"),
        ("a.adoc", "= A\n:draft: true\n", "2:1 :draft: true"), ("a.adoc", "= A\n:draft:\n", "2:1 :draft:"), ("a.asciidoc", ":page-draft: true\n", "1:1 :page-draft: true"),
        ("a.adoc", ":jbake-status: draft\n", "1:1 :jbake-status: draft"), ("a.adoc", ":!published:\n", "1:1 :!published:"),
        ("a.adoc", "x\n\n////\nsecret\n////\n", "3:1 ////"), ("a.adoc", "x\n// a remark\n", "2:1 //"), ("a.adoc", "[comment]\nx", "1:1 [comment]"),
        ("a.html", '<html><head><meta name="status" content="draft"></head>', '1:13 <meta name="status" content="draft">'),
        ("a.htm", "<meta content=hidden name='status'/>", "1:1 <meta content=hidden name='status'/>"),
        ("a.html", "<!--\n.. title: A\n.. status: draft\n-->\n", "3:1 .. status: draft"),
        ("a.html", '{\n  "title": "A",\n  "draft": true\n}\n<p>x', '3:4 draft": true'),
        ("a.txt", "Title: A\nStatus: draft\n\nx", "2:1 status: draft"), ("a.text", "\n\nTitle: A\nDraft: yes\n", "4:1 draft: yes"),
        ("a.lr", "title: A\n---\n_hidden: yes\n", "3:1 _hidden: yes"), ("a.textile", "x\nstatus: draft\n", "2:1 status: draft"),
        ("a.tex", "% status: draft\n\\documentclass{article}", "1:1 % status: draft"), ("a.tex", "x\n\\begin{comment}\nx\n", "2:1 \\begin{comment}"),
        ("a.tex", "x\n\\iffalse\nx\n\\fi", "2:1 \\iffalse"), ("a.py", "# ---\n# title: A\n# draft: true\n# ---\n\nx = 1\n", "3:3 draft: true"),
        ("a.org.bak", "#+draft: true\n", "1:1 #+draft: true"), ("a.rst.txt", ":status: draft\n", "1:1 :status: draft"),
        ("A.ORG", "#+draft: true\n", "1:1 #+draft: true"), ("a.org", "---\ndraft: true\n---\n", "2:1 draft: true"), ("a.adoc", "+++\ndraft = true\n+++\n", "2:1 draft = true"),
    ],
)  # fmt: skip
def test_the_source_of_another_tool_is_left_out_if_its_header_or_a_comment_hides_something(
    name: str, text: str, mark: str
) -> None:
    assert mark_in(text.encode(), f"content/posts/{name}") == mark


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", "<!doctype html>\n<html><head><meta name='viewport' content='width=1'><title>draft: true</title>"),
        ("a.html", "<meta name='robots' content='noindex'>"), ("a.html", "<p>\nstatus: draft\n</p>"), ("humans.txt", "/* TEAM */\nChef: Juanjo\nPublished: 2019\n"),
        ("robots.txt", "User-agent: *\nDisallow: /private\n"), ("a.txt", "A note.\n\nstatus: draft\n"), ("a.csv", "status,draft\ndraft: true\n"),
        ("a.org", "#+title: A\n#+draft: false\n* Comments\n#+begin_src python\n# code\n#+end_src\n"), ("a.org", "# -*- mode: org -*-\n* A\n"),
        ("a.org", "#+begin_export html\n# x\n#+end_export\n* A :tag:\n#hash\n"), ("a.rst", ".. title: A\n.. date: 2024\n\n.. note:: x\n\n.. _target:\n.. [1] x\n.. |a| image:: b\n"),
        ("a.rst", "A\n=\n\n:status: published\n\nx ... y\n"), ("a.adoc", "= A\n:toc:\n:draft!:\n:published:\n----\n// code\n----\nhttps://x.org\n"),
        ("a.adoc", "```\n// code\n```\n"), ("a.tex", "% A remark.\n\\documentclass[draft]{article}"), ("a.py", "# ---\n# title: A\n# ---\ndraft = True\n"),
        ("a.cpp", "// ---\nclass A { private: int x; };\n// ---\n"), ("a.txt", "{\n}\ndraft: true"), ("security.txt", "Contact: x\nExpires: 2030-01-01\n"),
        ("a.js", "// ----------\n// private: no\nx\n"), ("a.typ", "= Draft\n"), ("a.srt", "draft: true"),
    ],
)  # fmt: skip
def test_files_that_hide_nothing_are_copied_byte_for_byte(tmp_path: Path, name: str, text: str) -> None:
    root = site(tmp_path, {f"content/posts/{name}": text, "content/posts/a.md": post()})
    assert build_folder(root).problems == ()
    assert outputs(root)[f"posts/{name}"] == text.encode()


@pytest.mark.parametrize("line", [".. status: draft", "status: draft", "draft = true", ".. tags: a, draft"])
def test_a_header_of_nikola_in_a_file_of_its_own_stops_the_build(tmp_path: Path, line: str) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/2024-01-01-a.md": "# A\n\nSECRETWORD",
        "content/posts/2024-01-01-a.meta": f".. title: A\n{line}\n",
    }
    (problem,) = problems(tmp_path, files)
    what = f"nothing here reads this header, which hides something ({line})"
    assert (
        problem == f"content/posts/2024-01-01-a.meta:2:1: {what} (write it as front matter of the document beside it)"
    )


@pytest.mark.parametrize(("name", "text"), [
    ("later.org", "#+draft: true\nSECRETWORD"), ("later.html", "---\ndraft: true\n---\nSECRETWORD"), ("later.rst", ":status: draft\n\nSECRETWORD"),
    ("later.adoc", ":draft: true\n\nSECRETWORD"), ("later.txt", "---\ndraft: true\n---\nSECRETWORD"),
])  # fmt: skip
def test_a_draft_of_another_tool_is_in_no_output(tmp_path: Path, name: str, text: str) -> None:
    root = site(tmp_path, {f"content/posts/{name}": text})
    assert [problem.code for problem in build_folder(root).problems] == ["hidden-source"]
    assert [path for path, data in outputs(root).items() if b"SECRETWORD" in data] == []


@pytest.mark.parametrize(
    "piece",
    [
        "#+begin_src\n",
        "----\n",
        "* COMMENT",
        "# ",
        "* a :",
        ":draft",
        "<meta ",
        "%\n",
        "..\n",
        "# ---\n",
        "//",
        ".. tags: a,",
    ],
)
@pytest.mark.parametrize("name", ["a.org", "a.adoc", "a.rst", "a.html", "a.tex", "a.meta"])
def test_a_text_of_any_size_is_looked_at_in_linear_time(name: str, piece: str) -> None:
    data = (piece * 200_000).encode()
    with processor(5):
        may_be_source(data[:HEAD_BYTES], name)
        find_hidden_source(data, name)
