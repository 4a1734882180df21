"""The example blog in a real browser: accessible, nothing from elsewhere, nothing that overflows or moves."""

import gzip
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Response, Route, expect

from blog.markdown.sanitize import sanitize
from tests.browser.hosting import hosted
from tests.markdown.test_sanitize import HOSTILE
from tests.notebooks.test_notebooks import code, display, raw, written
from tests.support.publishing import build_folder, post, publish
from tests.support.sites import SETTINGS, picture, site

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


def test_pages_ask_for_files_of_this_site_only_and_have_no_script_in_them(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=True)
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    for path in PAGES:
        page.goto(address + path)
        assert page.locator("script:not([src], [type='application/ld+json'])").count() == 0
        assert page.locator("h1").count() == 1, path
    context.close()
    assert errors == []
    assert all(url.startswith(address) for url in asked)


def test_pages_are_complete_without_scripts(browser: Browser, address: str) -> None:
    texts: list[dict[str, str]] = []
    for with_script in (True, False):
        context = browser.new_context(java_script_enabled=with_script)
        page = context.new_page()
        texts.append({})
        for path in PAGES:
            page.goto(address + path)
            texts[-1][path] = page.locator("body").inner_text().replace("\nCopy\n", "\n")
        context.close()
    assert texts[0] == texts[1]


@pytest.mark.parametrize("path", ["/", "/posts/week-4/"])
def test_the_first_page_is_small(browser: Browser, address: str, path: str) -> None:
    """Text and style have at most 14 KB compressed, with scripts and the regular font 32 on the home page."""
    context = browser.new_context()
    page = context.new_page()
    sizes: dict[str, int] = {}
    kinds: dict[str, str] = {}

    def note(response: Response) -> None:
        data = response.body()
        kinds[response.url] = response.request.resource_type
        sizes[response.url] = len(data if response.url.endswith(".woff2") else gzip.compress(data, 9))

    page.on("response", note)
    page.goto(address + path, wait_until="networkidle")
    context.close()
    needed = [url for url, kind in kinds.items() if kind in {"document", "stylesheet", "script"} and "icon" not in url]
    fonts = {url.rpartition("/")[2].partition(".")[0]: sizes[url] for url, kind in kinds.items() if kind == "font"}
    text = [url for url in needed if kinds[url] != "script"]
    regular = fonts.pop("source-serif-4-latin-400-normal")
    assert sum(sizes[url] for url in text) < 14_000
    assert sum(sizes[url] for url in needed) + regular < (32 * 1024 if path == "/" else 34_000)
    assert fonts.pop("source-serif-4-latin-600-normal") < 22_000
    assert set(fonts) <= {"source-serif-4-latin-400-italic"}
    assert not fonts or path != "/"


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
    links = len(set(page.evaluate("[...document.querySelectorAll('a[href]')].map((link) => link.outerHTML)")))
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


def test_a_footnote_opens_over_a_small_page_and_its_arrow_closes_it(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/posts/six-hundred-decibels/")
    reference = page.locator('[id="fnref:2"]')
    reference.scroll_into_view_if_needed()
    before = reference.bounding_box()
    reference.click()
    note = page.locator(".footnotes li:target")
    box = note.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] == 844
    assert box["height"] <= 0.6 * 844 + 1
    assert reference.bounding_box() == before
    note.locator(".footnote-back").click()
    expect(note).to_have_count(0)
    expect(reference).to_be_in_viewport()
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


def test_the_switch_changes_and_keeps_the_scheme_and_is_there_with_scripts_only(
    browser: Browser, tmp_path: Path
) -> None:
    root = site(tmp_path, {"blog.toml": SETTINGS, "content/posts/a.md": post("A")})
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
    root = site(
        tmp_path / "off", {"blog.toml": f"{SETTINGS}[theme_options]\nswitch = false\n", "content/posts/a.md": post()}
    )
    build_folder(root)
    assert "<script src" not in (root / "public/index.html").read_text("utf-8")


def test_an_image_for_the_dark_follows_the_system_and_the_switch(browser: Browser, tmp_path: Path) -> None:
    publish(tmp_path, {
        "blog.toml": SETTINGS, "content/posts/a/index.md": post("A", text="![x](x.png)"),
        "content/posts/a/x.png": picture(60, 40, colour="white"), "content/posts/a/x.dark.png": picture(60, 40, colour="black"),
    })  # fmt: skip
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    image = page.locator(".prose img")
    with hosted(tmp_path / "public") as address:
        page.goto(f"{address}/posts/a/")
        expect(image).to_have_js_property("currentSrc", f"{address}/posts/a/x.png")
        page.get_by_role("button", name="Dark").click()
        expect(image).to_have_js_property("currentSrc", f"{address}/posts/a/x.dark.png")
        assert page.evaluate("getComputedStyle(document.querySelector('.prose img')).filter") == "none"
        page.reload()
        expect(image).to_have_js_property("currentSrc", f"{address}/posts/a/x.dark.png")
        page.emulate_media(color_scheme="dark")
        page.get_by_role("button", name="Light").click()
        expect(image).to_have_js_property("currentSrc", f"{address}/posts/a/x.png")
    context.close()


def test_a_chart_lies_on_the_paper_by_day_and_is_inverted_at_night(browser: Browser, tmp_path: Path) -> None:
    text = "![x](x.png)\n\n![y](y.png)\n"
    publish(tmp_path, {
        "blog.toml": SETTINGS, "content/posts/a/index.md": post("A", text=text),
        "content/posts/a/x.png": picture(60, 40, colour="white"), "content/posts/a/y.png": picture(60, 40),
    })  # fmt: skip
    styles = "[...document.querySelectorAll('.prose img')].map((image) => getComputedStyle(image)).map((style) => [style.mixBlendMode, style.filter])"
    with hosted(tmp_path / "public") as address:
        for scheme, chart, photo in (
            ("light", ["multiply", "brightness(1.06)"], ["normal", "none"]),
            ("dark", ["screen", "brightness(1.06) invert(1) hue-rotate(180deg) brightness(0.95)"], ["normal", "brightness(0.85)"]),
        ):  # fmt: skip
            context = browser.new_context(color_scheme=scheme, java_script_enabled=False)  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(f"{address}/posts/a/")
            assert page.evaluate(styles) == [chart, photo]
            context.close()


@pytest.mark.parametrize("width", [1024, 1280, 1440, 1920])
def test_the_text_stands_at_the_same_place_on_every_page(browser: Browser, address: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    places = set()
    for path in PAGES + WITH_SCRIPT:
        page.goto(address + path)
        places.add(page.evaluate("document.querySelector('h1').getBoundingClientRect().left"))
    context.close()
    assert len(places) == 1


def test_code_of_88_columns_fits_and_what_is_longer_scrolls(browser: Browser, tmp_path: Path) -> None:
    text = f"```python\n{'x' * 88}\n```\n\n```python\n{'x' * 120}\n```\n"
    publish(tmp_path, {"blog.toml": SETTINGS, "content/posts/a.md": post("A", text=text)})
    context = browser.new_context(viewport={"width": 1024, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    with hosted(tmp_path / "public") as address:
        page.goto(f"{address}/posts/a/")
        beyond = "[...document.querySelectorAll('.prose pre')].map((pre) => pre.scrollWidth > pre.clientWidth)"
        assert page.evaluate(beyond) == [False, True]
        far = "document.querySelector('.prose pre').getBoundingClientRect().left - parseFloat(getComputedStyle(document.body, '::before').left)"
        assert page.evaluate(far) >= 13
    context.close()


def test_a_listing_is_copied_by_its_button_which_is_there_with_scripts_only(browser: Browser, tmp_path: Path) -> None:
    text = '```python {linenos=true}\na = 1\n\nb = 2\n```\n\n```python {title="t.py"}\nc = 3\n```\n'
    publish(
        tmp_path, {"blog.toml": SETTINGS, "content/posts/a.md": post("A", text=text), "content/posts/b.md": post("B")}
    )
    with hosted(tmp_path / "public") as address:
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.goto(f"{address}/posts/a/")
        buttons = page.locator(".prose .copy")
        assert buttons.count() == 2
        for number, copied in enumerate(("a = 1\n\nb = 2", "c = 3")):
            buttons.nth(number).press("Enter")
            expect(buttons.nth(number)).to_have_text("Copied")
            assert page.evaluate("navigator.clipboard.readText()") == copied
        expect(buttons.first).to_have_text("Copy", timeout=4000)
        context.close()
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{address}/posts/a/")
        assert page.locator("button").count() == 0
        context.close()


def test_the_contents_mark_the_section_that_the_reader_is_in(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{address}/posts/nine-weeks-on-a-paper/")
    if not page.evaluate("CSS.supports('selector(a:target-current)')"):
        pytest.skip("this browser does not know :target-current")
    page.evaluate("document.getElementById('ten-seeds').scrollIntoView()")
    page.wait_for_function("document.querySelector('.contents a:target-current')?.textContent === 'Ten seeds'")
    page.close()


def test_hardly_anything_moves_when_the_fonts_are_late(browser: Browser, address: str) -> None:
    def late(route: Route) -> None:
        time.sleep(0.3)
        route.continue_()

    for width in (390, 1440):
        context = browser.new_context(viewport={"width": width, "height": 800})
        page = context.new_page()
        page.route("**/*.woff2", late)
        page.add_init_script("""
            window.moved = 0;
            new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.moved += entry.value)))
                .observe({ type: "layout-shift", buffered: true });
        """)
        for path in ("/", "/posts/nine-weeks-on-a-paper/", "/archive/"):
            page.goto(address + path, wait_until="networkidle")
            assert page.evaluate("document.fonts.check('16px \\'Source Serif 4\\'')")
            assert page.evaluate("window.moved") < 0.05, path
        context.close()


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
