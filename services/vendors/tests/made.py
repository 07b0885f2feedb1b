"""Vendors, terms, requests and orders as the tests of this service need them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.materials import PurchaseRequested
from contracts.outside import WorkRequested
from contracts.shapes import ItemPart, LotPart, Share
from contracts.values import CostVector, Money, PropertyValue, PropertyWindow, Quantity
from contracts.vendors import PriceBreak
from vendors.domain.policy import Policy
from vendors.domain.price import Rates
from vendors.domain.purchase_order import PurchaseOrder
from vendors.domain.sourcing import Source, Sourcing
from vendors.domain.terms import Terms
from vendors.domain.vendor import Vendor

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)
RATES = Rates("EUR", {"USD": 900_000})
HARD = PropertyValue("hardness", Quantity(58), "HRC")


def vendor(vendor_id: str = "steel-ltd", **changes: Any) -> Vendor:
    return replace(Vendor(vendor_id, "Steel Ltd", "external", None, "EUR"), **changes)


def internal(vendor_id: str = "our-boards", site_id: str = "plant-2") -> Vendor:
    return Vendor(vendor_id, "Our board plant", "internal", site_id, "EUR")


def terms(terms_id: str = "t1", vendor_id: str = "steel-ltd", **changes: Any) -> Terms:
    made = Terms(
        terms_id,
        vendor_id,
        "external",
        "shaft",
        "plant-1",
        "EUR",
        (PriceBreak(Quantity(1), 1_000), PriceBreak(Quantity(100), 900)),
        Quantity(10),
        Quantity(5),
        5,
        None,
        NOW - DAY,
        NOW + 100 * DAY,
        1,
    )
    return replace(made, **changes)


def request(planned_order_id: str = "p1", **changes: Any) -> PurchaseRequested:
    made = PurchaseRequested(
        planned_order_id,
        "shaft",
        Quantity(20),
        "piece",
        "plant-1",
        NOW + 10 * DAY,
        (),
        (Share("o1", "l1", Quantity(20), "need-1"),),
    )
    return replace(made, **changes)


def work(run_id: str = "r1", **changes: Any) -> WorkRequested:
    """The work of a run that makes 20 shafts, `planned r1`: so many are sent to be hardened."""
    sent = (ItemPart("soft-shaft", Quantity(20)),)
    made = WorkRequested(
        run_id, f"planned {run_id}", "hardening", Quantity(20), "piece", "plant-1", NOW + 10 * DAY, sent
    )
    return replace(made, **changes)


def sourcing(**changes: Any) -> Sourcing:
    return Sourcing.requested(request(**changes), None)


def source(of: Vendor | None = None, **changes: Any) -> Source:
    made = Source(of or vendor(), Quantity(20), Money(1_000, "EUR"), (), False, "t1")
    return replace(made, **changes)


def order(of: Vendor | None = None, policy: Policy | None = None, **changes: Any) -> PurchaseOrder:
    """An order of 20 shafts at 10.00, issued at NOW."""
    placed, _ = PurchaseOrder.placed(
        sourcing(),
        source(of, **changes),
        purchase_order_id="po1",
        purchase_line_id="pl1",
        policy=policy or Policy(),
        rates=RATES,
        by="system",
        approved_by=None,
        at=NOW,
    )
    return placed


def hardness(least: int, most: int) -> PropertyWindow:
    return PropertyWindow("hardness", "HRC", Quantity(least), Quantity(most))


def lot(lot_id: str, quantity: str, *cost: int) -> LotPart:
    bought_in, labour, capital, overhead = cost
    vector = CostVector(bought_in, labour, capital, overhead, "EUR")
    return LotPart(lot_id, "shaft", Quantity(quantity), vector)
