"""What of a visit is still to be done: the rest of its work, and those of its lines that are still wanted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from service_desk.domain.visit import Fact, Visit


def given_up(visit: Visit, wanted: Collection[str]) -> tuple[Visit, list[Fact]]:
    """What nobody was there for goes on with those of its lines that are `wanted`; without any it is cancelled."""
    for line_id in visit.line_ids:
        if line_id not in wanted and visit.line_ids != (line_id,):
            visit = visit.without(line_id)
    return (visit, []) if set(visit.line_ids) & set(wanted) else visit.cancelled("it is not wanted any more")


def is_partly_done(visit: Visit) -> bool:
    """Whether less work is reported than was ordered."""
    done = None if visit.report is None else visit.report.quantity
    return done is not None and visit.quantity is not None and done < visit.quantity


def rest_of(visit: Visit, visit_id: str, wanted: Collection[str]) -> Visit | None:
    """The visit for what was ordered and is not done yet; None when all is, or its line is not `wanted` any more."""
    if visit.report is None or visit.quantity is None or not is_partly_done(visit):
        return None
    if not set(visit.line_ids) & set(wanted):
        return None
    return replace(
        visit,
        visit_id=visit_id,
        state="unplanned",
        quantity=visit.quantity - visit.report.quantity,
        slot_id=None,
        starts_at=None,
        ends_at=None,
        technician_ids=(),
        offer_no=0,
        missed_times=0,
        report=None,
        ended_by=None,
        signed_by=None,
        reason="the rest of the work",
        version=0,
    )
