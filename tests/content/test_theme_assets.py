"""A theme's static files: named after their contents; style sheets hold what they import, and nothing needless."""

from contextlib import suppress
from typing import NamedTuple

import pytest

from blog.cache.digests import digest
from blog.content.theme_assets import Asset, fingerprint_assets
from blog.problems import BlogError
from tests.support.bounds import processor
from tests.support.sites import told


class Made(NamedTuple):
    paths: dict[str, str]
    files: dict[str, bytes]


def with_files(files: dict[str, bytes], **hidden: bytes) -> Made:
    """``hidden``: style sheets of the theme ``p``, which this one extends."""
    assets = {name: Asset(name, data, f"themes/t/static/{name}") for name, data in files.items()}
    extended = {
        f"p/{name}.css": Asset(f"{name}.css", data, f"themes/p/static/{name}.css", published=False)
        for name, data in hidden.items()
    }
    return Made(*fingerprint_assets(extended | assets))


def sheet(files: dict[str, bytes], name: str = "a.css", **hidden: bytes) -> str:
    made = with_files(files, **hidden)
    return made.files[made.paths[name]].decode()


def test_files_are_named_after_their_contents() -> None:
    made = with_files({"a.png": b"A", "LICENSE": b"L"})
    assert made.paths == {
        "a.png": f"assets/a.{digest(b'A').hex()[:12]}.png",
        "LICENSE": f"assets/LICENSE.{digest(b'L').hex()[:12]}",
    }
    assert made.files == {made.paths["a.png"]: b"A", made.paths["LICENSE"]: b"L"}


def test_other_contents_have_another_name() -> None:
    assert with_files({"a.png": b"A"}).paths != with_files({"a.png": b"B"}).paths


@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_style_sheets_name_the_files_of_the_theme_by_their_new_names(quote: str) -> None:
    files = {
        "css/a.css": f"x {{ src: url({quote}../fonts/f.woff2{quote}), url({quote}b.png{quote}) }}".encode(),
        "fonts/f.woff2": b"F",
        "css/b.png": b"B",
    }
    made = with_files(files)
    font, picture = (made.paths[name].removeprefix("assets/") for name in ("fonts/f.woff2", "css/b.png"))
    sheet = made.files[made.paths["css/a.css"]].decode()
    assert sheet == f'x{{src: url("../{font}"),url("{picture.removeprefix("css/")}")}}'


def test_style_sheets_lose_remarks_and_needless_space_and_nothing_else() -> None:
    css = b"""/* A remark; "quoted" */
a  :is(.b, .c) > d::before { content: "x  /* y */  ;  }" ; margin: calc(1px + 2px) }  /* more */
@media (min-width: 3rem) {\n  e { background: url( a b.png ) ; }\n}
"""
    made = with_files({"a.css": css})
    assert made.files[made.paths["a.css"]].decode() == (
        'a :is(.b,.c) > d::before{content: "x  /* y */  ;  }";margin: calc(1px + 2px)}'
        "@media (min-width: 3rem){e{background: url( a b.png );}}"
    )


def test_white_space_around_an_address_in_a_style_sheet_does_not_matter() -> None:
    made = with_files({"a.css": b"url( b.png )", "b.png": b"B"})
    assert made.files[made.paths["a.css"]].decode() == f'url("{made.paths["b.png"].removeprefix("assets/")}")'


def test_a_style_sheet_has_a_new_name_when_a_file_it_names_changes() -> None:
    sheet = b"url(a.png)"
    one, other = (with_files({"a.css": sheet, "a.png": data}).paths["a.css"] for data in (b"1", b"2"))
    assert one != other


@pytest.mark.parametrize("url", ["https://x.org/a.png", "data:image/png;base64,AA", "#id", "/favicon.ico"])
def test_other_addresses_in_a_style_sheet_stay(url: str) -> None:
    made = with_files({"a.css": f"url({url})".encode()})
    assert made.files[made.paths["a.css"]] == f"url({url})".encode()


def test_a_style_sheet_names_another_one_by_its_new_name() -> None:
    files = {"a.css": b"x { y: url(b.css) }", "b.css": b"z { y: url(c.css) }", "c.css": b"C"}
    made = with_files(files)
    b, c = (made.paths[name].removeprefix("assets/") for name in ("b.css", "c.css"))
    assert made.files[made.paths["a.css"]].decode() == f'x{{y: url("{b}")}}'
    assert made.files[made.paths["b.css"]].decode() == f'z{{y: url("{c}")}}'


def test_an_import_for_a_medium_stands_in_its_rule() -> None:
    assert sheet({"a.css": b"@import url(b.css) print;", "b.css": b"b { c: d }"}) == "@media print{b{c: d}}"


@pytest.mark.parametrize(
    ("css", "message"),
    [
        ('\n@import "p/aa.css";', '2:1 error style-sheet: the theme has no file static/p/aa.css -- did you mean "p/a.css"?'),
        ("x { y: url(nope.png) }", "1:8 error style-sheet: the theme has no file static/nope.png -- put it into themes/t/static/"),
        ("a { b: c }\nd {\n e: f\n\ng { h: i }", '2:3 error style-sheet: "{" is not closed -- write }'),
        ("@media print {\n a { b: c }\n", '1:14 error style-sheet: "{" is not closed -- write }'),
        ("a { b: calc(1px + (2px); }\nc { d: e }", '1:12 error style-sheet: "(" is not closed -- write )'),
        ("a[b { c: d }", '1:2 error style-sheet: "[" is not closed -- write ]'),
        ("a { b: c } }", '1:12 error style-sheet: "}" closes nothing -- delete it'),
        ("a { b: c }\n /* d { }", "2:2 error style-sheet: the comment is not closed -- write */"),
        ('a { b: "x;\n }', '1:8 error style-sheet: the quote is not closed in its line -- write " at the end of the text'),
        ('@import "p/a.css"\na { b: c }', '1:1 error style-sheet: the @import is not closed -- write @import "p/a.css";'),
        ("/*/ a { }", "1:1 error style-sheet: the comment is not closed -- write */"),
        ('@import "p/a.css" layer(base);', "1:1 error style-sheet: an @import of a file of the theme has no layer -- write the rules in @layer { … }"),
    ],
)  # fmt: skip
def test_what_a_style_sheet_names_and_nobody_has_is_an_error(css: str, message: str) -> None:
    with pytest.raises(BlogError) as caught:
        with_files({"a.css": css.encode()}, a=b"a { }")
    assert told(caught.value.problems) == [message]


@pytest.mark.parametrize(
    "css",
    [
        r".w-1\/2 .md\:w-\[10px\], .a\({b: c}", 'a{b: "}{(["}', "a{b: url(data:x,{[)}", "/* } ( */ a{b: c}",
        "a{b: var(--x,{})}", "a{&:hover{b: c}}", "a[b='(']{c: d}", "a{--b: [{(c)}]}",
    ],
)  # fmt: skip
def test_brackets_that_are_closed_or_that_are_none_are_no_error(css: str) -> None:
    assert with_files({"a.css": css.encode()}).files


@pytest.mark.parametrize("written", ["a b.png", "a%20b.png", "a b.png?#iefix", "a b.png#x"])
def test_addresses_with_spaces_queries_and_fragments_are_filled_in(written: str) -> None:
    made = with_files({"a.css": f'x {{ y: url("{written}") }}'.encode(), "a b.png": b"P"})
    rest = written.replace("%20", " ").removeprefix("a b.png")
    name = made.paths["a b.png"].removeprefix("assets/")
    assert made.files[made.paths["a.css"]].decode() == f'x{{y: url("{name}{rest}")}}'


def test_what_looks_like_css_in_strings_addresses_and_remarks_is_none() -> None:
    css = b"""/* Off: @import "missing.css"; url(nope.png) */
li::before { background: url("data:image/svg+xml,%3Cpath transform='rotate(45 12 12)'/%3E") ; }
q::after { content: ",  " ; } q { content: "/* not a  remark */ { ; } url(nope.png)"; }
"""
    assert sheet({"a.css": css}) == (
        """li::before{background: url("data:image/svg+xml,%3Cpath transform='rotate(45 12 12)'/%3E");}"""
        """q::after{content: ",  ";}q{content: "/* not a  remark */ { ; } url(nope.png)";}"""
    )


def test_a_style_sheet_that_is_not_utf_8_is_a_problem() -> None:
    with pytest.raises(BlogError):
        with_files({"a.css": b"\xff"})


# Imported style sheets stand where they are imported


@pytest.mark.parametrize("written", ['"b.css"', "'b.css'", 'url("b.css")', "url( 'b.css' )", '"./b.css"'])
def test_an_imported_style_sheet_stands_where_it_is_imported(written: str) -> None:
    assert sheet({"a.css": f"@import {written};\nx {{ y: z }}".encode(), "b.css": b"b { c: d }"}) == "b{c: d}x{y: z}"


def test_a_style_sheet_imports_that_of_the_extended_theme_by_its_name() -> None:
    made = with_files({"a.css": b'@import "p/a.css"; x { y: z }'}, a=b"b { c: d }")
    assert made.files == {made.paths["a.css"]: b"b{c: d}x{y: z}"}


def test_what_an_imported_style_sheet_imports_may_be_replaced() -> None:
    files = {"a.css": b'@import "p/a.css"; x { y: z }', "b.css": b"mine { }"}
    assert sheet(files, a=b'@import "b.css"; c { }', b=b"theirs { }") == "mine{}c{}x{y: z}"


def test_addresses_in_an_imported_style_sheet_are_seen_from_where_it_comes_to_stand() -> None:
    files = {
        "a.css": b'@import "css/b.css";',
        "css/b.css": b"x { y: url(c.png), url(https://x.org/d.png) }",
        "css/c.png": b"C",
    }
    made = with_files(files)
    name = made.paths["css/c.png"].removeprefix("assets/")
    assert made.files[made.paths["a.css"]].decode() == f'x{{y: url("{name}"),url(https://x.org/d.png)}}'


@pytest.mark.parametrize(
    "line", ['@import "https://x.org/a.css";', '@import "//x.org/a.css";', "@import url(/own.css) screen;"]
)
def test_other_imports_stay(line: str) -> None:
    assert sheet({"a.css": line.encode(), "b.css": b"b { }"}) == line


def test_style_sheets_that_import_each_other_are_an_error() -> None:
    with pytest.raises(BlogError) as caught:
        with_files({"a.css": b'@import "b.css";', "b.css": b'@import "a.css";'})
    assert told(caught.value.problems) == ["1:1 error style-sheet: the style sheet imports itself, by way of b.css"]


# A theme comes to its end


def chain(length: int, link: str, last: str = "a { b: c }") -> dict[str, bytes]:
    """Style sheets that each hold ``link`` to the next one."""
    sheets = {f"s{at:04}.css": link.replace("NEXT", f"s{at + 1:04}.css") for at in range(length)}
    return {name: css.encode() for name, css in (sheets | {f"s{length:04}.css": last}).items()}


TOO_LONG = "the style sheets of the theme, with all that they import, have more than 10,000,000 letters"


@pytest.mark.parametrize(
    ("files", "path", "message"),
    [
        (chain(40, '@import "NEXT"; @import "NEXT";'), "s0021.css", f"1:22 error style-sheet: {TOO_LONG}"),
        (chain(40, '\n\n @import "NEXT" print;' * 9), "s0034.css", f"11:2 error style-sheet: {TOO_LONG}"),
        (chain(60, '@import "NEXT";'), "s0050.css", "1:1 error style-sheet: more than 50 style sheets name each other in a row"),
        (chain(2000, "a { b: url(NEXT) }"), "s0050.css", "1:1 error style-sheet: more than 50 style sheets name each other in a row"),
        ({"a.css": b"a { b: c }\n" * 5_000_000}, "a.css", f"1:1 error style-sheet: {TOO_LONG}"),
        ({"a.css": b"url(b)" * 1_000_000, "b": b""}, "a.css", f"1:1599997 error style-sheet: {TOO_LONG}"),
        ({"a.css": b'@import "b.css";' * 200_000, "b.css": b"a{b:url(data:,some-text-that-is-long-enough-to-be-more-than-the-import)}"}, "a.css", f"1:1942833 error style-sheet: {TOO_LONG}"),
        ({"a.css": b'@import "b.css";', "b.css": b"x{y:url(a.css)}"}, "a.css", "1:1 error style-sheet: the style sheet imports itself, by way of b.css"),
    ],
    ids=["doubling", "nine", "row", "row of addresses", "long", "growing", "many", "loop"],
)  # fmt: skip
def test_style_sheets_without_end_are_an_error(files: dict[str, bytes], path: str, message: str) -> None:
    with processor(8), pytest.raises(BlogError) as caught:
        with_files(files)
    assert [problem.location.path for problem in caught.value.problems] == [f"themes/t/static/{path}"]
    assert told(caught.value.problems) == [message]


@pytest.mark.parametrize(
    "css",
    [
        '"' + '\\"' * 300_000, "'" + "\\'" * 300_000, 'url("' + '\\"' * 300_000, 'url("' * 200_000, "url(" * 200_000,
        " " * 1_000_000, "@import " + " " * 500_000, "@import " * 100_000, "/*" * 500_000, "/**/" * 300_000, "{ } ; " * 200_000,
        'x{y:url("#' + " " * 300_000 + 'z")}', "x{y:url(#a)}\n" * 60_000, '@import "/a.css" ' + "(" * 300_000, "\\" * 500_000,
        '@import "empty.css";\n' * 60_000, 'url("empty.css")\n' * 20_000,
    ],
    ids=range(17),
)  # fmt: skip
def test_the_time_for_a_style_sheet_grows_no_faster_than_the_sheet(css: str) -> None:
    with processor(5), suppress(BlogError):  # a bracket is not closed
        with_files({"a.css": css.encode(), "empty.css": b""})


def test_a_large_style_sheet_that_others_import_is_no_error() -> None:
    large = b"".join(b".c%d { background: url(b.png) }\n" % at for at in range(6000))
    files = {f"{name}.css": b'@import "large.css";' for name in "abcde"} | {"large.css": large, "b.png": b"B"}
    assert len(large) > 200_000
    assert len(with_files(files).files) == 7
