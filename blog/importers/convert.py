"""An old site → a new one and the items of its report. Nothing is read from the disk, and nothing is written."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote
from zlib import crc32

from msgspec import structs

from blog.config.dates import Timestamp, find_zone
from blog.config.languages import LANGUAGE
from blog.content.front_matter import MAX_NAMES
from blog.importers.addresses import OldAddresses, choose_permalink, feed_limit, feed_paths, post_pattern
from blog.importers.dialects import convert_dialect
from blog.importers.html_text import flush_left
from blog.importers.links import LinkRewriter
from blog.importers.mapped_text import MappedText
from blog.importers.markdown_parts import DialectContext
from blog.importers.new_site import NewFile, NewSite, SiteDocument, toml_text, yaml_value
from blog.importers.report import Item
from blog.importers.template_tags import TagContext, TemplateLanguage, convert_tags
from blog.importers.term_pages import choose_spellings, list_redirects, tags_of
from blog.problems import Location
from blog.site.addresses import page_address, post_address
from blog.text import explain_unsafe_path, is_url, slugify, slugify_term, to_nfc

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from blog.importers.front_matter import OldMatter
    from blog.importers.old_site import OldDocument, OldSite

_DATE_IN_NAME = re.compile(r"\d{4}-\d{1,2}-\d{1,2}[-_]")
_LEFT_OUT_DATE = re.compile(r"\d{4}-\d{2}-\d{2}[-_]")
"""The date that is no part of the slug which this program takes from a file name."""
_NOTHING: tuple[object, ...] = ("", None, (), [], {})
_NO_DATE = Timestamp(dt.date(1970, 1, 1))
"""The date of a post without one: it is a draft."""
_INDEXES = ("/index.md", "/index.ipynb")
_RESERVED = ("posts", "series", "tags", "labels")
"""Folders in which a page would be something else, or would have an address of the program."""


class _Plan(NamedTuple):
    """What holds for all documents of the new site."""

    site: OldSite
    templates: TemplateLanguage
    permalink: str
    zone: dt.tzinfo
    addresses: OldAddresses
    targets: dict[str, str]
    macros: dict[str, str]
    items: list[Item]
    new_addresses: dict[str, str]
    """New address, in small letters → the old path of its document: each is given once."""
    spellings: dict[str, str]
    """Address of each tag → its most frequent spelling."""


def convert_site(site: OldSite, templates: TemplateLanguage) -> tuple[NewSite, list[Item]]:
    """Return the new site and the items of the report."""
    items = list(site.items)
    site = structs.replace(site, documents=tuple(_without_twins(site.documents, items)))
    zone = find_zone(site.settings.timezone or "UTC")
    targets = _assign_targets(site)
    terms = {tag for document in site.documents if document.kind == "post" for tag in tags_of(document)}
    addresses = OldAddresses(site, targets, terms)
    plan = _Plan(
        site,
        templates,
        choose_permalink(site),
        zone,
        addresses,
        targets,
        {},
        items,
        {},
        choose_spellings(site.documents),
    )
    for document in site.documents:
        if document.kind == "page":
            plan.new_addresses[_page_address(targets[document.path]).lower()] = document.path
    documents = _make_addresses_unique([_convert_document(document, plan) for document in site.documents], plan)
    _report_extra_keys(site, items)
    return (
        NewSite(
            settings=tuple(_settings(site, plan.permalink)),
            macros=plan.macros,
            documents=tuple(documents),
            files=tuple(NewFile(f"content/{targets[file.path]}", file.path) for file in site.files),
            redirects=tuple(list_redirects(site)),
            feed_paths=feed_paths(site.settings.feeds),
            feed_limit=feed_limit(site.settings.feed_length),
        ),
        items,
    )


def _without_twins(documents: Sequence[OldDocument], items: list[Item]) -> Iterable[OldDocument]:
    """Yield the documents, and of those with the same address and the same name in other formats the best one."""
    twins: dict[tuple[str, str], list[OldDocument]] = {}
    for document in documents:
        twins.setdefault((document.address, document.path.rpartition(".")[0]), []).append(document)
    for group in twins.values():
        best, *others = sorted(group, key=lambda document: (document.format != "markdown", document.path))
        yield best
        for other in others:
            what = f"the same as {best.path} in another format"
            items.append(Item("File that was not moved", Location(other.path), what, "", "note"))


def _assign_targets(site: OldSite) -> dict[str, str]:
    """Return the new path below ``content/`` of each old document and file; no two have the same."""
    targets: dict[str, str] = {}
    taken: set[str] = set()
    moved: dict[str, str] = {}
    for document in site.documents:
        wanted = _safe_path(document.target or _page_target(document.address))
        wanted = f"{wanted.removesuffix('.md')}.ipynb" if document.cells and wanted.endswith(".md") else wanted
        target = _free(wanted, taken)
        if target != wanted and target.endswith(_INDEXES):
            moved[posixpath.dirname(document.path) + "/"] = posixpath.dirname(target)
        targets[document.path] = target
    for file in site.files:
        folder = next((folder for folder in moved if file.path.startswith(folder)), "")
        wanted = f"{moved[folder]}/{file.path.removeprefix(folder)}" if folder else file.target
        targets[file.path] = _free(wanted, taken)
    return targets


def _safe_path(path: str) -> str:
    """Return a path of a document without names that are left out or that some disk cannot store."""
    parts = [part.lstrip("._#") or "unnamed" for part in path.split("/")]
    clean = [re.sub(r'[<>:"|?*\\\x00-\x1f\x7f]|(?<![~ .])[~ .]++$', "-", part) for part in parts]
    return (
        "/".join(clean)
        if not explain_unsafe_path("/".join(clean))
        else f"{clean[0]}/{slugify(clean[-1])[:80] or 'post'}.md"
    )


def _page_target(address: str) -> str:
    """Return the path of a page that has, as near as possible, its old address."""
    path = unquote(address).strip("/").removesuffix(".html").removesuffix("/index") or "index"
    if path.split("/")[0].lower() in _RESERVED:
        path = f"pages/{path}"
    return f"{path}.md"


def _free(wanted: str, taken: set[str]) -> str:
    """Return ``wanted``, or the first path like it that is free, and take it."""
    folder, name = posixpath.split(wanted)
    is_bundle = f"/{name}" in _INDEXES and folder not in {"", "posts"}
    number, target = 2, wanted
    while target.lower() in taken:
        if is_bundle:
            target = f"{folder}-{number}/{name}"
        else:
            stem, dot, suffix = name.rpartition(".")
            target = posixpath.join(folder, f"{stem or suffix}-{number}{dot}{suffix if stem else ''}")
        number += 1
    taken.add(target.lower())
    return target


def _convert_document(document: OldDocument, plan: _Plan) -> SiteDocument:
    target = plan.targets[document.path]
    rewriter = LinkRewriter(plan.addresses, document, target, plan.items)
    source = rewriter.rewrite_text(_convert_text(document, plan))
    _report_guesses(document, plan.items)
    is_hidden = document.matter.visibility in {"draft", "private"}
    return SiteDocument(
        path=f"content/{target}",
        source=document.path,
        fields=tuple(_fields(document, target, rewriter, plan)),
        body=source.text,
        old_address="" if is_hidden else document.address,
        cells=document.cells,
        metadata=document.metadata,
    )


def _convert_text(document: OldDocument, plan: _Plan) -> MappedText:
    """Return the text of a document in our Markdown, with its old links."""
    if document.format == "converted":
        return MappedText(document.body, (document.body_line,) * (document.body.count("\n") + 1))
    source = MappedText.of(document.body, document.body_line)
    if document.lines:
        source = MappedText(document.body, document.lines)
    context = TagContext(plan.templates, plan.site, document, plan.addresses.find_document, plan.items)
    source = convert_tags(source, context)
    if document.format == "html":
        return MappedText.of(flush_left(source.text), document.body_line)
    dialect = DialectContext(document.path, plan.items, plan.macros, document.hides_code, plan.site.snippets)
    name = "mdx" if document.format == "mdx" else plan.site.dialect
    return convert_dialect(source, name, dialect)


def _report_guesses(document: OldDocument, items: list[Item]) -> None:
    matter = document.matter
    if matter.visibility:
        what = f"{matter.visibility} here: {matter.reason}"
        items.append(Item("Hidden document", Location(document.path), what, "", "note"))
    for line, complaint in matter.complaints:
        if "is not read as a date" in complaint:
            items.append(Item("Front matter", Location(document.path, line), complaint, "write date: 2026-01-31"))
    if not matter.title:
        what = "without a title: it has the one of its first heading, or of its file name"
        items.append(Item("Title", Location(document.path), what, "write title: …", "guess"))


def _fields(document: OldDocument, target: str, rewriter: LinkRewriter, plan: _Plan) -> list[tuple[str, str]]:
    """Return the front matter of the new document."""
    matter = document.matter
    if target == "index.md":
        return [("draft", "true")] if matter.visibility in {"draft", "private"} else []
    slug, aliases = _slug_and_aliases(document, target, plan)
    image = _image(document, rewriter)
    fields: dict[str, object] = {"title": matter.title or _title_of(target)}
    if document.kind == "post":
        fields |= {"date": matter.date or _NO_DATE, "updated": matter.updated, "slug": slug}
        fields |= _fields_of_post(document, plan)
    fields |= {"summary": matter.summary, "image": image, "image_alt": matter.image_alt if image else ""}
    fields |= {matter.visibility: True} if matter.visibility else {}
    fields["aliases"] = aliases
    fields["canonical"] = matter.canonical if is_url(matter.canonical) else ""
    fields["lang"] = matter.lang
    fields["toc"] = None if matter.toc else False
    fields["guid"] = "" if matter.visibility else document.feed_id
    fields["extra"] = _extra(matter)
    return [(key, _field_value(value, plan.zone)) for key, value in fields.items() if value not in _NOTHING]


def _extra(matter: OldMatter) -> dict[str, object]:
    """Return the keys without a meaning here; a name that begins a comment would be published with it."""
    return {entry.key: entry.value for entry in matter.extra if not entry.key.startswith("<!--")}


def _title_of(target: str) -> str:
    """Return the title of a document that has none, from its file name."""
    words = _DATE_IN_NAME.sub("", _stem_of(target)).replace("-", " ").replace("_", " ").strip()
    return words.capitalize() or "Untitled"


def _stem_of(target: str) -> str:
    stem = target.removesuffix(".md").removesuffix(".ipynb")
    return posixpath.basename(stem.removesuffix("/index"))


def _fields_of_post(document: OldDocument, plan: _Plan) -> dict[str, object]:
    """Return the values that only posts have."""
    matter = document.matter
    authors = [name for name in matter.authors if name.lower() != plan.site.settings.author.lower()]
    return {
        "tags": [plan.spellings[slugify_term(name)] for name in tags_of(document)[:MAX_NAMES]],
        "series": matter.series,
        "part": matter.part if matter.series else None,
        "author": authors[0] if len(authors) == 1 else authors,
    }


def _field_value(value: object, zone: dt.tzinfo) -> str:
    return _format_date(value, zone) if isinstance(value, Timestamp) else yaml_value(value)


def _format_date(date: Timestamp, zone: dt.tzinfo) -> str:
    """Return a date as the front matter has it: a midnight is a day alone."""
    if date.clock is None or (date.clock.hour, date.clock.minute, date.clock.second) == (0, 0, 0):
        return date.local_day(zone).isoformat()
    written = f"{date.day.isoformat()} {date.clock:%H:%M:%S}"
    if date.offset is None:
        return written
    sign, minutes = ("-", -date.offset) if date.offset < 0 else ("+", date.offset)
    return f"{written}{sign}{minutes // 60:02}:{minutes % 60:02}"


def _image(document: OldDocument, rewriter: LinkRewriter) -> str:
    """Return the picture of a document, as a path of the new site or an address; ``""`` if there is none."""
    written = document.matter.image
    address = rewriter.rewrite(rewriter.addresses.find_picture(written) or written, 1)
    return "" if address.startswith(("http:", "https:")) and not is_url(address) else address


def _page_address(target: str) -> str:
    return page_address(f"content/{target}", "")


def _slug_and_aliases(document: OldDocument, target: str, plan: _Plan) -> tuple[str, list[str]]:
    """Return the slug, if the file name does not give it, and the old addresses that redirect to the new one."""
    slug, address = "", _page_address(target)
    if document.kind == "post":
        slug, address = _free_slug(document, target, plan)
        slug = "" if slug == slugify(_LEFT_OUT_DATE.sub("", _stem_of(target), count=1)) else slug
    old = [document.address, *document.matter.aliases] if document.matter.date or document.kind == "page" else []
    aliases = [_local_path(path, plan.site) for path in old]
    return slug, [path for path in dict.fromkeys(aliases) if _is_alias(path, address)]


def _free_slug(document: OldDocument, target: str, plan: _Plan) -> tuple[str, str]:
    """Return slug and new address of a post; if another document has the address, the slug gets a number."""
    day = (document.matter.date or _NO_DATE).local_day(plan.zone)
    wanted = _slug_of(post_pattern(document.address, day if document.matter.date else None)[1], target)
    slug, number = wanted, 1
    while (address := post_address(plan.permalink, slug, day)).lower() in plan.new_addresses:
        number += 1
        slug = f"{wanted}-{number}"
    plan.new_addresses[address.lower()] = document.path
    if number > 1:
        other = plan.new_addresses[post_address(plan.permalink, wanted, day).lower()]
        what = f"slug: {slug}, because {other} has the same address"
        plan.items.append(Item("Address", Location(document.path), what, "choose another", "guess"))
    return slug, address


def _local_path(address: str, site: OldSite) -> str:
    """Return an old address below the base path."""
    path = address.removeprefix(site.settings.host)
    if site.settings.base_path and path.startswith(f"{site.settings.base_path}/"):
        path = path.removeprefix(site.settings.base_path)
    return path if path.startswith("/") else f"/{path}"


def _slug_of(written: str, target: str) -> str:
    """Return the last part of an old address as a slug, with other letters where it cannot be one."""
    slug = unquote(written)
    if slug and slugify(slug) == to_nfc(slug).lower() and not explain_unsafe_path(slug):
        return slug
    stem = _stem_of(target)
    return slugify(slug) or slugify(_DATE_IN_NAME.sub("", stem)) or f"post-{crc32(stem.encode()):x}"


def _is_alias(path: str, address: str) -> bool:
    """Return whether an old address can and must redirect to ``address``."""
    if unquote(path).strip("/") == address.strip("/") or path.strip("/") in {"", "index.html"}:
        return False
    return not explain_unsafe_path(unquote(path).strip("/")) and not re.search(r"[?#]|^//|:", path)


def _make_addresses_unique(documents: Sequence[SiteDocument], plan: _Plan) -> list[SiteDocument]:
    """Return ``documents`` with aliases and ids of feed entries that no other document has."""
    guids = Counter(document.field("guid") for document in documents)
    documents = [
        document.set_field("guid", "") if guids[document.field("guid")] > 1 else document for document in documents
    ]
    claimed = Counter(alias for document in documents for alias in _aliases(document))
    unique = []
    for document in documents:
        aliases = _aliases(document)
        kept = [alias for alias in aliases if claimed[alias] == 1 and not _is_taken(alias, document, plan)]
        if len(kept) == len(aliases):
            unique.append(document)
            continue
        for alias in _shared(aliases, claimed, document, plan):
            what = f"the old address {alias} belongs to several documents"
            plan.items.append(Item("Old address", Location(document.source), what, "add it to one of them"))
        unique.append(document.set_field("aliases", yaml_value(kept) if kept else ""))
    return unique


def _shared(aliases: list[str], claimed: Counter[str], document: SiteDocument, plan: _Plan) -> list[str]:
    """Return the aliases that several documents have, and none as its address."""
    return [alias for alias in aliases if claimed[alias] > 1 and not _is_taken(alias, document, plan)]


def _is_taken(alias: str, document: SiteDocument, plan: _Plan) -> bool:
    """Return whether an alias is the address of another document."""
    return plan.new_addresses.get(alias.lower(), document.source) != document.source


def _aliases(document: SiteDocument) -> list[str]:
    value = document.field("aliases")
    return [part.strip().strip('"') for part in value.strip("[]").split(", ")] if value else []


def _report_extra_keys(site: OldSite, items: list[Item]) -> None:
    """Add an item for each key that is kept under ``extra``, with the number of its documents."""
    keys: Counter[str] = Counter()
    first: dict[str, Location] = {}
    for document in site.documents:
        for entry in document.matter.extra:
            keys[entry.key] += 1
            first.setdefault(entry.key, Location(document.path, entry.line))
    for key, count in keys.most_common():
        documents = "1 document" if count == 1 else f"{count} documents"
        items.append(Item("Key under extra", first[key], f'"{key}" in {documents}', "", "note"))


def _settings(site: OldSite, permalink: str) -> Iterable[tuple[str, str]]:
    settings = site.settings
    yield "title", toml_text(settings.title)
    if settings.url:
        yield "url", toml_text(settings.url)
    if settings.description:
        yield "description", toml_text(settings.description)
    if LANGUAGE.fullmatch(settings.language) and settings.language != "en":
        yield "language", toml_text(settings.language)
    if settings.timezone:
        yield "timezone", toml_text(settings.timezone)
    if settings.author:
        yield "author", toml_text(settings.author)
    yield "permalink", toml_text(permalink)
