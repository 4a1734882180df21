"""The positions of constructs in the text of a file."""

import pytest

from blog.markdown.source_spans import read_spans

TEXTS = [
    ("[a](b)", [("link", "[a](b)", "b")]),
    ("> x\n> [a](<b c> 't')", [("link", "[a](<b c> 't')", "<b c>")]),
    ("- one\n  ![a](b)", [("image", "![a](b)", "b")]),
    ("[![a](b)](c)", [("link", "[![a](b)](c)", "c"), ("image", "![a](b)", "b")]),
    ("| [a](b) | [a](c) |\n|---|---|\n| `[x](y)` | z |", [
        ("link", "[a](b)", "b"), ("link", "[a](c)", "c"), ("code", "`[x](y)`", ""),
    ]),
    ("```\n[a](b)\n```", [("code", "```\n[a](b)\n```", "")]),
    ("# A `b` #", [("heading", "A `b`", ""), ("code", "`b`", "")]),
    ("[a]: /b 'c'\n\n[a]", [("definition", "[a]: /b 'c'", "/b"), ("link", "[a]", "")]),
    ("x $a_b$ and <i>y</i>", [("formula", "$a_b$", ""), ("html", "<i>", ""), ("html", "</i>", "")]),
    ("<https://x.example>", [("code", "<https://x.example>", "")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_spans_are_where_their_text_is(text: str, expected: list[tuple[str, str, str]]) -> None:
    found = []
    for span in read_spans(text):
        target = text[span.target_start : span.target_end] if span.target_start >= 0 else ""
        found.append((span.kind, text[span.start : span.end], target))
    assert found == expected
