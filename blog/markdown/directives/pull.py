"""``::: pull``: a pull quote, words of the text repeated in large letters.

``directives.marks`` makes its tokens and ``render`` writes them as the HTML that is here. Its content is ordinary
Markdown.
"""

from __future__ import annotations

PAGE_OPENING = '<blockquote class="pull">\n'
FEED_OPENING = "<blockquote>\n"
"""Feeds have no styles, so no class."""
CLOSING = "</blockquote>\n"
