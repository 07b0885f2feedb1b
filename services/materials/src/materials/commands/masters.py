"""What materials is asked to know: masters of its own, and copies of what others define."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts import production
from materials.domain.capacity.room import Crew, WorkCentre
from materials.domain.forecast import Forecast
from materials.domain.item import Item, Parameters, ServiceParts, Site, Terms


@dataclass(frozen=True, slots=True)
class DefineItem:
    """Define an item, or define it anew."""

    item: Item


@dataclass(frozen=True, slots=True)
class DefineSite:
    """Define a site, or define it anew."""

    site: Site


@dataclass(frozen=True, slots=True)
class SetParameters:
    """Say how an item is planned at a site, at once or from a moment to come."""

    parameters: Parameters
    effective_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApplyParameters:
    """The moment has come from which an item is planned otherwise."""

    site_id: str
    sku: str
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class SetForecast:
    """Say what is expected of an item at a site in a period, in a unit of it (absent: its own); 0 takes it back."""

    forecast: Forecast
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class RenewForecasts:
    """A period of an item at a site is over, or has come inside the demand fence."""

    site_id: str
    sku: str


@dataclass(frozen=True, slots=True)
class CopyRecipe:
    """Plan by an approved recipe."""

    fact: production.RecipeApproved


@dataclass(frozen=True, slots=True)
class RetireRecipe:
    """Plan by a version of a recipe no more."""

    recipe_id: str
    version: int


@dataclass(frozen=True, slots=True)
class ReplanRetired:
    """A version of a recipe is retired that orders are planned by still."""

    recipe_id: str
    version: int


@dataclass(frozen=True, slots=True)
class CopyCalendar:
    """Count working days by a calendar."""

    fact: production.CalendarChanged


@dataclass(frozen=True, slots=True)
class CopyWorkCentre:
    """Give runs room on a work centre."""

    centre: WorkCentre


@dataclass(frozen=True, slots=True)
class CopyCrew:
    """Give runs room with a crew."""

    crew: Crew


@dataclass(frozen=True, slots=True)
class CopyTerms:
    """Plan purchases by a vendor's terms."""

    terms: Terms


@dataclass(frozen=True, slots=True)
class ReleadOrders:
    """What is planned may take another time, of an item at a site, for or from a site, or by a calendar.

    What comes after one order is looked at.
    """

    after: str
    site_id: str = ""
    sku: str = ""
    calendar_id: str = ""


@dataclass(frozen=True, slots=True)
class ExpireTerms:
    """Plan by a vendor's terms no more."""

    terms_id: str


@dataclass(frozen=True, slots=True)
class CopyService:
    """Plan the parts that a service uses up."""

    service: ServiceParts
