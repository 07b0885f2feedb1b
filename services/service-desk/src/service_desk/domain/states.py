"""Transition tables: which change of state is allowed; a wrong one is refused and names the allowed ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from backbone.errors import Refusal

Transitions = Mapping[str, frozenset[str]]


class WrongState(Refusal):
    """What was asked does not fit the state that the thing is in."""


def _table(**allowed: str) -> Transitions:
    return {state.replace("_", "-"): frozenset(targets.split()) for state, targets in allowed.items()}


# People kept free for a promise.
HOLD: Final = _table(
    held="booked freed expired", refused="freed held", freed="held", expired="held", booked=""
)

# `gathering`: a hand-over waits for goods; `booked`: a visit has people and waits for goods; `unplanned`: it has none;
# `held`: a person decides; `reported`: the work is done as the technician says, the client's word is awaited.
VISIT: Final = _table(
    gathering="offered cancelled",
    unplanned="unplanned booked offered cancelled",
    booked="offered unplanned cancelled",
    offered="offered confirmed gathering held declined unplanned cancelled",
    confirmed="offered gathering dispatched started held declined unplanned cancelled",
    dispatched="completed refused held",
    started="reported refused held",
    reported="completed refused",
    held="offered gathering declined unplanned cancelled",
    declined="offered gathering unplanned cancelled",
    refused="offered cancelled",
    completed="",
    cancelled="",
)
# Nothing has left and nobody has begun: times may still change, and goods may still be exchanged.
VISIT_AHEAD: Final = frozenset(
    {"gathering", "unplanned", "booked", "offered", "confirmed", "held", "declined"}
)

TICKET: Final = _table(
    open="in-progress waiting-client resolved",
    in_progress="waiting-client resolved",
    waiting_client="in-progress resolved",
    resolved="in-progress",
)


def moved(table: Transitions, what: str, state: str, to: str) -> str:
    """`to`, if `what` may go there from `state`; raises `WrongState` otherwise, also when it is there already."""
    allowed = table[state]
    if to not in allowed:
        ways = ", ".join(sorted(allowed)) or "nothing any more"
        raise WrongState(f"{what} is {state} and cannot become {to}; allowed: {ways}")
    return to
