"""Readings and counts of machines over HTTP, in bulk, and as series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter

from backbone.web import Asked, Response, acts, done, filters_asked, lists, one_of, page_asked, paged
from contracts.values import Quantity
from production import commands, handlers, queries
from production.api.forms import first_asked
from production.domain.counts import MachineCount
from production.domain.form import counted, moment, named
from production.domain.readings import READINGS_COUNT_MAX, MachineReading, Taking

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ReadingsBody:
    """Up to 1,000 readings, in any order."""

    readings: tuple[MachineReading, ...]


HEAT: Final = ReadingsBody(
    (
        MachineReading(
            "a run",
            10,
            "temperature",
            "furnace-1",
            datetime(2026, 3, 2, 8, tzinfo=UTC),
            Quantity(851),
            "degC",
        ),
    )
)


@router.post("/v1/readings/batch", **acts(Taking, body=ReadingsBody, example=HEAT))
async def record_readings(ask: Asked) -> Response:
    """Report what machines measured: each reading is kept once; those that cannot be are named, the others taken."""
    body = await ask.body(ReadingsBody)
    counted(body.readings, "/readings", READINGS_COUNT_MAX)
    for place, each in enumerate(body.readings):
        moment(each.at, f"/readings/{place}/at")
        named(each.machine, f"/readings/{place}/machine")
    command = commands.RecordReadings(body.readings, ask.principal.subject)
    return await ask.act(handlers.record_readings, command, reply=done)


@dataclass(frozen=True, slots=True)
class CountsBody:
    """Up to 1,000 counts, in any order."""

    counts: tuple[MachineCount, ...]


PIECES: Final = CountsBody(
    (MachineCount("a run", 10, "press-1", datetime(2026, 3, 2, 8, tzinfo=UTC), Quantity(48), Quantity(2)),)
)


@router.post("/v1/counts/batch", **acts(Taking, body=CountsBody, example=PIECES))
async def record_counts(ask: Asked) -> Response:
    """Report what machines counted since their count before: each is kept once; those that cannot be are named."""
    body = await ask.body(CountsBody)
    counted(body.counts, "/counts", READINGS_COUNT_MAX)
    for place, each in enumerate(body.counts):
        moment(each.at, f"/counts/{place}/at")
        named(each.machine, f"/counts/{place}/machine")
    command = commands.RecordCounts(body.counts, ask.principal.subject)
    return await ask.act(handlers.record_counts, command, reply=done)


@router.get("/v1/runs/{run_id}/counts", **lists(queries.CountView))
async def list_counts(ask: Asked, run_id: str) -> Response:
    """What machines have counted at a run, good and bad, by operation and machine."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_counts(sql, run_id, after=after, limit=limit), limit)


@router.get(
    "/v1/runs/{run_id}/readings", **lists(queries.ReadingView, "name", "machine", first=one_of(*queries.ENDS))
)
async def list_readings(ask: Asked, run_id: str) -> Response:
    """What machines measured at a run, by operation, parameter, machine and time; by `name` and `machine`.

    Where `first` says newest, the last that was measured of any parameter stands in front.
    """
    after, limit = page_asked(ask)
    wanted, end = filters_asked(ask, "name", "machine"), first_asked(ask)
    async with ask.read() as sql:
        return paged(
            ask, await queries.page_readings(sql, run_id, end=end, after=after, limit=limit, **wanted), limit
        )
