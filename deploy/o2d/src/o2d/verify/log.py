"""What was told: the facts of all services in log order, decoded as a check asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import msgspec

from backbone.wire import valued
from contracts.topics import fact_named

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Told:
    """One fact as it stands in its teller's log; `kind` is None for a type that is not known.

    `payload` is None for personal data, of which the log keeps a hash alone.
    """

    service: str
    position: int
    event_id: str
    topic: str
    key: str
    sequence: int
    kind: type | None
    recorded_at: datetime
    correlation: str | None
    causation: str | None
    payload: bytes | None

    @property
    def name(self) -> str:
        """What people read of it."""
        kind = self.kind.__name__ if self.kind is not None else "a fact of no known type"
        return f"{kind} {self.event_id} ({self.topic}, {self.key}, no. {self.sequence})"


class Undecodable(ValueError):
    """The payload of a fact in the log does not fit its type."""


def decoded(told: Told) -> Any:
    """The fact itself. Raises `Undecodable`."""
    if told.kind is None or told.payload is None:
        raise Undecodable(f"{told.name} has no payload that can be read")
    try:
        return _decoder(told.kind).decode(told.payload)
    except (msgspec.MsgspecError, ValueError, TypeError) as broken:
        raise Undecodable(f"{told.name}: {broken}") from broken


@cache
def _decoder(kind: type) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind, dec_hook=valued)


class Log:
    """The facts of all services; those of one service stand in the order in which it told them."""

    def __init__(self, tellings: Iterable[Told]) -> None:
        self.tellings: tuple[Told, ...] = tuple(tellings)
        self._places: dict[type, list[int]] = {}
        for place, told in enumerate(self.tellings):
            if told.kind is not None:
                self._places.setdefault(told.kind, []).append(place)

    def __len__(self) -> int:
        return len(self.tellings)

    def among(self, *kinds: type) -> Iterator[tuple[Told, Any]]:
        """Every fact of these kinds, in log order; what cannot be decoded is left to the check that says so."""
        for place in sorted(place for kind in kinds for place in self._places.get(kind, ())):
            told = self.tellings[place]
            try:
                yield told, decoded(told)
            except Undecodable:
                continue

    def of(self, kind: type[F]) -> Iterator[F]:
        """Every fact of a kind, in log order."""
        return (fact for _, fact in self.among(kind))


def told_of(
    service: str,
    position: int,
    event_id: str,
    topic: str,
    key: str,
    headers: Iterable[tuple[str, str]],
    payload: bytes | None,
) -> Told:
    """A row of a log."""
    had = dict(headers)
    return Told(
        service,
        position,
        event_id,
        topic,
        key,
        int(had["ce_sequence"]),
        fact_named(had.get("ce_type", "")),
        datetime.fromisoformat(had["ce_recordedtime"].replace("Z", "+00:00")),
        had.get("ce_correlationid"),
        had.get("ce_causationid"),
        payload or None,
    )
