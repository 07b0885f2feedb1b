"""Facts of the service desk about the pauses of a ticket's clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class SlaPaused:
    """A ticket waits for its client: the time until its resolution does not count."""

    ticket_id: str
    clock: Literal["resolution"]


@dataclass(frozen=True, slots=True)
class SlaResumed:
    """It is the desk's turn again, by the client's word or because the ticket was reopened: the time counts on."""

    ticket_id: str
    clock: Literal["resolution"]
