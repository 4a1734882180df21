"""A new site on the disk: written beside its place, checked there, and moved to its place as a whole.

Nothing is overwritten: the place must be free, or hold an earlier import in which nobody has changed anything.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

from blog.importers.old_folder import copy_file
from blog.importers.report import FILE_NAME, Item
from blog.problems import BlogError, Location, Problem

if TYPE_CHECKING:
    from blog.importers.new_site import NewSite
    from blog.importers.old_folder import OldFolder

MANIFEST_NAME = ".imported.json"
"""File in the new site with the digest of each file that the import wrote."""


class Staging:
    """A folder that holds the new site until it is complete; use it in a ``with`` statement."""

    def __init__(self, old: OldFolder, beside: Path) -> None:
        """The site is staged in the folder ``beside``, on the disk to which it will be moved."""
        self._old = old
        self._beside = beside
        self._texts: dict[str, str] = {}
        self._files: set[str] = set()
        self.items: list[Item] = []
        """Files that could not be copied."""

    def __enter__(self) -> Self:
        self._beside.mkdir(parents=True, exist_ok=True)
        self._top = tempfile.mkdtemp(prefix=".blog-import-", dir=self._beside)
        self.root = Path(self._top, "site")
        (self.root / "content").mkdir(parents=True)
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._top, ignore_errors=True)

    def update(self, site: NewSite) -> None:
        """Write what is new in ``site``, and remove what it does not have any more."""
        texts = site.texts()
        for path in self._texts.keys() - texts.keys():
            (self.root / path).unlink()
        for path, text in texts.items():
            if self._texts.get(path) != text:
                self._write(path, text.encode("utf-8", "replace"))
        self._texts = texts
        wanted = {file.path: file.source for file in site.files}
        for path in self._files - wanted.keys():
            (self.root / path).unlink()
        for path in sorted(wanted.keys() - self._files - {item.location.path for item in self.items}):
            self._copy(wanted[path], path)
        self._files &= wanted.keys()

    def _write(self, path: str, data: bytes) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def _copy(self, source: str, path: str) -> None:
        target = self.root / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            copy_file(self._old, source, target)
        except (OSError, BlogError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            item = Item(
                "File that was not moved", Location(path), f"{source} was not copied: {reason}", "copy it by hand"
            )
            self.items.append(item)
            return
        self._files.add(path)

    def move_to(self, target: Path, report: str) -> None:
        """Move the site to ``target`` with its report. Raises :class:`BlogError` if that is not free."""
        self._write(FILE_NAME, report.encode())
        self._write(".gitignore", b"public/\n")
        digests = {path: _digest(self.root / path) for path in _list_files(self.root)}
        self._write(MANIFEST_NAME, (json.dumps({"files": digests}, indent=1, sort_keys=True) + "\n").encode())
        require_free(target)
        if target.exists() and any(target.iterdir()):
            target.rename(Path(self._top, "before"))
        self.root.replace(target)


def require_free(target: Path) -> None:
    """Raise :class:`BlogError` unless ``target`` is new, empty, or an import in which nothing has changed."""
    if not os.path.lexists(target):
        return
    if target.is_symlink() or not target.is_dir():
        raise _exists(f"{target} is not a folder", "choose a new folder: --into DIR")
    if not any(target.iterdir()):
        return
    changed = _find_changes(target)
    if changed is None:
        raise _exists(f"{target} is not an empty folder: nothing was written", "choose a new folder: --into DIR")
    if changed:
        message = f"{target} was imported, and {changed[0]} has changed since: nothing was written"
        raise _exists(message, "choose a new folder: --into DIR")


def _find_changes(target: Path) -> list[str] | None:
    """Return the files that are not as the import wrote them, without the output; None if there was no import."""
    try:
        data = json.loads((target / MANIFEST_NAME).read_text("utf-8"))
        digests = dict(data["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    paths = [path for path in _list_files(target) if path != MANIFEST_NAME]
    changed = sorted(set(paths) ^ digests.keys())
    return changed + [path for path in paths if path in digests and _digest(target / path) != digests[path]]


def _exists(message: str, hint: str) -> BlogError:
    return BlogError([Problem(Location(""), "exists", message, hint)])


def _list_files(folder: Path) -> list[str]:
    """Return the paths of all entries below ``folder`` that are no folders."""
    paths = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    return sorted(path.relative_to(folder).as_posix() for path in paths)


def _digest(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
