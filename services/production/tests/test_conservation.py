"""Whatever is reported, scrapped, held and worked again: what goes in comes out, in pieces and in cents."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.production import MaterialConsumed, ProducedLot
from contracts.shapes import ItemPart, LotPart
from contracts.values import Quantity, total
from production.domain.act import End, Report, Scrap
from production.domain.ending import end
from production.domain.reporting import report
from production.domain.run import Run
from services.production.tests.made import NOW
from services.production.tests.test_ending import into
from services.production.tests.test_run import costs, made_of, running, shop

Facts = tuple[object, ...]
steps = st.lists(st.tuples(st.integers(1, 20), st.integers(0, 20), st.booleans()), min_size=1, max_size=5)


def played(run: Run, acts: list[tuple[int, int, bool]]) -> tuple[Run, Facts]:
    """A run reported on in parts, some of them scrap, some after it stood still, and ended."""
    told: Facts = ()
    for runs, bad, stands in acts[:-1]:
        if stands:
            run = run.held("no power", NOW)[0].resumed(NOW)[0]
        said = Report(Quantity(runs), scraps=(Scrap("shaft", Quantity(min(bad, runs)), "bent"),))
        run, facts, _ = report(run, said, shop())
        told += facts
    run, facts, _ = end(run, End(Report()), shop(), NOW)
    return run, told + facts


def again(lots: list[ProducedLot]) -> Run:
    """A rework of what a run made: the same lots lie staged, with all that they have cost."""
    parts: tuple[LotPart, ...] = tuple(lot.part for lot in lots)
    whole = total(part.quantity for part in parts)
    part = (ItemPart("shaft", whole),)
    fresh = replace(
        running(str(whole)), state="scheduled", staged_runs=Quantity(0), inputs=part, outputs=part
    )
    fresh = replace(fresh, floor=replace(fresh.floor, staged=()), rework_lot_id=parts[0].lot_id)
    return fresh.staged(whole, parts).started(NOW)[0]


@settings(max_examples=60)
@given(steps, st.integers(0, 10**6), st.data())
def test_a_run_and_its_reworks_keep_every_cent_and_every_piece(
    acts: list[tuple[int, int, bool]], bought_in: int, data: st.DataObject
) -> None:
    run, told = played(running(str(sum(runs for runs, _, _ in acts)), bought_in), acts)
    for _ in range(2):
        consumed = total(part.quantity for f in told if isinstance(f, MaterialConsumed) for part in f.lots)
        made, bad = made_of(told), total(scrap.quantity for scrap in run.floor.scrapped)
        assert costs(told) == into(told)
        assert total(lot.part.quantity for lot in made) + bad == consumed == run.done_runs
        assert all(set(lot.parents) <= {part.lot_id for part in run.floor.consumed} for lot in made)
        whole = total(lot.part.quantity for lot in made).micro // 10**6
        first = data.draw(st.integers(1, whole))
        cut = [(first, 0, False), (whole - first, 0, True)] if whole > first else [(whole, 0, False)]
        before = costs(told)
        run, told = played(again(made), cut)
        assert costs(told).bought_in == before.bought_in
