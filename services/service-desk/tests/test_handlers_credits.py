"""Credits of tickets: never more than was charged, all together; above a limit by two people."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.desk_stage import Stage

from contracts.orders import OrderCharged
from contracts.service_desk import TicketResolved
from contracts.values import Money
from service_desk import commands
from service_desk.domain.credit import (
    Account,
    CreditIsWrong,
    NothingProposed,
    SecondPersonNeeded,
    demand_creditable,
)
from service_desk.domain.sla import Agreement
from service_desk.domain.states import WrongState


async def complained(stage: Stage, *tickets: str, order_id: str | None = "o1") -> None:
    for ticket_id in tickets:
        await stage.do(commands.OpenTicket(ticket_id, "c1", order_id, "complaint", 1, "scratched"))


async def credit(stage: Stage, ticket_id: str, minor: int, by: str = "anna") -> str:
    """The state of a ticket after somebody credits so much by its answer."""
    ticket = await stage.do(commands.ResolveTicket(ticket_id, "sorry", Money(minor, "EUR"), by))
    return str(ticket.state)


async def credited(stage: Stage) -> list[tuple[str, int]]:
    facts = await stage.told(TicketResolved)
    return [(fact.ticket_id, fact.credit.minor) for fact in facts if fact.credit is not None]


async def test_a_credit_is_at_most_what_was_charged_with_those_of_other_tickets(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await complained(stage, "t1", "t2")
    with pytest.raises(CreditIsWrong, match="more than was charged"):
        await credit(stage, "t1", 10_001)
    assert await credit(stage, "t1", 6_000) == "resolved"
    with pytest.raises(CreditIsWrong):
        await credit(stage, "t2", 4_001)
    assert await credit(stage, "t2", 4_000) == "resolved"
    assert await credited(stage) == [("t1", 6_000), ("t2", 4_000)]


async def test_another_answer_of_a_ticket_replaces_its_own_credit(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await complained(stage, "t1")
    await credit(stage, "t1", 6_000)
    await stage.do(commands.ReopenTicket("t1", None))
    assert await credit(stage, "t1", 10_000) == "resolved"


async def test_what_came_back_or_was_given_up_is_not_there_to_be_credited(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"), ("L2", "pc"))
    await complained(stage, "t1")
    await stage.hear(OrderCharged("o1", Money(13_000, "EUR")), OrderCharged("o1", Money(3_000, "EUR")))
    with pytest.raises(CreditIsWrong):
        await credit(stage, "t1", 3_001)
    assert await credit(stage, "t1", 3_000) == "resolved"


async def test_what_is_told_of_an_order_that_is_not_here_yet_waits_for_it(stage: Stage) -> None:
    await stage.hear(OrderCharged("o1", Money(2_000, "EUR")))
    assert await stage.rows("SELECT subscription, waits_for FROM parked_key") == [("on_order_charged", "o1")]
    await stage.ordered(("L1", "pc"))
    assert await stage.rows("SELECT charged_minor FROM orders") == [(10_000,)]


async def test_above_the_limit_a_second_person_grants_it_and_the_clocks_run_on(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await complained(stage, "t1", "t2")
    await stage.do(commands.SetAgreement(replace(Agreement(), credit_limit_minor=5_000), 0))
    assert await credit(stage, "t1", 3_000) == "resolved"
    # Together they are above the limit: two small ones are no way around it.
    assert await credit(stage, "t2", 3_000) == "open"
    assert await credited(stage) == [("t1", 3_000)]
    with pytest.raises(SecondPersonNeeded):
        await stage.do(commands.DecideCredit("t2", True, "anna"))
    granted = await stage.do(commands.DecideCredit("t2", True, "boris"))
    assert (granted.state, granted.how, granted.proposal) == ("resolved", "sorry", None)
    assert await credited(stage) == [("t1", 3_000), ("t2", 3_000)]
    with pytest.raises(NothingProposed):
        await stage.do(commands.DecideCredit("t2", True, "boris"))


async def test_what_is_not_agreed_to_is_not_credited_and_the_ticket_goes_on(stage: Stage) -> None:
    await stage.ordered(*[(f"L{number}", "pc") for number in range(10)])
    await complained(stage, "t1")
    assert await credit(stage, "t1", 60_000) == "open"
    refused = await stage.do(commands.DecideCredit("t1", False, "boris"))
    assert (refused.state, refused.proposal) == ("open", None)
    assert await credit(stage, "t1", 60_000) == "open"
    await stage.hear(OrderCharged("o1", Money(50_000, "EUR")))
    with pytest.raises(CreditIsWrong):
        await stage.do(commands.DecideCredit("t1", True, "boris"))
    assert await credit(stage, "t1", 1_000) == "resolved"
    assert await stage.rows("SELECT proposal FROM tickets") == [(None,)]
    with pytest.raises(WrongState):
        await credit(stage, "t1", 60_000 - 10_000)
    assert await credited(stage) == [("t1", 1_000)]


def test_an_order_of_which_nobody_knows_what_it_was_charged_needs_two() -> None:
    account = Account("EUR", None, 0)
    demand_creditable(Money(1, "EUR"), account)
    assert account.needs_second(Money(1, "EUR"), 50_000)


async def test_what_is_about_no_order_was_charged_to_nobody(stage: Stage) -> None:
    await complained(stage, "t1", order_id=None)
    with pytest.raises(CreditIsWrong, match="nothing was charged"):
        await credit(stage, "t1", 1)
