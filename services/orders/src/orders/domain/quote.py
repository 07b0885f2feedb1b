"""A quote: lines, prices and dates that the customer can take until it expires."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_EVEN
from itertools import count, islice
from typing import Literal

from backbone.errors import Invalid, NotFound, said_at
from contracts.orders import (
    QuoteAccepted,
    QuoteDeclined,
    QuotedLine,
    QuoteExpired,
    QuoteSent,
    WantedLine,
)
from contracts.shapes import DemandLine
from contracts.values import LINES_COUNT_MAX, Money
from orders.domain.need import Need, faults
from orders.domain.offer import Offer, match, shares
from orders.domain.promise import GRACE, HOLD, Promise
from orders.domain.states import QUOTE, moved

State = Literal["draft", "sent", "accepted", "declined", "expired", "superseded"]


@dataclass(frozen=True, slots=True)
class Priced:
    """A demand line with the offer it comes from and its price in all."""

    demand: DemandLine
    offer_id: str
    price: Money


@dataclass(frozen=True, slots=True)
class Quote:
    """What is offered to a customer for a need; dates are known once the promise is given."""

    quote_id: str
    need_id: str
    promise_id: str
    customer_id: str
    lines: tuple[Priced, ...]
    state: str
    expires_at: datetime
    dates: tuple[datetime, ...] = ()
    version: int = 1

    @property
    def price(self) -> Money:
        """The sum of all lines, in the currency of the first."""
        whole = Money(0, self.lines[0].price.currency)
        for line in self.lines:
            whole = whole + line.price
        return whole

    @property
    def substituted(self) -> bool:
        """Whether something stands in for something in it."""
        return any(line.demand.instead for line in self.lines)

    def asked_anew(self) -> Quote:
        """Its dates are not known any more, or not yet: its promise is asked for anew."""
        if self.state == "draft":
            return self
        return replace(self, state=moved(QUOTE, self._name, self.state, "draft"), dates=())

    def sent(self, promise: Promise) -> Quote:
        """The quote with the promised dates, and what stands in for what, open until shortly before the hold ends."""
        let = {line.line_id: line.instead for line in promise.demand}
        lines = self.lines
        if any(let[line.demand.line_id] != line.demand.instead for line in lines):
            lines = tuple(
                replace(line, demand=replace(line.demand, instead=let[line.demand.line_id])) for line in lines
            )
        return replace(
            self,
            lines=lines,
            state=moved(QUOTE, self._name, self.state, "sent"),
            dates=tuple(promise.at(line.demand.line_id) for line in self.lines),
            expires_at=promise.hold_until - GRACE,
        )

    def told(self) -> QuoteSent:
        """The fact that it was sent."""
        return QuoteSent(
            self.quote_id,
            self.need_id,
            self.promise_id,
            self.customer_id,
            self.quoted_lines(),
            self.price,
            self.expires_at,
        )

    def quoted_lines(self) -> tuple[QuotedLine, ...]:
        """Its lines as the customer sees them."""
        return tuple(
            QuotedLine(
                line.demand.line_id,
                line.offer_id,
                line.demand.kind,
                line.demand.item,
                line.demand.quantity,
                line.demand.unit,
                line.price,
                at,
                line.demand.instead,
            )
            for line, at in zip(self.lines, self.dates, strict=True)
        )

    def accepted(self, order_id: str) -> tuple[Quote, QuoteAccepted]:
        """The customer takes it, also after its expiry: the promise is then made anew."""
        taken = replace(self, state=moved(QUOTE, self._name, self.state, "accepted"))
        return taken, QuoteAccepted(self.quote_id, self.need_id, self.promise_id, order_id)

    def declined(self) -> tuple[Quote, QuoteDeclined]:
        """The customer does not want it."""
        left = replace(self, state=moved(QUOTE, self._name, self.state, "declined"))
        return left, QuoteDeclined(self.quote_id, self.need_id, self.promise_id)

    def expired(self) -> tuple[Quote, QuoteExpired]:
        """Nobody answered in time."""
        left = replace(self, state=moved(QUOTE, self._name, self.state, "expired"))
        return left, QuoteExpired(self.quote_id, self.need_id, self.promise_id)

    @property
    def _name(self) -> str:
        return f"quote {self.quote_id}"


def drafted(
    need: Need,
    matched: Sequence[tuple[WantedLine, Offer]],
    *,
    quote_id: str,
    promise_id: str,
    priority: int,
    at: datetime,
) -> tuple[Quote, Promise]:
    """A draft for a need whose every line has its offer, and the promise to ask for.

    Raises `Invalid` for what is too much to be counted or paid.
    """
    names = {line.line_id for line, _ in matched}
    lines = tuple(
        each
        for number, (line, offer) in enumerate(matched)
        for each in _priced(line, offer, names, f"/lines/{number}/quantity")
    )
    hold_until = at + HOLD
    quote = Quote(quote_id, need.need_id, promise_id, need.customer_id, lines, "draft", hold_until - GRACE)
    with said_at("/lines"):
        _ = quote.price
    promise = Promise(
        promise_id,
        need.need_id,
        quote_id,
        need.customer_id,
        need.address_id,
        priority,
        need.delivery_policy,
        tuple(line.demand for line in lines),
        "asked",
        1,
        hold_until,
    )
    return quote, promise


def _priced(line: WantedLine, offer: Offer, names: Collection[str], pointer: str) -> list[Priced]:
    """A line for each component of an offer; none is called as another of the wanted lines is, whose `names` these are.

    Raises `Invalid` at `pointer` for more than can be counted or paid.
    """
    minor = (line.quantity.decimal * offer.price.minor).to_integral_value(ROUND_HALF_EVEN)
    free = (name for number in count(1) if (name := f"{line.line_id}.{number}") not in names)
    line_ids = [line.line_id] if len(offer.components) == 1 else list(islice(free, len(offer.components)))
    with said_at(pointer):
        Money(int(minor), offer.price.currency)
    priced = []
    prices = shares(int(minor), offer.components)
    for line_id, component, share in zip(line_ids, offer.components, prices, strict=True):
        with said_at(pointer):
            quantity = component.quantity.times(line.quantity)
            price = Money(share, offer.price.currency)
        demand = DemandLine(
            line_id,
            component.kind,
            component.item,
            quantity,
            component.unit,
            component.site_id,
            line.wanted_at,
            component.window or line.required,
        )
        priced.append(Priced(demand, offer.offer_id, price))
    return priced


def added(lines: Sequence[WantedLine], offers: Sequence[Offer], at: datetime) -> tuple[Priced, ...]:
    """New lines of an order with the prices of the offers that they name.

    Raises `Invalid` for what cannot be wanted, `NotFound` for an offer that is not there.
    """
    wrong = [pointer for number, line in enumerate(lines) for pointer in faults(f"/added/{number}", line, at)]
    if len(lines) > LINES_COUNT_MAX:
        wrong.append(("/added", f"at most {LINES_COUNT_MAX} lines"))
    if wrong:
        raise Invalid("the lines cannot be added as they stand", wrong)
    found: list[Priced] = []
    names = {line.line_id for line in lines}
    for number, line in enumerate(lines):
        offer = match(line, offers)
        if offer is None:
            raise NotFound(f"no offer {line.offer_id} for line {line.line_id}")
        found += _priced(line, offer, names, f"/added/{number}/quantity")
    return tuple(found)
