"""An exception of a template that renders a page → what is wrong, where, and what to write.

The position is in a template of the site, if one is involved: the user does not have the files of the program.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import TemplateSyntaxError
from jinja2.environment import TemplateModule
from jinja2.runtime import Macro

from blog.problems import did_you_mean
from blog.render.deprecated_variables import RENAMED_VARIABLES
from blog.render.page_limit import TOO_MUCH
from blog.render.sandbox import ALL_FILTERS, NotShownError, TooDeepError, fields_of
from blog.render.syntax_messages import explain_syntax_error
from blog.render.template_text import FIELD, FILTER, QUOTED, TemplateText
from blog.render.template_variables import explain_variable
from blog.render.template_words import WordError
from blog.views.page_parts import Date, Html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import FrameType

    from blog.content.theme import Theme

TOO_DEEP = "something in the template calls itself again and again, or is nested too deeply"
_EXTENDS = re.compile(r"\{%[-+]?\s*+extends\b")
_MISSING = object()
_CLOCK = "templates have no clock: a page shows the dates of its text, such as date.text"
_NO_OBJECTS = "templates have no objects: write {% set NAME = VALUE %}"
_MISSING_NAMES = {
    "now": _CLOCK, "today": _CLOCK, "time": _CLOCK, "datetime": _CLOCK, "current_year": _CLOCK,
    "range": "templates have no range: loop over a list of the page, such as entries",
    "namespace": _NO_OBJECTS, "dict": _NO_OBJECTS,
    "cycler": "write loop.cycle(…) in a loop", "joiner": "write {% if not loop.first %}, {% endif %} in a loop",
    "url_for": 'write asset("FILE") for a file in static/; each link of the page has its url',
    "config": "write site.options.NAME for an option of the theme", "content": "write {{ body }}",
}  # fmt: skip
"""Names of other programs → what to write in their place."""
_LOOP_NAMES = {"author": "person", "persons": "person", "entries": "entry", "series": "line"}
_SHOWN_FIELDS = ("text", "title", "name")
"""Fields that stand for their view, the best first."""
_KINDS = {"str": "text", "tuple": "list", "list": "list", "dict": "table", "int": "number", "float": "number"}
_MAX_FIELDS = 8
"""Fields that a hint lists."""


class Explanation(NamedTuple):
    """What is wrong in a line of a template."""

    message: str
    hint: str = ""
    column: int = 1


class RenderError(NamedTuple):
    """An error of a template, with its position."""

    template: str
    line: int
    explanation: Explanation


class _Frame(NamedTuple):
    """A template that was being executed."""

    template: str
    line: int
    frame: FrameType

    @property
    def is_top_level(self) -> bool:
        return self.frame.f_code.co_name == "top-level template code"

    @property
    def is_macro(self) -> bool:
        return self.frame.f_code.co_name == "template"


class _Base(NamedTuple):
    """The name of a value in the line of an error."""

    name: str
    column: int
    value: Any


class _Place:
    """The line of an error, with the values of its names."""

    def __init__(
        self, text: TemplateText, frame: _Frame, fields: Mapping[str, Any], theme: Theme, *, inner: bool
    ) -> None:
        self.text = text
        self.line = frame.line
        self.frame = frame
        self.fields = fields
        self.theme = theme
        self.is_innermost = inner
        """False: the error is in a template that this line uses."""

    @cached_property
    def variables(self) -> Mapping[str, Any]:
        return self.frame.frame.f_locals

    def find_owner(self, field: str, fits: Callable[[Any], bool]) -> _Base | None:
        """Return the value, before ``.field`` in the line, for which ``fits`` is true."""
        for path in self.text.find_paths(self.line):
            for end in range(1, len(path.names)):
                base = self._evaluate(path.names[:end], path.column)
                if path.names[end] == field and fits(base.value):
                    return base
        return None if self.is_innermost else self.find_value(fits)

    def find_value(self, fits: Callable[[Any], bool]) -> _Base | None:
        """Return the first value in the line for which ``fits`` is true."""
        for path in self.text.find_paths(self.line):
            base = self._evaluate(path.names, path.column)
            if fits(base.value):
                return base
        return None

    def find_call(self, fits: Callable[[Any], bool]) -> _Base | None:
        """Return the first value that the line calls and for which ``fits`` is true."""
        code = self.text.code_line(self.line)
        for path in self.text.find_paths(self.line):
            base = self._evaluate(path.names, path.column)
            if fits(base.value) and code[base.column - 1 + len(base.name) :].lstrip().startswith("("):
                return base
        return None

    def _evaluate(self, names: Sequence[str], column: int) -> _Base:
        value = self.variables.get(names[0], _MISSING)
        for name in names[1:]:
            value = _get_part(value, name)
        return _Base(".".join(names), column, value)


def _get_part(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return value.get(name, _MISSING)
    if name in fields_of(value):
        return getattr(value, name)
    if isinstance(value, TemplateModule):
        return vars(value).get(name, _MISSING)
    if isinstance(value, str) and name in {"upper", "lower", "title", "strip", "split"}:
        return getattr(value, name)
    return _MISSING


def explain_render_error(error: Exception, name: str, fields: Mapping[str, Any], theme: Theme) -> RenderError:
    """Return what is wrong when the template ``name`` fails to render the view with these ``fields``."""
    if isinstance(error, TemplateSyntaxError) and error.name in theme.templates:
        syntax = explain_syntax_error(error, TemplateText(theme.templates[error.name]))
        return RenderError(error.name, syntax.line, Explanation(syntax.message, syntax.hint, syntax.column))
    frames = list(_find_frames(error, theme))
    if isinstance(error, TooDeepError | RecursionError | MemoryError):
        explanation = Explanation(TOO_MUCH if isinstance(error, MemoryError) else TOO_DEEP)
        if not frames:
            return RenderError(name, 1, explanation)
        return RenderError(frames[-1].template, frames[-1].line, explanation)
    message = str(error) or type(error).__name__
    if not frames:
        return RenderError(name, 1, Explanation(message))
    frame = _choose_frame(frames, message, theme)
    text = TemplateText(theme.templates[frame.template])
    place = _Place(text, frame, fields, theme, inner=frame is frames[-1])
    return RenderError(frame.template, frame.line, _explain(error, message, place))


def _find_frames(error: BaseException, theme: Theme) -> Iterator[_Frame]:
    """Yield the templates that were being executed, the outermost first.

    The file name in a frame of a compiled template is the name of the template.
    """
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file in theme.templates:
            yield _Frame(file, trace.tb_lineno, trace.tb_frame)
        trace = trace.tb_next


def _choose_frame(frames: Sequence[_Frame], message: str, theme: Theme) -> _Frame:
    """Return the innermost frame in a template of the site; for an argument that a macro misses, that of the call.

    A template that only extends another one does not count: its parent executes its blocks.
    """
    callers = frames
    if message.endswith("was not provided") and frames[-1].is_macro and len(frames) > 1:
        callers = frames[:-1]
    candidates = []
    for frame, inner in zip(callers, [*callers[1:], None], strict=True):
        is_child = inner is not None and frame.is_top_level and inner.is_top_level
        extends = is_child and _EXTENDS.search(theme.templates[frame.template])
        if not extends and frame.template not in theme.builtin_templates:
            candidates.append(frame)
    if candidates:
        return candidates[-1]
    is_of_site = frames[-1].template not in theme.builtin_templates
    return frames[-1] if is_of_site else callers[-1]


def _explain(error: Exception, message: str, place: _Place) -> Explanation:
    if isinstance(error, NotShownError):
        return _explain_not_shown(error.value, place)
    if isinstance(error, WordError):
        return Explanation(message, error.hint, place.text.find_column(place.line, error.key, QUOTED))
    for pattern, explain in _EXPLANATIONS:
        if match := pattern.fullmatch(message):
            return explain(match, place)
    return Explanation(message)


def _explain_undefined(match: re.Match[str], place: _Place) -> Explanation:
    name = match["name"]
    column = place.text.find_column(place.line, name)
    if explanation := explain_variable(name):
        return Explanation(*explanation, column)
    hint = _MISSING_NAMES.get(name, "")
    for path in place.text.find_paths(place.line):
        if path.names[0] == name and len(path.names) > 1 and path.names[1] in place.fields:
            hint = hint or f"write {'.'.join(path.names[1:])}: the fields of the page need no prefix"
    old_names = set().union(*RENAMED_VARIABLES.values())
    hint = hint or did_you_mean(name, place.fields.keys() - old_names)
    hint = hint or did_you_mean(name, place.variables.keys() - old_names)
    return Explanation(f'"{name}" is undefined', hint, column)


def _explain_no_field(match: re.Match[str], place: _Place) -> Explanation:
    """Explain a field that a view does not have."""
    kind, field = match["kind"], match["field"]
    base = place.find_owner(field, lambda value: type(value).__name__ == kind)
    column = base.column if base else place.text.find_column(place.line, field, FIELD)
    if base and isinstance(base.value, Html):
        return Explanation(f'"{base.name}" is HTML: it has no field "{field}"', f"write {{{{ {base.name} }}}}", column)
    fields = fields_of(base.value) if base else ()
    hint = did_you_mean(field, fields)
    if not hint and base and isinstance(base.value, Date):
        hint = f"write {{{{ {base.name}.text }}}}"
    if not hint and 0 < len(fields) <= _MAX_FIELDS:
        hint = f"its fields are {', '.join(fields)}"
    return Explanation(f'{kind} has no field "{field}"', hint, column)


def _explain_no_key(match: re.Match[str], place: _Place) -> Explanation:
    """Explain a key that a table does not have."""
    key = match["field"]
    base = place.find_owner(key, lambda value: isinstance(value, dict) and key not in value)
    if base is None:
        return Explanation(f'the table has no "{key}"', f'write .get("{key}")')
    if base.name == "site.options":
        hint = did_you_mean(key, base.value) or f"add it to [options] in {place.theme.path}/theme.toml"
        return Explanation(f'the theme has no option "{key}"', hint, base.column)
    return Explanation(f'no "{key}" in {base.name}', f'write {base.name}.get("{key}")', base.column)


def _explain_none(match: re.Match[str], place: _Place) -> Explanation:
    base = place.find_owner(match["field"], lambda value: value is None)
    return _explain_missing_value(base, place)


def _explain_missing_value(base: _Base | None, place: _Place) -> Explanation:
    """Explain a value that is none."""
    if base is None:
        return Explanation("the value is none", "test it first, for example {% if updated %}")
    is_field = base.name in place.fields
    message = f'this page has no "{base.name}"' if is_field else f'"{base.name}" is none'
    return Explanation(message, f"write {{% if {base.name} %}}…{{% endif %}}", base.column)


def _explain_list(match: re.Match[str], place: _Place) -> Explanation:
    field = match["field"]
    base = place.find_owner(field, lambda value: isinstance(value, tuple | list))
    if base is None:
        return Explanation(f'this is a list: it has no field "{field}"', "loop over it with {% for … in … %}")
    return Explanation(f'"{base.name}" is a list', f"write {_write_loop(base.name)}", base.column)


def _write_loop(name: str) -> str:
    last = name.rpartition(".")[2]
    item = _LOOP_NAMES.get(last, "item")
    if item == "item" and last.endswith("s"):
        item = last.removesuffix("s")
    return f"{{% for {item} in {name} %}}"


def _explain_plain(match: re.Match[str], place: _Place) -> Explanation:
    """Explain a field of a text or a number."""
    kind, field = match["kind"], match["field"]
    base = place.find_owner(field, lambda value: type(value).__name__ == kind)
    subject = f'"{base.name}"' if base else "this"
    column = base.column if base else place.text.find_column(place.line, field, FIELD)
    hint = _filter_hint(base.name if base else "…", field)
    if not hint and base:
        hint = f"write {{{{ {base.name} }}}}"
    return Explanation(f'{subject} is a {_KINDS.get(kind, kind)}: it has no field "{field}"', hint, column)


def _filter_hint(name: str, field: str) -> str:
    return f"write {name} | {field}" if field in ALL_FILTERS else ""


def _explain_unsafe(match: re.Match[str], place: _Place) -> Explanation:
    kind, field = match["kind"], match["field"]
    base = place.find_owner(field, lambda value: type(value).__name__ == kind)
    column = base.column if base else place.text.find_column(place.line, field, FIELD)
    message = f'templates cannot use "{field}" of a {_KINDS.get(kind, kind)}'
    return Explanation(message, _filter_hint(base.name if base else "…", field), column)


def _explain_no_macro(match: re.Match[str], place: _Place) -> Explanation:
    """Explain a name that an imported template does not have."""
    name = match["field"]
    base = place.find_owner(name, lambda value: isinstance(value, TemplateModule) and name not in vars(value))
    names = [macro for macro in vars(base.value) if not macro.startswith("_")] if base else []
    column = base.column if base else place.text.find_column(place.line, name, FIELD)
    return Explanation(f'the imported template has no macro "{name}"', did_you_mean(name, names), column)


def _explain_argument(match: re.Match[str], place: _Place) -> Explanation:
    """Explain an argument that a macro needs and does not get."""
    name = match["name"]
    base = place.find_call(lambda value: isinstance(value, Macro) and name in value.arguments)
    if base is None:
        return Explanation(f'a macro needs the argument "{name}"')
    call = f"{base.name}({', '.join(base.value.arguments)})"
    return Explanation(f'the macro "{base.name}" needs the argument "{name}"', f"write {{{{ {call} }}}}", base.column)


def _explain_macro_call(match: re.Match[str], place: _Place) -> Explanation:
    """Explain an argument that a macro does not take."""
    name = match["name"]
    base = place.find_call(lambda value: isinstance(value, Macro) and value.name == name)
    column = base.column if base else 1
    hint = f"write {{{{ {base.name}({', '.join(base.value.arguments)}) }}}}" if base else ""
    problem = f'has no argument "{match["keyword"]}"' if match["keyword"] else "gets too many arguments"
    return Explanation(f'the macro "{name}" {problem}', hint, column)


def _explain_asset(match: re.Match[str], place: _Place) -> Explanation:
    name = match["name"]
    hint = did_you_mean(name, place.theme.assets) or f"put it into {place.theme.path}/static/"
    return Explanation(match[0], hint, place.text.find_column(place.line, name, QUOTED))


def _explain_sum(_: re.Match[str], place: _Place) -> Explanation:
    column = place.text.find_column(place.line, "+", "")
    return Explanation("only numbers can be added, or two texts", "write ~ to join them", column)


def _explain_element(match: re.Match[str], place: _Place) -> Explanation:
    """Explain an element that a list does not have."""
    index = match["index"]
    written = re.search(rf"(?P<name>[\w.]++)\[\s*+{index}\s*+\]", place.text.code_line(place.line))
    if not written:
        return Explanation(f"the list has no element {index}", "test its length first")
    name = written["name"]
    test = name if index in {"0", "-1"} else f"{name}|length > {index}"
    return Explanation(
        f'"{name}" has no element {index}', f"write {{% if {test} %}}…{{% endif %}}", written.start() + 1
    )


def _explain_call(match: re.Match[str], place: _Place) -> Explanation:
    """Explain the call of a value that is no macro."""
    kind = match["kind"]
    base = place.find_call(lambda value: type(value).__name__ == kind)
    if base is None:
        return Explanation(f"a {_KINDS.get(kind, kind)} cannot be called", "delete the parentheses")
    message = f'"{base.name}" is a {_KINDS.get(kind, kind)}: it cannot be called'
    return Explanation(message, f"write {{{{ {base.name} }}}}", base.column)


def _explain_filter(match: re.Match[str], place: _Place) -> Explanation:
    """Explain wrong arguments of a filter."""
    name, argument = match["name"], match["argument"]
    column = place.text.find_column(place.line, name, FILTER)
    if match["problem"].startswith("missing"):
        return Explanation(
            f'the filter "{name}" needs the argument "{argument}"', f"write | {name}({argument}=…)", column
        )
    problem = f'has no argument "{argument}"' if argument else "gets too many arguments"
    return Explanation(f'the filter "{name}" {problem}', "", column)


def _explain_not_shown(value: Any, place: _Place) -> Explanation:
    """Explain a value that is no text, number or HTML."""
    base = place.find_value(lambda other: other is value or (callable(value) and other == value))
    if value is None:
        return _explain_missing_value(base, place)
    name, column = (base.name, base.column) if base else ("", 1)
    subject = f'"{name}"' if name else "this"
    if isinstance(value, tuple | list):
        return Explanation(f"{subject} is a list, not text", f"write {_write_loop(name or 'LIST')}", column)
    if isinstance(value, dict):
        return Explanation(f"{subject} is a table, not text", f'write {{{{ {name or "TABLE"}.get("KEY") }}}}', column)
    if callable(value):
        return Explanation(f"{subject} must be called", f"write {{{{ {name or 'NAME'}(…) }}}}", column)
    kind = type(value).__name__
    return Explanation(f"a {kind} is no text", _suggest_field(value, name or kind.lower()), column)


def _suggest_field(value: Any, name: str) -> str:
    """Return the hint to show the field that stands for a view."""
    fields = fields_of(value)
    for field in (*_SHOWN_FIELDS, *fields):
        if field in fields:
            return f"write {{{{ {name}.{field} }}}}"
    return ""


def _explain_no_list(match: re.Match[str], place: _Place) -> Explanation:
    """Explain a loop over a value that is no list."""
    kind = match["kind"].rpartition(".")[2]
    base = place.find_value(lambda other: type(other).__name__ == kind)
    if kind == "NoneType":
        return _explain_missing_value(base, place)
    subject, column = (f'"{base.name}"', base.column) if base else ("this", 1)
    return Explanation(f"{subject} is a {_KINDS.get(kind, kind)}: nothing can loop over it", "", column)


_EXPLANATIONS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], _Place], Explanation]], ...] = (
    (re.compile(r"'(?P<name>\w+)' is undefined"), _explain_undefined),
    (re.compile(r"'blog(?:\.\w+)+\.(?P<kind>\w+) object' has no attribute '(?P<field>\w+)'"), _explain_no_field),
    (re.compile(r"'dict object' has no attribute '(?P<field>[^']+)'"), _explain_no_key),
    (re.compile(r"'None' has no attribute '(?P<field>\w+)'"), _explain_none),
    (re.compile(r"'(?:tuple|list) object' has no attribute '(?P<field>\w+)'"), _explain_list),
    (re.compile(r"'(?P<kind>str|int|float|bool) object' has no attribute '(?P<field>\w+)'"), _explain_plain),
    (re.compile(r"access to attribute '(?P<field>\w+)' of '(?P<kind>\w+)' object is unsafe\."), _explain_unsafe),
    (re.compile(r"'jinja2\.environment\.TemplateModule object' has no attribute '(?P<field>\w+)'"), _explain_no_macro),
    (re.compile(r"parameter '(?P<name>\w+)' was not provided"), _explain_argument),
    (
        re.compile(r"macro '(?P<name>\w+)' takes no(?:t more than .+| keyword argument '(?P<keyword>\w+)')"),
        _explain_macro_call,
    ),
    (re.compile(r"(?:tuple|list) object has no element (?P<index>-?\d+)"), _explain_element),
    (re.compile(r"'(?P<kind>str|int|float|bool|tuple|list|dict)' object is not callable"), _explain_call),
    (re.compile(r"'(?P<kind>[\w.]+)' object is not iterable"), _explain_no_list),
    (
        re.compile(
            r"(?:sync_do|do)_(?P<name>\w{1,20})\(\) (?P<problem>missing|got|takes)[^']{0,80}"
            r"(?:'(?P<argument>\w+)'.*)?"
        ),
        _explain_filter,
    ),
    (re.compile(r"the theme has no file static/(?P<name>.+)", re.DOTALL), _explain_asset),
    (re.compile(r"can only concatenate .+|unsupported operand type\(s\) for \+: .+"), _explain_sum),
)
"""Messages of Jinja and Python, each with its explanation."""
