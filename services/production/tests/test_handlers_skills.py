"""Who begins a run or reports on it: people with the skill, machines, and who was let by name."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest

from contracts.recipes import Operation
from contracts.values import Quantity
from production import commands
from production.domain.act import Act, End, Let, Report, Start
from production.domain.qualification import NotQualified, Qualification
from production.domain.run import Run
from production.domain.states import WrongState
from services.production.tests.made import DAY, HARDENERS, NOW, asked, hardening, lot, staged
from services.production.tests.stage import Stage

(STEP,) = hardening().operations
MANNED = replace(STEP, skill="hardening")


async def waiting(stage: Stage, *operations: Operation) -> None:
    """A run that may begin, of a recipe with these operations."""
    await stage.planted()
    for skill in ("hardening", "polishing"):
        crew = replace(HARDENERS, crew_id=skill, skill=skill)
        await stage.do(commands.DefineCrew(crew, "pat"))
    await stage.opened(hardening(operations=operations))
    await stage.hear(asked(), staged(lot("bar", "500", 50_000)))


async def qualified(
    stage: Stage, person: str, skill: str = "hardening", until: datetime | None = None, site: str = "plant-1"
) -> None:
    given = Qualification(person, site, skill, until)
    await stage.do(commands.QualifyPerson(given, "pat"))


async def act(stage: Stage, by: str, what: Act, *, machine: bool = False) -> Run:
    run: Run = await stage.do(commands.ActOnRun(await stage.run(), what, by, machine))
    return run


async def test_where_nobody_ever_had_the_skill_nobody_is_asked_for_it(stage: Stage) -> None:
    await waiting(stage, MANNED)
    await qualified(stage, "erik", site="plant-2")
    await qualified(stage, "erik", "welding")
    assert (await act(stage, "olga", Start())).state == "running"


async def test_who_has_not_the_skill_neither_begins_nor_reports_nor_ends(stage: Stage) -> None:
    await waiting(stage, MANNED)
    await qualified(stage, "erik")
    with pytest.raises(NotQualified, match=r"olga may not do this .* operation 10 asks for hardening"):
        await act(stage, "olga", Start())
    assert (await act(stage, "erik", Start())).state == "running"
    for what in (Report(Quantity(10)), End(Report())):
        with pytest.raises(NotQualified):
            await act(stage, "olga", what)
    assert (await act(stage, "erik", Report(Quantity(10)))).done_runs == Quantity(10)


async def test_a_skill_ends_and_is_given_again_and_taken_back(stage: Stage) -> None:
    await waiting(stage, MANNED)
    await qualified(stage, "olga", until=NOW + DAY)
    assert (await act(stage, "olga", Start())).state == "running"
    stage.clock.advance(NOW + DAY)
    with pytest.raises(NotQualified, match="which they had until 2026-03-03 08:00"):
        await act(stage, "olga", Report(Quantity(10)))
    await qualified(stage, "olga", until=NOW + 2 * DAY)
    assert (await act(stage, "olga", Report(Quantity(10)))).done_runs == Quantity(10)
    await qualified(stage, "olga", until=NOW)
    # Nobody has it now, but somebody had: it is still asked for.
    with pytest.raises(NotQualified):
        await act(stage, "erik", Report(Quantity(10)))


async def test_a_machine_is_not_asked(stage: Stage) -> None:
    await waiting(stage, MANNED)
    await qualified(stage, "erik")
    assert (await act(stage, "furnace-1", Start(), machine=True)).state == "running"
    assert (await act(stage, "furnace-1", Report(Quantity(10)), machine=True)).done_runs == Quantity(10)


async def test_who_is_let_by_name_does_it_and_the_record_says_so(stage: Stage) -> None:
    await waiting(stage, MANNED)
    await qualified(stage, "erik")
    let = await act(stage, "ava", Let("olga", "erik is ill"))
    assert (let.state, let.floor.let) == ("allowed", ("olga",))
    with pytest.raises(NotQualified):
        await act(stage, "otto", Start())
    assert (await act(stage, "olga", Start())).state == "running"
    entries = [
        json.loads(text) for (text,) in await stage.rows("SELECT entry FROM run_entries ORDER BY entry_no")
    ]
    entry = next(each for each in entries if "without the skill" in each["what"])
    assert (entry["by"], entry["reason"]) == ("ava", "erik is ill")
    assert entry["deviations"] == ["olga may do it without the skill that it asks for: erik is ill"]
    await act(stage, "olga", End(Report()))
    with pytest.raises(WrongState):
        await act(stage, "ava", Let("otto", "too late"))


async def test_a_run_is_begun_by_the_skill_of_its_first_operations_and_reported_by_that_of_its_last(
    stage: Stage,
) -> None:
    polish = replace(STEP, operation_no=20, title="polish", skill="polishing", after=(10, 15))
    beside = replace(STEP, operation_no=15, title="mark", skill="marking", after=())
    await stage.planted()
    await stage.do(commands.DefineCrew(replace(HARDENERS, crew_id="markers", skill="marking"), "pat"))
    await waiting(stage, MANNED, beside, polish)
    for person, skill in (("erik", "hardening"), ("mia", "marking"), ("paul", "polishing")):
        await qualified(stage, person, skill)
    with pytest.raises(NotQualified, match="hardening"):
        await act(stage, "paul", Start())
    # One of parallel operations is enough: whoever may do it begins.
    assert (await act(stage, "mia", Start())).state == "running"
    with pytest.raises(NotQualified, match="polishing"):
        await act(stage, "erik", Report(Quantity(10)))
    # A report as far as one operation is of who may do that one.
    with pytest.raises(NotQualified, match="hardening"):
        await act(stage, "paul", Report(Quantity(5), operation_no=10))
    assert (await act(stage, "erik", Report(Quantity(5), operation_no=10))).done_runs == Quantity(0)
    assert (await act(stage, "paul", Report(Quantity(10)))).done_runs == Quantity(10)
