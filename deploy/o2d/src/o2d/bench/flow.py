"""The real flow: from needs to completed orders through all five services, Kafka and PostgreSQL on this machine."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any, Final

import uvloop

from o2d.asking import Services
from o2d.bench.cpu import cpu_seconds
from o2d.bench.flow_masters import SHOP, masters
from o2d.bench.flow_people import Crew
from o2d.bench.ground import Wrong
from o2d.clockwork import Standing, rest, step
from o2d.commands.up import start_detached
from o2d.home import Home, read_json
from o2d.issuer import sign
from o2d.local.keeper import remove
from o2d.local.use import USERS, used
from o2d.verify.catalogue import CHECKS, ENDED, prove
from o2d.verify.ground import gather
from simulator.doors import Doors, Person, Refused
from simulator.playing import Play
from simulator.scenarios.scenario import CONFLICT, Put

BEGIN: Final = "2026-03-02T08:00:00Z"
MODE: Final = f"stepped:{BEGIN}"
END_SECONDS: Final = 60.0
PATIENCE_SECONDS: Final = 600.0
ORDERS_PER_ROUND: Final = {"batch": 2_000, "single": 500}
PROVEN: Final = ("orders", "materials", "production", "vendors", "service-desk")
GIVEN: Final = ("O2D_DATABASE_URL", "O2D_KAFKA_BOOTSTRAP", "O2D_SERVICE_URLS", "O2D_PORT")


@contextmanager
def plant() -> Iterator[Home]:
    """Everything started anew in a home of its own, that goes afterwards; even if we are killed, all of it ends."""
    held = {name: os.environ.pop(name) for name in GIVEN if name in os.environ}
    home = Home(Path(tempfile.mkdtemp(prefix="o2d-bench-")))
    try:
        home.prepare()
        users = home.path / USERS
        with used(users):
            with redirect_stdout(sys.stderr):
                start_detached(home, MODE, used_by=users)
            yield home
    finally:
        os.environ.update(held)
        _end(home)
        remove(home)


def _end(home: Home) -> None:
    until = time.monotonic() + END_SECONDS
    if holder := home.running():
        os.kill(holder, signal.SIGTERM)
    while home.running():
        if time.monotonic() > until:
            raise Wrong(f"what was started in {home.path} does not end")
        time.sleep(0.05)


class _Clock:
    """Business time of all services, and how long it took to wait for their rest."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def rest(self) -> datetime:
        standings = await rest(self._services, PATIENCE_SECONDS, watchers=False)
        return max(standing.now for standing in standings)

    async def step(self, moments: Sequence[datetime]) -> datetime | None:
        return await step(self._services, own=moments, patience_s=PATIENCE_SECONDS)


async def flow(home: Home, count: int, *, single: bool) -> dict[str, Any]:
    """Bring `count` orders from need to completion; orders a second, facts and CPU milliseconds an order.

    Raises `Wrong` when an order is missing, an effect is there twice or not at all, or anything is left to do.
    """
    state = read_json(home.state)
    urls = {name: str(one["url"]) for name, one in state["services"].items()}

    def token(who: Person) -> str:
        return sign(home, who.role, who.party, who.name)

    async with Services(urls, sign(home, "admin")) as services, Doors(urls, token) as doors:
        crew = Crew(count, single)
        former = len(await _completed(crew, doors))
        await _seed(doors, masters(count, former))
        at_start = await rest(services, PATIENCE_SECONDS)
        crew.calls = 0

        async def completed() -> bool:
            # Nobody looks at all orders before the last of them has been brought.
            return crew.brought == count and len(await _completed(crew, doors)) == former + count

        play = Play(doors, _Clock(services), [crew], completed, lambda *_: None)
        spent, began = cpu_seconds(state["holder"]), time.perf_counter()
        await play.run()
        after = await rest(services, PATIENCE_SECONDS)
        seconds = time.perf_counter() - began
        spent = {name: each - spent.get(name, 0) for name, each in cpu_seconds(state["holder"]).items()}
    await _prove(after, state, count)
    told = _told(after) - _told(at_start)
    return _line(count, seconds, spent, told, crew, play)


async def _seed(doors: Doors, puts: Sequence[Put]) -> None:
    for put in puts:
        try:
            await doors.post(put.who, put.service, put.path, put.body)
        except Refused as refused:
            # An earlier round has put the same in.
            if refused.status != CONFLICT:
                raise


async def _completed(crew: Crew, doors: Doors) -> list[Any]:
    return await crew.items(doors, SHOP, "orders", "/v1/orders?state=completed")


def _told(standings: tuple[Standing, ...]) -> int:
    return sum(standing.told for standing in standings)


async def _prove(standings: tuple[Standing, ...], state: dict[str, Any], count: int) -> None:
    if left := [one.service for one in standings if one.parked or one.outbox]:
        raise Wrong(f"{', '.join(left)} parked facts or kept some to send")
    databases = {name: dsn for name, dsn in state["databases"].items() if name in PROVEN}
    ground = await gather(databases, state["kafka"]["bootstrap"])
    wrong = [
        (check.name, *found.first[:3]) for check, found in prove(ground, [*CHECKS, ENDED]) if found.wrong
    ]
    if wrong:
        raise Wrong(f"promises are broken: {wrong}")


def _line(
    count: int, seconds: float, spent: dict[str, float], told: int, crew: Crew, play: Play
) -> dict[str, Any]:
    return {
        "name": "flow",
        "acts": "single" if crew.single else "batch",
        "clock": "stepped",
        "orders": count,
        "seconds": round(seconds, 2),
        "orders_per_s": round(count / seconds, 1),
        "facts_per_order": round(told / count, 1),
        "calls_per_order": round(crew.calls / count, 2),
        "steps": play.steps,
        "cpu_ms_per_order": round(sum(spent.values()) / count * 1e3, 1),
        "cpu_ms": {name: round(each / count * 1e3, 2) for name, each in sorted(spent.items())},
    }


def run(rounds: int, count: int | None, *, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """The lines of the flow, by batches and by single acts: medians of `rounds` of `count` orders, one by one.

    Without a `count`, each way has as many orders (`ORDERS_PER_ROUND`) as keep it busy for some twenty seconds.
    """
    found: dict[str, list[dict[str, Any]]] = {"batch": [], "single": []}
    with plant() as home:
        for number in range(1, rounds + 1):
            for acts in found:
                line = uvloop.run(flow(home, count or ORDERS_PER_ROUND[acts], single=acts == "single"))
                found[acts].append(line)
                say(f"flow {number}/{rounds} {acts}: {line['orders_per_s']:,.1f} orders/s, {line['cpu_ms']}")
    return [_whole(acts, lines) for acts, lines in found.items()]


def _whole(acts: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The median round as one line; `cpu_us` is of all processes together."""
    rate = median(line["orders_per_s"] for line in lines)
    middle = min(lines, key=lambda line: abs(line["orders_per_s"] - rate))
    return {
        "name": f"flow-{acts}",
        "unit": "orders/s",
        "ours": rate,
        "bare": None,
        "usual": None,
        "ratio_bare": None,
        "ratio_usual": None,
        "cpu_us": round(middle["cpu_ms_per_order"] * 1e3, 1),
        "samples": {"ours": [line["orders_per_s"] for line in lines]},
        "round": middle,
    }
