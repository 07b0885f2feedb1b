"""Runs: what goes in with its cost, and the work on it, comes out again, to the minor unit and in both books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from contracts.materials import StockMoved
from contracts.production import (
    MaterialConsumed,
    MaterialProduced,
    ParameterRecorded,
    RunAborted,
    RunClosed,
    RunEnded,
    RunHeld,
    RunResumed,
    RunStarted,
)
from contracts.shapes import LotPart
from contracts.values import CostVector, Quantity
from o2d.verify.finding import Finding
from o2d.verify.log import Log

Amounts = tuple[
    int, int, int, int, int
]  # millionths, then minor units bought in, of labour, capital, overhead
NOTHING: Final[Amounts] = (0, 0, 0, 0, 0)
ENDS: Final = frozenset({"RunClosed", "RunAborted"})
NEED_A_START: Final = frozenset(
    {"ParameterRecorded", "MaterialConsumed", "MaterialProduced", "RunHeld", "RunResumed", "RunEnded"}
)


def runs_keep_cost(log: Log) -> Finding:
    """Of a closed run: cost of what it consumed + cost of the work = cost of what it produced, by each kind."""
    finding = Finding()
    into, out = _costs(log)
    for fact in log.of(RunClosed):
        given = _add(into.get(fact.run_id, NOTHING), 0, fact.cost)
        got = out.get(fact.run_id, NOTHING)
        if not finding.that(given[1:] == got[1:]):
            finding.say(
                f"run {fact.run_id}: {given[1:]} went in (bought in, labour, capital, overhead), {got[1:]} came out"
            )
    return finding


def _costs(log: Log) -> tuple[dict[str, Amounts], dict[str, Amounts]]:
    into: dict[str, Amounts] = defaultdict(lambda: NOTHING)
    out: dict[str, Amounts] = defaultdict(lambda: NOTHING)
    for consumed in log.of(MaterialConsumed):
        for part in consumed.lots:
            into[consumed.run_id] = _part(into[consumed.run_id], part)
    for produced in log.of(MaterialProduced):
        for lot in produced.lots:
            out[produced.run_id] = _part(out[produced.run_id], lot.part)
    return into, out


def produced_is_booked(log: Log) -> Finding:
    """What a run produced came into stock: the same lots, quantities and costs in both books."""
    made = _sums(
        ((fact.planned_order_id, lot.part.lot_id), lot.part)
        for fact in log.of(MaterialProduced)
        for lot in fact.lots
    )
    return _same(made, _moved(log, "produced"), "produced")


def consumed_is_booked(log: Log) -> Finding:
    """What a run consumed left stock: the same lots and quantities in both books, at the same cost."""
    used = _sums(
        ((fact.planned_order_id, part.lot_id), part)
        for fact in log.of(MaterialConsumed)
        for part in fact.lots
    )
    return _same(used, _moved(log, "consumed"), "consumed")


def runs_go_a_legal_way(log: Log) -> Finding:
    """Nothing happens at a run before it was started, nor after it was closed or given up."""
    finding = Finding()
    state: dict[str, str] = {}
    kinds = (
        RunStarted, ParameterRecorded, MaterialConsumed, MaterialProduced, RunHeld, RunResumed, RunEnded,
        RunClosed, RunAborted,
    )  # fmt: skip
    for told, fact in log.among(*kinds):
        before = state.get(fact.run_id, "new")
        name = type(fact).__name__
        fine = before not in ENDS and not (before == "new" and name in NEED_A_START)
        if not finding.that(fine):
            finding.say(f"{told.name} after {before}")
        state[fact.run_id] = name
    return finding


def _moved(log: Log, reason: str) -> dict[tuple[str, str], Amounts]:
    found: dict[tuple[str, str], Amounts] = defaultdict(lambda: NOTHING)
    for move in log.of(StockMoved):
        if move.reason == reason and move.planned_order_id is not None:
            place = (move.planned_order_id, move.lot_id)
            found[place] = _add(found[place], move.quantity.micro, move.cost)
    return dict(found)


def _sums(parts: Iterable[tuple[tuple[str, str], LotPart]]) -> dict[tuple[str, str], Amounts]:
    found: dict[tuple[str, str], Amounts] = defaultdict(lambda: NOTHING)
    for place, part in parts:
        found[place] = _part(found[place], part)
    return dict(found)


def _same(said: dict[tuple[str, str], Amounts], booked: dict[tuple[str, str], Amounts], word: str) -> Finding:
    finding = Finding()
    for place in sorted({*said, *booked}):
        one, other = said.get(place, NOTHING), booked.get(place, NOTHING)
        if not finding.that(one == other):
            finding.say(
                f"planned order {place[0]} {word} lot {place[1]}: production says {_words(one)},"
                f" materials booked {_words(other)}"
            )
    return finding


def _part(amounts: Amounts, part: LotPart) -> Amounts:
    return _add(amounts, part.quantity.micro, part.cost)


def _add(amounts: Amounts, micro: int, cost: CostVector) -> Amounts:
    return (
        amounts[0] + micro,
        amounts[1] + cost.bought_in,
        amounts[2] + cost.labour,
        amounts[3] + cost.capital,
        amounts[4] + cost.overhead,
    )


def _words(amounts: Amounts) -> str:
    return f"{Quantity.of_micro(amounts[0])} for {amounts[1:]}"
