"""blog: a static site generator. The map of the program, in the order in which data flows.

========  ================================================  =====================================================
load      the site folder → its files, theme                ``sources``, ``themes``, ``assets``
parse     a file → a document, only if it is new            ``reading``, ``parsing``, ``frontmatter``, ``markdown``
assemble  documents → the site: who sees what, links        ``site``, ``pages``, ``terms``, ``roadmap``,
                                                            ``claims``, ``links``
plan      the site → targets, each with its view            ``planning``, ``plan``, ``frame``, ``lists``,
                                                            ``charts``, ``subscriptions``
index     the words of posts → files to search in           ``words``, ``search``
render    a target → bytes, only if something of it is new  ``rendering``, ``templates``, ``feeds``, ``cards``
write     bytes → the output folder, all or nothing         ``outputs``, ``journal``
========  ================================================  =====================================================

What may be read of a folder, by a name or a symbolic link, is decided in ``site_paths`` alone; which keys, words and
files hide something in ``hiding`` and ``copies``; what of a notebook's HTML and drawings is shown in ``sanitize`` and
``notebooks.drawings``. The cache, the lock and the journals lie outside of the site, in folders that ``workspace``
finds and ``private_files`` reads and writes. ``parallel`` ends work that takes more than it may.

``build`` runs them; ``cli`` is the only one that prints, in the words of ``messages``. What flows between them are
frozen structs; what is wrong with a site are values too (``errors``).

What a build finds out is kept by digests of all that it was made from (``cache``), and what the last build into a
folder knew is its ``ledger``: a file whose stamp is the same (``stamps``) is not read, a text that is the same is not
parsed, a site whose documents say the same to each other is not planned, and an output of which nothing is new is not
rendered. Nothing else remembers; to build again is to build.

``check`` takes the same stages aside and looks at what comes out: ``advice`` at the site, ``crawl`` at the links of its
pages, ``validity`` at its feeds; ``web`` asks other sites, at addresses that ``hosts`` has looked up and checked.
``new`` knows what comes next by the same stages.

``serve`` builds again at each save: ``watching`` and ``burst`` tell what was touched, once it has come to rest;
``memory`` keeps what the last build found, so that the disk is asked for nothing else; ``preview`` is what was built
last and what is wrong with the next, ``server``, ``connections`` and ``answers`` give it to browsers, and
``subscriber`` shows a post as an entry of a feed. In the browser ``live/live.js`` puts what is new into the open page.
"""

__version__ = "1.0.0"
