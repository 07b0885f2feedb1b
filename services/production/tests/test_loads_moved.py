"""Loads that operations of several runs share: they stay together, or one leaves them, when something moves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import text

from contracts.instead import MaterialsDelayed
from contracts.values import Quantity
from production import commands
from services.production.tests.door import PLANNER, Door
from services.production.tests.made import DAY, FURNACE, NOW, asked, hardening
from services.production.tests.test_schedules import HOUR, SHORT, at, crowded, proposed


async def shared(door: Door) -> tuple[str, Any, Any]:
    """Two runs in one load of the furnace: its id, and from when to when it is."""
    await crowded(door.stage, 2, batch_runs=Quantity(1_000))
    door.stage.clock.advance(NOW + 40 * HOUR)
    found = await proposed(door)
    await door.post(PLANNER, f"/v1/schedules/{found['schedule_id']}/acceptance")
    ((load_id, begin, end),) = await door.stage.rows(
        "SELECT DISTINCT load_id, starts_at, ends_at FROM bookings"
    )
    return str(load_id), begin, end


async def test_a_load_that_gives_way_stays_one(door: Door) -> None:
    load_id, begin, end = await shared(door)
    stop = {"machine_no": 1, "kind": "planned", "reason": "new lining", "starts_at": at(begin)}
    await door.post(PLANNER, "/v1/work-centres/furnace/downtimes", {**stop, "ends_at": at(begin + HOUR)})
    ((moved_id, moved, ends),) = await door.stage.rows(
        "SELECT DISTINCT load_id, starts_at, ends_at FROM bookings"
    )
    assert (moved_id, moved >= begin + HOUR, ends - moved >= end - begin) == (load_id, True, True)


async def test_a_run_whose_material_comes_late_leaves_its_load_and_the_other_stays(door: Door) -> None:
    load_id, begin, _ = await shared(door)
    await door.stage.hear(MaterialsDelayed("p0", begin + 2 * DAY, "material", "the forge is late"))
    rows = await door.stage.rows("SELECT load_id, starts_at FROM bookings ORDER BY starts_at")
    assert rows[0] == (load_id, begin)
    assert rows[1][0] is None
    assert rows[1][1] >= begin + 2 * DAY


async def test_an_operation_stays_in_its_load_when_what_comes_before_it_moves_a_little(door: Door) -> None:
    stage = door.stage
    saw = replace(SHORT, operation_no=5, work_centre_id="saw")
    bath = replace(SHORT, batch_runs=Quantity(1_000))
    await stage.planted()
    await stage.do(commands.DefineWorkCentre(replace(FURNACE, work_centre_id="saw", machines=2), "pat"))
    await stage.opened(hardening(operations=(saw, bath)))
    for name in ("p0", "p1"):
        await stage.hear(asked(name, runs="360", due_at=NOW + 20 * DAY, starts_at=NOW + 10 * DAY))
    run_id, other = await stage.run("p0"), await stage.run("p1")
    put = "UPDATE bookings SET starts_at = :begin, ends_at = :end, machine_no = "
    share = put + "1, load_id = 'load' WHERE operation_no = 10"
    early = put + ":no WHERE operation_no = 5 AND run_id = :run"
    begin = NOW + 15 * DAY
    async with stage.host.engine.begin() as sql:
        await sql.execute(text(share), {"begin": begin, "end": begin + 10 * HOUR})
        for number, key in enumerate((run_id, other), start=1):
            values = {"begin": begin - 2 * DAY, "end": begin - 2 * DAY + 4 * HOUR, "no": number, "run": key}
            await sql.execute(text(early), values)
    stop = {"machine_no": 1, "kind": "planned", "reason": "a new blade", "starts_at": at(begin - 2 * DAY)}
    ends = at(begin - 2 * DAY + HOUR)
    await door.post(PLANNER, "/v1/work-centres/saw/downtimes", {**stop, "ends_at": ends})
    assert await stage.rows("SELECT DISTINCT load_id, starts_at FROM bookings WHERE operation_no = 10") == [
        ("load", begin)
    ]
    ((moved,),) = await stage.rows(
        "SELECT starts_at FROM bookings WHERE operation_no = 5 AND run_id = :run", run=run_id
    )
    assert moved > begin - 2 * DAY
