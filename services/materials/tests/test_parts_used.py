"""Parts that visits use up: first of what their line has reserved, then of what is free, then of what is others'."""

from __future__ import annotations

from contracts.instead import GoodsWithdrawn
from contracts.materials import StockMoved
from contracts.service_desk import PartUsed, ServiceDefined, VisitCompleted
from contracts.shapes import ItemPart
from contracts.values import Quantity
from services.materials.tests.made import ask, cost, line, placed
from services.materials.tests.stage import Stage


async def wanted(stage: Stage, name: str, visits: str) -> None:
    """So many visits are ordered, each with a cable."""
    asked = ask(name, line("install", visits, kind="service", unit="visit"))
    await stage.hear(asked, placed(asked))


async def two_lines(stage: Stage) -> None:
    """One line has 18 cables of a lot reserved, another one the 7 that are left of it, and 23 and 36 of two more."""
    await stage.opened("cable")
    parts = (ItemPart("cable", Quantity(1)),)
    await stage.hear(ServiceDefined("install", "Installation", 60, 1, ("it",), parts, "plant-1"))
    await stage.stock("A", "cable", "25", bought_in=2_500)
    await wanted(stage, "first", "18")
    await stage.stock("B", "cable", "23", bought_in=2_300)
    await stage.stock("C", "cable", "36", bought_in=3_600)
    await wanted(stage, "second", "66")


def completed(name: str, quantity: int) -> VisitCompleted:
    """Work that took so many cables."""
    used = (PartUsed("cable", Quantity(quantity), "plant-1"),)
    return VisitCompleted("v", f"order-{name}", "l1", Quantity(1), 60, used, cost(), "client")


async def test_parts_of_many_lots_are_taken_as_they_are_reserved_and_none_of_anybody_else(
    stage: Stage,
) -> None:
    await two_lines(stage)
    await stage.hear(completed("second", 66))
    assert await stage.parked() == []
    assert await stage.balances() == {("A", "main"): ("18", "18")}
    shipped = [fact.quantity for fact in await stage.told(StockMoved) if fact.reason == "shipped"]
    assert sorted(shipped) == [Quantity(7), Quantity(23), Quantity(36)]
    assert not await stage.told(GoodsWithdrawn)


async def test_more_parts_than_were_reserved_are_taken_of_what_others_have_and_those_hear_so(
    stage: Stage,
) -> None:
    await two_lines(stage)
    await stage.hear(completed("second", 70))
    assert await stage.parked() == []
    assert await stage.balances() == {("A", "main"): ("14", "14")}
    assert [fact.order_id for fact in await stage.told(GoodsWithdrawn)] == ["order-first"]


async def test_more_parts_than_there_are_wait_until_the_books_are_right(stage: Stage) -> None:
    await two_lines(stage)
    before = await stage.balances()
    await stage.hear(completed("second", 85))
    assert [why for _, why, _ in await stage.parked()] == ["not yet"]
    assert await stage.balances() == before
