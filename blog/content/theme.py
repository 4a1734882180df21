"""A theme and those it extends → :class:`ThemeFiles`: templates, options with their values, files named by contents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct

from blog.cache.digests import digest
from blog.config.schema import Fields
from blog.config.settings import FILE_NAME
from blog.config.toml import parse_toml
from blog.content.theme_assets import Asset, fingerprint_assets
from blog.content.theme_files import load_theme_files
from blog.problems import BlogError, Location, Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from blog.config.settings import Settings
    from blog.config.toml import ConfigNode
    from blog.content.theme_files import ThemeFiles

_T = TypeVar("_T")
_Layered = tuple[str, str, "ThemeFiles", _T]
"""A file's name, its name in its own theme, that theme, and what it holds."""
_KINDS = {
    str: "a text", bool: "true or false", int: "a whole number", float: "a number", dict: "a table",
}  # fmt: skip
NAMED = ("favicon.svg", "favicon.png", "favicon.ico", "apple-touch-icon.png", "feed.css")
"""Files that the program itself looks for in ``static/``: icons, and the look of feeds in a browser."""
_COLOUR = re.compile("#[0-9a-f]{6}", re.IGNORECASE)
_MOST = 8
"""Themes in a line."""


class Option(Struct, frozen=True):
    """What a theme lets a site choose."""

    default: Any
    """Its type is that of the option."""
    about: str = ""
    """What it does, in a sentence."""
    choices: tuple[Any, ...] = ()
    """All that it may be; empty if its type is all that matters."""


class CardStyle(Struct, frozen=True, array_like=True):
    """How a theme draws preview pictures."""

    fonts: tuple[str, ...]
    """Digests of font files: each letter is of the first that has it."""
    ground: str
    """Colours as ``#rrggbb``: behind everything;"""
    ink: str
    """of what is written;"""
    line: str
    """and of the line beside the title."""


class Theme(Struct, frozen=True):
    """A theme made ready for one site."""

    templates: dict[str, str]
    """Name → text. ``NAME/post.html`` is the ``post.html`` of the theme NAME that this one extends."""
    options: dict[str, Any]
    """The theme's options with the site's values."""
    assets: dict[str, str]
    """Name of each file in ``static/`` → its output path, with a digest in the name: may be cached for ever."""
    files: dict[str, bytes]
    """Output path → contents."""
    path: str
    """For messages."""
    sizes: str = "100vw"
    """How wide it shows pictures, as in HTML's ``sizes``."""
    locations: dict[str, str] = {}
    """Name of a template → its file, for messages."""
    card: CardStyle | None = None
    """None: the theme draws no preview pictures."""
    fonts: dict[str, Asset] = {}
    """Font files for cards, by digest."""

    def locate(self, template: str) -> str:
        """The file of a template, for messages."""
        return self.locations.get(template, f"{self.path}/templates/{template}")

    def asset(self, name: str) -> str:
        """The output path of a file in ``static/``; ``""`` if there is none."""
        return self.assets.get(name, "")

    @property
    def path_for_messages(self) -> tuple[Any, ...]:
        """All of it that views can show; what else outputs depend on is known by its own digests."""
        named = [self.asset(name) for name in NAMED]
        return sorted(self.templates), self.options, sorted(self.assets), named, self.sizes, self.card


_BLOG_TOML = Location(FILE_NAME)


def load_theme_chain(root: Path, name: str, asked: Location = _BLOG_TOML) -> list[ThemeFiles]:
    """The theme ``name``, which is ``asked`` for there, the one that it extends, and so on.

    Raises :class:`BlogError` for one that is not there.
    """
    themes = [load_theme_files(root, name, asked)]
    while extended := _extended(themes[-1]):
        parent, place = extended
        if parent in {theme.name for theme in themes}:
            message = f'the theme "{parent}" would extend itself'
            raise BlogError([Problem(place, "theme-loop", message, "extend another one, or none")])
        if len(themes) == _MOST:
            raise BlogError([Problem(place, "theme-loop", f"more than {_MOST} themes would extend each other")])
        themes.append(load_theme_files(root, parent, place))
    return themes


def _extended(theme: ThemeFiles) -> tuple[str, Location] | None:
    fields = Fields(_settings(theme), [])
    parent = fields.text("extends")
    return (parent, fields.locate("extends")) if parent else None


def _settings(theme: ThemeFiles) -> ConfigNode:
    return parse_toml(theme.settings, Location(f"{theme.path}/theme.toml"))


def resolve_theme(themes: Sequence[ThemeFiles], settings: Settings) -> Theme:
    """Fit a theme to the site: the first of ``themes``, which extends the second, and so on.

    What the first does not have is that of the second. Raises :class:`BlogError` with all that is wrong in the
    ``theme.toml`` of any, and for options that the theme does not know.
    """
    problems: list[Problem] = []
    theme = themes[0]
    options: dict[str, Option] = {}
    sizes, card = "100vw", None
    fonts: dict[str, Asset] = {}
    for each in reversed(themes):
        fields = Fields(_settings(each), problems)
        fields.text("name")
        fields.text("extends")
        sizes = fields.text("sizes") or sizes
        fonts |= {name: Asset(name, data, f"{each.path}/fonts/{name}") for name, data in each.fonts.items()}
        options |= _options(fields.table("options"), options)
        card = _card(fields, card, fonts)
        fields.finish()
    values = {name: option.default for name, option in options.items()}
    problems += _unfit(theme.name, options, settings)
    if problems:
        raise BlogError(problems)
    templates = list(_layers(themes, lambda theme: theme.templates))
    assets, files = fingerprint_assets(_assets(themes))
    return Theme(
        templates={name: text for name, _, _, text in templates},
        options=values | settings.theme_options,
        assets=assets,
        files=files,
        path=theme.path,
        sizes=sizes,
        locations={name: f"{theme.path}/templates/{own}" for name, own, theme, _ in templates},
        card=card,
        fonts={digest(font.data).hex(): font for font in fonts.values()} if card else {},
    )


def _options(fields: Fields, known: Mapping[str, Option]) -> dict[str, Option]:
    """The ``[options]`` of a theme that extends one with the options ``known``: a default, or a table with one."""
    found = {}
    plain = fields.plain()
    for name in fields.names():
        node = fields.node.value[name].node
        last = known.get(name)
        if isinstance(node.value, dict):
            table = Fields(node, fields.problems)
            written = table.plain()
            about, choices = table.text("about"), table.take("choices")
            table.known["default"] = None
            table.finish()
            if "default" not in written:
                fields.fail(node.location, "missing-key", f'the option "{name}" needs a default')
                continue
            if choices and not (isinstance(choices.value, tuple) and choices.value):
                fields.fail(choices.location, "wrong-type", f'the choices of "{name}" must be a list')
                choices = None
            option = Option(written["default"], about, tuple(written["choices"]) if choices else ())
        else:
            option = Option(plain[name])
        option = Option(
            option.default,
            option.about or (last.about if last else ""),
            option.choices or (last.choices if last else ()),
        )
        expected = last or option
        if not _fits(option.default, expected) or (option.choices and option.default not in option.choices):
            fields.fail(node.location, "wrong-type", f'the default of "{name}" must be {_kind(expected)}')
        found[name] = option
    return found


def _unfit(theme: str, options: Mapping[str, Option], settings: Settings) -> Iterable[Problem]:
    """What is wrong with the site's values."""
    for name, value in settings.theme_options.items():
        place = settings.theme_option_locations[name]
        if name not in options:
            message = f'the theme "{theme}" has no option "{name}"'
            yield Problem(place, "unknown-option", message, did_you_mean(name, options))
        elif not _fits(value, options[name]):
            message = f'the theme option "{name}" must be {_kind(options[name])}'
            choices = [choice for choice in options[name].choices if isinstance(choice, str)]
            hint = did_you_mean(value, choices) if isinstance(value, str) else ""
            yield Problem(place, "wrong-type", message, hint)


def _fits(value: Any, option: Option) -> bool:
    return type(value) is type(option.default) and (not option.choices or value in option.choices)


def _kind(option: Option) -> str:
    if option.choices:
        return f"one of {', '.join(str(choice) for choice in option.choices)}"
    return _KINDS.get(type(option.default), "a list")


def _card(theme: Fields, last: CardStyle | None, fonts: Mapping[str, Asset]) -> CardStyle | None:
    """The ``[card]`` of a theme that extends one with the ``last``; ``fonts`` are the files that it may name."""
    node = theme.take("card")
    fields = theme.table("card")
    if node is None or not isinstance(node.value, dict):
        return last
    colours = {}
    for name in ("ground", "ink", "line"):
        inherited = getattr(last, name) if last else ""
        colours[name] = fields.text(name) if name in fields.node.value else inherited
        is_text = name not in fields.node.value or isinstance(fields.node.value[name].node.value, str)
        if is_text and not _COLOUR.fullmatch(colours[name]):
            fields.fail(fields.locate(name), "wrong-colour", f'"{name}" must be a colour such as #fdfcf8')
    named = list(last.fonts) if last and "fonts" not in fields.node.value else []
    for name, place in fields.placed_texts("fonts"):
        if name in fonts:
            named.append(digest(fonts[name].data).hex())
        else:
            hint = did_you_mean(name, fonts)
            fields.fail(place, "no-font", f"there is no file fonts/{name} in the theme", hint)
    if not named and "fonts" not in fields.node.value:
        fields.fail(fields.locate("fonts"), "missing-key", '"card" needs fonts', 'write fonts = ["a-file.woff2"]')
    fields.finish()
    return CardStyle(tuple(named), **colours) if named else last


def _layers(themes: Sequence[ThemeFiles], files: Callable[[ThemeFiles], Mapping[str, _T]]) -> Iterator[_Layered[_T]]:
    """What a theme and those it extends have of one kind.

    The names by which a theme asks for what an extended one has, ``NAME/post.html``, come before the plain ones.
    """
    found: dict[str, tuple[str, ThemeFiles, _T]] = {}
    for theme in reversed(themes):
        found |= {name: (name, theme, contents) for name, contents in files(theme).items()}
        if theme is not themes[0]:
            yield from ((f"{theme.name}/{name}", *rest) for name, rest in found.items())
    yield from ((name, *rest) for name, rest in found.items())


def _assets(themes: Sequence[ThemeFiles]) -> dict[str, Asset]:
    """The static files by name; those under the names for extending are there to be imported."""
    return {
        name: Asset(own, data, f"{theme.path}/static/{own}", published=name == own)
        for name, own, theme, data in _layers(themes, lambda theme: theme.assets)
    }
