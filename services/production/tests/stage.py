"""A running production service on a database of its own, and short ways to tell it things and see what it told."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from sqlalchemy import text

from backbone.clock import SteppedClock
from backbone.ids import new_id
from backbone.service import Host
from backbone.wire import Incoming, encode
from contracts.topics import topic_of, type_name
from production import commands, handlers
from production.__main__ import SERVICE
from production.domain.act import Act
from production.domain.recipe import Content
from production.domain.run import Run
from services.production.tests.made import CALENDAR, FURNACE, hardening

F = TypeVar("F")


def record(fact: object, correlation: str | None = "root") -> Incoming:
    """A fact as it comes from Kafka, with an id of its own."""
    topic = topic_of(type(fact))
    headers = [("ce_id", new_id()), ("ce_type", type_name(type(fact)))]
    if correlation is not None:
        headers.append(("ce_correlationid", correlation))
    return Incoming(topic.name, 0, 0, getattr(fact, topic.key), tuple(headers), encode(fact), 1)


class Stage:
    """The service under test."""

    def __init__(self, host: Host) -> None:
        self.host = host

    @property
    def clock(self) -> SteppedClock:
        """The business clock, which stands still."""
        assert isinstance(self.host.clock, SteppedClock)
        return self.host.clock

    async def do(self, command: Any) -> Any:
        """Ask for a command: the handler is named as the command is."""
        words = "".join(f"_{c.lower()}" if c.isupper() else c for c in type(command).__name__)[1:]
        return await self.host.do(getattr(handlers, words), command)

    async def hear(self, *facts: object, correlation: str | None = "root") -> None:
        """Each fact twice in one batch, and the batch three times."""
        records = [record(fact, correlation) for fact in facts]
        for _ in range(3):
            await self.host.hear([each for pair in zip(records, records, strict=True) for each in pair])

    async def told(self, kind: type[F]) -> list[F]:
        """All facts of a kind that were told, in order."""
        return [fact for fact in await self.all_told() if isinstance(fact, kind)]

    async def last(self, kind: type[F]) -> F:
        """The newest fact of a kind."""
        return (await self.told(kind))[-1]

    async def all_told(self) -> list[object]:
        """All facts that were told, in order."""
        rows = await self.rows("SELECT topic, key, headers, payload FROM outbox ORDER BY id")
        return [
            SERVICE.catalogue.decode(
                Incoming(topic, 0, 0, key, tuple(map(tuple, msgspec.json.decode(headers))), payload, 0)
            )
            for topic, key, headers, payload in rows
        ]

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        """Rows as tuples."""
        async with self.host.read() as sql:
            return [tuple(row) for row in await sql.execute(text(statement), values)]

    async def parked(self) -> list[Any]:
        """What waits, and for what."""
        return await self.rows("SELECT subscription, kind, waits_for FROM parked_key ORDER BY 1")

    async def opened(self, content: Content | None = None, recipe_id: str = "harden") -> None:
        """A furnace, and an approved recipe."""
        await self.planted()
        await self.do(commands.DraftRecipe(recipe_id, content or hardening(), "erik"))
        await self.do(commands.SubmitRecipe(recipe_id, 1))
        await self.do(commands.ApproveRecipe(recipe_id, 1, "ava"))

    async def planted(self) -> None:
        """A furnace."""
        await self.do(commands.DefineCalendar(CALENDAR, "pat"))
        await self.do(commands.DefineWorkCentre(FURNACE, "pat"))

    async def run(self, planned_order_id: str = "p1") -> str:
        """The id of the run of a planned order."""
        rows = await self.rows("SELECT run_id FROM runs WHERE planned_order_id = :p", p=planned_order_id)
        return str(rows[0][0])

    async def act(self, *acts: Act) -> Run:
        """An operator acts on the run of p1, one act after the other."""
        for act in acts:
            run: Run = await self.do(commands.ActOnRun(await self.run(), act, "olga"))
        return run
