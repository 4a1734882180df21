"""Edits of source files by commands of the author: keys of front matter, and the file itself. A build edits nothing."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from blog.config.utf8 import decode_utf8
from blog.content.files import SourceFile, locate_on_disk, read_source
from blog.content.front_matter_block import split_front_matter
from blog.problems import BlogError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.config.toml import ConfigNode


def read_text(root: Path, path: str) -> str:
    """Return the text of a file of the site, with its line ends. Raises :class:`BlogError`."""
    data = read_source(root, SourceFile(path))
    decode_utf8(data, path)
    return data.decode()


def write_text(root: Path, path: str, text: str) -> None:
    """Replace a file of the site, or make it. Raises :class:`BlogError` for a link that leaves it, :class:`OSError`."""
    real = Path(locate_on_disk(root, path))
    # A site that came from somebody else may have links: the name is new, and "x" follows none.
    beside = real.with_name(f".{real.name}.{secrets.token_hex(8)}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(text.encode())
        if real.exists():
            shutil.copymode(real, beside)
        os.replace(beside, real)  # noqa: PTH105  (one call, as for the outputs)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


class PlainText(NamedTuple):
    """A text without what an editor added: its byte order mark, and line ends of Windows."""

    plain: str
    mark: str
    newline: str

    @classmethod
    def of(cls, text: str) -> PlainText:
        """Return the parts of a text as it is in the file."""
        plain = text.removeprefix("\ufeff")
        newline = "\r\n" if "\r\n" in plain else "\n"
        return cls(plain.replace("\r\n", "\n"), text[: len(text) - len(plain)], newline)

    def restore(self, plain: str) -> str:
        """Return an edited text in the form of the file."""
        return self.mark + plain.replace("\n", self.newline)


def add_to_key(text: str, path: str, key: str, values: Sequence[str]) -> str | None:
    """Return the text of a document with more ``values`` in the list under ``key``, or with the one value of ``guid``.

    None if its front matter has a form that is not edited, or has a ``guid`` already.
    """
    source = PlainText.of(text)
    plain = source.plain
    try:
        node, end = split_front_matter(plain, path)
        before = _values(node, key)
        edited = _insert(plain, node, end, key, values) if before else _insert_key(plain, end, key, values)
        after, new_end = split_front_matter(edited, path)
    except BlogError:
        return None
    is_kept = (
        (key != "guid" or not before)
        and node.value.keys() <= after.value.keys()
        and edited[new_end:].lstrip("\n") == plain[end:].lstrip("\n")
    )
    if not is_kept or sorted(_values(after, key)) != sorted([*before, *values]):
        return None
    return source.restore(edited)


def _values(node: ConfigNode, key: str) -> list[str]:
    member = node.value.get(key)
    return [str(item.value) for item in member.node.items] if member else []


def _insert_key(text: str, end: int, key: str, values: Sequence[str]) -> str:
    """Return ``text`` with a new line for ``key``: the last one of YAML, the first one of TOML, where tables follow."""
    value = json.dumps(values[0] if key == "guid" else list(values), ensure_ascii=False)
    if not end:
        return f"---\n{key}: {value}\n---\n\n{text}"
    head = text[:end]
    if head.lstrip().startswith("+++"):
        start = head.index("+++") + head[head.index("+++") :].index("\n") + 1
        return f"{text[:start]}{key} = {value}\n{text[start:]}"
    close = head.rstrip("\n").rindex("\n") + 1
    return f"{text[:close]}{key}: {value}\n{text[close:]}"


def _insert(text: str, node: ConfigNode, end: int, key: str, values: Sequence[str]) -> str:
    """Return ``text`` with more items in the list under ``key``, or with a list in the place of one text."""
    lines = text[:end].split("\n")
    row = node.value[key].location.line - 1
    item = re.match(r"\s*- +", lines[row + 1])
    if item:
        added = [f"{item[0]}{json.dumps(value, ensure_ascii=False)}" for value in values]
    elif lines[row].rstrip().endswith("["):
        added = [f"  {json.dumps(value, ensure_ascii=False)}," for value in values]
    else:
        sign = " = " if "+++" in lines[: row + 1] else ": "
        texts = [*_values(node, key), *values]
        lines[row] = f"{key}{sign}{json.dumps(texts, ensure_ascii=False)}"
        added = []
    return "\n".join([*lines[: row + 1], *added, *lines[row + 1 :]]) + text[end:]
