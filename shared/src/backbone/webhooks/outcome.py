"""What one try comes to: taken, tried again at a moment, given up, or the end of its endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backbone.webhooks.endpoint import DeliveryState
from backbone.webhooks.posting import Answer
from backbone.webhooks.schedule import SILENT_PAUSE, next_try

GONE: Final = 410
# Of whom asks for it by these, nothing else is sent meanwhile.
PAUSING: Final = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Due:
    """A message that is to be sent now: a fact from the log, or a test, whose `payload` is whole and has no headers.

    `attempts` is how often it was tried before; `secrets` are hidden.
    """

    webhook_id: str
    delivery_id: str
    event_id: str
    attempts: int
    made_at: datetime
    url: str
    payload: bytes | None
    headers: str | None
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try; `pause` holds all of its endpoint back until then.

    `ends` is why the endpoint is disabled: at once where it is `gone`, else unless it took something meanwhile.
    """

    due: Due
    state: DeliveryState
    status: int | None
    answer: str
    next_at: datetime | None = None
    pause: datetime | None = None
    ends: str | None = None
    gone: bool = False


def outcome_of(due: Due, answer: Answer, now: datetime, chance: float) -> Outcome:
    """What an answer means for a message and its endpoint; `now` is the wall's time, `chance` 0 to 1."""
    if answer.taken:
        return Outcome(due, "delivered", answer.status, answer.head)
    if answer.status == GONE:
        ends = "the endpoint answered 410: it is gone"
        return Outcome(due, "failed", answer.status, answer.head, ends=ends, gone=True)
    pause = None
    if answer.status is None:
        pause = now + SILENT_PAUSE
    elif answer.status in PAUSING and answer.wait is not None:
        pause = now + answer.wait
    following = next_try(due.attempts + 1, now, chance, answer.wait)
    if following is not None:
        return Outcome(due, "waiting", answer.status, answer.head, following, pause)
    ends = f"a message was tried {due.attempts + 1} times since {due.made_at:%Y-%m-%d %H:%M} UTC and nothing was taken"
    return Outcome(due, "failed", answer.status, answer.head, pause=pause, ends=ends)
