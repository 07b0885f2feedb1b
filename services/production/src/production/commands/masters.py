"""Where, when and by which recipes work is done, and what it should cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from contracts.units import Counted
from production.domain.crew import Crew
from production.domain.downtime import Downtime
from production.domain.plant import Calendar, WorkCentre
from production.domain.qualification import Qualification
from production.domain.recipe import Content
from production.domain.said import ALL_OWN, SaidUnits
from production.domain.standard import StandardPrice


@dataclass(frozen=True, slots=True)
class DefineCalendar:
    """Say when work is done."""

    calendar: Calendar
    by: str


@dataclass(frozen=True, slots=True)
class DefineWorkCentre:
    """Say where work is done and what an hour of it costs."""

    centre: WorkCentre
    by: str


@dataclass(frozen=True, slots=True)
class DefineCrew:
    """Say how many people of a skill are at a site, and when."""

    crew: Crew
    by: str


@dataclass(frozen=True, slots=True)
class QualifyPerson:
    """Say that a person has a skill, and until when."""

    qualification: Qualification
    by: str


@dataclass(frozen=True, slots=True)
class TellDowntime:
    """Say when a machine stands still; its id is made when it is kept."""

    downtime: Downtime


@dataclass(frozen=True, slots=True)
class WithdrawDowntime:
    """A machine does not stand still then, or did not."""

    work_centre_id: str
    downtime_id: str
    by: str


@dataclass(frozen=True, slots=True)
class DraftRecipe:
    """Write the next version of a recipe."""

    recipe_id: str
    content: Content
    author: str
    said: SaidUnits = ALL_OWN


@dataclass(frozen=True, slots=True)
class CopyRecipe:
    """Draft what a version says once more, as another recipe, for another site, or from another day on."""

    recipe_id: str
    recipe_version: int
    to_recipe_id: str
    author: str
    site_id: str | None = None
    title: str | None = None
    effective_from: datetime | None = None

    def changed(self, content: Content) -> Content:
        """What the copy says; one that begins on another day ends when somebody says so."""
        ends = content.effective_to if self.effective_from is None else None
        return replace(
            content,
            site_id=self.site_id or content.site_id,
            title=self.title or content.title,
            effective_from=self.effective_from or content.effective_from,
            effective_to=ends,
        )


@dataclass(frozen=True, slots=True)
class RewriteRecipe:
    """Change a draft of one's own, as it was when it was seen."""

    recipe_id: str
    recipe_version: int
    content: Content
    author: str
    expected_version: int
    said: SaidUnits = ALL_OWN


@dataclass(frozen=True, slots=True)
class RejectRecipe:
    """Give a version back to its author."""

    recipe_id: str
    recipe_version: int
    rejected_by: str


@dataclass(frozen=True, slots=True)
class SubmitRecipe:
    """Give a draft to a second person to read."""

    recipe_id: str
    recipe_version: int


@dataclass(frozen=True, slots=True)
class ApproveRecipe:
    """Approve a version of a recipe that somebody else wrote."""

    recipe_id: str
    recipe_version: int
    approver: str


@dataclass(frozen=True, slots=True)
class RetireRecipe:
    """Use a version of a recipe for no new run."""

    recipe_id: str
    recipe_version: int


@dataclass(frozen=True, slots=True)
class SetStandardPrices:
    """Say what bought items should cost at a site, from the next roll-up on."""

    site_id: str
    prices: tuple[StandardPrice, ...]


@dataclass(frozen=True, slots=True)
class RollUpCosts:
    """Reckon what all items of a site should cost, by the prices, recipes and rates of this moment."""

    site_id: str
    currency: str
    by: str


@dataclass(frozen=True, slots=True)
class KnowItem:
    """An item is counted in this unit, and never divided below this."""

    counted: Counted
