"""Ids of headings by the rules of other tools, for those who come from there."""

from pathlib import Path

import pytest

from blog.config.settings import HEADING_IDS
from blog.markdown import MarkdownOptions
from blog.markdown.convert import convert_markdown
from blog.markdown.heading_ids import HEADING_ID_RULES
from blog.problems import Location
from tests.support.publishing import post, publish
from tests.support.sites import SETTINGS


def ids(rule: str, *headings: str, for_author: bool = False) -> list[str]:
    text = "".join(f"## {heading}\n\n" for heading in headings)
    options = MarkdownOptions(heading_ids=rule, for_author=for_author)
    return [heading.id for heading in convert_markdown(text, Location("a.md"), options).headings]


def test_each_rule_that_can_be_chosen_exists() -> None:
    assert set(HEADING_ID_RULES) == {"", *HEADING_IDS}


@pytest.mark.parametrize(
    ("heading", "own", "github", "kramdown", "pandoc"),
    [
        ("This is a header", *["this-is-a-header"] * 4),
        ("12. Another one-1-here", "12-another-one-1-here", "12-another-one-1-here", "another-one-1-here", "another-one-1-here"),
        ("3. Applications", "3-applications", "3-applications", "applications", "applications"),
        ("33", "33", "33", "section", "section"),
        (";.;;", "section", "section", "section", "section"),
        ("Do ^& it now", "do--it-now", "do--it-now", "do--it-now", "do-it-now"),
        ("Maître d'hôtel", "maître-dhôtel", "maître-dhôtel", "matre-dhtel", "maître-dhôtel"),
        ("*Dogs*?--in *my* house?", "dogs--in-my-house", "dogs--in-my-house", "dogs--in-my-house", "dogs--in-my-house"),
        ("before -- after", "before--after", "before--after", "before----after", "before-after"),
        ("snake_case v1.2", "snake_case-v12", "snake_case-v12", "snakecase-v12", "snake_case-v1.2"),
        ("See [docs](http://x.org/a) `now`", "see-docs-now", "see-docs-now", "see-docshttpxorga-now", "see-docs-now"),
        ("x² and Ⅳ a‿b", "x²-and-ⅳ-ab", "x-and-ⅳ-a‿b", "x-and--ab", "x²-and-ⅳ-ab"),
        ("日本語 Überschrift", "日本語-überschrift", "日本語-überschrift", "berschrift", "日本語-überschrift"),
        ("\U0001f600 Smile", "-smile", "-smile", "smile", "smile"),
        ("A ![picture](p.png) b", "a-b", "a--b", "a-pictureppng-b", "a-picture-b"),
        ("Before \tafter", "before-after", "before--after", "before-after", "before-after"),
        ("With $m=5$", "with-m5", "with-m5", "with-m5", "with-m5"),
        ("A <b>bold</b> word", "a-bold-word", "a-bold-word", "a-bold-word", "a-bold-word"),
        ("Own {#Mine}", "Mine", "Mine", "Mine", "Mine"),
    ],
)  # fmt: skip
def test_the_id_of_a_heading_by_each_rule(heading: str, own: str, github: str, kramdown: str, pandoc: str) -> None:
    found = [ids(rule, heading)[0] for rule in ("", "github", "kramdown", "pandoc")]
    assert found == [own, github, kramdown, pandoc]


@pytest.mark.parametrize("rule", HEADING_ID_RULES)
def test_ids_that_repeat_have_numbers(rule: str) -> None:
    assert ids(rule, "A", "A", "A 1", "a", "?", "!") == ["a", "a-1", "a-1-1", "a-2", "section", "section-1"]


@pytest.mark.parametrize("rule", HEADING_ID_RULES)
@pytest.mark.parametrize("comment", ["<!-- secret -->", "<? secret ?>", "<!A secret>"])
def test_no_comment_is_in_an_id_and_the_preview_has_the_same(rule: str, comment: str) -> None:
    (shown,) = ids(rule, f"A {comment} b")
    assert "secret" not in shown
    assert ids(rule, f"A {comment} b", for_author=True) == [shown]


def test_the_setting_holds_for_posts_contexts_and_notices(tmp_path: Path) -> None:
    context = "|\n  ## 1. First"
    settings = SETTINGS + '[markdown]\nheading_ids = "pandoc"\n[labels.Journal]\nnotice = "## 2. Second"\n'
    files: dict[str, str | bytes] = {
        "content/posts/a.md": post(text="## 3. Third\n\n[x](#third)", context=context, labels="[Journal]"),
    }
    page = publish(tmp_path / "pandoc", {"blog.toml": settings, **files})
    for ident in ("context-first", "notice-journal-second", "third"):
        assert f'id="{ident}"' in page["posts/a/index.html"]


def test_a_warm_build_has_the_ids_of_a_changed_setting(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"content/posts/a.md": post(text="## 3. Third")}
    found = []
    for rule in ("", "pandoc", "github"):
        settings = f'{SETTINGS}[markdown]\nheading_ids = "{rule}"\n'
        warm = publish(tmp_path / "warm", {"blog.toml": settings, **files})
        assert warm == publish(tmp_path / f"clean {rule}", {"blog.toml": settings, **files})
        found.append('id="3-third"' in warm["posts/a/index.html"])
    assert found == [True, False, True]
