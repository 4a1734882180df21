"""reStructuredText → Markdown by docutils; import this through ``html_text``.

docutils reads no file and no settings of the machine: ``include`` and files of ``raw`` and ``csv-table`` are refused.
"""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple

from docutils import nodes
from docutils.core import publish_doctree, publish_from_doctree

from blog.importers.markdown_writer import write_markdown

_SETTINGS = {
    "_disable_config": True, "file_insertion_enabled": False, "raw_enabled": True, "report_level": 2, "halt_level": 5,
    "warning_stream": False, "syntax_highlight": "none", "embed_stylesheet": False, "stylesheet_path": "",
    "stylesheet": "", "strip_comments": True, "initial_header_level": 2, "doctitle_xform": True,
    "input_encoding": "unicode",
    "output_encoding": "unicode", "smart_quotes": False, "line_length_limit": 1_000_000, "section_self_link": False,
    "toc_backlinks": False, "footnote_backlinks": False, "cloak_email_addresses": False, "image_loading": "link",
}  # fmt: skip
_CODE_OPTIONS = re.compile(
    r"^([ \t]*\.\. (?:code|code-block|sourcecode|highlight)::[^\n]*+\n)(?:[ \t]++:(?!class|name)[\w-]++:[^\n]*+\n)++",
    re.MULTILINE,
)
_THUMBNAIL = re.compile(r"^([ \t]*)\.\. thumbnail::", re.MULTILINE)
"""A figure of Nikola."""
_KNOWN_ROLES = re.compile(r":(?:doc|slug|ref|filename|abbr|kbd|file|command|program|class|func|meth|mod|py:\w+):(?=`)")


class RstText(NamedTuple):
    """A text in reStructuredText."""

    title: str
    """The title that is a heading at its top."""
    markdown: str
    errors: tuple[tuple[int, str], ...]
    """Line, and what docutils does not understand there: it is shown as code."""


def convert_rst(text: str) -> RstText:
    """Return title, Markdown and errors of a text; one on which docutils fails is one code block."""
    try:
        text = _THUMBNAIL.sub(r"\1.. figure::", text)
        document = publish_doctree(_CODE_OPTIONS.sub(r"\1", _KNOWN_ROLES.sub("", text)), settings_overrides=_SETTINGS)
        title = next((node.astext() for node in document.findall(nodes.title) if node.parent is document), "")
        errors = _show_errors(document)
        _take_out_header(document)
        _mark_formulas(document)
        html = publish_from_doctree(document, writer="html5", settings_overrides=_SETTINGS)
    except Exception as error:  # noqa: BLE001  (docutils raises errors of many kinds for a text that is not valid)
        message = f"docutils failed: {type(error).__name__}"
        return RstText("", write_markdown(f"<pre>{escape(text)}</pre>"), ((1, message),))
    main = re.search(r"<main\b[^<>]*>(.*)</main>", html, re.DOTALL)
    body = main[1] if main else html.partition("<body")[2].partition(">")[2].rpartition("</body>")[0]
    return RstText(title, write_markdown(body), tuple(errors))


def _show_errors(document: nodes.document) -> list[tuple[int, str]]:
    """Put the text of each construct that docutils does not know in the place of its message."""
    errors = []
    for message in list(document.findall(nodes.system_message)):
        words = " ".join(child.astext() for child in message.children if isinstance(child, nodes.paragraph))
        if message.get("level", 0) < 3 and not re.search("disabled|deactivated", words):
            message.parent.remove(message)  # a style that docutils mends by itself
            continue
        errors.append((int(message.get("line") or 1), words.replace("\n", " ")))
        shown = [child for child in message.children if isinstance(child, nodes.literal_block)]
        message.parent.replace(message, shown)
    for problematic in list(document.findall(nodes.problematic)):
        problematic.parent.replace(problematic, nodes.literal("", problematic.astext()))
    return errors


def _take_out_header(document: nodes.document) -> None:
    """Remove title and field list at the top: they are metadata."""
    for node in list(document.children):
        if isinstance(node, nodes.title | nodes.docinfo | nodes.subtitle):
            document.remove(node)


def _mark_formulas(document: nodes.document) -> None:
    """Give formulas elements of their own, with their TeX; and code in a sentence the element for code."""
    for kind, element in ((nodes.math, "x-math"), (nodes.math_block, "x-math-block"), (nodes.literal, "code")):
        for node in list(document.findall(kind)):
            html = f"<{element}>{escape(node.astext())}</{element}>"
            node.parent.replace(node, nodes.raw("", html, format="html"))
