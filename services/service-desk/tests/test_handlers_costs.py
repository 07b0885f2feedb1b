"""What work costs is in the currency of the service's rates, whatever currency its order is priced in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.desk_made import placed, ready
from tests.desk_stage import Stage

from contracts.orders import OrderPlaced
from contracts.service_desk import HandOverCompleted, VisitCompleted
from contracts.values import CostVector, Money
from service_desk import commands
from service_desk.domain.service import CurrencyIsUnknown


def in_dollars(order: OrderPlaced) -> OrderPlaced:
    """The same order, priced in dollars."""
    return replace(order, lines=tuple(replace(each, price=Money(100_00, "USD")) for each in order.lines))


async def test_work_for_an_order_in_dollars_costs_what_its_people_cost_in_euros(stage: Stage) -> None:
    await stage.opened(capital_minor=600, overhead_minor=1_200)
    await stage.hear(in_dollars(placed()))
    visit_id = await stage.confirm()
    await stage.report(visit_id, 60)
    await stage.accept(visit_id)
    assert (await stage.last(VisitCompleted)).cost == CostVector(0, 6_000, 600, 1_200, "EUR")


async def test_a_service_says_in_which_currency_its_hours_cost(stage: Stage) -> None:
    await stage.opened(currency="CHF")
    await stage.ordered()
    visit_id = await stage.confirm()
    await stage.report(visit_id, 60)
    await stage.accept(visit_id)
    assert (await stage.last(VisitCompleted)).cost.currency == "CHF"
    with pytest.raises(CurrencyIsUnknown):
        await stage.opened(currency="francs")


async def test_the_way_costs_what_is_said_in_the_currency_of_the_order(stage: Stage) -> None:
    await stage.hear(in_dollars(placed(lines=(("L1", "pc"),))))
    await stage.hear(ready())
    visit_id = await stage.confirm()
    await stage.do(commands.DispatchGoods(visit_id, 250))
    await stage.accept(visit_id)
    assert (await stage.last(HandOverCompleted)).cost == CostVector(250, 0, 0, 0, "USD")
