"""Items, recipes, terms and facts of others as the tests of materials need them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from backbone.ids import new_id
from contracts.orders import OrderCancelled, OrderLine, OrderPlaced, PromiseRequested
from contracts.production import (
    MaterialConsumed,
    MaterialProduced,
    ProducedLot,
    RecipeApproved,
    RunAborted,
    RunClosed,
    RunScheduled,
    RunStarted,
    ScheduledOperation,
)
from contracts.recipes import Operation, RecipeInput, RecipeOutput
from contracts.shapes import HAND_OVER, DemandLine, LotPart, RecipeKind, VendorKind
from contracts.values import CostVector, Money, PropertyValue, PropertyWindow, Quantity, Window
from contracts.vendors import (
    AcknowledgedLine,
    GoodsReceived,
    OrderAcknowledged,
    PriceBreak,
    PurchaseLine,
    PurchaseOrderIssued,
    ReceivedLine,
    TermsPublished,
)

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)
ONE = Quantity(1)
SOFT = PropertyValue("hardness", Quantity(180), "HB")
HARD = PropertyValue("hardness", Quantity(60), "HRC")
SOFT_WINDOW: Window = (PropertyWindow("hardness", "HB", Quantity(160), Quantity(200)),)
HARD_WINDOW: Window = (PropertyWindow("hardness", "HRC", Quantity(58), Quantity(62)),)
_numbers = count(1)


def cost(
    bought_in: int = 0, labour: int = 0, capital: int = 0, overhead: int = 0, currency: str = "EUR"
) -> CostVector:
    return CostVector(bought_in, labour, capital, overhead, currency)


def part(lot_id: str, sku: str, quantity: str, bought_in: int = 0, *properties: PropertyValue) -> LotPart:
    return LotPart(lot_id, sku, Quantity(quantity), cost(bought_in), tuple(properties))


def recipe(
    recipe_id: str,
    inputs: dict[str, str],
    outputs: dict[str, str],
    kind: RecipeKind = "congregation",
    *,
    lead_days: int = 2,
    operation_yield: str = "1",
    windows: dict[str, Window] | None = None,
    properties: dict[str, tuple[PropertyValue, ...]] | None = None,
    **changes: Any,
) -> RecipeApproved:
    """A recipe at plant-1 with one operation; what one run takes and gives by item."""
    roles = ["main"] + ["co-product"] * (len(outputs) - 1)
    made = RecipeApproved(
        recipe_id,
        1,
        kind,
        recipe_id,
        "plant-1",
        tuple(RecipeInput(sku, Quantity(q), 10, (windows or {}).get(sku, ())) for sku, q in inputs.items()),
        tuple(
            RecipeOutput(sku, Quantity(q), role, (properties or {}).get(sku, ()))  # type: ignore[arg-type]
            for (sku, q), role in zip(outputs.items(), roles, strict=True)
        ),
        (Operation(10, "work", "wc-1", Quantity(10), ONE, 1, Quantity(operation_yield)),),
        NOW - DAY,
        None,
        "ann",
        "bob",
        lead_days,
    )
    return replace(made, **changes)


def hardening(**changes: Any) -> RecipeApproved:
    """Shafts in, shafts out: soft ones become hard."""
    return recipe(
        "harden",
        {"shaft": "1"},
        {"shaft": "1"},
        "modification",
        windows={"shaft": SOFT_WINDOW},
        properties={"shaft": (HARD,)},
        **changes,
    )


def terms(sku: str, lead_days: int = 5, kind: VendorKind = "external", **changes: Any) -> TermsPublished:
    made = TermsPublished(
        f"terms-{sku}", "steel-ltd", kind, sku, "plant-1", "EUR", (PriceBreak(ONE, 1_000),), Quantity(0),
        Quantity(0), lead_days, None, NOW - DAY, NOW + 900 * DAY, 1,
    )  # fmt: skip
    return replace(made, **changes)


def line(item: str, quantity: str, days: float = 30, window: Window = (), **changes: Any) -> DemandLine:
    made = DemandLine("l1", "good", item, Quantity(quantity), "piece", "plant-1", NOW + days * DAY, window)
    return replace(made, **changes)


def ask(promise_id: str, *lines: DemandLine, request_no: int = 1, **changes: Any) -> PromiseRequested:
    made = PromiseRequested(
        promise_id, f"need-{promise_id}", request_no, lines, "complete-order", 2, NOW + 2 * DAY
    )
    return replace(made, **changes)


def placed(asked: PromiseRequested, order_id: str | None = None, at: datetime | None = None) -> OrderPlaced:
    """The order that a promise becomes."""
    lines = tuple(
        OrderLine(each, Money(100_000, "EUR"), at or each.wanted_at + HAND_OVER) for each in asked.lines
    )
    name = order_id or f"order-{asked.promise_id}"
    return OrderPlaced(
        name,
        asked.need_id,
        "quote",
        asked.promise_id,
        "acme",
        "contact",
        "main",
        2,
        asked.delivery_policy,
        lines,
    )


def cancelled(order: OrderPlaced) -> OrderCancelled:
    return OrderCancelled(order.order_id, order.promise_id, "not wanted any more")


def issued(planned_order_id: str, sku: str, quantity: str, **changes: Any) -> PurchaseOrderIssued:
    """A purchase order of one line for a planned order."""
    bought = PurchaseLine(
        f"line-{planned_order_id}", planned_order_id, sku, Quantity(quantity), "piece", Money(1_000, "EUR"),
        "plant-1", NOW + 20 * DAY, (), (),
    )  # fmt: skip
    made = PurchaseOrderIssued(
        f"po-{planned_order_id}", "steel-ltd", "external", None, (bought,), NOW + 2 * DAY
    )
    return replace(made, **changes)


def acknowledged(planned_order_id: str, sku: str, quantity: str, at: datetime) -> OrderAcknowledged:
    answer = AcknowledgedLine(
        f"line-{planned_order_id}", planned_order_id, sku, Quantity(quantity), Money(1_000, "EUR"), at,
        as_asked=True,
    )  # fmt: skip
    return OrderAcknowledged(f"po-{planned_order_id}", "steel-ltd", (answer,))


def received(planned_order_id: str, *lots: LotPart, complete: bool = True, **changes: Any) -> GoodsReceived:
    arrived = ReceivedLine(
        f"line-{planned_order_id}", planned_order_id, "plant-1", lots, complete, changes.pop("inspect", False)
    )
    made = GoodsReceived(
        f"po-{planned_order_id}", "steel-ltd", "external", f"receipt-{next(_numbers)}", (arrived,)
    )
    return replace(made, **changes)


def scheduled(planned_order_id: str, starts_at: datetime, ends_at: datetime) -> RunScheduled:
    operation = ScheduledOperation(10, "wc-1", starts_at, ends_at, Quantity(60))
    return RunScheduled(f"run-{planned_order_id}", planned_order_id, (operation,), starts_at, ends_at)


def started(planned_order_id: str, *sent: LotPart) -> RunStarted:
    return RunStarted(f"run-{planned_order_id}", planned_order_id, sent)


def aborted(planned_order_id: str, *back: LotPart) -> RunAborted:
    return RunAborted(f"run-{planned_order_id}", planned_order_id, "the vendor gave it up", back=back)


def consumed(planned_order_id: str, *lots: LotPart, rework: bool = False) -> MaterialConsumed:
    return MaterialConsumed(f"run-{planned_order_id}", planned_order_id, "plant-1", lots, rework)


def produced(
    planned_order_id: str, *lots: LotPart, blocked: bool = False, parents: tuple[str, ...] = ()
) -> MaterialProduced:
    made = tuple(ProducedLot(each, "main", blocked, parents) for each in lots)
    return MaterialProduced(f"run-{planned_order_id}", planned_order_id, "plant-1", made)


def closed(planned_order_id: str, quantity: str = "1", *back: LotPart) -> RunClosed:
    made = Quantity(quantity)
    return RunClosed(f"run-{planned_order_id}", planned_order_id, ONE, ONE, cost(), made, made, back)


def lot_name() -> str:
    """The name of a lot that is like no other."""
    return f"lot-{new_id()}"
