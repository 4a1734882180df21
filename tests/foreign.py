"""Marks of other tools, each with a file that has it: the table of docs/hidden.md is made from these rows.

`python -m tests.foreign` writes it anew.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

from tests.reference import replace_generated

TOKEN = "LEAKTOKEN"
PAGE = Path(__file__).parent.parent / "docs/hidden.md"
START = "<!-- made from tests/foreign.py, by `python -m tests.foreign` -->\n"
ERROR, LEFT_OUT, WARNING, HIDDEN, FOLDED = "error", "left out, warning", "warning", "hidden", "folded"
KEEPS = frozenset({ERROR, LEFT_OUT, HIDDEN})
"""What keeps the text from readers."""


class Row(NamedTuple):
    """A mark, and what a build does with it."""

    tool: str
    mark: str
    result: str
    name: str
    text: str

    def line(self) -> str:
        """Its row of the table."""
        marks = self.mark.replace("|", "\\|").split(" … ")
        shown = " … ".join(f"`` {mark} ``" if "`" in mark else f"`{mark}`" for mark in marks)
        return f"| {self.tool} | {shown} | {self.result} |"


def notebook(*cells: dict[str, Any], **metadata: Any) -> str:
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


STREAM = {"output_type": "stream", "name": "stdout", "text": [TOKEN]}


def _matter(tool: str, line: str, result: str) -> Row:
    mark = " … ".join(line.split("\n"))
    return Row(tool, mark, result, "2024-05-01-p.md", f"---\ntitle: P\n{line}\n---\n{TOKEN}\n")


def _head(tool: str, line: str) -> Row:
    return Row(tool, line, ERROR, "2024-05-01-p.md", f"{line}\n\n# P\n\n{TOKEN}\n")


def _text(tool: str, before: str, after: str = "", result: str = ERROR) -> Row:
    mark = " … ".join(part.strip() for part in (before, after) if part.strip())
    return Row(tool, mark.replace("\n", " "), result, "2024-05-01-p.md", f"# P\n\n{before}{TOKEN}{after}\n")


def _file(tool: str, mark: str, suffix: str, text: str = "{}\nLEAKTOKEN\n", result: str = LEFT_OUT) -> Row:
    return Row(tool, mark, result, f"2024-05-01-p{suffix}", text.replace("{}", mark))


def _cell(tool: str, mark: str, result: str) -> Row:
    return Row(tool, mark, result, "2024-05-01-p.ipynb", notebook(markdown("# P"), code(mark, TOKEN, outputs=[STREAM])))


def _data(tool: str, result: str, **metadata: Any) -> Row:
    mark = json.dumps(metadata)[1:-1]
    return Row(tool, mark, result, "2024-05-01-p.ipynb", notebook(markdown("# P"), code(TOKEN, **metadata)))


ROWS = (
    _matter("Jekyll", "published: false", HIDDEN), _text("Jekyll", "{% comment %}", "{% endcomment %}"),
    Row("Jekyll", "_drafts/", HIDDEN, "_drafts/p.md", f"# P\n\n{TOKEN}\n"),
    Row("Jekyll", "draft: true", LEFT_OUT, "2024-05-01-p.html", f"---\ndraft: true\n---\n{TOKEN}\n"),
    _text("Jekyll", "{::comment}\n", "\n{:/comment}"),
    _matter("Hugo", "draft: true", HIDDEN), _matter("Hugo", "headless: true", ERROR), _matter("Hugo", "build: {render: never}", ERROR),
    _matter("Hugo", "expiryDate: 2020-01-01", ERROR), _matter("Hugo", "publishDate: 2099-01-01", ERROR), _text("Hugo", "{{/*", "*/}}"),
    _text("Hugo", "{{< comment >}}", "{{< /comment >}}"), _file("Hugo", "#+draft: true", ".org"), _file("Hugo", ":draft: true", ".adoc"),
    _head("Pelican", "Status: draft"), _head("Pelican", "Status: hidden"), _head("Pelican", "Status: skip"), _file("Pelican", ":status: draft", ".rst"),
    _file("Pelican", '<meta name="status" content="draft">', ".html"),
    _head("Nikola", ".. status: private"), _head("Nikola", ".. visible: no"), _head("Nikola", ".. tags: draft"), _file("Nikola", ".. status: draft", ".rst"),
    _file("Nikola", ".. status: draft", ".meta", result=ERROR),
    _matter("Quarto", "execute:\n  echo: false", ERROR), _text("Quarto", "::: {.content-hidden}\n", "\n:::"),
    _text("Quarto", '::: {.content-visible when-format="pdf"}\n', "\n:::"), _text("Quarto", "[", "]{.content-hidden}"), _text("Quarto", "{{< hidden >}}\n"),
    _cell("Quarto", "#| include: false", ERROR), _cell("Quarto", "#| echo: false", ERROR), _cell("Quarto", "#| output: false", ERROR),
    _cell("Quarto", "#| code-fold: true", WARNING), _text("Quarto", "```{python}\n#| include: false\n", "\n```"),
    _text("R Markdown", "```{r, include=FALSE}\n", "\n```"), _text("R Markdown", "```{r, echo=FALSE}\n", "\n```"),
    _file("R Markdown", "draft: true", ".Rmd", "---\n{}\n---\nLEAKTOKEN\n"),
    Row("fastpages", "- published: false", ERROR, "2024-05-01-p.ipynb", notebook(markdown("# P", "", "- published: false"), markdown(TOKEN))),
    Row("fastpages", "- hide: true", ERROR, "2024-05-01-p.ipynb", notebook(markdown("# P", "", "- hide: true"), markdown(TOKEN))),
    _cell("fastpages", "#hide", ERROR), _cell("fastpages", "#hide_input", ERROR), _cell("fastpages", "#hide_output", ERROR), _cell("fastpages", "#collapse", WARNING),
    _cell("nbdev", "#| hide", ERROR), _cell("nbdev", "#| export", WARNING), Row("nbdev", "#hide", ERROR, "2024-05-01-p.ipynb", notebook(markdown("# P"), markdown("#hide", TOKEN))),
    _data("nbconvert", HIDDEN, tags=["remove_cell"]), _data("nbconvert", HIDDEN, tags=["remove_input"]), _data("nbsphinx", ERROR, nbsphinx="hidden"),
    _data("Jupyter", ERROR, hide_input=True), _data("Jupyter", ERROR, hideCode=True), _data("Jupyter Book", FOLDED, tags=["hide-input"]),
    _text("Jupyter Book, MyST", "% "), _text("Jupyter Book, MyST", "```{code-cell} ipython3\n:tags: [remove-cell]\n", "\n```"),
    _data("JupyterLab, VS Code", FOLDED, jupyter={"source_hidden": True}), _data("Colab", FOLDED, cellView="form"),
    _cell("Colab", '#@title A { display-mode: "form" }', WARNING), _cell("Watson Studio", "# @hidden_cell", ERROR), _cell("nbgrader", "### BEGIN SOLUTION", ERROR), _cell("Jupytext", '# %% tags=["remove_cell"]', ERROR),
    _text("Jupytext", '```python tags=["remove_cell"]\n', "\n```"), _file("Jupytext", "# draft: true", ".py", "# ---\n{}\n# ---\nLEAKTOKEN\n"),
    _matter("MkDocs", "draft: true", HIDDEN), _matter("MkDocs", "hide: [toc]", ERROR), _text("MkDocs, Zola, Eleventy", "{# ", " #}"),
    _matter("Obsidian", "publish: false", ERROR), _text("Obsidian", "%%", "%%"), _text("Obsidian", "%%\n", "\n%%"),
    _text("Pandoc", "[//]: # (", ")", HIDDEN), _text("Pandoc", "[//]: # "), _text("Pandoc", "::: {.hidden}\n", "\n:::"), _text("Pandoc", "## ", " {.hidden}"),
    _text("Docusaurus, Astro", "{/* ", " */}"), _text("Ghost", "{{!-- ", " --}}"), _text("Middleman", "<%# ", " %>"), _text("CriticMarkup", "{>>", "<<}"),
    _text("every tool", "<!-- ", " -->", HIDDEN), _file("Org", "#+begin_comment", ".org"), _file("Org", "* COMMENT A", ".org"), _file("Org", "* A :noexport:", ".org"),
    _file("reStructuredText", ".. a comment", ".rst"), _file("AsciiDoc", "////", ".adoc"), _file("LaTeX", "\\begin{comment}", ".tex"), _file("Lektor", "_hidden: yes", ".lr"),
    _file("MultiMarkdown", "Status: draft", ".txt", "Title: A\n{}\n\nLEAKTOKEN\n"),
)  # fmt: skip


def table() -> str:
    """The table, as Markdown."""
    return "\n".join(["| tool | mark | here |", "|---|---|---|", *(row.line() for row in ROWS)]) + "\n"


def page() -> str:
    """All of docs/hidden.md as it should be."""
    return replace_generated(PAGE, START, table())


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
