"""Terms of a vendor for an item at a site: price breaks, lot rule, lead, validity, rank, properties delivered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from backbone.errors import Invalid, said_at
from contracts.shapes import VendorKind
from contracts.units import Counted
from contracts.values import Money, PropertyValue, Quantity, Window, admits, is_currency
from contracts.vendors import PriceBreak, TermsExpired, TermsPublished
from vendors.domain.policy import POINTS_WHOLE
from vendors.domain.price import UNIT_PRICE_MINOR_MAX
from vendors.domain.states import TERMS, moved
from vendors.domain.vendor import Vendor

BREAKS_COUNT_MAX: Final = 20
LEAD_DAYS_MAX: Final = 1_000
RANK_PLACES_MAX: Final = 100
NOTICE_DAYS_MAX: Final = 1_000


class TermsAreImpossible(Invalid):
    """No order could ever be placed on these terms."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What one unit of an item costs from which quantity on, in which lots, and how long it takes.

    Lead is counted in days of the calendar. Rank 1 is asked first. `inspect` sends receipts to incoming inspection.
    Less of an acknowledged line costs `cancellation_points` (hundredths of a per cent) of what is given up, and is
    possible until `notice_days` of the calendar before the promised date.
    """

    terms_id: str
    vendor_id: str
    vendor_kind: VendorKind
    sku: str
    site_id: str
    currency: str
    prices: tuple[PriceBreak, ...]
    minimum: Quantity
    multiple: Quantity
    lead_days: int
    calendar_id: str | None
    valid_from: datetime
    valid_to: datetime
    rank: int
    properties: tuple[PropertyValue, ...] = ()
    inspect: bool = False
    state: str = "published"
    version: int = 1
    cancellation_points: int = 0
    notice_days: int = 0

    def checked(self, vendor: Vendor) -> Terms:
        """The terms itself, breaks in order; raises `TermsAreImpossible` with every broken part."""
        broken = [*self._broken(), *self._broken_lots()]
        if not vendor.serves(self.site_id):
            broken.append(("/site_id", "a site does not buy from itself"))
        if broken:
            raise TermsAreImpossible("no order could be placed on these terms", broken)
        return replace(self, prices=tuple(sorted(self.prices, key=lambda part: part.from_quantity)))

    def in_own_unit(self, counted: Counted | None, unit: str) -> Terms:
        """Terms that are said in a unit of the item, in its own, nothing rounded; raises `Invalid` with the place."""
        if counted is None:
            raise Invalid(f"nobody knows in what {self.sku} is counted", [("/sku", "no such item")])
        with said_at("/minimum"):
            minimum = counted.own(self.minimum, unit)
        with said_at("/multiple"):
            multiple = counted.own(self.multiple, unit)
        prices = []
        for place, each in enumerate(self.prices):
            with said_at(f"/prices/{place}"):
                begins = counted.own(each.from_quantity, unit)
                prices.append(PriceBreak(begins, counted.own_price(each.unit_price_minor, unit)))
        return replace(self, minimum=minimum, multiple=multiple, prices=tuple(prices))

    def _broken(self) -> Iterator[tuple[str, str]]:
        if not is_currency(self.currency):
            yield "/currency", "is three capital letters"
        if not 1 <= len(self.prices) <= BREAKS_COUNT_MAX:
            yield "/prices", f"there are 1 to {BREAKS_COUNT_MAX} price breaks"
        if len({part.from_quantity for part in self.prices}) < len(self.prices):
            yield "/prices", "two breaks begin at one quantity"
        if any(not 0 <= part.unit_price_minor <= UNIT_PRICE_MINOR_MAX for part in self.prices):
            yield "/prices", f"a price lies between 0 and {UNIT_PRICE_MINOR_MAX} minor units"
        if not 0 <= self.lead_days <= LEAD_DAYS_MAX:
            yield "/lead_days", f"a lead is 0 to {LEAD_DAYS_MAX} days"
        if not 1 <= self.rank <= RANK_PLACES_MAX:
            yield "/rank", f"a rank is 1 to {RANK_PLACES_MAX}"
        if not 0 <= self.cancellation_points <= POINTS_WHOLE:
            yield "/cancellation_points", f"a charge is 0 to {POINTS_WHOLE} hundredths of a per cent"
        if not 0 <= self.notice_days <= NOTICE_DAYS_MAX:
            yield "/notice_days", f"a notice is 0 to {NOTICE_DAYS_MAX} days"
        if self.valid_from >= self.valid_to:
            yield "/valid_to", "terms end after they begin"

    def _broken_lots(self) -> Iterator[tuple[str, str]]:
        if self.multiple.micro <= 0:
            yield "/multiple", "a multiple is above 0"
        elif self.minimum.micro < 0:
            yield "/minimum", "a minimum is not below 0"
        elif self.minimum.rounded_up(self.multiple) != self.minimum:
            yield (
                "/minimum",
                f"is no multiple of {self.multiple}; nearest {self.minimum.rounded_up(self.multiple)}",
            )
        if self.prices and min(part.from_quantity for part in self.prices) > self._least:
            yield "/prices", "the first break begins above the least order"

    @property
    def _least(self) -> Quantity:
        return max(self.minimum, self.multiple)

    def valid(self, at: datetime) -> bool:
        """Whether an order may be placed on these terms at a moment."""
        return self.state == "published" and self.valid_from <= at < self.valid_to

    def delivers(self, window: Window) -> bool:
        """Whether the stated properties lie inside a window."""
        return admits(window, self.properties)

    def lot_for(self, quantity: Quantity) -> Quantity:
        """The least quantity that may be ordered and is not below `quantity`."""
        return max(quantity, self.minimum).rounded_up(self.multiple)

    def unit_price(self, quantity: Quantity) -> Money:
        """The price of one unit when so much is ordered: the break with the highest start that is reached."""
        reached = [part for part in self.prices if part.from_quantity <= quantity] or self.prices[:1]
        return Money(reached[-1].unit_price_minor, self.currency)

    def told(self) -> TermsPublished:
        """The fact that these terms can be planned with."""
        return TermsPublished(
            self.terms_id,
            self.vendor_id,
            self.vendor_kind,
            self.sku,
            self.site_id,
            self.currency,
            self.prices,
            self.minimum,
            self.multiple,
            self.lead_days,
            self.calendar_id,
            self.valid_from,
            self.valid_to,
            self.rank,
            self.properties,
        )

    def followed_by(self, later: Terms) -> Terms:
        """These terms, ended no later than `later` for the same vendor, item and site begin.

        Those that begin only when the later published ones have ended stay as they are.
        """
        if later.valid_to <= self.valid_from:
            return self
        return replace(self, valid_to=min(self.valid_to, later.valid_from))

    def ended(self, at: datetime) -> Terms:
        """These terms, valid no longer than `at`."""
        return replace(self, valid_to=min(self.valid_to, at))

    def expired(self, at: datetime) -> tuple[Terms, TermsExpired | None]:
        """The end of the terms if it has come; the same terms and nothing otherwise."""
        if self.state == "expired" or at < self.valid_to:
            return self, None
        gone = replace(self, state=moved(TERMS, f"terms {self.terms_id}", self.state, "expired"))
        return gone, TermsExpired(self.terms_id, self.vendor_id, self.sku, self.site_id)
