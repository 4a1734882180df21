"""Jinja with nothing in it but what a page needs, where every page is done after a number of steps.

What a template may name is listed here; what is not listed is refused. What it does is counted and not timed: the same
template fails everywhere or nowhere, at the same line. A step is a part of a template that is carried out once, or a
letter that is made, searched or shown.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, KeysView, ValuesView
from functools import wraps
from itertools import chain
from typing import TYPE_CHECKING, Any

from jinja2 import FunctionLoader, StrictUndefined, Template, Undefined, pass_eval_context
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.filters import _GroupTuple, make_attrgetter, sync_do_join
from jinja2.runtime import BlockReference, LoopContext, Macro, markup_join
from jinja2.sandbox import SandboxedEnvironment
from jinja2.tests import TESTS
from markupsafe import Markup, soft_str

from blog.render.sandbox_code import CountingCodeGenerator
from blog.render.sandbox_costs import (
    CALL_COST,
    ESCAPE_GROWTH,
    EXTRA_COSTS,
    ITEM_COST,
    PART_COST,
    REPR_GROWTH,
    factor_of,
    length_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2.nodes import EvalContext
    from jinja2.runtime import Context

STEPS = 20_000_000
"""Steps that one page may take."""
PER_LETTER = 10
"""Further steps per letter of its text."""
PER_ENTRY = 3000
"""Further steps per list entry: the archive takes 400 for each post."""
_LARGEST = 2**63
_PLAIN = {int, float, bool, type(None)}
_DATA = (str, int, float, list, tuple, dict, Undefined, type(None))
_IN_PIECES = {"rsplit", "split", "splitlines"}
"""Methods that make a list of a text."""

_TEXT = {
    "capitalize", "e", "escape", "forceescape", "format", "lower", "replace", "string", "striptags", "title", "trim",
    "truncate", "upper", "urlencode", "wordcount",
}  # fmt: skip
"""Filters on strings (cost: length)."""
_COMPARING = {"dictsort", "groupby", "join", "max", "min", "sort", "sum", "unique"}
"""Filters that compare items (cost: their size)."""
_EACH = {"batch", "items", "list", "map", "reject", "rejectattr", "reverse", "select", "selectattr", "slice"}
"""Filters that iterate (cost: number of items)."""
_QUICK = {
    "abs", "attr", "count", "d", "default", "filesizeformat", "first", "float", "int", "last", "length", "round",
}  # fmt: skip
"""Filters of constant cost. There are no others."""
_NUMBERS = {"filesizeformat", "float", "int"}
"""Filters that parse a number."""
_NUMBER_TESTS = {"divisibleby", "even", "odd"}
_TESTS_LEFT_OUT = ("filter", "sameas", "test")
_LOOP = {
    "changed", "cycle", "depth", "depth0", "first", "index", "index0", "last", "length", "nextitem", "previtem",
    "revindex", "revindex0",
}  # fmt: skip
_ATTRIBUTES: tuple[tuple[type, set[str]], ...] = (
    (str, {
        "capitalize", "casefold", "count", "endswith", "find", "index", "isalnum", "isalpha", "isdecimal", "isdigit",
        "islower", "isnumeric", "isspace", "istitle", "isupper", "lower", "lstrip", "partition", "removeprefix",
        "removesuffix", "rfind", "rindex", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith",
        "strip", "swapcase", "title", "upper",
    }),
    (dict, {"get", "items", "keys", "values"}),
    (LoopContext, _LOOP),
    (BlockReference, {"super"}),
    (_GroupTuple, {"grouper", "list"}),
)  # fmt: skip
"""Methods that templates may call on values that are not views."""


class TooMuchError(SecurityError):
    """A template does not come to its end."""


def fields_of(value: Any) -> tuple[str, ...]:
    """The names of a view's fields; none if ``value`` is no view."""
    names: tuple[str, ...] = getattr(type(value), "__struct_fields__", ())
    return names


class _Template(Template):
    cost = 0

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        """Return the module of an imported template, executed once; each page that imports it is charged the same."""
        sandbox: Sandbox = self.environment  # type: ignore[assignment]
        if self._module is None:
            left, sandbox.left = sandbox.left, STEPS
            super()._get_default_module(ctx)
            self.cost = STEPS - sandbox.left
            sandbox.left = left
        sandbox.spend(self.cost)
        return super()._get_default_module(ctx)


class Sandbox(SandboxedEnvironment):
    """Templates by name, what they may use, and what the page may still cost."""

    code_generator_class = CountingCodeGenerator
    template_class = _Template
    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, templates: dict[str, str]) -> None:
        super().__init__(
            finalize=self.shown,
            loader=FunctionLoader(lambda name: (templates[name], name, None) if name in templates else None),
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
        known = _TEXT | _COMPARING | _EACH | _QUICK
        self.filters |= {"join": self._join, "string": self._string}
        self.filters = {name: self._filter(name, self.filters[name]) for name in sorted(known)}
        self.tests = {name: self._test(name, test) for name, test in TESTS.items() if name not in _TESTS_LEFT_OUT}
        self.limit = self.left = STEPS

    # what it costs

    def begin(self, letters: int, entries: int) -> None:
        """Count from nothing for a page with so long a text, which lists so much."""
        self.limit = self.left = STEPS + PER_LETTER * letters + PER_ENTRY * entries

    def spend(self, steps: int) -> None:
        """Count. Raises :class:`TooMuchError`."""
        self.left -= steps
        if self.left < 0:
            raise TooMuchError(f"the page takes more than {self.limit:,} steps: too many loops, calls or letters")

    def enter(self, context: Context, steps: int) -> None:
        """Count a template or block: it is given what its surroundings know."""
        self.spend(CALL_COST + steps + len(context.parent))

    def turns(self, values: Any, steps: int) -> Any:
        """Count the turns of a loop."""
        try:
            count = len(values)
        except TypeError:
            raise TypeError(f"a {type(values).__name__} is no list: nothing can loop over it") from None
        self.spend(count * steps)
        return values

    def weigh(self, value: Any) -> None:
        """Count all that is in a value, as often as it is there."""
        waiting = [value]
        while waiting:
            value = waiting.pop()
            if isinstance(value, str):
                self.spend(PART_COST + len(value))
            elif type(value) in _PLAIN:
                self.spend(PART_COST)
            else:
                self.spend(PART_COST * length_of(value))
                waiting.extend(_inner(value))

    def _weigh_written(self, value: Any) -> None:
        """Count all that is in a value that is about to be written out as Python writes it."""
        before = self.left
        self.weigh(value)
        if not isinstance(value, str):
            self.spend((before - self.left) * REPR_GROWTH)

    def weighed(self, value: Any) -> Any:
        """``value``, counted."""
        self.weigh(value)
        return value

    def check_result(self, value: Any) -> Any:
        """A new text or list, counted."""
        if isinstance(value, str | list | tuple):
            self.spend(len(value))
        return value

    # what may be shown

    def shown(self, value: Any) -> Any:
        """A value that templates may show: text, numbers, HTML. Raises :class:`TypeError` for all else."""
        if type(value) is str:
            self.spend(len(value) * ESCAPE_GROWTH)
            return value
        if isinstance(value, int | float | Undefined):
            self.spend(ITEM_COST + (value.bit_length() // 3 if isinstance(value, int) else 0))
            return value
        if hasattr(value, "__html__"):
            text = Markup(value)  # noqa: S704  (it says that it is HTML)
            self.spend(len(text))
            return text
        if value is None:
            raise TypeError("the value is none: test it first, for example {% if updated %}")
        known = ", ".join(fields_of(value))
        raise TypeError(
            f"a {type(value).__name__} is no text: show {f'one of its fields, {known}' if known else 'what is in it'}"
        )

    def joined(self, values: tuple[Any, ...]) -> str:
        """``a ~ b``: text of what may be shown."""
        return markup_join([self.shown(value) for value in values])

    # what may be asked

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A field of a view is what templates are for: only other attributes need Jinja's long look."""
        if attribute in getattr(type(obj), "__struct_fields__", ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """``obj[argument]``."""
        if not isinstance(argument, int):
            self.weigh(argument)
        return super().getitem(obj, argument)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ARG002  (as Jinja asks)
        """Return whether the attribute is listed, or a macro of an imported template."""
        if isinstance(obj, TemplateModule):
            return not attr.startswith("_") and attr in vars(obj)
        return attr in fields_of(obj) or any(isinstance(obj, kind) and attr in names for kind, names in _ATTRIBUTES)

    def wrap_str_format(self, value: Any) -> None:
        """``format`` is a method like others, and not listed: the filter does it."""

    # what may be done

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """A macro, a block, or what may be asked of a value."""
        self.spend(CALL_COST + len(args) + len(kwargs))
        if type(obj) is Macro:  # the most frequent, of which Jinja asks much
            kwargs.pop("_loop_vars", None)
            kwargs.pop("_block_vars", None)
            return obj(context.eval_ctx, *args, **kwargs)
        if isinstance(obj, LoopContext):
            self.turns(args[0] if args else (), 1)
        elif not isinstance(obj, BlockReference):
            given = (*args, *kwargs.values())
            self.weigh(given)
            if isinstance(text := getattr(obj, "__self__", None), str):
                self.spend(len(text) * (100 + sum(len(each) for each in given if isinstance(each, str))) // 100)
                self.spend(len(text) * PART_COST if obj.__name__ in _IN_PIECES else 0)
        return self.check_result(super().call(context, obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Numbers that stay small; texts and lists may be put together and repeated."""
        if isinstance(left, int | float) and isinstance(right, int | float):
            if operator == "**":
                raise SecurityError("the product of ** is too large")
            return _small(super().call_binop(context, operator, _small(left), _small(right)))
        if operator == "%" and isinstance(left, str):
            return self.filters["format"](left, *(right if isinstance(right, tuple) else (right,)))
        if operator == "*":
            self.spend(
                factor_of(left)
                * factor_of(right)
                * (1 if isinstance(left, str) or isinstance(right, str) else PART_COST)
            )
        elif operator == "+":
            self.spend((length_of(left) + length_of(right)) * ESCAPE_GROWTH)
        elif not isinstance(left, Undefined) and not isinstance(right, Undefined):
            raise SecurityError(f"{operator} is for numbers")
        return self.check_result(super().call_binop(context, operator, left, right))

    def _test(self, name: str, test: Any) -> Callable[..., Any]:
        @wraps(test)
        def counted(value: Any, *more: Any) -> Any:
            self.spend(PART_COST)
            self.weigh(more)
            if name in _NUMBER_TESTS and not isinstance(value, int | float | Undefined):
                raise SecurityError(f"the test {name} is for numbers")  # % of a text is a format
            if more or name in {"lower", "upper"}:
                self.weigh(value)
            return test(value, *more)

        return counted

    def _filter(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        passed = 1 if hasattr(function, "jinja_pass_arg") else 0

        @wraps(function)
        def counted(*args: Any, **kwargs: Any) -> Any:
            value, more = args[passed], (*args[passed + 1 :], *kwargs.values())
            self.spend(CALL_COST)
            self.weigh(more)
            if name == "string":
                self._weigh_written(value)
            elif name in _NUMBERS and isinstance(value, str):
                self.weigh(value)
            elif name in _TEXT:
                for each in (value, *(each for each in more if each is not None)):
                    self.shown(each)
            elif name in _COMPARING:
                self.weigh(value)
            if name in _COMPARING | _EACH:
                self.spend(length_of(value) * (ITEM_COST + sum(len(each) for each in more if isinstance(each, str))))
            if name in EXTRA_COSTS:
                self.spend(EXTRA_COSTS[name](value, *args[passed + 1 :], **kwargs))
            found = function(*args, **kwargs)
            return self.check_result(list(found) if isinstance(found, Iterator) else _small(found))

        return counted

    def _string(self, value: Any) -> str:
        """Implement the filter ``string``, charged for everything in a view, list or table."""
        if isinstance(value, str | int | float | Undefined) or hasattr(value, "__html__"):
            return soft_str(self.shown(value))
        waiting = [value]
        while waiting:
            value_in_it = waiting.pop()
            if not isinstance(value_in_it, _DATA) and not fields_of(value_in_it):
                self.shown(value_in_it)
            waiting.extend(_inner(value_in_it))
        return str(value)

    @pass_eval_context
    def _join(self, context: EvalContext, value: Iterable[Any], d: str = "", attribute: str | None = None) -> str:
        """Implement the filter ``join`` for values that may be shown."""
        items = [*map(make_attrgetter(self, attribute), value)] if attribute is not None else [*value]
        self.spend(len(items) * len(d) * ESCAPE_GROWTH)
        return sync_do_join(context, [self.shown(item) for item in items], d)


def _inner(value: Any) -> Iterable[Any]:
    """Yield the items of a list, a table or a view."""
    if isinstance(value, dict):
        return chain.from_iterable(value.items())
    if isinstance(value, list | tuple | KeysView | ValuesView | ItemsView):
        return value
    return [getattr(value, name) for name in fields_of(value)]


def _small(value: Any) -> Any:
    if isinstance(value, int) and abs(value) >= _LARGEST:
        raise SecurityError("the number is too large")
    return value
