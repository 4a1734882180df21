"""Tests of `blog.markdown.diagrams`: Mermaid blocks as pictures, and what is said of those that cannot be drawn."""

from __future__ import annotations

import re
import sys
from xml.etree import ElementTree as ET

import pytest
from mermaid_render import renderer

from blog.markdown import diagrams, mermaid
from blog.markdown.convert import convert_markdown, convert_pieces
from blog.markdown.inputs import Inputs
from blog.markdown.pieces import Listing, Prose
from blog.markdown.result import MarkdownOptions
from blog.problems import BlogError, Location, Problem
from tests.markdown.cases import author_text_of, everything_of, filled, one_line, page_of, problems_of, text_of

KINDS = {
    "flowchart": "flowchart LR\n  A[Raw data] -->|clean| B{Valid?}\n  B -->|yes| C(Train)",
    "sequence": "sequenceDiagram\n  Alice->>+Bob: Raw data\n  Bob-->>-Alice: ok\n  Note over Alice,Bob: a note",
    "gantt": "gantt\n  title Raw data\n  dateFormat YYYY-MM-DD\n  section One\n  Collect :a1, 2025-01-01, 30d\n  Clean :crit, after a1, 20d",
    "class": "classDiagram\n  class Model {\n    +int layers\n    +forward(x) Tensor\n  }\n  Model <|-- Rest : Raw data",
    "state": "stateDiagram-v2\n  [*] --> Idle\n  Idle --> Running : Raw data\n  Running --> [*]",
    "pie": 'pie title Raw data\n  "Reading" : 40\n  "Coding" : 60',
    "er": 'erDiagram\n  RUN ||--o{ METRIC : "Raw data"\n  RUN {\n    string id PK\n  }',
    "mindmap": "mindmap\n  root((Raw data))\n    a\n    b",
}
SIMPLE = "flowchart LR\n  A[Raw data] --> B"
ALLOWED = {"svg", "g", "path", "rect", "circle", "ellipse", "line", "polygon", "polyline", "text", "tspan"}


def block(source: str, info: str = '{alt="From data to model"}') -> str:
    """A diagram as a block of Markdown."""
    return f"```mermaid {info}\n{source}\n```\n"


def svg_of(page: str) -> ET.Element:
    """The one picture of a page."""
    (found,) = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    return ET.fromstring(found)


@pytest.mark.parametrize("source", KINDS.values(), ids=KINDS)
def test_a_diagram_is_inline_svg_on_a_page_and_a_file_in_a_feed(source: str) -> None:
    text = text_of(block(source))
    page, feed = filled(text)
    (made,) = text.made_files
    assert text.problems == ()
    assert re.fullmatch(
        r'<figure><div class="diagram" role="group" aria-label="Diagram" tabindex="0"><svg .*</svg></div></figure>\n',
        page,
    )
    assert re.fullmatch(r"assets/diagram\.[0-9a-f]{12}\.svg", made.path)
    assert feed == f'<figure><img src="{made.path}" alt="From data to model"></figure>\n'
    assert [(link.target, link.kind) for link in text.links] == [(made.path, "made")]
    for words in ("".join(svg_of(page).itertext()), "".join(ET.fromstring(made.data).itertext())):
        assert "Raw data" in words


@pytest.mark.parametrize("source", KINDS.values(), ids=KINDS)
def test_a_diagram_has_no_style_of_its_own_and_no_colour_but_those_of_the_theme(source: str) -> None:
    root = svg_of(page_of(block(source)))
    assert (root.get("role"), root.get("aria-label")) == ("img", "From data to model")
    for element in root.iter():
        assert element.tag.rpartition("}")[2] in ALLOWED
        assert not {"style", "class", "id", "href"} & element.attrib.keys()
        for name in ("fill", "stroke"):
            color = element.get(name, "none")
            assert color == "none" or re.fullmatch(r"var\(--diagram-[a-z1-8]+,[\w#]+\)", color)
            assert "#" not in color or re.fullmatch(r"var\(--diagram-[1-8],#[0-9a-f]{6}\)", color)


@pytest.mark.parametrize("source", KINDS.values(), ids=KINDS)
def test_the_file_for_feeds_has_fixed_colours_on_white(source: str) -> None:
    (made,) = text_of(block(source)).made_files
    root = ET.fromstring(made.data)
    ground = root[0]
    assert (ground.tag.rpartition("}")[2], ground.get("width"), ground.get("fill")) == ("rect", "100%", "#ffffff")
    assert b"var(" not in made.data
    assert b"currentColor" not in made.data


@pytest.mark.parametrize(
    ("info", "said"),
    [
        ('{file="a.mmd" alt="x"}', []),
        ('{file="wrong.mmd" alt="x"}', ["1:13: error: the diagram cannot be drawn: line 3: this is not expected here"]),
        ('{file="no.mmd" alt="x"}', ['1:13: error: "no.mmd": no file']),
        ('{file="kind.mmd" alt="x"}', ['1:13: error: the diagram cannot be drawn: line 1: "flowchrt" is no kind of diagram (did you mean "flowchart"?)']),
    ],
)  # fmt: skip
def test_a_diagram_may_be_in_a_file(info: str, said: list[str]) -> None:
    files = {"a.mmd": SIMPLE, "wrong.mmd": "flowchart LR\n\n  A --> B C\n", "kind.mmd": "flowchrt LR\n"}

    def read(path: str) -> bytes:
        name = path.removeprefix("content/posts/")
        if name not in files:
            raise BlogError([Problem(Location(path), "code-file", "no file")])
        return files[name].encode()

    inputs = Inputs(read)
    text = convert_markdown(
        f"```mermaid {info}\n```\n", Location("content/posts/a.md"), MarkdownOptions(), inputs=inputs
    )
    assert [one_line(problem) for problem in text.problems] == said
    assert ("<svg" in text.html) == (not said)
    assert len(inputs.used) == 1


def test_a_diagram_is_the_same_each_time() -> None:
    source = "".join(block(kind) for kind in KINDS.values())
    assert text_of(source) == text_of(source)


def test_a_diagram_has_the_id_the_caption_and_the_place_of_a_figure() -> None:
    text = text_of(
        block(SIMPLE, '{#fig-data .wide caption="From [data](a.md), $x^2$" alt="a &amp; b"}') + "\n[](#fig-data)\n"
    )
    page, feed = filled(text)
    assert 'id="fig-data"' in page
    assert page.startswith('<figure class="wide" id="fig-data"><div class="diagram"')
    assert '<span class="label">Figure\xa01:</span> From <a href="a.md">data</a>, <math>' in page
    assert svg_of(page).get("aria-label") == "a & b"
    assert (text.anchors, text.problems) == (("fig-data",), ())
    assert feed.startswith(
        f'<figure><img src="{text.made_files[0].path}" alt="a &amp; b"><figcaption><strong>Figure\xa01:</strong> From <a '
    )
    assert text.made_files[0].path.startswith("assets/fig-data.")


def test_two_diagrams_with_one_id_are_reported() -> None:
    assert problems_of(block(SIMPLE, '{#a alt="x"}') + "\n" + block(SIMPLE, '{#a alt="y"}')) == [
        '6:4: error: the id "a" is used twice: first in line 1 (give one of them another id)'
    ]


def test_a_diagram_without_an_alternative_is_reported_and_its_words_are_read() -> None:
    assert problems_of(block(SIMPLE, "")) == [
        '1:4: warning: the diagram has no alternative text (say in the braces what it shows: {alt="…"})'
    ]
    assert "role" not in svg_of(page_of(block(SIMPLE, ""))).attrib


@pytest.mark.parametrize(
    ("lines", "alternative"),
    [
        ("  accTitle: Short", "Short"),
        ("  accDescr: From data to  model", "From data to model"),
        ("  accTitle: Short\n  accDescr {\n    From data\n    to model\n  }", "From data to model"),
    ],
)
def test_the_alternative_may_be_in_the_source(lines: str, alternative: str) -> None:
    text = text_of(block(f"flowchart LR\n{lines}\n  A --> B", ""))
    assert text.problems == ()
    assert svg_of(filled(text).page).get("aria-label") == alternative
    assert f'alt="{alternative}"' in filled(text).feed


@pytest.mark.parametrize(
    ("info", "said"),
    [
        ('{alt="x" tilte="y"}', '1:21: warning: unknown word "tilte" (write {#fig-data caption="…" alt="…"})'),
        ('{alt="x" captoin="y"}', '1:21: warning: unknown word "captoin" (did you mean "caption"?)'),
        ('{alt="x" .huge}', '1:21: warning: unknown word ".huge" (write {#fig-data caption="…" alt="…"})'),
        ('{alt="x" hl="1"}', '1:21: warning: unknown word "hl" (write {#fig-data caption="…" alt="…"})'),
    ],
)
def test_an_unknown_word_is_reported(info: str, said: str) -> None:
    assert problems_of(block(SIMPLE, info)) == [said]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("flowchart LR\n  A[b --> C\n  B --> D", "4:10: error: the diagram cannot be drawn: ] is missing"),
        ("flowchart LR\n  A{b --> C\n\n", "3:12: error: the diagram cannot be drawn: } is missing"),
        ("flowchart LR\n  A(b] --> C", "3:6: error: the diagram cannot be drawn: ) is missing"),
        ("flowchart LR\n  A --> B C", "3:11: error: the diagram cannot be drawn: this is not expected here"),
        ("sequenceDiagram\n\n  A->>B Hello", "4:14: error: the diagram cannot be drawn: : and a text is missing"),
        ("%% a\n%% b\n\nsequenceDiagram\n  %% c\n  A->>B Hello", "7:14: error: the diagram cannot be drawn: : and a text is missing"),
        ("---\ntitle: x\n---\n%% a\nflowchart LR\n  A --> B\n\n%% c\n\n  A --> B C", "11:11: error: the diagram cannot be drawn: this is not expected here"),
        ("gantt\n  foo bar", "3:10: error: the diagram cannot be drawn: : and the data of the task is missing"),
        ("classDiagram\n  A <|-- ", "3:9: error: the diagram cannot be drawn: the end of the line comes too early"),
        ('pie\n  "a" : x', "3:9: error: the diagram cannot be drawn: unrecognized text"),
        ("gantt\n dateFormat YYYY-MM-DD\n section S\n T :a1, 2025-01-99, 3d", "1:4: error: the diagram cannot be drawn: invalid date:2025-01-99"),
        ("flowchrt LR\n  A --> B", '2:1: error: the diagram cannot be drawn: "flowchrt" is no kind of diagram (did you mean "flowchart"?)'),
        ("%% a\n  zenuml\n  A.b()", '3:3: error: the diagram cannot be drawn: "zenuml" is no kind of diagram (begin it with flowchart, sequenceDiagram, classDiagram, stateDiagram-v2, erDiagram, gantt or pie)'),
        ("", "1:4: error: the diagram cannot be drawn: the block is empty (begin it with flowchart, sequenceDiagram, classDiagram, stateDiagram-v2, erDiagram, gantt or pie)"),
        ("  ", "1:4: error: the diagram cannot be drawn: the block is empty (begin it with flowchart, sequenceDiagram, classDiagram, stateDiagram-v2, erDiagram, gantt or pie)"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_diagram_is_reported_at_its_place_and_its_source_is_shown(source: str, said: str) -> None:
    text = text_of(block(source, '{#fig-a alt="x" caption="Words"}') + "\n[](#fig-a)\n")
    page, feed = filled(text)
    assert problems_of(block(source)) == [said]
    assert (text.links[0].target, text.made_files, text.anchors) == ("#fig-a", (), ("fig-a",))
    assert '<pre class="code" tabindex="0"><code class="language-mermaid">' in page
    assert feed.startswith("<figure><pre><code>")
    assert '<figcaption><span class="label">Figure\xa01:</span> Words</figcaption></figure>' in page
    assert "<img" not in feed


def test_a_place_in_a_list_in_a_quotation_is_that_of_the_file() -> None:
    source = '> - a\n>\n>   ```mermaid {alt="x"}\n>   flowchart LR\n>\n>     A --> B C\n>   ```\n'
    assert problems_of(source) == ["6:15: error: the diagram cannot be drawn: this is not expected here"]


def test_a_place_in_a_notebook_is_that_of_the_cell() -> None:
    rows = ((3, 1), (3, 2), (3, 3), (3, 4))
    prose = Prose('```mermaid {alt="x"}\nflowchart LR\n  A --> B C\n```', rows)
    text = convert_pieces([prose], Location("a.ipynb"), MarkdownOptions())
    assert [problem.location for problem in text.problems] == [Location("a.ipynb", 3, 11, 3)]


def test_a_cell_of_code_is_no_diagram() -> None:
    listing = Listing(SIMPLE, tuple((1, row) for row in range(1, 5)), "mermaid")
    text = convert_pieces([listing], Location("a.ipynb"), MarkdownOptions())
    assert (text.made_files, "language-mermaid" in text.html) == ((), True)


def test_a_diagram_at_the_end_of_a_footnote_is_a_figure_before_the_way_back() -> None:
    page = page_of(f"a[^1]\n\n[^1]: b\n\n    {block(SIMPLE).replace(chr(10), chr(10) + '    ')}")
    assert re.search(r'<figure><div class="diagram".*</div></figure>\s*(?:<p>)?\s*<a href="#fnref:1"', page)


def test_without_the_library_the_source_is_shown_and_one_warning_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "mermaid_render", None)
    text = text_of(block(SIMPLE) + "\n" + block(SIMPLE, '{#fig-a alt="x"}') + "\n[](#fig-a)\n")
    assert [(problem.severity, problem.code, problem.message, problem.hint) for problem in text.problems] == [
        (
            "warning",
            "no-library",
            "a diagram needs mermaid-render, which is not installed: it is shown as code",
            'install it: pip install "reflective-blog[diagrams]"',
        )
    ]
    assert filled(text).page.count("Raw data") == 2
    assert text.made_files == ()


def test_a_diagram_that_is_too_large_is_reported_and_further_ones_are_not_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mermaid, "MAX_CHARACTERS", 2000)
    large = "flowchart LR\n" + "".join(f"  A --> B{number}\n" for number in range(30))
    assert problems_of(block(SIMPLE) + "\n" + block(large) + "\n" + block(SIMPLE)) == [
        "6:4: error: the diagram cannot be drawn: its SVG has more than 2,000 characters (divide it into several diagrams)",
        "41:4: error: the diagram cannot be drawn: the diagrams above it are too large, so it is not tried",
    ]


def test_the_diagrams_of_a_text_have_a_limit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagrams, "MAX_CHARACTERS_OF_TEXT", 2000)
    assert problems_of(block(SIMPLE) * 3) == [
        "9:4: error: the diagram cannot be drawn: the diagrams above it are too large, so it is not tried"
    ]


def test_a_diagram_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mermaid, "SECONDS", 0.02)
    large = "flowchart LR\n" + "".join(f"  A{a} --> B{b}\n" for a in range(40) for b in range(40))
    assert problems_of(block(large)) == [
        "1:4: error: the diagram cannot be drawn: it takes longer than 0.02 seconds (divide it into several diagrams)"
    ]
    monkeypatch.undo()
    assert problems_of(block(SIMPLE)) == []


@pytest.mark.parametrize(
    "source",
    [
        "gantt\n dateFormat YYYY-MM-DD\n excludes weekends\n" + " T :2020-01-01, 9000d\n" * 100,
        "block-beta\n columns 1\n space:900000",
        "flowchart LR\n" + "x" * 60_000,
    ],
)
def test_the_limits_of_the_library_are_limits_of_the_text(source: str) -> None:
    said = problems_of(block(source) + block(SIMPLE))
    assert [line.partition("(")[2] for line in said] == ["divide it into several diagrams)", ""]
    assert said[1].endswith(
        "error: the diagram cannot be drawn: the diagrams above it are too large, so it is not tried"
    )


def test_a_failure_of_the_library_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(renderer, "render", fail)
    assert problems_of(block(SIMPLE)) == [
        "1:4: error: the diagram cannot be drawn: the library fails (divide it into several diagrams)"
    ]


@pytest.mark.parametrize(
    "source",
    [
        "gantt\n  dateFormat YYYY-MM-DD\n  section One\n  A : 2000-01-01, 9000d",
        "gantt\n  dateFormat HH:mm\n  axisFormat %H:%M\n  section One\n  A : 10:00, 2h",
    ],
)
def test_a_chart_of_days_does_not_depend_on_the_day(source: str) -> None:
    """The library would draw a line for today, and count times from today."""
    drawn = mermaid.draw(source)
    assert ("pele-today" in drawn) == ("2000" in source)
    shapes = {line.get("d", "") for line in svg_of(page_of(block(source))).iter()}
    today = re.findall(r'pele-today"><path d="([^"]*)', drawn)
    assert not shapes & set(today)


def test_what_hides_a_diagram_leaves_no_trace_of_it() -> None:
    text = text_of(f"a\n\n::: private\n{block('flowchart LR' + chr(10) + '  Secret --> B')}:::\n\nb\n")
    assert (text.made_files, text.links, text.problems) == ((), (), ())
    assert "Secret" not in everything_of(text)
    assert "<svg" not in everything_of(text)


def test_its_author_sees_a_hidden_diagram_but_no_file_is_made_of_it() -> None:
    text = author_text_of(
        f"a\n\n::: private\n{block('flowchart LR' + chr(10) + '  Secret --> B')}:::\n\n{block(SIMPLE)}"
    )
    assert "Secret" in filled(text).page
    assert "Secret" not in filled(text).feed
    assert len(text.made_files) == 1
    assert [link.is_hidden for link in text.links] == [False, True]


def test_a_passage_before_a_diagram_stays_before_it_for_its_author() -> None:
    text = author_text_of(f"::: private\nSecret\n:::\n\n{block(SIMPLE)}")
    assert filled(text).page.index("Secret") < filled(text).page.index("<svg")


def test_the_source_of_a_diagram_is_neither_summary_nor_counted() -> None:
    text = text_of(block(SIMPLE) + "\nOne two three.\n")
    assert (text.summary, text.words) == ("One two three.", 3)


def test_a_block_named_like_a_chunk_is_told_how_to_write_it() -> None:
    assert problems_of("```{mermaid}\nflowchart LR\n```\n") == [
        '1:5: warning: unknown word "mermaid" (write ```mermaid)'
    ]
