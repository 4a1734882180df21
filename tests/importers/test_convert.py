"""Single constructs of old texts, and what they become."""

from pathlib import Path

import pytest

from tests.importers.importing import HUGO, body_of, jekyll, old_blog, run_import

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
