"""The content-addressed store, the workspace of a site in the user's folders, and what the last build knew."""
