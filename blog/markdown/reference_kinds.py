"""The kinds of numbered things, and the prefixes of their ids: ``@fig-loss``.

The prefixes are those of Quarto, <https://quarto.org/docs/authoring/cross-references.html>. All other words behind
``@`` are keys of citations, handles or e-mail addresses.
"""

from __future__ import annotations

from typing import Literal

KindName = Literal[
    "figure", "table", "listing", "equation", "section", "theorem", "lemma", "proposition", "corollary", "definition",
    "remark", "example",
]  # fmt: skip

KIND_OF_PREFIX: dict[str, KindName] = {
    "fig": "figure", "tab": "table", "tbl": "table", "lst": "listing", "eq": "equation", "sec": "section",
    "thm": "theorem", "lem": "lemma", "prp": "proposition", "cor": "corollary", "def": "definition", "rem": "remark",
    "exm": "example",
}  # fmt: skip


def kind_of(ident: str) -> KindName | None:
    """Return the kind of the thing that has the id ``ident``, by its prefix; None if that is none of the prefixes."""
    prefix, hyphen, rest = ident.partition("-")
    return KIND_OF_PREFIX.get(prefix) if hyphen and rest else None
