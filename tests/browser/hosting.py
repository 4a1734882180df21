"""A static host on loopback: what a site's readers get."""

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path


class _Host(http.server.SimpleHTTPRequestHandler):
    """A plain file server, below a path, with the site's page for what is missing and its `_headers` where asked for."""

    def __init__(self, *args: object, base: str, headers: bool, **kwargs: object) -> None:
        self.base = base
        self.rules = _rules(Path(str(kwargs["directory"])) / "_headers") if headers else []
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def translate_path(self, path: str) -> str:
        inside = path.startswith(f"{self.base}/")
        return super().translate_path(path.removeprefix(self.base)) if inside else "/nowhere"

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not page.exists():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        for pattern, fields in self.rules:
            if pattern.fullmatch(self.path):
                for name, value in fields:
                    self.send_header(name, value)
        super().end_headers()


def _rules(path: Path) -> list[tuple[re.Pattern[str], list[tuple[str, str]]]]:
    """What a file `_headers` says: patterns of addresses, and the headers of each."""
    found: list[tuple[re.Pattern[str], list[tuple[str, str]]]] = []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("/"):
            found.append((re.compile(re.escape(line.strip()).replace(r"\*", ".*")), []))
        elif line.strip() and not line.startswith("#"):
            name, _, value = line.strip().partition(": ")
            found[-1][1].append((name, value))
    return found


@contextmanager
def hosted(folder: Path, base: str = "", *, headers: bool = False) -> Iterator[str]:
    """The address of ``folder`` while this lasts, without a slash at its end."""
    handler = functools.partial(_Host, directory=str(folder), base=base, headers=headers)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}{base}"
        server.shutdown()
