"""The promises, as properties of whole sites: no trace of what is private, never a traceback. (Warm = clean is beside.)"""

import base64
import json
import shutil
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from blog.build import verify
from blog.problems import BlogError
from tests.fuzz import targets
from tests.markdown.test_properties import MARKS
from tests.support.oddities import KEYS, SETTINGS, TOML, YAML, names
from tests.support.publishing import build_folder, order, outputs, post, preview_of
from tests.support.sites import picture, site

TOKEN = "xyzzyq"
PRIVATE_PLACES = st.lists(
    st.sampled_from([
        f"::: private\n{TOKEN}\n:::", f"::: Private\n\n- {TOKEN}\n\n```\n:::\n```\n:::", f"<!-- {TOKEN} -->", f"a <!-- {TOKEN} --> b",
        f"- item\n\n  ::: private\n  {TOKEN}\n  :::", f"> quote\n>\n> :::: private\n> ::: x\n> {TOKEN}\n> :::\n> ::::",
        f"<div>\n<!-- {TOKEN} -->\n</div>", f"text[^n]\n\n::: private\n[^m]: {TOKEN}\n:::\n\n[^n]: note",
        f"::: private\n![]({TOKEN}.png) [r]\n\n[r]: /{TOKEN}\n:::",
        f"$$\nx % {TOKEN}\n$$", f"::: private\n$\\text{{{TOKEN}}}$\n\n$$x$$ {{#{TOKEN}}}\n:::",
        f"::: thread\n- **a**: b <!-- {TOKEN} -->\n\n  ::: private\n  {TOKEN}\n  :::\n:::",
        f"> a\n> — b <!-- {TOKEN} -->", f"![a](p.png)\nPhoto by a <!-- {TOKEN} -->",
        f"![a](p.png 'c')\n\n<!-- {TOKEN} -->\n\nCredit: b", f"::: private\n![{TOKEN}]({TOKEN}.png '{TOKEN}')\nCredit: {TOKEN}\n:::",
        f"::: pull\n::: private\n{TOKEN}\n:::\n\nx\n:::", f"::: private\n![{TOKEN}](p.png '{TOKEN}'){{#fig-{TOKEN}}} @fig-{TOKEN}\n:::",
        f":::: lemma {{title='a'}}\n::: private\n::: proof {{title='{TOKEN}'}}\n{TOKEN}\n:::\n:::\n::::", "Plain words.", "## Heading", "```\ncode\n```", "* * *",
        '```python {file="shown.py" mark="seen"}\n```',
    ]),
    min_size=1, max_size=6,
)  # fmt: skip


def printed(text: str) -> dict[str, Any]:
    """A stored output."""
    return {"output_type": "stream", "name": "stdout", "text": text}


def drawn(colour: str) -> dict[str, Any]:
    """A stored picture."""
    data = base64.b64encode(picture(9, 9, colour=colour)).decode()
    return {"output_type": "display_data", "data": {"image/png": data, "text/plain": TOKEN}, "metadata": {}}


PRIVATE_CELLS = st.lists(
    st.sampled_from([
        ("markdown", f"# {TOKEN}\n\n```\n::: {TOKEN}\n", ["private"], []),
        ("markdown", f"{TOKEN} [{TOKEN}]({TOKEN}.png)\n\n:::\n\n{TOKEN}", ["Private"], []),
        ("code", f"# {TOKEN}\n```\n", ["private"], [printed(TOKEN), drawn("red")]),
        ("code", f"{TOKEN} = 1", ["remove-cell"], [printed(TOKEN)]),
        ("code", f"{TOKEN} = 1", ["remove_input"], [printed("seen")]),
        ("code", "seen = 1", ["remove-output"], [printed(TOKEN), drawn("blue")]),
        ("markdown", f"a <!-- {TOKEN} --> b\n\n::: private\n{TOKEN}\n:::", [], []),
        ("code", "seen = 1", [], [drawn("green"), printed("seen")]),
        ("markdown", "Seen.", [], []),
    ]),
    max_size=5,
)  # fmt: skip


def notebook(*cells: tuple[str, str, list[str], list[dict[str, Any]]]) -> str:
    """A notebook of these cells: kind, source, tags, outputs."""
    made: list[dict[str, Any]] = [
        {"cell_type": "raw", "metadata": {}, "source": "---\ntitle: N\ndate: 2024-01-01\n---"},
    ]
    for kind, source, tags, stored in cells:
        code = {"outputs": stored, "execution_count": 1} if kind == "code" else {}
        made.append({"cell_type": kind, "metadata": {"tags": tags}, "source": source, **code})
    return json.dumps({"cells": made, "metadata": {"title": TOKEN}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


@given(places=PRIVATE_PLACES, cells=PRIVATE_CELLS)
@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate])
def test_what_is_private_in_a_text_is_in_no_byte_of_the_site(
    places: list[str], cells: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = "\n\n".join(
        part.replace("[^n]", f"[^n{number}]").replace("[^m]", f"[^m{number}]") for number, part in enumerate(places)
    )
    root = site(tmp_path_factory.mktemp("private"), {
        "content/posts/a.md": post(text=text), f"content/posts/{TOKEN}.png": picture(500, 2), "content/posts/p.png": picture(500, 3),
        "content/posts/shown.py": "# [seen]\nx\n# [/seen]\n",
        "content/posts/n.ipynb": notebook(*cells),
        "content/posts/d.md": post(TOKEN, text=f"{TOKEN} [a](a.md) ![]({TOKEN}.png)", draft="true", private="true", tags=f"[{TOKEN}]"),
    })  # fmt: skip
    build_folder(root, output=preview_of(root), private=True, drafts=True, future=True)
    for drafts in (False, True):
        build_folder(root, drafts=drafts)
        found = outputs(root)
        assert [path for path, data in found.items() if TOKEN in path or TOKEN.encode() in data] == []
    shutil.rmtree(root)


ODD_NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=12).filter(
    lambda name: name not in {".", ".."} and len(name.encode()) < 100
)


@given(
    files=st.dictionaries(
        st.tuples(
            st.sampled_from(["content", "content/posts", "content/series"]),
            ODD_NAMES,
            st.sampled_from([".md", "", ".markdown", ".png"]),
        ),
        st.one_of(
            st.binary(max_size=60),
            st.text(max_size=60).map(
                lambda text: f"---\ntitle: {text}\ndate: 2024-01-01\n---\n{text}".encode("utf-8", "replace")
            ),
        ),
        max_size=4,
    )
)
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
def test_any_files_end_in_a_site_or_in_diagnostics(
    files: dict[tuple[str, str, str], bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = site(tmp_path_factory.mktemp("odd"), {"content/posts/.keep": ""})
    for (folder, name, ending), data in files.items():
        path = root / folder / f"{name}{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_dir():
            path.write_bytes(data)
    failure = None
    try:
        build_folder(root)
    except BlogError as error:
        failure = error
    if failure:
        places = [problem.location for problem in failure.problems if problem.message]
        assert places
        assert all(place.line >= 1 and place.column >= 1 for place in places)
        assert not (root / "public").exists()
    else:
        assert (root / "public/index.html").is_file()
        assert verify(order(root)) == []
    shutil.rmtree(root)


@given(
    matter=st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(["title", "series", "image_alt", "summary", "context", "author", "guid"], names),
            **dict.fromkeys(["tags", "labels"], st.lists(names, max_size=3)),
            "aliases": st.lists(names.map("/{}/".format), max_size=2),
        },
    ),
    tables=st.fixed_dictionaries(
        {
            "labels": st.dictionaries(names, st.just('{notice = "N"}'), max_size=2),
            "links": st.dictionaries(names, st.just('"https://example.org/"'), max_size=2),
            "menu": st.dictionaries(names, st.just('"/a/"'), max_size=2),
        }
    ),
)
@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_names_end_in_a_site_whose_feeds_can_be_read_or_in_diagnostics(
    matter: dict[str, Any], tables: dict[str, dict[str, str]]
) -> None:
    block = "".join(f"{key}: {quoted(value)}\n" for key, value in matter.items())
    lines = [
        f"[{table}]\n" + "".join(f"{quoted(name)} = {value}\n" for name, value in entries.items())
        for table, entries in tables.items()
    ]
    targets.site(f"{''.join(lines)}\0---\n{block}---\n# T\n\nText\0".encode())


def quoted(value: Any) -> str:
    """As YAML and TOML both read it."""
    return json.dumps(value, ensure_ascii=False).replace("\ufffe", "\\uFFFE")


@given(
    matter=st.dictionaries(st.sampled_from(KEYS), st.sampled_from(YAML), max_size=3),
    options=st.dictionaries(st.sampled_from(SETTINGS), st.sampled_from(TOML), max_size=1),
    text=st.lists(st.sampled_from(MARKS), max_size=12).map("".join),
)
@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_keys_with_any_values_end_in_a_site_or_in_diagnostics(
    matter: dict[str, str], options: dict[str, str], text: str
) -> None:
    block = "".join(f"{key}: {value}\n" for key, value in matter.items())
    given = "".join(f"{key} = {value}\n" for key, value in options.items())
    targets.site(f"{given}\0---\n{block}---\n# T\n\0{text}".encode())
