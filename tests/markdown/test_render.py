"""Tests of `blog.markdown.render`: a page and a feed entry from the same text."""

from __future__ import annotations

import re

import pytest

from tests.markdown.cases import filled, text_of

EVERYTHING = """\
# Title

Text[^a] with ![image](a.png "b") and [link](c.md).

## Part {#own}

| a |
|:-:|
| b |

```python {title="t.py" hl=1 linenos}
pass
```

- [ ] task

> [!NOTE]
> note

![figure](f.png "caption")

[^a]: Note.
"""


@pytest.mark.parametrize("ours", ["loading=", "tabindex", "<span", 'class="anchor"', "<label", "<input", 'id="own"'])
def test_a_feed_entry_holds_nothing_that_needs_our_style_sheet(ours: str) -> None:
    forms = filled(text_of(EVERYTHING))
    assert ours in forms.page
    assert ours not in forms.feed


def test_every_id_of_a_feed_entry_can_be_told_from_those_of_other_entries() -> None:
    feed = filled(text_of(EVERYTHING)).feed
    ids = re.findall(r'id="([^"]*)"', feed)
    assert ids
    assert all(ident.startswith("feed-") for ident in ids)
    assert set(re.findall(r'href="#([^"]*)"', feed)) == set(ids)


@pytest.mark.parametrize("source", ["![a](a.png){#x} b", "[a](b.md){#x}", "`a`{#x}"])
def test_own_ids_stay_out_of_feeds(source: str) -> None:
    assert 'id="x"' not in text_of(source).feed_html


def test_both_forms_have_the_same_words() -> None:
    forms = filled(text_of(EVERYTHING))
    for word in (
        "Title",
        "Text",
        "image",
        "link",
        "Part",
        "a",
        "b",
        "t.py",
        "pass",
        "task",
        "note",
        "figure",
        "caption",
    ):
        assert word in forms.page
        assert word in forms.feed


def test_rendering_twice_gives_the_same() -> None:
    assert text_of(EVERYTHING) == text_of(EVERYTHING)


def test_a_footnote_that_ends_in_code_leads_back_below_it() -> None:
    feed = filled(text_of("a[^1]\n\n[^1]: b\n\n        code\n")).feed
    assert "code\n</code></pre>\n <a href=" in feed


def test_a_label_that_is_no_footnote_is_escaped() -> None:
    assert text_of("a [^<b>&]").html == "<p>a [^<b>&amp;]</p>\n"


def test_an_empty_footnote_leads_back() -> None:
    assert '<li id="fn:1"> <a href="#fnref:1"' in text_of("a[^1]\n\n[^1]:\n").html


def test_raw_labels_stay_in_feeds() -> None:
    assert filled(text_of("a <label>b</label>")).feed == "<p>a <label>b</label></p>\n"
