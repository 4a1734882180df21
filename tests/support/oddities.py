"""Values of every wrong kind, and names that nobody expects: for tests that try each of them everywhere."""

from hypothesis import strategies as st

from blog.config.settings import Settings
from blog.content.front_matter import FrontMatter

KEYS = (
    *(name for name in FrontMatter.__struct_fields__ if not name.endswith("place")),
    "lastmod", "description", "weight", "published", "layout", "hidden", "categories", "",
)  # fmt: skip
"""Of front matter: all that are known, other spellings, and some that are not."""
SETTINGS = (
    *(name for name in Settings.__struct_fields__ if not name.endswith(("place", "places")) and "_" not in name),
    "feed.limit", "feed.full_text", "feed.authority", "feed.paths", "feed", "labels.x", "labels.x.notice", "links.x", "menu.x", "front_matter.allow",
    "front_matter", "math", "math.macros", "math.macros.E", "theme_options", "theme_options.footer", "author.name", "baseurl", '""',
)  # fmt: skip
"""Of `blog.toml`, in the same way."""
_BOTH = (
    "true", "1", "-1", "1.5", "9" * 30, "2024-01-01", "[]", "[[]]", '[""]', '["a", "a", "A"]', "[1, true, 2024-01-01]", "{}", '""',
    '" "', '"x"', '"<!-- x -->"', '"<!--"', '"\\u0000"', '"\\u001b[31m"', '"\\uFFFE"', '"\\u2028"', '"\\u202e"', '"😀"', '"/"', '"//x"',
    '"/../x"', '"../../x"', '".."', '"a/b"', '"a\\\\b"', '"CON"', '"x."', f'"{"a" * 300}"', f'"{"é" * 200}"', '"%ff"', '"#"', '"https://["',
    '"https://x.org/<>"', '"https://x.org/é?é#é"', '"javascript:alert(1)"', '"b.md"', '"p.png"', '"post.html"', '"index.html"', '"/index.html"',
    '"/feed.xml"', '"</title>&lt;"', '"a@b.org"', '"en"', '"xx-"', '"UTC"', '"Nowhere/There"', '"/{slug}/{slug}/"', '"/{x}/{slug}/"', '"\\\\frac"',
    '"{"', '"9999-12-31"', '"2024-02-30"', '"12:30"', '"`*_[x](y)"', '"$x$"', '"::: private"',
)  # fmt: skip
YAML = (
    *_BOTH, "", "~", "yes", "0x1F", "1e400", ".nan", "0001-01-01", "9998-12-31 23:59-15:00", "[~]", "[[a]]", "[{}]", "{a: b}", "{a: {b: [c]}}",
    "{name: x}", "{url: x}", "{name: [x]}", '"\\ud800"', "|\n  a\n\n  b\n", ">\n  <!-- a\n  b", "'a\n  b'", "[2024-01-01: x]",
    "[{2024-01-01: [x]}]", "[{2024-01-01: x, b: c}]", "{date: 2024-01-01}", "&a b", "*a", "!!str x", "x # y", "x: y", "- x", "? x", "@x", "%x",
)  # fmt: skip
"""As they are written behind `key: `."""
TOML = (
    *_BOTH, "0x1F", "1e400", "nan", "0001-01-01", "9998-12-31T23:59:00-15:00", "12:30:00", "2024-01-01T00:00:00", "[[1], {}]", '{a = "b"}',
    '{a = {b = ["c"]}}', '{name = "x"}', '{url = "x"}', '{name = ["x"]}', '"\\ud800"', "'''a\nb'''", '"""a\\\n   b"""', "[{ 2024-01-01 = 'x' }]", "x", "",
)  # fmt: skip
"""As they are written behind `key = `."""

names = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12),
    st.sampled_from(["C", "c", "C#", "++", "..", "/", "a/b", "é", "e\u0301", "İ", "ß", "😀", "\u202ex", "<b>", "&amp;", "CON", "index", "tags", "1", '"', "'", "%2f", "{slug}", "\u0301a", "\ufffe"]),
)  # fmt: skip
"""Of tags, labels, series, people and pages."""
