"""Template variables with an old name: they keep working, with a warning at their place.

A theme of a user's own may contain them. To rename a field of a view is one row of :data:`RENAMED_VARIABLES`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import meta, nodes, pass_context

from blog.problems import Location, Problem
from blog.views.page_views import ListView, SearchView

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from blog.render.template_text import TemplateText, TemplateTree

RENAMED_VARIABLES: Mapping[type, Mapping[str, str]] = {
    ListView: {"sheet": "page_number", "sheets": "page_count"},
    SearchView: {"sheet": "results_per_file"},
}
"""View → old name of a field → its name now."""


def old_names(view: Any) -> dict[str, Any]:
    """Return the values of ``view`` that a template can also read by an old name, by that name."""
    renamed = RENAMED_VARIABLES.get(type(view), {})
    return {old: getattr(view, new) for old, new in renamed.items()}


def find_deprecated_variables(tree: TemplateTree, text: TemplateText, location: Location) -> Iterator[Problem]:
    """Yield a warning for each variable with an old name that a template reads; ``location`` is the template's.

    A name that the template defines itself (a macro, ``set``, a loop) is no variable of the view.
    """
    is_search = location.path.rpartition("/")[2] == "search.html"
    renamed = RENAMED_VARIABLES[SearchView if is_search else ListView]
    undeclared = _find_undeclared_variables(tree.root)
    places = {}
    for node in tree.find_all(nodes.Name):
        if node.ctx == "load" and node.name in undeclared and node.name in renamed:
            places[node.name, node.lineno] = renamed[node.name]
    for (name, line), new_name in places.items():
        position = Location(location.path, line, text.find_column(line, name))
        message = f'the variable "{name}" is called "{new_name}" now'
        yield Problem(
            position, "deprecated", message, f"write {new_name}; the old name works until version 2", "warning"
        )


def _find_undeclared_variables(tree: nodes.Template) -> set[str]:
    """Return the variables that a template reads; nothing in it is evaluated.

    Jinja generates the code for this, and would evaluate filters and tests of constants, which may take any time.
    """
    assert tree.environment is not None
    names_only = tree.environment.overlay()
    names_only.filters = dict.fromkeys(names_only.filters, _never_called)
    names_only.tests = dict.fromkeys(names_only.tests, _never_called)
    tree.set_environment(names_only)
    return meta.find_undeclared_variables(tree)


@pass_context  # Jinja has no context when it generates code
def _never_called(*_: Any) -> Any:
    raise AssertionError
