"""Hugo's shortcodes, its own and those of PaperMod, HugoBlox (Academic), blogdown and other themes, as Markdown.

<https://gohugo.io/shortcodes/>
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.importers.template_tags import (
    Converter,
    TagContext,
    TemplateLanguage,
    TemplateTag,
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

if TYPE_CHECKING:
    from blog.importers.old_site import OldDocument, OldSettings


def _reference(tag: TemplateTag, context: TagContext) -> str | None:
    """Return the address of the document that ``ref`` or ``relref`` names."""
    named = tag.named()
    name = named.get("path") or next(iter(tag.positional()), "")
    path, mark, fragment = name.partition("#")
    if not path:
        return f"#{fragment}"
    address = context.addresses(path, context.document)
    if address is None:
        context.report("Broken link", f'{tag.name} "{name}": there is no such file', "write another address")
        return ""
    return context.site.settings.base_path + address + mark + fragment


def _post_reference(tag: TemplateTag, context: TagContext) -> str | None:
    """Return the address of the document itself, below which blogdown has its pictures; or of another one."""
    if tag.arguments.strip():
        return _reference(tag, context)
    return context.site.settings.base_path + context.document.address


def _figure(tag: TemplateTag, context: TagContext) -> str | None:
    named, positional = tag.named(), [*tag.positional(), "", ""]
    source = first_value(named, "src", "image", "link") or positional[0]
    if not source:
        return None
    caption = first_value(named, "caption", "title") or context.convert(tag.inner or "").strip()
    attribution = named.get("attr", "")
    if attribution not in caption:
        caption = f"{caption} {attribution}".strip()
    alt = named.get("alt") or positional[1]
    *others, last = [part.strip() for part in source.split(",") if part.strip()] or [source]
    return "\n\n".join([*(figure(other, alt, "") for other in others), figure(last, alt, caption)])


def _vimeo(tag: TemplateTag, _context: TagContext) -> str | None:
    ident = tag.named().get("id") or next(iter(tag.positional()), "")
    return f"<https://vimeo.com/{ident}>" if ident.isdigit() else None


def _tweet(tag: TemplateTag, _context: TagContext) -> str | None:
    named, positional = tag.named(), tag.positional()
    user, ident = named.get("user", "i"), named.get("id") or next(iter(positional), "")
    if len(positional) == 2 and positional[1].isdigit():
        user, ident = positional
    return f"<https://twitter.com/{user}/status/{ident}>" if ident.isdigit() else None


def _gist(tag: TemplateTag, _context: TagContext) -> str | None:
    parts = tag.positional()[:2]
    return f"<https://gist.github.com/{'/'.join(parts)}>" if len(parts) == 2 else None


def _literal(tag: TemplateTag, _context: TagContext) -> str:
    """Return the tag that ``{{</* … */>}}`` shows, as code."""
    words = " ".join(tag.arguments.replace("/*", "").replace("*/", "").split())
    return f"`{{{{< {words} >}}}}`"


def _notice(tag: TemplateTag, context: TagContext) -> str | None:
    if tag.inner is None:
        return None
    named, positional = tag.named(), tag.positional()
    own_kind = tag.name if tag.name in _KINDS else ""
    kind = named.get("type") or own_kind or next(iter(positional), "note")
    title = named.get("title") or (positional[-1] if len(positional) > 1 else "")
    return callout(kind, title, context.convert(tag.inner))


def _details(tag: TemplateTag, context: TagContext) -> str | None:
    if tag.inner is None:
        return None
    named = tag.named()
    title = first_value(named, "summary", "title") or next(iter(tag.positional()), "Details")
    return f"\n\n<details><summary>{title}</summary>\n\n{context.convert(tag.inner).strip()}\n\n</details>\n\n"


def _math(tag: TemplateTag, _context: TagContext) -> str | None:
    if tag.inner is None:
        return ""
    tex = tag.inner.strip()
    return tex if tex.startswith(("$", "\\(", "\\[")) else f"\n\n$$\n{tex}\n$$\n\n"


def _raw_html(tag: TemplateTag, _context: TagContext) -> str | None:
    return None if tag.inner is None else f"\n\n{tag.inner.strip()}\n\n"


def _icon_link(tag: TemplateTag, _context: TagContext) -> str | None:
    named = tag.named()
    address = first_value(named, "href", "url", "link") or next(iter(tag.positional()), "")
    words = first_value(named, "text", "title") or (tag.inner or "").strip() or address
    return f"[{words}]({address})" if address else None


def _mermaid(tag: TemplateTag, _context: TagContext) -> str | None:
    return None if tag.inner is None else code_block("mermaid", tag.inner)


_KINDS = ("note", "tip", "info", "warning", "danger", "important", "caution", "hint", "alert", "success", "error")
_SHORTCODES: dict[str, Converter] = {
    "ref": _reference, "relref": _reference, "blogdown/postref": _post_reference, "figure": _figure, "img": _figure,
    "image": _figure, "fig": _figure, "imgproc": _figure, "youtube": youtube, "vimeo": _vimeo, "tweet": _tweet,
    "x": _tweet, "twitter": _tweet, "twitter_simple": _tweet, "gist": _gist, "highlight": highlight,
    "code": highlight,
    "/*": _literal, "notice": _notice, "callout": _notice, "admonition": _notice, "alert": _notice,
    **dict.fromkeys(_KINDS, _notice),
    "details": _details, "collapse": _details, "expand": _details, "spoiler": _details, "math": _math, "katex": _math,
    "rawhtml": _raw_html, "html": _raw_html, "raw": keep_inner, "center": keep_inner, "rtl": keep_inner,
    "ltr": keep_inner, "mermaid": _mermaid, "comment": hide, "toc": drop, "button": _icon_link, "cta": _icon_link,
    "icon": drop, "button-link": _icon_link, "staticref": _icon_link, "inTextImg": _figure,
}  # fmt: skip
"""Name of a shortcode → its converter."""


def _no_value(_expression: str, _settings: OldSettings, _document: OldDocument) -> None:
    """Return that no expression has a value: Hugo runs no templates in texts."""


TEMPLATES = TemplateLanguage(_SHORTCODES, _no_value)
