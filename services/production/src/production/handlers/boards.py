"""The board that a decision is made on: work centres and crews, locked, with what they are kept for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from backbone.service import Tx
from production import store
from production.domain.crew import Crew, skills_asked
from production.domain.plant import Calendar, WorkCentre
from production.domain.recipe import Recipe
from production.domain.scheduling import Board


async def locked_board(
    tx: Tx, work_centre_ids: Iterable[str], recipes: Iterable[Recipe], but: Iterable[str] = ()
) -> Board:
    """These work centres, and the crews that recipes ask for, so that nobody is booked twice.

    `but` for these runs' own bookings. Crews are locked after work centres.
    """
    centres, without = await store.lock_work_centres(tx, work_centre_ids), list(but)
    crews = await store.lock_crews(tx, skills_asked(recipes))
    board = Board(centres, await load_hours(tx, centres, crews), crews=crews)
    board.book(await store.load_bookings(tx, centres, tx.now, without))
    if crews:
        board.book(await store.load_manned(tx, crews, centres, tx.now, without))
    return board


async def load_hours(
    tx: Tx, centres: Mapping[str, WorkCentre], crews: Mapping[str, Crew]
) -> dict[str, Calendar]:
    """The calendars by which work centres and crews work."""
    hours = {each.calendar_id for each in centres.values()} | {each.calendar_id for each in crews.values()}
    return await store.load_calendars(tx, hours)
