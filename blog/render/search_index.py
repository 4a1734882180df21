"""The search terms of all posts → the files in which a browser looks a word up.

A search loads few files, also in a large blog: words with the same beginning are in one file, and the number of files
grows with the blog. Each file is JSON: word → its postings, one for each post that has it. A posting is four times the
number of the post, the oldest 0, plus the word's weight (see :mod:`blog.content.search_terms`). It is written as the
difference to the posting before, in base 36.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import accumulate, pairwise, zip_longest
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from blog.cache.digests import digest, pack, program_digest
from blog.cache.store import MissingEntryError
from blog.content.document import TermsByWeight
from blog.views.outputs import VIEW_DECODER, PlannedOutput, TextView
from blog.views.search import search_file_count, search_file_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from blog.cache.store import Cache

START = 4
"""Characters: words that share as many are in one file, so that the beginning of a word finds it."""
_MAX_CHANGED = 20
"""Posts: when more have changed, the whole index is created again."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_WORDS = msgspec.msgpack.Decoder(TermsByWeight)
_KEY_SIZE = 16
"""Bytes of the key of a post's words."""
_Edits = dict[str, list[tuple[int, int | None]]]
"""Word → number of a post, and its new weight there, or None if the post has lost the word."""


class SearchIndex(Struct, frozen=True, array_like=True):
    """The search index: its inputs and the digests of its files."""

    program: bytes = b""
    words: bytes = b""
    """The keys of the words of each post, the oldest first, concatenated."""
    files: tuple[bytes, ...] = ()
    """Digest of the view of each file, by number."""
    prefix: str = ""
    """That of its edition."""

    @property
    def outputs(self) -> list[PlannedOutput]:
        """The files as outputs."""
        paths = (search_file_path(self.prefix, number) for number in range(len(self.files)))
        return [PlannedOutput(path, view, (), "", "") for path, view in zip(paths, self.files, strict=True)]


SearchIndexes = tuple[SearchIndex, ...]
"""The index of each edition."""
INDEXES_DECODER = msgspec.msgpack.Decoder(SearchIndexes)


def file_of(word: str, count: int) -> int:
    """Return the number of the file that has ``word``, of ``count`` files. The theme's search script does the same."""
    number = 0
    for char in word[:START]:
        number = (number * 31 + ord(char)) & 0xFFFFFFFF
    return number % count


def search_index_key(words: Sequence[bytes]) -> bytes:
    """Return the digest of all inputs of an index of posts: the keys of their words, the oldest first."""
    return digest(b"search index" + program_digest() + b"".join(words))


def search_indexes_key(words: Mapping[str, Sequence[bytes]]) -> bytes:
    """Return the digest of the inputs of all indexes: prefix of each edition, and keys of the words of its posts."""
    return digest(pack([(prefix, search_index_key(own_words)) for prefix, own_words in words.items()]))


def make_search_indexes(
    words: Mapping[str, Sequence[bytes]], last: SearchIndexes | None, cache: Cache
) -> SearchIndexes:
    """Return the index of each edition, from its prefix and the keys of the words of its posts, the oldest first.

    ``last`` are indexes that may have most of the posts. Raises :class:`blog.cache.store.MissingEntryError`.
    """
    last_by_prefix = {index.prefix: index for index in last or ()}
    indexes = []
    for prefix, own_words in words.items():
        index = make_search_index(own_words, last_by_prefix.get(prefix), cache)
        indexes.append(msgspec.structs.replace(index, prefix=prefix))
    return tuple(indexes)


def make_search_index(words: Sequence[bytes], last: SearchIndex | None, cache: Cache) -> SearchIndex:
    """Return the index of posts, from the keys of their words, the oldest first; its files go to the cache.

    ``last`` is an index that may have most of the posts. The result depends on ``words`` alone. Raises
    :class:`blog.cache.store.MissingEntryError`.
    """
    index = _update_index(last, words, cache) if last else None
    if index is None:
        files = _create_files(_collect_postings(words, cache), len(words), cache)
        index = SearchIndex(program_digest(), b"".join(words), files)
    return index


def _collect_postings(words: Sequence[bytes], cache: Cache) -> dict[str, list[int]]:
    """Return word → postings: four times the number of each post that has it, plus its weight there."""
    postings: dict[str, list[int]] = defaultdict(list)
    for number, key in enumerate(words):
        terms = cache.require(key, _WORDS)
        for weight, line in enumerate(terms):
            posting = number * 4 + weight
            for word in line.split():
                postings[word].append(posting)
    return postings


def _create_files(postings: Mapping[str, list[int]], post_count: int, cache: Cache) -> tuple[bytes, ...]:
    """Store all files of an index; return their digests."""
    count = search_file_count(post_count)
    files: list[dict[str, str]] = [{} for _ in range(count)]
    digits = [_encode_base36(number) for number in range(4 * post_count + 4)]
    for word in sorted(postings):
        differences = [digits[later - earlier] for earlier, later in pairwise([0, *postings[word]])]
        files[file_of(word, count)][word] = " ".join(differences)
    return tuple(_store_file(file, cache) for file in files)


def _encode_base36(number: int) -> str:
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits


def _store_file(file: Mapping[str, str], cache: Cache) -> bytes:
    """Store a file as the view of an output; return its digest."""
    view = pack(TextView(msgspec.json.encode(file).decode()))
    key = digest(view)
    cache.put(key, view)
    return key


def _update_index(previous: SearchIndex, words: Sequence[bytes], cache: Cache) -> SearchIndex | None:
    """Return the index for ``words``, made from the ``previous`` one.

    None if too many posts have changed, or if the cache does not have all of the old words and files any more.
    """
    if previous.program != program_digest() or search_file_count(len(words)) != len(previous.files):
        return None
    changed = _find_changed_posts(previous, words)
    if len(changed) > _MAX_CHANGED:
        return None
    files = list(previous.files)
    try:
        for number, edits in _collect_edits(changed, len(files), cache).items():
            files[number] = _store_file(_edit_file(files[number], edits, cache), cache)
    except MissingEntryError:
        return None
    return SearchIndex(program_digest(), b"".join(words), tuple(files))


def _find_changed_posts(previous: SearchIndex, words: Sequence[bytes]) -> list[tuple[int, bytes, bytes]]:
    """Return the number, the old key and the new key of each post with other words; a key is empty if there is none."""
    starts = range(0, len(previous.words), _KEY_SIZE)
    previous_words = [previous.words[start : start + _KEY_SIZE] for start in starts]
    pairs = zip_longest(previous_words, words, fillvalue=b"")
    return [(number, old, new) for number, (old, new) in enumerate(pairs) if old != new]


def _collect_edits(changed: Sequence[tuple[int, bytes, bytes]], file_count: int, cache: Cache) -> dict[int, _Edits]:
    """Return the edits of each file that has to be edited, by its number. Raises :class:`MissingEntryError`."""
    edits: dict[int, _Edits] = defaultdict(lambda: defaultdict(list))
    for number, old_key, new_key in changed:
        old_weights, new_weights = _read_weights(old_key, cache), _read_weights(new_key, cache)
        for word in old_weights.keys() | new_weights.keys():
            weight = new_weights.get(word)
            if weight != old_weights.get(word):
                edits[file_of(word, file_count)][word].append((number, weight))
    return edits


def _read_weights(key: bytes, cache: Cache) -> dict[str, int]:
    """Return the weight of each word of a post; empty for the empty key. Raises :class:`MissingEntryError`."""
    weights: dict[str, int] = {}
    if key:
        terms = cache.require(key, _WORDS)
        for weight, line in enumerate(terms):
            weights |= dict.fromkeys(line.split(), weight)
    return weights


def _edit_file(view_key: bytes, edits: _Edits, cache: Cache) -> dict[str, str]:
    """Return a file with the ``edits`` made. Raises :class:`MissingEntryError`."""
    view = cache.require(view_key, VIEW_DECODER)
    if not isinstance(view, TextView):
        raise MissingEntryError
    file: dict[str, str] = msgspec.json.decode(view.text)
    for word, changes in edits.items():
        postings = {posting // 4: posting for posting in _decode_postings(file.pop(word, ""))}
        for number, weight in changes:
            postings.pop(number, None)
            if weight is not None:
                postings[number] = number * 4 + weight
        if postings:
            file[word] = _encode_postings(sorted(postings.values()))
    return dict(sorted(file.items()))


def _encode_postings(postings: Sequence[int]) -> str:
    return " ".join([_encode_base36(later - earlier) for earlier, later in pairwise([0, *postings])])


def _decode_postings(line: str) -> Iterator[int]:
    return accumulate(int(difference, 36) for difference in line.split())
