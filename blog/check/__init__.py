"""``blog check``: builds into a temporary folder and reports the problems of its pages, links, feeds and policies."""
