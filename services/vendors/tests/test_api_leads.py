"""Leads that are not as declared: shown with the deliveries that say so, and planned with by one act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from contracts.vendors import TermsPublished
from services.vendors.tests.door import BUYER, WAREHOUSE, Door
from services.vendors.tests.made import DAY, NOW
from services.vendors.tests.stage import Stage
from vendors.domain.calendar import EVERY_DAY, WorkingDays
from vendors.domain.lead import Delivered, drifted, lead_of, observed

DRIFTS = "/v1/lead-drifts"
FOLLOW = "/v1/terms/terms-steel-ltd/observed-lead"
STEEL = ("vendor", "steel-ltd")


def delivered(taken: float, wanted: float = 5) -> Delivered:
    return Delivered("pl1", NOW, NOW + wanted * DAY, NOW + taken * DAY)


@pytest.mark.parametrize(
    ("taken", "wanted", "lead"),
    [(5, 5, 5), (9, 5, 9), (3, 5, 3), (30, 30, 5), (33, 30, 8), (2, 30, 2), (7, 2, 7), (5, 2, 5)],
)
def test_what_was_wanted_later_than_its_lead_counts_by_how_late_it_was(
    taken: float, wanted: float, lead: int
) -> None:
    assert lead_of(delivered(taken, wanted), 5, EVERY_DAY) == lead


def test_a_lead_is_counted_in_working_days() -> None:
    week = WorkingDays(frozenset({0, 1, 2, 3, 4}))
    assert lead_of(delivered(14, 7), 5, week) == 10


@pytest.mark.parametrize(
    ("taken", "seen"), [((9, 9), None), ((9, 5, 9), 9), ((5, 9, 5), 5), ((5, 6, 8, 9), 8), ((), None)]
)
def test_the_middle_of_three_deliveries_at_least_is_seen(taken: Sequence[float], seen: int | None) -> None:
    assert observed([delivered(each) for each in taken], 5, EVERY_DAY) == seen


@pytest.mark.parametrize(
    ("declared", "seen", "off"),
    [
        (5, 6, False),
        (5, 7, True),
        (5, 3, True),
        (20, 24, False),
        (20, 25, True),
        (0, 2, True),
        (5, None, False),
    ],
)
def test_what_is_off_by_little_is_let_be(declared: int, seen: int | None, off: bool) -> None:
    assert drifted(declared, seen) is off


async def deliveries(stage: Stage, *taken: int) -> None:
    """Shafts are ordered and come so many days after that, by terms that declare five."""
    await stage.opened("steel-ltd")
    for number, days in enumerate(taken):
        planned = f"p{number}"
        await stage.requested(planned, needed_at=stage.clock.now() + timedelta(days=5))
        await stage.acknowledge(planned=planned)
        await stage.pass_time(days=days)
        await stage.receive([(f"heat-{number}", "20")], planned=planned)


async def test_a_vendor_that_takes_longer_is_shown_and_planned_with_by_one_act(door: Door) -> None:
    await deliveries(door.stage, 9, 5, 10)
    (drift,) = (await door.get(BUYER, DRIFTS))["items"]
    assert (drift["declared_lead_days"], drift["observed_lead_days"]) == (5, 9)
    assert [each["lead_days"] for each in drift["deliveries"]] == [9, 5, 10]
    await door.post(STEEL, FOLLOW, status=403)
    assert (await door.post(BUYER, FOLLOW))["state"] == "published"
    told = [fact.lead_days for fact in await door.stage.told(TermsPublished)]
    assert told == [5, 9]
    assert (await door.get(BUYER, "/v1/terms/terms-steel-ltd"))["lead_days"] == 9
    assert (await door.get(BUYER, DRIFTS))["items"] == []
    await door.post(BUYER, FOLLOW, status=409)


async def test_a_lead_that_is_kept_or_hardly_known_stays_as_it_is_declared(door: Door) -> None:
    await deliveries(door.stage, 9, 10)
    assert (await door.get(BUYER, DRIFTS))["items"] == []
    await door.post(BUYER, FOLLOW, status=409)
    await door.post(BUYER, "/v1/terms/t9/observed-lead", status=404)
    await door.stage.pass_time(days=120)
    assert (await door.get(WAREHOUSE, DRIFTS, status=403))["status"] == 403
