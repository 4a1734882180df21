"""Bytes → the output folder: staged beside it, then applied as one transaction."""
