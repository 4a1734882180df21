"""Tests of `[languages]`: a home page, lists, feeds and a search for the readers of each language."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from blog.config.menu import MenuItem
from blog.config.settings import load_settings
from tests.support.publishing import build_folder, post, problems, publish
from tests.support.sites import site

if TYPE_CHECKING:
    from pathlib import Path

TOML = """\
title = "Held-out"
url = "https://example.org"
description = "Notes."

[menu]
About = "/about/"

[languages.de]
title = "Zurückgehalten"
description = "Notizen."

[languages.de.menu]
"Über mich" = "/de/ueber/"

[languages.de.words]
post.reply = "Schreib mir"
"""
FILES: dict[str, str | bytes] = {
    "blog.toml": TOML,
    "content/index.md": "Hello.",
    "content/about.md": "# About\n",
    "content/de/index.md": "Hallo.",
    "content/de/ueber.md": "---\nlang: de\n---\n# Über mich\n",
    "content/posts/one.md": post("One", "2026-01-01", tags="[Data, Loss]", labels="[Journal]", series="Weeks"),
    "content/posts/two.md": post("Two", "2026-01-05", tags="[Data]", series="Weeks"),
    "content/posts/eins.md": post(
        "Eins",
        "2026-01-02",
        lang="de",
        tags="[Data, Daten]",
        labels="[Tagebuch]",
        series="Wochen",
        translation_of="one.md",
    ),
    "content/posts/zwei.md": post("Zwei", "2026-01-04", lang="de-AT", tags="[Daten]", text="Etwas mit Gradienten."),
    "content/posts/rus.md": post("Odin", "2026-01-03", lang="ru", tags="[Data]"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return publish(tmp_path_factory.mktemp("editions"), FILES)


def titles(page: str) -> list[str]:
    """The titles of the posts that a list shows."""
    return re.findall(r'<h[23] dir="auto"><a href="[^"]+">([^<]+)</a>', page)


def test_each_language_has_a_home_page_with_its_posts(made: dict[str, str]) -> None:
    assert titles(made["index.html"]) == ["Two", "Odin", "One"], (
        "a language without a table is in the lists of the site"
    )
    assert titles(made["de/index.html"]) == ["Zwei", "Eins"]
    german = made["de/index.html"]
    assert '<html lang="de">' in german
    assert "<h1>Zurückgehalten</h1>" in german
    assert '<p class="description">Notizen.</p>' in german
    assert "<p>Hallo.</p>" in german
    assert "4. Januar 2026" in german
    assert '"url":"https://example.org/de/"' in german


def test_home_pages_know_each_other(made: dict[str, str]) -> None:
    for path in ("index.html", "de/index.html"):
        for lang, url in (("en", "https://example.org/"), ("de", "https://example.org/de/")):
            assert f'<link rel="alternate" hreflang="{lang}" href="{url}">' in made[path]
    assert (
        '<span>Also in <a rel="alternate" href="/de/" hreflang="de" lang="de">Deutsch</a></span>' in made["index.html"]
    )
    assert 'Auch in: <a rel="alternate" href="/" hreflang="en" lang="en">English</a></span>' in made["de/index.html"]


@pytest.mark.parametrize("path", ["archive", "tags", "labels", "series", "search"])
def test_each_language_has_lists_that_know_each_other(made: dict[str, str], path: str) -> None:
    for page in (made[f"{path}/index.html"], made[f"de/{path}/index.html"]):
        assert f'<link rel="alternate" hreflang="en" href="https://example.org/{path}/">' in page
        assert f'<link rel="alternate" hreflang="de" href="https://example.org/de/{path}/">' in page
    assert f'<li><a href="/de/{path}/" hreflang="de" lang="de">Deutsch</a></li>' in made[f"{path}/index.html"]


def test_a_tag_of_two_languages_has_a_page_in_each(made: dict[str, str]) -> None:
    assert titles(made["tags/data/index.html"]) == ["Two", "Odin", "One"]
    assert titles(made["de/tags/data/index.html"]) == ["Eins"]
    assert titles(made["de/tags/daten/index.html"]) == ["Zwei", "Eins"]
    assert "tags/daten/index.html" not in made
    assert '<a href="/de/tags/data/">Data</a>' in made["posts/eins/index.html"]
    assert '<a href="/tags/data/">Data</a>' in made["posts/one/index.html"]


def test_a_series_is_in_the_list_of_its_language(made: dict[str, str]) -> None:
    assert "Wochen" in made["de/series/index.html"]
    assert "Weeks" not in made["de/series/index.html"]
    assert "Wochen" not in made["series/index.html"]
    assert '<html lang="de">' in made["series/wochen/index.html"]


def test_feeds_have_the_posts_of_one_language(made: dict[str, str]) -> None:
    for path, language, entries in (
        ("feed.json", "en", ["Two", "Odin", "One"]),
        ("de/feed.json", "de", ["Zwei", "Eins"]),
    ):
        feed = json.loads(made[path])
        assert feed["language"] == language
        assert [entry["title"] for entry in feed["items"]] == entries
        assert feed["items"][0].get("language") == {"en": None, "de": "de-AT"}[language]
    assert "<language>de</language>" in made["de/feed.xml"]
    assert 'xml:lang="de"' in made["de/atom.xml"]
    assert "de/tags/daten/feed.xml" in made


def test_search_finds_the_posts_of_one_language(made: dict[str, str]) -> None:
    assert 'data-index="/de/search/"' in made["de/search/index.html"] or '"/de/search/"' in made["de/search/index.html"]
    index = json.loads(made["de/search/0.json"])
    assert any(word.startswith("gradient") for word in index)
    assert not any(word.startswith("gradient") for word in json.loads(made["search/0.json"]))
    assert [line[0] for line in json.loads(made["de/search/posts-0.json"])] == ["Eins", "Zwei"]


def test_a_post_has_the_menu_the_neighbours_and_the_sections_of_its_language(made: dict[str, str]) -> None:
    page = made["posts/eins/index.html"]
    assert '<li><a href="/de/ueber/">Über mich</a></li>' in page
    assert '<a href="/about/">' not in page
    assert '<li><a href="/de/archive/">Archiv</a></li>' in page
    assert '<a rel="prev" href="/posts/eins/"' in made["posts/zwei/index.html"]
    assert 'href="/posts/two/"' not in made["posts/zwei/index.html"]
    assert 'href="/about/"' in made["posts/rus/index.html"]


def test_each_page_is_there_once_and_the_sitemap_has_all(made: dict[str, str]) -> None:
    assert "de/posts/eins/index.html" not in made
    urls = re.findall("<loc>https://example.org([^<]+)</loc>", made["sitemap.xml"])
    assert len(urls) == len(set(urls))
    assert {"/", "/de/", "/de/ueber/", "/de/archive/", "/de/tags/daten/", "/posts/eins/", "/posts/rus/"} <= set(urls)


def test_addresses_of_a_language_may_follow_a_pattern_of_its_own(tmp_path: Path) -> None:
    made = publish(
        tmp_path,
        {**FILES, "blog.toml": TOML.replace("[languages.de]\n", '[languages.de]\npermalink = "/de/{slug}/"\n')},
    )
    assert "de/eins/index.html" in made
    assert "de/zwei/index.html" in made
    assert "posts/one/index.html" in made


def test_a_language_begins_with_its_first_text(tmp_path: Path) -> None:
    made = publish(tmp_path, {**FILES, "blog.toml": f"{TOML}\n[languages.fr]\n"})
    assert not [path for path in made if path.startswith("fr/")]
    assert 'hreflang="fr"' not in made["index.html"]


@pytest.mark.parametrize("key", ["draft", "private", "unlisted"])
def test_a_language_with_hidden_texts_alone_is_not_told(tmp_path: Path, key: str) -> None:
    hidden = post("Un", lang="fr", tags="[Caché]", **{key: "true"})
    files: dict[str, str | bytes] = {**FILES, "blog.toml": f"{TOML}\n[languages.fr]\n"}
    made, without = publish(tmp_path / "a", {**files, "content/posts/un.md": hidden}), publish(tmp_path / "b", files)
    page = made.pop("posts/un/index.html", "")
    own_card = {path for path in made.keys() - without.keys() if path in page}
    assert {path: text for path, text in made.items() if path not in own_card} == without


def test_hidden_texts_are_in_no_list_of_their_language(tmp_path: Path) -> None:
    hidden = {
        "content/posts/drei.md": post("Geheim", lang="de", draft="true", tags="[Verborgen]"),
        "content/posts/vier.md": post("Abseits", lang="de", unlisted="true", tags="[Ungelistet]"),
    }
    made = publish(tmp_path, {**FILES, **hidden})
    shown = {path: text for path, text in made.items() if path != "posts/vier/index.html"}
    for word in ("Geheim", "Verborgen", "Abseits", "verborgen", "ungelistet"):
        assert [path for path, text in shown.items() if word in text or word in path] == []


def test_the_words_of_a_language_can_be_changed(tmp_path: Path) -> None:
    author = 'author = { name = "Ana", email = "ana@example.org" }\n'
    toml = author + TOML.replace("post.reply = ", "post.reply_by_mail = ")
    made = publish(tmp_path, {**FILES, "blog.toml": toml})
    assert "Schreib mir" in made["posts/eins/index.html"]
    assert "Schreib mir" not in made["posts/one/index.html"]
    assert "Reply by e-mail" in made["posts/one/index.html"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("[languages.german]", 'blog.toml:3:12: "german" is not a language tag such as en or pt-BR (write [languages.de])'),
        ("[languages.zh_TW]", 'blog.toml:3:12: "zh_TW" is not a language tag such as en or pt-BR (write [languages.zh-TW])'),
        ("[languages.en]", 'blog.toml:3:12: "en" is the language of the site (write its title, description and menu above, outside of [languages])'),
        ("[languages.de]\n[languages.DE]", 'blog.toml:4:12: the language "DE" is written twice (keep one)'),
        ("[languages]\nde = 'Deutsch'", """blog.toml:4:6: "de" must be a table of keys and values"""),
        ("[languages.de]\ntitel = 'D'", 'blog.toml:4:1: unknown key "titel" (did you mean "title"?)'),
        ("[languages.de]\nurl = 'https://example.de'", 'blog.toml:4:1: unknown key "url"'),
        ("[languages.de]\npermalink = '/x/'", 'blog.toml:4:13: "permalink" needs {slug} (write permalink = "/posts/{slug}/")'),
        ("[languages.de.menu]\nX = '/nichts/'", 'blog.toml:4:5: this site has no address "/nichts/"'),
        ("[languages.de.menu]\nX = 'ueber'", 'blog.toml:4:5: "X" must lead to a path such as /about/ or an http address (write X = "/ueber/")'),
        ("[languages.de.words]\npost.relpy = 'X'", 'blog.toml:4:6: there is no word "post.relpy" (did you mean "post.reply"?)'),
    ],
)  # fmt: skip
def test_wrong_languages_are_named(tmp_path: Path, table: str, message: str) -> None:
    files: dict[str, str | bytes] = {"blog.toml": f'title = "T"\nurl = "https://example.org"\n{table}\n'}
    files["content/posts/eins.md"] = post("Eins", lang="de")
    assert message in "\n".join(problems(tmp_path, files))


def test_the_home_page_of_a_language_has_it_from_its_folder(tmp_path: Path) -> None:
    made = publish(tmp_path, {**FILES, "content/de/index.md": 'Er sagte "ja".'})
    assert "<p>Er sagte „ja“.</p>" in made["de/index.html"]
    root = site(tmp_path / "other", {**FILES, "content/de/index.md": "---\nlang: fr\n---\nHallo."})
    assert [(found.location.line, found.message) for found in build_folder(root).problems] == [
        (2, '"lang" means nothing on the home page')
    ]


def test_a_page_at_the_address_of_a_list_is_a_collision(tmp_path: Path) -> None:
    found = problems(tmp_path, {**FILES, "content/de/archive.md": "---\nlang: de\n---\n# Archiv\n"})
    assert len(found) == 1
    assert found[0].startswith("content/de/archive.md:1:1: ")
    assert "/de/archive/" in found[0]


def test_settings_of_a_language_are_those_of_the_site_where_it_has_none(tmp_path: Path) -> None:
    root = site(tmp_path, {"blog.toml": TOML + "\n[languages.ja]\n"})
    settings, _ = load_settings(root)
    assert list(settings.by_language) == ["en", "de", "ja"]
    assert settings.for_language("") is settings
    assert settings.for_language("ru") is settings
    assert settings.for_language("de-AT").title == "Zurückgehalten"
    japanese = settings.for_language("ja")
    assert (japanese.title, japanese.description, japanese.language) == ("Held-out", "Notes.", "ja")
    assert [item.name for item in japanese.menu] == ["About"]
    assert all(isinstance(item, MenuItem) for item in japanese.menu)
