"""Host names → IP addresses, looked up within a time limit, and which of them readers can reach.

The registries of special addresses: <https://www.iana.org/assignments/iana-ipv4-special-registry> and
<https://www.iana.org/assignments/iana-ipv6-special-registry>.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address

from msgspec import Struct

_NOT_PUBLIC = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        ),
    )
)  # fmt: skip
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
_IPV4_COMPATIBLE, _NAT64 = ipaddress.IPv6Network("::/96"), ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Return whether readers can reach an IP address. Raises :class:`ValueError` for other texts."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _NOT_PUBLIC)
    embedded = _embedded_addresses(ip)
    if embedded:
        return all(is_public(str(ipv4)) for ipv4 in embedded)
    if ip not in _PUBLIC_6:
        return False
    return not any(ip in network for network in _NOT_PUBLIC_6)


def _embedded_addresses(ip: IPv6Address) -> Sequence[IPv4Address]:
    """Return the IPv4 addresses to which packets for an IPv6 address may be translated."""
    if ip.ipv4_mapped:
        return [ip.ipv4_mapped]
    if ip in _IPV4_COMPATIBLE or ip in _NAT64:
        return [IPv4Address(ip.packed[-4:])]
    if ip.sixtofour:
        return [ip.sixtofour]
    return ip.teredo or ()


def resolve(host: str, seconds: float) -> list[str]:
    """Return the IP addresses of ``host`` from the system's resolver, each once.

    Raises :class:`OSError`, and :class:`TimeoutError` after ``seconds``. The resolver's own timeout may be minutes, and
    a lookup cannot be interrupted: its thread continues without a reader.
    """
    results: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()
    threading.Thread(target=_look_up, args=(host, results), daemon=True).start()
    try:
        result = results.get(timeout=max(seconds, 0))
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(result, Exception):
        raise result
    return result


def _look_up(host: str, results: queue.SimpleQueue[list[str] | Exception]) -> None:
    try:
        entries = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        results.put(list(dict.fromkeys(str(entry[4][0]) for entry in entries)))
    except Exception as error:  # noqa: BLE001  (every exception is raised in the calling thread)
        results.put(error)


class Network(Struct, frozen=True):
    """Resolves host names, and decides which addresses may be connected to."""

    resolve: Callable[[str, float], Sequence[str]] = resolve
    is_public: Callable[[str], bool] = is_public
