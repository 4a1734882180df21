"""blog: a static site generator. The map of the program, in the order in which data flows.

========  ================================================  ==================================================
load      the site folder → sources, theme                  ``sources``
parse     a source → a document                             ``documents``, ``frontmatter``, ``markdown``
assemble  documents → the site: who sees what, links        ``site``, ``pages``, ``terms``, ``claims``, ``links``
plan      the site → targets, each with its view            ``plan``, ``frame``, ``lists``, ``subscriptions``
render    a target → bytes                                  ``rendering``, ``templates``, ``feeds``
write     bytes → the output folder                         ``outputs``
========  ================================================  ==================================================

``build`` runs the six; ``cli`` is the only one that prints. What flows between them are frozen structs; what is
wrong with a site are values too (``errors``).
"""

__version__ = "0.1.0"
