"""One run of a seed: facts are told, luck is bad for a while, then everything must come right by itself."""

from __future__ import annotations

import random
from collections.abc import Callable
from zlib import crc32

import msgspec
import pytest

from backbone import replay
from backbone.ids import id_of_record
from backbone.kafka import Place
from backbone.service import Host
from tests.simulation.plant import (
    CATALOGUE,
    OPENED,
    PARTITIONS,
    SENT,
    JarOpened,
    MarbleSent,
    Plant,
    Process,
    installed,
)
from tests.simulation.virtual import EPOCH, WORLD, simulate
from tests.simulation.world import Luck, Outcome, World, luck_of, world_of

MARBLES = 10
PROCESSES_MAX = 4
FROZEN_S_MAX = 13.0
CONVERGE_S = 60.0
KILLED = "Poison: the process ended each time while this was handled"


class Story:
    """What happens in one run."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.plant = Plant(world)
        self.chance = random.Random(f"story {world.seed}")
        self.told = False
        self.marbles: dict[str, int] = {}
        self.poisonous: set[str] = set()

    async def run(self) -> Outcome:
        """Tell, suffer, converge."""
        world = self.world
        world.loop.spawn(WORLD, self.plant.broker.watch_sessions())
        for _ in range(PROCESSES_MAX if world.luck.leave else 1):
            Process(self.plant)
        tasks = [world.loop.spawn(WORLD, work) for work in (self._tell(), self._suffer())]
        for task in tasks:
            await task
        await self._mend()
        began = world.loop.now
        while not world.broken and (left := self._left()):
            if world.loop.now - began > CONVERGE_S:
                world.breaks(f"not converged: after {CONVERGE_S:.0f} s {left} are left")
            await world.loop.passed(0.5)
        return Outcome(list(world.trace), dict(world.seen), list(world.broken), world.loop.now - began)

    async def _tell(self) -> None:
        facts: list[tuple[float, JarOpened | MarbleSent]] = []
        luck = self.world.luck
        for jar in (f"jar-{number}" for number in range(luck.jars)):
            opened = self.chance.random() * luck.until * (0.8 if luck.early else 0.1)
            first = self.chance.random() * luck.until * 0.3
            self.marbles[jar] = count = self.chance.randint(MARBLES // 2, MARBLES)
            moments = sorted(first + self.chance.random() * (luck.until - first) for _ in range(count))
            facts.append((opened, JarOpened(jar)))
            facts += [(moment, MarbleSent(jar, number)) for number, moment in enumerate(moments, start=1)]
            if luck.poison and self.chance.random() < 0.3:
                self.plant.poisoned.add((jar, self.chance.randint(1, count)))
                self.poisonous.add(jar)
        for moment, fact in sorted(facts, key=lambda each: each[0]):
            await self.world.loop.passed(max(moment - self.world.loop.now, 0))
            self._append(fact)
        self.told = True

    def _append(self, fact: JarOpened | MarbleSent) -> None:
        topic = (OPENED if isinstance(fact, JarOpened) else SENT).name
        place = topic, crc32(fact.jar_id.encode()) % PARTITIONS
        log = self.plant.broker.logs[place]
        event_id = id_of_record(round(EPOCH.timestamp() * 1000), *place, len(log))
        headers = (("ce_id", event_id), ("ce_type", CATALOGUE.type_of(type(fact))))
        self.plant.broker.append(place, fact.jar_id, headers, msgspec.json.encode(fact))
        self.world.say("told", fact)
        if self.chance.random() < 0.1:
            self._tell_again(place)

    def _tell_again(self, place: Place) -> None:
        # As a relay does that was cut off before it knew: the last records come again, in order.
        for record in self.plant.broker.logs[place][-self.chance.randint(1, 4) :]:
            self.plant.broker.append(place, record.key or "", record.headers, record.value or b"")
            self.world.say("told again", record.key)

    async def _suffer(self) -> None:
        luck, world = self.world.luck, self.world
        while world.is_bad:
            await world.loop.passed(0.5)
            running = [process for process in self.plant.processes if process.runs]
            if world.strikes(luck.restarts):
                self._restart(running)
            if running and world.strikes(luck.kills):
                self.chance.choice(running).kill()
            if running and world.strikes(luck.freezes):
                world.loop.spawn(WORLD, self._freeze(self.chance.choice(running)))
            if world.strikes(luck.outages):
                world.loop.spawn(WORLD, self._away(self.chance.choice(("kafka", "database"))))
            if not any(process.runs for process in self.plant.processes) and self.chance.random() < 0.5:
                Process(self.plant)

    def _restart(self, running: list[Process]) -> None:
        if not self.world.luck.leave and len(running) < PROCESSES_MAX and self.chance.random() < 0.6:
            Process(self.plant)
        elif len(running) > 1:
            self.chance.choice(running).stop()

    async def _freeze(self, process: Process) -> None:
        if not process.runs or self.world.loop.frozen(process.name):
            return
        self.world.say("freeze", process.name)
        self.world.loop.freeze(process.name)
        await self.world.loop.passed(self.chance.random() * FROZEN_S_MAX)
        if not process.dead:
            self.world.say("thaw", process.name)
            self.world.loop.thaw(process.name)

    async def _away(self, server: str) -> None:
        self.world.say(f"{server} away")
        self.world.away.add(server)
        if server == "database":
            self.plant.database.cut_all()
        await self.world.loop.passed(self.chance.random() * self.world.luck.away)
        self.world.away.discard(server)

    async def _mend(self) -> None:
        """Luck is good from here on: one process runs, what was poison is mended, and an operator replays it."""
        await self.world.loop.passed(max(FROZEN_S_MAX, self.world.luck.away))
        self.world.say("mended")
        self.world.loop.spawn(WORLD, self._operate())

    async def _operate(self) -> None:
        while True:
            await self.world.loop.passed(1.0)
            if not any(process.runs for process in self.plant.processes):
                Process(self.plant)
            for key, row in list(self.plant.database.parked.items()):
                if row["next_at"] is not None:
                    continue
                self._check_blame(key[2], row["cause"])
                self.plant.poisoned = {each for each in self.plant.poisoned if each[0] != key[2]}
                host = next((p.works.host for p in self.plant.processes if p.runs and p.works), None)
                if host is not None:
                    await self._replay(host, key)

    async def _replay(self, host: Host, key: tuple[str, str, str]) -> None:
        self.world.say("operator replays", key[2])
        await replay.replay(host, key)

    def _check_blame(self, jar: str, cause: str) -> None:
        if not (jar in self.poisonous and cause == "ValueError: poison") and cause != KILLED:
            self.world.breaks(f"parked for good: {jar} without fault, {cause}")

    def _left(self) -> str:
        database, broker = self.plant.database, self.plant.broker
        marbles = [jar for jar, count in self.marbles.items() if len(database.jars.get(jar, ())) != count]
        behind = [place for place, log in broker.logs.items() if broker.committed[place] != len(log)]
        parked = sorted(key[2] for key in database.parked)
        hang = [each.name for each in self.plant.processes if each.hangs]
        if not (marbles or behind or parked or database.queue or hang):
            return ""
        return f"marbles of {marbles}, offsets of {behind}, parked {parked}, processes {hang}"


def play(
    seed: int, luck: Luck | None = None, without: Callable[[pytest.MonkeyPatch], None] | None = None
) -> Outcome:
    """One run of a seed; `without` takes a mechanism out of the product for this run."""
    world = world_of(seed, luck or luck_of(seed))
    story = Story(world)
    with installed(story.plant), pytest.MonkeyPatch.context() as patch:
        if without is not None:
            without(patch)
        return simulate(world.loop, story.run())
