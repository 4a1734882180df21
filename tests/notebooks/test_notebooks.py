"""Notebooks: cells with their numbers and lines, the best form of each output, and an error for what would be published."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import lxml.etree
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blog.notebooks import Cell, CellOutput, Notebook, parse_notebook
from blog.notebooks.tables import read_html
from blog.notebooks.terminal_text import render_terminal_text
from blog.problems import BlogError
from tests.support.bounds import processor
from tests.support.sites import told

PNG = b"\x89PNG\r\n\x1a\n----"
SAVE = "restore it from git or from .ipynb_checkpoints"
FIGURE = "save the figure as PNG or SVG too, or tag the cell remove-output"


def stored(data: bytes) -> str:
    return base64.encodebytes(data).decode()


def code(source: Any = "x = 1", *outputs: Any, **metadata: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": list(outputs)}


def markdown(source: Any = "Text", **metadata: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source, "metadata": metadata}


def raw(source: Any, **metadata: Any) -> dict[str, Any]:
    return {"cell_type": "raw", "source": source, "metadata": metadata}


def display(data: Any, metadata: Any = None) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": {} if metadata is None else metadata}


def stream(text: Any, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def written(*cells: Any, indent: int | None = 1, **top: Any) -> str:
    """A notebook as Jupyter writes it: each cell begins in a line of its own."""
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **top}, indent=indent)


def notebook(*cells: Any, **top: Any) -> Notebook:
    found = parse_notebook(written(*cells, **top), "a.ipynb")
    assert told(found.problems) == []
    return found


def one(cell: Any) -> Cell:
    (found,) = notebook(cell).cells
    return found


def outputs(*values: Any) -> tuple[CellOutput, ...]:
    return one(code("x", *values)).outputs


def wrong(*cells: Any) -> list[str]:
    """The problems of these cells."""
    return told(parse_notebook(written(*cells), "a.ipynb").problems)


def said(*cells: Any) -> list[str]:
    """What is said, without positions."""
    return [line.split(" ", 1)[1] for line in wrong(*cells)]


def refused(text: str) -> list[str]:
    with pytest.raises(BlogError) as caught:
        parse_notebook(text, "a.ipynb")
    assert {problem.location.path for problem in caught.value.problems} == {"a.ipynb"}
    return told(caught.value.problems)


# Cells


def test_markdown_and_code_cells_come_in_their_order() -> None:
    found = notebook(markdown("# A"), code("b = 1\n"), markdown(["C\n", "D\n", "\n"]))
    assert [(cell.kind, cell.text) for cell in found.cells] == [
        ("markdown", "# A"),
        ("code", "b = 1"),
        ("markdown", "C\nD"),
    ]
    assert not any(cell.private or cell.folds_input or cell.folds_output for cell in found.cells)


@pytest.mark.parametrize("source", ["", [], " \n", ["\n", "\t"]])
def test_an_empty_cell_is_none(source: Any) -> None:
    assert notebook(code(source), markdown(source), raw(source)).cells == ()


def test_code_without_a_source_keeps_its_output() -> None:
    cell = one(code("", stream("a\n")))
    assert (cell.text, cell.rows, cell.outputs) == ("", ((1, 1),), (CellOutput("text", "a"),))


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_each_line_knows_where_in_its_cell_it_stands(ends: str) -> None:
    lines = ["a = 'ä'", '\tb = "\\n"', "", "c"]
    (_, cell) = notebook(markdown("x"), code([line + ends for line in lines])).cells
    assert cell.text == "\n".join(lines)
    assert cell.rows == ((2, 1), (2, 2), (2, 3), (2, 4))


def test_lines_are_those_of_the_text_and_not_of_the_strings_in_which_it_is_stored() -> None:
    assert one(markdown(["a", "b\r", "\nc", "", "d"])).text == "ab\ncd"
    assert one(markdown('a\\n\nb\r\n"c"')).text == 'a\\n\nb\n"c"'


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({}, "python"),
        ({"language_info": {"name": "R"}, "kernelspec": {"language": "x"}}, "R"),
        ({"kernelspec": {"language": "julia"}}, "julia"),
        ({"language_info": {"name": ""}}, "python"),
        ({"language_info": {"name": 1}}, "python"),
    ],
)
def test_the_language_is_that_of_the_kernel(metadata: Any, language: str) -> None:
    assert notebook(metadata=metadata).language == language


# Tags


def test_what_is_removed_by_a_tag_is_not_there() -> None:
    output = stream("SECRET"), stream("WARNING", "stderr")
    found = notebook(
        code("A", *output, tags=["remove-cell"]),
        markdown("B", tags=["remove_cell"]),
        code("C", *output, tags=["remove-input"]),
        code("D", *output, tags=["remove_output"]),
        code("E", *output, tags=["remove-stderr"]),
        code("F", *output, tags=["remove-input", "remove-output"]),
        markdown("G", tags=["remove-input"]),
        raw("H", tags=["remove-cell"]),
    )
    assert [(cell.text, [output.text for output in cell.outputs]) for cell in found.cells] == [
        ("", ["SECRET", "WARNING"]),
        ("D", []),
        ("E", ["SECRET"]),
    ]
    assert [cell.number for cell in found.cells] == [3, 4, 5]


@pytest.mark.parametrize("tag", ["private", "Private", "PRIVATE", " private "])
def test_a_private_cell_says_so(tag: str) -> None:
    assert one(markdown("a", tags=["x", tag])).private
    assert one(code("a", stream("/home/ada/x"), tags=[tag])).private
    assert notebook(raw("a", tags=[tag])).cells == ()


def test_hide_tags_fold() -> None:
    tags = ("hide-input", "hide_output", "hide-cell")
    found = [one(code(tags=[tag])) for tag in tags]
    assert [(cell.folds_input, cell.folds_output) for cell in found] == [(True, False), (False, True), (True, True)]


@pytest.mark.parametrize("tag", ["privat", "privte", "is-private", "my_private_notes_of_monday", "Prviate"])
def test_a_tag_that_is_nearly_private_is_an_error(tag: str) -> None:
    assert wrong(markdown("a", tags=[tag])) == [
        f'cell-1 error tag: the tag "{tag}" hides nothing -- did you mean "private"?'
    ]


@pytest.mark.parametrize(
    ("tag", "meant"),
    [
        ("remove-cel", "remove-cell"),
        ("Removeinput", "remove-input"),
        ("remove-outputs", "remove-output"),
        ("remove", "remove-cell"),
    ],
)
def test_a_tag_that_nearly_removes_is_an_error(tag: str, meant: str) -> None:
    assert said(markdown("a", tags=[tag])) == [f'error tag: the tag "{tag}" hides nothing -- did you mean "{meant}"?']


@pytest.mark.parametrize("tag", ["draft", "Hidden", "no_export"])
def test_a_tag_that_someone_could_take_for_private_is_an_error(tag: str) -> None:
    hint = 'write "private", or choose another word'
    assert said(markdown("a", tags=[tag])) == [f'error tag: the tag "{tag}" hides nothing -- {hint}']


@pytest.mark.parametrize("key", ["private", "Tags", "tag"])
def test_metadata_that_looks_as_if_it_hid_the_cell_is_an_error(key: str) -> None:
    assert wrong(markdown("a", **{key: True})) == [
        f'cell-1 error tag: "{key}" hides nothing here -- write "tags": ["private"]'
    ]


@pytest.mark.parametrize(
    "tag", ["\uff50\uff52\uff49\uff56\uff41\uff54\uff45", "pr\u0456vate", "remove\uff0dcell", "\uff32EMOVE_CELL"]
)
def test_a_tag_hides_in_whatever_letters_it_is_typed(tag: str) -> None:
    assert [cell for cell in notebook(markdown("a", tags=[tag])).cells if not cell.private] == []


OF_CELL = 'write "tags": ["private"] in the metadata of the cell'
OF_NOTEBOOK = "write draft: true or private: true in front matter, in the first cell"


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ({"jupyter": {"tags": ["private"]}}, "tags"), ({"vscode": {"a": {"b": {"c": {"private": True}}}}}, "private"),
        ({"labels": ["x", "Private"]}, "labels"), ({"keywords": "a, private"}, "keywords"), ({"draft": True}, "draft"),
        ({"is_private": 1}, "is_private"), ({"published": False}, "published"), ({"a": [{"b": [{"draft": "yes"}]}]}, "draft"),
        ({"nbsphinx": "hidden"}, "nbsphinx"), ({"metadata": {"tags": ["remove-cell"]}}, "tags"),
        ({"\uff44\uff52\uff41\uff46\uff54": True}, "\uff44\uff52\uff41\uff46\uff54"),
    ],
)  # fmt: skip
def test_a_mark_elsewhere_in_the_metadata_is_an_error(metadata: dict[str, Any], name: str) -> None:
    error = f'error tag: "{name}" hides nothing here -- '
    assert said({**markdown("a"), "metadata": metadata}) == [f"{error}{OF_CELL}"]
    (line,) = told(parse_notebook(written(markdown("a"), metadata=metadata), "a.ipynb").problems)
    assert line.endswith(error + OF_NOTEBOOK)
    assert said({**markdown("a"), "metadata": {**metadata, "tags": ["private"]}}) == []


@pytest.mark.parametrize(
    "more", [{"tags": ["private"]}, {"private": True}, {"draft": True}, {"jupyter": {"private": True}}]
)
def test_a_mark_beside_the_metadata_is_an_error(more: dict[str, Any]) -> None:
    (line,) = said({**markdown("a"), **more})
    assert line.endswith(f" hides nothing here -- {OF_CELL}")


def test_a_mark_of_an_output_is_an_error_at_its_place() -> None:
    output = display({"text/plain": "a"}, {"tags": ["private"]})
    (line,) = wrong(code("a", output))
    assert line.endswith(f'error tag: "tags" hides nothing here -- {OF_CELL}')


def test_metadata_of_other_tools_hides_nothing_and_is_no_slip() -> None:
    metadata = {
        "jupyter": {"source_hidden": True, "outputs_hidden": True}, "hidden": True, "collapsed": True, "status": "draft",
        "published": 2019, "draft": False, "widgets": {"state": {"private": True}}, "colab": {"private_outputs": True},
        "keywords": "private investors", "slideshow": {"slide_type": "skip"}, "deep": [[[[[[[[[[{"a": 1}]]]]]]]]]],
    }  # fmt: skip
    assert said({**markdown("a"), "metadata": metadata}) == []


def test_metadata_that_is_nested_deeply_ends() -> None:
    deep: Any = {"draft": True}
    for _ in range(400):
        deep = [deep]
    assert len(said({**markdown("a"), "metadata": {"a": deep}})) == 1


def test_tags_of_other_tools_mean_nothing() -> None:
    tags = ["parameters", "injected-parameters", "raises-exception", "skip-execution", "full-width", "output_scroll", "margin",
            "hide-cell", "hide-input", "hide-output", "skip", "data", ""]  # fmt: skip
    assert one(markdown("a", tags=tags)).text == "a"


# Front matter


@pytest.mark.parametrize("make", [raw, markdown])
@pytest.mark.parametrize("fence", ["---", "+++"])
def test_front_matter_stands_in_a_first_raw_or_markdown_cell(make: Any, fence: str) -> None:
    block = f"{fence}\ntitle: T\n{fence}"
    found = notebook(code(""), make(f"\n{block}"), markdown("Text"))
    assert found.head == f"\n{block}"
    assert found.head_cell == 2
    assert [cell.text for cell in found.cells] == ["Text"]


def test_what_follows_front_matter_is_a_cell_with_its_own_lines() -> None:
    text = markdown(["---\n", "title: T\n", "--- \n", "\n", "# A\n", "b"], tags=["private"])
    found = notebook(code(""), text)
    assert (found.head, found.head_cell) == ("---\ntitle: T\n--- \n", 2)
    (cell,) = found.cells
    assert (cell.text, cell.private) == ("\n# A\nb", True)
    assert cell.rows == ((2, 4), (2, 5), (2, 6))


@pytest.mark.parametrize("first", ["---\ntitle: T", "----\na\n---", " ---\na: b\n ---", "--- yaml\na: b\n----", "—\n"])
def test_what_is_nearly_front_matter_is_never_taken_for_text(first: str) -> None:
    found = notebook(markdown(first), markdown("Text"))
    assert (found.head, [cell.text for cell in found.cells]) == (first.rstrip(), ["Text"])


@pytest.mark.parametrize("first", ["Text\n---\na\n---", "- a", "# ---", "* * *"])
def test_a_first_cell_without_a_block_is_a_cell(first: str) -> None:
    found = notebook(markdown(first))
    assert (found.head, found.head_cell, found.cells[0].text) == ("", 0, first)


def test_after_code_there_is_no_front_matter() -> None:
    assert notebook(code("a"), markdown("---\na\n---")).head == ""


def test_a_raw_cell_is_shown_nowhere_and_an_error() -> None:
    hint = "make it a Markdown cell; front matter stands in the first cell, between lines --- or +++"
    assert wrong(raw("draft: true"), markdown()) == [f"cell-1 error cell: a raw cell is not shown -- {hint}"]


# Outputs


def test_pieces_of_one_stream_are_one_text() -> None:
    found = outputs(stream(["a\n", "b"]), stream("c\n"), stream("d\n", "stderr"), stream("e"), stream("\n"))
    assert found == (CellOutput("text", "a\nbc"), CellOutput("text", "d"), CellOutput("text", "e"))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("\n\n  a\nb\n\n", "  a\nb"),
        ("\x1b[31mred\x1b[0m \x1b[1;38;5;12mblue\x1b[m", "red blue"),
        ("\x1b]8;;http://a\x1b\\link\x1b]8;;\x07", "link"),
        ("\x1b(Ba\x1b7\x9b1mb\x1b", "ab"),
        ("\x1b]0;never closed", ""),
        ("a\x00\x07b\x0c\ud800", "ab"),
        ("a\r\nb", "a\nb"),
        ("  0%|   |\r 50%|#  |\r100%|###|\n", "100%|###|"),
        ("abcdef\rxy", "xycdef"),
        ("abcdef\rxy\x1b[K", "xy"),
        ("abcdef\rxy\x1b[1K", "   def"),
        ("ab\x1b[2K\rc", "c"),
        ("abc\b\bX", "aXc"),
        ("a\x1b[2Kb", " b"),
        ("abc\x1b[1K\rxy\x1b[1K", ""),
        ("a\rb\x1b[A\x1b[31mc\nd", "bc\nd"),
        ("\b\ba", "a"),
        ("epoch 1\nloss 0.9\x1b[A\repoch 2\nloss 0.5\n", "epoch 2\nloss 0.5"),
        ("a\nb\x1b[2K\rc", "a\nc"),
        ("a\nb\nc\x1b[2A\rX\x1b[B\rY", "X\nY\nc"),
        ("a\x1b[B\rb", "a\nb"),
        ("ab\x1b[2DX\x1b[CY", "XbY"),
        ("a\nb\nc\x1b[2F\x1b[J\x1b[32md\x1b[0m", "d"),
        ("a\nb\x1b[Ec", "a\nb\nc"),
        ("one\ntwo\x1b[2J\x1b[Hnew", "new"),
        ("one\ntwo\x1b[1;1H\x1b[Jnew", "new"),
        ("one\ntwo\nx\x1b[2;2H\x1b[1J", "  o\nx"),
        ("one\ntwo\x1b[5Gx\x1b[1dy", "one  y\ntwo x"),
        ("a\x1b7bc\x1b8X", "aXc"), ("a\x1b[sbc\x1b[uX", "aXc"), ("a\nb\x1bM\rX\x1bE\rY", "X\nY"),
        ("a\x1b[999999999Ab\x1b[999999999999999999D\x1b[9999999Bc", "ab\n" + "\n" * 22 + "c"),
        ("a\tb\tc", "a\tb\tc"), ("a\tb\rX", "X       b"), ("abcdefghij\r\tX", "abcdefghXj"),
        ("損失 0.9\r損失 0.5", "損失 0.5"), ("損失\rX", "X 失"), ("損失\b\b誤", "損誤"), ("損失\bX", "損 X"), ("損失\b\x1b[K.", "損 ."),
        ("損失\x1b[3D\x1b[1Kx", " x失"),
        ("e\u0301a\rX", "Xa"), ("\U0001f600\rab", "ab"),
        ("\x1b_message\x1b\\a\x1bPq#0\x1b\\b", "ab"),
        ("a\nb\nc\x1b[0Ad", "a\nbd\nc"), ("x\x1b[005Ay", "xy"), ("a\x1b[?25l\x1b[?25hb\rX", "Xb"),
    ],
)  # fmt: skip
def test_a_text_is_what_a_terminal_shows_at_the_end(text: str, left: str) -> None:
    assert render_terminal_text(text) == left


ERASE = ("\x1b[K", "\x1b[1K", "\x1b[2K")


@given(st.lists(st.sampled_from(["a", "bcd", "\r", "\b", "\x1b[m", *ERASE]), max_size=20))
def test_a_line_is_what_was_written_over_it(written: list[str]) -> None:
    cells: dict[int, str] = {}
    at = 0
    for piece in written:
        if piece in ERASE:
            gone = {"\x1b[K": range(at, 99), "\x1b[1K": range(at + 1), "\x1b[2K": range(99)}[piece]
            cells = {place: sign for place, sign in cells.items() if place not in gone}
        elif piece.isalpha():
            cells |= {at + index: sign for index, sign in enumerate(piece)}
            at += len(piece)
        else:
            at = {"\r": 0, "\b": max(at - 1, 0)}.get(piece, at)
    assert render_terminal_text("".join(written)) == "".join(cells.get(place, " ") for place in range(99)).rstrip()


MOTIONS = {"\x1b[A": (-1, 0), "\x1b[2B": (2, 0), "\x1b[C": (0, 1), "\x1b[3D": (0, -3), "\b": (0, -1)}
JUMPS = {"\r": 0, "\x1b[4G": 3}


@given(
    st.lists(st.sampled_from(["a", "bcd", "\n", *JUMPS, *MOTIONS, *ERASE, "\x1b[J", "\x1b[1J", "\x1b[2J"]), max_size=25)
)
def test_a_screen_is_what_was_written_over_it(written: list[str]) -> None:
    cells: dict[tuple[int, int], str] = {}
    row = column = 0
    for piece in written:
        if piece.isalpha():
            cells |= {(row, column + index): sign for index, sign in enumerate(piece)}
            column += len(piece)
        elif piece == "\n":
            row, column = row + 1, 0
        elif piece in JUMPS:
            column = JUMPS[piece]
        elif piece in MOTIONS:
            row, column = max(row + MOTIONS[piece][0], 0), max(column + MOTIONS[piece][1], 0)
        else:
            at, what = (row, column), piece[2:-1] or "0"
            first, last = (at if what == "0" else (0, 0)), (at if what == "1" else (99, 99))
            lines = range(99) if piece.endswith("J") else range(row, row + 1)
            gone = {place for place in cells if first <= place <= last and place[0] in lines}
            cells = {place: sign for place, sign in cells.items() if place not in gone}
    if row < 24:
        screen = ["".join(cells.get((line, at), " ") for at in range(99)).rstrip() for line in range(60)]
        assert render_terminal_text("".join(written)) == "\n".join(screen).strip("\n")


def test_a_progress_bar_of_several_lines_is_shown_as_it_was_left() -> None:
    tqdm = "".join(f"\router {n}\n\rinner {n}\x1b[K\x1b[A" for n in range(10_000)) + "\n\n"
    assert render_terminal_text(tqdm) == "outer 9999\ninner 9999"
    keras = "".join(f"\x1b[1m{n}/3\x1b[0m \x1b[32m━━\x1b[0m\x1b[37m\x1b[0m" + "\b" * 6 for n in (1, 2, 3))
    assert render_terminal_text(f"Epoch 1/2\n{keras}\nEpoch 2/2\n\r{keras}") == "Epoch 1/2\n3/3 ━━\nEpoch 2/2\n3/3 ━━"
    rich = "Work ━━   0%\nLoad ━━   0%" + "".join(
        f"\r\x1b[2K\x1b[1A\x1b[2KWork ━━ {n:3}%\nLoad ━━ {n:3}%" for n in (50, 100)
    )
    assert render_terminal_text(f"\x1b[?25l{rich}\n\x1b[?25h") == "Work ━━ 100%\nLoad ━━ 100%"


def test_a_motion_in_a_later_piece_of_a_stream_writes_over_an_earlier_one() -> None:
    assert outputs(stream("epoch 1\nloss 0.9"), stream(["\x1b[A\r", "epoch 2\n"])) == (
        CellOutput("text", "epoch 2\nloss 0.9"),
    )
    assert outputs(stream("50%", "stderr"), stream("\r99%", "stderr")) == (CellOutput("text", "99%"),)


@pytest.mark.parametrize(
    "piece",
    ["a\x1b[1K", "a\x1b[2K", "a\x1b[K", "a\r", "ab\b", "\x1b]", "\x1b[", "\x1bP", "\n\x1b[A", "\x1b[999999999A", "a\x1b[B", "a\x1b[m",
     "\x1b[H\x1b[999Ba\x1b[1J", "\ra\x1b[999C\x1b[1K", "\nx\x1b7\x1b[Ha\x1b8\x1b[1J", "x\x1b7\ra\x1b8\x1b[1K", "\n\x1b[99Cx", "損\b",
     "e\u0301\b", "\x1b[A\x1b[B\n", "a\n\x1b[2J"],
)  # fmt: skip
def test_the_time_for_what_a_terminal_was_told_grows_no_faster_than_the_text(piece: str) -> None:
    with processor(8):
        render_terminal_text(piece * 100_000)


@pytest.mark.parametrize(
    ("name", "opening", "suffix"),
    [
        ("image/png", PNG, ".png"),
        ("image/jpeg", b"\xff\xd8\xff", ".jpg"),
        ("image/gif", b"GIF89a", ".gif"),
        ("image/webp", b"RIFF", ".webp"),
    ],
)
def test_a_picture_is_decoded(name: str, opening: bytes, suffix: str) -> None:
    data = opening + bytes(200)
    pieces = [f"{line}\n" for line in stored(data).split("\n")]
    assert outputs(display({name: stored(data)})) == (CellOutput("picture", "", data, suffix),)
    assert outputs(display({"text/plain": "<Figure>", name: pieces})) == (CellOutput("picture", "", data, suffix),)


def test_a_drawing_comes_before_a_picture_and_a_picture_before_text() -> None:
    forms = {
        "text/plain": "x",
        "text/html": "<table></table>",
        "image/png": stored(PNG),
        "image/svg+xml": ["<svg>", "é</svg>"],
    }
    assert outputs(display(forms)) == (CellOutput("picture", "", drawn("é"), ".svg"),)
    del forms["image/svg+xml"]
    assert [output.suffix for output in outputs(display(forms))] == [".png"]
    del forms["image/png"]
    assert [output.kind for output in outputs(display(forms))] == ["table"]


@pytest.mark.parametrize(
    ("metadata", "size", "alt"),
    [
        ({"image/png": {"width": 400, "height": 300}}, (400, 300), ""),
        ({"width": 400, "height": 300}, (400, 300), ""),
        ({"image/png": {"alt": "Two\x00 lines"}}, None, "Two lines"),
        ({"image/png": {"width": 400}, "height": 300}, None, ""),
        ({"image/png": {"width": True, "height": -1, "alt": 1}}, None, ""),
        ({"image/png": {"width": 10**30, "height": 1}}, None, ""),
    ],
)
def test_a_picture_has_the_size_and_words_that_the_notebook_gives(metadata: Any, size: Any, alt: str) -> None:
    assert outputs(display({"image/png": stored(PNG)}, metadata)) == (CellOutput("picture", alt, PNG, ".png", size),)


def drawn(inner: str, attributes: str = "") -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg"{attributes}>{inner}</svg>'.encode()


RUNS = "an SVG picture that can run scripts is not shown"
BROKEN = "an SVG picture that is not well-formed XML is not shown"


@pytest.mark.parametrize(
    ("inner", "message"),
    [
        ("<script>a</script>", RUNS),
        ("<x:SCRIPT xmlns:x='http://www.w3.org/1999/xhtml'/>", RUNS),
        ("<script xmlns='http://www.w3.org/1999/xhtml'/>", RUNS),
        ("<foreignObject/>", RUNS),
        ("<g ONLOAD = 'a'/>", RUNS),
        ('<g\nonclick="a"/>', RUNS),
        ("<a href='java\nscript:a'/>", RUNS),
        ("<a href=' &#106;avascript&#58;a'/>", RUNS),
        ("<set attributeName='href' to='javascript:a'/>", RUNS),
        ("<animate attributeName='href' values='#a; javascript:a'/>", RUNS),
        ("<?xml-stylesheet href='a.css'?>", RUNS),
        ("<scr<!-- -->ipt>a</scr<!-- -->ipt>", BROKEN),
        ("<scr\x01ipt>a</scr\x01ipt>", BROKEN),
        ("<g on<!-- -->load='a'/>", BROKEN),
        ("<a href='java<metadata></metadata>script:a'/>", BROKEN),
        ("<g onload=a/>", BROKEN),
        ("<svg:script/>", BROKEN),
        ("&a;", BROKEN),
        ("<g>" * 100_000, "an SVG picture that is nested too deeply is not shown"),
    ],
)
def test_a_drawing_that_can_run_scripts_gives_way_to_the_next_form(inner: str, message: str) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg">{inner}</svg>'
    cell = code("x", display({"image/svg+xml": svg, "text/plain": "plain"}))
    assert said(cell) == [f"warning output: {message} -- save the figure as PNG, or without scripts and links"]
    assert parse_notebook(written(cell), "a.ipynb").cells[0].outputs == (CellOutput("text", "plain"),)


@pytest.mark.parametrize(
    "declaration", ["<!ENTITY a 'b'>", "<!ENTITY % a SYSTEM 'file:///etc/passwd'>%a;", "<!ATTLIST svg class CDATA 'a'>"]
)
def test_a_drawing_has_no_document_type_of_its_own(declaration: str) -> None:
    cell = code("x", display({"image/svg+xml": f"<!DOCTYPE svg [{declaration}]><svg>a</svg>"}))
    assert said(cell)[0].startswith(f"warning output: {RUNS}")


@pytest.mark.parametrize("svg", ["<html/>", "<svg>", "a", "<svg/>a"])
def test_what_is_no_drawing_is_not_shown(svg: str) -> None:
    assert said(code("x", display({"image/svg+xml": svg})))[0].startswith("warning output: an SVG picture")


IMAGE = "data:image/png;base64,iVBORw0KGgo="


@pytest.mark.parametrize(
    ("inner", "left"),
    [
        ("<text>loss on=3, only = 3, javascript, conditions = 'a'</text>", None),
        ('<g class="a" id="b" role="img" aria-label="onload=1: javascript:2"><title>T</title><desc>D</desc></g>', None),
        ('<defs><clipPath id="p"><rect x="1" y="2"/></clipPath><linearGradient id="g" gradientUnits="userSpaceOnUse"/></defs>', None),
        ('<g clip-path="url(#p)" fill="url(#g)" style="stroke: #000000; marker-end: url(#m); fill: rgb(1, 2, 3)"/>', None),
        ('<g transform="translate(1 2) scale(0.1 -0.1)"><path d="M 0 1"/><use href="#a" x="1.5"/></g>', None),
        ('<style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style>', None),
        ("<style>.a &gt; b:nth-child(2){fill: url(#g)} @media print{a{color: red}}</style>", None),
        (f'<image width="1" href="{IMAGE}"/>', None),
        ('<animate attributeName="opacity" values="0;1" dur="1s" repeatCount="indefinite"/>', None),
        ("<text>a<!-- secret -->b</text><metadata>secret<script/></metadata><x:y xmlns:x='urn:x'>secret</x:y>", "<text>ab</text>"),
        ("<g data-a='1' x:a='2' xmlns:x='urn:x'></g>", "<g/>"),
        ("<a href='https://example.com/'><text>a</text></a>", "<a><text>a</text></a>"),
        ("<image href='https://example.com/a.png'/><image href='data:image/svg+xml,a'/><use href='a.svg#b'/>", "<image/><image/><use/>"),
        ("<g fill='url(https://example.com/)' style='fill:u/**/rl(//a)' filter=\"url( 'a.svg#b' )\"/>", '<g fill="none" filter="none"/>'),
        ("<g style='fill: \\75rl(a)' mask='image-set(&quot;a&quot; 1x)'/>", "<g/>"),
        ('<style>@import url("https://a.example/?b;c"); a{fill: url(https://a)}</style>', "<style>  a{fill: none}</style>"),
        ("<style><![CDATA[</style><script>a</script>]]></style>", "<style>&lt;/style&gt;&lt;script&gt;a&lt;/script&gt;</style>"),
        ("<style>a{b: expression(c)}</style><style>@impor\\74 'a'</style>", "<style></style><style></style>"),
        ("<set attributeName='href' to='#a'/><set attributeName='style' to='a'/><g/>", "<g/>"),
    ],
)  # fmt: skip
def test_a_drawing_is_drawn_anew_of_what_can_be_seen(inner: str, left: str | None) -> None:
    shown = outputs(display({"image/svg+xml": f"<svg>{inner}</svg>"}))[0].data
    assert shown == drawn(inner if left is None else left)
    assert outputs(display({"image/svg+xml": shown.decode()}))[0].data == shown


def test_a_drawing_keeps_its_links_within_by_their_old_name() -> None:
    links = ' xmlns:xlink="http://www.w3.org/1999/xlink"'
    svg = f'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd"><s:svg xmlns:s="http://www.w3.org/2000/svg"{links} viewBox="0 0 1 1"><s:use xlink:href="#a"/></s:svg>'
    assert outputs(display({"image/svg+xml": svg}))[0].data == drawn(
        '<use xlink:href="#a"/>', f'{links} viewBox="0 0 1 1"'
    )


PIECES = ("<g>", "</g>", "<script>", "</script>", "<style>", "</style>", "a{b:", "url(", "'", '"', ")", "#a", "/*", "*/", "@import ", ";", "\\75rl(",
          "<!--", "-->", "<![CDATA[", "]]>", "<a href='", "javascript:", "&#106;", "<metadata>", "</metadata>", "x:", " onload='a'", "/>", ">", "<image href='",
          "https://a", "data:image/png;base64,A", "<set attributeName='href' to='", "<foreignObject/>", "&lt;", "<?xml-stylesheet a?>", "<g xmlns='urn:a'>")  # fmt: skip
SEEN = {"a", "g", "image", "set", "style", "svg"}


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_whatever_a_drawing_is_made_of_nothing_in_it_runs(pieces: list[str]) -> None:
    whole = "".join(pieces)
    for svg in (f"<svg>{whole}</svg>", f"<svg><style>{whole}</style></svg>", f'<svg><g style="{whole}"/></svg>'):
        shown = parse_notebook(written(code("x", display({"image/svg+xml": svg}))), "a.ipynb").cells[0].outputs
        for drawing in shown:
            for element in lxml.etree.fromstring(drawing.data).iter():
                assert str(element.tag).removeprefix("{http://www.w3.org/2000/svg}") in SEEN
                assert set(element.attrib) <= {"href", "style"}
                values = [
                    *map(str, element.attrib.values()),
                    (element.text or "") * str(element.tag).endswith("}style"),
                ]
                assert not any(re.search(r"script:|\\|@import|url\((?!#a|['\"]#a)", value) for value in values)
                assert not str(element.get("href", "#")).startswith(("http", "x"))
            assert outputs(display({"image/svg+xml": drawing.data.decode()})) == (drawing,)


@pytest.mark.parametrize(
    "piece",
    ["<!--", "-->", "--><metadata>", "<g>", "<g/>", "<a ", "<a b='", "&#65;", "<style>/*", "<style>url(", "<style>@import '", "<style>a{}</style>",
     "<g style='fill:url(#a)'/>"],
)  # fmt: skip
def test_the_time_for_a_drawing_grows_no_faster_than_it_does(piece: str) -> None:
    with processor(4):
        parse_notebook(written(code("x", display({"image/svg+xml": f"<svg>{piece * 100_000}</svg>"}))), "a.ipynb")
        parse_notebook(
            written(code("x", display({"image/svg+xml": f"<svg><style>{piece * 100_000}</style></svg>"}))), "a.ipynb"
        )


@pytest.mark.parametrize("text", ["a-", "(", "@", "javascript ", "*/ ", "/*", "@import ", "url( ", "url('"])
def test_the_time_for_a_style_in_a_drawing_grows_no_faster_than_it_does(text: str) -> None:
    with processor(4):
        outputs(display({"image/svg+xml": f"<svg><style>({text * 100_000}</style></svg>"}))


def test_the_time_for_the_words_of_a_picture_grows_no_faster_than_these() -> None:
    with processor(2):
        outputs(display({"image/png": stored(PNG)}, {"image/png": {"alt": "--><!--" * 100_000}}))


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ('<style scoped>\n.a{}</style>\n<table border="1" class="dataframe"><tr style="x"><td>1</td></tr></table>',
         '<table class="dataframe"><tbody><tr><td>1</td></tr></tbody></table>'),
        ("<TABLE ID=a><td colspan=2>a &lt; &eacute;<br/><img src=a.png alt='\"'>",
         '<table><tbody><tr><td colspan="2">a &lt; é<br><img src="a.png" alt="&quot;"></td></tr></tbody></table>'),
        ("</div><table><!-- secret --><b>a</table>b</p>", "<table><tbody><tr><td><b>a</b></td></tr></tbody></table>b"),
        ("<table><thead><tr><th> <th title='x>y'>a<th scope=row>b<tbody><tr><th>c",
         '<table><thead><tr><td></td><th title="x&gt;y" scope="col">a</th><th scope="row">b</th></tr></thead><tbody><tr><th scope="row">c</th></tr></tbody></table>'),
        ("<html><body><table></table></body></html>", "<table></table>"),
        ("<table><a href='#b' onx>", None),
        ("<table><a href=' java\tscript:b'>", None),
        ("<table><a href='file:///etc/passwd'>", None),
        ("<table><a href='\x01data:image/svg+xml,<svg onload=a>'>", None),
        ("<table><td><img src='data:image/png;base64,AA'>", '<table><tbody><tr><td><img src="data:image/png;base64,AA"></td></tr></tbody></table>'),
        ("<table><base href=https://a.example/>", None),
        ("<table><a href='java&#9;script&colon;b'>", None),
        ("<table><td><scr<!-- -->ipt>a", "<table><tbody><tr><td>&lt;script&gt;a</td></tr></tbody></table>"),
        ("<table><script>a", None),
        ("<iframe></iframe>", None),
        ("<![CDATA[", ""),
        ("<b>bold</b>", ""),
        ("&lt;table>", ""),
    ],
)  # fmt: skip
def test_a_table_keeps_its_structure_and_text(html: str, safe: str | None) -> None:
    found = read_html(html)
    assert (found if found is None else found.html if found.has_table else "") == safe


FRAME = "<div><table><tr><td>1</td></tr></table>{}<button onclick='f()' title='Convert'>Convert</button><script>g()</script></div>"
CUT = "warning output: a part of an output that needs a script is left out -- tag the cell remove-output, or change what it puts out"


def test_a_table_that_comes_with_buttons_is_shown_without_them() -> None:
    shown_table = CellOutput("table", "<div><table><tbody><tr><td>1</td></tr></tbody></table></div>")
    for plain in ({}, {"text/plain": "   a\n0  1"}):
        cell = code("x", display({"text/html": FRAME.format(""), **plain}))
        assert parse_notebook(written(cell), "a.ipynb").cells[0].outputs == (shown_table,)
        assert said(cell) == [CUT]


def test_the_buttons_of_colab_beside_a_table_are_missed_by_nobody() -> None:
    colab = '<div class="colab-df-buttons"><style>a{}</style><svg><path d="M0"/></svg></div>'
    (output,) = outputs(display({"text/html": FRAME.format(colab), "text/plain": "   a\n0  1"}))
    assert (output.kind, "<td>1</td>" in output.text, "Convert" in output.text) == ("table", True, False)


@pytest.mark.parametrize("html", ["<table id='itables_1'><tr><td>Loading ITables</td></tr></table><script>a</script>", "<table></table><script>a</script>",
                                  "<table><tr><td><a href='file:///a'>a</a></td></tr></table>"])  # fmt: skip
def test_a_table_that_a_script_fills_gives_way_to_text(html: str) -> None:
    cell = code("x", display({"text/html": html, "text/plain": "a"}))
    assert parse_notebook(written(cell), "a.ipynb").cells[0].outputs == (CellOutput("text", "a"),)


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ('View run at <a href="https://x.example/r">r</a>', None),
        ("<p>a <b>b</b> <em>c</em><br>d</p><ul><li>e</li></ul><pre><code>f</code></pre>", None),
        ('<ol start="3" reversed=""><li value="5">a</li></ol>', None),
        ('<progress value="20" max="100"></progress> 20%', None),
        ('<meter min="0" max="1" low="0.2" high="0.8" optimum="1" value="0.9"></meter>', None),
        ('<details open=""><summary>a</summary>b</details>', None),
        ('<img src="https://x.example/a.png" alt="a" width="30" height="20">', None),
        ("<style>p{color: red}</style><p style='color: red' id='x'>a</p><!-- secret -->", "<p>a</p>"),
        ("<div hidden>secret</div><p>a</p><p style='color:red; Display : none'>secret<b>b</p>", "<p>a</p>"),
        ("<h1 id='a'>b</h1>c", "<h2>b</h2>c"),
        ("a<img hidden src=b><span style='visibility:hidden'>secret<i>c</i></span>", "a"),
        ("<table><tr><td>a</td><td hidden>secret</td></tr></table>", None),
    ],
)  # fmt: skip
def test_simple_html_is_shown_where_no_text_says_the_same(html: str, left: str | None) -> None:
    for plain in (
        "<IPython.core.display.HTML object>",
        "<IPython.lib.display.Code object>",
        "<a.b.Run at 0x7f00>",
        "<a.B object at 0x7F>",
    ):
        (output,) = outputs(display({"text/html": html, "text/plain": plain}))
        assert "secret" not in output.text
        assert output == CellOutput("html", left or html) or "<table" in html
    assert (
        outputs(display({"text/html": "<style>a{}</style> <div></div>", "text/plain": "<a.B object at 0x7F>"}))[0].kind
        == "text"
    )


@pytest.mark.parametrize(
    "name",
    ["application/vnd.google.colaboratory.intrinsic+json", "application/vnd.dataresource+json",
     "application/vnd.microsoft.datawrangler.viewer.v0+json", "application/json"],
)  # fmt: skip
def test_data_that_says_no_more_than_the_text_beside_it_is_left_out_in_silence(name: str) -> None:
    assert outputs(display({name: {"type": "string"}, "text/plain": "'resnet'"})) == (CellOutput("text", "'resnet'"),)
    assert said(code("x", display({name: {"type": "string"}}))) == [
        f"warning output: an output is left out: no page can show {name} -- {FIGURE}"
    ]


def test_html_without_a_table_gives_way_to_text() -> None:
    assert outputs(display({"text/html": "<b>Model()</b>", "text/plain": "Model()"})) == (
        CellOutput("text", "Model()"),
    )


def test_markdown_and_tex_are_taken_as_they_are() -> None:
    forms = {"text/latex": ["$\\frac12$\n"], "text/plain": "1/2"}
    assert outputs(display(forms)) == (CellOutput("latex", "$\\frac12$"),)
    assert outputs(display({**forms, "text/markdown": "a\r\n**b**"})) == (CellOutput("markdown", "a\n**b**"),)
    assert outputs(display({**forms, "text/markdown": "<b onclick='a'>"})) == (CellOutput("latex", "$\\frac12$"),)
    assert outputs(display({**forms, "text/markdown": "<img src=x onerror=alert(1)>"})) == (
        CellOutput("latex", "$\\frac12$"),
    )


@pytest.mark.parametrize(
    "forms",
    [
        {"application/vnd.plotly.v1+json": {"data": [{"x": [1, 2]}]}},
        {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}},
        {"application/javascript": "a"},
        {"text/html": "<div><script>a</script></div>"},
        {"text/markdown": "a <img src=x onerror=alert(1)> b"},
        {"text/markdown": "a <base href=https://evil.example/> b"},
        {"text/markdown": "<meta http-equiv=refresh content=0;url=https://evil.example/>"},
        {"text/latex": "$x$ <img src=x onerror=alert(2)>"},
    ],
)
def test_an_output_that_needs_a_script_is_shown_as_text_with_a_warning(forms: Any) -> None:
    assert said(code("x", display({**forms, "text/plain": "Figure"}))) == [
        f"warning output: an output that needs a script is shown as plain text -- {FIGURE}"
    ]
    assert said(code("x", display(forms))) == [f"warning output: an output that needs a script is left out -- {FIGURE}"]
    assert outputs(display({**forms, "image/png": stored(PNG)}))[0].kind == "picture"


def test_an_output_that_no_page_can_show_is_left_out_with_a_warning() -> None:
    line = "warning output: an output is left out: no page can show"
    forms = {"text/html": "<b></b>", "text/plain": "<IPython.core.display.HTML object>"}
    assert said(code("x", display(forms))) == [f"{line} text/html, text/plain -- {FIGURE}"]
    assert said(code("x", display({"video/mp4": "AAAA"}))) == [f"{line} video/mp4 -- {FIGURE}"]
    assert outputs(display({}), display({"text/plain": ["\n"]}), stream("\n")) == ()


def test_an_error_is_its_traceback_without_colors() -> None:
    error = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[31m---\x1b[0m", "E: v"]}
    assert outputs(error) == (CellOutput("error", "---\nE: v"),)
    assert outputs({**error, "traceback": []}) == (CellOutput("error", "E: v"),)


def test_updates_of_other_outputs_are_no_outputs() -> None:
    assert outputs({"output_type": "update_display_data", "data": {"text/plain": "a"}, "metadata": {}}) == ()


@pytest.mark.parametrize("folder", ["/home/ada", "/Users/Ada.M", "C:\\Users\\ada", "d:\\\\Users\\\\ada"])
def test_an_output_that_names_a_home_folder_is_a_warning(folder: str) -> None:
    text = f"{folder}/x.py: bad" if "/" in folder else f"{folder}\\x.py: bad"
    line = f"an output names a folder of your machine: {folder} -- clear the output, or tag its cell remove-output"
    error = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": [f'File "{text}"']}
    assert said(code("x", stream(text, "stderr"))) == [f"warning machine-path: {line}"]
    assert wrong(code("x", stream("a"), error))[0] == f"cell-1 warning machine-path: {line}"
    assert said(code("x", stream(text), tags=["remove-output"])) == []
    assert said(code("open('/home/ada')", stream("the Users of home/ada"))) == []


# Attachments


def test_attachments_come_by_name() -> None:
    cell = markdown("![](attachment:a b.png)")
    cell["attachments"] = {"a b.png": {"image/png": stored(PNG)}, "c": {"image/jpeg": stored(b"\xff\xd8\xff")}}
    assert one(cell).attachments == (("a b.png", PNG), ("c", b"\xff\xd8\xff"))


def test_an_attached_drawing_is_base64_and_runs_nothing() -> None:
    cell = markdown("a")
    cell["attachments"] = {"a.svg": {"image/svg+xml": stored(b"<svg/>")}}
    assert one(cell).attachments == (("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),)
    cell["attachments"] = {"a.svg": {"image/svg+xml": stored(b"<svg onload='a'/>")}}
    assert said(cell) == [
        "warning output: an SVG picture that can run scripts is not shown -- save the figure as PNG, or without scripts and links"
    ]


def test_an_attachment_that_is_no_picture_is_left_out_with_a_warning() -> None:
    cell = markdown("a")
    cell["attachments"] = {"a.pdf": {"application/pdf": "AAAA"}}
    assert said(cell) == ['warning attachment: the attachment "a.pdf" is no picture, and left out']


# What is wrong


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "1:1 error json: the notebook is empty -- delete it, or restore it from git"),
        (" \n\n", "1:1 error json: the notebook is empty -- delete it, or restore it from git"),
        ("# T\n", f"1:1 error json: not JSON: expecting value -- {SAVE}"),
        ('{"cells": [\n1 2]}', f"2:3 error json: not JSON: expecting ',' -- {SAVE}"),
        ('{"cells": [{},\n {"a" 1}]}', f"2:7 error json: not JSON: expecting ':' -- {SAVE}"),
        ('{"cells": [{},\n {},\n ]}', "2:4 error json: there is a comma too many -- delete it"),
        ('{"cells": [{"a": [[[[[[[[[1, ]]]]]]]]]}]}', "1:28 error json: there is a comma too many -- delete it"),
        ('{"cells": [{"a": 1,}]}', "1:19 error json: there is a comma too many -- delete it"),
        ('{"cells": [{}],\n}', "1:15 error json: there is a comma too many -- delete it"),
        ('{"cells": [{}, {"source": ["a\n', f"1:30 error json: the file ends in the middle of the notebook -- {SAVE}"),
        ('{"cells": [{}, {"source": ["a"', f"1:31 error json: the file ends in the middle of the notebook -- {SAVE}"),
        ('{"cells": [{}],\n', f"1:16 error json: the file ends in the middle of the notebook -- {SAVE}"),
        ('{"a" 1}', f"1:6 error json: not JSON: expecting ':' -- {SAVE}"),
        ("{a: 1}", f"1:2 error json: not JSON: expecting property name enclosed in double quotes -- {SAVE}"),
        ('{"cells": [],\n"cells": []}', '1:1 error json: "cells" is written twice -- keep one of them'),
        ('{"cells": [{}, {"metadata": {"tags": ["private"], "tags": []}}]}',
         'cell-2 error json: "tags" is written twice -- keep one of them'),
        ('{"cells": [{"outputs": [{"a": [{"b": 1, "\\u0062": 2}]}]}, {"c": 1, "c": 2}]}',
         'cell-1 error json: "b" is written twice -- keep one of them'),
        ('{"cells": [{}], "metadata": {"a": 1, "a": 1}}', '1:1 error json: "a" is written twice -- keep one of them'),
        ("{} {}", "1:4 error json: there is text behind the end of the notebook -- delete it"),
        ('{"a": "b\n"}', '1:9 error json: a text is not closed in its line -- write " at its end'),
        ('{"a": "b', f"1:7 error json: the file ends in the middle of the notebook -- {SAVE}"),
        ('{"a": 1,\n<<<<<<< HEAD\n"b": 2}',
         "2:1 error json: not JSON: expecting property name enclosed in double quotes -- was a merge conflict left in it? take one side and save it again"),
        (f'{{"a": {"9" * 5000}}}', "1:1 error json: not JSON: a number is too long"),
        ("[" * 100_000, "1:1 error json: the notebook is nested too deep"),
        ("[]", "1:1 error notebook: not a notebook -- a notebook is a JSON file that Jupyter saved, with nbformat and cells"),
        ('{"nbformat": true}', "1:1 error notebook: not a notebook -- a notebook is a JSON file that Jupyter saved, with nbformat and cells"),
        ('{"nbformat": 3}', "1:1 error notebook: a notebook of nbformat 3 is too old -- save it with a newer Jupyter"),
        ('{"nbformat": 5}', "1:1 error notebook: nbformat 5 is not known here -- save it as nbformat 4"),
        ('{"nbformat": 4}', f'1:1 error notebook: the notebook has no list of "cells" -- {SAVE}'),
        ('{"nbformat": 4,\n"cells": {}}', f'1:1 error notebook: the notebook has no list of "cells" -- {SAVE}'),
    ],
)  # fmt: skip
def test_what_is_no_notebook_is_an_error(text: str, line: str) -> None:
    assert refused(text) == [line]


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        (1, "cell-1 error wrong-type: a cell must be a table of keys and values"),
        ({"cell_type": "code"}, 'cell-1 error missing-key: the cell has no "source" -- write "source": []'),
        ({"source": "a"}, 'cell-1 error missing-key: "cell_type" is missing'),
        ({"cell_type": 1, "source": "a"}, 'cell-1 error wrong-type: "cell_type" must be text'),
        ({"cell_type": "heading\x07", "source": "a"}, 'cell-1 error cell: unknown type of cell "heading" -- change it to "code" or "markdown"'),
        (markdown(1), 'cell-1 error wrong-type: "source" must be text or a list of texts'),
        (markdown(["a", None]), 'cell-1 error wrong-type: "source" must be text or a list of texts'),
        (markdown({"a": 1}), 'cell-1 error wrong-type: "source" must be text or a list of texts'),
        (markdown(["a\n", "b\x1bc"]), "cell-1:2:2 error control-character: the text has the control character '\\x1b' -- delete it"),
        (code("\ud800"), "cell-1:1:1 error control-character: the text has the control character '\\ud800' -- delete it"),
        ({**markdown(), "metadata": 1}, 'cell-1 error wrong-type: "metadata" must be a table of keys and values'),
        (markdown("a", tags="private"), 'cell-1 error wrong-type: "tags" must be a list'),
        (markdown("a", tags=[["private"]]), "cell-1 error wrong-type: a tag must be text"),
        ({**code(), "outputs": "a"}, 'cell-1 error wrong-type: "outputs" must be a list'),
        ({**markdown(), "attachments": []}, 'cell-1 error wrong-type: "attachments" must be a table of keys and values'),
        ({**markdown(), "attachments": {"a": 1}}, 'cell-1 error wrong-type: "a" must be a table of keys and values'),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_an_error_where_it_stands(cell: Any, line: str) -> None:
    assert wrong(cell)[0] == line


def test_a_message_about_a_cell_has_its_number_for_a_notebook_may_be_one_line() -> None:
    text = written(markdown("a"), {"cell_type": "sql", "source": "b"}, code("c", "d"), raw("e"), indent=None)
    assert told(parse_notebook(text, "a.ipynb").problems) == [
        'cell-2 error cell: unknown type of cell "sql" -- change it to "code" or "markdown"',
        "cell-3 error wrong-type: an output must be a table of keys and values",
        (
            "cell-4 error cell: a raw cell is not shown"
            " -- make it a Markdown cell; front matter stands in the first cell, between lines --- or +++"
        ),
    ]


@pytest.mark.parametrize(
    ("output", "line"),
    [
        (1, "cell-1 error wrong-type: an output must be a table of keys and values"),
        ({}, 'cell-1 error missing-key: "output_type" is missing'),
        ({"output_type": "pyout"}, 'cell-1 warning output: unknown type of output "pyout", left out -- clear the output and run the cell again'),
        ({"output_type": "stream"}, 'cell-1 error missing-key: "name" is missing'),
        ({"output_type": "stream", "name": "a", "text": 1}, 'cell-1 error wrong-type: "text" must be text or a list of texts'),
        ({"output_type": "error"}, 'cell-1 error missing-key: "ename" is missing'),
        ({"output_type": "error", "ename": "a", "evalue": "b", "traceback": {}}, 'cell-1 error wrong-type: "traceback" must be text or a list of texts'),
        (display([]), 'cell-1 error wrong-type: "data" must be a table of keys and values'),
        (display({"text/plain": {"a": 1}}), 'cell-1 error wrong-type: "text/plain" must be text or a list of texts'),
        (display({"text/html": [["a"]]}), 'cell-1 error wrong-type: "text/html" must be text or a list of texts'),
        (display({"image/png": stored(PNG)}, []), 'cell-1 error wrong-type: "metadata" must be a table of keys and values'),
        (display({"image/png": "no base64!"}), "cell-1 error output: this is no PNG picture in base64 -- run the cell again and save"),
        (display({"image/jpeg": stored(PNG)}), "cell-1 error output: this is no JPG picture in base64 -- run the cell again and save"),
        (display({"image/gif": "é"}), "cell-1 error output: this is no GIF picture in base64 -- run the cell again and save"),
    ],
)  # fmt: skip
def test_a_wrong_output_is_said_where_it_stands(output: Any, line: str) -> None:
    assert wrong(code("x", output))[0] == line


def test_all_that_is_wrong_is_said_in_its_order() -> None:
    assert wrong(code("x", {}), 1, markdown("a", tags=["privat"])) == [
        'cell-1 error missing-key: "output_type" is missing',
        "cell-2 error wrong-type: a cell must be a table of keys and values",
        'cell-3 error tag: the tag "privat" hides nothing -- did you mean "private"?',
    ]


# Whatever comes

NAMES = ("cells", "cell_type", "source", "metadata", "tags", "outputs", "output_type", "data", "text", "name", "traceback", "nbformat",
         "attachments", "text/html", "text/plain", "image/png", "image/svg+xml", "width", "alt", "a.png", "language_info")  # fmt: skip
WORDS = ("code", "markdown", "raw", "stream", "stdout", "display_data", "error", "private", "privat", "---\na: b\n---\nc", "+++", "<table>",
         "<table><style>", "</", "<!--", "<![a", "a\r\nb\r", "\x1b[K\b", "\ud800", stored(PNG), "/home/ada", "")  # fmt: skip
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(WORDS), st.text(max_size=20))
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner),
    max_leaves=12,
)


def survives(text: str) -> None:
    """Reading gives a notebook that can be kept, or raises `BlogError`; each problem is in the file or in a cell."""
    try:
        found = parse_notebook(text, "a.ipynb")
    except BlogError as error:
        problems = error.problems
    else:
        problems = found.problems
        numbers = [cell.number for cell in found.cells]
        assert numbers == sorted(set(numbers))
        for cell in found.cells:
            assert len(cell.rows) == len(cell.text.split("\n"))
            "".join(output.text for output in cell.outputs).encode()
    for location in (problem.location for problem in problems):
        assert location.cell or 1 <= location.line <= text.count("\n") + 1


@given(anything)
@example({"nbformat": 4, "cells": [code("x", display({"text/html": "<table><![a["}))]})
def test_any_json_is_a_notebook_or_an_error(value: Any) -> None:
    survives(json.dumps(value, indent=1))
    survives(written(value))


@given(st.data())
def test_a_notebook_with_anything_anywhere_is_a_notebook_or_an_error(data: st.DataObject) -> None:
    value = json.loads(
        written(
            raw("---\na: b\n---"),
            code(
                ["a\n", "b"],
                stream("a"),
                display({"image/png": stored(PNG), "text/html": "<table></table>"}),
                tags=["x"],
            ),
            {**markdown("c"), "attachments": {"a.png": {"image/png": stored(PNG)}}},
        )
    )
    place = value
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 5)) == 0:
            place[key] = data.draw(anything)
            break
        place = inner
    survives(json.dumps(value, indent=1))


@given(st.integers(0, 900), st.integers(0, 30), st.text(max_size=3))
def test_a_damaged_notebook_is_a_notebook_or_an_error(at: int, length: int, text: str) -> None:
    whole = written(raw("---\na: b\n---"), code(["a\n", "b"], stream("a"), tags=["x"]), markdown("c"))
    survives(whole[:at] + text + whole[at + length :])


# Notebooks that Jupyter made


def made(name: str) -> Notebook:
    path = Path(__file__).parent / f"{name}.ipynb"
    found = parse_notebook(path.read_text("utf-8"), f"{name}.ipynb")
    assert told(found.problems) == []
    return found


def test_a_notebook_with_figures() -> None:
    found = made("plots")
    assert found.head.startswith("---\ntitle: Two Figures\n")
    kinds = [(cell.kind, cell.private, [output.kind for output in cell.outputs]) for cell in found.cells]
    assert kinds == [
        ("markdown", False, []),
        ("code", False, ["picture"]),
        ("markdown", False, []),
        ("code", False, ["picture"]),
        ("code", True, ["text", "text"]),
        ("markdown", False, []),
        ("code", False, ["text"]),
    ]
    (fine,), (line,) = found.cells[1].outputs, found.cells[3].outputs
    assert (fine.suffix, fine.size) == (".png", (168, 112))
    assert (line.suffix, line.size, line.data[:5]) == (".svg", None, b"<svg ")
    assert [line.data.count(part) for part in (b"<path ", b"<use ", b"<g ", b"<style ", b"<metadata")] == [
        24,
        55,
        61,
        1,
        0,
    ]
    assert found.cells[3].folds_input
    assert found.cells[6].outputs[0].text.split("\n")[59] == "59  0.0523"


def test_only_the_private_cell_of_a_notebook_holds_what_is_private() -> None:
    found = made("plots")
    assert "TOKEN-PRIVATE-CELL" in repr([cell for cell in found.cells if cell.private])
    assert "TOKEN-PRIVATE-CELL" not in repr([cell for cell in found.cells if not cell.private])
    assert "TOKEN-REMOVED-CELL" not in repr(found)


def test_a_notebook_with_a_table_and_an_attachment() -> None:
    found = made("table")
    assert found.head == "---\ntitle: A Table and a Picture\ndate: 2025-01-13\n---\n"
    first, code_, _, last = found.cells
    assert first.text.endswith("![Red and light squares](attachment:field.png)")
    assert [(name, data[:4]) for name, data in first.attachments] == [("field.png", b"\x89PNG")]
    (shown_table,) = code_.outputs
    assert shown_table.kind == "table"
    assert (
        '<th scope="row">Monday</th>\n      <td>74</td>\n      <td>0.18</td>\n      <td>&lt;b&gt;</td>'
        in shown_table.text
    )
    assert "style" not in shown_table.text
    assert "border" not in shown_table.text
    assert last.outputs == (CellOutput("text", "np.float64(0.22)"),)


def test_a_notebook_with_an_error() -> None:
    found = made("error")
    assert found.head == '+++\ntitle = "A Run That Failed"\ndate = 2025-01-14\n+++'
    progress, streams, failed, _ = found.cells
    assert progress.outputs == (CellOutput("text", "100%|##########|"),)
    assert streams.outputs == (CellOutput("text", "before"), CellOutput("text", "the learning rate is high"))
    (error,) = failed.outputs
    assert error.kind == "error"
    assert "----> 2     return sum(batch) / len(batch)" in error.text
    assert error.text.endswith("\nZeroDivisionError: division by zero")
    assert "\x1b" not in error.text
