"""What other sites answer, in every way in which they fail."""

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from blog.check import external_links, http_client
from blog.check.external_links import Answer
from blog.check.hosts import Network, is_local, is_public
from tests.support.strangers import ANYWHERE, Strangers, shorten_waits, strangers

ask = partial(external_links.request, network=ANYWHERE)
ask_all = partial(external_links.request_all, network=ANYWHERE)


def _no_address(host: str) -> Sequence[str]:
    raise socket.gaierror(socket.EAI_NONAME, host)


NOWHERE = Network(_no_address)
"""Where no name has an address, as behind a proxy."""


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Strangers]:
    """A server of strangers, and a hurry."""
    shorten_waits(monkeypatch, retry=0.05, pause=0.05, timeout=0.4, link=3)
    with strangers() as server:
        yield server


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("200", Answer("alive", "it answers 200 OK")),
        ("204", Answer("alive", "it answers 204 No Content")),
        ("299", Answer("alive", "it answers 299")),
        ("200?q=a b&ü=é", Answer("alive", "it answers 200 OK")),
        ("200#part", Answer("alive", "it answers 200 OK")),
        ("get/405", Answer("alive", "it answers 200 OK")),
        ("get/404", Answer("alive", "it answers 200 OK")),
        ("get/501", Answer("alive", "it answers 200 OK")),
        ("body", Answer("alive", "it answers 200 OK")),
        ("second/503", Answer("alive", "it answers 200 OK")),
        ("second/408", Answer("alive", "it answers 200 OK")),
        ("cookie", Answer("alive", "it answers 200 OK")),
        ("utf8", Answer("alive", "it answers 200 OK")),
        ("deaf", Answer("alive", "it answers 200 OK")),
        ("404", Answer("dead", "it answers 404 Not Found")),
        ("410", Answer("dead", "it answers 410 Gone")),
        ("401", Answer("barred", "it answers 401 Unauthorized")),
        ("403", Answer("barred", "it answers 403 Forbidden")),
        ("451", Answer("barred", "it answers 451 Unavailable For Legal Reasons")),
        ("999", Answer("barred", "it answers 999")),
        ("500", Answer("failing", "it answers 500 Internal Server Error")),
        ("503", Answer("failing", "it answers 503 Service Unavailable")),
        ("429", Answer("failing", "it answers 429 Too Many Requests")),
        ("to/302/200", Answer("alive", "it answers 200 OK")),
        ("to/307/to/301/200", Answer("alive", "it answers 200 OK")),
        ("to/301/404", Answer("dead", "it answers 404 Not Found")),
        ("to/302/403", Answer("barred", "it answers 403 Forbidden")),
        ("to/301/nowhere", Answer("dead", "it answers 301 Moved Permanently, but not where to")),
        ("round", Answer("dead", "it redirects in a circle")),
        ("on/1", Answer("dead", "it redirects more than 10 times")),
        ("away/file@///etc/passwd", Answer("dead", 'it redirects to "file:///etc/passwd"')),
        ("away/ftp@//x.org/a", Answer("dead", 'it redirects to "ftp://x.org/a"')),
        ("silence", Answer("failing", "it does not answer in time", is_network=True, is_enough=True)),
        ("drip", Answer("failing", "it does not answer in time", is_network=True)),
        ("hangup", Answer("failing", "it ends the connection, or does not speak HTTP", is_network=True)),
        ("reset", Answer("failing", "it ends the connection, or does not speak HTTP", is_network=True)),
        ("garbage", Answer("failing", "it ends the connection, or does not speak HTTP", is_network=True)),
        ("heads", Answer("failing", "it ends the connection, or does not speak HTTP", is_network=True)),
        ("long", Answer("failing", "it ends the connection, or does not speak HTTP", is_network=True)),
    ],
)
def test_every_kind_of_answer(there: Strangers, path: str, answer: Answer) -> None:
    assert ask(f"{there.url}/{path}") == answer


@pytest.mark.parametrize("path", ["to/301/200", "to/308/200", "to/301/to/308/200"])
def test_what_has_moved_for_good_says_where_to(there: Strangers, path: str) -> None:
    assert ask(f"{there.url}/{path}#part") == Answer("moved", "it answers 200 OK", f"{there.url}/200")


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("http://", Answer("dead", "this is no address (it names no host)")),
        ("http://[", Answer("dead", "this is no address (Invalid IPv6 URL)")),
        ("http://x:99999/", Answer("dead", "this is no address (Port out of range 0-65535)")),
        ("http://x:0/", Answer("dead", "this is no address (there is no port 0)")),
        ("http://x%y/", Answer("dead", "this is no address (the name of a host has no %)")),
        ("http://[fe80::1%25eth0]/", Answer("dead", "this is no address (the name of a host has no %)")),
        ("http://nobody.invalid/", Answer("dead", "there is no such host", is_network=True, is_enough=True)),
    ],
)
def test_what_is_no_address(there: Strangers, url: str, answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert ask(url) == answer


@pytest.mark.parametrize("host", ["a" * 64 + ".é", "é..x", "x\u200b.é", "\udcff", "a b"])
def test_no_host_name_raises(there: Strangers, host: str) -> None:
    assert ask(f"http://{host}/").verdict in {"dead", "failing"}


def test_a_name_server_that_does_not_answer_says_nothing_of_the_host(
    there: Strangers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    assert ask("http://x.example/") == Answer("failing", "there is no such host", is_network=True, is_enough=True)


def test_a_port_where_nobody_listens(there: Strangers) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        assert ask(url) == Answer("failing", "it refuses connections", is_network=True, is_enough=True)


def test_head_comes_first_and_get_only_where_it_is_not_liked(there: Strangers) -> None:
    ask(f"{there.url}/200")
    ask(f"{there.url}/get/405")
    assert there.asked == [("HEAD", "/200"), ("HEAD", "/get/405"), ("GET", "/get/405")]


def test_who_is_busy_is_asked_three_times_and_who_is_not_once(there: Strangers) -> None:
    ask(f"{there.url}/503")
    assert there.times("/503") == {"HEAD": 3, "GET": 3}
    ask(f"{there.url}/429")
    assert there.times("/429") == {"HEAD": 3}
    ask(f"{there.url}/404")
    assert there.times("/404") == {"HEAD": 1, "GET": 1}


def test_a_host_that_says_how_long_it_is_busy_is_left_alone_as_long(there: Strangers) -> None:
    started = time.monotonic()
    assert ask(f"{there.url}/wait/1").verdict == "alive"
    assert time.monotonic() - started > 1


def test_a_host_that_is_busy_for_an_hour_is_not_waited_for(there: Strangers) -> None:
    urls = [f"{there.url}/wait/3600", *(f"{there.url}/200?{number}" for number in range(20))]
    busy = Answer("failing", "it answers 429 Too Many Requests", is_enough=True)
    assert dict(ask_all(urls)) == dict.fromkeys(urls, busy)
    assert len(there.asked) == 1


def test_each_address_is_asked_once_and_one_host_one_question_at_a_time(there: Strangers) -> None:
    urls = [f"{there.url}/200?{number}" for number in range(6)]
    assert dict(ask_all(urls + urls)) == dict.fromkeys(urls, Answer("alive", "it answers 200 OK"))
    assert (len(there.asked), there.most_at_once) == (6, 1)


def test_a_host_that_does_not_answer_is_not_asked_for_each_of_its_links(there: Strangers) -> None:
    urls = [f"{there.url}/silence", *(f"{there.url}/200?{number}" for number in range(20))]
    assert {answer.verdict for _, answer in ask_all(urls)} == {"failing"}
    assert len(there.asked) == 3


def test_where_one_link_leads_says_nothing_of_the_host_that_leads_there(there: Strangers) -> None:
    urls = [
        f"{there.url}/away/http@//nobody.invalid/",
        f"{there.url}/hangup",
        *(f"{there.url}/200?{number}" for number in range(3)),
    ]
    answers = dict(ask_all(urls))
    assert [answers[url].verdict for url in urls[2:]] == ["alive"] * 3


def test_no_site_leads_a_question_to_a_machine_of_ones_own(there: Strangers, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = f"{there.url}/200"
    monkeypatch.setattr(external_links, "is_local", lambda url: url == secret)
    assert ask(f"{there.url}/to/302/200") == Answer("dead", f'it redirects to "{secret}"')
    assert [path for _, path in there.asked] == ["/to/302/200"]


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "2130706433",
        "0",
        "localhost.",
        "10.0.0.1.",
        "\uff10.0.0.1",
        "router",
        "nas.lan",
        "x.home.arpa",
        "[::1]",
        "169.254.1.1",
    ],
)
def test_names_of_ones_own_machines(host: str) -> None:
    assert is_local(f"http://{host}:80/x")


@pytest.mark.parametrize("host", ["example.org", "8.8.8.8", "b\u00fccher.example", "lan.example", "[2606:4700::1111]"])
def test_names_of_others(host: str) -> None:
    assert not is_local(f"http://{host}/")


def test_parts_of_one_page_are_one_question(there: Strangers) -> None:
    urls = [f"{there.url}/200", f"{there.url}/200#a", f"{there.url}/200#b"]
    assert dict(ask_all(urls)).keys() == set(urls)
    assert len(there.asked) == 1


def test_what_nobody_foresaw_keeps_nobody_waiting(there: Strangers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(external_links, "send_request", lambda *_: 1 / 0)
    answer = Answer("failing", "it cannot be asked: ZeroDivisionError: division by zero")
    assert dict(ask_all(["http://a.example/", "http://b.example/"])) == {
        "http://a.example/": answer, "http://b.example/": answer,
    }  # fmt: skip


def test_cookies_go_back_to_who_sent_them_alone(there: Strangers) -> None:
    cookies = external_links._Cookies()
    cookies.store("http://a.example/x", ["one=1; Path=/", "two=2"])
    cookies.store("http://a.example/x", ["one=3"])
    assert cookies.header_for("http://a.example/y") == "one=3; two=2"
    assert cookies.header_for("http://b.example/") == ""


def test_few_hosts_are_asked_at_once(there: Strangers, monkeypatch: pytest.MonkeyPatch) -> None:
    busy, most, lock = 0, 0, threading.Lock()

    def slow(*_: object) -> Answer:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        time.sleep(0.02)
        with lock:
            busy -= 1
        return Answer("alive")

    monkeypatch.setattr(external_links, "request", slow)
    assert len(dict(ask_all(f"http://host{number}.example/" for number in range(40)))) == 40
    assert 1 < most <= external_links.MAX_HOSTS_AT_ONCE


def test_a_slow_host_does_not_keep_the_others_waiting(there: Strangers) -> None:
    with strangers() as other:
        first, _ = next(ask_all([f"{there.url}/silence", f"{other.url}/200"]))
        assert first == f"{other.url}/200"


def test_a_proxy_is_asked_in_the_place_of_the_host(there: Strangers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", there.url)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert external_links.request("http://x.example/200", NOWHERE).verdict == "alive"
    assert there.asked == [("HEAD", "http://x.example:80/200")]
    assert ask(f"{there.url}/404").verdict == "dead"


@pytest.mark.parametrize("written", ["ada:s%C3%A9cret@127.0.0.1:{}", "http://ada:s%C3%A9cret@127.0.0.1:{}/"])
def test_a_proxy_may_want_a_name_and_a_secret_and_be_written_short(
    there: Strangers, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("http_proxy", written.format(there.server_address[1]))
    assert external_links.request("http://x.example/200", NOWHERE).verdict == "alive"
    assert set(there.credentials) == {"Basic YWRhOnPDqWNyZXQ="}  # more than one if the machine was slow


def test_a_proxy_that_is_no_address_kills_no_link(there: Strangers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy:99999/")
    assert external_links.request("http://x.example/200", NOWHERE) == Answer(
        "failing", 'the proxy "http://proxy:99999/" is no address', is_network=True, is_enough=True
    )


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody has signed, with its key."""
    path = tmp_path_factory.mktemp("tls") / "own.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(path), "-out", str(path.with_suffix(".crt"))]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no openssl on this machine")
    path.write_bytes(path.read_bytes() + path.with_suffix(".crt").read_bytes())
    return path


def test_certificates_are_checked_as_browsers_check_them(
    there: Strangers, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    there.socket = context.wrap_socket(there.socket, server_side=True)
    url = there.url.replace("http:", "https:")
    answer = ask(f"{url}/200")
    assert (answer.verdict, answer.reason) == ("dead", "its certificate does not hold: self-signed certificate")
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(http_client, "_tls_context", lambda: trusting)
    assert ask(f"{url}/200") == Answer("alive", "it answers 200 OK")


def test_who_does_not_speak_tls(there: Strangers) -> None:
    answer = ask(f"{there.url.replace('http:', 'https:')}/200")
    assert (answer.verdict, answer.is_network) == ("failing", True)


PRIVATE = (
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.0.1", "169.254.169.254", "172.16.0.1", "192.0.0.8", "192.0.2.1",
    "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "fe80::1", "fe80::1%eth0", "fec0::1",
    "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "3fff::1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:20::1", "5f00::1",
    "2001:0:808:808::80ff:fffe",
)  # fmt: skip
PUBLIC = (
    "8.8.8.8",
    "100.63.0.1",
    "172.15.0.1",
    "2606:4700::1111",
    "2001:4860::8888",
    "64:ff9b::808:808",
    "2002:808:808::1",
    "::ffff:8.8.8.8",
)


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_readers_do_not_reach(there: Strangers, address: str) -> None:
    assert not is_public(address)
    answer = external_links.request("http://x.example/", Network(lambda *_: ["8.8.8.8", address]))
    assert answer == Answer("private", "leads to a private address", is_enough=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_that_readers_reach(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "0", "0x7f.1", "127.1", "2130706433", "017700000001", "[::1]", "[64:ff9b::7f00:1]", "ada@127.0.0.1", "ada:x@[::1]",
        "\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021", "%31%32%37.0.0.1", "\u2460\u2461\u2466.0.0.1",
    ],
)  # fmt: skip
def test_no_spelling_of_an_address_is_asked(there: Strangers, host: str) -> None:
    port = there.server_address[1]
    assert is_local(f"http://{host}:{port}/200")
    assert external_links.request(f"http://{host}:{port}/200").verdict == "private"
    assert there.asked == []


def _known(**hosts_known: str) -> Network:
    """A network with these names on loopback, of which those called `public…` count as public."""
    taken: list[str] = []

    def look_up(host: str) -> Sequence[str]:
        taken.append(host)
        return [hosts_known[host.partition(".")[0]]]

    return Network(look_up, lambda address: address == "127.0.0.1")


def test_no_name_leads_home_where_it_is_redirected(there: Strangers) -> None:
    port = there.server_address[1]
    target = f"http://rebound.example:{port}/admin"
    url = f"http://public.example:{port}/away/{target.replace(':', '@')}"
    answer = external_links.request(url, _known(public="127.0.0.1", rebound="127.0.0.2"))
    assert answer == Answer("private", f'redirects to "{target}", a private address')
    assert [path for _, path in there.asked if path.strip("/") == "admin"] == []


def test_the_address_that_was_checked_is_connected_to(there: Strangers, monkeypatch: pytest.MonkeyPatch) -> None:
    def again(*_: object, **__: object) -> None:
        raise AssertionError("looked up again")

    url = f"http://public.example:{there.server_address[1]}/200"
    network = _known(public="127.0.0.1")
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *rest, **more: real(host, *rest, **more) if host == "127.0.0.1" else again()
    )
    assert external_links.request(url, network) == Answer("alive", "it answers 200 OK")


def test_an_address_that_does_not_answer_gives_way_to_the_next(there: Strangers) -> None:
    url = f"http://public.example:{there.server_address[1]}/200"
    found = Network(lambda *_: ["127.0.0.9", "127.0.0.1"], lambda _: True)
    assert external_links.request(url, found) == Answer("alive", "it answers 200 OK")


def test_a_proxy_is_not_asked_for_a_private_address(there: Strangers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", there.url)
    assert external_links.request("http://rebound.example/200", _known(rebound="10.0.0.1")).verdict == "private"
    assert external_links.request("http://127.1/200").verdict == "private"
    assert there.asked == []


def test_a_name_server_that_is_silent_is_not_waited_for(there: Strangers, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr(external_links, "LINK_SECONDS", 0.05)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: ended.wait(30))
    started = time.monotonic()
    assert ask("http://x.example/") == Answer("failing", "it does not answer in time", is_network=True)
    assert time.monotonic() - started < 5
    ended.set()


def test_nothing_is_asked_after_the_time_of_a_link(there: Strangers, monkeypatch: pytest.MonkeyPatch) -> None:
    started = threading.Event()

    def slow(_host: str) -> Sequence[str]:
        started.set()
        time.sleep(0.3)
        return ["127.0.0.1"]

    monkeypatch.setattr(external_links, "LINK_SECONDS", 0.1)
    assert external_links.request(f"{there.url}/200", Network(slow, lambda _: True)).verdict == "failing"
    assert started.is_set()
    time.sleep(0.5)
    assert there.asked == []


def test_a_host_that_takes_too_long_is_not_asked_for_the_rest(
    there: Strangers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(external_links, "HOST_SECONDS", 0.3)
    monkeypatch.setattr(external_links, "HOST_SECONDS_PER_LINK", 0.0)
    urls = [f"{there.url}/wait/1?{number}" for number in range(3)] + [
        f"{there.url}/200?{number}" for number in range(30)
    ]
    answers = dict(ask_all(urls))
    host = there.url.removeprefix("http://")
    assert answers[urls[-1]] == Answer("failing", f"not asked: {host} took too long")


def test_all_hosts_together_have_a_bound(there: Strangers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(external_links, "RUN_SECONDS", 0.0)
    url = f"{there.url}/200"
    assert dict(ask_all([url])) == {url: Answer("failing", "not asked: the check took longer than 0 minutes")}
    assert there.asked == []


def test_a_chain_of_redirects_ends_with_the_time_of_its_host(there: Strangers) -> None:
    started = time.monotonic()
    assert external_links.request(f"{there.url}/{'to/302/' * 8}drip", ANYWHERE, started + 0.2).verdict == "failing"
    assert time.monotonic() - started < 3


def test_whom_a_link_names_before_its_host_makes_no_other_host_of_it(there: Strangers) -> None:
    urls = [f"{there.url.replace('//', f'//{number}@')}/200" for number in range(6)]
    assert {answer.verdict for _, answer in ask_all(urls)} == {"alive"}
    assert there.most_at_once == 1
