"""Runs whose work a vendor does: what lies there is ours and nobody else's, and what is not used comes back."""

from __future__ import annotations

from dataclasses import replace

from backbone.replay import replay
from contracts.materials import (
    LotStatusChanged,
    MaterialsStaged,
    PromiseOffered,
    PurchaseRequested,
    RunRequested,
    StockMoved,
)
from contracts.production import LotDisposed, LotInspected
from contracts.recalls import RecallOpened, RecallTraced
from contracts.shapes import LotPart
from contracts.values import MICRO, Quantity
from materials import commands
from materials.domain.correcting import Counted
from materials.domain.item import Item
from materials.domain.supply import PlannedOrder
from services.materials.tests.made import (
    DAY,
    NOW,
    aborted,
    ask,
    closed,
    consumed,
    line,
    part,
    placed,
    produced,
    recipe,
    scheduled,
    started,
    terms,
)
from services.materials.tests.stage import Stage


async def staged(stage: Stage, lots: dict[str, str], quantity: str = "10", name: str = "p") -> str:
    """An order for gears whose blanks lie staged in these lots of a thousand and three each: its planned order."""
    await stage.opened("gear", "blank")
    await stage.hear(recipe("harden", {"blank": "1"}, {"gear": "1"}), terms("blank"))
    for lot_id, micro in lots.items():
        await stage.stock(lot_id, "blank", micro, bought_in=1_003)
    return await one_more(stage, name, quantity)


async def one_more(stage: Stage, name: str, quantity: str) -> str:
    days = (stage.clock.now() - NOW).days
    asked = ask(name, line("gear", quantity, days=days + 3))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=2)
    made = await stage.order_of("gear")
    await stage.hear(scheduled(made, stage.clock.now(), stage.clock.now() + 2 * DAY))
    assert (await stage.last(MaterialsStaged)).planned_order_id == made
    return made


async def lots_staged(stage: Stage) -> tuple[LotPart, ...]:
    return (await stage.last(MaterialsStaged)).lots


async def moves(stage: Stage) -> list[tuple[str, str, str, int]]:
    """Store, reason, quantity and cost of each move of the lots that did not come by it."""
    rows = await stage.rows(
        "SELECT store, reason, quantity_micro, bought_in_minor FROM moves"
        " WHERE reason IN ('transferred', 'consumed') ORDER BY move_id"
    )
    return [(store, reason, str(Quantity.of_micro(micro)), minor) for store, reason, micro, minor in rows]


async def test_what_is_sent_lies_at_the_vendor_until_it_is_used_or_comes_back(stage: Stage) -> None:
    made = await staged(stage, {"B": "10"})
    await stage.hear(started(made, *await lots_staged(stage)))
    assert await stage.balances() == {("B", "vendor"): ("10", "0")}
    assert await stage.planned() == [("gear", "make", "running", "10")]
    await stage.hear(
        consumed(made, part("B", "blank", "4", 401)),
        produced(made, part("G", "gear", "4", 401), parents=("B",)),
    )
    assert await stage.balances() == {("B", "vendor"): ("6", "0"), ("G", "main"): ("4", "4")}
    await stage.hear(
        consumed(made, part("B", "blank", "3", 301)),
        produced(made, part("G", "gear", "3", 301), parents=("B",)),
    )
    await stage.hear(closed(made, "7", part("B", "blank", "3", 301)))
    # The three that are missing are made of what has come back, and nothing is bought for them.
    assert await stage.balances() == {("B", "main"): ("3", "3"), ("G", "main"): ("7", "7")}
    assert await stage.planned() == [("gear", "make", "closed", "10"), ("gear", "make", "released", "3")]
    assert await moves(stage) == [
        ("main", "transferred", "-10", -1_003),
        ("vendor", "transferred", "10", 1_003),
        ("vendor", "consumed", "-4", -401),
        ("vendor", "consumed", "-3", -301),
        ("vendor", "transferred", "-3", -301),
        ("main", "transferred", "3", 301),
    ]
    assert await stage.parked() == []


async def test_each_move_to_and_from_a_vendor_is_told_once_with_its_run(stage: Stage) -> None:
    made = await staged(stage, {"B": "10"})
    await stage.hear(started(made, *await lots_staged(stage)), consumed(made, part("B", "blank", "9", 900)))
    await stage.hear(closed(made, "9", part("B", "blank", "1", 103)))
    told = [each for each in await stage.told(StockMoved) if each.planned_order_id == made]
    assert [(each.reason, each.quantity, each.cost.bought_in) for each in told] == [
        ("transferred", Quantity(10), 1_003),
        ("consumed", Quantity(9), 900),
        ("transferred", Quantity(1), 103),
    ]
    assert len({each.move_id for each in told}) == 3


async def test_a_lot_that_a_vendor_used_up_is_consumed(stage: Stage) -> None:
    made = await staged(stage, {"B": "10"})
    sent = await lots_staged(stage)
    await stage.hear(started(made, *sent))
    assert not await stage.told(LotStatusChanged)
    await stage.hear(consumed(made, *sent), closed(made, "10"))
    assert await stage.balances() == {}
    assert [(each.lot_id, each.status) for each in await stage.told(LotStatusChanged)] == [("B", "consumed")]


async def test_what_comes_back_of_a_run_that_was_given_up_serves_others(stage: Stage) -> None:
    made = await staged(stage, {"B": "10"})
    sent = await lots_staged(stage)
    await stage.hear(started(made, *sent), aborted(made, *sent))
    assert await stage.balances() == {("B", "main"): ("10", "10")}
    again = await stage.order_of("gear")
    assert again != made
    assert await stage.planned() == [("gear", "make", "closed", "10"), ("gear", "make", "released", "10")]
    assert not await stage.told(PurchaseRequested)
    anew = await stage.last(MaterialsStaged)
    assert (anew.planned_order_id, anew.lots) == (again, sent)


async def test_what_lies_at_a_vendor_is_promised_to_nobody(stage: Stage) -> None:
    await stage.opened("gear", "blank")
    made = await staged(stage, {"B": "10"}, "6")
    await stage.hear(started(made, *await lots_staged(stage)))
    assert await stage.balances() == {("B", "main"): ("4", "0"), ("B", "vendor"): ("6", "0")}
    await stage.hear(ask("q", line("blank", "5", days=3), hold_until=NOW + 9 * DAY))
    (offered,) = [each for each in await stage.told(PromiseOffered) if each.promise_id == "q"]
    assert [(step.quantity, step.at > NOW + 4 * DAY) for step in offered.steps] == [(Quantity(5), True)]
    assert await stage.balances() == {("B", "main"): ("4", "4"), ("B", "vendor"): ("6", "0")}
    assert [quantity for sku, *_, quantity in await stage.planned() if sku == "blank"] == ["1"]


async def test_a_run_takes_what_its_vendor_has_and_then_from_the_house(stage: Stage) -> None:
    made = await staged(stage, {"B": "20"})
    await stage.hear(started(made, *await lots_staged(stage)))
    assert await stage.balances() == {("B", "main"): ("10", "0"), ("B", "vendor"): ("10", "0")}
    await stage.hear(consumed(made, part("B", "blank", "12", 602)))
    assert await stage.balances() == {("B", "main"): ("8", "0")}
    assert (await moves(stage))[2:] == [("vendor", "consumed", "-10", -501), ("main", "consumed", "-2", -101)]


async def test_two_runs_share_a_lot_at_their_vendors_and_each_takes_its_own_to_the_cent(stage: Stage) -> None:
    one = await staged(stage, {"B": "7"}, "2")
    (first,) = await lots_staged(stage)
    two = await one_more(stage, "q", "5")
    (second,) = await lots_staged(stage)
    assert (first.cost.bought_in, second.cost.bought_in) == (286, 717)
    await stage.hear(started(one, first), started(two, second))
    assert await stage.balances() == {("B", "vendor"): ("7", "0")}
    await stage.hear(consumed(one, first), aborted(two, second))
    assert await stage.balances() == {("B", "main"): ("5", "5")}
    (held,) = await stage.rows(
        "SELECT bought_in_minor FROM stocks WHERE store = 'main' AND on_hand_micro > 0"
    )
    assert held == (717,)
    # Of what another run had sent nothing comes back twice.
    await stage.hear(closed(one, "2", first))
    assert [wait for *_, wait in await stage.parked()] == ["B"]


async def test_a_lot_that_is_called_back_is_found_at_its_vendor_and_stays_blocked_when_it_is_back(
    stage: Stage,
) -> None:
    made = await staged(stage, {"B": "12"})
    sent = await lots_staged(stage)
    await stage.hear(started(made, *sent))
    await stage.hear(RecallOpened("r1", "brittle", "quinn", other_lot_ids=("B",)))
    await stage.pass_time()
    (found,) = (await stage.last(RecallTraced)).lots
    assert (found.status, found.on_hand, found.in_transit) == ("blocked", Quantity(2), Quantity(10))
    await stage.hear(consumed(made, part("B", "blank", "4", 334)))
    await stage.hear(aborted(made, part("B", "blank", "6", 502)))
    assert await stage.balances() == {("B", "main"): ("8", "0")}
    assert await stage.rows("SELECT status FROM lots WHERE lot_id = 'B'") == [("blocked",)]
    await stage.hear(LotDisposed("B", "blank", "plant-1", "release", "it was another heat", "quinn"))
    await stage.hear(ask("q", line("blank", "8", days=20), hold_until=NOW + 9 * DAY))
    assert await stage.balances() == {("B", "main"): ("8", "8")}


async def test_a_lot_that_is_blocked_while_it_leaves_is_at_its_vendor_and_no_other_is_staged(
    stage: Stage,
) -> None:
    made = await staged(stage, {"B": "10"})
    sent = await lots_staged(stage)
    await stage.stock("C", "blank", "4", bought_in=400)
    await stage.hear(LotInspected("B", "blank", None, passed=False, properties=()))
    assert (await stage.balances())["C", "main"] == ("4", "4")
    await stage.hear(started(made, *sent))
    assert await stage.balances() == {("B", "vendor"): ("10", "0"), ("C", "main"): ("4", "0")}
    assert len(await stage.told(MaterialsStaged)) == 1


async def test_a_count_and_a_shelf_life_leave_what_lies_at_a_vendor_where_it_is(stage: Stage) -> None:
    made = await staged(stage, {"B": "12"})
    await stage.hear(started(made, *await lots_staged(stage)))
    counted = await stage.do(commands.CountLot(Counted("c1", "plant-1", "B", MICRO, "wim")))
    assert counted.booked_micro == 2 * MICRO
    await stage.do(commands.DecideCount("c1", "quinn", approved=True))
    assert await stage.balances() == {("B", "main"): ("1", "0"), ("B", "vendor"): ("10", "0")}
    await stage.hear(aborted(made, part("B", "blank", "10", 836)))
    assert await stage.balances() == {("B", "main"): ("11", "10")}


async def test_pieces_keep_their_numbers_at_a_vendor(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.do(commands.DefineItem(Item("blank", "blank", "piece", MICRO, serialised=True)))
    await stage.hear(recipe("harden", {"blank": "1"}, {"gear": "1"}), terms("blank"))
    numbered = replace(part("B", "blank", "2", 1_003), serials=("S1", "S2"))
    await stage.do(commands.BookLot("plant-1", numbered))
    made = await one_more(stage, "p", "2")
    (sent,) = await lots_staged(stage)
    await stage.hear(
        started(made, sent), consumed(made, replace(sent, quantity=Quantity(1), serials=("S1",)))
    )
    await stage.hear(closed(made, "1", replace(sent, quantity=Quantity(1), serials=("S2",))))
    assert await stage.rows("SELECT serial, lot_id FROM serials ORDER BY 1") == [("S1", "B"), ("S2", "B")]
    assert (await stage.balances())["B", "main"][0] == "1"


async def test_a_run_whose_lots_are_not_all_known_here_is_sent_what_it_has_not_used_when_they_are(
    stage: Stage,
) -> None:
    made = await staged(stage, {"B": "10"})
    late = part("C", "blank", "3", 300)
    await stage.hear(started(made, *await lots_staged(stage), late))
    await stage.hear(
        consumed(made, part("B", "blank", "4", 401)), aborted(made, part("B", "blank", "6", 602), late)
    )
    assert {wait for *_, wait in await stage.parked()} == {"B", "C"}
    assert await stage.balances() == {("B", "main"): ("6", "6")}
    await stage.stock("C", "blank", "3", bought_in=300)
    for subscription in ("on_run_started", "on_run_aborted"):
        await replay(stage.host, (subscription, "production.run.v1", f"run-{made}"))
    assert await stage.parked() == []
    assert await moves(stage) == [
        ("main", "consumed", "-4", -401),
        ("main", "transferred", "-6", -602),
        ("vendor", "transferred", "6", 602),
        ("main", "transferred", "-3", -300),
        ("vendor", "transferred", "3", 300),
        ("vendor", "transferred", "-6", -602),
        ("main", "transferred", "6", 602),
        ("vendor", "transferred", "-3", -300),
        ("main", "transferred", "3", 300),
    ]


async def test_a_run_that_used_all_of_it_before_it_began_is_sent_nothing(stage: Stage) -> None:
    made = await staged(stage, {"B": "10"})
    sent = await lots_staged(stage)
    await stage.hear(consumed(made, *sent), closed(made, "10"))
    await stage.hear(started(made, *sent))
    assert await stage.balances() == {}
    assert await stage.parked() == []


async def test_a_lot_that_is_put_right_by_a_vendor_is_blocked_again_when_that_is_given_up(
    stage: Stage,
) -> None:
    await stage.opened("gear")
    await stage.stock("bad", "gear", "10", bought_in=1_003)
    await stage.hear(recipe("mend", {"gear": "1"}, {"gear": "1"}, "modification", lead_days=1))
    await stage.hear(LotDisposed("bad", "gear", "plant-1", "rework", "soft spot", "quinn", None, "mend"))
    again = (await stage.last(RunRequested)).planned_order_id
    sent = await lots_staged(stage)
    await stage.hear(scheduled(again, NOW + DAY, NOW + 2 * DAY), started(again, *sent))
    assert await stage.balances() == {("bad", "vendor"): ("10", "0")}
    await stage.hear(aborted(again, *sent))
    assert await stage.balances() == {("bad", "main"): ("10", "0")}
    assert await stage.rows("SELECT status FROM lots") == [("blocked",)]


def _order(key: str) -> PlannedOrder:
    return PlannedOrder(
        planned_order_id=key, site_id="plant-1", sku="gear", source="make", quantity_micro=MICRO, runs_micro=MICRO,
        lead_days=1, calendar_id=None, floor_at=NOW, starts_at=NOW, due_at=NOW, confirmed_at=None, expected_at=NOW,
        release_at=NOW, state="running", held=False, automatic=True, priority=1,
    )  # fmt: skip
