"""Visibility: drafts, private and scheduled documents are hidden from readers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from blog.content.document import Document

HiddenReason = Literal["", "draft", "private", "scheduled"]


class Audience(Struct, frozen=True):
    """Whom a build is for, and when: the only place where time enters."""

    now: dt.datetime
    """Aware."""
    drafts: bool = False
    future: bool = False
    private: bool = False
    """True for the author's own preview only."""


def hidden_reason(document: Document, audience: Audience, zone: dt.tzinfo) -> HiddenReason:
    """Return the reason to show for a hidden document: one for which this audience misses it too, or the strictest."""
    found = _holds(document, audience, zone)
    return next((name for name, shown in found if not shown), found[0][0] if found else "")


def hidden_reasons(document: Document, audience: Audience, zone: dt.tzinfo) -> tuple[HiddenReason, ...]:
    """Every reason why readers do not get ``document``, the strongest first."""
    return tuple(name for name, _ in _holds(document, audience, zone))


def is_visible(audience: Audience, document: Document, zone: dt.tzinfo) -> bool:
    """Return whether ``audience`` sees ``document``: a scheduled draft needs both ``drafts`` and ``future``."""
    return all(shown for _, shown in _holds(document, audience, zone))


def _holds(document: Document, audience: Audience, zone: dt.tzinfo) -> list[tuple[HiddenReason, bool]]:
    """Every reason to hold ``document`` back, the strongest first, and whether ``audience`` gets it all the same."""
    matter = document.front_matter
    future = document.date is not None and document.date.begins(zone) > audience.now
    reasons: list[tuple[HiddenReason, bool, bool]] = [
        ("private", matter.private, audience.private),
        ("draft", matter.draft, audience.drafts),
        ("scheduled", future, audience.future),
    ]
    return [(name, shown) for name, holds, shown in reasons if holds]
