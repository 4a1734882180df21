"""A Jinja environment with the few names that a page needs. What is not listed here is refused.

What a page may cost is limited by the worker that renders it: see :data:`blog.render.templates.RENDERING`.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, ValuesView
from functools import wraps
from itertools import chain
from typing import TYPE_CHECKING, Any

from jinja2 import FunctionLoader, StrictUndefined, Undefined, pass_eval_context
from jinja2.compiler import CodeGenerator
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS, _GroupTuple, make_attrgetter, sync_do_join
from jinja2.runtime import BlockReference, LoopContext, markup_join
from jinja2.sandbox import SandboxedEnvironment
from jinja2.tests import TESTS
from markupsafe import Markup, soft_str

from blog.render.template_words import FUNCTION, translate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import CodeType

    from jinja2 import nodes
    from jinja2.compiler import Frame
    from jinja2.nodes import EvalContext
    from jinja2.runtime import Context

    from blog.config.words import Words

TEXT_FILTERS = {
    "capitalize", "e", "escape", "forceescape", "format", "lower", "replace", "striptags", "title", "trim",
    "truncate", "upper", "urlencode", "wordcount",
}  # fmt: skip
"""Filters on strings, which convert what they get to a string."""
ALL_FILTERS = TEXT_FILTERS | {
    "abs", "attr", "batch", "count", "d", "default", "dictsort", "filesizeformat", "first", "float", "groupby", "int",
    "items", "join", "last", "length", "list", "map", "max", "min", "reject", "rejectattr", "reverse", "round",
    "select", "selectattr", "slice", "sort", "string", "sum", "unique",
}  # fmt: skip
EXCLUDED_TESTS = {"filter", "sameas", "test"}
ATTRIBUTES: tuple[tuple[type, set[str]], ...] = (
    (str, {
        "capitalize", "casefold", "count", "endswith", "find", "index", "isalnum", "isalpha", "isdecimal", "isdigit",
        "islower", "isnumeric", "isspace", "istitle", "isupper", "lower", "lstrip", "partition", "removeprefix",
        "removesuffix", "rfind", "rindex", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith",
        "strip", "swapcase", "title", "upper",
    }),
    (dict, {"get", "items", "keys", "values"}),
    (LoopContext, {
        "changed", "cycle", "depth", "depth0", "first", "index", "index0", "last", "length", "nextitem", "previtem",
        "revindex", "revindex0",
    }),
    (BlockReference, {"super"}),
    (_GroupTuple, {"grouper", "list"}),
)  # fmt: skip
"""Attributes that templates may use of values that are not views."""
_MAX_LENGTH = 10_000_000
"""Largest length of a text or list that ``*`` makes."""
_DATA = (str, int, float, list, tuple, dict, Undefined, type(None))


class TooDeepError(Exception):
    """The parts of a template are nested too deeply for Python to compile it."""


class NotShownError(TypeError):
    """A value is no text, number or HTML."""

    def __init__(self, value: Any) -> None:
        super().__init__(f"a {type(value).__name__} is no text")
        self.value = value


def fields_of(value: Any) -> tuple[str, ...]:
    """Return the names of a view's fields; none if ``value`` is no view."""
    names: tuple[str, ...] = getattr(type(value), "__struct_fields__", ())
    return names


class _CodeGenerator(CodeGenerator):
    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802  (a method of Jinja)
        """Compile ``a ~ b``: Jinja would convert each value to a string, whatever it is."""
        self.write("environment.concatenate((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")


class Sandbox(SandboxedEnvironment):
    """The templates by name, and the names that they may use."""

    code_generator_class = _CodeGenerator
    intercepted_binops = frozenset({"%", "*", "**", "-"})

    def __init__(self, templates: dict[str, str], words: Words | None = None) -> None:
        """``words`` are those of the page that is rendered next; None: the templates have no words."""

        def load_source(name: str) -> tuple[str, str, None] | None:
            return (templates[name], name, None) if name in templates else None

        super().__init__(
            finalize=_check_output,
            loader=FunctionLoader(load_source),
            undefined=StrictUndefined,
            autoescape=True,
            optimized=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            cache_size=-1,
        )
        self.globals.clear()
        self.words = words
        if words is not None:  # a global, as macros of other templates see no variables of the page
            self.globals[FUNCTION] = self._translate
        filters = FILTERS | {"join": self._join, "string": _to_string}
        self.filters = {name: _guard_filter(name, filters[name]) for name in sorted(ALL_FILTERS)}
        self.tests = {name: test for name, test in sorted(TESTS.items()) if name not in EXCLUDED_TESTS}

    def _compile(self, source: str, filename: str) -> CodeType:
        try:
            return super()._compile(source, filename)
        except (MemoryError, RecursionError, SyntaxError):
            raise TooDeepError from None

    def _translate(self, key: Any, **values: Any) -> Markup:
        """Return a word in the language of the page."""
        assert self.words is not None
        return translate(self.words, key, values, check_shown)

    def concatenate(self, values: tuple[Any, ...]) -> str:
        """Return ``a ~ b``, if each of the values may be shown."""
        return markup_join([check_shown(value) for value in values])

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a field of a view at once: only other attributes need the slow checks of Jinja."""
        if attribute in getattr(type(obj), "__struct_fields__", ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ARG002  (a method of Jinja)
        """Return whether the attribute is listed, or a macro of an imported template."""
        if isinstance(obj, TemplateModule):
            return not attr.startswith("_") and attr in vars(obj)
        if attr in fields_of(obj):
            return True
        for kind, names in ATTRIBUTES:
            if isinstance(obj, kind):
                return attr in names
        return False

    def wrap_str_format(self, value: Any) -> None:
        """Return None: the method ``format`` gets no special case, and is not listed. There is a filter for it."""

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Calculate. Raises :class:`SecurityError` for an operation that creates a set or something huge."""
        if operator == "%" and isinstance(left, str):
            arguments = right if isinstance(right, tuple) else (right,)
            return self.filters["format"](left, *arguments)
        if operator == "-" and not isinstance(left, int | float | Undefined):
            raise SecurityError("- is for numbers")  # the order of a set depends on chance
        if operator == "**":
            raise SecurityError("the product of ** is too large")
        if operator == "*" and max(_repeated_length(left, right), _repeated_length(right, left)) > _MAX_LENGTH:
            raise SecurityError(f"a product is no longer than {_MAX_LENGTH:,} letters or entries")
        return super().call_binop(context, operator, left, right)

    @pass_eval_context
    def _join(self, context: EvalContext, value: Iterable[Any], d: str = "", attribute: str | None = None) -> str:
        """Implement the filter ``join`` for values that may be shown."""
        items = list(value)
        if attribute is not None:
            items = list(map(make_attrgetter(self, attribute), items))
        return sync_do_join(context, [check_shown(item) for item in items], d)


def _repeated_length(value: Any, factor: Any) -> int:
    """Return the length of ``value * factor``; 0 if it is a number."""
    return len(value) * factor if isinstance(value, str | list | tuple) and isinstance(factor, int) else 0


def _guard_filter(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that converts only what may be shown to text, and that returns no iterator.

    An imported template keeps its variables from page to page: the first page would exhaust an iterator.
    """
    value_index = 1 if hasattr(function, "jinja_pass_arg") else 0
    is_for_text = name in TEXT_FILTERS

    @wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if is_for_text:
            check_shown(args[value_index])
            for argument in (*args[value_index + 1 :], *kwargs.values()):
                if argument is not None:
                    check_shown(argument)
        result = function(*args, **kwargs)
        return list(result) if isinstance(result, Iterator) else result

    return guarded


@pass_eval_context
def _check_output(_: EvalContext, value: Any) -> Any:
    """Return a value to show. Because it gets the context, Jinja evaluates nothing when it compiles a template."""
    return check_shown(value)


def check_shown(value: Any) -> Any:
    """Return a value that templates may show: text, numbers, HTML. Raises :class:`NotShownError` for all else."""
    if isinstance(value, str | int | float | Undefined):
        return value
    if hasattr(value, "__html__"):
        return Markup(value)  # noqa: S704  (by its method, it is HTML)
    raise NotShownError(value)


def _to_string(value: Any) -> str:
    """Implement the filter ``string``. It checks everything in a view, list or table."""
    if isinstance(value, str | int | float | Undefined) or hasattr(value, "__html__"):
        return soft_str(check_shown(value))
    pending = [value]
    while pending:
        part = pending.pop()
        if not isinstance(part, _DATA) and not fields_of(part):
            check_shown(part)
        pending.extend(_list_parts(part))
    return str(value)


def _list_parts(value: Any) -> Iterable[Any]:
    """Return the items of a list, a table or a view."""
    if isinstance(value, dict):
        return chain.from_iterable(value.items())
    if isinstance(value, list | tuple | KeysView | ValuesView | ItemsView):
        return value
    return [getattr(value, name) for name in fields_of(value)]
