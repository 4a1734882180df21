"""``::: pull``: a pull quote, words of the text repeated in large letters.

``directives.private`` makes its tokens and ``render`` renders them as the HTML below. Its content is ordinary Markdown.
"""

from __future__ import annotations

PAGE_OPENING = '<blockquote class="pull">\n'
FEED_OPENING = "<blockquote>\n"
"""Feeds have no styles, so no class."""
CLOSING = "</blockquote>\n"
