"""What is given up takes along all that only it needed; what is left keeps to the rules of lots."""

from __future__ import annotations

from contracts.answers import ActionMessageOpened
from contracts.materials import PurchaseRequested, SupplyLate, SupplyRecovered, TransferRequested
from contracts.orders import AmendmentRequested, ChangeCommitted, OrderLineShortClosed
from contracts.production import LotDisposed, RunAborted
from contracts.service_desk import ServiceDefined
from contracts.shapes import ItemPart
from contracts.values import Quantity
from materials import commands
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
    scheduled,
    terms,
)
from services.materials.tests.stage import Stage
from services.materials.tests.test_promise_capacity import loads
from services.materials.tests.test_promise_capacity import opened as with_a_work_centre

GEARS = ask("p", line("gear", "10", days=40))


async def scheduled_run(stage: Stage) -> str:
    """An order for gears whose run has its days while its blanks are only planned: the planned order of the run."""
    await stage.opened("gear", "blank")
    await stage.hear(recipe("cut", {"blank": "1"}, {"gear": "1"}, lead_days=20), terms("blank", 5))
    await stage.hear(GEARS, placed(GEARS))
    made = await stage.order_of("gear")
    await stage.do(commands.ReleaseOrder(made, by_hand=True))
    await stage.hear(scheduled(made, NOW + 20 * DAY, NOW + 40 * DAY))
    return made


async def test_a_run_that_is_given_up_buys_no_inputs_any_more(stage: Stage) -> None:
    made = await scheduled_run(stage)
    await stage.hear(cancelled(placed(GEARS)))
    assert await stage.planned() == [("blank", "buy", "planned", "10"), ("gear", "make", "confirmed", "10")]
    await stage.hear(RunAborted(f"run-{made}", made, "nobody wants it"))
    assert await stage.planned() == [("gear", "make", "closed", "10")]
    await stage.pass_time(days=40)
    assert not await stage.told(PurchaseRequested)


async def test_a_run_that_is_made_by_another_instead_leaves_its_inputs_to_that(stage: Stage) -> None:
    made = await scheduled_run(stage)
    await stage.hear(RunAborted(f"run-{made}", made, "the machine is broken"))
    assert await stage.planned() == [
        ("blank", "buy", "planned", "10"),
        ("gear", "make", "closed", "10"),
        ("gear", "make", "planned", "10"),
    ]


async def test_a_purchase_that_is_wanted_less_of_keeps_to_the_multiple_of_its_vendor(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 5, multiple=Quantity(100)))
    one, two = ask("a", line("gear", "120", days=30)), ask("b", line("gear", "30", days=30))
    await stage.hear(one, placed(one), two, placed(two))
    assert await stage.planned() == [("gear", "buy", "planned", "200")]
    await stage.hear(cancelled(placed(one)))
    assert await stage.planned() == [("gear", "buy", "planned", "100")]


async def test_less_of_a_transfer_that_has_not_left_gives_back_what_it_would_have_taken(door: Door) -> None:
    stage = door.stage
    await stage.opened("gear", sites=("plant-1", "plant-2"))
    await stage.planned_by("gear", source="transfer", from_site_id="plant-2", period_days=7)
    await stage.stock("L", "gear", "15", site_id="plant-2")
    asked = ask("p", line("gear", "10", days=5), line("gear", "5", days=5, line_id="l2"))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=4)
    (wanted,) = await stage.told(TransferRequested)
    await stage.hear(OrderLineShortClosed("order-p", "l2", Quantity(5), "not wanted"))
    (message,) = await stage.told(ActionMessageOpened)
    assert (message.kind, message.quantity) == ("decrease", Quantity(10))
    await door.post(PLANNER, f"/v1/action-messages/{wanted.planned_order_id}@decrease/acceptance")
    assert await stage.planned() == [("gear", "transfer", "released", "10")]
    assert await stage.balances() == {("L", "main"): ("15", "10")}


async def test_a_firm_run_that_is_put_off_gives_its_room_back_and_takes_other_room(door: Door) -> None:
    stage = door.stage
    await with_a_work_centre(stage)
    asked = ask("p", line("gear", "1", 10))
    await stage.hear(asked, placed(asked))
    assert await loads(stage) == [("2026-03-11", 480)]
    order = await stage.order_of("gear")
    await stage.do(commands.FirmOrder(order, firm=True))
    later = AmendmentRequested("order-p", "x", (), NOW + DAY, (line("gear", "1", 18),))
    await stage.hear(later, ChangeCommitted("order-p", "x"))
    await door.post(PLANNER, f"/v1/action-messages/{order}@defer/acceptance")
    ((due_at, state),) = await stage.rows("SELECT due_at, state FROM planned_orders")
    assert (due_at, state) == (NOW + 18 * DAY, "planned")
    assert await loads(stage) == [("2026-03-19", 480)]


async def test_a_line_comes_with_the_last_of_its_parts_and_is_late_while_one_is(stage: Stage) -> None:
    await stage.opened("cable", "screw")
    await stage.hear(terms("cable", 5), terms("screw", 5))
    parts = (ItemPart("cable", Quantity(2)), ItemPart("screw", Quantity(2)))
    await stage.hear(ServiceDefined("install", "Installation", 60, 1, ("it",), parts, "plant-1"))
    asked = ask("p", line("install", "1", days=10, kind="service", unit="visit"))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=5)
    cable, screw = await stage.order_of("cable"), await stage.order_of("screw")
    await stage.hear(issued(cable, "cable", "2"), issued(screw, "screw", "2"))
    await stage.hear(acknowledged(cable, "cable", "2", NOW + 30 * DAY))
    await stage.hear(acknowledged(screw, "screw", "2", NOW + 15 * DAY))

    async def late() -> list[tuple[int, int]]:
        told = [each for fact in await stage.told(SupplyLate) for each in fact.lines]
        return [((each.was_at - NOW).days, (each.at - NOW).days) for each in told if each.was_at and each.at]

    assert await late() == [(10, 30)], "what comes before the last part is no news"
    await stage.hear(acknowledged(cable, "cable", "2", NOW + 10 * DAY))
    assert await late() == [(10, 30), (30, 15)]
    assert not await stage.told(SupplyRecovered)
    await stage.hear(acknowledged(screw, "screw", "2", NOW + 10 * DAY))
    (back,) = await stage.told(SupplyRecovered)
    assert [each.line_id for each in back.lines] == ["l1"]


async def test_a_firm_run_that_is_to_be_there_sooner_has_its_material_planned_sooner(door: Door) -> None:
    stage = door.stage
    await stage.opened("gear", "blank")
    await stage.hear(recipe("cut", {"blank": "1"}, {"gear": "1"}, lead_days=2), terms("blank", 5))
    later = ask("later", line("gear", "10", days=40))
    await stage.hear(later, placed(later))
    order = await stage.order_of("gear")
    await stage.do(commands.FirmOrder(order, firm=True))
    await stage.stock("L", "gear", "10")
    sooner = ask("sooner", line("gear", "10", days=20))
    await stage.hear(sooner, placed(sooner), cancelled(placed(later)))
    await stage.hear(LotDisposed("L", "gear", "plant-1", "scrap", "cracked", "quinn"))
    assert [(each.kind, each.wanted_at) for each in await stage.told(ActionMessageOpened)][-1:] == [
        ("expedite", NOW + 20 * DAY)
    ]
    await door.post(PLANNER, f"/v1/action-messages/{order}@expedite/acceptance")
    assert await stage.rows("SELECT sku, due_at, expected_at FROM planned_orders ORDER BY sku") == [
        ("blank", NOW + 18 * DAY, NOW + 18 * DAY),
        ("gear", NOW + 20 * DAY, NOW + 20 * DAY),
    ]
    assert len(await stage.told(SupplyRecovered)) == 1
