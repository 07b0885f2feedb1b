"""Cycle counts: what one person counted, and what another decides about the difference."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from backbone.errors import Invalid, Refusal

CountState = Literal["open", "matched", "approved", "rejected", "superseded"]


class CountIsBelowZero(Invalid):
    """Less than nothing was counted."""


class CountIsDecided(Refusal):
    """A count was decided on already, agreed with the books, or was done again."""


class CountedByOneself(Refusal):
    """Who counted cannot approve what was counted: four eyes see more than two."""


class CountIsStale(Refusal):
    """More has left since the count than it leaves; it has to be counted again."""


class CycleCount(NamedTuple):
    """So much of a lot was counted at a site when the books had so much of it.

    `open` waits for a second person, `matched` agrees with the books.
    """

    count_id: str
    site_id: str
    lot_id: str
    sku: str
    counted_micro: int
    booked_micro: int
    state: CountState
    counted_by: str
    counted_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None

    @property
    def difference_micro(self) -> int:
        """What was found beyond the books, below 0 what was missing."""
        return self.counted_micro - self.booked_micro

    def decided(self, by: str, at: datetime, *, approved: bool) -> CycleCount:
        """The count as a second person decides; raises `CountIsDecided`, `CountedByOneself`."""
        if self.state != "open":
            raise CountIsDecided(f"the count is {self.state}")
        if by == self.counted_by:
            raise CountedByOneself("somebody else has to decide about a count")
        return self._replace(state="approved" if approved else "rejected", decided_by=by, decided_at=at)
