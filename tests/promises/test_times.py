"""Times that grow no faster than what is read: of each pattern of the program, and of whole builds."""

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

import pytest
from msgspec import Struct, structs

import blog
from blog.problems import BlogError
from tests.support.bounds import processor
from tests.support.publishing import build_folder, post
from tests.support.sites import SETTINGS, site

SHORT = 6_000
LONG = 24_000
FAST = 0.002
"""Seconds for a short text: a time that grows with the square is longer."""
MOST = 8
"""How much longer a text that is four times as long may take; the square is sixteen."""
METHODS = frozenset({"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"})
LOOKED_AT = {
    ".COMMENT": "searched no further than `comments_end`",
    "outputs._COMMENT": "searched no further than the last -->",
    "tables._TAG": "searched no further than the last >",
    "search_terms._TAG": "searched no further than the last >",
    "toml._TEXT": "tried where a value begins",
}
"""Patterns that may take longer for some text, and why they never get it."""
AT_ONE_PLACE = frozenset({"match", "fullmatch"})
EXAMPLES = "\t\n abcxyzAZ019_-.:;,!?\"'`<>()[]{}/\\#$%&*+=@^|~\x00\x1b\x9bé—“”·中"


class Used(NamedTuple):
    """A pattern, and how the program uses it."""

    name: str
    pattern: re.Pattern[Any]
    method: str
    """``finditer`` if it is searched; ``match`` or ``fullmatch`` if it is tried at one place only."""

    @property
    def is_looked_at(self) -> bool:
        return self.name.endswith(tuple(LOOKED_AT))

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for two uses of which one is tested: a reason in `LOOKED_AT` is for one use alone."""
        return self.pattern.pattern, self.pattern.flags, self.method, self.name if self.is_looked_at else ""


def _modules() -> Iterator[Any]:
    for info in pkgutil.walk_packages(blog.__path__, "blog."):
        if not info.name.endswith("__main__"):
            yield importlib.import_module(info.name)


def _members(value: object) -> Iterable[object]:
    """The members of a collection, and the fields of a value."""
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, Struct):
        return structs.astuple(value)
    return value if isinstance(value, tuple | list | frozenset) else ()


def _patterns(value: object, name: str) -> Iterator[tuple[str, re.Pattern[Any]]]:
    """The patterns in a value of a module: itself, in its members, or in its class attributes."""
    if isinstance(value, re.Pattern):
        yield name, value
    elif isinstance(value, type) and value.__module__.startswith("blog."):
        for attribute, member in vars(value).items():
            if isinstance(member, re.Pattern):
                yield attribute, member
    for member in _members(value):
        yield from _patterns(member, name)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _methods(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names, and the methods of patterns that are called on them or handed on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in METHODS:
            yield _name(node.value), node.attr


def _calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Each call such as ``re.sub(…)``, with what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {f"re.{method}" for method in METHODS}:
            yield ast.unparse(node.func).removeprefix("re."), node


def _written(call: ast.Call, method: str) -> re.Pattern[str] | None:
    """The pattern in ``re.sub("…", …)``."""
    first = call.args[0]
    if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return None
    flags = [word.value for word in call.keywords if word.arg == "flags"]
    flags += call.args[{"sub": 4, "subn": 4, "split": 3}.get(method, 2) :]
    return re.compile(first.value, eval(ast.unparse(flags[0]), {"re": re}) if flags else 0)


def used_patterns() -> list[Used]:
    """All patterns of the program: those with a name, and those in calls."""
    modules = list(_modules())
    trees = [ast.parse(Path(module.__file__).read_text("utf-8")) for module in modules]
    methods: dict[tuple[str, str], set[str]] = {}
    for module, tree in zip(modules, trees, strict=True):
        for name, method in _methods(tree):
            methods.setdefault((module.__name__ if name.startswith("_") else "", name), set()).add(method)
    calls = [(module, call) for module, tree in zip(modules, trees, strict=True) for call in _calls(tree)]
    found: dict[tuple[object, ...], Used] = {}
    for module in reversed(modules):
        for name, value in vars(module).items():
            for inner, pattern in _patterns(value, name):
                key = (module.__name__ if inner.startswith("_") else "", inner)
                used = Used(f"{module.__name__}.{inner}", pattern, _slowest(methods.get(key, {"search"})))
                found.setdefault(used.key, used)
    for module, (method, call) in calls:
        if (written := _written(call, method)) is not None:
            used = Used(f"{module.__name__}:{call.lineno}", written, _slowest({method}))
            found.setdefault(used.key, used)
    return list(found.values())


def _slowest(methods: set[str]) -> str:
    """The method to test of those with which a pattern is used."""
    if not methods <= AT_ONE_PLACE:
        return "finditer"
    return "match" if "match" in methods else "fullmatch"


def _is_in(char: str, members: list[tuple[Any, Any]]) -> bool:
    """Whether a class of characters has ``char``."""
    negated = bool(members) and members[0][0] is sre.NEGATE
    for kind, value in members[negated:]:
        if kind is sre.LITERAL and ord(char) == value:
            return not negated
        if kind is sre.RANGE and value[0] <= ord(char) <= value[1]:
            return not negated
        if kind is sre.CATEGORY:
            name = str(value).lower()
            is_one = char.isdigit() if "digit" in name else char.isspace() if "space" in name else re.match(r"\w", char)
            if bool(is_one) != ("not" in name):
                return not negated
    return negated


def _examples(kind: Any, value: Any) -> list[list[str]]:
    """Texts, as lists of pieces, that match one element of a pattern: one for each way through it."""
    if kind is sre.LITERAL:
        return [[chr(value)]]
    if kind is sre.ANY or kind is sre.NOT_LITERAL:
        return [[char] for char in 'a "' if kind is sre.ANY or ord(char) != value]
    if kind is sre.IN:
        fitting = [char for char in EXAMPLES if _is_in(char, value)]
        fitting += [chr(code) for name, code in value if name is sre.LITERAL and value[0][0] is not sre.NEGATE]
        kinds = {("a" if char.isalpha() else "0" if char.isdigit() else char): char for char in fitting}
        return [[char] for char in list(kinds.values())[:8]]
    if kind in {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}:
        least, _, inner = value
        return [*([] if least else [[]]), *(way * max(1, min(least, 4)) for way in _ways(inner))]
    if kind is sre.BRANCH:
        return [way for branch in value[1] for way in _ways(branch)[:4]]
    if kind is sre.SUBPATTERN or kind is sre.ATOMIC_GROUP:
        return _ways(value[3] if kind is sre.SUBPATTERN else value)
    if kind is sre.ASSERT:
        return _ways(value[1])[:2]
    return [[]]


def _ways(elements: Any) -> list[list[str]]:
    """One text with the first example of each element, and for each other example one that differs in it."""
    ways: list[list[str]] = [[]]
    for kind, value in elements:
        first, *others = _examples(kind, value) or [[]]
        longest = max([first, *others], key=len)
        ways = [
            *(way + longest for way in ways),
            *(ways[0] + other for other in [first, *others] if other is not longest),
        ]
    return ways[:12]


def pumps(pattern: re.Pattern[Any]) -> set[tuple[str, str]]:
    """A beginning, and what is repeated behind it: each run of pieces of each text that nearly matches."""
    source = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    ways = _ways(_parser.parse(source, pattern.flags & ~re.UNICODE))
    found = set()
    for way in ways:
        pieces = way[:16]
        for start, length in product(range(len(pieces)), (1, 2, 4)):
            found.add(("".join(pieces[:start]), "".join(pieces[start : start + length])))
    signs = sorted({piece for way in ways for piece in way if not piece.isalnum()})[:6]
    found |= {("", one + other) for one, other in product(["a", *signs], repeat=2)}
    return found


def _text(pattern: re.Pattern[Any], beginning: str, pump: str, length: int) -> Any:
    text = beginning + pump * (length // len(pump)) + " a a\x01"
    return text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text


def _seconds(used: Used, text: Any) -> float:
    work: Callable[[Any], object] = getattr(used.pattern, used.method)
    if used.method == "finditer":
        work = lambda text: sum(1 for _ in used.pattern.finditer(text))  # noqa: E731
    before = time.process_time()
    with processor(0.5):
        work(text)
    return time.process_time() - before


def _grows_too_fast(used: Used, beginning: str, pump: str) -> bool:
    """Whether a text of four times the length takes far more than four times as long, each time that it is tried."""
    for _ in range(3):
        try:
            short = _seconds(used, _text(used.pattern, beginning, pump, SHORT))
            if short < FAST or _seconds(used, _text(used.pattern, beginning, pump, LONG)) < MOST * short:
                return False
        except AssertionError:
            return True
    return True


def _slow_pump(used: Used) -> tuple[str, str] | None:
    """The first pump for which the time grows too fast."""
    return next((pump for pump in sorted(pumps(used.pattern)) if pump[1] and _grows_too_fast(used, *pump)), None)


@pytest.mark.parametrize("used", used_patterns(), ids=lambda used: used.name)
def test_the_time_of_a_pattern_grows_no_faster_than_the_text(used: Used) -> None:
    if not used.is_looked_at:
        assert _slow_pump(used) is None


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+b", r"^[^\w\n:`]*(?::{2,}[^\w\n]*private\b|:{3,}[^\n]*)", r"[^/]+[^/]+[^/]+!", r"\s*\)$", "<svg\\b[^>]*>",
        r"([^\s,]\S*)(?:\s+([^\s,]+))?\s*(?:,|$)", r"<!--.*?-->", r"\"(?:\\.|[^\"\\])*\"", r"^[ \t]*\[{0,2}[ \t]*x",
    ],
)  # fmt: skip
def test_patterns_whose_time_grows_with_the_square_are_found(pattern: str) -> None:
    used = Used("", re.compile(pattern, re.MULTILINE), "finditer")
    # On a busy machine a short time may be measured too long, and the growth too small: one of twenty is enough.
    assert any(_slow_pump(used) for _ in range(20))


LENGTH = 30_000
PUMPS = (
    "a",
    " ",
    "\t",
    "-",
    "'",
    '"',
    "\\",
    '"\\',
    "{{",
    "(",
    "[a]",
    "<!--",
    "<a ",
    "<svg ",
    "url(",
    "url('",
    '@import "',
    "/*",
    ":a",
    "é",
)


def _build_what_can_be(root: Path) -> None:
    """Build; take away each file that is told of, until the rest builds or nothing can be taken away."""
    while True:
        try:
            build_folder(root)
        except BlogError as error:
            told = {root / problem.location.path for problem in error.problems if problem.severity == "error"}
            there = {path for path in told if path.is_file() and path.name != "blog.toml"}
            if not there:
                raise
            for path in there:
                path.unlink()
        else:
            return


@pytest.mark.parametrize("pump", PUMPS)
def test_no_file_of_a_site_takes_for_ever(tmp_path: Path, pump: str) -> None:
    text = pump * (LENGTH // len(pump))
    files: dict[str, str | bytes] = {
        "content/posts/line.md": post(text=text),
        "content/posts/heading.md": post(text=f"# {text}\n\n## {text}\n\n![{text}](p.svg)\n"),
        "content/posts/fence.md": f"---{text}x\n",
        "content/posts/title.md": f"---\ntitle: '{text}'\ndate: 2024-01-01\ntags: ['{text}']\nsummary: '{text}'\n---\n",
        "content/posts/toml.md": f"+++\n{text}x = 1\n+++\n",
        "content/_redirects": f"/{text} /about/ 301\n",
        "content/posts/p.svg": f"<svg {text}",
        "themes/t/theme.toml": 'extends = "plain"\n',
        "themes/t/static/style.css": f"a {{ b: {text}",
        "themes/t/templates/404.html": text,
        "blog.toml": SETTINGS + 'theme = "t"\n',
    }
    root = site(tmp_path / "site", files)
    with processor(10):
        _build_what_can_be(root)
    (root / "blog.toml").write_text(SETTINGS + f"x = '{text}'\n{text}", encoding="utf-8")
    with processor(5), pytest.raises(BlogError):
        build_folder(root)
