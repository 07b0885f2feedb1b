"""A shop to look at: a production with a run that went off its limits, one that waits, charts, standards, a stop."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from backbone.ids import new_id
from backbone.service import Host
from contracts.recalls import (
    RecalledDelivery,
    RecalledLot,
    RecallNotified,
    RecallTicket,
    RecallTraced,
    SentPart,
)
from contracts.values import Quantity
from contracts.vendors import GoodsReceived, ReceivedLine
from production import commands
from production.domain.act import Act, End, Hold, Measure, Reading, Report, Resume, Scrap, Start
from production.domain.counts import MachineCount
from production.domain.downtime import Downtime
from production.domain.points import InspectionPoint
from production.domain.quality import Characteristic, InspectionPlan, Sample, Sampling
from production.domain.scheduling.proposal import Proposal
from production.domain.standard import StandardPrice
from services.production.tests.made import HARDENERS, NOW, asked, cracking, hardening, lot, staged
from services.production.tests.stage import Stage
from services.production.tests.test_schedules import worked

LOOKED_AT: Final = (
    Characteristic("hardness", "variable", "HRC", Quantity(58), Quantity(62)),
    Characteristic("scratched", "attribute"),
)
SAMPLING: Final = (Sampling(Quantity(0), 2, 0),)
POINT: Final = InspectionPoint("temper", 10, "shaft", LOOKED_AT, SAMPLING)
HARDNESS: Final = ("60", "60.3", "59.8", "60.1", "60.4", "59.9", "60.2", "61.9")


async def open_shop(production: Host) -> dict[str, str]:
    """A furnace at work; the names of what a page needs an id for."""
    shop = Stage(production)
    await shop.opened()
    await shop.do(commands.DraftRecipe("harden", hardening(title="Harden longer", lead_days=3), "erik"))
    await shop.do(commands.SubmitRecipe("harden", 2))
    await shop.do(commands.DraftRecipe("crack", replace(cracking(), title="Crack crude oil"), "erik"))
    await shop.do(commands.SubmitRecipe("crack", 1))
    await shop.do(commands.ApproveRecipe("crack", 1, "ava"))
    await shop.do(commands.SetStandardPrices("plant-1", (_price("shaft", "90.5"), _price("crude", "12"))))
    await shop.do(commands.RollUpCosts("plant-1", "EUR", "paul"))
    await shop.do(commands.DefineCrew(HARDENERS, "pat"))
    await _stop(shop)
    await shop.hear(asked("p1"), staged(lot("bar", "500", 50_000)))
    await shop.hear(asked("p2"), staged(lot("rod", "500", 48_000), planned_order_id="p2"))
    await shop.hear(asked("p3"))
    run = await shop.run("p1")
    await _work(shop, run)
    await _inspect(shop, run)
    await _count(shop, run, "490", "4")
    await _act(shop, await shop.run("p2"), Start())
    await _count(shop, await shop.run("p2"), "120", "1")
    ((roll_up,),) = await shop.rows("SELECT roll_up_id FROM roll_ups")
    schedule = await shop.do(
        commands.AskSchedule(Proposal(new_id(), "plant-1", 0, 30, "paul", shop.clock.now()))
    )
    await worked(shop)
    inspected = await _stop_at_point(shop)
    names = {"run": run, "waiting": await shop.run("p3"), "roll_up": roll_up, "inspected": inspected}
    return {**names, "schedule": schedule.schedule_id}


async def _count(shop: Stage, run_id: str, good: str, bad: str) -> None:
    """A machine has counted what a run made."""
    count = MachineCount(run_id, 10, "furnace-1", shop.clock.now(), Quantity(good), Quantity(bad))
    await shop.do(commands.RecordCounts((count,), "furnace-1"))


async def close_books(production: Host) -> None:
    """The month of what happened is closed, at its end."""
    shop = Stage(production)
    shop.clock.advance(NOW + timedelta(days=28))
    await shop.do(commands.ClosePeriod("plant-1", f"{NOW:%Y-%m}", "ava"))


async def call_back(production: Host) -> dict[str, str]:
    """A lot with its certificate, and a recall that is followed; the name of it."""
    shop = Stage(production)
    await _certify(shop)
    return {"recall": await _recall(shop)}


async def _work(shop: Stage, run_id: str) -> None:
    for value in ("848", "852", "855", "863", "851"):
        await _act(
            shop,
            run_id,
            *([Start()] if value == "848" else []),
            Measure((Reading(10, "temperature", Quantity(value)),)),
        )
        shop.clock.advance(shop.clock.now() + timedelta(minutes=20))
    await _act(shop, run_id, Hold("no power"))
    shop.clock.advance(shop.clock.now() + timedelta(minutes=12))
    await _act(shop, run_id, Resume(), *(Report(Quantity(50)) for _ in HARDNESS))
    scraps = (Scrap("shaft", Quantity(3), "cracked"),)
    await _act(shop, run_id, End(Report(scraps=scraps)))


async def _act(shop: Stage, run_id: str, *acts: Act) -> None:
    for act in acts:
        await shop.do(commands.ActOnRun(run_id, act, "olga"))


async def _inspect(shop: Stage, run_id: str) -> None:
    await shop.do(commands.PlanInspection(InspectionPlan("shaft", LOOKED_AT, SAMPLING)))
    rows = await shop.rows("SELECT lot_id FROM lots WHERE run_id = :run ORDER BY lot_id", run=run_id)
    for (lot_id,), value in zip(rows, HARDNESS, strict=False):
        found = (Sample("hardness", (Quantity(value), Quantity(value))), Sample("scratched", (), 2, 1))
        await shop.do(commands.RecordInspection(lot_id, found, "quinn"))


async def _stop_at_point(shop: Stage) -> str:
    """A run whose operation is inspected: three samples passed, and then one failed."""
    await shop.do(commands.DraftRecipe("temper", hardening(title="Temper shafts"), "erik"))
    await shop.do(commands.SubmitRecipe("temper", 1))
    await shop.do(commands.ApproveRecipe("temper", 1, "ava"))
    await shop.do(commands.PlanPoint(POINT))
    lots = staged(lot("blue", "80", 8_000), planned_order_id="p-blue", runs="80")
    await shop.hear(asked("p-blue", "80", recipe_id="temper"), lots)
    run = await shop.run("p-blue")
    await _act(shop, run, Start())
    for value in ("60", "60.4", "59.7", "57.2"):
        found = (Sample("hardness", (Quantity(value), Quantity(value))), Sample("scratched", (), 2, 0))
        await shop.do(commands.InspectRun(run, 10, "shaft", found, Quantity(20), "olga"))
    return run


async def _certify(shop: Stage) -> None:
    """The bolts that lie in stock arrived with an inspection, and passed it."""
    length = Characteristic("length", "variable", "mm", Quantity("39.8"), Quantity("40.2"))
    await shop.do(commands.PlanInspection(InspectionPlan("bolt", (length,), (Sampling(Quantity(0), 1, 0),))))
    line = ReceivedLine("l1", "b1", "plant-1", (lot("B", "10", sku="bolt"),), complete=True, inspect=True)
    await shop.hear(GoodsReceived("po", "forge", "external", "r1", (line,)))
    await shop.do(commands.RecordInspection("B", (Sample("length", (Quantity("40.05"),)),), "quinn"))


async def _recall(shop: Stage) -> str:
    """A vendor calls a heat back: some of it lies in stock, some was sent to a customer who has no answer yet."""
    recall = await shop.do(commands.OpenRecall("brittle steel", (), "heat 4711", "shaft", None, "quinn"))
    lots = tuple(
        RecalledLot(name, "shaft", "plant-1", "heat 4711", status, Quantity(here), Quantity(0), sent)
        for name, status, here, sent in (
            ("spare", "blocked", 120, ()),
            ("gone", "shipped", 0, (SentPart("order-1", Quantity(40)),)),
        )
    )
    ticket = RecallTicket("t1", "gearworks", "order-1", (RecalledDelivery("gone", Quantity(40)),))
    await shop.hear(RecallTraced(recall.recall_id, "brittle steel", lots, complete=True))
    await shop.hear(RecallNotified(recall.recall_id, ("spare", "gone"), (ticket,)))
    return str(recall.recall_id)


async def _stop(shop: Stage) -> None:
    lining = Downtime(
        "",
        "furnace",
        1,
        "planned",
        "new lining",
        NOW + timedelta(days=2),
        NOW + timedelta(days=2, hours=6),
        "paul",
    )
    broken = replace(
        lining, kind="recorded", reason="no power", starts_at=NOW - timedelta(hours=1), ends_at=NOW
    )
    for one in (lining, broken):
        await shop.do(commands.TellDowntime(one))


def _price(sku: str, minor: str) -> StandardPrice:
    return StandardPrice(sku, Quantity(minor))
