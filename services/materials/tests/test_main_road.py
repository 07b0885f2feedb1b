"""The main road: promise, order, run, purchase, receipt, staging, consumption, production, goods ready, shipped."""

from __future__ import annotations

from datetime import timedelta

from contracts.materials import (
    GoodsReady,
    MaterialsStaged,
    PromiseOffered,
    PurchaseRequested,
    RequirementsPlanned,
    RunRequested,
    StockMoved,
)
from contracts.service_desk import DeliveredLine, GoodsDispatched, HandOverCompleted
from contracts.values import Quantity
from services.materials.tests.made import (
    DAY,
    HARD,
    HARD_WINDOW,
    NOW,
    SOFT,
    SOFT_WINDOW,
    acknowledged,
    ask,
    closed,
    consumed,
    cost,
    hardening,
    issued,
    line,
    part,
    placed,
    produced,
    received,
    recipe,
    scheduled,
    terms,
)
from services.materials.tests.stage import Stage


async def opened(stage: Stage) -> None:
    await stage.opened("shaft")
    await stage.hear(hardening(), terms("shaft", properties=(SOFT,)))


async def test_shafts_are_promised_ordered_bought_hardened_and_shipped(stage: Stage) -> None:
    await opened(stage)
    asked = ask("p", line("shaft", "500", window=HARD_WINDOW))
    await stage.hear(asked)
    offered = await stage.last(PromiseOffered)
    assert [(step.quantity, step.at) for step in offered.steps] == [(Quantity(500), NOW + 30 * DAY)]
    assert offered.capacity == "unlimited"
    await stage.hear(placed(asked))
    planned = await stage.last(RequirementsPlanned)
    assert [(peg.supply_kind, peg.quantity) for peg in planned.pegs] == [("planned", Quantity(500))]
    assert not await stage.told(RunRequested)
    await stage.pass_time(days=23)
    (bought,) = await stage.told(PurchaseRequested)
    assert (bought.sku, bought.quantity, bought.window) == ("shaft", Quantity(500), SOFT_WINDOW)
    assert [(share.order_id, share.quantity) for share in bought.serves] == [("order-p", Quantity(500))]
    purchase = bought.planned_order_id
    await stage.hear(issued(purchase, "shaft", "500"), acknowledged(purchase, "shaft", "500", NOW + 27 * DAY))
    await stage.pass_time(days=5)
    (run,) = await stage.told(RunRequested)
    assert (run.recipe_id, run.runs, run.starts_at) == ("harden", Quantity(500), NOW + 28 * DAY)
    made = run.planned_order_id
    await stage.hear(scheduled(made, NOW + 28 * DAY, NOW + 29 * DAY))
    assert not await stage.told(MaterialsStaged)
    await stage.hear(received(purchase, part("bar", "shaft", "500", 50_000, SOFT)))
    staged = await stage.last(MaterialsStaged)
    assert [(lot.lot_id, lot.quantity, lot.cost) for lot in staged.lots] == [
        ("bar", Quantity(500), cost(50_000))
    ]
    await stage.hear(consumed(made, *staged.lots))
    hard = part("hard", "shaft", "500", 50_000, HARD)
    await stage.hear(produced(made, hard, parents=("bar",)), closed(made, "500"))
    ready = await stage.last(GoodsReady)
    assert (ready.order_id, ready.line_id, ready.quantity) == ("order-p", "l1", Quantity(500))
    await delivered(stage, ready)


async def delivered(stage: Stage, ready: GoodsReady) -> None:
    line_out = (DeliveredLine("l1", ready.lots),)
    await stage.hear(GoodsDispatched("visit", "order-p", "plant-1", line_out))
    assert await stage.balances() == {("hard", "transit"): ("500", "0")}
    await stage.hear(HandOverCompleted("visit", "order-p", "plant-1", line_out, cost(), "client"))
    shipped = [move for move in await stage.told(StockMoved) if move.reason == "shipped"]
    assert [(m.order_id, m.line_id, m.quantity, m.cost) for m in shipped] == [
        ("order-p", "l1", Quantity(500), cost(50_000))
    ]
    assert await stage.balances() == {}
    assert await stage.parked() == []


async def test_a_bill_of_several_levels_with_a_phantom_is_planned_down_to_what_is_bought(
    stage: Stage,
) -> None:
    await stage.opened("pc", "kit", "board", "screw", "chip")
    await stage.hear(
        recipe("assemble", {"board": "1", "kit": "1"}, {"pc": "1"}),
        recipe("kit", {"screw": "4"}, {"kit": "1"}, phantom=True, lead_days=0),
        recipe("solder", {"chip": "3"}, {"board": "1"}, lead_days=5),
        terms("screw", 3),
        terms("chip", 10),
    )
    asked = ask("p", line("pc", "40", days=60))
    await stage.hear(asked, placed(asked))
    assert await stage.planned() == [
        ("board", "make", "planned", "40"),
        ("chip", "buy", "planned", "120"),
        ("pc", "make", "planned", "40"),
        ("screw", "buy", "planned", "160"),
    ]
    starts = dict(await stage.rows("SELECT sku, starts_at FROM planned_orders"))
    assert starts["pc"] == NOW + 58 * DAY
    assert starts["board"] == NOW + 53 * DAY
    assert starts["chip"] == NOW + 43 * DAY
    assert starts["screw"] == starts["pc"] - timedelta(days=3)
