"""The tags of Pelican's plugin liquid_tags, beside those of Liquid.

<https://github.com/pelican-plugins/liquid-tags>
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from msgspec import structs

from blog.importers.liquid import TEMPLATES as LIQUID
from blog.importers.template_tags import code_block, figure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blog.importers.template_tags import Converter, TagContext, TemplateTag

_PATH = re.compile(r"(?:https?:/|[\w.-]*)/\S+|\S+\.(?:png|jpe?g|gif|svg|webp|mp4|webm|ogv|m4v)", re.IGNORECASE)
_WORD = re.compile(r"\"([^\"]*)\"|'([^']*)'|(\S+)")


def _words(tag: TemplateTag) -> list[str]:
    """Return the arguments, of which quotes make one; an address has a colon, so that it is no name with a value."""
    return [next(filter(None, match.groups()), "") for match in _WORD.finditer(tag.arguments)]


def _img(tag: TemplateTag, _context: TagContext) -> str | None:
    """Return the image of ``img [class] path [width [height]] [title]``."""
    words = _words(tag)
    places = [number for number, word in enumerate(words) if _PATH.fullmatch(word)]
    if not places:
        return None
    *_, path = words[: places[0] + 1]
    rest = words[places[0] + 1 :]
    sizes = [word for word in rest[:2] if word.isdigit()]
    title = rest[len(sizes) :]
    is_quoted = "'" in tag.arguments or '"' in tag.arguments
    alt = title[-1] if is_quoted and title else " ".join(title)
    size = f"{{width={sizes[0]}}}" if sizes and 0 < int(sizes[0]) < 10_000 else ""
    return f"{figure(path, alt, '')}{size}"


def _video(tag: TemplateTag, _context: TagContext) -> str | None:
    """Return the film of ``video path [width height] [poster]``."""
    path = next((word for word in _words(tag) if _PATH.fullmatch(word)), "")
    words = posixpath.basename(path).rpartition(".")[0].replace("_", " ").replace("-", " ")
    return f"\n\n{figure(path, words, '')}\n\n" if path else None


def _include_code(tag: TemplateTag, context: TagContext) -> str | None:
    """Return the code of a file below ``CODE_DIR``."""
    words = _words(tag)
    code = context.site.snippets.get(words[0]) if words else None
    if not code:
        return None
    language = tag.named().get("lang") or posixpath.splitext(words[0])[1].lstrip(".")
    return code_block(re.sub(r"[^\w+#-]", "", language), code)


_TAGS: Mapping[str, Converter] = {**LIQUID.tags, "img": _img, "video": _video, "include_code": _include_code}
TEMPLATES = structs.replace(LIQUID, tags=_TAGS)
