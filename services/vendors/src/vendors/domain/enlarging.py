"""More of what was asked of vendors: whether a purchase can still be larger, and how it becomes so."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from contracts.changes import PurchaseIncreased
from contracts.values import Quantity
from vendors.domain.changing import Bought, nobody_asked
from vendors.domain.line import Line
from vendors.domain.policy import Policy
from vendors.domain.price import Rates
from vendors.domain.purchase_order import PurchaseOrder

PLANNER_WANTS_MORE: Final = "a planner wants more of it"
# What is on its way, here or offered at another price is not made larger any more.
CAN_GROW: Final = frozenset({"requested", "ordered", "acknowledged"})


def refused_more(bought: Bought, wanted: Quantity, policy: Policy, rates: Rates) -> str | None:
    """Why a purchase cannot be so much; None where it can, in whole lots of its terms and at its agreed price.

    What its vendor has heard of grows only as far as one person may buy: what is beyond that is ordered for itself.
    """
    order, line = bought.order, bought.line
    if order is None or line is None:
        return nobody_asked(bought.sourcing)
    if order.vendor_kind == "internal":
        return f"{line.sku} comes from a site of ours, which plans by what was ordered"
    if line.state not in CAN_GROW:
        return f"purchase line {line.purchase_line_id} of {line.sku} is {line.state} already"
    lot = lot_of(bought, wanted)
    if lot <= line.quantity:
        return f"{line.quantity} of {line.sku} are ordered already"
    if not rates.reaches(line.agreed_price, lot):
        return f"so much of {line.sku} is worth more than can be said"
    if line.state != "requested" and policy.needs_second(rates.worth(line.agreed_price, lot)):
        return f"so much of {line.sku} needs a second person's agreement"
    return None


def lot_of(bought: Bought, wanted: Quantity) -> Quantity:
    """The least quantity of the terms that is not below what is wanted."""
    return wanted if bought.terms is None else bought.terms.lot_for(wanted)


def enlarged(order: PurchaseOrder, line: Line, quantity: Quantity) -> tuple[PurchaseOrder, PurchaseIncreased]:
    """So much is asked for from now on; the vendor's next answer is what its score is held to."""
    told = PurchaseIncreased(
        order.purchase_order_id, order.vendor_id, order.vendor_kind, line.purchase_line_id, line.planned_order_id,
        line.quantity, quantity, PLANNER_WANTS_MORE,
    )  # fmt: skip
    heard = line.state != "requested"
    return order.put(replace(line, quantity=quantity, redating=heard or line.redating)), told
