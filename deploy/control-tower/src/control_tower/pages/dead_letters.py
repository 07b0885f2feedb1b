"""Parked keys of all services: grouped by cause, tried again or given up, with who did it and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from backbone.errors import Invalid
from backbone.web import Ask, Asked
from control_tower import handlers
from control_tower.commands import NoteAct
from control_tower.domain.letters import Letter, groups_of
from control_tower.domain.words import counted
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.render import page
from control_tower.queries import audit

# Leaves room for the name of who says so.
REASON_CHARS_MAX: Final = 300
FIELD_CHARS_MAX: Final = 500
_LETTER: Final = (
    "subscription", "topic", "key", "kind", "cause", "waits_for", "attempts", "parked_at", "next_at", "facts"
)  # fmt: skip


class DeadLetters:
    """The page and its acts; a reason names the person, whosever token the services see."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self.router = APIRouter()
        self.router.add_api_route(
            "/dead-letters", self.show_dead_letters, methods=["GET"], include_in_schema=False
        )
        self.router.add_api_route(
            "/dead-letters/replay", self.replay_dead_letters, methods=["POST"], include_in_schema=False
        )
        self.router.add_api_route(
            "/dead-letters/discard", self.discard_dead_letter, methods=["POST"], include_in_schema=False
        )

    async def show_dead_letters(self, ask: Asked) -> Response:
        """Parked keys by cause with samples, and what was done with earlier ones."""
        answers = await self._neighbours.parked(ask)
        groups = groups_of(letter for answer in answers for letter in letters_of(answer))
        troubles = [answer for answer in answers if answer.trouble]
        async with ask.read() as sql:
            entries = await audit.list_audit(sql)
        asked = [answer.service for answer in answers]
        return page(
            ask,
            "dead_letters.html",
            groups=groups,
            troubles=troubles,
            asked=asked,
            entries=entries,
            reason_max=REASON_CHARS_MAX,
        )

    async def replay_dead_letters(self, ask: Asked) -> Response:
        """Try a key, or all keys of a cause, again in order; a dry run only counts them."""
        form = await ask.form()
        body: dict[str, Any] = {
            name: _field(form, name) for name in ("subscription", "topic", "key", "cause") if form.get(name)
        }
        body["dry_run"] = form.get("dry_run") == "yes"
        act = "dry run" if body["dry_run"] else "replay"
        answer = await self._asked(ask, form, "/ops/parked/replay", body)
        keys = answer.body["keys"] if answer.body else 0
        outcome = answer.trouble or _tried(keys, dry_run=body["dry_run"])
        return await self._noted(ask, form, act, outcome)

    async def discard_dead_letter(self, ask: Asked) -> Response:
        """Give up what waits under one key, with a reason that is kept."""
        form = await ask.form()
        if not form.get("reason", "").strip():
            raise Invalid("say why it is given up", [("/reason", "missing")])
        body = {name: _field(form, name) for name in ("subscription", "topic", "key")}
        body["reason"] = f"{form['reason'][:REASON_CHARS_MAX]} (says {ask.principal.name})"
        answer = await self._asked(ask, form, "/ops/parked/discard", body)
        outcome = answer.trouble or f"{counted(answer.body['facts'], 'fact')} given up"
        return await self._noted(ask, form, "discard", outcome)

    async def _asked(self, ask: Ask, form: Mapping[str, str], path: str, body: dict[str, Any]) -> Answer:
        service = form.get("service", "")
        if service not in self._neighbours.addresses:
            raise Invalid("there is no such service", [("/service", "unknown")])
        key = _field(form, "idempotency_key")
        return await self._neighbours.act(ask, service, path, body, key)

    async def _noted(self, ask: Ask, form: Mapping[str, str], act: str, outcome: str) -> Response:
        note = NoteAct(
            ask.principal.name,
            act,
            form["service"],
            form.get("subscription", ""),
            form.get("topic", ""),
            form.get("key", ""),
            form.get("reason", ""),
            outcome,
        )
        await ask.host.do(handlers.note_acts, note)
        return RedirectResponse("/dead-letters#done", 303)


def _tried(keys: int, *, dry_run: bool) -> str:
    said = ("would be", "would be") if dry_run else ("is", "are")
    return f"{counted(keys, f'key {said[0]}', f'keys {said[1]}')} tried again"


def _field(form: Mapping[str, str], name: str) -> str:
    given = form.get(name, "")
    if not 1 <= len(given) <= FIELD_CHARS_MAX:
        raise Invalid(
            f"{name} has 1 to {FIELD_CHARS_MAX} characters", [(f"/{name}", "too short or too long")]
        )
    return given


def letters_of(answer: Answer) -> list[Letter]:
    """The parked keys in a service's answer; none when it did not give any."""
    if not isinstance(answer.body, dict):
        return []
    return [
        Letter(answer.service, *(item.get(name) for name in _LETTER)) for item in answer.body.get("items", [])
    ]
