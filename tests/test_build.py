"""The pipeline as a whole: what is published, what is not, and that outputs depend on the sources alone."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from blog import state
from blog.build import build, verify
from blog.cache.workspace import locate_folders
from blog.content import image_versions, parse
from blog.output.folder import Changes, read_site_identity
from blog.problems import BlogError, UnsafeOutputError
from blog.stages import loading
from blog.state import BuildState, ChangeHint
from blog.system.builtin_themes import builtin_themes_folder
from blog.system.file_signature import FileSignature, read_signature, signature_of
from blog.views.plan import PlanInputs
from tests.support.publishing import FEEDS, NOW, build_folder, order, outputs, post, preview_of, problems, publish
from tests.support.sites import SETTINGS, picture, site, told

TOKEN = "xyzzyq"  # stands for what must not leak


def leaks(found: dict[str, bytes], token: str = TOKEN) -> list[str]:
    return [
        path
        for path, data in found.items()
        if token in path.lower() or token in data.decode("utf-8", "replace").lower()
    ]


def test_a_post_gets_a_page_at_its_slug(tmp_path: Path) -> None:
    found = publish(tmp_path, {"content/posts/week-4.md": post("Week 4: My Interest", text="Hello *there*.")})
    assert "<h1>Week 4: My Interest</h1>" in found["posts/week-4/index.html"]
    assert "<p>Hello <em>there</em>.</p>" in found["posts/week-4/index.html"]


def test_no_tex_is_in_what_lists_searches_previews_and_feeds_say_of_a_post(tmp_path: Path) -> None:
    text = "We minimise $\\mathcal{L}(\\theta)$ over $\\theta$.\n\n## The $\\beta$-VAE\n\n## B\n\n## C"
    found = publish(tmp_path, {"content/posts/p.md": post("P", text=text)})
    for path in ("index.html", "search/posts-0.json" if "search/posts-0.json" in found else "search/posts-1.json"):
        assert "\\mathcal" not in found[path]
        assert "ℒ(θ)" in found[path]
    page = found["posts/p/index.html"]
    assert '<meta property="og:description" content="We minimise ℒ(θ) over θ.">' in page
    assert "<description>We minimise ℒ(θ) over θ.</description>" in found["feed.xml"]
    assert '<a href="#the-beta-vae">The β-VAE</a>' in page


def test_a_real_hugo_post_is_published_right_in_page_and_feed(tmp_path: Path) -> None:
    text = (
        "---\ntitle: 'Week 4: My Interest in Machine Learning'\ndate: 2022-02-01\nweight: 1\n---\n\n"
        "Three reasons:\n- curiosity\n- pumps\n- the maths\n\n* * *\n\nThat's all.\n"
    )
    found = publish(tmp_path, {"content/posts/week-4.md": text})
    page = found["posts/week-4/index.html"]
    assert "<title>Week 4: My Interest in Machine Learning · T</title>" in page
    assert "<p>Three reasons:</p>\n<ul>\n<li>curiosity</li>\n<li>pumps</li>\n<li>the maths</li>\n</ul>\n<hr>" in page
    assert '<time datetime="2022-02-01">1 February 2022</time>' in page
    feed = found["feed.xml"]
    assert "<title>Week 4: My Interest in Machine Learning</title>" in feed
    assert "&lt;li&gt;curiosity&lt;/li&gt;" in feed
    assert "<pubDate>Tue, 01 Feb 2022 12:00:00 +0000</pubDate>" in feed
    assert "tag:example.org,2022-02-01:/posts/week-4/" in feed


def test_three_hundred_posts_of_a_jekyll_blog_are_published_with_front_matter_allow(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "blog.toml": 'title = "T"\nurl = "https://example.org"\npermalink = "/{year}/{month}/{day}/{slug}.html"\n'
        '[front_matter]\nallow = ["layout", "categories", "comments", "permalink"]\n'
    }
    for number in range(300):
        day = f"{2010 + number % 12}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        files[f"content/posts/{day}-post-number-{number}.markdown"] = (
            f'---\nlayout: post\ntitle:  "Post number {number}"\ncategories: [ml, notes]\ncomments: true\n---\n\n'
            f"# What happened\n\nWe *trained* something.  It took {number} minutes.\n1. first\n2. second\n\n"
            "## And then\n\n```python\nprint('hi')\n```\n"
        )
    found = publish(tmp_path, files)
    pages = [path for path in found if re.fullmatch(r"\d{4}/\d\d/\d\d/post-number-\d+\.html", path)]
    assert len(pages) == 300
    assert found["2010/01/01/post-number-0.html"].count("<h1>") == 1
    assert '<h2 id="what-happened">' in found["2010/01/01/post-number-0.html"]
    assert '<h3 id="and-then">' in found["2010/01/01/post-number-0.html"]
    assert found["feed.xml"].count("<item>") == 20


THIRTY_MISTAKES = {
    "01": ("dratf: true", '4:1: unknown key "dratf" (did you mean "draft"?)'),
    "02": ("tags: {a: b}", '4:7: "tags" must be a list of words (write tags: [statistics])'),
    "03": ("draft: yes", '4:8: "draft" must be true or false (write draft: true)'),
    "04": ("title: Again", '4:1: "title" is written twice, first in line 2 (keep one of them)'),
    "05": ("updated: 2024-13-01", '4:10: "2024-13-01" is not a date: there is no month 13 (write updated: 2024-01-13)'),
    "06": ("part: two", '4:7: "part" must be a whole number (write part: 3)'),
    "07": ("discussion: javascript:alert(1)",
           '4:13: "discussion" must be an http or https address, not "javascript:alert(1)"'),
    "08": ("slug: a/b", '4:7: the slug "a/b" is a path (write slug: a-b)'),
    "09": ("tags: ['!!!']", '4:8: the tag "!!!" gives no address (use another name, with letters or digits)'),
    "10": ("template: pots", '4:11: the theme has no template "pots.html" (did you mean "post.html"?)'),
    "11": ("revisits: gone.md", '4:11: there is no file "gone.md"'),
    "12": ('aliases: ["/../x"]',
           '4:11: the alias "/../x" has an empty or dotted part (write the old path, such as /2019/old-name/)'),
    "13": ("excerpt: short", '4:1: unknown key "excerpt" (write "summary" instead)'),
    "14": ("lang: English!", '4:7: "English!" is not a language tag such as en or pt-BR'),
    "15": ("author: {nme: Ada}", '4:10: unknown key "nme" (did you mean "name"?)'),
    "16": ("source: {title: X}", '4:9: "source" needs a url (add url: https://…)'),
    "17": ("series: '///'", '4:9: the series "///" gives no address (use another name, with letters or digits)'),
    "18": ("image: none.png", '4:8: there is no image "none.png"'),
}  # fmt: skip
BROKEN_TEXTS = {
    "20": ("[x](nope.md)", '5:1: there is no file "nope.md"'),
    "21": ("> - see ![p](pic.png)", '5:9: there is no image "pic.png"'),
    "22": (
        "a\n::: private\nx",
        ("6:1: the private passage is not closed (end it with a line ::: (after raw HTML or inside a list, leave an "
         "empty line before it))"),
    ),
    "23": ("foo <!-- bar\n\nbaz -->", "5:5: the comment is not closed (end it with -->)"),
    "24": ("## A {#x}\n\n## B {#x}", '7:6: the id "x" is used twice: first in line 5 (give one of them another id)'),
    "25": ("[a](01.md#zz)", '5:1: there is no heading or id "zz" in content/posts/01.md'),
    "26": ("[b](/tags/none/)", '5:1: this site has no address "/tags/none/"'),
    "27": ("| a | b |\n|---|---|\n| 1 | 2 | 3 |",
           r"7:1: the row has 3 cells, the head of the table 2 (write | inside a cell as \|)"),
    "28": ("::: privat\nx\n:::", '5:1: unknown name in "::: privat" (did you mean "private"?)'),
    "29": (":::", "5:1: ::: closes nothing (delete it, or open it above with ::: pull)"),
    "30": ("a\x07b", "5:2: the text has the control character '\\x07' (delete it)"),
    "31": (">" * 150 + " deep", "5:152: nested too deeply (use fewer levels of lists and quotations)"),
}  # fmt: skip


def test_thirty_mistakes_give_thirty_diagnostics_in_one_run_and_nothing_is_written(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {}
    expected = []
    for name, (line, messages) in THIRTY_MISTAKES.items():
        files[f"content/posts/{name}.md"] = f"---\ntitle: A\ndate: 2024-01-01\n{line}\n---\nText.\n"
        expected += [f"content/posts/{name}.md:{message}" for message in messages.split("|")]
    for name, (text, message) in BROKEN_TEXTS.items():
        files[f"content/posts/{name}.md"] = f"---\ntitle: A\ndate: 2024-01-01\n---\n{text}\n"
        expected.append(f"content/posts/{name}.md:{message}")
    assert len(files) == 30
    assert problems(tmp_path, files) == expected
    assert not (tmp_path / "public").exists()


@pytest.mark.parametrize(
    "bad",
    [
        b"---\ntitle: [\n---\n",
        b"---\ntitle: \xff\n---\n",
        b"---\ntitle: B\ndate: 2024-01-01\nslug: a/b\n---\n",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
    ],
)
def test_links_to_a_document_that_cannot_be_read_are_no_further_errors(tmp_path: Path, bad: bytes) -> None:
    links = "[a](../week-1.md) [b](/posts/week-1/) [c](../week-1.md#x)"
    files: dict[str, str | bytes] = {
        "content/posts/kl/index.md": post(text=links, revisits="../week-1.md"), "content/posts/week-1.md": bad,
    }  # fmt: skip
    assert {problem.split(":")[0] for problem in problems(tmp_path, files)} == {"content/posts/week-1.md"}


def test_a_link_to_a_hidden_document_with_a_wrong_slug_is_withheld(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/a.md": post(text="[x](d.md)"), "content/posts/d.md": post(draft="true", slug="a/b"),
    }  # fmt: skip
    assert problems(tmp_path, files) == [
        'content/posts/a.md:5:1: "d.md" leads to content/posts/d.md, which is not published (draft) (take the link out, or publish that one too)'
    ]


def test_problems_of_settings_and_documents_come_in_one_run(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "blog.toml": 'title = "T"\nurl = "https://example.org"\npaginat = 3\n',
        "content/posts/a.md": post(dratf="true"),
    }
    assert problems(tmp_path, files) == [
        'blog.toml:3:1: unknown key "paginat" (did you mean "paginate"?)',
        'content/posts/a.md:4:1: unknown key "dratf" (did you mean "draft"?)',
    ]


def test_after_an_error_the_old_site_is_untouched(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    build_folder(root)
    before = outputs(root)
    (root / "content/posts/b.md").write_text(post(dratf="true"), encoding="utf-8")
    with pytest.raises(BlogError):
        build_folder(root)
    assert outputs(root) == before


def test_strict_makes_warnings_errors(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"content/posts/a.md": post(text="```klingon\nx\n```")}
    assert build_folder(site(tmp_path / "1", files)).problems[0].severity == "warning"
    assert problems(tmp_path / "2", files, strict=True) == [
        'content/posts/a.md:5:4: unknown language "klingon": shown as plain text (write ```text for plain text)'
    ]


HIDDEN = {
    "a draft": {"draft": "true"},
    "published: false": {"published": "false"},
    "a private post": {"private": "true"},
    "a scheduled post": {"date": "2099-01-01"},
    "a private draft": {"private": "true", "draft": "true"},
}


@pytest.mark.parametrize("keys", HIDDEN.values(), ids=HIDDEN.keys())
def test_what_is_held_back_leaves_no_trace(tmp_path: Path, keys: dict[str, str]) -> None:
    hidden = post(
        f"Title {TOKEN}", text=f"Text {TOKEN}. ![p]({TOKEN}.png) [a](open.md)", tags=f"[{TOKEN}-tag, shared]",
        labels=f"[{TOKEN}-label]", series=f"{TOKEN}-series", aliases=f"[/{TOKEN}-old/]", revisits="open.md",
        context=f"{TOKEN}", summary=f"{TOKEN}", **keys,
    )  # fmt: skip
    root = site(tmp_path, {
        f"content/posts/{TOKEN}.md": hidden,
        f"content/posts/{TOKEN}.png": b"picture",
        f"content/posts/{TOKEN}-bundle/index.md": post(f"Bundle {TOKEN}", **keys),
        f"content/posts/{TOKEN}-bundle/data.csv": f"{TOKEN}",
        f"content/{TOKEN}-page.md": f"---\ntitle: {TOKEN}\ndraft: true\n---\n{TOKEN}\n",
        "content/posts/open.md": post("Open", date="2023-05-05", tags="[shared]"),
        "content/posts/other.md": post("Other", date="2025-05-05", tags="[shared]"),
    })  # fmt: skip
    report = build_folder(root)
    assert leaks(outputs(root)) == []
    assert f"content/posts/{TOKEN}.md" in {held.path for held in report.hidden}
    assert b'<span class="count">2</span>' in outputs(root)["tags/index.html"]


def test_a_draft_is_built_on_request_with_a_badge_and_its_trace_goes_with_the_next_plain_build(tmp_path: Path) -> None:
    root = site(
        tmp_path, {"content/posts/d.md": post(TOKEN, draft="true", tags=f"[{TOKEN}]"), "content/posts/a.md": post()}
    )
    build_folder(root, drafts=True)
    page = outputs(root)["posts/d/index.html"].decode()
    assert '<strong class="badge">Draft</strong>' in page
    assert '<meta name="robots" content="noindex">' in page
    assert leaks(outputs(root))
    build_folder(root)
    assert leaks(outputs(root)) == []


def test_a_private_post_is_not_built_with_drafts_and_future(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"content/posts/p.md": post(TOKEN, date="2099-01-01", private="true")}
    root = site(tmp_path, files)
    build_folder(root, drafts=True, future=True)
    assert leaks(outputs(root)) == []


def test_a_scheduled_draft_needs_both_options(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/p.md": post(TOKEN, date="2099-01-01", draft="true")})
    build_folder(root, drafts=True)
    assert leaks(outputs(root)) == []
    build_folder(root, drafts=True, future=True)
    assert "posts/p/index.html" in outputs(root)


def test_a_public_post_may_not_link_to_what_is_held_back(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/d.md": post(draft="true"),
        "content/posts/a.md": post(text="[file](d.md), [address](/posts/d/), [own](https://example.org/posts/d/).\n\n"
                                        '<a href="/posts/d/">raw</a>\n\n::: private\n[fine here](d.md)\n:::'),
    }  # fmt: skip
    why = "leads to content/posts/d.md, which is not published (draft) (take the link out, or publish that one too)"
    assert problems(tmp_path, files) == [
        f'content/posts/a.md:5:1: "d.md" {why}',
        f'content/posts/a.md:5:15: "/posts/d/" {why}',
        f'content/posts/a.md:5:37: "https://example.org/posts/d/" {why}',
        f'content/posts/a.md:7:9: "/posts/d/" {why}',
    ]


def test_an_unlisted_post_has_a_page_and_nothing_else(tmp_path: Path) -> None:
    root = site(tmp_path, {
        "content/posts/u.md": post(TOKEN, unlisted="true", tags=f"[{TOKEN}]", series=TOKEN, aliases=f"[/{TOKEN}/]",
                                   text="[a](a.md)", revisits="a.md"),
        "content/posts/a.md": post("Open", "2023-01-01"),
    })  # fmt: skip
    build_folder(root)
    assert leaks(outputs(root)) == ["posts/u/index.html", f"{TOKEN}/index.html"]
    assert b'<meta name="robots" content="noindex">' in outputs(root)["posts/u/index.html"]
    assert b'<meta name="robots" content="noindex">' in outputs(root)[f"{TOKEN}/index.html"]
    assert b"/posts/u/" not in outputs(root)["posts/a/index.html"]


def test_private_passages_and_comments_are_left_out_of_everything_and_counted(tmp_path: Path) -> None:
    text = (
        f"Public.[^n] <!-- {TOKEN} -->\n\n::: private\n{TOKEN} [link](x.md) ![]({TOKEN}.png)\n\n## {TOKEN}\n\n"
        f"[^n]: {TOKEN}\n[ref]: /{TOKEN}\n:::\n\n<div><!-- {TOKEN} -->raw</div>\n\n[^n]: Note.\n"
    )
    root = site(tmp_path, {"content/posts/a/index.md": post(text=text, context=f'"a <!-- {TOKEN} --> b"'),
                           f"content/posts/a/{TOKEN}.png": b"p", "content/posts/a/shown.png": b"p"})  # fmt: skip
    report = build_folder(root)
    assert report.private_passages == 1
    assert leaks(outputs(root)) == []
    assert "posts/a/shown.png" in outputs(root)


def test_a_picture_that_only_a_private_passage_or_a_draft_uses_is_not_published(tmp_path: Path) -> None:
    root = site(tmp_path, {
        "content/posts/a.md": post(text="![shown](shown.png)\n\n::: private\n![p](hidden.png) ![s](shown.png)\n:::"),
        "content/posts/d.md": post(draft="true", text="![d](draft.png)\n\n::: private\n![dp](deep.png)\n:::"),
        **{f"content/posts/{name}.png": name for name in ("shown", "hidden", "draft", "deep", "nobody")},
    })  # fmt: skip
    build_folder(root)
    pictures = {path for path in outputs(root) if path.endswith(".png") and not path.startswith("assets/")}
    assert pictures == {"posts/shown.png", "posts/nobody.png"}


def test_removing_a_post_removes_everything_it_had_and_foreign_files_stay(tmp_path: Path) -> None:
    root = site(tmp_path, {
        "content/posts/a.md": post(),
        f"content/posts/{TOKEN}/index.md": post(TOKEN, tags=f"[{TOKEN}]", labels=f"[{TOKEN}]", series=TOKEN),
        f"content/posts/{TOKEN}/pic.png": b"p",
    })  # fmt: skip
    build_folder(root)
    for foreign in ("CNAME", "posts/mine.txt", f"posts/{TOKEN}/keep.txt", ".git/HEAD"):
        path = root / "public" / foreign
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine", encoding="utf-8")
    shutil.rmtree(root / f"content/posts/{TOKEN}")
    report = build_folder(root)
    assert f"posts/{TOKEN}/index.html" in report.changes.removed
    left = outputs(root)
    assert leaks(left) == [f"posts/{TOKEN}/keep.txt"]
    assert {path for path, data in left.items() if data == b"mine"} == {
        "CNAME", "posts/mine.txt", f"posts/{TOKEN}/keep.txt", ".git/HEAD",
    }  # fmt: skip
    assert not (root / f"public/tags/{TOKEN}").exists()


def test_a_second_build_renders_and_writes_nothing(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(), "content/pic.png": b"p"})
    first = build_folder(root)
    second = build_folder(root)
    assert (second.changes.new, second.changes.changed, second.changes.removed) == ((), (), ())
    assert second.changes.unchanged == len(first.changes.new)
    assert second.reasons == ()


@pytest.mark.parametrize(
    ("edited", "needed"),
    [(False, set()), (True, {"markdown_it", "yaml", "jinja2", "feedgen", "lxml"})],
    ids=["nothing", "a text"],
)
def test_a_build_imports_only_what_it_needs(tmp_path: Path, edited: bool, needed: set[str]) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(text="Words.\n\nMore.", labels="[Journal]")})
    (root / "blog.toml").write_text(
        'title = "T"\nurl = "https://example.org"\n[labels.Journal]\nnotice = "Raw."\n', encoding="utf-8"
    )
    code = (
        "import sys\nfrom blog.cli import blog\nblog.main(['build', '-q'], standalone_mode=False)\nprint(*sys.modules)"
    )
    for _ in range(3):  # files that changed a moment ago are read once more
        time.sleep(0.1)
        done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
        if edited:
            (root / "content/posts/a.md").write_text(
                post(text=f"Words.\n\nMore {time.time()}.", labels="[Journal]"), encoding="utf-8"
            )
    heavy = {"markdown_it", "mdit_py_plugins", "yaml", "pygments", "jinja2", "feedgen", "lxml", "multiprocessing"}
    assert heavy & set(done.stdout.split()) - {"mdit_py_plugins"} == needed


def test_an_edit_that_keeps_size_and_time_of_a_file_is_seen(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(text="one"), "content/p.txt": "one"})
    for _ in range(3):
        build_folder(root)
        time.sleep(0.06)
    for path in (root / "content/posts/a.md", root / "content/p.txt"):
        before = path.stat()
        path.write_text(path.read_text("utf-8").replace("one", "two"), encoding="utf-8")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    build_folder(root)
    assert b"two" in outputs(root)["posts/a/index.html"]
    assert outputs(root)["p.txt"] == b"two"


def test_reading_and_touching_files_changes_nothing(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(), "content/p.txt": "one"})
    build_folder(root)
    before = {path: path.stat().st_mtime_ns for path in (root / "public").rglob("*")}
    for path in (root / "content").rglob("*.*"):
        os.utime(path)
    report = build_folder(root)
    assert (report.changes.new, report.changes.changed, report.reasons) == ((), (), ())
    assert {path: path.stat().st_mtime_ns for path in (root / "public").rglob("*")} == before


def test_after_an_error_what_was_parsed_is_not_parsed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(), "content/posts/b.md": post(text="[x](gone.md)")})
    with pytest.raises(BlogError):
        build_folder(root)
    (root / "content/posts/b.md").write_text(post(), encoding="utf-8")
    real = parse.parse_document
    monkeypatch.setattr(
        parse,
        "parse_document",
        lambda source, rules, inputs: real(source, rules, inputs) if "b.md" in source.path else 1 / 0,
    )
    assert build_folder(root).posts == 2


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_cache_that_cannot_be_opened_costs_nothing_but_time(tmp_path: Path, jobs: int) -> None:
    files: dict[str, str | bytes] = {f"content/posts/{number}.md": post(str(number)) for number in range(70)}
    root = site(tmp_path, files)
    (locate_folders(root).cache / "cache.sqlite3").mkdir(parents=True)
    for _ in range(2):
        assert build_folder(root, jobs=jobs).posts == 70
        assert verify(order(root)) == []


def test_a_site_that_was_moved_with_its_folder_writes_nothing_anew(tmp_path: Path) -> None:
    root = site(tmp_path / "one", {"content/posts/a.md": post()})
    build_folder(root)
    root.rename(tmp_path / "two")
    changes = build_folder(tmp_path / "two").changes
    assert (changes.new, changes.changed, changes.removed) == ((), (), ())


def test_moments_are_compared_as_moments_also_in_the_hour_that_comes_twice(tmp_path: Path) -> None:
    found = publish(tmp_path, {
        "blog.toml": 'title = "T"\nurl = "https://example.org"\ntimezone = "Europe/Madrid"\n',
        "content/posts/a.md": post("A", "2025-10-26T02:30:00+02:00", updated="2025-10-26T02:10:00+01:00"),
        "content/posts/b.md": post("B", "2025-10-26T02:10:00+01:00", revisits="a.md"),
    })  # fmt: skip
    assert 'href="/posts/a/"' in found["posts/b/index.html"]
    assert found["atom.xml"].count("<updated>2025-10-26T01:10:00+00:00</updated>") == 3


def test_two_output_folders_know_nothing_of_each_other_and_share_what_is_parsed(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(), "content/posts/d.md": post("D", draft="true")})
    build_folder(root)
    assert build_folder(root, output=root / "preview", drafts=True).posts == 2
    for _ in range(2):
        assert build_folder(root).reasons == ()
        assert build_folder(root, output=root / "preview", drafts=True).reasons == ()


def test_an_edited_text_renders_its_page_and_feeds_but_not_its_neighbours(tmp_path: Path) -> None:
    posts = {
        f"content/posts/{day}.md": post(f"Day {day}", f"2024-01-0{day}", "First.\n\nMore.", tags="[t]") for day in "123"
    }
    root = site(tmp_path, dict(posts))
    build_folder(root)
    (root / "content/posts/2.md").write_text(posts["content/posts/2.md"].replace("More.", "Other."), encoding="utf-8")
    report = build_folder(root)
    expected = ["posts/2/index.html", *FEEDS, "search/0.json", "tags/t/feed.xml"]
    assert sorted(path for path, _ in report.reasons) == sorted(expected)
    reasons = dict(report.reasons)
    assert reasons.pop("search/0.json") == "data changed"
    assert set(reasons.values()) == {"text changed"}


def test_an_edited_template_renders_the_pages_that_reach_it(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(), "content/about.md": "---\ntitle: A\n---\nx\n"})
    shutil.copytree(builtin_themes_folder() / "margin", root / "themes/margin")
    build_folder(root)
    template = root / "themes/margin/templates/page.html"
    template.write_text(
        template.read_text("utf-8").replace("</article>", "<!-- edited --></article>"), encoding="utf-8"
    )
    report = build_folder(root)
    assert [path for path, _ in report.reasons] == ["about/index.html"]
    assert report.reasons[0][1] == "theme or program changed"


def test_a_damaged_cache_costs_nothing_but_time(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    build_folder(root)
    before = outputs(root)
    (locate_folders(root).cache / "cache.sqlite3").write_bytes(b"not a database" * 1000)
    build_folder(root)
    assert outputs(root) == before
    assert verify(order(root)) == []


def test_what_lies_behind_a_link_in_the_output_is_made_again(tmp_path: Path) -> None:
    root = site(tmp_path / "site", {"content/posts/a.md": post(), "content/posts/b.md": post("B")})
    build_folder(root)
    before = outputs(root)
    (root / "public/posts").rename(tmp_path / "elsewhere")
    (root / "public/posts").symlink_to(tmp_path / "elsewhere")
    (root / "content/posts/a.md").write_text(post(text="Some words.\n\nMore."), encoding="utf-8")
    build_folder(root)
    assert not (root / "public/posts").is_symlink()
    assert outputs(root).keys() == before.keys()
    assert verify(order(root)) == []
    assert b"More." not in (tmp_path / "elsewhere/a/index.html").read_bytes()


def test_verify_names_the_paths_that_differ_from_a_clean_build(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    build_folder(root)
    assert verify(order(root)) == []
    (root / "public/posts/a/index.html").write_text("tampered", encoding="utf-8")
    (root / "public/archive/index.html").unlink()
    assert verify(order(root)) == ["archive/index.html", "posts/a/index.html"]
    assert build_folder(root).reasons == tuple(
        (path, "output file was modified") for path in ("posts/a/index.html", "archive/index.html")
    )
    assert verify(order(root)) == []


def test_clean_forgets_what_is_kept(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    build_folder(root)
    assert len(build_folder(root, clean=True).reasons) > 5


def test_a_dry_run_writes_nothing_and_names_what_would_change(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(), "content/posts/b.md": post("B")})
    build_folder(root)
    (root / "content/posts/a.md").unlink()
    (root / "content/posts/c.md").write_text(post("See me", "2025-01-01"), encoding="utf-8")
    before = {path: path.stat().st_ctime_ns for path in root.rglob("*")}
    report = build_folder(root, dry_run=True)
    assert {path: path.stat().st_ctime_ns for path in root.rglob("*")} == before
    assert [path for path in report.changes.new if "card" not in path] == ["posts/c/index.html"]
    assert [path for path in report.changes.removed if "card" not in path] == ["posts/a/index.html"]
    assert "feed.xml" in report.changes.changed
    assert report.new_entries == ("See me",)


def test_the_number_of_jobs_changes_nothing(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        f"content/posts/{number}.md": post(f"Post {number}", text="```python\nx = 1\n```", tags=f"[t{number % 7}]")
        for number in range(120)
    }
    one, two = site(tmp_path / "1", files), site(tmp_path / "2", files)
    build_folder(one, jobs=1)
    build_folder(two, jobs=3)
    assert outputs(one) == outputs(two)


def test_two_builds_are_equal_under_other_zones_locales_hash_seeds_folders_and_file_orders(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "blog.toml": 'title = "T"\nurl = "https://example.org"\ntimezone = "Asia/Tokyo"\n',
        "content/about.md": "---\ntitle: About\n---\nx\n",
    }
    for number in range(12):
        files[f"content/posts/p{number}.md"] = post(
            f"Post {number}", f"2024-01-{number + 1:02} 23:30", "```python\nx = {1, 2}\n```\n\n[a](p1.md)",
            tags=f"[a{number % 3}, b{number % 5}]", labels="[Journal]",
        )  # fmt: skip
    results = []
    environments = [
        {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "America/Los_Angeles", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "77"},
    ]
    for name, environment in zip(("one", "two/deep"), environments, strict=True):
        names = sorted(files, reverse=name != "one")
        root = site(tmp_path / name, {path: files[path] for path in names})
        for number, path in enumerate(sorted(root.rglob("*"), reverse=name == "one")):
            os.utime(path, (number, number))
        command = [sys.executable, "-P", "-m", "blog", "build", "--root", str(root), "-q"]
        subprocess.run(command, check=True, env={**os.environ, **environment}, cwd=tmp_path)
        results.append(outputs(root) | {"manifest": (root / "public/.blog-manifest").read_bytes()})
    assert results[0] == results[1]
    assert not any(str(tmp_path).encode() in data for data in results[0].values())


def test_tomorrow_changes_nothing_but_what_is_published_then(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(), "content/posts/b.md": post("Later", "2026-07-01")})
    build_folder(root)
    before = outputs(root)
    build_folder(root, now=NOW.replace(day=2))
    assert outputs(root) == before
    build_folder(root, now=NOW.replace(month=7))
    assert "posts/b/index.html" in outputs(root)


def test_without_a_content_folder_there_is_a_hint_at_init(tmp_path: Path) -> None:
    assert problems(tmp_path, {}) == [
        "content:1:1: there is no content folder here (`blog init DIR` makes a site to start from)"
    ]


def test_an_empty_content_folder_builds_an_empty_home_page(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    found = publish(tmp_path, {})
    assert 'class="empty"' in found["index.html"]
    assert "<item>" not in found["feed.xml"]
    assert {"index.html", "archive/index.html", "404.html", "sitemap.xml", "robots.txt", "atom.xml"} <= found.keys()
    assert "tags/index.html" not in found


def test_a_site_without_url_has_no_feeds_and_says_so(tmp_path: Path) -> None:
    root = site(tmp_path, {"blog.toml": 'title = "T"\n', "content/posts/a.md": post()})
    report = build_folder(root)
    assert [problem.message for problem in report.problems] == [
        "without a url there are no feeds, no sitemap and no canonical links"
    ]
    found = outputs(root)
    assert not any(path.endswith(".xml") for path in found)
    assert b'rel="canonical"' not in found["posts/a/index.html"]
    assert b"feed.xml" not in found["posts/a/index.html"]


def test_base_url_takes_the_place_of_url(tmp_path: Path) -> None:
    found = publish(tmp_path, {"content/posts/a.md": post()}, base_url="https://preview.example.net/x")
    assert '<link rel="canonical" href="https://preview.example.net/x/posts/a/">' in found["posts/a/index.html"]
    assert 'href="/x/archive/"' in found["index.html"]


def test_where_the_cache_folder_cannot_be_written_it_builds_without_a_cache(tmp_path: Path) -> None:
    root = site(tmp_path / "site", {"content/posts/a.md": post()})
    folder = locate_folders(root).cache
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file where the folder should be", encoding="utf-8")
    report = build_folder(root, output=tmp_path / "out")
    assert told(report.problems) == [
        "1:1 warning no-cache: the cache folder cannot be written: building without a cache -- choose another with --cache-dir, or with the variable BLOG_CACHE_DIR"
    ]
    assert (tmp_path / "out/posts/a/index.html").is_file()


def test_a_build_writes_nothing_in_the_site_but_the_output(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    before = set(root.rglob("*"))
    build_folder(root)
    assert [path for path in set(root.rglob("*")) - before if not path.is_relative_to(root / "public")] == []


def test_a_cache_that_came_with_the_site_is_not_used_and_a_note_says_how_to_delete_it(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    stranger = site(tmp_path / "stranger", {"content/posts/a.md": post(text="Planted.")})
    build_folder(stranger)
    shutil.copytree(locate_folders(stranger).cache, root / ".blog")
    os.mkfifo(root / ".blog/asked")
    before = {path: path.lstat().st_ctime_ns for path in (root / ".blog").rglob("*")}
    report = build_folder(root, strict=True)
    assert told(report.problems) == [
        "1:1 note old-cache: not used any more: caches are kept outside of the site -- delete it: rm -r .blog"
    ]
    assert "Planted" not in outputs(root)["posts/a/index.html"].decode()
    assert {path: path.lstat().st_ctime_ns for path in (root / ".blog").rglob("*")} == before


def test_an_output_folder_of_another_site_is_refused(tmp_path: Path) -> None:
    mine = site(tmp_path / "mine", {"content/posts/a.md": post()})
    other = site(tmp_path / "other", {"content/posts/b.md": post("B")})
    build_folder(mine)
    before = outputs(mine)
    with pytest.raises(UnsafeOutputError) as caught:
        build_folder(other, output=mine / "public")
    assert told(caught.value.problems) == [
        f"1:1 error unsafe-output: the output folder is that of another site: {mine} -- choose another folder with -o, or empty this one yourself"
    ]
    assert outputs(mine) == before


def test_the_manifest_names_the_site_so_that_another_one_is_refused_on_any_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = site(tmp_path / "mine", {"content/posts/a.md": post()})
    build_folder(mine, output=tmp_path / "www")
    other = site(tmp_path / "other", {
        "blog.toml": 'title = "T"\nurl = "https://other.example"\n', "content/posts/b.md": post("B"),
    })  # fmt: skip
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))  # another machine, which knows of no owner
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(UnsafeOutputError) as caught:
        build_folder(other, output=tmp_path / "www")
    assert told(caught.value.problems) == [
        "1:1 error unsafe-output: the output folder was made for another site (its .blog-manifest says so) -- choose another folder with -o, or empty this one yourself"
    ]
    (mine / "blog.toml").write_text(
        'title = "T"\nurl = "http://EXAMPLE.org/"\n', encoding="utf-8"
    )  # the same site by another scheme
    build_folder(mine, output=tmp_path / "www")
    (mine / "blog.toml").write_text(
        'title = "T"\nurl = "https://example.net"\n', encoding="utf-8"
    )  # it moves, and its output with it
    build_folder(mine, output=tmp_path / "www", base_url="https://preview.example.net")
    assert read_site_identity(tmp_path / "www") != read_site_identity(mine / "public")


def test_a_warm_build_after_a_change_of_the_url_writes_the_manifest_anew(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    build_folder(root)
    time.sleep(0.1)  # files younger than 50 ms have no signature that is kept
    build_folder(root)
    (root / "blog.toml").write_text(SETTINGS.replace("example.org", "example.org/b"), encoding="utf-8")
    build_folder(root)
    assert verify(order(root)) == []


def test_an_output_of_version_1_0_is_updated_and_not_written_anew(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    build_folder(root)
    manifest = root / "public/.blog-manifest"
    header, _, rest = manifest.read_text("utf-8").partition("\n")
    manifest.write_text(
        f"{header}\n{rest.partition(chr(10))[2]}", encoding="utf-8"
    )  # without the line that names the site
    for folder in locate_folders(root):
        shutil.rmtree(folder)
    (root / "content/posts/b.md").write_text(post("B", "2020-01-01"), encoding="utf-8")
    before = {path: path.stat().st_ino for path in (root / "public").rglob("*") if path.is_file()}
    changes = build_folder(root).changes
    assert [path for path in changes.new if "card" not in path] == ["posts/b/index.html"]
    assert "assets/" not in "".join(path for path in changes.changed if "card" not in path)
    assert (root / "public/404.html").stat().st_ino == before[root / "public/404.html"]
    assert read_site_identity(root / "public") != ""


def test_after_the_machine_was_started_again_no_stamp_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(), "content/file.txt": "words"})
    build_folder(root)
    time.sleep(0.1)  # files younger than 50 ms have no stamp that is kept
    build_folder(root)
    page, file = root / "public/posts/a/index.html", root / "content/file.txt"
    lost = {path: path.stat() for path in (page, file)}

    def with_old_stamp(path: str) -> FileSignature:
        """A disk that lost the contents of two files, and kept their inodes."""
        status = next((status for known, status in lost.items() if str(known) == path), None)
        return signature_of(status) if status else read_signature(path)

    page.write_bytes(bytes(lost[page].st_size))
    monkeypatch.setattr("blog.state.read_signature", with_old_stamp)
    assert build_folder(root).changes.changed == ()
    monkeypatch.setattr("blog.state.boot_id", lambda: "another boot")
    assert build_folder(root).changes.changed == ("posts/a/index.html",)
    assert b"Some words." in page.read_bytes()


NEARLY = {
    "a comment behind the fence": "--- # c\ntitle: T\ndraft: true\n---\n# H\nxyzzyq",
    "four dashes": "----\ntitle: T\ndraft: true\n----\n# H\nxyzzyq",
    "indented": " ---\ntitle: T\ndraft: true\n---\n# H\nxyzzyq",
    "a comment above": "<!-- c -->\n---\ntitle: T\ndraft: true\n---\n# H\nxyzzyq",
    "no opening line": "title: T\ndraft: true\n---\n# H\nxyzzyq",
    "JSON": '{ "title": "T",\n"draft": true }\n\n# H\nxyzzyq',
    "in a code fence": "```yaml\ntitle: T\ndraft: true\n```\n# H\nxyzzyq",
    "twice": "---\ntitle: T\n---\n---\ndraft: true\n---\n# H\nxyzzyq",
}


@pytest.mark.parametrize("text", NEARLY.values(), ids=NEARLY.keys())
def test_front_matter_that_is_nearly_front_matter_never_publishes(tmp_path: Path, text: str) -> None:
    root = site(tmp_path, {"content/posts/2020-01-01-x.md": text})
    with pytest.raises(BlogError) as caught:
        build_folder(root)
    assert "front-matter" in {problem.code for problem in caught.value.problems}


@pytest.mark.parametrize("name", ["x.mdown", "x.md.bak", "x.MD.orig", "x.md.txt", "x.ipynb.1", "x.Rmd"])
def test_what_looks_like_a_source_is_never_copied(tmp_path: Path, name: str) -> None:
    root = site(tmp_path, {f"content/posts/{name}": post(TOKEN, draft="true"), "content/posts/a.md": post()})
    report = build_folder(root)
    assert leaks(outputs(root)) == []
    assert [problem.severity for problem in report.problems] == ["warning"]


@pytest.mark.parametrize(
    "line",
    ["[a](https://a.org/<!--xyzzyq-->)", '![a](https://a.org/u){class="<!--xyzzyq-->"}', '```{title="<!-- xyzzyq -->"}\nx\n```',
     "```<!--xyzzyq-->\nx\n```", '[a](https://a.org "x <!-- xyzzyq")', "**::: private**\nxyzzyq\n**:::**", ":: private\nxyzzyq\n::"],
)  # fmt: skip
def test_hidden_words_in_odd_places_are_errors(tmp_path: Path, line: str) -> None:
    with pytest.raises(BlogError):
        build_folder(site(tmp_path, {"content/posts/a.md": post(text=line)}))


@pytest.mark.parametrize("key", ["discussion", "source", "canonical"])
def test_addresses_in_front_matter_may_not_lead_to_what_is_held_back(tmp_path: Path, key: str) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/d.md": post(draft="true"),
        "content/posts/a.md": post(**{key: "https://example.org/posts/d/"}),
    }
    assert problems(tmp_path, files) == [
        (
            'content/posts/a.md:1:1: "https://example.org/posts/d/" leads to content/posts/d.md, which is not published (draft) '
            "(take the link out, or publish that one too)"
        )
    ]


def test_raw_html_that_no_program_can_take_apart_is_kept_as_it_is(tmp_path: Path) -> None:
    found = publish(tmp_path, {"content/posts/a.md": post(text="<a href='http://[x'>y</a>")})
    assert "<a href='http://[x'>y</a>" in found["posts/a/index.html"]
    assert 'href="http://[x"' in found["feed.xml"].replace("&lt;", "<").replace("&quot;", '"')


def test_a_series_of_four_hundred_posts_and_four_hundred_broken_links_take_no_time(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        f"content/posts/{number}.md": post(str(number), text="[x](gone.md)", series="S", part=str(number))
        for number in range(400)
    }
    assert len(problems(tmp_path, files)) == 400


def test_a_file_of_the_site_with_the_very_name_of_one_of_the_theme_is_an_error(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    build_folder(root)
    sheet = next(path for path in outputs(root) if path.endswith(".css"))
    before = outputs(root)
    (root / "content/assets").mkdir()
    (root / "content" / sheet).write_text("mine", encoding="utf-8")
    with pytest.raises(BlogError) as caught:
        build_folder(root)
    (problem,) = caught.value.problems
    assert (problem.location.path, problem.message) == (f"content/{sheet}", f'"/{sheet}" is made by the theme too')
    assert outputs(root) == before


def test_an_edited_style_sheet_changes_every_page_and_plans_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    shutil.copytree(builtin_themes_folder() / "margin", root / "themes/margin")
    memory = BuildState()
    build(order(root), state=memory)
    compiled = memory.theme and memory.theme.templates
    monkeypatch.setattr(PlanInputs, "assemble", None)
    with (root / "themes/margin/static/margin.css").open("a") as file:
        file.write("a {}")
    early: list[Changes] = []
    open_pages = frozenset({"posts/a/index.html"})
    seen = ChangeHint(frozenset({"themes/margin/static/margin.css"}), open_pages, early.append)
    report = build(order(root), state=memory, hint=seen)
    (sheet,) = early[0].new
    assert early[0].changed == ("posts/a/index.html",)
    assert sheet in (root / "public/posts/a/index.html").read_text("utf-8")
    assert sheet in (root / "public/index.html").read_text("utf-8")
    assert {why for path, why in report.reasons if path != sheet} == {"theme or program changed"}
    assert memory.theme
    assert memory.theme.templates is compiled
    assert report.changes.new == (sheet,)
    assert len(report.changes.removed) == 1


def test_an_open_page_is_written_before_the_others_are_planned_and_a_new_page_with_these(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post("A"), "content/posts/b.md": post("B")})
    memory = BuildState()
    build(order(root), state=memory)
    (root / "content/posts/a.md").write_text(post("A new title"), encoding="utf-8")
    (root / "content/posts/c.md").write_text(post("C"), encoding="utf-8")
    early: list[Changes] = []
    last_plan = memory.plan

    def brought(changes: Changes) -> None:
        early.append(changes)
        assert memory.plan is last_plan
        assert "A new title" in (root / "public/posts/a/index.html").read_text("utf-8")
        assert "A new title" not in (root / "public/index.html").read_text("utf-8")

    touched = frozenset({"content/posts/a.md", "content/posts/c.md"})
    watched = frozenset({"posts/a/index.html", "posts/c/index.html", "nothing.html"})
    report = build(order(root), state=memory, hint=ChangeHint(touched, watched, brought))
    assert (early[0].new, early[0].changed, early[0].removed) == ((), ("posts/a/index.html",), ())
    assert "posts/c/index.html" in report.changes.new
    assert "posts/a/index.html" in report.changes.changed
    changes = report.changes
    assert len(changes.new) + len(changes.changed) + changes.unchanged == len(outputs(root))
    assert "A new title" in (root / "public/index.html").read_text("utf-8")


@pytest.mark.parametrize("title", ["A", "A new title"], ids=["the same plan", "a new plan"])
def test_with_an_open_page_come_the_files_that_it_shows(tmp_path: Path, title: str) -> None:
    root = site(tmp_path, {
        "content/posts/a.md": post("A", text="![p](p.png)"), "content/posts/p.png": picture(9, 9),
        "content/posts/b.md": post("B"), "content/posts/notes.txt": "one",
    })  # fmt: skip
    memory = BuildState()
    build(order(root), state=memory)
    (root / "content/posts/a.md").write_text(post(title, text="![p](p.png) Words."), encoding="utf-8")
    (root / "content/posts/p.png").write_bytes(picture(9, 9, colour="red"))
    early: list[Changes] = []
    touched = frozenset({"content/posts/a.md", "content/posts/p.png"})
    hint = ChangeHint(touched, frozenset({"posts/a/index.html"}), early.append)
    build(order(root), state=memory, hint=hint)
    assert [sorted(changes.changed) for changes in early] == [["posts/a/index.html", "posts/p.png"]]
    before = outputs(root)
    build_folder(root, cache="fresh")
    assert outputs(root) == before


@pytest.mark.parametrize("first", [{"posts/b/index.html"}, {"nothing.html"}, set()])
def test_all_is_one_transaction_if_no_open_page_is_outdated(tmp_path: Path, first: set[str]) -> None:
    root = site(tmp_path, {"content/posts/a.md": post("A"), "content/posts/b.md": post("B", date="2020-02-02")})
    memory = BuildState()
    build(order(root), state=memory)
    (root / "content/posts/a.md").write_text(post("A", text="Other words."), encoding="utf-8")
    early: list[Changes] = []
    build(order(root), state=memory, hint=ChangeHint(None, frozenset(first), early.append))
    assert early == []
    assert "Other words." in (root / "public/posts/a/index.html").read_text("utf-8")


def test_an_open_page_is_not_written_if_a_file_has_the_path_of_one_of_the_theme(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post("A")})
    memory = BuildState()
    build(order(root), state=memory)
    before = outputs(root)
    sheet = next(path for path in before if path.endswith(".css"))
    (root / "content/assets").mkdir()
    (root / "content" / sheet).write_text("mine", encoding="utf-8")
    (root / "content/posts/a.md").write_text(post("A new title"), encoding="utf-8")
    touched = frozenset({f"content/{sheet}", "content/posts/a.md"})
    with pytest.raises(BlogError) as caught:
        build(order(root), state=memory, hint=ChangeHint(touched, frozenset({"posts/a/index.html"})))
    (problem,) = caught.value.problems
    assert (problem.location.path, problem.message) == (f"content/{sheet}", f'"/{sheet}" is made by the theme too')
    assert outputs(root) == before


def test_an_open_page_is_not_written_if_an_edited_theme_has_the_path_of_a_file(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post("A")})
    shutil.copytree(builtin_themes_folder() / "margin", root / "themes/margin")
    style = root / "themes/margin/static/margin.css"
    text = style.read_text("utf-8")
    style.write_text(f"{text}a {{}}", encoding="utf-8")
    build_folder(root)
    sheet = next(path for path in outputs(root) if path.startswith("assets/margin.") and path.endswith(".css"))
    style.write_text(text, encoding="utf-8")
    (root / "content/assets").mkdir()
    (root / "content" / sheet).write_text("mine", encoding="utf-8")
    memory = BuildState()
    build(order(root), state=memory)
    before = outputs(root)
    style.write_text(f"{text}a {{}}", encoding="utf-8")
    touched = frozenset({"themes/margin/static/margin.css"})
    with pytest.raises(BlogError) as caught:
        build(order(root), state=memory, hint=ChangeHint(touched, frozenset({"posts/a/index.html"})))
    (problem,) = caught.value.problems
    assert (problem.location.path, problem.message) == (f"content/{sheet}", f'"/{sheet}" is made by the theme too')
    assert outputs(root) == before


def test_a_build_that_remembers_asks_the_disk_for_what_was_touched_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site(tmp_path, {"content/posts/a.md": post("A"), "content/posts/b.md": post("B")})
    memory = BuildState()
    build(order(root), state=memory)
    (root / "content/posts/a.md").write_text(post("A", text="Other words."), encoding="utf-8")
    for module, name in ((state, "load_sources"), (loading, "load_theme_chain"), (state, "read_signature")):
        monkeypatch.setattr(module, name, None)
    build(order(root), state=memory, hint=ChangeHint(frozenset({"content/posts/a.md"})))
    assert "Other words." in (root / "public/posts/a/index.html").read_text("utf-8")


def test_an_output_folder_that_went_is_made_anew(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post("A")})
    memory = BuildState()
    build(order(root), state=memory)
    before = outputs(root)
    shutil.rmtree(root / "public")
    build(order(root), state=memory, hint=ChangeHint(frozenset()))
    assert outputs(root) == before


def test_smaller_pictures_are_made_once_and_kept_while_their_picture_is_there(tmp_path: Path) -> None:
    root = site(tmp_path, {
        "content/posts/a.md": post(text="![p](p.png)"), "content/posts/p.png": picture(1000, 50), "content/posts/q.png": picture(999, 50),
    })  # fmt: skip
    build_folder(root)
    versions = sorted(path for path in outputs(root) if path.endswith(".webp"))
    assert [path.split(".")[0] for path in versions] == ["assets/p-1000", "assets/p-480", "assets/p-960"]
    assert 'width="1000" height="50" srcset="/assets/p-480.' in outputs(root)["posts/a/index.html"].decode()
    before = {path: data for path, data in outputs(root).items() if path in versions}
    shutil.rmtree(root / "public")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("blog.content.image_versions.make_versions", None)
        build_folder(root)
    assert {path: outputs(root)[path] for path in versions} == before
    (root / "content/posts/p.png").write_bytes(picture(1000, 50, colour="red"))
    build_folder(root)
    assert len(list((locate_folders(root).cache / "shelf").iterdir())) == 3


def test_versions_that_an_interrupted_build_has_made_are_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = {f"content/posts/{number}.png": picture(500 + number, 50) for number in range(5)}
    text = "".join(f"![p]({number}.png)\n\n" for number in range(5))
    root = site(tmp_path / "site", {"content/posts/a.md": post(text=text), **pictures})

    def interrupted(stage: str, work: Sequence[Any]) -> Iterator[Any]:
        for count, item in enumerate(work):
            if (stage, count) == ("resizing", 3):
                raise KeyboardInterrupt
            yield item

    with pytest.raises(KeyboardInterrupt):
        build(order(root), interrupted)
    assert not (root / "public").exists()
    made = tmp_path / "made"
    made.mkdir()
    original = image_versions.make_versions

    def counted(data: bytes, widths: Sequence[int]) -> list[bytes]:
        (made / str(max(widths))).touch()  # in a worker process
        return original(data, widths)

    monkeypatch.setattr(image_versions, "make_versions", counted)
    build_folder(root)
    assert len([path for path in outputs(root) if path.endswith(".webp")]) == 10
    remade = {path.name for path in made.iterdir()}
    assert remade <= {"500", "501"}, "the three largest were made before the interruption"


def test_an_image_that_webp_would_not_make_smaller_is_offered_itself_at_its_width(tmp_path: Path) -> None:
    pictures = {f"content/posts/ä {width}.webp": picture(width, 50, "WEBP") for width in (400, 700, 1920, 2000)}
    text = "".join(f"![p](<ä {width}.webp>)\n\n" for width in (400, 700, 1920, 2000))
    found = publish(tmp_path, {"content/posts/a.md": post(text=text), **pictures})["posts/a/index.html"]
    srcsets = re.findall(r'width="(\d+)" height="50"(?: srcset="([^"]*)")?', found)
    offered = {width: re.sub(r"\.[0-9a-f]{12}", "", srcset) for width, srcset in srcsets}
    start = "/assets/%C3%A4%20{0}-480.webp 480w, "
    assert offered == {
        "400": "",
        "700": f"{start.format(700)}/posts/%C3%A4%20700.webp 700w",
        "1920": f"{start.format(1920)}/assets/%C3%A4%201920-960.webp 960w, /posts/%C3%A4%201920.webp 1920w",
        "2000": f"{start.format(2000)}/assets/%C3%A4%202000-960.webp 960w, /assets/%C3%A4%202000-1920.webp 1920w",
    }


def test_versions_that_come_late_are_those_of_a_build_in_one_step(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(text="![p](p.png)"), "content/posts/p.png": picture(1000, 50)})
    written: list[list[str]] = []
    late = ChangeHint(on_written=lambda changes: written.append(list(changes.new)), has_late_images=True)
    report = build(order(root), state=BuildState(), hint=late)
    assert len(written) == 1
    versions = set(report.changes.new) - set(written[0])
    assert versions == {path for path in outputs(root) if path.endswith(".webp")} != set()
    before = outputs(root)
    build_folder(root)
    assert outputs(root) == before


def test_a_version_has_the_same_bytes_whatever_the_cache_has_of_the_others(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(text="![p](p.png)"), "content/posts/p.png": picture(1000, 50)})
    build_folder(root)
    before = outputs(root)
    shelf = locate_folders(root).cache / "shelf"
    for blob in sorted(shelf.iterdir())[:2]:
        blob.unlink()
    shutil.rmtree(root / "public")
    build_folder(root)
    assert outputs(root) == before
    assert len(list(shelf.iterdir())) == 3


def test_pictures_of_a_notice_have_their_size(tmp_path: Path) -> None:
    settings = f'{SETTINGS}[labels.Week]\nnotice = "![p](p.png)"\n'
    root = site(
        tmp_path,
        {"blog.toml": settings, "content/p.png": picture(600, 50), "content/posts/a.md": post(labels="[Week]")},
    )
    build_folder(root)
    assert 'width="600" height="50" srcset=' in outputs(root)["posts/a/index.html"].decode()


def test_the_preview_shows_private_passages_with_their_pictures_and_builds_do_not(tmp_path: Path) -> None:
    text = "Open.\n\n::: private\nHeld back: ![p](p.png) [b](b.md)\n:::\n\n<!-- a remark -->\n\nMore <!-- and one --> words."
    root = site(tmp_path, {
        "content/posts/a.md": post(text=text), "content/posts/b.md": post("B", draft="true"), "content/posts/p.png": picture(9, 9),
    })  # fmt: skip
    report = build_folder(root)
    assert (report.private_passages, report.comments) == (1, 2)
    public = outputs(root)["posts/a/index.html"].decode()
    assert not any(word in public for word in ("Held", "remark", "and one", "private"))
    preview = preview_of(root)
    build_folder(root, output=preview, private=True, drafts=True, future=True)
    page = (preview / "posts/a/index.html").read_text("utf-8")
    assert all(word in page for word in ("Held", "&lt;!-- a remark --&gt;", "and one", 'href="/posts/b/"'))
    assert (preview / "posts/p.png").exists()
    assert "Held" not in (preview / "feed.xml").read_text("utf-8")


def test_a_macro_that_cannot_be_used_is_one_error_and_not_one_at_each_use(tmp_path: Path) -> None:
    settings = "title = 'T'\nurl = 'https://example.org'\n[math.macros]\nKL = '\\frac{#1'\n"
    files: dict[str, str | bytes] = {
        "blog.toml": settings,
        "content/posts/a.md": post(text="So $\\KL{q}{p}$ and $\\KL{a}{b}$."),
    }
    assert problems(tmp_path, files) == ['blog.toml:4:6: the macro "KL" cannot be used: { is not closed']
