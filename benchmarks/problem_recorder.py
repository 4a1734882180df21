"""A pytest plugin that writes every problem that the tests provoke to a file in the folder ``BLOG_PROBLEMS``.

See :mod:`benchmarks.freeze`. The plugin replaces ``Problem`` by a subclass before other modules import it.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blog import problems

if TYPE_CHECKING:
    import pytest

_SEEN: dict[str, str] = {}
_VARYING = re.compile(r"/tmp/\S*|\d{3,}|0x[0-9a-f]+")  # noqa: S108  (a pattern)
"""Parts of a message that differ from run to run: paths of temporary folders, ports, process ids."""


class RecordedProblem(problems.Problem, frozen=True, order=True):
    """A problem that notes itself."""

    def __post_init__(self) -> None:
        text = f"{self.code}: {self.message} ({self.hint})"
        _SEEN[_VARYING.sub("…", text)] = self.severity


problems.Problem = RecordedProblem  # type: ignore[misc]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:  # noqa: ARG001
    """Write what this process has seen; problems of forked build workers come back as values and are seen here."""
    folder: Any = os.environ.get("BLOG_PROBLEMS")
    if folder:
        Path(folder, f"{os.getpid()}.json").write_text(json.dumps(_SEEN), "utf-8")
