"""Jinja with nothing in it but what a page needs, where every page is done after a number of steps.

What a template may name is listed here; what is not listed is refused. What it does is counted and not timed: the same
template fails everywhere or nowhere, at the same line. A step is a part of a template that is carried out once, or a
letter that is made, searched or shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, ItemsView, Iterator, KeysView, ValuesView
from functools import wraps
from itertools import chain
from typing import TYPE_CHECKING, Any

from jinja2 import FunctionLoader, StrictUndefined, Template, Undefined, nodes, pass_eval_context
from jinja2.compiler import CodeGenerator, operators
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.filters import _GroupTuple, make_attrgetter, sync_do_join
from jinja2.runtime import BlockReference, LoopContext, Macro, markup_join
from jinja2.sandbox import SandboxedEnvironment
from jinja2.tests import TESTS
from markupsafe import Markup, escape, soft_str

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2.compiler import Frame
    from jinja2.nodes import EvalContext
    from jinja2.runtime import Context

STEPS = 20_000_000
"""Steps that one page may take."""
PER_LETTER = 10
"""Further steps per letter of its text."""
PER_ENTRY = 3000
"""Further steps per list entry: the archive takes 400 for each post."""
_CALL = 50
"""Cost of a call, and of a filter."""
_ITEM = 10
"""Cost of iterating, per item."""
_PART = 5
"""Cost of searching a value for parts, per value."""
_GROWTH = 5
"""Letters that one letter becomes when it is escaped."""
_LARGEST = 2**63
_WIDEST = 999
"""Largest width in ``format``."""
_NUMBER = 400
"""Letters of the longest number, which is a float without an exponent."""
_ESCAPED = 10
"""Letters that one letter becomes where it is shown as Python writes it."""
_PLAIN = {int, float, bool, type(None)}
_DATA = (str, int, float, list, tuple, dict, Undefined, type(None))
_PLACEHOLDER = re.compile(r"[#0\- +]*+(?P<width>\*|\d*+)(?:\.(?P<precision>\*|\d*+))?[hlL]?+(?P<kind>.?)", re.DOTALL)
"""A conversion of Python's ``%`` after the key."""
_PARENTHESIS = re.compile(r"[()]")
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


class _Counting(CodeGenerator):
    """Writes Python in which everything that costs is counted, and works nothing out before there is a page."""

    # ruff: noqa: N802  (Jinja finds these by the names of its nodes)

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        """Each part that can be carried out more than once says first what that costs."""
        parts = (nodes.Block, nodes.Macro, nodes.CallBlock, nodes.For)
        weights = _weights(node)
        every: list[nodes.Node] = [node, *node.find_all(parts)]
        for part, steps in [(part, nodes.Const(weights[id(part)])) for part in every]:
            if isinstance(part, nodes.For) and not part.recursive:
                part.iter = _own("turns", [part.iter, steps], part)  # type: ignore[list-item]  # it is an expression
            elif isinstance(part, nodes.Template | nodes.Block):
                part.body.insert(0, _said(_own("enter", [nodes.ContextReference(), steps], part)))
            else:
                part.body.insert(0, _said(_own("spend", [steps], part)))  # type: ignore[attr-defined]
        super().visit_Template(node, frame)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """Compile a call; a call of the sandbox's own functions is not checked."""
        if not isinstance(node.node, nodes.EnvironmentAttribute):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for arg in node.args:
            self.visit(arg, frame)
            self.write(", ")
        self.write(")")

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        """``a ~ b``."""
        self.visit(_own("joined", [nodes.Tuple(node.nodes, "load")], node), frame)

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:
        """Two values; nothing is counted where one is written out and the other is not searched."""
        short = isinstance(node.expr, nodes.Const) or any(isinstance(each.expr, nodes.Const) for each in node.ops)
        short = short and len(node.ops) == 1 and node.ops[0].op not in {"in", "notin"}
        self.write("(")
        self._compared(node.expr, frame, short)
        for each in node.ops:
            self.write(f" {operators[each.op]} ")
            self._compared(each.expr, frame, short)
        self.write(")")

    def _compared(self, node: nodes.Expr, frame: Frame, short: bool) -> None:
        self.visit(node if short or isinstance(node, nodes.Const) else _own("weighed", [node], node), frame)

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:
        """A key is looked at whole, however it is made up."""
        for pair in node.items:
            if not isinstance(pair.key, nodes.Const):
                pair.key = _own("weighed", [pair.key], node)
        super().visit_Dict(node, frame)

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:
        """A piece of a text or list is a copy."""
        sliced = isinstance(node.arg, nodes.Slice)
        self.write("environment.check_result(" if sliced else "")
        super().visit_Getitem(node, frame)
        self.write(")" if sliced else "")

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> str:
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible
        return super()._output_child_to_const(node, frame, finalize)


def _own(name: str, args: list[nodes.Expr], place: nodes.Node) -> nodes.Call:
    """The call of a method of :class:`Sandbox`, which no template can write."""
    line = place.lineno
    return nodes.Call(nodes.EnvironmentAttribute(name, lineno=line), args, [], None, None, lineno=line)


def _said(call: nodes.Call) -> nodes.Stmt:
    return nodes.ExprStmt(call, lineno=call.lineno)


def _weights(tree: nodes.Node) -> dict[int, int]:
    """Return the cost of each node, by its ``id``, for one execution without loops and calls inside."""
    above: dict[int, nodes.Node] = {}
    every = [tree]
    for node in every:  # it grows: each node comes before what is in it
        for child in node.iter_child_nodes():
            above[id(child)] = node
            every.append(child)
    weights = {id(node): len(node.data) if isinstance(node, nodes.TemplateData) else 1 for node in every}
    for node in reversed(every[1:]):
        weights[id(above[id(node)])] += weights[id(node)]
    return weights


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

    code_generator_class = _Counting
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
        self.spend(_CALL + steps + len(context.parent))

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
                self.spend(_PART + len(value))
            elif type(value) in _PLAIN:
                self.spend(_PART)
            else:
                self.spend(_PART * _length(value))
                waiting.extend(_inner(value))

    def _weigh_written(self, value: Any) -> None:
        """Count all that is in a value that is about to be written out as Python writes it."""
        before = self.left
        self.weigh(value)
        if not isinstance(value, str):
            self.spend((before - self.left) * _ESCAPED)

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
            self.spend(len(value) * _GROWTH)
            return value
        if isinstance(value, int | float | Undefined):
            self.spend(_ITEM + (value.bit_length() // 3 if isinstance(value, int) else 0))
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
        self.spend(_CALL + len(args) + len(kwargs))
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
                self.spend(len(text) * _PART if obj.__name__ in _IN_PIECES else 0)
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
            self.spend(_times(left) * _times(right) * (1 if isinstance(left, str) or isinstance(right, str) else _PART))
        elif operator == "+":
            self.spend((_length(left) + _length(right)) * _GROWTH)
        elif not isinstance(left, Undefined) and not isinstance(right, Undefined):
            raise SecurityError(f"{operator} is for numbers")
        return self.check_result(super().call_binop(context, operator, left, right))

    def _test(self, name: str, test: Any) -> Callable[..., Any]:
        @wraps(test)
        def counted(value: Any, *more: Any) -> Any:
            self.spend(_PART)
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
            self.spend(_CALL)
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
                self.spend(_length(value) * (_ITEM + sum(len(each) for each in more if isinstance(each, str))))
            if name in _GROWING:
                self.spend(_GROWING[name](value, *args[passed + 1 :], **kwargs))
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
        self.spend(len(items) * len(d) * _GROWTH)
        return sync_do_join(context, [self.shown(item) for item in items], d)


def _inner(value: Any) -> Iterable[Any]:
    """Yield the items of a list, a table or a view."""
    if isinstance(value, dict):
        return chain.from_iterable(value.items())
    if isinstance(value, list | tuple | KeysView | ValuesView | ItemsView):
        return value
    return [getattr(value, name) for name in fields_of(value)]


def _length(value: Any) -> int:
    return len(value) if isinstance(value, str | list | tuple | dict | KeysView | ValuesView | ItemsView) else 1


def _times(value: Any) -> int:
    return abs(value) if isinstance(value, int) else _length(value)


def _small(value: Any) -> Any:
    if isinstance(value, int) and abs(value) >= _LARGEST:
        raise SecurityError("the number is too large")
    return value


def _replaced(text: Any, old: Any, new: Any, count: int | None = None) -> int:
    del count
    return max(str(text).count(str(old)), escape(text).count(str(old))) * len(str(new)) * _GROWTH


def _formatted(text: Any, *args: Any, **kwargs: Any) -> int:
    """The letters that the placeholders of a format make, or a few more."""
    named = {key: _letters(value) for key, value in kwargs.items()}
    following = iter([_letters(value) for value in args] or [sum(named.values()) * _ESCAPED])
    total = 0
    for key, width, kind in _placeholders(str(text)):
        letters = named.get(key, 0) if key is not None else next(following, 0)
        total += max(width, letters * (_ESCAPED if kind in {"a", "r"} else 1))
    return total * (_GROWTH if hasattr(text, "__html__") else 1)


def _placeholders(text: str) -> Iterator[tuple[str | None, int, str]]:
    """Key, least width and kind of each placeholder of a format."""
    at = text.find("%")
    while at >= 0:
        key, at = _key(text, at + 1)
        found = _PLACEHOLDER.match(text, at)
        assert found is not None  # each of its parts may be empty
        widths = [found["width"], found["precision"] or ""]
        if any(width == "*" or len(width.lstrip("0")) > 3 for width in widths):
            raise SecurityError(f"a format may be {_WIDEST} letters wide, and its width must be written out")
        if found["kind"] != "%":
            yield key, sum(int(width or 0) for width in widths), found["kind"]
        at = text.find("%", found.end())


def _key(text: str, at: int) -> tuple[str | None, int]:
    """The key in parentheses that stands at a position, if one does, and where it ends."""
    if not text.startswith("(", at):
        return None, at
    depth = 0
    for found in _PARENTHESIS.finditer(text, at):
        depth += 1 if found[0] == "(" else -1
        if depth == 0:
            return text[at + 1 : found.start()], found.end()
    return None, len(text)


def _letters(value: Any) -> int:
    if isinstance(value, float):
        return _NUMBER
    return value.bit_length() // 3 + 2 if isinstance(value, int) else len(str(value))


def _summed(iterable: Any, attribute: Any = None, start: Any = 0) -> int:
    del iterable, attribute
    if not isinstance(start, int | float):
        raise SecurityError("a sum is of numbers")
    return 0


def _rounded(value: Any, precision: Any = 0, method: str = "common") -> int:
    del method
    if not isinstance(precision, int) or abs(precision) > 15:
        raise SecurityError("a number is rounded to at most 15 places")
    if not isinstance(value, int | float | Undefined):
        raise SecurityError("round is for numbers")  # it multiplies, and a text would be repeated
    return 0


_GROWING: dict[str, Callable[..., int]] = {
    "batch": lambda _value, linecount, fill_with=None: _times(linecount) * _PART if fill_with is not None else 0,
    "format": _formatted,
    "replace": _replaced,
    "round": _rounded,
    "slice": lambda _value, slices, fill_with=None: _times(slices) * (_ITEM if fill_with is None else _ITEM + _PART),
    "striptags": lambda text: str(text).count("<") * len(str(text)) // 1000,
    "sum": _summed,
    "trim": lambda text, chars=None: len(str(text)) * len(chars or "") // 100,
}
"""Extra cost of filters that can make large results of small input, or read the same letters repeatedly."""
