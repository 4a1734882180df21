"""HTML → Markdown by markdownify, with a rule for each element that it would lose; import this through ``html_text``.

What Markdown cannot express stays HTML: tables with spans, films, details, definition lists. Scripts and forms go.
Nothing that a style sheet of the element itself hides is kept.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup, Comment, Tag
from markdownify import MarkdownConverter

from blog.importers.template_tags import code_block, figure

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 150
"""Levels of elements that are converted; a deeper text is taken as words."""
_SPECIAL = re.compile(
    r"([\\`*<$~^|]|\[(?=[\^!])|\](?=[(\[:{]))|(?<!\w)(_)|(_)(?!\w)|(&)(?=#?\w{1,31};)|(\{)(?=[{%<:.#])"
)
_FORMULA = re.compile(
    r"(?<!\\)\\\((?P<inline>(?:[^\\]|\\\\|\\(?![()])){1,2000}+)\\\)"
    r"|(?<!\\)\\\[(?P<brackets>(?:[^\\]|\\\\|\\(?![\[\]])){1,8000}+)\\\]"
    r"|\$\$(?P<dollars>[^$]{1,8000})\$\$|\$latex\s(?P<latex>[^$]{1,2000})\$"
)
_LINE_START = re.compile(r"^([ \t]*)(?:([#>+-]|=+|:::)|(\d{1,9})([.)]))(?=\s|$)", re.MULTILINE)
_LANGUAGE = re.compile(r"(?:language-|lang-|brush:\s*|highlight-source-|lang:)([\w+#.-]+)")
_CODE_CLASSES = frozenset({"code", "literal-block", "sourcecode", "highlight", "python-code", "wp-block-code"})
_EMBEDDED = re.compile(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{5,20})")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_DROPPED = (
    "script", "style", "form", "button", "input", "textarea", "select", "noscript", "template", "object", "meta",
    "link",
)  # fmt: skip
_BLOCKS = ("details", "video", "audio", "dl", "svg", "math", "picture")
_INLINE = ("kbd", "mark", "sup", "sub", "abbr", "u", "small", "ins", "cite")


# ruff: noqa: ARG001, ARG002  (markdownify passes these arguments by name)


def write_markdown(html: str) -> str:
    """Return the Markdown of an HTML text."""
    soup = BeautifulSoup(html, "html.parser")
    _mark_formulas(soup)
    _simplify_cards(soup)
    for element in list(_find_hidden(soup)):
        element.decompose()
    if _is_deep(soup):
        return _escape(soup.get_text("\n"))
    _mark_footnotes(soup)
    text = _Writer(
        heading_style="ATX", bullets="-", autolinks=False, default_title=False, code_language_callback=_language_of
    ).convert_soup(soup)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"(?<![ \t])[ \t]++$", "", str(text), flags=re.MULTILINE)).strip("\n")


def _simplify_cards(soup: BeautifulSoup) -> None:
    """Make quotations and links of what the editor of Ghost calls cards."""
    for icon in soup.find_all(class_=("kg-callout-emoji", "kg-bookmark-icon", "kg-bookmark-thumbnail")):
        icon.decompose()
    for card in soup.find_all(class_="kg-callout-card"):
        card.name = "blockquote"
    for link in soup.find_all("a", class_="kg-bookmark-container"):
        title = link.find(class_="kg-bookmark-title")
        link.string = title.get_text() if title else str(link.get("href") or "")


def _find_hidden(soup: Tag) -> Iterator[Tag]:
    """Yield the elements that no reader saw, and those that do something."""
    for element in soup.find_all():
        is_hidden = element.has_attr("hidden") or _HIDDEN_STYLE.search(str(element.get("style", "")))
        if is_hidden or (element.name in _DROPPED and "gist.github.com" not in str(element.get("src", ""))):
            yield element


def _mark_formulas(soup: BeautifulSoup) -> None:
    """Give formulas of MathJax, KaTeX and WordPress elements of their own: ``x-math`` and ``x-math-block``."""
    for script in soup.find_all("script", type=re.compile("^math/tex")):
        _replace(script, script.get_text(), is_block="display" in str(script["type"]))
    for annotation in soup.find_all("annotation", encoding="application/x-tex"):
        whole = annotation.find_parent(class_=("katex-display", "katex", "mwe-math-element")) or annotation.find_parent(
            "math"
        )
        if whole is not None:
            is_block = (
                "katex-display" in (whole.get("class") or []) or annotation.find_parent(display="block") is not None
            )
            _replace(whole, annotation.get_text(), is_block=is_block)
    for text in soup.find_all(string=_FORMULA):
        if text.find_parent(["pre", "code", "script", "style", "x-math", "x-math-block"]) or isinstance(text, Comment):
            continue
        html = _FORMULA.sub(_formula_element, escape(str(text), quote=False))
        text.replace_with(*BeautifulSoup(html, "html.parser").contents)


def _replace(element: Tag, tex: str, *, is_block: bool) -> None:
    new = Tag(name="x-math-block" if is_block else "x-math")
    new.string = tex
    element.replace_with(new)


def _formula_element(match: re.Match[str]) -> str:
    block, tex = match["brackets"] or match["dollars"], match["inline"] or match["latex"]
    return f"<x-math-block>{block}</x-math-block>" if block else f"<x-math>{tex}</x-math>"


def _is_deep(soup: Tag) -> bool:
    """Return whether elements are nested so deeply that a recursion over them would fail."""
    level = [(soup, 0)]
    while level:
        element, depth = level.pop()
        if depth > MAX_DEPTH:
            return True
        level += [(child, depth + 1) for child in element.children if isinstance(child, Tag)]
    return False


def _mark_footnotes(soup: BeautifulSoup) -> None:
    """Give footnotes, and the links that lead to them, elements of their own: ``x-note`` and ``x-note-text``."""
    notes: dict[str, str] = {}
    for number, note in enumerate(soup.find_all(class_="footnote"), 1):
        idents = [note.get("id"), *(anchor.get("id") for anchor in note.find_all("a", id=True))]
        if not any(idents):
            continue
        notes |= {f"#{ident}": str(number) for ident in idents if ident}
        for label in note.find_all(class_=("label", "footnote-number", "backrefs")):
            label.decompose()
        note.name, note["number"] = "x-note-text", str(number)
    for link in soup.find_all("a", href=True):
        number_of = notes.get(str(link["href"]))
        if number_of and link.find_parent("x-note-text") is None:
            link.name = "x-note"
            link.string = number_of


def _language_of(element: Tag) -> str:
    """Return the language of a code block, by the classes of its elements."""
    for part in (element, *element.find_all("code"), *list(element.parents)[:2]):
        classes: Any = part.get("class") or []
        names = " ".join(classes) if isinstance(classes, list) else str(classes)
        match = _LANGUAGE.search(names)
        if match:
            return match[1].lower()
        if part.name == "pre" and "code" in classes:
            return next((name.lower() for name in classes if name not in _CODE_CLASSES), "")
    attribute = element.get("data-language") or element.get("lang") or element.get("data-code-block-lang") or ""
    return str(attribute) if re.fullmatch(r"[\w+#.-]{1,30}", str(attribute)) else ""


def _escape(text: str) -> str:
    """Return a text in which nothing is a mark of Markdown."""
    plain = _SPECIAL.sub(lambda match: "\\" + match[0], text)
    return _LINE_START.sub(
        lambda match: f"{match[1]}\\{match[2]}" if match[2] else f"{match[1]}{match[3]}\\{match[4]}", plain
    )


def _raw(element: Tag) -> str:
    """Return an element as it is: HTML in Markdown ends at an empty line."""
    for comment in element.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    return "\n\n" + re.sub(r"\n(?=[ \t]*\n)", "\n&#10;", str(element).strip()) + "\n\n"


class _Writer(MarkdownConverter):
    """The rules: ``convert_NAME`` gets an element, the Markdown inside, and the names of the elements around it."""

    def escape(self, text: str, parent_tags: set[str]) -> str:
        return _escape(text or "")

    def convert_pre(self, element: Tag, text: str, parent_tags: set[str]) -> str:
        for line_break in element.find_all("br"):
            line_break.replace_with("\n")
        return code_block(_language_of(element), element.get_text().rstrip())

    def convert_img(self, element: Tag, text: str, parent_tags: set[str]) -> str:
        source = _source_of(element)
        if not source:
            return ""
        alt = " ".join(str(element.get("alt") or "").split())
        return f"![{_escape(alt)}]({_target(source)})" if "_inline" in parent_tags else figure(source, alt, "")

    def convert_figure(self, element: Tag, text: str, parent_tags: set[str]) -> str:
        images, caption = element.find_all("img"), element.find("figcaption")
        if len(images) != 1 or element.find(["table", "pre", "iframe", "blockquote"]) or not _source_of(images[0]):
            return f"\n\n{text.strip()}\n\n"
        alt = str(images[0].get("alt") or "")
        return figure(_source_of(images[0]), alt, caption.get_text() if caption else "")

    def convert_a(self, element: Tag, text: str, parent_tags: set[str]) -> str:
        address = str(element.get("href") or "").strip()
        if not text.strip() or not address or address.lower().startswith(("javascript:", "data:", "vbscript:")):
            return text
        if text.lstrip().startswith("![") and _is_picture(address):
            return text  # a link from a picture to the same one, larger
        before, after = " " * text[:1].isspace(), " " * text[-1:].isspace()
        return f"{before}[{' '.join(text.split())}]({_target(address)}){after}"

    def convert_iframe(self, element: Tag, text: str, parent_tags: set[str]) -> str:
        source = str(element.get("src") or element.get("data-src") or "")
        video = _EMBEDDED.match(source)
        address = f"https://www.youtube.com/watch?v={video[1]}" if video else source
        return f"\n\n<{address}>\n\n" if re.fullmatch(r"https?://[^\s<>]+", address) else ""

    def convert_script(self, element: Tag, text: str, parent_tags: set[str]) -> str:
        address = str(element.get("src") or "").removesuffix(".js")
        return f"\n\n<{address}>\n\n" if re.fullmatch(r"https://gist\.github\.com/[\w/-]+", address) else ""

    def convert_table(self, element: Tag, text: str, parent_tags: set[str]) -> str:
        is_plain = not element.find(["pre", "ul", "ol", "table", "blockquote"]) and not any(
            cell.has_attr("rowspan") or cell.has_attr("colspan") for cell in element.find_all(["td", "th"])
        )
        if not is_plain:
            return _raw(element)
        return str(super().convert_table(element, text, parent_tags))  # type: ignore[misc]  # its stub lacks it

    def convert_x_math(self, element: Tag, text: str, parent_tags: set[str]) -> str:
        return f"${' '.join(element.get_text().split())}$"

    def convert_x_math_block(self, element: Tag, text: str, parent_tags: set[str]) -> str:
        tex = re.sub(r"\n\s*\n", "\n", element.get_text().strip())
        return f"\n\n$$\n{tex}\n$$\n\n"

    def convert_x_note(self, element: Tag, text: str, parent_tags: set[str]) -> str:
        return f"[^{element.get_text()}]"

    def convert_x_note_text(self, element: Tag, text: str, parent_tags: set[str]) -> str:
        lines = text.strip().replace("\n", "\n    ")
        return f"\n\n[^{element['number']}]: {lines}\n\n"


def _keep_block(_writer: _Writer, element: Tag, text: str, parent_tags: set[str]) -> str:
    return _raw(element)


def _keep_inline(_writer: _Writer, element: Tag, text: str, parent_tags: set[str]) -> str:
    return f"<{element.name}>{text}</{element.name}>" if text.strip() else text


for _name in _BLOCKS:
    setattr(_Writer, f"convert_{_name}", _keep_block)
for _name in _INLINE:
    setattr(_Writer, f"convert_{_name}", _keep_inline)


def _source_of(image: Tag) -> str:
    """Return the address of a picture, also of one that a script would load; not one that is in the text."""
    source = str(image.get("data-src") or image.get("src") or "").strip()
    return "" if source.startswith("data:") else source


def _is_picture(address: str) -> bool:
    return re.search(r"\.(?:png|jpe?g|gif|webp|svg|avif)(?:[?#]|$)", address, re.IGNORECASE) is not None or (
        "substackcdn.com/image" in address
    )


def _target(address: str) -> str:
    clean = "".join(address.split("\n")).replace("<", "%3C").replace(">", "%3E")
    return f"<{clean}>" if re.search(r"[\s()]", clean) else clean
