"""How many bytes a browser loads until a reader sees results, with the search of ``blog`` and with pagefind.

The corpus has few words; here four of five longer ones are invented, each as often as a word of a language is.
Both search titles and texts of the same posts, on a host that compresses text and lets it be kept for ten minutes. What
counts is what the host sends. Pagefind is asked by its script alone; its own interface would come on top.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, ClassVar

from playwright.sync_api import sync_playwright

from benchmarks.corpus import Post, posts
from benchmarks.peers import BLOG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

ROWS = (
    "bytes of the page", "bytes of a query", "bytes of the next query", "requests of page and query", "results shown",
    "bytes of the index on disk", "files", "made in",
)  # fmt: skip
_LIMIT = 600
"""Seconds that one command may take; a page may take a tenth."""
_APART = re.compile(r"pagefind-(component-ui|highlight|modular-ui|ui)\.")
"""What pagefind writes beside its index, and no query loads."""
_MARKED = re.compile(r'<h1|<div class="prose"')
"""What pagefind reads of a post: without their headings, results would have no titles."""
_PAGE = """<!doctype html><html lang="en"><title>Search</title><link rel="icon" href="data:,"><ol id="results"></ol>
<script type="module">
const pagefind = await import("/pagefind/pagefind.js");
const word = new URLSearchParams(location.search).get("q");
if (word) {
  const found = await pagefind.search(word);
  const shown = await Promise.all(found.results.slice(0, 10).map((result) => result.data()));
  results.innerHTML = shown.map((one) => `<li><a href="${one.url}">${one.meta.title}</a> ${one.excerpt}</li>`).join("");
  results.dataset.done = "";
}</script></html>"""


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.searched", description=__doc__)
    parser.add_argument("--posts", type=int, nargs="+", default=[1000], help="sizes of the corpus [1000]")
    parser.add_argument("--only", choices=["blog", "pagefind"], help="leave the other out")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="path of the browser")
    arguments = parser.parse_args()
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    for count in arguments.posts:
        words = _words(count)
        with tempfile.TemporaryDirectory(prefix="blog-searched-") as folder, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=arguments.chromium, args=options)
            searched = ", ".join(f"“{word}” in {number:,}" for word, number in words.items())
            columns: list[tuple[str, ...]] = [(f"{count:,} posts; {searched}", "---", *ROWS)]
            for name, index, made in _indexes(Path(folder), count, arguments.only):
                columns.append((name, "---", *_measure(browser, index, list(words)), made))
            sys.stdout.write("".join(f"| {' | '.join(row)} |\n" for row in zip(*columns, strict=True)) + "\n")
            sys.stdout.flush()


def _words(count: int) -> dict[str, int]:
    """A rare word (of a title), one in a tenth of the posts, a frequent one → how many posts have it outside code."""
    titles: Counter[str] = Counter()
    texts: Counter[str] = Counter()
    for post in _varied(count):
        titles.update(set(re.findall(r"\w{2,}", post.title.lower())))
        plain = re.sub(r"^```.*?^```|\(@.*?\)|\$.*?\$", " ", post.text, flags=re.DOTALL | re.MULTILINE)
        texts.update(set(re.findall(r"\b[a-z]{4,}\b", f"{post.title} {plain}".lower())))
    rare = sorted(titles, key=lambda word: (titles[word], word))[(count - 1) // 2]
    middling = min(texts, key=lambda word: (abs(texts[word] - count / 10), word))
    frequent = min(texts, key=lambda word: (-texts[word], word))
    return {rare: titles[rare], middling: texts[middling], frequent: texts[frequent]}


def _varied(count: int) -> Iterator[Post]:
    """The posts of the corpus in a language of 60,000 words: the n-th is said a n-th as often as the first."""
    chance = random.Random(1)  # noqa: S311  (nothing here is secret)
    syllables = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"]
    words = ["".join(chance.choices(syllables, k=chance.randint(2, 5))) for _ in range(60_000)]
    frequent = list(accumulate(1 / (rank + 3) for rank in range(len(words))))

    def invented(found: re.Match[str]) -> str:
        return chance.choices(words, cum_weights=frequent)[0] if chance.random() < 0.8 else found[0]

    for post in posts(count):
        parts = re.split(r"(^```.*?^```$)", post.text, flags=re.DOTALL | re.MULTILINE)
        parts[::2] = (re.sub(r"(?<![@\\\w-])[a-z]{4,}\b", invented, part) for part in parts[::2])
        yield post._replace(text="".join(parts))


def _indexes(folder: Path, count: int, only: str | None) -> Iterator[tuple[str, Path, str]]:
    """Build the site, and give each search: its name, its folder in the site, how long it took."""
    BLOG.write(folder / "blog", _varied(count))
    built = _run(BLOG.command(folder / "blog"), folder / "blog")
    public = folder / "blog/public"
    if only != "pagefind" and not (public / "search/index.html").is_file():
        sys.stderr.write("blog is left out: its site has no page /search/\n")
    elif only != "pagefind":
        yield "blog", public / "search", f"part of {built:.2f} s"
    if only != "blog" and not (find_spec("pagefind") and find_spec("pagefind_bin")):
        sys.stderr.write("pagefind is left out: pip install 'pagefind[bin]'\n")
    elif only != "blog":
        copy = shutil.copytree(public, folder / "pagefind")
        for path in copy.glob("posts/*/index.html"):
            text, marks = _MARKED.subn(r"\g<0> data-pagefind-body", path.read_text("utf-8"), count=2)
            assert marks == 2
            path.write_text(text, "utf-8")
        seconds = _run([sys.executable, "-m", "pagefind", "--site", str(copy)], folder)
        (copy / "pagefind/index.html").write_text(_PAGE, "utf-8")
        yield "pagefind", copy / "pagefind", f"{seconds:.2f} s"


def _run(command: list[str], root: Path) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=root, check=True, timeout=_LIMIT, stdout=subprocess.DEVNULL)  # noqa: S603
    return time.perf_counter() - started


class _Answer(SimpleHTTPRequestHandler):
    sent: ClassVar[list[int]] = []
    """The length of each body."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        body = path.read_bytes() if path.is_file() else b""
        self.send_response(200 if path.is_file() else 404)
        if path.suffix in {".html", ".css", ".js", ".json", ".svg", ".txt", ".xml"}:
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.sent.append(len(body))
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


def _measure(browser: Browser, index: Path, words: list[str]) -> Iterator[str]:
    """All ROWS but the last: medians over the words, and each, when a browser is asked for it and then for another."""
    found = []
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Answer, directory=str(index.parent))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/{index.name}/"
        for word, other in zip(words, words[1:] + words[:1], strict=True):
            with browser.new_page() as fresh, browser.new_page() as page:
                empty, _, _ = _load(fresh, url, "")
                (both, requests, shown), (then, _, _) = _load(page, url, word), _load(page, url, other)
            found.append((empty, both - empty, then, requests, shown))
        server.shutdown()
    for values in zip(*found, strict=True):
        yield f"{median(values):,.0f} ({', '.join(f'{value:,}' for value in values)})"
    sizes = [path.stat().st_size for path in index.rglob("*") if path.is_file() and not _APART.match(path.name)]
    yield from (f"{sum(sizes):,}", f"{len(sizes):,}")


def _load(page: Page, url: str, word: str) -> tuple[int, int, int]:
    """Open the search page, with a query or without: bytes and requests that takes, and results."""
    _Answer.sent.clear()
    page.goto(f"{url}?q={word}" if word else url, wait_until="networkidle", timeout=_LIMIT * 100)
    page.wait_for_selector("#results[data-done]" if word else "body", state="attached", timeout=_LIMIT * 100)
    return sum(_Answer.sent), len(_Answer.sent), page.locator("#results li a").count()


if __name__ == "__main__":
    main()
