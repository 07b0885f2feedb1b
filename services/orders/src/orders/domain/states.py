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


NEED: Final = _table(stated="matched lost", matched="quoted lost", quoted="won lost matched", won="", lost="")

QUOTE: Final = _table(
    draft="sent declined superseded",
    # Whoever takes a substitute asks for other dates.
    sent="accepted declined expired superseded draft",
    accepted="",
    declined="",
    expired="accepted superseded",
    superseded="",
)

PROMISE: Final = _table(
    asked="offered refused withdrawn",
    refused="asked withdrawn",
    offered="slots-asked given withdrawn expired",
    slots_asked="given slots-asked withdrawn expired",
    given="accepted withdrawn expired asked",
    accepted="",
    withdrawn="",
    expired="accepted",
)

LIFECYCLE: Final = _table(
    requested="promised cancel-pending cancelled",
    promised="committed amend-pending cancel-pending fulfilled short-closed",
    committed="amend-pending cancel-pending fulfilled short-closed",
    amend_pending="promised committed fulfilled",
    cancel_pending="promised committed cancelled cancelled-with-cost",
    # More of a line is wanted again.
    fulfilled="amend-pending",
    short_closed="",
    cancelled="",
    cancelled_with_cost="",
)

# A change of an order that was promised.
CHANGE: Final = _table(
    asked="offered refused withdrawn",
    offered="committed withdrawn",
    refused="",
    committed="",
    withdrawn="",
)

# Nothing more of such a line is awaited.
ENDED: Final = frozenset({"fulfilled", "short-closed", "cancelled", "cancelled-with-cost"})

SUPPLY: Final = _table(
    unplanned="planned covered at-risk late",
    planned="covered at-risk late",
    covered="at-risk late",
    at_risk="planned covered late",
    late="planned covered at-risk",
)

# The customer waits for an answer, or is awaited: nothing else may be done to such a line.
PENDING: Final = frozenset({"amend-pending", "cancel-pending"})

FULFILMENT: Final = _table(
    none="partial complete",
    partial="complete returned",
    complete="partial returned",
    # More of a line is wanted again.
    returned="partial complete",
)


def moved(table: Transitions, what: str, state: str, to: str) -> str:
    """`to`, if `what` may go there from `state`; raises `WrongState` otherwise."""
    allowed = table[state]
    if to not in allowed:
        ways = ", ".join(sorted(allowed)) or "nothing any more"
        raise WrongState(f"{what} is {state} and cannot become {to}; allowed: {ways}")
    return to
