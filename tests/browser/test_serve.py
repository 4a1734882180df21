"""`blog serve` in a real browser: saved is seen, and nothing else moves."""

import http.server
import random
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from blog.preview.server import own_name
from tests.preview.test_serve import said, start
from tests.support.publishing import post
from tests.support.sites import site

pytestmark = pytest.mark.browser

LONG = "\n\n".join(f"Paragraph {number}." for number in range(200))


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files: dict[str, str | bytes] = {
        "content/posts/a.md": post("A", text="First."), "content/posts/b.md": post("B"),
        "content/posts/long.md": post("Long", text=f"{LONG}\n\n<details><summary>More</summary>\n\nHidden.\n\n</details>"),
    }  # fmt: skip
    folder = site(tmp_path / "site", files)
    shutil.copytree(Path(__file__).parents[2] / "themes/margin", folder / "themes/margin")
    return folder


@pytest.fixture
def process(root: Path) -> Iterator[subprocess.Popen[str]]:
    with start(root, "-p", "0") as running:
        yield running


def own_address(root: Path, line: str) -> str:
    """Where browsers find the site whose server says `line`."""
    found = re.search(r"http://127[.]0[.]0[.]1(:[0-9]+)/", line)
    assert found
    return f"http://{own_name(root)}{found[1]}"


@pytest.fixture
def address(root: Path, process: subprocess.Popen[str]) -> str:
    address = own_address(root, said(process))
    said(process)
    return address


def opened(context: BrowserContext, url: str, *, missing: bool = False, shows: str = "") -> Page:
    """A tab; what its window is marked with goes when it is loaded anew.

    A page that is not there yet is waited for, and an element that it shows once the last save is built.
    """
    page = context.new_page()
    page.goto(url)
    if not missing:
        expect(page.locator("h1")).not_to_have_text("Page not found", timeout=20_000)
    if shows:
        expect(page.locator(shows)).to_be_attached(timeout=20_000)
    page.evaluate("window.kept = true")
    expect(page.locator("blog-preview")).to_be_attached()
    page.wait_for_timeout(200)
    return page


def test_a_save_is_seen_in_the_open_page_and_only_there(context: BrowserContext, root: Path, address: str) -> None:
    page, other = opened(context, f"{address}/posts/a/"), opened(context, f"{address}/posts/b/")
    other.evaluate(
        "new MutationObserver(() => { window.moved = true }).observe(document, {subtree: true, childList: true})"
    )
    (root / "content/posts/a.md").write_text(post("A", text="Second."), encoding="utf-8")
    expect(page.locator("main")).to_contain_text("Second.")
    assert page.evaluate("window.kept") is True
    page.wait_for_timeout(300)
    assert other.evaluate("window.moved") is None


def test_two_tabs_of_one_page_both_see_it(context: BrowserContext, root: Path, address: str) -> None:
    pages = [opened(context, f"{address}/posts/a/") for _ in range(2)]
    (root / "content/posts/a.md").write_text(post("A new title", text="Second."), encoding="utf-8")
    for page in pages:
        expect(page.locator("h1")).to_have_text("A new title")
        expect(page).to_have_title(re.compile("A new title"))


def test_a_style_sheet_is_swapped_without_a_reload(context: BrowserContext, root: Path, address: str) -> None:
    page = opened(context, f"{address}/posts/a/")
    with (root / "themes/margin/static/margin.css").open("a") as file:
        file.write("\nh1 { color: rgb(1, 2, 3) !important }\n")
    expect(page.locator("h1")).to_have_css("color", "rgb(1, 2, 3)")
    assert page.evaluate("window.kept") is True
    expect(page.locator("link[rel=stylesheet]")).to_have_count(1)


def test_a_style_sheet_and_a_picture_of_ones_own_are_shown_anew(
    context: BrowserContext, root: Path, address: str
) -> None:
    (root / "content/own.css").write_text("h1 { color: rgb(1, 1, 1) }", encoding="utf-8")
    (root / "content/p.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>', encoding="utf-8"
    )
    (root / "content/posts/a.md").write_text(
        post("A", text='<link rel="stylesheet" href="/own.css">\n\n<img src="/p.svg" id="p" alt="p">'), encoding="utf-8"
    )
    page = opened(context, f"{address}/posts/a/", shows="#p")
    (root / "content/own.css").write_text("h1 { color: rgb(9, 9, 9) !important }", encoding="utf-8")
    expect(page.locator("h1")).to_have_css("color", "rgb(9, 9, 9)")
    (root / "content/p.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="10"/>', encoding="utf-8"
    )
    page.wait_for_function("document.querySelector('#p').naturalWidth == 40")
    assert page.evaluate("window.kept") is True


def test_the_place_in_the_page_is_kept_and_what_was_opened_stays_open(
    context: BrowserContext, root: Path, address: str
) -> None:
    page = opened(context, f"{address}/posts/long/")
    page.locator("details").last.evaluate("node => { node.open = true }")
    page.evaluate("document.querySelectorAll('main p')[120].scrollIntoView()")
    before = page.evaluate("scrollY")
    assert before > 1000
    text = (root / "content/posts/long.md").read_text("utf-8")
    (root / "content/posts/long.md").write_text(
        text.replace("Paragraph 122.", "A changed paragraph."), encoding="utf-8"
    )
    expect(page.locator("main")).to_contain_text("A changed paragraph.")
    assert page.evaluate("scrollY") == before
    assert page.locator("details[open]").count() == 1


def test_what_stands_above_may_grow_and_what_is_read_stays_in_its_place(
    browser: Browser, root: Path, address: str
) -> None:
    for width in (390, 900, 1300):
        context = browser.new_context(viewport={"width": width, "height": 800})
        page = opened(context, f"{address}/posts/long/")
        page.evaluate("document.querySelectorAll('main p')[120].scrollIntoView({block: 'center'})")
        top = "[...document.querySelectorAll('main p')].find(node => node.textContent == 'Paragraph 119.').getBoundingClientRect().top"
        before = page.evaluate(top)
        text = (root / "content/posts/long.md").read_text("utf-8")
        added = f"Added at {width}."
        (root / "content/posts/long.md").write_text(
            text.replace("Paragraph 3.", f"Paragraph 3.\n\n{added}\n\n" + "More. " * 300), encoding="utf-8"
        )
        expect(page.locator("main")).to_contain_text(added)
        assert abs(page.evaluate(top) - before) < 2
        context.close()


def test_what_a_reader_did_stays_when_its_neighbours_change(context: BrowserContext, root: Path, address: str) -> None:
    text = "<details id='one'><summary>One</summary>1</details>\n\n<details id='two' open><summary>Two</summary>2</details>\n\n<input id='typed'>\n\nLast."
    (root / "content/posts/a.md").write_text(post("A", text=text), encoding="utf-8")
    page = opened(context, f"{address}/posts/a/", shows="#typed")
    page.evaluate("document.querySelector('#one').open = true; document.querySelector('#two').open = false")
    page.locator("#typed").fill("some words")
    (root / "content/posts/a.md").write_text(
        post("A", text=f"Above.\n\n{text}".replace("Last.", "Changed.")), encoding="utf-8"
    )
    expect(page.locator("main")).to_contain_text("Changed.")
    expect(page.locator("main")).to_contain_text("Above.")
    assert page.evaluate("[document.querySelector('#one').open, document.querySelector('#two').open]") == [True, False]
    assert page.locator("#typed").input_value() == "some words"


@pytest.mark.parametrize(
    "left_open",
    ["<style>\np {", "<textarea>", "<template>", "<title>", "<iframe src='/'>", "<!-- x --><script>", "<plaintext>"],
)
def test_an_element_that_is_left_open_while_typing_does_not_end_the_preview(
    context: BrowserContext, root: Path, address: str, left_open: str
) -> None:
    page = opened(context, f"{address}/posts/a/")
    (root / "content/posts/a.md").write_text(post("A", text=f"Before.\n\n{left_open}"), encoding="utf-8")
    expect(page.locator("main").first).to_contain_text("Before.")
    page.wait_for_timeout(300)
    (root / "content/posts/a.md").write_text(post("A", text="Mended."), encoding="utf-8")
    expect(page.locator("main").first).to_contain_text("Mended.")
    expect(page.locator("footer").first).to_be_visible()


def test_a_page_whose_address_is_not_ascii_is_followed_too(context: BrowserContext, root: Path, address: str) -> None:
    (root / "content/posts/quién-habló.md").write_text(post("Q", text="First."), encoding="utf-8")
    page = opened(context, f"{address}/posts/quién-habló/")
    (root / "content/posts/quién-habló.md").write_text(post("Q", text="Second."), encoding="utf-8")
    expect(page.locator("main")).to_contain_text("Second.")


@pytest.mark.parametrize("path", ["/404.html", "/404", "/posts/a//", "/nothing/"])
def test_a_missing_page_is_not_loaded_again_and_again(
    context: BrowserContext, root: Path, address: str, path: str
) -> None:
    page = opened(context, address + path, missing=True)
    (root / "content/posts/a.md").write_text(post("A", text="Second."), encoding="utf-8")
    page.wait_for_timeout(600)
    assert page.evaluate("window.kept") is True


def test_a_replaced_picture_stays_when_the_text_changes(context: BrowserContext, root: Path, address: str) -> None:
    def picture(width: int) -> None:
        text = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="10"/>'
        (root / "content/posts/p.svg").write_text(text, encoding="utf-8")

    picture(10)
    (root / "content/posts/a.md").write_text(post("A", text="![p](p.svg)\n\nFirst."), encoding="utf-8")
    page = opened(context, f"{address}/posts/a/", shows="main img")
    picture(40)
    page.wait_for_function("document.querySelector('main img').naturalWidth == 40")
    (root / "content/posts/a.md").write_text(post("A", text="![p](p.svg)\n\nSecond."), encoding="utf-8")
    expect(page.locator("main")).to_contain_text("Second.")
    page.wait_for_timeout(300)
    assert page.evaluate("document.querySelector('main img').naturalWidth") == 40


def test_what_an_update_makes_is_what_loading_makes(context: BrowserContext, root: Path, address: str) -> None:
    blocks = [
        "# Head", "Text *a* `b`.", "- one\n- two\n\n  more", "| a | b |\n|---|---|\n| 1 | 2 |", "```python\nx = 1\n```", "> quote",
        "> [!NOTE]\n> A note.", "Foot[^1].\n\n[^1]: Note.", "<details><summary>S</summary>x</details>",
        "<template><p>t</p></template>", "<svg width='9' height='9'><circle r='3'/></svg>", "<style>p { margin: 1px }</style>", "[l](/posts/b/)",
        "* * *", "<div><p>unclosed", "1. x\n2. y", "Term\n: Definition", "~~gone~~ https://example.org", "</div>",
    ]  # fmt: skip
    chance = random.Random(7)
    page, other = opened(context, f"{address}/posts/a/"), context.new_page()
    tree = """() => {
      const root = document.documentElement.cloneNode(true);
      for (const node of root.querySelectorAll('blog-preview, script[data-page]')) node.remove();
      return root.outerHTML;
    }"""
    for number in range(25):
        text = "\n\n".join([*chance.choices(blocks, k=chance.randint(1, 12)), f"Mark {number}."])
        (root / "content/posts/a.md").write_text(post("A", text=text), encoding="utf-8")
        page.wait_for_function("mark => document.body.textContent.includes(mark)", arg=f"Mark {number}.")
        page.wait_for_timeout(60)
        other.goto(f"{address}/posts/a/")
        assert page.evaluate(tree) == other.evaluate(tree), text
    assert page.evaluate("window.kept") is True


def test_an_error_lies_over_the_last_good_page_and_goes_when_it_is_mended(
    context: BrowserContext, root: Path, address: str
) -> None:
    page = opened(context, f"{address}/posts/a/")
    overlay = page.locator("blog-preview .overlay")
    expect(overlay).to_be_hidden()
    (root / "content/posts/a.md").write_text(post("A", text="Second.", dratf="true"), encoding="utf-8")
    expect(overlay).to_be_visible()
    for text in ("1 error", "content/posts/a.md:4:1: error", 'unknown key "dratf"', 'hint: did you mean "draft"?'):
        expect(overlay).to_contain_text(text)
    expect(page.locator("main")).to_contain_text("First.")
    page.keyboard.press("Escape")
    expect(overlay).to_be_hidden()
    (root / "content/posts/a.md").write_text(post("A", text="Second.", dratff="true"), encoding="utf-8")
    expect(overlay).to_be_visible()
    (root / "content/posts/a.md").write_text(post("A", text="Third."), encoding="utf-8")
    expect(overlay).to_be_hidden()
    expect(page.locator("main")).to_contain_text("Third.")
    assert page.evaluate("window.kept") is True


def test_an_error_of_the_theme_names_template_line_and_page(context: BrowserContext, root: Path, address: str) -> None:
    page = opened(context, f"{address}/posts/a/")
    template = root / "themes/margin/templates/post.html"
    good = template.read_text("utf-8")
    template.write_text(good.replace("{{ title }}", "{{ titel }}"), encoding="utf-8")
    overlay = page.locator("blog-preview .overlay")
    expect(overlay).to_contain_text('"titel" is undefined (on the page of content/posts/')
    expect(overlay).to_contain_text(re.compile(r"themes/margin/templates/post\.html:\d+:\d+"))
    template.write_text(good, encoding="utf-8")
    expect(overlay).to_be_hidden()


def test_a_draft_has_a_badge_and_a_bar_that_says_why(context: BrowserContext, root: Path, address: str) -> None:
    (root / "content/posts/d.md").write_text(post("D", draft="true", date="2099-01-01"), encoding="utf-8")
    page = opened(context, f"{address}/posts/d/")
    expect(page.locator("main")).to_contain_text("Draft")
    bar = page.locator("blog-preview .bar")
    expect(bar).to_contain_text("“draft: true” holds it back")
    expect(bar).to_contain_text("its date, 2099-01-01, is still to come")
    (root / "content/posts/d.md").write_text(post("D"), encoding="utf-8")
    expect(bar).not_to_contain_text("holds it back")
    expect(bar).to_contain_text("content/posts/d.md")


def test_a_page_that_moved_or_went_says_so_and_comes_back(context: BrowserContext, root: Path, address: str) -> None:
    page = opened(context, f"{address}/posts/a/")
    notice = page.locator("blog-preview .notice")
    (root / "content/posts/a.md").write_text(post("A", slug="other"), encoding="utf-8")
    expect(notice).to_contain_text("/posts/other/")
    (root / "content/posts/a.md").unlink()
    expect(notice).to_contain_text("This page is gone: content/posts/a.md")
    (root / "content/posts/a.md").write_text(post("A", text="Back."), encoding="utf-8")
    expect(page.locator("main")).to_contain_text("Back.")
    expect(notice).to_be_hidden()


def test_a_page_that_is_opened_before_it_exists_appears(context: BrowserContext, root: Path, address: str) -> None:
    page = opened(context, f"{address}/posts/new/", missing=True)
    expect(page.locator("h1")).to_contain_text("not found")
    (root / "content/posts/new.md").write_text(post("Now", text="Here."), encoding="utf-8")
    expect(page.locator("h1")).to_have_text("Now")


def test_a_page_with_scripts_of_its_own_is_loaded_anew(context: BrowserContext, root: Path, address: str) -> None:
    text = "<p id='x'>old</p>\n\n<script>document.querySelector('#x').textContent = 'made by a script'</script>\n\n"
    (root / "content/posts/a.md").write_text(post("A", text=text), encoding="utf-8")
    page = opened(context, f"{address}/posts/a/")
    (root / "content/posts/a.md").write_text(post("A", text=f"{text}Second."), encoding="utf-8")
    expect(page.locator("main")).to_contain_text("Second.")
    expect(page.locator("#x")).to_have_text("made by a script")
    assert page.evaluate("window.kept") is None


def test_a_post_is_shown_as_its_subscribers_get_it(context: BrowserContext, root: Path, address: str) -> None:
    page = opened(context, f"{address}/posts/a/")
    page.locator("blog-preview").get_by_text("As in a feed reader").click()
    expect(page.locator("h1")).to_have_text("A")
    expect(page.locator("nav")).to_have_count(0)
    (root / "content/posts/a.md").write_text(post("A", text="For subscribers."), encoding="utf-8")
    expect(page.locator("main")).to_contain_text("For subscribers.")
    page.locator("blog-preview").get_by_text("Back to the page").click()
    expect(page).to_have_url(f"{address}/posts/a/")


def test_a_tab_that_nobody_sees_lets_others_have_its_connection_and_catches_up(
    context: BrowserContext, root: Path, address: str
) -> None:
    pages = [opened(context, f"{address}/posts/a/") for _ in range(5)]
    hide = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true}); document.dispatchEvent(new Event('visibilitychange'))"
    for page in pages:
        page.evaluate(hide % "true")
    more = [opened(context, f"{address}/posts/a/") for _ in range(4)]
    (root / "content/posts/a.md").write_text(post("A", text="Second."), encoding="utf-8")
    for page in more:
        expect(page.locator("main")).to_contain_text("Second.")
        page.evaluate(hide % "true")
    for page in pages:
        expect(page.locator("main")).to_contain_text("First.")
        page.evaluate(hide % "false")
        expect(page.locator("main")).to_contain_text("Second.")
        page.evaluate(hide % "true")


def test_a_server_that_comes_back_is_found_again(context: BrowserContext, root: Path) -> None:
    with start(root, "-p", "0") as process:
        found = re.search(r"http://[^/]+:(\d+)", said(process))
        said(process)
        assert found
        page = opened(context, f"{found[0]}/posts/a/")
    expect(page.locator("blog-preview .notice")).to_contain_text("has lost its server")
    (root / "content/posts/a.md").write_text(post("A", text="Second."), encoding="utf-8")
    with start(root, "-p", found[1]):
        expect(page.locator("main")).to_contain_text("Second.", timeout=10_000)
        expect(page.locator("blog-preview .notice")).to_be_hidden()


@pytest.mark.parametrize("path", ["/", "/below/"])
def test_a_site_that_does_not_build_says_why_and_appears_when_it_does(
    context: BrowserContext, tmp_path: Path, path: str
) -> None:
    root = site(tmp_path / "broken", {"blog.toml": "titel = 1\n", "content/index.md": "Welcome.\n"})
    with start(root, "-p", "0") as process:
        address = own_address(root, said(process))
        page = context.new_page()
        page.goto(f"{address}{path}")
        overlay = page.locator("blog-preview .overlay")
        expect(overlay).to_contain_text("There is nothing to show yet.")
        expect(overlay).to_contain_text('unknown key "titel"')
        (root / "blog.toml").write_text('title = "T"\nurl = "https://example.org/below"\n', encoding="utf-8")
        expect(page.locator("main")).to_contain_text("Welcome.")
        expect(page).to_have_url(f"{address}/below/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_what_the_preview_adds(
    browser: Browser, root: Path, address: str, checkers: Path, scheme: str
) -> None:
    axe = (checkers / "axe-core/axe.min.js").read_text("utf-8")
    (root / "content/posts/d.md").write_text(post("D", draft="true"), encoding="utf-8")
    context = browser.new_context(color_scheme=scheme, viewport={"width": 390, "height": 900})  # type: ignore[arg-type]
    page = opened(context, f"{address}/posts/d/")
    (root / "content/posts/d.md").write_text(post("D", draft="true", dratf="true"), encoding="utf-8")
    expect(page.locator("blog-preview .overlay")).to_be_visible()
    page.evaluate(axe)
    result = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    assert [f"{entry['id']} {entry['nodes'][0]['target']}" for entry in result["violations"]] == []
    context.close()


def test_the_search_page_follows_what_is_written(context: BrowserContext, root: Path, address: str) -> None:
    page = opened(context, f"{address}/search/?q=unheard")
    page.wait_for_selector("#results[data-done]", state="attached")
    assert page.locator("#results h2").count() == 0
    (root / "content/posts/a.md").write_text(post("A", text="Unheard words."), encoding="utf-8")
    page.locator("#results h2").wait_for()
    (root / "content/posts/new.md").write_text(post("New", text="Unheard too."), encoding="utf-8")
    page.locator("#results h2").nth(1).wait_for()


# What a site leaves in the browser

WORKER = b"""
const seen = [];
addEventListener('install', () => skipWaiting());
addEventListener('activate', event => event.waitUntil(clients.claim()));
addEventListener('message', event => event.source.postMessage(seen));
addEventListener('fetch', event => event.respondWith(fetch(event.request).then(async answer => {
  seen.push(await answer.clone().text());
  return answer;
})));
"""
LEFT = """async () => {
  localStorage.left = sessionStorage.left = document.cookie = 'left=1';
  await (await caches.open('left')).put('/left', new Response('x'));
  await new Promise(done => { indexedDB.open('left').onsuccess = done; });
}"""
KEPT = """async () => [localStorage.length, sessionStorage.length, document.cookie, await caches.keys(),
  (await indexedDB.databases()).length, (await navigator.serviceWorker.getRegistrations()).length]"""


class _Careless(http.server.BaseHTTPRequestHandler):
    """Another program: a page that registers a worker, and the worker."""

    def do_GET(self) -> None:
        is_worker = self.path == "/sw.js"
        body = WORKER if is_worker else b"<!doctype html><title>Other</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if is_worker else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def careless() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Careless) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def private(root: Path) -> None:
    (root / "content/posts/diary.md").write_text(post("Diary", text="SECRET WORDS", private="true"), encoding="utf-8")


def test_what_another_program_left_at_the_same_address_gets_nothing_private(
    context: BrowserContext, root: Path
) -> None:
    private(root)
    with careless() as port:
        tab = context.new_page()
        tab.goto(f"http://127.0.0.1:{port}/")
        tab.evaluate("navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)")
        tab.wait_for_function("navigator.serviceWorker.controller")
        tab.evaluate(LEFT)
        assert tab.evaluate(KEPT) == [1, 1, "left=1", ["left"], 1, 1]
    with start(root, "-p", str(port)) as process:
        address = own_address(root, said(process))
        said(process)
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{port}/posts/diary/")
        expect(page).to_have_url(f"{address}/posts/diary/")
        expect(page.locator("main")).to_contain_text("SECRET WORDS")
        assert page.evaluate(KEPT) == [0, 0, "", [], 0, 0]
        heard = "() => new Promise(done => { navigator.serviceWorker.onmessage = event => done(event.data); navigator.serviceWorker.controller.postMessage(0); })"
        for path in ("/posts/diary/", "/_blog/events?page=/posts/diary/", "/search/0.json"):
            for url in (path, f"{address}{path}", f"http://localhost:{port}{path}"):
                ask = "url => fetch(url).then(answer => answer.text(), () => '')"
                assert "SECRET WORDS" not in tab.evaluate(ask, url)
        assert "SECRET WORDS" not in str(tab.evaluate(heard))


def test_a_site_leaves_no_worker_and_nothing_that_the_next_site_of_the_same_port_sees(
    context: BrowserContext, root: Path, tmp_path: Path
) -> None:
    evil = site(tmp_path / "evil", {"content/sw.js": WORKER, "content/about.md": "About.\n"})
    private(root)
    with start(evil, "-p", "0") as process:
        first = own_address(evil, said(process))
        said(process)
        tab = context.new_page()
        tab.goto(f"{first}/about/")
        for kind in ("classic", "module"):
            register = "type => navigator.serviceWorker.register('/sw.js', {type}).then(() => 'registered', error => error.name)"
            assert tab.evaluate(register, kind) in {"TypeError", "SecurityError"}
        tab.evaluate(LEFT)
    port = first.rpartition(":")[2]
    with start(root, "-p", port) as process:
        second = own_address(root, said(process))
        said(process)
        page = context.new_page()
        page.goto(f"{second}/posts/diary/")
        expect(page.locator("main")).to_contain_text("SECRET WORDS")
        assert page.evaluate(KEPT) == [0, 0, "", [], 0, 0]
        ask = "url => fetch(url, {credentials: 'include'}).then(answer => answer.text(), () => '')"
        for url in ("/posts/diary/", f"{second}/posts/diary/", f"http://127.0.0.1:{port}/posts/diary/"):
            assert "SECRET WORDS" not in tab.evaluate(ask, url)


def test_what_a_site_keeps_is_there_when_it_is_served_again(context: BrowserContext, root: Path, address: str) -> None:
    page = opened(context, f"{address}/posts/a/")
    page.evaluate("localStorage.scheme = 'dark'")
    page.reload()
    assert page.evaluate("localStorage.scheme") == "dark"
    assert own_name(root) in address


def test_what_the_host_would_block_is_blocked_and_saves_are_shown(
    context: BrowserContext, root: Path, address: str
) -> None:
    (root / "content/_headers").write_text(
        "/*\n  Content-Security-Policy: default-src 'self'; img-src 'none'\n", "utf-8"
    )
    text = "<p id='one'>One</p>\n\n<script>document.title = 'changed'</script>\n\nFirst."
    (root / "content/posts/a.md").write_text(post("A", text=text), encoding="utf-8")
    page = opened(context, f"{address}/posts/a/", shows="#one")
    for _ in range(100):  # until the file is built
        answer = page.reload()
        assert answer is not None
        if "content-security-policy" in answer.headers:
            break
        page.wait_for_timeout(100)
    assert "changed" not in page.title()
    for words in ("Second.", "Third."):  # the page with a script is loaded anew, the next one is updated
        text = f"<p id='one'>{words}</p>"
        (root / "content/posts/a.md").write_text(post("A", text=text), encoding="utf-8")
        expect(page.locator("#one")).to_have_text(words)
        assert page.evaluate("window.kept") is (True if words == "Third." else None)
        page.evaluate("window.kept = true")
    (root / "content/posts/a.md").write_text("---\ntitle: A\n---\n", encoding="utf-8")
    overlay = page.locator("blog-preview .overlay")
    expect(overlay).to_be_visible()
    expect(overlay).to_have_css("position", "fixed")
