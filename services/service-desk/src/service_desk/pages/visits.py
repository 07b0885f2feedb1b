"""Visits and hand-overs as clients see them: a time suits or not, goods and work are taken or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote

from fastapi import APIRouter

from backbone.errors import Invalid
from backbone.service import Reply
from backbone.web import Ask, Asked, Response, shown_at
from backbone.web.forms import moment_of, value_of
from backbone.web.portal import cut, may
from contracts.values import ZERO, Quantity
from service_desk import commands, handlers, queries
from service_desk.domain.form import said
from service_desk.domain.goods import RefusedLot
from service_desk.domain.visit import Visit
from service_desk.pages.portal import HOME, PORTAL, ROWS_COUNT, visit_place

router = APIRouter()

PLACE: Final = f"{HOME}/visits/{{visit_id}}"
# How much of a lot of a line is not taken: both names are quoted, so that a space parts them whatever they are.
LEFT: Final = "left "
OFFERED: Final = frozenset({"offered", "confirmed"})
WORD: Final = frozenset({"dispatched", "reported"})


@router.get(HOME, include_in_schema=False)
async def show_portal(ask: Asked) -> Response:
    """Visits and hand-overs, tickets and conversations, the newest first."""
    shown = {name: cut(rows, ROWS_COUNT) for name, rows in (await _newest(ask)).items()}
    return PORTAL.page(
        ask,
        "portal.html",
        "Your visits and messages",
        **{name: views for name, (views, _) in shown.items()},
        more={name: key for name, (_, key) in shown.items()},
        opens=may(ask, "open_ticket_at_page"),
    )


async def _newest(ask: Ask) -> dict[str, list[tuple[str, Any]]]:
    """A page of each list, after the keys that are asked for."""
    asked = ask.request.query_params
    common: dict[str, Any] = {"party": ask.party, "limit": ROWS_COUNT, "first": "newest"}
    async with ask.read() as sql:
        reading = queries.Reading((await queries.find_agreement(sql)).hours, ask.now)
        return {
            "visits": await queries.page_visits(
                sql, wanted=queries.VisitFilter(), after=asked.get("after", ""), **common
            ),
            "tickets": await queries.page_tickets(
                sql,
                wanted=queries.TicketFilter(),
                reading=reading,
                after=asked.get("tickets_after", ""),
                **common,
            ),
            "talks": await queries.page_conversations(
                sql, order_id=None, after=asked.get("talks_after", ""), **common
            ),
        }


@router.get(PLACE, include_in_schema=False)
async def show_visit_page(ask: Asked, visit_id: str) -> Response:
    """A visit or a hand-over, and the answers that it waits for."""
    async with ask.read() as sql:
        visit = await queries.find_visit(sql, visit_id, party=ask.party)
    return PORTAL.page(
        ask,
        "visit.html",
        "Your delivery" if visit.lots else "Your visit",
        visit=visit,
        place=visit_place(visit_id),
        offered=may(ask, "answer_visit_at_page") and visit.state in OFFERED,
        word=may(ask, "give_word_at_page") and visit.state in WORD,
    )


@router.post(PLACE, include_in_schema=False)
async def answer_visit_at_page(ask: Asked, visit_id: str) -> Response:
    """Confirm, move or decline the time that is offered."""
    form = await ask.form()
    act, there = form.get("act", ""), _there(visit_id)
    if act == "confirm":
        confirmed = commands.ConfirmVisit(visit_id, _offer(form), ask.party)
        return await ask.act(handlers.confirm_visit, confirmed, reply=there)
    if act == "move":
        at = datetime.fromisoformat(moment_of(form, "starts_at"))
        return await ask.act(handlers.move_visit, commands.MoveVisit(visit_id, at, ask.party), reply=there)
    if act == "decline":
        declined = commands.DeclineVisit(visit_id, said(form.get("reason", ""), "/reason"), ask.party)
        return await ask.act(handlers.decline_visit, declined, reply=there)
    raise Invalid("say whether the time suits", [("/act", "confirm, move or decline")])


@router.post(f"{PLACE}/word", include_in_schema=False)
async def give_word_at_page(ask: Asked, visit_id: str) -> Response:
    """Take or refuse what was brought or done."""
    form = await ask.form()
    act, there = form.get("act", ""), _there(visit_id)
    if act == "accept":
        return await ask.act(handlers.accept_visit, _accepted(ask, visit_id, form), reply=there)
    if act == "refuse":
        reason = said(form.get("reason", ""), "/reason")
        refused = commands.RefuseVisit(visit_id, reason, ask.principal.name, None, ask.party)
        return await ask.act(handlers.refuse_visit, refused, reply=there)
    raise Invalid("say whether it is taken", [("/act", "accept or refuse")])


def _there(visit_id: str) -> Callable[[Visit], Reply]:
    return lambda _: shown_at(visit_place(visit_id))


def _offer(form: Mapping[str, str]) -> int:
    given = form.get("offer_no", "")
    if not (given.isascii() and given.isdigit() and len(given) <= 9):
        raise Invalid("the offer that was seen is named by its number", [("/offer_no", "no number")])
    return int(given)


def _accepted(ask: Ask, visit_id: str, form: Mapping[str, str]) -> commands.AcceptVisit:
    """What is taken: all but what the fields of lots say is left."""
    refused: list[RefusedLot] = []
    for name in form:
        line_id, _, lot_id = name.removeprefix(LEFT).partition(" ")
        if not name.startswith(LEFT) or not form[name].strip():
            continue
        quantity = value_of(form, name, Quantity)
        if quantity != ZERO:
            refused.append(RefusedLot(unquote(line_id), unquote(lot_id), quantity))
    reason = said(form.get("reason", ""), "/reason") if refused else None
    return commands.AcceptVisit(visit_id, tuple(refused), reason, ask.principal.name, None, ask.party)
