"""An SVG image → the same image, serialized with elements and attributes of an allow-list only.

Browsers run no script of an image in a page, but a reader may open its file. The XML is parsed strictly, by expat,
and must not have an internal document type. An image that stands in the HTML of a page has a smaller allow-list.
<https://www.w3.org/TR/SVG2/>, <https://svgwg.org/svg2-draft/attindex.html>.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

from blog.text import CONTROL_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterator

_SVG, _XLINK, _XML = (
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1999/xlink",
    "http://www.w3.org/XML/1998/namespace",
)
_PREFIXES = {"": "", _XLINK: "xlink:", _XML: "xml:"}
_ELEMENTS = frozenset({
    "a", "animate", "animateMotion", "animateTransform", "circle", "clipPath", "defs", "desc", "ellipse",
    "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feConvolveMatrix", "feDiffuseLighting",
    "feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB", "feFuncG", "feFuncR",
    "feGaussianBlur", "feImage", "feMerge", "feMergeNode", "feMorphology", "feOffset", "fePointLight",
    "feSpecularLighting", "feSpotLight", "feTile", "feTurbulence", "filter", "g", "image", "line",
    "linearGradient", "marker", "mask", "mpath", "path", "pattern", "polygon", "polyline", "radialGradient",
    "rect", "set", "stop", "style", "svg", "switch", "symbol", "text", "textPath", "title", "tspan", "use", "view",
})  # fmt: skip
_ACTIVE = frozenset({
    "script", "foreignobject", "iframe", "object", "embed", "handler", "listener", "html", "body", "link",
})  # fmt: skip
"""Elements, in lower case, for which an image is refused. Other unknown elements are removed with their contents."""
_PRESENTATION = frozenset({
    "alignment-baseline", "baseline-shift", "clip-path", "clip-rule", "color", "color-interpolation",
    "color-interpolation-filters", "color-rendering", "cursor", "direction", "display", "dominant-baseline",
    "enable-background", "fill", "fill-opacity", "fill-rule", "filter", "flood-color", "flood-opacity", "font",
    "font-family", "font-size", "font-size-adjust", "font-stretch", "font-style", "font-variant", "font-weight",
    "glyph-orientation-horizontal", "glyph-orientation-vertical", "image-rendering", "isolation", "kerning",
    "letter-spacing", "lighting-color", "marker", "marker-end", "marker-mid", "marker-start", "mask", "mask-type",
    "mix-blend-mode", "opacity", "overflow", "paint-order", "pointer-events", "shape-rendering", "stop-color",
    "stop-opacity", "stroke", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin",
    "stroke-miterlimit", "stroke-opacity", "stroke-width", "text-anchor", "text-decoration", "text-rendering",
    "transform-origin", "unicode-bidi", "vector-effect", "visibility", "white-space", "word-spacing",
    "writing-mode",
})  # fmt: skip
_GEOMETRY = frozenset({
    "amplitude", "azimuth", "baseFrequency", "bias", "clipPathUnits", "cx", "cy", "d", "diffuseConstant",
    "divisor", "dx", "dy", "edgeMode", "elevation", "exponent", "filterRes", "filterUnits", "fr", "fx", "fy",
    "gradientTransform", "gradientUnits", "height", "in", "in2", "intercept", "k1", "k2", "k3", "k4",
    "kernelMatrix", "kernelUnitLength", "lengthAdjust", "limitingConeAngle", "markerHeight", "markerUnits",
    "markerWidth", "maskContentUnits", "maskUnits", "method", "mode", "numOctaves", "offset", "operator", "order",
    "orient", "origin", "path", "pathLength", "patternContentUnits", "patternTransform", "patternUnits", "points",
    "pointsAtX", "pointsAtY", "pointsAtZ", "preserveAlpha", "preserveAspectRatio", "primitiveUnits", "r", "radius",
    "refX", "refY", "result", "rotate", "rx", "ry", "scale", "seed", "side", "slope", "spacing",
    "specularConstant", "specularExponent", "spreadMethod", "startOffset", "stdDeviation", "stitchTiles",
    "surfaceScale", "systemLanguage", "tableValues", "targetX", "targetY", "textLength", "transform", "type",
    "values", "viewBox", "width", "x", "x1", "x2", "xChannelSelector", "y", "y1", "y2", "yChannelSelector", "z",
    "zoomAndPan",
})  # fmt: skip
_ANIMATION = frozenset({
    "accumulate", "additive", "attributeName", "attributeType", "begin", "by", "calcMode", "dur", "end", "fill",
    "from", "keyPoints", "keySplines", "keyTimes", "max", "min", "repeatCount", "repeatDur", "restart", "to",
})  # fmt: skip
_GENERAL = frozenset({"class", "id", "lang", "role", "version", "baseProfile", "media"})
_ATTRIBUTES = (
    _PRESENTATION | _GEOMETRY | _ANIMATION | _GENERAL | {"style", "href", "xlink:href", "xml:space", "xml:lang"}
)


class AllowList(NamedTuple):
    """The elements and attributes that an image may have."""

    elements: frozenset[str]
    attributes: frozenset[str]


FILE = AllowList(_ELEMENTS, _ATTRIBUTES)
"""For an image with a file of its own."""
INLINE = AllowList(
    frozenset({"circle", "ellipse", "g", "line", "path", "polygon", "polyline", "rect", "svg", "text", "tspan"}),
    _PRESENTATION | _GEOMETRY | {"lang", "role", "xml:space"},
)
"""For an image in the HTML of a page: shapes and words without links, styles, ids and classes.

Browsers parse the content of ``title``, ``desc`` and ``style`` there by the rules of HTML, so it has none of them.
"""
_ANIMATABLE = _PRESENTATION | _GEOMETRY
"""Attributes that an animation may change."""
_MAX_DEPTH = 250
"""Nested elements: browsers stop at 256."""

_FRAGMENT = re.compile(r"#[^\s\"'()<>\\]+")
_IMAGE_URL = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*+", re.IGNORECASE)
_FONT_URL = re.compile(
    r"data:(?:font/[\w-]+|application/(?:x-)?font-[\w-]+)(?:;charset=[\w-]+)?;base64,[A-Za-z0-9+/=\s]*+"
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_IMPORT_RULE = re.compile(
    r"""@(?:import|charset|namespace)\b(?:"[^"]*+"|'[^']*+'|\((?:"[^"]*+"|'[^']*+'|[^"'()])*+\)|[^;"'(){}])*+;?""",
    re.IGNORECASE,
)
_URL = re.compile(r"""\burl\(\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'()]*+))\s*+\)""", re.IGNORECASE)
_CSS_WORD = re.compile(r"@?[\w-]++\(?|[@(]")
_ALLOWED_CSS = frozenset({
    "(", "@-webkit-keyframes", "@font-face", "@keyframes", "@media", "@supports", "and(", "blur(", "brightness(",
    "calc(", "circle(", "clamp(", "color(", "color-mix(", "contrast(", "cubic-bezier(", "drop-shadow(", "ellipse(",
    "format(", "grayscale(", "has(", "hsl(", "hsla(", "hue-rotate(", "hwb(", "inset(", "invert(", "is(", "lab(",
    "lch(", "local(", "matrix(", "matrix3d(", "max(", "min(", "not(", "nth-child(", "nth-last-child(",
    "nth-of-type(", "oklab(", "oklch(", "opacity(", "or(", "path(", "perspective(", "polygon(", "rgb(", "rgba(",
    "rotate(", "rotate3d(", "rotatex(", "rotatey(", "rotatez(", "saturate(", "scale(", "scale3d(", "scalex(",
    "scaley(", "sepia(", "skew(", "skewx(", "skewy(", "steps(", "translate(", "translate3d(", "translatex(",
    "translatey(", "translatez(", "var(", "where(",
})  # fmt: skip
"""Functions and rules of CSS that load nothing; ``url()`` is checked separately."""
_NEEDS_CHECK = re.compile(r"[(@\\]|/\*|script", re.IGNORECASE)
_REFUSED_CSS = re.compile(r"\\|/\*|(?:javascript|vbscript)\s*:", re.IGNORECASE)
_NOT_WELL_FORMED = "an SVG picture that is not well-formed XML is not shown"
_RUNS_SCRIPTS = "an SVG picture that can run scripts is not shown"
_TOO_DEEP = "an SVG picture that is nested too deeply is not shown"
_LINK_ATTRIBUTES = frozenset({"href", "src", "to", "from", "by", "values", "base", "action", "data"})
"""Attributes, in any namespace, that contain URLs or set them."""
_SCRIPT_URL = re.compile(r"(?:\A|;)(?:(?:javascript|vbscript):|data:text/)", re.IGNORECASE)
"""A URL that runs a script, in a list of URLs."""
_IGNORED_IN_URL = re.compile(r"[\s\0-\x20]+")
_CSS_CALL = re.compile(r"[(\\]")
_CSS_ATTRIBUTES = _PRESENTATION | _ANIMATION | {"values"}
_QUOTED_CHARACTERS = str.maketrans({'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


class RefusedError(Exception):
    """The reason why an image is refused: it can run scripts, or is no SVG."""


def rewrite_svg(text: str, allowed: AllowList = FILE) -> bytes:
    """Return the SVG image in ``text`` with ``allowed`` parts only; raise :class:`RefusedError` for an active one."""
    serializer = _Serializer(allowed)
    try:
        serializer.parser.Parse(text.strip().encode("utf-8", "replace"), True)  # noqa: FBT003  (its only name is its place)
    except expat.ExpatError as error:
        raise RefusedError(_NOT_WELL_FORMED) from error
    opening, *rest = serializer.parts
    uses_xlink = any(" xlink:" in part for part in serializer.parts)
    namespaces = f'xmlns="{_SVG}" xmlns:xlink="{_XLINK}"' if uses_xlink else f'xmlns="{_SVG}"'
    svg = "".join([f"<svg {namespaces}", opening.removeprefix("<svg"), *rest])
    return CONTROL_CHARACTERS.sub("\ufffd", svg).encode()


class _Serializer:
    """Serializes each allowed element as it is parsed."""

    def __init__(self, allowed: AllowList) -> None:
        parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start_element
        parser.EndElementHandler = self._end_element
        parser.CharacterDataHandler = self._add_text
        parser.StartDoctypeDeclHandler = self._check_doctype
        parser.EntityDeclHandler = self._refuse_entity
        parser.ProcessingInstructionHandler = self._check_instruction
        self.parser = parser
        self._allowed = allowed
        self.parts: list[str] = []
        self._open_elements: list[str] = []
        self._skipped_depth = 0
        """Number of open elements that are left out."""
        self._style: list[str] = []

    def _check_doctype(self, _name: str, _system: str | None, _public: str | None, has_internal_subset: bool) -> None:
        if has_internal_subset:
            raise RefusedError(_RUNS_SCRIPTS)

    def _refuse_entity(self, *_: object) -> None:
        raise RefusedError(_RUNS_SCRIPTS)

    def _check_instruction(self, target: str, _data: str) -> None:
        if target.casefold() == "xml-stylesheet":
            raise RefusedError(_RUNS_SCRIPTS)

    def _start_element(self, qualified_name: str, attributes: dict[str, str]) -> None:
        if self._skipped_depth:
            self._skipped_depth += 1
            return
        namespace, _, name = qualified_name.rpartition(" ")
        if name.casefold() in _ACTIVE:
            raise RefusedError(_RUNS_SCRIPTS)
        is_known = namespace in {"", _SVG} and name in self._allowed.elements
        is_allowed = is_known and _is_allowed_animation(name, attributes)
        is_svg = is_allowed and name == "svg"
        if not self._open_elements and not is_svg:
            raise RefusedError(_NOT_WELL_FORMED)
        if len(self._open_elements) == _MAX_DEPTH:
            raise RefusedError(_TOO_DEEP)
        serialized = "".join(_serialize_attributes(name, attributes, self._allowed))
        if not is_allowed:
            self._skipped_depth = 1
            return
        self.parts.append(f"<{name}{serialized}>")
        self._open_elements.append(name)

    def _end_element(self, _: str) -> None:
        if self._skipped_depth:
            self._skipped_depth -= 1
            return
        name = self._open_elements.pop()
        if name == "style":
            self.parts.append(escape(safe_css("".join(self._style)), quote=False))
            self._style = []
        previous = self.parts[-1]
        is_empty = previous.startswith(f"<{name}") and not previous.endswith("/>")
        if is_empty:
            self.parts[-1] = previous[:-1] + "/>"
        else:
            self.parts.append(f"</{name}>")

    def _add_text(self, text: str) -> None:
        if self._skipped_depth or not self._open_elements:
            return
        if self._open_elements[-1] == "style":
            self._style.append(text)
        else:
            self.parts.append(escape(text, quote=False))


def _is_allowed_animation(name: str, attributes: dict[str, str]) -> bool:
    """Return whether an animation changes neither a URL nor a style; True for any other element."""
    return name not in {"animate", "set"} or attributes.get("attributeName") in _ANIMATABLE


def _serialize_attributes(element: str, attributes: dict[str, str], allowed: AllowList) -> Iterator[str]:
    """Yield the allowed attributes as XML; raise :class:`RefusedError` for those that run scripts."""
    for qualified_name, value in attributes.items():
        namespace, _, local_name = qualified_name.rpartition(" ")
        if _is_active(local_name, value):
            raise RefusedError(_RUNS_SCRIPTS)
        name = _PREFIXES.get(namespace, "?") + local_name
        if name not in allowed.attributes and not name.startswith("aria-"):
            continue
        safe_value = _safe_value(element, name, value)
        if safe_value or not value:
            yield f' {name}="{escape(safe_value, quote=False).translate(_QUOTED_CHARACTERS)}"'


def _is_active(name: str, value: str) -> bool:
    """Return whether an attribute is an event handler, or contains a URL that runs a script."""
    if name.casefold().startswith("on"):
        return True
    if name not in _LINK_ATTRIBUTES or ":" not in value:
        return False
    urls = _IGNORED_IN_URL.sub("", value)
    return _SCRIPT_URL.search(urls) is not None


def _safe_value(element: str, name: str, value: str) -> str:
    """Return the value of an attribute, or an empty text if it loads anything."""
    if name in {"href", "xlink:href"}:
        return _safe_link(element, value.strip())
    if name == "style" or (name in _CSS_ATTRIBUTES and _CSS_CALL.search(value)):
        return safe_css(value)
    return value


def _safe_link(element: str, url: str) -> str:
    """Return the URL of a link if it is an embedded image, or a part of this image; else an empty text."""
    if element in {"image", "feImage"} and _IMAGE_URL.fullmatch(url):
        return url
    if element != "a" and _FRAGMENT.fullmatch(url):
        return url
    return ""


def safe_css(text: str) -> str:
    """Return ``text`` without rules and URLs that load anything; an empty text if it contains unknown functions."""
    if not _NEEDS_CHECK.search(text):
        return text
    last_close = text.rfind("*/")
    if last_close >= 0:
        end = last_close + len("*/")  # no comment ends behind it: searching there for an end would take quadratic time
        text = _COMMENT.sub(" ", text[:end]) + text[end:]
    text = _URL.sub(_replace_unsafe_url, _IMPORT_RULE.sub(" ", text))
    rest = _URL.sub(" ", text)
    functions = {word.casefold() for word in _CSS_WORD.findall(rest) if word[0] == "@" or word[-1] == "("}
    if _REFUSED_CSS.search(rest) or not functions <= _ALLOWED_CSS:
        return ""
    return text


def _replace_unsafe_url(match: re.Match[str]) -> str:
    """Return a ``url()`` as it is, or ``none`` if it is not a fragment, an embedded image or an embedded font."""
    url = "".join(match.groups(default="")).strip()  # only one of the three groups, for the quotation marks, has a text
    for pattern in (_FRAGMENT, _IMAGE_URL, _FONT_URL):
        if pattern.fullmatch(url):
            return match[0]
    return "none"
