"""Values that a configuration in JavaScript has as plain text; nothing is run, and what is computed is unknown."""

from __future__ import annotations

import re


def text_of(source: str, *names: str) -> str:
    """Return the first of ``names`` to which a quoted text is given: ``name: "…"`` or ``name = "…"``."""
    for name in names:
        match = re.search(rf"""(?<![\w.]){name}["']?\s*[:=]\s*(["'`])(?P<value>[^"'`\n$]*)\1""", source)
        if match and match["value"].strip():
            return " ".join(match["value"].split())
    return ""


def flag_of(source: str, name: str) -> bool | None:
    """Return the truth value that is given to ``name``; None if there is none."""
    match = re.search(rf"""(?<![\w.]){name}["']?\s*[:=]\s*(true|false)\b""", source)
    return None if match is None else match[1] == "true"
