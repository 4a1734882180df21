"""What a folder lacks to be a site, and what its author may mean."""

from pathlib import Path

import pytest

from blog.new.site_folder import find_site_above, require_site
from blog.problems import BlogError
from tests.support.sites import site, told


def lack(root: str) -> str:
    """What the folder at this path, from the current one, lacks."""
    with pytest.raises(BlogError) as caught:
        require_site(Path(root))
    (problem,) = caught.value.problems
    assert problem.location.path == ""
    return told([problem])[0].removeprefix("1:1 error ")


INIT = "`blog init DIR` makes a site to start from"


def test_a_site_lacks_nothing(tmp_path: Path) -> None:
    require_site(site(tmp_path, {"content/posts/a.md": ""}))


def test_a_folder_in_or_above_a_site_leads_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = site(tmp_path / "notes", {"content/posts/a.md": ""})
    monkeypatch.chdir(root)
    assert lack("content") == "no-settings: content is not a site: it has no blog.toml -- did you mean --root .?"
    monkeypatch.chdir(root / "content/posts")
    assert lack(".") == "no-settings: this folder is not a site: it has no blog.toml -- did you mean --root ../..?"
    monkeypatch.chdir(tmp_path)
    assert lack(".") == "no-settings: this folder is not a site: it has no blog.toml -- did you mean --root notes?"
    assert lack("ntoes") == "no-settings: there is no folder ntoes -- did you mean --root notes?"
    assert lack("other") == f"no-settings: there is no folder other -- {INIT}"
    assert lack("x/y") == f"no-settings: there is no folder x/y -- {INIT}"
    assert (
        lack("notes/blog.toml") == "no-settings: --root names a file: notes/blog.toml -- write its folder: --root notes"
    )
    site(tmp_path / "second", {})
    assert lack(".") == f"no-settings: this folder is not a site: it has no blog.toml -- {INIT}"


@pytest.mark.parametrize("name", ["blog.yaml", "Blog.toml", "blog.toml.txt", "config.toml"])
def test_a_file_that_is_meant_as_the_settings_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    assert lack(".").endswith(f" -- did you mean blog.toml? rename {name}, and write it as TOML")


def test_a_folder_that_is_meant_as_the_content_is_named(tmp_path: Path) -> None:
    root = site(tmp_path, {"contents/posts/a.md": ""})
    assert lack(str(root)) == ("no-content: the site has no content/ folder -- did you mean content/? rename contents/")
    (root / "contents").rename(root / "text")
    require_site(root)  # the build has an error of its own


def test_the_site_above_a_folder_is_the_nearest(tmp_path: Path) -> None:
    site(tmp_path, {"content/posts/a.md": "", "inner/blog.toml": "", "inner/content/a.md": ""})
    assert find_site_above(tmp_path / "content/new") == tmp_path
    assert find_site_above(tmp_path / "inner/x/y") == tmp_path / "inner"
    assert find_site_above(tmp_path) is None
