"""How a planned order gets its vendor: valid terms by rank, else quotations, else a refusal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from backbone.errors import Refusal
from contracts.materials import PurchaseRequested
from contracts.outside import WorkRequested
from contracts.shapes import ItemPart, Share
from contracts.values import Money, PropertyValue, Quantity, Window
from contracts.vendors import PurchaseRefused
from vendors.domain.price import Rates
from vendors.domain.states import SOURCING, moved
from vendors.domain.terms import Terms
from vendors.domain.vendor import Vendor


class AlreadySourced(Refusal):
    """The planned order has a vendor already; there is at most one live purchase line for it."""


class WorkIsOver(Refusal):
    """The run knows that no vendor does its work: whoever wins an award now would work for nobody."""


@dataclass(frozen=True, slots=True)
class Sourcing:
    """What is wanted bought for one planned order, and whom we have tried so far.

    Materials wants goods. With a `run_id` it is the work of that run, wanted by production, on what is `provided`.
    """

    planned_order_id: str
    sku: str
    quantity: Quantity
    unit: str
    site_id: str
    needed_at: datetime
    window: Window
    serves: tuple[Share, ...]
    state: str = "asked"
    tried: frozenset[str] = frozenset()
    correlation_id: str | None = None
    version: int = 0
    run_id: str | None = None
    provided: tuple[ItemPart, ...] = ()

    @classmethod
    def requested(cls, fact: PurchaseRequested | WorkRequested, correlation_id: str | None) -> Sourcing:
        """What a request asks for; nobody is tried yet. Without a root of its own it takes the one order it serves."""
        if isinstance(fact, WorkRequested):
            return cls._of_work(fact, correlation_id)
        roots = {share.correlation_id for share in fact.serves}
        only = next(iter(roots)) if len(roots) == 1 else None
        return cls(
            fact.planned_order_id,
            fact.sku,
            fact.quantity,
            fact.unit,
            fact.site_id,
            fact.needed_at,
            fact.window,
            fact.serves,
            correlation_id=correlation_id or only,
        )

    @classmethod
    def _of_work(cls, fact: WorkRequested, correlation_id: str | None) -> Sourcing:
        return cls(
            fact.planned_order_id,
            fact.sku,
            fact.quantity,
            fact.unit,
            fact.site_id,
            fact.needed_at,
            (),
            (),
            correlation_id=correlation_id,
            run_id=fact.run_id,
            provided=fact.provided,
        )

    @property
    def served(self) -> bool:
        """Whether somebody has been asked, so that the same request again changes nothing."""
        return self.state in {"ordered", "quoting"}

    @property
    def unserved(self) -> bool:
        """Whether goods are wanted that nobody would supply; a run ends when it hears that nobody does its work."""
        return self.state == "refused" and self.run_id is None

    def again(self, fact: PurchaseRequested | WorkRequested) -> Sourcing:
        """A request that was refused or withdrawn is made once more: everybody may be tried again."""
        fresh = Sourcing.requested(fact, self.correlation_id)
        return replace(fresh, state=self._to("asked"), version=self.version)

    def once_more(self, needed_at: datetime) -> Sourcing:
        """Nobody would supply it, and a planner wants it all the same: everybody may be tried again."""
        return replace(self, state=self._to("asked"), tried=frozenset(), needed_at=needed_at)

    def said_again(self, fact: WorkRequested) -> Sourcing:
        """What a request says that stands instead of an earlier one; of what is ordered its moment alone changes."""
        if self.state == "quoting":
            return replace(self, quantity=fact.quantity, needed_at=fact.needed_at, provided=fact.provided)
        return replace(self, needed_at=fact.needed_at)

    def withdrawn(self) -> Sourcing:
        """The run does not want its work any more."""
        return replace(self, state=self._to("withdrawn"))

    def ordered(self, vendor_id: str) -> Sourcing:
        """A purchase order went to this vendor."""
        return replace(self, state=self._to("ordered"), tried=self.tried | {vendor_id})

    def awarded(self, vendor_id: str) -> Sourcing:
        """An RFQ was won by this vendor; raises `AlreadySourced` when an order was placed meanwhile, `WorkIsOver`."""
        if self.state == "ordered":
            raise AlreadySourced(f"planned order {self.planned_order_id} has a purchase order already")
        if self.run_id is not None and self.state != "quoting":
            raise WorkIsOver(
                f"the work of run {self.run_id} was {self.state}; nobody is asked for it any more"
            )
        return self.ordered(vendor_id)

    def quoting(self, vendor_ids: Iterable[str]) -> Sourcing:
        """These vendors are asked to quote."""
        return replace(self, state=self._to("quoting"), tried=self.tried | set(vendor_ids))

    def reopened(self) -> Sourcing:
        """The order that was placed will not come; those that were tried are not tried again."""
        return replace(self, state=self._to("asked"))

    def refused(self, reason: str) -> tuple[Sourcing, PurchaseRefused]:
        """Nobody can be asked, or nobody shall be."""
        told = PurchaseRefused(self.planned_order_id, reason, self.run_id)
        return replace(self, state=self._to("refused")), told

    def _to(self, state: str) -> str:
        return moved(SOURCING, f"the sourcing of {self.planned_order_id}", self.state, state)

    def ranked(
        self, terms: Iterable[Terms], vendors: Mapping[str, Vendor], rates: Rates, at: datetime
    ) -> list[Terms]:
        """The terms that fit, best first: by rank, then what the order would cost, then lead, then id.

        Work is bought for just what there is to work on: terms whose least lot is more do not fit.
        """
        fitting = [
            each
            for each in terms
            if each.sku == self.sku
            and each.site_id == self.site_id
            and each.vendor_id not in self.tried
            and each.valid(at)
            and each.delivers(self.window)
            and (self.run_id is None or each.lot_for(self.quantity) == self.quantity)
            and rates.reaches(self._price(each), each.lot_for(self.quantity))
            and self._asks(vendors[each.vendor_id])
        ]
        return sorted(
            fitting, key=lambda each: (each.rank, self._cost(each, rates), each.lead_days, each.terms_id)
        )

    def _cost(self, terms: Terms, rates: Rates) -> int:
        return rates.worth(self._price(terms), terms.lot_for(self.quantity))

    def _price(self, terms: Terms) -> Money:
        return terms.unit_price(terms.lot_for(self.quantity))

    def quoters(self, known: Mapping[str, frozenset[str]], vendors: Mapping[str, Vendor]) -> tuple[str, ...]:
        """Who may be asked to quote: those known for the item that were not tried; `known` is sku -> vendor ids."""
        return tuple(
            sorted(
                vendor_id
                for vendor_id in known.get(self.sku, frozenset()) - self.tried
                if self._asks(vendors[vendor_id])
            )
        )

    def _asks(self, vendor: Vendor) -> bool:
        """Whether a vendor may be asked; sites of ours make by runs of their own and hear nothing of others' work."""
        return vendor.serves(self.site_id) and (self.run_id is None or vendor.kind == "external")


@dataclass(frozen=True, slots=True)
class Source:
    """Who shall supply, and at what price: from terms, or from the quotation that won an RFQ."""

    vendor: Vendor
    quantity: Quantity
    unit_price: Money
    properties: tuple[PropertyValue, ...]
    inspect: bool
    terms_id: str | None = None
    quotation_id: str | None = None
