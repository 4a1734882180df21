"""What is in an output folder: whether it is safe to write to, its links, its bytes, and how two of them differ."""

from __future__ import annotations

import os
from pathlib import Path

from blog.output.manifest import MANIFEST, is_marked, is_own_folder, mark_path, read_manifest
from blog.output.transaction import is_same_entry
from blog.problems import Location, Problem, UnsafeOutputError, raise_walk_error
from blog.system.site_paths import locate_in_site, open_beneath, open_regular
from blog.text import name_key, unicode_forms

DEFAULT_OUTPUT = "public"
"""The output folder below the site folder, unless another one is asked for."""


def check_output_folder(output: Path, root: Path) -> None:
    """Raise :class:`UnsafeOutputError` unless ``output`` is absent, empty or the program's own, and in no one's way."""
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
    if not is_own_folder(real) and any(real.iterdir()):
        hint = "choose another folder with -o, or empty this one yourself"
        raise _unsafe(output, f"is not empty, and not made by blog (it has no {MANIFEST})", hint)


def refuse_other_site(output: Path, why: str) -> UnsafeOutputError:
    """Return the error for an output folder that belongs to another site."""
    return _unsafe(output, why, "choose another folder with -o, or empty this one yourself")


def check_default_output(root: Path) -> Path:
    """Return ``root/public``, the output folder that nobody asked for by name.

    Raises :class:`UnsafeOutputError` if links lead from it out of the site, or to where the site has something else.
    """
    output = root / DEFAULT_OUTPUT
    found = locate_in_site(root, DEFAULT_OUTPUT)
    if isinstance(found, Problem):
        why = found.message.removeprefix("the symbolic link ")
        raise _unsafe(output, f"is a symbolic link that {why}", "if that is meant, ask for it: -o PATH")
    return output


def _unsafe(output: Path, why: str, hint: str = "choose a folder of its own, such as -o public") -> UnsafeOutputError:
    return UnsafeOutputError(
        [Problem(Location(str(output.absolute())), "unsafe-output", f"the output folder {why}", hint)]
    )


def is_linked(output: str, path: str, known: dict[str, bool]) -> bool:
    """Return whether a folder of ``output`` above ``path`` is a link: files behind it are not in the output.

    ``known`` keeps the answer for each folder.
    """
    folder = path.rpartition("/")[0]
    if folder not in known:
        known[folder] = bool(folder) and (os.path.islink(f"{output}/{folder}") or is_linked(output, folder, known))
    return known[folder]


def holds_bytes(path: Path, data: bytes) -> bool:
    """Return whether ``path`` is a regular file with the bytes ``data``."""
    try:
        return path.lstat().st_size == len(data) and _read(path) == data
    except OSError:
        return False


def _read(path: Path) -> bytes:
    with open_regular(path) as file:
        return file.read()


def is_same_file(path: Path, other: Path) -> bool:
    """Return whether both are regular files with the same bytes; a link at ``path`` is not followed."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size != other.stat().st_size:
        return False
    with open_regular(path) as left, open_regular(other) as right:
        while chunk := left.read(1 << 20):
            if chunk != right.read(1 << 20):
                return False
    return True


def compare_folders(output: Path, other: Path) -> list[str]:
    """The paths of the program's own files that differ between two outputs, in order."""
    own = read_manifest(output) or frozenset()
    here, there = _files(output), _files(other)
    names = {name_key(path): path for path in there}
    listed_otherwise = {
        path: names[name_key(path)] for path in here - there
        if name_key(path) in names and is_same_entry(f"{output}/{path}", f"{output}/{names[name_key(path)]}")
    }  # fmt: skip
    paths = (path for path in here | there if path in there or is_marked(path, own))
    found = {path for path in paths if path not in listed_otherwise and not _is_same_in(output, other, path)}
    if listed_otherwise and own - set(map(mark_path, listed_otherwise)) == read_manifest(other):
        found.discard(MANIFEST)
    return sorted(found)


def _files(folder: Path) -> set[str]:
    walked = os.walk(folder, onerror=raise_walk_error)
    return {Path(place, name).relative_to(folder).as_posix() for place, _, names in walked for name in names}


def _is_same_in(output: Path, other: Path, path: str) -> bool:
    """Return whether both folders have the same file at ``path``; the disks may list Unicode in different forms."""
    here = next((output / form for form in unicode_forms(path) if (output / form).is_file()), output / path)
    there = next((other / form for form in unicode_forms(path) if (other / form).is_file()), None)
    return there is not None and is_same_file(here, there)


def read_output_file(output: Path, path: str) -> bytes:
    """Return the bytes of ``path`` in the output folder; empty if there is no such file."""
    try:
        with open_beneath(str(output), path) as file:
            return file.read()
    except OSError:
        return b""
