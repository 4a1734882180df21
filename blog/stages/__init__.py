"""The stages of a build in detail; ``blog.build`` calls them in order."""
