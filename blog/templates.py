"""render: a view and its template → HTML, in a sandbox where only the view can be seen.

Themes are not trusted: no clock, chance, disk or network, no way around escaping, no names made up while rendering.
An undefined name is a problem with the template's path and line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from jinja2 import FunctionLoader, StrictUndefined, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.meta import find_referenced_templates
from jinja2.sandbox import ImmutableSandboxedEnvironment

from blog.cache import digest
from blog.errors import BlogError, Place, Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from jinja2 import Template
    from jinja2.runtime import Context

    from blog.themes import Design

MAX_PRODUCT = 1_000_000
REQUIRED = (
    "home.html", "list.html", "post.html", "page.html", "terms.html", "archive.html", "series.html", "series-list.html",
    "search.html", "404.html", "alias.html",
)  # fmt: skip
_FILTERS_LEFT_OUT = ("random", "safe", "pprint", "xmlattr", "urlize", "tojson")


def closures(design: Design) -> dict[str, bytes]:
    """Check all templates of a theme; give for each a digest of its text and of all that it can reach.

    That is what the look of an output depends on. Raises :class:`BlogError` with what is wrong in the templates, or if
    a kind of page has none.
    """
    texts = design.templates
    environment = _environment(texts)
    used = {name: _check(environment, design, name, text) for name, text in sorted(texts.items())}
    problems = [
        Problem(Place(design.place(name)), "template", f'there is no template "{other}"', did_you_mean(other, used))
        for name, others in used.items()
        for other in sorted(others - used.keys())
    ]
    problems += [
        Problem(Place(f"{design.path}/templates"), "template", f'the theme has no template "{name}"')
        for name in REQUIRED
        if name not in texts
    ]
    if problems:
        raise BlogError(problems)
    return {name: _closure(name, used, texts) for name in used}


def _check(environment: _Sandbox, design: Design, name: str, text: str) -> frozenset[str]:
    """The names of the templates that ``name`` includes, extends or imports."""

    def fail(line: int, message: str, hint: str = "", file: str = name) -> NoReturn:
        raise BlogError([Problem(Place(design.place(file), line), "template", message, hint)])

    try:
        tree = environment.parse(text, name)
    except TemplateSyntaxError as error:
        fail(error.lineno, error.message or "syntax error", file=error.name or name)
    found = set()
    for other in find_referenced_templates(tree):
        if other is None:
            fail(1, "the name of an included template must be written out")
        found.add(other)
    if name in found:
        like = next((other for other in reversed(design.templates) if other.endswith(f"/{name}")), "")
        hint = f'that of the extended theme is "{like}"' if like else ""
        fail(1, "the template is made from itself", hint)
    for used in tree.find_all(nodes.Filter):
        if used.name not in environment.filters:
            fail(used.lineno, f'there is no filter "{used.name}"', did_you_mean(used.name, environment.filters))
    for node in tree.find_all((nodes.EvalContextModifier, nodes.ScopedEvalContextModifier)):
        fail(node.lineno, "escaping cannot be switched off")
    return frozenset(found)


def _closure(name: str, used: Mapping[str, frozenset[str]], texts: Mapping[str, str]) -> bytes:
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in reached:
            reached.add(current)
            waiting += used[current]
    parts = (f"{current}\0{len(texts[current])}\0{texts[current]}" for current in sorted(reached))
    return digest("".join(parts).encode())


class Templates:
    """The templates of a theme that :func:`closures` found nothing wrong with."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.texts = design.templates
        self.environment = _environment(design.templates)

    def compile(self) -> None:
        """Do now what :meth:`render` would do when a template is used first."""
        for name in self.texts:
            self.environment.get_template(name)

    def render(self, name: str, fields: Mapping[str, Any], page: str) -> bytes:
        """Fill the template ``name``. Raises :class:`BlogError` naming template, line and ``page``."""
        try:
            template: Template = self.environment.get_template(name)
            return template.render(fields).encode()
        except Exception as error:  # noqa: BLE001  (a template may fail in any way)
            where, line = _where(error, name, self.texts)
            message = str(error) or type(error).__name__
            place = Place(self.design.place(where), line)
            raise BlogError([Problem(place, "template", message, f"while rendering {page}")]) from None


def _where(error: BaseException, name: str, known: Container[str]) -> tuple[str, int]:
    """Template and line of an error: Jinja gives the frames of a template its name as their file's."""
    where, line = name, getattr(error, "lineno", None) or 1
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in known:
            where, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return where, line


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, where no product can fill the memory."""

    intercepted_binops = frozenset({"*", "**"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A field of a view is what templates are for: only other attributes need Jinja's long look."""
        if attribute in getattr(type(obj), "__struct_fields__", ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Multiply what stays small."""
        sizes = [abs(value) if isinstance(value, int | float) else len(value) for value in (left, right)]
        if operator == "**" or sizes[0] * sizes[1] > MAX_PRODUCT:
            raise SecurityError(f"the product of {operator} is too large")
        return super().call_binop(context, operator, left, right)


def _environment(templates: dict[str, str]) -> _Sandbox:
    environment = _Sandbox(
        loader=FunctionLoader(lambda name: (templates[name], name, None) if name in templates else None),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.globals.clear()
    for name in _FILTERS_LEFT_OUT:
        environment.filters.pop(name)
    return environment


def asset(urls: Mapping[str, str], name: str) -> str:
    """The URL of a file in the theme's ``static/``: what templates ask for by ``asset(name)``."""
    if name not in urls:
        raise LookupError(f"the theme has no file static/{name}")
    return urls[name]
