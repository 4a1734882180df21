"""Licences of texts by their SPDX ids, <https://spdx.org/licenses/>, and ORCID iDs and DOIs of authors and posts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from blog.config.value_hints import suggest_line
from blog.problems import did_you_mean

if TYPE_CHECKING:
    from blog.config.schema import Fields


class License(Struct, frozen=True):
    """A licence under which others may use a text."""

    id: str
    """Its SPDX id, such as ``CC-BY-4.0``."""
    name: str
    url: str


def _creative_commons(kind: str) -> License:
    url = f"https://creativecommons.org/licenses/{kind}/4.0/"
    return License(f"CC-{kind.upper()}-4.0", f"CC {kind.upper()} 4.0", url)


_LICENSES = (
    License("CC0-1.0", "CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    *map(_creative_commons, ("by", "by-sa", "by-nc", "by-nc-sa", "by-nd", "by-nc-nd")),
    License("MIT", "MIT", "https://spdx.org/licenses/MIT.html"),
    License("Apache-2.0", "Apache 2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
)
LICENSES: dict[str, License] = {license_.id: license_ for license_ in _LICENSES}
"""SPDX id → licence."""
_ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/[^\s\"<>]+)", re.IGNORECASE)


def parse_license(fields: Fields, key: str) -> License | None:
    """Return the licence under ``key``; None if there is none, or it is unknown."""
    written = fields.text(key).strip()
    if not written:
        return None
    license_ = LICENSES.get(written)
    if license_ is None:
        folded = re.sub(r"[\s_-]+", "-", written).upper()
        near = [name for name in LICENSES if name.upper() in {folded, f"{folded}-4.0", f"{folded}-1.0"}]
        near_hint = suggest_line(fields.node.value[key].node, key, near[0]) if near else did_you_mean(written, LICENSES)
        hint = near_hint or f"the licences are {', '.join(LICENSES)}"
        fields.fail(fields.locate(key), "wrong-license", f'there is no licence "{written}" here', hint)
    return license_


def parse_orcid(fields: Fields, key: str) -> str:
    """Return an ORCID iD without its address; its last character is a checksum by ISO 7064.

    <https://support.orcid.org/hc/en-us/articles/360006897674>
    """
    written = fields.text(key).strip()
    if not written:
        return ""
    match = _ORCID.fullmatch(written)
    if match is None:
        message, hint = f'"{written}" is no ORCID iD', "write it as 0000-0002-1825-0097"
        fields.fail(fields.locate(key), "wrong-orcid", message, hint)
        return ""
    if match[1][-1] != _orcid_checksum(match[1]):
        message, hint = f'"{written}" is no ORCID iD: its last character does not fit the others', "copy it once more"
        fields.fail(fields.locate(key), "wrong-orcid", message, hint)
        return ""
    return match[1]


def _orcid_checksum(orcid: str) -> str:
    total = 0
    for digit in orcid.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    remainder = (12 - total % 11) % 11
    return "X" if remainder == 10 else str(remainder)


def parse_doi(fields: Fields, key: str) -> str:
    """Return a DOI without its address."""
    written = fields.text(key).strip()
    match = _DOI.fullmatch(written)
    if written and match is None:
        message, hint = f'"{written}" is no DOI', "write it as 10.59350/abcde-12345"
        fields.fail(fields.locate(key), "wrong-doi", message, hint)
    return match[1] if match else ""
