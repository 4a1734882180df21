"""WordPress: its export file (WXR), alone or beside the folder ``wp-content/uploads``.

<https://developer.wordpress.org/advanced-administration/wordpress/import/>
"""

from __future__ import annotations

import html as html_entities
import re
from typing import TYPE_CHECKING

from blog.importers.exports import MAX_EXPORT_BYTES, ExportEntry, address_below, site_of
from blog.importers.front_matter import Visibility, read_date
from blog.importers.old_settings import split_url
from blog.importers.old_site import OldFile, OldSettings
from blog.importers.passages import replace_passages
from blog.importers.report import Item
from blog.importers.xml_text import parse_xml, text_of
from blog.problems import Location
from blog.text import slugify

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from blog.config.dates import Timestamp
    from blog.importers.old_folder import OldFolder
    from blog.importers.old_site import OldSite
    from blog.importers.passages import MarkedPassage

_UPLOADS = "wp-content/uploads/"
_FEED_LENGTH = 10
_LEFT_OUT = frozenset({"trash", "auto-draft", "inherit"})
_KINDS = {"post": "post", "page": "page"}
_PASSAGES = re.compile(
    r"\[(?:private|hidden|hide|members?\w*|memberful\w*|restrict\w*|protected?|subscribers?\w*|s2\w+|wlm_\w+|pms-\w+|rcp\w*|"
    r"paywall\w*|premium\w*|login\w*|um_\w+)\b[^\]\n]{0,500}\]?|<!--\s*+wp:(?:jetpack/paywall|[\w-]{0,100}/?premium-content|jetpack/subscriber)",
    re.IGNORECASE,
)
"""Marks of plugins by which a passage is for members only."""
_CAPTION = re.compile(r"\[(?:wp_)?caption\b[^\]]{0,1000}\]")
_CAPTION_END = re.compile(r"\[/(?:wp_)?caption\]")
_LANGUAGES = (
    "sourcecode|code|actionscript3|as3|bash|clojure|coldfusion|cpp|csharp|css|delphi|diff|erlang|fsharp|go|groovy|html"
    "|java|javafx|javascript|js|latex|matlab|matlabkey|objc|perl|php|plain|powershell|python|r|ruby|scala|shell|sql"
    "|text|vb|xml|yaml"
)
"""The shortcodes of the plugin SyntaxHighlighter: <https://wordpress.com/support/code/posting-source-code/>."""
_CODE = re.compile(rf"\[(?P<name>{_LANGUAGES})\b(?P<rest>[^\]]{{0,500}})\]")
_CODE_END = re.compile(rf"\[/(?P<name>{_LANGUAGES})\]")
_EMBED = re.compile(
    r"\[(?:embed|youtube|video|vimeo)\b(?P<arguments>[^\]]{0,1000})\](?:(?P<inner>https?://[^\s\[]++)\[/\w+\])?"
)
_EMBED_ADDRESS = re.compile(r"[\s=\"](https?://[^\s\"]++)")
_LATEX = re.compile(r"\[latex\]")
_LATEX_END = re.compile(r"\[/latex\]")
_SHORTCODE = re.compile(r"\[/?([a-z][a-z0-9_-]{2,30})(?:\s+[\w-]{1,100}=[^\]]{0,1000})?/?\]")
_VERBATIM = re.compile(r"<(pre|code)\b.*?(?:</\1>|\Z)", re.DOTALL)
_BLOCK = re.compile(
    r"</?(?:pre|script|style|table|t[rdh]|thead|tbody|[uo]l|li|blockquote|figure|figcaption|div|h[1-6]|p|hr|iframe|section)\b",
    re.IGNORECASE,
)
"""The beginning of a block to which no paragraph is added."""


def recognise(folder: OldFolder) -> str:
    """Return the export file in ``folder``; ``""`` if there is none."""
    return next((path for path in folder.paths if path.lower().endswith(".xml") and _is_export(folder, path)), "")


def _is_export(folder: OldFolder, path: str) -> bool:
    return b"http://wordpress.org/export/" in folder.read_bytes(path, 4000)


def read(folder: OldFolder, _now: dt.datetime) -> OldSite:
    """Return the blog in all export files of ``folder``."""
    paths = [path for path in folder.paths if path.lower().endswith(".xml") and _is_export(folder, path)]
    channels = []
    for path in paths:
        channel = parse_xml(folder.read_bytes(path, MAX_EXPORT_BYTES), path).find("channel")
        if channel is not None:
            channels.append((path, channel))
    settings = _read_settings(channels[0][1]) if channels else OldSettings(title="Blog")
    items: list[Item] = []
    entries = [entry for path, channel in channels for entry in _read_channel(path, channel, settings, items)]
    return site_of(folder, settings, entries, items, _list_uploads(folder))


def _list_uploads(folder: OldFolder) -> Iterator[OldFile]:
    for path in folder.paths:
        _, mark, rest = path.rpartition(_UPLOADS)
        if mark:
            yield OldFile(path, _UPLOADS + rest, f"/{_UPLOADS}{rest}")


def _read_settings(channel: Element) -> OldSettings:
    host, base_path = split_url(text_of(channel, "wp:base_blog_url", "link"))
    names = [text_of(author, "wp:author_display_name") for author in channel.findall("wp:author")]
    return OldSettings(
        title=text_of(channel, "title") or "Blog",
        host=host,
        base_path=base_path,
        description=text_of(channel, "description"),
        language=text_of(channel, "language"),
        author=names[0] if len(names) == 1 else "",
        feeds=("/feed/", "/feed/atom/"),
        feed_length=_FEED_LENGTH,
        category_folders=("/category/", "/tag/"),
    )


def _read_channel(path: str, channel: Element, settings: OldSettings, items: list[Item]) -> Iterator[ExportEntry]:
    authors = {
        text_of(author, "wp:author_login"): text_of(author, "wp:author_display_name")
        for author in channel.findall("wp:author")
    }
    pictures = {
        text_of(item, "wp:post_id"): text_of(item, "wp:attachment_url")
        for item in channel.findall("item")
        if text_of(item, "wp:post_type") == "attachment"
    }
    comments = 0
    for item in channel.findall("item"):
        comments += len(item.findall("wp:comment"))
        kind, status = text_of(item, "wp:post_type"), text_of(item, "wp:status")
        name = f"{path}/{text_of(item, 'wp:post_id')}-{slugify(text_of(item, 'wp:post_name', 'title'))[:60]}"
        if kind not in _KINDS:
            if kind not in {"attachment", "revision", "nav_menu_item"}:
                items.append(
                    Item("File that was not moved", Location(name), f"an entry of the type {kind}", "", "note")
                )
        elif status in _LEFT_OUT:
            items.append(Item("File that was not moved", Location(name), f"its status is {status}", "", "note"))
        else:
            yield _read_item(name, item, settings, authors, pictures, items)
    if comments:
        items.append(Item("Comments", Location(path), f"comments that were not moved: {comments}", "", "note"))


def _read_item(
    name: str,
    item: Element,
    settings: OldSettings,
    authors: dict[str, str],
    pictures: dict[str, str],
    items: list[Item],
) -> ExportEntry:
    meta = {text_of(entry, "wp:meta_key"): text_of(entry, "wp:meta_value") for entry in item.findall("wp:postmeta")}
    content = text_of(item, "content:encoded")
    address = _find_address(item, name, settings, items)
    author = text_of(item, "dc:creator")
    terms = item.findall("category")
    return ExportEntry(
        path=name,
        kind="page" if text_of(item, "wp:post_type") == "page" else "post",
        title=html_entities.unescape(text_of(item, "title")),
        date=_date(item),
        html=_to_html(content, name, items),
        address=address,
        hidden=_find_hiding(item, content, meta),
        tags=tuple(term.text or "" for term in terms if term.get("domain") == "post_tag"),
        categories=_categories(terms),
        authors=(authors.get(author) or author,),
        image=pictures.get(meta.get("_thumbnail_id", ""), ""),
        summary=text_of(item, "excerpt:encoded"),
        feed_id=text_of(item, "guid"),
    )


def _categories(terms: list[Element]) -> tuple[str, ...]:
    named = (term for term in terms if term.get("domain") == "category")
    return tuple(term.text or "" for term in named if term.get("nicename") != "uncategorized")


def _find_address(item: Element, name: str, settings: OldSettings, items: list[Item]) -> str:
    """Return the address of a post; one of the form ``?p=12`` cannot be kept, and is an item."""
    link = text_of(item, "link")
    address = address_below(link, settings)
    if "?" not in link and address != "/":
        return address
    if "?" in link and text_of(item, "wp:status") == "publish":
        what = f"the old address {link} has no path, which a static host needs"
        items.append(Item("Old address", Location(name), what, "", "note"))
    return f"/{text_of(item, 'wp:post_name') or slugify(text_of(item, 'title')) or 'post'}/"


def _date(item: Element) -> Timestamp | None:
    """Return the time of a post on the clock of the blog: it decides the day in its address."""
    return read_date(text_of(item, "wp:post_date"))


def _find_hiding(item: Element, content: str, meta: dict[str, str]) -> tuple[Visibility, str]:
    """Return what hides a post from some or all readers."""
    status = text_of(item, "wp:status")
    if status != "publish":
        return ("private" if status == "private" else "draft"), f"status: {status or 'none'}"
    if text_of(item, "wp:post_password"):
        return "private", "a password"
    access = meta.get("_jetpack_newsletter_access", "")
    if access not in {"", "everybody"}:
        return "private", f"it is for {access}"
    found = _PASSAGES.search(content)
    return ("private", f"a passage for members: {found[0][:40]}") if found else ("", "")


def _to_html(content: str, name: str, items: list[Item]) -> str:
    """Return the HTML that WordPress makes of a text: shortcodes, and paragraphs at empty lines."""
    text = replace_passages(content, _CODE, _CODE_END, _code)
    text = replace_passages(text, _CAPTION, _CAPTION_END, _figure)
    text = _EMBED.sub(_embedded, text)
    text = replace_passages(text, _LATEX, _LATEX_END, lambda passage: rf"\({passage.inner}\)")
    for found in sorted(set(_SHORTCODE.findall(_VERBATIM.sub("", text)))):
        what = f"[{found}] of a plugin is shown as it was written"
        items.append(Item(f"Shortcode {found}", Location(name), what, "say it in Markdown, or take it out"))
    return text if "<!-- wp:" in text else _paragraphs(text)


def _code(passage: MarkedPassage) -> str:
    language = re.search(r"lang(?:uage)?=[\"']?([\w+#-]+)", passage.opening["rest"])
    name = language[1] if language else passage.opening["name"]
    name = "" if name in {"code", "sourcecode"} else name
    code = html_entities.escape(html_entities.unescape(passage.inner.strip("\n")), quote=False)
    return f'<pre><code class="language-{name}">{code}</code></pre>' if name else f"<pre><code>{code}</code></pre>"


def _figure(passage: MarkedPassage) -> str:
    picture = re.search(r"(?:<a\b[^<>]*>\s*+)?<img\b[^<>]*>(?:\s*+</a>)?", passage.inner)
    if picture is None:
        return passage.inner
    return f"<figure>{picture[0]}<figcaption>{passage.inner.replace(picture[0], '').strip()}</figcaption></figure>"


def _embedded(match: re.Match[str]) -> str:
    """Return a link to the film or post that is shown; a shortcode without an address stays."""
    written = _EMBED_ADDRESS.search(match["arguments"])
    address = written[1] if written else match["inner"]
    if not address:
        return match[0]
    return f'<p><a href="{html_entities.escape(address)}">{html_entities.escape(address)}</a></p>'


def _paragraphs(text: str) -> str:
    """Return HTML with the paragraphs and line breaks that WordPress adds between empty lines."""
    parts: list[str] = []
    is_code = False
    for block in re.split(r"\n[ \t]*\n", text):
        if is_code or _BLOCK.match(block.lstrip()):
            parts.append(block)
        elif block.strip():
            parts.append(f"<p>{block.strip().replace(chr(10), '<br>' + chr(10))}</p>")
        is_code = block.rfind("<pre") > block.rfind("</pre") or (is_code and "</pre" not in block)
    return "\n\n".join(parts)
