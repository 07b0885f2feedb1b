"""One message over TLS: to an address that was checked, while the name stays what the certificate is checked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from backbone.webhooks.guard import Guard
from backbone.webhooks.posting import Poster
from shared.tests.certificates import certified
from shared.tests.hooks import LOOPBACK
from shared.tests.receivers import receiving

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


async def here(host: str, port: int) -> Sequence[str]:
    """Every name leads to this machine."""
    return ["127.0.0.1"]


async def test_a_certificate_is_checked_for_the_name_at_the_address_that_was_checked(tmp_path: Path) -> None:
    context, authorities = certified("hooks.example", tmp_path)
    guard = Guard(ports=frozenset(), networks=LOOPBACK, resolve=here)
    async with receiving(context) as receiver, Poster(guard, authorities=authorities) as poster:
        good = receiver.url(host="hooks.example", scheme="https")
        assert (await poster.post(good, [("webhook-id", "1")], b"{}", NOW)).taken
        other = await poster.post(receiver.url(host="other.example", scheme="https"), [], b"{}", NOW)
        assert (other.status, "certificate" in other.head.lower()) == (None, True)
    async with receiving(context) as receiver, Poster(guard) as strict:
        unknown = await strict.post(receiver.url(host="hooks.example", scheme="https"), [], b"{}", NOW)
        assert (unknown.status, "certificate" in unknown.head.lower()) == (None, True)
        assert receiver.got == []


async def test_nothing_is_sent_to_an_address_that_is_closed(tmp_path: Path) -> None:
    guard = Guard(http=True, ports=frozenset(), resolve=here)
    async with receiving() as receiver, Poster(guard) as poster:
        answer = await poster.post(receiver.url(host="hooks.example"), [], b"{}", NOW)
    assert answer.head == "the name leads to an address that is not of the open internet"
    assert receiver.got == []
