"""Machines that count in bulk: in any order, twice, from the future, for no run; what they counted is added up."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.production.tests.door import OPERATOR, QUALITY, Door
from services.production.tests.made import NOW
from services.production.tests.test_api import allowed

PLACE = "/v1/counts/batch"


def count(run_id: str, minutes: int = 0, **changes: Any) -> dict[str, Any]:
    """Three good pieces and a bad one so many minutes ago."""
    at = (NOW - timedelta(minutes=minutes)).isoformat()
    made = {"run_id": run_id, "operation_no": 10, "machine": "press-1", "at": at, "good": "3", "bad": "1"}
    return {**made, **changes}


async def test_a_machine_that_repeats_a_day_of_counts_in_any_order_doubles_nothing(door: Door) -> None:
    run_id = await allowed(door)
    day = [count(run_id, minutes, machine=f"press-{minutes % 2}") for minutes in range(60)]
    shuffled = random.Random(7).sample(day, len(day))
    first = await door.post(OPERATOR, PLACE, {"counts": shuffled[:40]}, status=200)
    again = await door.post(OPERATOR, PLACE, {"counts": [*day, day[0]]})
    assert [(each["taken"], each["known"]) for each in (first, again)] == [(40, 0), (20, 41)]
    first_page = await door.get(QUALITY, f"/v1/runs/{run_id}/counts?limit=1")
    seen = [*first_page["items"], *await door.page(QUALITY, first_page["next"])]
    assert [(each["machine"], each["good"], each["bad"], each["counts"]) for each in seen] == [
        ("press-0", "90", "30", 30),
        ("press-1", "90", "30", 30),
    ]
    assert [datetime.fromisoformat(seen[1][name]) for name in ("first_at", "last_at")] == [
        NOW - timedelta(minutes=59),
        NOW - timedelta(minutes=1),
    ]
    record = await door.get(QUALITY, f"/v1/runs/{run_id}/batch-record")
    assert record["counts"] == seen
    (queued,) = await door.page(OPERATOR, "/v1/work-centres/furnace/queue")
    assert (queued["counted_good"], queued["counted_bad"]) == ("180", "60")


async def test_what_cannot_be_is_named_and_the_rest_is_taken(door: Door) -> None:
    run_id = await allowed(door)
    wrong = [
        count("none"),
        count(run_id, operation_no=11),
        count(run_id, -2),
        count(run_id, good="-1"),
        count(run_id, bad="1000001"),
        count(run_id, bad="0"),
    ]
    said = await door.post(OPERATOR, PLACE, {"counts": wrong})
    assert (said["taken"], [each["place"] for each in said["refused"]]) == (1, [0, 1, 2, 3, 4])
    assert [each["detail"] for each in said["refused"][:2]] == ["no run none", "the run has no operation 11"]
    await door.get(QUALITY, "/v1/runs/none/counts", status=404)


@pytest.mark.parametrize(
    "body",
    [{"counts": []}, {"counts": [{"run_id": "r"}]}, {"counts": [count("r", at="2026-03-02T08:00:00")]},
     {"counts": [count("r", machine=" ")]}],
)  # fmt: skip
async def test_counts_that_nobody_can_read_are_refused_as_a_whole(door: Door, body: dict[str, Any]) -> None:
    said = await door.post(OPERATOR, PLACE, body, status=422)
    assert said["errors"][0]["pointer"].startswith("/counts")
