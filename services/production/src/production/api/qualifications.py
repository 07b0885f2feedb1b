"""Who may do what, over HTTP: skills of people, and people who are let without one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter

from backbone.web import Asked, Response, acts, done, filters_asked, lists, page_asked, paged
from production import commands, handlers, queries
from production.api.forms import Taken
from production.domain.act import Let
from production.domain.form import moment, named, said
from production.domain.qualification import Qualification

router = APIRouter()


@dataclass(frozen=True, slots=True)
class QualificationBody:
    """A person (the subject of their token) has a skill at a site until a moment; without one, until it is changed."""

    person: str
    site_id: str
    skill: str
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class LetBody:
    """Who may do a run without its skill, and why."""

    person: str
    reason: str


OLGA: Final = QualificationBody("olga", "plant-1", "hardening", datetime(2027, 12, 31, tzinfo=UTC))
OLGA_ALONE: Final = LetBody("olga", "nobody else is there, the foreman looks after her")


@router.post("/v1/qualifications", **acts(Taken, body=QualificationBody, example=OLGA))
async def qualify_person(ask: Asked) -> Response:
    """Say that a person has a skill at a site, and until when; a moment that has passed takes it back.

    From the first time on that anybody is said to have it there, others are asked for it: who begins a run whose first
    operation needs it, or reports on one whose last does.
    """
    body = await ask.body(QualificationBody)
    until = None if body.valid_until is None else moment(body.valid_until, "/valid_until")
    given = Qualification(
        named(body.person, "/person"), named(body.site_id, "/site_id"), named(body.skill, "/skill"), until
    )
    return await ask.act(
        handlers.qualify_person,
        commands.QualifyPerson(given, ask.principal.subject),
        reply=lambda now: done(Taken(now.person, "qualified" if now.holds(ask.now) else "not qualified")),
    )


@router.get("/v1/qualifications", **lists(queries.QualificationView, "person", "site_id", "skill"))
async def list_qualifications(ask: Asked) -> Response:
    """Who has, or had, which skill, by person; narrowed by person, site_id, skill."""
    after, limit = page_asked(ask)
    asked = filters_asked(ask, "person", "site_id", "skill")
    async with ask.read() as sql:
        return paged(ask, await queries.page_qualifications(sql, asked, after=after, limit=limit), limit)


@router.post("/v1/runs/{run_id}/permissions", **acts(Taken, body=LetBody, example=OLGA_ALONE))
async def let_person(ask: Asked, run_id: str) -> Response:
    """Let a person begin this run and report on it without the skill that is asked for, and say why."""
    body = await ask.body(LetBody)
    act = Let(named(body.person, "/person"), said(body.reason, "/reason"))
    return await ask.act(
        handlers.act_on_run,
        commands.ActOnRun(run_id, act, ask.principal.subject),
        reply=lambda run: done(Taken(run.run_id, run.state), version=run.version),
    )
