"""One small function for each part of the program that reads what others wrote: bytes in, nothing out.

Each raises :class:`AssertionError` if a promise is broken, so that a fuzzer and the tests can run it alike.
"""

from __future__ import annotations

import atexit
import io
import json
import re
import tempfile
from functools import cache
from itertools import count
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree as ET

from blog.bibliography.bib_file import parse_bib_file
from blog.bibliography.library import Library
from blog.config.settings import EXTENSIONS, load_settings
from blog.config.utf8 import decode_utf8
from blog.content import front_matter
from blog.content.document import ParseOptions, derive_parse_options
from blog.content.files import LoadedFile
from blog.content.front_matter_block import split_front_matter
from blog.content.images import measure_image
from blog.content.parse import parse_document, parse_notice
from blog.content.search_terms import extract_search_terms
from blog.content.theme_assets import Asset, fingerprint_assets
from blog.markdown import fill_placeholders
from blog.markdown.inputs import Inputs, SharedInputs
from blog.preview.connections import Connections
from blog.preview.handler import Handler
from blog.preview.state import PreviewState
from blog.problems import Location, Problem
from blog.stages.context import Report
from tests.fuzz.promises import as_kept, check_html, check_problems, is_stopped, missing, value_or_problems
from tests.support.publishing import build_folder, outputs
from tests.support.sites import picture
from tests.support.sites import site as write_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from blog.content.document import ParseResult
    from blog.content.file_kinds import Kind

TARGETS: dict[str, Callable[[bytes], None]] = {}
SECRET = "xyzzyq"
_KINDS: tuple[Kind, ...] = ("post", "page", "home", "series")
_EXTENSIONS = (*EXTENSIONS, "wikilinks")
_RULES = ParseOptions(
    "en", ("layout",), (("E", r"\mathbb{E}"), ("KL", r"D\left(#1 \| #2\right)")), extensions=_EXTENSIONS
)
_POST = "content/posts/2015-06-09-a.md"
_NOTEBOOK = "content/posts/2015-06-09-n.ipynb"
_BIB = "content/references.bib"
_HEAD = b"---\ntitle: T\n---\n"


def _target(harness: Callable[[bytes], None]) -> Callable[[bytes], None]:
    TARGETS[harness.__name__] = harness
    return harness


def _other_lines(data: bytes) -> bytes:
    """The same text with the ends of its lines as another system writes them."""
    return data if b"\r" in data else data.replace(b"\n", b"\r\n" if len(data) % 2 else b"\r")


@_target
def matter(data: bytes) -> None:
    """Front matter: read as each kind of document, or refused with a place."""
    for kind in _KINDS:

        def read(written: bytes, kind: Kind = kind) -> Any:
            node, start = split_front_matter(decode_utf8(written, _POST), _POST)
            return *front_matter.parse_front_matter(node, kind, ("layout",)), start

        found = value_or_problems(lambda: read(data))
        if isinstance(found[0], Problem):
            check_problems(found, _POST, data)
        else:
            matter, problems, start = found
            check_problems(problems, _POST, data)
            again = value_or_problems(lambda: read(_other_lines(data)))
            assert (as_kept(again[0]), again[1:]) == (as_kept(matter), (problems, start))


@_target
def document(data: bytes) -> None:
    """A whole file, front matter and text, of each kind."""
    _check_parsed(data, _POST, _KINDS[len(data) % 4])


@_target
def text(data: bytes) -> None:
    """Markdown alone, with nothing wrong above it."""
    _check_parsed(_HEAD + data, _POST, "post")


@_target
def bibliography(data: bytes) -> None:
    """A `.bib` file, and a text that cites its entries."""
    file = parse_bib_file(data, _BIB)
    assert all(problem.location.path == _BIB and problem.severity == "warning" for problem in file.problems)
    if data.decode(errors="ignore").encode() == data:
        check_problems(file.problems, _BIB, data)
    assert as_kept(parse_bib_file(data, _BIB)) == as_kept(file)
    library = Library({_BIB: file})
    cited = "; ".join(f"@{{{entry.key}}}" for entry in file.entries[:20])
    source = LoadedFile(_POST, "post", _HEAD + f"[{cited}]\n\n::: publications\n:::\n".encode())
    parsed = parse_document(source, _RULES, Inputs(shared=SharedInputs(library)))
    for html in _shown(parsed):
        check_html(html)


@_target
def notebook(data: bytes) -> None:
    """A notebook as it is on the disk."""
    parsed = parse_document(LoadedFile(_NOTEBOOK, "post", data), _RULES)
    check_problems(parsed.problems, _NOTEBOOK, data)
    assert as_kept(parse_document(LoadedFile(_NOTEBOOK, "post", data), _RULES)) == as_kept(parsed)


@_target
def cells(data: bytes) -> None:
    """A notebook whose JSON is right, of cells between NULs: a letter for what it is, and what is in it."""
    made = []
    for cell in data.decode(errors="ignore").split("\0"):
        kind, body = cell[:1], cell[1:]
        if kind in _OUTPUTS:
            output = {"output_type": "display_data", "data": {_OUTPUTS[kind]: body}, "metadata": {}}
            made.append(_cell("code", "x", outputs=[output]))
        elif kind == "s":
            made.append(_cell("code", "x", outputs=[{"output_type": "stream", "name": "stdout", "text": body}]))
        elif kind == "e":
            made.append(_cell("code", "x", outputs=[{"output_type": "error", "traceback": body.split("\n")}]))
        elif kind == "c":
            made.append(_cell("code", body, outputs=[]))
        elif kind == "r":
            made.append(_cell("raw", body))
        elif kind == "t":
            tag, _, words = body.partition("\n")
            made.append(_cell("markdown", words, metadata={"tags": [tag]}))
        else:
            made.append(_cell("markdown", body))
    notebook(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made}, indent=1).encode())


_OUTPUTS = {"h": "text/html", "l": "text/latex", "m": "text/markdown", "p": "text/plain", "v": "image/svg+xml"}


def _cell(kind: str, source: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {}, "source": source, **more}


@_target
def passage(data: bytes) -> None:
    """Nothing between `::: private` and `:::` is in what readers get, whatever is around it and in it."""
    before, within, after = _three(data)
    within = f"{SECRET}\n" + re.sub(":{9,}", "", within.replace("X", SECRET))
    _check_hidden(f"{before}\n\n::::::::: private\n{within}\n\n:::::::::\n\n{after}")


@_target
def comment(data: bytes) -> None:
    """Nothing in a comment is in what readers get."""
    before, within, after = _three(data)
    within = within.replace("X", SECRET).replace("-->", "").rstrip("-")
    _check_hidden(f"{before}\n\n<!-- {SECRET} {within} -->\n\n{after}")


@_target
def within(data: bytes) -> None:
    """Nor if the comment stands within other words."""
    before, hidden, after = _three(data)
    hidden = re.sub(r"\n\s*(?=\n)", "\n", hidden.replace("X", SECRET).replace("-->", "")).strip("-\n")
    _check_hidden(f"{before}\n\nwords <!-- {SECRET} {hidden} --> words\n\n{after}")


def _three(data: bytes) -> tuple[str, str, str]:
    """Three texts between NULs; the first leaves no code block open, where all that follows would be an example."""
    parts = data.decode(errors="ignore").replace(SECRET, "").split("\0")
    before, hidden, after = [*parts, "", "", ""][:3]
    return re.sub("```+|~~~+", "", before), hidden, after


def _check_hidden(written: str) -> None:
    parsed = parse_document(LoadedFile(_POST, "post", _HEAD + written.encode()), _RULES)
    if is_stopped(parsed.problems) or parsed.document is None:
        return
    told = parsed.document.text
    shown = [
        *_shown(parsed),
        told.title,
        told.summary,
        *told.anchors,
        *extract_search_terms(parsed.document, parsed.html),
    ]
    shown += [f"{heading.id} {heading.text}" for heading in told.headings] + [link.target for link in told.links]
    assert [part for part in shown if SECRET in part] == []


@_target
def words(data: bytes) -> None:
    """Each word (a byte 1 stands for one) is in the page and in the feed, or there is a problem."""
    numbers = count()
    written = re.sub("\x01", lambda _: f"w{next(numbers)}q", data.decode(errors="ignore"))
    parsed = parse_document(LoadedFile(_POST, "post", _HEAD + written.encode()), _RULES)
    if parsed.problems or parsed.document is None:
        return
    seen = re.sub(
        r"<!--.*?-->|:::[^\n]*private.*|%.*|\]:.*|(?:\$|\\[(\[b]).*", "", written, flags=re.DOTALL | re.IGNORECASE
    )
    seen = re.sub(r"\{[^}]*\}|\[\^[^\]]*\]|\\label\{[^}]*\}|(?:```|~~~)[^\n]*", "", seen)
    seen = re.sub(r"""\b(?:id|name)\s*=\s*(?:"[^"]*"|'[^']*'|\S+)""", "", seen, flags=re.IGNORECASE)
    page, feed = _shown(parsed)
    known = re.findall(r"w\d+q", seen)
    assert missing(known, [page, parsed.document.text.title]) == [], (written, page)
    assert missing(known, [feed, parsed.document.text.title]) == [], (written, feed)


def _shown(parsed: ParseResult) -> tuple[str, str]:
    """What readers of the page and of the feed get."""
    assert parsed.document is not None
    targets = [link.target for link in parsed.document.text.links]
    html = parsed.html.text
    return fill_placeholders(html.html, targets), fill_placeholders(html.feed_html, targets, "feed-")


def _check_parsed(data: bytes, path: str, kind: Kind) -> None:
    parsed = parse_document(LoadedFile(path, kind, data), _RULES)
    check_problems(parsed.problems, path, data)
    assert as_kept(parse_document(LoadedFile(path, kind, _other_lines(data)), _RULES)) == as_kept(parsed)
    if parsed.document is None:
        assert is_stopped(parsed.problems)
    elif not is_stopped(parsed.problems):
        extract_search_terms(parsed.document, parsed.html)
        context_targets = [link.target for link in parsed.document.context.links]
        for html in (*_shown(parsed), fill_placeholders(parsed.html.context.html, context_targets)):
            assert "\0" not in html
            if b"<" not in data:
                check_html(html)


@_target
def settings(data: bytes) -> None:
    """`blog.toml`, and the Markdown and TeX in it."""
    found = value_or_problems(lambda: load_settings(_Folder(data)))  # type: ignore[arg-type]
    if isinstance(found[0], Problem):
        check_problems(found, "blog.toml", data)
        return
    read, problems = found
    rules, wrong = derive_parse_options(read)
    notices = [parse_notice(label, rules.markdown_options("")) for label in read.labels]
    said: Iterable[Any] = [*problems, *wrong, *(problem for notice in notices for problem in notice.problems)]
    check_problems(said, "blog.toml", data)
    assert read.absolute("/a/").startswith(("http", "HTTP")) or not read.url
    again = load_settings(_Folder(_other_lines(data)))  # type: ignore[arg-type]
    assert (as_kept(again[0]), again[1]) == (as_kept(read), problems)


class _Folder(NamedTuple):
    """A site folder with one file, and no disk below it: that would take longer than all the rest."""

    data: bytes

    def __truediv__(self, _name: str) -> _Folder:
        return self

    def exists(self) -> bool:
        return True

    def is_file(self) -> bool:
        return True

    def read_bytes(self) -> bytes:
        return self.data


@_target
def site(data: bytes) -> None:
    """Settings, a post and a page, between NULs: a site whose feeds can be read, or a diagnostic."""
    settings, post, page = [*data.split(b"\0"), b"", b"", b""][:3]
    given: dict[str, str | bytes] = {
        "blog.toml": b'title = "T"\nurl = "https://example.org"\ncards = false\n' + settings,
        _POST: post,
        "content/a.md": b"# P\n\n" + page,
    }
    root = write_site(_site(), given)
    found = value_or_problems(lambda: build_folder(root))
    for problem in found.problems if isinstance(found, Report) else found:
        check_problems([problem], problem.location.path, (root / problem.location.path).read_bytes())
    if isinstance(found, Report):
        made = outputs(root)
        assert "index.html" in made
        for path, contents in made.items():
            if path.endswith(".xml"):
                ET.fromstring(contents)
    else:
        assert is_stopped(found)


@cache
def _site() -> Path:
    """A site folder; one for all: to read the templates takes longer than all the rest of a build."""
    root = Path(tempfile.mkdtemp())
    atexit.register(rmtree, root)
    other = "---\ntitle: B\ndate: 2014-01-01\nseries: S\n---\n"
    return write_site(root, {"content/posts/b.md": other, "content/posts/p.png": picture(2, 2)})


@_target
def sheet(data: bytes) -> None:
    """A style sheet of a theme, beside two files that it may name."""
    first, _, second = data.partition(b"\0")
    given = {"a.css": first, "b/c.css": second, "d.woff2": b"d"}
    assets = {name: Asset(name, contents, f"themes/t/static/{name}") for name, contents in given.items()}
    found = value_or_problems(lambda: fingerprint_assets(assets))
    if isinstance(found[0], dict):
        assert set(found[0]) == set(given)
        assert set(found[1]) == set(found[0].values())
        assert fingerprint_assets(assets) == found
    else:
        for problem in found:
            check_problems(
                [problem], problem.location.path, given[problem.location.path.removeprefix("themes/t/static/")]
            )


@_target
def image(data: bytes) -> None:
    """A picture by the ending of its name: its size, or a warning."""
    for ending in (".png", ".svg"):
        found, problems = measure_image(data, f"a{ending}", "0", Location("content/a"))
        check_problems(problems, "content/a", b"")
        assert found is None or (found.width > 0 and found.height > 0), found
        assert not is_stopped(problems)
        if found:
            assert all(0 < width <= found.width for width in found.widths)
            as_kept(found)


@_target
def request(data: bytes) -> None:
    """What a browser, or somebody else, sends to the preview: nothing outside of its folder is in the answer."""
    preview = _Hasty(_folder())
    preview.publish(ready=True, building="", base_path="/base" if b"/base/" in data else "")
    connection = _Connection(data)
    connections = Connections(1, 1)
    assert connections.admit(connection, "127.0.0.1")  # type: ignore[arg-type]
    Handler(connection, ("127.0.0.1", 1), _Server(preview, connections))  # type: ignore[arg-type]
    assert SECRET.encode() not in connection.sent
    assert not connection.sent or connection.sent.startswith((b"HTTP/1.", b"<")), connection.sent
    heads = re.findall(rb"HTTP/1[.]1 [0-9]{3} .*?\r\n\r\n", connection.sent, re.DOTALL)
    assert all(re.fullmatch(rb"[!-~][ -~]*", line) for head in heads for line in head.split(b"\r\n")[:-2]), heads


@cache
def _folder() -> Path:
    """A preview folder, beside what nobody may read; one for all requests, for none of them may change it."""
    top = tempfile.mkdtemp()
    atexit.register(rmtree, top)
    folder = Path(top, "preview")
    for name in ("index.html", "404.html", "a/index.html", "b.html", "c.css"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, encoding="utf-8")
    for path in (Path(top, "secret"), folder / "_headers"):
        path.write_text(SECRET, encoding="utf-8")
    (folder / "link").symlink_to(Path(top, "secret"))
    return folder


class _Hasty(PreviewState):
    """Has news for nobody who waits."""

    def wait(self, *_: Any) -> bool:
        raise ConnectionError


class _Server(NamedTuple):
    """Goes by the name of `localhost`."""

    preview: PreviewState
    connections: Connections

    def accepts_host(self, host: str) -> bool:
        return host == "localhost"

    def own_address(self, host: str) -> str:
        return "http://own.localhost"

    def origins(self, host: str) -> tuple[str, ...]:
        return (f"http://{host}",)


class _Connection:
    """Sends `data`, and keeps what comes back."""

    def __init__(self, data: bytes) -> None:
        self.data = io.BytesIO(data)
        self.kept = _Kept()

    @property
    def sent(self) -> bytes:
        return self.kept.getvalue()

    def makefile(self, mode: str, *_: Any) -> io.BytesIO:
        return self.kept if mode == "wb" else self.data

    def setsockopt(self, *_: Any) -> None:
        """There is no socket."""

    settimeout = shutdown = setsockopt

    def send(self, data: bytes) -> int:
        return self.kept.write(data)

    def recv_into(self, buffer: Any) -> int:
        return self.data.readinto(buffer)


class _Kept(io.BytesIO):
    def close(self) -> None:
        """It is asked for afterwards."""
