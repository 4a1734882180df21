"""A parsed notebook → pieces for the Markdown conversion, and its images as files.

Cells that are private become hidden pieces without outputs. Nothing here sanitizes an output.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from blog.cache.digests import digest
from blog.content.document import ExtractedImage
from blog.content.images import SourceImage, detect_suffix, measure_image_in_worker
from blog.markdown.formula_rules import without_remarks
from blog.markdown.pieces import Fold, HiddenPiece, HtmlOutput, ImageOutput, Listing, Prose, TextOutput
from blog.problems import Location
from blog.text import slugify

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from blog.markdown.pieces import Piece, Rows
    from blog.notebooks import Cell, Notebook
    from blog.problems import Problem


class NotebookText(NamedTuple):
    """The pieces and images of a notebook."""

    pieces: list[Piece]
    extracted_images: list[ExtractedImage]
    image_data: list[bytes]
    """The bytes of ``extracted_images``, in the same order."""
    problems: list[Problem]
    numbers: Iterator[int]
    """Counter for the file names of output images; attachments do not count, as private ones would leave gaps."""

    def keep(self, data: bytes, suffix: str, file: str, place: Location, size: tuple[int, int] | None = None) -> str:
        """Add an image with the file stem ``file`` and return its output path; ``size`` is that in the notebook."""
        key = digest(data)
        output = f"assets/{file}.{key.hex()[:12]}{suffix}"
        known, problems = measure_image_in_worker(data, suffix, "", place)
        self.problems.extend(problems)
        self.extracted_images.append(ExtractedImage(output, key, SourceImage(*size, "") if size else known))
        self.image_data.append(data)
        return output

    def keep_all(self, pictures: Iterable[tuple[str, bytes]], file: str, place: Location) -> dict[str, str]:
        """Add all ``pictures``; return their output paths by the names that a text has for them."""
        return {name: self.keep(data, detect_suffix(data), file, place) for name, data in pictures}


def convert_notebook(notebook: Notebook, path: str, stem: str) -> NotebookText:
    """Convert the notebook at ``path`` to pieces; its image files are named after ``stem``."""
    sheet, file = NotebookText([], [], [], [], count(1)), slugify(stem) or "figure"
    for cell in notebook.cells:
        if cell.private:
            sheet.pieces.append(_private(cell, notebook.language))
        elif cell.kind == "markdown":
            place = Location(path, cell.rows[0][0])
            carried = [*((f"attachment:{name}", data) for name, data in cell.attachments), *cell.images]
            sheet.pieces.append(Prose(cell.text, cell.rows, sheet.keep_all(carried, file, place)))
        else:
            if cell.text:
                sheet.pieces.append(Listing(cell.text, cell.rows, cell.language or notebook.language, cell.folds_input))
            outputs = list(_outputs(sheet, cell, path, file))
            if cell.folds_output and outputs:
                rows = outputs[0].rows
                outputs = [Fold("Output", rows), *outputs, Fold("", rows)]
            sheet.pieces.extend(outputs)
    return sheet


def _private(cell: Cell, language: str) -> HiddenPiece:
    """Return the hidden piece of a private cell; not even its author sees the outputs."""
    rows = cell.rows or ((1, 0),)
    return HiddenPiece(
        Prose(cell.text, rows) if cell.kind == "markdown" else Listing(cell.text, rows, cell.language or language)
    )


def _outputs(sheet: NotebookText, cell: Cell, path: str, file: str) -> Iterator[Piece]:
    place: Rows = ((cell.rows[0][0] if cell.rows else 1, -1),)  # a picture has no lines, and text is escaped
    for output in cell.outputs:
        pictures = sheet.keep_all(output.images, file, Location(path, place[0][0]))
        if output.kind == "picture":
            numbered = f"{file}-{next(sheet.numbers)}"
            drawn = sheet.keep(output.data, output.suffix, numbered, Location(path, place[0][0]), output.size)
            yield ImageOutput(drawn, output.text, place)
        elif output.kind in {"html", "table"}:
            yield HtmlOutput(output.text, place, output.kind == "table", pictures)
        elif output.kind in {"markdown", "latex"}:
            text = output.text if output.kind == "markdown" else without_remarks(output.text)
            yield Prose(text, place, pictures, is_output=True)
        else:
            yield TextOutput(output.text, place, output.kind == "error", cell.folds_output)
