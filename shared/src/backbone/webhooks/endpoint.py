"""What an endpoint and a delivery are, what may be asked of them, and the refusals."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from backbone.errors import Invalid, Pointer, Refusal

State = Literal["active", "disabled"]
DeliveryState = Literal["waiting", "delivered", "failed"]

ENDPOINTS_COUNT_MAX: Final = 20
FACTS_COUNT_MAX: Final = 200
DESCRIPTION_CHARS_MAX: Final = 500
REASON_CHARS_MAX: Final = 500
# While a new secret signs beside the old one; more of them at once would only lengthen each message.
SECRETS_COUNT_MAX: Final = 4
# An endpoint that takes nothing has so many messages written out for it; the others wait in the log.
WAITING_COUNT_MAX: Final = 5_000
# What was sent, or given up, is shown for so long.
DELIVERIES_KEPT: Final = timedelta(days=7)
SECRET_STAYS: Final = timedelta(days=1)


class TooManyWebhooks(Refusal):
    """As many endpoints are registered as one service sends to."""


class TooManySecrets(Refusal):
    """As many secrets sign beside each other as may; the oldest ends within a day."""


class WebhookIsDisabled(Refusal):
    """Nothing is sent to an endpoint that is disabled; enable it first."""


class TooManyWait(Refusal):
    """As many messages wait for the endpoint as may; what is told meanwhile waits in the log."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An endpoint: which facts go where (all where `facts` is empty), and up to which position they were taken up."""

    webhook_id: str
    url: str
    facts: tuple[str, ...]
    description: str
    state: State
    reason: str | None
    changed_by: str
    version: int
    position: int
    made_at: datetime
    changed_at: datetime
    delivered_at: datetime | None

    def wants(self, kind: str) -> bool:
        """Whether facts of a type go there."""
        return not self.facts or kind in self.facts


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one endpoint: the fact at `position`, or a test, which has none."""

    webhook_id: str
    delivery_id: str
    event_id: str
    type: str
    position: int | None
    state: DeliveryState
    attempts: int
    status: int | None
    answer: str | None
    made_at: datetime
    tried_at: datetime | None
    next_at: datetime | None


def demand_form(facts: Sequence[str], description: str, told: Set[str], fault: str | None) -> None:
    """Raise `Invalid` for an endpoint that nothing could be sent to: `fault` is what is wrong with its URL.

    `told` are the types of the facts that the service sends.
    """
    faults: list[Pointer] = [] if fault is None else [("/url", fault)]
    if len(facts) > FACTS_COUNT_MAX:
        raise Invalid("there are not so many facts", [("/facts", f"at most {FACTS_COUNT_MAX}")])
    faults += [
        (f"/facts/{place}", "this service tells no such fact")
        for place, fact in enumerate(facts)
        if fact not in told
    ]
    if len(set(facts)) < len(facts):
        faults.append(("/facts", "a fact is named twice"))
    if len(description) > DESCRIPTION_CHARS_MAX:
        faults.append(("/description", f"at most {DESCRIPTION_CHARS_MAX} characters"))
    if faults:
        raise Invalid("nothing can be sent so", faults)
