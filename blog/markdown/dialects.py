r"""Signs of Markdown's dialects, and of languages like it, that are shown as text here.

Obsidian <https://help.obsidian.md/syntax>, Pandoc <https://pandoc.org/MANUAL.html#pandocs-markdown>, Quarto and
R Markdown, Python-Markdown's and MkDocs' extensions <https://facelessuser.github.io/pymdown-extensions/>, kramdown,
Org, AsciiDoc, reStructuredText, MediaWiki, Textile, Jira, BBCode, WordPress and LaTeX.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from blog.markdown.comment_spans import blank

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token


class _SignKind(NamedTuple):
    trigger: str
    """A string that each match of the pattern contains: texts without it are not searched."""
    pattern: re.Pattern[str]
    construct: str
    """The name of what the pattern matches, for the message."""
    hint: str


class Sign(NamedTuple):
    """A sign in a text."""

    start: int
    text: str
    construct: str
    hint: str


_IN_WORDS = "say it in Markdown, or put it into `code`"
_LINK = "write a link: [words](address)"
_BLANKS = "\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff"
"""Spaces that Markdown does not accept as such."""
_SPACED = "a heading needs a space behind #"
_ATTRIBUTE = (
    r"(?:[.#][A-Za-z][\w:-]{0,80}"
    r"|(?:class|id|width|height|style|align|target|rel|title|alt|loading|lang|layout[\w-]{0,20}|(?:data|fig|out)[.-][\w-]{1,20})"
    r"=(?:[\"“”][^\"“”{}\n]{0,200}[\"“”]|'[^'{}\n]{0,200}'|[^\s{}\"'“”]{1,200}))"
)
_EMOJI = (
    r"\+1|-1|thumbsup|thumbsdown|tada|rocket|smile|smiley|grin|joy|wink|heart|fire|sparkles|warning|bulb|memo|bug|eyes"
    "|wave|clap|pray|muscle|star|zap|boom|construction|lock|key|books|book|computer|white_check_mark|heavy_check_mark"
    "|x|thinking|sweat_smile|sob|cry|laughing|sunglasses|point_right|point_left|100|ok_hand|raised_hands|information_source"
)
_CITATION = "write the entry into content/references.bib; for text, write \\@"
_CITED = r"[A-Za-z_{][^\s\[\]@/]{0,100}"
_SIGN_KINDS = tuple(
    _SignKind(trigger, re.compile(rf"(?<!\\){pattern}", re.MULTILINE), construct, hint)
    for trigger, pattern, construct, hint in (
        ("][", r"\[\[[^\[\]\n]{1,300}\]\[[^\[\]\n]{1,300}\]\]", "a link of Org", _LINK),
        ("[[", r"^\[\[(?:toc|TOC)\]\]$", "a mark for a table of contents", "take it out: three headings make one"),
        (
            "@",
            (rf"(?<![\w\]])\[(?:(?:see|See|cf\.|e\.g\.,?|also|vgl\.|siehe|voir)\s(?:[^\[\]\n@]{{0,60}}\s)?)?-?@{_CITED}"
            rf"(?:[ ,;][^\[\]\n]{{0,300}})?\](?![\[(:])"),
            "a citation of Pandoc", _CITATION,
        ),
        (
            "@", rf"(?<![\w@])@{_CITED} \[(?:pp?|S|ch)\.[^\]\n]{{1,60}}\](?![\[(:])",
            "a citation of Pandoc", _CITATION,
        ),
        ("\\@ref", r"\\@ref\([\w:-]{1,80}\)", "a reference of R Markdown", "write @fig-loss"),
        (
            "\\",
            (r"\\(?:(?:paren|text|auto|foot)?cite[pt]?|footnote|text(?:bf|it|tt|sc)|emph|(?:sub){0,2}section|chapter"
            r"|paragraph|includegraphics|caption|href|url)\*?(?:\[[^\]\n]{0,80}\]){0,2}\{"),
            "a command of LaTeX", _IN_WORDS,
        ),
        ("\\", r"^\\(?:newpage|pagebreak|clearpage|tableofcontents|maketitle)\b", "a command of LaTeX", "take it out"),
        (
            "\\begin",
            (r"\\begin\{(?:figure|table|itemize|enumerate|description|tabular|theorem|proof|lemma|definition|quote|center"
            r"|verbatim|lstlisting|abstract|algorithm)\*?\}"),
            "an environment of LaTeX", _IN_WORDS,
        ),
        (
            "[^", r"\[\^[^\]\s^]{1,60}[ \t][^\]\n]{1,120}\](?!\()", "a footnote",
            "its name has no spaces: [^name], and a line [^name]: …",
        ),
        ("##", r"^#{2,6}(?=[^\W_][^\n]|[\"“'(\[*`])[^\n]{1,40}", "a heading", _SPACED),
        ("#", rf"^#{{1,6}}[{_BLANKS}][^\n]{{1,40}}", "a heading", _SPACED),
        ("＃", r"^＃{1,6}[^\n＃]{1,40}", "a heading", "write # and a space"),
        ("===", r"^===[!+]? +[\"“'][^\n]{1,80}", "a tab of MkDocs", "write a heading above the text of each tab"),
        ("8<", r"^-{1,9}8<-{1,9}[^\n]{0,80}", "a snippet of MkDocs", "put the text of that file here"),
        (
            "///", r"^/{3,9} +(?:note|tip|hint|warning|danger|info|details|tab|admonition|(?:figure-)?caption|html)\b",
            "a block of MkDocs", _IN_WORDS,
        ),
        (
            "==", r"(?<![\w=!<>])==(?=[^\s=])[^=\n]{0,200}[^\s=!<>]==(?![\w=])",
            "a highlight of Obsidian or MkDocs", "write <mark>words</mark>",
        ),
        (
            "++", r"(?<![\w+{])\+\+[a-z][\w-]{0,20}(?:\+[\w-]{1,20}){0,4}\+\+(?![\w+])",
            "keys of MkDocs", "write <kbd>ctrl</kbd>",
        ),
        ("~", r"(?<=[^\W_])~[\w+-]{1,10}~(?![~/])", "a subscript of Pandoc", "write <sub>2</sub>"),
        ("^", r"(?<=[^\W_])\^[\w+-]{1,10}\^(?!\^)", "a superscript of Pandoc", "write <sup>2</sup>"),
        ("{", r"\{(?:\+\+|--|~~|==)[^{}\n]{1,300}(?:\+\+|--|~~|==)\}", "a mark of CriticMarkup", _IN_WORDS),
        (":", rf"(?<![\w:])(?::(?:{_EMOJI}):)(?![\w:])", "a short name of an emoji", "write the emoji itself"),
        (
            "*[", r"^\*\[[^\]\n]{1,60}\]:[ \t]+\S[^\n]{0,40}", "an abbreviation of kramdown or MkDocs",
            'write <abbr title="…">…</abbr>',
        ),
        (
            "{", rf"(?<![{{$\w\\#%])\{{\s{{0,3}}{_ATTRIBUTE}(?:\s{{1,3}}{_ATTRIBUTE}){{0,8}}\s{{0,3}}\}}", "attributes",
            "they have an effect right behind an image, and as {#id} in a heading",
        ),
        (
            ":`", r":(?:ref|doc|class|func|meth|mod|math|term|cite|numref|attr|su[pb]|code|[a-z]+:[a-z]+):(?=`)",
            "a role of reStructuredText", _IN_WORDS,
        ),
        ("image:", r"(?<!\w)image::?[\w./-]{1,200}\[", "an image of AsciiDoc", "write ![what it shows](picture.png)"),
        ("link:", r"(?<!\w)link:[^\s\[\]]{1,300}\[", "a link of AsciiDoc", _LINK),
        (
            "==", r"^={2,6}[ \t]+[^=\s][^=\n]{0,80}(?:={2,6})?$", "a heading of MediaWiki or AsciiDoc",
            "write ## and a space",
        ),
        ("'''", r"'''[^'\n]{1,200}'''", "bold words of MediaWiki", "write **words**"),
        ("h", r"^h[1-6]\. \S[^\n]{0,40}", "a heading of Textile or Jira", "write ## and a space"),
        (
            "{", r"^\{(?:code|noformat|panel|info|tip|note|warning|expand)(?::[^}\n]{0,80})?\}",
            "a macro of Jira or Confluence", _IN_WORDS,
        ),
        ("[/", r"\[/(?:b|i|u|s|url|img|quote|code|size|color|list)\](?!\()", "a tag of BBCode", _IN_WORDS),
        (
            "[",
            (r"\[(?:/(?:caption|embed|audio|video|playlist|sourcecode)\]|(?:caption|gallery|audio|video|playlist|youtube"
            r"|sourcecode|contact-form-7)\s{1,3}\w{1,20}=)"),
            "a shortcode of WordPress", _IN_WORDS,
        ),
        ("((", r"\(\([0-9a-f]{8}-[0-9a-f-]{27}\)\)", "a reference of Logseq", _LINK),
        ("^", r"(?<=\S )\^[a-z0-9][a-z0-9-]{3,40}\Z", "the name of a block in Obsidian", "take it out"),
        (
            "^1.", r"^1\.[^\W\d_]{2}[^\n]{0,200}\n2\.(?=[^\W\d_]{2})", "a list",
            "a list needs a space behind its numbers",
        ),
    )
)  # fmt: skip
_AT_START = {"h", "^1."}
"""Triggers of kinds whose pattern is tried at the beginning of lines only."""
_TRIGGERS = (
    "@", "{", "\\", "^", "~", "[[", "][", "[/", "*[", "((", "==", "++", "##", "#\u00a0", "#\u3000", "＃", "8<", "///",
    "image:", "link:", "[caption", "[gallery", "[audio", "[video", "[playlist", "[youtube", "[sourcecode", "[contact",
    "'''", "‘’‘", "’’’", "“’", "‘“",
)  # fmt: skip
"""Strings of which nearly every sign contains one, in the text that readers see."""
_TRIGGERS_WITH: dict[str, list[str]] = {}
"""Character → the triggers in which it is the rarest one in prose: most blocks contain none of these characters."""
for _trigger in _TRIGGERS:
    _TRIGGERS_WITH.setdefault(min(_trigger, key=str.isalpha), []).append(_trigger)
_RARE = re.compile(rf"\A(?:h[1-6]\.|1\.\w|#{{1,6}}[{_BLANKS}])|:[a-z0-9_+-]+:")
"""Matches in each text with a sign that has none of the triggers."""
_QUOTATION_MARKS = str.maketrans("“”„«»‘’‚‹›", '"""""' + "'''''")
_MARKUP = re.compile(r"[\n*_`\\<&~]|--|\.\.\.")
"""Matches characters that readers see in another form, or not at all."""
_EVALUATED = re.compile(r"(?:r [\w.]{1,40}(?:::[\w.]{1,40})?[(\[$]|\{(?:r|python|julia|ojs)\} )")
_RAW = re.compile(r"\{=\w{1,20}\}")
_TARGETED = re.compile(r"[^<]{1,200} <[^<>\s]{1,500}>")
_SIZED = re.compile(r"\|(?P<width>\d{2,4})(?:x\d{1,4})?")


def has_signs(visible_text: str) -> bool:
    """Return whether ``visible_text``, the text that readers see, may have any of the signs."""
    for char in _TRIGGERS_WITH.keys() & set(visible_text):
        if any(trigger in visible_text for trigger in _TRIGGERS_WITH[char]):
            return True
    may_be_rare = visible_text[:1] in {"h", "1", "#"} or visible_text.count(":") > 1
    return may_be_rare and _RARE.search(visible_text) is not None


def find_signs(text: str, visible_text: str) -> Iterator[Sign]:
    """Yield the signs in ``text``, a block without its code, that readers see in ``visible_text``.

    Of two signs that overlap, only that of the first kind is yielded.
    """
    visible_text = visible_text.translate(_QUOTATION_MARKS)
    spans: list[tuple[int, int]] = []
    for kind, match in _find_matches(text):
        start, end = match.span()
        overlaps = any(start < other_end and other_start < end for other_start, other_end in spans)
        if overlaps or not _is_visible(match[0], visible_text):
            continue
        spans.append((start, end))
        first_line = match[0].split("\n")[0].rstrip()
        yield Sign(start, first_line, kind.construct, kind.hint)


def _find_matches(text: str) -> Iterator[tuple[_SignKind, re.Match[str]]]:
    for kind in _SIGN_KINDS:
        if kind.trigger in text or kind.trigger in _AT_START:
            for match in kind.pattern.finditer(text):
                yield kind, match


def _is_visible(sign: str, visible_text: str) -> bool:
    """Return whether readers see a sign: one that was parsed as a part of a link or attribute is not in the text."""
    plain_start = _MARKUP.split(sign.translate(_QUOTATION_MARKS), maxsplit=1)[0]
    return plain_start in visible_text


def find_code_signs(block: Token) -> Iterator[Sign]:
    """Yield constructs of other languages that Markdown reads as code, and image sizes in a description."""
    children = block.children or []
    following = [*(child.content for child in children[1:]), ""]
    for child, text_after in zip(children, following, strict=False):
        sign = None
        if child.type == "code_inline":
            sign = _find_sign_of_code(child, text_after)
        elif child.type == "image":
            sign = _find_image_size(child)
        if sign:
            yield sign


def _find_sign_of_code(code: Token, text_after: str) -> Sign | None:
    """Return the construct that inline code is in another language; None if it is plain code."""
    start, content = code.meta.get("at", 0), code.content
    if _EVALUATED.match(content):
        return Sign(start, f"`{content[:40]}`", "code that R Markdown or Quarto runs", "write what it gives")
    raw = _RAW.match(text_after)
    if raw:
        return Sign(start, f"`{content[:40]}`{raw[0]}", "raw code of Pandoc", "write HTML as it is")
    if text_after.startswith("_") and _TARGETED.fullmatch(content):
        return Sign(start, f"`{content[:60]}`_", "a link of reStructuredText", _LINK)
    return None


def _find_image_size(image: Token) -> Sign | None:
    """Return the size at the end of a description, in the syntax of Obsidian."""
    description = image.content
    size = _SIZED.search(description)
    if size is None or size.end() < len(description):
        return None
    words = description[: size.start()]
    hint = f"write ![{words}]({image.attrs['src']}){{width={size['width']}}}"
    return Sign(image.meta.get("at", 0), f"![{description}]", "a size of Obsidian", hint)


_INLINE = re.compile(
    r"(?P<bold>\*\*(?=[^\s*])[^*\n]{1,200}\*\*)|(?P<link>!?\[[^\[\]\n]{1,200}\]\([^\s()]{1,300}\))"
    r"|(?P<heading>^ {0,3}#{1,6} [^\n]{1,40})|(?P<fence>^ {0,3}(?:```|~~~)\w*)|(?P<code>`[^`\n]{1,80}`)",
    re.MULTILINE,
)
_TAG = re.compile(r"<[^<>]{0,2000}>")


def find_markdown_in_html(html: str) -> Iterator[Sign]:
    """Yield the first Markdown between the tags of raw HTML, where it is shown as text."""
    match = _INLINE.search(_TAG.sub(blank, html))
    if match:
        hint = "leave an empty line between the tag and the text, or write it as HTML"
        yield Sign(match.start(), match[0].strip(), "Markdown inside raw HTML", hint)
