"""One run of a seed in which relays send an outbox: facts are told, luck is bad for a while, then all of it is sent."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import ExitStack
from types import SimpleNamespace
from zlib import crc32

import pytest
import structlog

from backbone import relay
from backbone.relay import Relay
from tests.simulation.outbox import Log, Outbox, Producer, Row
from tests.simulation.virtual import WORLD, simulate
from tests.simulation.world import Luck, Outcome, World, world_of

KEYS = 5
FACTS = 14
ROWS_AT_ONCE = 7
RELAYS = 2
FROZEN_S_MAX = 20.0
AWAY_S_MAX = 8.0
CONVERGE_S = 60.0


class Post:
    """An outbox, a log, and the processes that relay between them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.log = Log(world)
        self.outbox = Outbox(world, self.log)
        self.chance = random.Random(f"post {world.seed}")
        self.relays: dict[str, Relay] = {}
        self.dead: set[str] = set()
        self.names = 0
        self.told = 0

    async def run(self) -> Outcome:
        """Tell, suffer, converge."""
        world = self.world
        for _ in range(RELAYS):
            self._start()
        tellers = [world.loop.spawn(WORLD, self._tell(f"key-{number}")) for number in range(KEYS)]
        for work in (*tellers, world.loop.spawn(WORLD, self._suffer())):
            await work
        # Longer than anybody stays frozen or away, or a late record is on its way.
        await world.loop.passed(FROZEN_S_MAX)
        began = world.loop.now
        while not world.broken and self.outbox.rows:
            if world.loop.now - began > CONVERGE_S:
                world.breaks(f"not converged: after {CONVERGE_S:.0f} s {sorted(self.outbox.rows)} are left")
            self._keep_two()
            await world.loop.passed(0.5)
        self._check_all_there()
        world.seen["twice"] = self.log.twice
        return Outcome(list(world.trace), dict(world.seen), list(world.broken), world.loop.now - began)

    async def _tell(self, key: str) -> None:
        # One transaction of a key at a time, as its row's lock has it; identities are given before they are seen.
        for number in range(1, FACTS + 1):
            await self.world.loop.passed(self.chance.random() * 2 * self.world.luck.until / FACTS)
            row = Row(self.outbox.number(), "facts", key, '[["ce_id","1"]]', str(number).encode())
            self.told += 1
            await self.world.lag(0.3)
            self.outbox.add(row)

    def _check_all_there(self) -> None:
        sent = {key: [int(each) for each in had] for key, had in self.log.order.items()}
        kept: dict[str, list[int]] = {}
        for row in self.outbox.facts:
            kept.setdefault(row.key, []).append(int(row.payload))
        whole = {f"key-{number}": list(range(1, FACTS + 1)) for number in range(KEYS)}
        if not self.world.broken and not sent == kept == whole:
            self.world.breaks(f"a fact is lost: {sent} were sent, {kept} were kept")

    def _start(self) -> None:
        self.names += 1
        name = f"r{self.names}"
        self.world.say("starts", name)
        self.relays[name] = Relay("", lambda: Producer(self.log), name="simulated")
        self.world.loop.spawn(name, self.relays[name].run())

    def _keep_two(self) -> None:
        while len(self.relays) < RELAYS:
            self._start()

    async def _suffer(self) -> None:
        luck, world = self.world.luck, self.world
        while world.is_bad:
            await world.loop.passed(0.5)
            self._keep_two()
            name = self.chance.choice(sorted(self.relays))
            if world.strikes(luck.restarts):
                world.say("stop", name)
                self.relays.pop(name).stop()
            elif world.strikes(luck.kills):
                self._kill(name)
            elif world.strikes(luck.freezes):
                world.loop.spawn(WORLD, self._freeze(name))
            if world.strikes(luck.outages):
                world.loop.spawn(WORLD, self._away(self.chance.choice(("kafka", "database"))))

    def _kill(self, name: str) -> None:
        self.world.say("kill", name)
        del self.relays[name]
        self.dead.add(name)
        self.world.loop.freeze(name)
        for session in [each for each in self.outbox.sessions if each.process == name]:
            session.end("killed")

    async def _freeze(self, name: str) -> None:
        if self.world.loop.frozen(name):
            return
        self.world.say("freeze", name)
        self.world.loop.freeze(name)
        await self.world.loop.passed(self.chance.random() * FROZEN_S_MAX)
        if name not in self.dead:
            self.world.say("thaw", name)
            self.world.loop.thaw(name)

    async def _away(self, server: str) -> None:
        self.world.say(f"{server} away")
        self.world.away.add(server)
        if server == "database":
            for session in list(self.outbox.sessions):
                session.end("restart")
        await self.world.loop.passed(self.chance.random() * AWAY_S_MAX)
        self.world.away.discard(server)


def send_all(seed: int, luck: Luck, without: Callable[[pytest.MonkeyPatch], None] | None = None) -> Outcome:
    """One run of a seed; `without` takes a mechanism out of the product for this run."""
    world = world_of(seed, luck)
    post = Post(world)
    quiet = structlog.make_filtering_bound_logger(0)
    log = structlog.wrap_logger(structlog.ReturnLogger(), processors=[world.logged], wrapper_class=quiet)
    world.loop.set_exception_handler(lambda _, context: world.unlooked.append(str(context)))
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(relay, "structlog", SimpleNamespace(get_logger=lambda _: log))
        patch.setattr(relay, "random", world.chance)
        patch.setattr(relay, "opened", post.outbox.opened)
        patch.setattr(relay, "ROWS_COUNT_MAX", ROWS_AT_ONCE)
        patch.setattr("backbone.sending.partition_of", lambda key, number: crc32(key.encode()) % number)
        if without is not None:
            without(patch)
        return simulate(world.loop, post.run())
