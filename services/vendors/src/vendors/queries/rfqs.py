"""RFQs with their quotations in order of what they would cost; a vendor sees its own quotations alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.shapes import ItemPart
from contracts.values import Quantity, Window, admits
from vendors.domain.rfq import Proposal, Quotation

Page = list[tuple[str, Any]]

RFQS: Final = """
    SELECT rfq_id, planned_order_id, sku, quantity_micro, unit, site_id, needed_at,
           CAST(property_window AS text) AS property_window, vendor_ids, issued_at, answer_by_at, state,
           CAST(quotations AS text) AS quotations, CAST(proposal AS text) AS proposal, awarded_quotation_id, run_id,
           CAST(provided AS text) AS provided, version, withdrawn_because
    FROM rfqs JOIN (SELECT planned_order_id, run_id, provided FROM sourcings) AS wanted USING (planned_order_id)
    WHERE (CAST(:party AS text) IS NULL OR :party = ANY(vendor_ids))
"""
FIND_RFQ: Final = text(RFQS + "AND rfq_id = :rfq_id")
PAGE_RFQS: Final = text(
    RFQS + "AND rfq_id > :after AND (CAST(:state AS text) IS NULL OR state = :state) "
    "AND (CAST(:sku AS text) IS NULL OR sku = :sku) ORDER BY rfq_id LIMIT :limit"
)
PAGE_NEWEST_RFQS: Final = text(
    RFQS + "AND (:after = '' OR rfq_id < :after) ORDER BY rfq_id DESC LIMIT :limit"
)

_window: Reads[Window] = reader(Window)
_quotations: Reads[tuple[Quotation, ...]] = reader(tuple[Quotation, ...])
_proposal: Reads[Proposal] = reader(Proposal)
_provided: Reads[tuple[ItemPart, ...]] = reader(tuple[ItemPart, ...])


@dataclass(frozen=True, slots=True)
class RfqView:
    """An RFQ; quotations best first (landed price, lead), those outside the property window last.

    For a vendor: its own quotations, and whether one of them won; nothing of the others. A withdrawn one says why.
    With a `run_id` the work of that run is wanted, on what we send: `provided`.
    """

    rfq_id: str
    planned_order_id: str
    sku: str
    quantity: Quantity
    unit: str
    site_id: str
    needed_at: datetime
    window: Window
    vendor_ids: tuple[str, ...]
    issued_at: datetime
    answer_by: datetime
    state: str
    quotations: tuple[Quotation, ...]
    proposal: Proposal | None
    awarded_quotation_id: str | None
    version: int
    run_id: str | None
    provided: tuple[ItemPart, ...]
    withdrawn_because: str | None


async def find_rfq(sql: AsyncConnection, rfq_id: str, *, party: str | None) -> RfqView:
    """One RFQ; raises `NotFound` when it is not there or the party was not asked."""
    row = (await sql.execute(FIND_RFQ, {"rfq_id": rfq_id, "party": party})).one_or_none()
    if row is None:
        raise NotFound(f"no RFQ {rfq_id}")
    return _rfq(row, party)


async def page_rfqs(
    sql: AsyncConnection,
    *,
    party: str | None,
    state: str | None,
    sku: str | None,
    after: str,
    limit: int,
) -> Page:
    """A page of RFQs, the oldest first: (key, view) pairs after a key."""
    asked = {"party": party, "state": state, "sku": sku, "after": after, "limit": limit}
    return [(row.rfq_id, _rfq(row, party)) for row in await sql.execute(PAGE_RFQS, asked)]


async def page_newest_rfqs(sql: AsyncConnection, *, party: str | None, after: str, limit: int) -> Page:
    """A page of RFQs, the newest first: (key, view) pairs after a key."""
    asked = {"party": party, "after": after, "limit": limit}
    return [(row.rfq_id, _rfq(row, party)) for row in await sql.execute(PAGE_NEWEST_RFQS, asked)]


def _rfq(row: Any, party: str | None) -> RfqView:
    window = _window(row.property_window)
    shown = [each for each in _quotations(row.quotations) if party in {None, each.vendor_id}]
    best_first = sorted(
        shown,
        key=lambda each: (
            not admits(window, each.properties),
            each.landed.minor,
            each.lead_days,
            each.quotation_id,
        ),
    )
    awarded = row.awarded_quotation_id
    return RfqView(
        row.rfq_id,
        row.planned_order_id,
        row.sku,
        Quantity.of_micro(row.quantity_micro),
        row.unit,
        row.site_id,
        row.needed_at,
        window,
        tuple(row.vendor_ids) if party is None else (party,),
        row.issued_at,
        row.answer_by_at,
        row.state,
        tuple(best_first),
        None if party is not None or row.proposal is None else _proposal(row.proposal),
        awarded if awarded in {each.quotation_id for each in shown} else None,
        row.version,
        row.run_id,
        _provided(row.provided),
        row.withdrawn_because,
    )
