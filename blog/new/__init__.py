"""``blog new`` and ``blog init``: new posts, series and pages, the starter site and the starter theme."""
