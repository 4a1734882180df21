"""`blog.toml`: every key checked, everything present afterwards."""

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from blog.config.menu import MenuItem
from blog.config.people import Person, Portrait
from blog.config.settings import Label, Settings, load_settings
from blog.problems import BlogError, Location
from tests.fuzz import targets
from tests.support.oddities import SETTINGS, TOML
from tests.support.sites import refuse, site, told

NO_URL = (
    "1:1 warning no-url: without a url there are no feeds, no sitemap and no canonical links"
    ' -- write url = "https://…", or build with --base-url'
)


def load(folder: Path, more: str = "", base_url: str | None = None) -> tuple[Settings, list[str]]:
    """The settings of a good `blog.toml` with `more` from line 3 on, and what is said about it."""
    text = f'title = "T"\nurl = "https://example.org"\n{more}'
    found, problems = load_settings(site(folder, {"blog.toml": text}), base_url)
    assert {problem.location.path for problem in problems} <= {"blog.toml"}
    return found, told(problems)


def whole(folder: Path, text: str | bytes) -> list[str]:
    """What is said about a `blog.toml`."""
    try:
        return told(load_settings(site(folder, {"blog.toml": text}))[1])
    except BlogError as error:
        return told(error.problems)


def test_a_title_and_a_url_are_enough(tmp_path: Path) -> None:
    found, problems = load(tmp_path)
    assert problems == []
    place = Location("blog.toml", 2, 7)
    identity = hashlib.blake2b(b"example.org", digest_size=16).hexdigest()
    expected = Settings(title="T", url="https://example.org", identity=identity, url_location=place)
    assert found == structs.replace(expected, authority="example.org")


def test_the_defaults_are_those_of_the_contract() -> None:
    found = Settings(title="T")
    assert (found.language, found.timezone, found.theme, found.permalink) == ("en", "UTC", "margin", "/posts/{slug}/")
    assert (found.paginate, found.feed_limit, found.feed_full_text) == (10, 20, True)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ('description = "D"', "description", "D"),
        ('language = "pt-BR"', "language", "pt-BR"),
        ('timezone = "America/New_York"', "timezone", "America/New_York"),
        ('author = "A"', "author", (Person("A"),)),
        ('author = {name = " A ", email = "a@x.org", url = "http://x.org"}', "author",
         (Person("A", "http://x.org", "a@x.org"),)),
        ('author = {name = "A", image = "a.png"}', "portrait", Portrait("a.png", Location("blog.toml", 3, 31))),
        ('author = ["A", {name = "B", image = "b.png"}, {name = "C", image = "c.png"}]', "portrait",
         Portrait("b.png", Location("blog.toml", 3, 37))),
        ('author = ["A", {name = "B"}]', "author", (Person("A"), Person("B"))),
        ('[[author]]\nname = "A"\n[[author]]\nname = "B"', "author", (Person("A"), Person("B"))),
        ('theme = "my_theme-2"', "theme", "my_theme-2"),
        ('permalink = "/{year}/{month}/{day}/{slug}.html"', "permalink", "/{year}/{month}/{day}/{slug}.html"),
        ('permalink = "/ñ/{slug}/"', "permalink", "/ñ/{slug}/"),
        ("paginate = 3", "paginate", 3),
        ('[menu]\nB = "/b/"\nA = "https://x.org"', "menu",
         (MenuItem("B", "/b/", Location("blog.toml", 4, 5)), MenuItem("A", "https://x.org", Location("blog.toml", 5, 5)))),
        ("[feed]\nlimit = 5", "feed_limit", 5),
        ("[feed]\nfull_text = false", "feed_full_text", False),
        ('[feed]\npaths = ["/index.xml", "/feed/"]', "feed_paths",
         (("/index.xml", Location("blog.toml", 4, 10)), ("/feed/", Location("blog.toml", 4, 24)))),
        ('[feed]\npaths = "/rss.xml"', "feed_paths", (("/rss.xml", Location("blog.toml", 4, 9)),)),
        ('[feed]\nauthority = "old.example.org"', "authority", "old.example.org"),
        ('[feed]\nauthority = "ada@example.org"', "authority", "ada@example.org"),
        ('[labels.Journal]\nnotice = "N"', "labels", (Label("Journal", "N", Location("blog.toml", 4, 10)),)),
        ("[labels.Journal]", "labels", (Label("Journal", "", Location("blog.toml", 3, 9)),)),
        ('[links]\nCode = "https://x.org/c"', "links", (("Code", "https://x.org/c"),)),
        ('[front_matter]\nallow = ["layout", "comments"]', "allow", ("layout", "comments")),
        ('[front_matter]\ncategories = "tags"', "categories", "tags"),
        ('[markdown]\nheading_ids = "kramdown"', "heading_ids", "kramdown"),
        ('[markdown]\nheading_ids = ""', "heading_ids", ""),
        ("[markdown]\nwikilinks = true", "extensions", ("wikilinks",)),
        ('[markdown]\nwikilinks = true\nextensions = ["highlight"]', "extensions", ("highlight", "wikilinks")),
        ("[markdown]\nwikilinks = false", "extensions", ()),
        ('[markdown]\nextensions = ["superscript", "highlight", "highlight"]', "extensions", ("highlight", "superscript")),
        ('[theme_options]\nfooter = "F"\nwide = true', "theme_options", {"footer": "F", "wide": True}),
    ],
)  # fmt: skip
def test_every_key_is_read_as_its_type(tmp_path: Path, text: str, field: str, value: Any) -> None:
    found, problems = load(tmp_path, text)
    assert problems == []
    assert getattr(found, field) == value


@pytest.mark.parametrize(
    ("text", "field", "lines"),
    [
        ("description = 1", "description", [('3:15 error wrong-type: "description" must be text'
                                           ' -- write description = "1"')]),
        ('language = "english please"', "", [('3:12 error wrong-language: "english please" is not a language tag such as'
                                            " en or pt-BR")]),
        ('timezone = "Europe/Madird"', "timezone", [('3:12 error wrong-timezone: "Europe/Madird" is not an IANA time zone'
                                                   ' -- did you mean "Europe/Madrid"?')]),
        ('timezone = "XXXXXXXXX"', "timezone", [('3:12 error wrong-timezone: "XXXXXXXXX" is not an IANA time zone'
                                               ' -- write a city, such as "Europe/Madrid"')]),
        ('author = {email = "a@x.org"}', "", ['3:10 error missing-key: "author" needs a name -- add name = "…"']),
        ("author = 3", "author", ['3:10 error wrong-type: "author" must be a name, or a table with name, url and email -- write author = "Ada Lovelace"']),
        ('author = {name = "A", email = "a b@x"}', "", ['3:31 error wrong-email: "a b@x" is not an e-mail address']),
        ('author = {name = "A", url = "x"}', "", [('3:29 error wrong-url: "url" must be an http or https address,'
                                                 ' not "x" -- write the whole address, with https://')]),
        ('author = {name = "A", mail = "x"}', "", [('3:23 error unknown-key: unknown key "mail"'
                                                  ' -- did you mean "email"?')]),
        ('theme = "../evil"', "theme", ['3:9 error wrong-theme: "../evil" is not a name of a folder in themes/']),
        ('permalink = "/posts/{titel}/{slug}/"', "", [('3:13 error wrong-permalink: "permalink" has an unknown field'
                                                     " {titel} -- the fields are slug, year, month, day")]),
        ('permalink = "/{yaer}/{slug}/"', "", [('3:13 error wrong-permalink: "permalink" has an unknown field {yaer}'
                                              ' -- did you mean "year"?')]),
        ('permalink = "/posts/{year}/"', "", [('3:13 error wrong-permalink: "permalink" needs {slug}'
                                             ' -- write permalink = "/posts/{slug}/"')]),
        *((f'permalink = "{pattern}"', "permalink",
           ['3:13 error wrong-permalink: "permalink" must start with / and end with / or .html -- write permalink = "/posts/{slug}/"'])
          for pattern in ("posts/{slug}/", "/{slug}", "/../{slug}/", "/.x/{slug}/", "//{slug}/", "/a b/{slug}/",
                          "/{slug}.php", "/{{slug}}/", "/%2e/{slug}/", "/?{slug}/", "/{/{slug}/")),
        *((f'permalink = "/{name}/{{slug}}/"', "permalink",
           [(f'3:13 error wrong-permalink: a path by "permalink" {why}'
             ' -- choose other names, such as permalink = "/posts/{slug}/"')])
          for name, why in (("con", 'is a reserved name on Windows: "con"'), ("a.", 'ends with a dot or a space: "a."'),
                            ("x" * 300, "is longer than 255 bytes"))),
        *((f'theme = "{name}"', "theme", [f'3:9 error wrong-theme: "{name}" is not a name of a folder in themes/'])
          for name in ("..", "/etc", "a/b", "a%5Cb", "%2e%2e", "x" * 101)),
        ("paginate = 0", "paginate", ['3:12 error wrong-number: "paginate" must be 1 or more -- write paginate = 10']),
        ("paginate = true", "paginate", ['3:12 error wrong-type: "paginate" must be a whole number -- write paginate = 10']),
        ('paginate = "10"', "paginate", ['3:12 error wrong-type: "paginate" must be a whole number -- write paginate = 10']),
        ('[menu]\nAbout = "about/"', "", [('4:9 error wrong-url: "About" must lead to a path such as /about/ or an http'
                                         ' address -- write About = "/about/"')]),
        *((f'[menu]\nA = "{target}"', "", [('4:5 error wrong-url: "A" must lead to a path such as /about/ or an http'
                                          f" address{hint}")])
          for target, hint in (("//x.org/", ' -- write A = "https://x.org/"'), ("javascript:alert(1)", ""))),
        pytest.param('[menu]\nA = ""', "", [('4:5 error wrong-url: "A" must lead to a path such as /about/ or an http'
                                            ' address -- write A = "/a/"')]),
        ("menu = 1", "menu", ['3:8 error wrong-type: "menu" must be a table of keys and values']),
        ("[feed]\nlimit = -1", "feed_limit", ['4:9 error wrong-number: "limit" must be 1 or more -- write limit = 20']),
        ('[feed]\nfull_text = "no"', "feed_full_text", [('4:13 error wrong-type: "full_text" must be true or false'
                                                       " -- write full_text = false")]),
        ('[feed]\nauthority = "a b"', "", ['4:13 error wrong-authority: "a b" is not a host name or an e-mail address']),
        *((f'[feed]\npaths = ["/a.xml", "{path}"]', "",
           [(f'4:20 error wrong-path: "{path}" is no path of a feed: it must start with / and end with /, .xml, .rss, .atom or .json'
             f' -- write "{better}"')])
          for path, better in (("index.xml", "/index.xml"), ("/feed", "/feed/"), ("https://x.org/rss/all.xml", "/rss/all.xml"),
                               ("https://x.org/feed", "/feed/"), ("/?feed=rss2", "/index.xml"), ("/feed.php", "/index.xml"),
                               ("/a b.xml", "/index.xml"), ("/.feed/", "/index.xml"), ("/../x.xml", "/index.xml"),
                               ("/%66eed.xml", "/index.xml"), ("//feed/", "/feed/"), ("/", "/index.xml"))),
        ('[feed]\npaths = ["/con/rss.xml"]', "",
         ['4:10 error wrong-path: the path of a feed "/con/rss.xml" is a reserved name on Windows: "con" -- write another path']),
        ("[feed]\npaths = [3]", "feed_paths", ['4:10 error wrong-type: an entry of "paths" must be text -- write "3"']),
        ('[feed]\npaths = {rss = "/x.xml"}', "feed_paths",
         ['4:9 error wrong-type: "paths" must be a list of paths -- write paths = ["/index.xml"]']),
        ("[feed]\nlimits = 3", "", ['4:1 error unknown-key: unknown key "limits" -- did you mean "limit"?']),
        ('[labels.Journal]\nnotcie = "x"', "", [('4:1 error unknown-key: unknown key "notcie"'
                                               ' -- did you mean "notice"?')]),
        ("[labels]\nJournal = 1", "", ['4:11 error wrong-type: "Journal" must be a table of keys and values']),
        ('[links]\nCode = "x.org"', "", ['4:8 error wrong-url: "Code" must be an http or https address, not "x.org" -- write Code = "https://x.org"']),
        ("[front_matter]\nallow = [1]", "allow", ['4:10 error wrong-type: an entry of "allow" must be text -- write "1"']),
        ('[front_matter]\ncategories = "labels"', "categories",
         ['4:14 error wrong-choice: "categories" must be "tags", not "labels"']),
        ("[front_matter]\ncategories = true", "categories", ['4:14 error wrong-type: "categories" must be text -- write categories = "true"']),
        ('[markdown]\nheading_ids = "GitHub"', "heading_ids",
         ['4:15 error wrong-choice: "heading_ids" must be "github", "kramdown" or "pandoc", not "GitHub" -- did you mean "github"?']),
        ('[markdown]\nextensions = ["highlite", "x"]', "extensions",
         ['4:15 error wrong-choice: there is no extension "highlite" -- did you mean "highlight"?',
          '4:27 error wrong-choice: there is no extension "x" -- the extensions are highlight, subscript, superscript']),
        ('[markdown]\nids = "github"', "heading_ids", ['4:1 error unknown-key: unknown key "ids" -- the keys here are heading_ids, wikilinks and extensions']),
        ("wikilinks = true", "extensions",
         ['3:1 error unknown-key: unknown key "wikilinks" -- write wikilinks below [markdown] instead']),
        ("[markdown]\nwikilinks = 1", "extensions",
         ['4:13 error wrong-type: "wikilinks" must be true or false -- write wikilinks = true']),
        ('heading_ids = "github"', "heading_ids",
         ['3:1 error unknown-key: unknown key "heading_ids" -- write heading_ids below [markdown] instead']),
        ("[front_matter]\nalow = []", "allow", ['4:1 error unknown-key: unknown key "alow" -- did you mean "allow"?']),
        pytest.param("theme_options = 1", "theme_options", [('3:17 error wrong-type: "theme_options" must be a table of'
                                                           " keys and values")]),
        ("pagniate = 3", "", ['3:1 error unknown-key: unknown key "pagniate" -- did you mean "paginate"?']),
        ('baseURL = "x"', "", ['3:1 error unknown-key: unknown key "baseURL" -- write "url" instead']),
        ('languageCode = "x"', "", ['3:1 error unknown-key: unknown key "languageCode" -- write "language" instead']),
        ('SITENAME = "x"', "", ['3:1 error unknown-key: unknown key "SITENAME" -- write "title" instead']),
        ('SITEURL = "x"', "", ['3:1 error unknown-key: unknown key "SITEURL" -- write "url" instead']),
        ("[permalinks]\n", "", ['3:2 error unknown-key: unknown key "permalinks" -- write "permalink" instead']),
        ("paginateSize = 1", "", ['3:1 error unknown-key: unknown key "paginateSize" -- write "paginate" instead']),
        ("[social]\na = 1", "", ['3:2 error unknown-key: unknown key "social" -- write "links" instead']),
        ("[comments]\na = 1", "",
         [('3:2 error unknown-key: unknown key "comments" -- '
          'here it is not a setting: a theme loads it, as docs/comments-analytics-embeds.md shows')]),
        ("[params]\na = 1", "", ['3:2 error unknown-key: unknown key "params" -- write "theme_options" instead']),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_with_its_position(tmp_path: Path, text: str, field: str, lines: list[str]) -> None:
    found, problems = load(tmp_path, text)
    assert problems == lines
    if field:
        assert getattr(found, field) == getattr(Settings(title="T"), field)


def test_each_option_of_the_theme_has_its_place(tmp_path: Path) -> None:
    found, _ = load(tmp_path, '[theme_options]\nfooter = "F"\n  wide = true\nmore.a = 1')
    assert found.theme_option_locations == {
        "footer": Location("blog.toml", 4, 1), "wide": Location("blog.toml", 5, 3), "more": Location("blog.toml", 6, 1),
    }  # fmt: skip
    found, _ = load(tmp_path, 'theme_options = { footer = "F", wide = true }')
    assert found.theme_option_locations == {
        "footer": Location("blog.toml", 3, 19),
        "wide": Location("blog.toml", 3, 33),
    }
    assert load(tmp_path)[0].theme_option_locations == {}


def test_all_wrong_values_are_told_together(tmp_path: Path) -> None:
    text = 'titel = "T"\nlanguage = "?"\n[feed]\nlimit = 0\nx = 1\n[menu]\nA = "a"'
    assert len(whole(tmp_path, text)) == 6


@pytest.mark.parametrize("text", ["", 'title = ""', 'title = "  "'])
def test_a_title_is_required(tmp_path: Path, text: str) -> None:
    assert whole(tmp_path, text) == ['1:1 error missing-key: "title" is missing -- write title = "…"', NO_URL]


def test_a_site_without_a_url_gets_a_warning(tmp_path: Path) -> None:
    assert whole(tmp_path, 'title = "T"') == [NO_URL]
    assert load_settings(site(tmp_path, {"blog.toml": 'title = "T"'}))[0].authority == ""


@pytest.mark.parametrize(
    ("url", "kept", "base_path"),
    [
        ("https://example.org/", "https://example.org", ""),
        ("https://example.org/blog/", "https://example.org/blog", "/blog"),
        ("http://localhost:8000", "http://localhost:8000", ""),
    ],
)
def test_a_url_loses_its_last_slash_and_gives_the_base_path(
    tmp_path: Path, url: str, kept: str, base_path: str
) -> None:
    found, _ = load_settings(site(tmp_path, {"blog.toml": f'title = "T"\nurl = "{url}"'}))
    assert (found.url, found.base_path) == (kept, base_path)


@pytest.mark.parametrize(
    "url",
    ["https://x.org/?a=b", "https://x.org/?", "https://x.org/#a", "https://x.org/#", "https://me@x.org",
     "https://me:x@x.org/", "https://x.org/*/a", "https://x.org/:a"],
)  # fmt: skip
def test_a_url_has_no_query_fragment_user_or_wildcard(tmp_path: Path, url: str) -> None:
    message = '2:7 error wrong-url: "url" may have a path, but no query, fragment, user name or wildcard'
    assert message in whole(tmp_path, f'title = "T"\nurl = "{url}"')


def test_a_url_that_is_no_address_is_an_error(tmp_path: Path) -> None:
    line = '2:7 error wrong-url: "url" must be an http or https address, not "example.org" -- write url = "https://example.org"'
    assert line in whole(tmp_path, 'title = "T"\nurl = "example.org"')


@pytest.mark.parametrize(
    ("written", "base_url", "authority"),
    [
        ('url = "https://example.org/blog/"', "https://preview.example.net", "example.org"),
        ('url = "https://example.org"', "http://localhost:8000/x", "example.org"),
        ('url = "https://example.org"', "", "example.org"),
        ('url = "https://example.org"', None, "example.org"),
        ("", "https://preview.example.net", "preview.example.net"),
        ('url = "https://example.org"\n[feed]\nauthority = "old.org"', "https://preview.example.net", "old.org"),
    ],
)
def test_ids_of_entries_are_of_the_written_host_whatever_the_site_is_built_for(
    tmp_path: Path, written: str, base_url: str | None, authority: str
) -> None:
    root = site(tmp_path, {"blog.toml": f'title = "T"\n{written}\n'})
    assert load_settings(root, base_url)[0].authority == authority


SITE = 'title = "T"\nurl = "https://example.org"\n'


def test_links_may_list_what_lives_elsewhere_on_the_host_beside_profiles(tmp_path: Path) -> None:
    text = f'{SITE}[links]\nGitHub = "https://github.com/a"\nelsewhere = ["/demo/", "/paper.pdf"]\n'
    found, problems = load_settings(site(tmp_path, {"blog.toml": text}))
    assert (found.links, found.elsewhere, problems) == (
        (("GitHub", "https://github.com/a"),), ("/demo/", "/paper.pdf"), [],
    )  # fmt: skip
    assert [*found.link_locations] == ["GitHub"]


def test_a_profile_may_have_the_name_elsewhere(tmp_path: Path) -> None:
    text = f'{SITE}[links]\nelsewhere = "https://example.net/a"\n'
    found, problems = load_settings(site(tmp_path, {"blog.toml": text}))
    assert (found.links, found.elsewhere, problems) == ((("elsewhere", "https://example.net/a"),), (), [])


@pytest.mark.parametrize(
    ("path", "meant"),
    [("demo/", "/demo/"), ("//host/demo/", "/host/demo/"), ("/demo/?x", "/demo/"),
     ("https://example.org/demo/", "/demo/"), ("/demo/*", "/demo/"), ("paper.pdf", "/paper.pdf"), ("?", "/demo/")],
)  # fmt: skip
def test_what_lives_elsewhere_is_a_path(tmp_path: Path, path: str, meant: str) -> None:
    root = site(tmp_path, {"blog.toml": f'{SITE}[links]\nelsewhere = ["{path}"]\n'})
    message, hint = f'"{path}" is no path such as /demo/', f'write elsewhere = ["{meant}"]'
    assert told(load_settings(root)[1]) == [f"4:14 error wrong-path: {message} -- {hint}"]


def test_a_host_of_another_script_gives_an_authority(tmp_path: Path) -> None:
    found, problems = load_settings(site(tmp_path, {"blog.toml": 'title = "T"\nurl = "https://exämple.org"'}))
    assert (found.authority, problems) == ("xn--exmple-cua.org", [])


def test_a_host_that_no_resolver_can_ask_for_gives_no_authority(tmp_path: Path) -> None:
    found, _ = load_settings(site(tmp_path, {"blog.toml": f'title = "T"\nurl = "https://{"a" * 64}.org"'}))
    assert found.authority == ""


def test_a_host_of_numbers_is_no_error(tmp_path: Path) -> None:
    assert load(tmp_path, base_url="http://[::1]:8000")[1] == []


@pytest.mark.parametrize("url", ["http://[x", "http://ex℀mple.org"])
def test_a_url_that_no_program_can_take_apart_is_an_error(tmp_path: Path, url: str) -> None:
    assert whole(tmp_path, f'title = "T"\nurl = "{url}"')


def test_base_url_replaces_the_url(tmp_path: Path) -> None:
    found, problems = load(tmp_path, base_url="https://preview.example.net/42/")
    assert (found.url, found.base_path, problems) == ("https://preview.example.net/42", "/42", [])


@pytest.mark.parametrize("url", ["preview", "javascript:alert(1)", "https://", "/blog/"])
def test_base_url_must_be_an_address(tmp_path: Path, url: str) -> None:
    try:
        _, problems = load(tmp_path, base_url=url)
    except BlogError as error:
        problems = told(error.problems)
    assert problems


@pytest.mark.parametrize("pattern", ["/posts/{titel}/{slug}/", "/posts/{}/{slug}/", "/{slug.x}/"])
def test_a_permalink_with_an_unknown_field_is_replaced_by_the_default(tmp_path: Path, pattern: str) -> None:
    assert load(tmp_path, f'permalink = "{pattern}"')[0].permalink == "/posts/{slug}/"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[menu]\nNow = "now"', '4:7 error wrong-url: "Now" must lead to a path such as /about/ or an http address -- write Now = "/now/"'),
        ('[menu]\n"My page" = "content/my.md"',
         '4:13 error wrong-url: "My page" must lead to a path such as /about/ or an http address -- write "My page" = "/my/"'),
        ('[menu]\nA = "about.html"', '4:5 error wrong-url: "A" must lead to a path such as /about/ or an http address -- write A = "/about.html"'),
        ('[menu]\nHome = ["/"]', '4:8 error wrong-type: "Home" must be text -- write Home = "/"'),
        ('[links]\nMastodon = "@rae@x.social"',
         '4:12 error wrong-url: "Mastodon" must be an http or https address, not "@rae@x.social" -- write Mastodon = "https://x.social/@rae"'),
        ('[links]\nelsewhere = "demo"', '4:13 error wrong-type: "elsewhere" must be a list of paths -- write elsewhere = ["/demo/"]'),
        ("[links]\nelsewhere = 3", '4:13 error wrong-type: "elsewhere" must be a list of paths -- write elsewhere = ["/demo/"]'),
        ('[feed]\nlimit = "all"', '4:9 error wrong-type: "limit" must be a whole number -- write limit = 20'),
        ("[feed]\nfull = true", '4:1 error unknown-key: unknown key "full" -- did you mean "full_text"?'),
        ("[feed]\nitems = 3", '4:1 error unknown-key: unknown key "items" -- the keys here are limit, full_text, paths and authority'),
        ('[feed]\nauthority = "https://example.net/"',
         '4:13 error wrong-authority: "https://example.net/" is not a host name or an e-mail address -- write authority = "example.net"'),
        ('language = "english"', '3:12 error wrong-language: "english" is not a language tag such as en or pt-BR -- write language = "en"'),
        ('language = "en_GB"', '3:12 error wrong-language: "en_GB" is not a language tag such as en or pt-BR -- write language = "en-GB"'),
        ('timezone = "GMT+1"', '3:12 error wrong-timezone: "GMT+1" is not an IANA time zone -- write a city, such as "Europe/Madrid"'),
        ('timezone = "CEST"', '3:12 error wrong-timezone: "CEST" is not an IANA time zone -- write a city, such as "Europe/Madrid"'),
        ('timezone = "new york"', '3:12 error wrong-timezone: "new york" is not an IANA time zone -- write timezone = "America/New_York"'),
        ('theme = "themes/mine"', '3:9 error wrong-theme: "themes/mine" is not a name of a folder in themes/ -- write theme = "mine"'),
        ("author = {nam = 'a'}", '3:11 error unknown-key: unknown key "nam" -- did you mean "name"?'),
    ],
)  # fmt: skip
def test_one_mistake_gives_one_problem_with_what_to_write(tmp_path: Path, text: str, line: str) -> None:
    assert load(tmp_path, text)[1] == [line]


def test_a_wrong_entry_is_left_out_of_the_menu(tmp_path: Path) -> None:
    found, _ = load(tmp_path, '[menu]\nNow = "now"\nB = "/b/"')
    assert [item.name for item in found.menu] == ["B"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('title = "T"\nurl = "loss.test"',
         '2:7 error wrong-url: "url" must be an http or https address, not "loss.test" -- write url = "https://loss.test"'),
        ('title = "T"\nurl = 3', '2:7 error wrong-type: "url" must be text -- write url = "3"'),
        ('title = "T"\nbaseURL = "https://x.org"', '2:1 error unknown-key: unknown key "baseURL" -- write "url" instead'),
        ('titel = "T"\nurl = "https://x.org"', '1:1 error unknown-key: unknown key "titel" -- did you mean "title"?'),
        ('title = 3\nurl = "https://x.org"', '1:9 error wrong-type: "title" must be text -- write title = "3"'),
    ],
)  # fmt: skip
def test_a_wrong_title_or_url_is_not_missing_too(tmp_path: Path, text: str, line: str) -> None:
    assert whole(tmp_path, text) == [line]


def test_a_menu_target_that_is_not_text_is_told_once(tmp_path: Path) -> None:
    assert load(tmp_path, "[menu]\nA = 3")[1] == ['4:5 error wrong-type: "A" must be text -- write A = "3"']


@pytest.mark.parametrize(
    "text", ['[menu]\n"\\u0000" = "/a/"', '[labels."\\u0001"]', '[links]\n"\\u0001" = "http://x.org"']
)
def test_a_control_character_in_a_name_is_an_error(tmp_path: Path, text: str) -> None:
    assert load(tmp_path, text)[1]


def test_a_label_written_twice_is_an_error_also_if_only_case_differs(tmp_path: Path) -> None:
    assert load(tmp_path, '[labels.Week]\nnotice = "a"\n[labels.week]\nnotice = "b"')[1]


def test_a_label_written_twice_is_an_error_also_if_only_the_unicode_form_differs(tmp_path: Path) -> None:
    assert load(tmp_path, '[labels."caf\u00e9"]\nnotice = "a"\n[labels."cafe\u0301"]\nnotice = "b"')[1]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"title = \n", '1:8 error toml: "title" has no value -- write title = "…", or delete the line'),
        (b'title = "T"\ntitle = "U"\n', '2:1 error toml: "title" is written twice -- keep one of them'),
        (b'title = "T"\nurl = Week 4', '2:7 error toml: a text needs quotes -- write url = "Week 4"'),
    ],
)
def test_broken_toml_is_told_where_it_breaks(tmp_path: Path, data: bytes, line: str) -> None:
    assert whole(tmp_path, data) == [line]


@pytest.mark.parametrize("data", [b'\xef\xbb\xbftitle = "T"\r\ntheme = 1\r\n', b'title = "T"\ntheme = 1\n'])
def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(tmp_path: Path, data: bytes) -> None:
    assert '2:9 error wrong-type: "theme" must be text -- write theme = "1"' in whole(tmp_path, data)


def test_settings_that_are_not_utf_8_are_told_with_their_line(tmp_path: Path) -> None:
    (line,) = whole(tmp_path, 'title = "T"\nurl = "é'.encode() + b'\xff"\n')
    assert line.startswith("2:")
    assert " error encoding: not UTF-8" in line


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_settings_that_are_not_utf_8_are_told_with_their_column(tmp_path: Path, mark: bytes) -> None:
    (line,) = whole(tmp_path, mark + 'title = "T"\n"é'.encode() + b"\xff\n")
    assert line.startswith("2:3 error encoding: not UTF-8")


def test_a_folder_without_settings_gets_a_hint(tmp_path: Path) -> None:
    with pytest.raises(BlogError) as caught:
        load_settings(tmp_path)
    (problem,) = caught.value.problems
    assert (problem.location, problem.code) == (Location("blog.toml"), "no-settings")
    assert problem.message.startswith("No such file or directory: ")
    assert problem.hint == "`blog init DIR` makes a site to start from"


def test_settings_that_are_no_file_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "blog.toml").mkdir()
    with pytest.raises(BlogError) as caught:
        load_settings(tmp_path)
    assert told(caught.value.problems) == ["1:1 error no-settings: blog.toml is not a file"]


def test_settings_that_the_system_refuses_are_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch, "blog.toml")
    with pytest.raises(BlogError) as caught:
        load_settings(site(tmp_path, {}))
    assert told(caught.value.problems) == [f"1:1 error no-settings: Permission denied: {tmp_path}/blog.toml"]


def test_settings_are_read_through_no_link_out_of_the_site_and_nothing_of_that_is_printed(tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text("TOKEN=secret\n", encoding="utf-8")
    root = site(tmp_path / "site", {"config/real.toml": 'title = "R"\n'})
    for target in ("../credentials", str(tmp_path / "credentials"), "hop", "/dev/zero"):
        (root / "blog.toml").unlink()
        (root / "hop").unlink(missing_ok=True)
        (root / "hop").symlink_to(tmp_path / "credentials")
        (root / "blog.toml").symlink_to(target)
        with pytest.raises(BlogError) as caught:
            load_settings(root)
        assert told(caught.value.problems) == [
            "1:1 error outside-link: the symbolic link leaves the site folder -- copy the file into the site folder"
        ]
    (root / "blog.toml").unlink()
    (root / "blog.toml").symlink_to("config/real.toml")
    assert load_settings(root)[0].title == "R"
    (root / "blog.toml").unlink()
    (root / "blog.toml").symlink_to(".env")
    (root / ".env").write_text("TOKEN=secret\n", encoding="utf-8")
    with pytest.raises(BlogError) as caught:
        load_settings(root)
    assert [problem.code for problem in caught.value.problems] == ["hidden-link"]


def test_settings_that_are_a_fifo_or_without_end_are_a_problem(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "blog.toml")
    with pytest.raises(BlogError) as caught:
        load_settings(tmp_path)
    assert told(caught.value.problems) == ["1:1 error no-settings: blog.toml is not a file"]
    (tmp_path / "blog.toml").unlink()
    (tmp_path / "blog.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(BlogError) as caught:
        load_settings(tmp_path)
    assert told(caught.value.problems) == [f"1:1 error no-settings: File too large: {tmp_path}/blog.toml"]


@settings(
    derandomize=True,
    deadline=None,
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.one_of(
        st.binary(max_size=60),
        st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")),
        st.lists(
            st.tuples(
                st.sampled_from(
                    ["title", "url", "author", "permalink", "timezone", "menu", "[feed]\nlimit", "labels.x"]
                ),
                st.sampled_from(["1", "true", '"x"', '"/{slug}/"', "[]", "{}", '{name = "x"}', "1.5", "2015-06-09"]),
            ),
            max_size=5,
        ).map(lambda pairs: "\n".join(f"{key} = {value}" for key, value in pairs).encode()),
    )
)
def test_any_bytes_as_settings_give_settings_or_problems(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "blog.toml").write_bytes(data)
    try:
        found, problems = load_settings(tmp_path)
    except BlogError as error:
        assert error.problems  # noqa: PT017  (both outcomes are promised)
    else:
        assert found.title or problems


@pytest.mark.parametrize("key", SETTINGS)
def test_a_setting_with_any_wrong_value_is_read_or_told(key: str) -> None:
    for value in TOML:
        targets.settings(f"{key} = {value}\n".encode())
        targets.settings(f'title = "T"\nurl = "https://example.org"\n{key} = {value}\n'.encode())
