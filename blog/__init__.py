"""blog: a static site generator. The map of the program, in the order in which data flows.

============  =====================================================  ===================================================
package       what goes in → what comes out                          rule
============  =====================================================  ===================================================
config        ``blog.toml`` → settings                               closed schemas; every value has a position
content       the site folder → source files, documents, the theme   each file is parsed by itself, only if it changed
bibliography  ``.bib`` files → entries, and the words of references  nothing is imported if a site has none
markdown      text → HTML for the page and for the feed              links stay placeholders until the site is known
notebooks     ``.ipynb`` → the same pieces as Markdown               outputs are sanitized
site          documents → the site                                   visibility, addresses, tags, series, links; pure
views         the site → outputs, each with its view                 a view is a frozen value; pure
render        a view → bytes                                         only if its digest changed; in worker processes
output        bytes → the output folder                              staged, then applied as one transaction
============  =====================================================  ===================================================

``build`` is the pipeline on one screen, ``stages`` are its stages in detail. ``state`` is what one build leaves to the
next, ``cache`` the store that keeps parsed documents and views under the digest of their inputs. ``system`` holds what
depends on the operating system: paths that stay inside a folder, private files, file signatures, worker processes,
terminals.

``cli`` parses arguments and is the only module that prints, in the words of ``messages``. ``preview`` is ``blog
serve``: it watches the site and runs the same build at each save. ``check`` is ``blog check``: it runs the same build
in a temporary folder and inspects the result. ``new`` creates posts, sites and themes. ``importers`` makes a site of an
old blog, and is ``blog import``.

Problems with a site are values (``problems``): path, line, column, code, message, hint. Imports point down only:
``import-linter`` checks the layers in ``pyproject.toml``.
"""

__version__ = "1.0.0"
