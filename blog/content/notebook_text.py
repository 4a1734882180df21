"""A parsed notebook → pieces for the Markdown conversion, and its images as files.

Cells that are private become hidden pieces without outputs. Nothing here sanitizes an output.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from blog.content.images import detect_suffix
from blog.markdown.formula_rules import without_remarks
from blog.markdown.pieces import Fold, HiddenPiece, HtmlOutput, ImageOutput, Listing, Prose, TextOutput
from blog.markdown.result import make_file
from blog.problems import Location
from blog.text import slugify

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from blog.markdown.pieces import Piece, Rows
    from blog.markdown.result import MadeFile
    from blog.notebooks import Cell, CellOutput, Notebook


class NotebookText(NamedTuple):
    """The pieces and images of a notebook."""

    pieces: list[Piece]
    made_files: list[MadeFile]
    numbers: Iterator[int]
    """Counter for the file names of output images; attachments do not count, as private ones would leave gaps."""

    def add_image(self, file: MadeFile) -> str:
        """Add an image and return its output path."""
        self.made_files.append(file)
        return file.path

    def add_images(self, images: Iterable[tuple[str, bytes]], stem: str, location: Location) -> dict[str, str]:
        """Add all ``images``; return their output paths by their names in the text."""
        return {name: self.add_image(make_file(stem, detect_suffix(data), data, location)) for name, data in images}


def convert_notebook(notebook: Notebook, path: str, stem: str) -> NotebookText:
    """Convert the notebook at ``path`` to pieces; its image files are named after ``stem``."""
    content = NotebookText([], [], count(1))
    image_stem = slugify(stem) or "figure"
    for cell in notebook.cells:
        if cell.private:
            content.pieces.append(_hide_cell(cell, notebook.language))
        elif cell.kind == "markdown":
            content.pieces.append(_convert_text_cell(content, cell, path, image_stem))
        else:
            if cell.text:
                language = cell.language or notebook.language
                content.pieces.append(Listing(cell.text, cell.rows, language, cell.folds_input))
            content.pieces.extend(_convert_outputs(content, cell, path, image_stem))
    return content


def _convert_text_cell(content: NotebookText, cell: Cell, path: str, image_stem: str) -> Prose:
    location = _locate_cell(cell, path)
    attachments = [(f"attachment:{name}", data) for name, data in cell.attachments]
    images = content.add_images([*attachments, *cell.images], image_stem, location)
    return Prose(cell.text, cell.rows, images)


def _hide_cell(cell: Cell, language: str) -> HiddenPiece:
    """Return the hidden piece of a private cell; a preview for its author does not contain the outputs either."""
    if cell.kind == "markdown":
        return HiddenPiece(Prose(cell.text, cell.rows))
    return HiddenPiece(Listing(cell.text, cell.rows, cell.language or language))


def _locate_cell(cell: Cell, path: str) -> Location:
    return Location(path, 0, 0, cell.number)


def _convert_outputs(content: NotebookText, cell: Cell, path: str, image_stem: str) -> list[Piece]:
    """Convert the outputs of a cell, which may be folded."""
    rows: Rows = ((cell.number, 0),)  # the lines of an output are not those of the cell
    location = _locate_cell(cell, path)
    pieces = [
        _convert_output(content, output, image_stem, location, rows, folds=cell.folds_output) for output in cell.outputs
    ]
    if cell.folds_output and pieces:
        return [Fold(opens=True, rows=rows), *pieces, Fold(opens=False, rows=rows)]
    return pieces


def _convert_output(
    content: NotebookText, output: CellOutput, image_stem: str, location: Location, rows: Rows, *, folds: bool
) -> Piece:
    images = content.add_images(output.images, image_stem, location)
    match output.kind:
        case "picture":
            stem = f"{image_stem}-{next(content.numbers)}"
            image_file = make_file(stem, output.suffix, output.data, location, size=output.size)
            return ImageOutput(content.add_image(image_file), output.text, rows)
        case "html" | "table":
            return HtmlOutput(output.text, rows, output.kind == "table", images)
        case "markdown":
            return Prose(output.text, rows, images, is_output=True)
        case "latex":
            return Prose(without_remarks(output.text), rows, images, is_output=True)
    return TextOutput(output.text, rows, output.kind == "error", folds)
