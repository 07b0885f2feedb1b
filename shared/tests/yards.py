"""A belfry's door, who sends its webhooks, and who gets them; and the wall's time, which a test moves on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.testing_issuer import Issuer
from backbone.testing_support import eventually
from backbone.webhooks.delivering import Chances, Deliverer
from backbone.webhooks.guard import Guard
from backbone.webhooks.posting import Poster
from shared.tests.grounds import QUICK_RELAY
from shared.tests.hooks import LOOPBACK, Door, door_of
from shared.tests.receivers import Receiver, receiving


class Wall:
    """The wall's time, which a test may move on."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        """What it shows."""
        return datetime.now(UTC) + self.ahead


# It takes over as fast as a relay in tests. Its session outlives a moment in which the machine does something else:
# who lost it sends again what it had sent.
SENDER: Final = replace(QUICK_RELAY, idle_session=10)


class Yard:
    """A belfry's door, who sends, and who gets."""

    def __init__(self, door: Door, dsn: str, receiver: Receiver) -> None:
        self.door, self.receiver, self.wall = door, receiver, Wall()
        self._dsn = dsn.replace("postgresql+asyncpg://", "postgresql://")

    def deliverer(self, seconds: float = 5) -> Deliverer:
        """Who sends."""
        return Deliverer(
            self.door.host,
            self._dsn,
            lambda: Poster(self.door.host.guard, seconds=seconds),
            times=SENDER,
            chances=Chances(self.wall.now, lambda: 0.5),
        )

    async def register(self, path: str = "/hook", **body: Any) -> tuple[str, str]:
        """An endpoint at the receiver."""
        return await self.door.register(self.receiver.url(path), **body)

    async def deliveries(self, webhook_id: str, query: str = "") -> list[dict[str, Any]]:
        """What was and will be sent, the oldest first."""
        page = await self.door.get(f"/v1/webhooks/{webhook_id}/deliveries{query}")
        return list(reversed(page["items"]))

    async def state(self, webhook_id: str) -> tuple[str, str | None]:
        """How an endpoint stands."""
        view = await self.door.get(f"/v1/webhooks/{webhook_id}")
        return view["state"], view["reason"]

    async def got(self, count: int) -> None:
        """Wait until so many messages have arrived."""
        await eventually(lambda: len(self.receiver.got) >= count, of=f"{count} messages")

    async def settled(self, webhook_id: str, attempts: int, state: str = "waiting") -> dict[str, Any]:
        """Wait until the oldest message was tried so often."""

        async def so_often() -> Any:
            listed = await self.deliveries(webhook_id)
            return listed and (listed[0]["attempts"], listed[0]["state"]) == (attempts, state) and listed[0]

        found: dict[str, Any] = await eventually(so_often, of=f"{attempts} tries")
        return found

    async def all_delivered(self, webhook_id: str, count: int) -> bool:
        """Whether so many messages were taken, and no more."""
        return len(await self.deliveries(webhook_id, "?state=delivered")) == count

    async def waiting(self, webhook_id: str, count: int) -> bool:
        """Whether so many messages wait, and no more."""
        return len(await self.deliveries(webhook_id, "?state=waiting")) == count

    async def is_off(self, webhook_id: str) -> bool:
        """Whether an endpoint is disabled."""
        return (await self.state(webhook_id))[0] == "disabled"


@asynccontextmanager
async def yard_of(engine: AsyncEngine, database: str, folder: Path) -> AsyncIterator[Yard]:
    """A yard with an open house on loopback."""
    guard = Guard(http=True, ports=frozenset(), networks=LOOPBACK)
    async with receiving() as receiver, door_of(engine, Issuer(folder), guard) as door:
        yield Yard(door, database, receiver)
