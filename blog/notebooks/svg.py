"""A drawing in SVG → the same drawing, of elements and attributes of an allow-list, written anew.

Browsers run no script of a picture in a page, but a reader may open its file. The XML is read strictly, by expat,
without a document type of its own: <https://www.w3.org/TR/SVG2/>, <https://svgwg.org/svg2-draft/attindex.html>.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.parsers import expat
from xml.sax.saxutils import escape

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
"""Elements, in lower case, for which a drawing is refused. Other unknown elements are removed with their contents."""
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
_MOTION = frozenset({
    "accumulate", "additive", "attributeName", "attributeType", "begin", "by", "calcMode", "dur", "end", "fill",
    "from", "keyPoints", "keySplines", "keyTimes", "max", "min", "repeatCount", "repeatDur", "restart", "to",
})  # fmt: skip
_MEANING = frozenset({"class", "id", "lang", "role", "version", "baseProfile", "media"})
_ATTRIBUTES = _PRESENTATION | _GEOMETRY | _MOTION | _MEANING | {"style", "href", "xlink:href", "xml:space", "xml:lang"}
_MOVED = _PRESENTATION | _GEOMETRY
"""Attributes that may change with time."""
_DEEPEST = 250
"""Elements in each other: browsers stop at 256."""

_HERE = re.compile(r"#[^\s\"'()<>\\]+")
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*+", re.IGNORECASE)
_FONT = re.compile(r"data:(?:font/[\w-]+|application/(?:x-)?font-[\w-]+)(?:;charset=[\w-]+)?;base64,[A-Za-z0-9+/=\s]*+")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STATEMENT = re.compile(
    r"""@(?:import|charset|namespace)\b(?:"[^"]*+"|'[^']*+'|\((?:"[^"]*+"|'[^']*+'|[^"'()])*+\)|[^;"'(){}])*+;?""",
    re.IGNORECASE,
)
_URL = re.compile(r"""\burl\(\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'()]*+))\s*+\)""", re.IGNORECASE)
_WORD = re.compile(r"@?[\w-]++\(?|[@(]")
_KNOWN = frozenset({
    "(", "@-webkit-keyframes", "@font-face", "@keyframes", "@media", "@supports", "and(", "blur(", "brightness(",
    "calc(", "circle(", "clamp(", "color(", "color-mix(", "contrast(", "cubic-bezier(", "drop-shadow(", "ellipse(",
    "format(", "grayscale(", "has(", "hsl(", "hsla(", "hue-rotate(", "hwb(", "inset(", "invert(", "is(", "lab(",
    "lch(", "local(", "matrix(", "matrix3d(", "max(", "min(", "not(", "nth-child(", "nth-last-child(",
    "nth-of-type(", "oklab(", "oklch(", "opacity(", "or(", "path(", "perspective(", "polygon(", "rgb(", "rgba(",
    "rotate(", "rotate3d(", "rotatex(", "rotatey(", "rotatez(", "saturate(", "scale(", "scale3d(", "scalex(",
    "scaley(", "sepia(", "skew(", "skewx(", "skewy(", "steps(", "translate(", "translate3d(", "translatex(",
    "translatey(", "translatez(", "var(", "where(",
})  # fmt: skip
"""Functions and rules of CSS that load nothing; ``url()`` is looked at by itself."""
_NOTABLE = re.compile(r"[(@\\]|/\*|script", re.IGNORECASE)
_UNKNOWN = re.compile(r"\\|/\*|(?:javascript|vbscript)\s*:", re.IGNORECASE)


class RefusedError(Exception):
    """The drawing can run scripts, or is no drawing; why."""


def rewrite_svg(text: str) -> bytes:
    """The drawing in ``text``, without what could act or what nobody sees. Raises :class:`RefusedError`."""
    reader = _Reader()
    try:
        reader.parser.Parse(text.strip().encode("utf-8", "replace"), True)  # noqa: FBT003  (its only name is its place)
    except expat.ExpatError as error:
        raise RefusedError(_BROKEN) from error
    opening, *rest = reader.parts
    links = f' xmlns:xlink="{_XLINK}"' if any(" xlink:" in part for part in reader.parts) else ""
    whole = "".join([f'<svg xmlns="{_SVG}"{links}', opening.removeprefix("<svg"), *rest])
    return CONTROL_CHARACTERS.sub("\ufffd", whole).encode()


_BROKEN = "an SVG picture that is not well-formed XML is not shown"
_RUNS = "an SVG picture that can run scripts is not shown"
_DEEP = "an SVG picture that is nested too deeply is not shown"


class _Reader:
    """Writes each element as it is read."""

    def __init__(self) -> None:
        parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._refuse
        parser.ProcessingInstructionHandler = self._instruction
        self.parser = parser
        self.parts: list[str] = []
        self._open: list[str] = []
        self._unseen = 0
        """Elements in each other that are left out."""
        self._style: list[str] = []

    def _doctype(self, _name: str, _system: str | None, _public: str | None, has_own: bool) -> None:
        if has_own:
            raise RefusedError(_RUNS)

    def _refuse(self, *_: object) -> None:
        raise RefusedError(_RUNS)

    def _instruction(self, target: str, _data: str) -> None:
        if target.casefold() == "xml-stylesheet":
            raise RefusedError(_RUNS)

    def _start(self, full: str, attributes: dict[str, str]) -> None:
        if self._unseen:
            self._unseen += 1
            return
        space, _, name = full.rpartition(" ")
        if name.casefold() in _ACTIVE:
            raise RefusedError(_RUNS)
        is_drawn = space in {"", _SVG} and name in _ELEMENTS and _may_move(name, attributes)
        if not self._open and not (is_drawn and name == "svg"):
            raise RefusedError(_BROKEN)
        if len(self._open) == _DEEPEST:
            raise RefusedError(_DEEP)
        written = "".join(_attributes(name, attributes))
        if not is_drawn:
            self._unseen = 1
            return
        self.parts.append(f"<{name}{written}>")
        self._open.append(name)

    def _end(self, _: str) -> None:
        if self._unseen:
            self._unseen -= 1
            return
        name = self._open.pop()
        if name == "style":
            self.parts.append(escape(safe_css("".join(self._style))))
            self._style = []
        last = self.parts[-1]
        if last.startswith(f"<{name}") and not last.endswith("/>"):  # nothing is in it
            self.parts[-1] = last[:-1] + "/>"
        else:
            self.parts.append(f"</{name}>")

    def _text(self, text: str) -> None:
        if self._unseen or not self._open:
            return
        if self._open[-1] == "style":
            self._style.append(text)
        else:
            self.parts.append(escape(text))


def _may_move(name: str, attributes: dict[str, str]) -> bool:
    """Return whether an animation changes neither an address nor a style."""
    return name not in {"animate", "set"} or attributes.get("attributeName") in _MOVED


def _attributes(element: str, attributes: dict[str, str]) -> Iterator[str]:
    """The allowed ones, as they are written in XML. Raises :class:`RefusedError` for those that run something."""
    for full, value in attributes.items():
        space, _, local = full.rpartition(" ")
        name = _PREFIXES.get(space, "?") + local
        if local.casefold().startswith("on") or (local in _LEADING and _runs(value)):
            raise RefusedError(_RUNS)
        if name in _ATTRIBUTES or name.startswith("aria-"):
            safe = _safe_value(element, name, value)
            if safe or not value:
                yield f' {name}="{escape(safe, _SIGNS)}"'


_SIGNS = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_LEADING = frozenset({"href", "src", "to", "from", "by", "values", "base", "action", "data"})
"""Attributes, of any namespace, that hold addresses or become some."""
_SCRIPT = re.compile(r"(?:javascript|vbscript):|data:text/", re.IGNORECASE)
_IGNORED = re.compile(r"[\s\0-\x20]+")


def _runs(value: str) -> bool:
    """Return whether a value is an address that runs a script."""
    return ":" in value and any(_SCRIPT.match(part) for part in _IGNORED.sub("", value).split(";"))


def _safe_value(element: str, name: str, value: str) -> str:
    """The value, or an empty text if it leads out of the drawing."""
    if name in {"href", "xlink:href"}:
        address = value.strip()
        is_picture = element in {"image", "feImage"} and _PICTURE.fullmatch(address)
        return address if is_picture or (_HERE.fullmatch(address) and element != "a") else ""
    if name == "style" or (name in _PRESENTATION | _MOTION | {"values"} and ("(" in value or "\\" in value)):
        return safe_css(value)
    return value


def safe_css(text: str) -> str:
    """``text`` without what loads something; an empty text if it says something that is not known here."""
    if not _NOTABLE.search(text):
        return text
    end = text.rfind("*/") + 2 if "*/" in text else 0  # behind it no comment ends, and to search for an end takes long
    text = _COMMENT.sub(" ", text[:end]) + text[end:]
    text = _URL.sub(_safe_url, _STATEMENT.sub(" ", text))
    rest = _URL.sub(" ", text)
    words = {word.casefold() for word in _WORD.findall(rest) if word[0] == "@" or word[-1] == "("}
    return text if words <= _KNOWN and not _UNKNOWN.search(rest) else ""


def _safe_url(found: re.Match[str]) -> str:
    address = (found[1] or found[2] or found[3] or "").strip()
    is_safe = _HERE.fullmatch(address) or _PICTURE.fullmatch(address) or _FONT.fullmatch(address)
    return found[0] if is_safe else "none"
