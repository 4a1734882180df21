"""Requests → answers: files of the preview folder, pages with what the preview adds, streams of events.

Only those are answered who ask for the server by its own name (a page of another site that resolves its name to this
machine is turned away); only regular files of the preview folder are given out, and nothing is written.

No page may leave something in the browser that reads the site that is looked at next. So a browser that asks by a name
that other sites have too is sent to the site's own name (see :mod:`blog.preview.server`), and no service worker
gets a script: it would live on without a page.
"""

from __future__ import annotations

import io
import json
import mimetypes
import os
import re
import select
import socket
import time
from contextlib import suppress
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol
from urllib.parse import parse_qs

from blog.preview.request import RefusalError, decode_path, find_output, parse_range
from blog.preview.state import ENTRY, OWN
from blog.preview.timed_streams import DeadlineReader, Sender
from blog.site.addresses import output_path
from blog.text import href

if TYPE_CHECKING:
    from blog.preview.connections import Connections
    from blog.preview.state import PreviewState

HEARTBEAT = 15.0
"""Seconds after which a silent stream of events says that it lives."""
_CHUNK = 1 << 18
_SEND_BUFFER = 1 << 16
"""Bytes that the system keeps of an answer: with its own megabytes it says for minutes that all has been sent."""
_WORKER = (
    "a service worker would stay in the browser and could read what is shown here next; "
    "readers of the built site get it"
)
_FINDS_NAMES = re.compile(r"(Chrome|Chromium|Firefox)/")
"""Browsers that find names below ``localhost`` by themselves; Safari asks the system, and macOS does not know them."""
_ELSEWHERE = """<!doctype html>
<html lang=en><title>blog serve</title>
<body style="font: 1rem/1.5 system-ui; max-width: 40rem; margin: 2rem auto; padding: 0 1rem">
<p>This site has an address of its own: <a href="{address}">{address}</a>
<p>Safari on macOS may not find it. Then open it in another browser, or let the system know the name, once:
<pre>echo "127.0.0.1 {name}" | sudo tee -a /etc/hosts</pre>
"""
_ABSOLUTE = re.compile(r"http://([^/?#]*)", re.IGNORECASE)
_LIVE = Path(__file__).parent / "live.js"
_VERSION = re.compile(r"[0-9]{1,15}", re.ASCII)
_COMMON = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_TYPES = mimetypes.MimeTypes(filenames=())
for _ending, _type in {
    ".avif": "image/avif", ".ico": "image/x-icon", ".js": "text/javascript", ".mjs": "text/javascript",
    ".webmanifest": "application/manifest+json", ".webp": "image/webp", ".woff": "font/woff", ".woff2": "font/woff2",
    ".xml": "application/xml",
}.items():  # fmt: skip
    _TYPES.add_type(_type, _ending)


class ServerInterface(Protocol):
    """The server, as far as an answer depends on it."""

    preview: PreviewState
    connections: Connections

    def knows(self, host: str) -> bool:
        """Return whether ``host``, with the port, is a name of this server."""

    def own_address(self, host: str) -> str:
        """Return the site's own address, if ``host`` is a name that other sites share; else ``""``."""


class Handler(BaseHTTPRequestHandler):
    """Answers what comes through one connection."""

    server: ServerInterface  # type: ignore[assignment]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Read and write with patience, but not for ever."""
        super().setup()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        self.place = self.server.connections.of(self.connection)
        self.patient, self.sender = DeadlineReader(self.connection), Sender(self.place)
        self.rfile = io.BufferedReader(self.patient)
        self.wfile = io.BufferedWriter(self.sender, _CHUNK)

    def finish(self) -> None:
        """Close; what could not be sent is lost."""
        with suppress(OSError):
            super().finish()

    def handle_one_request(self) -> None:
        """Each request has its own time."""
        self.patient.begin()
        self.place.await_request()
        super().handle_one_request()

    def handle_expect_100(self) -> bool:
        """Go on to the answer: it does not depend on a body, and none is read."""
        return True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: the terminal is for what concerns the site."""

    def version_string(self) -> str:
        """The header ``Server``: without the version of Python that the stock one tells."""
        return "blog"

    def send_error(self, code: int, _message: str | None = None, _explain: str | None = None) -> None:
        """Plain text, for errors of the protocol; they end the connection."""
        self.close_connection = True
        status = HTTPStatus(code)
        self._send(status, f"{status.value} {status.phrase}\n".encode(), "text/plain; charset=utf-8")

    def do_GET(self) -> None:
        """Answer."""
        self.place.answer()
        try:
            self._check()
            own_address = self._own_address()
            if own_address:
                self._lead(own_address)
            else:
                self._answer()
        except RefusalError as refusal:
            text = f"{refusal.status.value} {refusal.status.phrase}: {refusal}\n"
            self._send(refusal.status, text.encode(), "text/plain; charset=utf-8")

    do_HEAD = do_GET  # noqa: N815  (the stock handler looks for this name)

    def __getattr__(self, name: str) -> Any:
        """Any other method: the stock handler looks for ``do_METHOD``."""
        if name.startswith("do_"):
            return self._no_method
        raise AttributeError(name)

    def _no_method(self) -> None:
        self.close_connection = True
        self._send(HTTPStatus.METHOD_NOT_ALLOWED, b"405 Method Not Allowed\n", "text/plain", {"Allow": "GET, HEAD"})

    def _check(self) -> None:
        hosts, origins = self.headers.get_all("Host", []), self.headers.get_all("Origin", [])
        stays, self.close_connection = self.close_connection, True
        if self.headers.defects:
            raise RefusalError(HTTPStatus.BAD_REQUEST, "a line of the head is no header")
        self.host = hosts[0].strip(" \t") if len(hosts) == 1 else ""
        if not self.server.knows(self.host):
            raise RefusalError(HTTPStatus.FORBIDDEN, "this server goes by another name")
        elsewhere = self.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}
        if origins not in ([], [f"http://{self.host}"]) or (
            elsewhere and self.headers.get("Sec-Fetch-Mode") != "navigate"
        ):
            raise RefusalError(HTTPStatus.FORBIDDEN, "another site may not ask")
        if "Service-Worker" in self.headers or self.headers.get("Sec-Fetch-Dest") == "serviceworker":
            raise RefusalError(HTTPStatus.FORBIDDEN, _WORKER)
        has_body = self.headers.get_all("Content-Length", ["0"]) != ["0"] or "Transfer-Encoding" in self.headers
        self.close_connection = stays or has_body  # what follows a request with a body is no request

    def _own_address(self) -> str:
        """Return the address to redirect the browser to; ``""`` if it already uses the site's own name.

        Its requests are known by headers that no script can leave out
        (<https://www.w3.org/TR/fetch-metadata/#sec-prefix>); older ones by their name.
        """
        agent = self.headers.get("User-Agent", "")
        is_browser = "Sec-Fetch-Site" in self.headers or agent.startswith(("Mozilla/", "Opera/"))
        return self.server.own_address(self.host) if is_browser else ""

    def _lead(self, own_address: str) -> None:
        """Send a browser to the site's own name, and say it to those who may not find it."""
        target = self._target()
        if not (target.startswith("/") and target.isascii() and target.isprintable()):
            raise RefusalError(HTTPStatus.BAD_REQUEST, "the path is not percent-encoded")
        address = own_address + target
        if _FINDS_NAMES.search(self.headers.get("User-Agent", "")):
            self._send(HTTPStatus.FOUND, b"", "text/plain", {"Location": address, "Cache-Control": "no-store"})
            return
        name = escape(own_address.removeprefix("http://").rpartition(":")[0])
        html = _ELSEWHERE.format(address=escape(address), name=name)
        self._send(HTTPStatus.OK, html.encode(), "text/html; charset=utf-8", {"Cache-Control": "no-store"})

    def _answer(self) -> None:
        written, _, query = self._target().partition("#")[0].partition("?")
        path = decode_path(written)
        preview = self.server.preview
        if path == f"{OWN}events":
            self._events(query)
            return
        if path == f"{OWN}live.js":
            self._send(HTTPStatus.OK, _LIVE.read_bytes(), "text/javascript; charset=utf-8")
            return
        if path.startswith(f"{ENTRY}/"):
            found = preview.page(path)
            policy = {"Content-Security-Policy": f"script-src http://{self.host}{OWN}live.js"}
            self._page(found[0] if found else None, policy)
            return
        base = preview.shown.base_path
        if not preview.shown.ready or not f"{path}/".startswith(f"{base}/"):
            redirected = preview.shown.ready and path == "/"
            self._redirect(f"{base}/", "") if redirected else self._page(None)
        elif path == base != "":
            self._redirect(f"{base}/", query)
        else:
            self._file(path, query)

    def _target(self) -> str:
        """Return the request target without scheme and host, which proxies send."""
        found = _ABSOLUTE.match(self.path)
        if found and not self.server.knows(found[1]):
            raise RefusalError(HTTPStatus.FORBIDDEN, "this server goes by another name")
        return self.path[found.end(1) :] or "/" if found else self.path

    def _file(self, path: str, query: str) -> None:
        output = find_output(self.server.preview.folder, path.removeprefix(self.server.preview.shown.base_path))
        if output is None:
            self._page(None)
        elif output == "":
            self._redirect(f"{path}/", query)
        elif output.endswith((".html", ".htm")):
            found = self.server.preview.page(output)
            missing = output == "404.html"
            self._page(found[0] if found and not missing else None)
        else:
            self._copy(self.server.preview.folder / output)

    def _page(self, html: bytes | None, headers: dict[str, str] | None = None) -> None:
        preview = self.server.preview
        status = HTTPStatus.OK if html is not None else HTTPStatus.NOT_FOUND
        if html is None and not preview.shown.ready:
            status = HTTPStatus.SERVICE_UNAVAILABLE
        body = preview.missing() if html is None else html
        self._send(status, body, "text/html; charset=utf-8", headers)

    def _redirect(self, path: str, query: str) -> None:
        if not (query.isascii() and query.isprintable()):
            raise RefusalError(HTTPStatus.BAD_REQUEST, "the query is not percent-encoded")
        # A path that begins with two slashes would lead to another host.
        address = href("/" + path.lstrip("/\\")) + (f"?{query}" if query else "")
        self._send(HTTPStatus.FOUND, b"", "text/plain", {"Location": address})

    def _copy(self, path: Path) -> None:
        """A file as it is, or the part that is asked for (players of films ask for parts)."""
        try:
            file = open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb")  # noqa: PTH123, SIM115
        except OSError:
            self._page(None)
            return
        with file:
            found = os.fstat(file.fileno())
            tag = f'"{found.st_mtime_ns:x}-{found.st_ctime_ns:x}-{found.st_size:x}-{found.st_ino:x}"'
            headers = {"ETag": tag, "Accept-Ranges": "bytes"}
            kind = _TYPES.guess_type(path.name)[0] or "application/octet-stream"
            if kind.startswith("text/") or kind.endswith(("xml", "json")):
                kind += "; charset=utf-8"
            known = [other.strip() for other in self.headers.get("If-None-Match", "").split(",")]
            if tag in known or known == ["*"]:
                self._send(HTTPStatus.NOT_MODIFIED, b"", kind, headers)
                return
            whole = self.command == "HEAD" or self.headers.get("If-Range", tag) != tag
            start, end = parse_range("" if whole else self.headers.get("Range", ""), found.st_size)
            status = HTTPStatus.OK
            if start > end >= 0:
                headers["Content-Range"] = f"bytes */{found.st_size}"
                self._send(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b"", kind, headers)
                return
            if end >= 0:
                status = HTTPStatus.PARTIAL_CONTENT
                headers["Content-Range"] = f"bytes {start}-{end}/{found.st_size}"
            length = end - start + 1 if end >= 0 else found.st_size
            self._begin(status, kind, length, headers)
            if self.command != "HEAD":
                self._pour(file, start, length)

    def _pour(self, file: BinaryIO, start: int, length: int) -> None:
        file.seek(start)
        while length > 0 and (chunk := file.read(min(length, _CHUNK))):
            self.wfile.write(chunk)
            length -= len(chunk)
        if length:  # the file became shorter: the client must not take the next answer for the rest
            self.close_connection = True
        self.wfile.flush()

    def _events(self, query: str) -> None:
        """Say what a tab must know, now and whenever that changes, until it goes away.

        The format is that of <https://html.spec.whatwg.org/multipage/server-sent-events.html>.
        """
        preview = self.server.preview
        try:
            asked = {name: values[0] for name, values in parse_qs(query, max_num_fields=8).items()}
        except ValueError:
            raise RefusalError(HTTPStatus.BAD_REQUEST, "too many fields") from None
        path = decode_path(asked.get("page", "/"))
        session, _, version = (self.headers.get("Last-Event-ID") or asked.get("version", "")).partition("-")
        since = int(version) if session == preview.session and _VERSION.fullmatch(version) else 1 << 60
        tag = asked.get("tag", "")
        self.close_connection = True
        self.server.connections.begin_stream(self.connection)
        preview.wake()  # an older stream may have been closed
        try:
            self._status(HTTPStatus.OK)
            self.send_header("Content-Type", "text/event-stream; charset=utf-8")
            self.send_header("Connection", "close")
            for name, value in _COMMON.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.flush()
            with suppress(OSError):
                while self.command != "HEAD":
                    output = self._output(path)  # each time anew: a file may have come, and the site have moved
                    with preview.watching(output):
                        state = preview.state(output, tag, since)
                        tag, since = state["tag"], state["version"]
                        self._say(f"id: {preview.session}-{since}\ndata: {json.dumps(state)}\n\n")
                        self._wait(since)
        finally:
            self.server.connections.end_stream(self.connection)

    def _say(self, text: str) -> None:
        self.sender.begin()
        self.wfile.write(text.encode())
        self.wfile.flush()

    def _wait(self, version: int) -> None:
        """Wait for another version. Raises :class:`ConnectionError` when the tab is closed."""
        silent = time.monotonic()
        while not self.server.preview.wait(version, min(1.0, HEARTBEAT), lambda: self.place.is_closed):
            if self._is_over():
                raise ConnectionError
            if time.monotonic() - silent > HEARTBEAT:
                silent = time.monotonic()
                self._say(":\n\n")

    def _is_over(self) -> bool:
        """Return whether the tab was closed: its connection is at the end of file."""
        return self.place.is_closed or bool(select.select([self.connection], [], [], 0)[0])

    def _output(self, path: str) -> str:
        """The output that a tab at ``path`` shows, or would show; ``""`` if there can be none."""
        base, ready = self.server.preview.shown.base_path, self.server.preview.shown.ready
        if path.startswith(f"{ENTRY}/"):
            return path
        if path == "/" and ready:  # it leads to the site
            return "index.html"
        if not ready or not path.startswith(f"{base}/") or "//" in path:
            return ""
        inside = path.removeprefix(base)
        found = find_output(self.server.preview.folder, inside) or output_path(f"{inside.rstrip('/')}/")
        return "" if found == "404.html" else found

    def _send(self, status: HTTPStatus, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self._begin(status, kind, len(body), headers or {})
        if getattr(self, "command", "") != "HEAD" and status != HTTPStatus.NOT_MODIFIED:
            self.wfile.write(body)
        self.wfile.flush()

    def _begin(self, status: HTTPStatus, kind: str, length: int, headers: dict[str, str]) -> None:
        self._status(status)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(length))
        for name, value in {**_COMMON, **headers}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _status(self, status: HTTPStatus) -> None:
        self.sender.begin()
        if self.request_version not in {"HTTP/1.0", "HTTP/1.1"}:
            self.request_version = "HTTP/1.0"  # to older ones the stock handler sends no status
        self.send_response(status)
