"""Bibliographies: ``.bib`` files → entries, which texts cite, and the words of a citation and of a full reference.

Nothing here reads a file.
"""

from __future__ import annotations

from blog.bibliography.entry import Entry, Name

__all__ = ["Entry", "Name"]
