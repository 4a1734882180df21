"""Host names → IP addresses, and which of them readers can reach.

The registries of special addresses: <https://www.iana.org/assignments/iana-ipv4-special-registry> and
<https://www.iana.org/assignments/iana-ipv6-special-registry>.
"""

from __future__ import annotations

import ipaddress
import socket
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import unquote, urlsplit

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
_LOCAL_DOMAINS = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test")


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


def is_local(url: str) -> bool:
    """Return whether the host name in ``url`` is one of this machine or its network."""
    try:
        host = unicodedata.normalize("NFKC", unquote(urlsplit(url).hostname or ""))
    except ValueError:
        return False
    host = host.replace("\u3002", ".").rstrip(".")
    with suppress(ValueError):
        return not is_public(host)
    with suppress(OSError, UnicodeError):  # short and numeric forms such as 127.1 and 2130706433
        return not is_public(socket.inet_ntoa(socket.inet_aton(host)))
    return "." not in host or host.endswith(_LOCAL_DOMAINS)


def resolve(host: str) -> list[str]:
    """Return the IP addresses of ``host`` from the system's resolver, each once. Raises :class:`OSError`."""
    entries = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in entries))


class Network(Struct, frozen=True):
    """Resolves host names, and decides which addresses may be connected to."""

    resolve: Callable[[str], Sequence[str]] = resolve
    is_public: Callable[[str], bool] = is_public
