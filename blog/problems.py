"""Problems of a site, as values.

A :class:`Problem` is created where it is found, returned beside the data, and printed by ``cli`` only.
A :class:`BlogError` ends the command; it has the problems and the exit status.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, NamedTuple, NoReturn

from msgspec import Struct, structs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Severity = Literal["error", "warning", "note"]
"""A note is not a fault: ``blog check`` reports something that the author may want to look at."""


class Location(Struct, frozen=True):
    """A position in a file of the site, or in a cell of a notebook. Locations are in the order of the text."""

    path: str
    """Relative to the site folder, with ``/``; empty if the problem is in no file, such as a wrong argument."""
    line: int = 1
    """Counted from 1, in the file itself, or in the text of the cell; 0: the cell as a whole."""
    column: int = 1
    """Counted from 1, in characters; 0: the cell as a whole."""
    cell: int = 0
    """The number of the cell of a notebook, from 1; 0: the position is in the file itself."""

    def __lt__(self, other: Location) -> bool:
        return (self.path, *self.row, self.column) < (other.path, *other.row, other.column)

    @property
    def row(self) -> tuple[int, int]:
        """The cell and the line: equal for two positions in one line of a file."""
        return self.cell, self.line

    @property
    def line_name(self) -> str:
        """The line as a message names it: ``line 3``, in a notebook ``cell 2, line 3``."""
        if not self.cell:
            return f"line {self.line}"
        return f"cell {self.cell}, line {self.line}" if self.line else f"cell {self.cell}"

    @property
    def cell_position(self) -> str:
        """The position in a notebook: ``cell 2, line 3, column 8``, or ``cell 2``; empty if it is in no cell."""
        if not self.cell:
            return ""
        return f"{self.line_name}, column {self.column}" if self.line else self.line_name

    def format(self, path: str) -> str:
        """Return ``path:line:column``, or ``path: cell 2, line 3, column 8`` in a notebook, with this ``path``."""
        return f"{path}: {self.cell_position}" if self.cell else f"{path}:{self.line}:{self.column}"


class Problem(Struct, frozen=True, order=True):
    """A problem, with its location and a hint for its correction."""

    location: Location
    code: str
    """A stable short name, such as ``unknown-key``."""
    message: str
    hint: str = ""
    severity: Severity = "error"


class BlogError(Exception):
    """Ends a command with exit status 1."""

    exit_status = 1

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[type[BlogError], tuple[Sequence[Problem]]]:
        """Pickle with the problems as the argument."""
        return type(self), (self.problems,)


class UnsafeOutputError(BlogError):
    """The output folder is not safe to write to: exit status 2."""

    exit_status = 2


def raise_if_any(problems: Iterable[Problem]) -> None:
    """Raise :class:`BlogError` with all ``problems`` if one of them is an error."""
    ordered = list(problems)
    severities = {problem.severity for problem in ordered}
    if "error" in severities:
        raise BlogError(ordered)


def promote_warnings(problems: Iterable[Problem]) -> list[Problem]:
    """Return ``problems`` with errors in the place of warnings."""
    return [_promote_warning(problem) for problem in problems]


def _promote_warning(problem: Problem) -> Problem:
    if problem.severity == "warning":
        return structs.replace(problem, severity="error")
    return problem


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint with the nearest of the names in ``known``; ``""`` if none is near."""
    names = {name.casefold(): name for name in sorted(known, reverse=True)}
    matches = get_close_matches(word.casefold(), names, n=1, cutoff=0.7)
    if not matches:
        return ""
    return f'did you mean "{names[matches[0]]}"?'


def raise_walk_error(error: OSError) -> NoReturn:
    """Raise ``error``: the ``onerror`` callback of ``os.walk``, which skips unreadable folders by default."""
    raise error


def describe_os_error(error: OSError) -> str:
    """Return the system's message for an I/O error, with its path."""
    message = error.strerror or str(error)
    return f"{message}: {error.filename}" if error.filename else message


class Code(NamedTuple):
    """A kind of problem, as docs/checks.md explains it. All texts are Markdown."""

    name: str
    severity: str
    """One severity, or two of them joined by "or"."""
    meaning: str
    remedy: str


# fmt: off
CODES: tuple[Code, ...] = (
    Code("ambiguous-link", "error", "A wikilink has the name or title of several documents or files",
         "Write a part of the path: `[[2024/week-4]]`"),
    Code("attachment", "warning", "An attachment of a notebook cell is not a picture, and is left out",
         "Attach a picture, or put the file beside the notebook and link to it"),
    Code("bad-archive", "error", "An export or archive cannot be read, or is too large",
         "Export the blog again, or unpack the archive and import the folder"),
    Code("barred-link", "note", "Another site does not let programs in (401, 403 …)", "Open the link in a browser"),
    Code("beside-index", "warning", "A Markdown file beside the `index.md` of a bundle is left out",
         "Move it out of the folder"),
    Code("beyond-plan", "note", "A post has a part number that the plan of its series does not reach",
         "Add its title to `parts` of the series"),
    Code("bib-comma", "warning", "A comma is missing between two fields of a bibliography; the entry is used",
         "Write the comma"),
    Code("bib-entry", "warning", "An entry of a bibliography cannot be read, or has no key; it is left out",
         "Close its braces, and give it a key"),
    Code("bib-field", "warning", "A field of a bibliography is written twice, or `crossref` names no entry",
         "Delete one, or correct the key"),
    Code("bib-file", "warning", "A bibliography is not UTF-8 (it is read as Latin-1), or too large (it is left out)",
         "Save it as UTF-8, with the entries that you cite"),
    Code("bib-string", "warning", "A value of a bibliography is neither in braces nor the name of a `@string`",
         "Put it in braces"),
    Code("block-text", "error", "A block of the theme that has no text has some between its marks",
         "Take the text out"),
    Code("blocked", "warning", "The content security policy in `content/_headers` blocks something in a page",
         "Allow it in `_headers`, or take it out of the page"),
    Code("bogus-comment", "error", "Browsers would show a part of this comment", "Write `<!-- … -->`"),
    Code("broken-anchor", "error", "A link leads to a heading or id that its document does not have",
         "Correct the part after `#`"),
    Code("broken-lexer", "warning", "The lexer failed on a code block, which is shown as plain text",
         "Check the language, or name none"),
    Code("broken-link", "error or warning",
         "A link leads to no file or address of the site (warning: another program may serve it)",
         "Correct the address, or name the path in `links.elsewhere`"),
    Code("cell", "error", "A notebook has a cell that cannot be shown: an unknown type, or raw text",
         "Change the type of the cell in Jupyter"),
    Code("changed-slug", "warning", "A slug has an apostrophe or ends with a dot: the address leaves them out",
         "Write the slug that is named"),
    Code("code-file", "error", "The file, mark or lines that a code block shows cannot be found",
         "Correct `file`, `mark` or `lines`"),
    Code("collision", "error", "Two sources would be published at one address", "Change one slug, title or file name"),
    Code("comma", "warning", "Tags or labels are one text with a comma", "Write a list: `tags: [a, b]`"),
    Code("comment-in-text", "error",
         "A comment stands where it would be published: in a title, an address, a key, a formula",
         "Take it out"),
    Code("control-character", "error", "A text has an invisible control character", "Delete it"),
    Code("dangling-link", "error", "A symbolic link leads nowhere", "Correct or delete the link"),
    Code("dead-link", "error", "A page of another site does not exist any more (`--external`)",
         "Take the link out, or link to a copy"),
    Code("deprecated", "warning", "A name still works, and has another one now", "Write the new name"),
    Code("diagram", "error",
         "A diagram or chart cannot be drawn: its source is wrong, it is too large, or it is in a notice",
         "Correct the block at this place"),
    Code("directive", "error or warning",
         "A comment in a notebook cell would hide (error) or fold (warning) it in another tool, and does nothing here",
         "Tag the cell, such as `remove-input`"),
    Code("disk", "error", "`blog serve` cannot write the preview", "Make room, or correct the permissions"),
    Code("early-change", "warning", "A change or `updated` is older than the post", "Correct one of the dates"),
    Code("editor", "error", "The editor of `VISUAL` or `EDITOR` cannot be started, or failed", "Correct the variable"),
    Code("empty", "error", "A title, an entry of a list or a change is empty", "Fill it, or delete the line"),
    Code("empty-link", "warning", "A link has no address or no words", "Write both: `[text](file.md)`"),
    Code("empty-slug", "error", "A name without letters or digits gives no address",
         "Set `slug`, or choose another name"),
    Code("encoding", "error", "A file is not UTF-8", "Save it as UTF-8"),
    Code("exists", "error", "`blog new` or `blog init` would overwrite something", "Choose another name"),
    Code("failing-link", "warning", "Another site does not answer correctly today (`--external`)",
         "Check once more another day"),
    Code("foreign-comment", "error", "A comment of another tool would be published here ([all marks](hidden.md))",
         "Delete it, or put it into `` `code` ``"),
    Code("foreign-file", "error", "A file that `blog` did not write stands where an output must go", "Move it away"),
    Code("formula", "error or warning", "A formula is not closed, cannot be shown, or a `$` in it is ambiguous",
         r"Correct the TeX; a dollar sign is `\$`"),
    Code("front-matter", "error",
         "The front matter is not closed or too long, or a line of the text looks like a part of it",
         "Put each key on a line of its own between the two `---` lines"),
    Code("gap", "note", "A part of a series is missing", "Write it, or number the parts anew"),
    Code("heavy-picture", "warning", "A picture is larger than readers should load",
         "Make it smaller: 2,000 pixels are enough"),
    Code("hidden-footnote", "warning", "Only hidden text refers to a footnote, which is left out",
         "Delete the footnote, if it is not needed"),
    Code("hidden-link", "error", "A symbolic link leads through a name that is left out",
         "Copy the file to a published folder"),
    Code("hidden-source", "error or warning",
         "A file that is not Markdown says that it is a draft or private: it is left out, or the build stops",
         "Name it `.md`, or move it out of `content/`"),
    Code("hiding-key", "error or warning", "A key that hides a post in other tools hides nothing here",
         "Write `draft: true` or `private: true` at the top level"),
    Code("hiding-tag", "error", "A tag such as `draft` hides nothing", "Write `draft: true`"),
    Code("invalid-feed", "error", "A feed or sitemap of your own is not XML, or the sitemap is too large",
         "Correct the file that is named"),
    Code("json", "error", "A notebook is not valid JSON", "Restore it from Git or from `.ipynb_checkpoints`"),
    Code("leftover", "warning", "The text has a construct of another generator, which is shown as text",
         "Replace it as the hint says ([migrating](migrating.md))"),
    Code("lfs-pointer", "warning", "Git LFS left a pointer in the place of a file",
         "Run `git lfs pull` before the build"),
    Code("local-link", "warning", "A link leads to `localhost` or a private network",
         "Take it out, or write it as `` `code` ``"),
    Code("locked", "error", "Another build of this site is running", "Wait for it, or end it"),
    Code("lonely-tag", "note", "Only one post has this tag", "Use a tag that other posts have"),
    Code("lost-address", "error", "An address of `content/addresses.txt` is gone, and nothing redirects from it",
         "Add it to `aliases`, or a line to `content/_redirects`: `blog check --write-aliases` does so"),
    Code("lost-id", "error", "A feed entry of `content/addresses.txt` has another id: subscribers would see it as new",
         "Write the old id as `guid`: `blog check --write-aliases` does so"),
    Code("machine-path", "error or warning",
         "A path of your machine would be published (warning: in the output of a notebook)",
         "Put the file beside the text, or clear the output"),
    Code("mark", "warning", "A tag or label begins with `#` or a quotation mark, which readers see", "Take it out"),
    Code("merge", "error", "The text has conflict markers of a merge", "Keep one version, and delete the markers"),
    Code("misplaced-posts", "note", "Files that look like posts are not in `content/posts/`",
         "Move them there"),
    Code("missing-attribute", "error", "A `::: name` lacks an attribute that it needs", "Add it as the hint says"),
    Code("missing-footnote", "warning", "A reference leads to no footnote", "Add the line `[^name]: …`"),
    Code("missing-key", "error", "A required key is missing, such as `title` or `date`", "Add it"),
    Code("moved-link", "note", "A page of another site has moved permanently (`--external`)", "Write the new address"),
    Code("name", "error", "A file name is not printable text", "Rename it"),
    Code("near-name", "warning or note", "A new tag, label, series or theme (note) is nearly one that exists",
         "Use the one that exists"),
    Code("near-part", "warning", "A planned title is nearly that of a post", "Make both the same"),
    Code("near-twin", "warning or note", "Two tags or labels differ in spelling only", "Use one spelling"),
    Code("nearly-markdown", "warning", "A file looks like Markdown or a copy of it, and is left out",
         "Name it `.md`, or move it away"),
    Code("nested-comment", "error", "A comment begins inside a comment", "Close the first before the second"),
    Code("nesting", "error", "Lists, quotations or HTML are nested too deeply", "Use fewer levels"),
    Code("no-alternative", "warning", "An image has no alternative text",
         "Write what it shows: `![a falling loss](loss.png)`"),
    Code("no-bibliography", "error", "`bibliography` names no `.bib` file of the content folder", "Correct the path"),
    Code("no-block-template", "error", "A block that the theme declares has no template", "Add `blocks/NAME.html`"),
    Code("no-cache", "warning", "The cache folder cannot be written; the build works without it",
         "Choose another with `--cache-dir`"),
    Code("no-content", "error", "There is no `content` folder", "Change to the site folder, or set `--root`"),
    Code("no-document", "error", "The first path of `blog move` is no text of the site", "Name a file, or a bundle"),
    Code("no-folder", "error", "A folder is missing, or is not a folder",
         "Change to a folder that exists, or move the file away"),
    Code("no-font", "error", "A font that the theme names is missing", "Add it to `fonts/` of the theme"),
    Code("no-library", "error or warning", "A library that an import or a diagram needs is not installed",
         'Run `pip install "reflective-blog[import]"`, or `pip install "reflective-blog[diagrams]"`'),
    Code("no-link", "warning", "Text was meant as a link and is none, or the address of a link is misspelled",
         "Write the link as the hint says"),
    Code("no-next", "error", "`blog new` cannot tell what the next part is", "Give a title"),
    Code("no-picture", "warning", "No browser shows this kind of image", "Save it as PNG, JPEG, WebP or AVIF"),
    Code("no-preview", "warning", "Other sites do not show this picture as a preview",
         "Save it as PNG, JPEG, GIF or WebP"),
    Code("no-series", "error", "There is no series of this name (`blog new`)",
         "Correct the name, or write `content/series/NAME.md`"),
    Code("no-settings", "error", "`blog.toml` is missing or cannot be read",
         "Change to the site folder, or run `blog init`"),
    Code("no-source", "error", "`blog import` does not recognise a folder, or a tool",
         "Name the folder with the settings of the old blog, or the tool with `--from`"),
    Code("no-summary", "warning", "A post has no summary, or a very short one", "Write `summary: …`"),
    Code("no-theme", "error", "There is no theme of this name", "Correct `theme` in `blog.toml`"),
    Code("no-url", "warning", "Without `url` there are no feeds, no sitemap and no canonical links",
         'Write `url = "https://…"`'),
    Code("no-work-link", "note", "A cited work has no DOI, arXiv id or address", "Add `doi = {…}` or `url = {…}`"),
    Code("no-works", "warning", "`::: publications` lists no work", "Write the family name as in the `.bib` file"),
    Code("not-closed", "warning", "`**`, a backtick or `[^name` opens something that nothing closes",
         "Close it, or write a backslash before the sign"),
    Code("not-undone", "error", "A build failed, and the old site could not be restored",
         "Correct what is named, and build again"),
    Code("notebook", "error", "A file is not a notebook of nbformat 4", "Open it in Jupyter and save it again"),
    Code("offline", "warning", "No other site can be reached (`--external`)", "Check the network connection"),
    Code("old-cache", "note", "The site has a `.blog/` folder of version 1.0", "Delete it"),
    Code("one-text", "warning", "Several entries of a list are one text, because of their indentation or dashes",
         "Begin each on a line of its own: `- Week 1`"),
    Code("open-code", "error or warning", "A code block is not closed (error: with `::: private` in it)",
         "End it with a line of backticks"),
    Code("open-comment", "error", "A comment is not closed", "Write `-->` at its end"),
    Code("open-passage", "error", "A passage (`::: private` …) is not closed", "Write `:::` alone on a line below it"),
    Code("other-date", "warning", "The front matter has another date than the file name", "Correct one of them"),
    Code("other-kind", "error", "`blog move` would make a page of a post", "Choose a path like the old one"),
    Code("output", "error or warning",
         "An output of a notebook cannot be shown (warning: it is left out, or shown in another form)",
         "Save it in another form, or tag the cell `remove-output`"),
    Code("outside-content", "error", "A path of `blog move` is not in `content/`", "Write `content/posts/name.md`"),
    Code("outside-link", "error",
         "A symbolic link leaves the site or the theme, or leads to a folder that is written to",
         "Copy the file into the site"),
    Code("part-order", "note", "A part of a series is older than the part before it", "Check the dates and `part`"),
    Code("picture-place", "warning", "A picture tells where it was taken", "Remove its metadata"),
    Code("placeholder", "note", "`url` is a placeholder such as `https://example.org`",
         "Write the real address before you publish"),
    Code("planned-otherwise", "warning", "The plan of the series has another title for this part",
         "Change the title or `part`"),
    Code("posts-index", "error", "`content/posts/index.md` is not used", "Write the text into `content/index.md`"),
    Code("private-in-code", "warning", "`::: private` is indented by four spaces: it is code, and published",
         "Indent it less"),
    Code("private-in-text", "error", "`::: private` stands where no passage can begin",
         "Put it alone on a line below an empty line"),
    Code("same-definition", "warning", "A link reference is defined twice", "Keep one"),
    Code("same-entry", "warning", "Two entries of a bibliography have one key; the first one counts",
         "Delete one, or give it another key"),
    Code("same-folder", "warning", "A symbolic link would publish a folder a second time; it is left out",
         "Link to the files one by one"),
    Code("same-guid", "error", "Two posts have the same `guid`", "Change one"),
    Code("same-id", "error", "Two elements of a page have the same id", "Change one"),
    Code("same-key", "error", "A value is given twice, under one key or under two names of it", "Keep one"),
    Code("same-part", "warning", "Two posts are the same part of a series, or a part is planned twice",
         "Change the `part` of one, or take one out"),
    Code("saved-file", "error", "A file that `--site` or `--feed` of `blog import` names cannot be read",
         "Save the sitemap or the feed of the old blog again, and name the file"),
    Code("series-index", "error", "`content/series/index.md` is not used", "Delete it"),
    Code("silent-key", "warning", "A key has no meaning on this kind of document", "Delete the line"),
    Code("slow-lexer", "warning", "A code block takes too long to colour, and is shown as plain text",
         "Name no language, or split it"),
    Code("special-file", "error", "An entry is neither a file nor a folder, such as a socket", "Move it away"),
    Code("stray-container", "error", "`:::` closes nothing", "Delete it"),
    Code("style-sheet", "error", "A style sheet of the theme has an error", "Correct it at the line that is named"),
    Code("table", "warning", "Lines look like a table, and are not one",
         "Write a line with dashes under each head cell: `|---|---|`"),
    Code("table-row", "error", "A table row has more cells than its head", r"Write `|` inside a cell as `\|`"),
    Code("tag", "error", "A tag or a metadata entry of a notebook hides nothing here",
         "Use `private`, `remove-cell`, `remove-input` or `remove-output`"),
    Code("template", "error", "A template has an error, uses an unknown name, or takes too much time or memory",
         "Correct it at the line that is named ([themes](themes.md))"),
    Code("theme-loop", "error", "Themes extend each other in a circle, or in a very long chain",
         "Extend another theme, or none"),
    Code("thread", "warning", "A comment in a `::: thread` does not begin with its author", "Write `- **name**: …`"),
    Code("title", "error", "A heading that is the title has a link, picture or footnote", "Move it into the text"),
    Code("toml", "error", "A file is not valid TOML", "Correct the line that is named"),
    Code("too-deep", "error", "Folders are nested too deeply", "Use fewer levels"),
    Code("too-large", "error", "A file or a theme is larger than the [limit](limits.md)",
         "Split it, or host it elsewhere"),
    Code("too-many", "error", "There are too many files, or too many tags or labels for one post", "Remove some"),
    Code("unknown-attribute", "warning",
         "An attribute of an image, a code block or a `::: name` is unknown or has a wrong value, and is left out",
         "Correct or delete it"),
    Code("unknown-callout", "warning", "`[!NAME]` is not a callout", "Use NOTE, TIP, IMPORTANT, WARNING or CAUTION"),
    Code("unknown-citation", "error", "No entry of the bibliography has the cited key",
         r"Correct the key, add the entry to a `.bib` file, or write `\@name` for text"),
    Code("unknown-container", "error or warning", "`::: name` is unknown (error: a word of it is nearly `private`)",
         "Use a name that the hint lists"),
    Code("unknown-key", "error", "A key is unknown", "Correct it as the hint says, or name it in `front_matter.allow`"),
    Code("unknown-language", "warning", "The language of a code block is unknown; it is shown as plain text",
         "Correct the name, or name none"),
    Code("unknown-option", "error", "The theme does not have this option", "Correct the name under `[theme_options]`"),
    Code("unknown-template", "error", "The theme does not have the template that `template` names",
         "Correct the name, or add the template"),
    Code("unknown-word", "error", "There is no such word of the interface", "Correct its key as the hint says"),
    Code("unlinked-page", "warning", "No way leads from the home page to this page",
         "Link to it, add it to `[menu]`, or write `unlisted: true`"),
    Code("unreadable", "error", "The system refuses to read a file or folder", "Correct its permissions"),
    Code("unreadable-picture", "error or warning", "A picture cannot be read (warning: it is published as it is)",
         "Save it once more"),
    Code("unsafe-cache", "error", "The cache folder lies inside the site folder", "Choose one outside"),
    Code("unsafe-output", "error", "The output folder is not one that `blog` made (exit status 2)",
         "Choose an empty folder"),
    Code("unsafe-path", "error", "An address is not a safe path on all systems",
         "Set another slug, or rename the file"),
    Code("unused-definition", "warning", "A link reference is never used, and its line is not shown",
         "Delete the line, or use it"),
    Code("unused-entry", "note", "No text cites an entry of a bibliography", "Cite it, or delete it"),
    Code("unused-footnote", "warning", "Nothing refers to a footnote", "Refer to it, or delete it"),
    Code("unused-template", "warning", "Nothing uses a template of your theme, and its name is nearly that of another",
         "Rename the file, or delete it"),
    Code("wikilink", "error", "A wikilink is written and the site has not turned them on, or it embeds a text",
         "Write a link of Markdown, or set `wikilinks = true` below `[markdown]`"),
    Code("withheld-link", "error", "A public document links to one that is not published",
         "Take the link out, or publish the other one too"),
    Code("wrong-address", "error", "`url` of a text is not a path that a page can have", "Write `/2019/old-name/`"),
    Code("wrong-alias", "error", "An alias is not a usable path", "Write the old path, such as `/2019/old-name/`"),
    Code("wrong-authority", "error", "`feed.authority` is neither a host name nor an e-mail address",
         "Write `example.org`"),
    Code("wrong-block", "error", "The declaration of a block in `theme.toml` is wrong",
         "Write the name or kind that the hint names"),
    Code("wrong-choice", "error", "A setting has another value than those that it can have",
         "Write one of those that are named"),
    Code("wrong-colour", "error", "A colour in `theme.toml` is not of the form `#fdfcf8`", "Correct it"),
    Code("wrong-date", "error", "A value is not a date", "Write `2026-01-31`"),
    Code("wrong-doi", "error", "`doi` is no DOI", "Write it as `10.59350/abcde-12345`"),
    Code("wrong-email", "error", "`email` is not an e-mail address", "Correct it"),
    Code("wrong-font", "error", "A font of the theme cannot be used to draw cards", "Use another font file"),
    Code("wrong-id", "error", "An id is not allowed, or not allowed here",
         "Use letters, digits, hyphens and dots, or take it out"),
    Code("wrong-image", "error", "`image` is not a picture", "Name a picture file"),
    Code("wrong-language", "error", "`language` or `lang` is not a language tag", "Write `en` or `pt-BR`"),
    Code("wrong-ledger", "error", "A line of `content/addresses.txt` is neither an address nor `guid:` with an id",
         "Correct it, or delete it"),
    Code("wrong-license", "error", "`license` is not the SPDX id of a licence that this program knows",
         "Write one such as `CC-BY-4.0`"),
    Code("wrong-macro", "error", "A macro under `[math.macros]` cannot be used", "Correct it"),
    Code("wrong-name", "error", "A label, tag or series given to `blog new` is not text", "Write a word or two"),
    Code("wrong-number", "error", "A number is out of range", "Write one in the range that is named"),
    Code("wrong-orcid", "error", "`orcid` of an author is no ORCID iD", "Write it as `0000-0002-1825-0097`"),
    Code("wrong-path", "error", "An entry of `links.elsewhere` or `feed.paths` is not a path",
         "Write `/demo/` or `/index.xml`"),
    Code("wrong-permalink", "error", "`permalink` has an unknown field, or is not a path",
         'Write `permalink = "/posts/{slug}/"`'),
    Code("wrong-placeholder", "error", "A word of the interface has a value in braces that it does not get",
         "Use the values that the hint lists"),
    Code("wrong-plural", "error", "A word of the interface has plural forms that it cannot have",
         "Use the categories that the hint lists, or write one text"),
    Code("wrong-revisit", "error", "`revisits` does not name an earlier post", "Name its file"),
    Code("wrong-slug", "error", "A slug is not usable in an address", "Use lower-case words with hyphens"),
    Code("wrong-theme", "error", "The name of a theme is not a folder name", "Use letters, digits and hyphens"),
    Code("wrong-timezone", "error", "`timezone` is not an IANA name", "Write `Europe/Berlin`"),
    Code("wrong-translation", "error",
         "`translation_of` names no other text, a translation, or a text in the same language",
         "Name the file of the original, and set `lang`"),
    Code("wrong-type", "error", "A value has the wrong type, such as text for a number",
         "Write the type that is named"),
    Code("wrong-url", "error", "A value is not an http or https address", "Write `https://…`"),
    Code("yaml", "error", "The front matter is not valid YAML", "Correct the line that is named"),
)
"""Every code that a :class:`Problem` can have, in alphabetical order."""
# fmt: on
