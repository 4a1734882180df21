"""Files that only hidden text uses are not published: leaks, looked for in what is built."""

from pathlib import Path

import pytest

from tests.support.publishing import post, problems, publish


def bundle(text: str) -> dict[str, str | bytes]:
    return {"content/posts/a/index.md": post(text=text), "content/posts/a/secret.pdf": "S"}


@pytest.mark.parametrize("target", ["secret.pdf", "./secret.pdf", "/posts/a/secret.pdf", "secret%2Epdf?x#y"])
def test_a_file_that_only_a_private_passage_uses_is_not_published(tmp_path: Path, target: str) -> None:
    files = bundle(f"Text\n\n::: private\n[x]({target})\n:::\n")
    assert "posts/a/secret.pdf" not in publish(tmp_path, files)


@pytest.mark.parametrize(
    "passage",
    [
        "[x](https://example.org/posts/a/secret.pdf)",
        "[x](/posts/./a/secret.pdf)",
        '<object data="secret.pdf"></object>',
        '<img srcset="secret.pdf 2x">',
    ],
)
def test_a_file_that_only_a_private_passage_names_in_another_way_is_not_published(tmp_path: Path, passage: str) -> None:
    assert "posts/a/secret.pdf" not in publish(tmp_path, bundle(f"Text\n\n::: private\n\n{passage}\n\n:::\n"))


NAMED = [
    '<div style="background: url(secret.pdf)">x</div>',
    '<svg><image xlink:href="secret.pdf"/></svg>',
    '<img data-src="secret.pdf" src="https://x.org/x.png">',
    '<style>@import "secret.pdf";</style>',
    "<script>load('secret.pdf')</script>",
    '<img srcset="https://x.org/w_1,h_2.png 1x, secret.pdf 2x">',
    '<img src="/posts/secret.pdf">',
    '<img src="../secret.pdf">',
    '<img src="Secret.PDF">',
    "![x](SECRET.pdf)",
    '<img src="/blog/posts/secret.pdf">',
]
WITH_A_PATH = 'title = "T"\nurl = "https://example.org/blog"\n'


@pytest.mark.parametrize("named", NAMED)
@pytest.mark.parametrize("hidden", ["::: private\n\n{}\n\n:::", "<!--\n{}\n-->", "{}"])
def test_a_file_that_only_hidden_text_names_in_whatever_way_is_not_published(
    tmp_path: Path, named: str, hidden: str
) -> None:
    text = post(text=hidden.format(named), draft=str(hidden == "{}").lower())
    files: dict[str, str | bytes] = {"content/posts/a.md": text, "content/posts/secret.pdf": "S"}
    assert "posts/secret.pdf" not in publish(tmp_path, {**files, "blog.toml": WITH_A_PATH})


@pytest.mark.parametrize("named", NAMED[:8])
def test_a_file_that_raw_html_for_readers_names_too_is_published(tmp_path: Path, named: str) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/a.md": post(text=named), "content/posts/d.md": post(text=named, draft="true"),
        "content/posts/secret.pdf": "S",
    }  # fmt: skip
    assert "posts/secret.pdf" in publish(tmp_path, files)


@pytest.mark.parametrize(
    ("name", "html"),
    [
        ("w_1,h_2.png", '<img srcset="w_1,h_2.png 1x, https://x.org/b.png 2x">'),
        ("plot.png", '<img srcset="plot.png\t300w">'), ("plot.png", "<img srcset='https://x.org/a.png 1x,\nplot.png\n2x'>"),
    ],
)  # fmt: skip
def test_a_hidden_srcset_is_read_as_browsers_read_it(tmp_path: Path, name: str, html: str) -> None:
    text = post(text=f"Text\n\n::: private\n\n{html}\n\n:::\n")
    files = publish(tmp_path, {"content/posts/a.md": text, f"content/posts/{name}": "S", "content/posts/kept.png": "K"})
    assert f"posts/{name}" not in files
    assert "posts/kept.png" in files


def test_what_hosts_browsers_and_settings_ask_for_is_published_whatever_a_draft_names(tmp_path: Path) -> None:
    asked = ["favicon.ico", "apple-touch-icon.png", "robots.txt", "CNAME", "_headers", ".well-known/x"]
    linked = ["cv.pdf", "key.asc", "notice.pdf", "source.pdf"]
    settings = (
        'title = "T"\nurl = "https://example.org"\n[menu]\nCV = "/cv.pdf"\n[links]\nKey = "https://example.org/key.asc"\n'
        '[labels.L]\nnotice = "[x](notice.pdf)"\n'
    )
    draft = post(draft="true", text=" ".join(f"[x](/{name})" for name in (*asked, *linked, "other.pdf")))
    found = publish(tmp_path, {
        "blog.toml": settings, "content/posts/d.md": draft, "content/other.pdf": "x",
        "content/posts/a.md": post(source="https://example.org/source.pdf"),
        **{f"content/{name}": "x" for name in (*asked, *linked)},
    })  # fmt: skip
    assert {*asked, *linked} <= found.keys()
    assert "other.pdf" not in found


TWINS = [
    ("Pic.txt", "pic.txt"), ("caf\u00e9.txt", "cafe\u0301.txt"), ("stra\u00dfe.txt", "STRASSE.txt"),
    ("\ufb01g.txt", "fig.txt"), ("\uff50.txt", "p.txt"), ("a\u200bb.txt", "ab.txt"), ("K.txt", "\u212a.txt"),
    ("Data/p.txt", "data/p.txt"),
]  # fmt: skip
HIDING = [
    {"draft": "true", "text": "[x]({})"}, {"private": "true", "text": "[x]({})"}, {"date": "2099-01-01", "text": "[x]({})"},
    {"text": "::: private\n[x]({})\n:::"}, {"text": "<!-- ![x]({}) -->"},
]  # fmt: skip


@pytest.mark.parametrize("twins", [*TWINS, *(pair[::-1] for pair in TWINS)])
@pytest.mark.parametrize("keys", HIDING)
def test_of_files_whose_names_look_alike_none_is_published_that_a_hidden_text_may_mean(
    tmp_path: Path, twins: tuple[str, str], keys: dict[str, str]
) -> None:
    text = keys["text"].format(twins[0])
    files: dict[str, str | bytes] = {f"content/posts/{name}": "SECRET" for name in twins}
    found = publish(tmp_path, {**files, "content/posts/d.md": post(**{**keys, "text": text})})
    assert [path for path, data in found.items() if "SECRET" in data] == []


def test_a_file_that_readers_are_led_to_is_published_beside_a_hidden_one_that_looks_like_it(tmp_path: Path) -> None:
    found = publish(tmp_path, {
        "content/posts/Pic.txt": "SECRET", "content/posts/pic.txt": "harmless", "content/posts/a.md": post(text="[x](pic.txt)"),
        "content/posts/d.md": post(text="[x](Pic.txt)", private="true"),
    })  # fmt: skip
    assert {path: data for path, data in found.items() if path.endswith(".txt") and "posts" in path} == {
        "posts/pic.txt": "harmless"
    }


@pytest.mark.parametrize("index", ["posts/Pack/index.md", "posts/pack/Index.md", "posts/pack/INDEX.MARKDOWN"])
def test_the_files_of_a_hidden_bundle_are_hidden_however_its_names_are_spelled(tmp_path: Path, index: str) -> None:
    files: dict[str, str | bytes] = {f"content/{index}": post(draft="true"), "content/posts/pack/data.csv": "SECRET"}
    assert [path for path, data in publish(tmp_path, files).items() if "SECRET" in data] == []


def test_the_files_of_a_bundle_that_readers_get_stay_beside_a_hidden_one_whose_name_looks_like_it(
    tmp_path: Path,
) -> None:
    found = publish(tmp_path, {
        "content/posts/Pack/index.md": post(draft="true"), "content/posts/pack/index.md": post(),
        "content/posts/pack/data.csv": "x", "content/posts/Pack/more.csv": "SECRET",
    })  # fmt: skip
    assert sorted(path for path in found if path.endswith(".csv")) == ["posts/pack/data.csv"]


def test_the_files_of_a_draft_without_a_possible_address_are_hidden(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/---.md": post(text="![x](secret.pdf)", draft="true"), "content/posts/secret.pdf": "S",
        "content/posts/-/index.md": post(draft="true"), "content/posts/-/secret.csv": "S",
    }  # fmt: skip
    assert [path for path in publish(tmp_path, files) if "secret" in path] == []


def test_a_page_may_not_lead_to_a_draft_beside_it_whose_address_is_a_file(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "blog.toml": 'title = "T"\nurl = "https://example.org"\npermalink = "/posts/{slug}.html"\n',
        "content/posts/d.md": post(draft="true"), "content/posts/a.md": post(text='x <a href="d.html">d</a>'),
    }  # fmt: skip
    why = "leads to content/posts/d.md, which is not published (draft) (take the link out, or publish that one too)"
    assert problems(tmp_path, files) == [f'content/posts/a.md:5:11: "d.html" {why}']


def test_the_files_of_a_bundle_that_is_not_published_are_not_either(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/a/index.md": post(draft="true"),
        "content/posts/a/deep/secret.pdf": "S",
        "content/posts/b.md": post(text="Text"),
    }
    assert [path for path in publish(tmp_path, files) if "secret" in path or "posts/a/" in path] == []
