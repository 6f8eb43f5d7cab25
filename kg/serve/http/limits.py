"""How much one request may hold, and one client ask for; and whose account an address is on."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

_ROOM_OF_IPV6: Final = 64
"""Bits of an IPv6 address that tell one customer from another."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may hold, and what one client may use in a minute."""

    query_bytes: int = 64 * 1024
    result_bytes: int = 10_000_000
    result_rows: int = 50_000
    seconds_per_minute: float = 30.0
    """Processor time for one client's queries; 0 means any."""
    errors_per_minute: float = 30.0
    """Queries of one client that may fail; 0 means any."""


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Seconds and bytes that a connection has, and how many connections there may be."""

    head: float = 5.0
    body: float = 10.0
    reply: float = 60.0
    """To read a reply that has been sent."""
    head_bytes: int = 256 * 1024
    """Of a head that is not whole yet, or of requests that wait for those before them."""
    body_bytes: int = 8 * 1024 * 1024
    """Of a body: more than any route takes, so that whoever sends too much comes to read why."""
    unread_bytes: int = 32 * 1024 * 1024
    """Of replies that the clients of one address have asked for and do not read."""
    unread_bytes_of_proxy: int = 256 * 1024 * 1024
    """The same of a proxy, for all of its clients together."""
    requests: int = 16
    """Of one connection that are taken before the first of them is answered; others wait."""
    connections: int = 1024
    connections_of_one: int = 100
    trusted: tuple[Network, ...] = ()
    """Where proxies are, which speak for many."""

    def trusts(self, address: str) -> bool:
        """Whether an address is a proxy's."""
        if not self.trusted:
            return False
        found = ipaddress.ip_address(address)
        return any(found in network for network in self.trusted)


def client_of(address: str | None) -> str:
    """Who an address belongs to: itself, and for IPv6 the network of one customer."""
    if address is None or ":" not in address:
        return address or ""
    try:
        found = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((found, _ROOM_OF_IPV6), strict=False))
