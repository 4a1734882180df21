"""The lines of a notebook's cell that are no Python: magics, shell commands and questions.

IPython, <https://ipython.readthedocs.io/en/stable/interactive/python-ipython-diff.html>. Code goes in; its language
and the places of such lines come out. Nothing here colours or runs anything.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_CELL = re.compile(r"\s*%{1,2}(?P<name>\w[\w-]*)[ \t]*(?P<words>[^\n]*)")
_LINE = re.compile(
    r"^[ \t]*+(?:(?P<assigned>[\w.,\[\]'\" \t*]{1,200}=[ \t]*+)(?=%\w|!))?+"
    r"(?P<line>(?P<sign>%{1,2}(?=[A-Za-z_])|!{1,2}|\?{1,2}(?=\w))(?P<rest>(?:[^\n\\]|\\\n|\\[^\n])*+))",
    re.MULTILINE,
)
_QUESTION = re.compile(r"^[ \t]*+%{0,2}[\w.*\[\]'\"]++(?P<line>(?P<sign>\?{1,2})(?P<rest>[ \t]*+))$", re.MULTILINE)
_NAME = re.compile(r"\w[\w.]*")
_LANGUAGES = {
    "bash": "bash", "bigquery": "sql", "cmd": "bat", "css": "css", "cu": "cuda", "cuda": "cuda", "cypher": "cypher",
    "cython": "cython", "dot": "dot", "duckdb": "sql", "fortran": "fortran", "graphviz": "dot", "html": "html",
    "javascript": "javascript", "js": "javascript", "julia": "julia", "kql": "kql", "latex": "tex",
    "markdown": "markdown", "matlab": "matlab", "md": "markdown", "octave": "octave", "perl": "perl",
    "powershell": "powershell", "prolog": "prolog", "pwsh": "powershell", "r": "r", "ruby": "ruby", "rust": "rust",
    "scala": "scala", "sh": "bash", "shell": "bash", "sparql": "sparql", "sql": "sql", "stan": "stan", "svg": "xml",
    "sx": "bash", "system": "bash", "typescript": "typescript",
}  # fmt: skip
"""Names of magics whose cell is written in another language."""
_ENDINGS = {
    "bat": "bat", "bib": "bibtex", "c": "c", "cc": "cpp", "cfg": "ini", "cpp": "cpp", "css": "css", "cu": "cuda",
    "go": "go", "h": "c", "htm": "html", "html": "html", "ini": "ini", "java": "java", "jl": "julia",
    "js": "javascript", "json": "json", "lua": "lua", "m": "matlab", "md": "markdown", "pl": "perl",
    "ps1": "powershell", "pxd": "cython", "py": "", "pyi": "", "pyx": "cython", "r": "r", "rb": "ruby",
    "rs": "rust", "scala": "scala", "sh": "bash", "sql": "sql", "stan": "stan", "svg": "xml", "tex": "tex",
    "toml": "toml", "ts": "typescript", "xml": "xml", "yaml": "yaml", "yml": "yaml",
}  # fmt: skip
_NAMED_OTHERWISE = {"shellscript": "bash", "ipython": "python", "raw": "text", "r-kernel": "r", "ir": "r"}
"""Language names of editors and kernels → those of Pygments."""
_FILES = frozenset({"file", "writefile"})
_DATABRICKS = frozenset({"md", "python", "r", "scala", "sh", "sql"})
"""Names that stand behind one ``%`` alone in the first line, for the whole cell."""


class Magic(NamedTuple):
    """A part of a line that is no Python."""

    start: int
    end: int
    sign: str
    """The sign at its start."""


def language_of(code: str, language: str) -> str:
    """The language in which the code of a cell is written, in a notebook or a cell of ``language``."""
    language = _NAMED_OTHERWISE.get(language.lower(), language)
    found = _CELL.match(code) if is_python(language) else None
    if found is None:
        return language
    name, words = found["name"].lower(), found["words"].split()
    if not code.lstrip().startswith("%%") and (words or name not in _DATABRICKS):
        return language
    if name == "script" and words:
        name = words[0].rpartition("/")[2]
    if name in _FILES and words:
        return _ENDINGS.get(words[-1].strip("\"'").rpartition(".")[2].lower(), "text") or language
    return _LANGUAGES.get(name, language)


def is_python(language: str) -> bool:
    """Return whether code in ``language`` may contain magics of IPython."""
    return language.lower() in {"ipython", "ipython3", "python", "python2", "python3", "py"}


def first_line(code: str) -> int:
    """Return the length of the first line, with blank lines before it, if it is a magic for the whole cell."""
    found = _CELL.match(code)
    return found.end() if found else 0


def magics(code: str) -> list[Magic]:
    """The parts of Python ``code`` that look like magics, commands and questions, also those in texts of it."""
    found = [*_LINE.finditer(code), *_QUESTION.finditer(code)]
    return sorted({Magic(part.start("line"), part.end("line"), part["sign"]) for part in found})


def without_magics(code: str, found: list[Magic]) -> str:
    """Python ``code``, as long as it was, with a comment for each of ``found``."""
    signs = list(code)
    for magic in found:
        signs[magic.start] = "#"
        for at in range(magic.start + 1, magic.end):
            if code[at - 1] == "\n" and code[at] != "\n":
                signs[at] = "#"
    return "".join(signs)


def parts_of(text: str) -> list[tuple[str, str]]:
    """The beginning of a magic, and its name, each with its style; what follows has none."""
    start = len(text) - len(text.lstrip())
    middle = len(text) - len(text[start:].lstrip("%!?"))
    name = _NAME.match(text, middle) if text.startswith("%", start) else None
    end = name.end() if name else middle
    return [("", text[:start]), ("o", text[start:middle]), ("k", text[middle:end]), ("", text[end:])]
