"""Signed links over HTTP: what a client gets to answer an offer, or to give the word at the end, without signing in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter

from backbone import links
from backbone.web import Asked, Response, found, shows
from backbone.web.portal import entrance
from service_desk import queries
from service_desk.domain.states import WrongState

router = APIRouter()

# Who was visited may take some time to look at the work.
WORD_DAYS: Final = 30

_SEE: Final[tuple[str, ...]] = ("show_visit", "show_visit_page")
_ANSWER: Final[tuple[str, ...]] = ("confirm_visit", "move_visit", "decline_visit", "answer_visit_at_page")
_WORD: Final[tuple[str, ...]] = ("accept_visit", "refuse_visit", "give_word_at_page")


@dataclass(frozen=True, slots=True)
class LinkView:
    """A bearer token for one visit and one act, which shows it until it ends, too; `path` opens its page."""

    visit_id: str
    token: str
    path: str
    operations: tuple[str, ...]
    expires_at: datetime


@router.get("/v1/visits/{visit_id}/link", **shows(LinkView))
async def show_link(ask: Asked, visit_id: str) -> Response:
    """The link of an offer that waits for its answer, or of goods and work that wait for the client's word."""
    async with ask.read() as sql:
        visit = await queries.find_visit(sql, visit_id, party=ask.party)
    if visit.starts_at is None or visit.ends_at is None:
        raise WrongState(f"{visit.kind} {visit_id} has no time yet")
    if visit.state in {"offered", "confirmed"}:
        acts, expires_at = _ANSWER, visit.starts_at
    elif visit.state in {"dispatched", "reported"}:
        acts, expires_at = _WORD, visit.ends_at + timedelta(days=WORD_DAYS)
    else:
        raise WrongState(f"{visit.kind} {visit_id} is {visit.state}; no word of the client is awaited")
    operations = tuple(f"service-desk.{name}" for name in (*_SEE, *acts))
    token = links.sign(
        ask.seals,
        subject=f"client-of-{visit_id}",
        party=visit.customer_id,
        parameter="visit_id",
        object_id=visit_id,
        operations=operations,
        expires_at=expires_at,
        # However often it is asked for, it is one link: what was answered with it is answered.
        link_id=f"{visit_id}/{visit.offer_no}/{visit.state}",
    )
    place = f"/portal/visits/{quote(visit_id, safe='')}"
    return found(LinkView(visit_id, token, entrance(token, place), operations, expires_at))
