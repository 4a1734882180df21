"""render: a view and its template → HTML, in a sandbox where only the view can be seen.

Themes are not trusted: no clock, chance, disk or network, no way around escaping, no names made up while rendering.
An undefined name is a problem with the template's path and line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import FunctionLoader, StrictUndefined, TemplateSyntaxError, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.meta import find_referenced_templates
from jinja2.sandbox import ImmutableSandboxedEnvironment

from blog.cache import digest
from blog.errors import BlogError, Place, Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Container

    from jinja2 import Template
    from jinja2.runtime import Context
    from msgspec import Struct

    from blog.themes import Design

MAX_PRODUCT = 1_000_000
REQUIRED = (
    "home.html", "list.html", "post.html", "page.html", "terms.html", "archive.html", "series.html", "series-list.html",
    "404.html", "alias.html",
)  # fmt: skip
_FILTERS_LEFT_OUT = ("random", "safe", "pprint", "xmlattr", "urlize", "tojson")


class Templates:
    """The templates of a theme. Checks them all at once; raises :class:`BlogError` with what is wrong in them."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.path = f"{design.path}/templates"
        self.texts = design.templates
        self.environment = _environment(design.templates)
        self.digests: dict[str, bytes] = {}
        self.used = {name: self._check(name) for name in sorted(design.templates)}
        unknown = [
            Problem(
                Place(f"{self.path}/{name}"),
                "template",
                f'there is no template "{other}"',
                did_you_mean(other, self.used),
            )
            for name, others in self.used.items()
            for other in sorted(others - self.used.keys())
        ]
        if unknown:
            raise BlogError(unknown)

    def check_complete(self) -> None:
        """Raise :class:`BlogError` if a kind of page has no template."""
        missing = [
            Problem(Place(self.path), "template", f'the theme has no template "{name}"')
            for name in REQUIRED
            if name not in self.texts
        ]
        if missing:
            raise BlogError(missing)

    def _check(self, name: str) -> frozenset[str]:
        """The names of the templates that ``name`` includes, extends or imports."""
        try:
            tree = self.environment.parse(self.texts[name], name)
        except TemplateSyntaxError as error:
            raise BlogError(
                [self._problem(error.name or name, error.lineno, error.message or "syntax error")]
            ) from None
        found = set()
        for other in find_referenced_templates(tree):
            if other is None:
                raise BlogError([self._problem(name, 1, "the name of an included template must be written out")])
            found.add(other)
        for used in tree.find_all(nodes.Filter):
            if used.name not in self.environment.filters:
                hint = did_you_mean(used.name, self.environment.filters)
                raise BlogError([self._problem(name, used.lineno, f'there is no filter "{used.name}"', hint)])
        for node in tree.find_all((nodes.EvalContextModifier, nodes.ScopedEvalContextModifier)):
            raise BlogError([self._problem(name, node.lineno, "escaping cannot be switched off")])
        return frozenset(found)

    def closure_digest(self, name: str) -> bytes:
        """BLAKE2b of the texts of ``name`` and of every template it can reach: what its output depends on."""
        if name in self.digests:
            return self.digests[name]
        reached: set[str] = set()
        waiting = [name]
        while waiting:
            current = waiting.pop()
            if current not in reached:
                reached.add(current)
                waiting += self.used[current]
        texts = (f"{current}\0{len(self.texts[current])}\0{self.texts[current]}" for current in sorted(reached))
        self.digests[name] = digest("".join(texts).encode())
        return self.digests[name]

    def render(self, name: str, view: Struct, page: str) -> bytes:
        """Render ``view`` by the template ``name``. Raises :class:`BlogError` naming template, line and ``page``."""
        if name not in self.used:
            message = f'the theme has no template "{name}"'
            raise BlogError([Problem(Place(self.path), "template", message)])
        try:
            template: Template = self.environment.get_template(name)
            fields = {field: getattr(view, field) for field in view.__struct_fields__}
            return template.render(fields).encode()
        except Exception as error:  # noqa: BLE001  (a template may fail in any way)
            where, line = _where(error, name, self.texts)
            message = str(error) or type(error).__name__
            raise BlogError([self._problem(where, line, message, f"while rendering {page}")]) from None

    def _problem(self, name: str, line: int, message: str, hint: str = "") -> Problem:
        return Problem(Place(f"{self.path}/{name}", line), "template", message, hint)


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
    environment.globals["asset"] = _asset
    for name in _FILTERS_LEFT_OUT:
        environment.filters.pop(name)
    return environment


@pass_context
def _asset(context: Context, name: str) -> Any:
    """The URL of a file in the theme's ``static/``."""
    assets = context["site"].assets
    if name not in assets:
        raise LookupError(f"the theme has no file static/{name}")
    return assets[name]
