"""No trace: a site with hidden things gives the very bytes that it would give without them, after whatever was built before.

That is more than to look for a word: numbers, orders, ids, digests and the absence of things tell nothing either.
"""

import os
import re
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from blog.build import build
from blog.cache import digests
from blog.output.folder import MANIFEST
from blog.problems import BlogError
from blog.render import social_cards
from blog.stages.session import save_state
from blog.state import BuildState, ChangeHint
from tests.support.disks import tree
from tests.support.publishing import build_folder, order, post, preview_of, publish
from tests.support.sites import SETTINGS, picture, site

TOKEN = "xyzzyq"
BLOG = f"{SETTINGS}paginate = 2\nmarkdown.wikilinks = true\nfeed.paths = ['/index.xml', '/feed/']\nlanguages = {{ de = {{ }}, fr = {{ title = 'F' }} }}\n[labels.Journal]\nnotice = '''Raw.[^1]\n\n::: private\n{TOKEN}[^1]\n:::\n\n[^1]: Note.'''\n"

SHOWN = [
    "Some words.", "## Same", "# Same", "a[^1] b[^2]\n\n[^1]: one\n[^2]: two", "$$y$$ {#eq}\n\nsee [](#eq)", "$$x^2$$", "[anchor](anchor.md)",
    "![p](seen.png 'c')", "```python\nx = 1\n```", "> [!NOTE]\n> a", "- a\n- b\n\nEnd.", "<p>raw <img src='seen.png'></p>", "word " * 60,
    "> a\n> — b", "| a |\n|---|\n| b |", "* * *", "![p](seen.png '*c*'){#fig-a}\n\nSee @fig-a.", "::: theorem {title='T'}\nx\n:::",
    "| a |\n|---|\n| b |\nTable: c {#tab-a}\n\nSee @tab-a.", "```text {#lst-a}\nx\n```\n\nSee [](#lst-a).", "see [r]\n\n[r]: https://x.org/",
    "```mermaid {#fig alt='a' caption='b'}\nflowchart LR\n  A --> B\n```",
    "[@shown, p. 3]", "@shown and @karpathy", "[[anchor]] [[anchor|w]]\n\n![[seen.png|p|300]]",
]  # fmt: skip
HIDDEN = [
    TOKEN, "## Same", f"# {TOKEN}", f"a[^1] {TOKEN}[^h]\n\n[^1]: {TOKEN}\n[^h]: {TOKEN}", "$$x$$ {#eq}\n\n$$z$$ {#h}",
    "[d](d.md) [p](pack/index.md)", f"![{TOKEN}](hidden.png '{TOKEN}')", f"[r]: /{TOKEN}\n\n[r]", f"{TOKEN} " * 400, "<!-- more -->",
    f"```{TOKEN}\nx\n```", f"<img data-src='hidden.png' id='same' alt='{TOKEN}'>", "- a\n\n  ::: private\n  b\n  :::", "![p](seen.png)", "::: pull\nx\n:::",
    f"![p](hidden.png '{TOKEN}'){{#fig-a}}\n\nSee @fig-a and @tab-h.", f"::: theorem {{#thm-h title='{TOKEN}'}}\nx\n:::",
    f"| a |\n|---|\n| {TOKEN} |\nTable: {TOKEN} {{#tab-h}}", f"```text {{#lst-h title='{TOKEN}'}}\nx\n```",
    f"```chart {{x={TOKEN} y=y}}\n{TOKEN},y\n1,2\n```",
    f"```mermaid {{#fig alt='{TOKEN}' caption='{TOKEN}'}}\nflowchart LR\n  {TOKEN} --> B\n```",
    f"[@other; see @{TOKEN}, {TOKEN}] and @shown", "::: publications\n:::",
    f"[[d]] [[{TOKEN}|{TOKEN}]] [[{TOKEN}#x]]\n\n![[hidden.png|{TOKEN}]]", f"%% {TOKEN} %%", f"%%\n\n{TOKEN}\n\n%%",
]  # fmt: skip
KEYS: dict[str, list[str]] = {
    "tags": ["[x]", "[X, y]"], "labels": ["[Journal]", "[Week]"], "series": ["S", "T"], "part": ["1", "4"], "updated": ["2025-02-02"],
    "summary": ['"In short"'], "image": ["seen.png"], "revisits": ["anchor.md"], "date": ["2025-01-01", "2023-06-01 10:00"],
    "discussion": ["https://d.org/"], "aliases": ["[/old-{}/]"], "guid": ['"urn:{}"'], "lang": ["de"],
}  # fmt: skip
SECRET_KEYS: dict[str, list[str]] = {
    "tags": [f"[x, {TOKEN}, X]"], "labels": [f"[JOURNAL, {TOKEN}]"], "series": ["S", "s", TOKEN], "part": ["1", "2", "9"],
    "aliases": [f"[/{TOKEN}/, /posts/anchor/]"], "slug": ["anchor", TOKEN], "guid": ['"tag:example.org,2024-01-01:/posts/anchor/"'],
    "image": ["hidden.png"], "revisits": ["anchor.md"], "updated": ["2099-01-01"], "date": ["2000-01-01"], "context": [f"'{TOKEN} ![](hidden.png)'"],
    "extra": ["{a: hidden.png}"], "lang": ["fr"], "summary": [TOKEN],
}  # fmt: skip
HOLDS = {
    "draft": "draft: true",
    "private": "private: true",
    "scheduled": "date: 2099-01-01",
    "published": "published: false",
    "unlisted": "unlisted: true",
}
SHOWN_WORK = "@misc{shown, author={A, B}, title={Shown}, year=2016}\n"
NAMES = ("a", "d", "pack/index")


class Block(NamedTuple):
    """A part of a text."""

    text: str
    hidden: str = ""
    """How: ``::: private``, a comment in HTML or between percent signs, or what only browsers take for one."""

    def written(self, folder: str) -> str:
        """As its author writes it, in a file of ``folder``."""
        text = self.text.replace("](", f"]({folder}").replace("src='", f"src='{folder}") if folder else self.text
        text = text.replace(f"({folder}https:", "(https:").replace(f"({folder}#", "(#")
        if self.hidden == "passage":
            return f":::: private\n\n{text}\n\n::::"
        if self.hidden == "percent":
            return f"%%\n{text}\n%%" if "%%" not in text else text
        return f"<!-- {text} -->" if self.hidden == "comment" else text


class Post(NamedTuple):
    """A post, of which readers may get nothing."""

    hold: str
    keys: dict[str, str]
    blocks: tuple[Block, ...]

    def written(self, name: str, *, whole: bool) -> str:
        """Its file; not ``whole``: without what is hidden in it."""
        lines = {"title": f'"{TOKEN if self.hold else name}"', "date": "2024-01-01", **self.keys}
        if self.hold == "scheduled":
            lines["date"] = "2099-01-01"
        elif self.hold:
            key, _, value = HOLDS[self.hold].partition(": ")
            lines[key] = value
        folder = "../" if "/" in name else ""
        for key in ("image", "revisits"):
            if key in lines:
                lines[key] = folder + lines[key]
        head = "".join(f"{key}: {value.replace('{}', name[0])}\n" for key, value in lines.items())
        parts = [block.written(folder) for block in self.blocks if whole or not block.hidden]
        return f"---\n{head}---\n" + "\n\n".join(["First words.", *parts, ""])


def _keys(known: dict[str, list[str]]) -> st.SearchStrategy[dict[str, str]]:
    one = st.sampled_from(sorted(known)).flatmap(lambda key: st.tuples(st.just(key), st.sampled_from(known[key])))
    return st.lists(one, max_size=5).map(dict)


PASSAGES = st.sampled_from(HIDDEN).map(lambda text: Block(text, "passage"))
COMMENTS = st.sampled_from([TOKEN, f"\n## {TOKEN}\n\n![](hidden.png)\n", "[d](d.md)"]).map(
    lambda text: Block(text, "comment")
)
PERCENTS = st.sampled_from([text for text in HIDDEN if "::: " not in text]).map(lambda text: Block(text, "percent"))
BOGUS = st.sampled_from([
    f"<!note to self: {TOKEN}-->", f"<?{TOKEN} [d](d.md)?>", f"<![CDATA[{TOKEN}\n![](hidden.png)\n]]>", f"<!{TOKEN}\n\n## Same>",
]).map(lambda text: Block(text, "bogus"))  # fmt: skip
BLOCKS = st.lists(
    st.one_of(st.sampled_from(SHOWN).map(Block), PASSAGES, COMMENTS, PERCENTS, BOGUS),
    max_size=6,
    unique_by=lambda block: block,
).map(tuple)
PUBLIC = st.builds(Post, st.just(""), _keys(KEYS), BLOCKS)
SECRET = st.builds(Post, st.sampled_from(sorted(HOLDS.keys() - {"unlisted"})), _keys(SECRET_KEYS), BLOCKS)
SITES = st.fixed_dictionaries({name: st.one_of(st.none(), PUBLIC, SECRET) for name in NAMES})
BETWEEN = st.sampled_from(["", "", "preview", "drafts", "future", "other", "failed"])


def files_of(posts: dict[str, Post | None], *, whole: bool) -> dict[str, str | bytes]:
    """A site with ``posts``; not ``whole``: as if what is hidden had never been written."""
    files: dict[str, str | bytes] = {
        "blog.toml": BLOG if whole else BLOG.replace(f"::: private\n{TOKEN}[^1]\n:::\n\n", ""),
        "content/posts/anchor.md": post("Anchor", "2022-01-01", tags="[x]", series="S", part="3"),
        "content/posts/seen.png": picture(500, 4), "content/about.md": "# About\n\n![p](posts/seen.png)\n",
    }  # fmt: skip
    files["content/references.bib"] = SHOWN_WORK
    if whole:
        files["content/references.bib"] = (
            f"{SHOWN_WORK}{SHOWN_WORK.replace('shown', 'other')}@misc{{{TOKEN}, title={{{TOKEN}}}}}\n"
        )
        files["content/posts/hidden.png"] = picture(500, 5, colour="red")
        files["content/posts/Hidden.PNG"] = picture(500, 5, colour="red")
        files["content/posts/d.md___jb_tmp___"] = files["content/posts/4913"] = f"---\ndraft: true\n---\n{TOKEN}\n"
        files["content/series/t.md"] = f"---\ntitle: T\ndraft: true\nparts: [{TOKEN}, b]\n---\n{TOKEN}\n"
        files["content/notes.md"] = (
            f"---\ntitle: {TOKEN}\nprivate: true\naliases: [/about/]\n---\n[a](about.md) ![](posts/hidden.png)\n"
        )
    for name, found in posts.items():
        if found and (whole or not found.hold):
            files[f"content/posts/{name}.md"] = found.written(name, whole=whole)
            if "/" in name:
                files["content/posts/pack/data.csv"] = TOKEN if found.hold else "data"
    return files


def rewrite(root: Path, files: dict[str, str | bytes]) -> Path:
    """Make the sources of ``root`` these; what is the same stays untouched."""
    for path in sorted((root / "content").rglob("*"), reverse=True) if root.exists() else ():
        if path.is_file() and path.relative_to(root).as_posix() not in files:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
    known = {path: (root / path).read_bytes() for path in files if (root / path).is_file()}
    new = {
        path: data
        for path, data in files.items()
        if known.get(path) != (data if isinstance(data, bytes) else data.encode())
    }
    return site(root, {"blog.toml": files["blog.toml"], **new})


def stamps(folder: Path) -> dict[str, tuple[int, int, int]]:
    """What would change if a file were written again."""
    found = {path.relative_to(folder).as_posix(): path.stat() for path in folder.rglob("*") if path.is_file()}
    return {path: (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino) for path, stat in found.items()}


def build_between(root: Path, what: str) -> None:
    """Somebody builds for others, or fails to."""
    with suppress(BlogError):
        if what == "preview":
            before = stamps(root / "public") if (root / "public").exists() else None
            build_folder(root, output=preview_of(root), drafts=True, future=True, private=True)
            assert before is None or stamps(root / "public") == before
        elif what in {"drafts", "future"}:
            build_folder(root, **{what: True})
        elif what == "other":
            build_folder(root, output=root / "elsewhere", drafts=True, future=True)
        elif what == "failed":
            broken = root / "content/posts/broken.md"
            broken.write_text(post(dratf="true"), encoding="utf-8")
            try:
                build_folder(root, drafts=True)
            finally:
                broken.unlink()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pillow takes its time."""
    monkeypatch.setattr(social_cards, "draw_card", lambda view, _files: digests.pack(view))
    monkeypatch.setattr(
        "blog.content.image_versions.make_versions",
        lambda data, widths: [data + str(width).encode() for width in widths],
    )


WAS = Post("", {"tags": "[x, z]", "labels": "[Week]", "series": "T", "aliases": "[/old/]"}, tuple(map(Block, SHOWN)))
BOTH = tuple(
    block for text, secret in zip(SHOWN, HIDDEN, strict=False) for block in (Block(secret, "passage"), Block(text))
)
WAY = [
    ({"a": WAS, "d": None, "pack/index": WAS._replace(keys={})}, ""),
    ({"a": WAS._replace(hold="draft"), "d": None, "pack/index": WAS._replace(hold="private", keys={})}, "drafts"),
    (
        {"a": Post("", {}, BOTH), "d": WAS._replace(hold="scheduled"), "pack/index": Post("", {"lang": "de"}, BOTH)},
        "future",
    ),
    ({"a": WAS._replace(hold="private"), "d": None, "pack/index": None}, "preview"),
    (
        {"a": WAS, "d": Post("draft", {"slug": "a"}, BOTH), "pack/index": WAS._replace(hold="published", keys={})},
        "failed",
    ),
    ({"a": None, "d": None, "pack/index": None}, "other"),
]
"""From published to each kind of hidden, and back."""


@example(steps=WAY)
@given(steps=st.lists(st.tuples(SITES, BETWEEN), min_size=1, max_size=3))
@settings(
    max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
@pytest.mark.usefixtures("quick")
def test_a_site_is_built_as_if_what_is_hidden_had_never_been_written(
    steps: list[tuple[dict[str, Post | None], str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    top = tmp_path_factory.mktemp("hidden")
    root, reduced = top / "whole", top / "reduced"
    for posts, between in steps:
        rewrite(root, files_of(posts, whole=True))
        build_between(root, between)
        build_folder(root)
        build_folder(rewrite(reduced, files_of(posts, whole=False)))
        assert differing(tree(root / "public"), tree(reduced / "public")) == []
    shutil.rmtree(top)


def differing(found: dict[str, bytes | str], expected: dict[str, bytes | str]) -> list[str]:
    """The paths where two outputs differ."""
    return sorted(path for path in found.keys() | expected.keys() if found.get(path) != expected.get(path))


OF_UNLISTED = {key: values for key, values in SECRET_KEYS.items() if key not in {"slug", "guid", "aliases"}}
OF_UNLISTED |= {"aliases": [f"[/{TOKEN}/]"], "date": ["2023-03-03"]}
ALONE = re.compile(
    rf"posts/d/index\.html|{TOKEN}/index\.html|posts/hidden\.png|assets/(card|hidden-\d+)\.\w+\.(png|webp)"
)
"""What an unlisted post may bring along: its page, its redirects, its card and its pictures."""


@given(
    unlisted=st.builds(Post, st.just("unlisted"), _keys(OF_UNLISTED), BLOCKS),
    posts=st.fixed_dictionaries({name: st.one_of(st.none(), PUBLIC) for name in NAMES}),
)
@settings(
    max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
@pytest.mark.usefixtures("quick")
def test_an_unlisted_post_changes_no_other_file(
    unlisted: Post, posts: dict[str, Post | None], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("unlisted")
    before = files_of({**posts, "d": None}, whole=False)
    build_folder(rewrite(root, before))
    without = tree(root / "public")
    more: dict[str, str | bytes] = {
        "content/posts/d.md": unlisted.written("d", whole=False),
        "content/posts/hidden.png": picture(500, 5),
    }
    build_folder(rewrite(root, {**before, **more}))
    whole = tree(root / "public")
    others = {path: data for path, data in whole.items() if not ALONE.fullmatch(path) or path in without}
    assert differing(others, without) == [MANIFEST]
    pages = [data for path, data in whole.items() if path not in without and path.endswith(".html")]
    assert pages
    assert all(b'<meta name="robots" content="noindex">' in data for data in pages)
    build_folder(rewrite(root, before))
    assert differing(tree(root / "public"), without) == []
    shutil.rmtree(root)


def test_to_edit_what_is_hidden_touches_no_file_of_the_site(tmp_path: Path) -> None:
    root = site(tmp_path, {
        "content/posts/a.md": post(text="A.\n\n::: private\none\n:::"), "content/posts/d.md": post(draft="true"),
        "content/posts/p.md": post(private="true"), "content/posts/s.md": post(date="2099-01-01"),
    })  # fmt: skip
    build_folder(root)
    before = stamps(root / "public")
    for name, text in {
        "a": post(text="A.\n\n::: private\none more\n:::"),
        "d": post(TOKEN, text=TOKEN, draft="true", tags=f"[{TOKEN}]"), "p": post(TOKEN, private="true", aliases="[/x/]"),
        "s": post(TOKEN, date="2098-01-01"), "new": post(TOKEN, draft="true", series=TOKEN),
    }.items():  # fmt: skip
        (root / f"content/posts/{name}.md").write_text(text, encoding="utf-8")
        build_folder(root)
        assert stamps(root / "public") == before
    (root / "content/posts/d.md").unlink()
    build_folder(root, cache="fresh")
    assert stamps(root / "public") == before


def test_the_preview_touches_no_file_of_the_site(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(), "content/posts/d.md": post(TOKEN, draft="true")})
    build_folder(root)
    before, memory = stamps(root / "public"), BuildState()
    shown = order(root, output=preview_of(root), drafts=True, future=True, private=True)
    edits = [post("B"), post("B", dratf="true"), post("B", tags="[x]", slug="b"), post("B", private="true"), "", post()]
    for text in edits:
        (root / "content/posts/a.md").write_text(text, encoding="utf-8")
        glance = ChangeHint(frozenset({"content/posts/a.md"}), frozenset({"posts/a/index.html"}))
        with suppress(BlogError):
            build(shown, state=memory, hint=glance)
            save_state(memory, shown)
        assert stamps(root / "public") == before
    build_folder(root)
    assert stamps(root / "public") == before


def test_git_sees_nothing_of_the_workspace(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/d.md": post(TOKEN, draft="true"), ".gitignore": "/public/\n"})
    build_folder(root)
    build_folder(root, output=preview_of(root), drafts=True, private=True)
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for command in ("init -q", "add -A", "ls-files"):
        ran = subprocess.run(
            ["git", *command.split()],
            cwd=root,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert ran.stdout.split() == [".gitignore", "blog.toml", "content/posts/d.md"]


def test_captions_and_footnotes_in_private_passages_leave_nothing_not_even_the_files_they_name(tmp_path: Path) -> None:
    hidden = '![TOKEN](a.png "[TOKEN](token-one.csv) $TOKEN$")\n\nx^[TOKEN note [TOKEN](token-two.csv)] ![TOKEN](token.mp4){width=50%}'
    text = f"Words.\n\n::: private\n{hidden}\n:::\n\n<!-- {hidden.replace('token-', 'token-in-')} -->\n\nSeen.^[Note <!-- TOKEN --> words.]\n"
    names = ("token-one.csv", "token-two.csv", "token.mp4", "token-in-one.csv", "token-in-two.csv")
    files = {f"content/posts/{name}": "TOKEN" for name in names}
    made = publish(
        tmp_path, {"content/posts/p.md": post("P", "2024-01-01", text), "content/posts/a.png": picture(2, 2), **files}
    )
    assert not any("TOKEN" in text or "token" in path for path, text in made.items())
    assert "Note words." in made["posts/p/index.html"]


def test_a_file_that_only_a_private_code_block_shows_is_not_published(tmp_path: Path) -> None:
    blocks = ['```python {{file="{0}.py"}}\n```', '- x\n\n  ```python {{file="{0}.py" mark="a"}}\n  ```']
    hidden = [block.format(f"token-{number}") for number, block in enumerate(blocks)]
    text = "Words.\n\n" + "\n\n".join(f"::: private\n{block}\n:::" for block in hidden)
    text += '\n\n<!--\n```python {file="token-2.py"}\n```\n-->\n\n```python {file="seen.py" mark="a"}\n```\n'
    files = {f"content/posts/token-{number}.py": "# [a]\nTOKEN\n# [/a]\n" for number in range(3)}
    seen = {"content/posts/seen.py": "# [a]\nSEEN\n# [/a]\n"}
    made = publish(tmp_path, {"content/posts/p.md": post("P", "2024-01-01", text), **files, **seen})
    assert not any("TOKEN" in text or "token" in path for path, text in made.items())
    assert "SEEN" in made["posts/p/index.html"]
    assert "SEEN" in made["feed.xml"]
