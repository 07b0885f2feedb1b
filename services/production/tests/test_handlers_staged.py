"""Material that lies ready for runs: early, in parts, taken away again, or not wanted any more."""

from __future__ import annotations

import pytest

from backbone.replay import retry_due
from contracts.instead import MaterialsWithdrawn
from contracts.materials import MaterialsStaged
from contracts.production import MaterialProduced, RunScheduled
from contracts.values import Quantity
from production.domain.act import Abort, End, Report, Start
from production.domain.states import WrongState
from services.production.tests.made import asked, lot, staged
from services.production.tests.stage import Stage, record


async def test_material_that_comes_before_the_ask_waits_for_it_and_is_taken_then(stage: Stage) -> None:
    await stage.opened()
    early = record(staged(lot("bar", "500")))
    await stage.host.hear([early])
    assert [(kind, subject) for _, kind, subject in await stage.parked()] == [("not yet", "p1")]
    await stage.hear(asked())
    assert len(await stage.told(RunScheduled)) == 1
    assert await retry_due(stage.host) == 1
    assert await stage.parked() == []
    assert await stage.rows("SELECT state FROM runs") == [("allowed",)]


async def test_material_in_parts_allows_the_run_and_is_all_kept(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked(), staged(lot("a", "200", 200), runs="200"))
    run = await stage.act(Start())
    assert run.staged_runs == Quantity(200)
    await stage.act(Report(runs=Quantity(200)))
    await stage.hear(staged(lot("b", "300", 600), runs="300"))
    run = await stage.act(End(Report()))
    assert [(part.lot_id, part.cost.bought_in) for part in run.floor.consumed] == [("a", 200), ("b", 600)]
    made = [each for fact in await stage.told(MaterialProduced) for each in fact.lots]
    assert [each.parents for each in made] == [("a",), ("b",)]


async def test_material_for_a_run_that_is_over_is_not_wanted_any_more(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked())
    run = await stage.act(Abort("not wanted"))
    await stage.hear(staged(lot("bar", "500")))
    assert await stage.rows("SELECT state, version FROM runs") == [("aborted", run.version)]
    assert await stage.parked() == []


async def test_a_run_whose_material_is_taken_away_waits_until_other_lies_ready(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked(), staged(lot("bar", "500")))
    await stage.hear(MaterialsWithdrawn("p1", "returned to the vendor: bent"))
    assert await stage.rows("SELECT state, staged_runs_micro FROM runs") == [("scheduled", 0)]
    with pytest.raises(WrongState):
        await stage.act(Start())
    await stage.hear(MaterialsWithdrawn("p1", "counted"), staged(lot("rod", "500")))
    run = await stage.act(Start())
    assert [part.lot_id for part in run.floor.staged] == ["rod"]
    entries = await stage.rows("SELECT CAST(entry AS jsonb) ->> 'reason' FROM run_entries")
    assert "returned to the vendor: bent" in [reason for (reason,) in entries]


async def test_what_a_run_has_taken_already_stays_taken_when_the_rest_is_withdrawn(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked(), staged(lot("bar", "500")))
    await stage.act(Start())
    await stage.act(Report(runs=Quantity(200)))
    await stage.hear(MaterialsWithdrawn("p1", "returned to the vendor: bent"))
    assert await stage.rows("SELECT state, staged_runs_micro FROM runs") == [("running", 200_000_000)]
    await stage.hear(staged(lot("rod", "300"), runs="300"))
    run = await stage.act(End(Report()))
    taken = [(part.lot_id, str(part.quantity)) for part in run.floor.consumed]
    assert taken == [("bar", "200"), ("rod", "300")]


async def test_more_material_than_was_asked_for_changes_nothing(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked(), staged(lot("bar", "500")))
    await stage.hear(staged(lot("more", "1"), runs="1"), MaterialsStaged("p1", Quantity(0), ()))
    assert await stage.rows("SELECT staged_runs_micro FROM runs") == [(500_000_000,)]
