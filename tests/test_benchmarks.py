"""The benchmark measures what it says: one corpus for all, edits that change something, a table of medians."""

import re
import subprocess
import sys
from pathlib import Path
from statistics import mean

import pytest

from benchmarks.calls import Case, compare, function_name
from benchmarks.corpus import EDITED, posts
from benchmarks.peers import PEERS, Peer
from benchmarks.pictures import pictures, write_site
from benchmarks.table import markdown

TOP = Path(__file__).parent.parent


def test_the_corpus_is_the_same_for_the_same_seed_and_like_a_blog() -> None:
    corpus = list(posts(200))
    assert corpus == list(posts(200))
    assert corpus != list(posts(200, seed=2))
    assert 7_500 < mean(len(post.text) for post in corpus) < 8_700
    assert len({tag for post in corpus for tag in post.tags}) == 60
    assert 0.5 < mean("```" in post.text for post in corpus) < 0.7
    for sign in ("|---", "[^1]:", r"$\theta", "\n> ", "\n- ", "](@post-"):
        assert mean(sign in post.text for post in corpus) > 0.1, sign
    assert [post.day for post in corpus] == sorted(post.day for post in corpus)


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: str(peer.name))
def test_every_peer_gets_all_posts_and_has_the_places_of_the_edits(peer: Peer, tmp_path: Path) -> None:
    root = tmp_path / peer.name
    peer.write(root, posts(7))
    texts = [(root / peer.post.format(f"post-{number:05}")).read_text("utf-8") for number in range(7)]
    assert all(text.count(EDITED) == 1 and ", " in text for text in texts)
    path, place = peer.template
    assert place in (root / path).read_text("utf-8")


def test_the_pictures_are_the_same_for_the_same_seed_and_each_is_shown(tmp_path: Path) -> None:
    drawn = list(pictures(6, seed=3))
    assert drawn == list(pictures(6, seed=3))
    assert [picture.name.split("-")[0] for picture in drawn] == ["plot"] * 3 + ["photo"] * 3
    write_site(tmp_path / "site", 2, 3, seed=3)
    texts = [path.read_text("utf-8") for path in sorted((tmp_path / "site/content/posts").glob("*.md"))]
    assert ["(plot-0000.png)" in texts[0], "(plot-0001.png)" in texts[1], "(plot-0002.png)" in texts[0]] == [True] * 3
    assert (tmp_path / "site/content/posts/plot-0002.png").read_bytes() == drawn[2].data


def test_one_command_prints_a_table(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--posts", "8", "--runs", "1", "--only", "blog", "--folder", str(tmp_path)],
        cwd=TOP, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    rows = re.findall(r"^\| (.+?) \| .*\d (s|MB) \|$", done.stdout, re.MULTILINE)
    assert rows == [
        ("clean", "s"), ("nothing changed", "s"), ("one body edited", "s"), ("one title edited", "s"),
        ("one template edited", "s"), ("peak memory", "MB"),
    ]  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_a_ratio_is_the_median_of_the_ratios_of_the_rounds() -> None:
    measures = {("clean", "blog"): [1.0, 2.0, 10.0], ("clean", "hugo"): [2.0, 3.0, 1.0], ("image", "blog"): [4.0]}
    assert markdown("50 posts", {"clean": "{:.1f} s", "image": "{:.0f} ms"}, ["blog", "hugo"], measures) == (
        "| 50 posts | blog | hugo |\n|---|---|---|\n| clean | 2.0 s | 2.0 s (1.5×) |\n| image | 4 ms | — |\n"
    )


def test_counted_calls_that_moved_name_the_functions_that_moved_most() -> None:
    expected = {"clean": Case(1000, {"blog/text.py: plain": 600, "blog/text.py: slug": 400})}
    assert compare(expected, {"clean": Case(1049, {"blog/text.py: plain": 649, "blog/text.py: slug": 400})}) == []
    more = {"clean": Case(1300, {"blog/text.py: plain": 700, "blog/text.py: slug": 390, "jinja2/lexer.py: wrap": 210})}
    (message,) = compare(expected, more)
    assert message == (
        "clean: 1,300 calls, +30.0% of 1,000; the functions that moved most:\n"
        "  +210  jinja2/lexer.py: wrap (0 → 210)\n"
        "  +100  blog/text.py: plain (600 → 700)\n"
        "if that is meant: python -m benchmarks.calls --update, and commit the figures"
    )
    fewer = {"clean": Case(500, {"blog/text.py: plain": 500})}
    (message,) = compare(expected, fewer)
    assert message == (
        "clean: 500 calls, -50.0% of 1,000; the functions that moved most:\n"
        "  -400  blog/text.py: slug (400 → 0)\n"
        "  -100  blog/text.py: plain (600 → 500)\n"
        "if that is meant: python -m benchmarks.calls --update, and commit the figures"
    )
    assert compare({}, more) == ["clean: no figure; write it with: python -m benchmarks.calls --update"]


def test_a_counted_function_has_the_same_name_on_every_machine() -> None:
    assert (
        function_name("/home/me/.venv/lib/python3.11/site-packages/jinja2/lexer.py", "wrap") == "jinja2/lexer.py: wrap"
    )
    assert function_name("/usr/lib/python3.11/re/_parser.py", "get") == "re/_parser.py: get"
    assert function_name(str(TOP / "blog/text.py"), "slug") == "blog/text.py: slug"
    assert (
        function_name("~", "<built-in method __new__ of type object at 0x9a>")
        == "<built-in method __new__ of type object>"
    )
