"""The steps of the road that an order has to have gone, by what it is made of; what is missing is named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from o2d.demo.story import Story

PROMISED: Final = (
    "NeedStated",
    "PromiseRequested",
    "PromiseOffered",
    "QuoteSent",
    "QuoteAccepted",
    "OrderPlaced",
)
PLANNED: Final = ("RequirementsPlanned", "OrderPromised")
GOODS: Final = (
    "GoodsReady",
    "VisitOffered",
    "VisitConfirmed",
    "GoodsDispatched",
    "HandOverCompleted",
    "StockMoved",
)
SERVICE: Final = ("SlotsRequested", "SlotsOffered", "VisitBooked", "VisitCompleted")
ENDED: Final = ("OrderCompleted",)
RUN: Final = (
    "RunScheduled", "MaterialsStaged", "RunStarted", "MaterialConsumed", "MaterialProduced", "RunEnded", "RunClosed",
)  # fmt: skip
PURCHASE: Final = ("PurchaseOrderIssued", "OrderAcknowledged", "ShipmentNotified", "GoodsReceived")
TRANSFER: Final = ("TransferDispatched", "TransferReceived")
_SUPPLY: Final = {"RunRequested": RUN, "PurchaseRequested": PURCHASE, "TransferRequested": TRANSFER}


def missing_steps(story: Story) -> list[str]:
    """The facts that an order lacks, in the order of the road; a supply that was replaced by another lacks nothing."""
    return list(_missing(story))


def _missing(story: Story) -> Iterator[str]:
    told = {telling.fact for telling in story.tellings}
    placed = next(story.of("OrderPlaced"), None)
    kinds = {line["demand"]["kind"] for line in placed.data["lines"]} if placed else set()
    wanted = [*PROMISED, *(PLANNED if "good" in kinds else PLANNED[1:])]
    wanted += [*(GOODS if "good" in kinds else ()), *(SERVICE if "service" in kinds else ()), *ENDED]
    yield from (fact for fact in wanted if fact not in told)
    for request in story.of(*_SUPPLY):
        supply_id = str(request.data["planned_order_id"])
        if supply_id in story.supplies and not _ended_otherwise(story, supply_id):
            done = _done(story, supply_id)
            yield from (f"{fact} of {supply_id}" for fact in _SUPPLY[request.fact] if fact not in done)


def _ended_otherwise(story: Story, supply_id: str) -> bool:
    """Whether the owner refused or gave up what was asked, or something else was taken instead."""
    ends = story.of(
        "RunRefused", "RunAborted", "PurchaseRefused", "PurchaseOrderCancelled", "SupplySubstituted"
    )
    return any(_names(telling.data, supply_id) for telling in ends)


def _done(story: Story, supply_id: str) -> set[str]:
    """The facts about a supply, under its own name or that of its run or purchase order."""
    ids = {supply_id}
    for telling in story.of("RunScheduled", "PurchaseOrderIssued"):
        if _names(telling.data, supply_id):
            ids.add(str(telling.data.get("run_id") or telling.data["purchase_order_id"]))
    return {telling.fact for telling in story.tellings if any(_names(telling.data, one) for one in ids)}


def _names(data: Any, one: str) -> bool:
    if isinstance(data, dict):
        return any(_names(value, one) for value in data.values())
    if isinstance(data, list):
        return any(_names(value, one) for value in data)
    return bool(data == one)
