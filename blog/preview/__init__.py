"""``blog serve``: watches the site, builds at each save, and serves the preview to browsers."""
