"""What `blog.markdown` promises of every text, tried on many."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from blog.config.settings import EXTENSIONS
from tests.fuzz.promises import check_html
from tests.markdown.cases import author_text_of, everything_of, filled, text_of

if TYPE_CHECKING:
    from blog.markdown import ConvertedText

TRY = settings(derandomize=True, max_examples=200, deadline=None)
SECRET = "Xsecret"

MARKS = (
    "# ", "## ", "> ", "- ", "1. ", "    ", "\t", "- [x] ", "> [!NOTE]", "> [!x]", "| a | b |", "|--|--|", "```", "~~~", "```python",
    "{hl=1-3}", "* * *", "===", "---", ": def", "[^a]", "[^a]: ", "[a]: b", "[a](b)", "![a](b 'c')", "[", "]", "](", ")", "*", "**", "_",
    "`", "``", "~~", "<!--", "-->", "<!-- a -->", "<!-- more -->", "::: private", ":::", ":::: note", "<div>", "</div>", "<pre>",
    "<b id='x'>", "<img src=a>", "{#x}", "{.a}", "{", "}", "\\", "&amp;", "&#0;", "\0", "\x0b", '"', "'", "--", "...", "www.a.org",
    "$", "$$", "$x$", "\\begin{align}", "\\end{align}", "\\eqref{x}", "::: thread", "::: pull", "— ", "> — a", "**a**: ", "[deleted]", "Credit: ",
    "{.wide}", "[[", "]]", "[[a|b]]", "![[a.png|c|9]]", "[[a#b]]", "%%", "%% a %%", "@fig-x", "[@fig-x]", "[](#fig-x)", "{#fig-x}", "Table: ", "::: theorem {#thm-x title='", "'}", "```a {#lst-x}", "http://a", "a@b.org", "[@he2016]", "[see @he2016, p. 3; -@turing]", "@turing", "@kingma2015 [p. 3]", "[@", "; @", "-@he2016", "日本", "e\u0301", "\u2028", "\ufeff", " ", "\n", "\n\n", "word",
)  # fmt: skip
"""Everything that means something, or nearly."""
texts = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200),
    st.lists(st.sampled_from(MARKS), max_size=40).map("".join),
    st.lists(st.sampled_from(MARKS), max_size=30).map("\n".join),
)

ALL_EXTENSIONS = (*EXTENSIONS, "wikilinks")
extensions = st.sampled_from([(), ALL_EXTENSIONS])


def inside(form: str, block: str) -> str:
    """`block` inside another form."""
    first, rest = {
        "quotation": ("> ", "> "),
        "list": ("- ", "  "),
        "numbers": ("1. ", "   "),
        "note": ("> [!TIP]\n> ", "> "),
    }[form]
    return first + f"\n{rest}".join(block.split("\n"))


def wrapped(blocks: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """These blocks, some of them in quotations, lists and callouts in each other."""
    forms = st.lists(st.sampled_from(["quotation", "list", "numbers", "note"]), max_size=3)

    def wrap(drawn: tuple[str, list[str]]) -> str:
        block, around = drawn
        for form in around:
            block = inside(form, block)
        return block

    return st.tuples(blocks, forms).map(wrap)


FORMS = (
    "{}",
    "{} {}\n{} *{}* **{}** ~~{}~~ `{}`",
    "# {}",
    "## {} {{#id-{}}}",
    "{}\n===",
    "- {}\n- {}\n  - {}",
    "- {}\n\n  {}",
    "1. {}\n2. {}",
    "- [ ] {}\n- [x] {}",
    "> {}\n> {}",
    "> [!NOTE]\n> {}",
    "> [!OTHER]\n> {}",
    "| {} | {} |\n|---|:-:|\n| {} | {} |\n| {} |",
    "{}\n: {}\n: {}",
    "```python\n{} = {}({!r})\n```",
    '~~~text {{title="{}" hl=1}}\n{}\n\n{}\n~~~',
    "    {}",
    "{}[^n{}]\n\n[^n{}]: {}",
    "[^n{}]: {}\n\n    {}",
    "[{}]({}.md '{}') ![{}]({}.png)",
    "![{}]({}.png '{}')",
    "<div>\n{} <b>{}</b>\n</div>",
    "{} <span>{}</span> <br> {}",
    "{} <!-- more --> {}",
    "<!-- note -->\n\n{}",
    "* * *\n{}",
    "\"{}\" '{}' -- {}... {}",
    "::: sidenote\n{}\n:::",
    "{} [^n{}]",
    "{} [see @he2016, {}; -@turing] *{}* @kingma2015 [{}]",
    "{}\\\n{}  \n{}",
    "{} https://{}.example.org {}@example.org",
    "so $\\text{{{}}}$ and $$\\text{{{}}}$$ {}",
    "$$\n\\text{{{}}} % remark\n$$ {{#eq-{}}}",
    "\\begin{{align}}\n\\text{{{}}} &= 1 \\label{{eq-{}}}\n\\end{{align}}",
    "> {}\n> — {}",
    "> {}\n>\n> -- *{}* {}",
    "::: pull\n{}\n:::",
    "::: thread\n- **{}**: {}\n  - [deleted]\n    - **{}**, {}\n      {}\n:::",
    '![{}]({}.png "{}"){{.wide}}\nPhoto by {}',
    "![{}]({}.png)\n\nCredit: {}",
    '![{}]({}.png "{} *{}* `{}`"){{#fig-{}}}\n\n{}',
    "| {} |\n|---|\n| {} |\nTable: {} **{}** {{#tab-{}}}",
    "Table: {}\n\n| {} |\n|---|\n| {} |",
    '```python {{#lst-{} title="{}"}}\n{}\n```',
    '::: theorem {{#thm-{} title="{} *{}*"}}\n{}\n:::',
    "::: proof\n{}\n\n- {}\n:::",
)  # fmt: skip
"""Every known form, with braces for its words."""


def filled_form(form: str, words: list[str]) -> str:
    """`form` with words for its braces."""
    return form.format(*words)


@st.composite
def open_blocks(draw: st.DrawFn) -> str:
    """A known form whose words are all to be seen."""
    form = draw(st.sampled_from(FORMS))
    number = draw(st.integers(0, 10**6))
    return filled_form(form, [f"w{number}x{place}" for place in range(10)])


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A text of known forms, and the words that a reader must find."""
    numbers = count()
    blocks, words = [], []
    for form in draw(st.lists(st.sampled_from(FORMS), min_size=1, max_size=6)):
        number = next(numbers)
        mine = [f"w{number}x{place}q" for place in range(10)]
        block = filled_form(form, mine)
        words += [word for word in mine if word in _visible(block)]
        blocks.append(draw(wrapped(st.just(block))))
    return "\n\n".join(blocks), words


def _visible(block: str) -> str:
    """`block` without addresses, labels and ids, which a reader need not see."""
    return re.sub(r"\{?#[^} ]*\}?|\\label\{[^}]*\}|\[\^n[^\]]*\]|\]\([^ )]*", "", block)


HIDDEN_LINES = (
    "X", "# X", "- X", "> X", "X\n===", "| X |\n|---|\n| X |", "[^1]: X", "[X]: X.md 'X'", "[X](X.md) ![X](X.png)", "X\n: X", "<b title='X'>X</b>",
    "<div>X</div>\n", "<!-- X -->", "X <!-- X\nX --> X", "X <!-- more --> X", "```\nX\n:::\n```", "    X", "`X`", "::: note\nX\n:::",
    "$X$", "$$\nX\n$$ {#X}", "$$\\text{X}$$", "x % X", "\\eqref{X}", "> a\n> — X", "::: thread\n- **X**: X\n:::", "::: pull\nX\n:::",
    "![X](X.png 'X')\nPhoto by X", "![X](X.png '*X*'){#fig-X}", "@fig-X [@fig-X] [](#fig-X)", "| X |\n|---|\n| X |\nTable: X {#tab-X}",
    "Table: X\n\n| X |\n|---|\n| X |", "```X {#lst-X title='X'}\nX\n```", "::: theorem {#thm-X title='X'}\nX\n:::", "::: proof {title='X'}\nX\n:::", "\\begin{align}\nX\n\\end{align}", "::: private\nX\n:::", "X <!-- X", "[^1] X", "* * *", "", "    :::", "X\\", "*X", "[X", "`X", "[@X; @he2016]", "@X [@X]",
)  # fmt: skip
BEGINNINGS = (
    "~~~",
    "<div>",
    "<!--",
    "::: note",
    ":::: private",
    "<pre>",
    "$$",
    "\\begin{align}",
    "::: thread",
    "::: theorem {#thm-x title='X'}",
    "-->",
    "</pre>",
    "> ::: x",
    "- X\n\n  X",
)
"""Beginnings without end, and an end without beginning."""
CHAOS = tuple(line for line in (*HIDDEN_LINES, *BEGINNINGS) if line != "    :::")
"""Everything but the mark that, in a list, is an end."""


@st.composite
def passages(draw: st.DrawFn) -> str:
    """A private passage or a comment that holds the secret."""
    lines = [
        line.replace("X", SECRET) for line in draw(st.lists(st.sampled_from(HIDDEN_LINES), min_size=1, max_size=4))
    ]
    blank = draw(st.sampled_from(["\n", "\n\n"]))
    kind = draw(st.sampled_from(["::: private", ":::Private", ":::: {.private}", "comment", "inline comment"]))
    if kind == "comment":
        return f"<!-- {SECRET}{blank}{SECRET} -->"
    if kind == "inline comment":
        return f"open <!-- {SECRET}\n{SECRET} --> open"
    colons = kind[: len(kind) - len(kind.lstrip(":"))]
    return f"{kind}\n{blank.join(lines)}\n\n{colons}"


@st.composite
def hiding_documents(draw: st.DrawFn) -> str:
    """Open blocks, and between them hidden ones."""
    before = draw(st.lists(wrapped(open_blocks()), max_size=3))
    hidden = draw(st.lists(wrapped(passages()), min_size=1, max_size=2))
    after = draw(st.lists(wrapped(open_blocks()), max_size=3))
    return draw(st.sampled_from(["\n\n", "\n\n\n"])).join([*before, *hidden, *after])


def stopped(text: ConvertedText) -> bool:
    """Whether an error keeps this text from being published."""
    return any(problem.severity == "error" for problem in text.problems)


@TRY
@given(texts, extensions)
@example("[" * 3000, ())
@example("> " * 3000, ())
@example("![" * 3000, ALL_EXTENSIONS)
@example("*a **b " * 500, ())
def test_any_text_converts_and_every_slot_has_a_link(source: str, names: tuple[str, ...]) -> None:
    text = text_of(source, extensions=names)
    for html in (text.html, text.feed_html):
        slots = html.split("\0")[1::2]
        assert html.count("\0") == 2 * len(slots)
        assert all(int(slot.strip("+*cC()[]")) < len(text.links) for slot in slots if slot != ":")
    assert "\0:\0" not in text.html
    assert "\0" not in text.summary + text.title


@TRY
@given(texts.filter(lambda text: "\r" not in text), extensions)
@example("\u2028\n<a href=b>", ())
@example("> \xa0\n> \xa0\n> word [a](b)", ())
def test_every_position_lies_in_a_line_of_the_text(source: str, names: tuple[str, ...]) -> None:
    text = text_of(source, extensions=names)
    lines = source.split("\n")
    places = [problem.location for problem in text.problems]
    places += [link.location for link in (*text.links, *text.hidden_links)]
    assert all(1 <= place.line <= len(lines) for place in places)
    assert all(1 <= place.column <= len(lines[place.line - 1]) + 1 for place in places)


@TRY
@given(texts)
def test_converting_a_text_again_gives_the_same(source: str) -> None:
    assert text_of(source) == text_of(source)


@TRY
@given(texts)
def test_every_id_of_a_heading_is_unique_or_an_error(source: str) -> None:
    text = text_of(source)
    ids = [heading.id for heading in text.headings]
    assert len(set(ids)) == len(ids) or stopped(text)
    assert set(ids) <= set(text.anchors) or stopped(text)


@TRY
@given(texts.map(lambda text: text.replace("<", "")))
def test_without_raw_html_every_element_is_closed(source: str) -> None:
    text = text_of(source)
    for html in () if stopped(text) else filled(text):
        check_html(html)


@TRY
@given(hiding_documents())
def test_nothing_hidden_between_other_blocks_is_in_any_output(source: str) -> None:
    text = text_of(source)
    assert stopped(text) or SECRET not in everything_of(text)


@TRY
@given(hiding_documents())
def test_the_author_gets_what_readers_get_and_more_in_the_page_alone(source: str) -> None:
    text, preview = text_of(source), author_text_of(source)
    public_links = tuple(link for link in preview.links if not link.is_hidden)
    assert structs.replace(preview, html=text.html, links=public_links) == text
    assert preview.html == text.html or text.hides_text


@TRY
@given(st.lists(st.sampled_from(CHAOS), max_size=5), st.lists(st.sampled_from(CHAOS), min_size=1, max_size=6))
def test_nothing_in_a_passage_is_shown_whatever_else_is_in_it(before: list[str], within: list[str]) -> None:
    above = "\n".join(before).replace("X", "open").replace("```", "").replace("~~~", "")
    hidden = "\n".join(within).replace("X", SECRET)
    text = text_of(f"{above}\n\n::: private\n{hidden}\n:::\n\nopen\n")
    assert stopped(text) or SECRET not in everything_of(text)


@TRY
@given(st.lists(wrapped(passages()), min_size=1, max_size=4))
def test_a_text_of_hidden_blocks_alone_has_no_words_but_its_open_ones(blocks: list[str]) -> None:
    text = text_of("\n\n".join(blocks))
    words = set(re.findall(r"\w+", re.sub(r"<[^>]*>", " ", filled(text).feed)))
    assert stopped(text) or words <= {"open", "Tip"}


CONTAINERS = (
    ("> ", "> ", ""), ("> [!TIP]\n> ", "> ", ""), ("> [!OTHER]\n> ", "> ", ""), ("> ", "> ", "\n> — somebody"), ("- ", "  ", ""),
    ("1. ", "   ", ""), ("- [x] ", "  ", ""), ("term\n: ", "  ", ""), ("note[^NOTE]\n\n[^NOTE]: ", "    ", ""), ("## ", "", ""),
    ("MARK pull\n", "", "\n\nMARK"), ("MARK other\n", "", "\n\nMARK"), ("MARK lemma {title='a'}\n", "", "\n\nMARK"), ("MARK proof\n", "", "\n\nMARK"), ("MARK thread\n- **a**: ", "  ", "\n\nMARK"),
    ("MARK thread\n- **a**:\n\n  - **b**: ", "    ", "\n\nMARK"), ("", "", "\n\n* * *"),
)  # fmt: skip
"""What a block can stand in: before its first line, before each other line, and after it."""


def contained(blocks: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Some blocks, below each other, in a container."""

    def contain(drawn: tuple[tuple[str, str, str], list[str], int]) -> str:
        (first, rest, after), inner, number = drawn
        text = "\n\n".join(inner)
        longest = max((len(run) for run in re.findall(":{3,}", text)), default=2)
        mark, label = ":" * (longest + 1), f"note{number}"
        first, after = (part.replace("MARK", mark).replace("NOTE", label) for part in (first, after))
        return first + text.replace("\n", f"\n{rest}") + after

    return st.tuples(st.sampled_from(CONTAINERS), st.lists(blocks, min_size=1, max_size=3), st.integers(0, 10**6)).map(
        contain
    )


@TRY
@given(st.recursive(open_blocks(), contained, max_leaves=8))
def test_forms_in_each_other_keep_every_word_and_are_whole_in_page_and_feed(source: str) -> None:
    text = text_of(source)
    words = re.findall(r"w\d+x\d", _visible(source))
    for html in () if stopped(text) else filled(text):
        assert [word for word in words if word not in html] == []
        if "<" not in source:
            check_html(html)


@TRY
@given(documents())
def test_every_word_of_every_known_form_is_in_the_page_and_in_the_feed(document: tuple[str, list[str]]) -> None:
    source, words = document
    text = text_of(source)
    forms = filled(text)
    assert stopped(text) or [word for word in words if word not in forms.page or word not in forms.feed] == []


@pytest.mark.parametrize("form", FORMS)
def test_every_word_of_each_form_alone_is_in_the_page_and_in_the_feed(form: str) -> None:
    words = [f"w{place}q" for place in range(10)]
    block = filled_form(form, words)
    forms = filled(text_of(block))
    expected = [word for word in words if word in _visible(block)]
    assert expected
    assert [word for word in expected if word not in forms.page or word not in forms.feed] == []


@pytest.mark.parametrize("form", FORMS)
def test_no_known_form_is_an_error(form: str) -> None:
    assert not stopped(text_of(filled_form(form, [f"w{place}q" for place in range(10)])))
