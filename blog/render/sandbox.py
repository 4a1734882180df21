"""A Jinja environment with the few names that a page needs, and a limit for the number of steps of a page.

Names that are not in :mod:`blog.render.sandbox_names` are refused. Steps are counted, time is not measured: the same
template fails on each machine or on none, at the same line. A step is one execution of a part of a template, or a
character that is created, searched or shown.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, KeysView, ValuesView
from functools import wraps
from itertools import chain
from typing import TYPE_CHECKING, Any

from jinja2 import FunctionLoader, StrictUndefined, Template, Undefined, pass_eval_context
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.filters import make_attrgetter, sync_do_join
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
    count_characters,
    factor_of,
    length_of,
)
from blog.render.sandbox_names import (
    ALL_FILTERS,
    ATTRIBUTES,
    CHARGED_BY_ITEM,
    COMPARING_FILTERS,
    EXCLUDED_TESTS,
    NUMBER_FILTERS,
    NUMBER_TESTS,
    SPLITTING_METHODS,
    TEXT_FILTERS,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2.nodes import EvalContext
    from jinja2.runtime import Context

STEPS = 20_000_000
"""Steps that one page may take."""
PER_LETTER = 10
"""Further steps per character of its text."""
PER_ENTRY = 3000
"""Further steps per list entry: the archive takes 400 for each post."""
_MAX_NUMBER = 2**63
_SCALARS = {int, float, bool, type(None)}
_DATA = (str, int, float, list, tuple, dict, Undefined, type(None))


class TooMuchError(SecurityError):
    """A page takes more steps than it may."""


class NotShownError(TypeError):
    """A value is no text, number or HTML."""

    def __init__(self, value: Any) -> None:
        super().__init__(f"a {type(value).__name__} is no text")
        self.value = value


class NoListError(TypeError):
    """A template loops over a value that is no list."""

    def __init__(self, value: Any) -> None:
        super().__init__(f"a {type(value).__name__} is no list")
        self.value = value


def fields_of(value: Any) -> tuple[str, ...]:
    """Return the names of a view's fields; none if ``value`` is no view."""
    names: tuple[str, ...] = getattr(type(value), "__struct_fields__", ())
    return names


class _Template(Template):
    import_cost = 0

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        """Return the module of an imported template, executed once; each page that imports it is charged the same."""
        sandbox: Sandbox = self.environment  # type: ignore[assignment]
        if self._module is None:
            steps_of_page, sandbox.steps_left = sandbox.steps_left, STEPS
            super()._get_default_module(ctx)
            self.import_cost = STEPS - sandbox.steps_left
            sandbox.steps_left = steps_of_page
        sandbox.spend(self.import_cost)
        return super()._get_default_module(ctx)


class Sandbox(SandboxedEnvironment):
    """The templates by name, the names that they may use, and the number of steps that a page may still take."""

    code_generator_class = CountingCodeGenerator
    template_class = _Template
    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, templates: dict[str, str]) -> None:
        def load_source(name: str) -> tuple[str, str, None] | None:
            return (templates[name], name, None) if name in templates else None

        super().__init__(
            finalize=self.check_shown,
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
        self.filters |= {"join": self._join, "string": self._string}
        self.filters = {name: self._charge_filter(name, self.filters[name]) for name in sorted(ALL_FILTERS)}
        tests = TESTS.keys() - EXCLUDED_TESTS
        self.tests = {name: self._charge_test(name, TESTS[name]) for name in sorted(tests)}
        self.step_limit = self.steps_left = STEPS

    # Steps

    def begin(self, letters: int, entries: int) -> None:
        """Start the count for a page with this number of characters in its text, and of entries in its lists."""
        self.step_limit = self.steps_left = STEPS + PER_LETTER * letters + PER_ENTRY * entries

    def spend(self, steps: int) -> None:
        """Count steps. Raises :class:`TooMuchError`."""
        self.steps_left -= steps
        if self.steps_left < 0:
            raise TooMuchError(f"the page takes more than {self.step_limit:,} steps: too many loops, calls or letters")

    def charge_scope(self, context: Context, steps: int) -> None:
        """Count the execution of a template or block: the variables of its context are copied."""
        self.spend(CALL_COST + steps + len(context.parent))

    def charge_turns(self, values: Any, steps: int) -> Any:
        """Count the turns of a loop, and return its ``values``."""
        try:
            count = len(values)
        except TypeError:
            raise NoListError(values) from None
        self.spend(count * steps)
        return values

    def charge(self, value: Any) -> Any:
        """Count everything in a value, as often as it occurs there, and return the value."""
        pending = [value]
        while pending:
            part = pending.pop()
            if isinstance(part, str):
                self.spend(PART_COST + len(part))
            elif type(part) in _SCALARS:
                self.spend(PART_COST)
            else:
                self.spend(PART_COST * length_of(part))
                pending.extend(_list_parts(part))
        return value

    def _charge_repr(self, value: Any) -> None:
        """Count everything in a value of which a ``repr`` will be created."""
        steps_before = self.steps_left
        self.charge(value)
        if not isinstance(value, str):
            self.spend((steps_before - self.steps_left) * REPR_GROWTH)

    def charge_result(self, value: Any) -> Any:
        """Count a new text or list, and return it."""
        if isinstance(value, str | list | tuple):
            self.spend(len(value))
        return value

    # What may be shown

    def check_shown(self, value: Any) -> Any:
        """Return a value that templates may show: text, numbers, HTML. Raises :class:`NotShownError` for all else."""
        if type(value) is str:
            self.spend(len(value) * ESCAPE_GROWTH)
            return value
        if isinstance(value, int):
            self.spend(ITEM_COST + value.bit_length() // 3)
            return value
        if isinstance(value, float | Undefined):
            self.spend(ITEM_COST)
            return value
        if hasattr(value, "__html__"):
            html = Markup(value)  # noqa: S704  (by its method, it is HTML)
            self.spend(len(html))
            return html
        raise NotShownError(value)

    def concatenate(self, values: tuple[Any, ...]) -> str:
        """Return ``a ~ b``, if each of the values may be shown."""
        return markup_join([self.check_shown(value) for value in values])

    # What may be accessed

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a field of a view at once: only other attributes need the slow checks of Jinja."""
        if attribute in getattr(type(obj), "__struct_fields__", ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return ``obj[argument]``."""
        if not isinstance(argument, int):
            self.charge(argument)
        return super().getitem(obj, argument)

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

    # What may be executed

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a macro, a block, or a method that is listed."""
        self.spend(CALL_COST + len(args) + len(kwargs))
        if type(obj) is Macro:  # the most frequent case, which is slow in Jinja
            kwargs.pop("_loop_vars", None)
            kwargs.pop("_block_vars", None)
            return obj(context.eval_ctx, *args, **kwargs)
        if isinstance(obj, LoopContext):
            self.charge_turns(args[0] if args else (), 1)
        elif not isinstance(obj, BlockReference):
            self._charge_method(obj, (*args, *kwargs.values()))
        return self.charge_result(super().call(context, obj, *args, **kwargs))

    def _charge_method(self, method: Any, arguments: tuple[Any, ...]) -> None:
        """Count a call of a method: that of a text may compare each of its characters with the arguments."""
        self.charge(arguments)
        text = getattr(method, "__self__", None)
        if not isinstance(text, str):
            return
        self.spend(len(text) * (100 + count_characters(arguments)) // 100)
        if method.__name__ in SPLITTING_METHODS:
            self.spend(len(text) * PART_COST)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Calculate with numbers that stay small; concatenate and repeat texts and lists."""
        if isinstance(left, int | float) and isinstance(right, int | float):
            if operator == "**":
                raise SecurityError("the product of ** is too large")
            return _check_number(super().call_binop(context, operator, _check_number(left), _check_number(right)))
        if operator == "%" and isinstance(left, str):
            arguments = right if isinstance(right, tuple) else (right,)
            return self.filters["format"](left, *arguments)
        self._charge_operator(operator, left, right)
        return self.charge_result(super().call_binop(context, operator, left, right))

    def _charge_operator(self, operator: str, left: Any, right: Any) -> None:
        """Count an operation with a text or list. Raises :class:`SecurityError` for an operator of numbers."""
        if operator == "*":
            has_text = isinstance(left, str) or isinstance(right, str)
            item_cost = 1 if has_text else PART_COST
            self.spend(factor_of(left) * factor_of(right) * item_cost)
        elif operator == "+":
            self.spend((length_of(left) + length_of(right)) * ESCAPE_GROWTH)
        elif not isinstance(left, Undefined) and not isinstance(right, Undefined):
            raise SecurityError(f"{operator} is for numbers")

    def _charge_test(self, name: str, test: Any) -> Callable[..., Any]:
        """Return a test that counts its value and its arguments before it is executed."""

        @wraps(test)
        def charged(value: Any, *arguments: Any) -> Any:
            self.spend(PART_COST)
            self.charge(arguments)
            if name in NUMBER_TESTS and not isinstance(value, int | float | Undefined):
                raise SecurityError(f"the test {name} is for numbers")  # % of a text is a format
            if arguments or name in {"lower", "upper"}:
                self.charge(value)
            return test(value, *arguments)

        return charged

    def _charge_filter(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a filter that counts its value and its arguments before it is executed, and then its result."""
        value_index = 1 if hasattr(function, "jinja_pass_arg") else 0
        extra_cost = EXTRA_COSTS.get(name)

        @wraps(function)
        def charged(*args: Any, **kwargs: Any) -> Any:
            value, positional = args[value_index], args[value_index + 1 :]
            arguments = (*positional, *kwargs.values())
            self.spend(CALL_COST)
            self.charge(arguments)
            self._charge_filtered(name, value, arguments)
            if extra_cost is not None:
                self.spend(extra_cost(value, *positional, **kwargs))
            result = function(*args, **kwargs)
            if isinstance(result, Iterator):
                return self.charge_result(list(result))
            return self.charge_result(_check_number(result))

        return charged

    def _charge_filtered(self, name: str, value: Any, arguments: tuple[Any, ...]) -> None:
        """Count what the filter ``name`` reads of its value, and check that a text filter gets text."""
        if name == "string":
            self._charge_repr(value)
        elif name in NUMBER_FILTERS:
            if isinstance(value, str):
                self.charge(value)
        elif name in TEXT_FILTERS:
            self.check_shown(value)
            for argument in arguments:
                if argument is not None:
                    self.check_shown(argument)
        elif name in COMPARING_FILTERS:
            self.charge(value)
        if name in CHARGED_BY_ITEM:
            self.spend(length_of(value) * (ITEM_COST + count_characters(arguments)))

    def _string(self, value: Any) -> str:
        """Implement the filter ``string``. It checks everything in a view, list or table."""
        if isinstance(value, str | int | float | Undefined) or hasattr(value, "__html__"):
            return soft_str(self.check_shown(value))
        pending = [value]
        while pending:
            part = pending.pop()
            if not isinstance(part, _DATA) and not fields_of(part):
                self.check_shown(part)
            pending.extend(_list_parts(part))
        return str(value)

    @pass_eval_context
    def _join(self, context: EvalContext, value: Iterable[Any], d: str = "", attribute: str | None = None) -> str:
        """Implement the filter ``join`` for values that may be shown."""
        items = list(value)
        if attribute is not None:
            items = list(map(make_attrgetter(self, attribute), items))
        self.spend(len(items) * len(d) * ESCAPE_GROWTH)
        return sync_do_join(context, [self.check_shown(item) for item in items], d)


def _list_parts(value: Any) -> Iterable[Any]:
    """Return the items of a list, a table or a view."""
    if isinstance(value, dict):
        return chain.from_iterable(value.items())
    if isinstance(value, list | tuple | KeysView | ValuesView | ItemsView):
        return value
    return [getattr(value, name) for name in fields_of(value)]


def _check_number(value: Any) -> Any:
    """Return ``value``. Raises :class:`SecurityError` for a number that is too large."""
    if isinstance(value, int) and abs(value) >= _MAX_NUMBER:
        raise SecurityError("the number is too large")
    return value
