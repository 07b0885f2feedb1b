"""Runs, purchase orders, planned orders, visits, needs and tickets, and the names of what is defined once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from contracts import answers, materials, partings, production, service_desk, vendors
from contracts.shapes import ItemPart, Share
from contracts.values import Quantity, Window
from control_tower.domain.heard import Heard
from control_tower.domain.partings import Wanted, wanted_of
from control_tower.domain.picture import MessageRow, OperationRow, Picture
from control_tower.domain.state import state_of

# What makes an open action message one that nobody is asked any more.
_SETTLES_MESSAGE: Final = (
    answers.ActionMessageAccepted, answers.ActionMessageRejected, answers.ActionMessageClosed
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """When something was to happen, and when it did."""

    planned_from: datetime | None
    planned_to: datetime | None
    actual_from: datetime | None
    actual_to: datetime | None


@dataclass(frozen=True, slots=True)
class SupplyDetail:
    """A supply or a visit: what it is of, for which planned order or vendor, in which span; a visit's kind."""

    span: Span
    planned_order_id: str | None = None
    vendor_id: str | None = None
    sku: str | None = None
    reason: str = ""
    visit: str = ""


@dataclass(frozen=True, slots=True)
class PlannedDetail:
    """A planned order: how it is supplied, of which item, and whom it serves."""

    source: str
    sku: str
    quantity: Quantity
    needed_at: datetime | None
    recipe_id: str | None
    recipe_version: int | None
    inputs: tuple[ItemPart, ...]
    outputs: tuple[ItemPart, ...]
    window: Window
    serves: tuple[Share, ...]


def _last(heard: Sequence[Heard], *kinds: type) -> Any:
    return next((one.fact for one in reversed(heard) if isinstance(one.fact, kinds)), None)


def _when(heard: Sequence[Heard], *names: str) -> datetime | None:
    return next((one.told_at for one in heard if one.name in names), None)


def _reason(heard: Sequence[Heard]) -> str:
    return next((str(one.fact.reason) for one in reversed(heard) if hasattr(one.fact, "reason")), "")


def picture_of_run(run_id: str, heard: Sequence[Heard]) -> Picture | None:
    """A run: its operations as last scheduled, its span as planned and as it was."""
    state, since = state_of("run", run_id, heard)
    scheduled = _last(heard, production.RunScheduled)
    known = scheduled or _last(heard, production.RunRefused, production.RunStarted, production.RunClosed)
    if known is None:
        return None
    span = Span(
        scheduled.starts_at if scheduled else None,
        scheduled.ends_at if scheduled else None,
        _when(heard, "RunStarted"),
        _when(heard, "RunEnded", "RunClosed", "RunAborted"),
    )
    operations = tuple(
        OperationRow(
            run_id,
            one.operation_no,
            one.work_centre_id,
            scheduled.planned_order_id,
            state,
            one.starts_at,
            one.ends_at,
        )
        # A run that another one makes, too, keeps no machine any more.
        for one in (scheduled.operations if scheduled and state != "merged" else ())
    )
    reason = _reason(heard) if state in {"held", "aborted", "refused"} else ""
    if state == "merged":
        reason = f"run {_last(heard, partings.RunsMerged).run_id} makes it"
    detail = SupplyDetail(span, known.planned_order_id, reason=reason)
    return Picture("run", run_id, state, since, known.planned_order_id, detail, operations=operations)


def picture_of_purchase(purchase_order_id: str, heard: Sequence[Heard]) -> Picture | None:
    """A purchase order: wanted, promised, and received when."""
    state, since = state_of("purchase_order", purchase_order_id, heard)
    issued = _last(heard, vendors.PurchaseOrderIssued)
    if issued is None:
        return None
    answered, sent = _last(heard, vendors.OrderAcknowledged), _last(heard, vendors.ShipmentNotified)
    promised = max((line.at for line in answered.lines), default=None) if answered else None
    wanted = max((line.wanted_at for line in issued.lines), default=None)
    complete = [
        one.told_at
        for one in heard
        if isinstance(one.fact, vendors.GoodsReceived) and all(line.complete for line in one.fact.lines)
    ]
    span = Span(
        _when(heard, "PurchaseOrderIssued"),
        (sent.expected_at if sent else None) or promised or wanted,
        _when(heard, "PurchaseOrderIssued"),
        complete[-1] if complete else None,
    )
    first = issued.lines[0] if issued.lines else None
    detail = SupplyDetail(
        span,
        first.planned_order_id if first else None,
        issued.vendor_id,
        first.sku if first else None,
        _reason(heard),
    )
    return Picture("purchase_order", purchase_order_id, state, since, issued.vendor_id, detail)


def picture_of_planned(planned_order_id: str, heard: Sequence[Heard]) -> Picture | None:
    """A planned order with its open action messages."""
    state, since = state_of("planned_order", planned_order_id, heard)
    asked = _last(heard, materials.RunRequested, materials.PurchaseRequested, materials.TransferRequested)
    messages = _messages(planned_order_id, heard)
    wanted = wanted_of(planned_order_id, heard)
    if isinstance(asked, materials.PurchaseRequested | materials.TransferRequested):
        detail = _planned_buy(asked)
    elif wanted is not None:
        detail = _planned_run(asked, wanted)
    else:
        label = messages[0].sku if messages else ""
        return Picture("planned_order", planned_order_id, state, since, label, messages=messages)
    return Picture("planned_order", planned_order_id, state, since, detail.sku, detail, messages=messages)


def _planned_run(asked: materials.RunRequested | None, wanted: Wanted) -> PlannedDetail:
    """A run as it is asked for now; a part that was split off was never asked for with a recipe and orders."""
    first = wanted.outputs[0] if wanted.outputs else None
    return PlannedDetail(
        "run",
        first.sku if first else "",
        first.quantity if first else wanted.runs,
        wanted.due_at or (asked.due_at if asked else None),
        asked.recipe_id if asked else None,
        asked.recipe_version if asked else None,
        wanted.inputs,
        wanted.outputs,
        first.window if first else (),
        asked.serves if asked else (),
    )


def _planned_buy(asked: materials.PurchaseRequested | materials.TransferRequested) -> PlannedDetail:
    bought = isinstance(asked, materials.PurchaseRequested)
    return PlannedDetail(
        "purchase" if bought else "transfer",
        asked.sku,
        asked.quantity,
        asked.needed_at,
        None,
        None,
        (),
        (ItemPart(asked.sku, asked.quantity),),
        asked.window if isinstance(asked, materials.PurchaseRequested) else (),
        asked.serves,
    )


def _messages(planned_order_id: str, heard: Sequence[Heard]) -> tuple[MessageRow, ...]:
    open_now: dict[str, MessageRow] = {}
    for one in heard:
        fact = one.fact
        if isinstance(fact, answers.ActionMessageOpened):
            hurt = tuple(sorted({share.order_id for share in fact.hurts}))
            open_now[fact.kind] = MessageRow(
                planned_order_id,
                fact.kind,
                fact.sku,
                fact.quantity,
                fact.wanted_at,
                one.told_at,
                fact.reason,
                hurt,
            )
        elif isinstance(fact, answers.ActionMessageChanged) and fact.kind in open_now:
            had = open_now[fact.kind]
            open_now[fact.kind] = MessageRow(
                planned_order_id,
                fact.kind,
                had.sku,
                fact.quantity,
                fact.wanted_at,
                had.opened_at,
                fact.reason,
                had.order_ids,
            )
        elif isinstance(fact, _SETTLES_MESSAGE):
            open_now.pop(fact.kind, None)
    return tuple(open_now[kind] for kind in sorted(open_now))


def picture_of_visit(visit_id: str, heard: Sequence[Heard]) -> Picture | None:
    """A visit or a hand-over: its slot, and when it took place."""
    state, since = state_of("visit", visit_id, heard)
    slot = _last(heard, service_desk.VisitOffered, service_desk.VisitBooked)
    if slot is None:
        return None
    starts, ends = slot.starts_at, slot.ends_at
    for one in heard:
        if isinstance(one.fact, service_desk.VisitRescheduled):
            ends += one.fact.starts_at - starts
            starts = one.fact.starts_at
        elif isinstance(one.fact, service_desk.VisitOffered):
            starts, ends = one.fact.starts_at, one.fact.ends_at
    began = _when(heard, "VisitStarted", "GoodsDispatched")
    done = _when(heard, "VisitCompleted", "HandOverCompleted")
    detail = SupplyDetail(
        Span(starts, ends, began or done, done), reason=_reason(heard), visit=getattr(slot, "kind", "visit")
    )
    return Picture("visit", visit_id, state, since, slot.order_id, detail)


def picture_of_counted(kind: str, subject_id: str, heard: Sequence[Heard]) -> Picture | None:
    """A need, a quote or a ticket: its state alone."""
    state, since = state_of(kind, subject_id, heard)
    customer = next((str(one.fact.customer_id) for one in heard if hasattr(one.fact, "customer_id")), "")
    return Picture(kind, subject_id, state, since, customer) if state else None


@dataclass(frozen=True, slots=True)
class Named:
    """What is defined once and shown by its title; `kind` is a recipe's way to produce or a vendor's kind."""

    title: str
    unit: str = ""
    kind: str = ""


NAMED: Final = {
    "item": "ItemDefined",
    "site": "SiteDefined",
    "recipe": "RecipeApproved",
    "work_centre": "WorkCentreDefined",
    "vendor": "VendorRegistered",
    "service": "ServiceDefined",
}


def picture_of_named(kind: str, subject_id: str, heard: Sequence[Heard]) -> Picture | None:
    """An item, site, recipe, work centre, vendor or service by its title."""
    defined: Any = next((one.fact for one in reversed(heard) if one.name == NAMED[kind]), None)
    if defined is None:
        return None
    named = Named(defined.title, getattr(defined, "unit", ""), getattr(defined, "kind", ""))
    return Picture(kind, subject_id, "", None, named.title, named)
