"""Keys of other tools in front matter, and what to write here instead: for hints."""

FOREIGN_KEYS = {
    "excerpt": '"summary"', "abstract": '"summary"', "subtitle": '"summary"', "redirect_from": '"aliases"',
    "alias": '"aliases"', **dict.fromkeys(
        ("categories", "category"), '"tags" or "labels", or categories = "tags" below [front_matter] in blog.toml'
    ),
    "authors": '"author"',
    "path": '"url"', "permalink": '"url"',
    "changelog": '"changes"', "history": '"changes"', "modified": '"updated"', "last_modified_at": '"updated"',
    "hidden": '"draft", "private" or "unlisted"', "hide": '"draft", "private" or "unlisted"',
    "visible": '"draft", "private" or "unlisted"', "visibility": '"draft", "private" or "unlisted"',
    "unpublished": '"draft", "private" or "unlisted"', "headless": '"draft", "private" or "unlisted"',
    "build": '"draft", "private" or "unlisted"', "_build": '"draft", "private" or "unlisted"',
    "execute": '"remove-input" or "remove-output" as a tag of a cell',
    "status": '"draft", "private" or "unlisted"', "publish": '"published" or "draft"', "keywords": '"tags"',
    "publishdate": '"date"', "expirydate": "not known: take the post down by draft: true", "cover": '"image"',
    "language": '"lang"', "series_order": '"part"', "order": '"part"', "layout": '"template"', "type": '"template"',
    "menu": "[menu] in blog.toml", "params": '"extra"', "featured_image": '"image"', "thumbnail": '"image"',
    "banner": '"image"',
    **dict.fromkeys(
        ("math", "mathjax", "katex", "mermaid", "comments", "showtoc", "tocopen", "pin", "toc_sticky"),
        "not needed: take it out, or name it under front_matter.allow in blog.toml",
    ),
}  # fmt: skip
"""Key of another tool → what to write here."""
