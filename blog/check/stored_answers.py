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

REMEMBERED = dt.timedelta(days=7)
_NOTE = "asked"
_REMEMBERED = frozenset({"alive", "moved", "barred"})


class StoredAnswer(Struct, frozen=True, array_like=True):
    """An answer, and when it came."""

    day: dt.date
    answer: Answer


_ASKED = msgspec.msgpack.Decoder(dict[str, StoredAnswer])


def recall_answers(folders: SiteFolders, today: dt.date) -> dict[str, StoredAnswer]:
    """The answers of the last week."""
    try:
        found = _ASKED.decode(read_note(folders, _NOTE))
    except msgspec.DecodeError:
        return {}
    return {url: asked for url, asked in found.items() if dt.timedelta() <= today - asked.day < REMEMBERED}


def store_answers(
    folders: SiteFolders, today: dt.date, known: Mapping[str, StoredAnswer], answers: Mapping[str, Answer]
) -> None:
    """Add the conclusive ones of ``answers`` to the stored answers."""
    kept = {url: StoredAnswer(today, answer) for url, answer in answers.items() if answer.verdict in _REMEMBERED}
    if kept:
        write_note(folders, _NOTE, pack({**known, **kept}))
