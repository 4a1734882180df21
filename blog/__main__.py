"""``python -m blog``."""

from blog.cli import main

main()
