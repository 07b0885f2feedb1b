"""Recalls over HTTP: opened, followed, closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from backbone.service import Reply
from backbone.web import (
    Asked,
    Response,
    acts,
    choice_asked,
    created,
    creates,
    done,
    found,
    lists,
    one_of,
    page_asked,
    paged,
    shows,
)
from production import commands, handlers, queries
from production.api.forms import Taken, first_asked
from production.domain.form import counted, named, said
from production.domain.recall import LOTS_COUNT_MAX, Recall

router = APIRouter()


@dataclass(frozen=True, slots=True)
class RecallBody:
    """Why, and where it begins: named lots, a vendor's lot (of an item, if its number is not unique), a run."""

    reason: str
    lot_ids: tuple[str, ...] = ()
    vendor_lot: str | None = None
    sku: str | None = None
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class SummaryBody:
    """What was found, and what was done."""

    summary: str


BRITTLE: Final = RecallBody("brittle steel, says the forge", vendor_lot="heat 4711", sku="shaft")
OVER: Final = SummaryBody("40 shafts scrapped, two customers were sent others")


@router.post("/v1/recalls", **creates(Taken, body=RecallBody, example=BRITTLE))
async def open_recall(ask: Asked) -> Response:
    """Call lots back with all that was made of them: blocked wherever they lie, runs stopped, customers asked."""
    body = await ask.body(RecallBody)
    counted(body.lot_ids, "/lot_ids", LOTS_COUNT_MAX, least=0)
    for place, lot_id in enumerate(body.lot_ids):
        named(lot_id, f"/lot_ids/{place}")
    for name, given in (("vendor_lot", body.vendor_lot), ("sku", body.sku), ("run_id", body.run_id)):
        if given is not None:
            named(given, f"/{name}")
    command = commands.OpenRecall(
        said(body.reason, "/reason"),
        body.lot_ids,
        body.vendor_lot,
        body.sku,
        body.run_id,
        ask.principal.subject,
    )
    return await ask.act(
        handlers.open_recall,
        command,
        reply=lambda recall: created(
            f"/v1/recalls/{recall.recall_id}", Taken(recall.recall_id, recall.state), version=recall.version
        ),
    )


@router.get(
    "/v1/recalls",
    **lists(queries.RecallView, state=one_of("tracing", "traced", "closed"), first=one_of(*queries.ENDS)),
)
async def list_recalls(ask: Asked) -> Response:
    """Recalls, the oldest first unless `first` says newest; by `state`."""
    after, limit = page_asked(ask)
    state, end = choice_asked(ask, "state", "tracing", "traced", "closed"), first_asked(ask)
    async with ask.read() as sql:
        rows = await queries.page_recalls(sql, state=state, end=end, after=after, limit=limit)
    return paged(ask, rows, limit)


@router.get("/v1/recalls/{recall_id}", **shows(queries.RecallView))
async def show_recall(ask: Asked, recall_id: str) -> Response:
    """A recall, and how much of what it reaches still waits."""
    async with ask.read() as sql:
        recall = await queries.find_recall(sql, recall_id)
    return found(recall, version=recall.version)


@router.get("/v1/recalls/{recall_id}/lots", **lists(queries.RecalledLotView, waiting=one_of("yes", "no")))
async def list_recalled_lots(ask: Asked, recall_id: str) -> Response:
    """The lots that a recall reaches, where each was, and what became of it; `waiting=yes`: nothing yet."""
    after, limit = page_asked(ask)
    chosen = choice_asked(ask, "waiting", "yes", "no")
    waits = None if chosen is None else chosen == "yes"
    async with ask.read() as sql:
        rows = await queries.page_recalled_lots(sql, recall_id, waits=waits, after=after, limit=limit)
    return paged(ask, rows, limit)


@router.get("/v1/recalls/{recall_id}/runs", **lists(queries.RecalledRunView))
async def list_recalled_runs(ask: Asked, recall_id: str) -> Response:
    """The runs that a recall has stopped."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_recalled_runs(sql, recall_id, after=after, limit=limit), limit)


@router.get("/v1/recalls/{recall_id}/tickets", **lists(queries.RecallTicketView))
async def list_recall_tickets(ask: Asked, recall_id: str) -> Response:
    """The customers who were sent recalled lots, with which order, and what was agreed with each."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_recall_tickets(sql, recall_id, after=after, limit=limit), limit)


@router.post("/v1/recalls/{recall_id}/close", **acts(Taken, body=SummaryBody, example=OVER))
async def close_recall(ask: Asked, recall_id: str) -> Response:
    """Close a recall: each lot has its outcome, each customer an answer; else the refusal names what waits."""
    body = await ask.body(SummaryBody)
    command = commands.CloseRecall(recall_id, said(body.summary, "/summary"), ask.principal.subject)
    return await ask.act(handlers.close_recall, command, reply=_closed)


def _closed(recall: Recall) -> Reply:
    return done(Taken(recall.recall_id, recall.state), version=recall.version)
