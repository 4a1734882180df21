"""Tests of `blog.bibliography.bib_file`: what an entry of a file is, and what is said of one that is broken."""

import pytest

from blog.bibliography.bib_file import MAX_BYTES, parse_bib_file
from blog.bibliography.entry import BibEntry, Name
from blog.bibliography.library import BibFile, merge_entries
from tests.support.bounds import processor


def parse(text: str | bytes, path: str = "content/references.bib") -> BibFile:
    return parse_bib_file(text.encode() if isinstance(text, str) else text, path)


def entry_of(text: str) -> BibEntry:
    file = parse(text)
    assert said(file) == []
    (entry,) = file.entries
    return entry.without_location()


def said(file: BibFile) -> list[str]:
    assert all(problem.severity == "warning" for problem in file.problems)
    return [
        f"{problem.location.line}:{problem.location.column}: {problem.code}: {problem.message} ({problem.hint})"
        for problem in file.problems
    ]


def keys(file: BibFile) -> list[str]:
    return [entry.key for entry in file.entries]


def test_an_entry_of_google_scholar() -> None:
    entry = entry_of(
        "@inproceedings{he2016deep,\n"
        "  title={Deep residual learning for image recognition},\n"
        "  author={He, Kaiming and Zhang, Xiangyu and Ren, Shaoqing and Sun, Jian},\n"
        "  booktitle={Proceedings of the IEEE conference on computer vision and pattern recognition},\n"
        "  pages={770--778},\n"
        "  year={2016},\n"
        "  organization={IEEE}\n"
        "}\n"
    )
    assert entry == BibEntry(
        key="he2016deep",
        kind="inproceedings",
        authors=(Name("He", "Kaiming"), Name("Zhang", "Xiangyu"), Name("Ren", "Shaoqing"), Name("Sun", "Jian")),
        year="2016",
        title="Deep residual learning for image recognition",
        container="Proceedings of the IEEE conference on computer vision and pattern recognition",
        pages="770–778",
        publisher="IEEE",
    )


def test_an_entry_of_the_acl_anthology() -> None:
    entry = entry_of(
        "@inproceedings{devlin-etal-2019-bert,\n"
        '    title = "{BERT}: Pre-training of Deep Bidirectional Transformers for Language Understanding",\n'
        '    author = "Devlin, Jacob  and\n      Chang, Ming-Wei  and\n      Toutanova, Kristina",\n'
        '    editor = "Burstein, Jill  and\n      Solorio, Thamar",\n'
        '    booktitle = "Proceedings of the 2019 Conference of the North {A}merican Chapter",\n'
        "    month = jun,\n"
        '    year = "2019",\n'
        '    address = "Minneapolis, Minnesota",\n'
        '    publisher = "Association for Computational Linguistics",\n'
        '    url = "https://aclanthology.org/N19-1423",\n'
        '    doi = "10.18653/v1/N19-1423",\n'
        '    pages = "4171--4186",\n'
        '    abstract = "We introduce {\\textbar} a new model, 7.7{\\%}.",\n'
        "}\n"
    )
    assert entry.title == "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding"
    assert entry.authors == (Name("Devlin", "Jacob"), Name("Chang", "Ming-Wei"), Name("Toutanova", "Kristina"))
    assert entry.container == "Proceedings of the 2019 Conference of the North American Chapter"
    assert (entry.doi, entry.url) == ("10.18653/v1/N19-1423", "https://aclanthology.org/N19-1423")


def test_an_entry_of_better_bibtex_in_the_words_of_biblatex() -> None:
    entry = entry_of(
        "@article{gebruDatasheets2021,\n"
        "  title = {Datasheets for Datasets},\n"
        "  author = {Gebru, Timnit and family=Oord, given=Aäron, prefix=van den, useprefix=true},\n"
        "  date = {2021-12-01},\n"
        "  journaltitle = {Communications of the {{ACM}}},\n"
        "  shortjournal = {Commun. ACM},\n"
        "  volume = {64},\n  number = {12},\n"
        "  eprint = {1803.09010},\n  eprinttype = {arxiv},\n  eprintclass = {cs},\n"
        "  doi = {10.1145/3458723},\n  url = {https://dl.acm.org/doi/10.1145/3458723},\n"
        "  file = {/home/me/Zotero/storage/ABC/Gebru.pdf},\n  keywords = {datasets,ethics}\n"
        "}\n"
    )
    assert entry.authors == (Name("Gebru", "Timnit"), Name("van den Oord", "Aäron"))
    assert (entry.year, entry.container, entry.volume, entry.issue) == ("2021", "Communications of the ACM", "64", "12")
    assert (entry.arxiv, entry.doi, entry.url) == ("1803.09010", "10.1145/3458723", "")


@pytest.mark.parametrize(
    ("fields", "identifiers"),
    [
        ("eprint={1706.03762}, archivePrefix={arXiv}, primaryClass={cs.CL}", ("", "1706.03762", "")),
        ("doi={10.48550/arXiv.1706.03762}", ("", "1706.03762", "")),
        ("journal={arXiv preprint arXiv:1706.03762}", ("", "1706.03762", "")),
        ("journal={CoRR}, volume={abs/1706.03762}", ("", "1706.03762", "")),
        ("url={http://arxiv.org/abs/hep-th/9901001v2}", ("", "hep-th/9901001v2", "")),
        ("eprint={hal-01234567}, archivePrefix={HAL}", ("", "", "")),
        ("doi={https://doi.org/10.1000/a\\_b(1)}", ("10.1000/a_b(1)", "", "")),
        ("url={https://doi.org/10.1000/ab}", ("10.1000/ab", "", "")),
        ("doi={none}, url={javascript:alert(1)}", ("", "", "")),
        (
            "howpublished={\\url{https://example.org/~a\\_b?x=1\\&y=\\%20}}",
            ("", "", "https://example.org/~a_b?x=1&y=%20"),
        ),
        ("note={Accessed at https://example.org/}", ("", "", "https://example.org/")),
    ],
)
def test_doi_arxiv_id_and_address_are_found_where_people_write_them(fields: str, identifiers: tuple[str, ...]) -> None:
    entry = entry_of(f"@misc{{a, title={{T}}, {fields}}}")
    assert (entry.doi, entry.arxiv, entry.url) == identifiers
    assert "arXiv" not in entry.container
    assert entry.has_link == any(identifiers)


def test_strings_join_with_texts_and_numbers() -> None:
    file = parse(
        '@string{acl = "Association for"}\n@STRING(PMLR = {Proceedings} # " of ")\n'
        '@book{a, publisher = ACL # " Computational " # {Linguistics}, title = pmlr # 2, year = 1999, month = "1~" # jan}\n'
    )
    (entry,) = file.entries
    assert (entry.publisher, entry.title, entry.year) == (
        "Association for Computational Linguistics",
        "Proceedings of 2",
        "1999",
    )
    assert said(file) == []


def test_an_unknown_string_stands_for_itself() -> None:
    file = parse("@string{cvpr = {CVPR}}\n@article{a,\n  journal = cvrp,\n  title = Nature,\n  month = sept\n}\n")
    (entry,) = file.entries
    assert (entry.container, entry.title) == ("cvrp", "Nature")
    assert said(file) == [
        '3:13: bib-string: "journal" is neither in braces nor the name of a @string: cvrp (did you mean "cvpr"?)',
        '4:11: bib-string: "title" is neither in braces nor the name of a @string: Nature (write {Nature})',
    ]


def test_an_entry_inherits_the_fields_of_the_one_that_crossref_names() -> None:
    file = parse(
        "@inproceedings{paper, title={Paper}, author={A, B}, crossref={Proc}}\n"
        "@proceedings{proc, title={Proceedings}, year=2001, publisher={P}, editor={E, F}, url={https://example.org/}}\n"
        "@inproceedings{b, title={B}, crossref={prok}}\n@misc{loop, crossref={loop}, title={L}}\n"
    )
    paper = file.entries[0]
    assert (paper.title, paper.container, paper.year, paper.publisher, paper.url) == (
        "Paper",
        "Proceedings",
        "2001",
        "P",
        "",
    )
    assert said(file) == [
        '3:30: bib-field: "crossref" of "b" names no entry of this file: "prok" (did you mean "proc"?)'
    ]


BROKEN = [
    (
        "@article{a,\n  title = {A,\n  year = 2000\n}\n",
        [],
        ['1:1: bib-entry: "a" is not closed: it is left out (write } at the end of the entry, or of "title")'],
    ),
    (
        "@article{a,\n  title = {A},\n  note = {open\n",
        [],
        ['3:10: bib-entry: "note" of "a" is not closed: the entry is left out (close it with })'],
    ),
    (
        '@article{a,\n  title = "A,\n  year = 2000\n}\n',
        [],
        ['2:11: bib-entry: "title" of "a" is not closed: the entry is left out (close it with ")'],
    ),
    (
        "@article{a,\n  title = {A},\n  year = 2000\n",
        [],
        ['1:1: bib-entry: "a" is not closed: it is left out (write } at the end of the entry, or of "year")'],
    ),
    (
        "@article{a,\n  title = {A}\n  year = 2000\n}\n",
        ["a"],
        ['3:3: bib-comma: a comma is missing behind "title" of "a" (end the line above with a comma)'],
    ),
    (
        "@article{a\n  title = {A}\n}\n",
        ["a"],
        ['1:11: bib-comma: a comma is missing behind the key "a" (write @article{a,)'],
    ),
    (
        "@article{title = {A}}\n",
        [],
        [
            "1:1: bib-entry: this @article has no key, so that no text can cite it: it is left out (write a name behind the bracket: @article{he2016, …)"
        ],
    ),
    (
        "@article{, title = {A}}\n",
        [],
        [
            "1:1: bib-entry: this @article has no key, so that no text can cite it: it is left out (write a name behind the bracket: @article{he2016, …)"
        ],
    ),
    (
        "@article{my paper, title = {A}}\n",
        [],
        [
            '1:12: bib-entry: the key "my" is not followed by a comma: the entry is left out (write @article{my, and a key without spaces)'
        ],
    ),
    (
        "@article{a, title {A}, year = 1}\n",
        [],
        ['1:13: bib-entry: "title" of "a" has no value: the entry is left out (write title = {…},)'],
    ),
    (
        "@article{a, title = , year = 1}\n",
        [],
        ['1:21: bib-entry: "title" of "a" has no value: it is left out (write title = {…},)'],
    ),
    (
        "@article{a, title = {A} {B}}\n",
        [],
        [
            '1:25: bib-entry: something else than a comma follows "title" of "a": it is left out (write a comma behind the field, or } at the end of the entry)'
        ],
    ),
    (
        "@article{a, title = {A}, title = {B}}\n",
        ["a"],
        ['1:26: bib-field: the field "title" of "a" is written twice: the first one counts (delete one of them)'],
    ),
    (
        '@string{a "b"}\n',
        [],
        ['1:9: bib-entry: "a" of @string has no value: the entry is left out (write a = {…},)'],
    ),
    (
        f"@article{{a, title = {'{' * 200}x{'}' * 200}}}\n",
        [],
        ['1:21: bib-entry: "title" of "a" has too many braces inside each other: it is left out (take some out)'],
    ),
]


@pytest.mark.parametrize(("source", "kept", "problems"), BROKEN)
def test_a_broken_entry_is_left_out_with_its_place_and_the_next_one_is_read(
    source: str, kept: list[str], problems: list[str]
) -> None:
    file = parse(source + "@book{next, title = {Next}}\n")
    assert said(file) == problems
    assert keys(file) == [*kept, "next"]


def test_what_stands_outside_of_entries_is_a_comment() -> None:
    file = parse(
        "---\n---\n% Encoding: UTF-8\nmail me@example.org {x}, @karpathy so\n@comment{jabref-meta: databaseType:bibtex;}\n"
        "@Comment(ignored = {x)}\n@preamble{ {\\newcommand{\\x}{y}} }\n"
        "@article ( a , title = {(A)}, % a remark\n  year = 2000 , , )\n@comment{ not closed\n@misc{b, title={B}}\n"
    )
    assert keys(file) == ["a", "b"]
    assert file.entries[0].title == "(A)"
    assert said(file) == []


def test_a_quotation_mark_in_braces_and_a_bare_accent_do_not_end_a_value() -> None:
    entry = entry_of('@misc{a, title = "The {"}best{"} of G{\\"o}del and G\\"odel", note = {say "x"}}')
    assert entry.title == 'The "best" of Gödel and Gödel'
    assert entry.note == 'say "x"'


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_lines_are_counted_as_an_editor_does(ending: str) -> None:
    file = parse(ending.join(["@misc{a, title={A}}", "", "@misc{b, title={B}", "@misc{c, title={C}}"]))
    assert keys(file) == ["a", "c"]
    assert [problem.location.line for problem in file.problems] == [3]
    assert file.entries[1].location.line == 4


def test_a_file_that_is_not_utf_8_is_read_with_a_warning() -> None:
    text = "@misc{a, title={Zürich}}\n"
    assert entry_of("\ufeff" + text).title == "Zürich"
    latin = parse(b"\n" + text.encode("latin-1"))
    assert latin.entries[0].title == "Zürich"
    assert said(latin) == ["2:1: bib-file: the file is not UTF-8: it is read as Latin-1 (save it as UTF-8)"]
    wide = parse(text.encode("utf-16"))
    assert wide.entries[0].title == "Zürich"
    assert said(wide) == ["1:1: bib-file: the file is not UTF-8: it is read as UTF-16 (save it as UTF-8)"]


def test_a_file_that_is_too_large_is_not_read() -> None:
    file = parse(b"@misc{a, title={A}}" + b" " * MAX_BYTES)
    assert file.entries == ()
    assert said(file) == [
        "1:1: bib-file: the file has more than 20 MB: none of its entries can be cited (keep the entries that you cite)"
    ]


def test_of_very_many_problems_the_first_are_said() -> None:
    file = parse("@misc{a, title={A}\n" * 300)
    assert len(file.problems) == 101
    assert file.problems[-1].message == "200 more problems are in this file"


def test_of_two_entries_with_one_key_the_first_counts() -> None:
    first = parse("@misc{a, title={A}}\n@misc{b, title={B}}\n\n@misc{a, title={C}}\n").entries
    second = parse("@misc{b, title={D}}\n@misc{a, title={A}}\n", "content/posts/cv.bib").entries
    entries, problems = merge_entries([first, second])
    assert [entry.title for entry in entries.values()] == ["A", "B"]
    assert [(problem.location.format(problem.location.path), problem.message) for problem in problems] == [
        ("content/references.bib:4:1", 'the key "a" is used twice: the entry at content/references.bib:1:1 counts'),
        ("content/posts/cv.bib:1:1", 'the key "b" is used twice: the entry at content/references.bib:2:1 counts'),
    ]


HOSTILE = [
    "@", "@a{", "@a(", "@a{b,", "@a{b,c={", '@a{b,c="', "{", "}", "@comment{", "@comment(", "@string{a={x}}", "@a{b,c=", "a=b,",
    "\\'", "@a{b,title={\\'{\\'{", "$_", "@a{b,author={ and and ", "% ", "@a{b,title=x#", "\n@a{b,title={", "\n@a{b", " @a", "@a b",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_file_takes_time_that_grows_with_its_size(piece: str) -> None:
    with processor(4):
        parse(piece * (500_000 // len(piece)))


def test_strings_do_not_multiply_without_a_limit() -> None:
    doubling = "@string{a = {0123456789}}\n" + "@string{a = a # a}\n" * 60
    uses = "".join(f"@misc{{k{number}, title = a, note = a # a # a}}\n" for number in range(2_000))
    with processor(4):
        file = parse(doubling + uses)
    assert len(file.entries) == 2_000
    assert sum(len(entry.title) + len(entry.note) for entry in file.entries) < 3_000_000
