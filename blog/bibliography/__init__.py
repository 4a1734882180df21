"""Bibliographies: ``.bib`` files → entries, which texts cite, and the words of a citation and of a full reference.

Nothing here reads a file.
"""

from __future__ import annotations

from blog.bibliography.entry import BibEntry, Name

__all__ = ["BibEntry", "Name"]
