"""Tickets on a real PostgreSQL: another agreement moves their deadlines, a credit is told with its order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.desk_made import NOW
from tests.desk_stage import Stage

from backbone.errors import Stale
from contracts.service_desk import SlaBreached, TicketResolved
from contracts.values import Money
from service_desk import commands
from service_desk.domain.credit import CreditIsWrong
from service_desk.domain.sla import Agreement, Target


async def test_another_agreement_moves_the_deadlines_of_open_tickets(stage: Stage) -> None:
    for ticket_id in ("t1", "t2"):
        await stage.do(commands.OpenTicket(ticket_id, "c1", None, "complaint", 1, "late"))
    await stage.do(commands.ResolveTicket("t2", "told", None, "anna"))
    slow = replace(Agreement(), targets=(Target(1, 120, 960), *Agreement().targets[1:]))
    await stage.do(commands.SetAgreement(slow, 0))
    shown = await stage.rows("SELECT answer_by_at FROM tickets WHERE ticket_id = 't1'")
    assert shown == [(NOW + timedelta(hours=2),)]
    await stage.pass_time(minutes=119)
    assert await stage.told(SlaBreached) == []
    await stage.do(commands.SetAgreement(Agreement(), 1))
    assert [(each.ticket_id, each.clock) for each in await stage.told(SlaBreached)] == [
        ("t1", "first-response")
    ]
    with pytest.raises(Stale):
        await stage.do(commands.SetAgreement(slow, 1))


async def test_a_credit_is_in_the_currency_of_its_order_and_told_with_it(stage: Stage) -> None:
    await stage.ordered(("L1", "pc"))
    await stage.do(commands.OpenTicket("t1", "c1", "o1", "complaint", 1, "late"))
    with pytest.raises(CreditIsWrong, match="the order is in EUR"):
        await stage.do(commands.ResolveTicket("t1", "sorry", Money(500, "USD"), "anna"))
    await stage.do(commands.ResolveTicket("t1", "sorry", Money(500, "EUR"), "anna"))
    assert await stage.told(TicketResolved) == [TicketResolved("t1", "sorry", Money(500, "EUR"), "o1")]
