r"""Signs of Markdown's dialects, and of languages like it, that are shown as text here.

Obsidian <https://help.obsidian.md/syntax>, Pandoc <https://pandoc.org/MANUAL.html#pandocs-markdown>, Quarto and
R Markdown, Python-Markdown's and MkDocs' extensions <https://facelessuser.github.io/pymdown-extensions/>, kramdown,
Org, AsciiDoc, reStructuredText, MediaWiki, Textile, Jira, BBCode, WordPress and LaTeX.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token


class _Sign(NamedTuple):
    trigger: str
    """Stands in each of them: most texts have none, and are not searched."""
    pattern: re.Pattern[str]
    what: str
    hint: str


class Found(NamedTuple):
    """A sign in a text."""

    start: int
    text: str
    what: str
    hint: str


_IN_WORDS = "say it in Markdown, or put it into `code`"
_LINK = "write a link: [words](address)"
_BLANKS = "\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff"
"""Spaces that are none for Markdown."""
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
_CITED = r"[A-Za-z_{][^\s\[\]@/]{0,100}"
_SIGNS = tuple(
    _Sign(trigger, re.compile(rf"(?<!\\){pattern}", re.MULTILINE), what, hint)
    for trigger, pattern, what, hint in (
        ("![[", r"!\[\[[^\[\]\n]{1,300}\]\]", "a link of Obsidian", ""),
        (
            "[[",
            (r"(?<![\w\])!\[])\[\[(?!\s|_?(?:toc|TOC)_?\]|(?:[\w.+-]{1,3}(?:,\s?|(?=\]\]))){2,}\]\]|gnu::|clang::|msvc::"
            r"|(?:nodiscard|maybe_unused|noreturn|fallthrough|deprecated|(?:un)?likely|no_unique_address|assume)\b)"
            r"(?=[^\[\]\n]{0,300}[^\W\d_])[^\[\]\n]{1,300}\]\](?![\[(\]])"),
            "a link of Obsidian", "",
        ),
        ("][", r"\[\[[^\[\]\n]{1,300}\]\[[^\[\]\n]{1,300}\]\]", "a link of Org", _LINK),
        ("[[", r"^\[\[(?:toc|TOC)\]\]$", "a mark for a table of contents", "take it out: three headings make one"),
        (
            "@",
            (rf"(?<![\w\]])\[(?:(?:see|See|cf\.|e\.g\.,?|also|vgl\.|siehe|voir)\s(?:[^\[\]\n@]{{0,60}}\s)?)?-?@{_CITED}"
            rf"(?:[ ,;][^\[\]\n]{{0,300}})?\](?![\[(:])"),
            "a citation of Pandoc", "write a footnote, or a link to the work",
        ),
        (
            "@", rf"(?<![\w@])@{_CITED} \[(?:pp?|S|ch)\.[^\]\n]{{1,60}}\](?![\[(:])",
            "a citation of Pandoc", "write a footnote, or a link to the work",
        ),
        (
            "@", r"(?<![\w/.@])@(?:fig|tbl|eq|sec|lst|thm)-[\w-]{1,80}",
            "a reference of Quarto", "write a link to an id: [Figure 1](#loss)",
        ),
        ("\\@ref", r"\\@ref\([\w:-]{1,80}\)", "a reference of R Markdown", "write a link to an id: [Figure 1](#loss)"),
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
            "they have an effect right behind a picture, and as {#id} in a heading",
        ),
        (
            ":`", r":(?:ref|doc|class|func|meth|mod|math|term|cite|numref|attr|su[pb]|code|[a-z]+:[a-z]+):(?=`)",
            "a role of reStructuredText", _IN_WORDS,
        ),
        ("image:", r"(?<!\w)image::?[\w./-]{1,200}\[", "a picture of AsciiDoc", "write ![what it shows](picture.png)"),
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
"""Triggers of signs that stand at the beginning of a line alone."""
_TRIGGERS = (
    "@", "{", "\\", "^", "~", "[[", "][", "[/", "*[", "((", "==", "++", "##", "#\u00a0", "#\u3000", "＃", "8<", "///",
    "image:", "link:", "[caption", "[gallery", "[audio", "[video", "[playlist", "[youtube", "[sourcecode", "[contact",
    "'''", "‘’‘", "’’’", "“’", "‘“",
)  # fmt: skip
"""One of these stands in nearly every sign, as readers see it."""
_TRIGGERS_WITH: dict[str, list[str]] = {}
"""The triggers that hold a character, the one that is rarest in prose: most blocks have none of these characters."""
for _trigger in _TRIGGERS:
    _TRIGGERS_WITH.setdefault(min(_trigger, key=str.isalpha), []).append(_trigger)
_RARE = re.compile(rf"\A(?:h[1-6]\.|1\.\w|#{{1,6}}[{_BLANKS}])|:[a-z0-9_+-]+:")
_PICTURE = re.compile(
    r".*\.(?:png|jpe?g|gif|webp|avif|svg|bmp|mp4|webm|mov|mp3|m4a|ogg|wav|heic|tiff?|pdf)", re.IGNORECASE
)
_QUOTATION_MARKS = str.maketrans("“”„«»‘’‚‹›", '"""""' + "'''''")
_EVALUATED = re.compile(r"(?:r [\w.]{1,40}(?:::[\w.]{1,40})?[(\[$]|\{(?:r|python|julia|ojs)\} )")
_RAW = re.compile(r"\{=\w{1,20}\}")
_TARGETED = re.compile(r"[^<]{1,200} <[^<>\s]{1,500}>")
_SIZED = re.compile(r"\|\d{2,4}(?:x\d{1,4})?")


def has_signs(shown: str) -> bool:
    """Tell whether a text, as readers see it, may have any of the signs."""
    for sign in _TRIGGERS_WITH.keys() & set(shown):
        if any(trigger in shown for trigger in _TRIGGERS_WITH[sign]):
            return True
    return (shown[:1] in {"h", "1", "#"} or shown.count(":") > 1) and _RARE.search(shown) is not None


def signs(text: str, shown: str) -> Iterator[Found]:
    """The signs in a block: ``text`` without its code, of which ``shown`` is what readers see as text."""
    shown = shown.translate(_QUOTATION_MARKS)
    taken = list[tuple[int, int]]()
    for sign in _SIGNS:
        if sign.trigger not in text and sign.trigger not in _AT_START:
            continue
        for found in sign.pattern.finditer(text):
            start, end = found.span()
            is_part = any(start < other_end and other < end for other, other_end in taken)
            if not is_part and _is_shown(found[0], shown):
                taken.append((start, end))
                yield Found(start, found[0].split("\n")[0].rstrip(), sign.what, sign.hint or _instead(found[0]))


def _is_shown(written: str, shown: str) -> bool:
    """Tell whether readers see the signs: what was a link or an attribute after all is not among the text."""
    first = re.split(r"[\n*_`\\<&~]|--|\.\.\.", written.translate(_QUOTATION_MARKS), maxsplit=1)[0]
    return first in shown


def _instead(written: str) -> str:
    """Return the Markdown for a link of Obsidian."""
    inner = written.strip("![]")
    name, _, words = inner.partition("|")
    name = name.strip()
    if written.startswith("!") and _PICTURE.fullmatch(name.partition("#")[0]):
        return f"write ![…]({_target(name)})"
    target, mark, heading = name.partition("#")
    address = f"{target}.md" if target and "." not in target else target
    place = "#" + "-".join(heading.lower().split()) if mark and not heading.startswith("^") else ""
    return f"write [{words.strip() or name}]({_target(address + place)})"


def _target(name: str) -> str:
    return f"<{name}>" if " " in name else name


def code_signs(block: Token) -> Iterator[Found]:
    """Yield constructs of other languages that Markdown reads as code, and image sizes in a description."""
    children = block.children or []
    followers = [*children[1:], None]
    for child, after in zip(children, followers, strict=True):
        at = child.meta.get("at", 0)
        if child.type == "code_inline" and _EVALUATED.match(child.content):
            yield Found(at, f"`{child.content[:40]}`", "code that R Markdown or Quarto runs", "write what it gives")
        elif child.type == "code_inline" and after and (raw := _RAW.match(after.content)):
            yield Found(at, f"`{child.content[:40]}`{raw[0]}", "raw code of Pandoc", "write HTML as it is")
        elif (
            child.type == "code_inline"
            and after
            and after.content.startswith("_")
            and _TARGETED.fullmatch(child.content)
        ):
            yield Found(at, f"`{child.content[:60]}`_", "a link of reStructuredText", _LINK)
        elif child.type == "image" and (size := _SIZED.search(child.content)) and size.end() == len(child.content):
            words = child.content[: size.start()]
            width = size[0][1:].partition("x")[0]
            yield Found(
                at,
                f"![{child.content}]",
                "a size of Obsidian",
                f"write ![{words}]({child.attrs['src']}){{width={width}}}",
            )


_INLINE = re.compile(
    r"(?P<bold>\*\*(?=[^\s*])[^*\n]{1,200}\*\*)|(?P<link>!?\[[^\[\]\n]{1,200}\]\([^\s()]{1,300}\))"
    r"|(?P<heading>^ {0,3}#{1,6} [^\n]{1,40})|(?P<fence>^ {0,3}(?:```|~~~)\w*)|(?P<code>`[^`\n]{1,80}`)",
    re.MULTILINE,
)
_TAG = re.compile(r"<[^<>]{0,2000}>")


def markdown_in_html(html: str) -> Iterator[Found]:
    """Markdown between the tags of raw HTML, where it is text: the first in a block says it."""
    plain = _TAG.sub(lambda tag: re.sub(r"[^\n]", " ", tag[0]), html)
    for found in islice(_INLINE.finditer(plain), 1):
        hint = "leave an empty line between the tag and the text, or write it as HTML"
        yield Found(found.start(), found[0].strip(), "Markdown inside raw HTML", hint)
