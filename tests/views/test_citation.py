"""Citations of a post, in words and as BibTeX."""

import datetime as dt
import json
from urllib.parse import unquote

import pytest

from blog.config.people import Person
from blog.config.words import WordTables
from blog.views.citation import CitedPost, citation, describe_for_search
from blog.views.page_parts import Citation

DAY = dt.date(2023, 5, 3)
URL = "https://example.org/posts/week-4/"


def cited(title: str = "A title", *names: str, blog: str = "Notes", url: str = URL, language: str = "en") -> Citation:
    post = CitedPost(title, DAY, [Person(name) for name in names], blog, url, "", language)
    return citation(post, WordTables().words(language))


def key(title: str, *names: str, blog: str = "Notes") -> str:
    return cited(title, *names, blog=blog).bibtex.split(",")[0].removeprefix("@misc{")


def field(name: str, found: Citation) -> str:
    (line,) = [line for line in found.bibtex.split("\n") if line.startswith(f"  {name} = ")]
    return line.removeprefix(f"  {name} = ").removesuffix(",")


def test_a_citation_in_words_names_author_title_blog_day_and_address() -> None:
    found = cited("Week 4: My Interest in Machine Learning", "Ada Lovelace", blog="Notes from a Moving Field")
    assert found.text == (
        "Ada Lovelace, “Week 4: My Interest in Machine Learning”, Notes from a Moving Field, 3 May 2023, "
        "https://example.org/posts/week-4/"
    )


def test_a_citation_is_in_the_language_of_the_post() -> None:
    assert (
        cited("Ein „Satz“", "A", "B", "C", url="", language="de").text == "A, B und C, „Ein ‚Satz‘“, Notes, 3. Mai 2023"
    )
    assert cited("a « b »", url="", language="fr").text == "«\u202fa “ b ”\u202f», Notes, 3 mai 2023"
    assert cited("題", "甲", "乙", url="", language="ja").text == "甲、乙、「題」、Notes、2023年5月3日"


def test_what_is_not_known_is_left_out() -> None:
    found = cited(url="")
    assert found.text == "“A title”, Notes, 3 May 2023"
    assert found.bibtex == (
        "@misc{notes-2023-a-title,\n  title = {{A title}},\n  howpublished = {Notes},\n  year = {2023},\n  month = may,\n}"
    )


def test_a_post_with_a_doi_is_cited_by_it() -> None:
    ada = Person("Ada Moreno", orcid="0000-0002-1825-0097")
    post = CitedPost("A title", DAY, [ada], "Notes", URL, "10.59350/ab_c", "de")
    found = citation(post, WordTables().words("en"))
    assert found.text.endswith(", 3 May 2023, https://doi.org/10.59350/ab_c")
    assert (field("doi", found), field("url", found)) == ("{10.59350/ab_c}", f"{{{URL}}}")
    kind, _, data = found.csl.partition(",")
    assert kind == "data:application/vnd.citationstyles.csl+json;charset=utf-8"
    assert json.loads(unquote(data)) == [
        {
            "id": "moreno-2023-a-title", "type": "post-weblog", "title": "A title", "container-title": "Notes",
            "author": [{"literal": "Ada Moreno"}], "language": "de", "issued": {"date-parts": [[2023, 5, 3]]},
            "DOI": "10.59350/ab_c", "URL": URL,
        }
    ]  # fmt: skip
    assert describe_for_search(post) == (
        ("citation_title", "A title"), ("citation_author", "Ada Moreno"),
        ("citation_author_orcid", "https://orcid.org/0000-0002-1825-0097"), ("citation_publication_date", "2023/05/03"),
        ("citation_journal_title", "Notes"), ("citation_language", "de"), ("citation_doi", "10.59350/ab_c"),
        ("citation_public_url", URL),
    )  # fmt: skip


def test_several_authors_are_all_named() -> None:
    assert cited("A title", "Ada", "Bea").text.startswith("Ada and Bea, “A title”, ")
    assert cited("A title", "Ada", "Bea", "Cleo").text.startswith("Ada, Bea and Cleo, “A title”, ")
    assert field("author", cited("A title", "Ada Moreno", "Bea Ruiz")) == "{Ada Moreno and Bea Ruiz}"


def test_quotation_marks_in_a_title_are_those_within_others() -> None:
    assert cited("What “done” means", "Ada").text.startswith("Ada, “What ‘done’ means”, ")


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("50% of R&D, #1_a $x^2~y", r"50\% of R\&D, \#1\_a \$x\textasciicircum{}2\textasciitilde{}y"),
        ("\\emph", r"\textbackslash{}emph"),
        ("A set { without end", r"A set \textbraceleft{} without end"),
        ("}", r"\textbraceright{}"),
        ("Größe, “so”", "Größe, “so”"),
    ],
)
def test_what_tex_would_take_for_its_own_is_shown_as_typed_and_braces_stay_in_balance(title: str, written: str) -> None:
    found = cited(title, "Ada")
    assert field("title", found) == f"{{{{{written}}}}}"
    assert found.bibtex.count("{") == found.bibtex.count("}")


@pytest.mark.parametrize(
    ("name", "written", "first"),
    [
        ("Ada Moreno", "{Ada Moreno}", "moreno"),
        ("Jürgen Müller", "{Jürgen Müller}", "muller"),
        ("Ada Moreno, PhD", "{{Ada Moreno, PhD}}", "moreno"),
        ("Ada and Bea", "{{Ada and Bea}}", "bea"),
        ("Fernanda Anders", "{Fernanda Anders}", "anders"),
        ("Seán O'Brien-Groß", "{Seán O'Brien-Groß}", "obriengross"),
        ("R&D, Inc.", r"{{R\&D, Inc.}}", "rd"),
    ],
)
def test_a_name_is_one_author_and_its_surname_begins_the_key(name: str, written: str, first: str) -> None:
    assert field("author", cited("A title", name)) == written
    assert key("A title", name) == f"{first}-2023-a-title"


def test_a_key_is_made_of_plain_letters_and_never_empty() -> None:
    assert key("Überraschung: ein — Brief", "Ada") == "ada-2023-uberraschung-ein-brief"
    assert key("机器学习", "李明") == "2023"
    assert key("机器学习", blog="Notes") == "notes-2023"
