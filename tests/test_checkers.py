"""The example blog before checkers that nobody here wrote: the Nu checker, html-validate, xmllint, feedparser."""

import shutil
import subprocess
from pathlib import Path

import feedparser
import pytest


def feeds(example: Path) -> list[Path]:
    return [path for path in sorted(example.rglob("*.xml")) if path.name != "sitemap.xml"]


def test_every_feed_is_clean_for_feedparser(example: Path) -> None:
    assert len(feeds(example)) > 10
    for path in feeds(example):
        feed = feedparser.parse(path)
        assert not feed.bozo, path
        assert feed.feed.link.startswith("https://example.org/")
        assert feed.entries
        assert len({entry.id for entry in feed.entries}) == len(feed.entries)
        for entry in feed.entries:
            assert entry.title
            assert entry.link.startswith("https://example.org/")
            assert entry.published_parsed


def test_every_feed_and_the_sitemap_are_clean_for_xmllint(example: Path) -> None:
    xmllint = shutil.which("xmllint")
    if xmllint is None:
        pytest.skip("there is no xmllint on this machine")
    done = subprocess.run(
        [xmllint, "--noout", *map(str, example.rglob("*.xml"))], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.node
def test_the_nu_checker_finds_no_error_on_any_page_and_in_the_style_sheet(
    example: Path, checkers: Path, tmp_path: Path
) -> None:
    java = shutil.which("java")
    if java is None:
        pytest.skip("there is no Java on this machine")
    jar = checkers / "vnu-jar/build/dist/vnu.jar"
    allowed = tmp_path / "allowed"  # by MathML Core, <https://www.w3.org/TR/mathml-core/#global-attributes>
    allowed.write_text(
        ".*Attribute .(scriptlevel|displaystyle). not allowed on element .m.*\n"
        # and by <https://www.w3.org/TR/css-anchor-position-1/>, which the checker does not know:
        ".*CSS: .anchor-name.: Property .anchor-name. doesn.t exist.*\n"
        ".*CSS: .inset-block-start.: Parse Error.*\n"
        # and by <https://drafts.csswg.org/css-overflow-5/#scroll-target-focus>:
        ".*CSS: .scroll-target-group.: Property .scroll-target-group. doesn.t exist.*\n"
        ".*CSS: Unknown pseudo-element or pseudo-class .:target-current.*\n"
        # and by <https://www.w3.org/TR/mathml-core/#the-math-shift>, which it does not know either:
        ".*CSS: .math-shift.: Property .math-shift. doesn.t exist.*\n"
        # and a variable in max(), whose value it cannot know: with a length in its place it finds nothing:
        ".*CSS: .max-inline-size.: Invalid type: .100%, var\\(--measure\\)..*\n",
        encoding="utf-8",
    )
    for more in (["--skip-non-html"], ["--also-check-css", "--skip-non-css"]):
        command = [
            java,
            "-jar",
            str(jar),
            "--errors-only",
            "--stdout",
            "--format",
            "gnu",
            "--filterfile",
            str(allowed),
            *more,
            str(example),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.stdout, done.returncode) == ("", 0)


@pytest.mark.node
def test_html_validate_has_nothing_to_say(example: Path, checkers: Path, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node on this machine")
    config = tmp_path / ".htmlvalidate.json"
    config.write_text(
        '{"root": true, "extends": ["html-validate:standard", "html-validate:document", "html-validate:a11y"], "rules": {'
        # Our own style of writing HTML, where the preset has taste and not a reason:
        '"no-trailing-whitespace": "off", "attr-quotes": "off", "void-style": "off", "doctype-style": "off",'
        # A long title is the author's affair:
        '"long-title": "off",'
        # Disabled check boxes of task lists, and the attributes of MDN's manual that the preset calls redundant:
        '"prefer-native-element": "off", "no-redundant-role": "off", "no-implicit-input-type": "off",'
        '"aria-label-misuse": "off", "attribute-boolean-style": "off", "require-sri": "off", "tel-non-breaking": "off"}}',
        encoding="utf-8",
    )
    pages = [str(path) for path in sorted(example.rglob("*.html"))]
    command = [node, str(checkers / "html-validate/bin/html-validate.mjs"), "--config", str(config), *pages]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 0
