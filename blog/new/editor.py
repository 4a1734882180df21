"""Opens a file in the author's editor, without a shell: a file name is neither a command nor an option."""

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
_DEFAULT_EDITORS = ("sensible-editor", "nano", "vim")
"""In order: the one that Debian's users choose, then the one that says how it is left."""
_LAST_EDITOR = "vi"


def edit(root: Path, path: Path) -> None:
    """Open the file at ``path`` in the editor, and wait for its end. Raises :class:`BlogError`."""
    location = Location(os.path.relpath(path, root))
    editor, arguments = _find_editor(location)
    import subprocess  # noqa: PLC0415  (10 ms that other commands save)

    previous = signal.getsignal(signal.SIGINT)
    try:
        with subprocess.Popen([*arguments, os.path.abspath(path)]) as process:  # noqa: S603, PTH100
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the editor
            status = process.wait()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        message = f'the editor "{editor}" cannot be started: {reason}'
        hint = "write the command of your editor into VISUAL or EDITOR"
        raise BlogError([Problem(location, "editor", message, hint)]) from None
    finally:
        signal.signal(signal.SIGINT, previous)
    if status:
        end = f"ended with status {status}" if status > 0 else f"was ended by signal {-status}"
        raise BlogError([Problem(location, "editor", f'the editor "{editor}" {end}', f"open {location.path} yourself")])


def _find_editor(location: Location) -> tuple[str, list[str]]:
    """Return the command of the editor, also split into arguments. Raises :class:`BlogError` at ``location``."""
    for name in _VARIABLES:
        command = os.environ.get(name, "").strip()
        try:
            arguments = shlex.split(command)
        except ValueError:
            message = f"{name} holds no command: a quotation mark or a backslash is alone in it"
            raise BlogError([Problem(location, "editor", message, f"mend {name}")]) from None
        if arguments:
            return command, arguments
    if os.environ.get("TERM_PROGRAM") == "vscode" and shutil.which("code"):  # the terminal of VS Code
        return "code", ["code"]
    editor = next(filter(shutil.which, _DEFAULT_EDITORS), _LAST_EDITOR)
    return editor, [editor]
