"""The tests of `blog`: one file for each module."""
