"""The benchmark measures what it says: one corpus for all, edits that change something, a table of medians."""

import re
import subprocess
import sys
from pathlib import Path
from statistics import mean

import pytest

from benchmarks.corpus import EDITED, posts
from benchmarks.peers import PEERS, Peer

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
