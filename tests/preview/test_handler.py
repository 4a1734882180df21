"""The preview, asked by raw bytes: right answers, and nothing for those who should get nothing."""

import contextlib
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec import structs

from blog.output.folder import Changes
from blog.preview import event_stream, server, timed_streams
from blog.preview.request import find_output, parse_range
from blog.preview.server import Server
from blog.preview.state import PreviewState
from tests.support.planning import empty_plan

SECRET = b"what nobody may read"


@pytest.fixture
def preview(tmp_path: Path) -> PreviewState:
    folder = tmp_path / "site/.blog/preview"
    files = {
        "index.html": "<body>Home</body>", "404.html": "<body>Nothing here</body>", "posts/a/index.html": "<body>A</body>",
        "about.html": "<body>About</body>", "style.css": "a {}", "film.mp4": "0123456789", "posts/ä b/index.html": "<body>B</body>",
        ".well-known/x.txt": "known", "_redirects": "hidden", "_headers": "hidden", ".blog-manifest": "hidden", "empty": "", "Bild \u202f\u200d.css": "a {}",
        "feed.xml": "<rss/>", "a.unknown": "?", "only/folder/x.txt": "x",
    }  # fmt: skip
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for name in (
        "site/blog.toml",
        "site/content/posts/a.md",
        "site/.blog/cache.sqlite3",
        "site/.blog/preview-2/index.html",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(SECRET)
    (folder / "link.txt").symlink_to(tmp_path / "site/blog.toml")
    (folder / "out").symlink_to(tmp_path / "site/content")
    os.mkfifo(folder / "pipe")
    made = PreviewState(folder)
    made.publish(ready=True, building="")
    return made


@pytest.fixture
def port(preview: PreviewState) -> Iterator[int]:
    made = Server(preview, "127.0.0.1", 0, exact=True)
    made.start()
    yield made.address.port
    made.stop()


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def raw(port: int, data: bytes, seconds: float = 5) -> bytes:
    """All that comes back, until the server closes or is silent."""
    with socket.create_connection(("127.0.0.1", port), seconds) as connection:
        connection.sendall(data)
        found = b""
        with contextlib.suppress(TimeoutError, ConnectionError):
            while chunk := connection.recv(65536):
                found += chunk
        return found


def ask(port: int, target: str, method: str = "GET", **headers: str) -> Answer:
    lines = {
        "Host": f"127.0.0.1:{port}",
        "Connection": "close",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    found = raw(port, f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode())
    top, _, body = found.partition(b"\r\n\r\n")
    first, *rest = top.decode("latin-1").split("\r\n")
    return Answer(int(first.split()[1]), dict(line.split(": ", 1) for line in rest), body)


def test_a_page_is_its_file_with_what_the_preview_adds_where_no_author_writes(port: int, preview: PreviewState) -> None:
    answer = ask(port, "/posts/a/")
    assert answer.status == 200
    assert answer.body.startswith(b'<script src="/_blog/live.js" data-page="{&quot;session&quot;')
    assert answer.body.endswith(b" defer></script><body>A</body>")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert (preview.folder / "posts/a/index.html").read_text("utf-8") == "<body>A</body>"


@pytest.mark.parametrize(
    ("target", "status", "location"),
    [
        ("/", 200, ""), ("/?x=1#y", 200, ""), ("/posts/a", 302, "/posts/a/"), ("/posts/a?q=%20", 302, "/posts/a/?q=%20"), ("/about", 200, ""),
        ("/about.html", 200, ""), ("/posts/%C3%A4%20b/", 200, ""), ("/posts/%c3%a4%20b", 302, "/posts/%C3%A4%20b/"),
        ("/nothing", 404, ""), ("/posts/", 404, ""), ("/posts", 404, ""), ("/style.css/", 404, ""), ("/only/folder", 404, ""),
        ("/404.html", 404, ""), ("/posts/a#x", 302, "/posts/a/"), ("http://localhost:PORT/posts/a", 302, "/posts/a/"),
        ("http://localhost:PORT", 200, ""), ("http://evil/posts/a", 403, ""), ("/posts/a?%00", 302, "/posts/a/?%00"),
        ("/posts/a?\x00", 400, ""), ("/posts/a?\xe4", 400, ""), ("/Bild%20%E2%80%AF%E2%80%8D.css", 200, ""), ("//posts/a", 302, "/posts/a/"), ("/posts//a/", 404, ""), ("/.well-known/x.txt", 200, ""),
    ],
)  # fmt: skip
def test_addresses_are_those_of_a_static_host(port: int, target: str, status: int, location: str) -> None:
    answer = ask(port, target.replace("PORT", str(port)))
    assert (answer.status, answer.headers.get("Location", "")) == (status, location)


def test_what_is_missing_gets_the_sites_own_page(port: int, preview: PreviewState) -> None:
    assert b"Nothing here" in ask(port, "/nothing").body
    assert b"data-missing" in ask(port, "/nothing").body
    (preview.folder / "404.html").unlink()
    assert ask(port, "/nothing").status == 404


def test_before_there_is_a_site_everything_says_so(port: int, preview: PreviewState) -> None:
    preview.publish(ready=False, building="reading 0 of 10")
    answer = ask(port, "/nothing")
    assert answer.status == 503
    assert b"<p>Building" in answer.body


@pytest.mark.parametrize(
    ("name", "kind"),
    [("style.css", "text/css; charset=utf-8"), ("film.mp4", "video/mp4"), ("feed.xml", "application/xml; charset=utf-8"),
     ("a.unknown", "application/octet-stream"), ("empty", "application/octet-stream")],
)  # fmt: skip
def test_other_files_are_sent_as_they_are_with_their_type(
    port: int, preview: PreviewState, name: str, kind: str
) -> None:
    answer = ask(port, f"/{name}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, kind)
    assert answer.body == (preview.folder / name).read_bytes()
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    again = ask(port, f"/{name}", If_None_Match=answer.headers["ETag"])
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("base", ["", "/base"])
def test_in_place_of_a_version_of_an_image_that_is_not_made_yet_the_image_is_shown(
    port: int, preview: PreviewState, base: str
) -> None:
    preview.publish(base_path=base, originals={"assets/p-480.1.webp": "posts/a/p ü.png", "style.css": "posts/a/p.png"})
    answer = ask(port, f"{base}/assets/p-480.1.webp")
    assert (answer.status, answer.headers["Location"]) == (302, f"{base}/posts/a/p%20%C3%BC.png")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert ask(port, f"{base}/style.css").status == 200
    assert ask(port, f"{base}/assets/q-480.1.webp").status == 404


def test_a_file_that_changed_within_a_second_is_sent_anew(port: int, preview: PreviewState) -> None:
    tag = ask(port, "/style.css").headers["ETag"]
    (preview.folder / "style.css").write_text("b {}", encoding="utf-8")
    assert ask(port, "/style.css", If_None_Match=tag).body == b"b {}"


@pytest.mark.parametrize(
    ("asked", "status", "body", "said"),
    [
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"), ("bytes=7-", 206, b"789", "bytes 7-9/10"), ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=0-99", 206, b"0123456789", "bytes 0-9/10"), ("bytes=10-", 416, b"", "bytes */10"), ("bytes=-0", 416, b"", "bytes */10"),
        ("bytes=5-2", 200, b"0123456789", ""), ("bytes=1-2,4-5", 200, b"0123456789", ""), ("lines=1-2", 200, b"0123456789", ""),
        ("bytes=-", 200, b"0123456789", ""), (f"bytes={'9' * 5000}-", 200, b"0123456789", ""),
    ],
)  # fmt: skip
def test_players_of_films_get_the_part_that_they_ask_for(
    port: int, asked: str, status: int, body: bytes, said: str
) -> None:
    answer = ask(port, "/film.mp4", Range=asked)
    assert (answer.status, answer.body, answer.headers.get("Content-Range", "")) == (status, body, said)


def test_an_empty_file_has_no_parts() -> None:
    assert parse_range("bytes=0-0", 0) == (1, 0)
    assert parse_range("bytes=-1", 0) == (1, 0)


@pytest.mark.parametrize("target", ["/", "/style.css", "/nothing", "/posts/a", "/_blog/live.js", "/_blog/events"])
def test_head_is_get_without_the_body(port: int, target: str) -> None:
    head = ask(port, target, "HEAD")
    assert head.body == b""
    if "events" not in target:
        whole = ask(port, target)
        assert (head.status, head.headers["Content-Length"]) == (whole.status, whole.headers["Content-Length"])


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "get", "FROB", "CONNECT"])
def test_other_methods_are_refused(port: int, method: str) -> None:
    answer = ask(port, "/", method)
    assert (answer.status, answer.headers["Allow"], answer.headers["Connection"]) == (405, "GET, HEAD", "close")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:PORT", "127.0.0.1", "127.0.0.1:1", "localhost.evil:PORT", "[::1]:1", "127.0.0.1:PORT, x",
                                  "127.0.0.1:PORT@evil", ":PORT", "x\u00e9:PORT", "localhost:0PORT", "[::1%a]:PORT", ""])  # fmt: skip
def test_who_asks_for_another_host_is_turned_away(port: int, host: str) -> None:
    assert ask(port, "/", Host=host.replace("PORT", str(port))).status == 403


@pytest.mark.parametrize("host", ["127.0.0.1:PORT", "localhost:PORT", "LocalHost:PORT", "[::1]:PORT"])
def test_its_own_names_are_known(port: int, host: str) -> None:
    assert ask(port, "/", Host=host.replace("PORT", str(port))).status == 200


def test_two_hosts_are_none(port: int) -> None:
    head = f"GET / HTTP/1.1\r\nHost: localhost:{port}\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
    assert raw(port, head.encode()).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:PORT", "http://127.0.0.1", "http://localhost:PORT"]
)
def test_who_comes_from_another_site_is_turned_away(port: int, origin: str) -> None:
    assert ask(port, "/_blog/events", Origin=origin.replace("PORT", str(port))).status == 403


def test_its_own_pages_may_ask(port: int) -> None:
    assert ask(port, "/style.css", Origin=f"http://127.0.0.1:{port}").status == 200


OUTSIDE = [
    "/../blog.toml", "/%2e%2e/blog.toml", "/..%2fblog.toml", "/posts/../../blog.toml", "/%2e%2e%2f%2e%2e%2fcontent/posts/a.md",
    "/..%5cblog.toml", "/..\\blog.toml", "/%252e%252e/blog.toml", "/link.txt", "/out/posts/a.md", "/out/", "/.blog-manifest",
    "/_redirects", "/_headers", "/../preview-2/index.html", "/../preview-2/", "/../cache.sqlite3", "/pipe", "/./link.txt", "//../blog.toml",
    "/.well-known/../.blog-manifest", "/.well-known/../../cache.sqlite3", "/posts/%2e/a/", "/\u2025/blog.toml", "/_blog/../link.txt",
    "/_blog/entry/../../../blog.toml", "/_blog/entry/link.txt", "/_blog/live.js/../../blog.toml", "/_blog/serve.py", "/_blog/",
]  # fmt: skip


@pytest.mark.parametrize("target", OUTSIDE)
def test_nothing_is_given_out_but_regular_files_of_the_preview(port: int, target: str) -> None:
    answer = ask(port, target)
    assert answer.status in {400, 404}
    assert SECRET not in answer.body
    assert b"hidden" not in answer.body


@pytest.mark.parametrize("target", ["/%00", "/a%0a", "/%ff", "*", "x", "/%c0%ae%c0%ae/blog.toml", "/a%7fb"])
def test_what_is_no_path_is_a_bad_request(port: int, target: str) -> None:
    assert ask(port, target).status == 400


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\r\n\r\n\r\n", b""), (b"GET\r\n\r\n", b"400"), (b"GET / HTTP/9.9\r\n\r\n", b"505"), (b"GET / FTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n\r\n", b"403"), (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", b"431"), (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"431"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b""), (b"\xff" * 100 + b"\r\n\r\n", b"400"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"505"), (b"GET / HTTP/1.1\nHost: x\n\n", b"403"), (b" GET / HTTP/1.1\r\n\r\n", b"403"),
    ],
)  # fmt: skip
def test_nonsense_is_answered_in_one_line_or_not_at_all(
    port: int, data: bytes, status: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timed_streams, "PATIENCE", 0.3)
    found = raw(port, data, 2)
    assert status in found.split(b"\r\n")[0]
    assert b"Traceback" not in found
    assert ask(port, "/").status == 200


def test_a_body_is_not_taken_for_the_next_request(port: int) -> None:
    inner = b"GET /style.css HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head = f"GET / HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: {len(inner)}\r\n\r\n".encode()
    assert raw(port, head + inner).count(b"HTTP/1.1 ") == 1


def test_one_connection_takes_many_requests(port: int) -> None:
    one = f"GET /style.css HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"
    last = one.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
    assert raw(port, (one * 5 + last).encode()).count(b"HTTP/1.1 200 OK") == 6


def test_who_sends_too_slowly_is_not_waited_for(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timed_streams, "PATIENCE", 0.4)
    started = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), 5) as connection, contextlib.suppress(ConnectionError):
        for byte in b"GET / HTTP/1.1\r\n" * 10:
            connection.sendall(bytes([byte]))
            time.sleep(0.05)
            if time.monotonic() - started > 2:
                break
        assert connection.recv(10) == b""
    assert time.monotonic() - started < 3


def test_a_part_is_of_the_version_that_is_known_or_it_is_the_whole(port: int) -> None:
    tag = ask(port, "/film.mp4").headers["ETag"]
    assert ask(port, "/film.mp4", Range="bytes=2-4", If_Range=tag).status == 206
    assert ask(port, "/film.mp4", Range="bytes=2-4", If_Range='"other"').status == 200
    assert ask(port, "/film.mp4", "HEAD", Range="bytes=2-4").status == 200
    assert ask(port, "/film.mp4", If_None_Match=f'"other", {tag}').status == 304


@pytest.mark.parametrize(
    ("site", "mode", "status"),
    [
        ("cross-site", "no-cors", 403),
        ("same-site", "cors", 403),
        ("cross-site", "navigate", 200),
        ("same-origin", "cors", 200),
        ("none", "navigate", 200),
    ],
)
def test_another_site_may_lead_here_but_not_use_what_is_here(port: int, site: str, mode: str, status: int) -> None:
    assert ask(port, "/style.css", Sec_Fetch_Site=site, Sec_Fetch_Mode=mode).status == status


@pytest.mark.parametrize(
    "head", ["junk\r\nOrigin: http://evil", "Content-Length: 0\r\nContent-Length: 9", "Content-Length: x"]
)
def test_a_head_that_can_be_read_in_two_ways_ends_the_connection(port: int, head: str) -> None:
    found = raw(
        port, f"GET /style.css HTTP/1.1\r\nHost: localhost:{port}\r\n{head}\r\n\r\nGET / HTTP/1.1\r\n\r\n".encode()
    )
    assert found.count(b"HTTP/1.1 ") == 1
    assert b"Connection: close" in found


def test_a_head_of_megabytes_is_not_read(port: int) -> None:
    lines = b"".join(b"X%d: %s\r\n" % (number, b"a" * 60_000) for number in range(90))
    with contextlib.suppress(ConnectionError):
        assert raw(port, b"GET / HTTP/1.1\r\n" + lines + b"\r\n") == b""


@pytest.mark.parametrize(
    "page",
    ["/../../", "/../../content/posts/a", "/out/", "/d/", "/film.mp4", "/style.css", "/.hidden/", "/%2e%2e/", "/pipe"],
)
def test_a_stream_gives_out_pages_of_the_preview_only(port: int, preview: PreviewState, page: str) -> None:
    (preview.folder / "d").mkdir()
    secret = preview.folder.parent.parent / "index.html"
    secret.write_bytes(SECRET)
    (preview.folder / "d/index.html").symlink_to(secret)
    found = events(port, f"page={page}", lambda found: b"data: " in found and found.endswith(b"\n\n"))
    assert b'"tag": ""' in found
    assert SECRET not in found


def test_a_missing_page_that_is_a_link_is_not_followed(port: int, preview: PreviewState) -> None:
    (preview.folder / "404.html").unlink()
    (preview.folder / "404.html").symlink_to(preview.folder.parent.parent / "blog.toml")
    assert SECRET not in ask(port, "/nothing").body


def test_a_page_whose_address_is_not_ascii_has_a_stream_too(port: int) -> None:
    found = events(
        port, "page=%2Fposts%2F%25C3%25A4%2520b%2F", lambda found: b"data: " in found and found.endswith(b"\n\n")
    )
    assert b"<body>B" in found


def test_tabs_that_were_closed_make_room_at_once(preview: PreviewState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "CONNECTIONS", 10)
    monkeypatch.setattr(server, "STREAMS", 5)
    made = Server(preview, "127.0.0.1", 0, exact=True)
    made.start()
    port = made.address.port
    try:
        for _ in range(5):
            events(port, "page=/", lambda found: b"data: " in found)
        assert ask(port, "/").status == 200
        end = time.monotonic() + 4
        while not events(port, "page=/", lambda found: b"data: " in found or b"503" in found).startswith(
            b"HTTP/1.1 200"
        ):
            assert time.monotonic() < end
    finally:
        made.stop()


@pytest.mark.parametrize(
    ("written", "asked"), [("/blög", "/bl%C3%B6g"), ("/bl%C3%B6g", "/bl%C3%B6g"), ("/日本/x", "/%E6%97%A5%E6%9C%AC/x")]
)
def test_a_site_may_lie_below_any_path(port: int, preview: PreviewState, written: str, asked: str) -> None:
    plan = empty_plan()
    preview.show(plan, Changes((), (), (), 0), written)
    assert ask(port, "/").headers["Location"] == f"{asked}/"
    assert ask(port, f"{asked}/posts/a").headers["Location"] == f"{asked}/posts/a/"
    assert ask(port, f"{asked}/posts/a/").status == 200


def test_what_an_earlier_server_left_is_not_shown(port: int, preview: PreviewState) -> None:
    preview.publish(ready=False)
    assert ask(port, "/posts/a/").status == 503


def test_a_site_below_a_path_is_served_below_it(port: int, preview: PreviewState) -> None:
    preview.publish(base_path="/blog")
    assert ask(port, "/").headers["Location"] == "/blog/"
    assert ask(port, "/blog").headers["Location"] == "/blog/"
    assert ask(port, "/blog/posts/a").headers["Location"] == "/blog/posts/a/"
    assert (ask(port, "/blog/posts/a/").status, ask(port, "/posts/a/").status, ask(port, "/blogs/").status) == (
        200,
        404,
        404,
    )
    assert ask(port, "/_blog/live.js").status == 200


def events(port: int, query: str, heard: Callable[[bytes], bool], seconds: float = 5, **headers: str) -> bytes:
    """What a stream of events says, until `heard`."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    found = b""
    with socket.create_connection(("127.0.0.1", port), seconds) as connection:
        connection.sendall(f"GET /_blog/events?{query} HTTP/1.1\r\nHost: localhost:{port}\r\n{more}\r\n".encode())
        with contextlib.suppress(TimeoutError):
            while not heard(found) and (chunk := connection.recv(65536)):
                found += chunk
    return found


def test_a_tab_is_told_at_once_and_at_every_version(port: int, preview: PreviewState) -> None:
    threading.Timer(0.2, lambda: preview.publish(building="")).start()
    found = events(port, "page=/posts/a/", lambda found: found.count(b"\n\n") >= 2)
    assert found.count(b"data: ") == 2
    assert f"id: {preview.session}-2\n".encode() in found
    assert b"<body>A" in found.split(b"\n\n")[0]
    assert b"text/event-stream" in found
    assert b'"html"' not in found.split(b"\n\n")[1]  # the page is as it was


@pytest.mark.parametrize(
    "query",
    [
        "",
        "page=",
        "page=x",
        "page=/../../x",
        "page=/%00",
        "page=/nothing",
        "version=9-9",
        "&".join(["a=b"] * 50),
        "page=%ff&tag=%00",
    ],
)
def test_a_stream_with_odd_wishes_is_harmless(port: int, query: str) -> None:
    found = raw(port, f"GET /_blog/events?{query} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode(), 0.5)
    assert SECRET not in found
    assert ask(port, "/").status == 200


def test_files_that_changed_since_are_named_to_a_tab_of_this_session_only(port: int, preview: PreviewState) -> None:
    version = preview.snapshot.version
    preview.snapshot = structs.replace(preview.snapshot, files={"style.css": version + 1}, version=version + 1)
    for asked, named in (
        (f"{preview.session}-{version}", True),
        (f"{preview.session}-{version + 1}", False),
        ("other-0", False),
        ("x", False),
    ):
        found = events(port, f"page=/&version={asked}", lambda found: b"data: " in found and found.endswith(b"\n\n"))
        assert (b'"files": ["/style.css"]' in found) is named
    found = events(
        port,
        "page=/",
        lambda found: b"data: " in found and found.endswith(b"\n\n"),
        Last_Event_ID=f"{preview.session}-0",
    )
    assert b'"files": ["/style.css"]' in found


def test_a_silent_stream_says_that_it_lives_and_is_forgotten_when_the_tab_goes(
    port: int, preview: PreviewState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "HEARTBEAT", 0.05)
    assert b"\n:\n\n" in events(port, "page=/posts/a/", lambda found: b"\n:\n\n" in found)
    end = time.monotonic() + 3
    while preview.visible_outputs() and time.monotonic() < end:
        time.sleep(0.02)
    assert preview.visible_outputs() == frozenset()


def test_a_name_that_is_too_long_is_not_found(tmp_path: Path) -> None:
    assert find_output(tmp_path, "/" + "a" * 5000) is None


def test_thousands_of_broken_requests_leave_nothing_behind(
    port: int, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timed_streams, "PATIENCE", 0.05)
    chance = random.Random(4)
    good = f"GET /posts/a/ HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode()
    pieces = [b"..", b"%2e", b"/", b"\\", b"%00", b"\r\n", b"\0", b"\xff", b"HTTP/1.1", b"Host: ", b":", b" ", b"%", b"GET ", b"_blog/", b"out/",
              b"link.txt", b"Range: bytes=0-\r\n", b"Content-Length: -1\r\n", b"Transfer-Encoding: chunked\r\n", b"a" * 3000]  # fmt: skip
    before = threading.active_count()
    for _ in range(int(os.environ.get("BLOG_REQUESTS") or 500)):
        data = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(data))
            data[at : at + chance.randint(0, 3)] = chance.choice(pieces)
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2) as connection:
            connection.sendall(bytes(data[: chance.choice([len(data), chance.randrange(len(data))])]))
            if chance.random() < 0.7:
                found = connection.recv(1 << 20)
                assert SECRET not in found
                assert b"Traceback" not in found
                assert not found or found.startswith(b"HTTP/1.1 ")
    assert ask(port, "/").status == 200
    end = time.monotonic() + 5
    while threading.active_count() > before + 2 and time.monotonic() < end:
        time.sleep(0.05)
    assert threading.active_count() <= before + 2
    assert capfd.readouterr().err == ""


REDIRECTS = """\
/old/* /posts/:splat 301!
/away https://example.org/x?y=%C3%A4 302
/loop /loop 301
/shadow /about.html 200
/gone /nowhere 200
/data /feed.xml 200
/posts/a/ /about 301
/only-some /about 301 Country=de
/evil //evil.org/ 301
"""


def with_host_files(preview: PreviewState, headers: str = "", redirects: str = "") -> None:
    (preview.folder / "_headers").write_text(headers, encoding="utf-8")
    (preview.folder / "_redirects").write_text(redirects, encoding="utf-8")
    preview.show(empty_plan(), Changes((), ("_headers", "_redirects"), (), 0), "")


@pytest.mark.parametrize(
    ("path", "status", "place"),
    [
        ("/old/a", 302, "/posts/a"), ("/away", 302, "https://example.org/x?y=%C3%A4"), ("/loop", 404, None),
        ("/gone", 404, None), ("/only-some", 404, None), ("/posts/a/", 200, None), ("/evil", 302, "/evil.org/"),
    ],
)  # fmt: skip
def test_a_line_of_redirects_answers_for_what_is_not_there(
    preview: PreviewState, port: int, path: str, status: int, place: str | None
) -> None:
    with_host_files(preview, redirects=REDIRECTS)
    answer = ask(port, path)
    assert (answer.status, answer.headers.get("Location")) == (status, place)


def test_a_rewritten_path_has_the_page_or_file_of_its_target(preview: PreviewState, port: int) -> None:
    with_host_files(preview, redirects=REDIRECTS)
    assert b"<body>About</body>" in ask(port, "/shadow").body
    assert ask(port, "/data").body == b"<rss/>"


def test_pages_have_the_headers_of_the_host_and_files_and_the_preview_keep_theirs(
    preview: PreviewState, port: int
) -> None:
    with_host_files(preview, "/*\n  Referrer-Policy: no-referrer\n  Content-Security-Policy: default-src 'none'\n")
    for path in ("/", "/posts/a/", "/missing"):
        answer = ask(port, path)
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src http://")
        assert answer.headers["Cache-Control"] == "no-cache"
    assert "referrer-policy" not in ask(port, "/style.css").headers
    with_host_files(preview)
    assert "referrer-policy" not in ask(port, "/").headers
