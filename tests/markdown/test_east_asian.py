"""Tests of `blog.markdown.east_asian`: emphasis without spaces around it, and lines that are one text."""

from __future__ import annotations

import pytest

from tests.markdown.cases import page_of, text_of


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("这是**重点（注意）**后面的文字。", "这是<strong>重点（注意）</strong>后面的文字。"),
        ("これは**「強調」**です。", "これは<strong>「強調」</strong>です。"),
        ("**注：**请看。", "<strong>注：</strong>请看。"),
        ("他说**“好”**了。", "他说<strong>“好”</strong>了。"),
        ("**주의(중요)**는 다음과 같다.", "<strong>주의(중요)</strong>는 다음과 같다."),
        ("*斜体。*后面", "<em>斜体。</em>后面"),
        ("~~删除（旧）~~新的", "<s>删除（旧）</s>新的"),
        ("用**`code`**写。", "用<strong><code>code</code></strong>写。"),
        ("**[链接](https://a.org/)**在这里", '<strong><a href="https://a.org/">链接</a></strong>在这里'),
        ("a*b（c）*d", "a<em>b（c）</em>d"),
        ("三 * 四 * 五", "三 * 四 * 五"),
        ("**(a)**b é", "**(a)**b é"),
    ],
)
def test_emphasis_ends_beside_punctuation_where_no_space_stands(source: str, shown: str) -> None:
    assert page_of(source) == f"<p>{shown}</p>\n"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("中文第一行\n第二行", "中文第一行第二行"),
        ("日本語です、\nそして", "日本語です、そして"),
        ("第一行。\n（注）", "第一行。（注）"),
        ("中**重**\n**文**字", "中<strong>重</strong><strong>文</strong>字"),
        ("中<!-- x -->\n文", "中文"),
        ("한국어 첫 줄\n둘째 줄", "한국어 첫 줄\n둘째 줄"),
        ("中文 word\n文", "中文 word\n文"),
        ("中文\nword", "中文\nword"),
        ("中文\\\n第二行", "中文<br>\n第二行"),
        ("中$x$\n文", None),
        ("é\nà", "é\nà"),
    ],
)
def test_no_space_comes_between_two_lines_of_letters_that_have_none(source: str, shown: str | None) -> None:
    page = page_of(source)
    assert "\n文" in page if shown is None else page == f"<p>{shown}</p>\n"


def test_a_feed_and_a_summary_have_no_space_there_either() -> None:
    text = text_of("> 引用第一\n> 引用第二\n\n第一行\n第二行\n")
    assert "引用第一引用第二" in text.feed_html
    assert "<p>第一行第二行</p>" in text.feed_html
    assert text.summary == "第一行第二行"


def test_alternative_text_and_headings_of_two_lines_are_joined() -> None:
    text = text_of("![第一\n第二](a.png)\n\n标题一\n标题二\n===\n")
    assert 'alt="第一第二"' in text.html
    assert [heading.text for heading in text.headings] == ["标题一标题二"]


def test_korean_texts_keep_the_space_between_han_letters() -> None:
    assert "漢\n字" in text_of("漢\n字", "ko").html
