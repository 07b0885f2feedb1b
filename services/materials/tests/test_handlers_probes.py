"""Less of what was asked of vendors and of the plant: their answers, what follows from them, and planners' wishes."""

from __future__ import annotations

import pytest

from contracts.answers import ActionMessageOpened, PurchaseWishRefused
from contracts.changes import (
    ChangeAnswered,
    ChangeProbed,
    PurchaseChangeAnswered,
    PurchaseReduced,
    RunChangeAnswered,
    RunReduced,
)
from contracts.materials import MaterialsStaged, RunRequested
from contracts.orders import CancellationRequested
from contracts.production import RunAborted
from contracts.shapes import LineQuantity
from contracts.values import Money, Quantity
from contracts.vendors import PurchaseRefused
from materials import commands
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
    scheduled,
    terms,
)
from services.materials.tests.stage import Stage
from services.materials.tests.test_handlers_changes import HOLD_UNTIL, NO, YES, bought, less


def reduced(key: str, quantity: str) -> PurchaseReduced:
    """So much of the purchase is bought now."""
    return PurchaseReduced(
        f"po-{key}",
        "steel-ltd",
        "external",
        f"line-{key}",
        key,
        Quantity(10),
        Quantity(quantity),
        "less",
        None,
        "x",
    )


async def asked_for(stage: Stage) -> str:
    """Ten bolts are bought for the order already; the planned order's id."""
    await bought(stage, days=5)
    key = await stage.order_of("bolt")
    await stage.hear(issued(key, "bolt", "10"), acknowledged(key, "bolt", "10", NOW + 5 * DAY))
    return key


async def test_a_vendor_is_asked_once_and_the_customer_hears_what_it_costs(stage: Stage) -> None:
    key = await asked_for(stage)
    await stage.hear(less("3"))
    (probe,) = set(await stage.told(ChangeProbed))
    assert (probe.planned_order_id, probe.supply, probe.quantity) == (key, "purchase", Quantity(3))
    assert await stage.told(ChangeAnswered) == []
    charge = Money(1_400, "EUR")
    await stage.hear(PurchaseChangeAnswered(key, "x", Quantity(3), None, charge, 2))
    assert await stage.told(ChangeAnswered) == [ChangeAnswered("order-p", "x", None, charge, 2)]
    assert await stage.planned() == [("bolt", "buy", "confirmed", "10")]
    await stage.hear(YES)
    assert await stage.planned() == [("bolt", "buy", "confirmed", "3")]
    await stage.hear(reduced(key, "3"))
    assert await stage.planned() == [("bolt", "buy", "confirmed", "3")]
    assert await stage.told(ActionMessageOpened) == []
    await stage.books_are_whole()


async def test_what_a_vendor_sells_in_whole_lots_beyond_what_is_wanted_is_free_supply(stage: Stage) -> None:
    key = await asked_for(stage)
    for fact in (less("3"), PurchaseChangeAnswered(key, "x", Quantity(5)), YES, reduced(key, "5")):
        await stage.hear(fact)
    assert await stage.planned() == [("bolt", "buy", "confirmed", "5")]
    assert await stage.rows("SELECT quantity_micro - pegged_micro FROM receipts") == [(2_000_000,)]
    await stage.books_are_whole()


@pytest.mark.parametrize("late", [False, True])
async def test_what_an_owner_refuses_or_is_silent_about_is_refused_and_nothing_changes(
    stage: Stage, late: bool
) -> None:
    key = await asked_for(stage)
    await stage.hear(less("3"))
    if late:
        await stage.silence(minutes=31)
    await stage.hear(PurchaseChangeAnswered(key, "x", Quantity(10), "it is shipped already"))
    why = "nobody answered: vendors" if late else "it is shipped already"
    assert [each.refused for each in await stage.told(ChangeAnswered)] == [why]
    await stage.hear(YES, NO)
    assert await stage.planned() == [("bolt", "buy", "confirmed", "10")]
    (probes,) = await stage.rows("SELECT probes FROM changes")
    assert probes[0][0]["refused"] == "it is shipped already"


async def welded(stage: Stage) -> str:
    """A run of two frames out of eight bolts in stock is asked for; the planned order's id."""
    await stage.opened("frame", "bolt")
    await stage.stock("B", "bolt", "8")
    await stage.hear(recipe("weld", {"bolt": "4"}, {"frame": "1"}))
    await stage.hear(placed(ask("p", line("frame", "2", 2))))
    key = await stage.order_of("frame")
    await stage.hear(scheduled(key, NOW, NOW + DAY))
    return key


async def test_a_run_is_made_less_and_its_rest_is_staged_once_it_was(stage: Stage) -> None:
    key = await welded(stage)
    await stage.hear(less("1"))
    (probe,) = set(await stage.told(ChangeProbed))
    assert (probe.supply, probe.quantity, [each.quantity for each in probe.inputs]) == (
        "run", Quantity(1), [Quantity(4)],
    )  # fmt: skip
    await stage.hear(RunChangeAnswered("r", key, "x", Quantity(1)))
    await stage.hear(YES)
    assert await stage.planned() == [("frame", "make", "confirmed", "1")]
    assert [each.runs for each in await stage.told(MaterialsStaged)] == [Quantity(2)]
    await stage.hear(RunReduced("r", key, Quantity(2), Quantity(1), probe.inputs, probe.outputs, "x"))
    again = await stage.last(MaterialsStaged)
    assert (again.runs, [each.quantity for each in again.lots]) == (Quantity(1), [Quantity(4)])
    assert await stage.balances() == {("B", "main"): ("8", "4")}
    await stage.books_are_whole()


@pytest.mark.parametrize("first", [False, True])
async def test_an_owner_that_is_faster_than_the_customers_word_is_waited_for(
    stage: Stage, first: bool
) -> None:
    key = await welded(stage)
    wish = CancellationRequested("order-p", "x", (LineQuantity("l1", Quantity(0)),), "no feast", HOLD_UNTIL)
    await stage.hear(wish, RunChangeAnswered("r", key, "x", Quantity(0)))
    assert (await stage.last(ChangeAnswered)).refused is None
    aborted = RunAborted("r", key, "its customer wants less", "x")
    if first:
        await stage.hear(aborted)
        assert [waits for *_, waits in await stage.parked()] == ["order-p"]
    await stage.hear(YES, aborted)
    assert [(sku, state) for sku, _, state, _ in await stage.planned()] == [("frame", "cancelled")]
    assert await stage.balances() == {("B", "main"): ("8", "0")}
    assert len(await stage.told(RunRequested)) == 1
    await stage.books_are_whole()


async def test_less_of_a_run_that_others_use_too_is_none_of_its_owners_business(stage: Stage) -> None:
    await stage.opened("bolt")
    await stage.planned_by("bolt", source="buy", minimum_micro=10_000_000, multiple_micro=10_000_000)
    await stage.hear(terms("bolt"))
    one, two = ask("p", line("bolt", "4", 5)), ask("q", line("bolt", "3", 6))
    await stage.hear(placed(one), placed(two))
    assert await stage.planned() == [("bolt", "buy", "released", "10")]
    await stage.hear(less("1"))
    assert (await stage.told(ChangeProbed), (await stage.last(ChangeAnswered)).refused) == ([], None)


async def test_what_a_planner_cancelled_is_over_when_nobody_buys_it(stage: Stage) -> None:
    key = await asked_for(stage)
    await stage.hear(cancelled(placed(ask("p", line("bolt", "10", 5)))))
    await stage.do(commands.AnswerMessage(f"{key}@cancel"))
    await stage.hear(PurchaseRefused(key, "a planner cancels it"))
    assert await stage.planned() == [("bolt", "buy", "closed", "10")]
    await stage.books_are_whole()


async def test_a_message_whose_wish_cannot_be_done_is_open_again_and_says_why(stage: Stage) -> None:
    key = await asked_for(stage)
    await stage.hear(cancelled(placed(ask("p", line("bolt", "10", 5)))))
    await stage.do(commands.AnswerMessage(f"{key}@cancel"))
    await stage.hear(PurchaseWishRefused(key, "cancel", "it is shipped already"))
    states = await stage.rows("SELECT kind, state, reason FROM action_messages")
    assert states == [("cancel", "open", "it is shipped already")]
