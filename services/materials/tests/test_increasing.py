"""Supply that could be larger instead of another order: asked for, changed, closed, and made so by a planner."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.answers import (
    ActionMessageAccepted,
    ActionMessageChanged,
    ActionMessageClosed,
    ActionMessageOpened,
    PurchaseWishRefused,
)
from contracts.changes import PurchaseIncreased
from contracts.values import Quantity
from materials import commands
from materials.domain.message import MessageIsNotOpen
from services.materials.tests.door import PLANNER, Door
from services.materials.tests.made import (
    DAY,
    NOW,
    acknowledged,
    ask,
    cancelled,
    issued,
    line,
    placed,
    recipe,
    terms,
)
from services.materials.tests.stage import Stage
from services.materials.tests.test_lot_periods import gears, ordered, quantities


async def first_order(stage: Stage) -> str:
    return str((await stage.rows("SELECT planned_order_id FROM planned_orders ORDER BY 1"))[0][0])


async def firm_gears(stage: Stage, **rules: Any) -> str:
    """Ten gears in a firm planned order, in whose period others fall; its id."""
    await gears(stage, period_days=7, **rules)
    await ordered(stage, "p", "10", 40)
    order = await first_order(stage)
    await stage.do(commands.FirmOrder(order, firm=True))
    return order


async def bought_gears(stage: Stage, *, answered: bool = True) -> str:
    """Ten gears that a vendor is asked for, and fifteen more planned in the same period; the purchase."""
    await gears(stage, period_days=7)
    await ordered(stage, "p", "10", 10)
    await stage.pass_time(days=5)
    order = await first_order(stage)
    await stage.hear(issued(order, "gear", "10"))
    if answered:
        await stage.hear(acknowledged(order, "gear", "10", NOW + 10 * DAY))
    await ordered(stage, "q", "15", 12)
    return order


def increased(order: str, quantity: str = "25") -> PurchaseIncreased:
    return PurchaseIncreased(
        f"po-{order}",
        "steel-ltd",
        "external",
        f"line-{order}",
        order,
        Quantity("10"),
        Quantity(quantity),
        "more",
    )


async def increases(stage: Stage) -> list[ActionMessageOpened]:
    return [each for each in await stage.told(ActionMessageOpened) if each.kind == "increase"]


async def test_more_of_a_firm_order_is_asked_for_instead_of_another_one_in_its_period(stage: Stage) -> None:
    order = await firm_gears(stage)
    await ordered(stage, "q", "15", 42)
    (message,) = await increases(stage)
    other = [row[0] for row in await stage.rows("SELECT planned_order_id FROM planned_orders")]
    other.remove(order)
    assert (message.planned_order_id, str(message.quantity)) == (order, "25")
    assert message.instead_of == tuple(other)
    assert [share.order_id for share in message.hurts] == ["order-q"], "whose order needs a second one"
    await stage.do(commands.AnswerMessage(f"{order}@increase"))
    assert await quantities(stage) == [("04-11", 25)]
    assert [each.kind for each in await stage.told(ActionMessageAccepted)] == ["increase"]
    await stage.books_are_whole()


async def test_what_is_planned_outside_the_period_or_is_too_much_for_one_lot_asks_nobody(
    stage: Stage,
) -> None:
    await firm_gears(stage, maximum_micro=20_000_000)
    await ordered(stage, "q", "15", 42)
    await ordered(stage, "r", "5", 60)
    assert await increases(stage) == []
    await ordered(stage, "s", "4", 38)
    assert await increases(stage) == [], "what is needed before it comes is not served by it"


async def test_the_message_follows_what_is_planned_beside_and_closes_when_that_goes(stage: Stage) -> None:
    order = await firm_gears(stage)
    await ordered(stage, "q", "15", 42)
    await ordered(stage, "r", "5", 43)
    changed = [each for each in await stage.told(ActionMessageChanged) if each.kind == "increase"]
    assert [str(each.quantity) for each in changed] == ["30"]
    for promise_id, quantity, days in (("q", "15", 42), ("r", "5", 43)):
        await stage.hear(cancelled(placed(ask(promise_id, line("gear", quantity, days)))))
    (closed,) = [each for each in await stage.told(ActionMessageClosed) if each.kind == "increase"]
    assert (closed.planned_order_id, closed.how) == (order, "nothing is planned beside it")
    assert await quantities(stage) == [("04-11", 10)]


async def test_a_firm_run_takes_more_of_its_inputs_when_it_is_made_larger(stage: Stage) -> None:
    await stage.opened("gear", "blank")
    await stage.hear(recipe("cut", {"blank": "2"}, {"gear": "1"}), terms("blank", 5))
    await stage.planned_by("gear", period_days=7)
    await ordered(stage, "p", "10", 40)
    order = await stage.order_of("gear")
    await stage.do(commands.FirmOrder(order, firm=True))
    await ordered(stage, "q", "5", 42)
    await stage.do(commands.AnswerMessage(f"{order}@increase"))
    wanted = await stage.rows(
        "SELECT quantity_micro / 1000000, covered_micro / 1000000 FROM demands WHERE planned_order_id IS NOT NULL"
    )
    assert wanted == [(30, 30)]
    await stage.books_are_whole()


async def test_a_purchase_is_larger_when_its_vendor_has_agreed_and_the_other_order_goes(stage: Stage) -> None:
    order = await bought_gears(stage)
    (message,) = await increases(stage)
    assert (message.planned_order_id, str(message.quantity)) == (order, "25")
    await stage.do(commands.AnswerMessage(f"{order}@increase"))
    await stage.hear(increased(order))
    assert len(await stage.planned()) == 2, "until the vendor answers, the other order stays"
    await stage.hear(acknowledged(order, "gear", "25", NOW + 10 * DAY))
    assert await stage.planned() == [("gear", "buy", "confirmed", "25")]
    await stage.books_are_whole()


async def test_what_no_vendor_has_answered_is_larger_at_once(stage: Stage) -> None:
    order = await bought_gears(stage, answered=False)
    await stage.do(commands.AnswerMessage(f"{order}@increase"))
    await stage.hear(increased(order, "20"))
    assert [(state, quantity) for _, _, state, quantity in await stage.planned()] == [
        ("released", "20"),
        ("planned", "5"),
    ]
    await stage.books_are_whole()


async def test_a_vendor_who_cannot_bring_more_leaves_the_other_order_and_says_why(stage: Stage) -> None:
    order = await bought_gears(stage)
    await stage.do(commands.AnswerMessage(f"{order}@increase"))
    await stage.hear(PurchaseWishRefused(order, "increase", "it is shipped already"))
    again = (await increases(stage))[-1]
    assert (again.reason, again.instead_of != ()) == ("it is shipped already", True)
    assert len(await stage.planned()) == 2


async def test_an_order_that_is_firm_or_asked_for_itself_is_not_replaced(stage: Stage) -> None:
    order = await firm_gears(stage)
    await ordered(stage, "q", "15", 42)
    (message,) = await increases(stage)
    await stage.do(commands.FirmOrder(message.instead_of[0], firm=True))
    assert [each.kind for each in await stage.told(ActionMessageClosed)] == ["increase"]
    with pytest.raises(MessageIsNotOpen):
        await stage.do(commands.AnswerMessage(f"{order}@increase"))


async def test_the_list_names_the_lines_that_wait_for_the_other_order_and_their_worth(door: Door) -> None:
    order = await firm_gears(door.stage)
    await ordered(door.stage, "q", "15", 42)
    for sort in ("", "?sort=-at_stake", "?sort=wanted_at", "?kind=increase"):
        (shown,) = await door.page(PLANNER, f"/v1/action-messages{sort}")
        assert [each["order_id"] for each in shown["hurts"]] == ["order-q"]
        assert len(shown["instead_of"]) == 1
        assert shown["at_stake"] == [{"minor": 100_000, "currency": "EUR"}]
    answered = await door.post(PLANNER, f"/v1/action-messages/{order}@increase/acceptance")
    assert answered["state"] == "closed"
