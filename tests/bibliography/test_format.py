"""Tests of `blog.bibliography.format`: the words of a citation, and full references."""

import pytest

from blog.bibliography.bib_file import parse_bib_file
from blog.bibliography.entry import BibEntry, Name
from blog.bibliography.format import full_reference, links_of, make_labels, plain_reference
from blog.config.words import WordTables

WORDS = WordTables()
HE, ZHANG, REN = Name("He", "Kaiming"), Name("Zhang", "Xiangyu"), Name("Ren", "Shaoqing")


def entry(key: str = "a", kind: str = "article", **fields: object) -> BibEntry:
    return BibEntry(key=key, kind=kind, **fields)  # type: ignore[arg-type]


def label(entry: BibEntry, language: str = "en") -> str:
    return ", ".join(make_labels([entry], WORDS.words(language))[entry.key])


def reference(source: str, language: str = "en") -> str:
    (work,) = parse_bib_file(source.encode(), "a.bib").entries
    year = make_labels([work], WORDS.words(language))[work.key].year
    return plain_reference(full_reference(work, year, WORDS.words(language), "“”"))


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (entry(authors=(HE,), year="2016"), "He, 2016"),
        (entry(authors=(HE, ZHANG), year="2016"), "He and Zhang, 2016"),
        (entry(authors=(HE, ZHANG, REN), year="2016"), "He et al., 2016"),
        (entry(authors=(HE,), has_more_authors=True, year="2016"), "He et al., 2016"),
        (entry(editors=(HE, ZHANG)), "He and Zhang, n.d."),
        (entry(title="Attention Is All You Need", year="2017"), "Attention Is All You…, 2017"),
        (entry(title="GPT-4", year="2023"), "GPT-4, 2023"),
        (entry(key="x2020", year="forthcoming"), "x2020, forthcoming"),
    ],
)
def test_a_label_has_the_authors_and_the_year(work: BibEntry, words: str) -> None:
    assert label(work) == words


def test_small_words_are_in_the_language_of_the_text() -> None:
    work = entry(authors=(HE, ZHANG))
    assert label(work, "de-AT") == "He und Zhang, o. J."
    assert label(work, "fr") == "He et Zhang, s. d."
    assert label(work, "ja") == "He、Zhang, 発行年不明"
    assert label(work, "eo") == "He and Zhang, n.d."


def test_letters_tell_equal_labels_apart_in_the_order_of_the_list() -> None:
    works = [
        entry("c", authors=(HE,), year="2016"),
        entry("a", authors=(ZHANG,), year="2016"),
        entry("b", authors=(Name("HE"),), year="2016"),
        entry("d", authors=(REN,)),
        entry("e", authors=(REN,)),
    ]
    assert {key: ", ".join(label) for key, label in make_labels(works, WORDS.words("en")).items()} == {
        "c": "He, 2016a",
        "a": "Zhang, 2016",
        "b": "HE, 2016b",
        "d": "Ren, n.d.-a",
        "e": "Ren, n.d.-b",
    }
    many = make_labels([entry(f"{number:02}", authors=(HE,), year="1") for number in range(28)], WORDS.words("en"))
    assert [many[key].year for key in ("00", "25", "26", "27")] == ["1a", "1z", "1aa", "1ab"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            "@inproceedings{a, author={He, Kaiming and Ren, Shaoqing and Sun, Jian}, title={Deep Residual Learning}, booktitle={CVPR}, pages={770--778}, year=2016, doi={10.1109/CVPR.2016.90}}",
            "Kaiming He, Shaoqing Ren and Jian Sun (2016). “Deep Residual Learning”. In CVPR, pp. 770–778. doi:10.1109/CVPR.2016.90.",
        ),
        (
            "@article{a, author={A. Turing}, title={Can Machines Think?}, journal={Mind}, volume=59, number=236, pages={433-460}, year=1950, publisher={OUP}}",
            "A. Turing (1950). “Can Machines Think?” Mind 59(236), 433–460.",
        ),
        (
            "@book{a, author={Bishop, Christopher M.}, title={Pattern Recognition}, edition=2, publisher={Springer}, year=2006}",
            "Christopher M. Bishop (2006). Pattern Recognition, 2nd ed. Springer.",
        ),
        (
            "@incollection{a, author={A, B}, editor={C, D and E, F}, title={Part}, booktitle={Whole}, pages=7, year=2001, publisher={P}}",
            "B A (2001). “Part”. In D C and F E (eds.), Whole, p. 7. P.",
        ),
        ("@phdthesis{a, author={A, B}, title={Thesis}, school={MIT}, year=2001}", "B A (2001). Thesis. MIT."),
        (
            "@misc{a, title={A page}, url={https://www.example.org/a/}, note={Accessed 2020. }}",
            "“A page” (n.d.). Accessed 2020. www.example.org/a.",
        ),
        ("@misc{a, author={A, B and others}, eprint={1512.03385}}", "B A, et al. (n.d.). arXiv:1512.03385."),
        ("@misc{a}", "(n.d.)."),
        ("@proceedings{a, editor={C, D}, title={Proc}, year=2001}", "D C (ed.) (2001). Proc."),
    ],
)
def test_a_full_reference(source: str, words: str) -> None:
    assert reference(source) == words


def test_of_very_many_authors_the_first_are_named() -> None:
    names = " and ".join(f"N{number}, A" for number in range(3000))
    assert reference(f"@misc{{a, author={{{names}}}, title={{T}}, year=1}}").startswith("A N0, A N1, ")
    assert "A N9, et al. (1). “T”" in reference(f"@misc{{a, author={{{names}}}, title={{T}}, year=1}}")


def test_links_are_escaped_and_long_addresses_shortened() -> None:
    long = "https://example.org/" + "x" * 80
    links = links_of(entry(doi="10.1000/a<b>c", arxiv="hep-th/9901001", url=long))
    assert [(link.text, link.url) for link in links] == [
        ("doi:10.1000/a<b>c", "https://doi.org/10.1000/a%3Cb%3Ec"),
        ("arXiv:hep-th/9901001", "https://arxiv.org/abs/hep-th/9901001"),
        ("example.org", long),
    ]
