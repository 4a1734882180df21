"""Cases written as documents, and the words in which these tests ask `blog.markdown` its questions.

A file of `cases/` may hold anything a reader needs between its cases. A case is

    its title
    .
    the Markdown
    .
    the HTML of a page
    .

and, right below, what else is true of it: the HTML of a feed entry with its own last `.` if that differs, and a line
`! 3:8: error: message` for each problem, with `!   hint: …` below it where there is one. Links are filled with what
they point at, and ids of feed entries start with `feed-`.

`python -m tests.markdown.cases` writes what is true now below every Markdown text: read the difference before you keep it.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from blog.bibliography.bib_file import parse_bib_file
from blog.bibliography.library import Library
from blog.markdown import ConvertedText, MarkdownOptions, fill_placeholders
from blog.markdown.convert import convert_markdown
from blog.markdown.inputs import Inputs, SharedInputs
from blog.problems import Location, Problem

FOLDER = Path(__file__).parent / "cases"
FEED_PREFIX = "feed-"
MACROS = (("E", r"\mathbb{E}"), ("KL", r"D_{\mathrm{KL}}\left(#1 \,\|\, #2\right)"))
LIBRARY = Library({"references.bib": parse_bib_file((FOLDER / "references.bib").read_bytes(), "references.bib")})


class Case(NamedTuple):
    """One promise about one text."""

    where: str
    """File and line of its title."""
    rows: range
    """The lines of the file, counted from 0, that hold what is expected."""
    title: str
    source: str
    page: str
    feed: str
    problems: tuple[str, ...]


def read(path: Path) -> list[Case]:
    """The cases of one file, in order."""
    lines = path.read_text(encoding="utf-8").split("\n")
    cases = []
    at = 0
    while "." in lines[at:]:
        first = lines.index(".", at)
        second = lines.index(".", first + 1)
        third = lines.index(".", second + 1)
        page = _text(lines[second + 1 : third])
        feed, after = page, third + 1
        if lines[after] and not lines[after].startswith("!"):
            fourth = lines.index(".", after)
            feed, after = _text(lines[after:fourth]), fourth + 1
        at = lines.index("", after)
        title, source, problems = lines[first - 1], _text(lines[first + 1 : second]), tuple(lines[after:at])
        cases.append(Case(f"{path.stem}:{first}", range(second + 1, at), title, source, page, feed, problems))
    return cases


def rewrite(path: Path) -> None:
    """Write below every Markdown text of one file what is true of it now."""
    lines = path.read_text(encoding="utf-8").split("\n")
    for case in reversed(read(path)):
        text = text_of(case.source)
        page, feed = filled(text)
        shown = page + ".\n" + (feed + ".\n" if feed != page else "")
        said = [line for problem in text.problems for line in as_in_cases(problem)]
        lines[case.rows.start : case.rows.stop] = [*shown.split("\n")[:-1], *said]
    path.write_text("\n".join(lines), encoding="utf-8")


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def text_of(
    source: str, language: str = "en", *, takes_title: bool = False, extensions: tuple[str, ...] = ()
) -> ConvertedText:
    """Return `source` converted as the whole of `a.md`."""
    options = MarkdownOptions(language, MACROS, extensions=extensions)
    return convert_markdown(source, Location("a.md"), options, inputs=_inputs(), takes_title=takes_title)


def author_text_of(source: str) -> ConvertedText:
    """`source` as :func:`text_of` converts it, but for the author's preview."""
    options = MarkdownOptions("en", MACROS, for_author=True)
    return convert_markdown(source, Location("a.md"), options, inputs=_inputs())


def _inputs() -> Inputs:
    return Inputs(shared=SharedInputs(LIBRARY))


def page_of(source: str, language: str = "en") -> str:
    """The HTML of `source` for a page, its links filled with what they point at."""
    return filled(text_of(source, language)).page


class Forms(NamedTuple):
    """Both forms of a text, with its links filled."""

    page: str
    feed: str


def filled(text: ConvertedText) -> Forms:
    """`text` with its links filled with what they point at."""
    targets = [link.target for link in text.links]
    return Forms(fill_placeholders(text.html, targets), fill_placeholders(text.feed_html, targets, FEED_PREFIX))


def problems_of(source: str) -> list[str]:
    """What is wrong with `source`, each as one line: `3:8: error: message (hint)`."""
    return [one_line(problem) for problem in text_of(source).problems]


def one_line(problem: Problem) -> str:
    """A problem on one line."""
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"{problem.location.line}:{problem.location.column}: {problem.severity}: {problem.message}{hint}"


def as_in_cases(problem: Problem) -> list[str]:
    """A problem as the cases write it."""
    place = f"{problem.location.line}:{problem.location.column}"
    return [
        f"! {place}: {problem.severity}: {problem.message}",
        *([f"!   hint: {problem.hint}"] if problem.hint else []),
    ]


def everything_of(text: ConvertedText) -> str:
    """All of `text` that can reach an output."""
    links = " ".join(link.target for link in text.links)
    headings = " ".join(f"{heading.id} {heading.text}" for heading in text.headings)
    return "\n".join([*filled(text), text.title, text.summary, headings, links, *text.anchors])


def positions_of(source: str) -> list[tuple[str, int, int]]:
    """What `source` points at, with line and column."""
    return [(link.target, link.location.line, link.location.column) for link in text_of(source).links]


if __name__ == "__main__":
    for file in sorted(FOLDER.glob("*.md")):
        rewrite(file)
