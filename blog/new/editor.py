"""A file → the author's editor, by a list of arguments: no name of a file is read by a shell, or as an option."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
from typing import TYPE_CHECKING

from blog.problems import BlogError, Location, Problem

if TYPE_CHECKING:
    from pathlib import Path

_VARIABLES = ("VISUAL", "EDITOR")
_EDITORS = ("sensible-editor", "vim", "nano")
_LAST = "vi"


def edit(root: Path, path: Path) -> None:
    """Open the file at ``path`` in the editor, and wait for its end. Raises :class:`BlogError`."""
    place = Location(os.path.relpath(path, root))
    editor, words = _command(place)
    import subprocess  # noqa: PLC0415  (10 ms that other commands save)

    before = signal.getsignal(signal.SIGINT)
    try:
        with subprocess.Popen([*words, os.path.abspath(path)]) as process:  # noqa: S603, PTH100
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the editor
            status = process.wait()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        hint = "write the command of your editor into VISUAL or EDITOR"
        raise BlogError([Problem(place, "editor", f'the editor "{editor}" cannot be started: {why}', hint)]) from None
    finally:
        signal.signal(signal.SIGINT, before)
    if status:
        how = f"ended with status {status}" if status > 0 else f"was ended by signal {-status}"
        raise BlogError([Problem(place, "editor", f'the editor "{editor}" {how}', "the file is there")])


def _command(place: Location) -> tuple[str, list[str]]:
    """The editor as its author wrote it, and its words. Raises :class:`BlogError`."""
    for name in _VARIABLES:
        written = os.environ.get(name, "").strip()
        try:
            words = shlex.split(written)
        except ValueError:
            message = f"{name} holds no command: a quotation mark or a backslash is alone in it"
            raise BlogError([Problem(place, "editor", message, f"mend {name}")]) from None
        if words:
            return written, words
    editor = next(filter(shutil.which, _EDITORS), _LAST)
    return editor, [editor]
