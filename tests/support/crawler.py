"""Goes wherever the links of a site lead, as a reader does: over HTTP, with a parser that is not the program's."""

import urllib.error
import urllib.request
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urldefrag, urljoin, urlsplit
from xml.etree import ElementTree as ET


class Crawl(NamedTuple):
    """What was found."""

    asked: dict[str, int]
    """Address → status, redirects followed."""
    broken: list[str]
    """Page, link, and what is wrong with it."""


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if (name in {"href", "src"} and value is not None) or (
                name == "content" and (value or "").startswith("http")
            ):
                self.links.append(value or "")
            elif name == "srcset" and value:
                self.links += [part.split()[0] for part in value.split(",") if part.strip()]
            elif name == "id" and value:
                self.ids.add(value)


class _Crawler:
    def __init__(self, start: str) -> None:
        self.start = start
        self.asked: dict[str, int] = {}
        self.pages: dict[str, _Page] = {}
        self.broken: list[str] = []

    def ask(self, url: str) -> int:
        """Ask once; read what leads on."""
        if url not in self.asked:
            try:
                with urllib.request.urlopen(url, timeout=20) as answer:
                    self.asked[url], body = answer.status, answer.read()
                    if answer.headers.get_content_type() == "text/html":
                        self.pages[url] = _Page()
                        self.pages[url].feed(body.decode())
            except urllib.error.HTTPError as error:
                self.asked[url] = error.code
                error.close()
        return self.asked[url]

    def run(self) -> Crawl:
        todo = [self.start, f"{self.start}sitemap.xml", f"{self.start}feed.xml"]
        todo += [
            location.text or ""
            for location in ET.fromstring(self._text(todo[1])).iter()
            if location.tag.endswith("}loc")
        ]
        seen: set[str] = set()
        while todo:
            url = todo.pop()
            if url in seen:
                continue
            seen.add(url)
            status = self.ask(url)
            if status != 200:
                self.broken.append(f"{url}: {status}")
            for link in self.pages[url].links if url in self.pages else ():
                todo += self._follow(url, link)
        return Crawl(self.asked, self.broken)

    def _text(self, url: str) -> str:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return str(answer.read().decode())

    def _follow(self, page: str, link: str) -> list[str]:
        target, fragment = urldefrag(urljoin(page, link))
        if urlsplit(target).netloc != urlsplit(self.start).netloc:
            return []
        if not target.startswith(self.start):
            self.broken.append(f"{page}: {link} leads out of the site")
            return []
        status = self.ask(target)
        if status != 200:
            self.broken.append(f"{page}: {link}: {status}")
        elif fragment and target in self.pages and fragment not in self.pages[target].ids:
            self.broken.append(f"{page}: {link}: no such id")
        return [target]


def crawl(start: str) -> Crawl:
    """Follow every link from `start` (with its last slash), and from the sitemap there, on that site."""
    return _Crawler(start).run()
