"""``::: pull``: a pull quote, words of the text repeated in large letters."""

from __future__ import annotations

from blog.markdown.directives import BlockDirective

DIRECTIVES = {
    "pull": BlockDirective(
        page=('<blockquote class="pull">\n', "</blockquote>\n"),
        feed=("<blockquote>\n", "</blockquote>\n"),
    )
}
