"""Text that was written to a terminal → the text that a terminal shows at the end.

ECMA-48, <https://ecma-international.org/publications-and-standards/standards/ecma-48/>: colors go, a carriage return
begins the line anew. Motions to other lines are left out.
"""

from __future__ import annotations

import re

from blog.fields import CONTROL

_SEQUENCE = (
    r"\x1b\](?:[^\x07\x1b]*(?:\x07|\x1b\\)?)"  # a title or a link
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|\x1b[ -/]*[0-~]?"
)
_TOKEN = re.compile(rf"(?P<erase>(?:\x1b\[|\x9b)(?P<what>[012]?)K)|(?P<other>{_SEQUENCE})|[\r\b]|[^\x1b\x9b\r\b]+")
_MOVES = re.compile(r"[\r\b]|(?:\x1b\[|\x9b)[012]?K")


def shown(text: str) -> str:
    """What remains of ``text``: without colors, control characters, and blank lines around it."""
    lines = text.replace("\r\n", "\n").split("\n")
    kept = (_line(line) if _MOVES.search(line) else re.sub(_SEQUENCE, "", line) for line in lines)
    return CONTROL.sub("", "\n".join(kept)).strip("\n")


def _line(text: str) -> str:
    """One line after all that was written over it: how progress bars are drawn."""
    cells: list[str] = []
    at = 0
    blank = 0  # cells before it are blank already: to erase them each time would take for ever
    for token in _TOKEN.finditer(text):
        if token[0] == "\r":
            at = 0
        elif token[0] == "\b":
            at = max(at - 1, 0)
        elif token["erase"]:
            what = token["what"]
            if what != "1":
                del cells[at:]
            end = min(at + 1, len(cells)) if what in {"1", "2"} else 0
            cells[blank:end] = " " * (end - blank)
            blank = min(max(blank, end), len(cells))
        elif not token["other"]:
            cells.extend(" " * (at - len(cells)))
            cells[at : at + len(token[0])] = token[0]
            blank = min(blank, at)
            at += len(token[0])
    return "".join(cells).rstrip()
