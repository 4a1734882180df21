"""The promises, as properties of whole sites: no trace of what is private, never a traceback. (Warm = clean is beside.)"""

import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blog.build import verify
from blog.errors import BlogError
from tests.publishing import build_folder, order, outputs, post
from tests.sites import site

TOKEN = "xyzzyq"
PRIVATE_PLACES = st.lists(
    st.sampled_from([
        f"::: private\n{TOKEN}\n:::", f"::: Private\n\n- {TOKEN}\n\n```\n:::\n```\n:::", f"<!-- {TOKEN} -->", f"a <!-- {TOKEN} --> b",
        f"- item\n\n  ::: private\n  {TOKEN}\n  :::", f"> quote\n>\n> :::: private\n> ::: x\n> {TOKEN}\n> :::\n> ::::",
        f"<div>\n<!-- {TOKEN} -->\n</div>", f"text[^n]\n\n::: private\n[^m]: {TOKEN}\n:::\n\n[^n]: note",
        f"::: private\n![]({TOKEN}.png) [r]\n\n[r]: /{TOKEN}\n:::", "Plain words.", "## Heading", "```\ncode\n```", "* * *",
    ]),
    min_size=1, max_size=6,
)  # fmt: skip


@given(places=PRIVATE_PLACES)
@settings(max_examples=60)
def test_what_is_private_in_a_text_is_in_no_byte_of_the_site(
    places: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = "\n\n".join(
        part.replace("[^n]", f"[^n{number}]").replace("[^m]", f"[^m{number}]") for number, part in enumerate(places)
    )
    root = site(tmp_path_factory.mktemp("private"), {
        "content/posts/a.md": post(text=text), f"content/posts/{TOKEN}.png": b"p",
        "content/posts/d.md": post(TOKEN, text=f"{TOKEN} [a](a.md) ![]({TOKEN}.png)", draft="true", tags=f"[{TOKEN}]"),
    })  # fmt: skip
    build_folder(root)
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
        places = [problem.place for problem in failure.problems if problem.message]
        assert places
        assert all(place.line >= 1 and place.column >= 1 for place in places)
        assert not (root / "public").exists()
    else:
        assert (root / "public/index.html").is_file()
        assert verify(order(root)) == []
    shutil.rmtree(root)
