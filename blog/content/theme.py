"""The files of a theme and of those it extends → a :class:`Theme` for one site.

It has the templates, the options with the values of the site, and the files to publish, with digests in their names.
Nothing here compiles a template.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from msgspec import Struct

from blog.cache.digests import digest
from blog.config.misplaced_settings import SITE_KEYS
from blog.config.schema import SUGGESTED_BOOLEANS, Fields
from blog.config.settings import FILE_NAME
from blog.config.toml import parse_toml
from blog.config.words import WordTables
from blog.content.theme_accent import ACCENT, COLOUR, check_accent, colour_assets, colour_card, is_accent
from blog.content.theme_assets import Asset, fingerprint_assets
from blog.content.theme_blocks import find_undeclared, parse_blocks
from blog.content.theme_files import load_theme_files
from blog.content.theme_words import add_feed_notice
from blog.markdown.own_blocks import FEED_FORM, PAGE_FORM, OwnBlock, block_input
from blog.problems import BlogError, Location, Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from blog.config.settings import Settings
    from blog.config.toml import ConfigNode
    from blog.content.theme_files import ThemeFiles

_T = TypeVar("_T")
_KINDS = {
    str: "text", bool: "true or false", int: "a whole number", float: "a number", dict: "a table",
}  # fmt: skip
NAMED = ("favicon.svg", "favicon.png", "favicon.ico", "apple-touch-icon.png", "feed.css")
"""Files in ``static/`` that the program itself links to: icons, and the style of feeds in a browser."""
_COLOUR_NAMES = {
    "white": "#ffffff", "black": "#000000", "red": "#ff0000", "green": "#008000", "blue": "#0000ff", "grey": "#808080",
    "gray": "#808080", "yellow": "#ffff00", "orange": "#ffa500", "purple": "#800080", "teal": "#008080",
}  # fmt: skip
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
    builtin_templates: frozenset[str] = frozenset()
    """Names of the templates of the program's own themes, whose files the site does not have."""
    words: WordTables = WordTables()
    """The words of the interface in all languages."""

    def locate(self, template: str) -> str:
        """Return the path of a template's file, for messages."""
        return self.locations.get(template, f"{self.path}/templates/{template}")

    def asset(self, name: str) -> str:
        """Return the output path of a file in ``static/``; ``""`` if there is none."""
        return self.assets.get(name, "")

    def names_template(self, name: str) -> bool:
        """Return whether a template names this one, to include or extend it."""
        return any(f'"{name}"' in text or f"'{name}'" in text for text in self.templates.values())

    @property
    def unnamed_templates(self) -> list[str]:
        """The templates of the site that no other one names; documents may choose them."""
        own_names = {name for name in self.templates if self.locate(name).endswith(f"/templates/{name}")}
        own_names -= self.builtin_templates
        return [name for name in sorted(own_names) if not self.names_template(name)]

    @property
    def view_inputs(self) -> tuple[Any, ...]:
        """The parts on which views depend; outputs depend on the others by their digests."""
        named = [self.asset(name) for name in NAMED]
        names = sorted(self.templates), self.unnamed_templates, sorted(self.assets), named
        return *names, self.options, self.sizes, self.card, self.words


def suggest_template(name: str, names: Iterable[str]) -> str:
    """Return a hint with the nearest of the template ``names``; the suffix, which all have, does not count."""
    hint = did_you_mean(name.removesuffix(".html"), [other.removesuffix(".html") for other in names])
    return hint.replace('"?', '.html"?')


class ThemeBlocks(Struct, frozen=True, dict=True):
    """The blocks that texts may use with a theme."""

    declared: tuple[OwnBlock, ...]
    """Sorted by name."""
    theme: Theme
    """It has the templates of the blocks alone, by names such as ``blocks/card.html``."""

    @cached_property
    def digests(self) -> dict[str, bytes]:
        """Name of each block as an input → digest of its templates."""
        texts = self.theme.templates
        digests = {}
        for block in self.declared:
            forms = [texts.get(f"blocks/{block.name}{suffix}", "") for suffix in (PAGE_FORM, FEED_FORM)]
            digests[block_input(block.name)] = digest("\0".join(forms).encode())
        return digests


NO_BLOCKS = ThemeBlocks((), Theme({}, {}, {}, {}, ""))


class _LayeredFile(NamedTuple, Generic[_T]):
    """A file of a theme, or of one that it extends."""

    name: str
    """Its name for the theme: ``NAME/post.html`` is the ``post.html`` of the theme NAME."""
    own_name: str
    """Its name in the theme that has it."""
    theme: ThemeFiles
    contents: _T


class _MergedSettings(NamedTuple):
    """What the ``theme.toml`` of a theme and of those that it extends define together."""

    options: dict[str, Option]
    sizes: str
    card: CardStyle | None
    fonts: dict[str, Asset]
    """Font files by name."""


_BLOG_TOML = Location(FILE_NAME)


def load_theme_chain(root: Path, name: str, name_location: Location = _BLOG_TOML) -> list[ThemeFiles]:
    """Load the theme ``name``, the one that it extends, and so on.

    ``name_location`` is the position of the name. Raises :class:`BlogError` for a theme that does not exist.
    """
    themes = [load_theme_files(root, name, name_location)]
    names = {name}
    while extended := _find_parent(themes[-1]):
        parent, location = extended
        if parent in names:
            message = f'the theme "{parent}" would extend itself'
            raise BlogError([Problem(location, "theme-loop", message, "extend another one, or none")])
        if len(themes) == _MAX_CHAIN:
            raise BlogError([Problem(location, "theme-loop", f"more than {_MAX_CHAIN} themes would extend each other")])
        themes.append(load_theme_files(root, parent, location))
        names.add(parent)
    return themes


def _find_parent(theme: ThemeFiles) -> tuple[str, Location] | None:
    fields = Fields(_parse_settings(theme), [])
    parent = fields.text("extends")
    return (parent, fields.locate("extends")) if parent else None


def _parse_settings(theme: ThemeFiles) -> ConfigNode:
    return _parse_theme_toml(theme.settings, f"{theme.path}/theme.toml")


@lru_cache(maxsize=16)
def _parse_theme_toml(text: str, path: str) -> ConfigNode:
    """Parse a ``theme.toml``, which is asked for its parent, its blocks and its options. Raises :class:`BlogError`."""
    return parse_toml(text, Location(path))


def resolve_theme(themes: Sequence[ThemeFiles], settings: Settings, words: WordTables | None = None) -> Theme:
    """Resolve the first of ``themes``, which extends the second, and so on, with the options in ``settings``.

    ``words`` are those of the interface; the default are those of the program.

    A theme inherits every file and option that it does not have. Raises :class:`BlogError` with the problems in
    each ``theme.toml``, and for options that the theme does not have.
    """
    problems: list[Problem] = []
    merged = _merge_settings(themes, problems)
    theme = themes[0]
    problems += _check_values(theme.name, merged.options, settings)
    has_accent = is_accent(merged.options.get(ACCENT))
    if has_accent:
        problems += check_accent(settings, merged.card)
    if problems:
        raise BlogError(problems)
    defaults = {name: option.default for name, option in merged.options.items()}
    templates = list(_merge_layers(themes, lambda theme: theme.templates))
    words = words or WordTables(settings.language)
    options = defaults | settings.theme_options
    accent = str(options[ACCENT]) if has_accent else ""
    assets = colour_assets(add_feed_notice(_collect_assets(themes), words.words()), accent)
    published, files = fingerprint_assets(assets)
    texts = {file.name: file.contents for file in templates}
    locations = {file.name: f"{file.theme.path}/templates/{file.own_name}" for file in templates}
    blocks = resolve_blocks(themes).theme
    fonts = merged.fonts.values() if merged.card else ()
    return Theme(
        templates=texts | blocks.templates,
        options=options,
        assets=published,
        files=files,
        path=theme.path,
        sizes=merged.sizes,
        locations=locations | blocks.locations,
        card=colour_card(merged.card, accent),
        fonts={digest(font.data).hex(): font for font in fonts},
        builtin_templates=blocks.builtin_templates.union(file.name for file in templates if file.theme.is_builtin),
        words=words,
    )


def resolve_blocks(themes: Sequence[ThemeFiles]) -> ThemeBlocks:
    """Return the blocks of the first of ``themes``, which extends the second, and so on.

    Errors in the declarations are reported by :func:`resolve_theme`.
    """
    declared: dict[str, OwnBlock] = {}
    files = [file for file in _merge_layers(themes, lambda theme: theme.blocks) if file.name == file.own_name]
    names = [file.name for file in files]
    for theme in reversed(themes):
        declared = parse_blocks(Fields(_parse_settings(theme), []).table("blocks"), declared, names)
    templates = Theme(
        templates={f"blocks/{file.name}": file.contents for file in files},
        options={},
        assets={},
        files={},
        path=themes[0].path,
        locations={f"blocks/{file.name}": f"{file.theme.path}/blocks/{file.name}" for file in files},
        builtin_templates=frozenset(f"blocks/{file.name}" for file in files if file.theme.is_builtin),
    )
    return ThemeBlocks(tuple(block for _, block in sorted(declared.items())), templates)


def _merge_settings(themes: Sequence[ThemeFiles], problems: list[Problem]) -> _MergedSettings:
    """Parse each ``theme.toml``, from the innermost theme to the first; errors are appended to ``problems``."""
    options: dict[str, Option] = {}
    sizes = "100vw"
    card: CardStyle | None = None
    fonts: dict[str, Asset] = {}
    blocks: dict[str, OwnBlock] = {}
    block_files: set[str] = set()
    for theme in reversed(themes):
        fields = Fields(_parse_settings(theme), problems)
        fields.text("name")
        fields.text("extends")
        sizes = fields.text("sizes") or sizes
        fonts |= {name: Asset(name, data, path) for name, path, data in theme.card_fonts()}
        options |= _parse_options(fields.table("options"), options)
        card = _parse_card(fields, card, fonts)
        block_files |= theme.blocks.keys()
        declarations = fields.table("blocks")
        blocks = parse_blocks(declarations, blocks, block_files)
        problems += _find_undeclared_blocks(theme, {*blocks, *declarations.node.value})
        fields.finish()
    return _MergedSettings(options, sizes, card, fonts)


def _find_undeclared_blocks(theme: ThemeFiles, names: set[str]) -> Iterator[Problem]:
    for name in find_undeclared(names, theme.blocks):
        message = "this template belongs to no block"
        hint = f"write [blocks.{name.partition('.')[0]}] in {theme.path}/theme.toml"
        yield Problem(Location(f"{theme.path}/blocks/{name}"), "wrong-block", message, hint)


def _parse_options(fields: Fields, inherited: Mapping[str, Option]) -> dict[str, Option]:
    """Parse the ``[options]`` of a theme that extends one with the options ``inherited``."""
    options = {}
    defaults = fields.plain()
    for name in fields.names():
        node = fields.node.value[name].node
        option = _parse_option(name, node, defaults[name], fields)
        if option is None:
            continue
        parent = inherited.get(name, option)
        option = Option(option.default, option.about or parent.about, option.choices or parent.choices)
        if not _fits(option.default, option) or not _fits(option.default, parent):
            fields.fail(node.location, "wrong-type", f'the default of "{name}" must be {_describe_type(parent)}')
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
        if table.is_blank("default"):
            fields.fail(node.location, "missing-key", f'the option "{name}" needs a default', "add default = …")
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
        location = settings.theme_option_locations[name]
        option = options.get(name)
        if option is None and name in SITE_KEYS:
            message = f'"{name}" is a setting of the site, and stands here under [theme_options]'
            yield Problem(location, "unknown-option", message, "move it above the first [table]")
        elif option is None:
            message = f'the theme "{theme}" has no option "{name}"'
            yield Problem(location, "unknown-option", message, _suggest_option(name, options))
        elif not _fits(value, option):
            message = f'the theme option "{name}" must be {_describe_type(option)}'
            value_location = settings.theme_value_locations.get(name, location)
            yield Problem(value_location, "wrong-type", message, _suggest_value(name, value, option))


def _suggest_option(name: str, options: Mapping[str, Option]) -> str:
    """Return the hint with the option that is most like ``name``, or with all."""
    hint = did_you_mean(name, options)
    if hint or not options:
        return hint
    return f"its options are {', '.join(sorted(options))}"


def _suggest_value(name: str, value: Any, option: Option) -> str:
    """Return the hint for a wrong ``value``: the choice that is most like it, or its form as the type of the option."""
    if option.choices:
        return did_you_mean(str(value), map(str, option.choices))
    written = str(value).lower()
    match option.default:
        case bool():
            return f"write {name} = {SUGGESTED_BOOLEANS.get(written, 'true')}"
        case str() if isinstance(value, bool | int | float):
            return f'write {name} = "{written}"'
        case int() if re.fullmatch(r"\d{1,9}", written):
            return f"write {name} = {written}"
        case int() | float():
            return f"write {name} = {option.default}"
        case list() if isinstance(value, str):
            return f'write {name} = ["{value}"]'
    return ""


def _fits(value: Any, option: Option) -> bool:
    """Return whether ``value`` has the type of ``option`` and is one of its choices, if it has any."""
    if type(value) is not type(option.default):
        return False
    return not option.choices or value in option.choices


def _describe_type(option: Option) -> str:
    if option.choices:
        return f"one of {', '.join(map(str, option.choices))}"
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
    if name in fields.node.value:
        colour = fields.text(name)
        if not isinstance(fields.node.value[name].node.value, str):
            return colour  # the wrong type is a problem already
    else:
        colour = getattr(inherited, name) if inherited else ""
    if not COLOUR.fullmatch(colour):
        hint = f'write {name} = "{_suggest_colour(colour)}"'
        fields.fail(fields.locate(name), "wrong-colour", f'"{name}" must be a colour such as #fdfcf8', hint)
    return colour


def _suggest_colour(colour: str) -> str:
    """Return the colour that was meant as ``#rrggbb``, or an example."""
    digits = colour.strip().removeprefix("#").lower()
    if re.fullmatch("[0-9a-f]{3}", digits):
        digits = "".join(digit * 2 for digit in digits)
    if re.fullmatch("[0-9a-f]{6}", digits):
        return f"#{digits}"
    return _COLOUR_NAMES.get(colour.strip().lower(), "#fdfcf8")


def _parse_fonts(fields: Fields, inherited: CardStyle | None, fonts: Mapping[str, Asset]) -> tuple[str, ...]:
    """Return the digests of the fonts of a card."""
    names = fields.located_texts("fonts")
    if "fonts" not in fields.node.value:
        if inherited is None or not inherited.fonts:
            fields.fail(fields.locate("fonts"), "missing-key", '"card" needs fonts', 'write fonts = ["a-file.woff2"]')
            return ()
        return inherited.fonts
    digests = []
    for name, location in names:
        if name in fonts:
            digests.append(digest(fonts[name].data).hex())
        else:
            hint = did_you_mean(name, fonts)
            fields.fail(location, "no-font", f"there is no file fonts/{name} in the theme", hint)
    return tuple(digests)


def _merge_layers(
    themes: Sequence[ThemeFiles], select_files: Callable[[ThemeFiles], Mapping[str, _T]]
) -> Iterator[_LayeredFile[_T]]:
    """Yield the files of one kind of a theme and of those it extends.

    Names of files of an extended theme, ``NAME/post.html``, come before the plain ones.
    """
    layered: dict[str, _LayeredFile[_T]] = {}
    for theme in reversed(themes):
        for name, contents in select_files(theme).items():
            layered[name] = _LayeredFile(name, name, theme, contents)
        if theme is not themes[0]:
            for file in layered.values():
                yield file._replace(name=f"{theme.name}/{file.own_name}")
    yield from layered.values()


def _collect_assets(themes: Sequence[ThemeFiles]) -> dict[str, Asset]:
    """Return the static files by name; those with the name of an extended theme are only there to be imported."""
    assets = {}
    for file in _merge_layers(themes, lambda theme: theme.assets):
        is_published = file.name == file.own_name
        path = f"{file.theme.path}/static/{file.own_name}"
        assets[file.name] = Asset(file.own_name, file.contents, path, published=is_published)
    return assets
