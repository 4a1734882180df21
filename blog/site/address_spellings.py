"""A path as written in a link → the addresses of the site that it may mean besides itself. Pure.

Other tools write one address in several ways. A spelling counts only where the site has nothing at the path as written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.site.taxonomies import PLURALS
from blog.text import slugify_term

if TYPE_CHECKING:
    from collections.abc import Iterator

_HTML = ".html"


def without_base_path(path: str, base_path: str) -> str:
    """Return ``path`` without ``base_path``, the path of ``url``; ``""`` if it does not begin with it."""
    if not base_path or not f"{path}/".startswith(f"{base_path}/"):
        return ""
    return path.removeprefix(base_path) or "/"


def other_page_addresses(path: str) -> Iterator[str]:
    """Yield the addresses of pages that ``path`` may mean.

    They are ``/about/`` for ``/about.html``, and the other way round; for tags, labels and series also that of the name
    in another spelling: ``/tags/machine-learning/`` for ``/tags/Machine Learning``.
    """
    bare_path = path.removesuffix("/").removesuffix(_HTML)
    yield f"{bare_path}/" if path.endswith(_HTML) else f"{bare_path}{_HTML}"
    _, folder, name = f"{bare_path}//".split("/", 2)
    slug = slugify_term(name.strip("/"))
    if folder in PLURALS.values() and slug:
        yield f"/{folder}/{slug}/"
