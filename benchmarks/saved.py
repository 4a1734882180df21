"""How long it takes from a save to the open page, with ``blog serve`` and ``hugo server``, seen in a real browser.

The page itself notes when the new text stands in it (or the new style holds); the clock starts before the file is
written. Both serve the same corpus, each in a tab of one Chromium, and are edited in turn.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, NamedTuple

from playwright.sync_api import sync_playwright

from benchmarks.corpus import EDITED, posts
from benchmarks.peers import BLOG, HUGO, Peer, program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

EDITS = ("body", "title", "template", "style sheet")
_SHEETS = {"blog": "themes/margin/static/margin.css", "hugo": "static/style.css"}
_BETWEEN = 2000
"""Milliseconds from one edit to the next."""
_LIMIT = 120.0
"""Seconds that one edit may take."""
_WATCH = """() => {
  const seen = new Set();
  const note = (mark) => {
    if (mark && !seen.has(mark)) saw(mark, performance.timeOrigin + performance.now());
    seen.add(mark);
  };
  const text = () => (document.body?.textContent.match(/Mark[0-9]+x/g) || []).forEach(note);
  const style = () => note(getComputedStyle(document.documentElement).getPropertyValue("--mark").trim());
  new MutationObserver(text).observe(document, {subtree: true, childList: true, characterData: true});
  document.addEventListener("DOMContentLoaded", text);
  setInterval(style, 5);
}"""


class Tab(NamedTuple):
    """A served site, and a tab that shows one of its posts."""

    peer: Peer
    root: Path
    post: Path
    seen: dict[str, float]
    """Mark → when it stood in the page, in milliseconds since 1970."""
    page: Page


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.saved", description=__doc__)
    parser.add_argument("--posts", type=int, nargs="+", default=[1000], help="sizes of the corpus [1000]")
    parser.add_argument("--edits", type=int, default=50, help="how many edits of each kind are timed [50]")
    parser.add_argument("--kinds", nargs="+", choices=EDITS, default=EDITS, help="which edits [all]")
    parser.add_argument("--only", nargs="+", choices=["blog", "hugo"], default=["blog", "hugo"], help="leave one out")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="path of the browser")
    arguments = parser.parse_args()
    peers = [peer for peer in (BLOG, HUGO) if peer.name in arguments.only]
    for count in arguments.posts:
        with ExitStack() as stack:
            tabs = list(_tabs(stack, peers, count, arguments.chromium))
            found: dict[tuple[str, str], list[float]] = {}
            for kind in arguments.kinds:
                for number in range(arguments.edits + 1):
                    for tab in tabs:
                        took = _time(tab, kind, number)
                        if number:  # the first edit of a kind is no measure: it loads what the others find loaded
                            found.setdefault((kind, tab.peer.name), []).append(took)
        sys.stdout.write(_table(count, [peer.name for peer in peers], found))
        sys.stdout.flush()


def _tabs(stack: ExitStack, peers: list[Peer], count: int, chromium: str) -> Iterator[Tab]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="blog-saved-")))
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    browser = stack.enter_context(sync_playwright()).chromium.launch(executable_path=chromium, args=options)
    for peer in peers:
        root = folder / peer.name
        peer.write(root, posts(count))
        url = stack.enter_context(_served(peer, root))
        seen: dict[str, float] = {}
        context = browser.new_context()
        context.expose_function("saw", partial(_note, seen))
        context.add_init_script(f"({_WATCH})()")
        page = context.new_page()
        slug = f"post-{count // 2:05}"
        page.goto(f"{url}/posts/{slug}/")
        page.wait_for_timeout(4000)  # what is put off until nobody edits
        yield Tab(peer, root, root / peer.post.format(slug), seen, page)


def _note(seen: dict[str, float], mark: str, moment: float) -> None:
    seen.setdefault(mark, moment)


@contextmanager
def _served(peer: Peer, root: Path) -> Iterator[str]:
    """Serve the site; gives its address when it is ready."""
    port = 8400 if peer is BLOG else 8401
    command = {
        "blog": [program("blog"), "serve", "-p", str(port)],
        "hugo": [program("hugo"), "server", "--port", str(port), "--bind", "127.0.0.1", "--cacheDir", f"{root}/.cache"],
    }[peer.name]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
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


def _time(tab: Tab, kind: str, number: int) -> float:
    """Make one edit; milliseconds until the page shows it."""
    mark = f"Mark{EDITS.index(kind)}{number:04}x"
    path, text = _edit(tab, kind, mark)
    started = time.time()
    path.write_text(text, "utf-8")
    end = started + _LIMIT
    while mark not in tab.seen:
        tab.page.wait_for_timeout(5)
        if time.time() > end:
            sys.exit(f"{tab.peer.name} does not show an edit of the {kind}")
    took = tab.seen[mark] - started * 1000
    tab.page.wait_for_timeout(_BETWEEN)
    return took


def _edit(tab: Tab, kind: str, mark: str) -> tuple[Path, str]:
    """The file and its new text, with the mark in place of the last one."""
    if kind == "style sheet":
        path = tab.root / _SHEETS[tab.peer.name]
        rest = re.sub(r"\n:root \{ --mark: \w+ \}\n", "", path.read_text("utf-8"))
        return path, f"{rest}\n:root {{ --mark: {mark} }}\n"
    path = tab.root / tab.peer.template[0] if kind == "template" else tab.post
    text = re.sub(r" Mark[0-9]+x", "", path.read_text("utf-8"))
    if kind == "body":
        return path, text.replace(EDITED, f"{EDITED} {mark}", 1)
    if kind == "title":
        pattern = re.compile(r'^title: "(.*)"$', re.MULTILINE)
        return path, pattern.sub(lambda found: f'title: "{found[1]} {mark}"', text, count=1)
    return path, text.replace(tab.peer.template[1], f" {mark}{tab.peer.template[1]}", 1)


def _table(count: int, names: list[str], found: dict[tuple[str, str], list[float]]) -> str:
    """Medians and 95th percentiles in milliseconds, and in brackets how many times the median of blog."""
    lines = [f"| saved → seen, {count:,} posts | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for kind in dict.fromkeys(kind for kind, _ in found):
        first = median(found[kind, names[0]])
        cells = []
        for name in names:
            times = found[kind, name]
            slow = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
            ratio = "" if name == names[0] else f" ({median(times) / first:.2g}×)"
            cells.append(f"{median(times):.0f} ms, 95 %: {slow:.0f} ms{ratio}")
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
