"""Settings of the site below a table: told as such, and read all the same."""

from pathlib import Path

import pytest

from blog.config.settings import Settings, load_settings
from tests.support.sites import site, told

SITE = 'title = "T"\nurl = "https://example.org"\n'


def load(folder: Path, text: str) -> tuple[Settings, list[str]]:
    found, problems = load_settings(site(folder, {"blog.toml": text}))
    return found, told(problems)


def misplaced(key: str, table: str, line: int) -> str:
    message = f'"{key}" is a setting of the site, and stands here under [{table}]'
    return f"{line}:1 error unknown-key: {message} -- move it above the first [table]"


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ('[menu]\nAbout = "/about/"', "menu"), ('[links]\nCode = "https://example.net"', "links"),
        ("[feed]\nlimit = 5", "feed"), ('[labels]\nJournal = {notice = "N"}', "labels"),
        ('[labels.Journal]\nnotice = "N"', "labels.Journal"), ("[front_matter]\nallow = []", "front_matter"),
        ("[math]\nmacros = {R = 'x'}", "math"), ("[math.macros]\nR = 'x'", "math.macros"),
        ('[author]\nname = "A"', "author"),
    ],
)  # fmt: skip
def test_a_setting_below_any_table_is_told_once_and_read(tmp_path: Path, table: str, name: str) -> None:
    found, problems = load(tmp_path, f"{SITE}{table}\npaginate = 5\n")
    assert problems == [misplaced("paginate", name, 5)]
    assert found.paginate == 5


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('description = "D"', "description"), ('language = "es"', "language"), ('timezone = "Europe/Madrid"', "timezone"),
        ('author = "Ada"', "author"), ('theme = "mine"', "theme"), ('permalink = "{slug}"', "permalink"), ("cards = false", "cards"),
    ],
)  # fmt: skip
def test_each_setting_is_known_below_the_menu(tmp_path: Path, line: str, key: str) -> None:
    assert load(tmp_path, f"{SITE}[menu]\n{line}\n")[1][0] == misplaced(key, "menu", 4)


@pytest.mark.parametrize("table", ["menu", "links", "math.macros", "theme_options"])
def test_a_title_below_a_table_is_not_missing(tmp_path: Path, table: str) -> None:
    text = f'url = "https://example.org"\n[{table}]\ntitle = "T"\n'
    assert load(tmp_path, text)[1] == [misplaced("title", table, 3)]


@pytest.mark.parametrize("table", ["menu", "links"])
def test_a_url_below_a_table_is_not_missing(tmp_path: Path, table: str) -> None:
    found, problems = load(tmp_path, f'title = "T"\n[{table}]\nurl = "https://example.org"\n')
    assert problems == [misplaced("url", table, 3)]
    assert found.url == "https://example.org"


@pytest.mark.parametrize(
    "text",
    [
        '[menu]\ntheme = "/theme/"\ntitle = "/title/"', '[links]\nauthor = "https://example.net/a"',
        '[author]\nname = "A"\nurl = "https://example.net"', "[math.macros]\ntheme = 'x'",
        '[theme_options]\ndescription = "D"', '[labels.theme]\nnotice = "N"', 'author = {name = "A"}',
    ],
)  # fmt: skip
def test_an_entry_of_a_table_may_have_the_name_of_a_setting(tmp_path: Path, text: str) -> None:
    assert load(tmp_path, f"{SITE}{text}\n")[1] == []
