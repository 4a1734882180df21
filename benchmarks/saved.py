"""How long it takes from a save to the open page, with ``blog serve`` and ``hugo server``, seen in a real browser.

The page itself notes when the new text stands in it (or the new style holds, the new image is shown, the deleted post
is gone); the clock starts before the file is written. Both serve the same corpus, each in a tab of one Chromium, and
are edited in turn. Hugo has no notebooks, bibliographies, charts and code from files.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image
from playwright.sync_api import sync_playwright

from benchmarks.corpus import EDITED, posts
from benchmarks.peers import BLOG, HUGO, Peer, program
from benchmarks.table import Measures, markdown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Page

SERVED = (BLOG, HUGO)
_TEXT_EDITS = {
    "body": (EDITED, r"\g<0> MARK"),
    "title": (r'^title: ".*(?=")', r"\g<0> MARK"),
    "tag": (r"^tags:$", r"\g<0>\n  - MARK"),
    "template": (r"</article>", r" MARK\g<0>"),
    "style sheet": (r"\Z", r"\n:root { --mark: MARK }\n"),
    "settings": (r'^title = ".*(?=")', r"\g<0> MARK"),
    "notebook": (EDITED, r"\g<0> MARK"),
    "bibliography": ("Deep Learning", r"\g<0> MARK"),
    "data": ("^first", r"\g<0> MARK"),
    "code file": ("train", r"\g<0> MARK"),
}
"""Kind → where in its file the mark is written, and how."""
_LAST_MARK = re.compile(r"\n:root \{ --mark: \w+ \}\n|(?:\n  -)? Mark[0-9]+x")
_OWN_FILES = {
    "notebook": "content/posts/measured-notebook.ipynb",
    "bibliography": "content/measured.bib",
    "data": "content/posts/measured.csv",
    "code file": "content/posts/measured.py",
}
"""Kind of edit that only ``blog`` has → its file."""
KINDS = (
    "body",
    "title",
    "tag",
    "new post",
    "deleted post",
    "template",
    "style sheet",
    "settings",
    "image",
    *_OWN_FILES,
)
_SHEETS = {"blog": "themes/margin/static/margin.css", "hugo": "static/style.css"}
_SETTINGS = {"blog": "blog.toml", "hugo": "hugo.toml"}
_IMAGES = {"blog": ("content/posts/measured.png", "measured.png"), "hugo": ("static/measured.png", "/measured.png")}
"""Where the image is, and what the post calls it."""
_INPUTS = {
    "content/measured.bib": "@book{measured, author={A, B}, title={Deep Learning}, year=2016, doi={10.1/x}}\n",
    "content/posts/measured.csv": "run,step,loss\nfirst,1,3.5\nfirst,2,2.5\n",
    "content/posts/measured.py": "# train\nprint(1)\n",
    "content/posts/measured-inputs.md": """---
title: "Inputs"
date: 2025-06-30
---

As in [@measured].

```chart {csv="measured.csv" x=step y=loss by=run}
```

```python {file="measured.py"}
```
""",
}
"""A post that uses other files, and these files."""
_NEW_POST = "content/posts/measured-new.md"
_BETWEEN = 2000
"""Milliseconds from one edit to the next."""
_LIMIT = 120.0
"""Seconds that one edit may take."""
_WATCH = """() => {
  let text = [], last = null;
  const tell = () => {
    const style = getComputedStyle(document.documentElement).getPropertyValue("--mark").trim();
    const image = document.querySelector('img[alt="measured"]');
    const isShown = image?.complete && image.naturalWidth;
    const height = isShown ? Math.round(120 * image.naturalHeight / image.naturalWidth) : 0;
    const marks = [...text, style, `height ${height}`], complete = document.readyState !== "loading";
    const now = JSON.stringify([marks, complete]);
    if (now !== last) saw(marks, complete, performance.timeOrigin + performance.now());
    last = now;
  };
  const read = () => { text = document.body?.textContent.match(/Mark[0-9]+x/g) || []; tell(); };
  new MutationObserver(read).observe(document, {subtree: true, childList: true, characterData: true});
  document.addEventListener("DOMContentLoaded", read);
  setInterval(() => document.documentElement && tell(), 5);
}"""


class Seen(NamedTuple):
    """What a page shows from a moment on."""

    marks: list[str]
    complete: bool
    """Whether the page is parsed to its end: only then is what it does not show gone."""
    moment: float
    """Milliseconds since 1970."""


class Tab(NamedTuple):
    """A served site, and a tab that shows one of its pages."""

    peer: Peer
    root: Path
    url: str
    slug: str
    """Of the post that is edited."""
    seen: list[Seen]
    page: Page


class Edit(NamedTuple):
    """A change of one file, and how a page shows it."""

    path: Path
    data: bytes | None
    """The new bytes; None deletes the file."""
    mark: str
    """What the page shows then, or no longer shows if the file is deleted."""


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.saved", description=__doc__)
    parser.add_argument("--posts", type=int, nargs="+", default=[1000], help="sizes of the corpus [1000]")
    parser.add_argument("--edits", type=int, default=20, help="how many edits of each kind are timed [20]")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS, help="which edits [all]")
    parser.add_argument("--only", nargs="+", choices=["blog", "hugo"], default=["blog", "hugo"], help="leave one out")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="path of the browser")
    arguments = parser.parse_args()
    peers = [peer for peer in SERVED if peer.name in arguments.only]
    for count in arguments.posts:
        sys.stdout.write(table(peers, count, arguments.kinds, arguments.edits, arguments.chromium) + "\n")
        sys.stdout.flush()


def table(peers: Sequence[Peer], count: int, kinds: Sequence[str], edits: int, chromium: str) -> str:
    """Measure, and return medians in milliseconds as Markdown, with the 95th percentile of an edited body."""
    measures: Measures = {}
    with ExitStack() as stack:
        tabs = list(_tabs(stack, peers, count, chromium))
        for kind in kinds:
            able = [tab for tab in tabs if kind not in _OWN_FILES or tab.peer is BLOG]
            for tab in able:
                _open(tab, kind)
            for number in range(edits + 1):
                for tab in able:
                    took = _time(tab, kind, number)
                    if number:  # the first edit of a kind is no measure: it loads what the others find loaded
                        measures.setdefault((kind, tab.peer.name), []).append(took)
                        sys.stderr.write(f"{count} {kind} {tab.peer.name} {took:.0f} ms\n")
    rows = {kind: "{:.0f} ms" for kind in kinds if (kind, peers[0].name) in measures}
    if edits > 1 and "body" in rows:
        rows = {"body": rows["body"], "body, 95 %": rows["body"], **rows}
        for peer in peers:
            measures["body, 95 %", peer.name] = [quantiles(measures["body", peer.name], n=20)[-1]]
    return markdown(f"saved → seen, {count:,} posts", rows, [peer.name for peer in peers], measures)


def _tabs(stack: ExitStack, peers: Sequence[Peer], count: int, chromium: str) -> Iterator[Tab]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="blog-saved-")))
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    browser = stack.enter_context(sync_playwright()).chromium.launch(executable_path=chromium, args=options)
    for peer in peers:
        root = folder / peer.name
        slug = f"post-{count // 2:05}"
        peer.write(root, posts(count))
        _add_measured_files(peer, root, root / peer.post.format(slug))
        seen: list[Seen] = []
        url = stack.enter_context(_served(peer, root))
        context = browser.new_context()
        context.expose_function("saw", lambda *state, seen=seen: seen.append(Seen(*state)))
        context.add_init_script(f"({_WATCH})()")
        yield Tab(peer, root, url, slug, seen, context.new_page())


def _add_measured_files(peer: Peer, root: Path, post: Path) -> None:
    path, address = _IMAGES[peer.name]
    (root / path).write_bytes(_image(0))
    start, front_matter, text = post.read_text("utf-8").split("---\n", 2)
    post.write_text(f"{start}---\n{front_matter}---\n\n![measured]({address})\n{text}", "utf-8")
    if peer is BLOG:
        cells = [
            {"cell_type": "raw", "metadata": {}, "source": "---\ntitle: A notebook\ndate: 2025-06-30\n---"},
            {"cell_type": "markdown", "metadata": {}, "source": f"{EDITED}."},
            {"cell_type": "code", "metadata": {}, "source": "1 + 1", "outputs": [], "execution_count": 1},
        ]
        notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        (root / _OWN_FILES["notebook"]).write_text(json.dumps(notebook), "utf-8")
        for name, content in _INPUTS.items():
            (root / name).write_text(content, "utf-8")


def _image(number: int) -> bytes:
    """A PNG of 1,200 pixels, ten pixels higher for each number: its proportions show in the page which one it is."""
    stream = io.BytesIO()
    Image.linear_gradient("L").resize((1200, 400 + 10 * number)).convert("RGB").save(stream, "PNG")
    return stream.getvalue()


@contextmanager
def _served(peer: Peer, root: Path) -> Iterator[str]:
    """Serve the site; gives its address when it is ready."""
    port = 8400 if peer is BLOG else 8401
    command = {
        "blog": [program("blog"), "serve", "-p", str(port)],
        "hugo": [program("hugo"), "server", "--port", str(port), "--bind", "127.0.0.1", "--cacheDir", f"{root}/.cache"],
    }[peer.name]
    own_folders = {"XDG_CACHE_HOME": f"{root}.cache", "XDG_STATE_HOME": f"{root}.state"}
    environment = {**os.environ, **own_folders, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        assert process.stdout is not None
        ready = re.compile(rb"built in|Press Ctrl\+C")
        while not ready.search(line := process.stdout.readline()):
            if not line:
                sys.exit(f"{command[0]} does not serve")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _open(tab: Tab, kind: str) -> None:
    """Show the page on which an edit of this kind is seen."""
    paths = {"new post": "/", "deleted post": "/", **dict.fromkeys(_OWN_FILES, "/posts/measured-inputs/")}
    paths["notebook"] = "/posts/measured-notebook/"
    tab.page.goto(tab.url + paths.get(kind, f"/posts/{tab.slug}/"))
    tab.page.wait_for_timeout(4000)  # what is put off until nobody edits


def _time(tab: Tab, kind: str, number: int) -> float:
    """Make one edit; milliseconds until the page shows it."""
    if kind == "new post" and (tab.root / _NEW_POST).exists():
        _make(tab, _edit(tab, "deleted post", number - 1))
    elif kind == "deleted post" and not (tab.root / _NEW_POST).exists():
        _make(tab, _edit(tab, "new post", number))
    return _make(tab, _edit(tab, kind, number))


def _make(tab: Tab, edit: Edit) -> float:
    tab.seen.clear()
    started = time.time()
    if edit.data is None:
        edit.path.unlink()
    else:
        edit.path.write_bytes(edit.data)
    moment: float | None = None
    while moment is None:
        if time.time() > started + _LIMIT:
            sys.exit(f"{tab.peer.name} does not show an edit of {edit.path.relative_to(tab.root)}")
        tab.page.wait_for_timeout(5)
        moment = next((seen.moment for seen in tab.seen if _shows(seen, edit)), None)
    tab.page.wait_for_timeout(_BETWEEN)
    return moment - started * 1000


def _shows(seen: Seen, edit: Edit) -> bool:
    if edit.data is None:
        return seen.complete and edit.mark not in seen.marks
    return edit.mark in seen.marks


def _edit(tab: Tab, kind: str, number: int) -> Edit:
    """The file, its new bytes with the mark in place of the last one, and the mark."""
    mark = f"Mark{KINDS.index(kind)}{number:04}x"
    if kind == "image":
        return Edit(tab.root / _IMAGES[tab.peer.name][0], _image(number + 1), f"height {41 + number}")
    path = tab.root / _NEW_POST
    if kind == "deleted post":
        (found,) = re.findall(r"Mark\w+", path.read_text("utf-8"))
        return Edit(path, None, found)
    if kind == "new post":
        return Edit(path, f'---\ntitle: "A new post {mark}"\ndate: 2025-07-01\n---\n\nThe newest.\n'.encode(), mark)
    path = tab.root / {
        "template": tab.peer.template[0],
        "style sheet": _SHEETS[tab.peer.name],
        "settings": _SETTINGS[tab.peer.name],
        **_OWN_FILES,
    }.get(kind, tab.peer.post.format(tab.slug))
    pattern, replacement = _TEXT_EDITS[kind]
    text = _LAST_MARK.sub("", path.read_text("utf-8"))
    after = re.sub(pattern, replacement.replace("MARK", mark), text, count=1, flags=re.MULTILINE)
    return Edit(path, after.encode(), mark)


if __name__ == "__main__":
    main()
