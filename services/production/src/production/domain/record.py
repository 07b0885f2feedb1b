"""The batch record of a run: an entry for each thing that happened at it, each sealed with all before it.

The digest of an entry covers its text and the digest of the entry before (a hash chain, as in Haber and Stornetta:
How to Time-Stamp a Digital Document, 1991): whoever changes, drops or swaps an entry changes every digest after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from contracts.production import LotDisposed, MaterialConsumed, MaterialProduced, ProducedLot
from contracts.shapes import ItemPart, LateCause, LotPart
from contracts.values import ZERO, Quantity
from production.domain.act import (
    Abort,
    Act,
    Decide,
    End,
    Hold,
    Inspect,
    Let,
    Measure,
    Override,
    Receive,
    Report,
    Resume,
    Scrap,
    Start,
    Time,
)
from production.domain.floor import Recorded, TooManyRecords
from production.domain.quality import Judged
from production.domain.recipe import BEARING, POINTS_WHOLE, Content
from production.domain.run import Run

# Beyond so many entries a run takes no more reports and readings; it can still be held, ended or given up.
ENTRIES_COUNT_MAX: Final = 5_000
LEAST: Final = Quantity.of_micro(1)
NO_QUANTA: Final[Mapping[str, Quantity]] = MappingProxyType({})

_NAMES: Final[dict[type, str]] = {
    Start: "started",
    Override: "started before its material lay ready",
    Hold: "held",
    Resume: "resumed",
    Abort: "aborted",
    Measure: "measured",
    Report: "reported",
    End: "ended",
    Let: "let somebody do it without the skill",
    Receive: "its work came back from the vendor",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened at a run: when, by whom, with what it took, made, scrapped and measured.

    `deviations` say in words what was not as the recipe has it.
    """

    at: datetime
    by: str
    what: str
    reason: str | None = None
    runs: Quantity | None = None
    staged: tuple[LotPart, ...] = ()
    consumed: tuple[LotPart, ...] = ()
    produced: tuple[ProducedLot, ...] = ()
    scrapped: tuple[Scrap, ...] = ()
    measured: tuple[Recorded, ...] = ()
    times: tuple[Time, ...] = ()
    deviations: tuple[str, ...] = ()
    # What an inspection found, without the single values: these are the inspection's.
    found: tuple[Judged, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """An entry in its row: its number in the record of its run (from 1), its text, and what seals it."""

    run_id: str
    entry_no: int
    text: str
    digest: str


def seal(before: str, text: str) -> str:
    """The digest (hex) of an entry after the one with the digest `before` (empty for the first)."""
    return sha256(f"{before}\n{text}".encode()).hexdigest()


def noted(run: Run, text: str) -> tuple[Run, Note]:
    """The run with one more entry in its record."""
    floor = run.floor
    digest = seal(floor.record, text)
    note = Note(run.run_id, floor.entries + 1, text, digest)
    return replace(run, floor=replace(floor, record=digest, entries=note.entry_no)), note


def intact(notes: Iterable[Note]) -> bool:
    """Whether all entries of a record, in order, are as they were written."""
    before = ""
    for number, note in enumerate(notes, start=1):
        before = seal(before, note.text)
        if (note.entry_no, note.digest) != (number, before):
            return False
    return True


def acted(
    before: Run,
    after: Run,
    act: Act,
    facts: Sequence[object],
    content: Content,
    *,
    at: datetime,
    by: str,
    quanta: Mapping[str, Quantity] = NO_QUANTA,
) -> Entry:
    """The entry of an act of a person or a machine at a run; raises `TooManyRecords`.

    `quanta` are the smallest parts of items that are counted.
    """
    if before.floor.entries >= ENTRIES_COUNT_MAX and isinstance(act, Report | Measure):
        raise TooManyRecords(f"the record of a run has {ENTRIES_COUNT_MAX} entries")
    report = act.report if isinstance(act, End) else act if isinstance(act, Report) else Report()
    measured = after.floor.recorded[len(before.floor.recorded) :]
    done = after.through(report.operation_no) - before.through(report.operation_no)
    return Entry(
        at,
        by,
        _what(act, after),
        getattr(act, "reason", None) or None,
        done if done > ZERO else None,
        consumed=tuple(lot for fact in facts if isinstance(fact, MaterialConsumed) for lot in fact.lots),
        produced=tuple(lot for fact in facts if isinstance(fact, MaterialProduced) for lot in fact.lots),
        scrapped=after.floor.scrapped[len(before.floor.scrapped) :],
        measured=measured,
        times=report.times,
        deviations=(
            *_deviations(act, after, report, measured, facts, content),
            *(_use_off(after, quanta) if isinstance(act, End) else ()),
        ),
        found=tuple(replace(each, values=()) for each in act.found) if isinstance(act, Inspect) else (),
    )


def _what(act: Act, after: Run) -> str:
    """What was done, and where that was an inspection point."""
    if isinstance(act, Inspect):
        verdict = "passed" if all(each.passed for each in act.found) else "failed"
        return f"inspected operation {act.operation_no} by {act.sku}: {verdict}"
    if isinstance(act, Report) and act.operation_no is not None:
        return f"reported operation {act.operation_no}"
    if isinstance(act, Decide):
        here = [
            each
            for each in after.floor.points
            if (each.operation_no, each.sku) == (act.operation_no, act.sku)
        ]
        proposed = "proposed" if any(each.waiting is not None for each in here) else "decided"
        return f"{proposed} {act.verdict} at operation {act.operation_no}"
    return _NAMES[type(act)]


def staged(lots: Sequence[LotPart], runs: Quantity, at: datetime) -> Entry:
    """The entry of material that lies ready, as materials told it."""
    return Entry(at, "materials", "staged", runs=runs, staged=tuple(lots))


@dataclass(frozen=True, slots=True)
class Why:
    """Who or what changed or cancelled a run, what happened, the reason given, and what makes it late if it is."""

    by: str
    what: str
    reason: str = ""
    cause: LateCause = "capacity"


def moved(was: Run, run: Run, why: Why, at: datetime) -> Entry:
    """The entry of a run at another place in time; one that keeps its beginning has another end."""
    places = f"from {was.starts_at:%Y-%m-%d %H:%M} to {run.starts_at:%Y-%m-%d %H:%M}"
    if was.starts_at == run.starts_at or run.floor.started_at is not None:
        places = f"until {run.ends_at:%Y-%m-%d %H:%M} instead of {was.ends_at:%Y-%m-%d %H:%M}"
    late = (
        (f"it ends late, at {run.ends_at:%Y-%m-%d %H:%M} ({run.late_cause})",)
        if was.ends_at <= run.due_at < run.ends_at
        else ()
    )
    return Entry(at, why.by, f"{why.what}: {places}", why.reason or None, deviations=late)


def resized(was: Run, run: Run, why: Why, at: datetime) -> Entry:
    """The entry of a run that is made more or less often: from which size to which, by whose wish."""
    how = "larger" if run.runs > was.runs else "smaller"
    return Entry(at, why.by, f"made {how}: {run.runs} runs instead of {was.runs}", why.reason or None)


def cancelled(why: Why, at: datetime) -> Entry:
    """The entry of a run that nobody has begun and nobody wants any more: by whose wish."""
    return Entry(at, why.by, "cancelled", why.reason or None)


def parted(
    what: str, at: datetime, by: str, lots: Sequence[LotPart] = (), runs: Quantity | None = None
) -> Entry:
    """The entry of a run that became less or more: what else is made of it, and what lies staged for it now."""
    return Entry(at, by, what, runs=runs, staged=tuple(lots))


def recalled(reason: str, run: Run, at: datetime) -> Entry:
    """The entry of a recall that has reached lots of the run."""
    return Entry(at, "materials", f"called back, the run is {run.state}", reason, deviations=(reason,))


def given_back(reason: str, run: Run, at: datetime, by: str = "production") -> Entry:
    """The entry of material that lay ready for the run and turned out bad, or was taken by somebody else."""
    return Entry(at, by, f"what lay ready went back, the run is {run.state}", reason)


def _deviations(
    act: Act,
    run: Run,
    report: Report,
    measured: Sequence[Recorded],
    facts: Sequence[object],
    content: Content,
) -> Iterable[str]:
    if isinstance(act, Override):
        yield "began without its material"
    if isinstance(act, Let):
        yield f"{act.person} may do it without the skill that it asks for: {act.reason}"
    if isinstance(act, Hold | Abort):
        yield f"{_NAMES[type(act)]}: {act.reason}"
    for record in measured:
        if not record.within:
            yield f"operation {record.operation_no}: {record.name} was {record.value} {record.unit}"
    if isinstance(act, Inspect):
        failed = ", ".join(str(each) for each in act.found if not each.passed)
        yield from [f"operation {act.operation_no} failed its inspection: {failed}"] if failed else []
    if isinstance(act, Decide):
        yield f"{act.verdict} at operation {act.operation_no}: {act.reason}"
    for scrap in report.scraps:
        yield f"{scrap.quantity} of {scrap.sku} scrapped: {scrap.reason}"
    for time in report.times:
        yield f"operation {time.operation_no} took {time.machine_minutes} minutes of its machine"
    if any(isinstance(fact, MaterialProduced) and any(lot.blocked for lot in fact.lots) for fact in facts):
        yield "what it made is blocked"
    if any(isinstance(fact, LotDisposed) for fact in facts):
        yield "what no product bears was written off"
    if isinstance(act, End):
        yield from _yield_off(run, content)


def _yield_off(run: Run, content: Content) -> Iterable[str]:
    """Main and co-products of which less came than the recipe tolerates, or more than was planned."""
    for sku, planned, good in goods(run, content):
        if good.micro * POINTS_WHOLE < planned.micro * (POINTS_WHOLE - content.under_points):
            yield f"{good} of {sku} came, {planned} were planned"
        elif good > planned:
            yield f"{good} of {sku} came, {planned} were planned, within the tolerance"


def _use_off(run: Run, quanta: Mapping[str, Quantity]) -> Iterable[str]:
    """Items of which a whole quantum more or less was taken than the recipe needs for what was done."""
    taken = _summed(run.floor.consumed)
    for sku, asked in _summed(run.inputs).items():
        needed, least = asked.micro * run.done_runs.micro, quanta.get(sku, LEAST).micro
        # What cannot be divided is taken in whole parts: less than one of these is no deviation.
        if abs(taken.get(sku, ZERO).micro * run.runs.micro - needed) >= least * run.runs.micro:
            said = Quantity.of_micro(needed // run.runs.micro)
            yield f"{taken.get(sku, ZERO)} of {sku} taken, its recipe needs {said} for what was done"


def _summed(parts: Iterable[ItemPart | LotPart]) -> dict[str, Quantity]:
    found: dict[str, Quantity] = {}
    for part in parts:
        found[part.sku] = found.get(part.sku, ZERO) + part.quantity
    return found


def goods(run: Run, content: Content) -> list[tuple[str, Quantity, Quantity]]:
    """Each main and co-product of a run: item, how much was planned, how much of it is good so far."""
    made = {each.sku: each.quantity - each.blocked for each in run.floor.made}
    bearing = {output.sku for output in content.outputs if output.role in BEARING}
    return [
        (part.sku, part.quantity, made.get(part.sku, ZERO)) for part in run.outputs if part.sku in bearing
    ]
