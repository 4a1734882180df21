"""The event stream of an open tab: the state of its page, sent at once and after each change.

The format is that of <https://html.spec.whatwg.org/multipage/server-sent-events.html>.
"""

from __future__ import annotations

import json
import re
import select
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

from blog.preview.request import RefusalError, decode_path, find_output
from blog.preview.state import ENTRY
from blog.site.addresses import output_path

if TYPE_CHECKING:
    from io import BufferedIOBase

    from blog.preview.connections import Connection
    from blog.preview.state import PreviewState
    from blog.preview.timed_streams import Sender

HEARTBEAT = 15.0
"""Seconds of silence after which a stream sends an empty comment, so that the client keeps it open."""
_VERSION = re.compile(r"[0-9]{1,15}", re.ASCII)
_NEWER_THAN_ALL = 1 << 60
"""Stands for the version that a tab has, if it is from another session: no file is reported as changed since."""


class Tab(NamedTuple):
    """What a tab shows when its stream begins."""

    path: str
    """The decoded URL path."""
    tag: str
    """The tag of the page that it shows."""
    version: int
    """The last version of the preview that it has received."""


def parse_tab(query: str, last_event_id: str | None, session: str) -> Tab:
    """Parse the request for an event stream. Raises :class:`RefusalError`."""
    try:
        fields = {name: values[0] for name, values in parse_qs(query, max_num_fields=8).items()}
    except ValueError:
        raise RefusalError(HTTPStatus.BAD_REQUEST, "too many fields") from None
    path = decode_path(fields.get("page", "/"))
    event_id = last_event_id or fields.get("version", "")
    tab_session, _, number = event_id.partition("-")
    version = _NEWER_THAN_ALL
    if tab_session == session and _VERSION.fullmatch(number):
        version = int(number)
    return Tab(path, fields.get("tag", ""), version)


class EventStream:
    """Sends the states of the preview to one tab."""

    def __init__(self, preview: PreviewState, client: Connection, sender: Sender, file: BufferedIOBase) -> None:
        """``file`` buffers what is written to ``sender``."""
        self.preview = preview
        self.client = client
        self.sender = sender
        self.file = file

    def send_states(self, tab: Tab) -> None:
        """Send the state of the page, now and after each change. Raises :class:`OSError` when the tab is closed."""
        path, tag, version = tab
        while True:
            output = find_tab_output(self.preview, path)  # a new file or a new base path changes it
            with self.preview.watching(output):
                state = self.preview.state(output, tag, version)
                tag, version = state["tag"], state["version"]
                self._send(f"id: {self.preview.session}-{version}\ndata: {json.dumps(state)}\n\n")
                self._wait(version)

    def _send(self, text: str) -> None:
        self.sender.begin()
        self.file.write(text.encode())
        self.file.flush()

    def _wait(self, version: int) -> None:
        """Wait for a version other than ``version``. Raises :class:`ConnectionError` when the tab is closed."""
        silent_since = time.monotonic()
        while not self.preview.wait(version, min(1.0, HEARTBEAT), lambda: self.client.is_closed):
            if self._is_over():
                raise ConnectionError
            if time.monotonic() - silent_since > HEARTBEAT:
                silent_since = time.monotonic()
                self._send(":\n\n")

    def _is_over(self) -> bool:
        """Return whether the tab was closed: its connection is at the end of file."""
        if self.client.is_closed:
            return True
        readable, _, _ = select.select([self.client.request], [], [], 0)
        return bool(readable)


def find_tab_output(preview: PreviewState, path: str) -> str:
    """Return the output that a tab at ``path`` shows, or would show; ``""`` if there can be none."""
    base, is_ready = preview.snapshot.base_path, preview.snapshot.ready
    if path.startswith(f"{ENTRY}/"):
        return path
    if not is_ready:
        return ""
    if path == "/":  # redirects to the site
        return "index.html"
    if not path.startswith(f"{base}/") or "//" in path:
        return ""
    site_path = path.removeprefix(base)
    output = find_output(preview.folder, site_path) or output_path(f"{site_path.rstrip('/')}/")
    return "" if output == "404.html" else output
