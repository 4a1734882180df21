"""Whatever fails while a site is built, each file of the output is as it was or as it shall be, and nothing is lost.

`BLOG_FAILURES=1` fails each operation on files in each way (some minutes); else some of them, others for each way.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from blog.output.folder import MANIFEST
from tests.support.disks import tree
from tests.support.failing import FAILURES, Ran, run
from tests.support.publishing import build_folder, left_over, post
from tests.support.sites import SETTINGS, site

EVERY = bool(os.environ.get("BLOG_FAILURES"))
STRIDE = 1 if EVERY else 13
BUILD = ["build", "-j", "1"]
TEMPLATES = ("home", "list", "page", "terms", "archive", "series", "series-list", "search", "404", "alias")
THEME: dict[str, str | bytes] = {
    "themes/t/theme.toml": 'name = "T"\n',
    "themes/t/static/a.css": "a { color: red }\n",
    "themes/t/templates/post.html": "<title>{{ head.title }}</title>{{ body }}",
    **{f"themes/t/templates/{name}.html": f"{name}" for name in TEMPLATES},
}  # fmt: skip
BLOG_TOML = f'{SETTINGS}theme = "t"\ncards = false\n'
FOREIGN = {
    ".git": "gitdir: elsewhere",
    "CNAME": "example.org",
    ".well-known/x": "x",
    "posts/a/notes.txt": "mine",
    "z/z": "z",
}


class Change(NamedTuple):
    """What is done to a site between two builds."""

    name: str
    first: bool
    """Whether the site has not been built before."""
    edit: Callable[[Path], None]


def _nothing(root: Path) -> None:
    pass


def _body(root: Path) -> None:
    (root / "content/posts/a.md").write_text(post("A", text="Other words."), encoding="utf-8")


def _much(root: Path) -> None:
    """A file becomes a folder, a folder a file; posts come, go and change; the theme changes; links are in the way."""
    _body(root)
    (root / "content/posts/b.md").unlink()
    (root / "content/posts/new.md").write_text(post("New", tags="[t]"), encoding="utf-8")
    (root / "content/file").unlink()
    (root / "content/file").mkdir()
    (root / "content/file/in").write_text("file/in", encoding="utf-8")
    shutil.rmtree(root / "content/folder")
    (root / "content/folder").write_text("folder", encoding="utf-8")
    (root / "themes/t/static/a.css").write_text("a { color: blue }\n", encoding="utf-8")
    (root / "themes/t/templates/list.html").write_text("list, anew", encoding="utf-8")
    public = root / "public"
    shutil.move(public / "archive", root / "elsewhere")
    (public / "archive").symlink_to(root / "elsewhere")
    (public / "sitemap.xml").unlink()
    (public / "sitemap.xml").symlink_to(root / "blog.toml")


CHANGES = (
    Change("first", first=True, edit=_nothing),
    Change("body", first=False, edit=_body),
    Change("much", first=False, edit=_much),
)


class Prepared(NamedTuple):
    """A site that is about to be built, in a folder with the cache and state folders of its user."""

    root: Path
    snapshot: Path
    """A copy of that folder."""
    old: dict[str, bytes | str]
    """The output folder before,"""
    new: dict[str, bytes | str]
    """and after a build in which nothing fails."""
    operations: int


@pytest.fixture(scope="module", params=CHANGES, ids=lambda change: change.name)
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    change: Change = request.param
    top = tmp_path_factory.mktemp("prepared")
    root = top / "work/site"
    with user_of(root):
        return _prepare(change, root, top / "snapshot")


@contextmanager
def user_of(root: Path) -> Iterator[None]:
    """The user whose cache and state folders lie beside the site."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(root.parent / "cache"))
        patch.setenv("XDG_STATE_HOME", str(root.parent / "state"))
        yield


def _prepare(change: Change, root: Path, snapshot: Path) -> Prepared:
    site(root, {
        **THEME, "blog.toml": BLOG_TOML, "content/posts/a.md": post("A"), "content/posts/b.md": post("B", aliases="[/old/]"),
        "content/about.md": "---\ntitle: About\n---\nMe.", "content/file": "file", "content/folder/in": "folder/in",
    })  # fmt: skip
    build_folder(root)  # and whatever is imported is imported in the copies of this process
    if change.first:
        shutil.rmtree(root / "public")
        shutil.rmtree(root.parent / "cache")
        shutil.rmtree(root.parent / "state")
    else:
        for path, text in FOREIGN.items():
            (root / "public" / path).parent.mkdir(parents=True, exist_ok=True)
            (root / "public" / path).write_text(text, encoding="utf-8")
    change.edit(root)
    old = tree(root / "public")
    shutil.copytree(root.parent, snapshot, symlinks=True)
    ran = run(root, BUILD)
    assert ran.status == 0, ran.said
    new = tree(root / "public")
    assert old != new
    return Prepared(root, snapshot, old, new, ran.operations)


def restore(prepared: Prepared) -> None:
    """Make the site and the folders of its user as they were, at the same place."""
    shutil.rmtree(prepared.root.parent)
    shutil.copytree(prepared.snapshot, prepared.root.parent, symlinks=True)


def failures(prepared: Prepared, kind: str, *, full: bool = False) -> Iterator[tuple[Path, Ran]]:
    """The site after each build in which another operation failed."""
    start = 1 + list(FAILURES).index(kind) % STRIDE
    with user_of(prepared.root):
        for number in range(start, prepared.operations + 1, STRIDE):
            restore(prepared)
            yield prepared.root, run(prepared.root, BUILD, kind, number, full=full)


def is_old_or_new(found: dict[str, bytes | str], prepared: Prepared) -> bool:
    """Whether each file is as it was or as it shall be; the manifest names those of both while it lasts."""
    old, new = dict(prepared.old), dict(prepared.new)
    for files in (found := dict(found), old, new):
        files.pop(MANIFEST, None)
    return all(found.get(path) in (old.get(path), new.get(path)) for path in {*found, *old, *new})


def test_a_build_that_is_killed_anywhere_leaves_old_and_new_files_and_the_next_one_makes_it_right(
    prepared: Prepared,
) -> None:
    wrong: list[str] = []
    killed = 0
    for root, ran in failures(prepared, "kill"):
        killed += ran.status == 137
        if not is_old_or_new(tree(root / "public"), prepared):
            wrong.append(f"neither old nor new: {ran}")
        wrong += next_build(root, prepared, ran)
    assert wrong == []
    assert killed > prepared.operations // STRIDE // 2


@pytest.mark.parametrize(("kind", "full"), [("ENOSPC", False), ("ENOSPC", True), ("EIO", False), ("EACCES", False)])
def test_an_operation_that_fails_anywhere_leaves_the_old_site_and_is_told(
    prepared: Prepared, kind: str, full: bool
) -> None:
    wrong: list[str] = []
    failed = 0
    for root, ran in failures(prepared, kind, full=full):
        found = tree(root / "public")
        failed += ran.status == 1
        if ran.status not in {0, 1} or "Traceback" in ran.said or "fault of blog" in ran.said:
            wrong.append(f"not told: {ran}")
        elif ran.status == 0 and found != prepared.new:
            wrong.append(f"not the new site: {ran}")
        elif ran.status == 1 and "error: " not in ran.said:
            wrong.append(f"no reason: {ran}")
        elif full and "could not be put back" in ran.said:  # a folder cannot be made again where nothing is free
            if not is_old_or_new(found, prepared) or not any(path.suffix == ".journal" for path in left_over(root)):
                wrong.append(f"cannot be put back: {ran}")
        elif ran.status == 1 and found != prepared.old:
            wrong.append(f"not the old site: {ran}")
        wrong += next_build(root, prepared, ran)
    assert wrong == []
    assert failed


def next_build(root: Path, prepared: Prepared, ran: Ran) -> list[str]:
    """What is wrong after the next build, which must make it all right."""
    again = run(root, BUILD)
    if again.status or tree(root / "public") != prepared.new:
        return [f"not made right: {again} after {ran}"]
    return [f"left behind: {ran}"] if left_over(root) else []
