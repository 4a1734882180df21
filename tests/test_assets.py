"""A theme's static files: named after their contents; style sheets hold what they import, and nothing needless."""

from typing import NamedTuple

import pytest

from blog.assets import Asset, fingerprint
from blog.cache import digest
from blog.errors import BlogError
from tests.sites import told


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
    return Made(*fingerprint(extended | assets))


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
        ("x { y: url(nope.png) }", "1:8 error style-sheet: the theme has no file static/nope.png"),
        ('@import "p/a.css" layer(base);', "1:1 error style-sheet: an @import of a file of the theme has no layer -- write the rules in @layer { … }"),
    ],
)  # fmt: skip
def test_what_a_style_sheet_names_and_nobody_has_is_an_error(css: str, message: str) -> None:
    with pytest.raises(BlogError) as caught:
        with_files({"a.css": css.encode()}, a=b"a { }")
    assert told(caught.value.problems) == [message]


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
