"""Languages in settings and front matter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.config.value_hints import suggest_line

if TYPE_CHECKING:
    from blog.config.schema import Fields

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LANGUAGE_NAMES = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr",
    "spanish": "es", "español": "es",
    "italian": "it", "italiano": "it", "portuguese": "pt", "português": "pt", "dutch": "nl", "nederlands": "nl",
    "russian": "ru", "русский": "ru", "polish": "pl", "polski": "pl", "swedish": "sv", "svenska": "sv",
    "japanese": "ja", "日本語": "ja", "chinese": "zh", "中文": "zh", "korean": "ko", "한국어": "ko",
}  # fmt: skip


def parse_language(fields: Fields) -> str:
    """Return the language of the site: its tag as BCP 47 has it, ``en`` if it is missing."""
    language = fields.text("language") or "en"
    if not LANGUAGE.fullmatch(language):
        report_wrong_language(fields, "language", language)
    return language


def report_wrong_language(fields: Fields, key: str, language: str) -> None:
    """Report the text ``language`` of ``key``, which is not a language tag."""
    message = f'"{language}" is not a language tag such as en or pt-BR'
    tag = _LANGUAGE_NAMES.get(language.strip().casefold(), language.strip().replace("_", "-"))
    member = fields.node.value[key]
    hint = suggest_line(member.node, key, tag) if LANGUAGE.fullmatch(tag) else ""
    fields.fail(fields.locate(key), "wrong-language", message, hint)
