"""Addresses: which of them this program may ask, and from which one a request comes."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_safe(address: Any) -> bool:
    """Whether an address may be asked: https, or http on this machine; without a name, a password or a fragment."""
    if not isinstance(address, str) or any(sign.isspace() or not sign.isprintable() for sign in address):
        return False
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


@lru_cache(maxsize=64)
def network_of(text: str) -> Network | None:
    """The network that a text names (``10.0.0.0/8``, or one address); None if it names none, or the whole Internet."""
    try:
        found = ipaddress.ip_network(text.strip())
    except ValueError:
        return None
    return found if found.prefixlen else None


def address_of(text: str) -> Address | None:
    """The address that a text is; one of IPv4 that came by a socket of IPv6 is one of IPv4. None if it is none."""
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def sender(peer: str, forwarded: Iterable[str], proxies: tuple[str, ...]) -> Address | None:
    """The address that a request comes from; None if that cannot be told.

    ``peer`` is the other end of the connection, ``forwarded`` what stands in each X-Forwarded-For line, ``proxies`` the
    networks of proxies that are believed. Each proxy adds behind the others whom it was asked by. So the list is read
    from its end, and only as far as proxies of ours have written it: what a client wrote in front is never reached."""
    entries = [one for line in forwarded for one in line.split(",")]
    found = address_of(peer)
    while entries and found is not None and _is_in(found, proxies):
        found = address_of(entries.pop())
    return found


def _is_in(address: Address, networks: tuple[str, ...]) -> bool:
    return any(address in network for one in networks if (network := network_of(one)) is not None)
