"""Liquid of Jekyll sites: the tags and includes that themes offer to authors, and the values that addresses need.

Only what has a form here is converted; loops and conditions are not run. <https://jekyllrb.com/docs/liquid/>.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.importers.passages import replace_passages
from blog.importers.template_tags import (
    Converter,
    TagContext,
    TemplateLanguage,
    TemplateTag,
    address_in,
    callout,
    code_block,
    drop,
    figure,
    first_value,
    hide,
    highlight,
    keep_inner,
    youtube,
)
from blog.markdown.comment_spans import without_comments

if TYPE_CHECKING:
    from blog.importers.old_site import OldDocument, OldSettings

_VALUE = re.compile(r"\{\{-?([^{}\n]*?)-?\}\}")
_COMMENT = re.compile(r"\{%-?\s*+comment\s*+-?%\}")
_COMMENT_END = re.compile(r"\{%-?\s*+endcomment\s*+-?%\}")
_QUOTED = re.compile(r"(['\"])(.*)\1", re.DOTALL)
_PLAIN_INCLUDE = re.compile(r"\{\{-?\s*include\.(\w+)\s*(?:\|\s*(?:relative_url|absolute_url|escape)\s*)*-?\}\}")
_CONDITION = re.compile(r"\{%-?\s*if include\.(\w+)\s*-?%\}((?:(?!\{%).)*)\{%-?\s*endif\s*-?%\}", re.DOTALL)
MAX_SNIPPET = 4_000
"""Characters of an included template that is written out."""


def evaluate(expression: str, settings: OldSettings, document: OldDocument) -> str | None:
    """Return the value of a Liquid expression with the filters of addresses; None if it is unknown."""
    first, *filters = [part.strip() for part in expression.split("|")]
    value = _evaluate_operand(first, settings, document)
    for written in filters:
        name, _, argument = (part.strip() for part in written.partition(":"))
        if value is None:
            return None
        value = _apply_filter(value, name, argument, settings, document)
    return value


def _evaluate_operand(name: str, settings: OldSettings, document: OldDocument) -> str | None:
    quoted = _QUOTED.fullmatch(name)
    if quoted:
        return quoted[2]
    values: dict[str, str | None] = {
        "site.baseurl": settings.base_path,
        "site.url": settings.host,
        "site.github.url": settings.host,
        "site.production_url": settings.host,
        "site.title": settings.title,
        "site.name": settings.title,
        "site.description": settings.description or None,
        "site.author": settings.author or None,
        "site.author.name": settings.author or None,
        "page.title": document.matter.title,
        "page.url": settings.base_path + document.address,
        "page.permalink": settings.base_path + document.address,
        "page.description": document.matter.summary or None,
        "page.excerpt": document.matter.summary or None,
        "page.image": document.matter.image or None,
    }
    return values[name] if name in values else _own_value(name, document)


def _own_value(name: str, document: OldDocument) -> str | None:
    """Return the value of ``page.key``, or ``page.table.key``, for a key that only this blog has."""
    scope, *keys = name.split(".")
    value: object = {entry.key: entry.value for entry in document.matter.extra}
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    is_plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return str(value) if scope == "page" and is_plain else None


def _apply_filter(value: str, name: str, argument: str, settings: OldSettings, document: OldDocument) -> str | None:
    if name in {"prepend", "append"}:
        other = _evaluate_operand(argument, settings, document)
        if other is None:
            return None
        return other + value if name == "prepend" else value + other
    match name:
        case "fndetail" if re.fullmatch(r"\w{1,20}", argument):
            return f"\n\n[^{argument}]: {value.strip()}\n\n"
        case "relative_url":
            return f"{settings.base_path}/{value.lstrip('/')}"
        case "absolute_url":
            return f"{settings.url}/{value.lstrip('/')}"
        case "escape" | "strip" | "xml_escape" | "cgi_escape" | "uri_escape":
            return value.strip()
        case "downcase":
            return value.lower()
    return None


def _value_of(text: str, context: TagContext) -> str:
    """Return an argument with the values of ``{{ … }}`` in it."""

    def replace(match: re.Match[str]) -> str:
        return evaluate(match[1], context.site.settings, context.document) or ""

    return _VALUE.sub(replace, text)


def _link(tag: TemplateTag, context: TagContext) -> str | None:
    """Return the address of the post or file that ``post_url`` or ``link`` names."""
    name = " ".join(tag.positional()).strip()
    address = context.addresses(name, context.document)
    if address is None:
        context.report("Broken link", f"{tag.name} {name}: there is no such file", "write another address")
        return ""
    return context.site.settings.base_path + address


def _raw(tag: TemplateTag, _context: TagContext) -> str | None:
    return tag.inner


def _tweet(tag: TemplateTag, _context: TagContext) -> str | None:
    address = address_in(tag)
    return f"<{address}>" if address else None


def _footnote(tag: TemplateTag, _context: TagContext) -> str | None:
    """Return the mark of a footnote of fastpages: ``{% fn 1 %}``; its text is ``{{ "…" | fndetail: 1 }}``."""
    number = tag.arguments.strip()
    return f"[^{number}]" if re.fullmatch(r"\w{1,20}", number) else None


def _gist(tag: TemplateTag, _context: TagContext) -> str | None:
    ident = next(iter(tag.positional()), "")
    return f"<https://gist.github.com/{ident}>" if re.fullmatch(r"[\w/-]+", ident) else None


def _image(tag: TemplateTag, context: TagContext) -> str | None:
    """Return the image of an include such as ``figure.html path="a.png" caption="…"``."""
    named = {key: _value_of(value, context) for key, value in tag.named().items()}
    keys = ("path", "src", "url", "image_path", "file", "image", "img", "imageurl", "filename")
    source = first_value(named, *keys)
    if not source:
        return None
    if source in {named.get("path"), named.get("image_path")} and re.match(r"[\w-]+/", source):
        source = f"/{source}"  # themes put relative_url behind it
    alt = first_value(named, "alt", "image_alt")
    caption = first_value(named, "caption", "title", "description", "image_caption")
    return figure(source, alt, caption)


def _notice(tag: TemplateTag, context: TagContext) -> str | None:
    named = tag.named()
    text = first_value(named, "text", "content") or tag.inner
    if not text:
        return None
    kind = named.get("type") or re.sub(r"\.\w+$", "", tag.name.rpartition("/")[2])
    return callout(kind, named.get("title", ""), context.convert(text))


_IMAGES = ("figure", "image", "img", "responsive-image", "picture", "post-image", "captioned-image")
_VIDEOS = ("youtube", "video", "youtubeplayer", "youtube-embed", "vimeo")
_NOTICES = ("note", "tip", "info", "warning", "alert", "important", "callout", "notice")
_INCLUDES: dict[str, Converter] = {
    **dict.fromkeys(_IMAGES, _image), **dict.fromkeys(_VIDEOS, youtube), **dict.fromkeys(_NOTICES, _notice),
    "tweet": _tweet, "twitter": _tweet, "gist": _gist, "toc": drop, "mathjax": drop, "math": drop, "comments": drop,
    "disqus": drop, "analytics": drop, "share": drop, "mathjax_support": drop, "katex": drop, "base_path": drop,
    "bootstrap": drop,
}  # fmt: skip
"""Name of an include, without folder and suffix → its converter."""


def _include(tag: TemplateTag, context: TagContext) -> str | None:
    """Return what an include stands for: by its name, or by its text if that needs nothing but its arguments."""
    path, _, arguments = tag.arguments.strip().partition(" ")
    name = path.rpartition("/")[2].partition(".")[0].lower()
    inner = TemplateTag(tag.start, tag.end, name, arguments, tag.inner)
    converter = _INCLUDES.get(name)
    markdown = converter(inner, context) if converter else None
    return markdown if markdown is not None else _expand(path, inner, context)


def _expand(path: str, tag: TemplateTag, context: TagContext) -> str | None:
    """Return the text of a template with the arguments in their places; None if it needs more than that."""
    template = context.site.snippets.get(path)
    if template is None or len(template) > MAX_SNIPPET or re.search(r"<(?:script|style|link)\b", template):
        return None
    named = {key: _value_of(value, context) for key, value in tag.named().items()}
    text = without_comments(replace_passages(template, _COMMENT, _COMMENT_END))
    text = _CONDITION.sub(lambda match: match[2] if named.get(match[1]) else "", text)
    text = _PLAIN_INCLUDE.sub(lambda match: named.get(match[1], ""), text)
    text = _VALUE.sub(lambda match: _value_or_tag(match, context), text)
    if "{%" in text or "{{" in text:
        return None
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return "\n\n" + "\n".join(lines) + "\n\n" if lines else ""


def _value_or_tag(match: re.Match[str], context: TagContext) -> str:
    value = evaluate(match[1].strip(), context.site.settings, context.document)
    return match[0] if value is None else value


def _details(tag: TemplateTag, context: TagContext) -> str | None:
    if tag.inner is None:
        return None
    title = tag.arguments.strip() or "Details"
    return f"\n\n<details><summary>{title}</summary>\n\n{context.convert(tag.inner).strip()}\n\n</details>\n\n"


def _cite(tag: TemplateTag, context: TagContext) -> str | None:
    """Return the keys of a citation of jekyll-scholar."""
    keys = [key for key in tag.positional() if not key.startswith("-")]
    if not keys:
        return None
    context.report("Citation", f"{', '.join(keys)} is shown by its key", "write the work out, or link to it")
    return f"[{', '.join(keys)}]"


def _mermaid(tag: TemplateTag, _context: TagContext) -> str | None:
    return None if tag.inner is None else code_block("mermaid", tag.inner.strip("\n"))


_TAGS: dict[str, Converter] = {
    "highlight": highlight, "raw": _raw, "comment": hide, "post_url": _link, "link": _link,
    "include": _include, "include_relative": _include, "include_cached": _include, "gist": _gist,
    "fn": _footnote, "youtube": youtube, "twitter": _tweet, "tweet": _tweet, "details": _details,
    "assign": drop, "seo": drop, "feed_meta": drop, "toc": drop, "endraw": drop, "capture": hide, "note": keep_inner,
    "cite": _cite, "citep": _cite, "citet": _cite, "mermaid": _mermaid,
}  # fmt: skip
"""Name of a tag → its converter."""
TEMPLATES = TemplateLanguage(_TAGS, evaluate)
