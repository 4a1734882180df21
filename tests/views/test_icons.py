"""The icon of an author comes before that of the theme."""

import re
from pathlib import Path

import pytest

from tests.support.publishing import publish
from tests.support.sites import SETTINGS, picture

ICONS: dict[str, str | bytes] = {
    "favicon.ico": b"icon",
    "favicon.png": picture(9, 9),
    "favicon.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
    "apple-touch-icon.png": picture(9, 9),
}


@pytest.mark.parametrize(
    "names", [["favicon.ico"], ["favicon.png"], ["favicon.svg"], ["apple-touch-icon.png"], [*ICONS]]
)
def test_an_icon_of_ones_own_replaces_all_icons_of_the_theme(names: list[str], tmp_path: Path) -> None:
    made = publish(tmp_path, {
        "blog.toml": f'{SETTINGS}theme = "t"\n', "content/about.md": "# About\n",
        "themes/t/theme.toml": 'name = "T"\nextends = "margin"\n',
        **{f"themes/t/static/{name}": data for name, data in ICONS.items()},
        **{f"content/{name}": ICONS[name] for name in names},
    })  # fmt: skip
    links = re.findall('<link rel="(?:icon|apple-touch-icon)" href="([^"]*)"', made["about/index.html"])
    assert sorted(links) == sorted(f"/{name}" for name in names)
    assert [path for path in made if path in ICONS] == sorted(names)
