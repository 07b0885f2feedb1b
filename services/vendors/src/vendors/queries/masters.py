"""Vendors, terms, policy and rates as callers see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.units import Counted
from contracts.values import PropertyValue, Quantity
from contracts.vendors import PriceBreak
from vendors.domain.policy import Policy

Page = list[tuple[str, Any]]
UNITS: Final = text(
    "SELECT sku, CAST(counted AS text) AS counted FROM items WHERE sku = ANY(:skus) AND counted IS NOT NULL"
)
OWN_UNITS: Final = text("SELECT sku, unit FROM items WHERE sku = ANY(:skus)")
_counted: Reads[Counted] = reader(Counted)

VENDORS: Final = """
    SELECT vendor_id, title, kind, site_id, currency, calendar_id, skus, inspect, version FROM vendors
    WHERE (CAST(:party AS text) IS NULL OR vendor_id = :party)
"""
FIND_VENDOR: Final = text(VENDORS + "AND vendor_id = :vendor_id")
PAGE_VENDORS: Final = text(
    VENDORS + "AND vendor_id > :after AND (CAST(:kind AS text) IS NULL OR kind = :kind) "
    "AND (CAST(:sku AS text) IS NULL OR skus @> ARRAY[CAST(:sku AS text)]) ORDER BY vendor_id LIMIT :limit"
)
# Beside the declared lead stands what was observed: the middle of the days from order to the last receipt.
TERMS: Final = """
    SELECT terms.terms_id, terms.vendor_id, terms.vendor_kind, terms.sku, terms.site_id, terms.currency,
           CAST(terms.prices AS text) AS prices, terms.minimum_micro, terms.multiple_micro, terms.lead_days,
           terms.calendar_id, terms.valid_from_at, terms.valid_to_at, terms.rank,
           CAST(terms.properties AS text) AS properties, terms.inspect, terms.state,
           terms.cancellation_points, terms.notice_days, terms.version,
           (SELECT CAST(percentile_cont(0.5) WITHIN GROUP (
                       ORDER BY EXTRACT(epoch FROM lines.completed_at - orders.issued_at)) * 1000000 / 86400
                   AS bigint)
            FROM purchase_lines AS lines JOIN purchase_orders AS orders USING (purchase_order_id)
            WHERE orders.vendor_id = terms.vendor_id AND lines.sku = terms.sku AND lines.site_id = terms.site_id
              AND lines.completed_at IS NOT NULL) AS observed_lead_days_micro
    FROM terms WHERE (CAST(:party AS text) IS NULL OR terms.vendor_id = :party)
"""
FIND_TERMS: Final = text(TERMS + "AND terms_id = :terms_id")
PAGE_TERMS: Final = text(
    TERMS + "AND terms_id > :after AND (CAST(:vendor_id AS text) IS NULL OR vendor_id = :vendor_id) "
    "AND (CAST(:sku AS text) IS NULL OR sku = :sku) AND (CAST(:site_id AS text) IS NULL OR site_id = :site_id) "
    "AND (CAST(:state AS text) IS NULL OR state = :state) ORDER BY terms_id LIMIT :limit"
)
FIND_POLICY: Final = text("SELECT * FROM policies")
LIST_RATES: Final = text(
    "SELECT currency, rate_micro, version FROM exchange_rates WHERE home = :home ORDER BY currency"
)

_prices: Reads[tuple[PriceBreak, ...]] = reader(tuple[PriceBreak, ...])
_properties: Reads[tuple[PropertyValue, ...]] = reader(tuple[PropertyValue, ...])


@dataclass(frozen=True, slots=True)
class VendorView:
    """A vendor; `skus` are the items it may be asked to quote."""

    vendor_id: str
    title: str
    kind: str
    site_id: str | None
    currency: str
    calendar_id: str | None
    skus: tuple[str, ...]
    inspect: bool
    version: int


@dataclass(frozen=True, slots=True)
class TermsView:
    """Terms as they were published, the declared lead beside the observed one (absent until something arrived)."""

    terms_id: str
    vendor_id: str
    vendor_kind: str
    sku: str
    site_id: str
    currency: str
    prices: tuple[PriceBreak, ...]
    minimum: Quantity
    multiple: Quantity
    lead_days: int
    observed_lead_days: Quantity | None
    calendar_id: str | None
    valid_from: datetime
    valid_to: datetime
    rank: int
    properties: tuple[PropertyValue, ...]
    inspect: bool
    state: str
    cancellation_points: int
    notice_days: int
    version: int


@dataclass(frozen=True, slots=True)
class PolicyView:
    """How we buy: money in minor units, tolerances in hundredths of a per cent."""

    currency: str
    approval_limit_minor: int
    answer_hours: int
    quotation_hours: int
    price_tolerance_points: int
    over_tolerance_points: int
    under_tolerance_points: int
    early_days: int
    late_days: int
    score_weeks: int
    version: int

    @classmethod
    def of(cls, policy: Policy) -> PolicyView:
        """The view of a policy."""
        return cls(**{name: getattr(policy, name) for name in Policy.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class RateView:
    """What one minor unit of a currency is worth in minor units of ours."""

    currency: str
    rate: Quantity
    version: int


async def find_vendor(sql: AsyncConnection, vendor_id: str, *, party: str | None) -> VendorView:
    """One vendor; raises `NotFound` when it is not there or not the party itself."""
    row = (await sql.execute(FIND_VENDOR, {"vendor_id": vendor_id, "party": party})).one_or_none()
    if row is None:
        raise NotFound(f"no vendor {vendor_id}")
    return _vendor(row)


async def page_vendors(
    sql: AsyncConnection,
    *,
    party: str | None,
    kind: str | None,
    sku: str | None,
    after: str,
    limit: int,
) -> Page:
    """A page of vendors: (key, view) pairs after a key."""
    asked = {"party": party, "kind": kind, "sku": sku, "after": after, "limit": limit}
    return [(row.vendor_id, _vendor(row)) for row in await sql.execute(PAGE_VENDORS, asked)]


def _vendor(row: Any) -> VendorView:
    return VendorView(
        row.vendor_id,
        row.title,
        row.kind,
        row.site_id,
        row.currency,
        row.calendar_id,
        tuple(row.skus),
        row.inspect,
        row.version,
    )


async def find_terms(sql: AsyncConnection, terms_id: str, *, party: str | None) -> TermsView:
    """One vendor's terms; raises `NotFound` when they are not there or not the party's."""
    row = (await sql.execute(FIND_TERMS, {"terms_id": terms_id, "party": party})).one_or_none()
    if row is None:
        raise NotFound(f"no terms {terms_id}")
    return _terms(row)


async def page_terms(
    sql: AsyncConnection, *, party: str | None, wanted: dict[str, str | None], after: str, limit: int
) -> Page:
    """A page of terms: (key, view) pairs after a key; `wanted` filters by vendor_id, sku, site_id, state."""
    asked = {"party": party, **wanted, "after": after, "limit": limit}
    return [(row.terms_id, _terms(row)) for row in await sql.execute(PAGE_TERMS, asked)]


def _terms(row: Any) -> TermsView:
    observed = row.observed_lead_days_micro
    return TermsView(
        row.terms_id,
        row.vendor_id,
        row.vendor_kind,
        row.sku,
        row.site_id,
        row.currency,
        _prices(row.prices),
        Quantity.of_micro(row.minimum_micro),
        Quantity.of_micro(row.multiple_micro),
        row.lead_days,
        None if observed is None else Quantity.of_micro(observed),
        row.calendar_id,
        row.valid_from_at,
        row.valid_to_at,
        row.rank,
        _properties(row.properties),
        row.inspect,
        row.state,
        row.cancellation_points,
        row.notice_days,
        row.version,
    )


async def find_policy(sql: AsyncConnection) -> PolicyView:
    """How we buy; the usual policy, at version 0, until somebody sets one."""
    row = (await sql.execute(FIND_POLICY)).one_or_none()
    if row is None:
        return PolicyView.of(Policy())
    return PolicyView(**{name: getattr(row, name) for name in PolicyView.__dataclass_fields__})


async def list_rates(sql: AsyncConnection) -> list[RateView]:
    """What other currencies are worth in ours, by currency."""
    rows = await sql.execute(LIST_RATES, {"home": (await find_policy(sql)).currency})
    return [RateView(row.currency, Quantity.of_micro(row.rate_micro), row.version) for row in rows]


async def list_units(sql: AsyncConnection, skus: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The units in which items may be said, the one in which they are counted first; of those that have several."""
    rows = await sql.execute(UNITS, {"skus": sorted(set(skus))})
    known = [(row.sku, _counted(row.counted)) for row in rows]
    return {
        sku: (counted.unit, *(each.unit for each in counted.units)) for sku, counted in known if counted.units
    }


async def list_own_units(sql: AsyncConnection, skus: Iterable[str]) -> dict[str, str]:
    """The unit in which each of these items is counted, of those that are known."""
    rows = await sql.execute(OWN_UNITS, {"skus": sorted(set(skus))})
    return {row.sku: row.unit for row in rows}
