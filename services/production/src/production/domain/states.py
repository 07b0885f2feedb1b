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
    scheduled="allowed aborted",
    refused="",
    allowed="running aborted",
    running="held closed aborted",
    held="running aborted",
    aborted="",
    closed="",
)

LOT: Final = _table(
    good="good blocked",
    in_inspection="good blocked",
    blocked="blocked proposed released reworked used-as-is scrapped",
    proposed="blocked released reworked used-as-is scrapped",
    released="good blocked",
    reworked="",
    used_as_is="blocked",
    scrapped="",
)


def moved(table: Transitions, what: str, state: str, to: str) -> str:
    """`to`, if `what` may go there from `state`; raises `WrongState` otherwise."""
    allowed = table[state]
    if to not in allowed:
        ways = ", ".join(sorted(allowed)) or "nothing any more"
        raise WrongState(f"{what} is {state} and cannot become {to}; allowed: {ways}")
    return to
