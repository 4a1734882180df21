"""What `blog check` says of one text, and a build does not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.markdown import MarkdownOptions
from blog.markdown.convert import convert_markdown
from blog.problems import Location
from tests.markdown.cases import one_line
from tests.support.bounds import processor


def advice_of(source: str) -> list[str]:
    text = convert_markdown(source, Location("a.md"), MarkdownOptions("en"))
    assert text.problems == ()
    return [one_line(problem) for problem in text.advice]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            'Text "here" {{< figure src="x.png" >}}\n',
            '1:13: warning: "{{< figure" looks like an image of Hugo: it is shown as text (write ![what it shows](picture.png "caption"))',
        ),
        (
            "[a]({{< ref a.md >}})\n",
            '1:5: warning: "{{< ref" looks like a link of Hugo: it is shown as text (write a link to the file: [text](week-3.md))',
        ),
        (
            "See {% post_url 2024-01-01-a %}\n",
            '1:5: warning: "{% post_url" looks like a link of Jekyll: it is shown as text (write a link to the file: [text](week-3.md))',
        ),
        (
            "x {{< youtube a >}}\n",
            '1:3: warning: "{{< youtube" looks like a shortcode of Hugo: it is shown as text (say it in Markdown, or put it into `code`)',
        ),
        (
            "{{ .Site.BaseURL }}\n",
            """1:1: warning: "{{ .Site.BaseURL }}" looks like a value of Hugo's templates: it is shown as text (write what it stands for)""",
        ),
        (
            "* x\n{:toc}\n",
            '2:1: warning: "{:toc}" looks like a mark for a table of contents: it is shown as text (take it out: three headings make one)',
        ),
        ("as $$x$$ is\n", "1:4: warning: a formula for lines of its own stands in a sentence (write $…$)"),
        ("[a]()\n", "1:1: warning: the link leads nowhere (write where to: [text](file.md))"),
        (
            "go [there](a file.md) now\n",
            '1:10: warning: "](a file.md)" is no link: it is shown as text (write [there](<a file.md>))',
        ),
        (
            "go [there][nowhere] now\n",
            '1:10: warning: "][nowhere]" is no link: it is shown as text (add a line [nowhere]: address)',
        ),
        (
            "Text\n{{% /notice %}}\n",
            '2:1: warning: "{{% /notice" looks like a shortcode of Hugo: it is shown as text (say it in Markdown, or put it into `code`)',
        ),
        (
            "- one\n- two {% include x.html %}\n",
            '2:7: warning: "{% include" looks like a tag of Liquid or Nunjucks: it is shown as text (say it in Markdown, or put it into `code`)',
        ),
        (
            "<div>\n{%- if page -%}\n</div>\n",
            '2:1: warning: "{%- if" looks like a tag of Liquid or Nunjucks: it is shown as text (say it in Markdown, or put it into `code`)',
        ),
        (
            "| a | b |\n|---|---|\n| `{{ x }}` | {{ site.url }} |\n",
            '3:15: warning: "{{ site.url }}" looks like a value of Liquid or Nunjucks: it is shown as text (write what it stands for)',
        ),
        (
            '> a\n\n!!! note "Title"\n    body\n',
            '3:1: warning: "!!! note" looks like an admonition of MkDocs: it is shown as text (write > [!NOTE], and > before each line)',
        ),
        (
            "??? tip\n",
            '1:1: warning: "??? tip" looks like an admonition of MkDocs: it is shown as text (write > [!NOTE], and > before each line)',
        ),
        (
            "Words.\n{: .right }\n",
            '2:1: warning: "{: .right }" looks like an attribute list of kramdown: it is shown as text (write {.class} behind an image, {#id} in a heading)',
        ),
        (
            ".. figure:: x.png\n",
            '1:1: warning: ".. figure::" looks like a directive of reStructuredText: it is shown as text (say it in Markdown, or put it into `code`)',
        ),
        (
            "See {doc}`other`.\n",
            '1:5: warning: "{doc}" looks like a role of MyST: it is shown as text (say it in Markdown, or put it into `code`)',
        ),
        (
            "[TOC]\n\n# A\n",
            '1:1: warning: "[TOC]" looks like a mark for a table of contents: it is shown as text (take it out: three headings make one)',
        ),
        (
            r"As \\(x^2\\) grows" + "\n",
            r"""1:4: warning: "\\(" looks like MathJax's bracket: it is shown as text (write $…$, or $$…$$ on lines of its own)""",
        ),
    ],
)
def test_what_is_left_of_another_generators_language_is_said_at_its_place(source: str, said: str) -> None:
    assert advice_of(source) == [said]


@pytest.mark.parametrize(
    "source",
    [
        "`{{< figure >}}` and ``{% x %}`` and `{: .a}`\n",
        "```\n{{< figure >}}\n{% x %}\n!!! note\n[TOC]\n```\n\n    {% x %}\n",
        "$\\{{x}\\}$\n\n$${{x}}$$\n",
        "<!-- {% x %} {{< y >}} --> text\n",
        "::: private\n{% secret %}\n:::\n",
        "\\{% literally %}, \\{{ so }}\n",
        "<script>\nvar a = `{{ x }} {% y %}`;\n</script>\n",
        "<pre>\n{% x %}\n</pre>\n",
        "Wow!!! note that {this} costs {5}: really???\n",
        "![A curve](a.png){.wide}\n",
        "[a](b.md) [c][d] `[x](a b)` \\[e](f g) a[0](x) [1][2]\n\n[d]: e.md\n",
        "$$x$$\n\n$$\ny\n$$\n",
    ],
)
def test_code_formulas_and_what_nobody_sees_are_no_leftovers(source: str) -> None:
    assert advice_of(source) == []


def test_all_are_said_in_one_run_and_of_very_many_the_first_twenty() -> None:
    assert [line[:4] for line in advice_of("{% a %} {% b %} {{< c >}}\n\n{% d %}\n")] == [
        "1:17",
        "1:1:",
        "1:9:",
        "3:1:",
    ]
    assert len(advice_of("{% a %} " * 500)) == 20


def test_a_raw_picture_without_alternative_text_is_said_at_its_place() -> None:
    source = '<p>\n<img src="a.png">\n</p>\n\nwords <IMG SRC=b.png> <img src="c.png" alt=""> `<img src=x>`\n'
    hint = '(say what it shows: alt="loss over time"; alt="" if it shows nothing)'
    assert advice_of(source) == [
        f"2:1: warning: the image has no alternative text {hint}",
        f"5:7: warning: the image has no alternative text {hint}",
    ]


PIECES = (
    "{{<", ">}}", "{{", "}}", "{%", "%}", "{:", "}", "!!! note", "???", "\n", "\n\n", "`", "``", "```", "$", "\\", "\\\\(", "<img", "src=a", "alt=", ">",
    "<!--", "-->", "::: private\n", ":::\n", "- ", "> ", "|", "a", " ", "[TOC]", "<script>", "</script>", "<pre>", ".. x::", "{ref}`x`",
)  # fmt: skip


@given(source=st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@settings(max_examples=400)
def test_any_text_gets_advice_at_places_that_are_in_it(source: str) -> None:
    lines = source.split("\n")
    for problem in convert_markdown(source, Location("a.md"), MarkdownOptions("en")).advice:
        assert 1 <= problem.location.line <= len(lines)
        assert 1 <= problem.location.column <= len(lines[problem.location.line - 1]) + 1


@pytest.mark.parametrize(
    "piece",
    ["<script ", "<pre>", "<img ", "<img src='", "{{", "{:", "{% ", "`{x}", "\\\\(", "!!! ", "<!-- ", "<code>`"],
)
def test_the_time_for_advice_grows_no_faster_than_the_text(piece: str) -> None:
    for before in ("", "<div>\n"):
        with processor(6):
            convert_markdown(before + piece * (100_000 // len(piece)), Location("a.md"), MarkdownOptions("en"))
