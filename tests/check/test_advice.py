"""What `blog check` says of a site as a whole."""

import pytest
from msgspec import structs

from blog.check.advice import HEAVY, TOO_HEAVY, advise_on_site
from blog.content.files import SourceFile
from blog.content.images import SourceImage
from blog.site.assemble import Site
from tests.support.planning import assembled, messages
from tests.support.publishing import post

LONG = "These words are enough to say what stands in the text below them."


def said(site: Site, code: str) -> list[str]:
    found = [problem for problem in advise_on_site(site) if problem.code == code]
    return [f"{problem.severity}: {line}" for problem, line in zip(sorted(found), messages(found), strict=True)]


def posts(*keys: dict[str, str], text: str = LONG) -> Site:
    """A site of posts with these keys, the oldest first."""
    documents = {
        f"posts/p{number}.md": post(f"P{number}", f"2024-01-{number + 1:02}", text, **more)
        for number, more in enumerate(keys)
    }
    return assembled(documents)[0]


def test_a_tag_of_one_post_is_a_note_once_the_blog_has_ten_posts() -> None:
    assert said(posts({"tags": "[a, b]"}, {"tags": "[a]"}), "lonely-tag") == []
    many = posts({"tags": "[a, b]"}, {"tags": "[a]"}, *({} for _ in range(8)))
    assert said(many, "lonely-tag") == ['note: content/posts/p0.md:4:11: no other post has the tag "b"']


def test_the_rarer_of_two_tags_that_are_nearly_one_is_said_where_the_newest_post_has_it() -> None:
    site = posts({"tags": "[deep learning]"}, {"tags": "[deep-learnings]"}, {"tags": "[deep learning]"})
    (problem,) = (problem for problem in advise_on_site(site) if problem.code == "near-twin")
    assert (problem.location.path, problem.location.line, problem.location.column) == ("content/posts/p1.md", 4, 8)
    assert problem.message == '"deep-learnings" is nearly "deep learning"'
    assert problem.hint == 'write "deep learning", as in 2 posts; this spelling is in 1 post'
    assert problem.severity == "warning"


def test_labels_have_twins_too_and_a_twin_is_not_lonely_as_well() -> None:
    site = posts({"labels": "[Essay]"}, {"labels": "[Essays]", "tags": "[graph]"}, {"tags": "[graphs]"}, *([{}] * 9))
    assert said(site, "near-twin") == [
        'warning: content/posts/p1.md:4:10: "Essays" is nearly "Essay"',
        'warning: content/posts/p2.md:4:8: "graphs" is nearly "graph"',
    ]
    assert [line for line in said(site, "lonely-tag") if '"graphs"' in line] == []


def alike(one: str, other: str) -> str:
    """How much two tags are alike: as twins, as one with a slip, or not at all."""
    site = posts({"tags": f'["{one}"]'}, {"tags": f'["{other}"]'}, {"tags": f'["{one}"]'})
    return next((problem.severity for problem in advise_on_site(site) if problem.code == "near-twin"), "")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("machine learning", "machinelearning"), ("data sets", "dataset"), ("category", "categories"), ("c++", "cpp"),
        ("c#", "csharp"), ("e-mail", "email"), ("neural nets", "Neural-net"),
    ],
)  # fmt: skip
def test_names_that_differ_in_signs_and_plurals_are_twins(one: str, other: str) -> None:
    assert alike(one, other) == "warning"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("reproducibility", "reproducability"),
        ("evaluation", "evalution"),
        ("transformers", "tranfsormers"),
        ("regularization", "regularisation"),
    ],
)
def test_names_that_differ_in_one_letter_of_many_are_a_note(one: str, other: str) -> None:
    assert alike(one, other) == "note"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("gpt-3", "gpt-4"), ("python 3.11", "python 3.12"), ("modes", "models"), ("loss", "los"), ("ai", "ml"), ("new", "news"),
        ("class", "clas"), ("c", "c++"), ("transformers2017", "transformers2018"), ("encoding", "decoding"), ("bias", "bia"),
        ("encoders", "decoders"), ("evolution", "revolution"), ("physics", "physic"), ("statistics", "statistic"),
    ],
)  # fmt: skip
def test_other_names_are_not_alike(one: str, other: str) -> None:
    assert alike(one, other) == ""


def test_a_label_is_told_where_it_stands_also_if_a_tag_has_its_name() -> None:
    site = posts({"labels": "[Essay]"}, {"labels": "[Essay]"}, {"tags": "[essays]", "labels": "[essays]"})
    (problem,) = (problem for problem in advise_on_site(site) if problem.code == "near-twin")
    assert (problem.location.line, problem.location.column) == (5, 10)


def test_a_summary_in_wide_letters_says_twice_as_much() -> None:
    site = posts({"summary": "深度学习" * 5}, {"summary": "深度学习" * 4}, text="x")
    assert [line for line in said(site, "no-summary") if "p0.md" in line] == []
    assert len(said(site, "no-summary")) == 1


def test_a_post_without_a_summary_or_with_a_word_of_one_is_a_warning() -> None:
    site = assembled({
        "posts/a.md": post("A", text="```\ncode\n```"), "posts/b.md": post("B", text="Short."),
        "posts/c.md": post("C", text=LONG), "posts/d.md": post("D", text="Short.", summary=LONG),
        "posts/e.md": post("E", text="Short.", unlisted="true"), "about.md": "---\ntitle: About\n---\nMe.\n",
    })[0]  # fmt: skip
    assert said(site, "no-summary") == [
        "warning: content/posts/a.md:1:1: there is no summary, and no paragraph to take one from",
        'warning: content/posts/b.md:1:1: the summary "Short." says too little',
    ]


def test_a_preview_picture_needs_words_too() -> None:
    site = posts({"image": "https://x.org/p.png"}, {"image": "https://x.org/p.png", "image_alt": "a curve"})
    assert said(site, "no-alternative") == [
        "warning: content/posts/p0.md:4:8: the image for previews has no alternative text"
    ]


def test_a_series_says_what_is_missing_what_is_beyond_its_plan_and_what_is_out_of_order() -> None:
    site = assembled({
        "series/way.md": "---\ntitle: Way\nparts: [Start]\n---\nText.\n",
        "posts/a.md": post("Start", "2024-03-01", LONG, series="Way"),
        "posts/b.md": post("Middle", "2024-01-01", LONG, series="Way", part="2"),
        "posts/d.md": post("End", "2024-04-01", LONG, series="Way", part="4"),
    })[0]  # fmt: skip
    assert said(site, "gap") == ['note: content/posts/d.md:5:7: part 3 of "Way" is missing']
    assert said(site, "beyond-plan") == [
        "note: content/posts/b.md:5:7: content/series/way.md plans 1 part: this is part 2",
        "note: content/posts/d.md:5:7: content/series/way.md plans 1 part: this is part 4",
    ]
    assert said(site, "part-order") == [
        "note: content/posts/b.md:5:7: part 2 is of 2024-01-01, before part 1 (2024-03-01)"
    ]


@pytest.mark.parametrize(
    ("last", "line"),
    [
        ("Week 9: End", 'weeks 3 to 8 of "Way" are missing'),
        ("Week 4: End", 'week 3 of "Way" is missing'),
        ("Week 99: End", 'weeks 3 to 98 of "Way" are missing'),
    ],
)
def test_missing_parts_in_a_row_are_one_note(last: str, line: str) -> None:
    site = assembled({
        "posts/a.md": post("Week 1", "2024-01-01", LONG, series="Way"), "posts/b.md": post("Week 2", "2024-01-02", LONG, series="Way"),
        "posts/c.md": post(last, "2024-01-03", LONG, series="Way"),
    })[0]  # fmt: skip
    assert said(site, "gap") == [f"note: content/posts/c.md:4:9: {line}"]


def test_missing_parts_of_another_language_are_named_as_its_posts_are() -> None:
    site = assembled({
        "posts/a.md": post("Woche 1", "2024-01-01", LONG, series="Weg"), "posts/b.md": post("Woche 4", "2024-01-02", LONG, series="Weg"),
    })[0]  # fmt: skip
    assert said(site, "gap") == ['note: content/posts/b.md:4:9: Woche 2 to 3 of "Weg" are missing']


def test_a_wrong_part_is_a_warning_of_the_build_and_no_note_as_well() -> None:
    site, problems = assembled({
        "series/way.md": "---\ntitle: Way\nparts: [Start, Middle]\n---\nText.\n",
        "posts/a.md": post("Start", "2024-03-01", LONG, series="Way", part="9"),
    })  # fmt: skip
    assert messages(problems) == ["content/posts/a.md:5:7: the plan has this title as part 1, not 9"]
    assert [problem.code for problem in advise_on_site(site)] == []


def test_a_series_without_a_plan_has_nothing_beyond_it() -> None:
    site = posts({"series": "S", "part": "1"}, {"series": "S", "part": "2"})
    assert [problem.code for problem in advise_on_site(site)] == []


def heavy(size: int, picture: SourceImage | None, text: str) -> list[str]:
    site = assembled({"posts/a.md": post("A", text=f"{LONG}\n\n{text}")}, files=("posts/p.gif",))[0]
    file = SourceFile("content/posts/p.gif", "file", (size, 0, 0, 0), picture)
    return said(structs.replace(site, files=((file, "posts/p.gif"),)), "heavy-picture")


def test_a_picture_that_readers_load_whole_may_not_be_heavy() -> None:
    whole, shrunk = SourceImage(300, 300, ""), SourceImage(3000, 3000, "0123")
    assert heavy(HEAVY + 1, whole, "![a](p.gif)") == [
        "warning: content/posts/p.gif:1:1: every reader loads 0.5 MB: this image has no smaller versions"
    ]
    assert heavy(HEAVY, whole, "![a](p.gif)") == []
    assert heavy(HEAVY + 1, whole, "[a](p.gif)") == []
    assert heavy(HEAVY + 1, shrunk, "![a](p.gif)") == []
    assert heavy(TOO_HEAVY + 1, shrunk, "![a](p.gif)") == [
        "warning: content/posts/p.gif:1:1: the image has 5.0 MB, and is published as it is beside its smaller versions"
    ]
    assert heavy(TOO_HEAVY + 1, whole, "[a](p.gif)") == [
        "warning: content/posts/p.gif:1:1: the image has 5.0 MB, and is published as it is"
    ]
    assert heavy(TOO_HEAVY + 1, None, "[a](p.gif)") == []
