"""What the builds of one site in one process leave to the next, and where the next one has to look.

A build that remembers and is told what was touched asks the disk for nothing else. It is the same build: what it
remembers is what it would find.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from blog.cache.ledger import Known, Ledger
    from blog.config.settings import Settings
    from blog.content.files import Sources
    from blog.output.folder import Changes
    from blog.render.renderer import Look
    from blog.views.outputs import Planned
    from blog.views.planning import Plan


class Done(NamedTuple):
    """What all outputs were made from."""

    plan: Plan
    look: Look
    known: Mapping[str, Known]

    def affected(self, plan: Plan, look: Look, known: Mapping[str, Known]) -> Sequence[Planned] | None:
        """Those targets of ``plan`` that may have to be made anew; None: any of them, and the files of the theme."""
        if plan is not self.plan or look is not self.look:
            return None
        changed = {path for path, entry in known.items() if self.known.get(path) is not entry}
        return [target for target in plan.targets if not changed.isdisjoint(target.parts)] if changed else ()


class Memory:
    """What the last build found: each stage leaves its own when it is done, so that a build that fails leaves some."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew: the next build looks everywhere."""
        self.ledger: Ledger | None = None
        self.sources: Sources | None = None
        self.look: Look | None = None
        self.settings: Settings | None = None
        self.plan: Plan | None = None
        """Of the last build that had one; it holds if its key is still the same."""
        self.done: Done | None = None
        """What the outputs were made from, if a build of this process has made all of them."""


class Glance(NamedTuple):
    """Where a build looks, and what it hurries for."""

    touched: frozenset[str] | None = None
    """Paths from the site folder of all that may have changed since the last build; None: anything may have."""
    watched: frozenset[str] = frozenset()
    """Outputs that somebody is looking at: they are brought before the others;"""
    brought: Callable[[Changes], None] = lambda _changes: None
    """then this is called."""

    def sees(self, *starts: str) -> bool:
        """Whether a path that begins with one of ``starts`` may have changed."""
        return self.touched is None or any(path.startswith(starts) for path in self.touched)


EVERYWHERE = Glance()
