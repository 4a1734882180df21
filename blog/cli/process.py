"""The process of a command: the encoding of file names, and its end by a signal."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

DISTRIBUTION = "reflective-blog"


def restart_in_utf8() -> None:
    """Restart Python in UTF-8 mode if it decodes file names otherwise: addresses must not depend on the locale."""
    encoding = sys.getfilesystemencoding()
    if encoding.lower() != "utf-8" and sys.executable:
        env = {"PYTHONIOENCODING": encoding, **os.environ}
        with suppress(OSError):
            os.execve(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]], env)  # noqa: S606


def end_by_signal(number: int, exception: BaseException) -> NoReturn:
    """Raise ``exception`` once for a signal: a second Ctrl-C must not interrupt the clean-up after the first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def send_again(dropped: sys.UnraisableHookArgs) -> None:
        """Send the signal again if Python dropped its exception, as it does in a finalizer or a callback."""
        if dropped.exc_value is exception:
            signal.signal(number, lambda *_: end_by_signal(number, exception))
            threading.Timer(0.05, os.kill, [os.getpid(), number]).start()

    sys.unraisablehook = send_again
    raise exception


def program_name() -> str:
    """Return the command that starts the program again.

    That is ``blog``, but after ``uvx reflective-blog`` and ``pipx run reflective-blog`` there is no such command: they
    remove what they installed.
    """
    if Path(sys.argv[0]).stem != DISTRIBUTION:
        return "blog"
    if "UV" in os.environ:  # uv sets it for each program that it starts
        return f"uvx {DISTRIBUTION}"
    folders = Path(sys.prefix).parts
    is_kept = "venvs" in folders  # where `pipx install` puts a program
    return f"pipx run {DISTRIBUTION}" if "pipx" in folders and not is_kept else DISTRIBUTION
