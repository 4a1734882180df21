"""The words of the interface: the tables of the program, and how a site and its theme change them."""

import re
from pathlib import Path

import pytest

from blog.config.locales import plural_category
from blog.config.words import WordTable, WordTables, builtin_languages, builtin_table, placeholders
from tests.support.publishing import build_folder, outputs, post, problems, publish
from tests.support.sites import site

COMPLETE = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "ja", "zh-hans", "ko", "ar")
SETTINGS = 'title = "T"\nurl = "https://e.org"\nlanguage = "de"\ntheme = "mine"\n'
MINE: dict[str, str | bytes] = {"blog.toml": SETTINGS,
        "themes/mine/theme.toml": 'name = "Mine"\nextends = "margin"\n', "content/index.md": "# T\n"}  # fmt: skip
PAGE = "{% extends 'margin/page.html' %}{% block main %}"


# The tables of the program


@pytest.mark.parametrize("language", COMPLETE)
def test_twelve_languages_have_every_word(language: str) -> None:
    assert list(builtin_table(language)) == list(builtin_table("en"))


@pytest.mark.parametrize("language", builtin_languages())
def test_a_table_has_the_values_of_the_english_one_and_the_plural_categories_of_its_language(language: str) -> None:
    english = builtin_table("en")
    categories = {plural_category(language, number) for number in range(200)} | {"other"}
    for key, phrase in builtin_table(language).items():
        assert placeholders(phrase) <= placeholders(english[key]), key
        if isinstance(phrase, dict):
            assert "n" in placeholders(english[key]), key
            assert "other" in phrase and phrase.keys() <= categories, key  # noqa: PT018
        else:
            assert placeholders(phrase) == placeholders(english[key]), key


@pytest.mark.parametrize("language", COMPLETE[1:])
def test_few_words_are_the_same_as_in_english(language: str) -> None:
    english = builtin_table("en")
    same = [key for key, phrase in builtin_table(language).items() if phrase == english[key]]
    words = [key for key in same if re.search(r"[A-Za-z]{4}", re.sub(r"\{\w+\}", "", str(english[key])))]
    assert len(words) <= 12, words


# What is said


def test_a_word_has_its_values_and_numbers_as_the_language_writes_them() -> None:
    german = WordTables("de").words()
    assert german.text("list.page", number=2, total=1200) == "Seite 2 von 1.200"
    assert german.text("post.updated", date="1. Mai") == "aktualisiert am 1. Mai"
    with pytest.raises(KeyError):
        german.text("list.pages_of")


@pytest.mark.parametrize(
    ("language", "number", "text"),
    [
        ("en", 1, "1 post"), ("en", 0, "0 posts"), ("en", 1200, "1,200 posts"), ("de", 1, "1 Beitrag"),
        ("fr", 0, "0 article"), ("fr", 2, "2 articles"), ("pl", 1, "1 wpis"), ("pl", 3, "3 wpisy"),
        ("pl", 5, "5 wpisów"), ("pl", 22, "22 wpisy"), ("ja", 1, "1件の記事"), ("ar", 1, "تدوينة واحدة"),
        ("ar", 2, "تدوينتان"), ("ar", 5, "5 تدوينات"), ("ar", 11, "11 تدوينة"), ("ar", 100, "100 تدوينة"),
    ],
)  # fmt: skip
def test_a_counted_word_has_the_form_for_its_number(language: str, number: int, text: str) -> None:
    assert WordTables(language).words().count("count.posts", number) == text


def test_a_missing_plural_form_is_the_last_one() -> None:
    tables = WordTables("pl", own={"pl": {"count.posts": {"one": "{n} a", "other": "{n} b"}}})
    assert [tables.words().count("count.posts", number) for number in (1, 2, 5)] == ["1 a", "2 b", "5 b"]


def test_names_are_enumerated() -> None:
    assert WordTables("de").words().enumerate(["A", "B", "C"]) == "A, B und C"
    assert WordTables("ja").words().enumerate(["A", "B", "C"]) == "A、B、C"
    assert WordTables().words().enumerate(["A"]) == "A"
    assert WordTables().words().enumerate([]) == ""


# Which table


@pytest.mark.parametrize(
    ("site_language", "page", "archive"),
    [
        ("de", "", "Archiv"), ("de-AT", "", "Archiv"), ("pt-BR", "", "Arquivo"), ("zh", "", "归档"),
        ("zh-CN", "", "归档"), ("zh-TW", "", "Archive"), ("DE", "", "Archiv"), ("eo", "", "Archive"),
        ("de", "fr", "Archives"), ("de", "eo", "Archiv"), ("ru", "", "Archive"),
    ],
)  # fmt: skip
def test_a_page_has_the_words_of_its_language_or_those_of_the_site(site_language: str, page: str, archive: str) -> None:
    assert WordTables(site_language).words(page).text("section.archive") == archive


def test_a_word_that_a_language_lacks_is_english_and_dates_are_those_of_the_page() -> None:
    russian = WordTables("en").words("ru")
    assert (russian.text("text.figure"), russian.text("text.note")) == ("Рисунок", "Note")
    esperanto = WordTables("de").words("eo")
    assert esperanto.locale.language == "de"


def test_a_theme_changes_words_and_a_region_changes_those_of_its_language() -> None:
    own: dict[str, WordTable] = {
        "de": {"post.reply": "Schreib mir"},
        "de-at": {"post.minutes": "{n} Minuten"},
        "en": {"theme.now": "Now"},
    }
    tables = WordTables("de-AT", own=own)
    assert [tables.words().text(key, n=3) for key in ("post.reply", "post.minutes", "theme.now", "post.copy")] == [
        "Schreib mir", "3 Minuten", "Now", "Kopieren",
    ]  # fmt: skip
    assert tables.words("de").text("post.minutes", n=3) == "3 Min. Lesezeit"


def test_words_of_a_site_are_in_its_language_alone() -> None:
    tables = WordTables("de", site={"post.reply": "Schreib mir"})
    assert tables.words().text("post.reply") == tables.words("de-CH").text("post.reply") == "Schreib mir"
    assert tables.words("en").text("post.reply") == "Reply"
    assert WordTables("eo", site={"post.reply": "Respondu"}).words().text("post.reply") == "Respondu"


# A site


def test_the_interface_of_a_site_is_in_its_language(tmp_path: Path) -> None:
    pages = publish(tmp_path, {
        "blog.toml": 'title = "T"\nurl = "https://e.org"\nlanguage = "de"\n[words.missing]\ntitle = "Fehlt"\n',
        "content/posts/a.md": post("A", "2024-01-01", "> [!NOTE]\n> x[^1]\n\n[^1]: y\n", tags="[x]", changes="[2024-02-02: z]"),
        "content/posts/b.md": post("B", "2024-03-02", "x", tags="[x]", lang="fr"),
    })  # fmt: skip
    assert "<h1>Schlagwörter</h1>" in pages["tags/index.html"]
    assert "<h1>Fehlt</h1>" in pages["404.html"]
    assert '<p class="markdown-alert-title">Hinweis</p>' in pages["posts/a/index.html"]
    assert 'aria-label="Zurück zum Verweis 1"' in pages["posts/a/index.html"]
    assert ">1. Januar 2024</time>" in pages["posts/a/index.html"]
    assert ">2 mars 2024</time>" in pages["posts/b/index.html"]
    assert ">2. März 2024</time>" in pages["index.html"]
    assert "Beiträge nach Monaten" in pages["archive/index.html"]
    assert "&lt;p&gt;Änderungen:&lt;/p&gt;" in pages["feed.xml"]


def test_a_theme_has_words_of_its_own_in_templates(tmp_path: Path) -> None:
    pages = publish(tmp_path, MINE | {
        "themes/mine/words/en.toml": '[theme]\nhello = { one = "{n} hello", other = "{n} hellos" }\nbye = "Bye"\n',
        "themes/mine/words/de.toml": '[theme]\nhello = "{n}-mal hallo"\n[section]\ntags = "Themen"\n',
        "themes/mine/templates/page.html": PAGE + "{{ t('theme.hello', n=2) }} {{ t('theme.bye') }}{% endblock %}",
        "content/about.md": "# A\n",
        "content/posts/a.md": post(tags="[x]"),
    })  # fmt: skip
    assert "2-mal hallo Bye" in pages["about/index.html"]
    assert "<h1>Themen</h1>" in pages["tags/index.html"]


def test_an_edit_of_words_changes_what_has_them_as_a_clean_build_does(tmp_path: Path) -> None:
    files = MINE | {
        "content/posts/a.md": post("A", "2024-01-01", "> [!TIP]\n> x", tags="[x]"),
        "content/about.md": "# A\n",
    }
    root = site(tmp_path / "warm", files)
    build_folder(root)
    for words in ('[text]\ntip = "Rat"\n', '[text]\ntip = "Rat"\n[section]\ntags = "Themen"\n', ""):
        site(root, {"blog.toml": MINE["blog.toml"], "themes/mine/words/de.toml": words})
        build_folder(root)
        clean = site(tmp_path / f"clean{len(words)}", files | {"themes/mine/words/de.toml": words})
        build_folder(clean)
        assert outputs(root) == outputs(clean)
        assert ("Rat</p>" in outputs(root)["posts/a/index.html"].decode()) == bool(words)
    site(root, {"blog.toml": SETTINGS + '[words.text]\ntip = "Wink"\n'})
    build_folder(root)
    assert "Wink</p>" in outputs(root)["posts/a/index.html"].decode()


# What is wrong


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ('[post]\nreplay = "x"', '2:1: there is no word "post.replay" (did you mean "post.reply"?)'),
        ('[pots]\nreply = "x"', '2:1: there is no word "pots.reply" (did you mean "post.reply"?)'),
        ('[badge]\nxyz = "x"', '2:1: there is no word "badge.xyz" (the words of badge are draft, private, scheduled)'),
        ('[post]\nupdated = "{data}"', '2:11: "post.updated" has no value "data" (did you mean "date"?)'),
        ('[list]\npage = "{x}"', '2:8: "list.page" has no value "x" (its values are {number}, {total})'),
        ('[post]\nreply = "{who}"', '2:9: "post.reply" has no value "who" (it has no values)'),
        ('[post]\nminutes = "{n min"', '2:11: "post.minutes" has a brace that encloses no value (its only value is {n})'),
        ('[post]\nreply = { one = "a", other = "b" }', '2:9: "post.reply" has no plural forms: nothing is counted in it (write reply = "…")'),
        ('[post]\nminutes = { on = "{n}", other = "{n}" }', '2:13: "on" is no plural category (did you mean "one"?)'),
        ('[post]\nminutes = { x = "{n}", other = "{n}" }', '2:13: "x" is no plural category (they are zero, one, two, few, many, other)'),
        ('[post]\nminutes = { one = "{n}" }', '2:11: "post.minutes" needs the form "other", which stands for all categories that are missing (add other = "…")'),
        ("[post]\nreply = 3", '2:9: "post.reply" must be text (write post.reply = "3")'),
        ('reply = "x"', '1:1: "reply" must be a section of words, such as [post] (docs/languages.md lists all words)'),
        ('[theme]\nnow = "x"', '2:1: there is no word "theme.now" (the sections are site, section, badge, count, kind, list, post, series, archive, chart, search, missing, feed, date, text, reference)'),
    ],
)  # fmt: skip
def test_a_wrong_word_is_an_error_at_its_place(tmp_path: Path, words: str, message: str) -> None:
    files = MINE | {"themes/mine/words/de.toml": words + "\n"}
    assert problems(tmp_path, files) == [f"themes/mine/words/de.toml:{message}"]


def test_a_wrong_word_of_the_settings_is_an_error_at_its_place(tmp_path: Path) -> None:
    settings = 'title = "T"\nurl = "https://e.org"\n[words]\npost.replay = "x"\nsection.archive = "Old"\n'
    assert problems(tmp_path, {"blog.toml": settings, "content/index.md": "# T\n"}) == [
        'blog.toml:4:6: there is no word "post.replay" (did you mean "post.reply"?)'
    ]


def test_a_table_is_named_by_a_language(tmp_path: Path) -> None:
    files = MINE | {
        "themes/mine/words/german.table.toml": "",
        "themes/mine/words/de.txt": "",
        "themes/mine/words/fr.toml": "[x",
    }
    assert problems(tmp_path, files) == [
        'themes/mine/words/de.txt:1:1: "de.txt" is not the name of a table of words: a language tag and .toml (name it as in de.toml or pt-BR.toml)',
        "themes/mine/words/fr.toml:1:3: the name of the table is not closed (write [x])",
        'themes/mine/words/german.table.toml:1:1: "german.table.toml" is not the name of a table of words: a language tag and .toml (name it as in de.toml or pt-BR.toml)',
    ]  # fmt: skip
