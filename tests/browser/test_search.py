"""Search in a real browser: every word of a post finds it, whatever letters it is in; nothing is loaded before that."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hosting import hosted
from tests.support.publishing import build_folder, post
from tests.support.sites import SETTINGS, site

pytestmark = pytest.mark.browser

WORDS = {
    "latin": "Straße GROẞ İstanbul ısı Ærø naïve ﬁnance cooperate weight_decay 1e-3 don't",
    "greek": "Οδός ΟΔΌΣ ψηφίο",
    "asian": "機械学習 データ 한국어를 강화학습은 ภาษาไทย 𠮷野家",
    "right": "שלום مرحبا العالم",
    "marks": "हिन्दी भाषा Việt́ i̇ K Å",
    "odd": "constructor __proto__ toString hasOwnProperty length valueOf",
    "digits": "٣٤٥ ２０２６ ½ ④ 3.14",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    posts: dict[str, str | bytes] = {
        f"content/posts/{name}.md": post(name.title(), text=f"{text}\n") for name, text in WORDS.items()
    }
    posts |= {
        f"content/posts/many-{number:02}.md": post(
            f"Many {number}", f"2020-{number // 28 + 1:02}-{number % 28 + 1:02}", f"Manyfold <b>{number}</b> common."
        )
        for number in range(45)
    }
    posts["content/posts/common.md"] = post(
        "Common <i>& rare</i>", text="Gradients of a gradient; <script>x</script>said once.", summary="A < B & gradient"
    )
    top = tmp_path_factory.mktemp("searched")
    root = site(top / "source", {"blog.toml": SETTINGS.replace("example.org", "example.org/blog"), **posts})
    build_folder(root, output=top / "host/blog")
    with hosted(top / "host") as address:
        yield f"{address}/blog/search/"


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    yield page
    page.close()
    assert errors == []


def ask(page: Page, query: str) -> list[str]:
    """The titles that a query finds, in order."""
    page.evaluate("delete document.getElementById('results').dataset.done")
    page.get_by_role("searchbox").fill(query)
    page.wait_for_selector("#results[data-done]", state="attached")
    return page.locator("#results h2").all_inner_texts()


def said(page: Page) -> str:
    return page.get_by_role("status").inner_text()


@pytest.mark.parametrize("query", ["한국어", "학습", "강화학습이", "책"])
def test_korean_is_found_whatever_a_sentence_adds_to_its_words(page: Page, query: str) -> None:
    assert ask(page, query) == (["Asian"] if query != "책" else [])
    assert said(page) == ("1 post" if query != "책" else "No post has “책”")


@pytest.mark.parametrize("name", WORDS)
def test_every_word_finds_its_post(page: Page, name: str) -> None:
    for word in WORDS[name].split():
        for query in (word, word.upper(), word.lower()):
            if word not in {"ısı", "1e-3", "don't"} or query == word:  # an I is no ı; parts of the others are in many
                assert name.title() in ask(page, query), query


def test_nothing_is_loaded_before_somebody_types_and_little_then(browser: Browser, address: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(address)))
    page.goto(address, wait_until="networkidle")
    assert not [url for url in asked if url.endswith(".json")]
    assert ask(page, "gradient") == ["Common <i>& rare</i>"]
    assert len([url for url in asked if url.endswith(".json")]) == 2
    page.close()


def test_all_words_count_and_the_title_most(page: Page) -> None:
    assert ask(page, "common rare") == ["Common <i>& rare</i>"]
    assert ask(page, "common")[0] == "Common <i>& rare</i>"
    assert said(page) == "46 posts"


def test_a_query_that_nothing_has_shows_what_is_near_and_says_so(page: Page) -> None:
    assert ask(page, "gradientz") == ["Common <i>& rare</i>"]
    assert said(page) == "No post has “gradientz”; 1 post like it"
    assert ask(page, "qqqq") == []
    assert said(page) == "No post has “qqqq”"
    assert ask(page, "gradient psi शिक") == ["Common <i>& rare</i>"]
    assert ask(page, "   ") == []
    assert said(page) == ""


def test_a_word_that_objects_have_in_every_script_is_only_a_word(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.route("**/*.json", lambda route: route.fulfill(json={}))
    page.goto(address)
    for word in WORDS["odd"].split():
        assert ask(page, word) == []
        assert said(page).startswith("No post has")
    page.close()


def test_what_is_found_is_text_with_its_words_marked(page: Page) -> None:
    ask(page, "grad")
    assert page.locator("#results script, #results i, #results b").count() == 0
    assert page.locator("#results p mark").all_inner_texts() == ["gradient"]
    assert page.locator("#results p").inner_text() == "A < B & gradient"
    assert page.locator("#results a").get_attribute("href") == "/blog/posts/common/"


def test_a_result_shows_the_sentence_that_has_the_word(page: Page) -> None:
    assert ask(page, "once") == ["Common <i>& rare</i>"]
    text = page.locator("#results p")
    expect(text.locator("mark")).to_have_text("once")
    assert text.inner_text() == "Gradients of a gradient; said once."
    assert page.locator("#results script").count() == 0


def test_a_slash_leads_to_the_search_field(page: Page) -> None:
    page.locator("h1").click()
    page.keyboard.press("/")
    page.keyboard.type("a/b")
    assert page.get_by_role("searchbox").input_value() == "a/b"


def test_more_posts_are_shown_on_demand_and_the_first_of_them_gets_the_focus(page: Page) -> None:
    assert len(ask(page, "manyfold")) == 20
    page.get_by_role("button", name="25 more").press("Enter")
    expect(page.locator("#results h2")).to_have_count(40)
    assert page.evaluate("document.activeElement.textContent") == "Many 24"


def test_more_is_asked_for_once_and_a_failure_is_told(page: Page) -> None:
    ask(page, "manyfold")
    more = page.get_by_role("button", name="25 more")
    page.route("**/*.json", lambda route: route.abort())
    more.click()
    expect(page.get_by_role("status")).to_have_text("The index cannot be loaded: is there a network?")
    page.unroute("**/*.json")
    page.evaluate("() => { const more = document.querySelector('#results button'); more.click(); more.click(); }")
    expect(page.locator("#results h2")).to_have_count(40)
    expect(page.get_by_role("button", name="5 more")).to_have_count(1)


def test_of_a_short_word_its_plural_finds_it_too(page: Page) -> None:
    assert ask(page, "rars") == []
    assert ask(page, "onces") == ["Common <i>& rare</i>"]
    assert ask(page, "alls") == []
    assert ask(page, "psis") == []
    assert said(page) == "No post has “psis”"


def test_an_address_keeps_its_query_and_a_later_query_wins(page: Page, address: str) -> None:
    page.goto(f"{address}?q=100%25+gradient+%3Cb%3E")
    page.wait_for_selector("#results[data-done]", state="attached")
    assert page.get_by_role("searchbox").input_value() == "100% gradient <b>"
    box = page.get_by_role("searchbox")
    for query in ("m", "ma", "gradient"):
        box.fill(query)
    box.press("Enter")
    expect(page.locator("#results h2")).to_have_text(["Common <i>& rare</i>"])
    assert page.url == f"{address}?q=gradient"


def test_an_index_that_cannot_be_loaded_is_told_and_tried_again(page: Page) -> None:
    page.route("**/*.json", lambda route: route.abort())
    assert ask(page, "gradient") == []
    assert said(page) == "The index cannot be loaded: is there a network?"
    page.unroute("**/*.json")
    assert ask(page, "gradien") == ["Common <i>& rare</i>"]


def test_without_script_there_is_a_way_to_all_posts(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.get_by_role("searchbox").count() == 0
    assert page.get_by_role("link", name="all posts by year").get_attribute("href") == "/blog/archive/"
    context.close()


def test_axe_finds_no_violation_before_and_after_a_query(browser: Browser, address: str, checkers: Path) -> None:
    axe = (checkers / "axe-core/axe.min.js").read_text("utf-8")
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme, bypass_csp=True)
        page = context.new_page()
        page.goto(address)
        for query in ("", "manyfold", "zzzz"):
            if query:
                ask(page, query)
            page.evaluate(axe)
            result = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
            assert [entry["id"] for entry in result["violations"]] == []
        context.close()
