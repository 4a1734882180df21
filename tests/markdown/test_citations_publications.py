"""Tests of `blog.markdown.directives.publications`."""

from __future__ import annotations

from blog.bibliography.bib_file import parse_bib_file
from blog.bibliography.library import Library
from blog.markdown import ConvertedText, MarkdownOptions
from blog.markdown.convert import convert_markdown
from blog.markdown.inputs import Inputs, SharedInputs
from blog.problems import Location
from tests.markdown.cases import filled, one_line

CV = """
@misc{a, author={Moreno, Laura and Li, Wei}, title={Old}, year=2019}
@misc{b, author={Moreno, Laura}, title={New}, year=2024, doi={10.1000/1}}
@misc{c, author={Li, Wei}, title={Other}, year=2024}
@misc{d, author={Laura Moreno}, title={Coming}, year=forthcoming}
@misc{e, author={Moreno, Laura}, title={Undated}}
@misc{f, author={Moreno, Laura}, title={Newer}, year=2024}
"""


def convert(source: str) -> ConvertedText:
    files = {"content/cv.bib": CV, "content/posts/a/own.bib": "@misc{z, author={Z, A}, title={Own}, year=2000}"}
    library = Library({path: parse_bib_file(text.encode(), path) for path, text in files.items()})
    inputs = Inputs(shared=SharedInputs(library))
    return convert_markdown(source, Location("content/posts/a/index.md"), MarkdownOptions("en"), inputs=inputs)


def test_the_works_of_an_author_are_listed_by_year() -> None:
    text = convert('::: publications {author="moreno" file="/cv.bib"}\nMy work:\n:::\n')
    assert text.problems == ()
    forms = filled(text)
    assert forms.page == (
        '<div class="publications">\n<p>My work:</p>\n'
        '<p class="year">forthcoming</p>\n<ul>\n<li>Laura Moreno (forthcoming). “Coming”.</li>\n</ul>\n'
        '<p class="year">2024</p>\n<ul>\n<li>Laura Moreno (2024). “New”. '
        '<a href="https://doi.org/10.1000/1">doi:10.1000/1</a>.</li>\n<li>Laura Moreno (2024). “Newer”.</li>\n</ul>\n'
        '<p class="year">2019</p>\n<ul>\n<li>Laura Moreno and Wei Li (2019). “Old”.</li>\n</ul>\n'
        '<p class="year">n.d.</p>\n<ul>\n<li>Laura Moreno (n.d.). “Undated”.</li>\n</ul>\n</div>\n'
    )
    assert forms.feed == forms.page.replace(' class="year"', "").replace(' class="publications"', "")
    assert (text.words, text.summary) == (2, "My work:")


def test_without_a_file_all_works_are_listed_and_a_path_is_relative() -> None:
    assert convert("::: publications\n:::").html.count("<li>") == 7
    assert convert('::: publications {author="Wei Li"}\n:::').html.count("<li>") == 2
    assert convert('::: publications {file="own.bib"}\n:::').html.count("<li>") == 1
    assert convert('::: publications {file="../../cv.bib"}\n:::').html.count("<li>") == 6


def test_a_missing_file_and_an_unknown_author_are_reported() -> None:
    problems = convert(
        'a\n\n::: publications {file="cv.bib"}\n:::\n\n::: publications {author="Morena"}\n:::\n'
    ).problems
    assert [one_line(problem) for problem in problems] == [
        '3:1: error: "cv.bib" is no .bib file of the content folder (did you mean "/cv.bib"?)',
        '6:1: warning: no work has the author "Morena" (did you mean "Moreno"?)',
    ]


def test_a_list_depends_on_all_entries_of_its_file() -> None:
    files = {"content/cv.bib": parse_bib_file(CV.encode(), "content/cv.bib")}
    inputs = Inputs(shared=SharedInputs(Library(files)))
    source = '::: publications {file="/cv.bib"}\n:::'
    convert_markdown(source, Location("content/a.md"), MarkdownOptions("en"), inputs=inputs)
    (used,) = inputs.used
    changed = {"content/cv.bib": parse_bib_file(CV.replace("Old", "Older").encode(), "content/cv.bib")}
    moved = {"content/cv.bib": parse_bib_file(f"% a\n{CV}".encode(), "content/cv.bib")}
    assert Library(files).digest(used.name) == Library(moved).digest(used.name) == used.digest
    assert Library(changed).digest(used.name) != used.digest
