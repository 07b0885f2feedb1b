"""Masters of others that are copied here: recipes, calendars, work centres, terms, services."""

from __future__ import annotations

from typing import Final

from backbone.service import Subscription, hears
from contracts import crews, production, service_desk, vendors
from contracts.values import Quantity
from materials import commands, handlers
from materials.domain.capacity.room import Crew, WorkCentre, people_of
from materials.domain.item import ServiceParts, Terms


def on_recipe_approved(fact: production.RecipeApproved) -> commands.CopyRecipe:
    """A recipe may be planned by."""
    return commands.CopyRecipe(fact)


def on_recipe_retired(fact: production.RecipeRetired) -> commands.RetireRecipe:
    """A recipe may not be planned by any more."""
    return commands.RetireRecipe(fact.recipe_id, fact.version)


def on_calendar_changed(fact: production.CalendarChanged) -> commands.CopyCalendar:
    """Working days are other ones."""
    return commands.CopyCalendar(fact)


def on_work_centre_defined(fact: production.WorkCentreDefined) -> commands.CopyWorkCentre:
    """Runs are made on this."""
    overhead = Quantity(fact.overhead_rate)
    centre = WorkCentre(
        fact.work_centre_id, fact.site_id, fact.calendar_id, fact.machines, fact.labour_rate_minor,
        fact.machine_rate_minor, overhead.micro, fact.currency,
    )  # fmt: skip
    return commands.CopyWorkCentre(centre)


def on_crew_defined(fact: crews.CrewDefined) -> commands.CopyCrew:
    """These people do operations that ask for their skill."""
    skilled = people_of(fact.site_id, fact.skill)
    return commands.CopyCrew(Crew(fact.crew_id, skilled, fact.people, fact.calendar_id))


def on_terms_published(fact: vendors.TermsPublished) -> commands.CopyTerms:
    """A vendor supplies an item on these terms."""
    terms = Terms(
        fact.terms_id, fact.vendor_id, fact.vendor_kind, fact.sku, fact.site_id, fact.minimum.micro,
        fact.multiple.micro, fact.lead_days, fact.calendar_id, fact.valid_from, fact.valid_to, fact.rank,
        expired=False, properties=fact.properties, currency=fact.currency, prices=fact.prices,
    )  # fmt: skip
    return commands.CopyTerms(terms)


def on_terms_expired(fact: vendors.TermsExpired) -> commands.ExpireTerms:
    """A vendor's terms are over."""
    return commands.ExpireTerms(fact.terms_id)


def on_service_defined(fact: service_desk.ServiceDefined) -> commands.CopyService:
    """A service uses up these parts."""
    return commands.CopyService(ServiceParts(fact.service_id, fact.site_id, fact.parts))


MASTERS: Final[tuple[Subscription, ...]] = (
    hears(production.RecipeApproved, on_recipe_approved, handlers.copy_recipe),
    hears(production.RecipeRetired, on_recipe_retired, handlers.retire_recipe),
    hears(production.CalendarChanged, on_calendar_changed, handlers.copy_calendar),
    hears(production.WorkCentreDefined, on_work_centre_defined, handlers.copy_work_centre),
    hears(crews.CrewDefined, on_crew_defined, handlers.copy_crew),
    hears(vendors.TermsPublished, on_terms_published, handlers.copy_terms),
    hears(vendors.TermsExpired, on_terms_expired, handlers.expire_terms),
    hears(service_desk.ServiceDefined, on_service_defined, handlers.copy_service),
)
