"""Tasks: one record for one subscription, and what must stay together or apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from backbone import parking
from backbone.errors import Poison
from backbone.inbox import floor_id
from backbone.service.subscription import DUE_TOPIC, Told
from backbone.wire import Catalogue, Incoming

if TYPE_CHECKING:
    from backbone.service.host import Service


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands in for a subscription where a record can be handled by none, for a `cause`."""

    cause: str
    name: str = "unreadable"

    def command_of(self, record: Incoming, catalogue: Catalogue) -> None:
        """No command; raises `Poison`."""
        raise Poison(self.cause)


NO_TYPE: Final = Unreadable("the record carries no readable type")
TOO_OLD: Final = Unreadable("the fact is older than the inbox remembers")


@dataclass(frozen=True, slots=True)
class Task:
    """One record for one subscription."""

    told: Told | Unreadable
    record: Incoming

    @property
    def seen(self) -> tuple[str, str]:
        """The inbox key."""
        return self.told.name, self.record.event_id

    @property
    def parked(self) -> parking.ParkedKey:
        """The key under which this task waits when it cannot be handled."""
        return self.told.name, self.record.topic, self.record.parking_key

    @property
    def place(self) -> tuple[str, str]:
        """What must stay in order: the record's topic and key."""
        return self.record.topic, self.record.parking_key

    @property
    def waiting(self) -> parking.Waiting:
        """The task as parking stores it."""
        return self.told.name, self.record


def tasks_of(service: Service, records: Sequence[Incoming]) -> list[Task]:
    """What a service has to do about records; a fact that nobody here hears leaves no task.

    A fact older than the inbox remembers is handled by nobody: it may have been handled, and nothing tells.
    """
    hearers, floor = service.hearers, floor_id(datetime.now(UTC))
    tasks: list[Task] = []
    for record in records:
        kind = record.attributes.get("ce_type")
        if kind is None:
            tasks.append(Task(NO_TYPE, record))
            continue
        # Matched without the major version: a version that is not known here must not pass by unseen.
        base = kind if record.topic == DUE_TOPIC else kind.rpartition(".")[0]
        heard_by = hearers.get(base, ())
        if heard_by and record.event_id < floor and record.topic != DUE_TOPIC:
            tasks.append(Task(TOO_OLD, record))
        else:
            tasks.extend(Task(told, record) for told in heard_by)
    return tasks
