"""Tests of `blog.bibliography.names`: the forms in which a name is written."""

import pytest

from blog.bibliography.entry import Name
from blog.bibliography.names import parse_names

CASES = [
    ("Donald E. Knuth", [Name("Knuth", "Donald E.")]),
    ("Knuth, Donald E.", [Name("Knuth", "Donald E.")]),
    ("Aäron van den Oord", [Name("van den Oord", "Aäron")]),
    ('van den Oord, A{\\"a}ron', [Name("van den Oord", "Aäron")]),
    ("de la Cruz, Jr., Juan", [Name("de la Cruz", "Juan", "Jr.")]),
    ("Kenneth L. Church, Jr.", [Name("Church", "Kenneth L.", "Jr.")]),
    ("King, III, Martin Luther", [Name("King", "Martin Luther", "III")]),
    ("{Google Research} and {{OpenAI}}", [Name("Google Research"), Name("OpenAI")]),
    ("{Barnes and Noble, Inc.}", [Name("Barnes and Noble, Inc.")]),
    ("family=Oord, given=Aäron, prefix=van den, useprefix=true", [Name("van den Oord", "Aäron")]),
    ("A. One\n   AND B. Two and and", [Name("One", "A."), Name("Two", "B.")]),
    ("Petros Andreou, Jamie Lanyon, Axel Finke, Georgina Cosma",
     [Name("Andreou", "Petros"), Name("Lanyon", "Jamie"), Name("Finke", "Axel"), Name("Cosma", "Georgina")]),
    ("Madonna", [Name("Madonna")]),
    ("bell hooks", [Name("bell hooks")]),
    ("{\\'E}mile Zola", [Name("Zola", "Émile")]),
    ("王小明", [Name("王小明")]),
    ("", []),
    (" , ", []),
    ("{}", []),
]  # fmt: skip


@pytest.mark.parametrize(("source", "names"), CASES)
def test_a_list_of_names(source: str, names: list[Name]) -> None:
    assert parse_names(source) == (tuple(names), False)


@pytest.mark.parametrize("ending", ["others", "et al."])
def test_others_follow(ending: str) -> None:
    assert parse_names(f"Wolf, Thomas and {ending}") == ((Name("Wolf", "Thomas"),), True)


def test_a_name_as_it_is_spoken() -> None:
    assert Name("van den Oord", "Aäron").full == "Aäron van den Oord"
    assert Name("Church", "Kenneth", "Jr.").full == "Kenneth Church Jr."
    assert Name("OpenAI").full == "OpenAI"
