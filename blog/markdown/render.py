"""Tokens → HTML, in two forms: for a page, and for a feed reader, which does not apply the theme."""

from __future__ import annotations

import re
from copy import copy
from html import escape
from typing import TYPE_CHECKING, Any

from markdown_it.renderer import RendererHTML
from markdown_it.utils import OptionsDict
from msgspec import structs

from blog.markdown.attributes import KINDS
from blog.markdown.code import Fence, highlighted, read_info, report_info
from blog.markdown.comment_spans import without_comments
from blog.markdown.formulas import equation_html, equation_tex, inline_html
from blog.markdown.summary import alternative

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token
    from markdown_it.utils import EnvType

    from blog.markdown.context import ConversionContext

_OPTIONS = OptionsDict({
    "maxNesting": 0, "html": True, "linkify": False, "typographer": True, "quotes": "“”‘’",
    "xhtmlOut": False, "breaks": False, "langPrefix": "language-", "highlight": None,
})  # fmt: skip
_WIDTH_CLASS = re.compile(r"w-(\d+)")
"""The class of an image whose width is a part of the text's width, in percent."""
_ALIGNMENT = {"text-align:left": "left", "text-align:center": "center", "text-align:right": "right"}


def page_html(tokens: list[Token], context: ConversionContext) -> str:
    """Return the form for pages, with placeholders for links; report problems in code blocks."""
    return _PAGE.render(tokens, _OPTIONS, {"notes": context, "words": context.manner.words, "start": context.prefix})


def feed_html(tokens: list[Token], context: ConversionContext) -> str:
    """Return the form for feed readers, with placeholders for links."""
    return _FEED.render(tokens, _OPTIONS, {"words": context.manner.words, "start": "\0:\0"})


_SIZE_AND_CLASS = frozenset({"class", "width", "height"})
_PLAYERS = {
    "film": ("video", frozenset({"alt", "aria-label"})),
    "sound": ("audio", frozenset({"alt", "aria-label", "width", "height"})),
}
"""Medium → its element, and the attributes of an image that this element does not have or that are set again."""


class _Forms(RendererHTML):
    """The methods that the page form and the feed form share; the type of a token is the name of its method."""

    def image(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        token = tokens[idx]
        if token.meta.get("medium", "picture") != "picture":
            return self._player(token)
        token.attrs = {"src": token.attrs.pop("src"), **token.attrs, "alt": alternative(token.children)}
        return self._image_tag(token, str(token.attrs["src"]).strip("\0"))

    def _image_tag(self, token: Token, slot: str) -> str:
        """Render an image; ``slot`` is the number in its placeholders."""
        kind = "*" if {"width", "height"} & token.attrs.keys() else "+"
        return f"<img{self.renderAttrs(token)}\0{kind}{slot}\0{self.image_loading}>"

    def _player(self, token: Token) -> str:
        """Render a video or sound, with its alternative text."""
        tag, omitted = _PLAYERS[token.meta["medium"]]
        words = alternative(token.children)
        token.attrs = {name: value for name, value in token.attrs.items() if name not in omitted}
        if words:
            token.attrs["aria-label"] = words
        return f'<{tag} controls preload="metadata"{self.renderAttrs(token)}>{escape(words)}</{tag}>'

    image_loading = ""
    label_tags = ("<strong>", "</strong>")
    """The tags around the number of a figure, table or listing."""

    def label(self, label: str, env: EnvType, *, is_alone: bool) -> str:
        """Return the HTML of the number of a figure, table or listing, which may stand before a caption."""
        if not label:
            return ""
        opening, closing = self.label_tags
        if is_alone:
            return f"{opening}{escape(label)}{closing}"
        colon = env["words"].text("text.colon")
        return f"{opening}{escape(label + colon.rstrip(' '))}{closing}{' ' * colon.endswith(' ')}"

    def table_caption_open(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType) -> str:
        meta = tokens[idx].meta
        return f"<caption>{self.label(meta['label'], env, is_alone=meta['is_empty'])}"

    def table_caption_close(self, *_: Any) -> str:
        return "</caption>\n"

    def figure_close(self, *_: Any) -> str:
        return "</figure>\n"

    def caption_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        children = tokens[idx].children
        text = self.renderInline(children, options, env) if children else escape(tokens[idx].meta["caption"])
        caption = self.label(tokens[idx].meta["label"], env, is_alone=not text) + text
        if not tokens[idx].meta["credit"]:
            return f"<figcaption>{caption}"
        return f"<figcaption>{caption}{' ' if caption else ''}<small>"

    def caption_close(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return "</small></figcaption>" if tokens[idx].meta["credit"] else "</figcaption>"

    def comment(self, *_: Any) -> str:
        return ""

    more = end = container = comment

    def footnote_ref(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType) -> str:
        meta = tokens[idx].meta
        if "number" not in meta:
            return escape(without_comments(f"[^{meta['label']}]"))
        again = "" if meta["use"] == 1 else f":{meta['use']}"
        start, number = env["start"], meta["number"]
        return (
            f'<sup class="footnote-ref"><a href="#{start}fn:{number}" id="{start}fnref:{number}{again}" '
            f'role="doc-noteref">{number}</a></sup>'
        )

    def footnotes_open(self, *_: Any) -> str:
        return '<section class="footnotes" role="doc-endnotes">\n<hr>\n<ol>\n'

    def footnotes_close(self, *_: Any) -> str:
        return "</ol>\n</section>\n"

    def footnote_open(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType) -> str:
        return f'<li id="{env["start"]}fn:{tokens[idx].meta["number"]}">'

    def footnote_close(self, *_: Any) -> str:
        return "</li>\n"

    def footnote_back(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType) -> str:
        number, uses = tokens[idx].meta["number"], tokens[idx].meta["uses"]
        return "".join(_back_link(env, number, use) for use in range(1, uses + 1))


def _id_attribute(ident: str) -> str:
    return f' id="{escape(ident)}"' if ident else ""


def _back_link(env: EnvType, number: int, use: int) -> str:
    """Return the link from a footnote to one of its references."""
    reference, label = f"{number}", f"{number}"
    if use > 1:
        reference, label = f"{number}:{use}", f"{number}, {use}"
    name = escape(env["words"].text("text.back_to_reference", number=label))
    return (
        f' <a href="#{env["start"]}fnref:{reference}" class="footnote-back" role="doc-backlink" '
        f'aria-label="{name}">↩\ufe0e</a>'
    )


class _Page(_Forms):
    """Highlighted code, heading anchors, tables that scroll."""

    image_loading = ' loading="lazy"'
    label_tags = ('<span class="label">', "</span>")

    def image(self, tokens: Sequence[Token], idx: int, *more: Any) -> str:
        """Render a diagram as the HTML that it has for pages."""
        token = tokens[idx]
        if "page" not in token.meta:
            return super().image(tokens, idx, *more)
        html, ident = str(token.meta["page"]), token.attrs.get("id")
        return f'<div id="{escape(str(ident))}">{html}</div>' if ident else html

    def _image_tag(self, token: Token, slot: str) -> str:
        """Render an image with its kind, unless the author gave it one, its dark image, and a link to the original."""
        classes = str(token.attrs.get("class", ""))
        kind = ""
        if not classes:
            kind = f"\0c{slot}\0"
        elif set(KINDS).isdisjoint(classes.split()):
            token = copy(token)  # the feed has no such class
            token.attrs = {**token.attrs, "class": f"{classes}\0C{slot}\0"}
        tag = super()._image_tag(token, slot).removesuffix(">")
        shown = f"\0({slot}\0{tag}{kind}>\0){slot}\0"
        return f"\0[{slot}\0{shown}\0]{slot}\0" if token.meta.get("has_original") else shown

    def figure_open(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        places = tokens[idx].meta["places"]
        place_classes = f' class="{places}"' if places else ""
        return f"<figure{place_classes}{_id_attribute(tokens[idx].meta['ident'])}>"

    def render(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:
        """Render all tokens; a hidden one, in the author's preview, does not change the tokens around it."""
        html = []
        for index, token in enumerate(tokens):
            html += [self.rules[hidden.type]([hidden], 0, options, env) for hidden in token.meta.get("hidden", ())]
            if token.type == "inline":
                html.append(self.renderInline(token.children or (), options, env))
            elif token.type in self.rules:
                html.append(self.rules[token.type](tokens, index, options, env))
            else:
                html.append(self.renderToken(tokens, index, options, env))
        return "".join(html)

    def passage(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return str(tokens[idx].meta["html"])

    def comment(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        tag = "div" if tokens[idx].block else "span"
        text = escape(tokens[idx].meta["content"].strip(), quote=False)
        return f'<{tag} class="private">{text}</{tag}>'

    def formula(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return inline_html(tokens[idx])

    def formula_block(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return equation_html(tokens[idx])

    def printed(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        """Render the text output of a cell."""
        kind = "output failed" if tokens[idx].meta["failed"] else "output"
        text = escape(tokens[idx].content.rstrip("\n"), quote=False)
        return f'<pre class="{kind}" tabindex="0"><samp>{text}</samp></pre>\n'

    def fold_open(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return f'<details class="fold"><summary>{escape(tokens[idx].content)}</summary>\n'

    def fold_close(self, *_: Any) -> str:
        return "</details>\n"

    def quotation_open(self, *_: Any) -> str:
        return '<figure class="quotation">\n'

    def quotation_close(self, *_: Any) -> str:
        return "</figure>\n"

    def attribution_open(self, *_: Any) -> str:
        return "<figcaption>— "

    def attribution_close(self, *_: Any) -> str:
        return "</figcaption>\n"

    def markup(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        """Render a token of a directive."""
        return str(tokens[idx].meta["page"])

    def heading_close(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        label = escape(env["words"].text("text.link_to", heading=token.meta["text"]))
        anchor = f' <a class="anchor" href="#{escape(str(token.meta["id"]))}" aria-label="{label}">#</a>'
        return f"{anchor}</{token.tag}>\n"

    def table_open(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType) -> str:
        meta = tokens[idx].meta
        ident = _id_attribute(meta.get("ident", ""))
        label = escape(meta.get("label") or env["words"].text("text.table"))
        return f'<div class="table"{ident} role="group" aria-label="{label}" tabindex="0"><table>\n'

    def table_close(self, *_: Any) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        """Render a cell with its alignment as a class: an inline style would need a looser content security policy."""
        tag = tokens[idx].tag
        alignment = _ALIGNMENT.get(str(tokens[idx].attrs.get("style", "")))
        class_attribute = f' class="{alignment}"' if alignment else ""
        scope = ' scope="col"' if tag == "th" else ""
        return f"<{tag}{class_attribute}{scope}>"

    td_open = th_open

    def fence(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType) -> str:
        token, context = tokens[idx], env["notes"]
        fence = structs.replace(read_info(token.info, context.start(token)), label=token.meta.get("label", ""))
        if kernel := token.meta.get("kernel"):
            fence = structs.replace(fence, kernel=kernel)
        else:
            report_info(token, context)
            fence = structs.replace(fence, location=context.locate_word(token, fence.language))
        block = highlighted(token.content, fence, context)
        ident = _id_attribute(fence.ident)
        if not fence.title and not fence.label:
            return block.replace("<pre", f"<pre{ident}", 1)
        caption = self.label(fence.label, env, is_alone=not fence.title) + escape(fence.title)
        return f'<figure class="code"{ident}><figcaption>{caption}</figcaption>{block}</figure>\n'

    def task_open(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        checked = " checked" if tokens[idx].meta["done"] else ""
        return f'<label><input type="checkbox" disabled{checked}> '

    def task_close(self, *_: Any) -> str:
        return "</label>"

    def code_block(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType) -> str:
        return highlighted(tokens[idx].content, Fence(), env["notes"])

    def html_block(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return str(tokens[idx].meta.get("text", tokens[idx].content))

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return self.html_block(tokens, idx, options, env)


class _Feed(_Forms):
    """Nothing that needs a style sheet or an id: plain code, characters for check boxes."""

    @staticmethod
    def renderAttrs(token: Token) -> str:  # noqa: N802  (markdown-it's name)
        """Render attributes without ids: the ids of two entries may be equal."""
        return "".join(f' {key}="{escape(str(value))}"' for key, value in token.attrs.items() if key != "id")

    def image(self, tokens: Sequence[Token], idx: int, *more: Any) -> str:
        """Render a part of the text's width as an attribute: feed readers have no class for it."""
        token = copy(tokens[idx])
        if "feed" in token.meta:
            return str(token.meta["feed"])
        other_classes: list[str] = []
        percent = ""
        for name in str(token.attrs.get("class", "")).split():
            if width := _WIDTH_CLASS.fullmatch(name):
                percent = width[1]
            else:
                other_classes.append(name)
        if percent:
            token.attrs = {name: value for name, value in token.attrs.items() if name not in _SIZE_AND_CLASS}
            if other_classes:
                token.attrs["class"] = " ".join(other_classes)
            token.attrs["width"] = f"{percent}%"
        return super().image([token], 0, *more)

    def figure_open(self, *_: Any) -> str:
        return "<figure>"

    def formula(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        """Render a formula as TeX: most feed readers drop MathML."""
        return f"<code>{escape(tokens[idx].content.strip(), quote=False)}</code>{tokens[idx].meta.get('after', '')}"

    def formula_block(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return equation_tex(tokens[idx])

    def printed(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        text, words = tokens[idx].meta["excerpt"]
        rest = f"<p>({escape(words)})</p>\n" if words else ""
        return f"<pre><samp>{escape(text, quote=False)}</samp></pre>\n{rest}"

    def quotation_open(self, *_: Any) -> str:
        return ""

    quotation_close = fold_open = fold_close = quotation_open

    def attribution_open(self, *_: Any) -> str:
        return "<p>— "

    def attribution_close(self, *_: Any) -> str:
        return "</p>\n"

    def markup(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return str(tokens[idx].meta["feed"])

    def task_open(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return "☑ " if tokens[idx].meta["done"] else "☐ "

    def task_close(self, *_: Any) -> str:
        return ""

    def fence(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType) -> str:
        title = read_info(tokens[idx].info).title
        caption = self.label(tokens[idx].meta.get("label", ""), env, is_alone=not title)
        if title:
            caption += f"<code>{escape(title)}</code>"
        head = f"<p>{caption}</p>\n" if caption else ""
        return f"{head}<pre><code>{escape(tokens[idx].content, quote=False)}</code></pre>\n"

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return self.fence(tokens, idx, options, env)

    def html_block(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return str(tokens[idx].meta["feed"])

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return self.html_block(tokens, idx, options, env)


_PAGE = _Page()
_FEED = _Feed()
