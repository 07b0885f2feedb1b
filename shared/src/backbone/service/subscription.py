"""What a service listens to: facts of others and deadlines of its own, each with a pure translation and a handler."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec

from backbone.errors import Poison
from backbone.service.tx import Handler
from backbone.wire import Catalogue, Incoming

F = TypeVar("F")
C = TypeVar("C")

DUE_TOPIC: Final = "due"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One fact type that a service hears. `name` is the stable half of the inbox key; never reuse one."""

    name: str
    fact: type
    translate: Callable[[Any], Any]
    handler: Handler[Any, Any]

    def command_of(self, record: Incoming, catalogue: Catalogue) -> Any | None:
        """The command that a record asks for, or None when it concerns nothing here; raises `Poison`."""
        return self.translate(catalogue.decode(record))


@dataclass(frozen=True, slots=True)
class Deadline:
    """One kind of due row that a service set for itself, at a business moment or after so much recorded time."""

    name: str
    translate: Callable[[str, Mapping[str, Any]], Any]
    handler: Handler[Any, Any]
    recorded: bool = False

    def command_of(self, record: Incoming, catalogue: Catalogue) -> Any | None:
        """The command that a due row asks for, or None when nothing is to be done; raises `Poison`."""
        try:
            payload = msgspec.json.decode(record.value or b"{}", type=dict[str, Any])
        except msgspec.MsgspecError as broken:
            raise Poison(f"the deadline does not decode: {broken}") from broken
        return self.translate(record.attributes["key"], payload)


Told = Subscription | Deadline


def hears(fact: type[F], translate: Callable[[F], C | None], handler: Handler[C, Any]) -> Subscription:
    """Subscribe to `fact`: `translate` (pure, named `on_…`) makes the command that `handler` serves."""
    return Subscription(translate.__name__, fact, translate, handler)


def falls_due(
    kind: str,
    translate: Callable[[str, Mapping[str, Any]], C | None],
    handler: Handler[C, Any],
    *,
    recorded: bool = False,
) -> Deadline:
    """Handle due rows of `kind`: `translate(key, payload)` makes the command that `handler` serves.

    What is `recorded` is set as a duration and runs by the wall, however fast business time goes: that another service
    owes an answer.
    """
    return Deadline(kind, translate, handler, recorded)
