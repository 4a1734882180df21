"""Notebooks: an ``.ipynb`` file → its cells with their stored outputs, as values. Nothing in it is executed.

Jupyter's nbformat 4.0 to 4.5, <https://nbformat.readthedocs.io/en/latest/format_description.html>. What must not be
published for its tags (``remove-cell``, ``remove-input``, ``remove-output``) is not in the values at all; only a cell
tagged ``private`` is, and says so. Of each output the best form that needs no script is kept.
"""

from blog.notebooks.outputs import CellOutput
from blog.notebooks.reader import Cell, Notebook, parse_notebook

__all__ = ["Cell", "CellOutput", "Notebook", "parse_notebook"]
