"""Where webhooks may go: to the open internet, whatever a URL or a name looks like."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.settings import Settings
from backbone.webhooks.guard import CLOSED_V4, Guard, NotCalled, closed

INSIDE = st.one_of(*(st.ip_addresses(network=str(network)) for network in CLOSED_V4))
# Ways in which an IPv6 address has an IPv4 address inside.
HIDDEN = ("::ffff:{}", "::{}", "64:ff9b::{}", "64:ff9b:1::{}", "::ffff:0:{}", "fe80::5efe:{}")


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_what_the_standard_library_knows_as_not_global_is_closed(
    address: IPv4Address | IPv6Address,
) -> None:
    assert closed(address) or address.is_global


@given(INSIDE)
def test_every_address_of_a_closed_network_is_closed(address: IPv4Address) -> None:
    assert closed(address)


@given(INSIDE, st.sampled_from(HIDDEN))
def test_a_closed_address_inside_another_form_is_closed(address: IPv4Address, form: str) -> None:
    assert closed(IPv6Address(form.format(address)))
    high, low = int(address) >> 16, int(address) & 0xFFFF
    assert closed(IPv6Address(f"2002:{high:x}:{low:x}::1"))
    assert closed(IPv6Address(f"2001:0:4136:e378:8000:63bf:{high ^ 0xFFFF:x}:{low ^ 0xFFFF:x}"))


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "2a00:1450::1"])
def test_addresses_of_the_open_internet_are_open(address: str) -> None:
    assert not closed(ip_address(address))


@given(st.ip_addresses(network="2000::/3"))
def test_a_list_that_only_asks_the_library_would_let_some_through(address: IPv6Address) -> None:
    # What is open here is so for the library, too; the reverse does not hold.
    assert closed(address) or address.is_global
    assert ipaddress.IPv6Address("64:ff9b::7f00:1").is_global
    assert closed(ipaddress.IPv6Address("64:ff9b::7f00:1"))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://hooks.example.com/", "only https"),
        ("ftp://hooks.example.com/", "only https"),
        ("hooks.example.com", "only https"),
        ("https://anna:secret@hooks.example.com/", "credentials"),
        ("https://@hooks.example.com/", "credentials"),
        ("https://hooks.example.com:22/", "port 22"),
        ("https://hooks.example.com:0/", "port 0"),
        ("https://hooks.example.com:99999/", "no URL"),
        ("https:///nobody", "has a host"),
        ("https://hooks.example.com/#part", "no fragment"),
        ("https://hooks.example.com\\@10.0.0.1/", "visible ASCII"),
        ("https://hooks.example.com/a b", "visible ASCII"),
        ("https://hooks.example.com/\r\nx: y", "visible ASCII"),
        ("https://h\u00f6oks.example.com/", "visible ASCII"),
        ("https://[fe80::1%25eth0]/", "has a host"),
        ("https://hooks.example.com/" + "x" * 2_000, "at most 2000"),
    ],
)
def test_a_url_that_is_not_plain_is_refused(url: str, why: str) -> None:
    with pytest.raises(NotCalled, match=why):
        Guard().place_of(url)


def test_a_plain_url_leads_to_its_place() -> None:
    place = Guard().place_of("https://Hooks.example.com:8443/o2d?x=1")
    assert (place.host, place.port, place.target) == ("hooks.example.com", 8443, "/o2d?x=1")
    assert place.authority == "Hooks.example.com:8443"
    bare = Guard(http=True, ports=frozenset()).place_of("http://[2606:2800::1]")
    assert (bare.host, bare.port, bare.target, bare.authority) == ("2606:2800::1", 80, "/", "[2606:2800::1]")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0", "[::1]", "localhost"])
async def test_no_way_to_write_this_machine_leads_to_it(host: str) -> None:
    assert await Guard().fault(f"https://{host}/") in {
        "the name leads to an address that is not of the open internet",
        "the name has no address",
    }


async def test_one_closed_address_among_open_ones_refuses_the_name() -> None:
    async def both(host: str, port: int) -> Sequence[str]:
        return ["93.184.216.34", "10.0.0.1"]

    async def none(host: str, port: int) -> Sequence[str]:
        return []

    async def broken(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    assert await Guard(resolve=none).fault("https://a.example/") == "the name has no address"
    assert await Guard(resolve=broken).fault("https://a.example/") == "the name has no address"
    assert "not of the open internet" in str(await Guard(resolve=both).fault("https://a.example/"))
    allowed = Guard(resolve=both, networks=(ip_network("10.0.0.0/24"),))
    assert await allowed.fault("https://a.example/") is None


def test_settings_allow_http_networks_and_ports() -> None:
    plain = Settings(service_dsn="x", kafka_bootstrap="y").guard()
    assert plain == Guard()
    local = Settings(
        service_dsn="x",
        kafka_bootstrap="y",
        webhook_http=True,
        webhook_ports=(),
        webhook_networks=("127.0.0.0/8",),  # type: ignore[arg-type]
    ).guard()
    assert (local.http, local.ports, local.networks) == (True, frozenset(), (ip_network("127.0.0.0/8"),))
