"""Who works at a site: crews of people with a skill."""

from __future__ import annotations

from backbone.errors import Invalid
from backbone.service import Batch, Tx
from production import store
from production.commands import DefineCrew, QualifyPerson
from production.domain.crew import Crew
from production.domain.qualification import Qualification


async def define_crew(commands: Batch[DefineCrew], tx: Tx) -> list[Crew]:
    """Say how many people of a skill are at a site, and when, from now on.

    Raises `Invalid` for a calendar that is not here, and for another site or skill than before.
    """
    calendars = await store.lock_calendars(tx, (command.crew.calendar_id for command in commands))
    for command in commands:
        crew = command.crew
        if crew.calendar_id not in calendars:
            raise Invalid("nobody knows when they work", [("/calendar_id", "no such calendar")])
        was = await store.lock_crew(tx, crew.crew_id)
        if was is not None:
            crew.demand_as_before(was)
        tx.emit(crew.told(), because=command)
        await store.save_crew(tx, crew)
    return [command.crew for command in commands]


async def qualify_person(commands: Batch[QualifyPerson], tx: Tx) -> list[Qualification]:
    """Keep who has which skill, from now on; of one person and skill the last word counts."""
    for command in commands:
        await store.save_qualification(tx, command.qualification, command.by)
    return [command.qualification for command in commands]
