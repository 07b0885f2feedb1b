"""Every fact of every topic is heard, with its envelope: the timeline needs what caused it and when it was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backbone.errors import Poison
from backbone.service import Subscription
from backbone.wire import Catalogue, Incoming
from contracts.topics import TOPICS
from control_tower import handlers
from control_tower.commands import KeepFact
from control_tower.domain.heard import Heard, impersonal

# One name for all: a poll's worth of facts, whatever their types, is one call of the handler.
NAME: Final = "keep_fact"


def keep(fact: object) -> object:
    """The fact itself."""
    return fact


@dataclass(frozen=True, slots=True)
class Kept(Subscription):
    """A subscription whose command holds the envelope, too; other services need the fact alone."""

    def command_of(self, record: Incoming, catalogue: Catalogue) -> KeepFact | None:
        """The fact as it was heard, None for one that was erased; raises `Poison` when it cannot be read."""
        if record.value is None:
            return None
        had, fact = record.attributes, impersonal(catalogue.decode(record))
        try:
            return KeepFact(
                Heard(
                    record.event_id,
                    *catalogue.key_of(fact),
                    int(had["ce_sequence"]),
                    datetime.fromisoformat(had["ce_time"]),
                    datetime.fromisoformat(had["ce_recordedtime"]),
                    had.get("ce_correlationid"),
                    had.get("ce_causationid"),
                    fact,
                )
            )
        except (KeyError, ValueError) as broken:
            raise Poison(f"the envelope cannot be read: {broken}") from broken


SUBSCRIPTIONS: Final[tuple[Subscription, ...]] = tuple(
    Kept(NAME, fact, keep, handlers.keep_facts) for topic in TOPICS for fact in topic.facts
)
