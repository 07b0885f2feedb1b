"""A running service desk on a database of its own, and short ways to ask it, tell it and see what it told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar

import msgspec
from sqlalchemy import text
from tests.desk_made import asked, placed, service, technician

from backbone.clock import SteppedClock
from backbone.deadlines import Deadlines
from backbone.ids import new_id
from backbone.service import Host
from backbone.wire import Incoming, encode
from contracts.service_desk import SlotsOffered, VisitOffered
from contracts.topics import topic_of, type_name
from service_desk import commands, handlers
from service_desk.__main__ import SERVICE
from service_desk.domain.report import Saying
from service_desk.domain.visit import Visit

F = TypeVar("F")


def record(fact: object, correlation: str | None = "root") -> Incoming:
    """A fact as it comes from Kafka, with an id of its own."""
    topic = topic_of(type(fact))
    headers = [("ce_id", new_id()), ("ce_type", type_name(type(fact)))]
    if correlation is not None:
        headers.append(("ce_correlationid", correlation))
    return Incoming(topic.name, 0, 0, getattr(fact, topic.key), tuple(headers), encode(fact), 1)


async def _always(seconds: float) -> bool:
    return True


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
        return [SERVICE.catalogue.decode(each) for each in await self.records()]

    async def records(self) -> list[Incoming]:
        """All records in the outbox, in order."""
        rows = await self.rows("SELECT topic, key, headers, payload FROM outbox ORDER BY id")
        return [
            Incoming(topic, 0, 0, key, tuple(map(tuple, msgspec.json.decode(headers))), payload, 0)
            for topic, key, headers, payload in rows
        ]

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        """Rows as tuples."""
        async with self.host.read() as sql:
            return [tuple(row) for row in await sql.execute(text(statement), values)]

    async def parked(self) -> list[Any]:
        """What waits, and for what."""
        return await self.rows("SELECT subscription, kind, waits_for FROM parked_key ORDER BY 1")

    async def states(self) -> list[tuple[str, str]]:
        """Kind and state of each visit, the oldest first."""
        return await self.rows("SELECT kind, state FROM visits ORDER BY visit_id")

    async def engaged(self) -> list[str]:
        """Who is taken, by the start of it."""
        return [
            who for (who,) in await self.rows("SELECT technician_id FROM engagements ORDER BY starts_at, 1")
        ]

    async def pass_time(self, **span: float) -> None:
        """Let business time pass and deadlines fall due, twice over."""
        self.clock.advance(self.clock.now() + timedelta(**span))
        for _ in range(2):
            await Deadlines(self.host, _always).fire()

    async def opened(self, *people: str, **changes: Any) -> None:
        """A service, and people who can do it."""
        await self.do(commands.DefineService(service(**changes)))
        for each in people or ("anna",):
            await self.do(commands.DefineTechnician(technician(each)))

    async def promised(self, *lines: Any, **changes: Any) -> dict[str, str]:
        """Slots are held; their ids by line."""
        await self.hear(asked("p1", *lines, **changes))
        offered = await self.last(SlotsOffered)
        return {slot.line_id: slot.slot_id for slot in offered.slots}

    async def ordered(self, *lines: tuple[str, str], **changes: Any) -> None:
        """An order is placed, without a hold."""
        await self.hear(placed(lines=lines or (("L1", "setup"),), **changes))

    async def offer(self, kind: str | None = None) -> VisitOffered:
        """The newest offer, of a kind if told."""
        return [each for each in await self.told(VisitOffered) if kind in {None, each.kind}][-1]

    async def confirm(self, kind: str | None = None) -> str:
        """The client confirms the newest offer; the visit's id."""
        offer = await self.offer(kind)
        await self.do(commands.ConfirmVisit(offer.visit_id, offer.offer_no, "c1"))
        return offer.visit_id

    async def report(self, visit_id: str, minutes: int = 120, **more: Any) -> Visit:
        """The technician begins and reports the work."""
        await self.do(commands.StartVisit(visit_id))
        visit: Visit = await self.do(commands.ReportVisit(visit_id, Saying(minutes, **more), "technician:t"))
        return visit

    async def accept(self, visit_id: str, *refused: Any, reason: str | None = None) -> Visit:
        """The client takes what was done or brought."""
        visit: Visit = await self.do(
            commands.AcceptVisit(visit_id, refused, reason, "customer:c", None, "c1")
        )
        return visit
