"""``python -P -m blog``. Without ``-P`` Python looks for modules in the current folder first: not from here on."""

import os
import sys


def _is_here(folder: str) -> bool:
    try:
        return not folder or os.path.samefile(folder, ".")  # noqa: PTH121  (pathlib could be a file of the folder, too)
    except OSError:
        return False


if not sys.flags.safe_path and sys.path and _is_here(sys.path[0]):
    del sys.path[0]

from blog.cli import main  # noqa: E402

main()
