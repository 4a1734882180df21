"""Tests of `blog.markdown.drawings`: nothing that an SVG brings along reaches a page, but shapes and words."""

from __future__ import annotations

import pytest
from mermaid_render.renderer import THEMES

from blog.markdown import drawings, mermaid
from blog.markdown.drawings import file_svg, find_title, page_svg, read_drawing
from blog.markdown.svg import RefusedError
from tests.markdown.cases import problems_of

NAMESPACE = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" width="1" height="1" '
    'font-family="var(--diagram-font,sans-serif)" font-size="16" fill="var(--diagram-text,currentColor)" direction="ltr"'
)


def drawn(inner: str) -> str:
    """What a page gets of an SVG with this inside."""
    svg = f'<svg {NAMESPACE} viewBox="0 0 1 1" width="1" height="1" class="a" style="color:red">{inner}</svg>'
    page = page_svg(read_drawing(svg), "")
    assert page.startswith(HEAD)
    return "" if page == f"{HEAD}/>" else page.removeprefix(f"{HEAD}>").removesuffix("</svg>")


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ('<rect fill="#303640" stroke="#8a9bb5"/>', '<rect fill="var(--diagram-surface,Canvas)" stroke="var(--diagram-border,currentColor)"/>'),
        ('<rect fill="#EEEEEE" d="#EEEEEE"/>', '<rect fill="var(--diagram-text,currentColor)" d="#EEEEEE"/>'),
        ('<rect fill="#123456"/>', '<rect fill="#123456"/>'),
        ('<rect fill="color-mix(in srgb,#252A32 50%,#1F2020)"/>', '<rect fill="color-mix(in srgb,var(--diagram-ground,Canvas) 50%,var(--diagram-background,Canvas))"/>'),
        ('<rect style="rx:4px;fill:#EEEEEE !important;stroke-width:4px;cursor:help"/>', '<rect rx="4px" fill="#EEEEEE" stroke-width="4px"/>'),
        ('<rect style="fill:url(https://x.org/a.svg#b)"/>', '<rect fill="none"/>'),
        ('<rect style="fill:expression(alert(1))" fill="red"/>', "<rect/>"),
        ('<g class="x" id="y" data-id="z" role="link" tabindex="0"><text class="t">a</text></g>', "<g><text>a</text></g>"),
        ("<style>rect { fill: red }</style><text>a</text>", "<text>a</text>"),
        ("<title>a</title><desc>b</desc>", ""),
        ('<a href="https://x.org/"><text>a</text></a><text>b</text>', "<text>b</text>"),
        ('<a xlink:href="https://x.org/"><text>a</text></a>', ""),
        ('<image href="https://x.org/a.png"/><use href="#a"/><animate attributeName="x"/>', ""),
        ("<text>&lt;script&gt;\u0001</text>", None),
        ("<text>&lt;script&gt; &amp;</text>", "<text>&lt;script&gt; &amp;</text>"),
        ('<text fill="#EEEEEE&quot; onload=&quot;x">a</text>', '<text fill="var(--diagram-text,currentColor)&quot; onload=&quot;x">a</text>'),
        ('<g><path style="fill:#fff"/><text>a</text></g>', '<g><path fill="#fff"/><text fill="#000">a</text></g>'),
        ('<g><path style="fill:#022"/><text>a</text></g>', '<g><path fill="#022"/><text fill="#fff">a</text></g>'),
        ('<g><path style="fill:#ff9900"/><text fill="#EEEEEE">a</text></g>', '<g><path fill="#ff9900"/><text fill="#000">a</text></g>'),
        ('<g><path style="fill:navy"/><text>a</text></g>', '<g><path fill="navy"/><text fill="#fff">a</text></g>'),
        ('<g><path style="fill:darkgreen"/><text>a</text></g>', '<g><path fill="darkgreen"/><text fill="#fff">a</text></g>'),
        ('<g><path style="fill:pink"/><text>a</text></g>', '<g><path fill="pink"/><text fill="#000">a</text></g>'),
        ('<g><path style="fill:none"/><text>a</text></g>', '<g><path fill="none"/><text>a</text></g>'),
        ('<g><path style="fill:#fff"/><text style="fill:#f00">a</text></g>', '<g><path fill="#fff"/><text fill="#f00">a</text></g>'),
    ],
)  # fmt: skip
def test_a_page_gets_shapes_and_words_with_plain_attributes(inner: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(RefusedError):
            drawn(inner)
    else:
        assert drawn(inner) == expected


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        '<rect onload="alert(1)"/>',
        "<foreignObject><p>a</p></foreignObject>",
        '<a href="javascript:alert(1)"><text>a</text></a>',
        "<text>",
    ],
)
def test_a_picture_that_could_act_is_not_shown(inner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    svg = f'<svg {NAMESPACE} viewBox="0 0 1 1">{inner}</svg>'
    with pytest.raises(RefusedError):
        page_svg(read_drawing(svg), "")
    monkeypatch.setattr("blog.markdown.diagrams.draw", lambda _source: svg)
    assert problems_of('```mermaid {alt="x"}\nflowchart LR\n```\n') == [
        "1:4: error: the diagram cannot be drawn: the library made an unsafe picture of it"
    ]


def test_entities_do_not_grow() -> None:
    doctype = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    svg = f'<!DOCTYPE svg [<!ENTITY a0 "aaaaaaaaaa">{doctype}]><svg {NAMESPACE}><text>&a9;</text></svg>'
    with pytest.raises(RefusedError):
        page_svg(read_drawing(svg), "")


def test_the_words_for_those_who_do_not_see_it_are_one_attribute() -> None:
    page = page_svg(read_drawing(f"<svg {NAMESPACE}/>"), 'a "b" <c>\n&')
    assert page.endswith(' role="img" aria-label="a &quot;b&quot; &lt;c&gt;&#10;&amp;"/>')


def test_the_title_is_the_description_or_else_the_title() -> None:
    assert find_title(read_drawing(f"<svg {NAMESPACE}><title>a</title><desc> b  c </desc></svg>")) == "b c"
    assert find_title(read_drawing(f"<svg {NAMESPACE}><title>a</title><desc> </desc></svg>")) == "a"
    assert find_title(read_drawing(f"<svg {NAMESPACE}><text>a</text></svg>")) == ""


def test_the_colours_of_the_library_are_known() -> None:
    """A new palette would make all diagrams black on black in one of the schemes."""
    assert {color.lower() for color in THEMES[mermaid.THEME].values()} == set(list(drawings._ROLES)[:8])


def test_a_file_has_a_white_ground_below_its_shapes() -> None:
    data = file_svg(read_drawing(f'<svg {NAMESPACE} viewBox="0 0 1 1"><rect fill="#1F2020"/></svg>'))
    assert data.endswith(b'<rect width="100%" height="100%" fill="#ffffff"/><rect fill="#ffffff"/></svg>')
