"""File formats of ``![words](file)``: images, video and audio that browsers show, and those that they do not."""

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
"""Endings of files that people put where a picture should stand, and that no browser shows there."""
_AS_LINK = {
    "pdf", "djvu", "csv", "tsv", "json", "txt", "md", "html", "htm", "ipynb", "doc", "docx", "ppt", "pptx", "xls",
    "xlsx", "odt", "odp", "ods", "key", "pages", "zip", "gz", "tar", "npy", "npz", "mat", "h5", "pkl",
}  # fmt: skip
_AS_FILM = {"avi", "mkv", "wmv", "flv", "mpg", "mpeg", "3gp", "ts"}
_AS_SOUND = {"mid", "midi", "aif", "aiff", "wma", "amr"}
_PAGES_OF_FILMS = re.compile(
    r"https?://(?:(?:www\.|m\.)?youtube(?:-nocookie)?\.com/(?:watch|embed/|shorts/)|youtu\.be/"
    r"|(?:www\.|player\.)?vimeo\.com/(?:video/)?\d)",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"(?:https?:)?//", re.IGNORECASE)


def medium_of(address: str) -> Medium:
    """Return what the file at ``address`` is by the ending of its name: a picture unless it is film or sound."""
    ending = ending_of(address)
    if ending in _FILMS:
        return "film"
    return "sound" if ending in _SOUNDS else "picture"


def ending_of(address: str) -> str:
    """Return the ending of the name of a file in lower case, without its dot; empty if it has none."""
    path = unquote(re.split(r"[?#]", address, maxsplit=1)[0])
    return path.rpartition("/")[2].rpartition(".")[2].lower() if "." in path.rpartition("/")[2] else ""


def why_not_shown(address: str) -> tuple[str, str] | None:
    """Return why no browser shows what is at ``address`` as a picture, and what to do; None if one does."""
    if _PAGES_OF_FILMS.match(address):
        return "no browser shows the page of a film as a picture", "write a link: [words](address)"
    ending = ending_of(address)
    if ending not in _OTHERS or (_ELSEWHERE.match(address) and ending in {"html", "htm", "ts", "md"}):
        return None
    if ending in _AS_LINK:
        hint = "write a link: [words](file)"
    elif ending in _AS_FILM:
        hint = "save it as .mp4 or .webm"
    elif ending in _AS_SOUND:
        hint = "save it as .mp3 or .m4a"
    else:
        hint = "save it as PNG, JPEG, WebP, AVIF or SVG"
    return f"no browser shows .{ending} as a picture", hint


def why_no_preview(address: str) -> str | None:
    """Return why networks show no preview of what is at ``address``; None if they do, or if its name does not say."""
    ending = ending_of(address)
    is_known = ending in _PICTURES | _FILMS | _SOUNDS | _OTHERS
    return f"no network shows .{ending} as a preview" if is_known and ending not in _PREVIEWED else None
