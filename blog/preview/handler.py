"""Requests → responses: files of the preview folder, pages with the live script, event streams.

A request is answered only if its ``Host`` is a name of the server: a page of another site can resolve its own name to
this machine. Only regular files of the preview folder are served, and nothing is written.

No page may leave something in the browser that can read the site that is previewed next. So a browser that uses a host
name which other sites share is redirected to the site's own name (see :mod:`blog.preview.server`), and a service worker
gets no script: it would outlive its page.
"""

from __future__ import annotations

import io
import os
import re
import socket
from contextlib import suppress
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol
from urllib.parse import quote

from blog.preview.content_types import guess_content_type
from blog.preview.event_stream import EventStream, parse_tab
from blog.preview.request import (
    NO_PART,
    WHOLE_FILE,
    RefusalError,
    decode_path,
    find_output,
    has_body,
    has_current_copy,
    is_for_service_worker,
    is_from_another_site,
    parse_range,
)
from blog.preview.state import ENTRY, OWN
from blog.preview.timed_streams import DeadlineReader, Sender
from blog.text import href, is_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blog.preview.connections import Connections
    from blog.preview.state import PreviewState

_CHUNK = 1 << 18
_SEND_BUFFER = 1 << 16
"""Bytes of a response that the system buffers: with its default of megabytes, progress is not visible for minutes."""
_WORKER_REFUSAL = (
    "a service worker would stay in the browser and could read what is shown here next; "
    "readers of the built site get it"
)
_RESOLVES_LOCALHOST_NAMES = re.compile(r"(Chrome|Chromium|Firefox)/")
"""Browsers that resolve names below ``localhost`` themselves; Safari asks the system, and macOS does not know them."""
_REDIRECT_PAGE = """<!doctype html>
<html lang=en><title>blog serve</title>
<body style="font: 1rem/1.5 system-ui; max-width: 40rem; margin: 2rem auto; padding: 0 1rem">
<p>This site has an address of its own: <a href="{address}">{address}</a>
<p>Safari on macOS may not find it. Then open it in another browser, or let the system know the name, once:
<pre>echo "127.0.0.1 {name}" | sudo tee -a /etc/hosts</pre>
"""
_PLAIN_HOST = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,255}", re.ASCII)
_ABSOLUTE_FORM = re.compile(r"http://([^/?#]*)", re.IGNORECASE)
_LIVE_SCRIPT = Path(__file__).parent / "live.js"
_COMMON_HEADERS = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HTML = "text/html; charset=utf-8"
_SAFE_IN_URL = "/:?#[]@!$&'()*+,;=%~"
"""Characters of an address in ``_redirects`` that stay as they are written."""
_PLAIN_TEXT = "text/plain; charset=utf-8"


def _explain_host(host: str) -> str:
    """Return why a request for ``host`` is refused."""
    if not _PLAIN_HOST.fullmatch(host):
        return "the request names no host"
    return f"the server does not have the name {host}; if it should, start it with --allow-host {host}"


class ServerInterface(Protocol):
    """The part of the server that responses depend on."""

    preview: PreviewState
    connections: Connections

    def accepts_host(self, host: str) -> bool:
        """Return whether ``host``, with the port, is a name of this server."""

    def own_address(self, host: str) -> str:
        """Return the site's own address, if ``host`` is a name that other sites share; else ``""``."""

    def origins(self, host: str) -> tuple[str, ...]:
        """Return the origins of the pages that the server sends by the name ``host``."""


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    server: ServerInterface  # type: ignore[assignment]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Replace the streams of the base class by ones with deadlines."""
        super().setup()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        self.client = self.server.connections.of(self.connection)
        self.reader, self.sender = DeadlineReader(self.connection), Sender(self.client)
        self.rfile = io.BufferedReader(self.reader)
        self.wfile = io.BufferedWriter(self.sender, _CHUNK)

    def finish(self) -> None:
        """Close the streams; what could not be sent is dropped."""
        with suppress(OSError):
            super().finish()

    def handle_one_request(self) -> None:
        """Start the time limit of the request, and handle it."""
        self.reader.begin()
        self.client.await_request()
        super().handle_one_request()

    def handle_expect_100(self) -> bool:
        """Continue without the status 100: no response depends on a body, and none is read."""
        return True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Log nothing: the terminal is for messages about the site."""

    def version_string(self) -> str:
        """Return the ``Server`` header, without the version of Python that the base class adds."""
        return "blog"

    def send_error(self, code: int, _message: str | None = None, _explain: str | None = None) -> None:
        """Send an error of the protocol as plain text, and end the connection."""
        self.close_connection = True
        status = HTTPStatus(code)
        self._send(status, f"{status.value} {status.phrase}\n".encode(), _PLAIN_TEXT)

    def do_GET(self) -> None:
        """Answer a request."""
        self.client.answer()
        try:
            self._check_request()
            own_address = self._own_address()
            if own_address:
                self._redirect_to_own_address(own_address)
            else:
                self._answer()
        except RefusalError as refusal:
            text = f"{refusal.status.value} {refusal.status.phrase}: {refusal}\n"
            self._send(refusal.status, text.encode(), _PLAIN_TEXT)

    do_HEAD = do_GET  # noqa: N815  (the base class looks for this name)

    def __getattr__(self, name: str) -> Any:
        """Return the function for any other method: the base class looks for ``do_METHOD``."""
        if name.startswith("do_"):
            return self._refuse_method
        raise AttributeError(name)

    def _refuse_method(self) -> None:
        self.close_connection = True
        self._send(HTTPStatus.METHOD_NOT_ALLOWED, b"405 Method Not Allowed\n", "text/plain", {"Allow": "GET, HEAD"})

    # Which requests are answered.

    def _check_request(self) -> None:
        """Raise :class:`RefusalError`, and end the connection, unless the request is one for this site."""
        hosts = self.headers.get_all("Host", [])
        was_closing, self.close_connection = self.close_connection, True
        if self.headers.defects:
            raise RefusalError(HTTPStatus.BAD_REQUEST, "a line of the head is no header")
        self.host = hosts[0].strip(" \t") if len(hosts) == 1 else ""
        if not self.server.accepts_host(self.host):
            raise RefusalError(HTTPStatus.FORBIDDEN, _explain_host(self.host))
        if is_from_another_site(self.headers, self.server.origins(self.host)):
            raise RefusalError(HTTPStatus.FORBIDDEN, "another site may not ask")
        if is_for_service_worker(self.headers):
            raise RefusalError(HTTPStatus.FORBIDDEN, _WORKER_REFUSAL)
        self.close_connection = was_closing or has_body(self.headers)  # a body must not be parsed as the next request

    def _own_address(self) -> str:
        """Return the address to redirect the browser to; ``""`` if it already uses the site's own name.

        A request of a browser has headers that no script can omit
        (<https://www.w3.org/TR/fetch-metadata/#sec-prefix>); older browsers are recognized by their name.
        """
        agent = self.headers.get("User-Agent", "")
        is_browser = "Sec-Fetch-Site" in self.headers or agent.startswith(("Mozilla/", "Opera/"))
        return self.server.own_address(self.host) if is_browser else ""

    def _redirect_to_own_address(self, own_address: str) -> None:
        """Redirect a browser to the site's own name; one that may not resolve it gets a page with instructions."""
        target = self._request_target()
        if not (target.startswith("/") and target.isascii() and target.isprintable()):
            raise RefusalError(HTTPStatus.BAD_REQUEST, "the path is not percent-encoded")
        address = own_address + target
        if _RESOLVES_LOCALHOST_NAMES.search(self.headers.get("User-Agent", "")):
            self._send(HTTPStatus.FOUND, b"", "text/plain", {"Location": address, "Cache-Control": "no-store"})
            return
        name = escape(own_address.removeprefix("http://").rpartition(":")[0])
        html = _REDIRECT_PAGE.format(address=escape(address), name=name)
        self._send(HTTPStatus.OK, html.encode(), _HTML, {"Cache-Control": "no-store"})

    def _request_target(self) -> str:
        """Return the request target without scheme and host, which proxies send."""
        match = _ABSOLUTE_FORM.match(self.path)
        if match is None:
            return self.path
        if not self.server.accepts_host(match[1]):
            raise RefusalError(HTTPStatus.FORBIDDEN, _explain_host(match[1]))
        return self.path[match.end(1) :] or "/"

    # What is answered.

    def _answer(self) -> None:
        target, _, query = self._request_target().partition("#")[0].partition("?")
        path = decode_path(target)
        if path == f"{OWN}events":
            self._send_events(query)
        elif path == f"{OWN}live.js":
            self._send(HTTPStatus.OK, _LIVE_SCRIPT.read_bytes(), "text/javascript; charset=utf-8")
        elif path.startswith(f"{ENTRY}/"):
            self._send_page(path, {"Content-Security-Policy": f"script-src {self._live_script()}"})
        else:
            self._answer_from_site(path, query)

    def _answer_from_site(self, path: str, query: str) -> None:
        snapshot = self.server.preview.snapshot
        base = snapshot.base_path
        is_in_site = f"{path}/".startswith(f"{base}/")
        if snapshot.ready and path == "/" and not is_in_site:
            self._redirect(f"{base}/", "")
        elif not snapshot.ready or not is_in_site:
            self._send_missing()
        elif path == base != "":
            self._redirect(f"{base}/", query)
        else:
            self._send_output(path, query)

    def _send_output(self, path: str, query: str) -> None:
        preview = self.server.preview
        address = path.removeprefix(preview.snapshot.base_path)
        output = find_output(preview.folder, address)
        original = preview.snapshot.originals.get(address.lstrip("/"))
        if output is None and original:
            self._redirect(f"{preview.snapshot.base_path}/{original}", "")
        elif output is None:
            self._send_by_rule(path)
        elif output == "":
            self._redirect(f"{path}/", query)
        elif output == "404.html":
            preview.page(output)  # records the request, as for any page
            self._send_missing(self._host_headers(path))
        else:
            self._send_existing(output, path)

    def _send_existing(self, output: str, path: str) -> None:
        """Send an output, with the headers that the host sends with ``path`` if it is a page."""
        if output.endswith((".html", ".htm")):
            self._send_page(output, self._host_headers(path))
        else:
            self._send_file(self.server.preview.folder / output)

    def _send_by_rule(self, path: str) -> None:
        """Answer a request for what is not there as a line of ``_redirects`` says; the missing page without one."""
        preview = self.server.preview
        target, status = preview.snapshot.host_files.redirects.find(path)
        if not target or target == path:
            self._send_missing(self._host_headers(path))
        elif status == HTTPStatus.OK and not is_url(target):
            self._send_rewritten(target)
        else:
            address = target if is_url(target) else "/" + target.lstrip("/\\")
            self._begin_redirect(quote(address, safe=_SAFE_IN_URL))

    def _send_rewritten(self, target: str) -> None:
        """Send the output at another path of the site under the address of the request."""
        preview = self.server.preview
        path = decode_path(target.partition("?")[0])
        output = find_output(preview.folder, path.removeprefix(preview.snapshot.base_path))
        if output:
            self._send_existing(output, path)
        else:
            self._send_missing(self._host_headers(path))

    def _host_headers(self, path: str) -> dict[str, str]:
        """Return the headers that the host sends with the page at ``path``."""
        return self.server.preview.snapshot.host_files.headers_of(path, self._live_script())

    def _live_script(self) -> str:
        return f"http://{self.host}{OWN}live.js"

    def _send_page(self, output: str, headers: Mapping[str, str] | None = None) -> None:
        """Send the page at ``output`` with the live script; the page for a missing output if there is none."""
        page = self.server.preview.page(output)
        if page is None:
            self._send_missing(headers)
        else:
            html, _ = page
            self._send(HTTPStatus.OK, html, _HTML, headers)

    def _send_missing(self, headers: Mapping[str, str] | None = None) -> None:
        preview = self.server.preview
        status = HTTPStatus.NOT_FOUND if preview.snapshot.ready else HTTPStatus.SERVICE_UNAVAILABLE
        self._send(status, preview.missing(), _HTML, headers)

    def _redirect(self, path: str, query: str) -> None:
        if not (query.isascii() and query.isprintable()):
            raise RefusalError(HTTPStatus.BAD_REQUEST, "the query is not percent-encoded")
        # A path that begins with two slashes would lead to another host.
        address = href("/" + path.lstrip("/\\"))
        if query:
            address += f"?{query}"
        self._begin_redirect(address)

    def _begin_redirect(self, address: str) -> None:
        self._send(HTTPStatus.FOUND, b"", "text/plain", {"Location": address})

    def _send_file(self, path: Path) -> None:
        """Send a file unchanged, or the requested range of it (video players request ranges)."""
        try:
            file = open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb")  # noqa: PTH123, SIM115
        except OSError:
            self._send_missing()
            return
        with file:
            self._send_open_file(file, path.name)

    def _send_open_file(self, file: BinaryIO, name: str) -> None:
        status = os.fstat(file.fileno())
        size = status.st_size
        etag = f'"{status.st_mtime_ns:x}-{status.st_ctime_ns:x}-{size:x}-{status.st_ino:x}"'
        headers = {"ETag": etag, "Accept-Ranges": "bytes"}
        content_type = guess_content_type(name)
        if has_current_copy(self.headers, etag):
            self._send(HTTPStatus.NOT_MODIFIED, b"", content_type, headers)
            return
        part = self._requested_part(etag, size)
        if part == NO_PART:
            headers["Content-Range"] = f"bytes */{size}"
            self._send(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b"", content_type, headers)
            return
        if part == WHOLE_FILE:
            start, length = 0, size
            self._begin(HTTPStatus.OK, content_type, length, headers)
        else:
            start, end = part
            length = end - start + 1
            headers["Content-Range"] = f"bytes {start}-{end}/{size}"
            self._begin(HTTPStatus.PARTIAL_CONTENT, content_type, length, headers)
        if self.command != "HEAD":
            self._send_bytes(file, start, length)

    def _requested_part(self, etag: str, size: int) -> tuple[int, int]:
        if self.command == "HEAD" or self.headers.get("If-Range", etag) != etag:
            return WHOLE_FILE
        return parse_range(self.headers.get("Range", ""), size)

    def _send_bytes(self, file: BinaryIO, start: int, length: int) -> None:
        file.seek(start)
        while length > 0 and (chunk := file.read(min(length, _CHUNK))):
            self.wfile.write(chunk)
            length -= len(chunk)
        if length:  # the file became shorter: the client must not take the next response for the rest
            self.close_connection = True
        self.wfile.flush()

    def _send_events(self, query: str) -> None:
        """Send an event stream until the tab is closed."""
        preview = self.server.preview
        tab = parse_tab(query, self.headers.get("Last-Event-ID"), preview.session)
        self.close_connection = True
        self.server.connections.begin_stream(self.connection)
        preview.wake()  # begin_stream may have closed an older stream, which must end now
        try:
            self._begin_events()
            if self.command != "HEAD":
                with suppress(OSError):
                    EventStream(preview, self.client, self.sender, self.wfile).send_states(tab)
        finally:
            self.server.connections.end_stream(self.connection)

    def _begin_events(self) -> None:
        self._begin_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Connection", "close")
        for name, value in _COMMON_HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()

    # How a response is written.

    def _send(
        self, status: HTTPStatus, body: bytes, content_type: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self._begin(status, content_type, len(body), headers or {})
        if getattr(self, "command", "") != "HEAD" and status != HTTPStatus.NOT_MODIFIED:
            self.wfile.write(body)
        self.wfile.flush()

    def _begin(self, status: HTTPStatus, content_type: str, length: int, headers: Mapping[str, str]) -> None:
        """Send the head of a response with a body of ``length`` bytes."""
        self._begin_response(status)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(length))
        for name, value in {**_COMMON_HEADERS, **headers}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _begin_response(self, status: HTTPStatus) -> None:
        self.sender.begin()
        if self.request_version not in {"HTTP/1.0", "HTTP/1.1"}:
            self.request_version = "HTTP/1.0"  # for older versions the base class sends no status line
        self.send_response(status)
