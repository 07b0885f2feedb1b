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


# A purchase line. `quoted`: the vendor answered with a price that a buyer has to take first.
PURCHASE_LINE: Final = _table(
    requested="ordered cancelled",
    quoted="acknowledged shipped part-received received rejected cancelled",
    ordered="quoted acknowledged shipped part-received received rejected closed cancelled",
    acknowledged="quoted shipped part-received received rejected closed cancelled",
    shipped="part-received received rejected closed",
    part_received="shipped received closed",
    rejected="shipped part-received received closed cancelled",
    received="part-received",
    closed="",
    cancelled="",
)
# What still binds a vendor, so that no second line may be asked of anybody for the same planned order.
LINE_LIVE: Final = frozenset(
    {"requested", "quoted", "ordered", "acknowledged", "shipped", "part-received", "rejected"}
)
LINE_ENDED: Final = frozenset({"received", "closed", "cancelled"})

# How a planned order gets its vendor; a refused one may be asked again, and work that was withdrawn.
SOURCING: Final = _table(
    asked="ordered quoting refused withdrawn",
    ordered="asked refused withdrawn",
    quoting="ordered refused withdrawn",
    refused="asked ordered withdrawn",
    withdrawn="asked",
)

RFQ: Final = _table(
    issued="award-proposed silent withdrawn",
    award_proposed="awarded issued withdrawn",
    silent="award-proposed withdrawn",
    awarded="",
    withdrawn="",
)

TERMS: Final = _table(published="expired", expired="")


def moved(table: Transitions, what: str, state: str, to: str) -> str:
    """`to`, if `what` may go there from `state` or is there already; raises `WrongState` otherwise."""
    allowed = table[state]
    if to != state and to not in allowed:
        ways = ", ".join(sorted(allowed)) or "nothing any more"
        raise WrongState(f"{what} is {state} and cannot become {to}; allowed: {ways}")
    return to
