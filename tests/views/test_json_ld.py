"""The direction of a language."""

import pytest

from blog.views.json_ld import direction


@pytest.mark.parametrize(
    ("language", "side"),
    [("en", "ltr"), ("ar", "rtl"), ("AR-EG", "rtl"), ("he", "rtl"), ("az", "ltr"), ("az-Arab", "rtl"), ("ar-Latn", "ltr"),
     ("zh-Hant-TW", "ltr"), ("ur-PK", "rtl"), ("ar-u-nu-latn", "rtl"), ("pnb", "rtl")],
)  # fmt: skip
def test_lines_begin_where_those_of_the_language_do(language: str, side: str) -> None:
    assert direction(language) == side
