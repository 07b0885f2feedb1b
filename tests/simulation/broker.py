"""A scripted broker: logs, one group with eager rebalances and sessions, fencing of those who come late."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from backbone.kafka import Barrier, KafkaAway, MembershipMoved, Offsets, Place
from backbone.wire import Incoming
from tests.simulation.virtual import PROCESS, WORLD
from tests.simulation.world import World

T = TypeVar("T")
SESSION_S = 6.0
HEARTBEAT_S = 0.5
REBALANCE_S = 10.0
POLL_S = 0.1
COMMIT_S = 0.5


@dataclass
class Broker:
    """Logs, committed offsets and the group; `handled` says which records are handled for good."""

    world: World
    places: tuple[Place, ...]
    handled: set[str]
    logs: dict[Place, list[Incoming]] = field(init=False)
    committed: dict[Place, int] = field(init=False)
    generation: int = 0
    members: dict[Member, float] = field(default_factory=dict)
    _preparing: bool = False
    _joined: dict[Member, asyncio.Future[tuple[int, list[Place]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.logs = {place: [] for place in self.places}
        self.committed = dict.fromkeys(self.places, 0)

    def append(self, place: Place, key: str, headers: tuple[tuple[str, str], ...], value: bytes) -> None:
        """Append a record."""
        log = self.logs[place]
        log.append(Incoming(*place, len(log), key, headers, value, 1_000))

    async def watch_sessions(self) -> None:
        """Throw out who has been silent for too long, for ever."""
        while True:
            await self.world.loop.passed(HEARTBEAT_S)
            for member, at in list(self.members.items()):
                if self.world.loop.now - at > SESSION_S and member not in self._joined:
                    self.leave(member, "silent")

    def heartbeat(self, member: Member) -> bool:
        """A member is alive; whether it must join (again)."""
        if member not in self.members:
            return True
        self.members[member] = self.world.loop.now
        return self._preparing and member not in self._joined

    async def join(self, member: Member) -> tuple[int, list[Place]]:
        """Join the group: the generation and the partitions, when everybody has come or is thrown out."""
        self.members[member] = self.world.loop.now
        self.world.say("join", member.name)
        self._prepare()
        mine: asyncio.Future[tuple[int, list[Place]]] = self.world.loop.create_future()
        self._joined[member] = mine
        self._complete_if_all_came()
        return await mine

    def leave(self, member: Member, why: str) -> None:
        """A member goes, or is thrown out."""
        if self.members.pop(member, None) is None:
            return
        self.world.say(f"out: {why}", member.name)
        waiting = self._joined.pop(member, None)
        if waiting is not None:
            waiting.set_exception(MembershipMoved(why))
        if self.members:
            self._prepare()
            self._complete_if_all_came()

    def _prepare(self) -> None:
        if not self._preparing:
            self._preparing = True
            self._joined = {}
            number = self.generation
            self.world.loop.spawn(WORLD, self._end_in_time(number))

    async def _end_in_time(self, number: int) -> None:
        await self.world.loop.passed(REBALANCE_S)
        if self._preparing and self.generation == number:
            for member in [each for each in self.members if each not in self._joined]:
                self.leave(member, "late")
            self._complete_if_all_came()

    def _complete_if_all_came(self) -> None:
        if not self._preparing or not self.members or len(self._joined) < len(self.members):
            return
        self.generation += 1
        self._preparing = False
        joined, self._joined = list(self._joined.items()), {}
        self.world.say("generation", f"{self.generation} of {[member.name for member, _ in joined]}")
        for number, (member, waiting) in enumerate(joined):
            self.members[member] = self.world.loop.now
            mine = [place for at, place in enumerate(self.places) if at % len(joined) == number]
            waiting.set_result((self.generation, mine))

    async def commit(self, member: Member, generation: int, offsets: Mapping[Place, int]) -> None:
        """Take offsets from a member of this generation. Raises `MembershipMoved`, `Broken`."""
        if member not in self.members or generation != self.generation:
            self.world.say("commit fenced", member.name)
            raise MembershipMoved(f"{member.name} is of generation {generation}")
        for place, offset in sorted(offsets.items()):
            left = [r.offset for r in self.logs[place][:offset] if r.event_id not in self.handled]
            if left or offset > len(self.logs[place]):
                raise self.world.breaks(f"committed beyond: {place}/{offset} while {left} are not handled")
            if offset < self.committed[place]:
                raise self.world.breaks(f"committed back: {place}/{offset} after {self.committed[place]}")
            self.committed[place] = offset
        self.world.say("commit", f"{member.name} {sorted((*place, at) for place, at in offsets.items())}")


class Member:
    """One client of the broker as the consumer sees it; it lives in the process that made it."""

    def __init__(self, broker: Broker, name: str) -> None:
        self.broker, self.name = broker, name
        self.world = broker.world
        self.generation = 0
        self._places: list[Place] = []
        self._at: dict[Place, int] = {}
        self._question, self._taken = asyncio.Event(), asyncio.Event()
        self._settled = asyncio.Event()
        self._must_join = asyncio.Event()
        self._works: list[asyncio.Task[None]] = []
        self._deaf = self.world.strikes(self.world.luck.deaf)
        if self._deaf:
            self.world.say("deaf", name)

    @property
    def stands(self) -> bool:
        """Whether the broker still counts on this member."""
        return self in self.broker.members

    async def start(self, barrier: Barrier) -> None:
        """Join the group. Raises `KafkaAway`."""
        await self._asked(self._nothing)
        self._must_join.set()
        process = PROCESS.get()
        self._works = [
            self.world.loop.spawn(process, self._keep_joined(barrier)),
            self.world.loop.spawn(process, self._beat()),
            self.world.loop.spawn(process, self._ask(barrier)),
        ]
        await self._settled.wait()

    async def _nothing(self) -> None:
        return None

    async def _beat(self) -> None:
        while True:
            await self.world.loop.passed(HEARTBEAT_S)
            try:
                if await self._asked(self._beaten):
                    self._must_join.set()
            except KafkaAway:
                self.world.say("heartbeat lost", self.name)

    async def _beaten(self) -> bool:
        return self.generation > 0 and self.broker.heartbeat(self)

    async def _keep_joined(self, barrier: Barrier) -> None:
        while True:
            await self._must_join.wait()
            # As the library does: no records are given out from here on, until there are new partitions.
            self._settled.clear()
            await barrier.revoked()
            while self._must_join.is_set():
                try:
                    self.generation, self._places = await self._asked(lambda: self.broker.join(self))
                    self._at = await self._asked(self._committed)
                except (KafkaAway, MembershipMoved) as failure:
                    self.world.say("join again", f"{self.name} {failure}")
                    await self.world.loop.passed(0.1)
                else:
                    self._must_join.clear()
            self.world.say("assigned", f"{self.name} {self._places} of {self.generation}")
            barrier.assigned(self._places)
            self._settled.set()

    async def _ask(self, barrier: Barrier) -> None:
        while True:
            # As the library does: the next question is made when the last answer is taken, and goes out when it may.
            await barrier.until_free()
            self._question.set()
            await self._taken.wait()
            self._taken.clear()

    async def _committed(self) -> dict[Place, int]:
        return {place: self.broker.committed[place] for place in self._places}

    async def take(self, records_max: int, seconds: float, *, held: bool) -> dict[Place, list[Incoming]]:
        """Some of what lies there; fetching is not fenced: who was thrown out and does not know it is served."""
        ends = self.world.loop.now + seconds
        while self.world.loop.now < ends:
            await self.world.lag(POLL_S)
            await self.world.loop.passed(POLL_S)
            await self._settled.wait()
            if "kafka" in self.broker.world.away or held or self._deaf or not self._question.is_set():
                continue
            found = {place: records for place in self._places if (records := self._some(place))}
            if found:
                for place, records in found.items():
                    self._at[place] = records[-1].offset + 1
                self._question.clear()
                self._taken.set()
                return found
        return {}

    def _some(self, place: Place) -> list[Incoming]:
        at, size = self._at[place], self.world.chance.randint(0, 7)
        return self.broker.logs[place][at : at + size]

    async def commit(self, offsets: Mapping[Place, int]) -> None:
        """Note offsets; the answer may be lost, before or after it counts."""
        # The library knows by itself that a partition is not its own.
        if not set(offsets) <= set(self._places):
            raise MembershipMoved(f"{self.name} owns {self._places}")
        generation = self.generation
        while self.world.strikes(self.world.luck.retried):
            # The library repeats by itself what the broker could not take, and keeps no order while it waits for that.
            self.world.say("commit retried", self.name)
            await self.world.loop.passed(self.world.chance.random())

        async def act() -> None:
            await self.broker.commit(self, generation, offsets)

        # One connection: what is sent first arrives first.
        await self.world.exchange("kafka", act, KafkaAway, COMMIT_S, at_once=True)

    async def offsets(self) -> dict[Place, Offsets]:
        """Where everybody stands."""
        return await self._asked(self._offsets)

    async def _offsets(self) -> dict[Place, Offsets]:
        broker = self.broker
        return {
            place: Offsets(self._at.get(place, broker.committed[place]), len(log), place in self._places)
            for place, log in broker.logs.items()
        }

    async def stop(self) -> None:
        """Leave the group, within a limit."""
        for work in self._works:
            work.cancel()
        if self._works:
            await asyncio.wait(self._works)
        try:
            await self._asked(self._left)
        except KafkaAway:
            # The membership then ends with its session.
            self.world.say("leaving lost", self.name)

    async def _left(self) -> None:
        self.broker.leave(self, "left")

    async def _asked(self, act: Callable[[], Awaitable[T]], longest: float = 0.02) -> T:
        return await self.world.exchange("kafka", act, KafkaAway, longest)
