"""render: bytes from a target alone, and the digest that decides."""

import pytest
from msgspec import structs

from blog.rendering import render, view_digest
from blog.targets import AssetView, SitemapView, Target, TextView
from blog.templates import Templates
from blog.themes import Design
from tests.planning import planned
from tests.publishing import post

TEMPLATES = Templates(Design({"post.html": "{{ title }}"}, {}, {}, {}, "themes/t"))


def test_plain_outputs_are_their_views() -> None:
    assert render(Target("a", TextView("ä")), TEMPLATES) == "ä".encode()
    assert render(Target("a", AssetView(b"\x00")), TEMPLATES) == b"\x00"
    assert b"<loc>https://x.org/</loc>" in render(Target("a", SitemapView((("https://x.org/", ""),))), TEMPLATES)


def test_a_page_is_its_template_filled_with_its_view() -> None:
    target = planned({"posts/a.md": post("<A>")})["posts/a/index.html"]
    assert render(target, TEMPLATES) == b"&lt;A&gt;"


def test_every_field_of_a_post_view_is_in_its_digest() -> None:
    target = planned({"posts/a.md": post()})["posts/a/index.html"]
    before = view_digest(target)
    for field in target.view.__struct_fields__:
        changed = structs.replace(target.view, **{field: "something else"})
        assert view_digest(structs.replace(target, view=changed)) != before, field


def test_two_kinds_of_view_with_the_same_content_have_different_digests() -> None:
    assert view_digest(Target("a", TextView("x"))) != view_digest(Target("a", SitemapView((("x", ""),))))


def test_a_view_that_is_not_plain_data_has_no_digest() -> None:
    with pytest.raises(TypeError):
        view_digest(Target("a", TextView(object())))  # type: ignore[arg-type]
