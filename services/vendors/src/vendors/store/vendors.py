"""Vendors, their terms and their weekly scores in their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from backbone.documents import Reads, reader
from backbone.errors import Refusal
from backbone.rows import Rows
from backbone.service import Tx
from contracts.topics import TERMS, VENDOR
from contracts.values import PropertyValue, Quantity
from contracts.vendors import PriceBreak
from vendors import tables
from vendors.domain.lead import Delivered
from vendors.domain.score import Score
from vendors.domain.terms import Terms
from vendors.domain.vendor import Vendor
from vendors.tables.leads import DELIVERED

VENDORS: Final = Rows(
    tables.vendors, changing=("title", "currency", "calendar_id", "skus", "inspect", "told")
)
LOAD_VENDORS_OF: Final = VENDORS.where(
    """
    vendor_id IN (SELECT vendor_id FROM terms WHERE sku = ANY(:skus)
                        UNION SELECT vendor_id FROM vendors WHERE skus && CAST(:skus AS text[])
                        UNION SELECT vendor_id FROM purchase_orders JOIN purchase_lines USING (purchase_order_id)
                        WHERE sku = ANY(:skus))
    ORDER BY vendor_id
    """
)
LOAD_KNOWN: Final = text(
    """
    SELECT vendor_id, sku FROM terms WHERE sku = ANY(:skus)
    UNION SELECT vendor_id, sku FROM vendors, unnest(skus) AS of(sku) WHERE skus && CAST(:skus AS text[])
    UNION SELECT vendor_id, sku FROM purchase_orders JOIN purchase_lines USING (purchase_order_id)
    WHERE sku = ANY(:skus)
    """
)
TERMS_ROWS: Final = Rows(tables.terms, changing=("lead_days", "valid_to_at", "state", "told"))
LOCK_TERMS_BESIDE: Final = TERMS_ROWS.where(
    """
    vendor_id = :vendor_id AND sku = :sku AND site_id = :site_id AND state = 'published'
    ORDER BY terms_id FOR UPDATE
    """
)
LOAD_TERMS_FOR: Final = TERMS_ROWS.where(
    """
    (sku, site_id) IN (SELECT * FROM unnest(CAST(:sku AS text[]), CAST(:site_id AS text[])))
      AND state = 'published' ORDER BY terms_id
    """
)
SCORES: Final = Rows(tables.scores)

_breaks: Reads[tuple[PriceBreak, ...]] = reader(tuple[PriceBreak, ...])
_properties: Reads[tuple[PropertyValue, ...]] = reader(tuple[PropertyValue, ...])


class AlreadyThere(Refusal):
    """Something of that id exists already."""


async def add_vendor(tx: Tx, vendor: Vendor) -> None:
    """Insert a vendor; raises `AlreadyThere`."""
    tx.added(VENDOR, [vendor.vendor_id])
    await _add(tx, VENDORS, [_vendor_row(tx, vendor)], f"vendor {vendor.vendor_id} is registered already")


async def _add(tx: Tx, rows: Rows, values: Sequence[dict[str, Any]], there: str) -> None:
    try:
        await tx.sql.execute(rows.add, rows.added(values))
    except IntegrityError as broken:
        if "_pkey" in str(broken.orig):
            raise AlreadyThere(there) from broken
        raise


async def lock_vendors(tx: Tx, vendor_ids: Iterable[str]) -> dict[str, Vendor]:
    """The vendors of these ids that are here, locked in key order."""
    rows = (await tx.sql.execute(VENDORS.lock, {"keys": sorted(set(vendor_ids))})).all()
    tx.locked(VENDOR, {row.vendor_id: row.told for row in rows})
    return {row.vendor_id: _vendor_of(row) for row in rows}


async def load_vendors(tx: Tx, vendor_ids: Iterable[str]) -> dict[str, Vendor]:
    """The vendors of these ids that are here."""
    rows = await tx.sql.execute(VENDORS.load, {"keys": sorted(set(vendor_ids))})
    return {row.vendor_id: _vendor_of(row) for row in rows}


async def load_vendors_of(tx: Tx, skus: Iterable[str]) -> tuple[dict[str, Vendor], dict[str, frozenset[str]]]:
    """Vendors that have terms for these items, are marked for them or supplied them; and by item, whose ids."""
    wanted = {"skus": sorted(set(skus))}
    vendors = {row.vendor_id: _vendor_of(row) for row in await tx.sql.execute(LOAD_VENDORS_OF, wanted)}
    known: dict[str, frozenset[str]] = {}
    for row in await tx.sql.execute(LOAD_KNOWN, wanted):
        known[row.sku] = known.get(row.sku, frozenset()) | {row.vendor_id}
    return vendors, known


async def save_vendors(tx: Tx, vendors: Sequence[Vendor]) -> None:
    """Write locked vendors back."""
    await tx.sql.execute(VENDORS.save, VENDORS.saved([_vendor_row(tx, vendor) for vendor in vendors]))


def _vendor_row(tx: Tx, vendor: Vendor) -> dict[str, Any]:
    return {
        "vendor_id": vendor.vendor_id,
        "title": vendor.title,
        "kind": vendor.kind,
        "site_id": vendor.site_id,
        "currency": vendor.currency,
        "calendar_id": vendor.calendar_id,
        "skus": sorted(vendor.skus),
        "inspect": vendor.inspect,
        "version": 1,
        "told": tx.tells(VENDOR, vendor.vendor_id),
    }


def _vendor_of(row: Any) -> Vendor:
    return Vendor(
        row.vendor_id,
        row.title,
        row.kind,
        row.site_id,
        row.currency,
        row.calendar_id,
        frozenset(row.skus),
        row.inspect,
        row.version,
    )


async def add_terms(tx: Tx, terms: Terms) -> None:
    """Insert terms; raises `AlreadyThere`."""
    tx.added(TERMS, [terms.terms_id])
    await _add(tx, TERMS_ROWS, [_terms_row(tx, terms)], f"terms {terms.terms_id} are published already")


async def load_terms(tx: Tx, terms_ids: Iterable[str]) -> dict[str, Terms]:
    """The terms of these ids that are here, in whatever state."""
    rows = await tx.sql.execute(TERMS_ROWS.load, {"keys": sorted(set(terms_ids))})
    return {row.terms_id: _terms_of(row) for row in rows}


async def lock_terms(tx: Tx, terms_ids: Iterable[str]) -> dict[str, Terms]:
    """The terms of these ids that are here, locked in key order."""
    rows = (await tx.sql.execute(TERMS_ROWS.lock, {"keys": sorted(set(terms_ids))})).all()
    tx.locked(TERMS, {row.terms_id: row.told for row in rows})
    return {row.terms_id: _terms_of(row) for row in rows}


async def lock_terms_beside(tx: Tx, terms: Terms) -> list[Terms]:
    """The other published terms of the same vendor, item and site, locked; the vendor's row is locked before."""
    values = {"vendor_id": terms.vendor_id, "sku": terms.sku, "site_id": terms.site_id}
    rows = (await tx.sql.execute(LOCK_TERMS_BESIDE, values)).all()
    tx.locked(TERMS, {row.terms_id: row.told for row in rows})
    return [_terms_of(row) for row in rows]


async def load_terms_for(tx: Tx, wanted: Iterable[tuple[str, str]]) -> list[Terms]:
    """All published terms for these (item, site) pairs."""
    pairs = sorted(set(wanted))
    values = {"sku": [sku for sku, _ in pairs], "site_id": [site_id for _, site_id in pairs]}
    return [_terms_of(row) for row in await tx.sql.execute(LOAD_TERMS_FOR, values)]


async def save_terms(tx: Tx, terms: Sequence[Terms]) -> None:
    """Write locked terms back."""
    await tx.sql.execute(TERMS_ROWS.save, TERMS_ROWS.saved([_terms_row(tx, each) for each in terms]))


def _terms_row(tx: Tx, terms: Terms) -> dict[str, Any]:
    return {
        "terms_id": terms.terms_id,
        "vendor_id": terms.vendor_id,
        "vendor_kind": terms.vendor_kind,
        "sku": terms.sku,
        "site_id": terms.site_id,
        "currency": terms.currency,
        "prices": terms.prices,
        "minimum_micro": terms.minimum.micro,
        "multiple_micro": terms.multiple.micro,
        "lead_days": terms.lead_days,
        "calendar_id": terms.calendar_id,
        "valid_from_at": terms.valid_from,
        "valid_to_at": terms.valid_to,
        "rank": terms.rank,
        "properties": terms.properties,
        "inspect": terms.inspect,
        "state": terms.state,
        "cancellation_points": terms.cancellation_points,
        "notice_days": terms.notice_days,
        "version": 1,
        "told": tx.tells(TERMS, terms.terms_id),
    }


def _terms_of(row: Any) -> Terms:
    return Terms(
        row.terms_id,
        row.vendor_id,
        row.vendor_kind,
        row.sku,
        row.site_id,
        row.currency,
        _breaks(row.prices),
        Quantity.of_micro(row.minimum_micro),
        Quantity.of_micro(row.multiple_micro),
        row.lead_days,
        row.calendar_id,
        row.valid_from_at,
        row.valid_to_at,
        row.rank,
        _properties(row.properties),
        row.inspect,
        row.state,
        row.version,
        row.cancellation_points,
        row.notice_days,
    )


async def load_delivered(tx: Tx, terms_ids: Iterable[str], since: datetime) -> dict[str, list[Delivered]]:
    """By terms, what was delivered of their item since a moment, the oldest first."""
    found: dict[str, list[Delivered]] = {}
    for row in await tx.sql.execute(DELIVERED, {"terms_ids": sorted(set(terms_ids)), "since": since}):
        found.setdefault(row.terms_id, []).append(Delivered(*row[1:]))
    return found


async def add_scores(tx: Tx, week_ends: date, scores: Sequence[Score]) -> None:
    """Keep a week's figures of vendors."""
    rows = [
        {
            "vendor_id": score.vendor_id,
            "week_ends": week_ends,
            "otif_percent_micro": score.otif_percent.micro,
            "requested_percent_micro": score.requested_percent.micro,
            "quality_ppm": score.quality_ppm,
            "price_drift_percent_micro": score.price_drift_percent.micro,
            "response_hours_micro": score.response_hours.micro,
            "observed_lead_days_micro": score.observed_lead_days.micro,
            "lines": len(score.rows),
            "band": score.band,
        }
        for score in scores
    ]
    await tx.sql.execute(SCORES.add, SCORES.added(rows))
