"""The search terms of all posts → the files in which a browser looks a word up.

A search loads little of a large blog: words that begin alike are in one file, and there are as many files as the blog
needs. Each file is JSON: by word, the posts that have it. A post is a number, the oldest 0; four times that and the
word's weight (see :mod:`blog.content.search_terms`) stands as the difference to the one before, to the base of 36.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from blog.cache.digests import digest, pack, program_digest
from blog.content.search_terms import TermsByWeight
from blog.site.path_owners import search_file_count, search_file_path
from blog.views.outputs import VIEW_DECODER, Output, PlannedOutput, TextView, serialize_output

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from blog.cache.store import Cache

START = 4
"""Letters: words that share as many are in one file, so that the beginning of a word finds it."""
_MANY = 20
"""Posts: when more have changed, the index is made anew."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_WORDS = msgspec.msgpack.Decoder(TermsByWeight)
_KEY = 16


class SearchIndex(Struct, frozen=True, array_like=True):
    """The search index: its inputs and the digests of its files."""

    program: bytes = b""
    words: bytes = b""
    """The keys of the words of each post, the oldest first, one after the other."""
    files: tuple[bytes, ...] = ()
    """Digest of the view of each file, by number."""

    @property
    def outputs(self) -> list[PlannedOutput]:
        """The files as outputs."""
        return [PlannedOutput(search_file_path(number), view, (), "", "") for number, view in enumerate(self.files)]


_INDEX = msgspec.msgpack.Decoder(SearchIndex)


def file_of(word: str, count: int) -> int:
    """The number of the file, of ``count``, that has ``word``. The theme's search script does the same."""
    number = 0
    for letter in word[:START]:
        number = (number * 31 + ord(letter)) & 0xFFFFFFFF
    return number % count


def update_search_index(words: Sequence[bytes], last: bytes, cache: Cache) -> tuple[bytes, SearchIndex]:
    """The index of posts by the keys of their words, the oldest first; with the key under which it is kept.

    ``last`` is the key of an index that may be much the same. It is the same function of ``words`` whatever was kept.
    Raises :class:`blog.cache.store.MissingEntryError`.
    """
    whole = b"".join(words)
    key = digest(b"search index" + program_digest() + whole)
    kept = cache.get_decoded(key, _INDEX)
    if kept:
        return key, kept
    before = cache.get_decoded(last, _INDEX) if last else None
    index = _updated(before, words, cache) if before else None
    if index is None:
        index = SearchIndex(program_digest(), whole, _made(_gathered(words, cache), len(words), cache))
    cache.put(key, pack(index))
    return key, index


def _gathered(words: Sequence[bytes], cache: Cache) -> dict[str, list[int]]:
    """Return word → values of the posts that have it."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, key in enumerate(words):
        for weight, line in enumerate(cache.require(key, _WORDS)):
            value = number * 4 + weight
            for word in line.split():
                found[word].append(value)
    return found


def _made(found: Mapping[str, list[int]], posts: int, cache: Cache) -> tuple[bytes, ...]:
    count = search_file_count(posts)
    files: list[dict[str, str]] = [{} for _ in range(count)]
    digits = [_base36(number) for number in range(4 * posts + 4)]
    for word in sorted(found):
        values = found[word]
        steps = [digits[later - value] for value, later in zip([0, *values], values, strict=False)]
        files[file_of(word, count)][word] = " ".join(steps)
    return tuple(_put(number, file, cache) for number, file in enumerate(files))


def _base36(number: int) -> str:
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits


def _put(number: int, file: Mapping[str, str], cache: Cache) -> bytes:
    """Keep a file as the view of an output; gives its digest."""
    planned, view = serialize_output(Output(search_file_path(number), TextView(msgspec.json.encode(file).decode())))
    cache.put(planned.view, view)
    return planned.view


def _updated(last: SearchIndex, words: Sequence[bytes], cache: Cache) -> SearchIndex | None:
    """The index for ``words`` from the ``last`` one, if few posts have other words and nothing is lost; else None."""
    if last.program != program_digest() or search_file_count(len(words)) != len(last.files):
        return None
    before = [last.words[at : at + _KEY] for at in range(0, len(last.words), _KEY)]
    longer = max(len(before), len(words))
    pairs = zip(_filled(before, longer), _filled(words, longer), strict=True)
    changed = [(number, old, new) for number, (old, new) in enumerate(pairs) if old != new]
    if len(changed) > _MANY:
        return None
    edits: dict[int, dict[str, list[tuple[int, int | None]]]] = defaultdict(lambda: defaultdict(list))
    for number, old, new in changed:
        lost, found = (cache.get_decoded(key, _WORDS) if key else ("", "", "", "") for key in (old, new))
        if lost is None or found is None:
            return None
        for word, weight in _differences(lost, found):
            edits[file_of(word, len(last.files))][word].append((number, weight))
    files = list(last.files)
    for number, changes in edits.items():
        view = cache.get_decoded(files[number], VIEW_DECODER)
        if not isinstance(view, TextView):
            return None
        files[number] = _put(number, _edited(view, changes), cache)
    return SearchIndex(program_digest(), b"".join(words), tuple(files))


def _filled(keys: Sequence[bytes], count: int) -> list[bytes]:
    return [*keys, *[b""] * (count - len(keys))]


def _differences(lost: TermsByWeight, found: TermsByWeight) -> Iterator[tuple[str, int | None]]:
    """Words of one post with their new weights, or None where they are gone."""
    before, after = (
        {word: weight for weight, line in enumerate(words) for word in line.split()} for words in (lost, found)
    )
    for word in before.keys() | after.keys():
        if before.get(word) != after.get(word):
            yield word, after.get(word)


def _edited(view: TextView, changes: Mapping[str, Sequence[tuple[int, int | None]]]) -> dict[str, str]:
    file: dict[str, str] = msgspec.json.decode(view.text)
    for word, posts in changes.items():
        values = {value // 4: value for value in _values(file.pop(word, ""))}
        for number, weight in posts:
            values.pop(number, None)
            if weight is not None:
                values[number] = number * 4 + weight
        ordered = sorted(values.values())
        if ordered:
            steps = (later - value for value, later in zip([0, *ordered], ordered, strict=False))
            file[word] = " ".join(map(_base36, steps))
    return dict(sorted(file.items()))


def _values(line: str) -> Iterator[int]:
    value = 0
    for step in line.split():
        value += int(step, 36)
        yield value
