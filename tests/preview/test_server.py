"""The sockets of the preview: where it listens, how many it serves, by which names."""

import contextlib
import errno
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from blog.preview import server, timed_streams
from blog.preview.server import Server, own_name
from blog.preview.state import PreviewState
from tests.preview.test_handler import ask, events, port, preview

__all__ = ["port", "preview"]


@pytest.mark.parametrize(
    ("listening", "asked", "known"),
    [
        ("0.0.0.0", "192.168.1.7:PORT", True), ("0.0.0.0", "blog.evil:PORT", False), ("0.0.0.0", "localhost:PORT", True),
        ("0.0.0.0", f"{socket.gethostname()}:PORT", True), ("127.0.0.2", "127.0.0.2:PORT", True), ("127.0.0.2", "127.0.0.3:PORT", False),
    ],
)  # fmt: skip
def test_a_server_for_the_network_is_asked_by_number(
    preview: PreviewState, listening: str, asked: str, known: bool
) -> None:
    made = Server(preview, listening, 0, exact=True)
    try:
        assert made.sockets[0].accepts_host(asked.replace("PORT", str(made.address.port))) is known
    finally:
        for listener in made.sockets:
            listener.server_close()


def test_too_many_at_once_give_way_and_the_server_lives(preview: PreviewState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "CONNECTIONS", 5)
    made = Server(preview, "127.0.0.1", 0, exact=True)
    made.start()
    try:
        idle = [socket.create_connection(("127.0.0.1", made.address.port)) for _ in range(8)]
        time.sleep(0.3)
        for connection in idle:
            connection.close()
        end = time.monotonic() + 3
        while time.monotonic() < end:
            with contextlib.suppress(IndexError, OSError):
                if ask(made.address.port, "/").status == 200:
                    break
        assert ask(made.address.port, "/").status == 200
    finally:
        made.stop()


def test_a_taken_port_is_passed_over_unless_it_must_be_that_one(preview: PreviewState) -> None:
    first = Server(preview, "127.0.0.1", 0, exact=True)
    port = first.address.port
    try:
        second = Server(preview, "127.0.0.1", port, exact=False)
        assert second.address.port > port
        for listener in second.sockets:
            listener.server_close()
        with pytest.raises(OSError, match="use") as caught:
            Server(preview, "127.0.0.1", port, exact=True)
        assert caught.value.errno == errno.EADDRINUSE
    finally:
        for listener in first.sockets:
            listener.server_close()


def test_it_listens_on_both_loopback_addresses(port: int) -> None:
    try:
        with socket.create_connection(("::1", port), 2) as connection:
            connection.sendall(f"GET /style.css HTTP/1.1\r\nHost: [::1]:{port}\r\nConnection: close\r\n\r\n".encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
    except OSError as error:
        assert error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.ENETUNREACH}  # noqa: PT017  (no IPv6 here)


OWN = "diary-0123456789ab.localhost"
CHROMIUM = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15"


@contextlib.contextmanager
def running(
    preview: PreviewState, host: str = "127.0.0.1", name: str = "", allowed: tuple[str, ...] = ()
) -> Iterator[int]:
    made = Server(preview, host, 0, exact=True, own_name=name, allowed_hosts=allowed)
    made.start()
    try:
        yield made.address.port
    finally:
        made.stop()


@pytest.mark.parametrize("host", ["127.0.0.1:PORT", "localhost:PORT", "[::1]:PORT", "LOCALHOST:PORT"])
@pytest.mark.parametrize("headers", [{"Sec_Fetch_Site": "none"}, {"User_Agent": CHROMIUM}, {"User_Agent": "Opera/9"}])
@pytest.mark.parametrize("target", ["/posts/a/?q=1", "/style.css", "/_blog/live.js", "/_blog/events?page=/posts/a/"])
def test_a_browser_gets_nothing_by_a_name_that_other_sites_have_too(
    preview: PreviewState, host: str, headers: dict[str, str], target: str
) -> None:
    with running(preview, name=OWN) as port:
        asked = {"User_Agent": "Firefox/1", **headers, "Host": host.replace("PORT", str(port))}
        answer = ask(port, target, **asked)
        assert b"<body>A" not in answer.body
        if "Opera" not in asked["User_Agent"]:
            assert (answer.status, answer.body) == (302, b"")
            assert answer.headers["Location"] == f"http://{OWN}:{port}{target}"
            assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("allowed", "host", "status"),
    [
        ("Blog.example.org", "blog.example.org", 200), ("blog.example.org", "blog.example.org:9000", 200),
        ("blog.example.org:9000", "blog.example.org:9000", 200), ("blog.example.org:9000", "blog.example.org", 403),
        ("blog.example.org", "x.blog.example.org", 403), ("localhost:9000", "localhost:9000", 200),
        ("localhost:9000", "localhost:9001", 403), ("", "blog.example.org", 403),
    ],
)  # fmt: skip
def test_a_name_that_the_author_allows_is_one_of_the_server(
    preview: PreviewState, allowed: str, host: str, status: int
) -> None:
    browser = {"User_Agent": CHROMIUM, "Sec_Fetch_Site": "none", "Sec_Fetch_Mode": "navigate"}
    with running(preview, name=OWN, allowed=(allowed,) if allowed else ()) as port:
        answer = ask(port, "/posts/a/", Host=host, **browser)
        assert answer.status == status
        if status == 200:
            for scheme in ("http", "https"):
                assert ask(port, "/posts/a/", Host=host, Origin=f"{scheme}://{host}").status == 200
            assert ask(port, "/posts/a/", Host=host, Origin=f"https://evil.{host}").status == 403
        else:
            assert answer.body.decode() == (
                f"403 Forbidden: the server does not have the name {host}; "
                f"if it should, start it with --allow-host {host}\n"
            )


def test_what_is_no_host_is_not_repeated(preview: PreviewState) -> None:
    with running(preview) as port:
        assert ask(port, "/", Host="<b>").body == b"403 Forbidden: the request names no host\n"


def test_what_is_no_browser_gets_the_site_by_any_name(preview: PreviewState) -> None:
    with running(preview, name=OWN) as port:
        for host in ("127.0.0.1", "localhost", OWN):
            assert b"<body>A" in ask(port, "/posts/a/", Host=f"{host}:{port}").body


def test_a_browser_gets_the_site_by_its_own_name_and_by_no_other_below_localhost(preview: PreviewState) -> None:
    with running(preview, name=OWN) as port:
        browser = {"User_Agent": CHROMIUM, "Sec_Fetch_Site": "none", "Sec_Fetch_Mode": "navigate"}
        assert ask(port, "/posts/a/", Host=f"{OWN.upper()}:{port}", **browser).status == 200
        assert ask(port, "/posts/a/", Host=f"{OWN}:{port}", Origin=f"http://{OWN}:{port}").status == 200
        assert ask(port, "/posts/a/", Host=f"{OWN}:{port}", Origin=f"http://localhost:{port}").status == 403
        for other in (
            f"x.{OWN}",
            f"x{OWN}",
            f"{OWN}.",
            f"{OWN}.evil",
            "diary.localhost",
            "evil-0123456789ab.localhost",
            "",
        ):
            assert ask(port, "/posts/a/", Host=f"{other}:{port}", **browser).status == 403, other


def test_a_browser_that_may_not_find_the_name_is_told_what_to_do_and_nothing_else(preview: PreviewState) -> None:
    with running(preview, name=OWN) as port:
        answer = ask(port, "/posts/a/?<b>", User_Agent=SAFARI, Sec_Fetch_Site="none")
        assert answer.status == 200
        assert f'<a href="http://{OWN}:{port}/posts/a/?&lt;b&gt;">'.encode() in answer.body
        assert f'<pre>echo "127.0.0.1 {OWN}" | sudo tee -a /etc/hosts</pre>'.encode() in answer.body
        assert b"<body>A" not in answer.body


@pytest.mark.parametrize(
    ("target", "status"), [("//evil/x", 302), ("/\\evil", 302), ("x", 400), ("/\xe4", 400), ("http://evil/", 403)]
)
def test_a_browser_is_led_to_no_other_host(preview: PreviewState, target: str, status: int) -> None:
    with running(preview, name=OWN) as port:
        answer = ask(port, target, User_Agent=CHROMIUM)
        assert answer.status == status
        assert answer.headers.get("Location", f"http://{OWN}:{port}/").startswith(f"http://{OWN}:{port}/")


@pytest.mark.parametrize(
    ("host", "asked", "leads"),
    [("0.0.0.0", "127.0.0.1", True), ("0.0.0.0", "127.0.0.9", True), ("0.0.0.0", "0.0.0.0", True), ("0.0.0.0", "192.168.1.7", False),
     ("127.0.0.1", "127.0.0.1", True), ("127.0.0.2", "127.0.0.2", False)],
)  # fmt: skip
def test_a_name_of_ones_own_is_for_browsers_of_this_machine(
    preview: PreviewState, host: str, asked: str, leads: bool
) -> None:
    made = Server(preview, host, 0, exact=True, own_name=OWN)
    try:
        assert bool(made.sockets[0].own_address(f"{asked}:{made.address.port}")) is leads
    finally:
        for listener in made.sockets:
            listener.server_close()


def test_the_own_name_of_a_site_is_a_host_name_and_the_same_each_time(tmp_path: Path) -> None:
    names = ["Tagebuch \u00fc_2026", "\u65e5\u672c", "a" * 200, "..x", "-", "A.B"]
    for name in names:
        (tmp_path / name).mkdir()
    found = [own_name(tmp_path / name) for name in names]
    assert [name.rpartition("-")[0] for name in found] == ["tagebuch-u-2026", "site", "a" * 40, "x", "site", "a-b"]
    assert all(name.endswith(".localhost") and len(name.split(".")[0]) <= 63 for name in found)
    assert len({name.rpartition("-")[2] for name in found}) == len(names)
    assert [own_name(tmp_path / name) for name in names] == found
    (tmp_path / "link").symlink_to(tmp_path / names[0])
    assert own_name(tmp_path / "link") == found[0]


@pytest.mark.parametrize(
    "headers",
    [
        {"Service_Worker": "script"},
        {"SERVICE_WORKER": "SCRIPT"},
        {"Service_Worker": "x"},
        {"Sec_Fetch_Dest": "serviceworker"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("name", ["127.0.0.1", OWN])
def test_a_service_worker_gets_no_script(
    preview: PreviewState, headers: dict[str, str], method: str, name: str
) -> None:
    with running(preview, name=OWN) as port:
        answer = ask(port, "/style.css", method, Host=f"{name}:{port}", Sec_Fetch_Site="same-origin", **headers)
        assert answer.status == 403
        if method == "GET":
            assert answer.body.decode() == (
                "403 Forbidden: a service worker would stay in the browser and could read what is shown here next; "
                "readers of the built site get it\n"
            )


# Places


def hoard(port: int, count: int, data: bytes) -> list[socket.socket]:
    """Connections that send `data` and then nothing."""
    made = []
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port), 10)
        connection.sendall(data)
        made.append(connection)
    return made


@pytest.mark.parametrize(
    "data",
    [
        b"", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"GET / HTT", b"GET / HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n",
        b"GET /large.bin HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n", b"GET /_blog/events?page=/ HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n",
    ],
)  # fmt: skip
def test_honest_requests_are_answered_beside_those_who_hold_all_places(
    preview: PreviewState, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    monkeypatch.setattr(server, "CONNECTIONS", 30)
    monkeypatch.setattr(server, "STREAMS", 20)
    (preview.folder / "large.bin").write_bytes(bytes(8_000_000))
    with running(preview) as port:
        held = hoard(port, 60, data.replace(b"PORT", str(port).encode()))
        try:
            for _ in range(20):
                assert ask(port, "/posts/a/").status == 200
            assert b"data: " in events(port, "page=/", lambda found: b"data: " in found)
        finally:
            for connection in held:
                connection.close()


def test_honest_requests_are_answered_beside_those_who_come_again_and_again(
    preview: PreviewState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "CONNECTIONS", 30)
    ended = threading.Event()

    def hog(port: int) -> None:
        while not ended.is_set():
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 3) as connection:
                connection.sendall(b"GET / HTTP/1.1\r\n")
                connection.recv(1)

    with running(preview) as port:
        threads = [threading.Thread(target=hog, args=(port,)) for _ in range(60)]
        for thread in threads:
            thread.start()
        try:
            assert [ask(port, "/posts/a/").status for _ in range(15)] == [200] * 15
        finally:
            ended.set()
    for thread in threads:
        thread.join(10)


def test_with_too_many_streams_the_oldest_gives_way(preview: PreviewState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "CONNECTIONS", 20)
    monkeypatch.setattr(server, "STREAMS", 3)
    with running(preview) as port:
        request = f"GET /_blog/events?page=/ HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()
        held = []
        for _ in range(4):
            held += hoard(port, 1, request)
            assert held[-1].recv(65536).startswith(b"HTTP/1.1 200")
        held[0].settimeout(3)
        while held[0].recv(65536):
            pass
        preview.publish(building="")
        assert all(b"data: " in connection.recv(65536) for connection in held[1:])
        for connection in held:
            connection.close()


def sip(connection: socket.socket) -> None:
    for _ in range(140):
        assert connection.recv(1000)
        time.sleep(0.05)


def test_an_answer_has_a_least_speed(preview: PreviewState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timed_streams, "WINDOW", 2.5)
    monkeypatch.setattr(timed_streams, "SPEED", 400_000)
    (preview.folder / "large.bin").write_bytes(bytes(8_000_000))
    with running(preview) as port, socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.settimeout(5)
        slow.connect(("127.0.0.1", port))
        slow.sendall(f"GET /large.bin HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
        with pytest.raises(ConnectionError):
            sip(slow)
        assert len(ask(port, "/large.bin").body) == 8_000_000


def test_a_film_that_was_paused_goes_on_by_asking_for_the_rest(
    preview: PreviewState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timed_streams, "WINDOW", 0.2)
    film = bytes(range(256)) * 20_000
    (preview.folder / "long.mp4").write_bytes(film)
    with running(preview) as port:
        (paused,) = hoard(port, 1, f"GET /long.mp4 HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
        time.sleep(0.6)
        paused.close()
        answer = ask(port, "/long.mp4", Range="bytes=1000000-")
        assert (answer.status, answer.body) == (206, film[1000000:])


def test_a_stream_whose_client_never_reads_or_resets_is_ended(
    preview: PreviewState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timed_streams, "WINDOW", 0.2)
    (preview.folder / "index.html").write_text("x" * 3_000_000, encoding="utf-8")
    with running(preview) as port:
        request = f"GET /_blog/events?page=/ HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()
        held = hoard(port, 2, request)
        held[0].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, bytes([1, 0, 0, 0, 0, 0, 0, 0]))
        held[0].close()
        end = time.monotonic() + 5
        while preview.visible_outputs() and time.monotonic() < end:
            time.sleep(0.02)
        assert preview.visible_outputs() == frozenset()
        held[1].close()
