"""Published job shops: scheduled feasibly, and how near to the optimum that is known.

ft06 and ft10 are by Fisher and Thompson (in Muth and Thompson, "Industrial Scheduling", 1963), la01 to la05 by Lawrence
("Resource constrained project scheduling", 1984), as in the OR-Library. A line is a job: machine and time in turn.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from o2d.bench.schedule_check import wrongs_of
from production.domain.scheduling.hours import Hours
from production.domain.scheduling.improving import earliest_due_date, improved, listed
from production.domain.scheduling.shop import Job, Machine, Shop, Step, lateness

PUBLISHED = Path(__file__).parent / "published"
ROUNDS = 150


def published(name: str) -> Shop:
    """A job shop: nobody is due, so that only the end of the last job counts."""
    lines = (PUBLISHED / f"{name}.txt").read_text().splitlines()
    jobs, machines = map(int, lines[0].split())
    steps: list[Step] = []
    for job, line in enumerate(lines[1:]):
        numbers = list(map(int, line.split()))
        assert len(numbers) == 2 * machines
        for place in range(machines):
            before = (len(steps) - 1,) if place else ()
            steps.append(Step(job, (numbers[2 * place],), numbers[2 * place + 1], after=before))
    assert len(steps) == jobs * machines
    always = Hours.of([(0, 10**6)])
    return Shop(
        [Job(0, 10**6)] * jobs, steps,
        [Machine(number, always) for number in range(machines)], [(number,) for number in range(machines)],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "optimum", "within"),
    [
        ("ft06", 55, 58),
        ("ft10", 930, 1_070),
        ("la01", 666, 666),
        ("la02", 655, 720),
        ("la03", 597, 638),
        ("la04", 590, 619),
        ("la05", 593, 593),
    ],
)
def test_a_published_job_shop_is_scheduled_feasibly_and_near_its_optimum(
    name: str, optimum: int, within: int
) -> None:
    shop = published(name)
    known, begun = listed(shop)
    found, schedule = improved(shop, begun, known, ROUNDS)
    assert wrongs_of(shop, schedule) == []
    assert optimum <= found.last <= within
    assert found.last <= begun[0].last <= known.last == lateness(shop, earliest_due_date(shop)).last


def test_the_same_shop_has_the_same_schedule_and_says_how_far_it_is() -> None:
    shop = published("la02")
    known, begun = listed(shop)
    heard: list[tuple[int, int]] = []
    once = improved(shop, begun, known, 20, lambda done, whole: heard.append((done, whole)))
    assert once == improved(shop, begun, known, 20)
    assert heard == [(done, 20) for done in range(1, 21)]
