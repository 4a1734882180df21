"""The names that templates may use: filters, tests and attributes. What is not listed here is refused."""

from __future__ import annotations

from jinja2.filters import _GroupTuple
from jinja2.runtime import BlockReference, LoopContext

TEXT_FILTERS = {
    "capitalize", "e", "escape", "forceescape", "format", "lower", "replace", "string", "striptags", "title", "trim",
    "truncate", "upper", "urlencode", "wordcount",
}  # fmt: skip
"""Filters on strings (cost: length)."""
COMPARING_FILTERS = {"dictsort", "groupby", "join", "max", "min", "sort", "sum", "unique"}
"""Filters that compare items (cost: their size)."""
ITERATING_FILTERS = {
    "batch", "items", "list", "map", "reject", "rejectattr", "reverse", "select", "selectattr", "slice",
}  # fmt: skip
"""Filters that iterate (cost: number of items)."""
CHEAP_FILTERS = {
    "abs", "attr", "count", "d", "default", "filesizeformat", "first", "float", "int", "last", "length", "round",
}  # fmt: skip
"""Filters of constant cost. There are no others."""
NUMBER_FILTERS = {"filesizeformat", "float", "int"}
"""Filters that parse a number."""
ALL_FILTERS = TEXT_FILTERS | COMPARING_FILTERS | ITERATING_FILTERS | CHEAP_FILTERS
CHARGED_BY_ITEM = COMPARING_FILTERS | ITERATING_FILTERS
NUMBER_TESTS = {"divisibleby", "even", "odd"}
EXCLUDED_TESTS = {"filter", "sameas", "test"}
_LOOP = {
    "changed", "cycle", "depth", "depth0", "first", "index", "index0", "last", "length", "nextitem", "previtem",
    "revindex", "revindex0",
}  # fmt: skip
ATTRIBUTES: tuple[tuple[type, set[str]], ...] = (
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
SPLITTING_METHODS = {"rsplit", "split", "splitlines"}
"""Methods that split a text into a list."""
