"""The files of a theme and of those it extends → a :class:`Theme` for one site.

It has the templates, the options with the values of the site, and the files to publish, with digests in their names.
Nothing here compiles a template.
"""

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
"""The name of a file, its name in its own theme, that theme, and its contents."""
_KINDS = {
    str: "a text", bool: "true or false", int: "a whole number", float: "a number", dict: "a table",
}  # fmt: skip
NAMED = ("favicon.svg", "favicon.png", "favicon.ico", "apple-touch-icon.png", "feed.css")
"""Files in ``static/`` that the program itself links to: icons, and the style of feeds in a browser."""
_COLOUR = re.compile("#[0-9a-f]{6}", re.IGNORECASE)
_MAX_CHAIN = 8
"""Themes that extend each other."""


class Option(Struct, frozen=True):
    """A setting of a theme that a site may change."""

    default: Any
    """Its type is that of the option."""
    about: str = ""
    """Its effect, in a sentence."""
    choices: tuple[Any, ...] = ()
    """The permitted values; empty if every value of its type is."""


class CardStyle(Struct, frozen=True, array_like=True):
    """The style of the social cards of a theme."""

    fonts: tuple[str, ...]
    """Digests of font files, in order: a character is drawn in the first font that has it."""
    ground: str
    """The colour of the background, as ``#rrggbb``."""
    ink: str
    """The colour of the text, as ``#rrggbb``."""
    line: str
    """The colour of the line beside the title, as ``#rrggbb``."""


class Theme(Struct, frozen=True):
    """A theme with the options of one site."""

    templates: dict[str, str]
    """Name → text. ``NAME/post.html`` is the ``post.html`` of the theme NAME that this one extends."""
    options: dict[str, Any]
    """The theme's options with the site's values."""
    assets: dict[str, str]
    """Name of each file in ``static/`` → its output path, with a digest in the name: may be cached for ever."""
    files: dict[str, bytes]
    """Output path → contents."""
    path: str
    """The theme's folder, for messages."""
    sizes: str = "100vw"
    """The width of images, as in HTML's ``sizes``."""
    locations: dict[str, str] = {}
    """Name of a template → its file, for messages."""
    card: CardStyle | None = None
    """None: the theme has no social cards."""
    fonts: dict[str, Asset] = {}
    """Font files for cards, by digest."""

    def locate(self, template: str) -> str:
        """Return the path of a template's file, for messages."""
        return self.locations.get(template, f"{self.path}/templates/{template}")

    def asset(self, name: str) -> str:
        """Return the output path of a file in ``static/``; ``""`` if there is none."""
        return self.assets.get(name, "")

    @property
    def path_for_messages(self) -> tuple[Any, ...]:
        """The parts that views can show; outputs depend on the others by their digests."""
        named = [self.asset(name) for name in NAMED]
        return sorted(self.templates), self.options, sorted(self.assets), named, self.sizes, self.card


_BLOG_TOML = Location(FILE_NAME)


def load_theme_chain(root: Path, name: str, asked: Location = _BLOG_TOML) -> list[ThemeFiles]:
    """Load the theme ``name``, the one that it extends, and so on.

    ``asked`` is the position of the name. Raises :class:`BlogError` for a theme that does not exist.
    """
    themes = [load_theme_files(root, name, asked)]
    while extended := _find_parent(themes[-1]):
        parent, location = extended
        if parent in {theme.name for theme in themes}:
            message = f'the theme "{parent}" would extend itself'
            raise BlogError([Problem(location, "theme-loop", message, "extend another one, or none")])
        if len(themes) == _MAX_CHAIN:
            raise BlogError([Problem(location, "theme-loop", f"more than {_MAX_CHAIN} themes would extend each other")])
        themes.append(load_theme_files(root, parent, location))
    return themes


def _find_parent(theme: ThemeFiles) -> tuple[str, Location] | None:
    fields = Fields(_parse_settings(theme), [])
    parent = fields.text("extends")
    return (parent, fields.locate("extends")) if parent else None


def _parse_settings(theme: ThemeFiles) -> ConfigNode:
    return parse_toml(theme.settings, Location(f"{theme.path}/theme.toml"))


def resolve_theme(themes: Sequence[ThemeFiles], settings: Settings) -> Theme:
    """Resolve the first of ``themes``, which extends the second, and so on, with the options in ``settings``.

    A theme inherits every file and option that it does not have. Raises :class:`BlogError` with the problems in
    each ``theme.toml``, and for options that the theme does not have.
    """
    problems: list[Problem] = []
    theme = themes[0]
    options: dict[str, Option] = {}
    sizes, card = "100vw", None
    fonts: dict[str, Asset] = {}
    for layer in reversed(themes):
        fields = Fields(_parse_settings(layer), problems)
        fields.text("name")
        fields.text("extends")
        sizes = fields.text("sizes") or sizes
        for name, data in layer.fonts.items():
            fonts[name] = Asset(name, data, f"{layer.path}/fonts/{name}")
        options |= _parse_options(fields.table("options"), options)
        card = _parse_card(fields, card, fonts)
        fields.finish()
    values = {name: option.default for name, option in options.items()}
    problems += _check_values(theme.name, options, settings)
    if problems:
        raise BlogError(problems)
    templates = list(_merge_layers(themes, lambda theme: theme.templates))
    assets, files = fingerprint_assets(_collect_assets(themes))
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


def _parse_options(fields: Fields, inherited: Mapping[str, Option]) -> dict[str, Option]:
    """Parse the ``[options]`` of a theme that extends one with the options ``inherited``."""
    options = {}
    defaults = fields.plain()
    for name in fields.names():
        node = fields.node.value[name].node
        option = _parse_option(name, node, defaults[name], fields)
        if option is None:
            continue
        parent = inherited.get(name)
        if parent is not None:
            option = Option(option.default, option.about or parent.about, option.choices or parent.choices)
        expected = parent or option
        is_choice = not option.choices or option.default in option.choices
        if not is_choice or not _fits(option.default, expected):
            fields.fail(node.location, "wrong-type", f'the default of "{name}" must be {_describe_type(expected)}')
        options[name] = option
    return options


def _parse_option(name: str, node: ConfigNode, value: Any, fields: Fields) -> Option | None:
    """Parse an option: its default is ``value``, or in a table; None, with a problem, for a table without one."""
    if not isinstance(node.value, dict):
        return Option(value)
    table = Fields(node, fields.problems)
    values = table.plain()
    about = table.text("about")
    choices = table.take("choices")
    table.known_keys["default"] = None
    table.finish()
    if "default" not in values:
        fields.fail(node.location, "missing-key", f'the option "{name}" needs a default')
        return None
    if choices is None:
        return Option(values["default"], about)
    if not isinstance(choices.value, tuple) or not choices.value:
        fields.fail(choices.location, "wrong-type", f'the choices of "{name}" must be a list')
        return Option(values["default"], about)
    return Option(values["default"], about, tuple(values["choices"]))


def _check_values(theme: str, options: Mapping[str, Option], settings: Settings) -> Iterable[Problem]:
    """Yield a problem for each option of the site that does not fit."""
    for name, value in settings.theme_options.items():
        place = settings.theme_option_locations[name]
        if name not in options:
            message = f'the theme "{theme}" has no option "{name}"'
            yield Problem(place, "unknown-option", message, did_you_mean(name, options))
        elif not _fits(value, options[name]):
            message = f'the theme option "{name}" must be {_describe_type(options[name])}'
            choices = [choice for choice in options[name].choices if isinstance(choice, str)]
            hint = did_you_mean(value, choices) if isinstance(value, str) else ""
            yield Problem(place, "wrong-type", message, hint)


def _fits(value: Any, option: Option) -> bool:
    return type(value) is type(option.default) and (not option.choices or value in option.choices)


def _describe_type(option: Option) -> str:
    if option.choices:
        return f"one of {', '.join(str(choice) for choice in option.choices)}"
    return _KINDS.get(type(option.default), "a list")


def _parse_card(theme: Fields, inherited: CardStyle | None, fonts: Mapping[str, Asset]) -> CardStyle | None:
    """Parse the ``[card]`` of a theme that extends one with the style ``inherited``; ``fonts`` are by file name."""
    node = theme.take("card")
    fields = theme.table("card")
    if node is None or not isinstance(node.value, dict):
        return inherited
    colours = {name: _parse_colour(fields, name, inherited) for name in ("ground", "ink", "line")}
    digests = _parse_fonts(fields, inherited, fonts)
    fields.finish()
    return CardStyle(digests, **colours) if digests else inherited


def _parse_colour(fields: Fields, name: str, inherited: CardStyle | None) -> str:
    is_written = name in fields.node.value
    if is_written:
        colour = fields.text(name)
        if not isinstance(fields.node.value[name].node.value, str):
            return colour  # the wrong type is a problem already
    else:
        colour = getattr(inherited, name) if inherited else ""
    if not _COLOUR.fullmatch(colour):
        fields.fail(fields.locate(name), "wrong-colour", f'"{name}" must be a colour such as #fdfcf8')
    return colour


def _parse_fonts(fields: Fields, inherited: CardStyle | None, fonts: Mapping[str, Asset]) -> tuple[str, ...]:
    """Return the digests of the fonts of a card."""
    is_written = "fonts" in fields.node.value
    digests = list(inherited.fonts) if inherited and not is_written else []
    for name, location in fields.located_texts("fonts"):
        if name in fonts:
            digests.append(digest(fonts[name].data).hex())
        else:
            hint = did_you_mean(name, fonts)
            fields.fail(location, "no-font", f"there is no file fonts/{name} in the theme", hint)
    if not digests and not is_written:
        fields.fail(fields.locate("fonts"), "missing-key", '"card" needs fonts', 'write fonts = ["a-file.woff2"]')
    return tuple(digests)


def _merge_layers(
    themes: Sequence[ThemeFiles], files: Callable[[ThemeFiles], Mapping[str, _T]]
) -> Iterator[_Layered[_T]]:
    """Yield the files of one kind of a theme and of those it extends.

    Names of files of an extended theme, ``NAME/post.html``, come before the plain ones.
    """
    layered: dict[str, tuple[str, ThemeFiles, _T]] = {}
    for theme in reversed(themes):
        layered |= {name: (name, theme, contents) for name, contents in files(theme).items()}
        if theme is not themes[0]:
            yield from ((f"{theme.name}/{name}", *rest) for name, rest in layered.items())
    yield from ((name, *rest) for name, rest in layered.items())


def _collect_assets(themes: Sequence[ThemeFiles]) -> dict[str, Asset]:
    """Return the static files by name; those with the name of an extended theme are only there to be imported."""
    return {
        name: Asset(own, data, f"{theme.path}/static/{own}", published=name == own)
        for name, own, theme, data in _merge_layers(themes, lambda theme: theme.assets)
    }
