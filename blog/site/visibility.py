"""Visibility: drafts, private and scheduled documents are hidden from readers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from blog.content.document import Document

HiddenReason = Literal["", "draft", "private", "scheduled"]


class Audience(Struct, frozen=True):
    """The readers of a build, and its time: no other value depends on the clock."""

    now: dt.datetime
    """Aware."""
    drafts: bool = False
    future: bool = False
    private: bool = False
    """True for the author's own preview only."""


class HiddenDocument(Struct, frozen=True, order=True):
    """A document that is hidden from readers or unlisted, with the reasons."""

    path: str
    reason: HiddenReason
    """Empty if it is only unlisted."""
    day: str
    """Day for which it is scheduled, or ``""``."""
    address: str = ""
    """Address at which this audience sees it; empty if this audience does not see it either."""
    reasons: tuple[HiddenReason, ...] = ()
    """Every reason."""
    unlisted: bool = False


def hidden_reason(document: Document, audience: Audience, zone: dt.tzinfo) -> HiddenReason:
    """Return the reason to show for a hidden document: one that hides it from this audience too, or the strongest."""
    reasons = _find_reasons(document, audience, zone)
    for name, is_shown in reasons:
        if not is_shown:
            return name
    return reasons[0][0] if reasons else ""


def hidden_reasons(document: Document, audience: Audience, zone: dt.tzinfo) -> tuple[HiddenReason, ...]:
    """Return every reason why ``document`` is hidden from readers, the strongest first."""
    return tuple(name for name, _ in _find_reasons(document, audience, zone))


def is_visible(audience: Audience, document: Document, zone: dt.tzinfo) -> bool:
    """Return whether ``audience`` sees ``document``: a scheduled draft needs both ``drafts`` and ``future``."""
    return all(is_shown for _, is_shown in _find_reasons(document, audience, zone))


def _find_reasons(document: Document, audience: Audience, zone: dt.tzinfo) -> list[tuple[HiddenReason, bool]]:
    """Return every reason to hide ``document``, the strongest first, and whether ``audience`` sees it nevertheless."""
    matter = document.front_matter
    is_scheduled = document.date is not None and document.date.begins(zone) > audience.now
    reasons: list[tuple[HiddenReason, bool]] = []
    if matter.private:
        reasons.append(("private", audience.private))
    if matter.draft:
        reasons.append(("draft", audience.drafts))
    if is_scheduled:
        reasons.append(("scheduled", audience.future))
    return reasons
