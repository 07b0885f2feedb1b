"""Steel is received, cut, hardened, built in and handed over."""

from __future__ import annotations

from datetime import timedelta

from contracts import materials, orders, production, service_desk, vendors
from contracts.shapes import ValueAdded
from contracts.values import CostVector, Quantity
from tests.browser.story.telling import START, Told, lot


def making(order_id: str) -> list[Told]:
    """Steel is received, cut, hardened and built in."""
    bar, case = lot(f"bar-{order_id}", "bar", 2, bought=100_00), lot(f"case-{order_id}", "case", 8)
    soft, hard = lot(f"soft-{order_id}", "shaft", 16), lot(f"hard-{order_id}", "shaft", 16, hard=True)
    offcut, box = lot(f"off-{order_id}", "offcut", 2), lot(f"box-{order_id}", "gearbox", 8)
    received = vendors.ReceivedLine(f"pl-{order_id}", f"buy-{order_id}", "s1", (bar,), True)
    told = [
        Told(vendors.GoodsReceived(f"po-{order_id}", "v-steel", "external", f"gr-{order_id}", (received,)), 5)
    ]
    for name, takes, gives, day in (
        ("cut", (bar,), (soft, offcut), 5.2),
        ("harden", (soft,), (hard,), 6.5),
        ("build", (hard, case), (box,), 8.5),
    ):
        planned = f"{name}-{order_id}"
        run = f"run-{planned}"
        made = tuple(production.ProducedLot(part, "main") for part in gives)
        told += [
            Told(production.RunStarted(run, planned), day),
            Told(production.MaterialConsumed(run, planned, "s1", takes), day + 0.1),
            Told(production.MaterialProduced(run, planned, "s1", made), day + 0.4),
            Told(production.RunEnded(run, planned), day + 0.4),
        ]
    return told


def delivering(order_id: str) -> list[Told]:
    """Hand-over, fitting, and the end with its value."""
    box, visit = lot(f"box-{order_id}", "gearbox", 8), f"hand-{order_id}"
    line = service_desk.DeliveredLine("L1", (box,))
    slot = (START + timedelta(days=11), START + timedelta(days=11.1))
    value = ValueAdded("EUR", 950_00, 100_00, 200_00, 150_00, 50_00, 450_00)
    fitted = service_desk.VisitCompleted(
        f"visit-{order_id}",
        order_id,
        "L2",
        Quantity(1),
        120,
        (),
        CostVector(0, 60_00, 10_00, 5_00, "EUR"),
        "Ms Day",
    )
    handed = service_desk.HandOverCompleted(
        visit, order_id, "s1", (line,), CostVector(100_00, 140_00, 140_00, 45_00, "EUR"), "Ms Day"
    )
    return [
        Told(materials.GoodsReady(order_id, "L1", 1, "s1", Quantity(8), (box,)), 9),
        Told(service_desk.VisitOffered(visit, "hand-over", order_id, ("L1",), "acme", *slot, 1), 9.1),
        Told(service_desk.VisitConfirmed(visit, order_id, slot[0]), 9.2),
        Told(service_desk.GoodsDispatched(visit, order_id, "s1", (line,)), 10.8),
        Told(handed, 11.05),
        Told(orders.LineFulfilled(order_id, "L1", Quantity(8)), 11.06),
        Told(service_desk.VisitStarted(f"visit-{order_id}", order_id), 11.1),
        Told(fitted, 11.2),
        Told(orders.LineFulfilled(order_id, "L2", Quantity(1)), 11.21),
        Told(orders.OrderCompleted(order_id, f"need-{order_id}", "acme", value), 11.22),
    ]
