"""Tests of Markdown → HTML."""
