"""From need to delivery through five services: separation, modification, congregation, one after the other."""

from __future__ import annotations

from dataclasses import replace

from contracts.materials import GoodsReady, SurplusOffered
from contracts.orders import OrderCompleted, PromiseAtRisk
from contracts.service_desk import HandOverCompleted, VisitCompleted
from contracts.vendors import PurchaseOrderIssued
from o2d.demo.steps import ENDED, GOODS, PLANNED, PROMISED, PURCHASE, RUN, SERVICE, missing_steps
from o2d.demo.story import Story, story_of
from o2d.kafka_facts import all_tellings
from simulator.scenarios import SCENARIOS
from simulator.scenarios.computer import CUSTOMER
from tests.flows.town import Town


async def test_three_orders_travel_from_need_to_delivery_and_every_promise_is_kept(town: Town) -> None:
    shafts = await town.play(SCENARIOS["shaft"])
    assert [line["fulfilled"] for line in shafts["lines"]] == ["500"]
    diesel = await town.play(SCENARIOS["diesel"])
    assert [line["fulfilled"] for line in diesel["lines"]] == ["60000"]
    surplus = {fact["sku"] for fact in await town.told(SurplusOffered, "materials")}
    assert surplus >= {"petrol", "jet-fuel", "kerosene", "liquefied-gas", "residual-oil", "asphalt"}
    computers = await town.play(SCENARIOS["computer"])
    assert sorted((line["kind"], line["fulfilled"]) for line in computers["lines"]) == [
        ("good", "40"),
        ("service", "40"),
    ]
    issued = await town.told(PurchaseOrderIssued, "vendors")
    assert {fact["supplying_site_id"] for fact in issued if fact["vendor_kind"] == "internal"} == {"plant-2"}
    (visit,) = await town.told(VisitCompleted, "service-desk")
    assert visit["confirmed_by"] == f"customer:{CUSTOMER}-reception"
    assert len(await town.told(HandOverCompleted, "service-desk")) == 3
    assert len(await town.told(GoodsReady, "materials")) == 4
    assert await town.told(PromiseAtRisk, "orders") == []
    for fact in await town.told(OrderCompleted, "orders"):
        value = fact["value"]
        parts = sum(value[part] for part in ("labour", "capital", "overhead", "margin"))
        assert value["price"] - value["bought_in"] == parts
        assert value["bought_in"] > 0
        assert value["labour"] > 0
    assert await town.broken() == []
    tellings = await all_tellings(town.state["kafka"]["bootstrap"])
    for order in (shafts, diesel, computers):
        story = story_of(order["order_id"], tellings)
        assert missing_steps(story) == []
        names = {telling.fact for telling in story.tellings}
        assert names >= {"RunScheduled", "PurchaseOrderIssued", "GoodsReceived", "OrderCompleted"}
        for name in sorted(names & {*PROMISED, *PLANNED, *GOODS, *SERVICE, *ENDED, *RUN, *PURCHASE}):
            assert missing_steps(without(story, name)), f"nobody misses {name}"


def without(story: Story, fact: str) -> Story:
    """The story as if nobody had told a fact."""
    return replace(story, tellings=tuple(one for one in story.tellings if one.fact != fact))
