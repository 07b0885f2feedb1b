"""Slots for promises: asked, freed, expired."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.orders import SlotsRequested


@dataclass(frozen=True, slots=True)
class FindSlots:
    """Orders wants people for the services of a promise."""

    asked: SlotsRequested


@dataclass(frozen=True, slots=True)
class FreeSlots:
    """A promise is not wanted any more."""

    promise_id: str


@dataclass(frozen=True, slots=True)
class ExpireHold:
    """A hold has reached its end."""

    promise_id: str
