"""Services, technicians, asks and orders as the tests of the service desk need them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.materials import GoodsReady
from contracts.orders import OrderLine, OrderPlaced, SlotsRequested
from contracts.shapes import DeliveryPolicy, DemandLine, ItemPart, LotPart
from contracts.values import CostVector, Money, Quantity
from service_desk.domain.hours import Hours, Window
from service_desk.domain.service import Service
from service_desk.domain.slot import Work
from service_desk.domain.technician import Technician

# A Monday, as the desk opens.
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = Hours(tuple(Window(weekday, 8 * 60, 16 * 60) for weekday in range(5)))


def at(hour: float, day: int = 2) -> datetime:
    """A moment of March 2026."""
    return datetime(2026, 3, day, tzinfo=UTC) + timedelta(hours=hour)


def technician(technician_id: str = "anna", *skills: str, **changes: Any) -> Technician:
    """Somebody of plant-1 who sets computers up, 60.00 an hour."""
    made = Technician(
        technician_id,
        technician_id.title(),
        "plant-1",
        frozenset(skills or ("it",)),
        WEEK,
        labour_minor=6_000,
    )
    return replace(made, **changes)


def service(service_id: str = "setup", **changes: Any) -> Service:
    """Setting one computer up takes 30 minutes of one person."""
    return replace(
        Service(service_id, "Set a computer up", 30, 1, frozenset({"it"}), (), "plant-1"), **changes
    )


def parts(*skus: str) -> tuple[ItemPart, ...]:
    """One of each item."""
    return tuple(ItemPart(sku, Quantity(1)) for sku in skus)


def work(hours: float = 1, people: int = 1, place: str = "c1/main", **changes: Any) -> Work:
    """Work at a client's."""
    return replace(Work(timedelta(hours=hours), people, frozenset({"it"}), "plant-1", place), **changes)


def demand(line_id: str, item: str, quantity: str = "4", wanted_at: datetime = NOW + 30 * DAY) -> DemandLine:
    """A line: `setup` and what begins with it is a service, all else a good."""
    kind = "service" if item.startswith("setup") else "good"
    return DemandLine(
        line_id,
        "service" if kind == "service" else "good",
        item,
        Quantity(quantity),
        "piece",
        "plant-1",
        wanted_at,
    )


def asked(promise_id: str = "p1", *lines: DemandLine, **changes: Any) -> SlotsRequested:
    """People are wanted for the services of a promise, from NOW on."""
    made = SlotsRequested(
        promise_id,
        f"need-{promise_id}",
        1,
        "c1",
        "main",
        lines or (demand("L1", "setup"),),
        NOW,
        NOW + 7 * DAY,
    )
    return replace(made, **changes)


def placed(
    order_id: str = "o1",
    lines: Iterable[tuple[str, str]] = (("L1", "setup"),),
    *,
    slots: dict[str, str] | None = None,
    policy: DeliveryPolicy = "complete-order",
    customer_id: str = "c1",
    promise_id: str = "p1",
) -> OrderPlaced:
    """An order of four of each item; `slots` by line."""
    made = tuple(
        OrderLine(demand(line_id, item), Money(100_00, "EUR"), NOW + 10 * DAY, (slots or {}).get(line_id))
        for line_id, item in lines
    )
    return OrderPlaced(
        order_id,
        f"need-{promise_id}",
        "q1",
        promise_id,
        customer_id,
        f"contact-{customer_id}",
        "main",
        2,
        policy,
        made,
    )


def lot(lot_id: str, quantity: str = "4", sku: str = "pc") -> LotPart:
    """So much of a lot that has cost 100, 20, 10 and 5."""
    return LotPart(lot_id, sku, Quantity(quantity), CostVector(100, 20, 10, 5, "EUR"))


def ready(
    line_id: str = "L1", *lots: LotPart, order_id: str = "o1", schedule_no: int = 1, site_id: str = "plant-1"
) -> GoodsReady:
    """Lots lie ready for a line; four of one lot unless told."""
    given = lots or (lot(f"lot-{line_id}"),)
    quantity = Quantity.of_micro(sum(each.quantity.micro for each in given))
    return GoodsReady(order_id, line_id, schedule_no, site_id, quantity, given)
