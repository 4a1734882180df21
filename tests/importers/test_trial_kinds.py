"""Kinds of texts that a trial with public blogs showed, each as small as it can be."""

import json
from pathlib import Path

import pytest

from tests.importers.importing import HUGO, body_of, built, jekyll, old_blog, run_import
from tests.support.sites import picture


def test_a_key_of_the_front_matter_stands_where_liquid_names_it(tmp_path: Path) -> None:
    text = (
        "---\nfile: loss.png\nmeta: {rate: 0.5}\n---\n![x](/img/{{ page.file }}) {{ page.meta.rate }} {{ page.meta }}"
    )
    run_import(jekyll(tmp_path / "old", {"2020-01-01-a.md": text}, img__loss__png=b""), tmp_path / "new")
    assert "0.5 `{{ page.meta }}`" in body_of(tmp_path / "new", "2020-01-01-a.md")


@pytest.mark.parametrize("key", ["media_subpath", "img_path"])
def test_pictures_of_chirpy_are_in_the_folder_that_the_post_names(key: str, tmp_path: Path) -> None:
    text = f"---\nimage:\n  path: cover.png\n{key}: /assets/runs\n---\n![a](a.png) ![b](/b.png) ![c](/assets/c.png)"
    files = ("assets__runs__a.png", "assets__runs__b.png", "assets__runs__cover.png", "assets__c.png")
    old = jekyll(tmp_path / "old", {"2020-01-01-a.md": text}, **{name: picture(8, 8) for name in files})
    report = run_import(old, tmp_path / "new")
    assert (
        body_of(tmp_path / "new", "2020-01-01-a.md")
        == "![a](/assets/runs/a.png) ![b](/assets/runs/b.png) ![c](/assets/c.png)"
    )
    assert "image: /assets/runs/cover.png" in (tmp_path / "new/content/posts/2020-01-01-a.md").read_text()
    assert report.todo == 0


def test_a_base_path_that_is_written_before_a_tag_that_adds_it_counts_once(tmp_path: Path) -> None:
    posts = {
        "2020-01-01-a.md": "---\n---\n[b]({{ site.baseurl }}{% post_url 2020-01-02-b %}#x)",
        "2020-01-02-b.md": "---\n---\n## X",
    }
    old = jekyll(tmp_path / "old", posts)
    (old / "_config.yml").write_text('title: T\nurl: "https://old.example"\nbaseurl: /log\n')
    assert run_import(old, tmp_path / "new").todo == 0
    assert body_of(tmp_path / "new", "2020-01-01-a.md") == "[b](2020-01-02-b.md#x)"


@pytest.mark.parametrize(("path", "text"), [
    ("blog/index.html", "---\n---\n{% for post in paginator.posts %}{{ post.title }}{% endfor %}"),
    ("pages/blog.md", "---\nlayout: posts\npermalink: /blog/\n---\n"),
])  # fmt: skip
def test_a_page_that_lists_the_posts_redirects_to_the_list(path: str, text: str, tmp_path: Path) -> None:
    old = jekyll(tmp_path / "old", {"2020-01-01-a.md": "---\n---\nA"}, **{path.replace("/", "__"): text})
    run_import(old, tmp_path / "new")
    assert (tmp_path / "new/content/_redirects").read_text().startswith("/blog/ / 301\n/blog/page/* /archive/ 301\n")


MKDOCS = """site_name: T
site_url: https://old.example/
theme: {name: material}
plugins:
  - blog: {blog_dir: writing}
markdown_extensions:
  - pymdownx.snippets: {base_path: [parts, docs]}
"""


def material(folder: Path, text: str, **files: str) -> Path:
    post = f"---\ndate: 2024-01-02\n---\n# One\n\n{text}\n"
    others = {name.replace("__", "/"): content for name, content in files.items()}
    return old_blog(folder, {"mkdocs.yml": MKDOCS, "docs/writing/posts/one.md": post, **others})


@pytest.mark.parametrize(
    "mark", ['--8<-- "button.md"', '--8<--\n"button.md"\nfolder/more.md\n--8<--', "--8<-- 'button.md'"]
)
def test_a_file_that_material_includes_takes_the_place_of_the_mark(mark: str, tmp_path: Path) -> None:
    old = material(tmp_path / "old", f"Before.\n\n{mark}\n\nBehind.", parts__button__md="", docs__folder__more__md="")
    for name, text in (("parts/button.md", "[Press](https://x.example)\n"), ("docs/folder/more.md", "More.\n")):
        (old / name).parent.mkdir(parents=True, exist_ok=True)
        (old / name).write_text(text)
    assert run_import(old, tmp_path / "new").todo == 0
    more = "\nMore." if "more" in mark else ""
    assert body_of(tmp_path / "new", "one.md") == f"Before.\n\n[Press](https://x.example){more}\n\nBehind."


def test_a_file_that_material_does_not_find_is_shown_by_its_mark(tmp_path: Path) -> None:
    report = run_import(material(tmp_path / "old", '--8<-- "gone.md"'), tmp_path / "new")
    assert [(item.kind, item.what) for item in report.items if item.status == "to do"] == [
        ("Included file", '--8<-- "gone.md" is shown as it was written')
    ]


def test_the_lists_of_a_blog_of_material_in_another_folder_redirect(tmp_path: Path) -> None:
    old = material(tmp_path / "old", "Text.", docs__writing__index__md="# Writing\n")
    run_import(old, tmp_path / "new")
    assert (tmp_path / "new/content/_redirects").read_text().split("\n")[:4] == [
        "/writing/category/* /tags/:splat 301",
        "/writing/archive/* /archive/ 301",
        "/writing/ / 301",
        "/writing/page/* /archive/ 301",
    ]


def notebook(*cells: str) -> str:
    made = [{"cell_type": "markdown", "metadata": {}, "source": cell} for cell in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made})


def fastpages(folder: Path, *cells: str) -> Path:
    return old_blog(folder, {
        "_config.yml": 'title: T\nurl: "https://old.example"\n', "Gemfile": "",
        "_notebooks/2020-01-01-n.ipynb": notebook("# N\n> S", *cells),
    })  # fmt: skip


@pytest.mark.parametrize("contents", [
    '<h1>Table of Contents<span class="tocSkip"></span></h1>\n<div class="toc"><a href="#Gone">1 Gone</a></div>',
    ">[Part](#scrollTo=abc)\n\n>>[Next](#scrollTo=def)\n",
])  # fmt: skip
def test_a_table_of_contents_in_a_cell_is_left_to_the_theme(contents: str, tmp_path: Path) -> None:
    report = run_import(fastpages(tmp_path / "old", contents, "## Part"), tmp_path / "new")
    assert report.todo == 0
    assert "Gone" not in (tmp_path / "new/content/posts/2020-01-01-n.ipynb").read_text()


@pytest.mark.parametrize(("cell", "part"), [
    ("[x](#The-big-Run)\n\n## The big Run", "## The big Run {#The-big-Run}"),
    ('<a href="#The-big-Run">x</a>\n\n## The big Run', "## The big Run {#The-big-Run}"),
    ("[x](#Runs,-and-more)\n\n## Runs, and more", "[x](#runs-and-more)"),
    ('<a href="#Runs,-and-more">x</a>\n\n## Runs, and more', '<a href=\\"#runs-and-more\\">'),
])  # fmt: skip
def test_an_anchor_by_the_rule_of_jupyter_still_leads_to_its_heading(cell: str, part: str, tmp_path: Path) -> None:
    report = run_import(fastpages(tmp_path / "old", cell), tmp_path / "new")
    assert part in (tmp_path / "new/content/posts/2020-01-01-n.ipynb").read_text()
    assert report.todo == 0


def test_an_anchor_in_html_that_leads_nowhere_leads_to_the_top_and_is_listed(tmp_path: Path) -> None:
    text = '---\ntitle: A\n---\n<p><a href="#gone">x</a></p>\n\nWords.'
    report = run_import(jekyll(tmp_path / "old", {"2020-01-01-a.md": text}), tmp_path / "new")
    assert body_of(tmp_path / "new", "2020-01-01-a.md") == '<p><a href="#">x</a></p>\n\nWords.'
    assert report.todo_kinds() == [("Broken anchor", 1)]


def test_a_collection_of_astro_in_another_folder(tmp_path: Path) -> None:
    config = 'const posts = defineCollection({\n  loader: glob({ pattern: "*.md", base: "./posts" }),\n});\n'
    files = {
        "astro.config.mjs": 'export default {site: "https://old.example"}', "src/content.config.js": config,
        "src/pages/post/[slug].astro": "", "posts/one.md": "---\ntitle: One\nadded: May 01 2024\n---\nWords.",
    }  # fmt: skip
    run_import(old_blog(tmp_path / "old", files), tmp_path / "new")
    assert "post/one/index.html" in built(tmp_path / "new")


def test_a_reference_to_a_formula_that_has_no_number_is_shown_and_listed(tmp_path: Path) -> None:
    text = "---\ntitle: A\n---\nBy \\\\eqref{eq:gone} it *holds*."
    report = run_import(jekyll(tmp_path / "old", {"2020-01-01-a.md": text.replace("\\\\", "\\")}), tmp_path / "new")
    assert body_of(tmp_path / "new", "2020-01-01-a.md") == "By `\\eqref{eq:gone}` it *holds*."
    assert report.todo_kinds() == [("Broken anchor", 1)]


@pytest.mark.parametrize(
    ("setting", "formula"), [("", "$p_i$"), ("[markup.goldmark.extensions.passthrough]\nenable = true\n", "$p\\_i$")]
)
def test_hugo_reads_escapes_in_formulas_if_its_markdown_does_not_know_them(
    setting: str, formula: str, tmp_path: Path
) -> None:
    post = "---\ntitle: One\ndate: 2020-01-01\n---\nSo $p\\_i$.\n"
    run_import(
        old_blog(tmp_path / "old", {"hugo.toml": HUGO + setting, "content/posts/one.md": post}), tmp_path / "new"
    )
    assert body_of(tmp_path / "new", "one.md") == f"So {formula}."


def test_a_macro_with_an_optional_argument_or_a_second_meaning_is_written_out(tmp_path: Path) -> None:
    one = r"$$\newcommand{\mid}[1][|]{\;#1\;}\newcommand{\cond}[2]{P(#1 \mid #2)}\def\w{\theta}$$ So $\cond{a}{b} \mid[\Vert] \w$."
    two = r"$$\def\w{\phi}$$ So $\w_1$ and `\w`."
    posts = {"2020-01-01-a.md": f"---\n---\n{one}", "2020-01-02-b.md": f"---\n---\n{two}"}
    run_import(jekyll(tmp_path / "old", posts), tmp_path / "new")
    settings = (tmp_path / "new/blog.toml").read_text()
    assert r'cond = "P(#1 \\;|\\; #2)"' in settings
    assert r'w = "\\theta"' in settings
    assert body_of(tmp_path / "new", "2020-01-01-a.md").strip() == r"So $\cond{a}{b} \;\Vert\; \w$."
    assert body_of(tmp_path / "new", "2020-01-02-b.md").strip() == r"So $\phi_1$ and `\w`."


def test_posts_of_eleventy_in_the_folder_of_jekyll_with_a_computed_address(tmp_path: Path) -> None:
    data = "export default {\n\ttags: ['blog-post'],\n\tpermalink: function({page}) {\n\t\treturn `/web/${ page.fileSlug }/`\n\t}\n}\n"
    files = {
        "eleventy.config.js": "", "_posts/_posts.11tydata.js": data, "_posts/2020-01-02-one.md": "---\ntitle: One\n---\nWords.",
        "_includes/part.md": "---\ntitle: Part\n---\nPart.",
    }  # fmt: skip
    run_import(old_blog(tmp_path / "old", files), tmp_path / "new")
    assert {path for path in built(tmp_path / "new") if path.startswith(("web/", "part"))} == {"web/one/index.html"}


QUARTO_DIVS = [
    ('.content-visible when-format="html"', True), ('.content-visible unless-format="pdf"', True),
    ('.content-hidden when-format="pdf"', True), ('.content-hidden unless-format="html"', True),
    ('.content-visible when-format="pdf"', False), ('.content-visible unless-format="html"', False),
    ('.content-hidden when-format="html"', False), (".content-hidden", False),
    ('.content-visible when-profile="draft"', False), ('.content-hidden when-format="pdf" .private', False),
]  # fmt: skip


@pytest.mark.parametrize(("mark", "is_shown"), QUARTO_DIVS)
def test_a_passage_of_quarto_for_readers_of_html_is_shown(mark: str, is_shown: bool, tmp_path: Path) -> None:
    post = f"---\ntitle: One\ndate: 2023-04-12\n---\nWords.\n\n::: {{{mark}}}\nPassage.\n:::\n"
    files = {"_quarto.yml": "project:\n  type: website\n", "posts/one.qmd": post}
    report = run_import(old_blog(tmp_path / "old", files), tmp_path / "new")
    assert ("Passage" in body_of(tmp_path / "new", "one.md")) is is_shown
    assert report.todo == (not is_shown)


def test_the_day_of_the_build_is_no_date_of_a_page(tmp_path: Path) -> None:
    files = {"_quarto.yml": "project:\n  type: website\n", "a.qmd": "---\ntitle: A\ndate: last-modified\n---\nWords.\n"}
    assert run_import(old_blog(tmp_path / "old", files), tmp_path / "new").todo == 0


def test_citations_and_footnotes_of_distill(tmp_path: Path) -> None:
    text = '---\ntitle: A\n---\nKnown <d-cite key="ada1843,b2"></d-cite>.<d-footnote>By *her*.</d-footnote> `<d-cite key="x">`'
    report = run_import(jekyll(tmp_path / "old", {"2020-01-01-a.md": text}), tmp_path / "new")
    assert body_of(tmp_path / "new", "2020-01-01-a.md") == (
        'Known [ada1843,b2].[^d1] `<d-cite key="x">`\n\n[^d1]: By *her*.'
    )
    assert report.todo_kinds() == [("Citation", 1)]


@pytest.mark.parametrize(("old", "new"), [
    ("{% cite ada1843 b2 %}", "[ada1843, b2]"), ("{%cite ada1843 %}", "[ada1843]"), ("{% cite %}", "`{% cite %}`"),
    ("{% mermaid %}\ngraph LR\n{% endmermaid %}", "```mermaid\ngraph LR\n```"),
])  # fmt: skip
def test_tags_of_plugins_of_jekyll(old: str, new: str, tmp_path: Path) -> None:
    run_import(jekyll(tmp_path / "old", {"2020-01-01-a.md": f"---\ntitle: A\n---\n{old}\n"}), tmp_path / "new")
    assert body_of(tmp_path / "new", "2020-01-01-a.md") == new


@pytest.mark.parametrize(("old", "new"), [
    ('<picture><source srcset="/a-480.webp 480w, /a-800.webp 800w"><img src="/a.png" alt="A"></picture>', '<picture><img src="/a.png" alt="A"></picture>'),
    ('<img src="/a.png" srcset="/a-480.webp 480w" alt="A">', '<img src="/a.png" alt="A">'),
])  # fmt: skip
def test_versions_of_a_picture_that_the_old_tool_made_are_left_out(old: str, new: str, tmp_path: Path) -> None:
    blog = jekyll(tmp_path / "old", {"2020-01-01-a.md": f"---\ntitle: A\n---\n{old}\n"})
    (blog / "a.png").write_bytes(picture(8, 8))
    report = run_import(blog, tmp_path / "new")
    assert body_of(tmp_path / "new", "2020-01-01-a.md") == new
    assert report.todo == 0


@pytest.mark.parametrize(("old", "new"), [
    ("<div>\n$$\nx\n$$\n</div>", "<div>\n\n$$\nx\n$$\n\n</div>"),
    ("<center>\n    $$ x $$\n</center>", "<center>\n\n$$ x $$\n\n</center>"),
    ("<div>\n\\begin{align}\na\n\\end{align}\n</div>", "<div>\n\n\\begin{align}\na\n\\end{align}\n\n</div>"),
    ("<pre>\n$$\nx\n$$\n</pre>", "<pre>\n$$\nx\n$$\n</pre>"),
])  # fmt: skip
def test_a_formula_in_a_block_of_html_is_set(old: str, new: str, tmp_path: Path) -> None:
    run_import(jekyll(tmp_path / "old", {"2020-01-01-a.md": f"---\ntitle: A\n---\n{old}\n"}), tmp_path / "new")
    assert body_of(tmp_path / "new", "2020-01-01-a.md") == new


@pytest.mark.parametrize(("old", "new"), [
    (
        '<div class="row">\n    <div>\n        {% include figure.html path="img/a.png" caption="C" %}\n    </div>\n</div>',
        '<div class="row">\n    <div>\n        <figure><img src="/img/a.png" alt="C"><figcaption>C</figcaption></figure>\n    </div>\n</div>',
    ),
    ('{% include figure.html path="img/a.png" alt="A" %}', "![A](/img/a.png)"),
    (
        '<aside class="x" markdown="1">\n  A **b**.\n\n  - c\n    - d\n</aside>\nBehind.',
        '<aside class="x">\n\n\nA **b**.\n\n- c\n  - d\n\n\n</aside>\n\nBehind.',
    ),
    ("<figure markdown>![A](/img/a.png)</figure>", "<figure>\n\n![A](/img/a.png)\n\n</figure>"),
    ('`<div markdown="1">`', '`<div markdown="1">`'),
    ("<figure>\n<div>a</div>\n</figure>\nSo $x$.", "<figure>\n<div>a</div>\n</figure>\n\nSo $x$."),
    ("<div>a</div>\n<p>b</p>", "<div>a</div>\n<p>b</p>"),
])  # fmt: skip
def test_pictures_and_markdown_in_blocks_of_html(old: str, new: str, tmp_path: Path) -> None:
    blog = jekyll(tmp_path / "old", {"2020-01-01-a.md": f"---\ntitle: A\n---\n{old}\n"})
    old_blog(blog, {"img/a.png": picture(8, 8)})
    assert run_import(blog, tmp_path / "new").todo == 0
    assert body_of(tmp_path / "new", "2020-01-01-a.md") == new


def test_a_tag_has_one_spelling_in_all_posts(tmp_path: Path) -> None:
    posts = {
        f"2020-01-0{day}-a.md": f"---\ntags: [{tag}]\n---\nA"
        for day, tag in ((1, "GPU-runs"), (2, "GPU runs"), (3, "GPU runs"))
    }
    posts = {name: text.replace("[GPU", '["GPU').replace("runs]", 'runs"]') for name, text in posts.items()}
    run_import(jekyll(tmp_path / "old", posts), tmp_path / "new")
    heads = [(tmp_path / "new/content/posts" / name).read_text() for name in posts]
    assert all("tags: [GPU runs]" in head for head in heads)


def test_sections_of_hugo_with_dates_in_their_addresses_are_posts(tmp_path: Path) -> None:
    settings = f'{HUGO}[permalinks]\ncn = "/cn/:year/:slug/"\nen = "/en/:year/:slug/"\n'
    post = "---\ntitle: One\ndate: 2020-01-01\n---\nWords.\n"
    files = {"hugo.toml": settings, "content/cn/one.md": post, "content/en/two.md": post, "content/docs/three.md": post}
    assert run_import(old_blog(tmp_path / "old", files), tmp_path / "new").posts == 2


def test_a_block_of_formulas_with_two_labels_keeps_the_first(tmp_path: Path) -> None:
    text = (
        "---\ntitle: A\n---\n\\begin{align}\na &= b \\label{x}\\\\\nc &= d \\label{y}\n\\end{align}\n\nBy \\eqref{x}."
    )
    report = run_import(jekyll(tmp_path / "old", {"2020-01-01-a.md": text}), tmp_path / "new")
    assert "c &= d \n\\end{align}" in body_of(tmp_path / "new", "2020-01-01-a.md")
    assert report.todo == 0
