"""What the scripted database does for each statement of the backbone, and for the three of the simulated service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import text

from backbone import business_time, inbox, parking, replay
from tests.simulation.database import Database, Session, Statement
from tests.simulation.virtual import Wall

READ_JARS = text("which of these jars are open")
OPEN_JARS = text("open jars")
PUT_MARBLES = text("put marbles into jars")
QUEUED = (
    "subscription",
    "topic",
    "key",
    "event_id",
    "kafka_partition",
    "kafka_offset",
    "recorded_ms",
    "headers",
)
STANDING = ("attempts", "kind", "cause", "waits_for", "next_at")
KEY = ("subscription", "topic", "key")


class _Standing(NamedTuple):
    attempts: int
    kind: str
    cause: str
    waits_for: str | None
    next_at: datetime | None
    is_due: bool


Values = Mapping[str, Any]
Rows = list[Any]


def columns(values: Values, *names: str) -> list[tuple[Any, ...]]:
    """The rows of arrays that are given by column."""
    return list(zip(*(values[name] for name in names), strict=True))


async def add_seen(session: Session, values: Values) -> Rows:
    """As the unique index has it: who comes second waits for the first, and enters what that one rolled back."""
    database, fresh = session.database, []
    for pair in sorted(set(columns(values, "subscription", "event_id"))):
        if pair in database.seen or pair in session.fresh:
            continue
        await session.lock(("seen", pair))
        if pair not in database.seen:
            fresh.append(pair)
    session.fresh.update(fresh)
    session.staged.append(partial(_see, database, fresh))
    return fresh


def _see(database: Database, fresh: Iterable[tuple[str, str]]) -> None:
    database.seen.update(fresh)
    database.handled.update(event_id for _, event_id in fresh)


async def lock_keys(session: Session, values: Values) -> Rows:
    """Only rows that are committed are found; what is gone when the lock is free is not."""
    found = []
    for key in sorted(set(columns(values, *KEY))):
        if key in session.database.parked:
            await session.lock(("parked", key))
            if key in session.database.parked:
                found.append(SimpleNamespace(subscription=key[0], topic=key[1], key=key[2]))
    return found


async def add_events(session: Session, values: Values) -> Rows:
    """Append to queues."""
    database = session.database
    for row in columns(values, *QUEUED, "payload"):
        database.numbers += 1
        event = dict(zip((*QUEUED, "payload"), row, strict=True)) | {"queue_id": database.numbers}
        session.staged.append(partial(database.queue.__setitem__, database.numbers, event))
    return []


async def park_key(session: Session, values: Values) -> Rows:
    """Enter a key, or count one more attempt."""
    key = tuple(values[name] for name in KEY)
    await session.lock(("parked", key))
    had = session.database.parked.get(key)
    row = {name: values[name] for name in ("kind", "cause", "waits_for", "next_at")}
    row["attempts"] = 1 if had is None else had["attempts"] + 1
    session.staged.append(partial(session.database.parked.__setitem__, key, row))
    session.world.say("parked", f"{key[2]} {values['kind']}: {values['cause']}")
    return []


async def count_tries(session: Session, values: Values) -> Rows:
    """Count a try of each."""
    found = []
    for pair in sorted(set(columns(values, "subscription", "event_id"))):
        await session.lock(("tries", pair))
        tries = session.database.tries.get(pair, 0) + 1
        session.staged.append(partial(session.database.tries.__setitem__, pair, tries))
        found.append(SimpleNamespace(subscription=pair[0], event_id=pair[1], tries=tries))
    return found


async def forget_tries(session: Session, values: Values) -> Rows:
    """Forget the tries of each."""
    for pair in sorted(set(columns(values, "subscription", "event_id"))):
        await session.lock(("tries", pair))
        session.staged.append(partial(session.database.tries.pop, pair, None))
    return []


async def begin_run(session: Session, values: Values) -> Rows:
    """Count a run."""
    pair = values["subscription"], values["event_id"]
    return await count_tries(session, {"subscription": [pair[0]], "event_id": [pair[1]]})


async def list_tried(session: Session, values: Values) -> Rows:
    """Those that are counted."""
    return [pair for pair in columns(values, "subscription", "event_id") if pair in session.database.tries]


async def drop_first(session: Session, values: Values) -> Rows:
    """Take one event out of its queue."""
    session.staged.append(partial(session.database.queue.pop, values["queue_id"], None))
    return []


async def first_event(session: Session, values: Values) -> Rows:
    """The first event of a queue."""
    asked = tuple(values[name] for name in KEY)
    queue = sorted(session.database.queue.items())
    found = [event for _, event in queue if tuple(event[name] for name in KEY) == asked]
    return [SimpleNamespace(**event) for event in found[:1]]


async def free_key(session: Session, values: Values) -> Rows:
    """Let a key go."""
    key = tuple(values[name] for name in KEY)
    await session.lock(("parked", key))
    session.staged.append(partial(session.database.parked.pop, key, None))
    session.world.say("freed", key[2])
    return []


async def stand(session: Session, values: Values) -> Rows:
    """Note how a key stands from here on."""
    key = tuple(values[name] for name in KEY)
    await session.lock(("parked", key))
    had = session.database.parked.get(key)
    if had is not None:
        row = {name: values[name] for name in STANDING}
        session.staged.append(partial(had.update, row))
        session.world.say("stands", f"{key[2]} {row}")
    return []


async def any_waits(session: Session, values: Values) -> Rows:
    """Whether any key is to be tried again."""
    return [1 for row in session.database.parked.values() if row["next_at"] is not None][:1]


async def one(session: Session, values: Values) -> Rows:
    """That it answers."""
    return [1]


async def read_jars(session: Session, values: Values) -> Rows:
    """Those jars that are open."""
    return [jar for jar in values["jars"] if jar in session.database.jars or jar in session.opened]


async def open_jars(session: Session, values: Values) -> Rows:
    """Bring jars; one that is there already was brought twice."""
    database = session.database

    def change() -> None:
        for jar in values["jars"]:
            if jar in database.jars:
                session.world.breaks(f"an effect twice: jar {jar} is opened again")
            database.jars[jar] = []

    session.opened.update(values["jars"])
    session.staged.append(change)
    return []


async def put_marbles(session: Session, values: Values) -> Rows:
    """Put marbles into jars: each number once, and in order."""
    database = session.database

    def change() -> None:
        for jar, number in columns(values, "jar", "number"):
            held = database.jars[jar]
            if number in held:
                session.world.breaks(f"an effect twice: marble {number} of jar {jar}")
            elif number != len(held) + 1:
                session.world.breaks(f"out of order: marble {number} of jar {jar} after {held[-1:]}")
            held.append(number)

    session.put.update(values["jar"])
    session.staged.append(change)
    return []


def _timed(wall: Wall) -> dict[Any, Statement]:

    async def wake(session: Session, values: Values) -> Rows:
        parked = session.database.parked

        def waits(key: Any) -> bool:
            row = parked.get(key)
            return bool(
                row
                and row["waits_for"] in values["subjects"]
                and row["next_at"]
                and row["next_at"] > wall.now()
            )

        for key in list(filter(waits, parked)):
            await session.lock(("parked", key))
            if waits(key):
                session.staged.append(partial(parked[key].update, {"next_at": wall.now(), "attempts": 0}))
        return []

    async def standing(session: Session, values: Values) -> Rows:
        had = session.database.parked.get(tuple(values[name] for name in KEY))
        if had is None:
            return []
        return [_Standing(**had, is_due=had["next_at"] is not None and had["next_at"] <= wall.now())]

    async def keep_clock(session: Session, values: Values) -> Rows:
        return [SimpleNamespace(at=wall.now())]

    async def due_keys(session: Session, values: Values) -> Rows:
        rows = session.database.parked.items()
        due = sorted(
            (row["next_at"], key) for key, row in rows if row["next_at"] and row["next_at"] <= wall.now()
        )
        return [SimpleNamespace(subscription=s, topic=t, key=k) for _, (s, t, k) in due[: values["limit"]]]

    return {
        parking.WAKE: wake, replay.DUE_KEYS: due_keys, replay.STANDING: standing,
        business_time.LOAD: keep_clock, business_time.KEEP: keep_clock,
    }  # fmt: skip


def statements(wall: Wall) -> dict[str, Statement]:
    """What is done for each statement, by its text; `wall` is what the database takes for now."""
    found: dict[Any, Statement] = _timed(wall) | {
        inbox.ADD_SEEN: add_seen, parking.LOCK_KEYS: lock_keys, parking.ADD_EVENTS: add_events,
        parking.PARK_KEY: park_key, parking.COUNT_TRIES: count_tries, parking.FORGET_TRIES: forget_tries,
        parking.BEGIN_RUN: begin_run, parking.LIST_TRIED: list_tried,
        replay.ANY_WAITS: any_waits, replay.FIRST_EVENT: first_event,
        replay.CLAIM_EVENT: drop_first, replay.FREE_KEY: free_key, replay.STAND: stand,
        text("SELECT 1"): one,
        READ_JARS: read_jars, OPEN_JARS: open_jars, PUT_MARBLES: put_marbles,
    }  # fmt: skip
    return {statement.text: act for statement, act in found.items()}
