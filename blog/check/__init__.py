"""``blog check``: builds aside and reports what is wrong with the pages, links, feeds and policies that come out."""
