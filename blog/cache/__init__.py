"""The cache: digests, the content-addressed store, and the workspace of a site in the user's folders."""
