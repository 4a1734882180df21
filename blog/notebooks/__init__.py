"""Notebooks: an ``.ipynb`` file → its cells with their stored outputs, as values. No code is executed.

Jupyter's nbformat 4.0 to 4.5, <https://nbformat.readthedocs.io/en/latest/format_description.html>. The values do not
contain what the tags ``remove-cell``, ``remove-input`` and ``remove-output`` remove. A cell with the tag ``private``
is among them, with a flag. Each output is in the best form that needs no script.
"""

from blog.notebooks.outputs import CellOutput
from blog.notebooks.reader import Cell, Notebook, parse_notebook

__all__ = ["Cell", "CellOutput", "Notebook", "parse_notebook"]
