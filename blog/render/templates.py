"""A view and its template → HTML, in a sandbox that gives access to the view only.

Themes are not trusted: a template reaches no clock, no randomness, no disk and no network; it cannot switch escaping
off, or compute the name of a template. An undefined name is an error with its template and line. A page of a theme that
did not come with the program must be rendered with a limit: see :attr:`Templates.limit`.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import TemplateSyntaxError, nodes

from blog.cache.digests import digest
from blog.content.theme import suggest_template
from blog.problems import BlogError, Location, Problem, did_you_mean
from blog.render.deprecated_variables import find_deprecated_variables
from blog.render.page_limit import RENDERING, TOO_MUCH, locate_in_stack
from blog.render.sandbox import Sandbox
from blog.render.syntax_messages import TemplateError, explain_syntax_error
from blog.render.template_errors import TOO_DEEP, Explanation, RenderError, explain_render_error
from blog.render.template_text import BLOCK, FILTER, QUOTED, TEST, TemplateText, TemplateTree
from blog.render.template_words import find_wrong_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blog.content.theme import Theme
    from blog.system.workers import ResourceLimit

MAX_TEMPLATE = 250_000
"""Characters; the templates of the program have at most 5,000."""
REQUIRED = (
    "home.html", "list.html", "post.html", "page.html", "terms.html", "archive.html", "series.html", "series-list.html",
    "search.html", "404.html", "alias.html",
)  # fmt: skip

_MAX_ERRORS = 50
"""Errors of one template that are reported."""
_REFERRING_NODES = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
_MISSING_FILTERS = {
    "safe": "fields of type HTML need no filter, and all else is escaped",
    "random": "templates have no randomness", "shuffle": "templates have no randomness",
    "date": "write {{ date.text }}", "strftime": "write {{ date.text }}", "dateformat": "write {{ date.text }}",
    "markdown": "write {{ body }}: it is HTML", "markdownify": "write {{ body }}: it is HTML", "size": "write | length",
    "relative_url": "each url is ready to be used", "absolute_url": "each url is ready to be used",
    "split": "write .split(…)", "append": "write ~",
    "strip_html": "write | striptags", "upcase": "write | upper", "downcase": "write | lower",
}  # fmt: skip
"""Filters of Jinja and of other template languages → what to write in their place."""
_MISSING_TESTS = {"sameas": "write ==", "empty": "write {% if not … %}", "null": "write is none"}


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
    errors: list[Problem] = []
    templates: dict[str, _TemplateInfo] = {}
    for name, source in sorted(texts.items()):
        text = TemplateText(source)
        tree = _parse(environment, name, text)
        if isinstance(tree, TemplateError):
            errors.append(_problem(theme, name, tree))
            continue
        templates[name] = _describe(name, tree, text)
        wrong_places = list(islice(_find_errors(environment, tree, text, theme), _MAX_ERRORS))
        try:
            if not wrong_places and name not in theme.builtin_templates:
                warnings += find_deprecated_variables(tree, text, Location(theme.locate(name)))
        except (TemplateSyntaxError, RecursionError) as error:  # it generates the code
            wrong_places.append(_explain_refusal(error, text))
        errors += [_problem(theme, name, place) for place in wrong_places]

    if len(templates) == len(texts):
        for template in templates.values():
            errors += _check_references(template, templates, theme)
            if template.name not in theme.builtin_templates:
                errors += _check_blocks(template, templates, theme)
                errors += _check_imported_names(template, templates, theme)
        errors += _find_missing_parts(templates, theme)
    errors += _find_missing_templates(theme)
    if errors:
        raise BlogError(list(dict.fromkeys(errors)))

    digests = {name: _digest_closure(name, templates, texts) for name in templates}
    return CheckedTemplates(digests, tuple(dict.fromkeys(warnings)))


def _find_missing_templates(theme: Theme) -> Iterator[Problem]:
    """Yield an error if the theme lacks templates of the program."""
    missing = [name for name in REQUIRED if name not in theme.templates]
    if not missing:
        return
    names = ", ".join(f'"{name}"' for name in missing)
    message = f"the theme has no template{'s' * (len(missing) > 1)} {names}"
    hint = f"add {'them' if len(missing) > 1 else 'it'} to {theme.path}/templates/"
    if all(theme.locate(name).startswith(f"{theme.path}/") for name in theme.templates):
        hint += ', or write extends = "margin"'
    yield Problem(Location(f"{theme.path}/theme.toml"), "template", message, hint)


class _Reference(NamedTuple):
    """The name of another template, in a template."""

    name: str
    line: int
    column: int


class _TemplateInfo(NamedTuple):
    """The references of a template to other templates, and its blocks."""

    name: str
    text: TemplateText
    references: dict[str, _Reference]
    """The first reference to each template that it includes, extends or imports, by name."""
    imported_names: dict[tuple[str, str], int]
    """Template and name of a macro that it imports from there → line."""
    used_names: frozenset[tuple[str, str]]
    """Template and name of what it uses of a template that it imports as a whole."""
    exported_names: frozenset[str]
    """Names that other templates can import."""
    parent: str
    """The template that it extends; empty if it extends none."""
    blocks: dict[str, int]
    """Name of each block → its line."""
    outer_blocks: dict[str, int]
    """The blocks that are not inside another block."""
    lost_line: int
    """The line of output outside of all blocks, which a template that extends another does not render; 0: none."""


def _problem(theme: Theme, name: str, error: TemplateError) -> Problem:
    location = Location(theme.locate(name), error.line, error.column)
    return Problem(location, "template", error.message, error.hint)


def _parse(environment: Sandbox, name: str, text: TemplateText) -> TemplateTree | TemplateError:
    """Return the tree of a template, or its syntax error."""
    try:
        if len(text.text) > MAX_TEMPLATE:
            message = f"the template has more than {MAX_TEMPLATE:,} letters"
            return TemplateError(1, 1, message, "make several of it")
        tree = environment.parse(text.text, name)
        return TemplateTree(tree, list(tree.find_all(nodes.Node)))
    except (TemplateSyntaxError, RecursionError) as error:
        return _explain_refusal(error, text)
    except ValueError:
        return TemplateError(1, 1, "a number in the template is too long")


def _explain_refusal(error: TemplateSyntaxError | RecursionError, text: TemplateText) -> TemplateError:
    if isinstance(error, RecursionError):
        return TemplateError(1, 1, TOO_DEEP)
    return explain_syntax_error(error, text)


def _find_errors(environment: Sandbox, tree: TemplateTree, text: TemplateText, theme: Theme) -> Iterator[TemplateError]:
    """Yield what is wrong in a template by itself."""
    for node in tree.find_all(_REFERRING_NODES):
        if not _referred_name(node):
            yield _explain_computed_name(node, text)
    filters = dict.fromkeys((node.name, node.lineno) for node in tree.find_all(nodes.Filter))
    for name, line in filters:
        if name not in environment.filters:
            hint = _MISSING_FILTERS.get(name) or did_you_mean(name, environment.filters)
            yield TemplateError(line, text.find_column(line, name, FILTER), f'there is no filter "{name}"', hint)
    tests = dict.fromkeys((node.name, node.lineno) for node in tree.find_all(nodes.Test))
    for name, line in tests:
        if name not in environment.tests:
            hint = _MISSING_TESTS.get(name) or did_you_mean(name, environment.tests)
            yield TemplateError(line, text.find_column(line, name, TEST), f'there is no test "{name}"', hint)
    for node in tree.find_all((nodes.EvalContextModifier, nodes.ScopedEvalContextModifier)):
        column = text.find_column(node.lineno, "autoescape", "")
        yield TemplateError(node.lineno, column, "escaping cannot be switched off", _MISSING_FILTERS["safe"])
    yield from _find_same_blocks(tree, text)
    yield from find_wrong_words(tree, text, theme.words.known)


def _find_same_blocks(tree: TemplateTree, text: TemplateText) -> Iterator[TemplateError]:
    """Yield an error for each block that has the name of another one above it."""
    lines: dict[str, int] = {}
    for block in tree.find_all(nodes.Block):
        if block.name in lines:
            message = f'the block "{block.name}" is defined twice, first in line {lines[block.name]}'
            yield TemplateError(
                block.lineno, text.find_column(block.lineno, block.name, BLOCK), message, "rename one of them"
            )
        lines.setdefault(block.name, block.lineno)


def _referred_name(node: nodes.Node) -> str:
    """Return the name of the template that a node includes, extends or imports; empty if it is not written out."""
    reference: nodes.Node = node.template  # type: ignore[attr-defined]  # each of them has one
    is_name = isinstance(reference, nodes.Const) and isinstance(reference.value, str)
    return str(reference.value) if is_name else ""  # type: ignore[attr-defined]  # as above


def _explain_computed_name(node: nodes.Node, text: TemplateText) -> TemplateError:
    """Explain a name of a template that is not written out: perhaps the quotes are missing."""
    reference: nodes.Node = node.template  # type: ignore[attr-defined]  # each of them has one
    name, column, target = type(node).__name__.lower().replace("fromimport", "from"), 1, "x.html"
    if isinstance(reference, nodes.Getattr) and isinstance(reference.node, nodes.Name):
        target = f"{reference.node.name}.{reference.attr}"
        column = text.find_column(node.lineno, target)
    elif isinstance(reference, nodes.Name):
        column = text.find_column(node.lineno, reference.name)
    message = "the name of an included template must be written out"
    return TemplateError(node.lineno, column, message, f'write it in quotes: {{% {name} "{target}" %}}')


def _describe(name: str, tree: TemplateTree, text: TemplateText) -> _TemplateInfo:
    """Return what other templates and the check of them need to know of a template."""
    references: dict[str, _Reference] = {}
    for node in tree.find_all(_REFERRING_NODES):
        referred = _referred_name(node)
        if referred and referred not in references:
            column = text.find_column(node.lineno, referred, QUOTED)
            references[referred] = _Reference(referred, node.lineno, column)
    imported_names = {}
    for node in tree.find_all(nodes.FromImport):
        for imported in node.names:
            bare_name = imported if isinstance(imported, str) else imported[0]
            imported_names[_referred_name(node), bare_name] = node.lineno
    parent, lost_line = "", 0
    extends = next((node for node in tree.root.body if isinstance(node, nodes.Extends)), None)
    if extends is not None:
        parent = _referred_name(extends)
        lost_line = _find_output_line(tree.root.body)
    blocks = {block.name: block.lineno for block in tree.find_all(nodes.Block)}
    outer_blocks = {block.name: block.lineno for block in _find_outer_blocks(tree.root)}
    return _TemplateInfo(
        name=name,
        text=text,
        references=references,
        imported_names=imported_names,
        used_names=frozenset(_find_used_names(tree)),
        exported_names=frozenset(_find_exported_names(tree)),
        parent=parent,
        blocks=blocks,
        outer_blocks=outer_blocks,
        lost_line=lost_line,
    )


def _find_used_names(tree: TemplateTree) -> Iterator[tuple[str, str]]:
    """Yield the template and the name of each field of an imported template."""
    sources = {node.target: _referred_name(node) for node in tree.find_all(nodes.Import)}
    for node in tree.find_all(nodes.Getattr):
        if isinstance(node.node, nodes.Name) and node.node.name in sources:
            yield sources[node.node.name], node.attr


def _find_exported_names(tree: TemplateTree) -> Iterator[str]:
    """Yield the names of macros, variables and imports of a template, also of those inside a part of it."""
    for node in tree.find_all((nodes.Macro, nodes.Name, nodes.Import, nodes.FromImport)):
        if isinstance(node, nodes.Macro):
            yield node.name
        elif isinstance(node, nodes.Import):
            yield node.target
        elif isinstance(node, nodes.FromImport):
            yield from (name if isinstance(name, str) else name[1] for name in node.names)
        elif isinstance(node, nodes.Name) and node.ctx == "store":
            yield node.name


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
    for name, line, column in template.references.values():
        if template.name.startswith("blocks/"):  # the digest of such a template is that of its text
            message = f'a block of texts cannot use another template ("{name}")'
            yield _problem(theme, template.name, TemplateError(line, column, message, "write its HTML into this file"))
            continue
        if name not in templates:
            message, hint = f'there is no template "{name}"', suggest_template(name, templates.keys() - {template.name})
            yield _problem(theme, template.name, TemplateError(line, column, message, hint))
            continue
        cycle = _find_path(name, template.name, templates)
        if not cycle:
            continue
        if name == template.name:
            message, hint = "the template is made from itself", _name_of_parent(name, theme)
        else:
            message, hint = f"the template is made from itself, by way of {cycle[0]}", ""
        yield _problem(theme, template.name, TemplateError(line, column, message, hint))
        return


def _check_imported_names(
    template: _TemplateInfo, templates: Mapping[str, _TemplateInfo], theme: Theme
) -> Iterator[Problem]:
    """Yield an error for each macro that ``template`` imports from a template that does not have it."""
    for (source, name), line in template.imported_names.items():
        if source in templates and name not in templates[source].exported_names:
            message, column = f'there is no macro "{name}" in {source}', template.text.find_column(line, name)
            hint = did_you_mean(name, templates[source].exported_names)
            yield _problem(theme, template.name, TemplateError(line, column, message, hint))


def _find_missing_parts(templates: Mapping[str, _TemplateInfo], theme: Theme) -> Iterator[Problem]:
    """Yield an error for each template of the site that lacks macros or blocks which the program's templates need."""
    missing_blocks: dict[str, dict[str, None]] = {}
    missing_macros: dict[str, dict[str, None]] = {}
    own_names = {name for name in templates if theme.locate(name).endswith(f"/templates/{name}")}
    for name in sorted(theme.builtin_templates & _find_reached(own_names, templates)):
        template = templates[name]
        if template.parent in templates:
            inherited = _inherited_blocks(template, templates)
            lost_blocks = {block: None for block in template.outer_blocks if block not in inherited}
            missing_blocks.setdefault(template.parent, {}).update(lost_blocks)
        for source, macro in (*template.imported_names, *sorted(template.used_names)):
            if source in templates and macro not in templates[source].exported_names:
                missing_macros.setdefault(source, {})[macro] = None
    for kind, missing in (("block", missing_blocks), ("macro", missing_macros)):
        for name, parts in missing.items():
            if parts:
                yield _problem(theme, name, _explain_missing_parts(name, kind, list(parts), theme))


def _explain_missing_parts(name: str, kind: str, parts: Sequence[str], theme: Theme) -> TemplateError:
    plural = "s" * (len(parts) > 1)
    need = f"other templates of the theme need {'them' if plural else 'it'}"
    message = f"the template has no {kind}{plural} {', '.join(parts)}: {need}"
    original = next((full_name for full_name in reversed(theme.templates) if full_name.endswith(f"/{name}")), "")
    if kind == "block" and original:
        return TemplateError(1, 1, message, f'write {{% extends "{original}" %}}, or add {{% block {parts[0]} %}}')
    return TemplateError(1, 1, message, f"add {{% {kind} {parts[0]}{'(…)' * (kind == 'macro')} %}}…{{% end{kind} %}}")


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
    inherited = _inherited_blocks(template, templates)
    if template.lost_line:
        message = "this is not shown: it stands outside of all blocks"
        block = "main" if "main" in inherited else min(inherited, default="")
        hint = f"move it into a block, such as {block}" if block else ""
        yield _problem(theme, template.name, TemplateError(template.lost_line, 1, message, hint))
    for name, line in template.outer_blocks.items():
        if name not in inherited:
            message, column = (
                f'there is no block "{name}" in {template.parent}',
                template.text.find_column(line, name, BLOCK),
            )
            hint = did_you_mean(name, inherited)
            yield _problem(theme, template.name, TemplateError(line, column, message, hint))


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


def _find_reached(names: Iterable[str], templates: Mapping[str, _TemplateInfo]) -> set[str]:
    """Return the names of these templates and of all that they can reach."""
    reached: set[str] = set()
    waiting = list(names)
    while waiting:
        current = waiting.pop()
        if current not in reached and current in templates:
            reached.add(current)
            waiting += templates[current].references
    return reached


def _digest_closure(name: str, templates: Mapping[str, _TemplateInfo], texts: Mapping[str, str]) -> bytes:
    """Return the digest of a template and of all that it can reach."""
    reached = _find_reached({name}, templates)
    parts = [f"{current}\0{len(texts[current])}\0{texts[current]}" for current in sorted(reached)]
    return digest("".join(parts).encode())


class Templates:
    """The templates of a theme in which :func:`check_templates` found no errors."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.texts = theme.templates
        self.environment = Sandbox(theme.templates, theme.words.words())

    def compile(self) -> None:
        """Compile all templates now; :meth:`render` compiles a template when it is first used."""
        for name in self.texts:
            self.environment.get_template(name)

    @property
    def limit(self) -> ResourceLimit | None:
        """The limit for rendering a page; None if all templates came with the program."""
        return None if self.theme.builtin_templates.issuperset(self.texts) else RENDERING

    def render(self, name: str, fields: Mapping[str, Any], page: str, language: str = "") -> bytes:
        """Render the template ``name``. Raises :class:`BlogError` with the template, the line and ``page``.

        ``page`` is the source file of the page, or its address, which begins with a slash. ``language`` is that of its
        words; the default is that of the site.
        """
        self.environment.words = self.theme.words.words(language)
        try:
            return self.environment.get_template(name).render(fields).encode()
        except Exception as error:  # noqa: BLE001  (a template may fail in any way)
            failure = explain_render_error(error, name, fields, self.theme)
            raise self._describe(failure, page) from None

    def explain_limit(self, name: str, page: str, stack: str) -> BlogError:
        """Return the error for a page that exceeds :data:`RENDERING`; ``stack`` is that of the worker, if known."""
        template, line = locate_in_stack(stack, self.theme, self.environment) or (name, 1)
        return self._describe(RenderError(template, line, Explanation(TOO_MUCH)), page)

    def _describe(self, error: RenderError, page: str) -> BlogError:
        message, hint, column = error.explanation
        page_name = page if page.startswith("/") else f"of {page}"
        location = Location(self.theme.locate(error.template), error.line, column)
        return BlogError([Problem(location, "template", f"{message} (on the page {page_name})", hint)])
