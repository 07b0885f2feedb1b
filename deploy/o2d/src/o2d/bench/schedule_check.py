"""A schedule replayed from its places alone: what of it could not be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from production.domain.scheduling.shop import LOAD_WHOLE, Machine, Schedule, Shop


def wrongs_of(shop: Shop, schedule: Schedule) -> list[str]:
    """Sentences for each operation too early, too long, outside hours, or on a machine that is not to be had."""
    return [*_alone(shop, schedule), *_together(shop, schedule)]


def _alone(shop: Shop, schedule: Schedule) -> Iterator[str]:
    for number, step in enumerate(shop.steps):
        begin, end, machine = schedule.begins[number], schedule.ends[number], schedule.machines[number]
        if begin < shop.jobs[step.job].release:
            yield f"operation {number} begins before its job is released"
        yield from _behind(shop, schedule, number)
        if machine < 0:
            if step.span + step.setup or begin != end:
                yield f"operation {number} has no machine"
        elif shop.machines[machine].centre not in step.centres:
            yield f"operation {number} is not done at any of its centres"


def _behind(shop: Shop, schedule: Schedule, number: int) -> Iterator[str]:
    """What comes before an operation has ended, or has sent its first transfer batch and leaves time for the last."""
    step, begin, end = shop.steps[number], schedule.begins[number], schedule.ends[number]
    for place, before in enumerate(step.after):
        overlap = step.overlaps[place] if step.overlaps else None
        if schedule.ends[before] <= begin:
            continue
        if overlap is None:
            yield f"operation {number} begins before what comes before it has ended"
            continue
        sender, receiver = shop.machines[schedule.machines[before]], shop.machines[schedule.machines[number]]
        worked = _open(sender, schedule.begins[before], begin)
        if worked < schedule.setups[before] + overlap.first:
            yield f"operation {number} begins before the first transfer batch is through"
        if _open(receiver, schedule.ends[before], end) < overlap.last:
            yield f"operation {number} ends before the last transfer batch can be"


def _together(shop: Shop, schedule: Schedule) -> Iterator[str]:
    rows: dict[int, dict[tuple[int, int, int], list[int]]] = defaultdict(lambda: defaultdict(list))
    load_of = {number: place for place, load in enumerate(schedule.loads) for number in load}
    for number, machine in enumerate(schedule.machines):
        if machine >= 0:
            begin, end = schedule.begins[number], schedule.ends[number]
            # Several loads that take no time may be done at one moment: then the place alone does not tell them apart.
            rows[machine][begin, end, load_of[number] if begin == end else -1].append(number)
    for machine, places in rows.items():
        one = shop.machines[machine]
        taken = sorted([*places, *((block.begin, block.end, -1) for block in one.blocks)])
        for before, after in pairwise(taken):
            if after[0] < before[1]:
                yield f"machine {machine} is taken twice at {after[0]}"
        family = one.family
        blocks = [(block.begin, block.family) for block in one.blocks]
        for place, load in sorted(places.items()):
            while blocks and blocks[0][0] <= place[0]:
                family = blocks.pop(0)[1]
            yield from _load(shop, schedule, machine, place[:2], load, family)
            family = shop.steps[load[0]].family


def _load(
    shop: Shop, schedule: Schedule, machine: int, place: tuple[int, int], load: list[int], family: int
) -> Iterator[str]:
    steps = [shop.steps[number] for number in load]
    if len(load) > 1:
        if len({step.load_key for step in steps}) > 1 or not steps[0].load_key:
            yield f"operations {load} share a load and do not fit together"
        if sum(step.size for step in steps) > LOAD_WHOLE:
            yield f"operations {load} are more than one load"
    centre = shop.machines[machine].centre
    setup = max(shop.setup(centre, family, step) for step in steps)
    if any(schedule.setups[number] != setup for number in load):
        yield f"operation {load[0]} is set up in {schedule.setups[load[0]]} s, its machine needs {setup} s"
    if _open(shop.machines[machine], *place) != setup + max(step.span for step in steps):
        yield f"operation {load[0]} does not have the working time that it needs"


def _open(machine: Machine, begin: int, end: int) -> int:
    """The seconds between two moments in which a machine is open, added up stretch by stretch."""
    stretches = zip(machine.hours.opens, machine.hours.closes, strict=True)
    return sum(max(0, min(closes, end) - max(opens, begin)) for opens, closes in stretches)
