"""Crews over HTTP: people of one skill at a site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from backbone.web import (
    Asked,
    Response,
    created,
    creates,
    filters_asked,
    found,
    lists,
    one_of,
    page_asked,
    paged,
    placed,
    shows,
    whole,
)
from production import commands, handlers, queries
from production.api.floor import buckets_asked
from production.api.forms import Taken
from production.api.recipes import MOMENT
from production.domain.crew import Crew
from production.domain.form import named
from production.domain.load import BUCKETS_COUNT_MAX, DAYS_OF

router = APIRouter()


@dataclass(frozen=True, slots=True)
class CrewBody:
    """So many people of one skill are at a site whenever their calendar is open; of a crew that is dissolved, none."""

    crew_id: str
    site_id: str
    title: str
    skill: str
    people: int
    calendar_id: str


HARDENERS: Final = CrewBody("hardeners", "plant-1", "Hardening crew", "hardening", 3, "two-shifts")


@router.post("/v1/crews", **creates(Taken, body=CrewBody, example=HARDENERS))
async def define_crew(ask: Asked) -> Response:
    """Say how many people of a skill are at a site, and when; to define a crew again replaces it."""
    body = await ask.body(CrewBody)
    crew = Crew(
        placed(named(body.crew_id, "/crew_id"), "/crew_id"), named(body.site_id, "/site_id"),
        named(body.title, "/title"), named(body.skill, "/skill"), body.people, body.calendar_id,
    )  # fmt: skip
    return await ask.act(
        handlers.define_crew,
        commands.DefineCrew(crew, ask.principal.subject),
        reply=lambda made: created(f"/v1/crews/{made.crew_id}", Taken(made.crew_id, "defined")),
    )


@router.get("/v1/crews", **lists(queries.CrewView, "site_id", "skill"))
async def list_crews(ask: Asked) -> Response:
    """Crews by id; narrowed by site_id, skill."""
    after, limit = page_asked(ask)
    asked = filters_asked(ask, "site_id", "skill")
    async with ask.read() as sql:
        rows = await queries.page_crews(
            sql, site_id=asked["site_id"], skill=asked["skill"], after=after, limit=limit
        )
    return paged(ask, rows, limit)


@router.get("/v1/crews/{crew_id}", **shows(queries.CrewView))
async def show_crew(ask: Asked, crew_id: str) -> Response:
    """A crew."""
    async with ask.read() as sql:
        return found(await queries.find_crew(sql, crew_id))


@router.get(
    "/v1/crews/{crew_id}/load",
    **shows(
        queries.CrewLoadView,
        **{"from": MOMENT, "by": one_of(*DAYS_OF), "buckets": whole(BUCKETS_COUNT_MAX)},
    ),
)
async def show_crew_load(ask: Asked, crew_id: str) -> Response:
    """People taken beside people there in so many `buckets`, `by` day or week, from that of `from` (today) on."""
    begin, grain, count = buckets_asked(ask)
    async with ask.read() as sql:
        return found(await queries.find_crew_load(sql, crew_id, begin, grain, count))
