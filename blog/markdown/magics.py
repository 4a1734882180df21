"""Lines of a notebook cell that are not Python: magics, shell commands and questions of IPython.

<https://ipython.readthedocs.io/en/stable/interactive/python-ipython-diff.html>. The functions take code and return its
language and the positions of such lines. None of them highlights or runs code.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_CELL = re.compile(r"\s*(?P<sign>%{1,2})(?P<name>\w[\w-]*)[ \t]*(?P<words>[^\n]*)")
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
"""Names of magics whose cell is written in another language → that language."""
_LANGUAGES_OF_FILES = {
    "bat": "bat", "bib": "bibtex", "c": "c", "cc": "cpp", "cfg": "ini", "cpp": "cpp", "css": "css", "cu": "cuda",
    "go": "go", "h": "c", "htm": "html", "html": "html", "ini": "ini", "java": "java", "jl": "julia",
    "js": "javascript", "json": "json", "lua": "lua", "m": "matlab", "md": "markdown", "pl": "perl",
    "ps1": "powershell", "pxd": "cython", "py": "", "pyi": "", "pyx": "cython", "r": "r", "rb": "ruby",
    "rs": "rust", "scala": "scala", "sh": "bash", "sql": "sql", "stan": "stan", "svg": "xml", "tex": "tex",
    "toml": "toml", "ts": "typescript", "xml": "xml", "yaml": "yaml", "yml": "yaml",
}  # fmt: skip
"""Endings of file names → the language; empty for that of the notebook."""
_ALIASES = {"shellscript": "bash", "ipython": "python", "raw": "text", "r-kernel": "r", "ir": "r"}
"""Language names of editors and kernels → those of Pygments."""
_FILES = frozenset({"file", "writefile"})
_DATABRICKS = frozenset({"md", "python", "r", "scala", "sh", "sql"})
"""Names that apply to the whole cell if they are alone in the first line, after one ``%``."""


class Magic(NamedTuple):
    """A part of a line that is not Python."""

    start: int
    end: int
    sign: str
    """The characters at its start that mark it."""


def language_of(code: str, language: str) -> str:
    """Return the language of the code of a cell, in a notebook or a cell of ``language``."""
    language = _ALIASES.get(language.lower(), language)
    magic = _CELL.match(code) if is_python(language) else None
    if magic is None:
        return language
    name, arguments = magic["name"].lower(), magic["words"].split()
    is_cell_magic = magic["sign"] == "%%" or (name in _DATABRICKS and not arguments)
    if not is_cell_magic:
        return language
    if name == "script" and arguments:
        program = arguments[0].rpartition("/")[2]
        return _LANGUAGES.get(program, language)
    if name in _FILES and arguments:
        return _find_file_language(arguments[-1].strip("\"'"), language)
    return _LANGUAGES.get(name, language)


def _find_file_language(name: str, language: str) -> str:
    """Return the language of a file that a cell of ``language`` writes; ``text`` if its ending is unknown."""
    ending = name.rpartition(".")[2].lower()
    return _LANGUAGES_OF_FILES.get(ending, "text") or language


def is_python(language: str) -> bool:
    """Return whether code in ``language`` may contain magics of IPython."""
    return language.lower() in {"ipython", "ipython3", "python", "python2", "python3", "py"}


def first_line(code: str) -> int:
    """Return the length of the first line, with the blank lines before it, if it is a magic for the whole cell."""
    magic = _CELL.match(code)
    return magic.end() if magic else 0


def magics(code: str) -> list[Magic]:
    """Return the parts of Python ``code`` that look like magics, commands and questions, also those in its strings."""
    matches = [*_LINE.finditer(code), *_QUESTION.finditer(code)]
    return sorted({Magic(match.start("line"), match.end("line"), match["sign"]) for match in matches})


def without_magics(code: str, lines: list[Magic]) -> str:
    """Return Python ``code`` with a comment in the place of each of ``lines``; its length stays the same."""
    characters = list(code)
    for magic in lines:
        characters[magic.start] = "#"
        for index in range(magic.start + 1, magic.end):
            begins_line = code[index - 1] == "\n" and code[index] != "\n"
            if begins_line:
                characters[index] = "#"
    return "".join(characters)


def parts_of(text: str) -> list[tuple[str, str]]:
    """Return the parts of a magic, each with the class of its highlighting: indent, marks, name and the rest."""
    start = len(text) - len(text.lstrip())
    name_start = len(text) - len(text[start:].lstrip("%!?"))
    name = _NAME.match(text, name_start) if text.startswith("%", start) else None
    end = name.end() if name else name_start
    return [("", text[:start]), ("o", text[start:name_start]), ("k", text[name_start:end]), ("", text[end:])]
