"""Runs that were asked for and could be larger or smaller: planners accept it, production decides, the plan follows."""

from __future__ import annotations

import pytest

from contracts.answers import (
    ActionMessageAccepted,
    ActionMessageClosed,
    ActionMessageOpened,
    RunWishRefused,
)
from contracts.changes import RunResized
from contracts.materials import MaterialsStaged, SupplyLate
from contracts.values import Quantity
from materials import commands
from materials.domain.increasing import CannotBeLarger
from services.materials.tests.made import (
    DAY,
    NOW,
    ask,
    cancelled,
    consumed,
    line,
    part,
    placed,
    recipe,
    scheduled,
    terms,
)
from services.materials.tests.stage import Stage
from services.materials.tests.test_increasing import first_order, increases
from services.materials.tests.test_lot_periods import ordered, quantities


async def cut_gears(stage: Stage, blanks: str = "99", *, fence_days: int = 2) -> str:
    """A run of ten gears from twenty blanks that has its place in the schedule, and ten days; its planned order."""
    await stage.opened("gear", "blank")
    await stage.stock("B", "blank", blanks)
    await stage.hear(recipe("cut", {"blank": "2"}, {"gear": "1"}, lead_days=10), terms("blank", 5))
    await stage.planned_by("gear", fence_days=fence_days, period_days=7)
    await ordered(stage, "p", "10", 12)
    order = await first_order(stage)
    await stage.hear(scheduled(order, NOW + 2 * DAY, NOW + 12 * DAY))
    return order


def resized(order: str, wish: ActionMessageAccepted) -> RunResized:
    """Production does what a planner wants of a run."""
    size = wish.run
    assert size is not None
    return RunResized(f"run-{order}", order, wish.quantity, size.was, size.runs, size.inputs, size.outputs)


async def accepted(stage: Stage, order: str, kind: str = "increase") -> ActionMessageAccepted:
    await stage.do(commands.AnswerMessage(f"{order}@{kind}"))
    return await stage.last(ActionMessageAccepted)


async def inputs(stage: Stage) -> list[tuple[int, int]]:
    """What runs want, and what of it is covered."""
    return await stage.rows(
        "SELECT quantity_micro / 1000000, covered_micro / 1000000 FROM demands WHERE planned_order_id IS NOT NULL"
    )


async def test_a_run_that_was_asked_for_is_made_larger_instead_of_another_one(stage: Stage) -> None:
    order = await cut_gears(stage)
    await ordered(stage, "q", "15", 14)
    (message,) = await increases(stage)
    assert (message.planned_order_id, str(message.quantity)) == (order, "25")
    wish = await accepted(stage, order)
    assert wish.run is not None
    assert (wish.run.was, wish.run.runs) == (Quantity(10), Quantity(25))
    assert [str(each.quantity) for each in (*wish.run.inputs, *wish.run.outputs)] == ["50", "25"]
    assert await quantities(stage) == [("03-14", 10), ("03-16", 15)], (
        "until production has agreed nothing is changed"
    )
    await stage.hear(resized(order, wish), scheduled(order, NOW + 2 * DAY, NOW + 13 * DAY))
    assert await quantities(stage) == [("03-14", 25)]
    assert await inputs(stage) == [(50, 50)]
    assert [(each.planned_order_id, each.runs) for each in await stage.told(MaterialsStaged)][-1] == (
        order,
        Quantity(25),
    )
    assert [each.how for each in await stage.told(ActionMessageClosed)] == ["nothing is planned beside it"]


async def test_what_more_of_a_run_takes_is_bought_if_it_comes_in_time(stage: Stage) -> None:
    order = await cut_gears(stage, "20")
    await ordered(stage, "q", "15", 18)
    with pytest.raises(CannotBeLarger, match="so late that it would be there 2026-03-17"):
        await stage.do(commands.AnswerMessage(f"{order}@increase"))
    assert await stage.told(ActionMessageAccepted) == []
    await stage.stock("C", "blank", "30")
    wish = await accepted(stage, order)
    await stage.hear(resized(order, wish))
    assert await inputs(stage) == [(50, 50)]
    assert await stage.told(SupplyLate) == []


async def test_production_that_has_no_room_for_more_leaves_the_other_order_and_says_why(stage: Stage) -> None:
    order = await cut_gears(stage)
    await ordered(stage, "q", "15", 14)
    await accepted(stage, order)
    reason = "its machines have no room for more of it"
    await stage.hear(RunWishRefused(f"run-{order}", order, "increase", reason))
    again = (await increases(stage))[-1]
    assert (again.reason, len(again.instead_of)) == (reason, 1)
    assert await quantities(stage) == [("03-14", 10), ("03-16", 15)]


async def test_a_run_that_has_begun_is_not_asked_to_be_larger(stage: Stage) -> None:
    order = await cut_gears(stage)
    await stage.hear(consumed(order, part("B", "blank", "20", 0)))
    await ordered(stage, "q", "15", 14)
    assert await increases(stage) == []


async def test_a_run_of_which_less_would_do_is_made_smaller_when_a_planner_says_so(stage: Stage) -> None:
    order = await cut_gears(stage, fence_days=0)
    await ordered(stage, "q", "5", 13)
    assert await quantities(stage) == [("03-14", 15)]
    await stage.pass_time(days=3)
    await stage.hear(scheduled(order, NOW + 3 * DAY, NOW + 13 * DAY))
    await stage.hear(cancelled(placed(ask("q", line("gear", "5", 13)))))
    wish = await accepted(stage, order, "decrease")
    assert wish.run is not None
    assert (str(wish.quantity), wish.run.was, wish.run.runs) == ("10", Quantity(15), Quantity(10))
    assert [str(each.quantity) for each in (*wish.run.inputs, *wish.run.outputs)] == ["20", "10"]
    assert await quantities(stage) == [("03-14", 15)], "until production has agreed nothing is changed"
    await stage.hear(resized(order, wish))
    assert await quantities(stage) == [("03-14", 10)]
    assert await inputs(stage) == [(20, 20)]
    assert (await stage.last(MaterialsStaged)).runs == Quantity(10)
    assert "decrease" in [each.kind for each in await stage.told(ActionMessageClosed)]


async def test_a_run_may_be_less_than_production_was_asked_when_it_says_so(stage: Stage) -> None:
    order = await cut_gears(stage)
    await ordered(stage, "q", "15", 14)
    wish = await accepted(stage, order)
    await stage.hear(cancelled(placed(ask("q", line("gear", "15", 14)))))
    await stage.hear(resized(order, wish))
    assert await quantities(stage) == [("03-14", 25)], "nobody wants the rest of it: it lies free"
    messages = [each for each in await stage.told(ActionMessageOpened) if each.kind == "decrease"]
    assert [str(each.quantity) for each in messages] == ["10"]
