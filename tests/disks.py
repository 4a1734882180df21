"""Disks as they may be: another one, a small one."""

import errno
import os
import subprocess
from pathlib import Path

import pytest


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
