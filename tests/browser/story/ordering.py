"""From the need to the plan, and the supply that comes late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from contracts import answers, materials, orders, production, service_desk, vendors
from contracts.shapes import DateStep, DemandLine, ItemPart, LineDate, Peg
from contracts.values import Money, PropertyWindow, Quantity
from tests.browser.story.telling import PROMISED, START, Told, shares

GOODS: Final = Money(800_00, "EUR")
FITTING: Final = Money(150_00, "EUR")
STEEL: Final = Money(50_00, "EUR")


def placing(order_id: str, customer: str) -> list[Told]:
    """From the need to the order: 8 gearboxes and their fitting."""
    need, quote, promise = f"need-{order_id}", f"quote-{order_id}", f"promise-{order_id}"
    good, service = demanded()
    wanted = orders.WantedLine("L1", "8 gearboxes, fitted", Quantity(8), PROMISED, "offer-g")
    held = (DateStep("L1", Quantity(8), PROMISED),)
    lines = (
        orders.OrderLine(good, GOODS, PROMISED),
        orders.OrderLine(service, FITTING, service.wanted_at, "slot-1"),
    )
    contact, total = f"contact-{customer}", GOODS + FITTING
    placed = orders.OrderPlaced(
        order_id, need, quote, promise, customer, contact, "main", 2, "complete-line", lines
    )
    until = START + timedelta(days=2)
    return [
        Told(orders.NeedStated(need, customer, "main", "8 gearboxes, fitted", (wanted,), "complete-line"), 0),
        Told(orders.PromiseRequested(promise, need, 1, (good,), "complete-line", 2, until), 0.01, 0),
        Told(materials.PromiseOffered(promise, need, 1, held, until, ()), 0.02, 1),
        Told(orders.QuoteSent(quote, need, promise, customer, quoted(), total, PROMISED), 0.03, 2),
        Told(orders.QuoteAccepted(quote, need, promise, order_id), 0.2, 3),
        Told(placed, 0.2, 3),
    ]


def demanded() -> tuple[DemandLine, DemandLine]:
    """The good and the service that are wanted."""
    fitted_at = PROMISED + timedelta(days=1)
    return (
        DemandLine("L1", "good", "gearbox", Quantity(8), "pcs", "s1", PROMISED),
        DemandLine("L2", "service", "fit", Quantity(1), "visit", "s1", fitted_at),
    )


def quoted() -> tuple[orders.QuotedLine, ...]:
    """Both at their prices."""
    _, service = demanded()
    return (
        orders.QuotedLine("L1", "offer-g", "good", "gearbox", Quantity(8), "pcs", GOODS, PROMISED),
        orders.QuotedLine(
            "L2", "offer-f", "service", "fit", Quantity(1), "visit", FITTING, service.wanted_at
        ),
    )


def planning(order_id: str) -> list[Told]:
    """Materials asks for steel and for three runs; the vendor confirms."""
    build = f"build-{order_id}"
    steps = (DateStep("L1", Quantity(8), START + timedelta(days=9)),)
    pegs = (Peg("L1", "planned", build, Quantity(8), START + timedelta(days=9)),)
    booked = service_desk.VisitBooked(
        f"visit-{order_id}",
        order_id,
        "L2",
        START + timedelta(days=10.5),
        START + timedelta(days=10.6),
        ("tess",),
    )
    bought = materials.PurchaseRequested(
        f"buy-{order_id}", "bar", Quantity(2), "pcs", "s1", START + timedelta(days=3), (), shares(order_id, 2)
    )
    return [
        Told(materials.RequirementsPlanned(order_id, steps, pegs), 0.21, 5),
        Told(bought, 0.21, 5),
        *(Told(ask, 0.21, 5) for ask in asked(order_id)),
        Told(booked, 0.22, 5),
        Told(orders.OrderPromised(order_id, "acme", steps), 0.23, 6),
        *buying(order_id),
        *(
            scheduled(f"{name}-{order_id}", name, day)
            for name, day in (("cut", 4), ("harden", 6), ("build", 8))
        ),
    ]


def asked(order_id: str) -> list[materials.RunRequested]:
    """The three runs, one of each way to produce."""
    window = (PropertyWindow("hardness", "HRC", Quantity(56)),)
    return [
        run_asked(f"cut-{order_id}", "cut", order_id, [("bar", 2)], [("shaft", 16), ("offcut", 2)], 5),
        run_asked(f"harden-{order_id}", "harden", order_id, [("shaft", 16)], [("shaft", 16)], 7, window),
        run_asked(
            f"build-{order_id}", "build", order_id, [("shaft", 16), ("case", 8)], [("gearbox", 8)], 9, window
        ),
    ]


def buying(order_id: str) -> list[Told]:
    """The purchase order for the steel, and its answer."""
    due = START + timedelta(days=3)
    line = vendors.PurchaseLine(
        f"pl-{order_id}",
        f"buy-{order_id}",
        "bar",
        Quantity(2),
        "pcs",
        STEEL,
        "s1",
        due,
        (),
        shares(order_id, 2),
    )
    answer = vendors.AcknowledgedLine(
        line.purchase_line_id, line.planned_order_id, "bar", Quantity(2), STEEL, due, True
    )
    issued = vendors.PurchaseOrderIssued(
        f"po-{order_id}", "v-steel", "external", None, (line,), START + timedelta(days=1)
    )
    # Told because of the purchase that was asked for, and because of the order: the 8th and the 13th fact.
    return [
        Told(issued, 0.25, 7),
        Told(vendors.OrderAcknowledged(f"po-{order_id}", "v-steel", (answer,)), 0.6, 13),
    ]


def run_asked(
    planned: str,
    recipe_id: str,
    order_id: str,
    takes: Sequence[tuple[str, int]],
    gives: Sequence[tuple[str, int]],
    day: int,
    window: tuple[PropertyWindow, ...] = (),
) -> materials.RunRequested:
    """A run that materials asks for."""
    return materials.RunRequested(
        planned,
        recipe_id,
        1,
        "s1",
        Quantity(2),
        tuple(ItemPart(sku, Quantity(count), window if sku == "shaft" else ()) for sku, count in takes),
        tuple(ItemPart(sku, Quantity(count), window if sku == "shaft" else ()) for sku, count in gives),
        START + timedelta(days=day - 1),
        START + timedelta(days=day),
        2,
        shares(order_id, gives[0][1]),
    )


def scheduled(planned: str, name: str, day: float) -> Told:
    """A run in the schedule for half a day."""
    centre = {"cut": "saw", "harden": "furnace", "build": "bench"}[name]
    start, end = START + timedelta(days=day), START + timedelta(days=day + 0.5)
    operation = production.ScheduledOperation(10, centre, start, end, Quantity(240))
    return Told(production.RunScheduled(f"run-{planned}", planned, (operation,), start, end), 0.3)


def lateness(order_id: str) -> list[Told]:
    """The steel comes two days late, so that the promise is at risk."""
    new = PROMISED + timedelta(days=2)
    dates = (LineDate("L1", PROMISED, new),)
    late = materials.SupplyLate(order_id, "vendor moved the delivery", "purchase", f"po-{order_id}", dates)
    opened = answers.ActionMessageOpened(
        f"buy-{order_id}", "expedite", "bar", Quantity(2), None, START + timedelta(days=3),
        "needed before it comes", shares(order_id, 2),
    )  # fmt: skip
    return [
        Told(late, 2.5),
        Told(opened, 2.5),
        Told(
            orders.PromiseAtRisk(order_id, "acme", "vendor moved the delivery", f"po-{order_id}", dates), 2.51
        ),
    ]
