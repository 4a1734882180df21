"""Tokens → HTML, in two forms: for a page, and for a feed reader, which has no style sheet of ours."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from markdown_it.renderer import RendererHTML
from markdown_it.utils import OptionsDict

from blog.markdown.code import Fence, highlighted, read_info
from blog.markdown.passages import without_comments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token
    from markdown_it.utils import EnvType

    from blog.markdown.notes import Notes

_OPTIONS = OptionsDict({
    "maxNesting": 0, "html": True, "linkify": False, "typographer": True, "quotes": "“”‘’",
    "xhtmlOut": False, "breaks": False, "langPrefix": "language-", "highlight": None,
})  # fmt: skip
_ALIGNMENT = {"text-align:left": "left", "text-align:center": "center", "text-align:right": "right"}


def page_html(tokens: list[Token], notes: Notes) -> str:
    """The form for pages. Notes what is wrong with code blocks; their links are slots."""
    return _PAGE.render(tokens, _OPTIONS, {"notes": notes, "start": notes.prefix})


def feed_html(tokens: list[Token]) -> str:
    """The form for feed readers."""
    return _FEED.render(tokens, _OPTIONS, {"start": "\0:\0"})


def _alternative(children: Sequence[Token] | None) -> str:
    """Alternative text: the words of what stands between the brackets, without markup and comments."""
    parts = []
    for token in children or ():
        if token.children:
            parts.append(_alternative(token.children))
        elif token.type in {"text", "code_inline", "html_inline"}:
            parts.append(str(token.meta.get("text", token.content)))
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return " ".join("".join(parts).split())


class _Forms(RendererHTML):
    """What both forms share."""

    def image(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        token = tokens[idx]
        token.attrs = {"src": token.attrs.pop("src"), **token.attrs, "alt": _alternative(token.children)}
        return f"<img{self.renderAttrs(token)}{self.image_loading}>"

    image_loading = ""

    def figure_open(self, *_: Any) -> str:
        return "<figure>"

    def figure_close(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        caption = tokens[idx].meta.get("caption")
        return f"<figcaption>{escape(caption)}</figcaption></figure>\n" if caption else "</figure>\n"

    def comment(self, *_: Any) -> str:
        return ""

    more = comment

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
        style = _ALIGNMENT.get(str(tokens[idx].attrs.get("style", "")))
        return f'<{tokens[idx].tag} class="{style}">' if style else f"<{tokens[idx].tag}>"

    td_open = th_open

    def fence(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType) -> str:
        token, notes = tokens[idx], env["notes"]
        return highlighted(token.content, read_info(token.info, notes.start(token), notes), notes)

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
        """Without ids: those of two entries may be equal."""
        return "".join(f' {key}="{escape(str(value))}"' for key, value in token.attrs.items() if key != "id")

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
