"""The work that is measured: taps are turned, told on one topic; each is counted, told on another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec
from sqlalchemy import BigInteger, Column, MetaData, Table, Text, text

from backbone.ids import new_id
from backbone.service import Batch, Service, Tx, hears
from backbone.wire import Catalogue

TAPS_COUNT: Final = 2_000
PARTITIONS_COUNT: Final = 4

metadata: Final = MetaData()
taps: Final = Table(
    "taps",
    metadata,
    Column("tap_id", Text, primary_key=True),
    Column("litres", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("told", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class TapTurned:
    """A tap let so many litres pass."""

    tap_id: str
    litres: int


@dataclass(frozen=True, slots=True)
class TapCounted:
    """A tap has let so many litres pass in all."""

    tap_id: str
    litres: int


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the benchmark; its name is new in every run."""

    name: str
    owner: str
    key: str
    facts: Sequence[type]
    compacted: bool = False


@dataclass(frozen=True, slots=True)
class CountTap:
    """Count what a tap let pass."""

    tap_id: str
    litres: int


LOCK: Final = text(
    "SELECT tap_id, litres, told FROM taps WHERE tap_id = ANY(:tap_ids) ORDER BY tap_id FOR UPDATE"
)
SAVE: Final = text(
    """
    UPDATE taps SET litres = saved.litres, told = saved.told, version = version + 1
    FROM unnest(CAST(:tap_id AS text[]), CAST(:litres AS bigint[]), CAST(:told AS bigint[]))
         AS saved(tap_id, litres, told)
    WHERE taps.tap_id = saved.tap_id
    """
)


def service(turned: Topic, counted: Topic) -> Service:
    """The counting service on two topics."""

    async def count_taps(commands: Batch[CountTap], tx: Tx) -> list[int]:
        rows = await tx.sql.execute(LOCK, {"tap_ids": sorted({command.tap_id for command in commands})})
        held, told = {}, {}
        for row in rows:
            held[row.tap_id], told[row.tap_id] = row.litres, row.told
        tx.locked(counted, told)
        answers = []
        for command in commands:
            litres = held[command.tap_id] = held[command.tap_id] + command.litres
            tx.emit(TapCounted(command.tap_id, litres), because=command)
            answers.append(litres)
        await tx.sql.execute(
            SAVE,
            {
                "tap_id": list(held),
                "litres": list(held.values()),
                "told": [tx.tells(counted, tap_id) for tap_id in held],
            },
        )
        return answers

    def on_tap_turned(fact: TapTurned) -> CountTap:
        return CountTap(fact.tap_id, fact.litres)

    catalogue = Catalogue((turned, counted), lambda fact: f"o2d.{fact.__name__.lower()}.v1")
    return Service(
        "bench", metadata, catalogue, subscriptions=(hears(TapTurned, on_tap_turned, count_taps),), lanes=2
    )


def topics(run: str) -> tuple[Topic, Topic]:
    """Two topics that no other run uses."""
    return (
        Topic(f"bench.turned.{run}", "mains", "tap_id", (TapTurned,)),
        Topic(f"bench.counted.{run}", "bench", "tap_id", (TapCounted,)),
    )


def tap(number: int) -> str:
    """The tap that the n-th fact turns."""
    return f"tap-{number * 7919 % TAPS_COUNT:05d}"


def record(number: int) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """The n-th fact as Kafka takes it: key, value, headers."""
    tap_id = tap(number)
    moment = datetime.now(UTC).isoformat().encode()
    headers = [
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_id", new_id().encode()),
        ("ce_source", b"/mains"),
        ("ce_type", b"o2d.tapturned.v1"),
        ("ce_subject", tap_id.encode()),
        ("ce_time", moment),
        ("ce_recordedtime", moment),
        ("ce_correlationid", b"01900000-0000-7000-8000-000000000000"),
    ]
    return tap_id.encode(), msgspec.json.encode(TapTurned(tap_id, 1)), headers


def payload(tap_id: str, litres: int) -> bytes:
    """The value of a told fact."""
    return msgspec.json.encode(TapCounted(tap_id, litres))
