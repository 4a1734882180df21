"""Charts and dark images on pages: recognised, overridden, replaced at night; hidden with the image that they replace."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from tests.support.publishing import build_folder, outputs, post, publish
from tests.support.sites import SETTINGS, picture

CHART, PHOTO = picture(600, 300, colour="white"), picture(600, 300)
NIGHT = picture(600, 300, colour="black")


def shown(root: Path) -> str:
    return outputs(root)["posts/a/index.html"].decode()


@pytest.mark.parametrize(
    ("attributes", "data", "classes"),
    [
        ("", CHART, ' class="chart"'), ("", PHOTO, ""), ("{.photo}", CHART, ' class="photo"'), ("{.chart}", PHOTO, ' class="chart"'),
        ("{.chart}", CHART, ' class="chart"'), ("{width=50%}", CHART, ' class="w-50 chart"'), ("{width=50%}", PHOTO, ' class="w-50"'),
        ("{.own .wide width=300}", CHART, ' class="own chart"'), ("{.photo .own}", CHART, ' class="photo own"'),
    ],
)  # fmt: skip
def test_a_page_says_which_images_are_charts_and_the_author_has_the_last_word(
    tmp_path: Path, attributes: str, data: bytes, classes: str
) -> None:
    text = f"![loss](loss.png){attributes}"
    found = publish(tmp_path, {"content/posts/a/index.md": post("A", text=text), "content/posts/a/loss.png": data})
    image = re.findall(r"<img [^>]*>", found["posts/a/index.html"])[0]
    assert re.findall(r' class="[^"]*"', image) == ([classes] if classes else [])
    assert "chart" not in re.findall(r"<item>.*</item>", found["feed.xml"], re.DOTALL)[0] or "{.chart}" in text


def test_a_dark_image_stands_beside_a_light_one(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/a/index.md": post("A", text="![loss](loss.png)"),
        "content/posts/a/loss.png": CHART,
    }
    publish(tmp_path, {"blog.toml": f'{SETTINGS}theme = "plain"\n', **files})
    assert "<picture>" not in shown(tmp_path)
    (tmp_path / "content/posts/a/loss.dark.png").write_bytes(NIGHT)
    build_folder(tmp_path)
    found = re.findall(r"<figure><picture><source ([^>]*)><img ([^>]*)></picture></figure>", shown(tmp_path))
    assert len(found) == 1
    source, image = found[0]
    assert source.startswith('media="screen and (prefers-color-scheme: dark)" srcset="/assets/loss.dark-480.')
    assert source.endswith('width="600" height="300"')
    assert 'src="/posts/a/loss.png"' in image
    assert 'class="chart"' in image
    assert "<picture" not in outputs(tmp_path)["feed.xml"].decode()
    (tmp_path / "content/posts/a/loss.dark.png").write_bytes(picture(300, 200, colour="black"))
    build_folder(tmp_path)
    assert 'srcset="/posts/a/loss.dark.png" width="300" height="200"' in shown(tmp_path)
    (tmp_path / "content/posts/a/loss.dark.png").unlink()
    build_folder(tmp_path)
    assert "<picture>" not in shown(tmp_path)
    assert not [name for name in outputs(tmp_path) if "dark-" in name]


def test_an_edit_of_an_image_that_makes_it_a_chart_renders_the_page_again(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/a/index.md": post("A", text="![x](x.png)"),
        "content/posts/a/x.png": picture(60, 40),
    }
    publish(tmp_path, files)
    assert 'class="chart"' not in shown(tmp_path)
    (tmp_path / "content/posts/a/x.png").write_bytes(picture(60, 40, colour="white"))
    build_folder(tmp_path)
    assert 'class="chart"' in shown(tmp_path)


def test_a_dark_image_is_hidden_with_the_one_that_it_replaces(tmp_path: Path) -> None:
    hidden = "One.\n\n::: private\n![loss](/loss.png)\n:::\n"
    files = {"content/loss.png": CHART, "content/loss.dark.png": NIGHT}
    found = publish(tmp_path / "1", {"content/posts/a.md": post("A", text=hidden), **files})
    assert not [name for name in found if "loss" in name]
    both = {"content/posts/a.md": post("A", text=hidden), "content/posts/b.md": post("B", text="![loss](/loss.png)")}
    assert "loss.dark.png" in publish(tmp_path / "2", {**both, **files})


@pytest.mark.parametrize(
    ("text", "width", "is_linked"),
    [
        ("![x](x.png)", 800, True), ("![x](x.png)", 799, False), ("[![x](x.png)](https://x.org)", 900, False),
        ("Words and ![x](x.png)", 900, False), ("![x](x.png){.wide}\nCredit: Ada", 900, True),
    ],
)  # fmt: skip
def test_the_image_of_a_figure_leads_to_its_original_if_that_is_large(
    tmp_path: Path, text: str, width: int, is_linked: bool
) -> None:
    found = publish(tmp_path, {
        "content/posts/a/index.md": post("A", text=text), "content/posts/a/x.png": picture(width, 40),
    })  # fmt: skip
    link = re.findall(r'<a class="original" href="/posts/a/x.png"><img [^>]*></a>', found["posts/a/index.html"])
    assert bool(link) is is_linked
    assert "original" not in found["feed.xml"]


def test_charts_in_outputs_of_notebooks_are_recognised(tmp_path: Path) -> None:
    import base64  # noqa: PLC0415
    import json  # noqa: PLC0415

    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(buffer, "PNG")
    data = {"image/png": base64.b64encode(buffer.getvalue()).decode()}
    cells = [
        {"cell_type": "raw", "id": "a", "metadata": {}, "source": "---\ntitle: N\ndate: 2024-01-01\n---"},
        {"cell_type": "code", "id": "b", "metadata": {}, "source": "plot()", "execution_count": 1, "outputs": [
            {"output_type": "display_data", "metadata": {"image/png": {"alt": "x"}}, "data": data},
        ]},
    ]  # fmt: skip
    book = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    found = publish(tmp_path, {"content/posts/n.ipynb": book})
    assert re.search(r'<img [^>]*class="chart"', found["posts/n/index.html"])
