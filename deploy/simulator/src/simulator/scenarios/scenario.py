"""What a scenario is: masters that are put in by those who may, people who act, and what is needed."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from simulator.doors import Doors, Person, Refused
from simulator.people.customer import Customer
from simulator.people.person import Plays
from simulator.scenarios.staff import APPROVER, ENGINEER
from simulator.sights.sight import Looks, nothing_more

CONFLICT: Final = 409
CHAINS_COUNT: Final = 8


class NotImported(Exception):
    """A file was not worked on to its end; the words say why."""


@dataclass(frozen=True, slots=True)
class Put:
    """A master that somebody puts in: by whom, where, with what body."""

    who: Person
    service: str
    path: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class File:
    """Masters of one kind that somebody imports as one file, a row each."""

    who: Person
    service: str
    kind: str
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Beside:
    """Masters that need nothing of each other: what is put in of each chain in order, chains beside each other."""

    chains: Sequence[Sequence[Put]]


Master = Put | File | Beside


@dataclass(frozen=True, slots=True)
class Scenario:
    """Masters are the same at any time; needs and people are asked for from the business time at the beginning on.

    `looks` reads through the public doors what came of it since that time, when every order has ended.
    """

    name: str
    title: str
    masters: Callable[[], Sequence[Master]]
    customers: Callable[[datetime], Sequence[Customer]]
    people: Callable[[datetime], Sequence[Plays]]
    looks: Looks = nothing_more


def approved(recipe: Mapping[str, Any]) -> list[Put]:
    """A recipe that one person writes and another approves."""
    place = f"/v1/recipes/{recipe['recipe_id']}/versions/1"
    return [
        Put(ENGINEER, "production", "/v1/recipes", recipe),
        Put(ENGINEER, "production", f"{place}/submission", {}),
        Put(APPROVER, "production", f"{place}/approval", {}),
    ]


async def seed(doors: Doors, scenario: Scenario, watch: Callable[[str], None]) -> int:
    """Put in the masters of a scenario, in order; what is there already stays. The answer is how many there are."""
    return await put_in(doors, scenario.masters(), watch)


async def put_in(doors: Doors, masters: Sequence[Master], watch: Callable[[str], None]) -> int:
    """Put in masters, in order; what is there already stays. The answer is how many there are."""
    count = 0
    for number, master in enumerate(masters, start=1):
        if isinstance(master, Put):
            await _put(doors, master)
            count, words = count + 1, f"{master.service} {master.path}"
        elif isinstance(master, File):
            await _imported(doors, master)
            count, words = count + len(master.rows), f"{len(master.rows)} {master.kind} imported"
        else:
            await _beside(doors, master)
            puts = sum(len(chain) for chain in master.chains)
            count, words = count + puts, f"{puts} beside each other"
        watch(f"{number}/{len(masters)} {words}")
    return count


async def _put(doors: Doors, put: Put) -> None:
    try:
        await doors.post(put.who, put.service, put.path, put.body)
    except Refused as refused:
        # Another scenario, or an earlier day, has put the same thing in.
        if refused.status != CONFLICT:
            raise


async def _beside(doors: Doors, masters: Beside) -> None:
    """Several chains at a time; as many as a service hears at once without asking callers to wait."""
    waiting = iter(masters.chains)

    async def work() -> None:
        for chain in waiting:
            for put in chain:
                await _put(doors, put)

    async with asyncio.TaskGroup() as group:
        for _ in range(CHAINS_COUNT):
            group.create_task(work())


async def _imported(doors: Doors, file: File) -> None:
    """Open an import, send its file, start it and wait for its end; a row that is refused was there already."""
    body = {"kind": file.kind, "format": "jsonl", "dry_run": False}
    content = "".join(f"{json.dumps(dict(row), sort_keys=True)}\n" for row in file.rows)
    again = hashlib.sha256(content.encode()).hexdigest()
    opened = await doors.post(file.who, file.service, "/v1/imports", body, again=again)
    path = f"/v1/imports/{opened['import_id']}"
    seen = await doors.get(file.who, file.service, path)
    if not seen["bytes"]:
        await doors.send(file.who, file.service, path, content, "application/jsonl")
        await doors.post(file.who, file.service, f"{path}/start", {})
    operation = await doors.ended(file.who, file.service, opened["import_id"])
    if operation["state"] != "done":
        raise NotImported(f"{file.kind}: {operation['state']}, {operation['problem']}")
