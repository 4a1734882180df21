"""File formats of ``![words](file)``: images, videos and audio that browsers show, and files that they do not show."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import unquote

Medium = Literal["picture", "film", "sound"]
_FILMS = {"mp4", "m4v", "webm", "ogv", "mov"}
_SOUNDS = {"mp3", "m4a", "ogg", "oga", "opus", "wav", "flac", "aac", "weba"}
_PICTURES = {"png", "apng", "jpg", "jpeg", "jfif", "pjpeg", "pjp", "gif", "webp", "avif", "svg", "ico", "cur", "bmp"}
_PREVIEWED = {"png", "jpg", "jpeg", "jfif", "gif", "webp"}
_OTHERS = {
    "heic", "heif", "tif", "tiff", "psd", "psb", "xcf", "kra", "ai", "eps", "ps", "pdf", "djvu", "raw", "cr2", "cr3",
    "nef", "arw", "dng", "jp2", "j2k", "jxl", "jxr", "exr", "hdr", "tga", "pbm", "pgm", "ppm", "pnm", "xpm", "dds",
    "emf", "wmf", "svgz", "fig", "tikz", "pgf", "tex", "dot", "gv", "puml", "mmd", "drawio", "vsd", "vsdx", "sketch",
    "blend", "excalidraw", "canvas", "avi", "mkv", "wmv", "flv", "mpg", "mpeg", "3gp", "ts", "mid", "midi", "aif",
    "aiff", "wma", "amr", "csv", "tsv", "json", "txt", "md", "html", "htm", "ipynb", "doc", "docx", "ppt", "pptx",
    "xls", "xlsx", "odt", "odp", "ods", "key", "pages", "zip", "gz", "tar", "npy", "npz", "mat", "h5", "pkl",
}  # fmt: skip
"""Endings of files that authors use as images, and that no browser shows as such."""
_AS_LINK = {
    "pdf", "djvu", "csv", "tsv", "json", "txt", "md", "html", "htm", "ipynb", "doc", "docx", "ppt", "pptx", "xls",
    "xlsx", "odt", "odp", "ods", "key", "pages", "zip", "gz", "tar", "npy", "npz", "mat", "h5", "pkl",
}  # fmt: skip
_AS_FILM = {"avi", "mkv", "wmv", "flv", "mpg", "mpeg", "3gp", "ts"}
_AS_SOUND = {"mid", "midi", "aif", "aiff", "wma", "amr"}
_HINTS = {
    **dict.fromkeys(_OTHERS, "save it as PNG, JPEG, WebP, AVIF or SVG"),
    **dict.fromkeys(_AS_LINK, "write a link: [words](file)"),
    **dict.fromkeys(_AS_FILM, "save it as .mp4 or .webm"),
    **dict.fromkeys(_AS_SOUND, "save it as .mp3 or .m4a"),
}
_MEDIA: dict[str, Medium] = {**dict.fromkeys(_FILMS, "film"), **dict.fromkeys(_SOUNDS, "sound")}
_WITHOUT_PREVIEW = (_PICTURES | _MEDIA.keys() | _OTHERS) - _PREVIEWED
_WEB_PAGES = {"html", "htm", "ts", "md"}
"""Endings by which the address of a page on another site may end."""
_PAGES_OF_FILMS = re.compile(
    r"https?://(?:(?:www\.|m\.)?youtube(?:-nocookie)?\.com/(?:watch|embed/|shorts/)|youtu\.be/"
    r"|(?:www\.|player\.)?vimeo\.com/(?:video/)?\d)",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"(?:https?:)?//", re.IGNORECASE)


def medium_of(address: str) -> Medium:
    """Return the medium of the file at ``address`` by the ending of its name: a picture unless it is film or sound."""
    return _MEDIA.get(ending_of(address), "picture")


def ending_of(address: str) -> str:
    """Return the ending of the name of a file in lower case, without its dot; empty if it has none."""
    path = unquote(re.split(r"[?#]", address, maxsplit=1)[0])
    _, dot, ending = path.rpartition("/")[2].rpartition(".")
    return ending.lower() if dot else ""


def why_not_shown(address: str) -> tuple[str, str] | None:
    """Return why no browser shows the file at ``address`` as an image, and a hint; None if browsers show it."""
    if _PAGES_OF_FILMS.match(address):
        return "no browser shows the page of a video as an image", "write a link: [words](address)"
    ending = ending_of(address)
    is_page_elsewhere = ending in _WEB_PAGES and _ELSEWHERE.match(address)
    if ending not in _HINTS or is_page_elsewhere:
        return None
    return f"no browser shows .{ending} as an image", _HINTS[ending]


def why_no_preview(address: str) -> str | None:
    """Return why networks show no preview of the file at ``address``; None if they do, or if its format is unknown."""
    ending = ending_of(address)
    if ending in _WITHOUT_PREVIEW:
        return f"no network shows .{ending} as a preview"
    return None
