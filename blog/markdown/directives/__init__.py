"""Directives: blocks between ``::: name`` and ``:::``, one module for each name.

``marks`` has the list of names and pairs the marks. A directive is a private passage (``private``), a pull quote
(``pull``) or a discussion quoted comment by comment (``thread``).
"""
