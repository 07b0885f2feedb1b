"""The batch record of a run: complete, sealed, and signed over what was seen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.errors import Invalid, Stale
from contracts.values import Quantity
from production.domain import record
from production.domain.act import Abort, Act, End, Hold, Measure, Override, Reading, Report, Resume, Scrap
from production.domain.ending import end
from production.domain.floor import TooManyRecords
from production.domain.material import Take, taken
from production.domain.recipe import SecondPersonNeeded
from production.domain.record import Note, intact, noted
from production.domain.reporting import report
from production.domain.run import Run
from production.domain.signature import HasNotActed, SignedAlready, signed
from production.domain.states import WrongState
from services.production.tests.made import NOW, hardening, lot
from services.production.tests.test_run import running, shop


def entry(before: Run, act: Act, after: Run, facts: tuple[object, ...] = ()) -> record.Entry:
    return record.acted(before, after, act, facts, hardening(under_points=500), at=NOW, by="olga")


def test_an_entry_says_what_was_taken_made_scrapped_and_what_deviates() -> None:
    run, act = running(), Report(Quantity(4), scraps=(Scrap("shaft", Quantity(1), "bent"),))
    after, facts, _ = report(run, act, shop())
    said = entry(run, act, after, facts)
    assert (said.at, said.by, said.what, said.runs) == (NOW, "olga", "reported", Quantity(4))
    assert [part.lot_id for part in said.consumed] == ["in-shaft"]
    assert [made.part.quantity for made in said.produced] == [Quantity(3)]
    assert said.deviations == ("1 of shaft scrapped: bent",)


def test_what_is_out_of_limits_held_overridden_or_too_little_is_a_deviation() -> None:
    run = running()
    hot = Measure((Reading(10, "temperature", Quantity(861)),))
    after, facts = run.measured(hardening(), hot.readings, NOW, "olga")
    assert entry(run, hot, after, facts).deviations == ("operation 10: temperature was 861 degC",)
    held, _ = run.held("no power", NOW)
    assert entry(run, Hold("no power"), held).deviations == ("held: no power",)
    assert entry(held, Resume(), held.resumed(NOW)[0]).deviations == ()
    assert entry(run, Abort("broken"), run.aborted("broken", NOW)[0]).reason == "broken"
    act = End(Report(scraps=(Scrap("shaft", Quantity(2), "bent"),)))
    ended, facts, _ = end(run, act, shop(), NOW)
    assert "8 of shaft came, 10 were planned" in entry(run, act, ended, facts).deviations


@pytest.mark.parametrize(
    ("takes", "said"),
    [
        ("4", ()),
        ("4.9", ()),
        ("5", ("5 of shaft taken, its recipe needs 4 for what was done",)),
        ("3", ("3 of shaft taken, its recipe needs 4 for what was done",)),
    ],
)
def test_a_whole_piece_more_or_less_than_the_recipe_needs_is_a_deviation_of_the_end(
    takes: str, said: tuple[str, ...]
) -> None:
    act = Report(Quantity(4), takes=(Take("in-shaft", Quantity(takes)),), backflush=False)
    run, facts, _ = report(running(), act, shop())
    assert entry(running(), act, run, facts).deviations == ()
    over = run.changed("closed")
    found = record.acted(
        run, over, End(Report(), "nothing"), (), hardening(under_points=10_000), at=NOW, by="olga",
        quanta={"shaft": Quantity(1)},
    )  # fmt: skip
    assert found.deviations == said


@given(st.lists(st.text(max_size=20), min_size=1, max_size=8), st.data())
def test_a_record_is_intact_until_an_entry_is_changed_dropped_or_swapped(
    texts: list[str], data: st.DataObject
) -> None:
    run, notes = running(), list[Note]()
    for text in texts:
        run, note = noted(run, text)
        notes.append(note)
    assert intact(notes)
    assert run.floor.record == notes[-1].digest
    place = data.draw(st.integers(0, len(notes) - 1))
    changed = [*notes]
    changed[place] = replace(notes[place], text=f"{notes[place].text}!")
    assert not intact(changed)
    assert place == len(notes) - 1 or not intact([*notes[:place], *notes[place + 1 :]])
    assert len(notes) < 2 or not intact([notes[1], notes[0], *notes[2:]])


def signing(run: Run, meaning: str, by: str, *, before: tuple[object, ...] = ()) -> object:
    return signed(
        run, "s1", meaning, digest=run.floor.record, by=by, at=NOW, before=before, people={"olga", "materials"}  # type: ignore[arg-type]
    )[0]  # fmt: skip


def test_who_acted_signs_as_performed_and_another_one_approves_what_is_over() -> None:
    run, _ = noted(running(), "started")
    first = signing(run, "performed", "olga")
    with pytest.raises(SignedAlready):
        signing(run, "performed", "olga", before=(first,))
    with pytest.raises(HasNotActed):
        signing(run, "performed", "ava")
    with pytest.raises(WrongState, match="running"):
        signing(run, "approved", "ava")
    over = replace(run, state="closed")
    with pytest.raises(SecondPersonNeeded):
        signing(over, "approved", "olga")
    signing(over, "approved", "ava")
    with pytest.raises(Stale):
        signed(run, "s2", "reviewed", digest="other", by="ava", at=NOW, before=(), people=set())


def test_a_run_that_is_overridden_begins_and_waits_with_its_reports_for_material() -> None:
    waiting = replace(running(), state="scheduled", staged_runs=Quantity(0))
    staged, waiting = waiting.floor.staged, replace(waiting, floor=replace(waiting.floor, staged=()))
    run, _ = waiting.overridden(NOW)
    assert entry(waiting, Override("heating"), run).deviations == ("began without its material",)
    with pytest.raises(Invalid) as refused:
        report(run, Report(Quantity(4)), shop())
    assert refused.value.pointers[0][0] == "/runs"
    run = run.staged(Quantity(10), staged)
    assert end(run, End(Report()), shop(), NOW)[0].state == "closed"
    with pytest.raises(WrongState, match="closed"):
        end(run, End(Report()), shop(), NOW)[0].overridden(NOW)


def test_less_than_the_recipe_tolerates_needs_a_reason() -> None:
    strict = shop(hardening(under_points=500))
    little = Report(scraps=(Scrap("shaft", Quantity(1), "bent"),))
    with pytest.raises(Invalid) as refused:
        end(running(), End(little), strict, NOW)
    assert refused.value.pointers[0][0] == "/reason"
    assert end(running(), End(little, reason="a bar was short"), strict, NOW)[0].state == "closed"
    assert end(running("20"), End(little), strict, NOW)[0].state == "closed"


def test_pieces_are_taken_by_their_serials() -> None:
    first = replace(lot("a", "2", 200), serials=("s1", "s2"))
    more = replace(lot("a", "1", 100), serials=("s3",))
    found, left = taken((first, more), (Take("a", Quantity(2), ("s3", "s1")),))
    assert [part.serials for part in found] == [("s1", "s3")]
    assert [(part.serials, part.cost.bought_in) for part in left] == [(("s2",), 100)]
    for take in (
        Take("a", Quantity(1), ("s9",)),
        Take("a", Quantity(2), ("s1",)),
        Take("a", Quantity(2), ("s1", "s1")),
    ):
        with pytest.raises(Invalid) as refused:
            taken((first, more), (take,))
        assert refused.value.pointers[0][0] == "/consumed/0/serials"


def test_a_record_that_is_full_takes_no_more_reports_but_the_run_can_end() -> None:
    run = running()
    run = replace(run, floor=replace(run.floor, entries=record.ENTRIES_COUNT_MAX))
    with pytest.raises(TooManyRecords):
        entry(run, Report(Quantity(1)), run)
    assert entry(run, Abort("enough"), run).what == "aborted"
