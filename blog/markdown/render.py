"""Tokens → HTML, in two forms: for a page, and for a feed reader, which has no style sheet of ours."""

from __future__ import annotations

import re
from copy import copy
from html import escape
from typing import TYPE_CHECKING, Any

from markdown_it.renderer import RendererHTML
from markdown_it.utils import OptionsDict
from msgspec import structs

from blog.markdown.code import Fence, highlighted, read_info
from blog.markdown.comment_text import without_comments
from blog.markdown.directives import pull
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
_PART = re.compile(r"w-\d+")
"""The class of a picture that takes a part of the text's width."""
_ALIGNMENT = {"text-align:left": "left", "text-align:center": "center", "text-align:right": "right"}


def page_html(tokens: list[Token], context: ConversionContext) -> str:
    """The form for pages. Notes what is wrong with code blocks; their links are slots."""
    return _PAGE.render(tokens, _OPTIONS, {"notes": context, "start": context.prefix})


def feed_html(tokens: list[Token]) -> str:
    """The form for feed readers."""
    return _FEED.render(tokens, _OPTIONS, {"start": "\0:\0"})


class _Forms(RendererHTML):
    """The rules that the page form and the feed form share."""

    def image(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        token = tokens[idx]
        if token.meta.get("medium", "picture") != "picture":
            return self._player(token)
        token.attrs = {"src": token.attrs.pop("src"), **token.attrs, "alt": alternative(token.children)}
        slot = str(token.attrs["src"]).strip("\0")
        kind = "*" if {"width", "height"} & token.attrs.keys() else "+"
        return f"<img{self.renderAttrs(token)}\0{kind}{slot}\0{self.image_loading}>"

    def _player(self, token: Token) -> str:
        """A film or sound, with its words for who cannot play it."""
        tag = "video" if token.meta["medium"] == "film" else "audio"
        words = escape(alternative(token.children))
        unknown = {"alt", "aria-label"} if tag == "video" else {"alt", "aria-label", "width", "height"}
        attributes = {key: value for key, value in token.attrs.items() if key not in unknown}
        token.attrs = attributes | {"aria-label": alternative(token.children)} if words else attributes
        return f'<{tag} controls preload="metadata"{self.renderAttrs(token)}>{words}</{tag}>'

    image_loading = ""

    def figure_close(self, *_: Any) -> str:
        return "</figure>\n"

    def caption_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        children = tokens[idx].children
        caption = self.renderInline(children, options, env) if children else escape(tokens[idx].meta["caption"])
        if not tokens[idx].meta["credit"]:
            return f"<figcaption>{caption}"
        return f"<figcaption>{caption}{' ' if caption else ''}<small>"

    def caption_close(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return "</small></figcaption>" if tokens[idx].meta["credit"] else "</figcaption>"

    def comment(self, *_: Any) -> str:
        return ""

    more = end = container = comment

    def pull_close(self, *_: Any) -> str:
        return pull.CLOSING

    thread_close = pull_close

    def speaker_close(self, *_: Any) -> str:
        return "</p>\n"

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
        links = []
        for use in range(1, uses + 1):
            again, label = ("", f"{number}") if use == 1 else (f":{use}", f"{number}, {use}")
            links.append(
                f' <a href="#{env["start"]}fnref:{number}{again}" class="footnote-back" role="doc-backlink" '
                f'aria-label="Back to reference {label}">↩\ufe0e</a>'
            )
        return "".join(links)


class _Page(_Forms):
    """Highlighted code, heading anchors, tables that scroll."""

    image_loading = ' loading="lazy"'

    def figure_open(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        places = tokens[idx].meta["places"]
        return f'<figure class="{places}">' if places else "<figure>"

    def render(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:
        """All tokens; what is hidden before one is a slot, and changes nothing around it."""
        html = []
        for index, token in enumerate(tokens):
            html += [self.rules[hidden.type]([hidden], 0, options, env) for hidden in token.meta.get("private", ())]
            if token.type == "inline":
                html.append(self.renderInline(token.children or (), options, env))
            elif token.type in self.rules:
                html.append(self.rules[token.type](tokens, index, options, env))
            else:
                html.append(self.renderToken(tokens, index, options, env))
        return "".join(html)

    def passage(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType) -> str:
        return str(env["notes"].keep(tokens[idx].meta["html"]))

    def comment(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType) -> str:
        tag, hidden = "div" if tokens[idx].block else "span", escape(tokens[idx].meta["hidden"].strip(), quote=False)
        return str(env["notes"].keep(f'<{tag} class="private">{hidden}</{tag}>'))

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

    def pull_open(self, *_: Any) -> str:
        return pull.PAGE_OPENING

    def thread_open(self, *_: Any) -> str:
        return '<blockquote class="thread">\n'

    def speaker_open(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return '<p class="speaker gone">' if tokens[idx].meta["deleted"] else '<p class="speaker">'

    def heading_close(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        token = tokens[idx]
        label = escape(f"Link to “{token.meta['text']}”")
        anchor = f' <a class="anchor" href="#{escape(str(token.meta["id"]))}" aria-label="{label}">#</a>'
        return f"{anchor}</{token.tag}>\n"

    def table_open(self, *_: Any) -> str:
        return '<div class="table" role="group" aria-label="Table" tabindex="0"><table>\n'

    def table_close(self, *_: Any) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        """Alignment by class: an inline style would need a looser content security policy."""
        tag, style = tokens[idx].tag, _ALIGNMENT.get(str(tokens[idx].attrs.get("style", "")))
        scope = ' scope="col"' if tag == "th" else ""
        return f'<{tag} class="{style}"{scope}>' if style else f"<{tag}{scope}>"

    td_open = th_open

    def fence(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType) -> str:
        token, context = tokens[idx], env["notes"]
        fence = read_info(token.info, context.start(token), context)
        if kernel := token.meta.get("kernel"):
            fence = structs.replace(fence, kernel=kernel)
        return highlighted(token.content, fence, context)

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
        """A part of the text's width is said in HTML's own old way: feed readers have no class for it."""
        token = copy(tokens[idx])
        classes = str(token.attrs.get("class", "")).split()
        parts = [name.removeprefix("w-") for name in classes if _PART.fullmatch(name)]
        if parts:
            rest = " ".join(name for name in classes if not _PART.fullmatch(name))
            token.attrs = {key: value for key, value in token.attrs.items() if key not in {"class", "width", "height"}}
            token.attrs |= {"class": rest, "width": f"{parts[-1]}%"} if rest else {"width": f"{parts[-1]}%"}
        return super().image([token], 0, *more)

    def figure_open(self, *_: Any) -> str:
        return "<figure>"

    def formula(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        """TeX: most feed readers drop MathML."""
        return f"<code>{escape(tokens[idx].content.strip(), quote=False)}</code>{tokens[idx].meta.get('after', '')}"

    def formula_block(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return equation_tex(tokens[idx])

    def printed(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        text, words = tokens[idx].meta["excerpt"]
        rest = f"<p>({words})</p>\n" if words else ""
        return f"<pre><samp>{escape(text, quote=False)}</samp></pre>\n{rest}"

    def quotation_open(self, *_: Any) -> str:
        return ""

    quotation_close = fold_open = fold_close = quotation_open

    def attribution_open(self, *_: Any) -> str:
        return "<p>— "

    def attribution_close(self, *_: Any) -> str:
        return "</p>\n"

    def pull_open(self, *_: Any) -> str:
        return pull.FEED_OPENING

    thread_open = pull_open

    def speaker_open(self, *_: Any) -> str:
        return "<p>"

    def task_open(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return "☑ " if tokens[idx].meta["done"] else "☐ "

    def task_close(self, *_: Any) -> str:
        return ""

    def fence(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
        title = read_info(tokens[idx].info).title
        head = f"<p><code>{escape(title)}</code></p>\n" if title else ""
        return f"{head}<pre><code>{escape(tokens[idx].content, quote=False)}</code></pre>\n"

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return self.fence(tokens, idx, options, env)

    def html_block(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return str(tokens[idx].meta["feed"])

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return self.html_block(tokens, idx, options, env)


_PAGE = _Page()
_FEED = _Feed()
