"""Where a fuzzer begins: good inputs for each target, and the words that mean something to it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bibliography.test_bib_file import BROKEN
from tests.markdown.cases import FOLDER, read
from tests.markdown.test_properties import FORMS, MARKS, filled_form
from tests.support.sites import picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_TOP = Path(__file__).parent.parent.parent
CASES = Path(__file__).parent / "cases"
_WHOLE = b"""---
title: "T: a"
date: 2024-01-31 09:00+01:00
updated: 2024-02-01
changes:
  - 2024-02-01: b
slug: s
summary: >
  folded
  text
tags: [a, 'b', "c"]
labels: Journal
context: |
  So *it* goes. [x](y.md)
series: S
part: 1
draft: false
unlisted: true
image: p.png
image_alt: A
source: {url: "https://x.org", title: t, author: b}
discussion: https://x.org/1
revisits: [a.md]
aliases: [/old/]
author: {name: N, url: http://n.org, email: a@b.org}
lang: es
canonical: https://x.org/2
toc: false
template: t.html
guid: g
extra: {a: [1, {b: ~}], c: true}
---
Text
"""
_WHOLE_TOML = b"""+++
title = "T"
date = 2024-01-31T09:00:00Z
updated = 2024-02-01
changes = [{ 2024-02-01 = "b" }]
summary = '''x
y'''
tags = ["a", 'b']
part = 0x1F
draft = true
toc = false
context = \"\"\"
So *it* goes.\"\"\"
[source]
url = "https://x.org"
[[author]]
name = "N"
[extra]
a.b = [1.5, 12:30:00]
"c d" = { e = 1 }
+++
"""
_SETTINGS = b"""title = "T"
url = "https://example.org/a"
description = "D"
language = "pt-BR"
timezone = "Europe/Madrid"
author = [{name = "A", email = "a@x.org", url = "http://x.org"}, "B"]
theme = "margin"
permalink = "/{year}/{month}/{day}/{slug}.html"
paginate = 3
cards = false
[menu]
B = "/a/"
[feed]
limit = 5
full_text = false
paths = ["/index.xml", "/feeds/all.atom.xml", "/feed/"]
authority = "old.example.org"
[labels.Journal]
notice = "N *so* [x](/a/)"
[links]
Code = "https://x.org/c"
[front_matter]
allow = ["layout"]
[math.macros]
E = '\\mathbb{E}'
KL = 'D_{#1}'
[theme_options]
footer = "F"
"""
_REQUESTS = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /base/a?x=1#y HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nSec-Fetch-Site: same-origin\r\n\r\n",
    b"HEAD /c.css HTTP/1.0\r\nHost: localhost\r\nRange: bytes=1-2\r\nIf-Range: x\r\nIf-None-Match: *\r\n\r\n",
    b"GET /_blog/events?page=/a/&version=1-2&tag=x HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: a-1\r\n\r\n",
    b"GET /../secret HTTP/1.1\r\nHost: localhost\r\n\r\nGET /%2e%2e/secret HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /_headers HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET http://localhost/link HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
    b"GET /_blog/entry/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"POST /_blog/live.js HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n\r\n",
)
_SHEETS = (
    b'@import "b/c.css" screen;\na { background: url("d.woff2?x#y") } /* x */\0b, c { color: red; src: url(../d.woff2) }',
    b"@import url(b/c.css);\0@import '../a.css';",
    b'@font-face { src: url( \'d.woff2\' ) format("woff2") } a::after { content: "/* x */\\"" }',
)
_NOTEBOOK = b"""{"cells": [{"cell_type": "raw", "metadata": {}, "source": ["---\\n", "title: N\\n", "---"]},
{"cell_type": "markdown", "metadata": {"tags": ["private"]}, "source": "a\\n\\n![x](attachment:p.png)",
 "attachments": {"p.png": {"image/png": "iVBORw0KGgo="}}},
{"cell_type": "code", "execution_count": 1, "metadata": {"tags": ["hide-input", "remove-stderr"]}, "source": "x = 1",
 "outputs": [{"output_type": "stream", "name": "stdout", "text": "a\\u001b[31mb\\r"},
  {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]},
  {"output_type": "display_data", "data": {"text/html": "<table><tr><th>a</th></tr></table>", "text/plain": "a"},
   "metadata": {"image/png": {"width": 1, "height": 2}}}]}],
 "metadata": {"kernelspec": {"language": "python"}, "language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}"""


@cache
def _markdown() -> tuple[bytes, ...]:
    cases = [case.source for path in sorted(FOLDER.glob("*.md")) for case in read(path)]
    posts = [path.read_text("utf-8").split("---\n", 2)[-1] for path in sorted((_TOP / "content").rglob("*.md"))]
    passages = [part for post in posts for part in re.split(r"\n(?=## )", post)]
    return tuple(text.encode() for text in (*cases, *passages) if len(text) < 3000)


def seeds_of(target: str) -> Iterator[bytes]:
    """Inputs for `target`: what broke a promise once, and what should keep it."""
    yield from (path.read_bytes() for path in sorted((CASES / target).glob("*")))
    yield from _SEEDS[target]()


def _matter() -> Iterator[bytes]:
    yield from (_WHOLE, _WHOLE_TOML)
    yield from (line + b"\n---\n" for line in _WHOLE.split(b"\n") if b":" in line)


def _documents() -> Iterator[bytes]:
    yield from (_WHOLE, _WHOLE_TOML)
    yield from (path.read_bytes() for path in sorted((_TOP / "content").rglob("*.md")))
    for text in _markdown()[:40]:
        yield b"---\ntitle: T\ncontext: |\n  " + text.replace(b"\n", b"\n  ") + b"\n---\n"


def _words() -> Iterator[bytes]:
    return (filled_form(form, ["\x01"] * 10).encode() for form in FORMS)


def _hiding() -> Iterator[bytes]:
    yield from (b"a\0" + text.replace(b"e", b"X") + b"\0b" for text in _markdown())
    yield from (text + b"\0X\0" + text for text in _markdown())


def _notebooks() -> Iterator[bytes]:
    yield _NOTEBOOK
    yield from _files("tests/notebooks", "*.ipynb")


def _cells() -> Iterator[bytes]:
    yield from (
        b"h<table><tr><td>a</table>\0l$$x$$\0pwords\0v<svg width='1' height='2'/>",
        b"sa\rb\x1b[31m\x1b[K\x08",
        b"ea\nb",
    )
    for kind in (b"", b"m", b"c", b"rprivate\n", b"tprivate\n", b"tremove-cell\n"):
        yield from (kind + text for text in _markdown()[::9])


def _settings() -> Iterator[bytes]:
    yield _SETTINGS
    yield from (b'title = "T"\n' + line for line in _SETTINGS.split(b"\n"))


def _sites() -> Iterator[bytes]:
    options = re.sub(rb"(?m)^(title|url|cards) = .*\n", b"", _SETTINGS, count=3)
    whole = _WHOLE.replace(b"y.md", b"b.md").replace(b"[a.md]", b"[b.md]").replace(b"t.html", b"post.html")
    yield from (options + b"\0" + whole + b"\0" + text for text in _markdown()[::20])
    yield from (b"\0---\ntitle: T\n---\n" + text + b"\0" for text in _markdown()[::12])
    yield from (b"\0---\n" + line + b"\n---\n# T\n\0" for line in whole.split(b"\n") if b": " in line)


def _sheets() -> Iterator[bytes]:
    yield from _SHEETS
    yield from _files("themes", "*.css")


def _files(folder: str, pattern: str) -> Iterator[bytes]:
    """Short files that come with the program."""
    return (path.read_bytes() for path in sorted((_TOP / folder).rglob(pattern)) if path.stat().st_size < 9000)


def _images() -> Iterator[bytes]:
    yield from (picture(3, 2, form) for form in ("PNG", "JPEG", "WEBP", "GIF"))
    yield b'<svg xmlns="http://www.w3.org/2000/svg" width="3px" height="2" viewBox="0 0 3 2"></svg>'


def _bibliographies() -> Iterator[bytes]:
    yield (FOLDER / "references.bib").read_bytes()
    yield from (source.encode() for source, *_ in BROKEN)
    yield b"\xff\xfe@\0a\0{\0b\0}\0"


_SEEDS: dict[str, Callable[[], Iterable[bytes]]] = {
    "matter": _matter, "document": _documents, "text": _markdown, "words": _words, "passage": _hiding, "comment": _hiding,
    "within": _hiding, "notebook": _notebooks, "cells": _cells, "settings": _settings, "site": _sites, "sheet": _sheets,
    "image": _images, "bibliography": _bibliographies, "request": lambda: _REQUESTS,
}  # fmt: skip


_YAML = ("---\n", "+++\n", ": ", "- ", "|\n  ", ">-\n  ", "|2-\n", "~", "null", "true", "&a ", "*a", "!!str ", "? ", "{", "}", "[", "]", ", ", "'", '"', '"""', "'''", " = ", "[[", "]]",
         " #", "%YAML", "...\n", "\\u0000", "\\x1b", "\t", "\ufeff", "\u2028", "\u0085", "2024-01-31", "12:30", "0x1", "1e400", "nan", "-0", "9" * 20)  # fmt: skip
_JSON = ('"cells"', '"cell_type"', '"markdown"', '"code"', '"raw"', '"source"', '"metadata"', '"tags"', '"private"', '"outputs"', '"output_type"', '"stream"', '"text"', '"data"',
         '"text/html"', '"text/latex"', '"text/markdown"', '"text/plain"', '"image/png"', '"image/svg+xml"', '"attachments"', '"nbformat"', "\\ud800", "\\u0000", "\\n", "\\r", "NaN", "null", "[]", "{}",
         '"remove-cell"', '"hide-input"', '"display_data"', '"error"', '"traceback"', '"ename"', "attachment:")  # fmt: skip
_HTTP = ("GET ", "HEAD ", " HTTP/1.1\r\n", " HTTP/1.0\r\n", " HTTP/0.9\r\n", "Host: localhost\r\n", "\r\n", "%2e%2e", "%2f", "%00", "/base/", "/_blog/events?", "/_blog/entry/", "page=", "version=", "Range: bytes=",
         "If-Range: ", "If-None-Match: ", "Last-Event-ID: ", "Content-Length: ", "Expect: 100-continue\r\n", "Connection: keep-alive\r\n", "..", "\\", "//", "http://localhost", "link", "a/index.html")  # fmt: skip
_BIB = ("@article{", "@string{", "@comment{", "@preamble{", "a,", " = ", "{", "}", "(", ")", '"', "#", "%", "\n", "title", "author", " and ", "others", "crossref", "doi", "url", "10.1000/", "https://", "\\'{", '\\"', "\\url{", "$", "_{", "~", "--")  # fmt: skip
_CSS = ("@import ", "url(", ")", '"b/c.css"', "d.woff2", "../", "/*", "*/", "\\", "layer(x)", "supports(x)", "screen", ";", "{", "}", "data:", "?", "#", "%2e")  # fmt: skip


def dictionary_of(target: str) -> Iterator[str]:
    """Words and marks that mean something to `target`."""
    keys = set(re.findall(rb"^([a-z_]+)(?=[: ])", _WHOLE + _SETTINGS, re.MULTILINE))
    if target in {"matter", "document", "settings", "site"}:
        yield from (*_YAML, *sorted(key.decode() for key in keys))
    if target in {"document", "text", "words", "passage", "comment", "within", "cells", "site"}:
        yield from (
            *MARKS,
            "\0",
            "X",
            "\x01",
            "\\text{",
            "\\label{",
            "\\tag{",
            "%",
            "<script>",
            "<textarea>",
            "<style>",
            "srcset=",
            "![",
            "> [!TIP]",
            "Photo by ",
        )
    yield from {"bibliography": _BIB, "notebook": _JSON, "request": _HTTP, "sheet": _CSS}.get(target, ())
