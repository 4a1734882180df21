"""A warm build equals a clean one, to the byte, whatever was done in between; and this test would see if it did not."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import contextmanager, suppress
from functools import cache as cache_of_results
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from msgspec import structs

from blog import state
from blog.build import build
from blog.cache import digests, store
from blog.cache.workspace import locate_folders
from blog.config.settings import Settings
from blog.config.words import Words, WordTables
from blog.content import content_walk, files, reader
from blog.markdown import code, render
from blog.markdown.inputs import Inputs
from blog.output.folder import MANIFEST, compare_folders
from blog.problems import BlogError, Problem
from blog.render import renderer, search_index, social_cards, templates
from blog.render.sandbox import Sandbox
from blog.render.template_text import TemplateText, TemplateTree
from blog.site.visibility import Audience
from blog.stages import loading, session
from blog.state import BuildState, ChangeHint, Disk, Memory
from blog.system import workers
from blog.views import assembly, outputs, plan
from blog.views.page_views import PostView
from tests.support.publishing import NOW, order, preview_of
from tests.support.sites import picture, site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from blog.content.document import Document
    from blog.render.search_index import SearchIndex
    from blog.render.syntax_messages import TemplateError
    from blog.stages.context import Report
    from blog.views.outputs import OutputView
    from blog.views.plan import Plan

STEPS = int(os.environ.get("BLOG_STEPS") or 300)
"""How many edits are tried; a step takes some 50 ms. More than 2,000 are not the same each time."""
PER_SITE = 50

SHOWN = {
    "post.html": "title badge date updated author labels tags notices context source minutes toc series revisits "
    "revisited mentions related year_earlier older newer discussion reply citation changes extra",
    "page.html": "title badge updated context toc mentions changes extra",
    "404.html": "title", "home.html": "title intro count entries page_number page_count newer older",
    "list.html": "title kind intro count entries page_number page_count newer older feed", "terms.html": "title kind terms",
    "archive.html": "count span words pause charts years", "series.html": "title badge parts published total", "series-list.html": "series",
    "search.html": "count index files results_per_file",
}  # fmt: skip
"""A theme that shows everything: what is stale anywhere is seen."""
PARENT_TOML = 'name = "P"\n[options]\nfooter = "plain"\n[card]\nfonts = ["f"]\nground = "#ffffff"\nink = "#000000"\nline = "#ff0000"\n'
THEME: dict[str, str | bytes] = {
    "themes/t/theme.toml": 'name = "T"\nextends = "p"\n',
    "themes/t/static/a.css": '@import "p/a.css"; a { color: red }\n',
    "themes/t/templates/post.html": "{% extends 'p/post.html' %}",
    "themes/p/theme.toml": PARENT_TOML,
    "themes/p/fonts/f": "a font",
    "themes/p/static/a.css": "b { }\n",
    "themes/p/static/feed.css": "c { }\n",
    "themes/p/static/favicon.ico": "i",
    "themes/p/templates/base.html": "{{ head|string }} {{ site|string }} {% block main %}{% endblock %} {% include 'foot.html' %}",
    "themes/p/templates/foot.html": "{{ site.options.footer }}",
    "themes/p/templates/alias.html": "{{ title }} {{ url }} {{ canonical }} {{ noindex }}",
    **{
        f"themes/p/templates/{name}": "{% extends 'base.html' %}{% block main %}"
        + "".join(f"<p>{{{{ {field}|string }}}}</p>" for field in fields.split())
        + ("{{ body }}" if name in {"post.html", "page.html", "series.html", "404.html"} else "")
        + "{% endblock %}"
        for name, fields in SHOWN.items()
    },
}

POSTS = ("a", "c", "b", "week-1", "ä", "pack/index")
NAMES = st.sampled_from(POSTS)
OTHERS = st.sampled_from(POSTS[2:])
"""To the first two there are links."""
WORDS = st.lists(
    st.sampled_from([
        "Some", "words.", "*here*", "`x`", "[a](a.md)", "[c](c.md)", "\n\n# One\n\n", "\n\n## 2. Two\n\n", "--", '"q"',
        "![p](pic.png)", "[t](/about/)", "<!-- hidden -->", "\n\n::: private\n![](only.png)\n:::\n\n", "$x^2$", "==x== y^2^", "[[a]]", "[[Two|w]]", "![[pic.png|p]]", "%%\n\nhidden [[only.png]]\n\n%%", "$\\E$", "[^1]\n\n[^1]: n\n\n",
        "\n\n```python\nx = 1\n```\n\n", '\n\n```text {file="/posts/data.csv"}\n```\n\n', "[see @he2016]", "@ba2015 [p. 3]",
        "\n\n::: publications\n:::\n\n", " longer" * 120,
    ]),
    max_size=6,
).map(" ".join)  # fmt: skip
VALUES: dict[str, list[str]] = {
    "title": ['"A"', '"B & C"', '"Two"'], "tags": ["[x]", "[x, Y]", "[y]", "[X, z]"], "labels": ["[Journal]", "[Week]"],
    "series": ["S", "T"], "part": ["1", "3"], "draft": ["true"], "private": ["true"], "unlisted": ["true"],
    "revisits": ["a.md"], "translation_of": ["a.md", "c.md"], "date": ["2024-01-01", "2026-06-02", "2025-01-01 10:00", "2026-06-02 13:00", "2026-06-03", "2025-01-08"],
    "aliases": ["[/old/]", "[/old/, /older.html]"], "context": ['"*Before.* [a](a.md)"'], "slug": ["other", "a"],
    "updated": ["2026-01-01"], "changes": ["[2026-01-02: Mended]", "[2026-01-02: Mended, {date: 2026-01-03, text: More}]"], "lang": ["de", "de-AT"], "summary": ['"In short"'], "toc": ["false"], "author": ["Bea"],
    "image": ["pic.png", "{src: pic.png, alt: P}"], "categories": ["[x]", "[z]"], "extra": ["{a: [1, {b: c}]}"], "source": ["https://example.org/s"], "template": ["page"],
    "bibliography": ["own.bib", "[own.bib, /all.bib]"], "discussion": ["https://example.org/d"], "guid": ["tag:x,2024:1", "tag:x,2024:2"], "canonical": ["https://x.org/c"],
}  # fmt: skip
OFTEN = ["draft", "date", "tags", "labels", "unlisted", "series"]
PICTURES = [picture(20, 10), picture(500, 4), picture(500, 4, colour="red"), b"none"]
"""Small, and large enough for smaller versions."""
KEYS = st.sampled_from([*VALUES, *OFTEN * 5]).flatmap(lambda key: st.tuples(st.just(key), st.sampled_from(VALUES[key])))


AT_FIRST = {
    "a": [("tags", "[x]")], "c": [("labels", "[Journal]")], "b": [("draft", "true"), ("tags", "[x, Y]")],
    "week-1": [("date", "2026-06-02"), ("series", "S")], "ä": [("date", "2026-06-03 13:00")],
    "pack/index": [("unlisted", "true"), ("tags", "[y]")],
}  # fmt: skip


ENTRIES = [
    "% a remark\n\n", "@misc{he2016, author={He, K.}, title={A}, year=2016}\n", "@misc{he2016, author={He, K.}, title={B}, year=2016}\n",
    "@misc{ba2015, author={Ba, J.}, title={C}, year=2015}\n", "@misc{ba2016, author={Ba, J.}, title={D}, year=2015}\n", "@misc{x, title={\n",
]  # fmt: skip


class Editing(RuleBasedStateMachine):
    """A writer who edits and builds, and never sees a difference from a build that knows nothing."""

    root: ClassVar[Path]
    """Where sites are made."""
    may_fork: ClassVar[bool] = True
    """Whether pictures are measured by workers, as they are everywhere: a tenth of the steps, because a worker takes longer."""
    made = 0

    def __init__(self) -> None:
        super().__init__()
        Editing.made += 1
        files: dict[str, str | bytes] = {"content/posts/pic.png": PICTURES[0], "content/posts/only.png": PICTURES[1]}
        files |= {"content/all.bib": "".join(ENTRIES[1:4:2]), "content/posts/own.bib": "".join(ENTRIES[2:4])}
        self.site = site(self.root / str(Editing.made), {"content/about.md": "# About\n", **files, **THEME})
        self.posts: dict[str, tuple[dict[str, str], str]] = {}
        self.options: dict[str, Any] = {}
        self.settings: dict[str, str] = {
            "title": '"T"',
            "url": '"https://example.org"',
            "theme": '"t"',
            "math": "{ macros = { E = 'e' } }",
            "markdown": "{ wikilinks = true }",
            "front_matter": "{ allow = ['categories'] }",
            "feed": "{ paths = ['/index.xml', '/feed/'] }",
        }
        self.notice = "Raw."
        self.edition = "1"
        self.now = NOW
        self.jobs = 1
        self.output = "public"
        self._settle()
        for name, keys in AT_FIRST.items():
            self.write(name, "[about](/about/)\n\n```python\nx = 1\n```", keys)

    def teardown(self) -> None:
        shutil.rmtree(self.site)

    # What a writer does

    @rule(name=NAMES, text=WORDS, keys=st.lists(KEYS, max_size=4))
    def write(self, name: str, text: str, keys: list[tuple[str, str]]) -> None:
        self.posts[name] = ({"title": f'"{name}"', "date": "2024-01-01"} | dict(keys), text)
        self._save(name)

    @rule(name=NAMES, text=WORDS)
    def edit_the_text(self, name: str, text: str) -> None:
        if name in self.posts:
            self.posts[name] = (self.posts[name][0], text)
            self._save(name)

    @rule(name=NAMES, key=KEYS)
    def edit_front_matter(self, name: str, key: tuple[str, str]) -> None:
        if name in self.posts:
            keys = self.posts[name][0]
            if keys.get(key[0]) == key[1] and key[0] not in {"title", "date"}:
                del keys[key[0]]
            else:
                keys[key[0]] = key[1]
            self._save(name)

    @rule(name=OTHERS, other=OTHERS)
    def rename(self, name: str, other: str) -> None:
        if name in self.posts and name != other:
            self.posts[other] = self.posts.pop(name)
            self._path(other).parent.mkdir(exist_ok=True)
            self._path(name).rename(self._path(other))

    @rule(name=OTHERS)
    def delete(self, name: str) -> None:
        self.posts.pop(name, None)
        self._path(name).unlink(missing_ok=True)

    @rule(name=NAMES)
    def edit_and_keep_size_and_time(self, name: str) -> None:
        path = self._path(name)
        if path.is_file():
            before = path.stat()
            data = path.read_bytes()
            path.write_bytes(data.replace(b"words", b"sword") if b"words" in data else data.replace(b"First", b"Fixed"))
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    @rule(parts=st.lists(st.sampled_from(["One", "Two", "a"]), max_size=3), text=WORDS)
    def edit_the_series(self, parts: list[str], text: str) -> None:
        path = self.site / "content/series/s.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\ntitle: S\nparts: {parts}\n---\n{moved(text, '../posts/')}\n", encoding="utf-8")

    @rule(text=WORDS, name=st.sampled_from(["about.md", "index.md", "404.md"]))
    def edit_a_page(self, text: str, name: str) -> None:
        (self.site / "content" / name).write_text(f"---\ntitle: P\n---\n{moved(text, 'posts/')}\n", encoding="utf-8")

    @rule(key=st.sampled_from(["paginate = 2", "paginate = 10", 'url = "https://x.org/b"', 'timezone = "Asia/Tokyo"',
                               'timezone = "UTC"', 'language = "de"', 'title = "U"', 'description = "D"', 'permalink = "/{slug}/"',
                               'author = "Ada"', "cards = false", "cards = true", 'theme = "p"', 'theme = "t"', "math = { macros = { E = 'f' } }", "math = { macros = { E = 'e' } }",
                               "markdown = { wikilinks = true, heading_ids = 'pandoc' }", "markdown = { wikilinks = true }", "markdown = { wikilinks = true, extensions = ['highlight', 'superscript'] }",
                               "front_matter = { allow = ['categories'], categories = 'tags' }", "front_matter = { allow = ['categories'] }",
                               "feed = { paths = ['/index.xml', '/feed/'] }", "feed = { paths = ['/all.atom.xml'], limit = 2 }",
                               "languages = { de = { title = 'D', permalink = '/de/{slug}/', words = { section = { tags = 'T' } } } }", "languages = { fr = {}, de = { menu = { A = '/about/' } } }", "languages = {}"]))  # fmt: skip
    def edit_a_setting(self, key: str) -> None:
        name, _, value = key.partition(" = ")
        self.settings[name] = value
        self._settle()

    @rule(notice=st.sampled_from(["Raw.", "*Raw*, see [about](about.md).", '"Raw"']))
    def edit_a_notice(self, notice: str) -> None:
        self.notice = notice
        self._settle()

    @rule(
        name=st.sampled_from(["t/post", "p/post", "p/list", "p/base", "p/foot", "p/archive"]),
        text=st.sampled_from("xyz"),
    )
    def edit_a_template(self, name: str, text: str) -> None:
        path = f"themes/{name.replace('/', '/templates/')}.html"
        shown = f"{{% block main %}}{text}{{{{ super() }}}}{{% endblock %}}" if name == "t/post" else text
        (self.site / path).write_text(str(THEME[path]) + shown, encoding="utf-8")

    @rule(name=st.sampled_from(["foot", "terms"]))
    def replace_a_template_or_no_more(self, name: str) -> None:
        path = self.site / f"themes/t/templates/{name}.html"
        if path.exists():
            path.unlink()
        else:
            path.write_text(f"{{% include 'p/{name}.html' %}} and more", encoding="utf-8")

    @rule(theme=st.sampled_from("tp"), colour=st.sampled_from(["red", "blue"]))
    def edit_a_style_sheet(self, theme: str, colour: str) -> None:
        path = f"themes/{theme}/static/a.css"
        (self.site / path).write_text(f"{THEME[path]!s} x {{ color: {colour} }}\n", encoding="utf-8")

    @rule(part=st.sampled_from(["#000000", "#ff0000", "plain"]), other=st.sampled_from(["#111111", "#222222"]))
    def edit_the_settings_of_a_theme(self, part: str, other: str) -> None:
        (self.site / "themes/p/theme.toml").write_text(PARENT_TOML.replace(part, other), encoding="utf-8")

    @rule(
        theme=st.sampled_from("tp"),
        word=st.sampled_from(["section.tags", "text.figure", "text.back_to_reference", "feed.changes", "badge.draft"]),
        text=st.sampled_from(["", "Other", "Words & more"]),
    )
    def edit_the_words_of_a_theme(self, theme: str, word: str, text: str) -> None:
        path = self.site / f"themes/{theme}/words/en.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'{word} = "{text}"\n' if text else "", encoding="utf-8")

    @rule(data=st.sampled_from(PICTURES), name=st.sampled_from(["pic.png", "only.png", "data.csv"]))
    def edit_a_file(self, data: bytes, name: str) -> None:
        (self.site / "content/posts" / name).write_bytes(data)

    @rule(name=st.sampled_from(["all.bib", "posts/own.bib"]), entries=st.lists(st.sampled_from(ENTRIES), max_size=4))
    def edit_a_bibliography(self, name: str, entries: list[str]) -> None:
        (self.site / "content" / name).write_text("".join(entries))

    @rule(data=st.sampled_from([b"step,loss\n", b"step,loss\n1,2\n", None]))
    def edit_a_file_that_texts_show(self, data: bytes | None) -> None:
        path = self.site / "content/posts/data.csv"
        if data is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(data)

    @rule(data=st.data())
    def touch(self, data: st.DataObject) -> None:
        files = sorted(path for path in (self.site / "content").rglob("*") if path.is_file())
        os.utime(data.draw(st.sampled_from(files)))

    @rule(name=st.sampled_from(["drafts", "future"]))
    def build_for_others(self, name: str) -> None:
        self.options[name] = not self.options.get(name)

    @rule(jobs=st.sampled_from([1, 1, 1, 1, 1, 1, 1, 1, 1, 2]))
    def work_with(self, jobs: int) -> None:
        self.jobs = jobs

    @rule(output=st.sampled_from(["public", "public", "second"]))
    def build_into(self, output: str) -> None:
        self.output = output

    # What happens

    @rule(day=st.integers(1, 4), hour=st.sampled_from([0, 4, 14, 16]))
    def move_the_clock(self, day: int, hour: int) -> None:
        self.now = NOW.replace(day=day, hour=hour)

    @rule(data=st.binary(min_size=1, max_size=40), at=st.integers(0, 200_000))
    def damage_the_cache(self, data: bytes, at: int) -> None:
        path = locate_folders(self.site).cache / "cache.sqlite3"
        if path.exists():
            kept = path.read_bytes()
            at %= max(len(kept), 1)
            path.write_bytes(kept[:at] + data + kept[at + len(data) :])

    @rule(count=st.integers(0, 30))
    def lose_part_of_the_cache(self, count: int) -> None:
        folder = locate_folders(self.site).cache
        if folder.is_dir():
            with store.Cache(folder) as kept:
                kept.save(set(kept.keys(b"")[count:]))

    @rule(data=st.data(), what=st.sampled_from(["remove", "touch", "edit"]))
    def meddle_with_the_output(self, data: st.DataObject, what: str) -> None:
        files = sorted(
            path for path in (self.site / self.output).rglob("*") if path.is_file() and path.name != MANIFEST
        )
        if files:
            path = data.draw(st.sampled_from(files))
            if what == "remove":
                path.unlink()
            elif what == "touch":
                os.utime(path)
            else:
                path.write_bytes(path.read_bytes()[::-1])

    @rule(edition=st.sampled_from("12"))
    def upgrade_a_library(self, edition: str) -> None:
        self.edition = edition

    @invariant()
    def a_warm_build_equals_a_clean_one(self) -> None:
        Editing.may_fork = self.jobs > 1
        with upgraded(self.edition):
            options = {"now": self.now, "jobs": self.jobs, "output": self.site / self.output, **self.options}
            before = tree(self.site / self.output)
            warm = outcome(lambda: build(order(self.site, **options)))
            elsewhere = self.site / "clean"
            clean = outcome(lambda: build(order(self.site, **{**options, "output": elsewhere}, cache="fresh")))
            assert warm == clean
            if elsewhere.exists():
                assert compare_folders(self.site / self.output, elsewhere) == []
                shutil.rmtree(elsewhere)
            else:
                assert tree(self.site / self.output) == before
        self.jobs = 1

    def _path(self, name: str) -> Path:
        return self.site / f"content/posts/{name}.md"

    def _save(self, name: str) -> None:
        keys, text = self.posts[name]
        text = moved(text, "../") if "/" in name else text
        self._path(name).parent.mkdir(parents=True, exist_ok=True)
        lines = "".join(f"{key}: {value}\n" for key, value in keys.items())
        self._path(name).write_text(f"---\n{lines}---\nFirst words.\n\n{text}\n", encoding="utf-8")

    def _settle(self) -> None:
        lines = "".join(f"{key} = {value}\n" for key, value in self.settings.items())
        (self.site / "blog.toml").write_text(
            f"{lines}[labels.Journal]\nnotice = '''{self.notice}'''\n", encoding="utf-8"
        )


class Serving(Editing):
    """The same writer, beside a program that stays and is told which files were touched."""

    AUDIENCE: ClassVar[dict[str, Any]] = {"drafts": True, "future": True, "private": True}
    WATCHED: ClassVar[frozenset[str]] = frozenset(
        {"index.html", "posts/a/index.html", "a/index.html", "about/index.html"}
    )
    edit_and_keep_size_and_time = build_for_others = build_into = upgrade_a_library = meddle_with_the_output = None  # type: ignore[assignment]

    def __init__(self) -> None:
        self.state = BuildState()
        self.seen: dict[str, tuple[int, ...]] = {}
        self.changed_paths: set[str] | None = None
        super().__init__()
        self.options = dict(self.AUDIENCE)

    @rule()
    def pause(self) -> None:
        session.save_state(self.state, order(self.site, output=preview_of(self.site)))

    @rule()
    def let_another_build(self) -> None:
        with suppress(BlogError):
            build(order(self.site, now=self.now))

    @rule()
    def clean_up(self) -> None:
        shutil.rmtree(locate_folders(self.site).cache, ignore_errors=True)

    @invariant()
    def a_warm_build_equals_a_clean_one(self) -> None:
        Editing.may_fork = self.jobs > 1
        options = {"now": self.now, "jobs": self.jobs, "output": preview_of(self.site), **self.options}
        touched = self._touched()
        if self.changed_paths is not None:
            self.changed_paths |= touched
        changed = None if self.changed_paths is None else frozenset(self.changed_paths)
        glance = ChangeHint(changed, self.WATCHED)
        warm = outcome(lambda: build(order(self.site, **options), state=self.state, hint=glance))
        elsewhere = self.site / "clean"
        clean = outcome(lambda: build(order(self.site, **{**options, "output": elsewhere}, cache="fresh")))
        assert warm == clean
        if elsewhere.exists():
            self.changed_paths = set()
            assert compare_folders(preview_of(self.site), elsewhere) == []
            shutil.rmtree(elsewhere)
        self.jobs = 1

    def _touched(self) -> set[str]:
        before, self.seen = self.seen, {}
        for name in ("content", "themes", "blog.toml"):
            for path in (self.site / name, *(self.site / name).rglob("*")):
                if path.is_file():
                    found = path.stat()
                    facts = found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
                    self.seen[path.relative_to(self.site).as_posix()] = facts
        return {path for path in before.keys() | self.seen.keys() if before.get(path) != self.seen.get(path)}


def moved(text: str, up: str) -> str:
    """The text with its links as they must be in another folder."""
    return re.sub(r"\]\((?=[\w.])", f"]({up}", text)


@contextmanager
def upgraded(edition: str) -> Iterator[None]:
    """Let Pygments be of an edition that colours in its own way."""
    with pytest.MonkeyPatch.context() as patch:
        known, coloured = digests.library_versions, code.highlighted
        patch.setattr(
            digests, "library_versions", lambda: [line.replace("pygments ", f"pygments {edition}.") for line in known()]
        )
        patch.setattr(render, "highlighted", lambda *given: f"<!-- {edition} -->{coloured(*given)}")
        digests.program_digest.cache_clear()
        yield
    digests.program_digest.cache_clear()


def outcome(make: Callable[[], Report]) -> tuple[Problem, ...] | Report:
    """What a build says, but for what it had to change."""
    try:
        return structs.replace(make(), changes=None, reasons=())
    except BlogError as error:
        return error.problems


def tree(folder: Path) -> dict[str, bytes]:
    """Every file by path."""
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _compile_once(patch: pytest.MonkeyPatch) -> None:
    """Jinja took half of the time: what it makes of a text is the same each time."""
    parse = templates._parse

    @cache_of_results
    def compiled(texts: tuple[tuple[str, str], ...], *, has_words: bool) -> Any:
        return Sandbox(dict(texts), WordTables().words() if has_words else None)

    @cache_of_results
    def parsed(name: str, text: str) -> TemplateTree | TemplateError:
        return parse(Sandbox({}), name, TemplateText(text))

    def sandbox(texts: dict[str, str], words: Words | None = None) -> Any:
        return compiled(tuple(sorted(texts.items())), has_words=words is not None)

    patch.setattr(templates, "Sandbox", sandbox)
    patch.setattr(templates, "_parse", lambda _environment, name, text: parsed(name, text.text))


def run(root: Path, monkeypatch: pytest.MonkeyPatch, steps: int, machine: type[Editing] = Editing) -> None:
    monkeypatch.setattr(Editing, "root", root, raising=False)
    monkeypatch.setattr(workers, "WORTH_IT", 3)
    monkeypatch.setattr(workers, "_can_fork", lambda: Editing.may_fork)
    monkeypatch.setattr(
        social_cards, "draw_card", lambda view, files: digests.pack(view) + b"".join(files)
    )  # Pillow takes its time
    _compile_once(monkeypatch)
    phases = [Phase.explicit, Phase.generate]  # a failure names its steps; to make them fewer takes for ever
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=max(steps // PER_SITE, 1), stateful_step_count=PER_SITE, deadline=None, phases=phases,
            derandomize=STEPS <= 2000, suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False, database=None,
        ),
    )  # fmt: skip


def test_any_sequence_of_edits_built_warm_equals_a_clean_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path, monkeypatch, STEPS)


def test_a_program_that_stays_and_is_told_what_was_touched_shows_what_a_clean_build_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path, monkeypatch, STEPS, Serving)


# Each of these forgets one thing that a build must know: the test above has to see it.


def _without_a_field_of_a_view(patch: pytest.MonkeyPatch) -> None:
    def packed(target: OutputView) -> tuple[outputs.PlannedOutput, bytes]:
        planned, data = outputs.serialize_output(target)
        if isinstance(target.view, PostView):
            without = structs.replace(target, view=structs.replace(target.view, older=None))
            planned = structs.replace(planned, view=outputs.serialize_output(without)[0].view)
        return planned, data

    patch.setattr(assembly, "serialize_output", packed)


def _without_a_template_of_the_closure(patch: pytest.MonkeyPatch) -> None:
    def digest_closure(name: str, checked: Mapping[str, templates._TemplateInfo], texts: Mapping[str, str]) -> bytes:
        without = {}
        for other, template in checked.items():
            references = {
                reference: line for reference, line in template.references.items() if reference != "foot.html"
            }
            without[other] = template._replace(references=references)
        return whole(name, without, texts)

    whole = templates._digest_closure
    patch.setattr(templates, "_digest_closure", digest_closure)


def _without_the_version_of_a_library(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(digests, "_LIBRARIES", [name for name in digests._LIBRARIES if name != "pygments"])


def _without_the_text(patch: pytest.MonkeyPatch) -> None:
    def recipes(*given: Any) -> list[renderer.RenderJob]:
        return [recipe._replace(contents=b"") for recipe in whole(*given)]

    whole = renderer.render_jobs
    patch.setattr(state, "render_jobs", recipes)


def _without_the_tags_of_a_document(patch: pytest.MonkeyPatch) -> None:
    def seen(document: Document | None) -> bytes:
        return whole(
            document and structs.replace(document, front_matter=structs.replace(document.front_matter, tags=()))
        )

    whole = reader._digest_for_other_pages
    patch.setattr(reader, "_digest_for_other_pages", seen)


def _without_the_links_of_a_document(patch: pytest.MonkeyPatch) -> None:
    whole = reader._clear_positions
    patch.setattr(reader, "_clear_positions", lambda text: whole(structs.replace(text, links=(), hidden_links=())))


def _without_the_settings(patch: pytest.MonkeyPatch) -> None:
    whole = plan.PlanInputs.key
    patch.setattr(plan.PlanInputs, "key", lambda self: whole(self._replace(settings=Settings(title="T"))))


def _without_the_audience(patch: pytest.MonkeyPatch) -> None:
    whole = plan.PlanInputs.key
    patch.setattr(plan.PlanInputs, "key", lambda self: whole(self._replace(audience=Audience(NOW))))


def _without_the_theme(patch: pytest.MonkeyPatch) -> None:
    whole = plan.PlanInputs.key
    patch.setattr(plan.PlanInputs, "key", lambda self: whole(self._replace(theme=None)))


def _without_the_clock(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(assembly, "_find_moments", lambda *_: (None, None))


def _with_stamps_of_size_and_time_alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(content_walk, "signature_of", lambda found: (found.st_size, found.st_mtime_ns, 0, 0))


def _without_a_look_at_the_output(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Disk, "verify", lambda _self, _path, record: record)


def _without_the_words_of_a_post(patch: pytest.MonkeyPatch) -> None:
    def make(words: Sequence[bytes], last: SearchIndex | None, kept: store.Cache) -> SearchIndex:
        return last if last and len(last.words) == 16 * len(words) else whole(words, last, kept)

    whole = search_index.make_search_index
    patch.setattr(search_index, "make_search_index", make)


def _without_the_files_that_a_text_shows(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Inputs, "used", ())


FORGETTING = [value for name, value in sorted(globals().items()) if name.startswith("_with")]
RARE = [_without_the_tags_of_a_document, _without_the_theme]
"""Found after a thousand steps or so: tried by hand."""
QUICK = [_without_a_field_of_a_view, _without_the_audience]
"""Found within a few steps: tried always."""


def tried() -> Sequence[Callable[[pytest.MonkeyPatch], None]]:
    if "BLOG_STEPS" not in os.environ:
        return QUICK
    return [forget for forget in FORGETTING if STEPS > 2000 or forget not in RARE]


def _and_believes_in_the_theme(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(loading, "FILE_NAME", "other")
    patch.setattr(Memory, "may_have_changed", lambda *_: False)


def _and_believes_in_the_files(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(state, "reload_sources", lambda _root, last, _touched: last)


def _and_believes_in_what_is_new(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(files, "_is_irrelevant", lambda *_: True)


def _and_believes_in_the_texts(patch: pytest.MonkeyPatch) -> None:
    whole = BuildState._find_affected

    def find(self: BuildState, plan: Plan, theme: renderer.CompiledTheme, records: Any) -> Any:
        return whole(self, plan, theme, self._rendered[2] if self._rendered else records)

    patch.setattr(BuildState, "_find_affected", find)


BELIEVING = [
    _and_believes_in_the_files, _and_believes_in_the_theme, _and_believes_in_what_is_new, _and_believes_in_the_texts,
]  # fmt: skip


QUICKLY_SEEN = BELIEVING[:1]


@pytest.mark.parametrize("believe", BELIEVING if "BLOG_STEPS" in os.environ else QUICKLY_SEEN)
def test_a_program_that_stays_and_looks_too_little_is_caught(
    believe: Callable[[pytest.MonkeyPatch], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    believe(monkeypatch)
    with pytest.raises(AssertionError):
        run(tmp_path, monkeypatch, 5000, Serving)


@pytest.mark.parametrize("forget", tried())
def test_a_build_that_forgets_something_is_caught(
    forget: Callable[[pytest.MonkeyPatch], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(monkeypatch)
    with pytest.raises((AssertionError, IndexError)):
        run(tmp_path, monkeypatch, 5000)


@pytest.mark.parametrize("forget", [*FORGETTING, *BELIEVING])
def test_what_the_weekly_run_breaks_exists(forget: Callable[[pytest.MonkeyPatch], None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        forget(patch)  # raises AttributeError if the program has another name for it
