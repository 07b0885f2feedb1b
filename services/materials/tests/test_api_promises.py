"""What could be promised, and what may be: asked over HTTP, and nothing of it is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.materials import PromiseOffered
from materials.domain.capacity.atp import available_to_promise
from services.materials.tests.door import PLANNER, WAREHOUSE, Door
from services.materials.tests.made import DAY, NOW, acknowledged, ask, issued, line, placed, terms
from services.materials.tests.test_handlers_trials import written

SALES = ("sales", None)


def inquiry(quantity: str, days: int, **more: Any) -> dict[str, Any]:
    """So many gears in so many days."""
    wanted = {
        "sku": "gear",
        "site_id": "plant-1",
        "quantity": quantity,
        "wanted_at": (NOW + days * DAY).isoformat(),
    }
    return {"lines": [wanted], **more}


def shown(moment: str) -> datetime:
    """A moment as an answer shows it."""
    return datetime.fromisoformat(moment)


async def test_an_inquiry_says_what_the_promise_would_and_keeps_nothing(door: Door) -> None:
    await door.stage.opened("gear")
    await door.stage.hear(terms("gear", 7))
    await door.stage.stock("L", "gear", "10")
    before = await written(door.stage)
    held = (NOW + 2 * DAY).isoformat()
    found = await door.post(SALES, "/v1/promises", inquiry("12", 1, hold_until=held))
    assert await written(door.stage) == before
    await door.stage.hear(ask("p", line("gear", "12", 1)))
    (offered,) = await door.stage.told(PromiseOffered)
    assert [shown(step["at"]) for step in found["steps"]] == [step.at for step in offered.steps]
    assert [reason.removeprefix("line-1") for reason in found["reasons"]] == [
        reason.removeprefix("l1") for reason in offered.reasons
    ]


async def test_without_a_hold_it_is_answered_as_if_ordered_at_once_part_by_part(door: Door) -> None:
    await door.stage.opened("gear")
    await door.stage.hear(terms("gear", 7))
    await door.stage.stock("L", "gear", "10")
    found = await door.post(SALES, "/v1/promises", inquiry("12", 1, delivery_policy="partial"))
    assert [(step["quantity"], shown(step["at"])) for step in found["steps"]] == [
        ("10", NOW + DAY),
        ("2", NOW + 7 * DAY),
    ]


async def test_what_nothing_supplies_is_said_and_what_cannot_be_asked_is_refused(door: Door) -> None:
    await door.stage.opened("gear")
    found = await door.post(PLANNER, "/v1/promises", inquiry("1", 1))
    assert (found["steps"], found["refused"]) == ([], "nothing supplies gear at plant-1")
    await door.post(PLANNER, "/v1/promises", {"lines": []}, status=422)
    await door.post(WAREHOUSE, "/v1/promises", inquiry("1", 1), status=403)


async def test_what_may_be_promised_is_what_is_free_from_then_on(door: Door) -> None:
    stage = door.stage
    await stage.opened("gear", "never")
    await stage.hear(terms("gear", 5))
    await stage.stock("L", "gear", "10")
    first, second = ask("p", line("gear", "4", 3)), ask("q", line("gear", "14", 20))
    await stage.hear(first, placed(first), second, placed(second))
    bought = await stage.order_of("gear")
    found = await door.get(PLANNER, "/v1/items/gear/atp")
    assert [(step["at"][:10], step["quantity"]) for step in found["sites"][0]["steps"]] == [
        ("2026-03-02", "0")
    ]
    await stage.pass_time(days=16)
    await stage.hear(issued(bought, "gear", "8"), acknowledged(bought, "gear", "20", NOW + 19 * DAY))
    found = await door.get(PLANNER, "/v1/items/gear/atp")
    assert [step["quantity"] for step in found["sites"][0]["steps"]] == ["6", "12"]
    assert (await door.get(PLANNER, "/v1/items/never/atp"))["sites"] == []
    await door.get(PLANNER, "/v1/items/unknown/atp", status=404)


@pytest.mark.parametrize(
    ("changes", "steps"),
    [
        ([(0, 10, 0), (5, 0, 4), (9, 3, 0)], [(0, 6), (9, 9)]),
        ([(0, 2, 0), (5, 0, 4), (9, 3, 0)], [(0, 0), (9, 1)]),
        ([(0, 10, 0), (5, 0, 4), (6, 0, 6), (9, 3, 0)], [(0, 0), (9, 3)]),
        ([], []),
    ],
)
def test_a_later_need_is_kept_back_from_what_is_there_now(
    changes: list[tuple[int, int, int]], steps: list[tuple[int, int]]
) -> None:
    moments = [(NOW + day * DAY, supply, demand) for day, supply, demand in changes]
    assert available_to_promise(moments) == [(NOW + day * DAY, quantity) for day, quantity in steps]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12), st.data())
def test_what_may_be_promised_can_be_taken_then_without_a_later_need_going_short(
    rows: list[tuple[int, int]], data: st.DataObject
) -> None:
    changes = [(NOW + day * DAY, supply, demand) for day, (supply, demand) in enumerate(rows)]
    steps = available_to_promise(changes)
    at, most = data.draw(st.sampled_from(steps))
    balance, least = 0, []
    for moment, supply, demand in changes:
        balance += supply - demand
        if moment >= at:
            least.append(balance)
    assert most == max(0, min(least)), (
        "one piece more would leave a later moment short, or it is short already"
    )
