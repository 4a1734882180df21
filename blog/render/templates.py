"""A view and its template → HTML, in a sandbox that gives access to the view only.

Themes are not trusted: a template reaches no clock, no randomness, no disk and no network; it cannot switch escaping
off, compute the name of a template, or loop without end. An undefined name is an error with its template and line.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from jinja2 import TemplateSyntaxError, nodes

from blog.cache.digests import digest
from blog.problems import BlogError, Location, Problem, did_you_mean
from blog.render.deprecated_variables import find_deprecated_variables
from blog.render.sandbox import Sandbox, fields_of
from blog.views.types import Html

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from jinja2 import Template

    from blog.content.theme import Theme

MAX_TEMPLATE = 250_000
"""Characters; the templates of the program have at most 5,000."""
REQUIRED = (
    "home.html", "list.html", "post.html", "page.html", "terms.html", "archive.html", "series.html", "series-list.html",
    "search.html", "404.html", "alias.html",
)  # fmt: skip


_TOO_DEEP = "something in the template calls itself again and again, or is nested too deeply"


class CheckedTemplates(NamedTuple):
    """The result of :func:`check_templates`."""

    digests: dict[str, bytes]
    """Template name → digest of its text and of every template that it can include, extend or import."""
    problems: tuple[Problem, ...]
    """Warnings."""


def check_templates(theme: Theme) -> CheckedTemplates:
    """Check all templates of a theme.

    Raises :class:`BlogError` with the errors in the templates, or if a required template is missing.
    """
    texts = theme.templates
    environment = Sandbox(texts)
    warnings: list[Problem] = []
    templates: dict[str, _TemplateInfo] = {}
    for name, text in sorted(texts.items()):
        tree = _parse(environment, theme, name, text)
        templates[name] = _check(environment, theme, name, tree)
        warnings += find_deprecated_variables(tree, Location(theme.locate(name)))

    errors: list[Problem] = []
    for template in templates.values():
        errors += _check_references(template, templates, theme)
        errors += _check_blocks(template, templates, theme)
    for name in REQUIRED:
        if name not in texts:
            location = Location(f"{theme.path}/templates")
            errors.append(Problem(location, "template", f'the theme has no template "{name}"'))
    if errors:
        raise BlogError(list(dict.fromkeys(errors)))

    digests = {name: _digest_closure(name, templates, texts) for name in templates}
    return CheckedTemplates(digests, tuple(dict.fromkeys(warnings)))


class _TemplateInfo(NamedTuple):
    """The references of a template to other templates, and its blocks."""

    name: str
    references: dict[str, int]
    """Names of templates that it includes, extends or imports → line of the first reference."""
    parent: str
    """The template that it extends; empty if it extends none."""
    blocks: dict[str, int]
    """Name of each block → its line."""
    outer_blocks: dict[str, int]
    """The blocks that are not inside another block."""
    lost_line: int
    """The line of output outside of all blocks, which a template that extends another does not render; 0: none."""


def _error(theme: Theme, name: str, line: int, message: str, hint: str = "") -> Problem:
    return Problem(Location(theme.locate(name), line), "template", message, hint)


def _parse(environment: Sandbox, theme: Theme, name: str, text: str) -> nodes.Template:
    """Parse a template. Raises :class:`BlogError`."""
    line, hint, file = 1, "", name
    try:
        if len(text) <= MAX_TEMPLATE:
            tree = environment.parse(text, name)
            deque(tree.find_all(nodes.Node), 0)  # raises RecursionError here and not in a later walk
            return tree
        message, hint = f"the template has more than {MAX_TEMPLATE:,} letters", "make several of it"
    except TemplateSyntaxError as error:
        line, message, file = error.lineno, error.message or "syntax error", error.name or name
    except RecursionError:
        message = _TOO_DEEP
    except ValueError:
        message = "a number in the template is too long"
    raise BlogError([_error(theme, file, line, message, hint)])


def _check(environment: Sandbox, theme: Theme, name: str, tree: nodes.Template) -> _TemplateInfo:
    """Check a template by itself. Raises :class:`BlogError`."""

    def fail(line: int, message: str, hint: str = "") -> NoReturn:
        raise BlogError([_error(theme, name, line, message, hint)])

    references: dict[str, int] = {}
    for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        reference: nodes.Node = node.template  # type: ignore[attr-defined]  # each of them has one
        if not isinstance(reference, nodes.Const) or not isinstance(reference.value, str):
            fail(node.lineno, "the name of an included template must be written out")
        references.setdefault(reference.value, node.lineno)
    for call in tree.find_all(nodes.Filter):
        if call.name not in environment.filters:
            fail(call.lineno, f'there is no filter "{call.name}"', did_you_mean(call.name, environment.filters))
    for test in tree.find_all(nodes.Test):
        if test.name not in environment.tests:
            fail(test.lineno, f'there is no test "{test.name}"', did_you_mean(test.name, environment.tests))
    for node in tree.find_all((nodes.EvalContextModifier, nodes.ScopedEvalContextModifier)):
        fail(node.lineno, "escaping cannot be switched off")

    parent, lost_line = "", 0
    extends = next((node for node in tree.body if isinstance(node, nodes.Extends)), None)
    if extends is not None:
        parent = str(extends.template.as_const())
        lost_line = _find_output_line(tree.body)
    blocks = {block.name: block.lineno for block in tree.find_all(nodes.Block)}
    outer_blocks = {block.name: block.lineno for block in _find_outer_blocks(tree)}
    return _TemplateInfo(name, references, parent, blocks, outer_blocks, lost_line)


def _find_outer_blocks(node: nodes.Node) -> Iterator[nodes.Block]:
    """Yield the blocks that are not inside another block."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Block):
            yield child
        else:
            yield from _find_outer_blocks(child)


def _find_output_line(body: Sequence[nodes.Node]) -> int:
    """Return the line of the first output outside of all blocks; 0 if there is none. White space does not count."""
    for node in body:
        parts = node.nodes if isinstance(node, nodes.Output) else []
        for part in parts:
            if not isinstance(part, nodes.TemplateData) or part.data.strip():
                return part.lineno
    return 0


def _check_references(
    template: _TemplateInfo, templates: Mapping[str, _TemplateInfo], theme: Theme
) -> Iterator[Problem]:
    """Yield an error for each reference to a missing template, and for one that leads back to ``template``."""
    for name, line in template.references.items():
        if name not in templates:
            hint = did_you_mean(name, templates.keys() - {template.name})
            yield _error(theme, template.name, line, f'there is no template "{name}"', hint)
            continue
        cycle = _find_path(name, template.name, templates)
        if not cycle:
            continue
        if name == template.name:
            message, hint = "the template is made from itself", _name_of_parent(name, theme)
        else:
            message, hint = f"the template is made from itself, by way of {cycle[0]}", ""
        yield _error(theme, template.name, line, message, hint)
        return


def _name_of_parent(name: str, theme: Theme) -> str:
    """Return a hint with the full name of the template ``name`` of the extended theme, if it has one."""
    for full_name in reversed(theme.templates):
        if full_name.endswith(f"/{name}"):
            return f'that of the extended theme is "{full_name}"'
    return ""


def _check_blocks(template: _TemplateInfo, templates: Mapping[str, _TemplateInfo], theme: Theme) -> Iterator[Problem]:
    """Yield an error for each thing in ``template`` that the template it extends does not render."""
    if template.parent not in templates:
        return
    if template.lost_line:
        yield _error(theme, template.name, template.lost_line, "this is not shown: it stands outside of all blocks")
    inherited = _inherited_blocks(template, templates)
    for name, line in template.outer_blocks.items():
        if name not in inherited:
            message = f'there is no block "{name}" in {template.parent}'
            yield _error(theme, template.name, line, message, did_you_mean(name, inherited))


def _inherited_blocks(template: _TemplateInfo, templates: Mapping[str, _TemplateInfo]) -> set[str]:
    """Return the names of the blocks of all templates that ``template`` extends."""
    blocks: set[str] = set()
    visited = {template.name}
    parent = template.parent
    while parent in templates and parent not in visited:
        visited.add(parent)
        blocks.update(templates[parent].blocks)
        parent = templates[parent].parent
    return blocks


def _find_path(start: str, goal: str, templates: Mapping[str, _TemplateInfo]) -> list[str]:
    """Return the shortest chain of references from ``start`` to ``goal``, both included; empty if there is none."""
    paths = [[start]]
    visited = {start}
    for path in paths:
        if path[-1] == goal:
            return path
        for name in templates[path[-1]].references:
            if name in templates and name not in visited:
                visited.add(name)
                paths.append([*path, name])
    return []


def _digest_closure(name: str, templates: Mapping[str, _TemplateInfo], texts: Mapping[str, str]) -> bytes:
    """Return the digest of a template and of all that it can reach."""
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in reached:
            reached.add(current)
            waiting += templates[current].references
    parts = [f"{current}\0{len(texts[current])}\0{texts[current]}" for current in sorted(reached)]
    return digest("".join(parts).encode())


class Templates:
    """The templates of a theme in which :func:`check_templates` found no errors."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.texts = theme.templates
        self.environment = Sandbox(theme.templates)

    def compile(self) -> None:
        """Compile all templates now; :meth:`render` compiles a template when it is first used."""
        for name in self.texts:
            self.environment.get_template(name)

    def render(self, name: str, fields: Mapping[str, Any], page: str) -> bytes:
        """Render the template ``name``. Raises :class:`BlogError` with the template, the line and ``page``."""
        try:
            self.environment.begin(*_count_input(fields))
            template: Template = self.environment.get_template(name)
            return template.render(fields).encode()
        except Exception as error:  # noqa: BLE001  (a template may fail in any way)
            file, line = _locate_error(error, name, self.texts)
            message = _describe_error(error, fields)
            problem = Problem(Location(self.theme.locate(file), line), "template", message, f"while rendering {page}")
            raise BlogError([problem]) from None


def _count_input(fields: Mapping[str, Any]) -> tuple[int, int]:
    """Return the number of characters of HTML and of list entries in the view of a page."""
    characters = entries = 0
    for value in fields.values():
        if isinstance(value, Html):
            characters += len(value.text)
        elif isinstance(value, tuple):
            entries += len(value)
            entries += sum(len(getattr(item, "entries", ())) for item in value)
    return characters, entries


def _describe_error(error: Exception, fields: Mapping[str, Any]) -> str:
    """Return the message for an error in a template."""
    if isinstance(error, RecursionError | SyntaxError | MemoryError):  # the last two are of Python's compiler
        return _TOO_DEEP
    message = str(error) or type(error).__name__
    if match := re.fullmatch(r"'blog(?:\.\w+)+\.(\w+) object' has no attribute '(\w+)'", message):
        kind, field = match[1], match[2]
        values = {type(value).__name__: value for value in _walk_values(tuple(fields.values()))}
        return _with_suggestion(f"{kind} has no field {field}", field, fields_of(values.get(kind)))
    if match := re.fullmatch(r"'(\w+)' is undefined", message):
        return _with_suggestion(message, match[1], fields)
    return message


def _with_suggestion(message: str, name: str, names: Iterable[str]) -> str:
    suggestion = did_you_mean(name, names)
    return f"{message}: {suggestion}" if suggestion else message


def _walk_values(value: Any) -> Iterator[Any]:
    """Yield ``value`` and everything in it."""
    yield value
    parts = value if isinstance(value, tuple) else [getattr(value, name) for name in fields_of(value)]
    for part in parts:
        yield from _walk_values(part)


def _locate_error(error: BaseException, name: str, names: Container[str]) -> tuple[str, int]:
    """Return the template and the line of an error.

    The file name in a frame of a compiled template is the name of the template.
    """
    file = name
    line = error.lineno if isinstance(error, TemplateSyntaxError) else 1
    trace = error.__traceback__
    while trace is not None:
        frame_file = trace.tb_frame.f_code.co_filename
        if frame_file in names:
            file, line = frame_file, trace.tb_lineno
        trace = trace.tb_next
    return file, line


def asset(urls: Mapping[str, str], name: str) -> str:
    """Return the URL of a file in the theme's ``static/``: templates call ``asset(name)``."""
    if name not in urls:
        raise LookupError(f"the theme has no file static/{name}")
    return urls[name]
