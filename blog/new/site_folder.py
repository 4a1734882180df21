"""The folder of a site: whether a folder is one, and what the author may mean if it is not."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path

from blog.config.settings import FILE_NAME
from blog.problems import BlogError, Location, Problem

_INIT_HINT = "`blog init DIR` makes a site to start from"
_OTHER_NAMES = frozenset(
    {"blog.yaml", "blog.yml", "blog.json", "blog.tml", "blog.toml.txt", "config.toml", "_blog.toml"}
)
"""Names of a file that may be meant as ``blog.toml``."""


def require_site(root: Path) -> None:
    """Raise :class:`BlogError` with a hint if ``root`` is not a folder with ``blog.toml`` and ``content/``."""
    settings = root / FILE_NAME
    if os.path.lexists(settings):
        _require_content(root)
        return
    if root.is_dir():
        subject = "this folder" if os.path.normpath(root) == "." else str(root)
        raise _no_site(f"{subject} is not a site: it has no {FILE_NAME}", _suggest_site(root))
    if os.path.lexists(root):
        parent = os.path.normpath(root.parent)
        raise _no_site(f"--root names a file: {root}", f"write its folder: --root {parent}")
    raise _no_site(f"there is no folder {root}", _suggest_folder(root) or _INIT_HINT)


def find_site_above(folder: Path) -> Path | None:
    """Return the nearest folder above ``folder`` that is a site; None if there is none."""
    for parent in Path(os.path.abspath(folder)).parents:  # noqa: PTH100  (symbolic links keep their names)
        if (parent / FILE_NAME).is_file() and (parent / "content").is_dir():
            return parent
    return None


def _no_site(message: str, hint: str) -> BlogError:
    return BlogError([Problem(Location(""), "no-settings", message, hint)])


def _require_content(root: Path) -> None:
    """Raise :class:`BlogError` if a folder has nearly the name of the content folder, which is missing."""
    if os.path.lexists(root / "content"):
        return
    similar = get_close_matches("content", _list_folders(root), n=1, cutoff=0.7)
    if similar:
        hint = f"did you mean content/? rename {similar[0]}/"
        raise BlogError([Problem(Location(""), "no-content", "the site has no content/ folder", hint)])


def _suggest_site(root: Path) -> str:
    """Return a hint for a folder without ``blog.toml``: another name of that file, or a site above or below."""
    other_names = sorted(name for name in os.listdir(root) if name.lower() in {*_OTHER_NAMES, FILE_NAME})
    if other_names:
        return f"did you mean {FILE_NAME}? rename {other_names[0]}, and write it as TOML"
    above = find_site_above(root)
    if above is not None:
        return f"did you mean --root {os.path.relpath(above)}?"
    children = [name for name in _list_folders(root) if (root / name / FILE_NAME).is_file()]
    if len(children) == 1:
        return f"did you mean --root {os.path.normpath(root / children[0])}?"
    return _INIT_HINT


def _suggest_folder(root: Path) -> str:
    """Return a hint with the folder beside ``root`` that has nearly its name."""
    if not root.parent.is_dir():
        return ""
    similar = get_close_matches(root.name, _list_folders(root.parent), n=1, cutoff=0.7)
    return f"did you mean --root {root.parent / similar[0]}?" if similar else ""


def _list_folders(folder: Path) -> list[str]:
    return [name for name in sorted(os.listdir(folder)) if not name.startswith(".") and (folder / name).is_dir()]
