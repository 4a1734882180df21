"""The contents of an output folder: whether it is safe to write to, its links and files, how two folders differ."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from blog.output.filesystem_names import folders_above, is_same_entry
from blog.output.manifest import MANIFEST, digest_path, has_manifest, is_listed, read_manifest
from blog.problems import Location, Problem, UnsafeOutputError, raise_walk_error
from blog.system.site_paths import locate_in_site, open_beneath, open_regular
from blog.text import name_key, unicode_forms

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_OUTPUT = "public"
"""The output folder below the site folder, unless the user names another one."""
_SOURCE_FOLDERS = ("content", "themes", ".blog")
_OWN_FOLDER_HINT = "choose another folder with -o, or empty this one yourself"
_CHUNK = 1 << 20
"""Bytes that are compared at a time."""


def check_output_folder(output: Path, root: Path) -> None:
    """Raise :class:`UnsafeOutputError` unless ``output`` is absent, empty or made by blog, and in a safe place."""
    real = output.resolve()
    _check_place(output, real, root.resolve())
    if not os.path.lexists(real):
        if output.is_symlink():
            raise _unsafe(output, "is a symbolic link that leads nowhere", "make the folder, or remove the link")
    elif not real.is_dir():
        raise _unsafe(output, "is not a folder")
    elif not has_manifest(real) and any(real.iterdir()):
        raise _unsafe(output, f"is not empty, and not made by blog (it has no {MANIFEST})", _OWN_FOLDER_HINT)


def _check_place(output: Path, real: Path, site: Path) -> None:
    """Raise :class:`UnsafeOutputError` if ``real``, the resolved output folder, overlaps the sources of the site.

    It must not contain the site folder or the home folder either.
    """
    home = Path(os.path.expanduser("~")).resolve()  # noqa: PTH111  (Path.home() fails where nobody has a home)
    sources = {name: {site / name, (site / name).resolve()} for name in _SOURCE_FOLDERS}
    protected = {"the site folder": {site}, "the home folder": {home}}
    protected |= {f"{name}/ of the site": folders for name, folders in sources.items()}
    for name, folders in protected.items():
        if real in folders:
            raise _unsafe(output, f"is {name}")
        if any(folder.is_relative_to(real) for folder in folders):
            raise _unsafe(output, f"holds {name}")
    for name, folders in sources.items():
        if any(real.is_relative_to(folder) for folder in folders):
            raise _unsafe(output, f"lies inside {name}/ of the site")


def refuse_other_site(output: Path, why: str) -> UnsafeOutputError:
    """Return the error for an output folder that belongs to another site."""
    return _unsafe(output, why, _OWN_FOLDER_HINT)


def check_default_output(root: Path) -> Path:
    """Return ``root/public``, the output folder where the user named none.

    Raises :class:`UnsafeOutputError` if a link leads from it out of the site, or to a folder with another purpose.
    """
    output = root / DEFAULT_OUTPUT
    target = locate_in_site(root, DEFAULT_OUTPUT)
    if isinstance(target, Problem):
        why = target.message.removeprefix("the symbolic link ")
        raise _unsafe(output, f"is a symbolic link that {why}", "if that is meant, ask for it: -o PATH")
    return output


def _unsafe(output: Path, why: str, hint: str = "choose a folder of its own, such as -o public") -> UnsafeOutputError:
    return UnsafeOutputError(
        [Problem(Location(str(output.absolute())), "unsafe-output", f"the output folder {why}", hint)]
    )


def is_linked(output: str, path: str, links: dict[str, bool]) -> bool:
    """Return whether a folder of ``output`` above ``path`` is a link: files behind it are not in the output.

    ``links`` caches the result for each folder.
    """
    folder = path.rpartition("/")[0]
    if not folder:
        return False
    if folder not in links:
        links[folder] = os.path.islink(f"{output}/{folder}") or is_linked(output, folder, links)
    return links[folder]


def find_uppermost_link(output: Path, path: str) -> str | None:
    """Return the uppermost folder of ``output`` above ``path`` that is a link."""
    for folder in folders_above(path):
        if os.path.islink(output / folder):
            return folder
    return None


def walk_files_and_links(folder: Path) -> Iterator[str]:
    """Yield the paths of all files and links below ``folder``; links to folders are not followed."""
    for parent, folders, files in os.walk(folder, onerror=raise_walk_error):
        links = [name for name in folders if Path(parent, name).is_symlink()]
        for name in (*files, *links):
            yield Path(parent, name).relative_to(folder).as_posix()


def holds_bytes(path: Path, data: bytes) -> bool:
    """Return whether ``path`` is a regular file with the bytes ``data``."""
    try:
        return path.lstat().st_size == len(data) and _read_file(path) == data
    except OSError:
        return False


def _read_file(path: Path) -> bytes:
    with open_regular(path) as file:
        return file.read()


def is_same_file(path: Path, other: Path) -> bool:
    """Return whether both are regular files with the same bytes. ``path`` must not be a link."""
    if path.is_symlink() or not path.is_file():
        return False
    if path.stat().st_size != other.stat().st_size:
        return False
    with open_regular(path) as file, open_regular(other) as other_file:
        while chunk := file.read(_CHUNK):
            if chunk != other_file.read(_CHUNK):
                return False
    return True


def compare_folders(output: Path, other: Path) -> list[str]:
    """Return the paths of the program's own files that differ between two outputs, in order."""
    path_digests = read_manifest(output) or frozenset()
    here, there = _list_files(output), _list_files(other)
    respelled = _find_respelled(output, here, there)
    foreign = {path for path in here - there if not is_listed(path, path_digests)}
    paths = (here | there) - foreign - respelled
    different = {path for path in paths if not _is_same_in(output, other, path)}
    if respelled and path_digests.difference(map(digest_path, respelled)) == read_manifest(other):
        different.discard(MANIFEST)
    return sorted(different)


def _list_files(folder: Path) -> set[str]:
    paths: set[str] = set()
    for parent, _, names in os.walk(folder, onerror=raise_walk_error):
        relative = Path(parent).relative_to(folder)
        paths.update((relative / name).as_posix() for name in names)
    return paths


def _find_respelled(output: Path, here: set[str], there: set[str]) -> set[str]:
    """Return the paths of ``here`` that the disk treats as a path of ``there`` in another case or Unicode form."""
    names = {name_key(path): path for path in there}
    respelled = set()
    for path in here - there:
        twin = names.get(name_key(path))
        if twin is not None and is_same_entry(f"{output}/{path}", f"{output}/{twin}"):
            respelled.add(path)
    return respelled


def _is_same_in(output: Path, other: Path, path: str) -> bool:
    """Return whether both folders have the same file at ``path``; the disks may list Unicode in different forms."""
    here = _find_file(output, path) or output / path
    there = _find_file(other, path)
    return there is not None and is_same_file(here, there)


def _find_file(folder: Path, path: str) -> Path | None:
    """Return the file at ``path``, in the first of its Unicode forms in which the disk has one."""
    for form in unicode_forms(path):
        file = folder / form
        if file.is_file():
            return file
    return None


def read_output_file(output: Path, path: str) -> bytes:
    """Return the bytes of ``path`` in the output folder; empty if there is no such file."""
    try:
        with open_beneath(str(output), path) as file:
            return file.read()
    except OSError:
        return b""
