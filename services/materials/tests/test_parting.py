"""Runs that production splits or puts together: pegs, reservations and what was told of them go along."""

from __future__ import annotations

import pytest

from contracts.materials import GoodsReady, MaterialsStaged, RunRequested, StockMoved
from contracts.partings import MergedRun, RunPart, RunsMerged, RunSplit
from contracts.production import RunScheduled
from contracts.shapes import ItemPart, LotPart
from contracts.values import Quantity
from services.materials.tests.made import (
    DAY,
    NOW,
    ask,
    closed,
    consumed,
    line,
    part,
    placed,
    produced,
    recipe,
    scheduled,
)
from services.materials.tests.stage import Stage


def parts(bolts: str, frames: str) -> tuple[tuple[ItemPart, ...], tuple[ItemPart, ...]]:
    return (ItemPart("bolt", Quantity(bolts)),), (ItemPart("frame", Quantity(frames)),)


def split(key: str, lots: tuple[LotPart, ...] = (), runs: str = "1", rest: str = "2") -> RunSplit:
    """Of a run that takes four bolts for each frame a part is a run of its own."""
    mine = RunPart("run-part", "part", Quantity(runs), *parts(str(4 * int(runs)), runs))
    return RunSplit(f"run-{key}", key, Quantity(rest), *parts(str(4 * int(rest)), rest), mine, lots)


async def welded(stage: Stage, *lots: tuple[str, str], orders: tuple[str, ...] = ("3",)) -> list[str]:
    """Runs of frames are asked for, one for each order, out of bolts in stock; the planned orders' ids."""
    await stage.opened("frame", "bolt")
    for lot_id, quantity in lots:
        await stage.stock(lot_id, "bolt", quantity)
    await stage.hear(recipe("weld", {"bolt": "4"}, {"frame": "1"}))
    for name, quantity in zip("pqr", orders, strict=False):
        await stage.hear(placed(ask(name, line("frame", quantity, 2))))
    keys = [run.planned_order_id for run in await stage.told(RunRequested)]
    keys = list(dict.fromkeys(keys))
    for key in keys:
        await stage.hear(scheduled(key, NOW, NOW + DAY))
    return keys


async def test_what_lies_staged_goes_along_and_nothing_is_staged_again(stage: Stage) -> None:
    (key,) = await welded(stage, ("A", "5"), ("B", "7"))
    staged = await stage.last(MaterialsStaged)
    count = len(await stage.told(MaterialsStaged))
    last = staged.lots[-1]
    four = part(last.lot_id, "bolt", "4", last.cost.bought_in * 4 // int(str(last.quantity)))
    await stage.hear(split(key, (four,)))
    await stage.hear(RunScheduled("run-part", "part", (), NOW, NOW + 2 * DAY))
    assert len(await stage.told(MaterialsStaged)) == count
    assert sorted(await stage.planned()) == [("frame", "make", "confirmed", q) for q in ("1", "2")]
    await stage.hear(consumed("part", four))
    moved = [each for each in await stage.told(StockMoved) if each.planned_order_id == "part"]
    assert [each.cost for each in moved][-1] == four.cost
    await stage.books_are_whole()


@pytest.mark.parametrize("first", ["whole", "part"])
async def test_an_order_is_ready_when_both_parts_of_its_run_are_made(stage: Stage, first: str) -> None:
    (key,) = await welded(stage, ("A", "12"))
    await stage.hear(split(key))
    assert {each.planned_order_id: each.runs for each in (await stage.told(MaterialsStaged))[-2:]} == {
        key: Quantity(2),
        "part": Quantity(1),
    }
    made = {"whole": (key, "2"), "part": ("part", "1")}
    for name in (first, "part" if first == "whole" else "whole"):
        assert await stage.told(GoodsReady) == []
        planned, quantity = made[name]
        await stage.hear(consumed(planned, part("A", "bolt", str(4 * int(quantity)))))
        await stage.hear(produced(planned, part(f"F-{name}", "frame", quantity)), closed(planned, quantity))
    (ready,) = set(await stage.told(GoodsReady))
    assert ready.quantity == Quantity(3)
    await stage.books_are_whole()


async def test_facts_of_a_part_that_come_before_the_split_wait_for_it(stage: Stage) -> None:
    (key,) = await welded(stage, ("A", "12"))
    await stage.hear(RunScheduled("run-part", "part", (), NOW, NOW + 2 * DAY))
    assert len(await stage.parked()) == 1
    await stage.hear(split(key))
    await stage.books_are_whole()


async def test_a_part_that_lacks_material_waits_for_it_alone(stage: Stage) -> None:
    (key,) = await welded(stage, ("A", "8"))
    assert await stage.told(MaterialsStaged) == []
    await stage.hear(split(key))
    (staged,) = set(await stage.told(MaterialsStaged))
    assert (staged.planned_order_id, staged.runs) == (key, Quantity(2))
    await stage.stock("B", "bolt", "4")
    assert (await stage.last(MaterialsStaged)).planned_order_id == "part"
    await stage.books_are_whole()


async def test_runs_put_together_are_one_order_that_serves_both(stage: Stage) -> None:
    one, two = await welded(stage, ("A", "12"), orders=("2", "1"))
    first, second = (await stage.told(MaterialsStaged))[:2]
    whole = RunsMerged(
        f"run-{one}", one, Quantity(3), *parts("12", "3"), NOW + DAY, (MergedRun(f"run-{two}", two),),
        (*first.lots, *second.lots),
    )  # fmt: skip
    count = len(await stage.told(MaterialsStaged))
    await stage.hear(whole)
    assert len(await stage.told(MaterialsStaged)) == count
    assert sorted(await stage.planned()) == [
        ("frame", "make", "closed", "1"),
        ("frame", "make", "confirmed", "3"),
    ]
    cost = first.lots[0].cost + second.lots[0].cost
    await stage.hear(consumed(one, LotPart("A", "bolt", Quantity(12), cost)))
    await stage.hear(produced(one, part("F", "frame", "3")), closed(one, "3"))
    assert {each.order_id: each.quantity for each in await stage.told(GoodsReady)} == {
        "order-p": Quantity(2),
        "order-q": Quantity(1),
    }
    await stage.books_are_whole()


async def test_what_was_split_may_be_put_together_again(stage: Stage) -> None:
    (key,) = await welded(stage, ("A", "12"))
    before = await stage.rows(
        "SELECT quantity_micro, runs_micro, state, staged FROM planned_orders ORDER BY 1"
    )
    lots = (await stage.last(MaterialsStaged)).lots
    await stage.hear(split(key))
    await stage.hear(
        RunsMerged(
            f"run-{key}",
            key,
            Quantity(3),
            *parts("12", "3"),
            NOW + DAY,
            (MergedRun("run-part", "part"),),
            lots,
        )
    )
    after = "SELECT quantity_micro, runs_micro, state, staged FROM planned_orders WHERE state <> 'closed'"
    assert await stage.rows(after) == before
    assert await stage.rows("SELECT sum(quantity_micro) FROM demands WHERE kind = 'dependent'") == [
        (12_000_000,)
    ]
    await stage.books_are_whole()
