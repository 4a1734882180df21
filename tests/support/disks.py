"""Disks as they may be: another one, a small one."""

import builtins
import errno
import io
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from blog.output import folder as output_folder
from blog.output import folder_scan, manifest
from blog.system.site_paths import open_regular


def other_disk(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """From now on `folder` is on another disk: nothing is renamed or linked into it, or out of it."""

    def refused(name: str) -> None:
        whole = getattr(os, name)

        def call(source: str | Path, target: str | Path, **options: bool) -> None:
            if Path(source).is_relative_to(folder) != Path(target).is_relative_to(folder):
                raise OSError(errno.EXDEV, "Invalid cross-device link", str(target))
            whole(source, target, **options)

        monkeypatch.setattr(os, name, call)

    for name in ("rename", "replace", "link"):
        refused(name)


def folding_disk(  # noqa: C901  (each call of the system is a small function)
    monkeypatch: pytest.MonkeyPatch, folder: Path, key: Callable[[str], str], *, keeps: bool
) -> None:
    """From now on `folder` is on a disk that takes names with the same `key` for one, as macOS and Windows do.

    A file that is renamed to the name of another one has the new name, or with `keeps` the old one.
    """

    def real(path: object) -> Any:
        if not isinstance(path, str | Path) or not str(path).startswith(f"{folder}/"):
            return path
        found = str(folder)
        for name in str(path).removeprefix(f"{folder}/").split("/"):
            names = whole["listdir"](found) if is_folder(found) else []
            alike = (other for other in names if key(other) == key(name))
            found = f"{found}/{name if name in names else next(alike, name)}"
        return found

    def is_folder(path: str) -> bool:
        try:
            return stat.S_ISDIR(whole["stat"](path).st_mode)
        except OSError:
            return False

    def rename(source: str | Path, target: str | Path) -> None:
        old, new = str(real(source)), str(real(target))
        wanted = f"{new.rpartition('/')[0]}/{Path(target).name}"
        if keeps or not os.path.lexists(new):
            whole["replace"](old, new)
        elif old == new:
            whole["rename"](old, wanted)
        else:
            whole["replace"](old, new)
            whole["rename"](new, wanted)

    def first(name: str) -> Callable[..., Any]:
        return lambda path=".", *given, **options: whole[name](real(path), *given, **options)

    whole = {name: getattr(os, name) for name in ("listdir", "rename", "replace", "link", *_ONE_PATH)}
    whole["open"] = open
    calls = {name: first(name) for name in _ONE_PATH} | {"rename": rename, "replace": rename}
    calls["link"] = lambda old, new, **options: whole["link"](real(old), real(new), **options)
    for name, call in calls.items():
        monkeypatch.setattr(os, name, call)
    for module in (io, builtins):
        monkeypatch.setattr(module, "open", first("open"))
    for module in (output_folder, folder_scan, manifest):
        monkeypatch.setattr(module, "open_regular", lambda path: open_regular(real(path)))
    monkeypatch.setattr(folder_scan, "open_beneath", lambda top, path: open_regular(real(f"{top}/{path}")))


_ONE_PATH = ("stat", "lstat", "unlink", "remove", "mkdir", "rmdir", "scandir", "readlink")


def tree(folder: Path) -> dict[str, bytes | str]:
    """Every file of `folder`, and every link with where it leads, by path."""
    found: dict[str, bytes | str] = {}
    for top, folders, files in os.walk(folder):
        for name in (*files, *(name for name in folders if Path(top, name).is_symlink())):
            path = Path(top, name)
            found[path.relative_to(folder).as_posix()] = (
                str(path.readlink()) if path.is_symlink() else path.read_bytes()
            )
    return found


def with_disk(folder: Path, options: str, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run `command` where `folder` is a disk of its own, made with these options of `mount -t tmpfs`."""
    script = 'mount -t tmpfs -o "$1" none "$2" && shift 2 && exec "$@"'
    call = ["unshare", "--mount", "--map-root-user", "sh", "-c", script, "sh", options, str(folder), *command]
    if os.geteuid() == 0:
        call.remove("--map-root-user")
    return subprocess.run(call, check=False, capture_output=True, text=True, timeout=60)
