"""Template tags and shortcodes in a text → Markdown, through a table of converters.

The tags are those of Liquid (``{% name … %}``, ``{{ value }}``) and of Hugo (``{{< name … >}}``, ``{{% name … %}}``).
Code is never touched. A tag without a converter stays visible, as code, and is an item of the report.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, structs

from blog.importers.mapped_text import Edit, MappedText
from blog.importers.old_site import OldDocument, OldSettings, OldSite
from blog.importers.passages import find_passages
from blog.importers.report import Item
from blog.markdown.source_spans import read_spans
from blog.problems import Location

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.markdown.source_spans import SourceSpan

_OPENING = re.compile(r"(?=(\{%|\{\{[<%]?))")
_CLOSINGS = {"{%": "%}", "{{<": ">}}", "{{%": "%}}", "{{": "}}"}
_TAG = re.compile(
    r"\{%-?(?P<liquid>.*?)-?%\}"
    r"|\{\{<(?P<angle>.*?)>\}\}|\{\{%(?P<percent>.*?)%\}\}|\{\{(?![<%])-?(?P<value>[^{}]*?)-?\}\}",
    re.DOTALL,
)
_NAME = re.compile(r"(?P<close>/?)\s*+(?P<name>[\w./-]++)\s*+(?P<arguments>.*?)(?P<void>/?)\Z", re.DOTALL)
_ARGUMENT = re.compile(
    r"(?:(?P<key>[\w.-]+)\s*[=:]\s*)?"
    r"(?:\"(?P<double>(?:[^\"\\]|\\.)*+)(?:\"|\\?\Z)|'(?P<single>[^']*)'|`(?P<raw>[^`]*)`|(?P<bare>[^\s,\"'`]+))",
    re.DOTALL,
)
_ADDRESS_END = re.compile(r"[\s\"')>]")
_DEFINITION = re.compile(r"\[[^\]]*+\]:[ \t]*+[^\s\"')>]*+")
MAX_ADDRESS = 500
"""Characters of an address above a tag in it."""
_IMAGE = re.compile(
    r"\n{0,4}!\[(?P<alt>[^\[\]]*+)\]\(<?(?P<source>[^\s()<>\"]++)>?(?:\s++\"(?P<caption>(?:[^\"\\]|\\.)*+)\")?\)(?:\{[^{}\n]*+\})?\n*+"
)
HIDING_TAGS = frozenset({"comment", "hidden", "hide", "private", "draft", "secret", "todo"})
"""Tags whose text no reader of the old blog saw."""
_CONDITIONS = frozenset({"if", "unless", "case", "for", "tablerow", "capture"})
"""Tags of Liquid whose text depends on values that are unknown here."""
MAX_DEPTH = 10
"""Levels of shortcodes in shortcodes that are converted; deeper ones stay as they are."""


class TemplateTag(NamedTuple):
    """A template tag with its end tag, if it has one."""

    start: int
    end: int
    name: str
    arguments: str
    inner: str | None = None
    """The text up to the end tag."""

    def positional(self) -> list[str]:
        """Return the arguments without a name."""
        return [value for key, value in self._parse() if not key]

    def named(self) -> dict[str, str]:
        """Return the arguments with a name."""
        return {key: value for key, value in self._parse() if key}

    def _parse(self) -> list[tuple[str, str]]:
        pairs = []
        for match in _ARGUMENT.finditer(self.arguments):
            value = next((text for text in match.group("double", "single", "raw", "bare") if text is not None), "")
            pairs.append((match["key"] or "", value.replace('\\"', '"') if match["double"] is not None else value))
        return pairs


Converter = Callable[[TemplateTag, "TagContext"], "str | None"]
"""Returns what stands for a tag, in Markdown; None if it cannot be told."""


class TemplateLanguage(Struct, frozen=True):
    """The template language of a source."""

    tags: Mapping[str, Converter]
    """Name of a tag or shortcode → its converter."""
    values: Callable[[str, OldSettings, OldDocument], str | None]
    """Returns the value of an expression ``{{ … }}`` in a document; None if it is unknown."""
    comments: tuple[re.Pattern[str], re.Pattern[str]] | None = None
    """Match the beginning and the end of a comment, which the old tool left out in code too."""


class TagContext(Struct, frozen=True):
    """What a converter may need beside its tag."""

    templates: TemplateLanguage
    site: OldSite
    document: OldDocument
    addresses: Callable[[str, OldDocument], str | None]
    """Returns the old address of the document that a template names, by its path; None if there is none."""
    items: list[Item]
    line: int = 1
    """The line of the old file with the tag."""
    depth: int = 0

    def convert(self, text: str) -> str:
        """Return the Markdown of a text inside of a tag."""
        if self.depth >= MAX_DEPTH:
            return text
        lines = MappedText(text, (self.line,) * (text.count("\n") + 1))
        return convert_tags(lines, structs.replace(self, depth=self.depth + 1)).text

    def report(self, kind: str, what: str, todo: str) -> None:
        """Add an item at the line of the tag."""
        self.items.append(Item(kind, Location(self.document.path, self.line), what, todo))


def convert_tags(source: MappedText, context: TagContext) -> MappedText:
    """Return ``source`` with the Markdown of each tag in its place."""
    if context.templates.comments:
        comments = find_passages(source.text, *context.templates.comments)
        source = source.edit([Edit(comment.start, comment.end, "") for comment in comments])
    text = source.text
    if "{%" not in text and "{{" not in text:
        return source
    spans = read_spans(text)
    untouched = list(_find_untouched(text, spans))
    edits: list[Edit] = []
    position = 0
    closings = {opening: text.rfind(closing) for opening, closing in _CLOSINGS.items()}
    while match := _find_tag(text, position, closings):
        end = next((end for start, end in untouched if start <= match.start() < end), 0)
        if end and not _is_hiding(match):
            position = min(end, match.end())
            continue
        inner = structs.replace(context, line=source.line_at(match.start()))
        edit = _convert_match(text, match, inner, spans)
        if end:  # a comment inside of code would be shown
            edit = edit._replace(text="")
        edits.append(_fit(text, edit))
        position = max(edit.end, match.end())
    return source.edit(edits)


def _find_tag(text: str, position: int, closings: Mapping[str, int]) -> re.Match[str] | None:
    """Return the first tag behind ``position``; ``closings`` has the last closing mark for each opening one.

    Behind it no tag is tried: each would be searched up to the end of the text.
    """
    for opening in _OPENING.finditer(text, position):
        if opening.end(1) <= closings[opening[1]]:
            match = _TAG.match(text, opening.start())
            if match:
                return match
    return None


def _fit(text: str, edit: Edit) -> Edit:
    """Return ``edit`` without the empty lines that the text around it has already."""
    before = len(text[: edit.start]) - len(text[: edit.start].rstrip("\n"))
    after = len(text[edit.end :]) - len(text[edit.end :].lstrip("\n"))
    words = edit.text.strip("\n")
    if not words:
        return edit
    leading = len(edit.text) - len(edit.text.lstrip("\n"))
    trailing = len(edit.text) - len(edit.text.rstrip("\n"))
    at_start = not text[: edit.start].strip("\n")
    first = 0 if at_start else max(leading - before, 0)
    return edit._replace(text="\n" * first + words + "\n" * max(trailing - after, 0))


def _find_untouched(text: str, spans: Sequence[SourceSpan]) -> Iterator[tuple[int, int]]:
    """Yield the positions of code and of HTML comments."""
    for span in spans:
        if span.kind == "code" and (span.is_block or text[span.start] == "`"):
            yield span.start, span.end
        elif span.kind == "html" and text.startswith("<!--", span.start):
            end = text.find("-->", span.start)
            yield span.start, (end + 3 if end >= 0 else span.end)


def _is_hiding(match: re.Match[str]) -> bool:
    """Return whether the old tool shows nothing of a tag, not even inside of code."""
    source = next((part for part in match.group("liquid", "angle", "percent") if part is not None), "")
    named = _NAME.match(source.strip())
    return source.strip().startswith("#") or (named is not None and named["name"] in HIDING_TAGS)


def _convert_match(text: str, match: re.Match[str], context: TagContext, spans: Sequence[SourceSpan]) -> Edit:
    if match["value"] is not None:
        return _convert_value(text, match, context, spans)
    tag = _read_tag(text, match)
    if tag is not None and tag.name in HIDING_TAGS and tag.inner is not None:
        return Edit(tag.start, tag.end, hide(tag, context))
    if tag is not None and tag.name in _CONDITIONS and match["liquid"] is not None:
        return Edit(tag.start, tag.end, _hide_condition(tag, match[0], context))
    if match["liquid"] is not None and match["liquid"].strip().startswith("#"):
        return Edit(match.start(), match.end(), "")
    if tag is None:
        return Edit(match.start(), match.end(), _show(text, match.start(), match.end(), spans))
    converter = context.templates.tags.get(tag.name)
    markdown = converter(tag, context) if converter else None
    if markdown is None:
        shown = " ".join(match[0].split())[:80]
        context.report(
            f"Template tag {tag.name}", f"{shown} is shown as it was written", "say it in Markdown, or take it out"
        )
        shown_end = match.end()  # what it encloses stays text
        return Edit(tag.start, shown_end, _show(text, tag.start, shown_end, spans))
    if _is_in_html_block(spans, tag.start):
        markdown = _IMAGE.sub(_html_image, markdown)
    return Edit(tag.start, tag.end, markdown)


def _is_in_html_block(spans: Sequence[SourceSpan], offset: int) -> bool:
    """Return whether Markdown at ``offset`` would be shown as it is written."""
    return any(span.kind == "html" and span.is_block and span.start < offset < span.end for span in spans)


def _html_image(match: re.Match[str]) -> str:
    """Return an image of Markdown, without the empty lines around it, as HTML."""
    alt, caption = (html.escape(html.unescape(text or "")) for text in match.group("alt", "caption"))
    image = f'<img src="{match["source"]}" alt="{alt}">'
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>" if caption else image


def _hide_condition(tag: TemplateTag, written: str, context: TagContext) -> str:
    """Return the text of a condition as a comment, or nothing if it cannot be one."""
    comment = _comment_out(tag)
    done = "was left out" if comment is None else "is a comment now"
    what = f"the text in {written[:60]} {done}: whether it was shown is not known"
    context.report("Condition", what, "write it as it should be, or delete it")
    return comment or ""


def _read_tag(text: str, match: re.Match[str]) -> TemplateTag | None:
    """Return the tag at ``match``, with the text up to its end tag; None if it is no tag."""
    source = next(part for part in match.group("liquid", "angle", "percent") if part is not None)
    if match["liquid"] is None and source.strip().startswith("/*"):  # Hugo shows this as the tag itself
        return TemplateTag(match.start(), match.end(), "/*", source)
    named = _NAME.match(source.strip())
    if named is None:
        return None
    name, arguments = named["name"], named["arguments"]
    tag = TemplateTag(match.start(), match.end(), named["close"] + name, arguments)
    if named["close"] or named["void"]:
        return tag
    closing = _find_end(text, match, name)
    if closing is None:
        return tag
    return tag._replace(end=closing.end(), inner=text[match.end() : closing.start()])


def _find_end(text: str, match: re.Match[str], name: str) -> re.Match[str] | None:
    """Return the end tag of the tag at ``match``, beyond tags of the same name inside of it."""
    marks = _find_marks(text, name, is_liquid=match["liquid"] is not None)
    depth = 1
    for index in range(bisect_left(marks, match.end(), key=re.Match.start), len(marks)):
        mark = marks[index]
        depth += -1 if mark["close"] else 1
        if not depth or (name in {"raw", "comment"} and mark["close"]):
            return mark
    return None


@lru_cache(maxsize=32)
def _find_marks(text: str, name: str, *, is_liquid: bool) -> list[re.Match[str]]:
    """Return the tags of a name and their end tags, up to the last end tag.

    They are kept because a search from each tag takes a time that grows with the square of a text.
    """
    word = re.escape(name)
    if is_liquid:
        pattern = rf"\{{%-?\s*(?:(?P<close>end{word})|{word})\b[^%]*%\}}"
    else:
        pattern = rf"\{{\{{[<%]-?\s*(?P<close>/\s*)?{word}(?![\w./-])(?:(?!\{{\{{|\}}\}}).)*+(?<=[>%])\}}\}}"
    marks = list(re.compile(pattern, re.DOTALL).finditer(text))
    while marks and not marks[-1]["close"]:
        marks.pop()
    return marks


def _convert_value(text: str, match: re.Match[str], context: TagContext, spans: Sequence[SourceSpan]) -> Edit:
    """Return the edit for an expression: its value, or nothing in an address, or itself as code."""
    start, end = match.span()
    expression = match["value"].strip()
    if expression.startswith("/*"):
        return Edit(start, end, hide(TemplateTag(start, end, "comment", expression.strip("/* ")), context))
    value = context.templates.values(expression, context.site.settings, context.document)
    if value is None:
        what = f"{{{{ {expression[:60]} }}}} has no value here"
        context.report("Template value", what, "write what it stands for")
        value = "" if _is_in_address(text, start) else _show(text, start, end, spans)
    return Edit(start, end, value)


def _is_in_address(text: str, offset: int) -> bool:
    """Return whether ``offset`` is in the address of a link, of an attribute in HTML, or of a link definition."""
    line = text[max(0, offset - MAX_ADDRESS) : offset].rpartition("\n")[2]
    address = _ADDRESS_END.split(line)[-1]
    before = line.removesuffix(address)
    return "](" in address or before.endswith(('="', "='")) or _DEFINITION.fullmatch(line) is not None


def _show(text: str, start: int, end: int, spans: Sequence[SourceSpan]) -> str:
    """Return a tag in a form that shows it: as code, or in HTML with entities; nothing in an address."""
    if _is_in_address(text, start):
        return ""
    tag = " ".join(text[start:end].split())
    in_html = any(span.kind == "html" and span.start <= start < span.end for span in spans)
    if in_html:
        return tag.replace("&", "&amp;").replace("<", "&lt;").replace("{", "&#123;")
    marks = "``" if "`" in tag else "`"
    return f"{marks}{tag}{marks}" if marks == "`" else f"{marks} {tag} {marks}"


def show_expression(expression: str, _settings: OldSettings, _document: OldDocument) -> str:
    """Return an expression itself: the tool has no templates in texts."""
    return f"{{{{ {expression} }}}}" if expression else "{{}}"


def drop(_tag: TemplateTag, _context: TagContext) -> str:
    """Return nothing: the tag means nothing here."""
    return ""


def keep_inner(tag: TemplateTag, context: TagContext) -> str:
    """Return the text inside the tag."""
    return context.convert(tag.inner or "")


def hide(tag: TemplateTag, context: TagContext) -> str:
    """Return the text inside the tag as a comment: the old tool hid it."""
    comment = _comment_out(tag)
    if comment is None:
        context.report("Comment", "a comment of the old tool was left out", "copy it by hand, if you need it")
    return comment or ""


def _comment_out(tag: TemplateTag) -> str | None:
    """Return the text inside the tag as a comment; None if a comment cannot have this text."""
    text = (tag.inner or tag.arguments).strip()
    if "--" in text or "<" in text or ">" in text:
        return None
    return f"<!-- {text} -->" if text else ""


def code_block(language: str, code: str) -> str:
    """Return a code block that no line of ``code`` ends."""
    fence = "```"
    while fence in code:
        fence += "`"
    body = code.strip("\n")
    return f"\n\n{fence}{language}\n{body}\n{fence}\n\n"


def highlight(tag: TemplateTag, _context: TagContext) -> str | None:
    """Return a code block with the language that the tag names."""
    if tag.inner is None:
        return None
    language = next(iter(tag.positional()), "")
    return code_block(re.sub(r"[^\w+#-]", "", language), tag.inner)


def address_in(tag: TemplateTag) -> str:
    """Return the address that stands in a tag, perhaps without quotes; ``""`` if there is none."""
    found = re.search(r"https?://[^\s\"'<>]+", tag.arguments)
    return found[0] if found else ""


def first_value(named: dict[str, str], *keys: str) -> str:
    """Return the first of the arguments ``keys`` that is not empty."""
    return next((named[key] for key in keys if named.get(key)), "")


def youtube(tag: TemplateTag, _context: TagContext) -> str | None:
    """Return the address of a film, which is shown as one."""
    named = tag.named()
    ident = first_value(named, "id", "video_id") or next(iter(tag.positional()), "")
    address = first_value(named, "url", "src", "content") or address_in(tag) or ident
    if address.startswith(("http:", "https:")):
        return f"<{address}>"
    return f"<https://www.youtube.com/watch?v={ident}>" if re.fullmatch(r"[\w-]{5,20}", ident) else None


def figure(source: str, alt: str, caption: str) -> str:
    """Return an image, alone in its paragraph if it has a caption."""
    plain = " ".join(re.sub(r"\[([^\[\]]*)\]\([^)]{0,1000}\)", r"\1", re.sub(r"<[^<>]*>", "", caption)).split())
    words = " ".join((alt or plain).replace("[", "").replace("]", "").split())
    target = f"<{source}>" if " " in source else source
    if not plain:
        return f"![{words}]({target})"
    quoted = plain.replace('"', "&quot;")
    return f'\n\n![{words}]({target} "{quoted}")\n\n'


def callout(kind: str, title: str, text: str) -> str:
    """Return a callout."""
    names = {"tip": "TIP", "hint": "TIP", "important": "IMPORTANT", "warning": "WARNING", "danger": "CAUTION"}
    names |= {"caution": "CAUTION", "alert": "WARNING", "error": "CAUTION", "success": "TIP"}
    head = [f"> [!{names.get(kind.lower(), 'NOTE')}]"]
    if title:
        head += [f"> **{title}**", ">"]
    lines = [f"> {line}".rstrip() for line in text.strip().split("\n")]
    return "\n\n" + "\n".join([*head, *lines]) + "\n\n"
