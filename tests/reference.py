"""The parts of docs/theme-reference.md, docs/checks.md and docs/languages.md that are generated from the code.

`python -m tests.reference` writes these pages.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import blog
from blog.config.people import Person
from blog.config.words import builtin_table, texts_of
from blog.content.front_matter import ExternalSource
from blog.markdown import Heading
from blog.problems import CODES
from blog.render.deprecated_variables import RENAMED_VARIABLES
from blog.render.templates import REQUIRED

TOP = Path(__file__).parent.parent
PAGE = TOP / "docs/theme-reference.md"
CHECKS = TOP / "docs/checks.md"
LANGUAGES = TOP / "docs/languages.md"
START, END = "<!-- made from the code, by `python -m tests.reference` -->\n", "<!-- until here -->\n"
_FROM_ELSEWHERE = (Person, ExternalSource, Heading)
_HIDDEN = {"Html", "Body", "NoticeBody"}
"""What a template sees as HTML."""
_KINDS = {
    "str": "text", "int": "number", "bool": "true or false", "Html": "HTML", "Html | Body": "HTML", "Body": "HTML",
    "Html | AnyBody": "HTML", "Html | NoticeBody": "HTML",     "dict[str, Any]": "table", "Any": "anything",
}  # fmt: skip


def written() -> str:
    """What is made from the code, as Markdown."""
    return "\n".join([*_templates(), *_values(), *_blocks(), *_options()])


def page() -> str:
    """All of docs/theme-reference.md as it should be."""
    return replace_generated(PAGE, START, written())


def checks_page() -> str:
    """Return docs/checks.md with the table of problem codes."""
    return replace_generated(CHECKS, START, "\n".join(_codes()))


def languages_page() -> str:
    """Return docs/languages.md with the list of words."""
    return replace_generated(LANGUAGES, START, "\n".join(_words()))


def _words() -> Iterator[str]:
    yield "| key | in English |\n|---|---|"
    for key, phrase in builtin_table("en").items():
        text = "<br>".join(f"`{part}`" for part in dict.fromkeys(texts_of(phrase)))
        yield f"| `{key}` | {text} |"


def replace_generated(path: Path, start: str, text: str) -> str:
    """Return the page at ``path`` with ``text`` between the line ``start`` and the line :data:`END`."""
    before, _, rest = path.read_text("utf-8").partition(start)
    return before + start + "\n" + text + "\n" + END + rest.partition(END)[2]


def _codes() -> Iterator[str]:
    yield "| code | severity | meaning | remedy |\n|---|---|---|---|"
    for code in CODES:
        meaning, remedy = (text.replace("|", "\\|") for text in (code.meaning, code.remedy))
        yield f"| `{code.name}` | {code.severity} | {meaning} | {remedy} |"


def _classes() -> dict[str, ast.ClassDef]:
    views = ("views/page_parts.py", "views/page_views.py")
    others = ("config/settings.py", "content/front_matter.py", "markdown/result.py")
    package = Path(blog.__file__).parent
    wanted = {kind.__name__ for kind in _FROM_ELSEWHERE}
    return {
        node.name: node
        for name in (*views, *others)
        for node in ast.parse((package / name).read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and (name in views or node.name in wanted)
    }


def _templates() -> Iterator[str]:
    yield "## Templates and what they see\n"
    classes = _classes()
    views = {name: node for name, node in classes.items() if name.endswith("View") and _names(node)}
    told = {template for node in views.values() for template in _names(node)}
    assert told == set(REQUIRED), told ^ set(REQUIRED)
    for node in views.values():
        yield f"### {', '.join(f'`{name}`' for name in _names(node))}\n"
        yield f"{_sentence(node)}\n"
        yield from _fields(node)
    yield "## Renamed variables\n"
    yield "The old names keep working, with a warning (`deprecated`) at the line of the template that reads them.\n"
    yield "| templates | old name | name now |\n|---|---|---|"
    for view, renamed in RENAMED_VARIABLES.items():
        names = ", ".join(f"`{name}`" for name in _names(views[view.__name__]))
        for old, new in renamed.items():
            yield f"| {names} | `{old}` | `{new}` |"
    yield ""


def _values() -> Iterator[str]:
    yield "## Values in them\n"
    classes = _classes()
    used = {word for node in classes.values() for word in re.findall(r"\w+", " ".join(_annotations(node)))}
    for name in sorted(name for name in used & classes.keys() - _HIDDEN if not _names(classes[name])):
        yield f"### {name}\n"
        yield f"{_sentence(classes[name])}\n"
        yield from _fields(classes[name])


def _names(node: ast.ClassDef) -> list[str]:
    return re.findall(r"``([\w-]+\.html)``", (ast.get_docstring(node) or "").split("\n")[0])


def _annotations(node: ast.ClassDef) -> Iterator[str]:
    return (ast.unparse(entry.annotation) for entry in node.body if isinstance(entry, ast.AnnAssign))


def _sentence(node: ast.ClassDef) -> str:
    text = " ".join((ast.get_docstring(node) or "").split())
    text = text.split(": ", 1)[1] if _names(node) else text
    return text[0].upper() + text[1:]


def _fields(node: ast.ClassDef) -> Iterator[str]:
    yield "| field | kind | meaning |\n|---|---|---|"
    body = node.body
    for at, entry in enumerate(body):
        if isinstance(entry, ast.AnnAssign) and isinstance(entry.target, ast.Name):
            after = body[at + 1] if at + 1 < len(body) else None
            is_said = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            said = " ".join(str(after.value.value).split()) if is_said else ""  # type: ignore[union-attr]
            said = re.sub(r":\w+:`[.~]*([\w.]+)`", r"`\1`", said.replace("``", "`")).replace("|", "\\|")
            yield f"| `{entry.target.id}` | {_kind(ast.unparse(entry.annotation))} | {said} |"
    yield ""


def _kind(annotation: str) -> str:
    if annotation in _KINDS:
        return _KINDS[annotation]
    if found := re.fullmatch(r"tuple\[(.+), \.\.\.\]", annotation):
        return f"list of {_kind(found[1])}"
    if found := re.fullmatch(r"Literal\[(.+)\]", annotation):
        return " or ".join(f"`{choice}`" for choice in re.findall(r"'([^']*)'", found[1]))
    if annotation.endswith(" | None"):
        return f"{_kind(annotation.removesuffix(' | None'))}, or none"
    return f"[{annotation}](#{annotation.lower()})"


def _blocks() -> Iterator[str]:
    yield "## Blocks and macros of margin\n"
    yield 'What a template of your own can replace after `{% extends "margin/NAME" %}`, and what `parts.html` offers.\n'
    yield "`head.html` is what pages say to machines, `after.html` what stands below a post; both are included and see its view.\n"
    yield "| template | blocks | macros |\n|---|---|---|"
    for path in sorted((TOP / "themes/margin/templates").glob("*.html")):
        text = path.read_text("utf-8")
        blocks = ", ".join(f"`{name}`" for name in re.findall(r"{% block (\w+)", text))
        macros = ", ".join(f"`{name}`" for name in re.findall(r"{% macro (\w+\([^)]*\))", text))
        if blocks or macros:
            yield f"| `{path.name}` | {blocks} | {macros} |"
    yield ""


def _options() -> Iterator[str]:
    yield "## Options\n"
    yield "| theme | option | default | meaning |\n|---|---|---|---|"
    for path in sorted((TOP / "themes").glob("*/theme.toml")):
        settings = tomllib.loads(path.read_text("utf-8"))
        for name, option in settings["options"].items():
            default = (
                str(option["default"]).lower() if isinstance(option["default"], bool) else f'"{option["default"]}"'
            )
            yield f"| {path.parent.name} | `{name}` | `{default}` | {option['about']} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    CHECKS.write_text(checks_page(), "utf-8")
    LANGUAGES.write_text(languages_page(), "utf-8")
