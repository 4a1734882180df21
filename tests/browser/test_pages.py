"""The example blog in a real browser: accessible, nothing from elsewhere, nothing that overflows, no script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog

from blog.markdown.sanitize import sanitize
from tests.browser.hosting import hosted
from tests.markdown.test_sanitize import HOSTILE
from tests.notebooks.test_notebooks import code, display, raw, written
from tests.support.publishing import build_folder, post, publish
from tests.support.sites import SETTINGS, site

pytestmark = pytest.mark.browser

PAGES = [
    "/", "/page/2/", "/posts/nine-weeks-on-a-paper/", "/posts/a-training-script-i-can-read/", "/posts/the-curve-that-lied/",
    "/posts/six-hundred-decibels/", "/posts/which-fifty/", "/posts/the-map-said-iron/", "/posts/how-many-seeds/",
    "/posts/mostly-fridays/", "/posts/our-test-set-was-in-the-training-data/", "/posts/twelve-rejections/", "/posts/quien-se-lo-dijo/", "/about/", "/tags/", "/tags/debugging/", "/labels/", "/labels/journal/",
    "/posts/four-hundred-recordings/", "/posts/the-pipeline-on-one-page/", "/series/", "/series/journey-into-machine-learning/", "/archive/", "/404.html",
]  # fmt: skip
WITH_SCRIPT = ["/search/"]


@pytest.fixture(scope="module")
def address(example: Path) -> Iterator[str]:
    with hosted(example) as address:
        yield address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_on_any_kind_of_page(
    browser: Browser, address: str, checkers: Path, scheme: str
) -> None:
    axe = (checkers / "axe-core/axe.min.js").read_text("utf-8")
    found = []
    for width in (1440, 1280, 390):
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)  # type: ignore[arg-type]
        page = context.new_page()
        for path in PAGES + WITH_SCRIPT:
            page.goto(address + path)
            page.evaluate(axe)
            result = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
            found += [f"{path} {width}: {entry['id']} {entry['nodes'][0]['target']}" for entry in result["violations"]]
        context.close()
    assert found == []


def test_pages_ask_for_html_and_css_of_this_site_only_and_run_no_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=True)
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    for path in PAGES:
        page.goto(address + path)
        assert page.locator("script:not([type='application/ld+json'])").count() == 0
        assert page.locator("h1").count() == 1, path
    context.close()
    assert errors == []
    assert all(url.startswith(address) for url in asked)


def test_a_post_is_under_30_kb_in_two_requests(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    sizes: dict[str, int] = {}
    page.on("response", lambda response: sizes.__setitem__(response.url, len(response.body())))
    page.goto(f"{address}/posts/week-4/", wait_until="networkidle")
    context.close()
    own = {url: size for url, size in sizes.items() if "icon" not in url}
    assert len(own) == 2
    assert sum(own.values()) < 30_000


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_overflows(browser: Browser, address: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    wide = []
    for path in PAGES + WITH_SCRIPT:
        page.goto(address + path)
        if page.evaluate("document.scrollingElement.scrollWidth") > width:
            wide.append(path)
    context.close()
    assert wide == []


def test_the_keyboard_reaches_the_text_first_and_then_everything(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/posts/week-4/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#:main"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    links = page.locator("a[href]").count()
    seen = set()
    for _ in range(links * 2):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.outerHTML"))
    context.close()
    assert sum(1 for html in seen if html.startswith("<a")) >= links - 2


def test_footnotes_stand_beside_their_references_where_there_is_room(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/posts/six-hundred-decibels/")
    notes = page.locator(".footnotes li")
    boxes = [notes.nth(index).bounding_box() for index in range(notes.count())]
    references = [page.locator(f'[id="fnref:{number}"]').bounding_box() for number in range(1, len(boxes) + 1)]
    text = page.locator(".prose > p").first.bounding_box()
    assert text is not None
    assert len(boxes) == 3
    end = 0.0
    for note, reference in zip(boxes, references, strict=True):
        assert note is not None
        assert reference is not None
        assert note["x"] > text["x"] + text["width"]
        assert note["y"] >= max(reference["y"] - 1, end)
        assert note["y"] < max(reference["y"], end) + 60
        end = note["y"] + note["height"]
    page.set_viewport_size({"width": 1000, "height": 900})
    first = notes.first.bounding_box()
    assert first is not None
    assert first["x"] < text["x"] + text["width"]
    context.close()


def test_formulas_scroll_in_their_own_place_and_links_show_their_numbers(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/posts/six-hundred-decibels/")
    formulas = page.locator(".prose .formula")
    assert formulas.count() >= 8
    for index in range(formulas.count()):
        box = formulas.nth(index).bounding_box()
        assert box is not None
        assert 15 < box["height"] < 400
        assert box["x"] + box["width"] <= 390
    assert page.locator('p a[href="#elbo"]').first.inner_text() == page.locator("#elbo .number").inner_text()
    context.close()


def test_line_numbers_are_not_copied(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/posts/the-map-said-iron/")
    selected = page.evaluate(
        "() => { getSelection().selectAllChildren(document.querySelector('.numbered code')); return getSelection().toString() }"
    )
    context.close()
    assert selected.startswith("import numpy")
    assert not any(line.strip().isdigit() for line in selected.splitlines())


def test_nothing_moves_while_a_page_is_loaded(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.add_init_script("""
        window.moved = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.moved += entry.value)))
            .observe({ type: "layout-shift", buffered: true });
    """)
    moved = {}
    for path in PAGES + WITH_SCRIPT:
        page.goto(address + path, wait_until="load")
        page.mouse.wheel(0, 3000)
        page.wait_for_function(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
        )
        moved[path] = page.evaluate("window.moved")
    context.close()
    assert {path: shift for path, shift in moved.items() if shift > 0} == {}


def test_feeds_are_shown_as_something_to_read(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    for path in ("/feed.xml", "/atom.xml", "/series/journey-into-machine-learning/feed.xml"):
        page.goto(address + path)
        shown = page.evaluate("document.documentElement.innerText ?? document.documentElement.textContent")
        style = "(name) => getComputedStyle(document.getElementsByTagName(name)[0]).display"
        assert page.evaluate(style, "title") == "block"
        assert page.evaluate(style, "content" if path == "/atom.xml" else "content:encoded") == "none"
        assert page.evaluate("getComputedStyle(document.documentElement, '::before').content").startswith(
            '"This is a feed.'
        )
        assert shown
    context.close()


EXTREMES = {
    "cjk": ("機械学習の日記" * 12, "lang: ja", "日本語の文章です。" * 60),
    "arabic": ("يوميات التعلم الآلي", "lang: ar", "هذا نص طويل مع `code` ورقم 42 و English words. " * 30),
    "emoji": ("🧠🔥 Emoji 👩🏽‍🔬", "tags: [🧪lab]", "👨‍👩‍👧‍👦 " * 80),
    "long": ("Wide " * 40, "", "word " * 40),
    "unbroken": ("x" * 200, "", "https://example.com/" + "a" * 300 + " `" + "b" * 200 + "` " + "c" * 200),
    "tags": ("Forty tags", f"tags: [{', '.join(f'topic number {number}' for number in range(40))}]", "Text."),
    "bare": ("No tags, no summary", "", ""),
    "lists": ("Lists", "", "- one\n  - two " + "w" * 60 + "\n    1. three\n       - [ ] four\n\nterm\n: what it is " + "d" * 80),
    "table": ("Table", "", "| " + " | ".join(f"column {n}" for n in range(14)) + " |\n" + "|---" * 14 + "|\n| " + " | ".join("value" * 3 for _ in range(14)) + " |"),
    "formula": ("Formula", "", "$$\n" + " + ".join(f"x_{{{n}}}^{{2}}" for n in range(60)) + "\n$$ {#wide}\n\nInline $" + " + ".join(f"y_{{{n}}}" for n in range(40)) + "$.\n\n```python\n" + "z" * 300 + "\n```"),
}  # fmt: skip


def test_no_text_however_odd_is_wider_than_a_small_phone(browser: Browser, tmp_path: Path) -> None:
    posts = {
        f"content/posts/{name}.md": f'---\ntitle: "{title.strip()}"\ndate: 2024-01-01\nlabels: [Journal]\n{matter}\n---\n{text}\n'
        for name, (title, matter, text) in EXTREMES.items()
    }
    root = site(tmp_path, dict(posts))
    build_folder(root)
    with hosted(root / "public") as address:
        wide = []
        for width in (320, 1280):
            page = browser.new_page(viewport={"width": width, "height": 800})
            for path in ("", "tags/", "archive/", "search/?q=text", *(f"posts/{name}/" for name in EXTREMES)):
                page.goto(f"{address}/{path}", wait_until="networkidle")
                if page.evaluate("document.scrollingElement.scrollWidth") > width:
                    wide.append(f"{path} at {width}")
                if path == "posts/arabic/":
                    assert page.evaluate("getComputedStyle(document.querySelector('.prose p')).direction") == "rtl"
                    assert page.evaluate("getComputedStyle(document.querySelector('.site-head')).direction") == "ltr"
            page.close()
    assert wide == []


def test_the_switch_changes_and_keeps_the_scheme_and_is_there_on_demand_only(browser: Browser, tmp_path: Path) -> None:
    root = site(tmp_path, {"blog.toml": f"{SETTINGS}[theme_options]\nswitch = true\n", "content/posts/a.md": post("A")})
    build_folder(root)
    with hosted(root / "public") as address:
        ground = "getComputedStyle(document.documentElement).backgroundColor"
        context = browser.new_context(color_scheme="light")
        page = context.new_page()
        page.goto(f"{address}/posts/a/")
        light = page.evaluate(ground)
        page.get_by_role("button", name="Dark").press("Enter")
        dark = page.evaluate(ground)
        assert dark != light
        page.goto(f"{address}/")
        assert page.evaluate(ground) == dark
        page.emulate_media(color_scheme="dark")
        page.get_by_role("button", name="Light").click()
        assert page.evaluate(ground) == light
        page.emulate_media(color_scheme="light")
        page.get_by_role("button", name="Dark").click()
        page.get_by_role("button", name="Light").click()
        assert page.evaluate("localStorage.length") == 0
        page.emulate_media(color_scheme="dark")
        assert page.evaluate(ground) == dark
        context.close()
        plain = browser.new_context(java_script_enabled=False, color_scheme="dark")
        page = plain.new_page()
        page.goto(address)
        assert page.get_by_role("button").count() == 0
        plain.close()


DRAWINGS = [
    "<scr<!-- -->ipt>alert(1)</scr<!-- -->ipt>", "<script>alert(1)</script>", "<g on<!-- -->load='alert(1)'/>", "<g onload='alert(1)'/>",
    "<style>@import url(https://a.example/)</style>", "<image href='https://a.example/a.png' onerror='alert(1)'/>", "<rect width='9' height='9'/>",
    "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><img src='x' onerror='alert(1)'/></body></foreignObject>",
    "<set attributeName='onmouseover' to='alert(1)'/>", "<animate onbegin='alert(1)' attributeName='x' dur='1s'/>", "<use href='https://a.example/#a'/>",
    "<style><![CDATA[</style><script>alert(1)</script>]]></style>", "<text>&lt;script&gt;alert(1)&lt;/script&gt;</text>",
]  # fmt: skip
TEXTS = [*HOSTILE[:-1], *(f"a {html} b" for html in HOSTILE[:-1]), *(f"<div>\n\n{html}\n\nb" for html in HOSTILE[:-1])]


def test_no_output_of_a_notebook_runs_a_script(browser: Browser, tmp_path: Path) -> None:
    shown = [display({"text/markdown": text}) for text in TEXTS]
    shown += [display({"text/latex": f"$x$ {html}"}) for html in HOSTILE[:-1]]
    shown += [display({"text/html": f"<table><tr><td>{html}</table>"}) for html in HOSTILE[:-1]]
    shown += [
        display({"image/svg+xml": f'<svg xmlns="http://www.w3.org/2000/svg">{inner}</svg>'}) for inner in DRAWINGS
    ]
    book = written(raw("---\ntitle: N\ndate: 2024-01-01\n---"), code("x", *shown))
    root = site(tmp_path, {"blog.toml": SETTINGS, "content/posts/n.ipynb": book})
    build_folder(root)
    drawings = [path.name for path in (root / "public/assets").glob("n-*.svg")]
    with hosted(root / "public") as address:
        context = browser.new_context()
        page = context.new_page()
        said: list[str] = []
        asked: list[str] = []

        def note(dialog: Dialog) -> None:
            said.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", note)
        page.on("request", lambda request: asked.append(request.url))
        for path in ("/posts/n/", *(f"/assets/{name}" for name in drawings)):
            page.goto(address + path, wait_until="load")
            page.mouse.move(5, 5)
        for html in (*HOSTILE, *(f"<table><b>{html}<p>" for html in HOSTILE)):
            page.goto("about:blank")
            page.evaluate("(html) => { document.body.innerHTML = html }", sanitize(html, "prose").html)
            page.evaluate("() => { document.body.innerHTML = document.body.innerHTML }")
            assert (
                page.locator("script, iframe, object, embed, form, base, meta, svg, math, [onerror], [onload]").count()
                == 0
            )
        page.wait_for_timeout(300)
        context.close()
    assert len(drawings) >= 5
    assert said == []
    assert [url for url in asked if not url.startswith((address, "data:image/", "about:"))] == []


def test_cited_works_stand_beside_their_first_citation_where_there_is_room(browser: Browser, tmp_path: Path) -> None:
    entries = "".join(
        f"@misc{{k{number}, author={{Author, A. {number}}}, title={{A Title}}, year=2000}}\n" for number in range(4)
    )
    text = "\n\n".join(["One [@k0; @k1] and @k2. " * 3, "Words. " * 80, "Two [@k3], again [@k1]."])
    files = {"content/references.bib": entries, "content/posts/a.md": post("A", text=text)}
    publish(tmp_path, {**files, "content/posts/b.md": post("B", text=f"{text}[^1]\n\n[^1]: A note.")})
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    with hosted(tmp_path / "public") as address:
        page.goto(f"{address}/posts/a/")
        body = page.locator(".prose > p").first.bounding_box()
        assert body is not None
        end = 0.0
        for number in range(4):
            work = page.locator(".references li").nth(number).bounding_box()
            citation = page.locator(f'[id="cite:{number + 1}"]').bounding_box()
            assert work is not None
            assert citation is not None
            assert work["x"] > body["x"] + body["width"]
            assert work["y"] >= max(citation["y"] - 1, end)
            end = work["y"] + work["height"]
        assert not page.locator(".references h2").is_visible()
        for width, path in ((1000, "a"), (1440, "b")):  # without room, and beside footnotes
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{address}/posts/{path}/")
            first = page.locator(".references li").first.bounding_box()
            assert first is not None
            assert first["x"] < body["x"] + body["width"]
            assert page.locator(".references h2").is_visible()
    page.close()
