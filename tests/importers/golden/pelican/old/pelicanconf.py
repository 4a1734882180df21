import os

os.system("touch RUN")
AUTHOR = "Mira Holt"
SITENAME = "Notes from a small " + "cluster"
SITEURL = ""
PATH = "content"
TIMEZONE = "Europe/Berlin"
DEFAULT_LANG = "en"
ARTICLE_PATHS = ["posts", "drafts"]
ARTICLE_URL = "{date:%Y}/{date:%m}/{slug}/"
ARTICLE_SAVE_AS = ARTICLE_URL + "index.html"
PAGE_URL = "{slug}/"
STATIC_PATHS = ["images", "extra"]
EXTRA_PATH_METADATA = {"extra/favicon.png": {"path": "icon.png"}}
FEED_ALL_ATOM = "feeds/all.atom.xml"
MARKUP = ("md", "rst", "ipynb")
PLUGINS = [os.environ.get("X")]
