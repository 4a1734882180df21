"""The variables of each template: the fields of its view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.render.deprecated_variables import RENAMED_VARIABLES
from blog.views.page_views import (
    AliasView,
    ArchiveView,
    ListView,
    PageView,
    PostView,
    SearchView,
    SeriesListView,
    SeriesView,
    TermsView,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

VIEWS: Mapping[str, type] = {
    "home.html": ListView, "list.html": ListView, "post.html": PostView, "page.html": PageView, "404.html": PageView,
    "terms.html": TermsView, "archive.html": ArchiveView, "series.html": SeriesView,
    "series-list.html": SeriesListView, "search.html": SearchView, "alias.html": AliasView,
}  # fmt: skip
"""Template → the view that it shows."""


def explain_variable(name: str) -> tuple[str, str] | None:
    """Return message and hint for a variable of other templates, perhaps with its old name; None for another name."""
    new_name = RENAMED_VARIABLES[ListView].get(name, name)
    templates = [template for template, view in VIEWS.items() if new_name in _fields_of(view)]
    if not templates:
        return None
    names = templates[0] if len(templates) == 1 else f"{', '.join(templates[:-1])} and {templates[-1]}"
    return f'"{name}" is a variable of {names} only', f"write {{% if {new_name} is defined %}}…{{% endif %}}"


def _fields_of(view: type) -> tuple[str, ...]:
    fields: tuple[str, ...] = getattr(view, "__struct_fields__", ())
    return fields
