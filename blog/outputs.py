"""write: outputs → folder, touching only what the program made before.

Everything is staged first; then files are replaced by rename, and what is no longer made is removed last. The
manifest keeps digests of the paths that are the program's own, never the paths: it travels with the site.
"""

from __future__ import annotations

import os
import shutil
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from msgspec import Struct

from blog.addresses import RESERVED, unsafe_name
from blog.cache import LostError, digest, file_digest
from blog.errors import BlogError, Place, Problem, UnsafeOutput, give_up, reason
from blog.journal import create_stage, is_file_or_link

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import TracebackType

MANIFEST = RESERVED
_HEADER = "blog manifest 1"
_SITE = "site "
"""Start of the manifest's second line, which identifies the site. Version 1.0 wrote none."""


class Changes(Struct, frozen=True):
    """What a build changes in the output folder; paths in order."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int

    def then(self, later: Changes) -> Changes:
        """These, and those of a later step that left them as they are."""
        new, changed = (*self.new, *later.new), (*self.changed, *later.changed)
        unchanged = later.unchanged - len(self.new) - len(self.changed)
        return Changes(tuple(sorted(new)), tuple(sorted(changed)), (*self.removed, *later.removed), unchanged)


def check_folder(output: Path, root: Path) -> None:
    """Raise :class:`UnsafeOutput` unless ``output`` is absent, empty or the program's own, and in no one's way."""
    real, site = output.resolve(), root.resolve()
    sources = {site / name for name in ("content", "themes", ".blog")}
    sources |= {folder.resolve() for folder in sources}
    home = Path(os.path.expanduser("~")).resolve()  # noqa: PTH111  (Path.home() fails where nobody has a home)
    if any(folder.is_relative_to(real) for folder in (site, home, *sources)):
        raise _unsafe(output, "is, or holds, the site folder, its sources or the home folder")
    if any(real.is_relative_to(folder) for folder in sources):
        raise _unsafe(output, "lies inside the sources of the site")
    if not os.path.lexists(real):
        if output.is_symlink():
            raise _unsafe(output, "is a symbolic link that leads nowhere", "make the folder, or remove the link")
        return
    if not real.is_dir():
        raise _unsafe(output, "is not a folder")
    if not _is_own(real) and any(real.iterdir()):
        hint = "choose another folder with -o, or empty this one yourself"
        raise _unsafe(output, f"is not empty, and not made by blog (it has no {MANIFEST})", hint)


def refuse_site(output: Path, why: str) -> UnsafeOutput:
    """Return the error for an output folder that belongs to another site."""
    return _unsafe(output, why, "choose another folder with -o, or empty this one yourself")


def _unsafe(output: Path, why: str, hint: str = "choose a folder of its own, such as -o public") -> UnsafeOutput:
    return UnsafeOutput([Problem(Place(str(output.absolute())), "unsafe-output", f"the output folder {why}", hint)])


def _is_own(output: Path) -> bool:
    path = output / MANIFEST
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.readline().decode("utf-8", "replace").rstrip("\r\n") == _HEADER


def _read_manifest(output: Path) -> frozenset[str] | None:
    if not _is_own(output):
        return None
    lines = (output / MANIFEST).read_text("utf-8", "replace").splitlines()[1:]
    return frozenset(line for line in lines if not line.startswith(_SITE))


def read_site(output: Path) -> str:
    """Return the identity of the site that the manifest of ``output`` names; empty if it names none."""
    if not _is_own(output):
        return ""
    with (output / MANIFEST).open("r", encoding="utf-8", errors="replace") as file:
        file.readline()
        line = file.readline()
    return line.removeprefix(_SITE).rstrip("\r\n") if line.startswith(_SITE) else ""


def _nearest_folder(folder: Path) -> Path:
    """The nearest folder that exists, from ``folder`` upwards."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder


def _mark(path: str) -> str:
    return digest(path.encode()).hex()


def _folders(path: str) -> Iterator[str]:
    """The folders above ``path``, the uppermost first."""
    for at, char in enumerate(path):
        if char == "/":
            yield path[:at]


def is_linked(output: str, path: str, known: dict[str, bool]) -> bool:
    """Whether a folder of ``output`` above ``path`` is a link: what lies behind it is not in the output.

    ``known`` keeps the answer for each folder.
    """
    folder = path.rpartition("/")[0]
    if folder not in known:
        known[folder] = bool(folder) and (os.path.islink(f"{output}/{folder}") or is_linked(output, folder, known))
    return known[folder]


def _foreign(path: str, target: Path) -> BlogError:
    message = f'"{path}" must go where a file is that blog did not make: {target}'
    return BlogError([Problem(Place(str(target.absolute())), "foreign-file", message, "move that file away")])


class Stage:
    """Collects the outputs of one build beside the site, then brings them into the output folder at once.

    :meth:`add` and :meth:`copy` may run in forked processes; the one that made the stage is told by :meth:`note`.
    """

    def __init__(
        self, output: Path, state: Path, site: str = "", *, same_paths: bool = False, beside: Path | None = None
    ) -> None:
        """Stage in the folder ``beside``, which is that of the output unless given; ``state`` keeps the journal.

        ``site`` identifies the site in the manifest. Raises :class:`OSError`.
        """
        self.output = output
        self.absent = not os.path.lexists(output)
        """There is no output folder: nothing has to be looked for in it."""
        self.same_paths = same_paths
        """The outputs have the paths that the manifest notes: nothing has to be removed."""
        self.site = site
        self.journal = create_stage(output, beside or _nearest_folder(output.absolute().parent), state)
        self.folder = self.journal.stage
        self.tree = self.journal.tree
        self.folders: set[Path] = set()
        """Those of the tree that are there."""
        self.staged: list[str] = []
        self.kept: list[str] = []
        self.linked: dict[str, bool] = {}
        """Folder → whether it, or one above it, is a link."""
        self.clear: set[str] = set()
        """Folders of which nothing stands in the way."""

    @cached_property
    def own(self) -> frozenset[str]:
        """Digests of the paths that are the program's."""
        return _read_manifest(self.output) or frozenset()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.journal.is_open:  # else the next build needs it
            self.journal.discard()

    def add(self, path: str, data: bytes) -> tuple[bool, bytes]:
        """Stage ``data`` for ``path``, unless the output has it already: whether it is staged, and its digest.

        Raises :class:`BlogError` for a foreign file in the way, and :class:`OSError`.
        """
        self._check_way(path)
        needed = not (self._real(path) and _holds(self.output / path, data))
        if needed:
            _write(self._staged(path), data)
        return needed, digest(data)

    def copy(self, path: str, disk_path: str) -> tuple[bool, bytes]:
        """Stage a copy of the file at ``disk_path`` for ``path``; as :meth:`add`."""
        self._check_way(path)
        target = self.output / path
        if self._real(path) and _same_file(target, Path(disk_path)):
            return False, file_digest(str(target))
        staged = self._staged(path)
        shutil.copyfile(disk_path, staged)
        return True, file_digest(str(staged))

    def note(self, path: str, staged: bool) -> None:
        """Count ``path`` among the outputs: it is staged, or stays as it is."""
        (self.staged if staged else self.kept).append(path)

    def keep(self, paths: Iterable[str]) -> None:
        """Count ``paths`` among the outputs: they stay as they are."""
        self.kept.extend(paths)

    def _staged(self, path: str) -> Path:
        staged = self.tree / path
        if staged.parent not in self.folders:
            self.folders.add(staged.parent)
            staged.parent.mkdir(parents=True, exist_ok=True)
        return staged

    def _real(self, path: str) -> bool:
        """Whether no folder above ``path`` is a link, if there are folders yet."""
        return not self.absent and not is_linked(str(self.output), path, self.linked)

    def _check_way(self, path: str) -> None:
        """No file of others may stand where ``path`` or a folder above it must go; links are replaced.

        Raises :class:`LostError` for a path that no build makes.
        """
        if unsafe_name(path):  # a damaged cache writes nothing outside of the output folder
            raise LostError
        if self.absent:
            return
        folder = path.rpartition("/")[0]
        if folder not in self.clear:
            self.clear.add(folder)
            for above in _folders(path):
                target = self.output / above
                if target.is_file() and not target.is_symlink() and _mark(above) not in self.own:
                    raise _foreign(path, target)
        target = self.output / path
        if target.is_symlink() or not target.exists() or not self._real(path):
            return
        for file in sorted(target.rglob("*")) if target.is_dir() else (target,):
            if not file.is_dir() and _mark(file.relative_to(self.output).as_posix()) not in self.own:
                raise _foreign(path, file)

    def changes(self) -> Changes:
        """What :meth:`commit` would change."""
        new = sorted(path for path in self.staged if not os.path.lexists(self.output / path))
        changed = sorted(set(self.staged) - set(new))
        return Changes(tuple(new), tuple(changed), tuple(self._stale()), len(self.kept))

    def _stale(self) -> list[str]:
        """Files of the output that are ours and no longer made."""
        if self.same_paths:
            return []
        made = {_mark(path) for path in (*self.staged, *self.kept)}
        gone = self.own - made
        if not gone:
            return []
        found = []
        for folder, folders, files in os.walk(self.output, onerror=give_up):
            links = [name for name in folders if Path(folder, name).is_symlink()]
            for name in (*files, *links):
                path = Path(folder, name).relative_to(self.output).as_posix()
                if _mark(path) in gone:
                    found.append(path)
        return sorted(found)

    def commit(self) -> Changes:
        """Bring what is staged into the output folder, then remove what is no longer made: all of it, or nothing.

        Raises :class:`OSError`, :class:`BlogError` for a foreign file that has come in the way, and what a signal
        raises: then the folder is as it was.
        """
        changes = self.changes()
        for path in changes.changed:
            target = self.output / path
            if target.is_file() and self._real(path) and not target.is_symlink() and _mark(path) not in self.own:
                raise _foreign(path, target)
        made = [] if self.same_paths else sorted(_mark(path) for path in (*self.staged, *self.kept))
        manifest = not self.same_paths and not _holds(self.output / MANIFEST, _manifest(self.site, made))
        if not (manifest or changes.removed or self.staged):
            return changes
        self._begin(changes, [MANIFEST] if manifest else [])
        try:
            self._apply(changes, made)
            self.journal.end(changes.removed)
        except BaseException as error:
            self._undo(error)
            raise
        return changes

    def _begin(self, changes: Changes, first: list[str]) -> None:
        """Open the journal; what is noted ``first`` is undone last."""
        old: list[str] = []
        new: list[str] = []
        for path in first:
            (old if os.path.lexists(self.output / path) else new).append(path)
        if not self.absent:
            linked = (path for path in self.staged if not self._real(path))
            old += sorted({link for path in linked for link in self._link_above(path)})
        for path in changes.changed:
            (old if self._real(path) and is_file_or_link(f"{self.output}/{path}") else new).append(path)
        self.journal.begin([*old, *changes.removed], [*new, *changes.new])

    def _link_above(self, path: str) -> list[str]:
        """The uppermost link above ``path``: a folder comes in its place."""
        return next(([above] for above in _folders(path) if os.path.islink(self.output / above)), [])

    def _undo(self, error: BaseException) -> None:
        """Put the old site back. Raises :class:`BlogError` if that fails too."""
        try:
            self.journal.undo()
        except OSError as worse:
            why = reason(error) if isinstance(error, OSError) else str(error) or type(error).__name__
            message = f"{why}; the old site could not be put back: {reason(worse)}"
            hint = "mend that and build again: the next build begins with putting it back"
            raise BlogError([Problem(Place(str(self.output.absolute())), "not-undone", message, hint)]) from error

    def _apply(self, changes: Changes, made: list[str]) -> None:
        if self.same_paths:
            self.journal.bring_all()
            return
        if set(made) - self.own:
            self._write_manifest(sorted(self.own | set(made)))
        staged = set(self.staged)
        folders = {folder for path in staged for folder in _folders(path)} if changes.removed else set()
        early = {path for path in changes.removed if path in folders or not staged.isdisjoint(_folders(path))}
        for path in sorted(early):
            self.journal.remove(path)
        self.journal.bring_all()
        for path in changes.removed:
            if path not in early:
                self.journal.remove(path)
        self._write_manifest(made)

    def _write_manifest(self, marks: list[str]) -> None:
        data = _manifest(self.site, marks)
        if not _holds(self.output / MANIFEST, data):
            staged = self.folder / "manifest"
            _write(staged, data)
            self.journal.bring(str(staged), MANIFEST)


def _manifest(site: str, marks: Sequence[str]) -> bytes:
    identity = [f"{_SITE}{site}"] if site else []
    return "\n".join([_HEADER, *identity, *marks, ""]).encode()


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:  # a full disk does not say of itself which file it is about
        raise OSError(error.errno, error.strerror, str(path)) from None


def _holds(path: Path, data: bytes) -> bool:
    try:
        return not path.is_symlink() and path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _same_file(path: Path, other: Path) -> bool:
    if path.is_symlink() or not path.is_file() or path.stat().st_size != other.stat().st_size:
        return False
    with path.open("rb") as left, other.open("rb") as right:
        while chunk := left.read(1 << 20):
            if chunk != right.read(1 << 20):
                return False
    return True


def differences(output: Path, other: Path) -> list[str]:
    """The paths of the program's own files that differ between two outputs, in order."""
    own = _read_manifest(output) or frozenset()
    paths = {
        Path(folder, name).relative_to(top).as_posix()
        for top in (output, other)
        for folder, _, files in os.walk(top, onerror=give_up)
        for name in files
    }
    mine = (path for path in paths if path == MANIFEST or _mark(path) in own or (other / path).is_file())
    return sorted(path for path in mine if not ((other / path).is_file() and _same_file(output / path, other / path)))


def current(output: Path, path: str) -> bytes:
    """What the output folder holds at ``path``; empty if nothing."""
    try:
        return (output / path).read_bytes()
    except OSError:
        return b""
