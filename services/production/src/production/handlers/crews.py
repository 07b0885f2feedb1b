"""Who works at a site: crews of people with a skill."""

from __future__ import annotations

from backbone.errors import Invalid
from backbone.service import Batch, Tx
from production import store
from production.commands import DefineCrew, QualifyPerson
from production.domain import record
from production.domain.crew import Crew
from production.domain.qualification import Qualification
from production.domain.scheduling.other_hours import OtherCrew
from production.handlers.other_hours import Changes, hit_by, make_way


async def define_crew(commands: Batch[DefineCrew], tx: Tx) -> list[Crew]:
    """Say how many people of a skill are at a site, and when, from now on.

    Runs that lose people or working time by it and have not begun move. Raises `Invalid` for a calendar that is not
    here, and for another site or skill than before; `CannotBeScheduled`.
    """
    known = await store.load_crews(tx, (), (command.crew.crew_id for command in commands))
    hours = [command.crew.calendar_id for command in commands]
    calendars = await store.lock_calendars(tx, [*hours, *(each.calendar_id for each in known.values())])
    for command in commands:
        crew, was = command.crew, known.get(command.crew.crew_id)
        if crew.calendar_id not in calendars:
            raise Invalid("nobody knows when they work", [("/calendar_id", "no such calendar")])
        changes = Changes()
        if was is not None:
            crew.demand_as_before(was)
            hours_of = calendars[was.calendar_id], calendars[crew.calendar_id]
            changes = Changes(crews={crew.crew_id: OtherCrew(*hours_of, crew.people < was.people)})
        hit = await hit_by(tx, changes)
        await store.lock_crew(tx, crew.crew_id)
        tx.emit(crew.told(), because=command)
        await store.save_crew(tx, crew)
        await make_way(tx, command, hit, changes, record.Why(command.by, f"crew {crew.crew_id} changed"))
    return [command.crew for command in commands]


async def qualify_person(commands: Batch[QualifyPerson], tx: Tx) -> list[Qualification]:
    """Keep who has which skill, from now on; of one person and skill the last word counts."""
    for command in commands:
        await store.save_qualification(tx, command.qualification, command.by)
    return [command.qualification for command in commands]
