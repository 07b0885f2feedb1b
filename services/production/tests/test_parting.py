"""Runs are split and put together: what they take and make, what lies staged, machines, records, refusals."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backbone.errors import NotFound
from contracts.changes import ChangeProbed, RunChangeAnswered
from contracts.orders import ChangeWithdrawn
from contracts.partings import RunsMerged, RunSplit
from contracts.production import MaterialConsumed, RunClosed, RunScheduled
from contracts.shapes import ItemPart
from contracts.units import Counted
from contracts.values import Quantity, total
from production import commands
from production.domain.act import Abort, End, Hold, Report, Start
from production.domain.changing import WaitsForAChange
from production.domain.parting import CannotBeMerged, CannotBeSplit
from production.domain.recipe import Content
from production.domain.run import Run
from production.handlers import Parted
from services.production.tests.door import OPERATOR, QUALITY, Door
from services.production.tests.made import DAY, NOW, asked, cracking, lot, staged
from services.production.tests.stage import Stage

BARS = [lot("bar", "300", 30_000), lot("rod", "200", 21_001)]


async def ready(stage: Stage, *more: str, content: Content | None = None) -> str:
    """The run of p1 may begin, and those of further planned orders; the id of the first."""
    await stage.opened(content)
    await stage.hear(asked())
    await stage.hear(staged(*BARS))
    for key in more:
        await stage.hear(asked(key), staged(lot(f"bar-{key}", "500", 40_000), planned_order_id=key))
    return await stage.run()


async def split(stage: Stage, runs: str, run_id: str | None = None) -> tuple[Run, Run]:
    parted: Parted = await stage.do(commands.SplitRun(run_id or await stage.run(), Quantity(runs), "olga"))
    return parted.run, parted.others[0]


async def merge(stage: Stage, *planned: str) -> Run:
    first, *others = [await stage.run(key) for key in planned]
    parted: Parted = await stage.do(commands.MergeRuns(first, tuple(others), "olga"))
    return parted.run


async def test_a_part_takes_its_share_of_what_lies_staged_and_may_begin(stage: Stage) -> None:
    await ready(stage)
    rest, part = await split(stage, "150")
    assert (rest.state, rest.runs, rest.staged_runs) == ("allowed", Quantity(350), Quantity(350))
    assert (part.state, part.runs, part.staged_runs) == ("allowed", Quantity(150), Quantity(150))
    assert [(each.lot_id, each.quantity) for each in rest.floor.staged] == [
        ("bar", Quantity(300)),
        ("rod", Quantity(50)),
    ]
    assert [(each.lot_id, each.quantity) for each in part.floor.staged] == [("rod", Quantity(150))]
    costs = [each.cost.bought_in for run in (rest, part) for each in run.floor.staged]
    assert sum(costs) == 51_001
    told = await stage.last(RunSplit)
    assert (told.runs, told.part.runs, told.lots) == (Quantity(350), Quantity(150), part.floor.staged)
    assert (part.due_at, part.priority, part.root_id) == (rest.due_at, rest.priority, rest.root_id)


async def test_both_runs_have_a_place_on_the_machine_and_the_first_keeps_its_beginning(stage: Stage) -> None:
    await ready(stage)
    before = await stage.last(RunScheduled)
    rest, part = await split(stage, "200")
    assert rest.starts_at == before.starts_at
    assert rest.ends_at < before.ends_at
    rows = await stage.rows("SELECT run_id, starts_at, ends_at FROM bookings ORDER BY starts_at")
    assert {row[0] for row in rows} == {rest.run_id, part.run_id}
    assert rows[0][2] <= rows[1][1]
    assert {each.run_id for each in await stage.told(RunScheduled)} == {rest.run_id, part.run_id}


async def test_a_running_run_gives_up_what_is_not_done_and_its_cost_stays_whole(stage: Stage) -> None:
    await ready(stage)
    await stage.act(Start(), Report(Quantity(200)))
    rest, part = await split(stage, "180")
    assert (rest.state, rest.left, part.state) == ("running", Quantity(120), "allowed")
    for run in (rest, part):
        if run.state == "allowed":
            await stage.do(commands.ActOnRun(run.run_id, Start(), "olga"))
        await stage.do(commands.ActOnRun(run.run_id, End(Report()), "olga"))
    taken = [each for fact in await stage.told(MaterialConsumed) for each in fact.lots]
    assert total(each.quantity for each in taken) == Quantity(500)
    assert sum(each.cost.bought_in for each in taken) == 51_001
    assert sorted(fact.good_quantity for fact in await stage.told(RunClosed)) == [
        Quantity(180),
        Quantity(320),
    ]


async def test_a_part_of_a_run_that_waits_for_material_waits_for_its_own(stage: Stage) -> None:
    await stage.opened()
    await stage.hear(asked())
    rest, part = await split(stage, "100")
    assert (rest.state, part.state) == ("scheduled", "scheduled")
    await stage.hear(staged(*BARS))
    assert (await stage.rows("SELECT DISTINCT state FROM runs")) == [("scheduled",)]
    await stage.hear(staged(lot("bar", "100", 10_000), planned_order_id=part.planned_order_id, runs="100"))
    assert await stage.rows("SELECT run_id FROM runs WHERE state = 'allowed'") == [(part.run_id,)]
    await stage.hear(staged(lot("bar", "400", 40_000), runs="400"))
    assert (await stage.act(Start())).left == Quantity(400)


@pytest.mark.parametrize("runs", ["500", "501", "0.5"])
async def test_all_of_a_run_or_half_a_piece_is_no_part(stage: Stage, runs: str) -> None:
    await ready(stage)
    await stage.do(commands.KnowItem(Counted("shaft", "piece", Quantity(1))))
    with pytest.raises(CannotBeSplit):
        await split(stage, runs)
    assert await stage.told(RunSplit) == []


async def test_a_separation_is_split_into_whole_runs(stage: Stage) -> None:
    await stage.opened(cracking())
    crude = (ItemPart("crude", Quantity(1000)),)
    outputs = tuple(ItemPart(sku, Quantity(n)) for sku, n in (("diesel", 600), ("petrol", 300), ("gas", 100)))
    await stage.hear(replace(asked(runs="10"), inputs=crude, outputs=outputs))
    with pytest.raises(CannotBeSplit, match="whole number"):
        await split(stage, "2.5")
    rest, part = await split(stage, "3")
    assert [str(each.quantity) for each in part.outputs] == ["180", "90", "30"]
    assert [str(each.quantity) for each in rest.outputs] == ["420", "210", "70"]


async def test_runs_put_together_have_one_place_all_that_lies_staged_and_the_first_due_moment(
    stage: Stage,
) -> None:
    await ready(stage)
    await stage.hear(asked("p2", due_at=NOW + 9 * DAY, priority=1))
    await stage.hear(staged(lot("bar-2", "500", 40_000), planned_order_id="p2"))
    run = await merge(stage, "p1", "p2")
    assert (run.state, run.runs, run.left) == ("allowed", Quantity(1000), Quantity(1000))
    assert (run.due_at, run.priority) == (NOW + 9 * DAY, 1)
    assert sum(each.cost.bought_in for each in run.floor.staged) == 91_001
    states = await stage.rows("SELECT planned_order_id, state FROM runs ORDER BY 1")
    assert states == [("p1", "allowed"), ("p2", "merged")]
    assert await stage.rows("SELECT DISTINCT run_id FROM bookings") == [(run.run_id,)]
    told = await stage.last(RunsMerged)
    assert (told.runs, [each.planned_order_id for each in told.merged]) == (Quantity(1000), ["p2"])
    await stage.act(Start(), End(Report()))
    assert (await stage.last(RunClosed)).good_quantity == Quantity(1000)


async def test_a_run_that_waits_for_material_makes_the_whole_wait(stage: Stage) -> None:
    await ready(stage)
    await stage.hear(asked("p2"))
    run = await merge(stage, "p1", "p2")
    assert (run.state, run.staged_runs, run.floor.staged) == ("scheduled", Quantity(0), ())
    assert (await stage.last(RunsMerged)).lots == ()


async def test_what_has_begun_or_is_made_otherwise_is_not_put_together(stage: Stage) -> None:
    await ready(stage, "p2", "p3")
    await stage.hear(asked("p4", rework_lot_id="bad"))
    await stage.do(commands.ActOnRun(await stage.run("p2"), Start(), "olga"))
    for other in ("p2", "p4"):
        with pytest.raises(CannotBeMerged):
            await merge(stage, "p1", other)
    await stage.act(Abort("no orders"))
    with pytest.raises(CannotBeMerged, match="aborted"):
        await merge(stage, "p3", "p1")
    with pytest.raises(CannotBeSplit, match="aborted"):
        await split(stage, "10")
    with pytest.raises(NotFound):
        await split(stage, "10", "nobody")


async def test_a_run_whose_customer_thinks_about_less_is_neither_split_nor_put_together(stage: Stage) -> None:
    await ready(stage, "p2")
    await stage.hear(ChangeProbed("p1", "x", "run", Quantity(200), NOW + DAY))
    with pytest.raises(WaitsForAChange):
        await split(stage, "100")
    with pytest.raises(WaitsForAChange):
        await merge(stage, "p2", "p1")
    await stage.hear(ChangeWithdrawn("o1", "x", "not after all"))
    await split(stage, "400")
    await stage.hear(ChangeProbed("p1", "y", "run", Quantity(200), NOW + DAY))
    assert "split meanwhile" in ((await stage.last(RunChangeAnswered)).refused or "")


async def test_the_records_of_both_say_what_happened_and_are_intact(stage: Stage, door: Door) -> None:
    run_id = await ready(stage)
    await stage.act(Start(), Hold("shift ends"))
    body = await door.post(OPERATOR, f"/v1/runs/{run_id}/split", {"runs": "200"}, status=200)
    assert (body["state"], body["runs"]) == ("held", "300")
    (part,) = body["others"]
    for each, said in ((run_id, f"200 runs went to run {part}"), (part, f"split from run {run_id}")):
        record = await door.get(QUALITY, f"/v1/runs/{each}/batch-record")
        assert record["intact"]
        assert said in [entry["entry"]["what"] for entry in record["entries"]]


async def test_bad_splits_and_merges_get_a_pointer_and_change_nothing(stage: Stage, door: Door) -> None:
    run_id = await ready(stage, "p2")
    other = await stage.run("p2")
    bad: tuple[tuple[str, object, str], ...] = (
        ("split", {"runs": "0"}, "/runs"),
        ("split", {"runs": "-1"}, "/runs"),
        ("merge", {"run_ids": []}, "/run_ids"),
        ("merge", {"run_ids": [other, other]}, "/run_ids"),
        ("merge", {"run_ids": [run_id]}, "/run_ids"),
    )
    for act, body, pointer in bad:
        problem = await door.post(OPERATOR, f"/v1/runs/{run_id}/{act}", body, status=422)
        assert problem["errors"][0]["pointer"] == pointer
    await door.post(OPERATOR, f"/v1/runs/{run_id}/split", {"runs": "500"}, status=409)
    await door.post(QUALITY, f"/v1/runs/{run_id}/split", {"runs": "5"}, status=403)
    assert len(await stage.rows("SELECT 1 FROM runs WHERE runs_micro = 500000000")) == 2
