"""Marks of other tools: whatever they would have hidden is in no output, or the build stops at its place."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blog.markdown import MarkdownOptions
from blog.markdown.convert import convert_markdown
from blog.problems import BlogError, Location
from tests import foreign
from tests.foreign import STREAM, TOKEN, code, markdown, notebook
from tests.support.bounds import processor
from tests.support.publishing import build_folder, outputs, problems, publish
from tests.support.sites import site

NOTEBOOK = "content/posts/2024-05-01-p.ipynb"


@pytest.mark.parametrize("item", ["- published: false", "- hide: true"])
def test_the_list_of_fastpages_in_a_notebook_stops_the_build_at_its_line(tmp_path: Path, item: str) -> None:
    text = notebook(markdown("# My notes", "", item), markdown(TOKEN))
    (line,) = problems(tmp_path, {NOTEBOOK: text})
    assert line.startswith(f"{NOTEBOOK}: cell 1, line 3, column 1: ")
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


def said_of(tmp_path: Path, *cells: Any, **metadata: Any) -> list[str]:
    """What a build says of a notebook with a title and these cells, each with the word of its severity.

    The mark is in the last cell.
    """
    root = site(tmp_path, {NOTEBOOK: notebook(markdown("# Title"), *cells, **metadata)})
    try:
        found = build_folder(root).problems
    except BlogError as error:
        found = error.problems
    assert {problem.location.cell for problem in found} <= {0 if metadata else len(cells) + 1}  # the first is the title
    return [f"{problem.severity} {problem.message}" for problem in found]


SECRET = f'x = "{TOKEN}"'
FAULT = {"output_type": "stream", "name": "stderr", "text": [TOKEN]}
WHOLE = "hides nothing here: tag the cell remove-cell or private"
CODE = "hides nothing here: tag the cell remove-input, remove-cell or private"


@pytest.mark.parametrize(
    ("mark", "what"),
    [
        ("#hide", WHOLE), ("# hide", WHOLE), ("#|hide", WHOLE), ("#| hide", WHOLE), ("#| include: false", WHOLE), ("#|include:false", WHOLE),
        ("#| include: False", WHOLE), ("# HIDE", WHOLE), ("#hide_cell", WHOLE), ("# remove_cell", WHOLE), ("#hidden", WHOLE), ("#| hide: true", WHOLE),
        ("// hide", WHOLE), ("# @hidden_cell", WHOLE), ("# HIDDEN", WHOLE), ("# |hide", WHOLE), ("### BEGIN HIDDEN TESTS", CODE), ("//| include: false", WHOLE), ("--| include: false", WHOLE), ("# %% tags=['remove_cell']", WHOLE),
        ('# + tags=["remove-cell"]', WHOLE), ("#| tags: [remove-cell]", WHOLE), ("#| include=FALSE", WHOLE), ("#| draft: true", WHOLE),
        ("#| echo: false", CODE), ("# hide_input", CODE), ("#hide-input", CODE), ("#|hide_input", CODE), ("#| echo: no", CODE),
        ("# remove-input", CODE), ("#hide_code", CODE), ("# %% tags=['remove_input']", CODE),
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", ["", "%matplotlib inline", "# What follows loads the data."])
def test_code_that_another_tool_would_hide_stops_the_build_and_its_cell_is_named(
    tmp_path: Path, mark: str, what: str, before: str
) -> None:
    lines = [before, mark, SECRET] if before else [mark, SECRET]
    assert said_of(tmp_path, code("y = 1"), code(*lines)) == [f'error "{mark}" {what}']


@pytest.mark.parametrize(
    ("mark", "part"),
    [("#hide_output", "output"), ("#| output: false", "output"), ("#| results: hide", "output"), ("# remove_output", "output"),
     ("#| warning: false", "stderr"), ("#| message: false", "stderr")],
)  # fmt: skip
def test_outputs_that_another_tool_would_hide_stop_the_build_if_there_are_any(
    tmp_path: Path, mark: str, part: str
) -> None:
    what = f"hides nothing here: tag the cell remove-{part}, remove-cell or private"
    output = FAULT if part == "stderr" else STREAM
    assert said_of(tmp_path / "a", code(mark, "x", outputs=[output])) == [f'error "{mark}" {what}']
    assert said_of(tmp_path / "b", code(mark, "x")) == []
    assert said_of(tmp_path / "c", code(mark, "x", outputs=[output], tags=[f"remove-{part}"])) == []


@pytest.mark.parametrize("tags", [["private"], ["remove-cell"], ["remove_input"], ["remove-input", "remove-output"]])
def test_what_a_tag_hides_already_is_hidden(tmp_path: Path, tags: list[str]) -> None:
    assert said_of(tmp_path, code("#hide", SECRET, tags=tags)) == []


def test_a_tag_that_hides_the_code_alone_is_not_enough_for_the_outputs(tmp_path: Path) -> None:
    (line,) = said_of(tmp_path, code("#hide", "x", outputs=[STREAM], tags=["remove-input"]))
    assert line.startswith(f'error "#hide" {WHOLE}')


@pytest.mark.parametrize(
    "mark",
    [
        "#collapse",
        "#collapse-hide",
        "# collapse_show",
        "#collapse_output",
        "#| code-fold: true",
        '#@title Setup { display-mode: "form" }',
    ],
)
def test_what_another_tool_would_only_fold_is_a_warning(tmp_path: Path, mark: str) -> None:
    (line,) = said_of(tmp_path, code(mark, "x = 1"))
    assert line.startswith(f'warning "{mark}" folds nothing here: tag the cell hide-input')


@pytest.mark.parametrize("mark", ["#|export", "#export", "#| exporti"])
def test_code_that_nbdev_documents_instead_of_showing_it_is_a_warning(tmp_path: Path, mark: str) -> None:
    assert said_of(tmp_path, code(mark, "x = 1")) == [f'warning "{mark}" {CODE}']


@pytest.mark.parametrize(
    "lines",
    [["# hide the axes", "x"], ["x = 1", "# hide", "y"], ["x = 1  # hide"], ["# Hidden layers", "x"], ["s = '#hide'"], ["#| echo: true", "x"],
     ["#| include: true", "x"], ["#| label: fig-hide", "x"], ["# export", "x"], ["# collapse the tree", "x"], ["#| code-fold: false", "x"],
     ["#hide_axes(ax)", "x"], ["# private = True", "x"], ["# output: false positives", "x"], ["# TODO: hide", "x"], ["#| output: asis", "x"],
     ["#@title Setup", "x"], ["# %% plots", "x"], ["# tags: remove-cell is one", "x"], ["#| fig-cap: hide", "x"], ["#| hide: false", "x"]],
)  # fmt: skip
def test_other_comments_are_code(tmp_path: Path, lines: list[str]) -> None:
    assert said_of(tmp_path, code(*lines)) == []


def test_a_mark_of_nbdev_is_found_at_any_line(tmp_path: Path) -> None:
    (line,) = said_of(tmp_path, code("import os", "#hide", SECRET))
    assert line.startswith(f'error "#hide" {WHOLE}')
    (line,) = said_of(tmp_path, code("import os", f"{SECRET} #|hide_line"))
    assert TOKEN in line


@pytest.mark.parametrize("mark", ["#hide", "#| hide", "# hide", "<!-- hide -->", "#hide_input", "<!--#hide-->"])
def test_a_cell_of_text_that_nbdev_would_hide_stops_the_build(tmp_path: Path, mark: str) -> None:
    found = said_of(tmp_path, markdown(mark, TOKEN))
    assert f'error "{mark}" {WHOLE}' in found


@pytest.mark.parametrize("text", ["# Hide and seek", "hide", "#hideous", "#hide the axes", "<!-- hide the axes -->"])
def test_a_cell_of_text_that_speaks_of_hiding_is_text(tmp_path: Path, text: str) -> None:
    assert said_of(tmp_path, markdown(text, "words")) == []


@pytest.mark.parametrize("metadata", [{"jupyter": {"source_hidden": True}}, {"cellView": "form"}])
def test_code_that_is_folded_in_jupyterlab_or_colab_is_folded_here(tmp_path: Path, metadata: dict[str, Any]) -> None:
    text = notebook(
        markdown("# Title"), code("#@title A {display-mode: 'form'}" if "cellView" in metadata else "x = 1", **metadata)
    )
    page = publish(tmp_path, {NOTEBOOK: text})["posts/p/index.html"]
    assert "<summary>Code</summary>" in page


def test_outputs_that_are_folded_in_jupyterlab_are_folded_here(tmp_path: Path) -> None:
    cell = code("x = 1", outputs=[STREAM], jupyter={"outputs_hidden": True})
    page = publish(tmp_path, {NOTEBOOK: notebook(markdown("# Title"), cell)})["posts/p/index.html"]
    assert "<summary>Output</summary>" in page


def errors_in(tmp_path: Path, text: str) -> list[str]:
    """What a build says of a post with this text, as `line:column mark`; nothing if it is built."""
    root = site(tmp_path, {"content/posts/2024-05-01-p.md": f"# Title\n\n{text}\n"})
    try:
        build_folder(root)
    except BlogError as error:
        return [f"{found.location.line}:{found.location.column} {found.message}" for found in sorted(error.problems)]
    return []


def begins(mark: str, what: str = "a comment") -> str:
    return f'"{mark}" begins {what} in other tools; here it would be published'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{% comment %}LEAKTOKEN{% endcomment %}", f'3:1 {begins("{% comment %}")}'), ("a {%- comment -%}LEAKTOKEN{%- endcomment -%}", f'3:3 {begins("{%- comment -%}")}'),
        ("{% comment %}\n\nLEAKTOKEN\n\n{% endcomment %}", f'3:1 {begins("{% comment %}")}'), ("{% # LEAKTOKEN %}", f'3:1 {begins("{% # LEAKTOKEN %}")}'),
        ("{% if false %}LEAKTOKEN{% endif %}", f'3:1 {begins("{% if false %}")}'), ("{::comment}\nLEAKTOKEN\n{:/comment}", f'3:1 {begins("{::comment}")}'),
        ("a {{/* LEAKTOKEN */}}", f'3:3 {begins("{{/*")}'), ("{{- /* LEAKTOKEN */ -}}", f'3:1 {begins("{{- /*")}'),
        ("{{< comment >}}LEAKTOKEN{{< /comment >}}", f'3:1 {begins("{{< comment >}}")}'), ("{{% hidden %}}\n\nLEAKTOKEN\n\n{{% /hidden %}}", f'3:1 {begins("{{% hidden %}}")}'),
        ("{{< hidden >}}\n\nLEAKTOKEN", f'3:1 {begins("{{< hidden >}}")}'), ("{{!-- LEAKTOKEN --}}", f'3:1 {begins("{{!--")}'), ("{{-- LEAKTOKEN --}}", f'3:1 {begins("{{--")}'),
        ("b {# LEAKTOKEN #}", f'3:3 {begins("{#")}'), ("{#\n\nLEAKTOKEN\n\n#}", f'3:1 {begins("{#")}'), ("{/* LEAKTOKEN */}", f'3:1 {begins("{/*")}'),
        ("<%# LEAKTOKEN %>", f'3:1 {begins("<%#")}'), ("a {>>LEAKTOKEN<<} b", f'3:3 {begins("{>>")}'), ("a {--LEAKTOKEN--} b", f'3:3 {begins("{--")}'),
        ("[private]LEAKTOKEN[/private]", f'3:19 {begins("[/private]")}'), ("a %%LEAKTOKEN%% b", f'3:3 {begins("%%")}'), ("%%\nLEAKTOKEN\n%%", f'3:1 {begins("%%")}'),
        ("%%\n\nLEAKTOKEN\n\n- a\n\n%%", f'3:1 {begins("%%")}'), ("%% LEAKTOKEN\n\nmore %%", f'3:1 {begins("%%")}'), ("- a %% LEAKTOKEN %%", f'3:5 {begins("%%")}'),
        ("5 %% LEAKTOKEN %% b", f'3:3 {begins("%%")}'), ("%%\n\nLEAKTOKEN", f'3:1 {begins("%%")}'), ("# B %%LEAKTOKEN%%", f'3:5 {begins("%%")}'),
        ("% LEAKTOKEN", f'3:1 {begins("%")}'), ("Text\n% LEAKTOKEN", f'4:1 {begins("%")}'), ("[//]: # LEAKTOKEN", f'3:1 {begins("[//]:")}'),
        ("Text\n[//]: # (LEAKTOKEN)", f'4:1 {begins("[//]:")}'), ("[comment]: # (LEAKTOKEN (a) b)", f'3:1 {begins("[comment]:")}'),
        ("////\nLEAKTOKEN\n////", f'3:1 {begins("////")}'), ("#+begin_comment\nLEAKTOKEN\n#+end_comment", f'3:1 {begins("#+begin_comment")}'),
        ("[LEAKTOKEN]{.content-hidden}", f'3:12 {begins("{.content-hidden}", "a text that is not shown")}'),
        ('[LEAKTOKEN]{.content-visible when-format="pdf"}', "3:12 " + begins('{.content-visible when-format="pdf"}', "a text that is not shown")),
        ("## LEAKTOKEN {#a .hidden}", f'3:14 {begins("{#a .hidden}", "a text that is not shown")}'),
        ("<div>\n{% comment %}LEAKTOKEN{% endcomment %}\n</div>", f'4:1 {begins("{% comment %}")}'),
        ("| a |\n|---|\n| %%LEAKTOKEN%% |", f'5:3 {begins("%%")}'), ("> {% comment %}LEAKTOKEN{% endcomment %}", f'3:3 {begins("{% comment %}")}'),
    ],
)  # fmt: skip
def test_a_comment_of_another_tool_stops_the_build_at_its_place(tmp_path: Path, text: str, said: str) -> None:
    assert errors_in(tmp_path, text)[0] == said


@pytest.mark.parametrize(
    "mark",
    ['{.content-visible when-format="pdf"}', '{.content-hidden when-format="html"}', "{#a .hidden}", "{.callout .hidden}", "comment", "{.d-none}",
     '{style="display: none"}', '{.content-visible unless-format="html"}', '{.content-visible when-profile="draft"}', "hidden"],
)  # fmt: skip
def test_a_passage_that_another_tool_would_not_show_stops_the_build(tmp_path: Path, mark: str) -> None:
    assert errors_in(tmp_path, f"::: {mark}\nLEAKTOKEN\n:::")[0] == f'3:1 unknown name in "::: {mark}"'


@pytest.mark.parametrize(
    ("info", "first", "mark"),
    [
        ("{r, include=FALSE}", "", "include=FALSE"), ("{r setup, echo = F}", "", "echo = F"), ("{r results='hide'}", "", "results='hide"),
        ("{python}", "#| include: false", "#| include: false"), ("{python}", "#| echo: false", "#| echo: false"), ("{r}", "#| fig-show: hide", "#| fig-show: hide"),
        ("{.python .hidden}", "", ".hidden"), ("{comment}", "", "{comment}"), ('python tags=["remove_cell"]', "", 'tags=["remove_cell"]'), ("python hide_input=true", "", "hide_input=true"),
        ("{code-cell} ipython3", ":tags: [remove-cell]", ":tags: [remove-cell]"), ("{ojs}", "//| echo: false", "//| echo: false"),
    ],
)  # fmt: skip
def test_code_that_quarto_or_r_markdown_would_leave_out_stops_the_build(
    tmp_path: Path, info: str, first: str, mark: str
) -> None:
    said = errors_in(tmp_path, f"Text.\n\n```{info}\n{first}\nLEAKTOKEN\n```")
    assert said[0] == f'5:1 "{mark}" hides nothing here: the code would be published'


@pytest.mark.parametrize(
    "text",
    [
        "I am 100 %% sure, and 50 %% not.", "It is `{% comment %}` and `%% x %%`.", "```\n{% comment %}\n%%\n////\n```", "Use %%time and %%timeit.", "%%time is a magic.\n\n%%timeit is one.",
        "About 50\n% of all", "- % of users", "$\\{-- a --\\}$", "{% raw %}", "`[//]: # x`", "[//]: # (hidden)\n\nText", 'printf("%%")\n\nand "%%" again',
        "![x](https://x.org/a.png){.wide}", "## A {#hidden}", "## A {#id}", "Comments are {not hidden}.", "The {{< hiddenlayer >}} x", "a / / / / b", "https://x.org////a", "100%% and 20%%",
        "```python\n#| echo: false\n```", "```{python}\n#| echo: true\nx\n```", "```{.python .numberLines}\nx\n```", "    {% comment %}\n", "The word comment, hidden or private.",
        r"\{% comment %}", "::: {.callout-note}\na\n:::", '::: {.content-visible when-format="html"}\na\n:::', "# COMMENT\n\n.. a", "<!-- {% comment %} %% -->", "[comment]\n\n[hide] and [private]",
        "C:\\> echo %%a", "a {#- b", "See [%%] and %%.", "```{r}\nplot(x)\n```", "x <% y", "#hide", "#hashtag private",
    ],
)  # fmt: skip
def test_prose_and_code_that_speak_of_such_marks_are_no_comment(tmp_path: Path, text: str) -> None:
    assert errors_in(tmp_path, text) == []


@pytest.mark.parametrize("key", ["title", "summary"])
@pytest.mark.parametrize(
    "text", ["a {# LEAKTOKEN #}", "a {{/* LEAKTOKEN */}}", "{% comment %}LEAKTOKEN{% endcomment %}"]
)
def test_a_comment_of_another_tool_in_front_matter_stops_the_build(tmp_path: Path, key: str, text: str) -> None:
    other = "summary: a" if key == "title" else "title: a"
    (line,) = problems(
        tmp_path, {"content/posts/a.md": f"---\n{other}\n{key}: '{text}'\ndate: 2024-01-01\n---\nText\n"}
    )
    assert line.startswith("content/posts/a.md:3:")
    assert f'"{key}" is published as typed, with the comment "' in line


@pytest.mark.parametrize(
    "piece",
    [
        "%%",
        "%% ",
        "{% ",
        "{#",
        "{# ",
        "[/",
        "{--",
        "{>>",
        "]:",
        "]{",
        "{.",
        "////\n",
        "{{<",
        "% ",
        "a %%\n\n",
        "{ .hid",
    ],
)
def test_such_marks_are_looked_for_in_linear_time(piece: str) -> None:
    with processor(10):
        convert_markdown(piece * 20_000, Location("a.md"), MarkdownOptions())


@pytest.mark.parametrize("key", ["hide_input", "hideCode", "hide_code", "remove_cell", "hide"])
def test_metadata_by_which_an_extension_of_jupyter_hides_a_cell_stops_the_build(tmp_path: Path, key: str) -> None:
    advice = "remove-cell or private" if key in {"remove_cell", "hide"} else "remove-input"
    what = f'error "{key}" hides nothing here: tag the cell {advice}'
    assert said_of(tmp_path / "a", code("x", **{key: True})) == [what]
    assert said_of(tmp_path / "b", code("x", **{key: False})) == []
    assert said_of(tmp_path / "c", code("x", tags=["private"], **{key: True})) == []


def test_metadata_that_hides_all_code_of_a_notebook_stops_the_build(tmp_path: Path) -> None:
    (line,) = said_of(tmp_path / "a", code("x"), hide_input=True)
    assert line.startswith('error "hide_input" hides nothing here: tag each cell remove-input')
    assert said_of(tmp_path / "b", code("x"), hide_input=False) == []


def test_the_table_of_the_docs_is_that_of_the_tests() -> None:
    assert foreign.PAGE.read_text("utf-8") == foreign.page(), "write it anew: python -m tests.foreign"


def built(tmp_path: Path, files: dict[str, str | bytes]) -> tuple[str, list[str]]:
    """What a build does with a site, in the words of docs/hidden.md; and the outputs that have the hidden word."""
    root = site(tmp_path, files)
    try:
        found = build_folder(root).problems
    except BlogError:
        return "error", []
    leaks = {path: data for path, data in outputs(root).items() if TOKEN.encode() in data}
    warned = any(problem.severity == "warning" for problem in found)
    if not leaks:
        return "left out, warning" if warned else "hidden", []
    folded = b"<summary>Code" in leaks.get("posts/p/index.html", b"")
    if warned or not folded:
        return "warning" if warned else "published", sorted(leaks)
    return "folded", sorted(leaks)


@pytest.mark.parametrize("row", foreign.ROWS, ids=lambda row: f"{row.tool}: {row.mark}")
def test_what_another_tool_would_hide_is_treated_as_the_docs_say(tmp_path: Path, row: foreign.Row) -> None:
    result, leaks = built(tmp_path, {f"content/posts/{row.name}": row.text})
    assert result == row.result
    assert not leaks or row.result not in foreign.KEEPS


HIDING = [
    row
    for row in foreign.ROWS
    if row.result in foreign.KEEPS and row.name.endswith(".md") and row.text.startswith("# P")
]
PROSE = (
    "Some words.",
    "- a\n- b",
    "> a",
    "| a |\n|---|\n| b |",
    "100 %% sure.",
    "`{% comment %}`",
    "```\n%%\n```",
    "$x^2$",
    "<p>raw</p>",
    "## B",
    "[^1]\n\n[^1]: a",
)


@given(
    row=st.sampled_from(HIDING),
    before=st.lists(st.sampled_from(PROSE), max_size=4),
    after=st.lists(st.sampled_from(PROSE), max_size=4),
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_stands_around_a_mark_its_text_is_in_no_output_or_the_build_stops(
    row: foreign.Row, before: list[str], after: list[str]
) -> None:
    hidden = row.text.removeprefix("# P\n\n").rstrip("\n")
    text = "\n\n".join(["# P", *before, hidden, *after])
    with TemporaryDirectory() as folder:
        result, leaks = built(Path(folder), {"content/posts/2024-05-01-p.md": text})
    assert leaks == [], (result, text)


@given(
    row=st.sampled_from([row for row in foreign.ROWS if not row.name.endswith((".md", ".ipynb"))]),
    words=st.sampled_from(PROSE),
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_stands_below_the_header_of_another_format_it_is_in_no_output(row: foreign.Row, words: str) -> None:
    with TemporaryDirectory() as folder:
        _, leaks = built(
            Path(folder),
            {f"content/posts/{row.name}": f"{row.text}\n{words}\n", "content/posts/2024-05-01-a.md": "# A"},
        )
    assert leaks == []


CELLS = [row for row in foreign.ROWS if row.name.endswith(".ipynb") and row.result == foreign.ERROR]


@given(
    row=st.sampled_from(CELLS),
    lines=st.lists(st.sampled_from(["x = 1", "# hide the axes", "", "%time f()", "'#hide'"]), max_size=4),
    last=st.booleans(),
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_cells_stand_around_a_hidden_one_the_build_stops(
    row: foreign.Row, lines: list[str], last: bool
) -> None:
    stored = json.loads(row.text)
    stored["cells"].insert(len(stored["cells"]) if last else len(stored["cells"]) - 1, {"id": "z", **code(*lines)})
    with TemporaryDirectory() as folder:
        result, _ = built(Path(folder), {NOTEBOOK: json.dumps(stored)})
    assert result == "error"
