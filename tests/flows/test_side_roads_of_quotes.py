"""Quotes that are accepted after their hold has ended: promised anew, in time or later, kept or left."""

from __future__ import annotations

from datetime import timedelta

from contracts.materials import GoodsReady, RequirementsPlanned
from contracts.orders import NewDateAccepted, OrderPlaced, PromiseAtRisk, QuoteExpired
from contracts.shapes import HAND_OVER
from simulator.people.client import Client
from simulator.people.field import Dispatcher
from simulator.people.person import Plays, moment
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from tests.flows.town import Town
from tests.flows.trade import Story

# What is needed in three weeks can still be had a week later, what is needed in ten days cannot.
SOON, A_WEEK = timedelta(days=10), timedelta(days=8)
LAMP, CRANE, MAST = Story("lamp"), Story("crane", wanted_in=SOON), Story("mast", wanted_in=SOON)


async def test_a_quote_accepted_late_is_promised_anew_kept_in_time_taken_later_or_left_free(
    town: Town,
) -> None:
    stories = (LAMP, CRANE, MAST)
    now = await town.seeded(*stories)
    lamps, cranes = LAMP.customer(now, hesitates=A_WEEK), CRANE.customer(now, hesitates=A_WEEK)
    masts = MAST.customer(now, hesitates=A_WEEK, patient=False)
    customers = (lamps, cranes, masts)
    staff: list[Plays] = [*(Vendor(story.vendor_id) for story in stories), Warehouse(), Dispatcher()]
    await town.go([*customers, *staff, *(Client(each.customer_id) for each in customers)])
    assert len(await town.told(QuoteExpired, "orders")) == len(customers)
    ends = [(await town.orders_of(each))[0] for each in customers]
    assert [order["state"] for order in ends] == ["completed", "completed", "cancelled"]
    kept, taken, left = (order["order_id"] for order in ends)
    risks = {fact["order_id"]: fact["cause"] for fact in await town.told(PromiseAtRisk, "orders")}
    assert risks == {taken: "accepted late", left: "accepted late"}
    (planned,) = [f for f in await town.told(RequirementsPlanned, "materials") if f["order_id"] == kept]
    (placed,) = [f for f in await town.told(OrderPlaced, "orders") if f["order_id"] == kept]
    ready_at, promised_at = planned["steps"][0]["at"], placed["lines"][0]["promised_at"]
    assert moment(ready_at) + HAND_OVER == moment(promised_at)
    assert [fact["order_id"] for fact in await town.told(NewDateAccepted, "orders")] == [taken]
    assert {fact["order_id"] for fact in await town.told(GoodsReady, "materials")} == {kept, taken}
    assert await town.broken() == []
