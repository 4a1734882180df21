"""The promises, as properties of whole sites: warm = clean, no trace of what is private, never a traceback."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from blog.build import verify
from blog.errors import BlogError
from tests.publishing import NOW, build_folder, order, outputs, post
from tests.sites import site

NAMES = st.sampled_from(["a", "b", "c", "week-1", "ä"])
WORDS = st.lists(st.sampled_from(["Some", "words", "*here*", "`x`", "[a](a.md)", "--", '"q"']), max_size=6).map(
    " ".join
)
KEYS = st.fixed_dictionaries(
    {},
    optional={
        "tags": st.sampled_from(["[x]", "[x, Y]", "[y]"]),
        "labels": st.just("[Journal]"),
        "series": st.sampled_from(["S", "T"]),
        "draft": st.just("true"),
        "private": st.just("true"),
        "unlisted": st.just("true"),
        "revisits": st.just("a.md"),
        "date": st.sampled_from(["2024-01-01", "2026-06-02", "2025-01-01 10:00"]),
        "aliases": st.just("[/old/]"),
    },
)


class Editing(RuleBasedStateMachine):
    """A writer who edits, builds, and never sees a difference from a build without a cache."""

    root: Path
    day = 1

    @rule(name=NAMES, text=WORDS, keys=KEYS)
    def write(self, name: str, text: str, keys: dict[str, str]) -> None:
        path = self.root / f"content/posts/{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(post(name, text=text, **keys))

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        (self.root / f"content/posts/{name}.md").unlink(missing_ok=True)

    @rule(parts=st.lists(st.sampled_from(["One", "Two", "a"]), max_size=3))
    def plan_series(self, parts: list[str]) -> None:
        path = self.root / "content/series/s.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\ntitle: S\nparts: {parts}\n---\nIntro.\n")

    @rule(paginate=st.integers(1, 3), url=st.sampled_from(["https://example.org", "https://x.org/b"]))
    def change_settings(self, paginate: int, url: str) -> None:
        (self.root / "blog.toml").write_text(f'title = "T"\nurl = "{url}"\npaginate = {paginate}\n')

    @rule()
    def tomorrow(self) -> None:
        self.day = 1 + self.day % 3

    @rule(data=st.binary(max_size=40))
    def damage_the_cache(self, data: bytes) -> None:
        cache = self.root / ".blog/cache.sqlite3"
        if cache.exists():
            cache.write_bytes(data + cache.read_bytes()[len(data) :])

    @invariant()
    def a_warm_build_equals_a_clean_one(self) -> None:
        wanted = order(self.root, now=NOW.replace(day=self.day))
        before = outputs(self.root)
        try:
            build_folder(self.root, now=NOW.replace(day=self.day))
        except BlogError:
            assert outputs(self.root) == before
            return
        assert verify(wanted) == []


def test_any_sequence_of_edits_built_warm_equals_a_clean_build(tmp_path_factory: pytest.TempPathFactory) -> None:
    class Fresh(Editing):
        def __init__(self) -> None:
            super().__init__()
            self.root = site(tmp_path_factory.mktemp("edit"), {"content/posts/a.md": post("a")})

        def teardown(self) -> None:
            shutil.rmtree(self.root)

    run_state_machine_as_test(
        Fresh, settings=settings(max_examples=12, stateful_step_count=12, deadline=None, derandomize=True)
    )


TOKEN = "xyzzyq"
PRIVATE_PLACES = st.lists(
    st.sampled_from([
        f"::: private\n{TOKEN}\n:::", f"::: Private\n\n- {TOKEN}\n\n```\n:::\n```\n:::", f"<!-- {TOKEN} -->", f"a <!-- {TOKEN} --> b",
        f"- item\n\n  ::: private\n  {TOKEN}\n  :::", f"> quote\n>\n> :::: private\n> ::: x\n> {TOKEN}\n> :::\n> ::::",
        f"<div>\n<!-- {TOKEN} -->\n</div>", f"text[^n]\n\n::: private\n[^m]: {TOKEN}\n:::\n\n[^n]: note",
        f"::: private\n![]({TOKEN}.png) [r]\n\n[r]: /{TOKEN}\n:::", "Plain words.", "## Heading", "```\ncode\n```", "* * *",
    ]),
    min_size=1, max_size=6,
)  # fmt: skip


@given(places=PRIVATE_PLACES)
@settings(max_examples=60)
def test_what_is_private_in_a_text_is_in_no_byte_of_the_site(
    places: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = "\n\n".join(
        part.replace("[^n]", f"[^n{number}]").replace("[^m]", f"[^m{number}]") for number, part in enumerate(places)
    )
    root = site(tmp_path_factory.mktemp("private"), {
        "content/posts/a.md": post(text=text), f"content/posts/{TOKEN}.png": b"p",
        "content/posts/d.md": post(TOKEN, text=f"{TOKEN} [a](a.md) ![]({TOKEN}.png)", draft="true", tags=f"[{TOKEN}]"),
    })  # fmt: skip
    build_folder(root)
    found = outputs(root)
    assert [path for path, data in found.items() if TOKEN in path or TOKEN.encode() in data] == []
    shutil.rmtree(root)


ODD_NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=12).filter(
    lambda name: name not in {".", ".."} and len(name.encode()) < 100
)


@given(
    files=st.dictionaries(
        st.tuples(
            st.sampled_from(["content", "content/posts", "content/series"]),
            ODD_NAMES,
            st.sampled_from([".md", "", ".markdown", ".png"]),
        ),
        st.one_of(
            st.binary(max_size=60),
            st.text(max_size=60).map(
                lambda text: f"---\ntitle: {text}\ndate: 2024-01-01\n---\n{text}".encode("utf-8", "replace")
            ),
        ),
        max_size=4,
    )
)
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
def test_any_files_end_in_a_site_or_in_diagnostics(
    files: dict[tuple[str, str, str], bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = site(tmp_path_factory.mktemp("odd"), {"content/posts/.keep": ""})
    for (folder, name, ending), data in files.items():
        path = root / folder / f"{name}{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_dir():
            path.write_bytes(data)
    failure = None
    try:
        build_folder(root)
    except BlogError as error:
        failure = error
    if failure:
        places = [problem.place for problem in failure.problems if problem.message]
        assert places
        assert all(place.line >= 1 and place.column >= 1 for place in places)
        assert not (root / "public").exists()
    else:
        assert (root / "public/index.html").is_file()
        assert verify(order(root)) == []
    shutil.rmtree(root)
