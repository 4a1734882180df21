"""Single constructs of old texts, and what they become."""

from pathlib import Path

import pytest

from tests.importers.importing import HUGO, body_of, built, jekyll, old_blog, run_import
from tests.support.sites import picture

JEKYLL_TEXTS = [
    ("Let $$x \\in X$$, so that $$p(x\\|y)$$ holds.", "Let $x \\in X$, so that $p(x|y)$ holds."),
    ("- $$R$$ is the return", "- $R$ is the return"),
    ("$$E = 0$$", "$$E = 0$$"),
    ("So \\\\(a_1\\\\) is.", "So $a_1$ is."),
    ("`\\\\(a\\\\)` and `{{ site.url }}`", "`\\\\(a\\\\)` and `{{ site.url }}`"),
    ("```\n{{ site.url }} {% post_url x %}\n```", "```\n{{ site.url }} {% post_url x %}\n```"),
    ("    {% link a %}", "{% link a %}"),
    (
        '![loss](https://x.example/p.png){:width="320px"}\n{: style="text-align: center;"}',
        "![loss](https://x.example/p.png){width=320}",
    ),
    ("A\n{: .note}\n\nB", "A\n\nB"),
    ("## Title\n{: #kept}\n\n[x](#kept)", "## Title {#kept}\n\n[x](#kept)"),
    ("# {{ page.title }} of {{ site.title }}", "# One of T"),
    ("{{ unknown.value }}", "`{{ unknown.value }}`"),
    ("So $$a \\text{ if $x$}$$.", "So $a \\text{ if }{x}$."),
    ("$$\na & = b \\\\\n$$", "$$\\begin{aligned}\na & = b \\\\\n\\end{aligned}$$"),
    ("Note{% fn 1 %}.\n\n{{ 'The words.' | fndetail: 1 }}", "Note[^1].\n\n[^1]: The words."),
    ("{% twitter https://twitter.com/a/status/12?s=20 %}", "<https://twitter.com/a/status/12?s=20>"),
    ('{% include youtube.html content="https://youtu.be/abcdefgh" %}', "<https://youtu.be/abcdefgh>"),
    ("{% if page.comments %}<p>x</p>{% endif %}A", "A"),
    ("{% mystery 'a' %}", "`{% mystery 'a' %}`"),
    ("<p>{{ unknown.value }}</p>", "<p>&#123;&#123; unknown.value }}</p>"),
    ("[a](https://old.example/2020/01/01/one.html)", "[a](2020-01-01-one.md)"),
    ("[a]: /2020/01/01/one.html\n\n[a]", "[a]: 2020-01-01-one.md\n\n[a]"),
    ("[a](mailto:x@y.z) [b](#c) # c", "[a](mailto:x@y.z) b # c"),
    ("## 1. Set & up\n\n[x](#set--up)", "## 1. Set & up {#set-up}\n\n[x](#set-up)"),
    ("[x](www.other.example)", "[x](https://www.other.example)"),
    ("[gone](/gone/?a=b#c)", "[gone](https://old.example/gone/#c)"),
    ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
    ("{% highlight js %}\nlet a\n{% endhighlight %}", "```js\nlet a\n```"),
    ("a {% comment %}b{% endcomment %} c", "a <!-- b --> c"),
    ("`{% comment %}b{% endcomment %}`", "``"),
]


@pytest.mark.parametrize(("old", "new"), JEKYLL_TEXTS)
def test_a_text_of_jekyll(old: str, new: str, tmp_path: Path) -> None:
    jekyll(tmp_path / "old", {"2020-01-01-one.md": f"---\ntitle: One\n---\n{old}\n"})
    run_import(tmp_path / "old", tmp_path / "new")
    assert body_of(tmp_path / "new", "2020-01-01-one.md") == new


HUGO_TEXTS = [
    ('[x]({{< ref "two.md" >}})', "[x](two.md)"),
    ('[x]({{< relref "/posts/two#part" >}})\n', "[x](two.md)"),
    ('{{< figure src="a b.png" alt="A" >}}', "![A](https://old.example/posts/one/a%20b.png)"),
    ("{{% alert warning %}}\nSave.\n{{% /alert %}}", "> [!WARNING]\n> Save."),
    ("{{< unknown >}}in{{< /unknown >}}", "`{{< unknown >}}`in`{{< /unknown >}}`"),
    ("{{</* youtube x */>}}", "`{{< youtube x >}}`"),
    ("$$x$$ stays", "$$x$$ stays"),
    ("{{/* a remark */}}", "<!-- a remark -->"),
]


@pytest.mark.parametrize(("old", "new"), HUGO_TEXTS)
def test_a_text_of_hugo(old: str, new: str, tmp_path: Path) -> None:
    files = {
        "hugo.toml": HUGO,
        "content/posts/one.md": f"---\ntitle: One\ndate: 2020-01-01\n---\n{old}\n",
        "content/posts/two.md": "---\ntitle: Two\ndate: 2020-01-02\n---\nText.\n",
    }
    old_blog(tmp_path / "old", files)
    run_import(tmp_path / "old", tmp_path / "new")
    assert body_of(tmp_path / "new", "one.md") == new


def test_a_link_to_a_tag_on_the_page_of_all_tags_leads_to_the_tag(tmp_path: Path) -> None:
    text = "---\ntags: [Deep Nets]\n---\n[a](/tags/#deep-nets) [b](/categories.html#Deep%20Nets)"
    report = run_import(jekyll(tmp_path / "old", {"2020-01-01-a.md": text}), tmp_path / "new")
    assert body_of(tmp_path / "new", "2020-01-01-a.md") == "[a](/tags/deep-nets/) [b](/tags/deep-nets/)"
    assert report.todo == 0


def test_a_picture_of_front_matter_is_found_by_its_name_if_there_is_one(tmp_path: Path) -> None:
    posts = {"2020-01-01-a.md": "---\nimage: one.png\n---\nA", "2020-01-02-b.md": "---\nimage: two.png\n---\nB"}
    pictures = {name: picture(8, 8) for name in ("img__one.png", "img__two.png", "x__two.png")}
    run_import(jekyll(tmp_path / "old", posts, **pictures), tmp_path / "new")
    heads = [(tmp_path / "new/content/posts" / name).read_text() for name in posts]
    assert ["image: /img/one.png" in head for head in heads] == [True, False]


@pytest.mark.parametrize("name", ["2023-04-12_runs", "2023-04-12-runs", "2023-4-2-runs", "runs"])
def test_a_name_with_a_date_keeps_the_address_that_has_it(name: str, tmp_path: Path) -> None:
    post = "---\ntitle: Runs\ndate: 2023-04-12\n---\nWords."
    files = {"_quarto.yml": "project:\n  type: website\n", f"posts/{name}/index.qmd": post}
    run_import(old_blog(tmp_path / "old", files), tmp_path / "new")
    assert f"posts/{name}/index.html" in built(tmp_path / "new")
