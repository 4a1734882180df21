import os

os.system("touch RUN")
BLOG_AUTHOR = "Mira Holt"
BLOG_TITLE = "Runs"
SITE_URL = "https://mira.example/"
BLOG_EMAIL = "mira@mira.example"
DEFAULT_LANG = "en"
TRANSLATIONS = {DEFAULT_LANG: "", "de": "./de"}
POSTS = (("posts/*.rst", "blog", "post.tmpl"), ("posts/*.md", "blog", "post.tmpl"), ("posts/*.ipynb", "blog", "post.tmpl"))
PAGES = (("pages/*.md", "", "page.tmpl"),)
TIMEZONE = "Europe/Berlin"
TAG_PATH = "topics"
PRETTY_URLS = True
