"""The answers of other sites, stored beside the cache for a week."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from blog.cache.digests import pack
from blog.cache.workspace import SiteFolders, read_note, write_note
from blog.check.external_links import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_AGE = dt.timedelta(days=7)
_NOTE = "asked"
"""Name of the file beside the cache."""
_STORED_VERDICTS = frozenset({"alive", "moved", "barred"})
"""Addresses with other verdicts are requested again in the next run."""


class StoredAnswer(Struct, frozen=True, array_like=True):
    """An answer with its day."""

    day: dt.date
    answer: Answer


_DECODER = msgspec.msgpack.Decoder(dict[str, StoredAnswer])


def recall_answers(folders: SiteFolders, today: dt.date) -> dict[str, StoredAnswer]:
    """Return the stored answers by URL, without old ones."""
    try:
        stored = _DECODER.decode(read_note(folders, _NOTE))
    except msgspec.DecodeError:
        return {}
    return {url: entry for url, entry in stored.items() if dt.timedelta() <= today - entry.day < MAX_AGE}


def store_answers(
    folders: SiteFolders, today: dt.date, stored: Mapping[str, StoredAnswer], answers: Mapping[str, Answer]
) -> None:
    """Add ``answers`` to the stored ones, without failures."""
    new = {url: StoredAnswer(today, answer) for url, answer in answers.items() if answer.verdict in _STORED_VERDICTS}
    if new:
        write_note(folders, _NOTE, pack({**stored, **new}))
