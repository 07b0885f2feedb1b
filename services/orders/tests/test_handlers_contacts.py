"""The person to speak to, on a real PostgreSQL: changed, and forgotten when nothing is open."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from backbone.errors import Invalid, NotFound
from backbone.service import Host
from contracts.orders import ContactChanged
from orders import commands, handlers
from orders.domain.customer import ContactIsNeeded
from services.orders.tests.stage import quoted, stocked, told

BEA = commands.ChangeContact("c1", "Bea", "bea@example.org", "2 High Street")
NOBODY = ContactChanged("k1", "c1", "", "", "")


async def kept(host: Host) -> tuple[str, str, str]:
    async with host.read() as sql:
        row = (
            await sql.execute(text("SELECT name, mail, address FROM contacts WHERE contact_id = 'k1'"))
        ).one()
    return row.name, row.mail, row.address


async def erase(host: Host) -> None:
    await host.do(handlers.erase_contact, commands.EraseContact("c1"))


async def test_another_person_is_told_once(host: Host) -> None:
    await stocked(host)
    for _ in range(2):
        await host.do(handlers.change_contact, BEA)
    assert (await told(host, ContactChanged))[1:] == [
        ContactChanged("k1", "c1", "Bea", "bea@example.org", "2 High Street")
    ]
    assert await kept(host) == ("Bea", "bea@example.org", "2 High Street")


async def test_who_is_erased_is_nobody_here_and_for_all_who_hear_of_it_and_may_be_somebody_else_later(
    host: Host,
) -> None:
    await stocked(host)
    for _ in range(2):
        await erase(host)
    assert await kept(host) == ("", "", "")
    (_, erased) = await told(host, ContactChanged)
    assert (erased, erased.erased) == (NOBODY, True)
    await host.do(handlers.change_contact, BEA)
    assert [fact.erased for fact in await told(host, ContactChanged)] == [False, True, False]


async def test_nobody_is_forgotten_while_a_quote_or_an_order_is_open(host: Host) -> None:
    quote_id, _ = await quoted(host)
    with pytest.raises(ContactIsNeeded, match="an order or a quote of customer c1 is open"):
        await erase(host)
    await host.do(handlers.accept_quote, commands.AcceptQuote(quote_id, "o1", "c1"))
    with pytest.raises(ContactIsNeeded):
        await erase(host)
    assert (await kept(host))[0] == "Ann"


async def test_nobody_can_be_reached_by_nothing_and_who_is_no_customer_has_no_contact(host: Host) -> None:
    await stocked(host)
    with pytest.raises(Invalid) as refused:
        await host.do(handlers.change_contact, commands.ChangeContact("c1", " ", "x" * 501, "here"))
    assert dict(refused.value.pointers) == {"/name": "say it", "/mail": "at most 500 characters"}
    with pytest.raises(NotFound, match="no customer c2"):
        await host.do(handlers.change_contact, commands.ChangeContact("c2", "a", "b", "c"))
    with pytest.raises(NotFound, match="no customer c2"):
        await host.do(handlers.erase_contact, commands.EraseContact("c2"))
