"""Vendors, terms, policy, rates, scores, and what others own: what can be asked or told of them."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.materials import ItemDefined, SiteDefined
from contracts.production import CalendarChanged
from contracts.values import Quantity
from vendors.domain.policy import Policy
from vendors.domain.terms import Terms
from vendors.domain.vendor import Vendor


@dataclass(frozen=True, slots=True)
class KnowItem:
    """Materials has defined an item."""

    item: ItemDefined


@dataclass(frozen=True, slots=True)
class KnowSite:
    """Materials has defined a site."""

    site: SiteDefined


@dataclass(frozen=True, slots=True)
class KnowCalendar:
    """Production has changed a calendar."""

    calendar: CalendarChanged


@dataclass(frozen=True, slots=True)
class RegisterVendor:
    """Take up a vendor."""

    vendor: Vendor


@dataclass(frozen=True, slots=True)
class ChangeVendor:
    """Say other things of a vendor, from the version that was seen; what kind it is stays."""

    vendor_id: str
    title: str
    currency: str
    calendar_id: str | None
    skus: frozenset[str]
    inspect: bool
    expected_version: int


@dataclass(frozen=True, slots=True)
class PublishTerms:
    """Put a vendor's terms into force; earlier ones for the same item and site end when they begin.

    They are said in `unit` (absent: the item's own) and kept in the item's own.
    """

    terms: Terms
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class TakeObservedLead:
    """Plan with the lead that was seen."""

    terms_id: str


@dataclass(frozen=True, slots=True)
class WithdrawTerms:
    """End terms now."""

    terms_id: str


@dataclass(frozen=True, slots=True)
class ExpireTerms:
    """The last moment of terms has come."""

    terms_id: str


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """Change how we buy, from the version that was seen."""

    policy: Policy
    expected_version: int


@dataclass(frozen=True, slots=True)
class SetRate:
    """Say what one minor unit of a currency is worth in minor units of ours."""

    currency: str
    rate: Quantity
    expected_version: int


@dataclass(frozen=True, slots=True)
class ScoreVendor:
    """A vendor's week has ended."""

    vendor_id: str
