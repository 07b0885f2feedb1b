"""Lines closed short, or waiting for their client: what they had is free, what was planned for them alone goes."""

from __future__ import annotations

from contracts.materials import GoodsReady
from contracts.orders import OrderLineShortClosed
from contracts.service_desk import ScheduleLine, VisitResumed, VisitSuspended
from contracts.values import Quantity
from services.materials.tests.made import ask, line, placed, terms
from services.materials.tests.stage import Stage


def closed(order_id: str, line_id: str) -> OrderLineShortClosed:
    """A line is not wanted any more."""
    return OrderLineShortClosed(order_id, line_id, Quantity(4), "nobody was there")


async def test_a_line_lets_go_its_stock_and_its_plan_and_the_other_line_is_ready(stage: Stage) -> None:
    await stage.opened("bolt", "nut")
    await stage.hear(terms("bolt"), terms("nut"))
    await stage.stock("B", "bolt", "4")
    await stage.stock("N", "nut", "1")
    asked = ask("p", line("bolt", "4", line_id="l1"), line("nut", "4", line_id="l2"))
    await stage.hear(asked, placed(asked))
    assert await stage.told(GoodsReady) == []
    assert [sku for sku, *_ in await stage.planned()] == ["nut"]
    await stage.hear(closed("order-p", "l2"), closed("order-p", "l2"))
    (ready,) = await stage.told(GoodsReady)
    assert (ready.line_id, ready.quantity) == ("l1", Quantity(4))
    assert await stage.planned() == []
    assert await stage.balances() == {("B", "main"): ("4", "4"), ("N", "main"): ("1", "0")}


async def test_what_a_line_lets_go_serves_who_waits(stage: Stage) -> None:
    await stage.opened("bolt")
    await stage.stock("B", "bolt", "4")
    first, second = ask("p", line("bolt", "4")), ask("q", line("bolt", "4"))
    await stage.hear(first, placed(first), second, placed(second))
    assert [each.order_id for each in await stage.told(GoodsReady)] == ["order-p"]
    await stage.hear(closed("order-p", "l1"))
    assert [each.order_id for each in await stage.told(GoodsReady)] == ["order-p", "order-q"]


def turns(order_id: str, line_id: str = "l1") -> tuple[VisitSuspended, VisitResumed]:
    """A hand-over waits for its client, and goes on."""
    lines = (ScheduleLine(line_id, 1),)
    return tuple(  # type: ignore[return-value]
        kind(f"visit-{order_id}", "hand-over", order_id, (line_id,), lines)
        for kind in (VisitSuspended, VisitResumed)
    )


async def test_goods_of_a_silent_client_serve_who_waits_and_are_planned_anew_when_he_speaks(
    stage: Stage,
) -> None:
    await stage.opened("bolt")
    await stage.stock("B", "bolt", "4")
    quiet, other = ask("p", line("bolt", "4")), ask("q", line("bolt", "4"))
    await stage.hear(quiet, placed(quiet), other, placed(other))
    waits, speaks = turns("order-p")
    await stage.hear(waits)
    assert [each.order_id for each in await stage.told(GoodsReady)] == ["order-p", "order-q"]
    assert await stage.planned() == []
    assert await stage.balances() == {("B", "main"): ("4", "4")}
    await stage.hear(terms("bolt"), speaks)
    assert [(sku, quantity) for sku, _, _, quantity in await stage.planned()] == [("bolt", "4")]
    assert [each.order_id for each in await stage.told(GoodsReady)] == ["order-p", "order-q"]
    await stage.books_are_whole()


async def test_goods_that_nobody_took_meanwhile_lie_ready_again_and_nobody_plans_for_silence(
    stage: Stage,
) -> None:
    await stage.opened("bolt")
    await stage.hear(terms("bolt"))
    await stage.stock("B", "bolt", "4")
    quiet = ask("p", line("bolt", "4"))
    await stage.hear(quiet, placed(quiet))
    waits, speaks = turns("order-p")
    await stage.hear(waits)
    await stage.stock("C", "bolt", "1")
    assert await stage.balances() == {("B", "main"): ("4", "0"), ("C", "main"): ("1", "0")}
    await stage.hear(speaks, speaks)
    first, again = await stage.told(GoodsReady)
    assert (first, await stage.planned()) == (again, [])
    await stage.books_are_whole()
    await stage.hear(waits, closed("order-p", "l1"), speaks)
    assert await stage.balances() == {("B", "main"): ("4", "0"), ("C", "main"): ("1", "0")}
    assert await stage.planned() == []
