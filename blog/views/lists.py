"""Outputs that list posts by their tags and labels, and the home page. Pure."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from blog.views.context import chosen_template
from blog.views.outputs import Output, document_output, program_output
from blog.views.page_parts import RSS, FeedLink, Html
from blog.views.page_views import ListView, TermLine, TermsView
from blog.views.sitemap import newest_change

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from blog.site.editions import Edition
    from blog.site.pages import Page
    from blog.site.taxonomies import Term
    from blog.views.context import ViewContext
    from blog.views.page_parts import AnyBody

_TermKind = Literal["tag", "label"]


class _List(NamedTuple):
    """A list of posts, split into pages."""

    kind: Literal["home", "tag", "label"]
    address: str
    posts: Sequence[Page]
    size: int
    """Number of posts on each page."""
    key: str = ""
    """The key of the tag or label."""
    title: str = ""
    """The name of the tag or label."""

    @property
    def page_count(self) -> int:
        """Number of pages: at least one."""
        return max(1, -(-len(self.posts) // self.size))

    def page_address(self, number: int) -> str:
        """Return the address of a page; the first one is 1."""
        return self.address if number == 1 else f"{self.address}page/{number}/"

    def page_posts(self, number: int) -> Sequence[Page]:
        """Return the posts of a page."""
        return self.posts[(number - 1) * self.size : number * self.size]


def home_outputs(edition: Edition) -> Iterator[Output]:
    """Yield the home page, and the further pages of its list of posts."""
    posts = _List("home", edition.address("/"), edition.posts, edition.settings.paginate)
    first = program_output(posts.address, partial(_list_view, posts, 1), "home.html", owner=_home_owner(edition))
    if edition.home is not None:
        template = chosen_template(edition.home.document) or "home.html"
        first = document_output(edition.home, partial(_list_view, posts, 1), template)._replace(source="")
    yield first._replace(last_change=newest_change(edition.posts))
    for number in range(2, posts.page_count + 1):
        make_view = partial(_list_view, posts, number)
        yield program_output(posts.page_address(number), make_view, first.template, owner="the list of posts")


def _home_owner(edition: Edition) -> str:
    return f"the home page of [languages.{edition.settings.language}]" if edition.prefix else "the program"


def term_outputs(edition: Edition) -> Iterator[Output]:
    """Yield the pages of tags and labels: for each kind the list of all, then the pages of each."""
    yield from _term_outputs("tag", edition.tags, edition)
    yield from _term_outputs("label", edition.labels, edition)


def _term_outputs(kind: _TermKind, terms: Mapping[str, Term], edition: Edition) -> Iterator[Output]:
    if not terms:
        return
    address = edition.address(f"/{kind}s/")
    index = program_output(address, partial(_index_view, kind, terms), "terms.html", owner=f"the list of {kind}s")
    yield index._replace(last_change=newest_change(edition.posts))
    for key, term in terms.items():
        entries = _List(kind, term.address, term.posts, edition.settings.paginate, key, term.name)
        for number in range(1, entries.page_count + 1):
            yield Output(
                address=entries.page_address(number),
                owner=f'the list of posts for "{term.name}"',
                location=term.location,
                template="list.html",
                last_change=newest_change(term.posts) if number == 1 else None,
                make_view=partial(_list_view, entries, number),
            )


def _index_view(kind: _TermKind, terms: Mapping[str, Term], context: ViewContext) -> TermsView:
    title = context.words.text(f"section.{kind}s")
    lines = tuple(TermLine(term.name, context.url(term.address), len(term.posts)) for term in terms.values())
    head = context.list_head(title, f"/{kind}s/")
    return TermsView(site=context.site_view, head=head, title=title, kind=kind, terms=lines)


def _list_view(posts: _List, number: int, context: ViewContext) -> ListView:
    """Return the view of page ``number`` of a list."""
    is_first, is_last = number == 1, number == posts.page_count
    title = posts.title
    if not is_first:
        title = context.words.text(
            "list.page_title", title=posts.title or context.words.text("list.posts"), number=number,
            total=posts.page_count,
        )  # fmt: skip
    fields = _head_fields(posts, context)
    if posts.kind == "home" and is_first:
        fields["translations"] = context.list_translations("/")
    return ListView(
        site=context.site_view,
        head=context.head(title, posts.page_address(number), **fields),
        title=posts.title or context.settings.title,
        kind=posts.kind,
        intro=_intro(posts, context) if is_first else Html(""),
        count=len(posts.posts),
        entries=tuple(context.entry(post.path) for post in posts.page_posts(number)),
        page_number=number,
        page_count=posts.page_count,
        newer="" if is_first else context.url(posts.page_address(number - 1)),
        older="" if is_last else context.url(posts.page_address(number + 1)),
        feed=context.url(f"{posts.address}feed.xml") if context.settings.url else "",
    )


def _head_fields(posts: _List, context: ViewContext) -> dict[str, Any]:
    """Return the fields of the head that are the same on all pages of a list."""
    if posts.kind == "home":
        home = context.edition.home
        summary = home.document.front_matter.summary if home else ""
        return {"description": summary} if summary else {}
    crumb = context.list_crumb(f"{posts.kind}s")
    feeds: tuple[FeedLink, ...] = ()
    if context.settings.url:
        feeds = (FeedLink(posts.title, context.url(f"{posts.address}feed.xml"), RSS),)
    return {"crumbs": [crumb], "feeds": feeds}


def _intro(posts: _List, context: ViewContext) -> Html | AnyBody:
    """Return the text above a list: that of the home page, or the notice of a label."""
    if posts.kind == "home":
        return context.body(context.edition.home) if context.edition.home else Html("")
    notice = context.site.notices.get(posts.key) if posts.kind == "label" else None
    return context.notice(notice) if notice else Html("")
