"""The rules by which tools make the id of a heading of its text: text → id, which is not unique yet.

The caller gives a heading without letters the id ``section``, as kramdown and Pandoc do, and adds ``-1``, ``-2`` … to
an id that is taken, as all three do. Ids stay unique where theirs are not: kramdown gives ``A``, ``A`` and ``A 1`` two.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from blog.markdown.summary import alternative, children_of, plain_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.token import Token

_BEFORE_LETTERS = re.compile(r"^[^a-zA-Z]+", re.MULTILINE)
_NOT_IN_KRAMDOWN_ID = re.compile(r"[^a-zA-Z0-9 -]")
_HTML = re.compile("[<＜]|%%")
"""The start of HTML, and so perhaps of a comment; also in full-width characters, or a comment of Obsidian."""


def own_id(heading: Token) -> str:
    """Return the id by the rule of this program: that of GitHub, with all numbers."""
    text = plain_text(heading.children).strip().lower()
    letters = [char for char in text if char in " -_" or unicodedata.category(char)[0] in "LMN"]
    return "".join(letters).replace(" ", "-")


def github_id(heading: Token) -> str:
    r"""Return the id by the rule of GitHub and of ``kramdown-parser-gfm``, which Jekyll uses by default.

    ``generate_gfm_header_id`` in <https://github.com/kramdown/parser-gfm/blob/master/lib/kramdown/parser/gfm.rb>: lower
    case; Ruby's ``\p{Word}`` (letters, marks, decimal digits, connectors such as ``_``), hyphens and spaces stay, and
    each space or tab becomes a hyphen. The text is that on the page: without markup, with typographic dashes.
    """
    text = "".join(child.content for child in children_of(heading, "text", "code_inline", "formula"))
    letters = [char for char in text.strip().lower() if char in " \t-" or _is_word(char)]
    return "".join(letters).replace(" ", "-").replace("\t", "-")


def _is_word(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] in "LM" or category in {"Nd", "Nl", "Pc"}


def kramdown_id(heading: Token) -> str:
    """Return the id by the rule of kramdown itself (in Jekyll: ``input: kramdown``).

    ``basic_generate_id`` in <https://github.com/gettalong/kramdown/blob/master/lib/kramdown/converter/base.rb>: of the
    source of the heading, also of the address of a link in it, everything before the first ASCII letter goes, then all
    but ASCII letters, digits, spaces and hyphens. Of a heading with HTML, which may have a comment, it is the text.
    """
    source = heading.content
    if _HTML.search(source):
        source = plain_text(heading.children)
    letters = _NOT_IN_KRAMDOWN_ID.sub("", _BEFORE_LETTERS.sub("", source))
    return letters.replace(" ", "-").lower()


def pandoc_id(heading: Token) -> str:
    """Return the id by the rule of Pandoc, which Quarto uses: the extension ``auto_identifiers``.

    ``textToIdentifier`` in <https://github.com/jgm/pandoc/blob/main/src/Text/Pandoc/Shared.hs>: letters, numbers,
    ``_``, ``-`` and ``.`` stay, words are joined by hyphens, and everything before the first letter goes. The text of
    an image counts, a footnote does not.
    """
    children = [child for child in heading.children or () if child.type != "html_inline"]
    text = alternative(children).lower()
    kept = [char for char in text if char.isspace() or char in "_-." or unicodedata.category(char)[0] in "LN"]
    identifier = "-".join("".join(kept).split())
    start = next((place for place, char in enumerate(identifier) if char.isalpha()), len(identifier))
    return identifier[start:]


HEADING_ID_RULES: dict[str, Callable[[Token], str]] = {
    "": own_id,
    "github": github_id,
    "kramdown": kramdown_id,
    "pandoc": pandoc_id,
}
"""Value of ``markdown.heading_ids`` in the settings → its rule, which gets the inline token of a heading."""
