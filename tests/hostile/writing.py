"""Front matter, Markdown and notebooks."""

import json
from typing import Any

from tests.hostile.pieces import Folder, piece
from tests.support import oddities

_FRONT = (
    "extra: {a: &a [x, x], b: [*a, *a]}", "extra: {a: !!python/object/apply:os.system [id]}", f"extra: {'[' * 9_000}", f"part: {'9' * 6_000}",
    f"tags: [{', '.join(f't{number}' for number in range(2_000))}]", "slug: ../../x", "slug: /etc/passwd", "slug: .git", "series: ../../x", "template: ../../../etc/shadow",
    "template: feed.xml", "image: ../../../../.bashrc", "image: /etc/shadow", "image: file:///etc/shadow", "aliases: [/../../x, //x, /a/../../b]", "aliases: [/index.html]",
    "aliases: [/.blog-manifest, /.git/config]", "revisits: [../../../../.bashrc]", "source: {url: 'javascript:alert(1)'}", "canonical: 'file:///etc/passwd'", "date: 9999-12-31",
    'date: "0002-01-01 00:00:00+15:59"', "lang: '../../x'", "author: {name: N, url: 'javascript:1'}", f"summary: {'x' * 60_000}", "labels: ['../../x', '..']", "tags: ['..', '.', '/', 'con']",
)  # fmt: skip
_MARKDOWN = (
    "*a **a " * 9_000, "a_ " * 20_000, "[" * 20_000 + "a" + "]" * 20_000, "![" * 10_000 + "](x)" * 10_000, "[a](<b" * 10_000, "</" + "<!--" * 20_000, "a " + "<![CDATA[" * 10_000,
    "`a`{.b" * 10_000, "> - " * 20 + "a\n" + "> " * 5_000, '"' + ":" * 64_000, "$$\n" + "{" * 5_000 + "\n$$", "$\\frac{" * 2_000 + "1$", "$" + "^{a" * 500 + "}" * 500 + "$",
    "[^a]: x\n" + "[^a]" * 20_000, "|a" * 3_000 + "|\n" + "|-" * 3_000 + "|\n", "- a\n" * 20_000, "```python\n" + "(" * 50_000 + "\n```", "```" + "a" * 50_000 + "\nx\n```", "# a\n\n" * 3_000,
    "```html\n" + "<" * 50_000 + "\n```", "```c\n" + "/*" * 30_000 + "\n```", "```yaml\n" + "a: &a [*a,\n" * 5_000 + "\n```", "```perl\n" + "m{" * 20_000 + "\n```", "```latex\n" + "\\a{" * 20_000 + "\n```",
    "x" * 1_000_000, "a " * 300_000, "a\n\n" * 50_000, "![x](../../../../thesis.txt) ![y](/etc/shadow) ![z](file:///etc/shadow)", "[x](../../../../.ssh/id_rsa) [y](../../mine/content/posts/diary.md)",
    "<img src=../../../../thesis.txt> <a href='../../../../.bashrc'>x</a> <iframe src=file:///etc/shadow></iframe>", "a <?php x ?> <!note to self--> <!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/shadow'>]> &y;",
    "&#" * 20_000, "https://" + "a." * 20_000, "http://x.org/" + "(" * 20_000, "a@b." * 20_000, "::: private\npr1vate\n:::\n", "<!-- pr1vate -->", "%% " * 10_000, "{{ 1 }} {% for x in range(10**9) %}{% endfor %}",
    "\\" * 50_000, "~~a ~" * 10_000, "\u202e\ufeff\u200b" * 5_000, "\t" * 50_000 + "a", "[x]: <" + "a" * 50_000, "[a]: /b 'c\n" * 5_000, '[x](y.md "' + "a" * 50_000,
)  # fmt: skip


@piece()
def front_matter(site: Folder) -> None:
    for number, line in enumerate(site.random.sample(_FRONT, 2)):
        site.post(f"front-{number}", "words", f"{line}\n")


@piece()
def front_matter_with_odd_values(site: Folder) -> None:
    keys, values = site.random.sample(oddities.KEYS, 3), site.random.sample(oddities.YAML, 3)
    for key, value in zip(keys, values, strict=True):
        site.post(f"odd-{key or 'none'}", "words", f"{key}: {value}\n")


@piece(mild=True)
def one_odd_value_in_front_matter(site: Folder) -> None:
    key = site.random.choice(("summary", "tags", "context", "extra", "series", "labels"))
    site.post("odd", "words", f"{key}: {site.random.choice(oddities.YAML)}\n")


@piece()
def front_matter_of_toml(site: Folder) -> None:
    line = f"{site.random.choice(oddities.KEYS[:20])} = {site.random.choice(oddities.TOML)}"
    head = 'title = "T"\ndate = 2024-01-01\n'
    text = site.random.choice(
        (
            line,
            f"{'a.' * 20_000}a = 1",
            f"a = {'{a=' * 5_000}",
            "[extra]\ndraft = true",
            "[[tags]]",
            "tags = [" + "[" * 3_000,
        )
    )
    site.write(
        "content/posts/toml.md",
        f"+++\n{head}{text}\n+++\npr1vate\n" if "draft" in text else f"+++\n{head}{text}\n+++\nwords\n",
    )


@piece(mild=True)
def markdown(site: Folder) -> None:
    for number, text in enumerate(site.random.sample(_MARKDOWN, 3)):
        site.post(f"markdown-{number}", text)


@piece(mild=True)
def markdown_repeated(site: Folder) -> None:
    """A few signs, again and again: what grows faster than its text shows."""
    unit = "".join(site.random.choice("*_`[]()<>!&#-+|~$\\:\"'^{}=/ \nax1@.") for _ in range(site.random.randint(1, 6)))
    start = site.random.choice(
        ("", "", "> ", "- ", "|a|\n|-|\n|", "```\n", "<div ", "<!--", "[^a]: ", "::: note\n", "$$", "# ")
    )
    site.post("repeated", start + unit * (60_000 // len(unit)))


@piece(mild=True)
def pages_and_series(site: Folder) -> None:
    site.write(
        "content/series/odd.md",
        f"---\ntitle: Odd\n---\n{site.random.choice(_MARKDOWN[28:31])}\n\n1. A part\n2. [x](../posts/first.md)\n",
    )
    for number in range(site.random.choice((3, 300))):
        site.post(f"part-{number}", f"[x](part-{number - 1}.md)" if number else "words", "series: Odd\n")


def _outputs() -> list[dict[str, Any]]:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"'
    kinds: dict[str, list[str]] = {
        "text/markdown": ["A <img src=x onerror=alert(1)>", "<base href=https://evil.example/>", "![x](../../../../thesis.txt)", "[a" * 20_000],
        "text/html": ["<script>alert(1)</script>", "<a " * 10_000, "<table>" * 3_000, "<form action=x><input onfocus=alert(1) autofocus>", "<img src='file:///etc/shadow'>", "<" * 50_000, "<!--" * 20_000],
        "text/latex": ["$x$ <img src=x onerror=alert(2)>", "$" + "{" * 3_000 + "$", "\\input{/etc/shadow}"],
        "image/svg+xml": [
            f"{svg}><scr<!-- -->ipt>alert(3)</scr<!-- -->ipt></svg>", f'{svg} on<!-- -->load="alert(5)"/>', f'{svg}><image href="file:///etc/shadow"/></svg>',
            f'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/shadow">]>{svg}>&b;&c;</svg>', f"{svg}>{'<g>' * 5_000}</svg>", f"{svg}>" + "<!--" * 15_000, "<svg",
            f'{svg} width="99999999999"></svg>', f"{svg}><style>@import url(https://evil.example/x.css);</style></svg>", f"{svg}><foreignObject><script/></foreignObject></svg>",
        ],
        "image/png": ["", "!!!!", "iVBORw0KGgo=", "A" * 100_000, "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"],
        "image/jpeg": ["/9j/4AAQSkZJRg==", "%!PS-Adobe-3.0 EPSF-3.0"],
        "application/javascript": ["alert(1)"], "application/json": ["{}"], "text/plain": ["x" * 200_000, "\x1b[31m" * 10_000, "\x1b[" + "1;" * 20_000 + "m"],
    }  # fmt: skip
    return [
        {"output_type": "display_data", "data": {kind: text}, "metadata": {}}
        for kind, texts in kinds.items()
        for text in texts
    ]


_CELLS: tuple[Any, ...] = (
    {"cell_type": "code", "metadata": {"tags": ["private"]}, "source": "pr1vate", "outputs": []}, {"cell_type": "raw", "metadata": {}, "source": ["<script>"]},
    {"cell_type": "markdown", "metadata": {}, "source": "![x](attachment:x.png)", "attachments": {"x.png": {"image/png": "AAAA"}, "../../../x": {"image/png": "iVBORw0KGgo="}}},
    {"cell_type": "code", "metadata": {}, "source": "x", "outputs": [{"output_type": "error", "ename": "E", "evalue": "v" * 9_000, "traceback": ["\x1b[31m" * 9_000]}]},
    {"cell_type": "code", "metadata": {}, "source": "x", "outputs": [{"output_type": "stream", "name": "stdout", "text": ["\r" * 50_000 + "\b" * 50_000]}]},
    {"cell_type": "x"}, [], None, {"cell_type": "code", "source": {"a": 1}}, {"cell_type": "markdown", "metadata": [], "source": 1},
)  # fmt: skip


@piece(mild=True)
def notebooks(site: Folder) -> None:
    outputs = site.random.sample(_outputs(), 6)
    cells = [
        *site.random.sample(_CELLS[:5], 2),
        {"cell_type": "code", "metadata": {}, "source": "x = 1", "execution_count": 1, "outputs": outputs},
    ]
    site.write("content/posts/notebook.ipynb", _notebook(cells))


@piece()
def notebooks_that_are_none(site: Folder) -> None:
    whole = _notebook([*site.random.sample(_CELLS, 4)])
    texts = (
        whole,
        "[" * 50_000,
        '{"a":' * 50_000,
        "null",
        '{"cells": 1e999}',
        whole[:100],
        '{"nbformat": 4, "cells": ' + "9" * 6_000 + "}",
        '{"cells": [], "cells": []}',
    )
    site.write("content/posts/none.ipynb", site.random.choice(texts))


def _notebook(cells: list[Any]) -> str:
    head = {"cell_type": "markdown", "metadata": {}, "source": "---\ntitle: A notebook\ndate: 2024-01-01\n---\n"}
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {"language_info": {"name": "../../x", "pygments_lexer": "x" * 500}},
            "cells": [head, *cells],
        }
    )
