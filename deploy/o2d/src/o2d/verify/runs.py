"""Runs: what goes in with its cost, and the work on it, comes out again, to the minor unit."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from contracts.materials import ItemDefined, RunRequested
from contracts.partings import RunSplit
from contracts.production import (
    MaterialConsumed,
    MaterialProduced,
    ParameterRecorded,
    RecipeApproved,
    RunAborted,
    RunClosed,
    RunEnded,
    RunHeld,
    RunResumed,
    RunScheduled,
    RunStarted,
)
from contracts.shapes import MASS_UNITS
from contracts.values import Quantity
from o2d.verify.amounts import NOTHING, Amounts, plus, plus_part
from o2d.verify.finding import Finding
from o2d.verify.log import Log

BEARING: Final = frozenset({"main", "co-product"})
ENDS: Final = frozenset({"RunClosed", "RunAborted"})
NEED_A_START: Final = frozenset(
    {"ParameterRecorded", "MaterialConsumed", "MaterialProduced", "RunHeld", "RunResumed", "RunEnded"}
)


def runs_keep_cost(log: Log) -> Finding:
    """Of a closed run: cost of what it consumed + cost of the work = cost of what it produced, by each kind."""
    finding = Finding()
    into, out = _costs(log)
    for fact in log.of(RunClosed):
        given = plus(into.get(fact.run_id, NOTHING), 0, fact.cost)
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
            into[consumed.run_id] = plus_part(into[consumed.run_id], part)
    for produced in log.of(MaterialProduced):
        for lot in produced.lots:
            out[produced.run_id] = plus_part(out[produced.run_id], lot.part)
    return into, out


def runs_yield_what_they_say(log: Log) -> Finding:
    """What a closed run counts as good is what it made of its products and did not block."""
    finding = Finding()
    good: dict[str, Quantity] = defaultdict(lambda: Quantity(0))
    for produced in log.of(MaterialProduced):
        for lot in produced.lots:
            if lot.role in BEARING and not lot.blocked:
                good[produced.run_id] += lot.part.quantity
    for fact in log.of(RunClosed):
        made = good[fact.run_id]
        if not finding.that(made == fact.good_quantity):
            finding.say(f"run {fact.run_id} counts {fact.good_quantity} as good and made {made}")
    return finding


def made_of_what_was_taken(log: Log) -> Finding:
    """A lot that a run made names what it was made of: lots that this run had taken by then, and not itself."""
    finding = Finding()
    taken: dict[str, set[str]] = defaultdict(set)
    for _, fact in log.among(MaterialConsumed, MaterialProduced):
        if isinstance(fact, MaterialConsumed):
            taken[fact.run_id] |= {part.lot_id for part in fact.lots}
            continue
        for lot in fact.lots:
            strange = sorted({*lot.parents} - (taken[fact.run_id] - {lot.part.lot_id}))
            if not finding.that(bool(lot.parents) and not strange):
                said = f"of {', '.join(strange)}, which it had not taken" if strange else "of nothing"
                finding.say(f"run {fact.run_id} made lot {lot.part.lot_id} {said}")
    return finding


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


def runs_have_approved_recipes(log: Log) -> Finding:
    """A run has its place in the schedule by a version of a recipe that a second person approved."""
    finding = Finding()
    approved = {
        (fact.recipe_id, fact.version): fact.author != fact.approver for fact in log.of(RecipeApproved)
    }
    asked = {fact.planned_order_id: (fact.recipe_id, fact.recipe_version) for fact in log.of(RunRequested)}
    for split in log.of(RunSplit):
        asked[split.part.planned_order_id] = asked.get(split.planned_order_id, ("", 0))
    for fact in log.of(RunScheduled):
        recipe = asked.get(fact.planned_order_id)
        if not finding.that(recipe is not None and approved.get(recipe, False)):
            said = "no recipe" if recipe is None else f"recipe {recipe[0]} version {recipe[1]}, not approved"
            finding.say(f"run {fact.run_id} is scheduled by {said}")
    return finding


def runs_keep_mass(log: Log) -> Finding:
    """What a closed run produced weighs no more than what it consumed, where all that went in is weighed."""
    finding = Finding()
    scales = {fact.sku: MASS_UNITS.get(fact.unit) for fact in log.of(ItemDefined)}
    taken: dict[str, list[int | None]] = defaultdict(list)
    made: dict[str, int] = defaultdict(int)
    for consumed in log.of(MaterialConsumed):
        for part in consumed.lots:
            scale = scales.get(part.sku)
            taken[consumed.run_id].append(None if scale is None else part.quantity.micro * scale)
    for produced in log.of(MaterialProduced):
        for lot in produced.lots:
            made[produced.run_id] += lot.part.quantity.micro * (scales.get(lot.part.sku) or 0)
    for fact in log.of(RunClosed):
        weighed = [each for each in taken[fact.run_id] if each is not None]
        if len(weighed) < len(taken[fact.run_id]):
            continue
        if not finding.that(made[fact.run_id] <= sum(weighed)):
            more = Quantity.of_micro((made[fact.run_id] - sum(weighed)) // MASS_UNITS["kg"])
            finding.say(f"run {fact.run_id} made {more} kg more than it took")
    return finding
