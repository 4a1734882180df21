"""A view and its template → HTML, in a sandbox that gives access to the view only.

Themes are not trusted: no clock, chance, disk or network, no way around escaping, no names made up while rendering, no
page without end. An undefined name is a problem with the template's path and line.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from jinja2 import TemplateSyntaxError, nodes

from blog.cache.digests import digest
from blog.problems import BlogError, Location, Problem, did_you_mean
from blog.render.sandbox import Sandbox, fields_of
from blog.views.types import Html

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from jinja2 import Template

    from blog.content.theme import Theme

MAX_TEMPLATE = 250_000
"""Letters: those that come with the program have 5,000."""
REQUIRED = (
    "home.html", "list.html", "post.html", "page.html", "terms.html", "archive.html", "series.html", "series-list.html",
    "search.html", "404.html", "alias.html",
)  # fmt: skip


_TOO_DEEP = "something in the template calls itself again and again, or is nested too deeply"


def template_closures(theme: Theme) -> dict[str, bytes]:
    """Check all templates of a theme; give for each a digest of its text and of all that it can reach.

    That is what the look of an output depends on. Raises :class:`BlogError` with what is wrong in the templates, or if
    a kind of page has none.
    """
    texts = theme.templates
    environment = Sandbox(texts)
    sheets = {name: _check(environment, theme, name, text) for name, text in sorted(texts.items())}
    problems = [problem for sheet in sheets.values() for problem in _between(sheet, sheets, theme)]
    problems += [
        Problem(Location(f"{theme.path}/templates"), "template", f'the theme has no template "{name}"')
        for name in REQUIRED
        if name not in texts
    ]
    if problems:
        raise BlogError(list(dict.fromkeys(problems)))
    used = {name: frozenset(sheet.used) for name, sheet in sheets.items()}
    return {name: _closure(name, used, texts) for name in used}


class _Sheet(NamedTuple):
    """The references of a template to other templates."""

    name: str
    used: dict[str, int]
    """Names of templates that it includes, extends or imports, and the line."""
    extended: str
    """The one that it extends; empty if it extends none."""
    blocks: dict[str, int]
    lost: int
    """The line of text that stands outside of all blocks, where nobody sees it; 0 if there is none."""


def _check(environment: Sandbox, theme: Theme, name: str, text: str) -> _Sheet:
    """Check a template by itself. Raises :class:`BlogError`."""

    def fail(line: int, message: str, hint: str = "") -> NoReturn:
        raise BlogError([Problem(Location(theme.locate(name), line), "template", message, hint)])

    tree = _parsed(environment, theme, name, text)
    used: dict[str, int] = {}
    for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        named: nodes.Node = node.template  # type: ignore[attr-defined]  # each of them has one
        if not isinstance(named, nodes.Const) or not isinstance(named.value, str):
            fail(node.lineno, "the name of an included template must be written out")
        used.setdefault(named.value, node.lineno)
    for filtered in tree.find_all(nodes.Filter):
        if filtered.name not in environment.filters:
            hint = did_you_mean(filtered.name, environment.filters)
            fail(filtered.lineno, f'there is no filter "{filtered.name}"', hint)
    for node in tree.find_all((nodes.EvalContextModifier, nodes.ScopedEvalContextModifier)):
        fail(node.lineno, "escaping cannot be switched off")
    extending = [node for node in tree.body if isinstance(node, nodes.Extends)]
    extends = str(extending[0].template.as_const()) if extending else ""
    lost = next((line for node in tree.body for line in _shown(node)), 0) if extends else 0
    blocks = {block.name: block.lineno for block in tree.find_all(nodes.Block)}
    return _Sheet(name, used, extends, blocks, lost)


def _parsed(environment: Sandbox, theme: Theme, name: str, text: str) -> nodes.Template:
    line, message, hint, file = 1, "", "", name
    try:
        if len(text) <= MAX_TEMPLATE:
            tree = environment.parse(text, name)
            deque(tree.find_all(nodes.Node), 0)  # none is too deep to be looked at
            return tree
        message, hint = f"the template has more than {MAX_TEMPLATE:,} letters", "make several of it"
    except TemplateSyntaxError as error:
        line, message, file = error.lineno, error.message or "syntax error", error.name or name
    except RecursionError:
        message = _TOO_DEEP
    except ValueError:
        message = "a number in the template is too long"
    raise BlogError([Problem(Location(theme.locate(file), line), "template", message, hint)])


def _shown(node: nodes.Node) -> Iterator[int]:
    """The line of what a node outside of all blocks would show."""
    for part in node.nodes if isinstance(node, nodes.Output) else ():
        if not isinstance(part, nodes.TemplateData) or part.data.strip():
            yield part.lineno


def _between(sheet: _Sheet, sheets: Mapping[str, _Sheet], theme: Theme) -> Iterator[Problem]:
    """Yield problems between a template and those that it names."""

    def wrong(line: int, message: str, hint: str = "") -> Problem:
        return Problem(Location(theme.locate(sheet.name), line), "template", message, hint)

    for other, line in sheet.used.items():
        if other not in sheets:
            yield wrong(line, f'there is no template "{other}"', did_you_mean(other, sheets.keys() - {sheet.name}))
        elif way := _way_back(other, sheet.name, sheets):
            like = next((name for name in reversed(theme.templates) if name.endswith(f"/{sheet.name}")), "")
            hint = f'that of the extended theme is "{like}"' if like and other == sheet.name else ""
            by = f", by way of {way[0]}" if other != sheet.name else ""
            yield wrong(line, f"the template is made from itself{by}", hint)
            return
    known: dict[str, int] = {}
    above, seen = sheet.extended, {sheet.name}
    while above in sheets and above not in seen:
        seen.add(above)
        known |= sheets[above].blocks
        above = sheets[above].extended
    if sheet.extended in sheets:
        if sheet.lost:
            yield wrong(sheet.lost, "this is not shown: it stands outside of all blocks")
        inner = {name for name in sheet.blocks if name in known}
        for name, line in sheet.blocks.items():
            if name not in known and not inner:
                yield wrong(line, f'there is no block "{name}" in {sheet.extended}', did_you_mean(name, known))


def _way_back(start: str, goal: str, sheets: Mapping[str, _Sheet]) -> list[str]:
    """Names of templates by which ``start`` comes to ``goal``; empty if it does not."""
    ways = [[start]]
    seen = {start}
    for way in ways:
        if way[-1] == goal:
            return way
        for other in sheets[way[-1]].used:
            if other in sheets and other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return []


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
    """The templates of a theme that :func:`template_closures` found nothing wrong with."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.texts = theme.templates
        self.environment = Sandbox(theme.templates)

    def compile(self) -> None:
        """Do now what :meth:`render` would do when a template is used first."""
        for name in self.texts:
            self.environment.get_template(name)

    def render(self, name: str, fields: Mapping[str, Any], page: str) -> bytes:
        """Fill the template ``name``. Raises :class:`BlogError` naming template, line and ``page``."""
        try:
            self.environment.begin(*_size(fields))
            template: Template = self.environment.get_template(name)
            return template.render(fields).encode()
        except Exception as error:  # noqa: BLE001  (a template may fail in any way)
            where, line = _where(error, name, self.texts)
            place = Location(self.theme.locate(where), line)
            raise BlogError([Problem(place, "template", _told(error, fields), f"while rendering {page}")]) from None


def _size(fields: Mapping[str, Any]) -> tuple[int, int]:
    """Return the number of letters and of list entries in the view of a page."""
    letters = entries = 0
    for value in fields.values():
        if isinstance(value, Html):
            letters += len(value.text)
        elif isinstance(value, tuple):
            entries += len(value) + sum(len(getattr(each, "entries", ())) for each in value)
    return letters, entries


def _told(error: Exception, fields: Mapping[str, Any]) -> str:
    """Return the message for an error in a template."""
    if isinstance(error, RecursionError | SyntaxError | MemoryError):  # the last two are of Python's compiler
        return _TOO_DEEP
    message = str(error) or type(error).__name__
    if match := re.fullmatch(r"'blog(?:\.\w+)+\.(\w+) object' has no attribute '(\w+)'", message):
        kinds = {type(value).__name__: value for value in _values(tuple(fields.values()))}
        known = fields_of(kinds.get(match[1]))
        return ": ".join(filter(None, (f"{match[1]} has no field {match[2]}", did_you_mean(match[2], known))))
    if match := re.fullmatch(r"'(\w+)' is undefined", message):
        return ": ".join(filter(None, (message, did_you_mean(match[1], fields))))
    return message


def _values(value: Any) -> Iterator[Any]:
    """Everything in a view."""
    yield value
    inner = value if isinstance(value, tuple) else (getattr(value, name) for name in fields_of(value))
    for part in inner:
        yield from _values(part)


def _where(error: BaseException, name: str, known: Container[str]) -> tuple[str, int]:
    """Template and line of an error: Jinja gives the frames of a template its name as their file's."""
    where, line = name, error.lineno if isinstance(error, TemplateSyntaxError) else 1
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in known:
            where, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return where, line


def asset(urls: Mapping[str, str], name: str) -> str:
    """The URL of a file in the theme's ``static/``: what templates ask for by ``asset(name)``."""
    if name not in urls:
        raise LookupError(f"the theme has no file static/{name}")
    return urls[name]
