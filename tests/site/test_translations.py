"""Tests of `blog.site.translations`: texts in several languages know each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.publishing import post, problems, publish

if TYPE_CHECKING:
    from pathlib import Path

ORIGINAL = post("Uno", lang="es")
FILES: dict[str, str | bytes] = {
    "content/posts/uno.md": ORIGINAL,
    "content/posts/one.md": post("One", translation_of="uno.md"),
    "content/posts/eins/index.md": post("Eins", lang="de", translation_of="../uno.md"),
    "content/posts/other.md": post("Other"),
}


def languages(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page)


def test_each_text_leads_to_the_others(tmp_path: Path) -> None:
    made = publish(tmp_path, FILES)
    urls = {name: f"https://example.org/posts/{path}/" for name, path in (("de", "eins"), ("en", "one"), ("es", "uno"))}
    for name, url in urls.items():
        page = made[url.removeprefix("https://example.org/") + "index.html"]
        assert dict(languages(page)) == urls
        assert languages(page)[0] == (name, url), "a page names itself first"
        shown = re.findall(r'<a rel="alternate" href="([^"]+)" hreflang="(\w+)" lang="\w+">([^<]+)</a>', page)
        assert [lang for _, lang, _ in shown] == sorted(set(urls) - {name})
    assert (
        '<span>Also in <a rel="alternate" href="/posts/eins/" hreflang="de" lang="de">Deutsch</a>, '
        in (made["posts/one/index.html"])
    )
    assert (
        '<span>Auch in: <a rel="alternate" href="/posts/one/" hreflang="en" lang="en">English</a>, '
        in (made["posts/eins/index.html"])
    )
    assert languages(made["posts/other/index.html"]) == []
    assert "Also in" not in made["posts/other/index.html"]


def test_pages_are_translated_too(tmp_path: Path) -> None:
    pages: dict[str, str | bytes] = {
        "content/about.md": "---\ntitle: About\n---\nWho.\n",
        "content/ueber.md": "---\ntitle: Über\nlang: de\ntranslation_of: about.md\n---\nWer.\n",
    }
    made = publish(tmp_path, pages)
    assert '<span>Also in <a rel="alternate" href="/ueber/"' in made["about/index.html"]
    assert [lang for lang, _ in languages(made["ueber/index.html"])] == ["de", "en"]


@pytest.mark.parametrize("key", ["draft", "private", "unlisted"])
def test_a_hidden_translation_leaves_nothing_in_the_others(tmp_path: Path, key: str) -> None:
    hidden = {
        **FILES,
        "content/posts/eins/index.md": post("Eins", lang="de", translation_of="../uno.md", **{key: "true"}),
    }
    made = publish(tmp_path / "a", hidden)
    without = {name: text for name, text in FILES.items() if "eins" not in name}
    assert made["posts/uno/index.html"] == publish(tmp_path / "b", without)["posts/uno/index.html"]
    if key == "unlisted":
        assert [lang for lang, _ in languages(made["posts/eins/index.html"])] == ["de", "en", "es"]


@pytest.mark.parametrize(
    ("files", "line"),
    [
        (
            {"content/posts/one.md": post("One", translation_of="one.md")},
            "content/posts/one.md:4:17: a text cannot be a translation of itself (name the file of the text in its first language)",
        ),
        (
            {"content/posts/one.md": post("One", translation_of="/tags/")},
            'content/posts/one.md:4:17: "/tags/" is not a text of this site (name the file of the text in its first language)',
        ),
        (
            {"content/posts/one.md": post("One", translation_of="dos.md")},
            'content/posts/one.md:4:17: there is no file "dos.md"',
        ),
        (
            {"content/posts/one.md": post("One", lang="es", translation_of="uno.md")},
            (
                'content/posts/one.md:5:17: this text has the language "es", as content/posts/uno.md has '
                "(write the language of this text: lang: …)"
            ),
        ),
        (
            {"content/posts/one.md": post("One", lang="ES", translation_of="uno.md")},
            (
                'content/posts/one.md:5:17: this text has the language "ES", as content/posts/uno.md has '
                "(write the language of this text: lang: …)"
            ),
        ),
        (
            {
                "content/posts/one.md": post("One", translation_of="uno.md"),
                "content/posts/eins.md": post("Eins", lang="de", translation_of="one.md"),
            },
            'content/posts/eins.md:5:17: "one.md" is a translation itself (write translation_of: uno.md)',
        ),
        (
            {
                "content/posts/uno.md": post("Uno", lang="es", draft="true"),
                "content/posts/one.md": post("One", translation_of="uno.md"),
            },
            (
                'content/posts/one.md:4:17: "uno.md" leads to content/posts/uno.md, which is not published (draft) '
                "(take the link out, or publish that one too)"
            ),
        ),
    ],
)
def test_what_is_no_translation_is_an_error(tmp_path: Path, files: dict[str, str | bytes], line: str) -> None:
    tags = {"content/posts/tagged.md": post("Tagged", tags="[x]")}
    assert problems(tmp_path, {"content/posts/uno.md": ORIGINAL, **tags, **files}) == [line]


def test_two_texts_that_name_each_other_have_no_original(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/uno.md": post("Uno", lang="es", translation_of="one.md"),
        "content/posts/one.md": post("One", translation_of="uno.md"),
    }
    hint = "(take the line out of the text that was first)"
    assert problems(tmp_path, files) == [
        f'content/posts/one.md:4:17: "uno.md" is a translation itself {hint}',
        f'content/posts/uno.md:5:17: "one.md" is a translation itself {hint}',
    ]
