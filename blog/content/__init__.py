"""The site folder → documents: source files, front matter, text, images and notebooks, each parsed by itself."""
