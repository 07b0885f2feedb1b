"""Facts in words: one sentence each for people, who acted, and the moment it plans for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from contracts.units import unit_of
from contracts.values import CostVector, Money

_WORD: Final = re.compile(r"(?<!^)(?=[A-Z])")
_WHOLE: Final = re.compile(r"^\d+|(?<=^-)\d+")
_PEOPLE: Final = (
    "decided_by",
    "awarded_by",
    "approver",
    "confirmed_by",
    "opened_by",
    "asked_by",
    "accepted_by",
    "signed_by",
    "closed_by",
)
# What only the party that a fact names can do; all else that names one is done to it, by the service.
_PARTIES: Final = {
    "NeedStated": "customer_id",
    "OrderPlaced": "customer_id",
    "TicketOpened": "customer_id",
    "MessageReceived": "customer_id",
    "QuotationReceived": "vendor_id",
    "OrderAcknowledged": "vendor_id",
    "PurchaseOrderRefused": "vendor_id",
    "DeliveryOverdue": "vendor_id",
    "ShipmentNotified": "vendor_id",
}
# Names that are older than the words that people use for it now.
_TITLES: Final = {"SupplierScored": "Vendor scored", "MaterialsDelayed": "Materials late"}


def title_of(name: str) -> str:
    """A fact's class name in words: `OrderPlaced` is `Order placed`."""
    return _TITLES.get(name) or _WORD.sub(" ", name).capitalize()


def figure(quantity: object) -> str:
    """A quantity, with its unit or without, whose thousands stand apart."""
    return _WHOLE.sub(lambda found: f"{int(found[0]):,}", str(quantity))


def counted(count: object, noun: str, nouns: str = "") -> str:
    """So many of something: `1 run`, `2 runs`; `nouns` where more than one is not spelled with an s."""
    return f"{figure(count)} {noun if str(count) == '1' else nouns or f'{noun}s'}"


def so_much(quantity: object, unit: str) -> str:
    """A quantity with its unit: `1 piece`, `1,200 pieces`; some have none."""
    return f"{figure(quantity)} {unit_of(unit, quantity)}".strip()


def _amount(value: Any) -> str:
    return so_much(value.quantity, getattr(value, "unit", ""))


def _lots(lots: Any) -> str:
    parts = [getattr(one, "part", one) for one in lots]
    return ", ".join(f"{figure(part.quantity)} {part.sku} ({part.lot_id})" for part in parts[:6]) + (
        " …" if len(parts) > 6 else ""
    )


def _lines(lines: Any) -> str:
    wanted = [line.demand for line in lines]
    return ", ".join(f"{_amount(each)} {each.item}" for each in wanted)


def _money(amount: Any) -> str:
    return f"{amount.minor / 100:,.2f} {amount.currency}"


def _whole(cost: CostVector) -> Money:
    return Money(cost.total, cost.currency)


def _charged(fact: Any) -> str:
    return "" if fact.charge is None else f", at a charge of {_money(fact.charge)}"


def _amendment(wish: Any) -> str:
    less = [f"line {one.line_id}: {figure(one.quantity)}" for one in wish.lines]
    more = [f"line {one.line_id}: {figure(one.quantity)} by {one.wanted_at:%Y-%m-%d}" for one in wish.wanted]
    return ", ".join([*less, *more])


def _possible(answer: Any) -> str:
    if answer.refused is not None:
        return str(answer.refused)
    notice = f", notice of {counted(answer.days, 'day')}" if answer.days else ""
    return f"possible{_charged(answer)}{notice}"


_SAYS: Final[dict[str, Callable[[Any], str]]] = {
    "NeedStated": lambda f: f.text or ", ".join(line.text or line.offer_id or "?" for line in f.lines),
    "NeedUnmatched": lambda f: f.reason,
    "PromiseRefused": lambda f: f.reason,
    "PromiseWithdrawn": lambda f: f.reason,
    "SlotsRefused": lambda f: f.reason,
    "QuoteSent": lambda f: f"{f.price.minor / 100:,.2f} {f.price.currency}",
    "OrderPlaced": lambda f: _lines(f.lines),
    "PromiseAtRisk": lambda f: f.cause,
    "SupplyLate": lambda f: f"{f.cause} ({f.supply_kind} {f.supply_id})",
    "PromiseRecovered": lambda f: f.how,
    "GoodsWithdrawn": lambda f: f"line {f.line_id} is not ready any more: {f.reason}",
    "SubstituteOffered": lambda f: (
        "sooner with " + " and ".join(f"{each.substitute_sku} instead of {each.sku}" for each in (f, *f.also))
    ),
    "SupplySubstituted": lambda f: (
        f"{figure(f.substitute_quantity)} {f.substitute_sku} instead of {figure(f.quantity)} {f.sku}, by {f.decided_by}"
    ),
    "LineFulfilled": lambda f: f"line {f.line_id}, {figure(f.quantity)}",
    "OrderLineHeld": lambda f: f"line {f.line_id}: {f.reason}",
    "OrderLineResumed": lambda f: f"line {f.line_id}",
    "OrderLineShortClosed": lambda f: (
        f"line {f.line_id}, {figure(f.quantity)} not wanted any more: {f.reason}"
    ),
    "AmendmentRequested": lambda f: _amendment(f),
    "CancellationRequested": lambda f: f.reason,
    "ChangeAnswered": lambda f: _possible(f),
    "DeliveryChangeAnswered": lambda f: "possible" if f.refused is None else f.refused,
    "ChangeProbed": lambda f: (
        f"could the {f.supply} be {figure(f.quantity)} only?" if f.quantity else f"without the {f.supply}?"
    ),
    "RunChangeAnswered": lambda f: "possible" if f.refused is None else f.refused,
    "PurchaseChangeAnswered": lambda f: _possible(f),
    "RunReduced": lambda f: f"{counted(f.runs, 'run')} instead of {figure(f.was)}",
    "RunResized": lambda f: f"{counted(f.runs, 'run')} instead of {figure(f.was)}",
    "RunSplit": lambda f: f"{f.part.runs} of {f.runs + f.part.runs} in a run of their own",
    "RunsMerged": lambda f: f"{counted(f.runs, 'run')} with {counted(len(f.merged), 'other run')} in it",
    "PurchaseIncreased": lambda f: f"{figure(f.quantity)} instead of {figure(f.was)}",
    "PurchaseReduced": lambda f: f"{figure(f.quantity)} instead of {figure(f.was)}{_charged(f)}",
    "RunWishRefused": lambda f: f"{f.kind}: {f.reason}",
    "PurchaseWishRefused": lambda f: f"{f.kind}: {f.reason}",
    "ChangeCommitted": lambda f: "free of charge" if f.charge is None else f"at {_money(f.charge)}",
    "ChangeWithdrawn": lambda f: f.reason,
    "OrderLineAdded": lambda f: _lines([f.line]),
    "OrderLineAmended": lambda f: f"line {f.line_id}: {figure(f.quantity)} instead of {figure(f.was)}",
    "OrderCancelled": lambda f: f.reason,
    "ValueRevised": lambda f: f.because,
    "RequirementsPlanned": lambda f: (
        f"{counted(len(f.pegs), 'supply covers', 'supplies cover')} {counted(len(f.steps), 'line')}"
    ),
    "RateMissed": lambda f: (
        f"line {f.line_id}: its value is not known, rate {f.currency}->{f.into} missing on {f.day}"
    ),
    "CostExchanged": lambda f: (
        f"line {f.line_id}: costs of {_money(_whole(f.cost))} are {_money(_whole(f.worth))}, rate {f.rate} of {f.day}"
    ),
    "GoodsReady": lambda f: f"line {f.line_id}: {_lots(f.lots)}",
    "RunRequested": lambda f: f"recipe {f.recipe_id} v{f.recipe_version}, {counted(f.runs, 'run')}",
    "PurchaseRequested": lambda f: f"{_amount(f)} {f.sku}",
    "TransferRequested": lambda f: f"{figure(f.quantity)} {f.sku} from {f.from_site_id} to {f.to_site_id}",
    "TransferDispatched": lambda f: _lots(f.lots),
    "TransferReceived": lambda f: _lots(f.lots),
    "MaterialsStaged": lambda f: _lots(f.lots),
    "MaterialsWithdrawn": lambda f: f.reason,
    "MaterialsDelayed": lambda f: f"not before {f.at:%Y-%m-%d %H:%M} ({f.cause}): {f.reason}",
    "LotStatusChanged": lambda f: f"{f.sku}: {f.was} to {f.status}, {f.reason}",
    "StockMoved": lambda f: f"{figure(f.quantity)} {f.sku} {f.reason}",
    "ActionMessageOpened": lambda f: f"{f.kind} {figure(f.quantity)} {f.sku}: {f.reason}",
    "ActionMessageChanged": lambda f: f"{f.kind}: {f.reason}",
    "ActionMessageSnoozed": lambda f: f"{f.kind} sleeps until {f.until_at:%Y-%m-%d}",
    "ActionMessageAccepted": lambda f: f"{f.kind} accepted",
    "ActionMessageRejected": lambda f: f"{f.kind} rejected: {f.reason}",
    "ActionMessageClosed": lambda f: f"{f.kind}: {f.how}",
    "RunRefused": lambda f: f.reason,
    "WorkRequested": lambda f: f"{_amount(f)} {f.sku} by {f.needed_at:%Y-%m-%d %H:%M}",
    "WorkWithdrawn": lambda f: f.reason,
    "RunStarted": lambda f: f"sent to the vendor: {_lots(f.sent)}" if f.sent else "",
    "RunHeld": lambda f: f.reason,
    "RunAborted": lambda f: f.reason,
    "RunClosed": lambda f: f"{figure(f.good_quantity)} good of {figure(f.planned_quantity)}",
    "ParameterRecorded": lambda f: (
        f"{f.name} {f.value} {f.unit}, {'within limits' if f.within else 'OUT OF LIMITS'}"
    ),
    "MaterialConsumed": lambda f: _lots(f.lots),
    "MaterialProduced": lambda f: _lots(f.lots),
    "LotInspected": lambda f: f"{f.sku} {'passed' if f.passed else 'failed'}",
    "LotDisposed": lambda f: f"{f.sku}: {f.disposition}, {f.reason}",
    "PurchaseRefused": lambda f: f.reason,
    "RfqIssued": lambda f: f"{figure(f.quantity)} {f.sku} asked of {counted(len(f.vendor_ids), 'vendor')}",
    "QuotationReceived": lambda f: (
        f"{f.unit_price.minor / 100:,.2f} {f.unit_price.currency}, {counted(f.lead_days, 'day')}"
    ),
    "RfqAwarded": lambda f: f.reason,
    "RfqWithdrawn": lambda f: f.reason,
    "PurchaseOrderIssued": lambda f: ", ".join(f"{_amount(line)} {line.sku}" for line in f.lines[:6]),
    "OrderAcknowledged": lambda f: (
        "as asked" if all(line.as_asked for line in f.lines) else "with other quantities, prices or dates"
    ),
    "PurchaseOrderRefused": lambda f: f.reason,
    "DeliveryOverdue": lambda f: ", ".join(
        f"{figure(line.quantity)} {line.sku} since {line.due_at:%Y-%m-%d}" for line in f.lines[:6]
    ),
    "ShipmentNotified": lambda f: ", ".join(f"{figure(line.quantity)} {line.sku}" for line in f.lines[:6]),
    "GoodsReceived": lambda f: "; ".join(_lots(line.lots) for line in f.lines[:6]),
    "GoodsRejected": lambda f: f"{figure(f.quantity)}: {f.reason}",
    "GoodsReturned": lambda f: f"{_lots(f.lots)}: {f.reason}",
    "PurchaseOrderCancelled": lambda f: f"{f.reason}{_charged(f)}",
    "VisitMissed": lambda f: f"nobody was there, {counted(f.times, 'time')}",
    "VisitRefused": lambda f: f.reason,
    "VisitCancelled": lambda f: f.reason,
    "VisitSuspended": lambda f: "what lies ready for it is free for others",
    "VisitResumed": lambda f: "what it needs is got ready again",
    "VisitCompleted": lambda f: f"{counted(f.minutes, 'minute')}, line {f.line_id}",
    "ReturnAuthorised": lambda f: f"{figure(f.quantity)} of line {f.line_id}: {f.reason}",
    "ReturnReceived": lambda f: _lots(f.lots),
    "OrderCharged": lambda f: _money(f.charged),
    "CreditGranted": lambda f: f"{_money(f.credit)} for {figure(f.quantity)} of line {f.line_id}",
    "HandOverRefused": lambda f: f.reason,
    "HandOverCompleted": lambda f: "; ".join(_lots(line.lots) for line in f.lines[:6]),
    "GoodsDispatched": lambda f: "; ".join(_lots(line.lots) for line in f.lines[:6]),
    "TicketOpened": lambda f: f.kind,
    "TicketResolved": lambda f: f.how if f.credit is None else f"{f.how}, {_money(f.credit)} are credited",
    "SlaBreached": lambda f: f.clock,
    "SlaPaused": lambda f: f.clock,
    "SlaResumed": lambda f: f.clock,
}


def says(fact: object) -> str:
    """What a fact adds to its title, in one line; empty when the title says it all."""
    found = _SAYS.get(type(fact).__name__)
    return found(fact) if found else ""


def actor_of(fact: object, teller: str) -> str:
    """Who acted: the person or party that a fact says did it, else the service that tells it."""
    for name in (*_PEOPLE, _PARTIES.get(type(fact).__name__, "")):
        named = getattr(fact, name, None)
        if named:
            seconded = getattr(fact, "seconded_by", None)
            return f"{named} and {seconded}" if seconded else str(named)
    return teller


def plans_for(fact: object) -> datetime | None:
    """The moment that a fact promises or plans for; None when it speaks of what has happened."""
    for name in (
        "ends_at",
        "expected_at",
        "due_at",
        "needed_at",
        "starts_at",
        "wanted_at",
        "expires_at",
        "at",
    ):
        moment = getattr(fact, name, None)
        if isinstance(moment, datetime):
            return moment
    for name in ("steps", "dates", "lines"):
        # A vendor's score counts its lines.
        parts = getattr(fact, name, ())
        moments = [_moment_of(one) for one in parts] if isinstance(parts, tuple) else []
        known = [moment for moment in moments if moment is not None]
        if known:
            return max(known)
    return None


def _moment_of(part: object) -> datetime | None:
    for name in ("at", "promised_at", "wanted_at"):
        moment = getattr(part, name, None)
        if isinstance(moment, datetime):
            return moment
    return None
