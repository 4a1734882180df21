"""A view → bytes: templates, feeds, social cards, resized images and the search index."""
