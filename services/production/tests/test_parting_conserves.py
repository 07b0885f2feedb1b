"""Whatever is split, put together, reported, scrapped, ended and worked again: no piece and no cent appears or goes."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contracts.production import MaterialConsumed, RunClosed
from contracts.shapes import ItemPart, LotPart
from contracts.values import CostVector, Quantity, total
from production.domain import parting
from production.domain.act import End, Report, Scrap
from production.domain.ending import end
from production.domain.reporting import report
from production.domain.run import Run
from services.production.tests.made import NOW, lot
from services.production.tests.test_run import made_of, shop

PIECE = {"shaft": Quantity(1)}
NOTHING = CostVector(0, 0, 0, 0, "EUR")
PIECES, COSTS = (40, 31, 9), (10_007, 5_003, 991)


def asked(name: str, lots: list[LotPart], **changes: str | None) -> Run:
    """A run of hardening for which these lots lie staged."""
    whole = total(each.quantity for each in lots)
    parts = (ItemPart("shaft", whole),)
    run = Run(name, f"p-{name}", "harden", 1, "plant-1", whole, parts, parts, NOW, 2, "scheduled", "need-1")
    return replace(run, rework_lot_id=changes.get("rework_lot_id")).staged(whole, tuple(lots))


class Floor(RuleBasedStateMachine):
    """Runs at which people do whatever can be done, and what all of them have told."""

    def __init__(self) -> None:
        super().__init__()
        self.shop = shop()
        self.names = iter(f"r{number}" for number in range(1_000))
        self.runs: dict[str, Run] = {}
        self.told: dict[str, tuple[object, ...]] = {}
        self.reworked: set[str] = set()
        for pieces, cost in zip(PIECES, COSTS, strict=True):
            self._add(asked(next(self.names), [lot(f"bar-{pieces}", str(pieces), cost)]))

    def _add(self, run: Run) -> None:
        self.runs[run.run_id], self.told[run.run_id] = run, ()

    def _in(self, *states: str) -> list[str]:
        return sorted(name for name, run in self.runs.items() if run.state in states)

    def _splittable(self) -> list[str]:
        ids = self._in("allowed", "running", "held")
        return [name for name in ids if self.runs[name].runs - self.runs[name].done_runs > Quantity(1)]

    @precondition(lambda self: self._splittable())
    @rule(data=st.data())
    def split(self, data: st.DataObject) -> None:
        """A part of a run becomes a run of its own."""
        run = self.runs[data.draw(st.sampled_from(self._splittable()))]
        most = (run.runs - run.done_runs).micro // 10**6 - 1
        size, name = Quantity(data.draw(st.integers(1, most))), next(self.names)
        rest, part, fact = parting.split(run, size, name, f"p-{name}", self.shop.content, PIECE)
        assert total(each.quantity for each in fact.lots) == size == part.left
        assert rest.runs + part.runs == run.runs
        self.runs[run.run_id] = rest
        self._add(part)

    @precondition(lambda self: len(self._fresh()) > 1)
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        """Runs that have not begun are put together."""
        ids = data.draw(st.lists(st.sampled_from(self._fresh()), min_size=2, max_size=3, unique=True))
        whole, gone, fact = parting.merge(self.runs[ids[0]], [self.runs[name] for name in ids[1:]])
        assert fact.runs == total(self.runs[name].runs for name in ids)
        for run in (whole, *gone):
            self.runs[run.run_id] = run

    def _fresh(self) -> list[str]:
        return [name for name in self._in("allowed") if self.runs[name].rework_lot_id is None]

    @precondition(lambda self: self._in("allowed"))
    @rule(data=st.data())
    def start(self, data: st.DataObject) -> None:
        """A run begins."""
        name = data.draw(st.sampled_from(self._in("allowed")))
        self.runs[name] = self.runs[name].started(NOW)[0]

    @precondition(lambda self: self._in("running", "held"))
    @rule(data=st.data())
    def stand_or_go(self, data: st.DataObject) -> None:
        """A run stands still, or goes on."""
        run = self.runs[data.draw(st.sampled_from(self._in("running", "held")))]
        found = run.held("no power", NOW) if run.state == "running" else run.resumed(NOW)
        self.runs[run.run_id] = found[0]

    @precondition(lambda self: any(self.runs[name].left > Quantity(1) for name in self._in("running")))
    @rule(data=st.data(), bad=st.integers(0, 3))
    def report(self, data: st.DataObject, bad: int) -> None:
        """A part of a run is done, some of it scrap."""
        ids = [name for name in self._in("running") if self.runs[name].left > Quantity(1)]
        run = self.runs[data.draw(st.sampled_from(ids))]
        size = data.draw(st.integers(1, run.left.micro // 10**6 - 1))
        said = Report(Quantity(size), scraps=(Scrap("shaft", Quantity(min(bad, size)), "bent"),))
        run, facts, _ = report(run, said, self.shop)
        self.runs[run.run_id] = run
        self.told[run.run_id] += facts

    @precondition(lambda self: self._in("running"))
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        """A run ends; the rest is made as planned."""
        self._end(data.draw(st.sampled_from(self._in("running"))))

    def _end(self, name: str) -> None:
        self.runs[name], facts, _ = end(self.runs[name], End(Report()), self.shop, NOW)
        self.told[name] += facts

    @precondition(lambda self: self._made())
    @rule(data=st.data())
    def rework(self, data: st.DataObject) -> None:
        """A lot that was made is made good, at all that it has cost."""
        lots = self._made()
        # By when they were made: their ids are new ones each time.
        chosen = data.draw(st.sampled_from(list(lots)))
        self.reworked.add(chosen)
        self._add(asked(next(self.names), [lots[chosen]], rework_lot_id=chosen))

    def _made(self) -> dict[str, LotPart]:
        every = [made.part for facts in self.told.values() for made in made_of(facts)]
        return {part.lot_id: part for part in every if part.lot_id not in self.reworked}

    @invariant()
    def what_lay_staged_is_staged_still_or_consumed(self) -> None:
        """Pieces and cents of all that was brought, and of all lots that are worked again."""
        brought = (sum(PIECES), sum(COSTS))
        again = [
            made.part for f in self.told.values() for made in made_of(f) if made.part.lot_id in self.reworked
        ]
        parts = [part for run in self.runs.values() for part in run.floor.staged]
        taken = [
            part
            for facts in self.told.values()
            for fact in facts
            if isinstance(fact, MaterialConsumed)
            for part in fact.lots
        ]
        here = sum((part.cost for part in (*parts, *taken)), start=NOTHING)
        into = sum((part.cost for part in again), start=CostVector(brought[1], 0, 0, 0, "EUR"))
        assert here == into
        assert total(part.quantity for part in (*parts, *taken)) == Quantity(brought[0]) + total(
            part.quantity for part in again
        )

    @invariant()
    def what_is_asked_for_is_asked_for_once(self) -> None:
        """The runs that are not over by a merge ask for what was asked for at first, and for the reworks."""
        wanted = total(run.outputs[0].quantity for run in self.runs.values() if run.state != "merged")
        again = [
            made.part for f in self.told.values() for made in made_of(f) if made.part.lot_id in self.reworked
        ]
        assert wanted == Quantity(sum(PIECES)) + total(part.quantity for part in again)

    def teardown(self) -> None:
        """Everything is ended: each run gave what it took and what the work on it has cost."""
        for name in self._in("allowed"):
            self.runs[name] = self.runs[name].started(NOW)[0]
        for name in self._in("held"):
            self.runs[name] = self.runs[name].resumed(NOW)[0]
        for name in self._in("running"):
            self._end(name)
        for name in self._in("closed"):
            facts = self.told[name]
            into = [part.cost for f in facts if isinstance(f, MaterialConsumed) for part in f.lots]
            (work,) = [fact.cost for fact in facts if isinstance(fact, RunClosed)]
            out = sum((made.part.cost for made in made_of(facts)), start=NOTHING)
            assert out == sum(into, start=work)
            assert self.runs[name].done_runs == self.runs[name].runs


TestFloor = Floor.TestCase
TestFloor.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
