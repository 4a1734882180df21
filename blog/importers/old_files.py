"""Which files of an old blog are moved as they are: pictures and downloads, and not the files of its theme."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from blog.content.file_kinds import TEXTS, is_ignored_name
from blog.importers.old_documents import is_index
from blog.importers.old_site import OldFile
from blog.importers.report import Item
from blog.problems import Location
from blog.text import explain_unsafe_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blog.importers.old_site import OldDocument

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp")
_THEME = (".css", ".js", ".mjs", ".map", ".woff", ".woff2", ".ttf", ".eot", ".otf", ".scss", ".sass", ".less", ".json")
"""Suffixes of files that are moved only if a text names them."""
_SOURCES = (
    ".toml", ".yml", ".yaml", ".lock", ".rb", ".gemspec", ".sh", ".bat", ".ps1", ".liquid", ".rmd", ".qmd",
    ".rproj", ".mdx", ".njk", ".astro", ".rst", ".org", ".adoc", ".mmark", ".xsl", ".xslt", ".log",
)  # fmt: skip
_REPOSITORY_TEXTS = frozenset({
    "readme", "contributing", "changelog", "license", "code_of_conduct", "claude", "agents",
})  # fmt: skip
_SOURCE_NAMES = frozenset({
    "gemfile", "rakefile", "makefile", "dockerfile", "license", "license.txt", "readme", "readme.txt", "package.json",
    "package-lock.json", "procfile", "netlify.toml", "vercel.json", "cname", "yarn.lock", "robots.txt", "sitemap.xml",
    "feed.xml", "atom.xml", "rss.xml", "index.xml", "manifest.json", "browserconfig.xml", "site.webmanifest",
})  # fmt: skip


def is_about_repository(path: str, *others: str) -> bool:
    """Return whether a text at the top of the folder is about the repository, such as README, or one of ``others``."""
    return "/" not in path and PurePosixPath(path).stem.lower() in {*_REPOSITORY_TEXTS, *others}


def select_files(
    candidates: Iterable[OldFile], documents: Sequence[OldDocument], items: list[Item]
) -> Iterator[OldFile]:
    """Yield the files to move; one that cannot be in the new site is an item if one of ``documents`` names it."""
    texts = [document.body for document in documents] + [document.matter.image for document in documents]
    for file in candidates:
        name = file.path.rpartition("/")[2]
        lowered = name.lower()
        if file.target == "_redirects" or lowered in _SOURCE_NAMES or lowered.endswith(_SOURCES):
            continue
        if lowered.endswith(_THEME) and not any(name in text for text in texts):
            continue
        reason = _explain_refused(file.target, name)
        if not reason:
            yield file
        elif any(name in text for text in texts):
            todo = "rename it, and write the new name where it is used"
            items.append(Item("File that was not moved", Location(file.path), reason, todo))


def bundles_of(documents: Iterable[OldDocument]) -> dict[str, OldDocument]:
    """Return the documents that are named ``index``, by their folders."""
    return {
        PurePosixPath(document.path).parent.as_posix(): document for document in documents if is_index(document.path)
    }


def file_beside(path: str, bundles: Mapping[str, OldDocument]) -> OldFile:
    """Return a file, which goes where the document goes beside or above which it lies.

    ``bundles`` is what :func:`bundles_of` returns.
    """
    for parent in PurePosixPath(path).parents:
        folder = parent.as_posix()
        document = bundles.get(folder)
        if document is not None and folder != ".":
            name = path.removeprefix(f"{folder}/")
            base = (
                document.target.removesuffix("index.md").removesuffix("index.ipynb")
                or document.address.strip("/") + "/"
            )
            return OldFile(path, base + name, document.address + name)
    return OldFile(path, path, f"/{path}")


def _explain_refused(target: str, name: str) -> str:
    """Return the reason why a file cannot be in the new site as it is; ``""`` if it can."""
    if name.lower().endswith(TEXTS):
        return "a text or notebook that the old blog offered as a file would become a page"
    if any(map(is_ignored_name, target.split("/"))):
        return "names that begin with _ or . are left out"
    reason = explain_unsafe_path(target)
    return f"the name {reason}" if reason else ""
