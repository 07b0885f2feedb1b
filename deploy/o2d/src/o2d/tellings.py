"""Facts as operators read them: one line each, from a service's log or from Kafka, and whom they are about."""

from __future__ import annotations

import asyncio
import fnmatch
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from contracts.topics import fact_named
from o2d.asking import PAGE_COUNT, Services

POLL_SECONDS: Final = 0.25
SUMMARY_CHARS_MAX: Final = 100
ID_CHARS: Final = 6

_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Telling:
    """One fact with what was said around it; `fact` is its class's name, times are texts in ISO form."""

    service: str
    fact: str
    key: str
    sequence: int
    time: str
    recorded: str
    event_id: str
    correlation: str | None
    causation: str | None
    data: Any

    def row(self) -> dict[str, Any]:
        """The line of a table."""
        words = {name: value for name, value in (self.data or {}).items() if value != self.key}
        return {
            "time": self.time,
            "service": self.service,
            "fact": self.fact,
            "key": self.key,
            "no": self.sequence,
            "says": _summary(words),
        }

    def whole(self) -> dict[str, Any]:
        """All of it, for programs."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def mentions(self, ids: frozenset[str]) -> bool:
        """Whether any of these ids is its key, its root ask, or stands anywhere in its data."""
        return self.key in ids or self.correlation in ids or any(text in ids for text in _texts(self.data))


def telling_of(event: Mapping[str, Any]) -> Telling:
    """A CloudEvent in JSON form (as `/v1/events` gives it)."""
    kind = fact_named(event["type"])
    return Telling(
        event["source"].removeprefix("/"),
        kind.__name__ if kind is not None else event["type"],
        event["partitionkey"],
        int(event["sequence"]),
        event["time"],
        event["recordedtime"],
        event["id"],
        event.get("correlationid"),
        event.get("causationid"),
        event["data"],
    )


def telling_of_record(headers: Sequence[tuple[str, bytes]], value: bytes | None) -> Telling | None:
    """A Kafka record; None for one that is no fact of ours."""
    event: dict[str, Any] = {name.removeprefix("ce_"): text.decode() for name, text in headers}
    if not {"type", "source", "partitionkey", "sequence", "time", "recordedtime", "id"} <= set(event):
        return None
    try:
        event["data"] = json.loads(value) if value else None
        return telling_of(event)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which facts are meant; what is None or empty lets all through. `fact` may have * and ? in it."""

    service: str | None = None
    fact: str | None = None
    correlation: str | None = None
    ids: frozenset[str] = field(default=frozenset())

    def admits(self, telling: Telling) -> bool:
        """Whether a fact is meant."""
        return (
            (self.service is None or telling.service == self.service)
            and (self.fact is None or fnmatch.fnmatchcase(telling.fact.lower(), self.fact.lower()))
            and (self.correlation is None or telling.correlation == self.correlation)
            and (not self.ids or telling.mentions(self.ids))
        )


@dataclass(slots=True)
class Reader:
    """Reads the log of one service onward from a place; `cursor` continues it."""

    services: Services
    name: str
    cursor: str | None = None

    async def skip(self, last: int = 0) -> None:
        """Go to the end of the log, but for the last facts."""
        clock = await self.services.get(self.name, "/ops/clock")
        self.cursor = f"0-{max(0, clock['told'] - last)}"

    async def onward(self) -> AsyncIterator[Telling]:
        """All facts from here to the head."""
        while True:
            page = await self.services.get(self.name, "/v1/events", after=self.cursor, limit=PAGE_COUNT)
            self.cursor = page["cursor"]
            for event in page["items"]:
                yield telling_of(event)
            if page["next"] is None:
                return


async def live(readers: Sequence[Reader]) -> AsyncIterator[Telling]:
    """What is told, as it is told, without end; facts that are read together come in time order."""
    while True:
        found = [telling for reader in readers async for telling in reader.onward()]
        for telling in in_time_order(found):
            yield telling
        if not found:
            await asyncio.sleep(POLL_SECONDS)


def in_time_order(tellings: Sequence[Telling]) -> list[Telling]:
    """By business time, then by when they were written down, then by their place under their key."""
    return sorted(tellings, key=lambda one: (one.time, one.recorded, one.event_id, one.sequence))


def ids_of_order(order_id: str, tellings: Sequence[Telling]) -> frozenset[str]:
    """An order's id and, once the order is placed, the need it began with, which all its facts carry."""
    placed = [one for one in tellings if one.fact == "OrderPlaced" and one.key == order_id]
    return frozenset({order_id, *(one.data["need_id"] for one in placed)})


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)


def _summary(words: Mapping[str, Any]) -> str:
    said = ", ".join(
        f"{name} {_short(value)}" for name, value in words.items() if value not in (None, [], ())
    )
    return said if len(said) <= SUMMARY_CHARS_MAX else said[: SUMMARY_CHARS_MAX - 1] + "…"


def _short(value: Any) -> str:
    if isinstance(value, Mapping) and set(value) == {"minor", "currency"}:
        return f"{value['minor'] / 100:.2f} {value['currency']}"
    if isinstance(value, list | tuple):
        return f"×{len(value)}"
    if isinstance(value, Mapping):
        return "…"
    text = str(value)
    # Our ids begin with their time: the end tells them apart.
    return f"…{text[-ID_CHARS:]}" if _ID.fullmatch(text) else text
