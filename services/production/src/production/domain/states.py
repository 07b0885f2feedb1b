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


RECIPE: Final = _table(draft="in-review", in_review="approved draft", approved="retired", retired="")

RUN: Final = _table(
    scheduled="allowed running aborted merged",
    refused="",
    allowed="running scheduled aborted merged",
    running="held closed aborted",
    held="running aborted",
    aborted="",
    closed="",
    merged="",
)

LOT: Final = _table(
    good="good blocked in-inspection returned",
    in_inspection="good blocked returned",
    blocked="blocked proposed released reworked used-as-is scrapped returned",
    proposed="blocked released reworked used-as-is scrapped returned",
    released="good blocked in-inspection returned",
    reworked="",
    used_as_is="blocked in-inspection returned",
    scrapped="",
    returned="",
)


def moved(table: Transitions, what: str, state: str, to: str) -> str:
    """`to`, if `what` may go there from `state`; raises `WrongState` otherwise."""
    allowed = table[state]
    if to not in allowed:
        ways = ", ".join(sorted(allowed)) or "nothing any more"
        raise WrongState(f"{what} is {state} and cannot become {to}; allowed: {ways}")
    return to
