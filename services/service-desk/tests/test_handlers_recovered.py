"""A promise that holds again: visits that lost their people and time get others, without anybody's help."""

from __future__ import annotations

from tests.desk_made import at, demand, ready
from tests.desk_stage import Stage

from contracts.orders import PromiseAtRisk, PromiseRecovered
from contracts.service_desk import VisitOffered
from contracts.shapes import LineDate

LOST = PromiseAtRisk("o1", "c1", "vendor silent", "s", (LineDate("L1", at(8), None),))


async def lost(stage: Stage) -> None:
    """Computers and their setup are ordered; when they come nobody knows any more."""
    await stage.opened()
    slots = await stage.promised(demand("L2", "setup"))
    await stage.ordered(("L1", "pc"), ("L2", "setup"), slots=slots)
    await stage.hear(LOST)
    assert (await stage.states(), await stage.engaged()) == ([("visit", "unplanned")], [])


async def test_a_visit_whose_goods_come_in_time_again_has_its_people_again(stage: Stage) -> None:
    await lost(stage)
    back = PromiseRecovered("o1", "c1", "back in time", (LineDate("L1", at(8, 18), at(8, 18)),))
    await stage.hear(back)
    assert await stage.states() == [("visit", "booked")]
    assert await stage.rows("SELECT min(starts_at) FROM engagements") == [(at(8, 18),)]
    await stage.hear(ready())
    offers = await stage.told(VisitOffered)
    assert sorted(each.kind for each in offers) == ["hand-over", "visit"]


async def test_a_service_whose_parts_come_in_time_again_has_the_time_that_was_promised(stage: Stage) -> None:
    await stage.opened()
    await stage.ordered(("L1", "setup"), slots=await stage.promised(not_before=at(8, 18)))
    when = "SELECT starts_at, ends_at FROM visits"
    ((starts_at, ends_at),) = await stage.rows(when)
    await stage.hear(PromiseAtRisk("o1", "c1", "vendor silent", "s", (LineDate("L1", ends_at, None),)))
    assert await stage.rows(when) == [(None, None)]
    await stage.hear(PromiseRecovered("o1", "c1", "back in time", (LineDate("L1", ends_at, ends_at),)))
    assert await stage.rows(when) == [(starts_at, ends_at)]


async def test_a_visit_without_people_is_offered_when_all_that_it_waits_for_lies_ready(stage: Stage) -> None:
    await lost(stage)
    await stage.hear(ready())
    assert ("visit", "offered") in await stage.states()
    assert await stage.engaged() != []
