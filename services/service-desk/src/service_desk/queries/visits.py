"""Visits and hand-overs as clients, dispatchers and technicians see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.service_desk import PartUsed
from contracts.values import Quantity
from service_desk.domain.goods import Goods
from service_desk.domain.report import Report
from service_desk.queries.ends import End, page_from_either_end

Page = list[tuple[str, Any]]

VISITS: Final = """
    SELECT visit_id, kind, order_id, customer_id, line_ids, state, service_id, quantity_micro,
           CAST(goods AS text) AS goods, starts_at, ends_at, technician_ids, offer_no, missed_times, site_id,
           CAST(report AS text) AS report, ended_by, signed_by, reason, version
    FROM visits WHERE (CAST(:party AS text) IS NULL OR customer_id = :party)
"""
FIND_VISIT: Final = text(VISITS + "AND visit_id = :visit_id")
NARROWED: Final = """
    AND (CAST(:state AS text) IS NULL OR state = :state)
    AND (CAST(:kind AS text) IS NULL OR kind = :kind)
    AND (CAST(:order_id AS text) IS NULL OR order_id = :order_id)
    AND (CAST(:site_id AS text) IS NULL OR site_id = :site_id)
    AND (CAST(:technician_id AS text) IS NULL OR :technician_id = ANY(technician_ids))
    """
PAGE_VISITS: Final = page_from_either_end(VISITS + NARROWED, "visit_id")

_goods: Reads[tuple[Goods, ...]] = reader(tuple[Goods, ...])
_report: Reads[Report] = reader(Report)


@dataclass(frozen=True, slots=True)
class LotView:
    """So much of a lot of a line; costs are for nobody outside."""

    line_id: str
    lot_id: str
    sku: str
    quantity: Quantity
    serials: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """What the technician says was done; why other parts were used is for staff alone."""

    quantity: Quantity
    minutes: int
    parts: tuple[PartUsed, ...]
    parts_reason: str | None
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class VisitView:
    """A visit or a hand-over; who signed and who recorded it are for staff alone."""

    visit_id: str
    kind: str
    order_id: str
    customer_id: str
    line_ids: tuple[str, ...]
    state: str
    service_id: str | None
    quantity: Quantity | None
    lots: tuple[LotView, ...]
    starts_at: datetime | None
    ends_at: datetime | None
    technician_ids: tuple[str, ...]
    offer_no: int
    missed_times: int
    site_id: str
    report: ReportView | None
    ended_by: str | None
    signed_by: str | None
    reason: str | None
    version: int


@dataclass(frozen=True, slots=True)
class VisitFilter:
    """Which visits are asked for; what is None does not narrow."""

    state: str | None = None
    kind: str | None = None
    order_id: str | None = None
    site_id: str | None = None
    technician_id: str | None = None


async def page_visits(
    sql: AsyncConnection,
    *,
    party: str | None,
    wanted: VisitFilter,
    after: str,
    limit: int,
    first: End = "oldest",
) -> Page:
    """A page of visits: (key, view) pairs after a key."""
    asked = {name: getattr(wanted, name) for name in VisitFilter.__dataclass_fields__}
    rows = await sql.execute(PAGE_VISITS[first], {"party": party, "after": after, "limit": limit, **asked})
    return [(row.visit_id, _visit(row, party)) for row in rows]


async def find_visit(sql: AsyncConnection, visit_id: str, *, party: str | None) -> VisitView:
    """A visit; raises `NotFound` when it is not there or another customer's."""
    row = (await sql.execute(FIND_VISIT, {"party": party, "visit_id": visit_id})).one_or_none()
    if row is None:
        raise NotFound(f"no visit {visit_id}")
    return _visit(row, party)


def _visit(row: Any, party: str | None) -> VisitView:
    staff = party is None
    lots = tuple(
        LotView(each.line_id, lot.lot_id, lot.sku, lot.quantity, lot.serials)
        for each in _goods(row.goods)
        for lot in each.lots
    )
    return VisitView(
        row.visit_id,
        row.kind,
        row.order_id,
        row.customer_id,
        tuple(row.line_ids),
        row.state,
        row.service_id,
        None if row.quantity_micro is None else Quantity.of_micro(row.quantity_micro),
        lots,
        row.starts_at,
        row.ends_at,
        tuple(row.technician_ids),
        row.offer_no,
        row.missed_times,
        row.site_id,
        _shown(_report(row.report), staff) if row.report is not None else None,
        row.ended_by if staff else None,
        row.signed_by if staff else None,
        row.reason,
        row.version,
    )


def _shown(report: Report, staff: bool) -> ReportView:
    reason = report.parts_reason if staff else None
    return ReportView(report.quantity, report.minutes, report.parts, reason, report.reported_at)
