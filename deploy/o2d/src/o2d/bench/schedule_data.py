"""A site of any size to be scheduled, out of one seed: shifts, alternates, setups, shared loads, planned stops."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import Final

from o2d.bench.plan_data import SEED, SplitMix
from production.domain.scheduling.hours import Hours
from production.domain.scheduling.shop import LOAD_WHOLE, Block, Job, Machine, Shop, Step

HOUR: Final = 3_600
DAY: Final = 24 * HOUR
HORIZON_DAYS: Final = 400
STEPS_EACH: Final = 3
FAMILIES: Final = 6
RELEASE_DAYS: Final = 36
# Every so many centres one is a furnace, which takes two to four compatible runs at once.
FURNACE_EVERY: Final = 10


def shop_of(runs: int, centres: int) -> Shop:
    """So many runs of three operations each on so many work centres."""
    draw = SplitMix(SEED)
    machines: list[Machine] = []
    places, changeovers = [], []
    for centre in range(centres):
        hours = _HOURS[draw.whole(0, len(_HOURS) - 1)]
        first = len(machines)
        for _ in range(draw.whole(1, 3)):
            stop = draw.whole(5, RELEASE_DAYS) * DAY + 10 * HOUR
            machines.append(Machine(centre, hours, (Block(stop, stop + draw.whole(2, 30) * HOUR),)))
        places.append(tuple(range(first, len(machines))))
        changeovers.append(_matrix(draw))
    # Work goes where there is room for it: a centre by the open hours of all its machines.
    room = list(accumulate(len(place) * machines[place[0]].hours.upto[-1] for place in places))
    jobs: list[Job] = []
    steps: list[Step] = []
    for job in range(runs):
        release = draw.whole(0, RELEASE_DAYS * 24) * HOUR
        jobs.append(Job(release, release + draw.whole(2 * 24, 20 * 24) * HOUR))
        for number in range(STEPS_EACH):
            before = (len(steps) - 1,) if number else ()
            centre = bisect_right(room, int(draw.share() * room[-1]))
            steps.append(_step(draw, job, centre, centres, before))
    return Shop(jobs, steps, machines, places, changeovers)


def _stretches(days: int, opens: int, closes: int) -> Hours:
    """The hours of a calendar with so many working days a week."""
    return Hours.of(
        (day * DAY + opens * HOUR, day * DAY + closes * HOUR) for day in range(HORIZON_DAYS) if day % 7 < days
    )


# One shift on six days, two shifts on five (twice as many centres), three shifts on seven.
_HOURS: Final = (_stretches(6, 8, 16), _stretches(5, 6, 22), _stretches(5, 6, 22), _stretches(7, 0, 24))


def _matrix(draw: SplitMix) -> dict[tuple[int, int], int]:
    families = range(1, FAMILIES + 1)
    return {
        (before, after): draw.whole(5, 60) * 60
        for before in families
        for after in families
        if before != after
    }


def _step(draw: SplitMix, job: int, centre: int, centres: int, before: tuple[int, ...]) -> Step:
    family, setup = draw.whole(1, FAMILIES), draw.whole(10, 60) * 60
    if centre % FURNACE_EVERY == 0:
        # A furnace heats for the same time whatever is in it; only what has the same programme shares a load.
        size = LOAD_WHOLE // draw.whole(2, 4)
        return Step(job, (centre,), 6 * HOUR, HOUR // 2, family, before, load_key=family, size=size)
    minutes = draw.whole(30, 8 * 60)
    places = (centre,) if draw.share() < 0.6 else (centre, (centre + 1) % centres)
    return Step(job, places, minutes * 60, setup, family, before)
