"""What may be called from here: places of the open internet, by addresses that we looked up and checked ourselves."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

URL_CHARS_MAX: Final = 2_000
ADDRESSES_COUNT_MAX: Final = 16
LOOK_UP_SECONDS_MAX: Final = 5.0
# Names of many endpoints may be slow at once, and the loop's own threads are few.
LOOK_UPS_COUNT_MAX: Final = 64

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

# RFC 6890 and its successors, written out: what a library calls global changes with its version.
CLOSED_V4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carriers' own (CGNAT)
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, where clouds tell their secrets
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # multicast tunnels
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
# All that is in use of IPv6 lies here. Outside are loopback, unspecified, IPv4-mapped and -compatible, NAT64
# (64:ff9b::/96, 64:ff9b:1::/48), discard, segment routing, unique local, link- and site-local, multicast.
OPEN_V6: Final = IPv6Network("2000::/3")
CLOSED_V6: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which has any IPv4 address inside
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}")
_LOOK_UPS: Final = ThreadPoolExecutor(LOOK_UPS_COUNT_MAX, "webhook-names")


class NotCalled(Exception):
    """A place is not called from here; the text is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a URL leads: `authority` is for the Host header, `target` the path and query."""

    scheme: str
    host: str
    port: int
    authority: str
    target: str


def closed(address: Address) -> bool:
    """Whether an address is none of the open internet."""
    if isinstance(address, IPv4Address):
        return any(address in network for network in CLOSED_V4)
    return address not in OPEN_V6 or any(address in network for network in CLOSED_V6)


async def look_up(host: str, port: int) -> Sequence[str]:
    """The addresses of a name as this machine knows them. Raises `OSError`."""
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(
        _LOOK_UPS, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    )
    return [str(each[4][0]) for each in found]


@dataclass(frozen=True, slots=True)
class Guard:
    """Which URLs and addresses are called: https on `ports` (any where there are none), open addresses alone.

    `http` allows that scheme, too; `networks` are allowed though they are closed.
    """

    http: bool = False
    ports: frozenset[int] = frozenset({443, 8443})
    networks: tuple[Network, ...] = ()
    resolve: Resolve = look_up

    def place_of(self, url: str) -> Place:
        """Where a URL leads, its name not yet looked up. Raises `NotCalled`."""
        if len(url) > URL_CHARS_MAX:
            raise NotCalled(f"a URL has at most {URL_CHARS_MAX} characters")
        # Parsers differ about what is no plain letter, and about the backslash.
        if not re.fullmatch(r"[!-~]+", url) or "\\" in url:
            raise NotCalled(
                "a URL has visible ASCII characters only; names of others are written in punycode"
            )
        try:
            parts = urlsplit(url)
            host, given = parts.hostname or "", parts.port
        except ValueError as broken:
            raise NotCalled("this is no URL") from broken
        if parts.scheme != "https" and not (self.http and parts.scheme == "http"):
            raise NotCalled("only https is called")
        if "@" in parts.netloc:
            raise NotCalled("a URL carries no credentials")
        if parts.fragment or not _NAME.fullmatch(host):
            raise NotCalled("a URL has a host and no fragment")
        port = given if given is not None else 443 if parts.scheme == "https" else 80
        if port == 0 or (self.ports and port not in self.ports):
            raise NotCalled(f"port {port} is not called")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Place(parts.scheme, host, port, parts.netloc, target)

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a name, all of which may be called. Raises `NotCalled`.

        One that may not be called refuses the name: who answers with such a one has something else in mind.
        """
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS_MAX):
                found = [ip_address(each) for each in await self.resolve(host, port)]
        except (OSError, TimeoutError, UnicodeError, ValueError) as broken:
            raise NotCalled("the name has no address") from broken
        if not found:
            raise NotCalled("the name has no address")
        if any(closed(each) and not any(each in network for network in self.networks) for each in found):
            raise NotCalled("the name leads to an address that is not of the open internet")
        return [str(each) for each in dict.fromkeys(found)][:ADDRESSES_COUNT_MAX]

    async def fault(self, url: str) -> str | None:
        """Why a URL is not called at the moment, None where it is."""
        try:
            place = self.place_of(url)
            await self.addresses(place.host, place.port)
        except NotCalled as refused:
            return str(refused)
        return None
