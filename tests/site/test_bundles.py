"""The files of a bundle lie beside its page, and the folder name of a hidden or unlisted page is in no output."""

import json
import unicodedata
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.publishing import build_folder, outputs, post, problems, publish
from tests.support.sites import picture, site

SITE = 'title = "T"\nurl = "https://example.org"\n'
FOLDER = "xyzzyq"
"""The name of a folder that no output may contain."""
Files = dict[str, str | bytes]


def page(text: str = "Some words.", **keys: str) -> str:
    lines = "".join(f"{key}: {value}\n" for key, value in keys.items())
    return f"---\ntitle: P\n{lines}---\n{text}\n"


def copied(found: dict[str, str]) -> list[str]:
    return sorted(path for path, data in found.items() if data == "DATA")


# Addresses


@pytest.mark.parametrize(
    ("folder", "keys", "permalink", "output"),
    [
        ("week-4", {}, "", "posts/week-4/data.csv"),
        ("week-4", {"slug": "mine"}, "", "posts/mine/data.csv"),
        ("2024-05-01-week-4", {}, "", "posts/week-4/data.csv"),
        ("Week 4", {}, "", "posts/week-4/data.csv"),
        ("2024/week-4", {}, "", "posts/week-4/data.csv"),
        ("week-4", {}, "/{year}/{month}/{slug}/", "2024/05/week-4/data.csv"),
        ("week-4", {"slug": "mine"}, "/{slug}/", "mine/data.csv"),
        ("week-4", {"slug": "mine"}, "/{year}/{slug}.html", "2024/data.csv"),
        ("week-4", {}, "/{slug}.html", "data.csv"),
        ("week-4", {"slug": "mine", "unlisted": "true"}, "", "posts/mine/data.csv"),
        ("cafe\u0301", {}, "", "posts/caf\u00e9/data.csv"),
    ],
)
@pytest.mark.parametrize("index", ["index.md", "index.markdown"])
def test_the_files_of_a_post_lie_in_the_directory_of_its_address(
    tmp_path: Path, folder: str, keys: dict[str, str], permalink: str, output: str, index: str
) -> None:
    deep = f"{output.removesuffix('data.csv')}figures/deep/a.csv"
    rule = f'permalink = "{permalink}"\n' if permalink else ""
    found = publish(tmp_path, {
        "blog.toml": SITE + rule, f"content/posts/{folder}/{index}": post("P", "2024-05-01", **keys),
        f"content/posts/{folder}/data.csv": "DATA", f"content/posts/{folder}/figures/deep/a.csv": "DATA",
    })  # fmt: skip
    assert copied(found) == sorted([output, deep])


def test_the_files_of_a_page_lie_in_the_directory_of_its_address(tmp_path: Path) -> None:
    found = publish(tmp_path, {
        "content/index.md": "Hello.\n", "content/home.csv": "DATA", "content/About Me/index.md": page(),
        "content/About Me/a.csv": "DATA", "content/a/index.md": page(slug="b"), "content/a/b.csv": "DATA",
        "content/a/c/index.md": page(slug="d"), "content/a/c/d.csv": "DATA", "content/a/e/f.csv": "DATA",
        "content/a/g/h.md": page("[x](i.csv)"), "content/a/g/i.csv": "DATA",
    })  # fmt: skip
    assert copied(found) == ["a/d/d.csv", "about-me/a.csv", "b/b.csv", "b/e/f.csv", "b/g/i.csv", "home.csv"]


def test_the_files_beside_a_post_without_a_folder_of_its_own_keep_their_paths(tmp_path: Path) -> None:
    found = publish(tmp_path, {
        "content/posts/2024/a.md": post(slug="b"), "content/posts/2024/a.csv": "DATA", "content/posts/a/b.csv": "DATA",
        "content/posts/c/index.en.md": post(slug="d"), "content/posts/c/e.csv": "DATA",
    })  # fmt: skip
    assert copied(found) == ["posts/2024/a.csv", "posts/a/b.csv", "posts/c/e.csv"]


def test_a_bundle_in_a_bundle_has_its_own_files(tmp_path: Path) -> None:
    found = publish(tmp_path, {
        "content/posts/a/index.md": post(slug="one"), "content/posts/a/b/index.md": post(slug="two"),
        "content/posts/a/x.csv": "DATA", "content/posts/a/b/x.csv": "DATA", "content/posts/a/b/c/x.csv": "DATA",
    })  # fmt: skip
    assert copied(found) == ["posts/one/x.csv", "posts/two/c/x.csv", "posts/two/x.csv"]


def test_files_behind_symbolic_links_lie_beside_the_page_too(tmp_path: Path) -> None:
    root = site(tmp_path, {
        "content/posts/a/index.md": post(slug="b"), "shared/x.csv": "DATA", "shared/deep/y.csv": "DATA",
    })  # fmt: skip
    (root / "content/posts/a/x.csv").symlink_to(root / "shared/x.csv")
    (root / "content/posts/a/deep").symlink_to(root / "shared/deep")
    build_folder(root)
    assert copied({path: data.decode("utf-8", "replace") for path, data in outputs(root).items()}) == [
        "posts/b/deep/y.csv", "posts/b/x.csv",
    ]  # fmt: skip


def test_folders_and_slugs_that_change_places_change_the_files_too(tmp_path: Path) -> None:
    found = publish(tmp_path, {
        "content/posts/a/index.md": post(slug="b", text="[x](x.csv) [y](../b/x.csv)"), "content/posts/a/x.csv": "of a",
        "content/posts/b/index.md": post(slug="a", text="[x](/posts/a/x.csv)"), "content/posts/b/x.csv": "of b",
    })  # fmt: skip
    assert (found["posts/b/x.csv"], found["posts/a/x.csv"]) == ("of a", "of b")
    assert '<a href="/posts/b/x.csv">x</a> <a href="/posts/a/x.csv">y</a>' in found["posts/b/index.html"]
    assert found["_redirects"] == ""


# Links


def test_every_kind_of_link_leads_to_the_file_beside_the_page(tmp_path: Path) -> None:
    text = (
        '![p](p%201.png)\n\n[d](deep/100%25.csv)\n\n<img src="p%201.png" alt="x">\n\n'
        '<img src="/posts/mine/p%201.png" alt="x">'
    )
    found = publish(tmp_path, {
        "blog.toml": 'title = "T"\nurl = "https://example.org"\n', "content/_redirects": "/p /posts/mine/p%201.png 302\n",
        "content/posts/week/index.md": post(text=text, slug="mine", image='"p 1.png"', image_alt="P"),
        "content/posts/week/p 1.png": picture(1000, 10), "content/posts/week/deep/100%.csv": "DATA",
        "content/posts/b.md": post(text="![p](week/p%201.png) [x](/posts/mine/p%201.png) [y](week/index.md)"),
    })  # fmt: skip
    here = found["posts/mine/index.html"]
    assert '<img src="/posts/mine/p%201.png" alt="p" width="1000" height="10"' in here
    assert 'srcset="/assets/p 1-480.' in here or 'srcset="/assets/p%201-480.' in here
    assert '<a href="/posts/mine/deep/100%25.csv">d</a>' in here
    assert '<img src="p%201.png" alt="x"' in here
    assert 'content="https://example.org/posts/mine/p%201.png"' in here
    assert '<img src="/posts/mine/p%201.png" alt="p"' in found["posts/b/index.html"]
    assert '<a href="/posts/mine/p%201.png">x</a>' in found["posts/b/index.html"]
    for feed in ("feed.xml", "atom.xml", "feed.json"):
        assert "/posts/week/" not in found[feed]
        assert "https://example.org/posts/mine/p%201.png" in found[feed]


def test_a_draft_in_the_authors_preview_has_its_files_beside_it(tmp_path: Path) -> None:
    files: Files = {
        "content/posts/a/index.md": post(slug="b", draft="true", text="![x](x.csv)"), "content/posts/a/x.csv": "DATA",
    }  # fmt: skip
    assert copied(publish(tmp_path, files, drafts=True, future=True, private=True)) == ["posts/b/x.csv"]
    assert copied(publish(tmp_path, files)) == []


# Old addresses


def test_the_addresses_of_version_1_0_redirect_to_the_files(tmp_path: Path) -> None:
    found = publish(tmp_path, {
        "blog.toml": 'title = "T"\nurl = "https://example.org/blog"\n', "content/_redirects": "/own /there 302",
        "content/posts/Week 4/index.md": post(slug="mine", aliases="[/old/]"), "content/posts/Week 4/100%.csv": "DATA",
        "content/posts/Week 4/demo/index.html": "DATA", "content/posts/same/index.md": post(),
        "content/posts/same/x.csv": "DATA", "content/x.csv": "DATA",
    })  # fmt: skip
    pairs = [
        ("/blog/old/", "/blog/posts/mine/"),
        ("/blog/posts/Week%204/100%25.csv", "/blog/posts/mine/100%25.csv"),
        ("/blog/posts/Week%204/demo/", "/blog/posts/mine/demo/"),
    ]
    lines = [f"{old} {new} {status}\n" for old, new in pairs for status in ("301!", "301")]
    assert found["_redirects"] == "/own /there 302\n" + "".join(lines)


@pytest.mark.parametrize(
    "others",
    [
        {"content/posts/c/index.md": post(slug="a"), "content/posts/c/x.csv": "DATA"},
        {"content/posts/c/index.md": post(slug="a"), "content/posts/c/X.CSV": "DATA"},
        {"content/posts/c.md": post(aliases="[/posts/a/x.csv]")},
        {"content/posts/A/x.csv": "DATA"},
    ],
)
def test_an_old_address_that_another_output_has_does_not_redirect(tmp_path: Path, others: Files) -> None:
    found = publish(tmp_path, {
        "content/posts/a/index.md": post(slug="b"), "content/posts/a/x.csv": "DATA", **others,
    })  # fmt: skip
    assert "/posts/b/x.csv" not in found["_redirects"]


@pytest.mark.parametrize(
    ("folder", "address"), [("Week", "week"), ("cafe\u0301", "caf\u00e9")], ids=["case", "normal form"]
)
def test_an_address_that_a_host_may_take_for_the_new_one_does_not_redirect(
    tmp_path: Path, folder: str, address: str
) -> None:
    found = publish(tmp_path, {f"content/posts/{folder}/index.md": post(), f"content/posts/{folder}/x.csv": "DATA"})
    assert copied(found) == [f"posts/{address}/x.csv"]
    assert found["_redirects"] == ""


def test_a_folder_whose_name_some_disk_cannot_store_is_an_error_also_if_no_output_has_it(tmp_path: Path) -> None:
    files: Files = {"content/posts/what?/index.md": post(), "content/posts/what?/x.csv": "DATA"}
    assert problems(tmp_path, files) == [
        (
            'content/posts/what?/x.csv:1:1: the path "posts/what?/x.csv" has a character that names of files cannot have:'
            ' "what?" (set another slug, or rename the file)'
        )
    ]


@pytest.mark.parametrize(
    ("written", "column", "hint"),
    [
        ('<img src="/posts/week/x.csv" alt="">', 10, "/posts/mine/x.csv"),
        ('<img src="/posts/week/x.csv?v=1#a" alt="">', 10, "/posts/mine/x.csv?v=1#a"),
        ('<img src="../week/x.csv" alt="">', 10, "/posts/mine/x.csv"),
        ('<img srcset="/posts/week/x.csv 2x" alt="">', 13, "/posts/mine/x.csv"),
        ('<a href="https://example.org/posts/week/x.csv">x</a>', 9, "https://example.org/posts/mine/x.csv"),
        ("![x](/posts/week/p.svg)", 1, "/posts/mine/p.svg"),
        ("[x](/posts/Week/X.csv)", 1, "/posts/mine/x.csv"),
        ("[x](/posts/week/a%20b.csv)", 1, "/posts/mine/a%20b.csv"),
        ("[x](https://example.org/posts/week/x.csv)", 1, "https://example.org/posts/mine/x.csv"),
    ],
)
@pytest.mark.parametrize("unlisted", ["true", "false"])
def test_the_old_address_of_a_file_is_an_error_that_names_the_new_one(
    tmp_path: Path, written: str, column: int, hint: str, unlisted: str
) -> None:
    files: Files = {
        "blog.toml": SITE, "content/posts/week/index.md": post(slug="mine", unlisted=unlisted),
        "content/posts/week/x.csv": "DATA", "content/posts/week/a b.csv": "DATA", "content/posts/week/p.svg": "<svg/>",
        "content/posts/b.md": post(text=written),
    }  # fmt: skip
    address = next(
        word for word in written.replace("(", '"').replace(")", '"').replace(" 2x", "").split('"') if "/" in word
    )
    assert problems(tmp_path, files) == [
        f'content/posts/b.md:5:{column}: no file is at "{address}": the files of a bundle are beside its page (write "{hint}")'
    ]


def test_below_a_path_the_hint_for_raw_html_has_the_path(tmp_path: Path) -> None:
    files: Files = {
        "blog.toml": 'title = "T"\nurl = "https://example.org/blog"\n',
        "content/posts/week/index.md": post(slug="mine", text='<img src="/blog/posts/week/x.csv">\n\n[x](/posts/week/x.csv)'),
        "content/posts/week/x.csv": "DATA",
    }  # fmt: skip
    assert [line.rpartition("(")[2] for line in problems(tmp_path, files)] == [
        'write "/blog/posts/mine/x.csv")', 'write "/posts/mine/x.csv")',
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ({}, "<b style=\"background: url('/posts/week/x.csv')\">x</b>"),
        ({}, "<script>load('/posts/week/x.csv')</script>"),
        ({"extra": "{hero: /posts/week/x.csv}"}, "Text"),
        ({"context": "'<b style=\"background: url(/posts/week/x.csv)\">x</b>'"}, "Text"),
    ],
)
def test_an_old_address_in_a_script_a_style_or_the_authors_own_data_is_an_error_too(
    tmp_path: Path, keys: dict[str, str], text: str
) -> None:
    files: Files = {
        "content/posts/week/index.md": post(slug="mine"), "content/posts/week/x.csv": "DATA",
        "content/posts/b.md": post(text=text, **keys),
    }  # fmt: skip
    assert problems(tmp_path, files) == [
        (
            'content/posts/b.md:1:1: no file is at "/posts/week/x.csv": the files of a bundle are beside its page'
            ' (write "/posts/mine/x.csv")'
        )
    ]


def test_an_old_address_that_another_program_serves_is_no_error(tmp_path: Path) -> None:
    publish(tmp_path, {
        "blog.toml": SITE + '[links]\nelsewhere = ["/posts/week/"]\n', "content/posts/week/index.md": post(slug="mine"),
        "content/posts/week/x.csv": "DATA", "content/posts/b.md": post(text='<img src="/posts/week/x.csv">'),
    })  # fmt: skip


# Collisions


def test_two_bundles_with_one_directory_may_not_have_files_of_one_name(tmp_path: Path) -> None:
    files: Files = {
        "blog.toml": SITE + 'permalink = "/{year}/{slug}.html"\n', "content/posts/a/index.md": post(),
        "content/posts/a/x.csv": "1", "content/posts/b/index.md": post(), "content/posts/b/X.csv": "2",
    }  # fmt: skip
    assert problems(tmp_path, files) == [
        (
            "content/posts/b/X.csv:1:1: /2024/X.csv is the address of content/posts/b/X.csv and of content/posts/a/x.csv"
            " (rename one of them)"
        )
    ]


@pytest.mark.parametrize("name", ["index.html", "Index.HTML"])
def test_a_file_of_a_bundle_may_not_have_the_name_of_its_page(tmp_path: Path, name: str) -> None:
    files: Files = {"content/posts/a/index.md": post(slug="b"), f"content/posts/a/{name}": "1"}
    assert problems(tmp_path, files) == [
        (
            "content/posts/a/index.md:4:7: /posts/b/ is the address of content/posts/a/index.md and of"
            f" content/posts/a/{name} (rename content/posts/a/{name})"
        )
    ]


def test_a_file_of_a_bundle_at_the_top_may_not_have_the_name_of_a_generated_one(tmp_path: Path) -> None:
    files: Files = {
        "blog.toml": SITE + 'permalink = "/{slug}.html"\n', "content/posts/a/index.md": post(), "content/posts/a/feed.xml": "1",
    }  # fmt: skip
    assert problems(tmp_path, files) == ["content/posts/a/feed.xml:1:1: /feed.xml is the feed (rename the file)"]


# Hidden and unlisted pages


def test_a_text_for_readers_may_not_use_a_file_of_a_hidden_bundle(tmp_path: Path) -> None:
    text = (
        '![x](d/x.svg)\n\n<img src="d/x.svg" alt="">\n\n<img src="/posts/d/x.svg" alt="">\n\n'
        '[x](/posts/s/x.svg)\n\n<b style="background: url(d/y.svg)">x</b>'
    )
    files: Files = {
        "content/posts/d/index.md": post(slug="s", draft="true"), "content/posts/d/x.svg": "1",
        "content/posts/d/y.svg": "1", "content/posts/b.md": post(text=text),
    }  # fmt: skip
    hint = "(put a copy of the file beside this text, and write its name)"

    def expected(place: str, written: str, name: str = "x") -> str:
        why = f"leads to content/posts/d/{name}.svg, which is not published (draft)"
        return f'content/posts/b.md:{place}: "{written}" {why} {hint}'

    assert problems(tmp_path, files) == [
        expected("1:1", "d/y.svg", "y"), expected("5:1", "d/x.svg"), expected("7:10", "d/x.svg"),
        expected("9:10", "/posts/d/x.svg"), expected("11:1", "/posts/s/x.svg"),
    ]  # fmt: skip


def test_a_published_text_keeps_its_files_beside_a_draft_in_its_folder(tmp_path: Path) -> None:
    draft = json.dumps({
        "nbformat": 4, "nbformat_minor": 5, "metadata": {},
        "cells": [{"cell_type": "markdown", "metadata": {}, "source": post(slug="draft", draft="true")}],
    })  # fmt: skip
    found = publish(tmp_path, {
        "content/posts/a/index.md": post(slug="b", text="[x](x.csv)"), "content/posts/a/index.ipynb": draft,
        "content/posts/a/x.csv": "DATA", "content/posts/a/y.csv": "DATA",
    })  # fmt: skip
    assert copied(found) == ["posts/b/x.csv"]
    assert found["_redirects"] == ""


def test_a_bundle_below_an_unlisted_one_redirects_no_address_with_its_name(tmp_path: Path) -> None:
    found = publish(tmp_path, {
        f"content/posts/{FOLDER}/index.md": post(slug="u", unlisted="true"), f"content/posts/{FOLDER}/x.csv": "DATA",
        f"content/posts/{FOLDER}/part/index.md": post(slug="open"), f"content/posts/{FOLDER}/part/x.csv": "DATA",
    })  # fmt: skip
    assert copied(found) == ["posts/open/x.csv", "posts/u/x.csv"]
    assert found["_redirects"] == ""


def test_the_pictures_of_an_unlisted_notebook_do_not_have_its_name(tmp_path: Path) -> None:
    data = {"image/png": b64encode(picture(9, 9)).decode()}
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": post(slug="u", unlisted="true")},
        {
            "cell_type": "code", "metadata": {}, "source": "x", "execution_count": 1,
            "outputs": [{"output_type": "display_data", "data": data, "metadata": {}}],
        },
    ]  # fmt: skip
    notebook = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    for number, name in enumerate((f"{FOLDER}/index.ipynb", f"{FOLDER}.ipynb")):
        root = site(tmp_path / f"site-{number}", {"blog.toml": SITE, f"content/posts/{name}": notebook})
        build_folder(root)
        found = outputs(root)
        (image,) = (path for path in found if path.startswith("assets/figure-1."))
        assert f'src="/{image}"'.encode() in found["posts/u/index.html"]
        assert leaks(found) == []


def leaks(found: dict[str, bytes]) -> list[str]:
    """Return the outputs with the name of the folder in their path or bytes."""
    spellings = {form(FOLDER).encode() for form in (str.lower, str.upper, str.title)}
    return [path for path, data in found.items() if any(name in path.encode() + data for name in spellings)]


NAMES = [
    "x.csv",
    "a b.csv",
    "100%.csv",
    "caf\u00e9.csv",
    "cafe\u0301.txt",
    "deep/x.csv",
    "index.json",
    "p.png",
    "#1 & 2.csv",
]
HIDING = [{"unlisted": "true"}, {"draft": "true"}, {"private": "true"}, {"date": "2099-01-01"}]
FOLDERS = [FOLDER, f"2024-01-01-{FOLDER}", FOLDER.upper(), f"{FOLDER}/part", f"open/{FOLDER}", f"2024/{FOLDER}"]


@given(
    folder=st.sampled_from(FOLDERS),
    names=st.lists(st.sampled_from(NAMES), unique_by=lambda name: unicodedata.normalize("NFC", name)),
    keys=st.sampled_from(HIDING),
    permalink=st.sampled_from(["/posts/{slug}/", "/{year}/{month}/{slug}/", "/{slug}/", "/p/{slug}.html"]),
    is_page=st.booleans(),
)
@settings(
    max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
def test_the_folder_name_of_a_hidden_or_unlisted_page_is_in_no_output(
    folder: str, names: list[str], keys: dict[str, str], permalink: str, *, is_page: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    bundle = f"content/{'' if is_page else 'posts/'}{folder}"
    own = "\n\n".join(f'[x](<{name}>)\n\n<img src="{_quoted(name)}" alt="x">' for name in names)
    links = "\n\n".join(f"[x](<../{folder}/{name}>)" for name in names)
    has_page = keys == {"unlisted": "true"} and not is_page
    files: Files = {
        "blog.toml": f'{SITE}permalink = "{permalink}"\n',
        f"{bundle}/index.md": post(text=own, slug="secret-address", **keys) if not is_page else page(own, slug="s", **keys),
        **{f"{bundle}/{name}": picture(9, 9) if name == "p.png" else "DATA" for name in names},
        "content/posts/open/index.md": post(text="Text" if not has_page else f"Text\n\n{links}"),
    }  # fmt: skip
    if is_page and "date" in keys:
        files[f"{bundle}/index.md"] = page(own, slug="s", draft="true")
    root = site(tmp_path_factory.mktemp("folder"), files)
    build_folder(root)
    assert leaks(outputs(root)) == []
    build_folder(root, cache="fresh")
    assert leaks(outputs(root)) == []


def _quoted(name: str) -> str:
    return name.replace("%", "%25").replace("#", "%23").replace("&", "&amp;")
