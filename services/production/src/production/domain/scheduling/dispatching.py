"""List scheduling forward: whenever a machine is free it takes, of what waits for it, what a rule says is most urgent.

Earliest due date is the rule with each job's due moment; the modified operation due date (Baker and Kanet, "Job shop
scheduling with modified due dates", Journal of Operations Management 4, 1983) lets short work go before what is late
anyway; a weight on setups keeps families together. Non-delay: no machine waits while it could work.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

from backbone.errors import Refusal
from production.domain.scheduling.precedence import Placed, earliest
from production.domain.scheduling.shop import LOAD_WHOLE, NO_FAMILY, Schedule, Shop


class NoTimeLeft(Refusal):
    """The work does not fit into the hours that machines have."""


def dispatch(shop: Shop, dues: Sequence[int], setup_weight: int = 0, *, modified: bool = True) -> Schedule:
    """A schedule by the operations' due moments `dues`: the least of max(due, end if begun now) + weight x setup first.

    Not `modified`, the due moment alone decides. Raises `NoTimeLeft`.
    """
    return _Dispatching(shop, dues, setup_weight, modified).schedule()


_READY, _FREE = 0, 1
# Due moment, span, setup and family of an operation that waits.
_Waiting = tuple[int, int, int, int]


class _Dispatching:
    """Events in time: operations get ready, machines get free; after all of one moment, free machines choose."""

    def __init__(self, shop: Shop, dues: Sequence[int], setup_weight: int, modified: bool) -> None:
        self.shop, self.steps, self.machines = shop, shop.steps, shop.machines
        self.dues, self.weight, self.modified = dues, setup_weight, modified
        self.followers, self.overlaps = shop.followers(), shop.overlaps()
        self.waits_for = [len(step.after) for step in shop.steps]
        self.ready_at = [shop.jobs[step.job].release for step in shop.steps]
        self.family = [machine.family for machine in shop.machines]
        self.next_block = [0] * len(shop.machines)
        self.idle: list[list[int]] = [list(machines) for machines in shop.centres]
        self.queues: list[dict[int, _Waiting]] = [{} for _ in shop.centres]
        self.events: list[tuple[int, int, int]] = []
        self.made = Schedule.empty(len(shop.steps))
        self.left = len(shop.steps)

    def schedule(self) -> Schedule:
        """Play all events."""
        for number, waits in enumerate(self.waits_for):
            if not waits:
                heappush(self.events, (self.ready_at[number], _READY, number))
        events = self.events
        while events:
            now = events[0][0]
            woken: set[int] = set()
            while events and events[0][0] == now:
                _, kind, number = heappop(events)
                if kind == _READY:
                    self._ready(number, now, woken)
                else:
                    centre = self.machines[number].centre
                    self.idle[centre].append(number)
                    woken.add(centre)
            for centre in sorted(woken):
                if self.queues[centre] and self.idle[centre]:
                    self._choose(centre, now)
        if self.left:
            raise NoTimeLeft(f"{self.left} operations have no place in the hours that machines have")
        return self.made

    def _ready(self, number: int, now: int, woken: set[int]) -> None:
        step = self.steps[number]
        if not step.span + step.setup:
            self.made.begins[number] = now
            self._done((number,), now)
            return
        waiting = (self.dues[number], step.span, step.setup, step.family)
        for centre in step.centres:
            self.queues[centre][number] = waiting
            woken.add(centre)

    def _choose(self, centre: int, now: int) -> None:
        """Free machines of a centre take work until there is none that they could do; closed ones come back."""
        idle, queue = self.idle[centre], self.queues[centre]
        idle.sort()
        again: list[int] = []
        while idle and queue:
            machine = idle.pop(0)
            opens = self._open(machine, now)
            if opens != now:
                if opens is not None:
                    heappush(self.events, (opens, _FREE, machine))
                continue
            taken = self._most_urgent(machine, centre, now)
            if taken is not None:
                self._place(machine, centre, taken, now)
            elif self.next_block[machine] < len(self.machines[machine].blocks):
                block = self.machines[machine].blocks[self.next_block[machine]]
                heappush(self.events, (block.end, _FREE, machine))
            else:
                again.append(machine)
        idle.extend(again)

    def _open(self, machine: int, now: int) -> int | None:
        """From when on a machine can work: not while it is closed or blocked."""
        one, at = self.machines[machine], now
        while True:
            opens = one.hours.first(at)
            place = self.next_block[machine]
            if opens is None or place == len(one.blocks) or opens < one.blocks[place].begin:
                return opens
            block = one.blocks[place]
            self.next_block[machine] = place + 1
            self.family[machine] = block.family
            at = max(at, block.end)

    def _most_urgent(self, machine: int, centre: int, now: int) -> int | None:
        """Of what waits, the operation that the rule prefers among those that fit before the next block."""
        one, weight, modified = self.machines[machine], self.weight, self.modified
        place, worked = self.next_block[machine], one.hours.worked(now)
        upto = one.hours.worked(one.blocks[place].begin) if place < len(one.blocks) else one.hours.upto[-1]
        room, family, best, least = upto - worked, self.family[machine], None, 0
        plain = family == NO_FAMILY
        known = self.shop.changeovers[centre] if self.shop.changeovers else {}
        for number, (urgency, span, setup, after) in self.queues[centre].items():
            # As `Shop.setup` has it, written out: this is done for everything that waits, each time.
            if not plain and after != NO_FAMILY:
                setup = known.get((family, after), 0 if family == after else setup)
            if setup + span > room:
                continue
            if modified:
                end = now + setup + span
                urgency = (urgency if urgency > end else end) + weight * setup
            if best is None or urgency < least or (urgency == least and number < best):
                best, least = number, urgency
        return best

    def _place(self, machine: int, centre: int, number: int, now: int) -> None:
        step, made = self.steps[number], self.made
        setup, load = self.shop.setup(centre, self.family[machine], step), [number]
        if step.load_key and step.size < LOAD_WHOLE:
            load = self._load(centre, number)
        end = self.machines[machine].hours.end(now, setup + step.span)
        assert end is not None
        for each in load:
            made.machines[each], made.begins[each], made.setups[each] = machine, now, setup
            for other in self.steps[each].centres:
                del self.queues[other][each]
        self.family[machine] = step.family
        heappush(self.events, (end, _FREE, machine))
        self._done(tuple(load), end)

    def _load(self, centre: int, number: int) -> list[int]:
        """An operation with those that wait and fit into the same load, the most urgent first."""
        key, size = self.steps[number].load_key, self.steps[number].size
        load, longest = [number], self.steps[number].span
        alike = (
            (self.dues[other], other) for other in self.queues[centre] if self.steps[other].load_key == key
        )
        for _, other in sorted(alike):
            step = self.steps[other]
            if other != number and size + step.size <= LOAD_WHOLE and step.span <= longest:
                load.append(other)
                size += step.size
        return load

    def _done(self, load: tuple[int, ...], end: int) -> None:
        self.made.loads.append(load)
        self.left -= len(load)
        for number in load:
            self.made.ends[number] = end
            for follower in self.followers[number]:
                self.waits_for[follower] -= 1
                ready = self._beside(number, follower) if (number, follower) in self.overlaps else end
                self.ready_at[follower] = max(self.ready_at[follower], ready)
                if not self.waits_for[follower]:
                    heappush(self.events, (self.ready_at[follower], _READY, follower))

    def _beside(self, number: int, follower: int) -> int:
        """From when on what follows an operation may begin beside it, wherever and with whatever setup that is."""
        shop, made, step = self.shop, self.made, self.steps[follower]
        machine = self.machines[made.machines[number]]
        before = Placed(
            made.begins[number], made.setups[number], made.ends[number], machine.hours,
            self.overlaps[number, follower],
        )  # fmt: skip
        span = step.span + (step.setup if step.family == NO_FAMILY else 0)
        return max(earliest([before], shop.hours(centre), span, before.begin) for centre in step.centres)
