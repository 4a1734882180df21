"""No word of a site can become markup: every output is read by a parser, and has the elements that it has with plain words."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from blog.problems import BlogError
from tests.notebooks.test_notebooks import code, display, markdown, raw, stored, stream, written
from tests.support.publishing import build_folder, outputs, post, publish
from tests.support.sites import picture, site

PAYLOADS = [
    "\"><img src=x onerror=alert(1)> ' onmouseover='alert(1)",
    '" onfocus="alert(1)" autofocus=" `x` *x* [x](javascript:alert(1)) ![x](x) $x$',
    "</script><script>alert(1)</script> &lt;script&gt;x&lt;/script&gt; --> -->",
    "</title></textarea></style><svg onload=alert(1)> {{ 7*7 }}{% raw %}",
    "]]><evil xmlns='x'/> &#60;img src=x&#62;&quot; /evil https://evil.example 301",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]>&a; ${7*7}\\u003cimg\\x3c",
    "}, year = {1999}, note = {\\input{x} %0a%3Cimg%3E%22%00",
]

SETTINGS = """
title = "RAW"
url = "https://example.org/blog"
description = "RAW"
author = { name = "RAW", email = "ada@example.org", url = "https://example.org/ada" }
theme = "t"
[menu]
"RAW menu" = "/about/"
[labels."RAW label"]
notice = "ESC"
[links]
"RAW link" = "https://code.example.com/"
[theme_options]
footer = "RAW"
"""
POST = """---
title: "RAW"
date: 2024-01-01
summary: "RAW"
tags: ["RAW tag"]
labels: ["RAW label"]
series: "RAW series"
context: "ESC"
image: a.png
image_alt: "RAW"
source: { url: "https://example.org/x", title: "RAW", author: "RAW" }
author: { name: "RAW", email: "ada@example.org" }
aliases: [/old/]
guid: "RAW guid"
changes:
  - { date: 2024-02-01, text: "RAW" }
extra: { note: "RAW", "RAW key": "RAW" }
---
Words ESC words. [ESC](https://example.org/ "ESC") ![ESC](a.png "ESC") and `` RAW code `` and a note[^1], **ESC**, ~~ESC~~.

![ESC](a.png "ESC"){#picture .wide}

## ESC heading {#own}

## Another

## Third

> [!NOTE]
> Inside ESC.

> Quoted ESC
>
> — ESC, *ESC*

[^1]: A note ESC.

| ESC | b |
|---|---|
| ESC | `` RAW `` |

Term ESC
: Definition ESC

~~~python {title="ESC" hl="1"}
RAW
~~~

    RAW

<p>Raw HTML is the author's.</p>
"""


def notebook() -> str:
    front = raw('---\ntitle: "RAW"\ndate: 2024-02-02\n---')
    shown = display(
        {"text/plain": "RAW", "image/png": stored(picture(2, 2))}, {"image/png": {"alt": "RAW", "width": "RAW"}}
    )
    table = display({"text/html": "<table><tr><td>ESC</td></tr></table>", "text/plain": "RAW"})
    error = {"output_type": "error", "ename": "RAW", "evalue": "RAW", "traceback": ["\x1b[31mRAW\x1b[0m"]}
    cells = (
        front, markdown("Text ESC.\n\n## ESC heading"), code("RAW = 1", stream("RAW\n"), stream("RAW", "stderr"), shown, table, error),
    )  # fmt: skip
    return written(*cells, metadata={"kernelspec": {"name": "RAW", "display_name": "RAW", "language": "RAW"},
                                     "language_info": {"name": "RAW"}, "title": "RAW"})  # fmt: skip


FILES: dict[str, str | bytes] = {
    "blog.toml": SETTINGS,
    "content/posts/first.md": POST,
    "content/posts/second.md": POST.replace("/old/", "/older/").replace("RAW guid", "RAW other").replace("2024-01-01", "2025-01-01")
    + "\n[back](first.md)\n",
    "content/posts/book.ipynb": notebook(),
    "content/posts/a.png": picture(900, 500),
    "content/about.md": '---\ntitle: "RAW"\nsummary: "RAW"\n---\n# ESC title\n\nESC\n',
    "content/series/s.md": '---\ntitle: "RAW series"\nsummary: "RAW"\nparts: ["RAW", "RAW planned"]\n---\nText ESC.\n',
    "themes/t/theme.toml": 'name = "t"\nextends = "margin"\n',
    "themes/t/templates/post.html": '{% extends "margin/post.html" %}\n{% block main %}\n{{ super() }}\n'
    '{% for key, note in extra.items() %}<p title="{{ key }}">{{ note }}</p>{% endfor %}\n{% endblock %}\n',
}  # fmt: skip


def planted(payload: str) -> dict[str, str | bytes]:
    """The site with the payload in every field: for RAW as it is, for ESC with all that means something to Markdown escaped."""
    word = f"zq{payload}qz"
    escaped = re.sub(r"[!-/:-@\[-`{-~]", lambda sign: f"&#{ord(sign[0])};", word)

    def put(text: str) -> str:
        return text.replace("RAW", word).replace("ESC", escaped)

    def quoted(text: str) -> str:
        return text.replace("RAW", json.dumps(word)[1:-1]).replace("ESC", json.dumps(escaped)[1:-1])

    def book(value: Any) -> Any:
        if isinstance(value, str):
            return quoted(value) if value.startswith("---") else put(value)
        if isinstance(value, list):
            return [book(each) for each in value]
        return {key: book(each) for key, each in value.items()} if isinstance(value, dict) else value

    files: dict[str, str | bytes] = {}
    for name, text in FILES.items():
        if isinstance(text, bytes) or name.startswith("themes/"):
            files[name] = text
        elif name.endswith(".ipynb"):
            files[name] = json.dumps(book(json.loads(text)))
        elif name.endswith(".toml"):
            files[name] = quoted(text)
        else:
            front, mark, rest = text.partition("\n---\n")
            files[name] = quoted(front) + mark + put(rest)
    return files


class Shape(HTMLParser):
    """What a browser makes of a text, but for the words: elements with the names of their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[object] = []
        self.urls: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag + (dict(attrs).get("type") or "")
        self.urls += [value or "" for name, value in attrs if name in {"href", "src", "action", "poster", "data"}]
        if not (tag == "span" and [name for name, _ in attrs] in (["class"], [])):  # the parts of code
            self.found.append((tag, sorted(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag != "span":
            self.found.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append((self.inside, data))
        if self.inside == "scriptapplication/ld+json":
            self.found.append(kinds(json.loads(data)))
            self.inside = ""

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.found.append(("decl", decl))

    def unknown_decl(self, data: str) -> None:
        self.found.append(("decl", data))

    def handle_pi(self, data: str) -> None:
        self.found.append(("pi", data))


def kinds(value: object) -> object:
    """JSON without its texts."""
    if isinstance(value, dict):
        return {key: kinds(each) for key, each in value.items()}
    return [kinds(each) for each in value] if isinstance(value, list) else type(value).__name__


def tree(node: etree._Element, inside: str = "") -> object:
    """XML without its words; HTML that stands in it is read too."""
    tag = str(node.tag)
    html = node.get("type") == "html" or tag.endswith("encoded") or (inside, tag) == ("item", "description")
    within = Shape(node.text or "").found if html else None
    return tag, sorted(map(str, node.attrib)), [tree(each, tag) for each in node], within


def shape(path: str, data: bytes) -> object:
    """What a reader of the file sees in it, but for the words."""
    text = data.decode()
    if path.endswith(".html"):
        return Shape(text).found
    if path.endswith(".xml"):
        return tree(etree.fromstring(data, etree.XMLParser(resolve_entities=False)))
    if path.endswith(".json"):
        json.loads(text)
        return None
    return [len(line.split()) for line in text.splitlines()]


def shapes(root: Path, payload: str) -> tuple[dict[str, object], dict[str, bytes]]:
    build_folder(site(root, planted(payload)))
    files = {
        path: data
        for path, data in outputs(root).items()
        if path.endswith((".html", ".xml", ".json", ".txt", "_redirects"))
    }
    return {re.sub("zq.*?qz", "WORD", path): shape(path, data) for path, data in files.items()}, files


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The site with plain words."""
    return shapes(tmp_path_factory.mktemp("plain"), " x ")[0]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_word_of_a_site_becomes_markup(tmp_path: Path, payload: str, expected: dict[str, object]) -> None:
    found, files = shapes(tmp_path, payload)
    assert found.keys() == expected.keys()
    for path, it in found.items():
        assert it == expected[path], path
    page = Shape(files["posts/first/index.html"].decode())
    shown = "".join(text for inside, text in page.texts if inside == "h1")
    assert shown.strip() == " ".join(f"zq{payload}qz".split())


URLS = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "\tjavascript:alert(1)", "\x0bjavascript:alert(1)",
    "java\tscript:alert(1)", "&#106;avascript:alert(1)", "&#x6A;avascript&colon;alert(1)", "java&#10;script:alert(1)",
    "java&NewLine;script:alert(1)", "&#1;javascript:alert(1)", "&#32;javascript:alert(1)", "javascript&#58;alert(1)",
    "javascript\\:alert(1)", "\u2028javascript:alert(1)", "vbscript:msgbox(1)", "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD4=", "data:image/svg+xml,<svg onload=alert(1)>", "file:///etc/passwd",
]  # fmt: skip
PLACES = (
    "[x](URL)", "[x](<URL>)", "[x][r]\n\n[r]: URL", "[x][r]\n\n[r]: <URL>", "<URL>", "word URL word", "![x](URL)", "word ![x](<URL>)",
    '![x](<URL> "[t](<URL>)")', "[![x](<URL>)](<URL>)", "a[^1]\n\n[^1]: [x](<URL>)", "> [!NOTE]\n> [x](<URL>)",
    "> q\n>\n> — [x](<URL>)", "## [x](<URL>)", "| [x](<URL>) |\n|---|\n| a |", "T\n: [x](<URL>)", "- [ ] [x](<URL>)",
)  # fmt: skip


def leads(url: str) -> str:
    """The scheme that a browser sees: <https://url.spec.whatwg.org/#concept-basic-url-parser>."""
    found = re.match(
        r"([a-z][a-z0-9+.-]*):", re.sub(r"[\t\n\r]", "", url).strip("".join(map(chr, range(33)))), re.IGNORECASE
    )
    return found[1].lower() if found else ""


def schemes(files: dict[str, str]) -> set[str]:
    """Of all addresses in all outputs, also those in the HTML of feeds."""
    texts = []
    for path, text in files.items():
        if path.endswith(".html"):
            texts.append(text)
        elif path.endswith(".xml"):
            nodes = [*etree.fromstring(text.encode()).iter()]
            texts += [node.text or "" for node in nodes]
            texts += [
                f'<a href="{value}">' for node in nodes for value in map(str, node.attrib.values()) if '"' not in value
            ]
    urls = [url for text in texts for url in Shape(text).urls]
    citation = "data:application/vnd.citationstyles.csl+json;"  # browsers save a file of this type
    return {leads(url) for url in urls if not url.startswith(citation)} - {"", "http", "https", "mailto"}


def possible(root: Path, files: dict[str, str | bytes]) -> dict[str, str]:
    """The outputs of the sources in which nothing is wrong; none if something is wrong with the settings."""
    try:
        return publish(root / "all", files)
    except BlogError as error:
        wrong = {problem.location.path for problem in error.problems if problem.severity == "error"}
        rest = {path: text for path, text in files.items() if path not in wrong}
        return {} if "blog.toml" in wrong else publish(root / "rest", rest)


def book(url: str) -> str:
    """A notebook with the address in what its outputs show."""
    front = raw("---\ntitle: N\ndate: 2024-01-01\n---")
    table = f'<table><tr><td><a href="{url}">x</a><img src="{url}"></td></tr></table>'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg"><a href="{url}"><text>x</text></a></svg>'
    shown = (display({"text/html": table, "text/plain": "t"}), display({"image/svg+xml": drawing, "text/plain": "t"}))
    return written(front, markdown(f"[x](<{url}>)"), code("1", *shown))


@pytest.mark.parametrize("place", PLACES)
def test_no_link_or_picture_runs_anything(tmp_path: Path, place: str) -> None:
    posts = {f"content/posts/p{at}.md": post(f"P{at}", text=place.replace("URL", url)) for at, url in enumerate(URLS)}
    assert schemes(possible(tmp_path, {**posts, "content/posts/last.md": post()})) == set()


def test_nothing_in_a_notebook_runs_anything(tmp_path: Path) -> None:
    books = {f"content/posts/p{at}.ipynb": book(url) for at, url in enumerate(URLS)}
    assert schemes(possible(tmp_path, {**books, "content/posts/last.md": post()})) == set()


MATTERS = (
    *(f"{key}: URL" for key in ("canonical", "discussion", "image", "source", "revisits", "aliases")),
    "source: { url: URL, title: T }", "author: { name: A, url: URL }", "context: URL",
)  # fmt: skip


@pytest.mark.parametrize("matter", MATTERS)
def test_no_field_takes_an_address_that_runs_anything(tmp_path: Path, matter: str) -> None:
    posts: dict[str, str | bytes] = {"content/posts/last.md": post()}
    for at, url in enumerate(URLS):
        field = matter.replace("URL", json.dumps(f"[x](<{url}>)" if matter.startswith("context") else url))
        posts[f"content/posts/p{at}.md"] = f"---\ntitle: T\ndate: 2024-01-01\n{field}\n---\nWords.\n"
    assert schemes(possible(tmp_path, posts)) == set()


@pytest.mark.parametrize("url", URLS)
def test_no_setting_takes_an_address_that_runs_anything(tmp_path: Path, url: str) -> None:
    for at, setting in enumerate(("[links]\nx = URL", "[menu]\nx = URL", 'author = { name = "A", url = URL }')):
        settings = f'title = "T"\n{setting.replace("URL", json.dumps(url))}\n'
        with pytest.raises(BlogError):
            publish(tmp_path / str(at), {"blog.toml": settings})
