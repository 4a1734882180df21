"""Tests of `blog.config.licenses`, and of what pages and feeds say of a licence, an author's iD and a DOI."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.support.publishing import post, problems, publish
from tests.support.sites import SETTINGS

if TYPE_CHECKING:
    from pathlib import Path

SITE = SETTINGS + 'license = "CC-BY-4.0"\nauthor = { name = "Ada", orcid = "https://orcid.org/0000-0002-1825-0097" }\n'


def test_a_licence_is_on_the_page_and_in_feeds(tmp_path: Path) -> None:
    made = publish(tmp_path, {
        "blog.toml": SITE, "content/posts/a.md": post(doi="https://doi.org/10.59350/ab-1"),
        "content/posts/b.md": post("B", license="MIT"),
    })  # fmt: skip
    url = "https://creativecommons.org/licenses/by/4.0/"
    page, other = made["posts/a/index.html"], made["posts/b/index.html"]
    assert f'<link rel="license" href="{url}">' in page
    assert f'<a rel="license" href="{url}">CC BY 4.0</a>' in page
    assert '<a rel="license" href="https://spdx.org/licenses/MIT.html">MIT</a>' in other
    assert '<meta name="citation_doi" content="10.59350/ab-1">' in page
    assert '<meta name="citation_author_orcid" content="https://orcid.org/0000-0002-1825-0097">' in page
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    (posting,) = [thing for thing in json.loads(data) if thing["@type"] == "BlogPosting"]
    assert (posting["license"], posting["identifier"]) == (url, "https://doi.org/10.59350/ab-1")
    assert posting["author"][0]["sameAs"] == "https://orcid.org/0000-0002-1825-0097"
    assert f"<rights>CC BY 4.0, {url}</rights>" in made["atom.xml"]
    assert re.search(rf"<dc:rights[^>]*>CC BY 4\.0, {re.escape(url)}</dc:rights>", made["feed.xml"])
    assert "<uri>https://orcid.org/0000-0002-1825-0097</uri>" in made["atom.xml"]


def test_without_a_licence_nothing_is_said(tmp_path: Path) -> None:
    made = publish(tmp_path, {"content/posts/a.md": post()})
    assert "license" not in made["posts/a/index.html"]
    assert "rights" not in made["atom.xml"] + made["feed.xml"]


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ('license = "CC-BY"', '3:11: there is no licence "CC-BY" here (write license = "CC-BY-4.0")'),
        ('license = "cc by sa 4.0"', '3:11: there is no licence "cc by sa 4.0" here (write license = "CC-BY-SA-4.0")'),
        ('license = "cc0"', '3:11: there is no licence "cc0" here (write license = "CC0-1.0")'),
        ('license = "Apache-2"', '3:11: there is no licence "Apache-2" here (did you mean "Apache-2.0"?)'),
        (
            'license = "mine"',
            (
                '3:11: there is no licence "mine" here (the licences are CC0-1.0, CC-BY-4.0, CC-BY-SA-4.0, CC-BY-NC-4.0, '
                "CC-BY-NC-SA-4.0, CC-BY-ND-4.0, CC-BY-NC-ND-4.0, MIT, Apache-2.0)"
            ),
        ),
        (
            'author = { name = "A", orcid = "0000-0002-1825-0098" }',
            '3:32: "0000-0002-1825-0098" is no ORCID iD: its last character does not fit the others (copy it once more)',
        ),
        ('author = { name = "A", orcid = "1825" }', '3:32: "1825" is no ORCID iD (write it as 0000-0002-1825-0097)'),
    ],
)
def test_a_wrong_value_is_an_error_with_the_right_one(tmp_path: Path, settings: str, line: str) -> None:
    files: dict[str, str | bytes] = {"blog.toml": f"{SETTINGS}{settings}\n", "content/posts/a.md": post()}
    assert problems(tmp_path, files) == [f"blog.toml:{line}"]


def test_an_id_may_end_with_a_letter(tmp_path: Path) -> None:
    settings = f'{SETTINGS}author = {{ name = "A", orcid = "0000-0002-1694-233X" }}\n'
    assert "0000-0002-1694-233X" in publish(tmp_path, {"blog.toml": settings, "content/posts/a.md": post()})["atom.xml"]


def test_a_doi_begins_with_its_prefix(tmp_path: Path) -> None:
    assert problems(tmp_path, {"content/posts/a.md": post(doi="abc")}) == [
        'content/posts/a.md:4:6: "abc" is no DOI (write it as 10.59350/abcde-12345)'
    ]
