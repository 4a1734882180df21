"""What fuzzers begin with, and what they found: all of it keeps the promises, in each run of the tests."""

from __future__ import annotations

import pytest

from tests.fuzz.seeds import CASES, dictionary_of, seeds_of
from tests.fuzz.targets import TARGETS

KEPT = sorted(path.relative_to(CASES).as_posix() for path in CASES.rglob("*") if path.is_file())


@pytest.mark.parametrize("kept", KEPT)
def test_what_was_found_once_is_never_found_again(kept: str) -> None:
    TARGETS[kept.partition("/")[0]]((CASES / kept).read_bytes())


@pytest.mark.parametrize("target", TARGETS)
def test_what_a_fuzzer_begins_with_keeps_the_promises(target: str) -> None:
    seeds = list(seeds_of(target))
    assert seeds
    for seed in seeds[:: 1 + len(seeds) // 60]:
        TARGETS[target](seed)


def test_every_target_has_words_of_its_own() -> None:
    assert [target for target in TARGETS if not list(dictionary_of(target))] == ["image"]
