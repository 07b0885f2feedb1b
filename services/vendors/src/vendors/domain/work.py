"""Where the work of a run is bought and no goods: what is not said of it, its other moment, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from backbone.errors import Invalid, Refusal
from contracts.vendors import PurchaseOrderCancelled
from vendors.domain.changing import charged_minor, owed, redated
from vendors.domain.price import Rates, worth
from vendors.domain.purchase_order import Fact, PurchaseOrder
from vendors.domain.receipt import Arrival
from vendors.domain.states import PURCHASE_LINE
from vendors.domain.terms import Terms


class WorkHasNoSerials(Invalid):
    """Serial numbers are those of goods, and the run says which goods it made."""


class WorkIsNotReturned(Refusal):
    """Work that was taken cannot go back: another run does it again."""


def without_serials(order: PurchaseOrder, arrivals: Sequence[Arrival]) -> None:
    """Raise `WorkHasNoSerials` where work is received with serial numbers."""
    named = [
        (f"/lines/{number}/lots/{place}/serials", "none; the run says those of the goods")
        for number, arrival in enumerate(arrivals)
        for place, lot in enumerate(arrival.lots)
        if lot.serials
    ]
    if order.run_id is not None and named:
        raise WorkHasNoSerials(f"what arrives is the work of run {order.run_id}, not goods", named)


def returnable(order: PurchaseOrder) -> None:
    """Raise `WorkIsNotReturned` for an order of work."""
    if order.run_id is not None:
        raise WorkIsNotReturned(
            f"purchase order {order.purchase_order_id} is the work of run {order.run_id}: what was taken of it "
            "does not go back; rework is another run"
        )


def wanted_by(order: PurchaseOrder, wanted_at: datetime) -> PurchaseOrder:
    """The order with its work wanted by another moment; one that its vendor has promised is nothing to ask for."""
    line = order.lines[0]
    if wanted_at == line.wanted_at or (line.answer is not None and wanted_at == line.answer.at):
        return order
    return order.put(redated(line, wanted_at))


def withdrawn(
    order: PurchaseOrder, terms: Terms | None, reason: str, rates: Rates
) -> tuple[PurchaseOrder, list[Fact]]:
    """The open work is not wanted any more, at the charge of its terms; nothing more of it is taken in.

    What the vendor has sent back already is done, and is owed in full.
    """
    line = order.lines[0]
    sent = worth(line.agreed_price.minor, line.coming)
    charge = owed(line, charged_minor(terms, line, line.kept + line.coming) + sent, rates)
    order = order.put(line.charged(charge))
    free = "cancelled" in PURCHASE_LINE[line.state]
    order, facts = order.cancelled(reason) if free else order.short_closed(reason)
    return order, [
        replace(each, charge=charge) if isinstance(each, PurchaseOrderCancelled) else each for each in facts
    ]
